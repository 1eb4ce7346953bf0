//! V Ranking, plan and evaluation.

use super::agglomeration::last_period;
use super::{Columns, refusal};
use crate::context::Context;
use crate::document::Section;
use crate::format::Format;
use crate::picture;
use crate::sentence::{Bound, Sentence};

pub(super) fn section(context: Context<'_>) -> Section {
    let mut section =
        Section::new("leaders", "V Ranking, plan and evaluation", "五、排名、规划与评估");
    ranking(context, &mut section);
    composition(context, &mut section);
    opportunities(context, &mut section);
    policies(context, &mut section);
    section
}

fn group_name(context: Context<'_>) -> String {
    let spec = &context.findings.spec;
    spec.rank.group.as_deref().or(spec.main_group()).unwrap_or_default().to_owned()
}

/// Who leads, and in how many weightings.
pub(super) fn leader_sentences(context: Context<'_>) -> Vec<Sentence> {
    let Some(intervals) = context.table("rank-intervals", "intervals") else { return Vec::new() };
    let cells = intervals.column("rank");
    let mut rows: Vec<usize> = (0..intervals.n_rows()).collect();
    rows.sort_by(|&a, &b| {
        let rank = |row: usize| cells[row].number().unwrap_or(f64::INFINITY);
        rank(a).total_cmp(&rank(b))
    });
    let Some(&first) = rows.first() else { return Vec::new() };
    vec![
        Sentence::new(
            "{region} leads; over the weightings drawn, its rank lies between {lower} and {upper}.",
            "{region}位居首位；在随机抽取的各种权重下，其名次介于 {lower} 与 {upper} 之间。",
        )
        .bind("region", context.region(&intervals.text(first, "region")))
        .bind("lower", intervals.bound(first, "lower", Format::Plain))
        .bind("upper", intervals.bound(first, "upper", Format::Plain)),
    ]
}

fn ranking(context: Context<'_>, section: &mut Section) {
    let Some(ranking) = context.table("indicator-ranking", "ranking") else {
        if let Some(sentence) = refusal(context, "indicator-ranking") {
            section.paragraph(vec![sentence]);
        }
        return;
    };
    section.heading("Which regions lead, and how sure that is", "哪些地区领先，有多大把握");
    section.paragraph(leader_sentences(context));
    let group = group_name(context);
    if let Some(intervals) = context.table("rank-intervals", "intervals") {
        section.blocks.extend(picture::rank_figure(context, intervals, &group));
    }
    let last = last_period(ranking);
    let rows = ranking.sorted(
        if last.is_empty() {
            (0..ranking.n_rows()).collect()
        } else {
            ranking.rows(&[("period", &last)])
        },
        "score",
    );
    let table = Columns::of(ranking)
        .number("Rank", "名次", "rank", Format::Plain)
        .words("Region", "地区", move |row| context.region(&ranking.text(row, "region")))
        .number("Score", "得分", "score", Format::Decimals(3));
    section.push(table.block("table-ranking", "The ranking", "排名", &rows, 40));
    if let Some(weights) = context.table("indicator-ranking", "weights") {
        let rows: Vec<usize> = (0..weights.n_rows()).collect();
        let table = Columns::of(weights)
            .plain("Indicator", "指标", "indicator")
            .plain("Dimension", "维度", "dimension")
            .number("Weight", "权重", "weight", Format::Percent(1));
        section.push(table.block(
            "table-weights",
            "The weights: entropy rewards spread, not importance",
            "权重：熵权反映的是离散程度而非重要性",
            &rows,
            40,
        ));
    }
}

/// How the leading regions spread over the groups, against chance.
pub(super) fn composition_sentences(context: Context<'_>) -> Vec<Sentence> {
    let Some(groups) = context.table("top-composition", "groups") else { return Vec::new() };
    let grouping = group_name(context);
    (0..groups.n_rows())
        .map(|row| {
            Sentence::new(
                "{group}: {n} of the leading regions where chance gives {expected} (p {high} for as \
                 many or more, {low} for as few or fewer).",
                "{group}：领先地区中占 {n} 个，随机期望为 {expected} 个（不少于此数的概率 {high}，不多于此数的概率 {low}）。",
            )
            .bind("group", context.group(&grouping, &groups.text(row, "group")))
            .bind("n", groups.bound(row, "n_top", Format::Plain))
            .bind("expected", groups.bound(row, "expected", Format::Decimals(1)))
            .bind("high", groups.bound(row, "p_at_least", Format::Decimals(3)))
            .bind("low", groups.bound(row, "p_at_most", Format::Decimals(3)))
        })
        .collect()
}

