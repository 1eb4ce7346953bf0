//! II.2 Transfer: what moved from where to where.

use super::{Columns, refusal, term};
use crate::context::Context;
use crate::document::Section;
use crate::format::Format;
use crate::picture;
use crate::sentence::{Bound, Sentence};

const SHOWN: usize = 20;

/// The classes worth a sentence.
const CLASSES: [&str; 6] =
    ["persistent-out", "mainly-out", "persistent-in", "mainly-in", "out-to-in", "in-to-out"];

pub(super) fn section(context: Context<'_>) -> Section {
    let mut section = Section::new("transfer", "II.2 Transfer", "二（二）产业转移");
    windows(context, &mut section);
    changes(context, &mut section);
    shift_share(context, &mut section);
    gradient(context, &mut section);
    relocation(context, &mut section);
    section
}

fn grouping(context: Context<'_>) -> String {
    let spec = &context.findings.spec;
    let named = spec.transfer.group.as_deref().or(spec.main_group());
    named.unwrap_or_default().to_owned()
}

fn windows(context: Context<'_>, section: &mut Section) {
    let (Some(windows), Some(classes)) = (
        context.table("transfer-regions", "windows"),
        context.table("transfer-regions", "classes"),
    ) else {
        if let Some(sentence) = refusal(context, "transfer-regions") {
            section.paragraph(vec![sentence]);
        }
        return;
    };
    section.heading("Sending and receiving regions by window", "分时段的转出与转入地区");
    section.paragraph(class_sentences(context));
    section.blocks.extend(picture::transfer_figure(context, windows, &grouping(context)));
    let rows: Vec<usize> = (0..classes.n_rows()).collect();
    let group = grouping(context);
    let table = Columns::of(classes)
        .words("Group", "地区组", move |row| context.group(&group, &classes.text(row, "group")))
        .words("Intensity", "要素密集度", move |row| term(&classes.text(row, "intensity")))
        .words("Class", "类型", move |row| term(&classes.text(row, "class")))
        .number("Same class in", "同类比例", "same_class_share", Format::Percent(0));
    section.push(table.block(
        "table-transfer-classes",
        "Class of each group over the windows, and in how many noisy draws it stays the same",
        "各地区组的类型，以及加入噪声后类型不变的比例",
        &rows,
        SHOWN,
    ));
}

/// Which groups send, receive, or change over, by factor intensity where there is one.
pub(super) fn class_sentences(context: Context<'_>) -> Vec<Sentence> {
    let Some(classes) = context.table("transfer-regions", "classes") else { return Vec::new() };
    let grouping = grouping(context);
    let mut intensities: Vec<String> =
        (0..classes.n_rows()).map(|row| classes.text(row, "intensity")).collect();
    intensities.sort_unstable();
    intensities.dedup();
    let mut sentences = Vec::new();
    for intensity in &intensities {
        for class in CLASSES {
            let rows = classes.rows(&[("intensity", intensity), ("class", class)]);
            let names: Vec<Bound> = rows
                .iter()
                .map(|&row| context.group(&grouping, &classes.text(row, "group")))
                .collect();
            if names.is_empty() {
                continue;
            }
            let sentence = if intensities.len() > 1 {
                Sentence::new("{class}, {intensity}: {names}.", "{class}（{intensity}）：{names}。")
                    .bind("intensity", term(intensity))
            } else {
                Sentence::new("{class}: {names}.", "{class}：{names}。")
            };
            sentences.push(
                sentence.bind("class", capital(&term(class))).bind("names", Context::list(&names)),
            );
        }
    }
    sentences
}

fn capital(bound: &Bound) -> Bound {
    let mut chars = bound.en.chars();
    let en = chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect());
    Bound::name(en, bound.zh.clone())
}

