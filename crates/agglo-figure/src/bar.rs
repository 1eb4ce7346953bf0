//! Horizontal bars: one per row, grouped, stacked, or stacked to both sides of zero.

use agglo_core::{Column, Datum, Gap, Key, Lang};

use crate::color::ink_on;
use crate::plot::labels;
use crate::rows::RowLabels;
use crate::scale::{Linear, drawable, extent, number, short, ticks, told};
use crate::sheet::{Anchor, MARGIN, SMALL, Sheet, Swatch, Texture, category, line, rect, sum_mark};
use crate::text::{width, wrap};
use crate::theme::Theme;
use crate::words::{Axis, Group, Heading, Reference, Words};

/// Bars down a page.
#[derive(Clone, Debug, PartialEq)]
pub struct BarFigure {
    /// Title, subtitle, source.
    pub heading: Heading,
    /// What the bars measure.
    pub axis: Axis,
    /// The series; one for plain bars.
    pub series: Vec<Group>,
    /// The rows.
    pub rows: Vec<BarRow>,
    /// How series share a row.
    pub layout: BarLayout,
    /// The order of rows.
    pub order: Order,
    /// A vertical line.
    pub reference: Option<Reference>,
}

/// One row of bars.
#[derive(Clone, Debug, PartialEq)]
pub struct BarRow {
    /// Key of the region or industry.
    pub key: String,
    /// Its name.
    pub name: Words,
    /// One value per series.
    pub values: Vec<Datum>,
}

/// How the series of a row are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BarLayout {
    /// Below each other.
    Grouped,
    /// End to end: positive ones to the right of zero, negative ones to the left; a diamond
    /// marks their sum where both occur.
    Stacked,
}

/// The order of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As given.
    Given,
    /// Largest first: by the sum when stacked, else by the first series; gaps last.
    Descending,
}

/// The number at the end of a bar.
struct Label {
    x: f64,
    y: f64,
    size: f64,
    anchor: Anchor,
    text: String,
}

/// Height of one bar when several share a row.
const THIN: f64 = 11.0;
const THICK: f64 = 15.0;

impl BarFigure {
    fn size(&self, row: &BarRow) -> Option<f64> {
        match self.layout {
            BarLayout::Grouped => row.values.first().copied().and_then(number),
            BarLayout::Stacked => {
                let known: Vec<f64> = row.values.iter().filter_map(|v| number(*v)).collect();
                (!known.is_empty()).then(|| known.iter().sum()).and_then(drawable)
            }
        }
    }

    fn sorted(&self) -> Vec<&BarRow> {
        let mut rows: Vec<&BarRow> = self.rows.iter().collect();
        if self.order == Order::Descending {
            rows.sort_by(|a, b| match (self.size(a), self.size(b)) {
                (Some(a), Some(b)) => b.total_cmp(&a),
                (a, b) => a.is_none().cmp(&b.is_none()),
            });
        }
        rows
    }

    /// The ends of a row: the sums of its negative and of its positive values, or its values.
    fn ends(&self, row: &BarRow) -> Vec<f64> {
        let known = row.values.iter().filter_map(|v| number(*v));
        match self.layout {
            BarLayout::Grouped => known.collect(),
            BarLayout::Stacked => {
                let (mut low, mut high) = (0.0, 0.0);
                for value in known {
                    if value < 0.0 { low += value } else { high += value }
                }
                [low, high].into_iter().filter_map(drawable).collect()
            }
        }
    }

    fn two_sided(&self) -> bool {
        let known = || self.rows.iter().flat_map(|r| &r.values).filter_map(|v| number(*v));
        known().any(|v| v < 0.0) && known().any(|v| v > 0.0)
    }