fn composition(context: Context<'_>, section: &mut Section) {
    let sentences = composition_sentences(context);
    if !sentences.is_empty() {
        section.heading("Where the leading regions lie", "领先地区的分布");
        section.push(crate::document::Block::List(sentences));
    }
}

fn opportunities(context: Context<'_>, section: &mut Section) {
    let Some(map) = context.table("opportunity-map", "opportunities") else {
        if let Some(sentence) = refusal(context, "opportunity-map") {
            section.heading("What each region could grow next", "各地区可培育的产业");
            section.paragraph(vec![sentence]);
        }
        return;
    };
    section.heading("What each region could grow next", "各地区可培育的产业");
    let rows: Vec<usize> =
        (0..map.n_rows()).filter(|&row| map.text(row, "quadrant") == "develop").collect();
    let rows = map.sorted(rows, "density");
    section.paragraph(vec![
        Sentence::new(
            "{n} pairs of region and industry are at once close to what the region does and above \
             the median in complexity.",
            "{n} 个“地区—行业”组合既接近当地现有产业，复杂度又高于中位数。",
        )
        .bind("n", Bound::same(rows.len().to_string(), None)),
    ]);
    section.blocks.extend(picture::opportunity_figure(context, map));
    let table = Columns::of(map)
        .words("Region", "地区", move |row| context.region(&map.text(row, "region")))
        .words("Industry", "行业", move |row| context.industry(&map.text(row, "industry")))
        .number("Relatedness density", "关联密度", "density", Format::Decimals(3))
        .number("Complexity (PCI)", "复杂度（PCI）", "pci", Format::Decimals(2))
        .number("RCA", "RCA", "rca", Format::Decimals(2));
    section.push(table.block(
        "table-opportunities",
        "Opportunities to develop, closest first",
        "优先发展的机会（按关联密度排序）",
        &rows,
        20,
    ));
}

fn policies(context: Context<'_>, section: &mut Section) {
    for policy in &context.findings.spec.policy {
        let title = |lang| policy.title.get(lang).to_owned();
        let (en, zh) = (title(agglo_core::Lang::En), title(agglo_core::Lang::Zh));
        section.heading(&format!("Did it work? {en}"), &format!("政策是否有效：{zh}"));
        let effect = format!("effect-{}", policy.id);
        if let Some(view) = context.table(&effect, "effect") {
            section.paragraph(vec![
                Sentence::new(
                    "Two-way fixed effects give {b} (95 % interval {lower} to {upper}, standard \
                     errors clustered, p {p}); {negative} of the comparisons enter with a negative \
                     weight.",
                    "双向固定效应估计为 {b}（95% 区间 {lower} 至 {upper}，聚类标准误，p 值 {p}）；负权重比较占 {negative}。",
                )
                .bind("b", view.bound(0, "estimate", Format::Signed(3)))
                .bind("lower", view.bound(0, "lower", Format::Decimals(3)))
                .bind("upper", view.bound(0, "upper", Format::Decimals(3)))
                .bind("p", view.bound(0, "p_value", Format::Decimals(3)))
                .bind("negative", view.bound(0, "share_negative_weights", Format::Percent(1))),
            ]);
        } else if let Some(sentence) = refusal(context, &effect) {
            section.paragraph(vec![sentence]);
        }
        let event = format!("event-{}", policy.id);
        if let Some(view) = context.table(&event, "event") {
            if let Some(pretrend) = context.table(&event, "pretrend") {
                section.paragraph(vec![
                    Sentence::new(
                        "Before the start, the treated and the others move alike with p {p} (joint \
                         test).",
                        "政策开始之前，处理组与对照组走势一致性的联合检验 p 值为 {p}。",
                    )
                    .bind("p", pretrend.bound(0, "p_value", Format::Decimals(3))),
                ]);
            }
            section.blocks.extend(picture::event_figure(context, view, &event, &en, &zh));
        } else if let Some(sentence) = refusal(context, &event) {
            section.paragraph(vec![sentence]);
        }
    }
}
