//! Space: whether neighbors are alike, where, and where the middle lies and goes.

use agglo_figure::Words;

use super::{Columns, chains, p_value, refusal};
use crate::context::{Context, TableView};
use crate::document::Section;
use crate::format::Format;
use crate::picture;
use crate::sentence::{Bound, Sentence};

/// Rows of a table of regions that the page shows.
const SHOWN: usize = 20;
/// A p-value below this is called significant.
const ALPHA: f64 = 0.05;

pub(super) fn blocks(context: Context<'_>, section: &mut Section) {
    dependence(context, section);
    hot_spots(context, section);
    chains::blocks(context, section);
    center(context, section);
}

fn dependence(context: Context<'_>, section: &mut Section) {
    let Some(moran) = context.table("moran", "moran") else {
        if let Some(sentence) = refusal(context, "moran") {
            section.paragraph(vec![sentence]);
        }
        return;
    };
    section.heading("Are neighbors alike?", "相邻地区是否相似");
    let mut sentences: Vec<Sentence> = neighbors(context).into_iter().collect();
    sentences.extend(course(moran));
    sentences.extend(apart(context));
    section.paragraph(sentences);
    if moran.n_rows() > 1 {
        section.blocks.extend(picture::line_figure(
            context,
            moran,
            "moran",
            "fig-moran",
            Words::new("Are neighbors alike, over time", "相邻地区相似程度的变化"),
            Words::new("Moran's I", "莫兰指数"),
        ));
    }
    if let Some(local) = context.table("local-moran", "local_moran") {
        kinds(context, local, section);
    }
}

/// By which rule there are how many neighbors.
fn neighbors(context: Context<'_>) -> Option<Sentence> {
    let summary = context.table("spatial-weights", "summary")?;
    let rule = context.findings.run.data.iter().find(|data| data.table == "weights")?;
    // The study's own table has no rule, and is called by its name.
    let rule = if rule.name == "space" { &rule.reader } else { &rule.name };
    Some(
        Sentence::new(
            "Neighbors are those of “{rule}”: {n} regions have {mean} on average; connected parts: {parts}.",
            "邻居依据“{rule}”：{n} 个地区平均有 {mean} 个邻居，构成 {parts} 个连通部分。",
        )
        .bind("rule", Bound::same(rule.clone(), None))
        .bind("n", summary.bound(0, "regions", Format::Whole))
        .bind("mean", summary.bound(0, "mean_neighbors", Format::Decimals(1)))
        .bind("parts", summary.bound(0, "components", Format::Whole)),
    )
}

/// Moran's I at the end, with its test, and at the start.
fn course(moran: TableView<'_>) -> Vec<Sentence> {
    let known: Vec<usize> =
        (0..moran.n_rows()).filter(|&row| moran.number(row, "moran").is_some()).collect();
    let (Some(&first), Some(&last)) = (known.first(), known.last()) else { return Vec::new() };
    let year = |row: usize| Bound::same(moran.text(row, "period"), None);
    let value = |row: usize| moran.bound(row, "moran", Format::Decimals(3));
    let p = moran.number(last, "p_value");
    let (en, zh) = match (p.map(|p| p < ALPHA), moran.number(last, "moran")) {
        (Some(true), Some(i)) if i > 0.0 => {
            ("neighbors are more alike than chance would have it", "相邻地区的相似程度高于随机")
        }
        (Some(true), _) => {
            ("neighbors are less alike than chance would have it", "相邻地区的差异程度高于随机")
        }
        (Some(false), _) => ("that is what chance would give", "与随机分布无显著差别"),
        (None, _) => ("how far that is from chance is not known", "与随机分布的差别未知"),
    };
    let mut sentences = vec![
        Sentence::new(
            format!(
                "In {{year}} Moran's I of the regions is {{i}} (expected {{e}}, p {{p}}): {en}."
            ),
            format!("{{year}} 年各地区莫兰指数为 {{i}}（期望值 {{e}}，p {{p}}）：{zh}。"),
        )
        .bind("year", year(last))
        .bind("i", value(last))
        .bind("e", moran.bound(last, "expectation", Format::Decimals(3)))
        .bind("p", p_value(moran, last, "p_value")),
    ];
    if first != last {
        sentences.push(
            Sentence::new("In {year} it was {i} (p {p}).", "{year} 年为 {i}（p {p}）。")
                .bind("year", year(first))
                .bind("i", value(first))
                .bind("p", p_value(moran, first, "p_value")),
        );
    }
    sentences
}

