//! II.1 Agglomeration: how concentrated, since when, how unequal, who is specialized in what.

use agglo_core::Datum;
use agglo_figure::Words;

use super::{Columns, inequality, refusal, space, term, together};
use crate::context::{Context, TableView};
use crate::document::Section;
use crate::format::Format;
use crate::picture;
use crate::sentence::{Bound, Sentence};

/// Rows of the tables of industries and regions that the page shows.
const SHOWN: usize = 20;

pub(super) fn section(context: Context<'_>) -> Section {
    let mut section = Section::new("agglomeration", "II.1 Agglomeration", "二（一）产业集聚");
    concentration_over_time(context, &mut section);
    industries(context, &mut section);
    together::pairs(context, &mut section);
    inequality::blocks(context, &mut section);
    space::blocks(context, &mut section);
    regions(context, &mut section);
    together::cluster_index(context, &mut section);
    plants(context, &mut section);
    section
}

/// The series whose turning points are sought, and the column that holds it.
fn series(context: Context<'_>) -> Option<(TableView<'_>, Vec<usize>)> {
    if let Some(focus) = &context.findings.spec.industry.focus {
        let gini = context.table("gini-focus", "gini").or_else(|| context.table("gini", "gini"))?;
        let rows = gini.rows(&[("industry", focus)]);
        return (!rows.is_empty()).then_some((gini, rows));
    }
    let composite = context.table("composite-gini", "composite")?;
    Some((composite, (0..composite.n_rows()).collect()))
}

fn concentration_over_time(context: Context<'_>, section: &mut Section) {
    let Some((gini, rows)) = series(context) else { return };
    section.heading("Concentration over time", "集聚的变化");
    if rows.len() > 1 {
        section.paragraph(course(context));
        section.blocks.extend(picture::gini_figure(context, gini, &rows));
    }
    if let Some(models) = context.table("gini-breaks", "models") {
        section.paragraph(break_sentences(context));
        let rows: Vec<usize> = (0..models.n_rows()).collect();
        let table = Columns::of(models)
            .plain("Breaks", "断点数", "n_breaks")
            .number("BIC", "BIC", "bic", Format::Decimals(2))
            .number("LWZ", "LWZ", "lwz", Format::Decimals(2))
            .number("sup F", "sup F", "sup_f", Format::Decimals(2))
            .number("p (bootstrap)", "p 值（自助法）", "p_value", Format::Decimals(3))
            .words("Chosen", "选中", move |row| term(&models.text(row, "chosen")));
        section.push(table.block(
            "table-breaks",
            "How many breaks: the models compared",
            "断点个数：模型比较",
            &rows,
            8,
        ));
        segments(context, section);
    } else if let Some(sentence) = refusal(context, "gini-breaks") {
        section.paragraph(vec![sentence]);
    }
}

/// Start, peak, trough and end of the series.
pub(super) fn course(context: Context<'_>) -> Vec<Sentence> {
    let Some((gini, rows)) = series(context) else { return Vec::new() };
    let known: Vec<usize> =
        rows.into_iter().filter(|&row| gini.number(row, "gini").is_some()).collect();
    let (Some(&first), Some(&last)) = (known.first(), known.last()) else { return Vec::new() };
    let value = |row: &usize| gini.number(*row, "gini").unwrap_or_default();
    let Some(&peak) = known.iter().max_by(|a, b| value(a).total_cmp(&value(b))) else {
        return Vec::new();
    };
    let year = |row: usize| Bound::same(gini.text(row, "period"), None);
    let number = |row: usize| gini.bound(row, "gini", Format::Decimals(3));
    let (level_en, level_zh) = context.level();
    let level = Bound::name(level_en, level_zh);
    let n_regions = gini.bound(last, "n_regions", Format::Plain);
    let course = if peak == last || peak == first {
        let (en, zh) = if peak == last {
            (
                " and reached its highest value, {g2}, at the end in {y2}",
                "，期末 {y2} 年达到最高值 {g2}",
            )
        } else {
            (", its highest value, and stood at {g2} in {y2}", "，为最高值，{y2} 年为 {g2}")
        };
        Sentence::new(
            format!(
                "Over {{n}} regions{{level}}, the Gini coefficient of industrial space was {{g0}} in \
                 {{y0}}{en}."
            ),
            format!("按 {{n}} 个地区{{level}}计算，产业空间基尼系数 {{y0}} 年为 {{g0}}{zh}。"),
        )
    } else {
        Sentence::new(
            "Over {n} regions{level}, the Gini coefficient of industrial space was {g0} in {y0}, reached \
             its highest value {g1} in {y1}, and stood at {g2} in {y2}.",
            "按 {n} 个地区{level}计算，产业空间基尼系数 {y0} 年为 {g0}，{y1} 年达到最高值 {g1}，{y2} 年为 \
             {g2}。",
        )
        .bind("g1", number(peak))
        .bind("y1", year(peak))
    };
    let mut sentences = vec![
        course
            .bind("n", n_regions)
            .bind("level", level)
            .bind("g0", number(first))
            .bind("y0", year(first))
            .bind("g2", number(last))
            .bind("y2", year(last)),
    ];
    let after: Vec<usize> = known.iter().copied().filter(|&row| row > peak).collect();
    let trough = after.iter().min_by(|a, b| value(a).total_cmp(&value(b))).copied();
    if let Some(trough) = trough {
        let rebound = after
            .iter()
            .filter(|&&row| row > trough)
            .max_by(|a, b| value(a).total_cmp(&value(b)))
            .copied();
        if let Some(rebound) = rebound.filter(|&row| value(&row) - value(&trough) > 0.005) {
            sentences.push(
                Sentence::new(
                    "After the peak it fell to {g3} in {y3}, rose again to {g4} in {y4}, and has \
                     since changed by {d}.",
                    "峰值之后，{y3} 年降至 {g3}，{y4} 年回升至 {g4}，此后变化 {d}。",
                )
                .bind("g3", number(trough))
                .bind("y3", year(trough))
                .bind("g4", number(rebound))
                .bind("y4", year(rebound))
                .bind(
                    "d",
                    Bound::same(Format::Signed(3).number(value(&last) - value(&rebound)), None),
                ),
            );
        }
    }
    sentences
}

