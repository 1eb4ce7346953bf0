//! III Clusters and their development models.

use std::collections::BTreeMap;

use agglo_core::{Lang, Values};

use super::agglomeration::last_period;
use super::{Columns, refusal, term};
use crate::context::{Context, TableView};
use crate::document::Section;
use crate::format::Format;
use crate::picture;
use crate::sentence::{Bound, Sentence};

const SHOWN: usize = 25;

pub(super) fn section(context: Context<'_>) -> Section {
    let mut section =
        Section::new("clusters", "III Clusters and their models", "三、集群及其发展模式");
    stars(context, &mut section);
    models(context, &mut section);
    section
}

fn stars(context: Context<'_>, section: &mut Section) {
    let Some(clusters) = context.table("star-clusters", "clusters") else {
        if let Some(sentence) = refusal(context, "star-clusters") {
            section.paragraph(vec![sentence]);
        }
        return;
    };
    section.heading("Where the clusters are", "集群在哪里");
    let last = last_period(clusters);
    let strong: Vec<usize> = clusters
        .rows(&[("period", &last)])
        .into_iter()
        .filter(|&row| clusters.text(row, "strong") == "yes")
        .collect();
    let mut by_region: BTreeMap<String, usize> = BTreeMap::new();
    for &row in &strong {
        *by_region.entry(clusters.text(row, "region")).or_default() += 1;
    }
    let mut leading: Vec<(String, usize)> = by_region.into_iter().collect();
    leading.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let names: Vec<Bound> = leading
        .iter()
        .take(5)
        .map(|(code, n)| {
            let name = context.region(code);
            Bound::name(format!("{} ({n})", name.en), format!("{}（{n}）", name.zh))
        })
        .collect();
    section.paragraph(vec![
        Sentence::new(
            "In {year}, {n} pairs of region and industry pass as strong clusters under the profile \
             {profile}; most of them lie in {names}.",
            "{year} 年，按 {profile} 标准，共有 {n} 个“地区—行业”组合为强集群，主要分布在{names}。",
        )
        .bind("year", Bound::same(last, None))
        .bind("n", Bound::same(strong.len().to_string(), None))
        .bind("profile", Bound::same(clusters.finding().record.variant.clone(), None))
        .bind("names", Context::list(&names)),
    ]);
    section.blocks.extend(picture::cluster_map(context, &leading, clusters));
    let rows = clusters.sorted(strong, "value");
    let table = star_columns(context, clusters);
    section.push(table.block(
        "table-stars",
        "Strong clusters, largest first; thresholds stand in the findings",
        "强集群（按规模排序；阈值见结果文件）",
        &rows,
        SHOWN,
    ));
}

fn star_columns<'a>(context: Context<'a>, clusters: TableView<'a>) -> Columns<'a> {
    let table = Columns::of(clusters)
        .words("Region", "地区", move |row| context.region(&clusters.text(row, "region")))
        .words("Industry", "行业", move |row| context.industry(&clusters.text(row, "industry")))
        .words("Stars", "星级", move |row| {
            let n: usize = clusters.number(row, "stars").unwrap_or_default() as usize;
            Bound::same("★".repeat(n), None)
        })
        .number("Size", "规模", "value", Format::Short)
        .number("LQ", "区位商", "lq", Format::Decimals(2));
    if clusters.frame().has("growth") {
        table.number("Growth against the industry", "相对增速", "growth", Format::Points(1))
    } else {
        table
    }
}

