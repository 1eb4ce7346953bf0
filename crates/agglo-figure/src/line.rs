//! Series over years, with break dates and windows.

use agglo_core::{Column, Datum, Key, Lang, Values};

use crate::color::Color;
use crate::plot::{Band, Plot, Room};
use crate::ribbon;
use crate::scale::{drawable, extent, number, told};
use crate::sheet::{
    Anchor, LABEL, N_SHAPES, Sheet, Swatch, Tag, category, path, polyline, spread, symbol,
};
use crate::text::{widest, wrap};
use crate::theme::Theme;
use crate::words::{Axis, Group, Heading, Reference, Words};

/// Lines over years.
#[derive(Clone, Debug, PartialEq)]
pub struct LineFigure {
    /// Title, subtitle, source.
    pub heading: Heading,
    /// What the lines measure.
    pub axis: Axis,
    /// Whether zero must be on the axis.
    pub baseline: Baseline,
    /// The lines.
    pub series: Vec<Series>,
    /// What the ranges of the lines are, for the legend; not shown where no line has any.
    pub ranges: Words,
    /// Break dates with their intervals.
    pub breaks: Vec<Break>,
    /// Shaded stretches of years.
    pub windows: Vec<Window>,
    /// A horizontal line.
    pub reference: Option<Reference>,
}

/// Where the vertical axis starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Baseline {
    /// Near the data.
    #[default]
    Data,
    /// At zero.
    Zero,
}

/// One line; a gap interrupts it.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Key and name.
    pub group: Group,
    /// Values by year, in any order.
    pub points: Vec<(i32, Datum)>,
    /// Ranges of the values, in any order: a band behind the line, interrupted where a year has none.
    pub ranges: Vec<YearRange>,
}

/// The range of one year's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct YearRange {
    /// The year.
    pub year: i32,
    /// The lower end.
    pub lower: f64,
    /// The upper end, not below the lower one.
    pub upper: f64,
}

/// A break date with its confidence interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// The year.
    pub year: i32,
    /// First year of its interval.
    pub lower: i32,
    /// Last year of its interval.
    pub upper: i32,
}

/// A shaded stretch of years.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// First year.
    pub from: i32,
    /// Last year.
    pub to: i32,
    /// What it is.
    pub label: Words,
}

const BREAK_BAND: Color = Color(0xF6, 0xE3, 0xC5);
const BREAK_LINE: Color = Color(0x8A, 0x5A, 0x00);
const WINDOW_BAND: Color = Color(0xEE, 0xF1, 0xF4);

