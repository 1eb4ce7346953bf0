//! A matrix of values as colored cells.

use agglo_core::{Column, Datum, Gap, Key, Lang};

use crate::color::{Color, DIVERGING, SEQUENTIAL, along, ink_on};
use crate::scale::{drawable, extent, number, short, tick, told};
use crate::sheet::{Anchor, LABEL, MARGIN, SMALL, Sheet, Swatch, Texture, rect};
use crate::text::{stacks, widest, width, wrap};
use crate::theme::Theme;
use crate::words::{Axis, Format, Group, Heading};

/// Rows by columns.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatFigure {
    /// Title, subtitle, source.
    pub heading: Heading,
    /// What the cells measure.
    pub axis: Axis,
    /// Rows from the top.
    pub rows: Vec<Group>,
    /// Columns from the left.
    pub columns: Vec<Group>,
    /// Values by row and column; a cell not given is missing.
    pub cells: Vec<Vec<Datum>>,
    /// How values become colors.
    pub scale: HeatScale,
}

/// How values become colors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HeatScale {
    /// Light to dark from the smallest to the largest value.
    Sequential,
    /// Two colors on the two sides of a value, such as 1 for location quotients.
    Diverging {
        /// The value that is neither.
        center: f64,
    },
}

const STEPS: usize = 9;

impl HeatFigure {
    fn cell(&self, row: usize, column: usize) -> Datum {
        let cell = self.cells.get(row).and_then(|r| r.get(column)).copied();
        cell.unwrap_or(Datum::Gap(Gap::Missing))
    }

    fn color(&self, value: f64, range: (f64, f64)) -> Color {
        let part = |from: f64, to: f64| if to > from { (value - from) / (to - from) } else { 0.5 };
        match self.scale {
            HeatScale::Sequential => along(&SEQUENTIAL, part(range.0, range.1)),
            HeatScale::Diverging { center } if value < center => {
                along(&DIVERGING, 0.5 * part(range.0.min(center), center))
            }
            HeatScale::Diverging { center } if value > center => {
                along(&DIVERGING, 0.5 + 0.5 * part(center, range.1.max(center)))
            }
            HeatScale::Diverging { .. } => along(&DIVERGING, 0.5),
        }
    }

    pub(crate) fn draw(&self, lang: Lang, theme: &Theme) -> String {
        let mut sheet = Sheet::new(&self.heading, lang, theme);
        let all =
            || (0..self.rows.len()).flat_map(|r| (0..self.columns.len()).map(move |c| (r, c)));
        let range = extent(all().filter_map(|(r, c)| number(self.cell(r, c))));
        let Some(range) = range else {
            sheet.nothing();
            return sheet.finish(&self.describe(lang));
        };
        self.legend(&mut sheet, range);
        let n_columns = self.columns.len();
        let name_room = theme.width * if theme.narrow() { 0.3 } else { 0.25 };
        let names: Vec<Vec<String>> =
            self.rows.iter().map(|r| wrap(r.name.get(lang), LABEL, name_room)).collect();
        let left = MARGIN + names.iter().map(|n| widest(n, LABEL)).fold(0.0, f64::max) + 8.0;
        let heads: Vec<&str> = self.columns.iter().map(|c| c.name.get(lang)).collect();
        let write = self.writer(range, lang);
        let head = Heads::new(&heads, sheet.right() - left);
        let wide = head.cell.min(84.0);
        let tall = wide.clamp(19.0, 26.0);
        let top = sheet.y + head.height + 6.0;
        for (column, text) in heads.iter().enumerate() {
            let middle = left + wide * (column as f64 + 0.5);
            head.draw(&mut sheet, text, middle, top - 6.0, wide);
        }
        // Numbers in some cells only would look as if the others had none.
        let fits = all()
            .filter_map(|(r, c)| number(self.cell(r, c)))
            .all(|v| width(&write(v), 10.0) + 4.0 <= wide);
        let mut y = top;
        for (row, lines) in names.iter().enumerate() {
            let tall = tall.max(lines.len() as f64 * 14.0 + 2.0);
            for (place, text) in lines.iter().enumerate() {
                let rise = (place as f64 - (lines.len() as f64 - 1.0) / 2.0) * 14.0;
                let base = y + tall / 2.0 + rise + 4.2;
                sheet.text(left - 8.0, base, LABEL, Anchor::End, theme.ink, text);
            }
            for column in 0..n_columns {
                let x = left + wide * column as f64;
                let number: Option<&dyn Fn(f64) -> String> = if fits { Some(&write) } else { None };
                let place = (x, y, wide, tall);
                self.draw_cell(&mut sheet, (row, column), place, range, number);
            }
            y += tall;
        }
        sheet.y = y + 2.0;
        sheet.finish(&self.describe(lang))
    }

