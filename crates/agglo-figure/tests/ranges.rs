//! Bands behind lines: where they lie, where they are interrupted, and whether they are seen without color.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use agglo_core::{Datum, Gap, Lang};
use agglo_figure::{
    Axis, Baseline, Figure, Group, Heading, LineFigure, Series, Theme, Words, YearRange, png, svg,
    table,
};
use resvg::tiny_skia::Pixmap;

fn figure(values: &[(i32, Option<f64>)], ranges: &[(i32, f64, f64)]) -> Figure {
    let datum = |value: Option<f64>| value.map_or(Datum::Gap(Gap::Suppressed), Datum::Number);
    Figure::Line(LineFigure {
        heading: Heading { key: "ranges".into(), ..Heading::default() },
        axis: Axis::new(Words::new("Gini", "基尼系数")),
        baseline: Baseline::Data,
        series: vec![Series {
            group: Group::new("g", Words::new("Gini", "基尼系数")),
            points: values.iter().map(|&(year, value)| (year, datum(value))).collect(),
            ranges: ranges
                .iter()
                .map(|&(year, lower, upper)| YearRange { year, lower, upper })
                .collect(),
        }],
        ranges: Words::new("range over the completions", "各次补全的范围"),
        breaks: Vec::new(),
        windows: Vec::new(),
        reference: None,
    })
}

/// The outline of every band.
fn outlines(text: &str) -> Vec<Vec<(f64, f64)>> {
    let bands = text.split("<path").filter(|tag| tag.contains("class=\"range\""));
    let points = |tag: &str| {
        let d = tag.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
        let points = d.split(['M', 'L', 'Z']).filter(|point| !point.is_empty());
        let pair = |point: &str| {
            let (x, y) = point.split_once(',').unwrap();
            (x.parse().unwrap(), y.parse().unwrap())
        };
        points.map(pair).collect()
    };
    bands.map(points).collect()
}

/// The places of the marks of the line, by year.
fn marks(text: &str) -> Vec<(f64, f64)> {
    let circles = text.split("<circle").filter(|tag| tag.contains("class=\"mark\""));
    let number = |tag: &str, name: &str| -> f64 {
        tag.split(&format!(" {name}=\""))
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .parse()
            .unwrap()
    };
    circles.map(|tag| (number(tag, "cx"), number(tag, "cy"))).collect()
}

#[test]
fn a_band_runs_from_the_lower_to_the_upper_end_of_every_year() {
    let values = [(2001, Some(0.4)), (2002, Some(0.5)), (2003, Some(0.45))];
    let ranges = [(2003, 0.40, 0.46), (2001, 0.30, 0.45), (2002, 0.5, 0.5)];
    let text = svg(&figure(&values, &ranges), Lang::En, &Theme::new(400.0));
    let outline = &outlines(&text)[0];
    let marks = marks(&text);
    assert_eq!((outlines(&text).len(), outline.len(), marks.len()), (1, 6, 3));
    // Pixels per unit, from two values of the line itself.
    let unit = (marks[0].1 - marks[1].1) / (0.5 - 0.4);
    for (place, (value, lower, upper)) in
        [(0.4, 0.30, 0.45), (0.5, 0.5, 0.5), (0.45, 0.40, 0.46)].into_iter().enumerate()
    {
        let (top, bottom) = (outline[place], outline[5 - place]);
        assert_eq!((top.0, bottom.0), (marks[place].0, marks[place].0));
        assert!((marks[place].1 - top.1 - unit * (upper - value)).abs() < 0.03, "{outline:?}");
        assert!((bottom.1 - marks[place].1 - unit * (value - lower)).abs() < 0.03, "{outline:?}");
    }
    // The band lies behind the line.
    let (band, line) = (text.find("class=\"range\""), text.rfind("stroke-linejoin"));
    assert!(band < line, "{text}");
}

