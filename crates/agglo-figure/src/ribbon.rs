//! Ranges of the numbers on a line, drawn as a band behind it.
//!
//! A band must be told from its neighbors without color: its edges are drawn, in a dash of the line's own.

use crate::color::Color;
use crate::line::{Series, YearRange};
use crate::plot::Plot;
use crate::scale::drawable;
use crate::sheet::{Sheet, line, path, polyline};
use crate::words::Format;

/// The dashes of the edges, by line.
const DASHES: [&str; 4] = ["", "5 2", "1.5 2", "6 2 1.5 2"];

/// Half the width of a range that stands alone.
const ALONE: f64 = 4.0;

/// The ranges of a series that can be drawn, by year, cut where a year of the series has none.
pub(crate) fn stretches(series: &Series) -> Vec<Vec<YearRange>> {
    let mut ranges: Vec<YearRange> = series
        .ranges
        .iter()
        .filter_map(|r| {
            let (lower, upper) = (drawable(r.lower)?, drawable(r.upper)?);
            (lower <= upper).then_some(YearRange { lower, upper, ..*r })
        })
        .collect();
    ranges.sort_by_key(|range| range.year);
    ranges.dedup_by_key(|range| range.year);
    let between = |a: i32, b: i32| series.points.iter().any(|(year, _)| a < *year && *year < b);
    let mut stretches: Vec<Vec<YearRange>> = Vec::new();
    for range in ranges {
        match stretches.last_mut() {
            Some(last) if last.last().is_some_and(|before| !between(before.year, range.year)) => {
                last.push(range);
            }
            _ => stretches.push(vec![range]),
        }
    }
    stretches
}

/// Draws the bands of the series `which` in its color.
pub(crate) fn draw(sheet: &mut Sheet, plot: &Plot, which: usize, color: Color, series: &Series) {
    for stretch in stretches(series) {
        let edge = |end: fn(&YearRange) -> f64| -> Vec<(f64, f64)> {
            let place = |r: &YearRange| (plot.x.at(f64::from(r.year)), plot.y.at(end(r)));
            stretch.iter().map(place).collect()
        };
        let (mut upper, mut lower) = (edge(|r| r.upper), edge(|r| r.lower));
        if let ([(x, top)], [(_, bottom)]) = (&upper[..], &lower[..]) {
            let (x, top, bottom) = (*x, *top, *bottom);
            upper = vec![(x - ALONE, top), (x + ALONE, top)];
            lower = vec![(x - ALONE, bottom), (x + ALONE, bottom)];
        }
        let mut outline = upper.clone();
        outline.extend(lower.iter().rev());
        let area = path(&(polyline(&outline) + "Z")).paint("fill", color);
        let area = area.set("fill-opacity", "0.2").set("class", "range");
        sheet.add(area.set("data-series", &series.group.key));
        for edge in [upper, lower] {
            let tag = path(&polyline(&edge)).set("fill", "none").paint("stroke", color);
            let tag = tag.set("stroke-width", "0.9").set("stroke-opacity", "0.75");
            let dash = DASHES[which % DASHES.len()];
            sheet.add(if dash.is_empty() { tag } else { tag.set("stroke-dasharray", dash) });
        }
    }
}

/// A small band, for the legend.
pub(crate) fn swatch(sheet: &mut Sheet, x: f64, y: f64, color: Color) {
    let area = crate::sheet::rect(x, y - 5.0, 15.0, 10.0).paint("fill", color);
    sheet.add(area.set("fill-opacity", "0.2"));
    for (at, width) in [(y - 5.0, "0.9"), (y, "2"), (y + 5.0, "0.9")] {
        let tag = line(x, at, x + 15.0, at).paint("stroke", color).set("stroke-width", width);
        sheet.add(tag);
    }
}

/// The range of a year in words, such as ` [0.41, 0.44]`; empty where there is none.
pub(crate) fn told(series: &Series, year: i32, format: Format, lang: agglo_core::Lang) -> String {
    let range = series.ranges.iter().find(|range| range.year == year && range.lower < range.upper);
    let end = |value: f64| crate::scale::told(agglo_core::Datum::Number(value), format, lang);
    range.map_or(String::new(), |range| format!(" [{}, {}]", end(range.lower), end(range.upper)))
}
