//! What every figure owes its reader whatever the data: no text over another or off the page, no
//! number that is none, nothing but what XML allows, and a table.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "../examples/gallery/figures.rs"]
mod figures;

use std::sync::Arc;

use agglo_core::{Datum, Gap, Lang, Undefined};
use agglo_figure::{
    Axis, BarFigure, BarLayout, BarRow, Baseline, Break, Classes, Curve, CurveFigure, EventFigure,
    EventPoint, Figure, Flow, Format, Group, Heading, HeatFigure, HeatScale, IntervalFigure,
    IntervalRow, LineFigure, MapFigure, MapShape, Order, Point, PointLabel, Quadrants, Reference,
    ScatterFigure, Series, Shades, Theme, Tile, Window, Words, YearRange, has_chinese_font, png,
    svg, table,
};
use proptest::prelude::*;
use resvg::usvg::{Group as Node, Node as Kind, Options, Rect, TextChunk, Tree, fontdb};

/// One figure of each kind from the same values and names.
fn each_kind(values: &[Datum], name: &Words, format: Format) -> Vec<Figure> {
    let heading = Heading {
        key: name.en.clone(),
        title: name.clone(),
        subtitle: name.clone(),
        source: name.clone(),
    };
    let axis = Axis { title: name.clone(), format };
    let group = |k: usize| Group::new(format!("g{k}"), name.clone());
    let key = |k: usize| format!("r{k}");
    let at = |k: usize| values[k % values.len()];
    let each = || 0..values.len();
    let reference = values.first().and_then(|v| v.number());
    let reference = reference.map(|value| Reference { value, label: name.clone() });
    let bars = |layout| {
        Figure::Bar(BarFigure {
            heading: heading.clone(),
            axis: axis.clone(),
            series: vec![group(0), group(1)],
            rows: each()
                .map(|k| BarRow { key: key(k), name: name.clone(), values: vec![at(k), at(k + 1)] })
                .collect(),
            layout,
            order: Order::Descending,
            reference: reference.clone(),
        })
    };
    let curves = |shades| {
        let number = |k: usize| at(k).number().unwrap_or(f64::NAN);
        let curve = |s: usize| Curve {
            group: group(s),
            points: each().map(|k| (k as f64, number(k + s))).collect(),
        };
        Figure::Curve(CurveFigure {
            heading: heading.clone(),
            x: axis.clone(),
            y: axis.clone(),
            curves: vec![curve(0), curve(1)],
            shades,
            reference: reference.clone(),
        })
    };
    vec![
        curves(Shades::Order),
        curves(Shades::Categories),
        Figure::Line(LineFigure {
            heading: heading.clone(),
            axis: axis.clone(),
            baseline: Baseline::Zero,
            series: (0..2)
                .map(|s| Series {
                    group: group(s),
                    points: each().map(|k| (2000 + k as i32, at(k + s))).collect(),
                    ranges: each()
                        .filter_map(|k| {
                            let (lower, upper) = (at(k).number()?, at(k + 1).number()?);
                            Some(YearRange { year: 2000 + k as i32, lower, upper })
                        })
                        .collect(),
                })
                .collect(),
            ranges: name.clone(),
            breaks: vec![Break { year: 2001, lower: 1900, upper: 2002 }],
            windows: vec![Window { from: 2002, to: 2100, label: name.clone() }],
            reference: reference.clone(),
        }),
        bars(BarLayout::Grouped),
        bars(BarLayout::Stacked),
        Figure::Heat(HeatFigure {
            heading: heading.clone(),
            axis: axis.clone(),
            rows: each().map(group).collect(),
            columns: (0..3).map(group).collect(),
            cells: each().map(|k| vec![at(k), at(k + 1)]).collect(),
            scale: HeatScale::Diverging { center: 1.0 },
        }),
        Figure::Map(MapFigure {
            heading: heading.clone(),
            axis: axis.clone(),
            shape: MapShape::Tiles(
                each()
                    .map(|k| Tile {
                        code: key(k),
                        row: k as u16 / 4,
                        column: k as u16 % 4,
                        name: name.clone(),
                        short: Words::same("X"),
                    })
                    .collect(),
            ),
            values: each().map(|k| (key(k), at(k))).collect(),
            classes: Classes::Quantiles(4),
            flows: each()
                .filter_map(|k| {
                    Some(Flow { from: key(k), to: key(k + 1), volume: at(k).number()? })
                })
                .collect(),
            flow_axis: axis.clone(),
        }),
        Figure::Scatter(ScatterFigure {
            heading: heading.clone(),
            x: axis.clone(),
            y: axis.clone(),
            groups: vec![group(0)],
            points: each()
                .map(|k| Point {
                    key: key(k),
                    name: name.clone(),
                    x: at(k),
                    y: at(k + 1),
                    group: Some(k),
                    label: PointLabel::Shown,
                })
                .collect(),
            quadrants: Some(Quadrants { x: 0.0, y: 1.0, names: [(); 4].map(|()| name.clone()) }),
        }),
        Figure::Interval(IntervalFigure {
            heading: heading.clone(),
            axis: axis.clone(),
            groups: vec![group(0)],
            rows: each()
                .map(|k| IntervalRow {
                    key: key(k),
                    name: name.clone(),
                    group: Some(k),
                    value: at(k),
                    lower: at(k + 1),
                    upper: at(k + 2),
                })
                .collect(),
            reference,
        }),
        Figure::Event(EventFigure {
            heading,
            axis,
            time: name.clone(),
            reference: -1,
            points: each()
                .map(|k| EventPoint {
                    time: k as i32 - 3,
                    estimate: at(k),
                    lower: at(k + 1),
                    upper: at(k + 2),
                })
                .collect(),
        }),
    ]
}