    /// Numbers of one matrix have the same decimals, so that a column can be compared at a glance.
    fn writer(&self, range: (f64, f64), lang: Lang) -> impl Fn(f64) -> String {
        let format = self.axis.format;
        let percent = if format == Format::Percent { 100.0 } else { 1.0 };
        let most = range.0.abs().max(range.1.abs()) * percent;
        let even = format != Format::Ordinal && (0.1..10_000.0).contains(&most);
        let decimals = (2.0 - most.log10().floor().max(0.0)).max(0.0);
        let step = 10f64.powf(-decimals) / percent;
        move |value| {
            if even { tick(value, step, format, lang) } else { short(value, format, lang) }
        }
    }

    fn draw_cell(
        &self,
        sheet: &mut Sheet,
        (row, column): (usize, usize),
        (x, y, wide, tall): (f64, f64, f64, f64),
        range: (f64, f64),
        write: Option<&dyn Fn(f64) -> String>,
    ) {
        let lang = sheet.lang;
        let format = self.axis.format;
        let datum = self.cell(row, column);
        let (r, c) = (&self.rows[row], &self.columns[column]);
        let tip =
            format!("{}, {}: {}", r.name.get(lang), c.name.get(lang), told(datum, format, lang));
        let tag = rect(x, y, wide, tall).set("stroke", "#ffffff").set("stroke-width", "1");
        match (number(datum), datum) {
            (Some(value), _) => {
                let fill = self.color(value, range);
                sheet.add(tag.paint("fill", fill).mark(&r.key, &tip).of(&c.key));
                if let Some(write) = write {
                    let (at, base) = (x + wide / 2.0, y + tall / 2.0 + 3.7);
                    sheet.text(at, base, 10.0, Anchor::Middle, ink_on(fill), &write(value));
                }
            }
            (None, Datum::Gap(gap)) => {
                let fill = sheet.texture(Texture::of(gap));
                sheet.add(tag.set("fill", &fill).mark(&r.key, &tip).of(&c.key));
            }
            (None, Datum::Number(_)) => {}
        }
    }

    fn legend(&self, sheet: &mut Sheet, range: (f64, f64)) {
        let lang = sheet.lang;
        sheet.caption(self.axis.title.get(lang));
        let (low, high) = match self.scale {
            HeatScale::Sequential => range,
            HeatScale::Diverging { center } => {
                let center = drawable(center).unwrap_or(0.0);
                (range.0.min(center), range.1.max(center))
            }
        };
        let wide = sheet.room().min(288.0);
        let step = wide / STEPS as f64;
        let middle = match self.scale {
            HeatScale::Sequential => f64::midpoint(low, high),
            HeatScale::Diverging { center } => center,
        };
        let value = |part: f64| {
            if part < 0.5 {
                low + (middle - low) * part * 2.0
            } else {
                middle + (high - middle) * (part * 2.0 - 1.0)
            }
        };
        for k in 0..STEPS {
            let fill = self.color(value(k as f64 / (STEPS - 1) as f64), range);
            sheet.add(rect(MARGIN + step * k as f64, sheet.y, step, 11.0).paint("fill", fill));
        }
        let write = |v| short(v, self.axis.format, lang);
        let marks = [
            (MARGIN, Anchor::Start, low),
            (MARGIN + wide / 2.0, Anchor::Middle, middle),
            (MARGIN + wide, Anchor::End, high),
        ];
        let shown = if low == high { &marks[1..2] } else { &marks[..] };
        for &(x, anchor, v) in shown {
            sheet.text(x, sheet.y + 23.0, SMALL, anchor, sheet.theme.muted, &write(v));
        }
        sheet.y += 34.0;
        let mut gaps: Vec<Gap> = (0..self.rows.len())
            .flat_map(|r| (0..self.columns.len()).map(move |c| (r, c)))
            .filter_map(|(r, c)| self.cell(r, c).gap())
            .collect();
        gaps.sort_unstable();
        gaps.dedup();
        let entries: Vec<_> = gaps
            .into_iter()
            .map(|g| (Swatch::Texture(Texture::of(g)), g.reason(lang).to_owned()))
            .collect();
        sheet.legend(&entries);
    }

