//! Several lines in one figure, and curves of several years.

use agglo_figure::{
    Axis, Baseline, Curve, CurveFigure, Figure, Group, LineFigure, Reference, Shades, Words,
};

use super::{block, heading, series, variant};
use crate::context::TableView;
use crate::document::Block;

/// Curves that can be told apart when they follow each other.
const MOST_CURVES: usize = 4;

/// What a figure is called.
pub(crate) struct Title {
    pub(crate) id: &'static str,
    pub(crate) title: Words,
    pub(crate) axis: Axis,
}

/// A line over years for each of `codes` in the column `key`: code, English and Chinese name.
pub(crate) fn lines(
    view: TableView<'_>,
    key: &str,
    codes: &[(&str, &str, &str)],
    column: &str,
    title: Title,
) -> Option<Block> {
    let series: Vec<_> = codes
        .iter()
        .map(|&(code, en, zh)| {
            series(view, &view.rows(&[(key, code)]), column, code, Words::new(en, zh))
        })
        .filter(|series| series.points.len() > 1)
        .collect();
    if series.is_empty() {
        return None;
    }
    let axis = &title.axis.title;
    let subtitle = Words::new(
        format!("{}{}", axis.en, variant(view)),
        format!("{}{}", axis.zh, variant(view)),
    );
    let figure = LineFigure {
        heading: heading(title.id, title.title, subtitle),
        axis: title.axis,
        baseline: Baseline::Data,
        series,
        ranges: view.context().range_label(),
        breaks: Vec::new(),
        windows: Vec::new(),
        reference: None,
    };
    block(title.id, Figure::Line(figure), view)
}

/// The density of a few years, from the first to the last.
pub(crate) fn density_curves(density: TableView<'_>) -> Option<Block> {
    let mut periods: Vec<String> =
        (0..density.n_rows()).map(|row| density.text(row, "period")).collect();
    periods.dedup();
    let n = periods.len().min(MOST_CURVES);
    let chosen = (0..n).map(|k| if n < 2 { 0 } else { k * (periods.len() - 1) / (n - 1) });
    let curve = |place: usize| {
        let period = &periods[place];
        let rows = density.rows(&[("period", period)]);
        let point =
            |&row: &usize| Some((density.number(row, "at")?, density.number(row, "density")?));
        Curve {
            group: Group::new(period.clone(), Words::same(period.clone())),
            points: rows.iter().filter_map(point).collect(),
        }
    };
    let options = &density.finding().record.options;
    let of = options.get("center").map_or("mean", String::as_str);
    let (relative, middle) = match of {
        "none" => (Words::new("Value", "数值"), None),
        "median" => (
            Words::new("Value over the median of the year", "与当年中位数之比"),
            Some(Words::new("median", "中位数")),
        ),
        _ => (
            Words::new("Value over the mean of the year", "与当年均值之比"),
            Some(Words::new("mean", "均值")),
        ),
    };
    let figure = CurveFigure {
        heading: heading(
            "fig-density",
            Words::new("The distribution over regions, then and now", "地区分布的今昔对比"),
            Words::new(
                format!("Kernel density, bandwidth{}", variant(density)),
                format!("核密度，带宽规则{}", variant(density)),
            ),
        ),
        x: Axis::new(relative),
        y: Axis::new(Words::new("Density", "密度")),
        curves: chosen.map(curve).collect(),
        shades: Shades::Order,
        reference: middle.map(|label| Reference { value: 1.0, label }),
    };
    block("fig-density", Figure::Curve(figure), density)
}
