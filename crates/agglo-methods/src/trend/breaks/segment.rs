//! What each segment did: its mean, its slope with an interval, and the words for it.

use agglo_core::{Column, Datum, Frame, Gap, Key, Note, Undefined, Values, mean};
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::design::{Bend, Design, Line, Shape, segments};
use crate::call::MethodError;

/// One segment; `from` and `to` are places of its first and last observation.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    label: &'static str,
    number: i64,
    from: usize,
    to: usize,
    level: f64,
    slope: Datum,
    lower: Datum,
    upper: Datum,
}

impl Segment {
    pub(super) fn all(
        design: &Design<'_>,
        y: &[f64],
        breaks: &[usize],
        confidence: f64,
        label: &'static str,
    ) -> Vec<Segment> {
        let x = design.x;
        let bend = match (design.shape, breaks) {
            (Shape::Kink, [place]) => Some(Bend::fit(x, y, x[place - 1])),
            _ => None,
        };
        let describe = |(place, (a, b)): (usize, (usize, usize))| {
            let (slope, spread, ssr, df) = match (&bend, design.shape) {
                (Some(bend), _) => {
                    (bend.slopes[place], bend.spread[place], bend.ssr, y.len() as f64 - 3.0)
                }
                (None, shape) => {
                    let line = Line::fit(&x[a..b], &y[a..b], shape);
                    (line.slope(), 1.0 / line.sxx, line.ssr, line.n - 2.0)
                }
            };
            let applies = |datum: Datum| match design.shape {
                Shape::Level => Datum::Gap(Gap::NotApplicable),
                Shape::Trend | Shape::Kink => datum,
            };
            let half = half_width(spread, ssr, df, confidence);
            Segment {
                label,
                number: place as i64 + 1,
                from: a,
                to: b - 1,
                level: mean(&y[a..b]).unwrap_or_default(),
                slope: applies(Datum::finite(slope, Undefined::TooFew)),
                lower: applies(half.map(|half| slope - half)),
                upper: applies(half.map(|half| slope + half)),
            }
        };
        segments(breaks, y.len()).enumerate().map(describe).collect()
    }

    fn direction(&self) -> Option<&'static str> {
        let (lower, upper) = (self.lower.number()?, self.upper.number()?);
        Some(if lower > 0.0 {
            "rise"
        } else if upper < 0.0 {
            "fall"
        } else {
            "unclear"
        })
    }
}

fn half_width(spread: f64, ssr: f64, df: f64, confidence: f64) -> Datum {
    match StudentsT::new(0.0, 1.0, df) {
        Ok(t) if df > 0.0 => {
            let quantile = t.inverse_cdf(f64::midpoint(1.0, confidence));
            Datum::finite(quantile * (ssr / df * spread).sqrt(), Undefined::TooFew)
        }
        _ => Datum::undefined(Undefined::TooFew),
    }
}

pub(super) fn frame(
    segments: &[Segment],
    periods: &[i64],
    unit: &str,
) -> Result<Frame, MethodError> {
    let per_year = format!("{unit} per year");
    let per_year = if unit.is_empty() || unit == "1" { "1" } else { &per_year };
    let directions = segments.iter().map(|s| s.direction().map(Key::from)).collect();
    Ok(Frame::new(vec![
        Column::text("label", segments.iter().map(|s| s.label)),
        Column::integer("segment", "", segments.iter().map(|s| s.number)),
        Column::integer("from", "", segments.iter().map(|s| periods[s.from])),
        Column::integer("to", "", segments.iter().map(|s| periods[s.to])),
        Column::numbers("level", unit, segments.iter().map(|s| s.level)),
        Column::number("slope", per_year, segments.iter().map(|s| s.slope)),
        Column::number("slope_lower", per_year, segments.iter().map(|s| s.lower)),
        Column::number("slope_upper", per_year, segments.iter().map(|s| s.upper)),
        Column::new("direction", "", Values::Text(directions)),
    ])?)
}

/// The descriptive segments in words.
pub(super) fn short_note(found: &[Segment], periods: &[i64]) -> Option<Note> {
    let said: Vec<(&Segment, &str)> =
        found.iter().filter_map(|s| Some((s, s.direction()?))).collect();
    if said.is_empty() {
        return None;
    }
    let words = |zh: bool| {
        let one = |(s, direction): &(&Segment, &str)| {
            let (from, to) = (periods[s.from], periods[s.to]);
            match (*direction, zh) {
                ("rise", true) => format!("{from}–{to} 上升"),
                ("fall", true) => format!("{from}–{to} 下降"),
                (_, true) => format!("{from}–{to} 方向不明"),
                (word, false) => format!("{from}–{to} {word}"),
            }
        };
        said.iter().map(one).collect::<Vec<_>>().join(if zh { "，" } else { ", " })
    };
    Some(Note::new(
        "short-segments",
        format!("short segments, descriptive only and not tested: {}", words(false)),
        format!("短区段（仅作描述，未经检验）：{}", words(true)),
    ))
}
