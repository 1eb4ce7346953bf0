//! Findings as matrices: regions by industries, groups by windows, regions by regions.

use agglo_core::{Datum, Undefined};
use agglo_figure::{Axis, Figure, Group, HeatFigure, HeatScale, Words};

use super::{MAX_CELLS, block, heading, words};
use crate::context::{Context, TableView};
use crate::document::Block;
use crate::sentence::Bound;

pub(crate) fn quotient_figure(context: Context<'_>, lq: TableView<'_>) -> Option<Block> {
    let distinct = |column: &str| {
        let mut codes: Vec<String> = (0..lq.n_rows()).map(|row| lq.text(row, column)).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    };
    let (regions, industries) = (distinct("region"), distinct("industry"));
    if regions.len() > MAX_CELLS || industries.len() > MAX_CELLS || industries.len() < 2 {
        return None;
    }
    let mut cells =
        vec![vec![Datum::undefined(Undefined::FromGap); industries.len()]; regions.len()];
    for row in 0..lq.n_rows() {
        let place = |codes: &[String], column| codes.binary_search(&lq.text(row, column)).ok();
        if let (Some(r), Some(i)) = (place(&regions, "region"), place(&industries, "industry")) {
            cells[r][i] = lq.datum(row, "lq");
        }
    }
    let group = |code: &String, name: Bound| Group::new(code.clone(), words(&name));
    let period = lq.text(0, "period");
    let figure = HeatFigure {
        heading: heading(
            "fig-quotients",
            Words::new("Location quotients", "区位商"),
            Words::new(
                format!("{period}; above 1: more than its share of the whole"),
                format!("{period} 年；大于 1 表示比重高于全国"),
            ),
        ),
        axis: Axis::new(Words::new("Location quotient", "区位商")),
        rows: regions.iter().map(|code| group(code, context.region(code))).collect(),
        columns: industries.iter().map(|code| group(code, context.industry(code))).collect(),
        cells,
        scale: HeatScale::Diverging { center: 1.0 },
    };
    block("fig-quotients", Figure::Heat(figure), lq)
}

pub(crate) fn transfer_figure(
    context: Context<'_>,
    windows: TableView<'_>,
    grouping: &str,
) -> Option<Block> {
    let rows = match windows.rows(&[("intensity", "all")]) {
        rows if rows.is_empty() => (0..windows.n_rows()).collect(),
        rows => rows,
    };
    let mut groups: Vec<String> = rows.iter().map(|&row| windows.text(row, "group")).collect();
    groups.sort_unstable();
    groups.dedup();
    let span = |row: usize| format!("{}–{}", windows.text(row, "from"), windows.text(row, "to"));
    let mut spans: Vec<String> = Vec::new();
    for &row in &rows {
        if !spans.contains(&span(row)) {
            spans.push(span(row));
        }
    }
    if groups.len() > MAX_CELLS {
        return None;
    }
    let mut cells = vec![vec![Datum::undefined(Undefined::FromGap); spans.len()]; groups.len()];
    for &row in &rows {
        let g = groups.binary_search(&windows.text(row, "group")).ok()?;
        let s = spans.iter().position(|s| *s == span(row))?;
        cells[g][s] = windows.datum(row, "delta_share").map(|d| d * 100.0);
    }
    let title = Words::new("Who sends, who receives", "转出与转入");
    let figure = HeatFigure {
        heading: heading(
            "fig-transfer",
            title,
            Words::new(
                "Change of the share of each group, percentage points",
                "各地区组份额的变化（百分点）",
            ),
        ),
        axis: Axis::new(Words::new("Percentage points", "百分点")),
        rows: groups
            .iter()
            .map(|code| Group::new(code.clone(), words(&context.group(grouping, code))))
            .collect(),
        columns: spans.iter().map(|s| Group::new(s.clone(), Words::same(s.clone()))).collect(),
        cells,
        scale: HeatScale::Diverging { center: 0.0 },
    };
    block("fig-transfer", Figure::Heat(figure), windows)
}

pub(crate) fn similarity_figure(
    context: Context<'_>,
    pairs: TableView<'_>,
    period: &str,
) -> Option<Block> {
    let rows = pairs.rows(&[("period", period)]);
    let mut codes: Vec<String> = rows
        .iter()
        .flat_map(|&row| [pairs.text(row, "region_a"), pairs.text(row, "region_b")])
        .collect();
    codes.sort_unstable();
    codes.dedup();
    if codes.len() > MAX_CELLS {
        return None;
    }
    let mut cells =
        vec![vec![Datum::Gap(agglo_core::Gap::NotApplicable); codes.len()]; codes.len()];
    for &row in &rows {
        let a = codes.binary_search(&pairs.text(row, "region_a")).ok()?;
        let b = codes.binary_search(&pairs.text(row, "region_b")).ok()?;
        cells[a][b] = pairs.datum(row, "similarity");
        cells[b][a] = cells[a][b];
    }
    let groups: Vec<Group> =
        codes.iter().map(|code| Group::new(code.clone(), words(&context.region(code)))).collect();
    let figure = HeatFigure {
        heading: heading(
            "fig-similarity",
            Words::new("Structural similarity of regions", "地区产业结构相似系数"),
            Words::new(
                format!("{period}; 1: the same structure"),
                format!("{period} 年；1 表示结构相同"),
            ),
        ),
        axis: Axis::new(Words::new("Similarity", "相似系数")),
        rows: groups.clone(),
        columns: groups,
        cells,
        scale: HeatScale::Sequential,
    };
    block("fig-similarity", Figure::Heat(figure), pairs)
}
