//! Do regions draw apart? Spread, catching up, clubs, and the shape of the distribution.

use agglo_figure::Words;

use super::{Columns, p_value, refusal, subject};
use crate::context::{Context, TableView};
use crate::document::Section;
use crate::format::Format;
use crate::picture;
use crate::sentence::{Bound, Sentence};

/// Steps of the section; it is left out where none was asked.
const STEPS: [&str; 4] =
    ["sigma-convergence", "beta-convergence", "income-density", "club-convergence"];

pub(super) fn blocks(context: Context<'_>, section: &mut Section) {
    if STEPS.iter().all(|step| context.findings.any(step).is_none()) {
        return;
    }
    section.heading("Do regions draw apart?", "地区差距是否扩大");
    sigma_and_beta(context, section);
    shape(context, section);
    clubs(context, section);
}

/// Spread and catching up.
fn sigma_and_beta(context: Context<'_>, section: &mut Section) {
    let sigma = context.table("sigma-convergence", "sigma");
    let beta = context.table("beta-convergence", "beta");
    let mut sentences = Vec::new();
    if let Some(sigma) = sigma.filter(|sigma| sigma.n_rows() > 1) {
        let last = sigma.n_rows() - 1;
        sentences.push(
            Sentence::new(
                "The spread of {what} over the regions (standard deviation of logarithms) went from {s0} in \
                 {y0} to {s1} in {y1}.",
                "{what}的地区离散程度（对数标准差）由 {y0} 年的 {s0} 变为 {y1} 年的 {s1}。",
            )
            .bind("what", subject(sigma, "regions"))
            .bind("s0", sigma.bound(0, "sd_log", Format::Decimals(3)))
            .bind("y0", Bound::same(sigma.text(0, "period"), None))
            .bind("s1", sigma.bound(last, "sd_log", Format::Decimals(3)))
            .bind("y1", Bound::same(sigma.text(last, "period"), None)),
        );
    }
    if let Some(beta) = beta {
        sentences.push(
            Sentence::new(
                "Growth on the initial level has the slope {b} (standard error {se}, p {p}), a speed \
                 of convergence of {speed} a year.",
                "增长对初始水平回归的斜率为 {b}（标准误 {se}，p {p}），收敛速度为每年 {speed}。",
            )
            .bind("b", beta.bound(0, "slope", Format::Signed(4)))
            .bind("se", beta.bound(0, "se", Format::Decimals(4)))
            .bind("p", p_value(beta, 0, "p_value"))
            .bind("speed", beta.bound(0, "speed", Format::Percent(2))),
        );
    }
    section.paragraph(sentences);
    if let Some(sigma) = sigma {
        section.blocks.extend(picture::line_figure(
            context,
            sigma,
            "sd_log",
            "fig-sigma",
            Words::new("Do regions draw apart?", "地区差距的变化"),
            Words::new("Standard deviation of logarithms", "对数标准差"),
        ));
    }
}

/// How many peaks the distribution has, and how wide it is.
fn shape(context: Context<'_>, section: &mut Section) {
    let Some(shape) = context.table("income-density", "shape") else {
        section.paragraph(refusal(context, "income-density").into_iter().collect());
        return;
    };
    let (first, last) = (0, shape.n_rows() - 1);
    let year = |row: usize| Bound::same(shape.text(row, "period"), None);
    let mut sentences = vec![
        Sentence::new(
            "In {y1} the density of {what} over {n} regions has {m1} peaks, at {places} times the mean.",
            "{y1} 年 {n} 个地区{what}的核密度有 {m1} 个峰，位于均值的 {places} 倍。",
        )
        .bind("y1", year(last))
        .bind("what", subject(shape, "regions"))
        .bind("n", shape.bound(last, "n", Format::Plain))
        .bind("m1", shape.bound(last, "n_modes", Format::Plain))
        .bind("places", peaks(context, &shape.text(last, "period"))),
    ];
    if first != last {
        sentences.push(
            Sentence::new(
                "In {y0} there were {m0}; the standard deviation went from {s0} to {s1}. A wider band would \
                 show fewer peaks, so that their number alone is no evidence of clubs.",
                "{y0} 年为 {m0} 个；标准差由 {s0} 变为 {s1}。带宽越大，峰越少，峰数本身不足以说明俱乐部的存在。",
            )
            .bind("y0", year(first))
            .bind("m0", shape.bound(first, "n_modes", Format::Plain))
            .bind("s0", shape.bound(first, "sd", Format::Decimals(3)))
            .bind("s1", shape.bound(last, "sd", Format::Decimals(3))),
        );
    }
    section.paragraph(sentences);
    if let Some(density) = context.table("income-density", "density") {
        section.blocks.extend(picture::density_curves(density));
    }
}

