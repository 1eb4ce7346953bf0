//! Any finding as a picture: the report's figures, and figures asked for by address.

use agglo_core::Lang;
use agglo_figure::{
    Axis, BarFigure, BarLayout, BarRow, Baseline, Break, EventFigure, EventPoint, Figure, Group,
    IntervalFigure, IntervalRow, LineFigure, Order, Point, PointLabel, Quadrants, Reference,
    ScatterFigure, Series, Words, YearRange,
};
use agglo_study::Findings;

use crate::context::{Context, TableView};
use crate::document::{Block, FigureBlock};
use crate::sentence::Bound;

mod asked;
mod chains;
mod lines;
mod map;
mod matrix;
mod space;

pub use asked::{Kind, find};
pub(crate) use chains::{quadrant_chain, spatial_chain};
pub(crate) use lines::{Title, density_curves, lines};
pub(crate) use map::{cluster_map, region_figure, share_change_map};
pub(crate) use matrix::{quotient_figure, similarity_figure, transfer_figure};
pub(crate) use space::{cluster_kinds_map, hot_spot_map, kind, moran_scatter};

/// Rows that a figure of bars shows.
const MAX_BARS: usize = 32;
/// Rows and columns that a matrix shows.
const MAX_CELLS: usize = 45;

/// The report's figures by id.
pub fn all(findings: &Findings) -> Vec<(String, Figure)> {
    let document = crate::chapter::report(findings);
    document.figures().map(|block| (block.id.clone(), block.figure.clone())).collect()
}

fn heading(id: &str, title: Words, subtitle: Words) -> agglo_figure::Heading {
    agglo_figure::Heading { key: id.to_owned(), title, subtitle, source: Words::default() }
}

#[expect(clippy::unnecessary_wraps, reason = "the last line of builders that may have no figure")]
fn block(id: &str, figure: Figure, view: TableView<'_>) -> Option<Block> {
    Some(Block::Figure(Box::new(FigureBlock { id: id.to_owned(), figure, origin: view.origin() })))
}

fn words(bound: &Bound) -> Words {
    Words::new(bound.get(Lang::En), bound.get(Lang::Zh))
}

fn year(view: TableView<'_>, row: usize) -> Option<i32> {
    view.text(row, "period").parse().ok()
}

/// A label for a step's variant, where the method has several.
fn variant(view: TableView<'_>) -> String {
    if view.finding().method.variants.len() > 1 {
        format!(" [{}]", view.finding().record.variant)
    } else {
        String::new()
    }
}

fn series(view: TableView<'_>, rows: &[usize], column: &str, key: &str, name: Words) -> Series {
    let points =
        rows.iter().filter_map(|&row| Some((year(view, row)?, view.datum(row, column)))).collect();
    Series { group: Group::new(key, name), points, ranges: ranges(view, rows, column) }
}

/// The ranges of a column by year; where one year has any, a number that nothing is left open of has the
/// range of itself, so that the band ends there in a point.
fn ranges(view: TableView<'_>, rows: &[usize], column: &str) -> Vec<YearRange> {
    let open = |row: usize| view.interval(row, column).and_then(|interval| interval.range);
    if !rows.iter().any(|&row| open(row).is_some_and(|(lower, upper)| lower < upper)) {
        return Vec::new();
    }
    let range = |&row: &usize| {
        let (lower, upper) = match (open(row), view.interval(row, column)) {
            (Some(ends), _) => ends,
            // Some completion has no such number: how far it reaches is not known.
            (None, Some(_)) => return None,
            (None, None) => view.number(row, column).map(|value| (value, value))?,
        };
        Some(YearRange { year: year(view, row)?, lower, upper })
    };
    rows.iter().filter_map(range).collect()
}

pub(crate) fn growth_figure(_: Context<'_>, growth: TableView<'_>) -> Option<Block> {
    let rows: Vec<BarRow> = (0..growth.n_rows())
        .map(|row| BarRow {
            key: growth.text(row, "period"),
            name: Words::same(growth.text(row, "period")),
            values: vec![growth.datum(row, "value")],
        })
        .collect();
    if rows.len() > MAX_BARS {
        return None;
    }
    let unit = growth.frame().column("value").map_or(String::new(), |c| c.unit().to_owned());
    let figure = BarFigure {
        heading: heading(
            "fig-growth",
            Words::new("Total by year", "历年总量"),
            if Context::is_money(&unit) {
                Words::new(format!("{unit}, current prices"), format!("{unit}，按当年价格"))
            } else {
                Words::same(unit.clone())
            },
        ),
        axis: Axis::new(Words::same(unit)),
        series: vec![Group::new("value", Words::new("Value", "数值"))],
        rows,
        layout: BarLayout::Grouped,
        order: Order::Given,
        reference: None,
    };
    block("fig-growth", Figure::Bar(figure), growth)
}

