//! The SVG of small figures, pinned: a change of what is drawn is seen in review.

use agglo_core::{Datum, Gap, Lang};
use agglo_figure::{
    Axis, BarFigure, BarLayout, BarRow, Baseline, Break, Classes, Figure, Group, Heading,
    LineFigure, MapFigure, MapShape, Order, Series, Theme, Tile, Words, svg, table,
};

fn heading(key: &str) -> Heading {
    Heading {
        key: key.into(),
        title: Words::new("Concentration", "集聚程度"),
        subtitle: Words::new("Gini coefficient", "基尼系数"),
        source: Words::new("Source: toy economy", "资料来源：示例经济"),
    }
}

fn line() -> Figure {
    let values =
        [Datum::Number(0.41), Datum::Gap(Gap::Missing), Datum::Number(0.44), Datum::Number(0.43)];
    Figure::Line(LineFigure {
        heading: heading("line"),
        axis: Axis::new(Words::new("Gini", "基尼系数")),
        baseline: Baseline::Data,
        series: vec![Series {
            group: Group::new("all", Words::new("All", "全部")),
            points: (2001..).zip(values).collect(),
            ranges: Vec::new(),
        }],
        ranges: Words::default(),
        breaks: vec![Break { year: 2003, lower: 2002, upper: 2003 }],
        windows: Vec::new(),
        reference: None,
    })
}

fn bars() -> Figure {
    let row =
        |key: &str, value| BarRow { key: key.into(), name: Words::same(key), values: vec![value] };
    Figure::Bar(BarFigure {
        heading: heading("bars"),
        axis: Axis::percent(Words::new("Share", "占比")),
        series: vec![Group::new("share", Words::new("Share", "占比"))],
        rows: vec![
            row("A", Datum::Number(0.125)),
            row("B", Datum::Gap(Gap::Suppressed)),
            row("C & D", Datum::Number(0.5)),
        ],
        layout: BarLayout::Grouped,
        order: Order::Descending,
        reference: None,
    })
}

fn tiles() -> Figure {
    let text = "code,row,col,en,zh,short_en,short_zh\n1,0,0,North,北部,N,北\n2,1,0,South,南部,S,南\n3,1,1,East,东部,E,东\n";
    Figure::Map(MapFigure {
        heading: heading("tiles"),
        axis: Axis::new(Words::new("Jobs", "就业")),
        shape: MapShape::Tiles(Tile::parse(text)),
        values: vec![("1".into(), Datum::Number(1200.0)), ("2".into(), Datum::Number(300.0))],
        classes: Classes::Pinned(vec![1000.0]),
        flows: Vec::new(),
        flow_axis: Axis::default(),
    })
}

#[test]
fn small_figures_look_as_pinned() {
    let theme = Theme::new(360.0);
    insta::assert_snapshot!("line_en", svg(&line(), Lang::En, &theme));
    insta::assert_snapshot!("bars_zh", svg(&bars(), Lang::Zh, &theme));
    insta::assert_snapshot!("tiles_en", svg(&tiles(), Lang::En, &theme));
}

#[test]
fn tables_keep_the_gaps_and_follow_the_order_of_the_figure() {
    let frame = table(&bars(), Lang::En);
    let keys = frame.keys("key").unwrap();
    assert_eq!(keys.iter().map(|k| &**k).collect::<Vec<_>>(), ["C & D", "A", "B"]);
    assert_eq!(frame.numbers("share").unwrap()[2], Datum::Gap(Gap::Suppressed));
    let frame = table(&tiles(), Lang::Zh);
    assert_eq!(frame.keys("name").unwrap()[2].as_ref(), "东部");
    assert_eq!(frame.numbers("value").unwrap()[2], Datum::Gap(Gap::Missing));
    assert_eq!(table(&line(), Lang::En).integers("period").unwrap(), [2001, 2002, 2003, 2004]);
}