/// Where the peaks of a year stand.
fn peaks(context: Context<'_>, period: &str) -> Bound {
    let Some(modes) = context.table("income-density", "modes") else {
        return Bound::name("unknown places", "未知位置");
    };
    let rows = modes.rows(&[("period", period)]);
    let places: Vec<Bound> =
        rows.iter().map(|&row| modes.bound(row, "at", Format::Decimals(2))).collect();
    Context::list(&places)
}

fn clubs(context: Context<'_>, section: &mut Section) {
    let Some(all) = context.table("club-convergence", "all") else {
        let said = too_short(context).or_else(|| refusal(context, "club-convergence"));
        section.paragraph(said.into_iter().collect());
        return;
    };
    let (en, zh) = match all.text(0, "reading").as_str() {
        "divergence" => ("that all regions converge is rejected", "拒绝全部地区收敛的假设"),
        "convergence" | "convergence in levels" => {
            ("that all regions converge is not rejected", "不能拒绝全部地区收敛的假设")
        }
        _ => ("whether all regions converge is not identified", "无法识别全部地区是否收敛"),
    };
    let mut sentences = vec![
        Sentence::new(
            format!(
                "Log t test over {{n}} regions: b = {{b}}, t = {{t}} (critical value −1.65): {en}."
            ),
            format!("对 {{n}} 个地区的 log t 检验：b = {{b}}，t = {{t}}（临界值 −1.65）：{zh}。"),
        )
        .bind("n", all.bound(0, "n", Format::Plain))
        .bind("b", all.bound(0, "beta", Format::Decimals(3)))
        .bind("t", all.bound(0, "t", Format::Decimals(2))),
    ];
    let clubs = context.table("club-convergence", "clubs");
    if let Some(clubs) = clubs {
        sentences.push(found(context, clubs));
    }
    section.paragraph(sentences);
    let Some(clubs) = clubs else { return };
    let members = move |row: usize| {
        let club = clubs.text(row, "club");
        let names = context.table("club-convergence", "members").map(|members| {
            let rows = members.rows(&[("club", &club)]);
            rows.iter().map(|&r| context.region(&members.text(r, "region"))).collect::<Vec<_>>()
        });
        Context::list(&names.unwrap_or_default())
    };
    let rows: Vec<usize> = (0..clubs.n_rows()).collect();
    let table = Columns::of(clubs)
        .plain("Club", "俱乐部", "club")
        .words("Regions", "地区", members)
        .number("Last value, mean of all 1", "末期值（均值为 1）", "relative", Format::Decimals(2))
        .number("b", "b", "beta", Format::Decimals(2))
        .number("t", "t 值", "t", Format::Decimals(2));
    section.push(table.block(
        "table-clubs",
        "Clubs of regions that converge to paths of their own",
        "收敛于各自路径的地区俱乐部",
        &rows,
        12,
    ));
}

/// That there are fewer years than the search for clubs asks for, where this is why it has no answer.
fn too_short(context: Context<'_>) -> Option<Sentence> {
    let options = &context.findings.any("club-convergence")?.record.options;
    let least = options.get("least_periods")?;
    let n = context.table("sigma-convergence", "sigma")?.n_rows();
    if n >= least.parse().ok()? {
        return None;
    }
    Some(
        Sentence::new(
            "Whether regions form clubs of their own is not identified: the test asks for {least} years or \
             more, and there are {n}.",
            "无法识别地区是否形成收敛俱乐部：该检验至少需要 {least} 年，而数据只有 {n} 年。",
        )
        .bind("least", Bound::same(least.clone(), None))
        .bind("n", Bound::same(n.to_string(), None)),
    )
}

/// How many clubs there are, and how many regions belong to none.
fn found(context: Context<'_>, clubs: TableView<'_>) -> Sentence {
    let alone = context
        .table("club-convergence", "members")
        .map_or(0, |members| members.rows(&[("club", "none")]).len());
    Sentence::new(
        "Clubs found: {n}; regions outside all of them: {alone}.",
        "识别出 {n} 个俱乐部；不属于任何俱乐部的地区 {alone} 个。",
    )
    .bind("n", Bound::same(clubs.n_rows().to_string(), None))
    .bind("alone", Bound::same(alone.to_string(), None))
}