pub(crate) fn gini_figure(
    context: Context<'_>,
    gini: TableView<'_>,
    rows: &[usize],
) -> Option<Block> {
    let breaks = context.table("gini-breaks", "breaks");
    let breaks: Vec<Break> = breaks
        .into_iter()
        .flat_map(|view| (0..view.n_rows()).map(move |row| (view, row)))
        .filter_map(|(view, row)| {
            let number = |column| view.number(row, column).map(|n| n as i32);
            let year = number("period")?;
            Some(Break {
                year,
                lower: number("lower").unwrap_or(year),
                upper: number("upper").unwrap_or(year),
            })
        })
        .collect();
    let mut lines = vec![series(gini, rows, "gini", "gini", Words::new("Gini", "基尼系数"))];
    if let Some(fit) = context.table("gini-breaks", "fit") {
        let all: Vec<usize> = (0..fit.n_rows()).collect();
        // A band of its own would lie over that of the numbers it is fitted to.
        let fitted = series(fit, &all, "fitted", "fitted", Words::new("Fitted", "拟合"));
        lines.push(Series { ranges: Vec::new(), ..fitted });
    }
    let n = gini.number(rows[0], "n_regions").unwrap_or_default();
    let (level_en, level_zh) = context.level();
    let figure = LineFigure {
        heading: heading(
            "fig-gini",
            Words::new("Gini coefficient of industrial space", "产业空间基尼系数"),
            Words::new(
                format!(
                    "Over {n:.0} regions{level_en}{}{}",
                    variant(gini),
                    if breaks.is_empty() {
                        ""
                    } else {
                        "; upright bands are the intervals of the break dates"
                    }
                ),
                format!(
                    "{n:.0} 个地区{level_zh}{}{}",
                    variant(gini),
                    if breaks.is_empty() {
                        ""
                    } else {
                        "；竖向色带为断点日期的置信区间"
                    }
                ),
            ),
        ),
        axis: Axis::new(Words::new("Gini coefficient", "基尼系数")),
        baseline: Baseline::Data,
        series: lines,
        ranges: context.range_label(),
        breaks,
        windows: Vec::new(),
        reference: None,
    };
    block("fig-gini", Figure::Line(figure), gini)
}

pub(crate) fn line_figure(
    context: Context<'_>,
    view: TableView<'_>,
    column: &str,
    id: &str,
    title: Words,
    axis: Words,
) -> Option<Block> {
    let rows: Vec<usize> = (0..view.n_rows()).collect();
    if rows.len() < 2 {
        return None;
    }
    let label = Words::new("all regions", "全部地区");
    let figure = LineFigure {
        heading: heading(id, title, axis.clone()),
        axis: Axis::new(axis),
        baseline: Baseline::Data,
        series: vec![series(view, &rows, column, column, label)],
        ranges: context.range_label(),
        breaks: Vec::new(),
        windows: Vec::new(),
        reference: None,
    };
    block(id, Figure::Line(figure), view)
}

/// One bar per row, named by `name`.
fn bars(
    view: TableView<'_>,
    rows: &[usize],
    column: &str,
    heading: agglo_figure::Heading,
    axis: Axis,
    name: impl Fn(usize) -> (String, Bound),
) -> BarFigure {
    let rows = rows
        .iter()
        .take(MAX_BARS)
        .map(|&row| {
            let (key, name) = name(row);
            BarRow { key, name: words(&name), values: vec![view.datum(row, column)] }
        })
        .collect();
    BarFigure {
        heading,
        axis: axis.clone(),
        series: vec![Group::new(column, axis.title)],
        rows,
        layout: BarLayout::Grouped,
        order: Order::Given,
        reference: None,
    }
}

pub(crate) fn industry_figure(
    context: Context<'_>,
    gini: TableView<'_>,
    rows: &[usize],
) -> Option<Block> {
    let half = MAX_BARS / 2;
    let shown: Vec<usize> = if rows.len() <= MAX_BARS {
        rows.to_vec()
    } else {
        rows[..half].iter().chain(&rows[rows.len() - half..]).copied().collect()
    };
    let cut = shown.len() < rows.len();
    let n = rows.len();
    let subtitle = if cut {
        Words::new(
            format!("The {half} highest and {half} lowest of {n} industries{}", variant(gini)),
            format!("{n} 个行业中最高与最低各 {half} 个{}", variant(gini)),
        )
    } else {
        Words::new(
            format!("{n} industries{}", variant(gini)),
            format!("{n} 个行业{}", variant(gini)),
        )
    };
    let title = Words::new("Which industries are concentrated", "各行业的集聚程度");
    let axis = Axis::new(Words::new("Locational Gini", "区位基尼系数"));
    let figure =
        bars(gini, &shown, "gini", heading("fig-industries", title, subtitle), axis, |row| {
            let code = gini.text(row, "industry");
            (code.clone(), context.industry(&code))
        });
    block("fig-industries", Figure::Bar(figure), gini)
}

