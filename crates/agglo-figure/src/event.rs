//! Coefficients by event time with their intervals.

use agglo_core::{Column, Datum, Lang};

use crate::color::Color;
use crate::plot::{Band, Plot, Room};
use crate::scale::{drawable, extent, number, told, told_between};
use crate::sheet::{Sheet, category, line, path, polyline, symbol};
use crate::theme::Theme;
use crate::words::{Axis, Heading, Words};

/// Effects before and after an event.
#[derive(Clone, Debug, PartialEq)]
pub struct EventFigure {
    /// Title, subtitle, source.
    pub heading: Heading,
    /// What the coefficients measure.
    pub axis: Axis,
    /// What event time counts, such as years since the policy.
    pub time: Words,
    /// The event time all others are compared with.
    pub reference: i32,
    /// The coefficients.
    pub points: Vec<EventPoint>,
}

/// One coefficient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventPoint {
    /// Event time, 0 in the period of the event.
    pub time: i32,
    /// The coefficient.
    pub estimate: Datum,
    /// Lower end of its interval.
    pub lower: Datum,
    /// Upper end of its interval.
    pub upper: Datum,
}

impl EventFigure {
    pub(crate) fn draw(&self, lang: Lang, theme: &Theme) -> String {
        let mut sheet = Sheet::new(&self.heading, lang, theme);
        let numbers: Vec<f64> = self
            .points
            .iter()
            .flat_map(|p| [p.estimate, p.lower, p.upper])
            .filter_map(number)
            .collect();
        let y = extent(numbers.iter().copied().chain([0.0]));
        let x = extent(self.points.iter().map(|p| f64::from(p.time)));
        let (Some(x), Some(y), false) = (x, y, numbers.is_empty()) else {
            sheet.nothing();
            return sheet.finish(&self.describe(lang));
        };
        sheet.caption(self.axis.title.get(lang));
        let before = match lang {
            Lang::En => "before",
            Lang::Zh => "事件之前",
        };
        let half = if x.0 == x.1 { 1.0 } else { 0.5 };
        let x = (x.0 - half, x.1 + half);
        let bands: Vec<Band> = (x.0 < -0.5)
            .then(|| Band {
                from: x.0,
                to: (-0.5f64).min(x.1),
                line: None,
                label: before.into(),
                fill: Color(0xEE, 0xF1, 0xF4),
                ink: theme.muted,
            })
            .into_iter()
            .collect();
        let height = if theme.narrow() { 200.0 } else { 280.0 };
        let room = Room { right: 0.0, height };
        let plot = Plot::years(&mut sheet, x, y, self.axis.format, &bands, &room);
        let zero = plot.y.at(0.0);
        let tag = line(plot.x.range.0 - 6.0, zero, plot.x.range.1 + 6.0, zero);
        sheet.add(tag.paint("stroke", theme.ink).set("stroke-width", "1.2"));
        let mut points = self.points.clone();
        points.sort_by_key(|p| p.time);
        let places: Vec<(f64, f64)> = points
            .iter()
            .filter_map(|p| Some((plot.x.at(f64::from(p.time)), plot.y.at(number(p.estimate)?))))
            .collect();
        let tag = path(&polyline(&places)).set("fill", "none").set("stroke-width", "1");
        if places.len() > 1 {
            sheet.add(tag.paint("stroke", category(0)).set("stroke-opacity", "0.35"));
        }
        for point in &points {
            self.draw_point(&mut sheet, &plot, point);
        }
        sheet.y = plot.bottom;
        let middle = f64::midpoint(plot.x.range.0, plot.x.range.1);
        for text in crate::text::wrap(self.time.get(lang), 11.0, sheet.room()) {
            sheet.y += 12.0;
            let half = crate::text::width(&text, 11.0) / 2.0;
            let x = middle.min(sheet.right() - half).max(crate::sheet::MARGIN + half);
            sheet.text(x, sheet.y, 11.0, crate::sheet::Anchor::Middle, theme.muted, &text);
            sheet.y += 3.0;
        }
        sheet.finish(&self.describe(lang))
    }

    fn draw_point(&self, sheet: &mut Sheet, plot: &Plot, point: &EventPoint) {
        let lang = sheet.lang;
        let x = plot.x.at(f64::from(point.time));
        let Some(estimate) = number(point.estimate) else { return };
        let ends = (number(point.lower), number(point.upper));
        let mut tip = format!("{}: {}", point.time, told(point.estimate, self.axis.format, lang));
        if let (Some(low), Some(high)) = ends {
            tip += &told_between(point.lower, point.upper, self.axis.format, lang);
            let (low, high) = (plot.y.at(low), plot.y.at(high));
            for tag in [
                line(x, low, x, high),
                line(x - 4.0, low, x + 4.0, low),
                line(x - 4.0, high, x + 4.0, high),
            ] {
                sheet.add(tag.paint("stroke", category(0)).set("stroke-width", "1.6"));
            }
        }
        let y = plot.y.at(estimate);
        let key = point.time.to_string();
        // The reference is zero by construction: an open symbol says that it is no estimate.
        let tag = if point.time == self.reference {
            symbol(2, x, y, 4.2).set("fill", "#ffffff").paint("stroke", category(0))
        } else {
            symbol(0, x, y, 4.2).paint("fill", category(0)).set("stroke", "#ffffff")
        };
        sheet.add(tag.mark(&key, &tip));
    }

    fn describe(&self, lang: Lang) -> String {
        let n = self.points.iter().filter(|p| drawable_datum(p.estimate)).count();
        match lang {
            Lang::En => format!(
                "{n} coefficients with intervals by event time; the reference is {}.",
                self.reference
            ),
            Lang::Zh => format!("按事件时间排列的{n}个系数及其区间，基期为{}。", self.reference),
        }
    }

    pub(crate) fn table(&self) -> Vec<Column> {
        let points = &self.points;
        vec![
            Column::integer("event_time", "1", points.iter().map(|p| i64::from(p.time))),
            Column::number("estimate", "", points.iter().map(|p| p.estimate)),
            Column::number("lower", "", points.iter().map(|p| p.lower)),
            Column::number("upper", "", points.iter().map(|p| p.upper)),
        ]
    }
}

fn drawable_datum(datum: Datum) -> bool {
    datum.number().and_then(drawable).is_some()
}