#[test]
fn a_year_without_a_range_interrupts_the_band_and_one_that_stands_alone_is_seen() {
    let values: Vec<(i32, Option<f64>)> =
        (2001..=2006).map(|t| (t, (t != 2003).then_some(0.4))).collect();
    let range = |t| (t, 0.35, 0.45);
    // 2003 has no number and 2005 no range: 2001 and 2002, then 2004 and 2006 alone.
    let ranges = [range(2001), range(2002), range(2004), range(2006)];
    let text = svg(&figure(&values, &ranges), Lang::En, &Theme::new(400.0));
    let widths: Vec<f64> = outlines(&text)
        .iter()
        .map(|outline| {
            let xs = outline.iter().map(|point| point.0);
            xs.clone().fold(0.0, f64::max) - xs.fold(f64::INFINITY, f64::min)
        })
        .collect();
    assert_eq!(widths.len(), 3);
    assert!(widths[0] > 30.0 && widths[1] == 8.0 && widths[2] == 8.0, "{widths:?}");
}

#[test]
fn the_legend_the_table_and_the_marks_say_what_the_band_is() {
    let ranged = figure(&[(2001, Some(0.4)), (2002, None)], &[(2001, 0.3, 0.45)]);
    for (lang, words) in [(Lang::En, "range over the completions"), (Lang::Zh, "各次补全的范围")]
    {
        let text = svg(&ranged, lang, &Theme::new(400.0));
        assert!(text.contains(&format!(">{words}</text>")), "{text}");
        assert!(text.contains("0.4 [0.3, 0.45]</title>"), "{text}");
        let described = text.split("<desc").nth(1).unwrap().split("</desc>").next().unwrap();
        assert!(described.contains(words), "{described}");
    }
    let frame = table(&ranged, Lang::En);
    let none = Datum::Gap(Gap::NotApplicable);
    assert_eq!(frame.numbers("lower").unwrap(), [Datum::Number(0.3), none]);
    assert_eq!(frame.numbers("upper").unwrap(), [Datum::Number(0.45), none]);

    let plain = figure(&[(2001, Some(0.4)), (2002, Some(0.41))], &[]);
    let text = svg(&plain, Lang::En, &Theme::new(400.0));
    assert!(!text.contains("range over") && outlines(&text).is_empty(), "{text}");
    assert!(!table(&plain, Lang::En).has("lower"));
}

#[test]
fn ranges_that_are_none_are_not_drawn() {
    let values = [(2001, Some(0.4)), (2002, Some(0.5))];
    let ranges = [(2001, f64::NEG_INFINITY, 0.5), (2002, 0.6, 0.4)];
    let text = svg(&figure(&values, &ranges), Lang::En, &Theme::new(400.0));
    assert!(outlines(&text).is_empty(), "{text}");
}

#[test]
fn a_band_is_told_from_the_paper_without_color() {
    let values = [(2001, Some(0.4)), (2002, Some(0.4))];
    let ranged = figure(&values, &[(2001, 0.2, 0.6), (2002, 0.2, 0.6)]);
    let theme = Theme::new(400.0);
    let text = svg(&ranged, Lang::En, &theme);
    let outline = &outlines(&text)[0];
    let image = Pixmap::decode_png(&png(&text, 1.0).unwrap()).unwrap();
    let gray = |x: f64, y: f64| {
        let pixel = image.pixel(x as u32, y as u32).unwrap();
        0.2126 * f64::from(pixel.red())
            + 0.7152 * f64::from(pixel.green())
            + 0.0722 * f64::from(pixel.blue())
    };
    let ((x0, top), (x1, _)) = (outline[0], outline[1]);
    let x = x0 + 0.3 * (x1 - x0);
    // Between the upper edge and the line, off any line of the grid.
    let inside: Vec<f64> = (3..20).map(|d| gray(x, top + f64::from(d))).collect();
    let band = inside.iter().copied().fold(0.0, f64::max);
    assert!(gray(1.0, 1.0) - band > 20.0, "band {band}, paper {}", gray(1.0, 1.0));
    let edge = (-2..=2).map(|d| gray(x, top + f64::from(d))).fold(255.0, f64::min);
    assert!(band - edge > 30.0, "edge {edge}, band {band}");
}