pub(crate) fn region_rows_figure(
    context: Context<'_>,
    view: TableView<'_>,
    rows: &[usize],
    column: &str,
    id: &str,
    title: Words,
    axis: Words,
) -> Option<Block> {
    let n = rows.len();
    let subtitle = if n > MAX_BARS {
        Words::new(
            format!("{}; the {MAX_BARS} highest of {n}", axis.en),
            format!("{}；{n} 个中最高的 {MAX_BARS} 个", axis.zh),
        )
    } else {
        axis.clone()
    };
    let figure = bars(view, rows, column, heading(id, title, subtitle), Axis::new(axis), |row| {
        let code = view.text(row, "region");
        (code.clone(), context.region(&code))
    });
    block(id, Figure::Bar(figure), view)
}

pub(crate) fn shift_share_figure(
    context: Context<'_>,
    regions: TableView<'_>,
    rows: &[usize],
) -> Option<Block> {
    let parts = [
        ("mix", Words::new("Industry mix", "产业结构")),
        ("regional", Words::new("Regional", "地区竞争力")),
    ];
    let (from, to) = (regions.text(0, "from"), regions.text(0, "to"));
    let figure = BarFigure {
        heading: heading(
            "fig-shift-share",
            Words::new("Why regions grew faster or slower", "地区增长快慢的来源"),
            Words::new(
                format!("Beyond the growth of the whole, {from}–{to}"),
                format!("超出全国增长的部分，{from}—{to} 年"),
            ),
        ),
        axis: Axis::new(Words::new("Difference from national growth", "与全国增长之差")),
        series: parts.iter().map(|(key, name)| Group::new(*key, name.clone())).collect(),
        rows: rows
            .iter()
            .take(MAX_BARS)
            .map(|&row| {
                let code = regions.text(row, "region");
                BarRow {
                    name: words(&context.region(&code)),
                    key: code,
                    values: parts.iter().map(|(key, _)| regions.datum(row, key)).collect(),
                }
            })
            .collect(),
        layout: BarLayout::Stacked,
        order: Order::Descending,
        reference: None,
    };
    block("fig-shift-share", Figure::Bar(figure), regions)
}

/// Groups of a grouping with the place of each region's group.
fn region_groups(
    context: Context<'_>,
    grouping: &str,
) -> (Vec<Group>, std::collections::BTreeMap<String, usize>) {
    let Some(frame) = context.findings.groups.get(grouping) else {
        return (Vec::new(), std::collections::BTreeMap::new());
    };
    let (Ok(regions), Ok(groups)) = (frame.keys("region"), frame.keys("group")) else {
        return (Vec::new(), std::collections::BTreeMap::new());
    };
    let mut codes: Vec<String> = groups.iter().map(ToString::to_string).collect();
    codes.sort_unstable();
    codes.dedup();
    let place = regions
        .iter()
        .zip(&groups)
        .filter_map(|(region, group)| {
            Some((region.to_string(), codes.iter().position(|code| **code == **group)?))
        })
        .collect();
    let named = codes
        .iter()
        .map(|code| Group::new(code.clone(), words(&context.group(grouping, code))))
        .collect();
    (named, place)
}

pub(crate) fn rank_figure(
    context: Context<'_>,
    intervals: TableView<'_>,
    grouping: &str,
) -> Option<Block> {
    let (groups, places) = region_groups(context, grouping);
    let mut rows: Vec<IntervalRow> = (0..intervals.n_rows())
        .map(|row| {
            let code = intervals.text(row, "region");
            IntervalRow {
                name: words(&context.region(&code)),
                group: places.get(&code).copied(),
                key: code,
                value: intervals.datum(row, "rank"),
                lower: intervals.datum(row, "lower"),
                upper: intervals.datum(row, "upper"),
            }
        })
        .collect();
    rows.sort_by(|a, b| {
        let rank = |row: &IntervalRow| row.value.number().unwrap_or(f64::INFINITY);
        rank(a).total_cmp(&rank(b))
    });
    rows.truncate(MAX_CELLS);
    let top = context.findings.spec.rank.top.unwrap_or(15);
    let figure = IntervalFigure {
        heading: heading(
            "fig-ranks",
            Words::new("Ranks with their intervals", "名次及其区间"),
            Words::new(
                "Dot: rank under the chosen weights; bar: 5 to 95 percent of the weightings drawn",
                "点：所选权重下的名次；横条：随机权重下 5%—95% 的范围",
            ),
        ),
        axis: Axis::ordinal(Words::new("Rank", "名次")),
        groups,
        rows,
        reference: Some(Reference {
            value: f64::from(top) + 0.5,
            label: Words::new(format!("top {top}"), format!("前 {top} 名")),
        }),
    };
    block("fig-ranks", Figure::Interval(figure), intervals)
}