/// How much of the inequality lies between regions that are no neighbors.
fn apart(context: Context<'_>) -> Option<Sentence> {
    let gini = context.table("spatial-gini", "spatial_gini")?;
    let known = |row: &usize| gini.number(*row, "near_share").is_some();
    let last = (0..gini.n_rows()).rfind(known)?;
    let (en, zh) = match gini.number(last, "p_value") {
        Some(p) if p < ALPHA => {
            ("neighbors are more equal than on maps drawn by chance", "邻居之间比随机地图更均等")
        }
        Some(_) => {
            ("neighbors are as unequal as on maps drawn by chance", "邻居之间与随机地图无显著差别")
        }
        None => ("how far that is from chance is not known", "与随机的差别未知"),
    };
    let sentence = Sentence::new(
        format!(
            "Of the Gini coefficient {{gini}} in {{year}}, {{near}} lies between neighbors and the rest between \
             regions that are none (p {{p}}): {en}."
        ),
        format!(
            "{{year}} 年基尼系数 {{gini}} 中，{{near}} 来自相邻地区之间，其余来自非相邻地区之间（p {{p}}）：{zh}。"
        ),
    );
    let sentence = sentence
        .bind("gini", gini.bound(last, "gini", Format::Decimals(3)))
        .bind("year", Bound::same(gini.text(last, "period"), None))
        .bind("near", gini.bound(last, "near_share", Format::Percent(0)))
        .bind("p", p_value(gini, last, "p_value"));
    Some(sentence)
}

/// Where large values lie together, and small ones.
fn hot_spots(context: Context<'_>, section: &mut Section) {
    let Some(view) = context.table("getis-ord-local", "local_g") else {
        section.paragraph(refusal(context, "getis-ord-local").into_iter().collect());
        return;
    };
    section.heading("Hot and cold spots", "热点与冷点");
    let record = &view.finding().record;
    let alpha = record.options.get("alpha").and_then(|alpha| alpha.parse().ok()).unwrap_or(ALPHA);
    let year = Bound::same(view.text(0, "period"), None);
    let names = |code: &str| -> Vec<Bound> {
        let rows = view.rows(&[("cluster", code)]);
        rows.iter().map(|&row| context.region(&view.text(row, "region"))).collect()
    };
    let before =
        (0..view.n_rows()).filter(|&row| view.number(row, "p_value").is_some_and(|p| p < alpha));
    let n_before = Bound::same(before.count().to_string(), None);
    let (hot, cold) = (names("hot"), names("cold"));
    let mut sentences = Vec::new();
    for (names, en, zh) in [
        (
            &hot,
            "Large values lie together around {names} ({n}) in {year}.",
            "{year} 年的热点为{names}（{n} 个）。",
        ),
        (
            &cold,
            "Small values lie together around {names} ({n}) in {year}.",
            "{year} 年的冷点为{names}（{n} 个）。",
        ),
    ] {
        if !names.is_empty() {
            sentences.push(
                Sentence::new(en, zh)
                    .bind("names", Context::list(&names[..names.len().min(SHOWN)]))
                    .bind("n", Bound::same(names.len().to_string(), None))
                    .bind("year", year.clone()),
            );
        }
    }
    let sentence = if sentences.is_empty() {
        Sentence::new(
            "In {year} no region is a hot or a cold spot once it is taken into account that {all} are tested; \
             before that, {n} have a p below {alpha}.",
            "{year} 年考虑对 {all} 个地区的多重检验后，没有热点或冷点；校正之前有 {n} 个地区的 p 低于 {alpha}。",
        )
        .bind("year", year)
    } else {
        Sentence::new(
            "{n} of {all} regions have a p below {alpha} before the correction for many tests.",
            "多重检验校正之前，{all} 个地区中有 {n} 个的 p 低于 {alpha}。",
        )
    };
    sentences.push(
        sentence
            .bind("n", n_before)
            .bind("all", Bound::same(view.n_rows().to_string(), None))
            .bind("alpha", Bound::same(alpha.to_string(), None)),
    );
    section.paragraph(sentences);
    section.blocks.extend(picture::hot_spot_map(context, view, alpha));
}