impl LineFigure {
    pub(crate) fn draw(&self, lang: Lang, theme: &Theme) -> String {
        let mut sheet = Sheet::new(&self.heading, lang, theme);
        let values = self.series.iter().flat_map(|s| &s.points).filter_map(|p| number(p.1));
        let zero = (self.baseline == Baseline::Zero).then_some(0.0);
        let reference = self.reference.iter().filter_map(|r| drawable(r.value));
        let ranges: Vec<YearRange> =
            self.series.iter().flat_map(ribbon::stretches).flatten().collect();
        let years = self.series.iter().flat_map(|s| &s.points).map(|p| p.0);
        let years = years.chain(ranges.iter().map(|range| range.year)).map(f64::from);
        let ends = ranges.iter().flat_map(|range| [range.lower, range.upper]);
        let (Some(x), Some(y)) =
            (extent(years), extent(values.clone().chain(zero).chain(reference).chain(ends)))
        else {
            sheet.nothing();
            return sheet.finish(&self.describe(lang));
        };
        if values.clone().next().is_none() {
            sheet.nothing();
            return sheet.finish(&self.describe(lang));
        }
        let name_room = theme.width * if theme.narrow() { 0.27 } else { 0.24 };
        let names: Vec<Vec<String>> =
            self.series.iter().map(|s| wrap(s.group.name.get(lang), LABEL, name_room)).collect();
        let heights: Vec<f64> = names.iter().map(|n| 14.0 * n.len() as f64 + 2.0).collect();
        let right = names.iter().map(|n| widest(n, LABEL)).fold(0.0, f64::max) + 14.0;
        let mut bands: Vec<Band> = self
            .windows
            .iter()
            .map(|w| Band {
                from: f64::from(w.from),
                to: f64::from(w.to),
                line: None,
                label: w.label.get(lang).to_owned(),
                fill: WINDOW_BAND,
                ink: theme.muted,
            })
            .collect();
        bands.extend(self.breaks.iter().map(|b| Band {
            from: f64::from(b.lower),
            to: f64::from(b.upper),
            line: Some(f64::from(b.year)),
            label: break_label(b),
            fill: BREAK_BAND,
            ink: BREAK_LINE,
        }));
        if !ranges.is_empty() {
            let words = self.ranges.get(lang).to_owned();
            let banded: Vec<usize> = (0..self.series.len())
                .filter(|&which| !self.series[which].ranges.is_empty())
                .collect();
            // One line's band wears its color; the bands of several are all meant by a gray one.
            let color = if let [only] = banded[..] { category(only) } else { theme.muted };
            sheet.legend(&[(Swatch::Band(color), words)]);
        }
        sheet.caption(self.axis.title.get(lang));
        let room = Room {
            right,
            height: heights.iter().sum::<f64>().max(if theme.narrow() { 210.0 } else { 290.0 }),
        };
        let plot = Plot::years(&mut sheet, x, y, self.axis.format, &bands, &room);
        let reference = self.reference.as_ref().and_then(|r| Some((drawable(r.value)?, &r.label)));
        if let Some((value, _)) = reference {
            plot.reference_line(&mut sheet, value);
        }
        for (which, series) in self.series.iter().enumerate() {
            ribbon::draw(&mut sheet, &plot, which, category(which), series);
        }
        let mut drawn = Vec::new();
        for (which, series) in self.series.iter().enumerate() {
            drawn.extend(self.draw_series(&mut sheet, &plot, which, series));
        }
        if let Some((value, label)) = reference {
            plot.reference_words(&mut sheet, value, label.get(lang), &drawn);
        }
        let ends: Vec<(f64, f64)> = self
            .series
            .iter()
            .map(|s| {
                let last = sorted(s).into_iter().rev().find_map(|(t, v)| Some((t, number(v)?)));
                last.map_or((plot.x.range.1, plot.y.range.0), |(t, v)| {
                    (plot.x.at(f64::from(t)), plot.y.at(v))
                })
            })
            .collect();
        let wanted: Vec<f64> = ends.iter().map(|e| e.1).collect();
        let places = spread(&wanted, &heights, plot.y.range.1 - 8.0, plot.y.range.0 + 8.0);
        for (which, lines) in names.iter().enumerate() {
            let color = category(which);
            let (x0, y0) = ends[which];
            let x1 = plot.x.range.1 + 10.0;
            if (places[which] - y0).abs() > 3.0 || x1 - x0 > 14.0 {
                let d = polyline(&[(x0 + 5.0, y0), (x1 - 2.0, places[which])]);
                sheet.add(
                    path(&d)
                        .set("fill", "none")
                        .paint("stroke", color)
                        .set("stroke-width", "0.7")
                        .set("stroke-opacity", "0.6"),
                );
            }
            for (row, text) in lines.iter().enumerate() {
                let rise = (row as f64 - (lines.len() - 1) as f64 / 2.0) * 14.0;
                let ink = crate::color::mix(color, theme.ink, 0.25);
                sheet.text(x1, places[which] + rise + 4.2, LABEL, Anchor::Start, ink, text);
            }
        }
        sheet.y = plot.bottom;
        sheet.finish(&self.describe(lang))
    }