/// Density and complexity of the industries that one region could grow: the region with the most
/// opportunities to develop.
pub(crate) fn opportunity_figure(context: Context<'_>, map: TableView<'_>) -> Option<Block> {
    let mut counts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for row in map.rows(&[("quadrant", "develop")]) {
        *counts.entry(map.text(row, "region")).or_default() += 1;
    }
    let (region, _) = counts.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)))?;
    let rows = map.rows(&[("region", region)]);
    let mut densities: Vec<f64> = rows.iter().filter_map(|&r| map.number(r, "density")).collect();
    densities.sort_unstable_by(f64::total_cmp);
    let label_from = densities.len().checked_sub(8).map_or(0.0, |place| densities[place]);
    let codes = ["develop", "safe", "risky", "avoid"];
    let points = rows
        .iter()
        .map(|&row| {
            let code = map.text(row, "industry");
            let near = map.number(row, "density").is_some_and(|d| d >= label_from);
            Point {
                name: words(&context.industry(&code)),
                key: code,
                x: map.datum(row, "density"),
                y: map.datum(row, "pci"),
                group: codes.iter().position(|c| *c == map.text(row, "quadrant")),
                label: if near { PointLabel::Shown } else { PointLabel::Hidden },
            }
        })
        .collect();
    let name = words(&context.region(region));
    let median = |column: &str| {
        let mut values: Vec<f64> = rows.iter().filter_map(|&r| map.number(r, column)).collect();
        values.sort_unstable_by(f64::total_cmp);
        let n = values.len();
        match n {
            0 => None,
            _ if n % 2 == 1 => Some(values[n / 2]),
            _ => Some(f64::midpoint(values[n / 2 - 1], values[n / 2])),
        }
    };
    let quadrants = median("density").zip(median("pci")).map(|(x, y)| Quadrants {
        x,
        y,
        names: [
            Words::new("develop", "优先发展"),
            Words::new("risky", "高风险"),
            Words::new("avoid", "回避"),
            Words::new("safe", "稳妥"),
        ],
    });
    let figure = ScatterFigure {
        heading: heading(
            "fig-opportunities",
            Words::new(
                format!("What {} could grow next", name.en),
                format!("{}可培育的产业", name.zh),
            ),
            Words::new(
                "Industries it does not have yet: relatedness against complexity; lines at the medians",
                "尚未形成优势的行业：关联密度与复杂度；分界线为中位数",
            ),
        ),
        x: Axis::new(Words::new("Relatedness density", "关联密度")),
        y: Axis::new(Words::new("Complexity (PCI)", "复杂度（PCI）")),
        groups: codes
            .iter()
            .map(|code| Group::new(*code, words(&crate::chapter::term(code))))
            .collect(),
        points,
        quadrants,
    };
    block("fig-opportunities", Figure::Scatter(figure), map)
}

pub(crate) fn event_figure(
    _: Context<'_>,
    view: TableView<'_>,
    step: &str,
    en: &str,
    zh: &str,
) -> Option<Block> {
    let points = (0..view.n_rows())
        .filter_map(|row| {
            Some(EventPoint {
                time: view.text(row, "event_time").parse().ok()?,
                estimate: view.datum(row, "estimate"),
                lower: view.datum(row, "lower"),
                upper: view.datum(row, "upper"),
            })
        })
        .collect();
    let id = format!("fig-{step}");
    let figure = EventFigure {
        heading: heading(
            &id,
            Words::new(format!("Before and after: {en}"), format!("政策前后：{zh}")),
            Words::new(
                "Effect by year since the start, 95 % intervals",
                "按政策开始后年数的效应，95% 区间",
            ),
        ),
        axis: Axis::new(Words::new("Effect", "效应")),
        time: Words::new("Years since the start", "距政策开始的年数"),
        reference: -1,
        points,
    };
    block(&id, Figure::Event(figure), view)
}