/// The break dates with their intervals.
pub(super) fn break_sentences(context: Context<'_>) -> Vec<Sentence> {
    let Some(breaks) = context.table("gini-breaks", "breaks") else {
        if context.findings.get("gini-breaks").is_none() {
            return Vec::new();
        }
        return vec![Sentence::new(
            "The criterion chooses no break: one trend describes the whole series.",
            "信息准则未选出断点：整个序列可由一条趋势描述。",
        )];
    };
    (0..breaks.n_rows())
        .map(|row| {
            // A break that some completion lacks has no interval there either: once is enough.
            let known = breaks.interval(row, "period").is_none_or(|open| open.range.is_some());
            let year = |column: &str| {
                let bound = breaks.bound(row, column, Format::Plain);
                if known { bound } else { Bound { open: None, ..bound } }
            };
            Sentence::new(
                "A break is dated after {year}, with the interval {lower}–{upper}; by bootstrap \
                 {blower}–{bupper}.",
                "断点位于 {year} 年之后，置信区间 {lower}—{upper} 年；自助法区间 {blower}—{bupper} 年。",
            )
            .bind("year", breaks.bound(row, "period", Format::Plain))
            .bind("lower", year("lower"))
            .bind("upper", year("upper"))
            .bind("blower", year("bootstrap_lower"))
            .bind("bupper", year("bootstrap_upper"))
        })
        .collect()
}

fn segments(context: Context<'_>, section: &mut Section) {
    let Some(segments) = context.table("gini-breaks", "segments") else { return };
    let rows: Vec<usize> = (0..segments.n_rows()).collect();
    let table = Columns::of(segments)
        .plain("From", "起", "from")
        .plain("To", "止", "to")
        .number("Slope per year", "年均斜率", "slope", Format::Signed(4))
        .number("Lower", "下限", "slope_lower", Format::Signed(4))
        .number("Upper", "上限", "slope_upper", Format::Signed(4))
        .words("Kind", "类型", move |row| match segments.text(row, "label").as_str() {
            "regular" => Bound::name("regular", "正式"),
            _ => Bound::name("short, descriptive", "短期，仅作描述"),
        });
    section.push(table.block(
        "table-segments",
        "The stretches between breaks, and their trends",
        "断点之间的区段及其趋势",
        &rows,
        16,
    ));
}

fn industries(context: Context<'_>, section: &mut Section) {
    let Some(gini) = context.table("locational-gini", "locational_gini") else { return };
    let last = last_period(gini);
    let rows = gini.sorted(gini.rows(&[("period", &last)]), "gini");
    let rows: Vec<usize> =
        rows.into_iter().filter(|&row| gini.number(row, "gini").is_some()).collect();
    let (Some(&most), Some(&least)) = (rows.first(), rows.last()) else { return };
    section.heading("Which industries are concentrated", "哪些行业集聚");
    section.paragraph(vec![
        Sentence::new(
            "Against the distribution of all activity, {most} is the most concentrated industry in \
             {year} (locational Gini {g1}), {least} the least ({g2}).",
            "与全部活动的分布相比，{year} 年集聚程度最高的行业是{most}（区位基尼系数 {g1}），最低的是{least}（{g2}）。",
        )
        .bind("year", Bound::same(last.clone(), None))
        .bind("most", context.industry(&gini.text(most, "industry")))
        .bind("g1", gini.bound(most, "gini", Format::Decimals(3)))
        .bind("least", context.industry(&gini.text(least, "industry")))
        .bind("g2", gini.bound(least, "gini", Format::Decimals(3))),
    ]);
    section.blocks.extend(picture::industry_figure(context, gini, &rows));
    definitions(context, &last, gini, &rows, section);
}