/// The width and height of the view box.
fn page(text: &str) -> (f64, f64) {
    let sides = text.split("viewBox=\"0 0 ").nth(1).unwrap().split('"').next().unwrap();
    let (w, h) = sides.split_once(' ').unwrap();
    (w.parse().unwrap(), h.parse().unwrap())
}

/// Every pair of coordinates that an element names, outside `<defs>`.
fn coordinates(text: &str) -> Vec<(f64, f64)> {
    let body = text.split("</defs>").last().unwrap();
    let mut found = Vec::new();
    for tag in body.split('<').skip(1) {
        let attribute = |name: &str| -> Option<f64> {
            let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
            Some(value.parse().unwrap_or_else(|_| panic!("{name} of <{tag}")))
        };
        for (x, y) in [("x", "y"), ("cx", "cy"), ("x1", "y1"), ("x2", "y2")] {
            found.extend(attribute(x).zip(attribute(y)));
        }
        if tag.starts_with("rect") {
            let (x, y) = (attribute("x").unwrap_or(0.0), attribute("y").unwrap_or(0.0));
            found.push((x + attribute("width").unwrap(), y + attribute("height").unwrap()));
        }
        if let Some(d) = tag.split(" d=\"").nth(1).and_then(|d| d.split('"').next()) {
            let points = d.split(['M', 'L', 'Z']).filter(|point| !point.is_empty());
            found.extend(points.map(|point| {
                let (x, y) = point.split_once(',').unwrap();
                (x.parse::<f64>().unwrap(), y.parse::<f64>().unwrap())
            }));
        }
    }
    found
}