    /// Draws one series and returns its unbroken stretches.
    fn draw_series(
        &self,
        sheet: &mut Sheet,
        plot: &Plot,
        which: usize,
        series: &Series,
    ) -> Vec<Vec<(f64, f64)>> {
        let mut drawn = Vec::new();
        let lang = sheet.lang;
        let color = category(which);
        let points = sorted(series);
        for run in points.split(|p| number(p.1).is_none()) {
            let places: Vec<(f64, f64)> = run
                .iter()
                .filter_map(|&(t, v)| Some((plot.x.at(f64::from(t)), plot.y.at(number(v)?))))
                .collect();
            if places.len() > 1 {
                let mut tag = path(&polyline(&places))
                    .set("fill", "none")
                    .paint("stroke", color)
                    .set("stroke-width", "2")
                    .set("stroke-linejoin", "round")
                    .set("stroke-linecap", "round");
                if which >= N_SHAPES {
                    tag = tag.set("stroke-dasharray", "5 3");
                }
                sheet.add(tag.set("data-series", &series.group.key));
            }
            drawn.push(places);
        }
        let dense = points.len() > 24;
        let last = points.iter().rposition(|p| number(p.1).is_some());
        for (place, &(year, value)) in points.iter().enumerate() {
            let Some(v) = number(value) else { continue };
            let lonely = (place == 0 || number(points[place - 1].1).is_none())
                && (place + 1 == points.len() || number(points[place + 1].1).is_none());
            let (x, y) = (plot.x.at(f64::from(year)), plot.y.at(v));
            let tip = format!(
                "{}, {year}: {}{}",
                series.group.name.get(lang),
                told(value, self.axis.format, lang),
                ribbon::told(series, year, self.axis.format, lang)
            );
            let shown = !dense || lonely || Some(place) == last;
            let tag: Tag = if shown {
                let r = if Some(place) == last || lonely { 3.4 } else { 2.2 };
                symbol(which, x, y, r).paint("fill", color)
            } else {
                symbol(0, x, y, 3.0).paint("fill", color).set("fill-opacity", "0")
            };
            sheet.add(tag.mark(&year.to_string(), &tip).of(&series.group.key));
        }
        drawn
    }

    fn describe(&self, lang: Lang) -> String {
        let names: Vec<&str> = self.series.iter().map(|s| s.group.name.get(lang)).collect();
        let breaks: Vec<String> = self.breaks.iter().map(break_label).collect();
        let has_ranges = self.series.iter().any(|s| !s.ranges.is_empty());
        let mut text = match lang {
            Lang::En => format!("Line chart of {}: {}.", self.axis.title.en, names.join(", ")),
            Lang::Zh => format!("折线图，{}：{}。", self.axis.title.zh, names.join("、")),
        };
        match lang {
            Lang::En if has_ranges => text += &format!(" Bands: {}.", self.ranges.en),
            Lang::Zh if has_ranges => text += &format!("色带：{}。", self.ranges.zh),
            _ => {}
        }
        match lang {
            Lang::En if !breaks.is_empty() => text += &format!(" Breaks: {}.", breaks.join("; ")),
            Lang::Zh if !breaks.is_empty() => text += &format!("断点：{}。", breaks.join("；")),
            _ => {}
        }
        text
    }

    pub(crate) fn table(&self, lang: Lang) -> Vec<Column> {
        let rows: Vec<(&Series, i32, Datum)> = self
            .series
            .iter()
            .flat_map(|s| sorted(s).into_iter().map(move |(t, v)| (s, t, v)))
            .collect();
        let mut columns = vec![
            Column::text("series", rows.iter().map(|r| Key::from(r.0.group.key.as_str()))),
            Column::text("name", rows.iter().map(|r| Key::from(r.0.group.name.get(lang)))),
            Column::new(
                "period",
                "year",
                Values::Integer(rows.iter().map(|r| Some(i64::from(r.1))).collect()),
            ),
            Column::number("value", "", rows.iter().map(|r| r.2)),
        ];
        if self.series.iter().any(|s| !s.ranges.is_empty()) {
            let none = Datum::Gap(agglo_core::Gap::NotApplicable);
            for (name, end) in [
                ("lower", (|y| y.lower) as fn(&YearRange) -> f64),
                ("upper", |y: &YearRange| y.upper),
            ] {
                let cells = rows.iter().map(|&(series, year, _)| {
                    let range = series.ranges.iter().find(|range| range.year == year);
                    range.map_or(none, |range| Datum::Number(end(range)))
                });
                columns.push(Column::number(name, "", cells));
            }
        }
        columns
    }
}

fn sorted(series: &Series) -> Vec<(i32, Datum)> {
    let mut points = series.points.clone();
    points.sort_by_key(|p| p.0);
    points
}

fn break_label(b: &Break) -> String {
    if b.lower == b.year && b.upper == b.year {
        b.year.to_string()
    } else {
        format!("{} ({}–{})", b.year, b.lower, b.upper)
    }
}