fn changes(context: Context<'_>, section: &mut Section) {
    let Some(changes) = context.table("share-change", "changes") else { return };
    section.heading("Regions that gained and lost shares", "份额上升与下降的地区");
    let rows: Vec<usize> =
        (0..changes.n_rows()).filter(|&row| changes.number(row, "delta_share").is_some()).collect();
    let rows = changes.sorted(rows, "delta_share");
    let (Some(&gained), Some(&lost)) = (rows.first(), rows.last()) else { return };
    let named = |row: usize| {
        (
            context.region(&changes.text(row, "region")),
            context.industry(&changes.text(row, "industry")),
            changes.bound(row, "delta_share", Format::Points(1)),
        )
    };
    let ((region1, industry1, d1), (region2, industry2, d2)) = (named(gained), named(lost));
    section.paragraph(vec![
        Sentence::new(
            "From {from} to {to} the largest gain is {industry1} in {region1} ({d1} percentage \
             points of the industry), the largest loss {industry2} in {region2} ({d2}).",
            "{from}—{to} 年，份额上升最多的是{region1}的{industry1}（{d1} 个百分点），下降最多的是{region2}的{industry2}（{d2}）。",
        )
        .bind("from", Bound::same(changes.text(gained, "from"), None))
        .bind("to", Bound::same(changes.text(gained, "to"), None))
        .bind("industry1", industry1)
        .bind("region1", region1)
        .bind("d1", d1)
        .bind("industry2", industry2)
        .bind("region2", region2)
        .bind("d2", d2),
    ]);
    section.blocks.extend(picture::share_change_map(context, changes));
    let half = SHOWN / 2;
    let ends: Vec<usize> = if rows.len() <= SHOWN {
        rows
    } else {
        rows[..half].iter().chain(&rows[rows.len() - half..]).copied().collect()
    };
    let table = Columns::of(changes)
        .words("Region", "地区", move |row| context.region(&changes.text(row, "region")))
        .words("Industry", "行业", move |row| context.industry(&changes.text(row, "industry")))
        .number("Share before", "期初份额", "share_from", Format::Percent(1))
        .number("Share after", "期末份额", "share_to", Format::Percent(1))
        .number("Change (points)", "变化（百分点）", "delta_share", Format::Points(2))
        .words("Class", "类型", move |row| term(&changes.text(row, "class")));
    section.push(table.block(
        "table-share-change",
        "The largest gains and losses of shares",
        "份额上升与下降最多者",
        &ends,
        SHOWN,
    ));
}

fn shift_share(context: Context<'_>, section: &mut Section) {
    let Some(regions) = context.table("shift-share", "regions") else { return };
    section.heading("Why regions grew faster or slower", "地区增长快慢的来源");
    let rows = regions.sorted((0..regions.n_rows()).collect(), "regional");
    section.blocks.extend(picture::shift_share_figure(context, regions, &rows));
    let table = Columns::of(regions)
        .words("Region", "地区", move |row| context.region(&regions.text(row, "region")))
        .number("Change", "变化", "change", Format::Short)
        .number("As the whole", "全国增长", "national", Format::Short)
        .number("Industry mix", "产业结构", "mix", Format::Short)
        .number("Regional", "地区竞争力", "regional", Format::Short)
        .number("Entry", "新进入", "entry", Format::Short);
    section.push(table.block(
        "table-shift-share",
        "Shift-share: the parts add up to the change exactly",
        "偏离—份额分析：各部分之和恰为变化量",
        &rows,
        40,
    ));
}

fn gradient(context: Context<'_>, section: &mut Section) {
    let Some(gradient) = context.table("industrial-gradient", "gradient") else { return };
    section.heading("Who should send to whom", "产业梯度");
    let rows = gradient.sorted((0..gradient.n_rows()).collect(), "gradient");
    let rows: Vec<usize> =
        rows.into_iter().filter(|&row| gradient.number(row, "gradient").is_some()).collect();
    let table = Columns::of(gradient)
        .words("Region", "地区", move |row| context.region(&gradient.text(row, "region")))
        .words("Industry", "行业", move |row| context.industry(&gradient.text(row, "industry")))
        .number("LQ", "区位商", "lq", Format::Decimals(2))
        .number("Relative productivity", "相对生产率", "relative_productivity", Format::Decimals(2))
        .number("Gradient", "梯度系数", "gradient", Format::Decimals(2));
    section.push(table.block(
        "table-gradient",
        "The highest industrial gradients: potential senders",
        "产业梯度系数最高者：潜在转出地",
        &rows,
        12,
    ));
}

/// Moves of enterprises as the register has them, counted and not estimated.
fn relocation(context: Context<'_>, section: &mut Section) {
    let Some(moves) = context.findings.tables.get("relocation") else { return };
    let n = moves.n_rows();
    section.heading("Enterprises that moved", "迁移的企业");
    section.paragraph(vec![
        Sentence::new(
            "The relocation register lists {n} moves of enterprises; they are observed, where the \
             indices above are inferred from shares.",
            "迁移登记共有 {n} 条企业迁移记录；这是观测值，上述指数则由份额推断。",
        )
        .bind("n", Bound::same(Format::Whole.number(n as f64), None)),
    ]);
}
