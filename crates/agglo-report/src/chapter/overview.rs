//! I Overview: what is studied, how it grows, and at what stage of industrialization it is.

use std::collections::BTreeMap;

use agglo_core::Datum;
use agglo_figure::Words;

use super::{Columns, refusal, term};
use crate::context::{Context, TableView};
use crate::document::Section;
use crate::format::Format;
use crate::picture;
use crate::sentence::{Bound, Sentence};

pub(super) fn section(context: Context<'_>) -> Section {
    let mut section = Section::new("overview", "I Overview", "一、概况");
    if let Some(growth) = headline(context) {
        section.heading("Growth", "增长");
        section.paragraph(growth_sentences(growth));
        section.blocks.extend(picture::growth_figure(context, growth));
        let rows: Vec<usize> = (0..growth.n_rows()).collect();
        let last = &rows[rows.len().saturating_sub(12)..];
        let table = Columns::of(growth)
            .plain("Year", "年份", "period")
            .number("Value", "数值", "value", Format::Whole)
            .number("Nominal growth", "名义增长率", "nominal_growth", Format::Percent(1))
            .words("Real growth", "实际增长率", move |row| real_growth(context, growth, row));
        section.push(table.block(
            "table-growth",
            "Level and growth; a real rate needs a price index and is never taken from current values",
            "规模与增速；实际增长率须有价格指数，不由现价推算",
            last,
            12,
        ));
    }
    stage(context, &mut section);
    section
}

/// The national series where the study has one, else the total of the focus or of all industries.
pub(super) fn headline(context: Context<'_>) -> Option<TableView<'_>> {
    context.table("growth", "growth").or_else(|| context.table("growth-total", "growth"))
}

/// Real growth as computed, else as the source publishes it in `published_real_growth`.
fn real_growth(context: Context<'_>, growth: TableView<'_>, row: usize) -> Bound {
    if growth.number(row, "real_growth").is_some() {
        return growth.bound(row, "real_growth", Format::Percent(1));
    }
    let published = || {
        let series = context.findings.tables.get("series")?;
        let period = growth.text(row, "period");
        let periods = series.integers("period").ok()?;
        let place = periods.iter().position(|p| p.to_string() == period)?;
        series.numbers("published_real_growth").ok()?[place].number()
    };
    match published() {
        Some(percent) => {
            let text = Format::Decimals(1).number(percent);
            Bound::name(format!("{text}% (as published)"), format!("{text}%（公布数）"))
        }
        None => growth.bound(row, "real_growth", Format::Percent(1)),
    }
}

fn growth_sentences(growth: TableView<'_>) -> Vec<Sentence> {
    let known: Vec<usize> =
        (0..growth.n_rows()).filter(|&row| growth.number(row, "value").is_some()).collect();
    let (Some(&first), Some(&last)) = (known.first(), known.last()) else { return Vec::new() };
    if first == last || growth.text(first, "series") != growth.text(last, "series") {
        return Vec::new();
    }
    let unit =
        growth.frame().column("value").map_or(String::new(), |column| column.unit().to_owned());
    let prices = if Context::is_money(&unit) {
        (", at current prices", "，按当年价格")
    } else {
        ("", "")
    };
    vec![
        Sentence::new(
            format!(
                "From {{from}} to {{to}} the total went from {{start}} to {{end}} {{unit}}{}.",
                prices.0
            ),
            format!("{{from}}—{{to}} 年，总量由 {{start}} 变为 {{end}}（{{unit}}{}）。", prices.1),
        )
        .bind("from", Bound::same(growth.text(first, "period"), None))
        .bind("to", Bound::same(growth.text(last, "period"), None))
        .bind("start", growth.bound(first, "value", Format::Whole))
        .bind("end", growth.bound(last, "value", Format::Whole))
        .bind("unit", Bound::same(unit, None)),
    ]
}

fn stage(context: Context<'_>, section: &mut Section) {
    let Some(stage) = context.table("industrialization-stage", "stage") else {
        if let Some(sentence) = refusal(context, "industrialization-stage") {
            section.heading("Stage of industrialization", "工业化阶段");
            section.paragraph(vec![sentence]);
        }
        return;
    };
    section.heading("Stage of industrialization", "工业化阶段");
    let scored: Vec<usize> =
        (0..stage.n_rows()).filter(|&row| stage.number(row, "score").is_some()).collect();
    let mut by_label: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for &row in &scored {
        by_label.entry(stage.text(row, "label")).or_default().push(row);
    }
    let mut sentences = Vec::new();
    for (label, rows) in &by_label {
        let names: Vec<Bound> =
            rows.iter().map(|&row| context.region(&stage.text(row, "region"))).collect();
        let count = Bound::same(rows.len().to_string(), None);
        sentences.push(
            Sentence::new(
                "{count} regions stand in the stage “{label}”: {names}.",
                "{count} 个地区处于“{label}”阶段：{names}。",
            )
            .bind("count", count)
            .bind("label", term(label))
            .bind("names", Context::list(&names)),
        );
    }
    let unscored = stage.n_rows() - scored.len();
    if unscored > 0 {
        sentences.push(
            Sentence::new(
                "For {count} regions more than a quarter of the weight lacks data, so no stage is \
                 given.",
                "{count} 个地区缺失的指标权重超过四分之一，不给出阶段判定。",
            )
            .bind("count", Bound::same(unscored.to_string(), None)),
        );
    }
    section.paragraph(sentences);
    if scored.is_empty() {
        partial_stage(context, section);
        return;
    }
    let order = stage.sorted((0..stage.n_rows()).collect(), "score");
    section.blocks.extend(picture::region_figure(
        context,
        stage,
        "score",
        "fig-stage",
        Words::new("Stage of industrialization: the index by region", "工业化阶段：分地区综合指数"),
        Words::new("Index, 0 to 100", "综合指数，0—100"),
    ));
    let table = Columns::of(stage)
        .words("Region", "地区", move |row| context.region(&stage.text(row, "region")))
        .number("Index", "综合指数", "score", Format::Decimals(1))
        .words("Stage", "阶段", move |row| term(&stage.text(row, "label")))
        .words("Half", "前后半段", move |row| term(&stage.text(row, "half")))
        .words("Weight known", "有数据的权重", move |row| {
            match stage.datum(row, "weight_present") {
                Datum::Number(_) => stage.bound(row, "weight_present", Format::Percent(0)),
                Datum::Gap(_) => Bound::same("", None),
            }
        });
    section.push(table.block(
        "table-stage",
        "Stage of industrialization; thresholds need confirmation against the original",
        "工业化阶段；阈值有待与原文核对",
        &order,
        40,
    ));
}

/// What the known indicators say where too few are known for a stage.
fn partial_stage(context: Context<'_>, section: &mut Section) {
    let Some(indicators) = context.table("industrialization-stage", "indicators") else { return };
    let known: Vec<usize> =
        (0..indicators.n_rows()).filter(|&r| indicators.number(r, "score").is_some()).collect();
    let table = Columns::of(indicators)
        .words("Region", "地区", move |row| context.region(&indicators.text(row, "region")))
        .plain("Indicator", "指标", "indicator")
        .number("Value", "指标值", "value", Format::Short)
        .number("Score", "得分", "score", Format::Decimals(1))
        .number("Weight", "权重", "weight", Format::Percent(0));
    section.push(table.block(
        "table-stage-indicators",
        "What is known: the indicators that have data, with their scores",
        "部分结果：有数据的指标及其得分",
        &known,
        20,
    ));
}