#[track_caller]
fn check(figure: &Figure, lang: Lang, width: f64) {
    let text = svg(figure, lang, &Theme::new(width));
    assert_eq!(text, svg(figure, lang, &Theme::new(width)), "the same bytes each time");
    for word in ["NaN", "inf", "<script", "href"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
    assert!(text.contains("role=\"img\"") && text.contains("<title") && text.contains("<desc"));
    let (w, h) = page(&text);
    for (x, y) in coordinates(&text) {
        let inside = (-0.01..=w + 0.01).contains(&x) && (-0.01..=h + 0.01).contains(&y);
        assert!(inside, "({x}, {y}) is outside {w} × {h}:\n{text}");
    }
    // usvg reads strict XML.
    Tree::from_str(&text, &Options::default()).unwrap();
    assert!(!table(figure, lang).columns().is_empty());
}

fn check_all(values: &[Datum], name: &Words, format: Format) {
    for figure in each_kind(values, name, format) {
        for lang in Lang::ALL {
            for width in [720.0, 360.0] {
                check(&figure, lang, width);
            }
        }
    }
}

#[test]
fn no_data_one_value_equal_values_and_gaps_are_all_drawn() {
    let name = Words::new("Gross output", "总产出");
    let numbers = |values: &[f64]| values.iter().copied().map(Datum::Number).collect::<Vec<_>>();
    check_all(&[], &name, Format::Number);
    check_all(&numbers(&[3.0]), &name, Format::Number);
    check_all(&numbers(&[0.0]), &name, Format::Percent);
    check_all(&numbers(&[7.5; 6]), &name, Format::Number);
    check_all(&Gap::ALL.map(Datum::Gap), &name, Format::Number);
}

#[test]
fn huge_tiny_and_negative_numbers_stay_on_the_page() {
    let name = Words::new("Balance", "差额");
    for values in [
        [1e300, -1e300, f64::MAX, f64::MIN, 0.0],
        [1e-300, 2e-300, f64::MIN_POSITIVE, 5e-324, 1e-299],
        [-1.0, -2.0, -3e6, -4.5, -0.001],
        [1e15, 1e15 + 1.0, 1e15 + 2.0, 1e15, 1e15],
    ] {
        for format in [Format::Number, Format::Percent, Format::Ordinal] {
            check_all(&values.map(Datum::Number), &name, format);
        }
    }
}

#[test]
fn a_number_that_is_none_is_left_out() {
    let values = [f64::NAN, f64::INFINITY, 1.0, f64::NEG_INFINITY].map(Datum::Number);
    check_all(&values, &Words::same("x"), Format::Number);
}

#[test]
fn markup_in_names_is_shown_and_not_obeyed() {
    let name = Words::new("R&D <b>\"Ltd\"</b>", "研发<&\">");
    let values = [1.0, 2.0, 4.0].map(Datum::Number);
    check_all(&values, &name, Format::Number);
    let text = svg(&each_kind(&values, &name, Format::Number)[1], Lang::En, &Theme::default());
    assert!(text.contains("R&amp;D &lt;b&gt;") && !text.contains("<b>"));
}

#[test]
fn each_mark_has_its_key_and_its_words() {
    let values = [1.0, 2.0, 4.0].map(Datum::Number);
    for figure in each_kind(&values, &Words::same("x"), Format::Number) {
        let text = svg(&figure, Lang::En, &Theme::default());
        let marks: Vec<&str> = text.split('<').filter(|t| t.contains("class=\"mark\"")).collect();
        assert!(!marks.is_empty(), "{text}");
        assert!(marks.iter().all(|mark| mark.contains(" data-key=\"")), "{text}");
        assert_eq!(text.matches("class=\"mark\"").count(), text.matches("><title>").count());
    }
}

/// Boxes of the ink of all texts, as the system's fonts draw them.
fn texts(group: &Node, found: &mut Vec<(String, Rect)>) {
    for node in group.children() {
        match node {
            Kind::Group(inner) => texts(inner, found),
            Kind::Text(text) => {
                let words = text.chunks().iter().map(TextChunk::text).collect();
                found.push((words, text.flattened().abs_bounding_box()));
            }
            _ => {}
        }
    }
}

#[test]
fn no_text_of_the_gallery_lies_over_another_or_off_the_page() {
    if !has_chinese_font() {
        println!("SKIPPED: needs a font with Chinese glyphs");
        return;
    }
    let mut fonts = fontdb::Database::new();
    fonts.load_system_fonts();
    let options = Options { fontdb: Arc::new(fonts), ..Options::default() };
    for (name, figure) in figures::all() {
        for (lang, width) in Lang::ALL.into_iter().flat_map(|l| [(l, 720.0), (l, 360.0)]) {
            let text = svg(&figure, lang, &Theme::new(width));
            let (w, h) = page(&text);
            let tree = Tree::from_str(&text, &options).unwrap();
            let mut found = Vec::new();
            texts(tree.root(), &mut found);
            assert!(!found.is_empty());
            for (k, (words, one)) in found.iter().enumerate() {
                let inside = one.left() >= 0.0
                    && one.top() >= 0.0
                    && f64::from(one.right()) <= w
                    && f64::from(one.bottom()) <= h;
                assert!(inside, "{name} {lang:?} {width}: {words:?} leaves the page");
                for (others, two) in &found[k + 1..] {
                    // Slanted heads share the corners of their boxes, not their ink.
                    let slanted = text.contains("rotate(-45");
                    let meets = one.left() < two.right()
                        && two.left() < one.right()
                        && one.top() < two.bottom()
                        && two.top() < one.bottom();
                    assert!(
                        !meets || slanted,
                        "{name} {lang:?} {width}: {words:?} lies over {others:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_figure_of_the_gallery_keeps_the_rules_and_becomes_a_picture() {
    for (name, figure) in figures::all() {
        for lang in Lang::ALL {
            for width in [720.0, 360.0] {
                check(&figure, lang, width);
            }
        }
        if has_chinese_font() {
            let picture = png(&svg(&figure, Lang::Zh, &Theme::new(360.0)), 1.0).unwrap();
            assert!(picture.starts_with(b"\x89PNG"), "{name}");
        }
    }
}

#[test]
fn a_broken_svg_and_an_impossible_size_are_refused() {
    let reason = png("<svg", 1.0).unwrap_err().to_string();
    assert!(reason.starts_with("this is no drawable SVG"), "{reason}");
    let text = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>";
    for scale in [0.0, -1.0, f32::NAN, 1e9] {
        assert!(png(text, scale).unwrap_err().to_string().starts_with("a picture of"));
    }
}

#[test]
fn codes_without_a_partner_are_named() {
    let values = [("110000", 1.0), ("999999", 2.0)];
    let figure = MapFigure {
        heading: Heading::default(),
        axis: Axis::default(),
        shape: MapShape::Tiles(agglo_figure::china_province_tiles()),
        values: values.map(|(code, v)| (code.to_owned(), Datum::Number(v))).to_vec(),
        classes: Classes::Jenks(3),
        flows: vec![Flow { from: "110000".into(), to: "810000".into(), volume: 1.0 }],
        flow_axis: Axis::default(),
    };
    let unmatched = figure.unmatched();
    assert_eq!(unmatched.without_area, ["810000", "999999"]);
    assert_eq!(unmatched.without_value.len(), 30);
    assert!(unmatched.not_drawn.is_empty());
}

fn datum() -> impl Strategy<Value = Datum> {
    prop_oneof![
        8 => (-1e4..1e4).prop_map(Datum::Number),
        2 => (0.0..1.0).prop_map(Datum::Number),
        1 => any::<f64>().prop_filter("finite", |v| v.is_finite()).prop_map(Datum::Number),
        1 => Just(Datum::Gap(Gap::Suppressed)),
        1 => Just(Datum::undefined(Undefined::TooFew)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_the_values_and_names_all_marks_stay_on_the_page(
        values in prop::collection::vec(datum(), 0..14),
        name in "[ -~一-十，（）]{0,50}",
        width in 280.0..900.0,
    ) {
        for figure in each_kind(&values, &Words::same(name), Format::Number) {
            check(&figure, Lang::Zh, width);
        }
    }
}