/// The regions that are like or unlike their neighbors beyond chance.
fn kinds(context: Context<'_>, local: TableView<'_>, section: &mut Section) {
    let of = |code: &str| -> Vec<usize> {
        (0..local.n_rows()).filter(|&row| local.text(row, "cluster") == code).collect()
    };
    let names = |rows: &[usize]| -> Vec<Bound> {
        rows.iter().map(|&row| context.region(&local.text(row, "region"))).collect()
    };
    let mut sentences = Vec::new();
    for code in ["HH", "LL", "HL", "LH"] {
        let rows = of(code);
        if rows.is_empty() {
            continue;
        }
        let kind = picture::kind(code);
        sentences.push(
            Sentence::new("{kind}: {n} ({names}).", "{kind}：{n} 个（{names}）。")
                .bind("kind", Bound::name(capital(&kind.en), kind.zh))
                .bind("n", Bound::same(rows.len().to_string(), None))
                .bind("names", Context::list(&names(&rows[..rows.len().min(SHOWN)]))),
        );
    }
    if sentences.is_empty() {
        sentences.push(Sentence::new(
            "No region is like or unlike its neighbors beyond chance, once it is taken into account that many \
             are tested.",
            "考虑多重检验后，没有地区与其邻居的相似或相异超出随机。",
        ));
    }
    section.paragraph(sentences);
    section.blocks.extend(picture::cluster_kinds_map(context, local));
    section.blocks.extend(picture::moran_scatter(context, local));
    let rows = local.sorted((0..local.n_rows()).collect(), "local_moran");
    let table = Columns::of(local)
        .words("Region", "地区", move |row| context.region(&local.text(row, "region")))
        .number("Local Moran's I", "局部莫兰指数", "local_moran", Format::Decimals(3))
        .number("p", "p 值", "p_value", Format::Decimals(3))
        .number("p, adjusted", "校正 p 值", "p_adjusted", Format::Decimals(3))
        .number("Neighbors", "邻居数", "n_neighbors", Format::Whole)
        .words("Kind", "类型", move |row| {
            let kind = picture::kind(&local.text(row, "cluster"));
            Bound::name(kind.en, kind.zh)
        });
    section.push(table.block(
        "table-local-moran",
        "Regions and their neighbors, last year",
        "地区与其邻居（最近年份）",
        &rows,
        SHOWN,
    ));
}

/// Where the middle lies, and how far and which way it has gone.
fn center(context: Context<'_>, section: &mut Section) {
    let Some(centers) = context.table("center-of-gravity", "centers") else { return };
    let known: Vec<usize> =
        (0..centers.n_rows()).filter(|&row| centers.number(row, "x_km").is_some()).collect();
    let (Some(&first), Some(&last)) = (known.first(), known.last()) else { return };
    section.heading("Where the middle lies", "重心与分布范围");
    let year = |row: usize| Bound::same(centers.text(row, "period"), None);
    let number = |row: usize, column: &str| centers.bound(row, column, Format::Whole);
    let mut sentences = Vec::new();
    if let Some((motion, row)) = context.table("center-of-gravity", "motion").and_then(|motion| {
        let (from, to) = (centers.text(first, "period"), centers.text(last, "period"));
        Some((motion, motion.row(&[("from", &from), ("to", &to)])?))
    }) {
        sentences.push(
            Sentence::new(
                "From {from} to {to} the center of gravity moved by {km} km, bearing {bearing}° from north; the \
                 area of the standard deviational ellipse became {ratio} times what it was.",
                "{from} 至 {to} 年，重心移动 {km} 公里，方位角 {bearing}°；标准差椭圆面积变为原来的 {ratio} 倍。",
            )
            .bind("from", year(first))
            .bind("to", year(last))
            .bind("km", motion.bound(row, "distance_km", Format::Whole))
            .bind("bearing", motion.bound(row, "bearing", Format::Whole))
            .bind("ratio", motion.bound(row, "area_ratio", Format::Decimals(2))),
        );
    }
    sentences.push(
        Sentence::new(
            "In {year} the ellipse reaches {major} km along its long axis and {minor} km across.",
            "{year} 年椭圆长半轴 {major} 公里，短半轴 {minor} 公里。",
        )
        .bind("year", year(last))
        .bind("major", number(last, "semi_major_km"))
        .bind("minor", number(last, "semi_minor_km")),
    );
    section.paragraph(sentences);
    let table = Columns::of(centers)
        .plain("Year", "年份", "period")
        .number("East, km", "东向（公里）", "x_km", Format::Decimals(1))
        .number("North, km", "北向（公里）", "y_km", Format::Decimals(1))
        .number("Half long axis, km", "长半轴（公里）", "semi_major_km", Format::Decimals(1))
        .number("Half short axis, km", "短半轴（公里）", "semi_minor_km", Format::Decimals(1))
        .number("Azimuth", "方位角", "azimuth", Format::Decimals(1))
        .number("Area, km²", "面积（平方公里）", "area_km2", Format::Whole);
    section.push(table.block(
        "table-center",
        "Center of gravity and standard deviational ellipse",
        "重心与标准差椭圆",
        &known,
        40,
    ));
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