/// Competing definitions side by side.
fn definitions(
    context: Context<'_>,
    period: &str,
    gini: TableView<'_>,
    rows: &[usize],
    section: &mut Section,
) {
    let other = |step: &'static str, table: &'static str, column: &'static str| {
        let view = context.table(step, table);
        move |row: usize| {
            let industry = gini.text(row, "industry");
            let keys = [("period", period), ("industry", industry.as_str())];
            match view.and_then(|view| Some((view, view.row(&keys)?))) {
                Some((view, row)) => view.bound(row, column, Format::Decimals(3)),
                None => Bound::same("", None),
            }
        }
    };
    let table = Columns::of(gini)
        .words("Industry", "行业", move |row| context.industry(&gini.text(row, "industry")))
        .number("Locational Gini", "区位基尼", "gini", Format::Decimals(3))
        .numbers("Gini of shares", "份额基尼", other("gini", "gini", "gini"))
        .numbers("Hoover", "胡佛系数", other("hoover", "industries", "hoover"))
        .numbers("Herfindahl", "赫芬达尔", other("herfindahl", "industries", "herfindahl"));
    section.push(table.block(
        "table-concentration",
        "Competing definitions side by side: they answer different questions",
        "不同定义并列：各自回答不同的问题",
        rows,
        SHOWN,
    ));
}

fn regions(context: Context<'_>, section: &mut Section) {
    let Some(lq) = context.table("location-quotient", "location_quotient") else { return };
    section.heading("Who is specialized in what", "各地区的专业化");
    let all: Vec<usize> = (0..lq.n_rows()).collect();
    section.paragraph(vec![Sentence::new(
        "A location quotient above 1 says that an industry has a larger share of the region than \
         of the whole; small regions reach high values with little activity, so size is shown \
         beside.",
        "区位商大于 1 表示该行业在本地的比重高于全国；小地区凭少量活动即可达到高值，因此同时列出规模。",
    )]);
    section.blocks.extend(picture::quotient_figure(context, lq));
    if let Some(krugman) = context.table("krugman", "regions") {
        let last = last_period(krugman);
        let rows = krugman.sorted(krugman.rows(&[("period", &last)]), "krugman");
        section.blocks.extend(picture::region_rows_figure(
            context,
            krugman,
            &rows,
            "krugman",
            "fig-krugman",
            Words::new("How specialized each region is", "各地区的专业化程度"),
            Words::new("Krugman index, 0 to 2", "克鲁格曼指数，0—2"),
        ));
    }
    let rows = lq.sorted(all, "lq");
    let table = Columns::of(lq)
        .words("Region", "地区", move |row| context.region(&lq.text(row, "region")))
        .words("Industry", "行业", move |row| context.industry(&lq.text(row, "industry")))
        .number("LQ", "区位商", "lq", Format::Decimals(2))
        .number("Lower", "下限", "lower", Format::Decimals(2))
        .number("Upper", "上限", "upper", Format::Decimals(2));
    section.push(table.block(
        "table-quotients",
        "The highest location quotients, with intervals",
        "最高的区位商及其区间",
        &rows,
        SHOWN,
    ));
}

fn plants(context: Context<'_>, section: &mut Section) {
    let Some(eg) = context.table("ellison-glaeser", "industries") else { return };
    section.heading("Beyond what few large plants would give", "剔除企业规模影响后的集聚");
    let known = |row: &usize| matches!(eg.datum(*row, "gamma"), Datum::Number(_));
    let rows: Vec<usize> =
        eg.sorted((0..eg.n_rows()).collect(), "gamma").into_iter().filter(known).collect();
    let n_strong = rows.iter().filter(|&&row| eg.text(row, "reading") == "strong").count();
    section.paragraph(vec![
        Sentence::new(
            "Of {n} industries, {strong} are strongly concentrated by the Ellison–Glaeser index \
             (above 0.05).",
            "按 Ellison–Glaeser 指数（大于 0.05），{n} 个行业中有 {strong} 个高度集聚。",
        )
        .bind("n", Bound::same(rows.len().to_string(), None))
        .bind("strong", Bound::same(n_strong.to_string(), None)),
    ]);
    let table = Columns::of(eg)
        .words("Industry", "行业", move |row| context.industry(&eg.text(row, "industry")))
        .number("γ", "γ", "gamma", Format::Decimals(3))
        .number("Herfindahl of plants", "企业赫芬达尔", "herfindahl", Format::Decimals(4))
        .number("z", "z", "z", Format::Decimals(2))
        .number("Plants", "企业数", "n_plants", Format::Whole)
        .words("Reading", "判读", move |row| term(&eg.text(row, "reading")));
    section.push(table.block(
        "table-ellison-glaeser",
        "Ellison–Glaeser index by industry",
        "分行业 Ellison–Glaeser 指数",
        &rows,
        SHOWN,
    ));
}

/// The last period of a table, as text.
pub(super) fn last_period(view: TableView<'_>) -> String {
    (0..view.n_rows())
        .filter_map(|row| view.text(row, "period").parse::<i64>().ok())
        .max()
        .map_or(String::new(), |period| period.to_string())
}