    pub(crate) fn draw(&self, lang: Lang, theme: &Theme) -> String {
        let mut sheet = Sheet::new(&self.heading, lang, theme);
        let rows = self.sorted();
        let ends: Vec<f64> = rows.iter().flat_map(|r| self.ends(r)).collect();
        if ends.is_empty() {
            sheet.nothing();
            return sheet.finish(&self.describe(lang));
        }
        self.legend(&mut sheet);
        let reference = self.reference.iter().filter_map(|r| drawable(r.value));
        let range =
            extent(ends.iter().copied().chain([0.0]).chain(reference)).unwrap_or((0.0, 1.0));
        let format = self.axis.format;
        let names: Vec<&str> = rows.iter().map(|r| r.name.get(lang)).collect();
        let n_lanes = match self.layout {
            BarLayout::Grouped => self.series.len().max(1),
            BarLayout::Stacked => 1,
        };
        let least = if n_lanes == 1 { THICK + 6.0 } else { THIN * n_lanes as f64 + 9.0 };
        let row_labels = RowLabels::new(&sheet, &names, least);
        let found = ticks(range.0, range.1, if theme.narrow() { 4 } else { 8 }, format);
        let (texts, widest) = labels(&found, format, lang);
        let value_room = |sign: f64| {
            let texts = ends.iter().filter(|v| **v * sign > 0.0);
            let room = texts.map(|&v| width(&short(v, format, lang), SMALL) + 6.0);
            room.fold(0.0, f64::max).max(widest / 2.0)
        };
        let plain = n_lanes > 1 || self.series.len() < 2;
        let left_room = if plain { value_room(-1.0) } else { widest / 2.0 };
        let right_room = if plain || !self.two_sided() { value_room(1.0) } else { widest / 2.0 };
        let left = row_labels.left + 8.0 + if range.0 < 0.0 { left_room } else { 0.0 };
        let x = Linear::new(range, (left, sheet.right() - right_room));
        sheet.caption(self.axis.title.get(lang));
        let top = sheet.y + 14.0;
        let bottom = top + row_labels.height();
        for (&value, text) in found.values.iter().zip(&texts).filter(|(v, _)| x.holds(**v)) {
            let at = x.at(value);
            sheet.add(line(at, top, at, bottom).paint("stroke", theme.grid));
            sheet.text(at, top - 4.0, SMALL, Anchor::Middle, theme.muted, text);
        }
        let mut numbers = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            let y = row_labels.draw(&mut sheet, place, top);
            match self.layout {
                BarLayout::Grouped => numbers.extend(self.grouped(&mut sheet, &x, row, y)),
                BarLayout::Stacked => self.stacked(&mut sheet, &x, row, y),
            }
        }
        let zero = x.at(0.0);
        let axis = line(zero, top, zero, bottom).paint("stroke", theme.ink);
        sheet.add(axis.set("stroke-width", "1"));
        sheet.y = bottom + 4.0;
        if let Some(reference) = &self.reference
            && let Some(value) = drawable(reference.value)
        {
            let at = x.at(value);
            let tag = line(at, top, at, bottom + 4.0).paint("stroke", theme.ink);
            sheet.add(tag.set("stroke-width", "1.2").set("stroke-dasharray", "4 3"));
            for text in wrap(reference.label.get(lang), SMALL, sheet.room()) {
                let half = width(&text, SMALL) / 2.0;
                let middle = at.min(sheet.right() - half).max(MARGIN + half);
                sheet.y += 12.0;
                sheet.text(middle, sheet.y, SMALL, Anchor::Middle, theme.ink, &text);
                sheet.y += 2.0;
            }
        }
        for Label { x, y, size, anchor, text } in &numbers {
            sheet.halo(*x, *y, *size, *anchor, theme.ink, text);
        }
        sheet.finish(&self.describe(lang))
    }

    fn legend(&self, sheet: &mut Sheet) {
        if self.series.len() < 2 {
            return;
        }
        let lang = sheet.lang;
        let mut entries: Vec<(Swatch, String)> = self
            .series
            .iter()
            .enumerate()
            .map(|(which, series)| {
                let color = category(which);
                let swatch =
                    if which % 2 == 1 { Swatch::Striped(color) } else { Swatch::Fill(color) };
                (swatch, series.name.get(lang).to_owned())
            })
            .collect();
        if self.layout == BarLayout::Stacked && self.two_sided() {
            let words = match lang {
                Lang::En => "Sum",
                Lang::Zh => "合计",
            };
            entries.push((Swatch::Sum, words.into()));
        }
        sheet.legend(&entries);
    }

    fn bar(&self, sheet: &mut Sheet, row: &BarRow, which: usize, span: (f64, f64), y: (f64, f64)) {
        let lang = sheet.lang;
        let value = row.values[which];
        let name = row.name.get(lang);
        let told = told(value, self.axis.format, lang);
        let series = self.series.get(which);
        let tip = match series {
            Some(series) if self.series.len() > 1 => {
                format!("{name}, {}: {told}", series.name.get(lang))
            }
            _ => format!("{name}: {told}"),
        };
        let (x0, x1) = (span.0.min(span.1), span.0.max(span.1));
        let wide = (x1 - x0).max(0.6);
        let key = series.map_or("", |s| s.key.as_str());
        let tag = rect(x0, y.0, wide, y.1).paint("fill", category(which)).set("stroke", "#ffffff");
        sheet.add(tag.set("stroke-width", "0.5").mark(&row.key, &tip).of(key));
        if which % 2 == 1 {
            let fill = sheet.stripes();
            sheet.add(rect(x0, y.0, wide, y.1).set("fill", &fill).set("pointer-events", "none"));
        }
    }

    /// Draws the bars of a row; their labels are drawn later, above the reference line.
    fn grouped(&self, sheet: &mut Sheet, x: &Linear, row: &BarRow, middle: f64) -> Vec<Label> {
        let lang = sheet.lang;
        let mut found = Vec::new();
        let format = self.axis.format;
        let n = row.values.len().min(self.series.len().max(1));
        let tall = if n == 1 { THICK } else { THIN };
        let top = middle - tall * n as f64 / 2.0;
        for which in 0..n {
            let y = top + tall * which as f64;
            let base = y + tall / 2.0 + 4.0;
            match row.values[which] {
                Datum::Number(value) if value.is_finite() => {
                    let value = drawable(value).unwrap_or(0.0);
                    self.bar(sheet, row, which, (x.at(0.0), x.at(value)), (y, tall - 0.5));
                    let text = short(value, format, lang);
                    let (at, anchor) = if value < 0.0 {
                        (x.at(value) - 4.0, Anchor::End)
                    } else {
                        (x.at(value) + 4.0, Anchor::Start)
                    };
                    let size = if n == 1 { SMALL } else { SMALL - 1.0 };
                    found.push(Label { x: at, y: base, size, anchor, text });
                }
                Datum::Number(_) => {}
                Datum::Gap(gap) => gap_mark(sheet, x, row, gap, (y, tall - 0.5)),
            }
        }
        found
    }

    fn stacked(&self, sheet: &mut Sheet, x: &Linear, row: &BarRow, middle: f64) {
        let lang = sheet.lang;
        let format = self.axis.format;
        let (y, tall) = (middle - THICK / 2.0, THICK);
        let (mut low, mut high) = (0.0, 0.0);
        let mut gap = None;
        let sum = self.size(row).filter(|_| self.two_sided());
        for (which, datum) in row.values.iter().enumerate().take(self.series.len().max(1)) {
            let Some(value) = number(*datum) else {
                gap = gap.or(datum.gap());
                continue;
            };
            let edge: &mut f64 = if value < 0.0 { &mut low } else { &mut high };
            let from = *edge;
            *edge += value;
            let span = (x.at(from), x.at(*edge));
            self.bar(sheet, row, which, span, (y, tall));
            let text = short(value, format, lang);
            // Stripes would run through digits.
            let half = width(&text, 10.0) / 2.0 + 3.0;
            let at = f64::midpoint(span.0, span.1);
            let hidden = sum.is_some_and(|sum| (x.at(sum) - at).abs() < half + 4.0);
            if which % 2 == 0 && half < (span.1 - span.0).abs() / 2.0 && !hidden {
                let ink = ink_on(category(which));
                sheet.text(at, middle + 3.7, 10.0, Anchor::Middle, ink, &text);
            }
        }
        match (self.size(row), gap) {
            (Some(sum), None) if self.two_sided() => {
                let tip = format!("{}: {}", row.name.get(lang), short(sum, format, lang));
                let tag = sum_mark(x.at(sum), middle, sheet.theme);
                sheet.add(tag.mark(&row.key, &tip));
            }
            (Some(sum), None) if (sum - 1.0).abs() > 1e-9 => {
                let text = short(sum, format, lang);
                let (at, ink) = (x.at(sum) + 4.0, sheet.theme.ink);
                if sum >= 0.0 {
                    sheet.text(at, middle + 4.0, SMALL, Anchor::Start, ink, &text);
                }
            }
            (_, Some(gap)) => {
                let x = Linear::new((0.0, 1.0), (x.at(high) + 2.0, x.range.1));
                gap_mark(sheet, &x, row, gap, (y, tall));
            }
            _ => {}
        }
    }

    fn describe(&self, lang: Lang) -> String {
        let (n, series) = (self.rows.len(), self.series.len().max(1));
        match lang {
            Lang::En => format!("Bars of {}: {n} rows, {series} series.", self.axis.title.en),
            Lang::Zh => format!("条形图，{}：{n}行，{series}个系列。", self.axis.title.zh),
        }
    }

    pub(crate) fn table(&self, lang: Lang) -> Vec<Column> {
        let rows = self.sorted();
        let mut columns = vec![
            Column::text("key", rows.iter().map(|r| Key::from(r.key.as_str()))),
            Column::text("name", rows.iter().map(|r| Key::from(r.name.get(lang)))),
        ];
        for (which, series) in self.series.iter().enumerate() {
            let value =
                |row: &&BarRow| row.values.get(which).copied().unwrap_or(Datum::Gap(Gap::Missing));
            columns.push(Column::number(series.key.as_str(), "", rows.iter().map(value)));
        }
        columns
    }
}

/// A short textured stub at zero that says why there is no bar.
fn gap_mark(sheet: &mut Sheet, x: &Linear, row: &BarRow, gap: Gap, (y, tall): (f64, f64)) {
    let lang = sheet.lang;
    let fill = sheet.texture(Texture::of(gap));
    let at = if x.domain.0 < 0.0 { x.at(0.0) } else { x.range.0 };
    let room = x.range.1 - at;
    let tip = format!("{}: {}", row.name.get(lang), gap.reason(lang));
    let tag = rect(at, y + 1.0, 16f64.min(room.max(4.0)), tall - 2.0).set("fill", &fill);
    sheet.add(tag.set("stroke", "#8b929b").set("stroke-width", "0.5").mark(&row.key, &tip));
    if width(gap.reason(lang), SMALL) + 22.0 < room {
        let base = y + tall / 2.0 + 4.0;
        sheet.text(at + 21.0, base, SMALL, Anchor::Start, sheet.theme.muted, gap.reason(lang));
    }
}
