//! IV Problems: sameness, early stage, unbalanced geography, weak innovation.

use super::agglomeration::last_period;
use super::{Columns, convergence, refusal, term};
use crate::context::Context;
use crate::document::Section;
use crate::format::Format;
use crate::picture;
use crate::sentence::{Bound, Sentence};

const SHOWN: usize = 20;

pub(super) fn section(context: Context<'_>) -> Section {
    let mut section = Section::new("problems", "IV Problems", "四、存在的问题");
    sameness(context, &mut section);
    primary_stage(context, &mut section);
    convergence::blocks(context, &mut section);
    innovation(context, &mut section);
    section
}

fn sameness(context: Context<'_>, section: &mut Section) {
    let Some(pairs) = context.table("structural-similarity", "pairs") else { return };
    section.heading("Do regions build the same?", "产业结构是否趋同");
    let last = last_period(pairs);
    let rows = pairs.sorted(pairs.rows(&[("period", &last)]), "similarity");
    let n_problem = rows.iter().filter(|&&row| pairs.text(row, "severity") == "problem").count();
    let mut sentences = vec![
        Sentence::new(
            "In {year}, {n} of {all} pairs of regions have a structural similarity of 0.95 or more; \
             the level rises with coarse industries, so the change tells more than the level.",
            "{year} 年，{all} 对地区中有 {n} 对的产业结构相似系数达到 0.95 以上；行业划分越粗，系数越高，因此变化比水平更能说明问题。",
        )
        .bind("year", Bound::same(last.clone(), None))
        .bind("n", Bound::same(n_problem.to_string(), None))
        .bind("all", Bound::same(rows.len().to_string(), None)),
    ];
    if let Some(change) = context.table("structural-similarity", "change")
        && change.frame().has("mean_similarity_from")
        && change.frame().has("mean_similarity_to")
    {
        let end = change.n_rows() - 1;
        sentences.push(
            Sentence::new(
                "The mean over all pairs went from {s0} in {y0} to {s1} in {y1}.",
                "全部地区对的平均值由 {y0} 年的 {s0} 变为 {y1} 年的 {s1}。",
            )
            .bind("s0", change.bound(0, "mean_similarity_from", Format::Decimals(3)))
            .bind("y0", Bound::same(change.text(0, "from"), None))
            .bind("s1", change.bound(end, "mean_similarity_to", Format::Decimals(3)))
            .bind("y1", Bound::same(change.text(end, "to"), None)),
        );
    }
    section.paragraph(sentences);
    section.blocks.extend(picture::similarity_figure(context, pairs, &last));
    let table = Columns::of(pairs)
        .words("Region", "地区", move |row| context.region(&pairs.text(row, "region_a")))
        .words("Region", "地区", move |row| context.region(&pairs.text(row, "region_b")))
        .number("Similarity", "相似系数", "similarity", Format::Decimals(3))
        .number("Krugman", "克鲁格曼", "krugman", Format::Decimals(3))
        .words("Severity", "程度", move |row| term(&pairs.text(row, "severity")));
    section.push(table.block(
        "table-similarity",
        "The most similar pairs of regions",
        "结构最相似的地区对",
        &rows,
        SHOWN,
    ));
}

fn primary_stage(context: Context<'_>, section: &mut Section) {
    let Some(regions) = context.table("primary-stage", "regions") else {
        if let Some(sentence) = refusal(context, "primary-stage") {
            section.heading("An early stage?", "是否处于初级阶段");
            section.paragraph(vec![sentence]);
        }
        return;
    };
    section.heading("An early stage?", "是否处于初级阶段");
    let rows: Vec<usize> = (0..regions.n_rows()).collect();
    let table = Columns::of(regions)
        .words("Region", "地区", move |row| context.region(&regions.text(row, "region")))
        .number("Labor-intensive share", "劳动密集型比重", "labor_share", Format::Percent(1))
        .number("Value-added rate gap", "增加值率差距", "va_rate_gap", Format::Points(1))
        .number("Productivity ratio", "生产率之比", "productivity_ratio", Format::Decimals(2))
        .number("Signs", "符合项", "n_signs", Format::Plain)
        .words("Flag", "判读", move |row| term(&regions.text(row, "flag")));
    section.push(table.block(
        "table-primary-stage",
        "Signs of an early stage by region",
        "各地区初级阶段的迹象",
        &rows,
        40,
    ));
}

fn innovation(context: Context<'_>, section: &mut Section) {
    let Some(scores) = context.table("innovation-scorecard", "scores") else { return };
    section.heading("Weak innovation?", "创新能力");
    let last = last_period(scores);
    let problem: Vec<usize> = scores
        .rows(&[("period", &last)])
        .into_iter()
        .filter(|&row| scores.text(row, "severity") == "problem")
        .collect();
    section.paragraph(vec![
        Sentence::new(
            "In {year}, {n} values of regions lie below the line drawn against the whole.",
            "{year} 年，共有 {n} 项地区指标低于参照全国的警戒线。",
        )
        .bind("year", Bound::same(last, None))
        .bind("n", Bound::same(problem.len().to_string(), None)),
    ]);
    let table = Columns::of(scores)
        .words("Region", "地区", move |row| context.region(&scores.text(row, "region")))
        .plain("Indicator", "指标", "indicator")
        .number("Value", "数值", "value", Format::Short)
        .number("Whole", "全国", "national", Format::Short)
        .number("Ratio", "比值", "ratio", Format::Decimals(2));
    section.push(table.block(
        "table-innovation",
        "Innovation: regions below the line",
        "创新：低于警戒线的地区",
        &problem,
        SHOWN,
    ));
}