    fn describe(&self, lang: Lang) -> String {
        let (r, c) = (self.rows.len(), self.columns.len());
        match lang {
            Lang::En => format!("Matrix of {}: {r} rows by {c} columns.", self.axis.title.en),
            Lang::Zh => format!("矩阵图，{}：{r}行×{c}列。", self.axis.title.zh),
        }
    }

    pub(crate) fn table(&self, lang: Lang) -> Vec<Column> {
        let cells: Vec<(usize, usize)> = (0..self.rows.len())
            .flat_map(|r| (0..self.columns.len()).map(move |c| (r, c)))
            .collect();
        let text = |name: &str, pick: &dyn Fn(&(usize, usize)) -> Key| {
            Column::text(name, cells.iter().map(pick).collect::<Vec<_>>())
        };
        vec![
            text("row", &|p| self.rows[p.0].key.as_str().into()),
            text("column", &|p| self.columns[p.1].key.as_str().into()),
            text("row_name", &|p| self.rows[p.0].name.get(lang).into()),
            text("column_name", &|p| self.columns[p.1].name.get(lang).into()),
            Column::number("value", "", cells.iter().map(|p| self.cell(p.0, p.1))),
        ]
    }
}

/// How the column heads are set so that none runs into another.
struct Heads {
    set: Set,
    cell: f64,
    height: f64,
}

#[derive(Clone, Copy, PartialEq)]
enum Set {
    Flat,
    Stacked,
    Slanted,
    Upright,
}

const SLANT: f64 = std::f64::consts::FRAC_1_SQRT_2;

impl Heads {
    fn new(heads: &[&str], room: f64) -> Heads {
        let n = heads.len().max(1) as f64;
        let cell = (room / n).min(84.0);
        let lines: Vec<Vec<String>> = heads.iter().map(|h| wrap(h, SMALL, cell - 6.0)).collect();
        // A word broken between letters is worse to read than a slanted one.
        let fits = |h: &str| h.split(' ').all(|word| width(word, SMALL) <= cell - 6.0) || stacks(h);
        let rows = lines.iter().map(Vec::len).max().unwrap_or(1);
        if heads.iter().all(|h| fits(h)) && rows <= 3 && cell > 30.0 {
            return Heads { set: Set::Flat, cell, height: rows as f64 * 13.0 + 4.0 };
        }
        if heads.iter().all(|h| stacks(h)) && cell >= 12.0 {
            let most = heads.iter().map(|h| h.chars().count()).max().unwrap_or(0);
            return Heads { set: Set::Stacked, cell, height: most as f64 * 12.0 + 4.0 };
        }
        let longest = heads.iter().map(|h| width(h, SMALL)).fold(0.0, f64::max);
        // Slanted heads reach beyond the last column; the columns give way to them.
        let over = |cell: f64| {
            let reach = heads
                .iter()
                .enumerate()
                .map(|(k, h)| cell * (k as f64 + 0.5) + width(h, SMALL) * SLANT + 8.0);
            reach.fold(0.0, f64::max) <= room
        };
        let slanted = (0..60).map(|k| cell * (1.0 - 0.01 * f64::from(k))).find(|c| over(*c));
        match slanted {
            Some(cell) if cell >= 15.0 => {
                Heads { set: Set::Slanted, cell, height: longest * SLANT + 14.0 }
            }
            _ => Heads { set: Set::Upright, cell, height: longest + 6.0 },
        }
    }

    fn draw(&self, sheet: &mut Sheet, text: &str, middle: f64, base: f64, wide: f64) {
        let muted = sheet.theme.muted;
        match self.set {
            Set::Flat => {
                let lines = wrap(text, SMALL, wide - 6.0);
                for (row, part) in lines.iter().rev().enumerate() {
                    let y = base - 2.0 - 13.0 * row as f64;
                    sheet.text(middle, y, SMALL, Anchor::Middle, muted, part);
                }
            }
            Set::Stacked => {
                for (row, c) in text.chars().rev().enumerate() {
                    let y = base - 1.0 - 12.0 * row as f64;
                    sheet.text(middle, y, SMALL, Anchor::Middle, muted, c.to_string().as_str());
                }
            }
            Set::Slanted => sheet.turned(middle + 2.0, base, SMALL, -45.0, text),
            Set::Upright => sheet.turned(middle + 4.0, base, SMALL, -90.0, text),
        }
    }
}