fn models(context: Context<'_>, section: &mut Section) {
    let Some(models) = context.table("development-model", "models") else {
        if let Some(sentence) = refusal(context, "development-model") {
            section.heading("By which model they grow", "发展模式");
            section.paragraph(vec![sentence]);
        }
        return;
    };
    section.heading("By which model they grow", "发展模式");
    let mut by_label: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for row in 0..models.n_rows() {
        by_label.entry(models.text(row, "label")).or_default().push(row);
    }
    let names = cluster_names(context);
    let name = |row: usize| names_of(&names, &models.text(row, "cluster"));
    let sentences: Vec<Sentence> = by_label
        .iter()
        .map(|(label, rows)| {
            let listed: Vec<Bound> = rows.iter().map(|&row| name(row)).collect();
            Sentence::new("{label}: {names}.", "{label}：{names}。")
                .bind("label", model(label))
                .bind("names", Context::list(&listed))
        })
        .collect();
    section.paragraph(sentences);
    let rows: Vec<usize> = (0..models.n_rows()).collect();
    let table = Columns::of(models)
        .words("Cluster", "集群", |row| names_of(&names, &models.text(row, "cluster")))
        .words("Model", "模式", move |row| model(&models.text(row, "label")))
        .number("Best score", "最高得分", "best_score", Format::Decimals(2))
        .number("Margin", "领先幅度", "margin", Format::Decimals(2));
    section.push(table.block(
        "table-models",
        "Development model of each cluster, with its margin",
        "各集群的发展模式及领先幅度",
        &rows,
        60,
    ));
    evidence(context, &names, section);
}

/// The rows behind the labels, and what would be needed where there is none.
fn evidence(context: Context<'_>, names: &BTreeMap<String, Bound>, section: &mut Section) {
    if let Some(evidence) = context.table("development-model", "evidence") {
        let rows: Vec<usize> =
            (0..evidence.n_rows()).filter(|&r| evidence.number(r, "value").is_some()).collect();
        if !rows.is_empty() {
            let table = Columns::of(evidence)
                .words("Cluster", "集群", |row| names_of(names, &evidence.text(row, "cluster")))
                .words("Model", "模式", move |row| model(&evidence.text(row, "model")))
                .plain("Indicator", "指标", "indicator")
                .number("Value", "数值", "value", Format::Short)
                .number("Score", "得分", "ramp", Format::Decimals(2))
                .number("Weight", "权重", "weight", Format::Decimals(2));
            section.push(table.block(
                "table-evidence",
                "The evidence: each indicator, its value and its score",
                "证据：各指标的数值与得分",
                &rows,
                40,
            ));
        }
    }
    let Some(needs) = context.table("development-model", "needs") else { return };
    let mut by_indicator: BTreeMap<String, usize> = BTreeMap::new();
    for row in 0..needs.n_rows() {
        *by_indicator.entry(needs.text(row, "indicator")).or_default() += 1;
    }
    let listed: Vec<Bound> = by_indicator
        .keys()
        .map(|indicator| Bound::same(indicator.replace('_', " "), None))
        .collect();
    if listed.is_empty() {
        return;
    }
    section.paragraph(vec![
        Sentence::new(
            "Where a model is undetermined, these indicators are needed: {needs}.",
            "无法判定发展模式之处，尚需以下指标：{needs}。",
        )
        .bind("needs", Context::list(&listed)),
    ]);
}

fn model(label: &str) -> Bound {
    match label.strip_prefix("mixed(").and_then(|rest| rest.strip_suffix(')')) {
        Some(parts) => {
            let parts: Vec<Bound> = parts.split('+').map(term).collect();
            let list = Context::list(&parts);
            Bound::name(format!("mixed ({})", list.en), format!("混合型（{}）", list.zh))
        }
        None => term(label.split(" (").next().unwrap_or(label)),
    }
}

fn names_of(names: &BTreeMap<String, Bound>, code: &str) -> Bound {
    names.get(code).cloned().unwrap_or_else(|| Bound::same(code, None))
}

/// Names of the clusters in both languages, from the register.
fn cluster_names(context: Context<'_>) -> BTreeMap<String, Bound> {
    let Some(register) = context.findings.tables.get("cluster_register") else {
        return BTreeMap::new();
    };
    let text = |column: &str| match register.column(column).map(agglo_core::Column::values) {
        Ok(Values::Text(cells)) => cells.clone(),
        _ => vec![None; register.n_rows()],
    };
    let (codes, plain, en, zh) =
        (text("cluster_id"), text("name"), text("name_en"), text("name_zh"));
    let mut names = BTreeMap::new();
    for row in 0..register.n_rows() {
        let Some(code) = &codes[row] else { continue };
        let pick = |lang: Lang| {
            let own = if lang == Lang::Zh { &zh[row] } else { &en[row] };
            own.as_deref().or(plain[row].as_deref()).unwrap_or(code).to_owned()
        };
        names.insert(code.to_string(), Bound::name(pick(Lang::En), pick(Lang::Zh)));
    }
    names
}
