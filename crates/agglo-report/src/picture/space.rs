//! Space: where neighbors are alike, and how a region stands to its neighbors.

use agglo_core::{Datum, Gap};
use agglo_figure::{
    Axis, Classes, Figure, Group, MapFigure, Point, PointLabel, Quadrants, ScatterFigure, Tone,
    Words,
};

use super::map::shape;
use super::{block, heading, variant};
use crate::context::{Context, TableView};
use crate::document::Block;

/// Kinds of regions, as `local-moran` names them, in the order of the legend.
const KINDS: [(&str, Tone, &str, &str); 5] = [
    ("HH", Tone::High, "high among high", "高—高"),
    ("LL", Tone::Low, "low among low", "低—低"),
    ("HL", Tone::HighAmongLow, "high among low", "高—低"),
    ("LH", Tone::LowAmongHigh, "low among high", "低—高"),
    ("not-significant", Tone::Neutral, "not significant", "不显著"),
];

/// The words for a kind of region.
pub(crate) fn kind(code: &str) -> Words {
    let known = KINDS.iter().find(|(known, ..)| *known == code);
    known.map_or_else(|| Words::same(code), |(_, _, en, zh)| Words::new(*en, *zh))
}

/// Where regions are like or unlike their neighbors beyond chance.
pub(crate) fn cluster_kinds_map(context: Context<'_>, local: TableView<'_>) -> Option<Block> {
    let shape = shape(context).ok().flatten()?;
    let place = |row: usize| {
        let code = local.text(row, "cluster");
        let place = KINDS.iter().position(|(known, ..)| *known == code);
        place.map_or(Datum::Gap(Gap::Missing), |place| Datum::Number(place as f64))
    };
    let values = (0..local.n_rows()).map(|row| (local.text(row, "region"), place(row)));
    let year = local.text(0, "period");
    let axis = Words::new("Region among its neighbors", "地区与其邻居");
    let kinds = KINDS.iter().map(|(_, tone, en, zh)| (Words::new(*en, *zh), *tone));
    let figure = MapFigure {
        heading: heading(
            "map-local-moran",
            Words::new("Where like regions lie beside each other", "相似地区在何处相邻"),
            Words::new(
                format!("Local Moran's I, {year}; what chance explains is gray"),
                format!("局部莫兰指数，{year} 年；灰色为随机可解释"),
            ),
        ),
        axis: Axis::new(axis),
        shape,
        values: values.collect(),
        classes: Classes::Named(kinds.collect()),
        flows: Vec::new(),
        flow_axis: Axis::default(),
    };
    block("map-local-moran", Figure::Map(figure), local)
}

/// Kinds of hot and cold spots, in the order of the legend.
const SPOTS: [(Tone, &str, &str); 5] = [
    (Tone::High, "hot", "热点"),
    (Tone::HighAmongLow, "hot before correction only", "仅校正前为热点"),
    (Tone::Low, "cold", "冷点"),
    (Tone::LowAmongHigh, "cold before correction only", "仅校正前为冷点"),
    (Tone::Neutral, "not significant", "不显著"),
];

/// Where large and small values lie together; `alpha` is the level of the test.
pub(crate) fn hot_spot_map(context: Context<'_>, view: TableView<'_>, alpha: f64) -> Option<Block> {
    let shape = shape(context).ok().flatten()?;
    let place = |row: usize| {
        let is_hot = view.number(row, "z").is_some_and(|z| z > 0.0);
        let alone = view.number(row, "p_value").map(|p| p < alpha);
        match (view.text(row, "cluster").as_str(), alone) {
            ("hot", _) => Datum::Number(0.0),
            ("cold", _) => Datum::Number(2.0),
            (_, Some(true)) => Datum::Number(if is_hot { 1.0 } else { 3.0 }),
            (_, Some(false)) => Datum::Number(4.0),
            (_, None) => Datum::Gap(Gap::Missing),
        }
    };
    let year = view.text(0, "period");
    let option = |name: &str| view.finding().record.options.get(name).cloned().unwrap_or_default();
    let (n, correction) = (option("permutations"), option("correction"));
    let figure = MapFigure {
        heading: heading(
            "map-hot-spots",
            Words::new("Hot and cold spots", "热点与冷点"),
            Words::new(
                format!(
                    "Getis–Ord{}, {year}; {n} permutations, correction {correction}",
                    variant(view)
                ),
                format!("Getis–Ord{}，{year} 年；{n} 次置换，校正方法 {correction}", variant(view)),
            ),
        ),
        axis: Axis::new(Words::new("Values around the region", "地区周边的数值")),
        shape,
        values: (0..view.n_rows()).map(|row| (view.text(row, "region"), place(row))).collect(),
        classes: Classes::Named(
            SPOTS.iter().map(|(tone, en, zh)| (Words::new(*en, *zh), *tone)).collect(),
        ),
        flows: Vec::new(),
        flow_axis: Axis::default(),
    };
    block("map-hot-spots", Figure::Map(figure), view)
}

/// Each region against the mean of its neighbors.
pub(crate) fn moran_scatter(context: Context<'_>, local: TableView<'_>) -> Option<Block> {
    let is_there = |code: &str| (0..local.n_rows()).any(|row| local.text(row, "cluster") == code);
    let groups: Vec<Group> = KINDS
        .iter()
        .filter(|(code, ..)| is_there(code))
        .map(|(code, _, en, zh)| Group::new(*code, Words::new(*en, *zh)))
        .collect();
    let far = farthest(local);
    let point = |row: usize| {
        let (code, cluster) = (local.text(row, "region"), local.text(row, "cluster"));
        let name = context.region(&code);
        let group = groups.iter().position(|group| group.key == cluster);
        let shown = cluster != "not-significant" || far.contains(&row);
        Point {
            name: super::words(&name),
            x: local.datum(row, "deviation"),
            y: local.datum(row, "lag"),
            label: if shown { PointLabel::Shown } else { PointLabel::Hidden },
            key: code,
            group,
        }
    };
    let points: Vec<Point> = (0..local.n_rows()).map(point).collect();
    if points.len() < 4 {
        return None;
    }
    let year = local.text(0, "period");
    let figure = ScatterFigure {
        heading: heading(
            "fig-moran-scatter",
            Words::new("Regions and their neighbors", "地区与其邻居"),
            Words::new(
                format!("{year}; the slope of the cloud is Moran's I"),
                format!("{year} 年；点云的斜率即莫兰指数"),
            ),
        ),
        x: Axis::new(Words::new("Region less the mean of all", "地区离差")),
        y: Axis::new(Words::new("Neighbors less the mean of all", "邻居离差")),
        groups,
        points,
        quadrants: Some(Quadrants {
            x: 0.0,
            y: 0.0,
            names: [kind("HH"), kind("LH"), kind("LL"), kind("HL")],
        }),
    };
    block("fig-moran-scatter", Figure::Scatter(figure), local)
}

/// Regions named though chance explains where they lie, on each axis.
const NAMED: usize = 4;

/// The rows that lie farthest out on either axis.
fn farthest(local: TableView<'_>) -> Vec<usize> {
    let by = |column: &str| {
        let mut rows: Vec<usize> = (0..local.n_rows()).collect();
        let size = |row: usize| local.number(row, column).map_or(0.0, f64::abs);
        rows.sort_by(|a, b| size(*b).total_cmp(&size(*a)));
        rows.truncate(NAMED);
        rows
    };
    [by("deviation"), by("lag")].concat()
}
