//! Chains: the probabilities of moves between classes as matrices.

use agglo_core::{Datum, Gap};
use agglo_figure::{Axis, Figure, Group, HeatFigure, HeatScale, Words};

use super::{block, heading, kind, variant};
use crate::context::{Context, TableView};
use crate::document::Block;
use crate::format::Format;

/// The quadrants in the order of the rows and columns.
const QUADRANTS: [&str; 4] = ["HH", "HL", "LH", "LL"];

/// Where regions go from each class: for all, and `by_neighbors` for each class of the neighbors.
pub(crate) fn spatial_chain(
    context: Context<'_>,
    transitions: TableView<'_>,
    by_neighbors: bool,
) -> Option<Block> {
    let classes = context.table("spatial-markov", "classes")?;
    let values = limits(classes, "value");
    let lags = if by_neighbors { limits(classes, "lag") } else { Vec::new() };
    let all = ("all".to_owned(), Words::new("all", "全部"));
    let conditions = std::iter::once(all).chain(lags.into_iter().map(|(class, range)| {
        let words = Words::new(format!("neighbors {}", range.en), format!("邻居 {}", range.zh));
        (format!("lag {class}"), words)
    }));
    let mut rows = Vec::new();
    let mut cells = Vec::new();
    for (condition, around) in conditions {
        for (from, range) in &values {
            let row: Vec<Datum> = values
                .iter()
                .map(|(to, _)| probability(transitions, &condition, from, to))
                .collect();
            if row.iter().all(|cell| cell.number().is_none()) {
                continue;
            }
            let name = Words::new(
                format!("{}: {}", around.en, range.en),
                format!("{}：{}", around.zh, range.zh),
            );
            rows.push(Group::new(format!("{condition}/{from}"), name));
            cells.push(row);
        }
    }
    let columns = values.iter().map(|(class, range)| {
        let name = Words::new(format!("to {}", range.en), format!("至 {}", range.zh));
        Group::new(class.clone(), name)
    });
    let figure = HeatFigure {
        heading: heading(
            "fig-spatial-markov",
            Words::new(
                "Where regions go in a year, by their neighbors",
                "按邻居类别的逐年转移概率",
            ),
            Words::new(
                format!(
                    "Row: neighbors, and the class that is left; column: the class that is entered; classes by \
                     the value over the mean of the year{}",
                    variant(transitions)
                ),
                format!(
                    "行：邻居类别与原类别；列：次年类别；类别按数值与当年均值之比划分{}",
                    variant(transitions)
                ),
            ),
        ),
        axis: Axis::percent(Words::new("Probability of the move", "转移概率")),
        columns: columns.collect(),
        rows,
        cells,
        scale: HeatScale::Sequential,
    };
    block("fig-spatial-markov", Figure::Heat(figure), transitions)
}

/// Where regions go from each quadrant of the Moran scatter.
pub(crate) fn quadrant_chain(transitions: TableView<'_>) -> Option<Block> {
    let named = |to: bool| {
        QUADRANTS.map(|code| {
            let words = kind(code);
            let name = if to {
                Words::new(format!("to {}", words.en), format!("至{}", words.zh))
            } else {
                Words::new(format!("from {}", words.en), format!("由{}", words.zh))
            };
            let name = match code {
                "HL" | "LH" => {
                    Words::new(format!("{} ({code})", name.en), format!("{}（{code}）", name.zh))
                }
                _ => name,
            };
            Group::new(code, name)
        })
    };
    let cells = QUADRANTS
        .map(|from| QUADRANTS.map(|to| probability(transitions, "all", from, to)).to_vec())
        .to_vec();
    let figure = HeatFigure {
        heading: heading(
            "fig-lisa-markov",
            Words::new("How regions and their neighbors move in a year", "地区与其邻居的逐年转移"),
            Words::new(
                format!("Quadrants of the Moran scatter{}", variant(transitions)),
                format!("莫兰散点图象限{}", variant(transitions)),
            ),
        ),
        axis: Axis::percent(Words::new("Probability of the move", "转移概率")),
        rows: named(false).to_vec(),
        columns: named(true).to_vec(),
        cells,
        scale: HeatScale::Sequential,
    };
    block("fig-lisa-markov", Figure::Heat(figure), transitions)
}

fn probability(transitions: TableView<'_>, condition: &str, from: &str, to: &str) -> Datum {
    let keys = [("condition", condition), ("from_class", from), ("to_class", to)];
    let row = transitions.row(&keys);
    row.map_or(Datum::Gap(Gap::Missing), |row| transitions.datum(row, "probability"))
}

/// The classes of `of` with the values that they hold.
fn limits(classes: TableView<'_>, of: &str) -> Vec<(String, Words)> {
    let rows = classes.rows(&[("of", of)]);
    let write = |value: f64| Format::Decimals(2).number(value);
    let mut lower = None;
    let mut named = Vec::new();
    for row in rows {
        let upper = classes.number(row, "upper");
        let words = match (lower, upper) {
            (None, Some(upper)) => Words::same(format!("≤ {}", write(upper))),
            (Some(lower), Some(upper)) => Words::same(format!("{}–{}", write(lower), write(upper))),
            (Some(lower), None) => Words::same(format!("> {}", write(lower))),
            (None, None) => Words::new("any", "任意"),
        };
        named.push((classes.text(row, "class"), words));
        lower = upper;
    }
    named
}
