//! Inequality of the regions: how much by which measure, within and between groups, and poles.

use agglo_core::{Datum, Lang};
use agglo_figure::{Axis, Words};

use super::{Columns, ends};
use crate::context::{Context, TableView};
use crate::document::Section;
use crate::format::Format;
use crate::picture;
use crate::sentence::{Bound, Sentence};

/// Measures of `inequality` that the page names: one of each kind, those corrected for samples left out.
const MEASURES: [(&str, &str, &str); 7] = [
    ("gini", "Gini", "基尼系数"),
    ("theil-t", "Theil T", "泰尔 T"),
    ("theil-l", "Theil L", "泰尔 L"),
    ("atkinson", "Atkinson", "阿特金森"),
    ("ricci-schutz", "Ricci–Schutz", "里奇—舒茨"),
    ("cv", "coefficient of variation", "变异系数"),
    ("log-variance", "variance of logarithms", "对数方差"),
];

/// Measures that share an axis from 0 to 1.
const DRAWN: [&str; 5] = ["gini", "theil-t", "theil-l", "atkinson", "ricci-schutz"];

/// Measures of `polarization` that the page names.
const POLES: [(&str, &str, &str); 3] = [
    ("esteban-ray", "Esteban–Ray", "埃斯特班—雷"),
    ("duclos-esteban-ray", "Duclos–Esteban–Ray", "杜克洛—埃斯特班—雷"),
    ("wolfson", "Wolfson", "沃尔夫森"),
];

/// Parts of the Gini coefficient as `dagum` names them.
const PARTS: [(&str, &str, &str); 3] = [
    ("within-groups", "within groups", "组内"),
    ("between-groups", "between groups", "组间"),
    ("overlap", "overlap of groups", "超变密度"),
];

pub(super) fn blocks(context: Context<'_>, section: &mut Section) {
    measures(context, section);
    groups(context, section);
}

fn measures(context: Context<'_>, section: &mut Section) {
    let Some(view) = context.table("inequality", "inequality") else { return };
    let Some((first, last)) = ends(view, "gini", "measure") else { return };
    section.heading("How unequal regions are", "地区之间有多不平等");
    let weighted = view.finding().record.variant == "weighted";
    let (en, zh) = if weighted {
        ("Regions counted by their weight", "各地区按权重计")
    } else {
        ("Every region counted once", "各地区等权")
    };
    let at = |measure: &str, period: &str| view.row(&[("period", period), ("measure", measure)]);
    let number = |measure: &str, period: &str| {
        at(measure, period).map_or_else(
            || Bound::name("unknown", "未知"),
            |row| view.bound(row, "value", Format::Decimals(3)),
        )
    };
    let (mut risen, mut fallen) = (Vec::new(), Vec::new());
    for (measure, en, zh) in MEASURES {
        let value = |period: &str| at(measure, period).and_then(|row| view.number(row, "value"));
        if let (Some(before), Some(after)) = (value(&first), value(&last)) {
            let to = if after >= before { &mut risen } else { &mut fallen };
            to.push(Bound::name(en, zh));
        }
    }
    let year = |period: &String| Bound::same(period.clone(), None);
    let mut sentences = vec![
        Sentence::new(
            format!(
                "{en}, the Gini coefficient of the regions' totals is {{g1}} in {{y1}}, Theil's T {{t1}} and \
                 Atkinson's index {{a1}}."
            ),
            format!("{zh}，{{y1}} 年地区总量的基尼系数为 {{g1}}，泰尔 T 指数 {{t1}}，阿特金森指数 {{a1}}。"),
        )
        .bind("g1", number("gini", &last))
        .bind("y1", year(&last))
        .bind("t1", number("theil-t", &last))
        .bind("a1", number("atkinson", &last)),
    ];
    if first != last {
        sentences.push(direction(&risen, &fallen).bind("y0", year(&first)));
    }
    section.paragraph(sentences);
    section.blocks.extend(picture::lines(
        view,
        "measure",
        &chosen(&DRAWN, &MEASURES),
        "value",
        picture::Title {
            id: "fig-inequality",
            title: Words::new(
                "Inequality of regions by several measures",
                "多种指数下的地区不平等",
            ),
            axis: Axis::new(Words::new("Index, 0: all regions are equal", "指数，0 表示完全均等")),
        },
    ));
}

/// Whether the measures agree on where inequality went.
fn direction(risen: &[Bound], fallen: &[Bound]) -> Sentence {
    match (risen, fallen) {
        (_, []) => Sentence::new(
            "Since {y0} it has risen by every measure looked at ({names}).",
            "自 {y0} 年以来，所列指数（{names}）均上升。",
        )
        .bind("names", Context::list(risen)),
        ([], _) => Sentence::new(
            "Since {y0} it has fallen by every measure looked at ({names}).",
            "自 {y0} 年以来，所列指数（{names}）均下降。",
        )
        .bind("names", Context::list(fallen)),
        _ => Sentence::new(
            "Measures disagree on what happened since {y0}, as they weigh the top and the bottom \
             differently: risen are {risen}; fallen are {fallen}.",
            "自 {y0} 年以来的方向因指数而异（各指数对高端与低端的重视不同）：上升的有{risen}；下降的有{fallen}。",
        )
        .bind("risen", Context::list(risen))
        .bind("fallen", Context::list(fallen)),
    }
}

fn groups(context: Context<'_>, section: &mut Section) {
    let mut said = false;
    for name in context.findings.spec.geo.groups.keys() {
        let mut sentences: Vec<Sentence> = theil(context, name).into_iter().collect();
        sentences.extend(dagum(context, name));
        sentences.extend(poles(context, name));
        if sentences.is_empty() {
            continue;
        }
        if !said {
            section.heading("Inequality between groups of regions", "地区组之间的不平等");
            said = true;
        }
        section.paragraph(sentences);
        if context.findings.spec.main_group() == Some(name.as_str()) {
            figures(context, name, section);
        }
        table(context, name, section);
    }
}

/// The title of a grouping.
fn title(context: Context<'_>, grouping: &str) -> Bound {
    let spec = &context.findings.spec.geo.groups[grouping];
    Bound::name(spec.title.get(Lang::En).to_owned(), spec.title.get(Lang::Zh).to_owned())
}

fn theil(context: Context<'_>, grouping: &str) -> Option<Sentence> {
    let total = context.table(&format!("theil-{grouping}"), "total")?;
    let (first, last) = (0, total.n_rows() - 1);
    let sentence = Sentence::new(
        "{title}: in {year} the Theil index is {t}, of which {share} lies between the groups; in {year0} it \
         was {t0}, with {share0} between.",
        "{title}：{year} 年泰尔指数为 {t}，其中组间占 {share}；{year0} 年为 {t0}，组间占 {share0}。",
    );
    Some(
        sentence
            .bind("title", title(context, grouping))
            .bind("year", Bound::same(total.text(last, "period"), None))
            .bind("t", total.bound(last, "total", Format::Decimals(3)))
            .bind("share", total.bound(last, "between_share", Format::Percent(0)))
            .bind("year0", Bound::same(total.text(first, "period"), None))
            .bind("t0", total.bound(first, "total", Format::Decimals(3)))
            .bind("share0", total.bound(first, "between_share", Format::Percent(0))),
    )
}

/// What of the Gini coefficient lies within, between and in the overlap of groups.
fn dagum(context: Context<'_>, grouping: &str) -> Vec<Sentence> {
    let step = format!("dagum-{grouping}");
    let Some(total) = context.table(&step, "total") else { return Vec::new() };
    let Some((first, last)) = ends(total, "total", "part") else { return Vec::new() };
    let share = |part: &str, period: &str| {
        total.row(&[("period", period), ("part", part)]).map_or_else(
            || Bound::name("unknown", "未知"),
            |row| total.bound(row, "share", Format::Percent(0)),
        )
    };
    let mut sentences = vec![
        Sentence::new(
            "Of the Gini coefficient {between} lies between the groups, {within} within them and {overlap} in \
             their overlap, where regions of a poorer group are ahead of regions of a richer one ({b0}, {w0} \
             and {o0} in {year0}).",
            "基尼系数按 Dagum 分解：组间 {between}，组内 {within}，超变密度（较低组中地区高于较高组中地区的部分）{overlap}（{year0} \
             年分别为 {b0}、{w0}、{o0}）。",
        )
        .bind("between", share("between-groups", &last))
        .bind("within", share("within-groups", &last))
        .bind("overlap", share("overlap", &last))
        .bind("b0", share("between-groups", &first))
        .bind("w0", share("within-groups", &first))
        .bind("o0", share("overlap", &first))
        .bind("year0", Bound::same(first, None)),
    ];
    let widest = context.table(&step, "pairs").and_then(|pairs| {
        let rows = pairs.sorted(pairs.rows(&[("period", &last)]), "gini");
        Some((pairs, *rows.first()?, rows.len()))
    });
    if let Some((pairs, row, n)) = widest
        && n > 1
    {
        let group = |column: &str| context.group(grouping, &pairs.text(row, column));
        sentences.push(
            Sentence::new(
                "Furthest apart are {a} and {b} (Gini between them {g}).",
                "差距最大的是{a}与{b}（组间基尼系数 {g}）。",
            )
            .bind("a", group("group_a"))
            .bind("b", group("group_b"))
            .bind("g", pairs.bound(row, "gini", Format::Decimals(3))),
        );
    }
    sentences
}

/// Whether regions gather about poles.
fn poles(context: Context<'_>, grouping: &str) -> Vec<Sentence> {
    let Some(view) = context.table(&format!("polarization-{grouping}"), "polarization") else {
        return Vec::new();
    };
    let mut sentences = Vec::new();
    sentences.extend(course(
        view,
        "esteban-ray",
        "The polarization of these groups (Esteban and Ray's index) went from {v0} in {y0} to {v1} in {y1}.",
        "各组的极化程度（埃斯特班—雷指数）由 {y0} 年的 {v0} 变为 {y1} 年的 {v1}。",
    ));
    if context.findings.spec.main_group() == Some(grouping) {
        sentences.extend(course(
            view,
            "wolfson",
            "Wolfson's index, which knows no groups and asks whether the middle vanishes, went from {v0} in {y0} \
             to {v1} in {y1}.",
            "不依赖分组、衡量中间层是否消失的沃尔夫森指数由 {y0} 年的 {v0} 变为 {y1} 年的 {v1}。",
        ));
    }
    sentences
}

/// Where a measure stood at the start and stands at the end.
fn course(view: TableView<'_>, measure: &str, en: &str, zh: &str) -> Option<Sentence> {
    let (first, last) = ends(view, measure, "measure")?;
    let value = |period: &str| {
        let row = view.row(&[("period", period), ("measure", measure)])?;
        Some(view.bound(row, "value", Format::Decimals(3)))
    };
    let (v0, v1) = (value(&first)?, value(&last)?);
    let sentence = Sentence::new(en, zh).bind("v0", v0).bind("v1", v1);
    Some(sentence.bind("y0", Bound::same(first, None)).bind("y1", Bound::same(last, None)))
}

fn figures(context: Context<'_>, grouping: &str, section: &mut Section) {
    if let Some(total) = context.table(&format!("dagum-{grouping}"), "total") {
        section.blocks.extend(picture::lines(
            total,
            "part",
            &PARTS,
            "share",
            picture::Title {
                id: "fig-dagum",
                title: Words::new("What the Gini coefficient is made of", "基尼系数的构成"),
                axis: Axis::percent(Words::new(
                    "Share of the Gini coefficient",
                    "占基尼系数的比重",
                )),
            },
        ));
    }
    if let Some(view) = context.table(&format!("polarization-{grouping}"), "polarization") {
        section.blocks.extend(picture::lines(
            view,
            "measure",
            &POLES,
            "value",
            picture::Title {
                id: "fig-polarization",
                title: Words::new("Polarization of the regions", "地区的极化程度"),
                axis: Axis::new(Words::new("Index", "指数")),
            },
        ));
    }
}

fn table(context: Context<'_>, grouping: &str, section: &mut Section) {
    let Some(groups) = context.table(&format!("theil-{grouping}"), "groups") else { return };
    let last = super::agglomeration::last_period(groups);
    let rows = groups.rows(&[("period", &last)]);
    let inside = context.table(&format!("dagum-{grouping}"), "groups");
    let gini = move |row: usize| {
        let keys = (groups.text(row, "period"), groups.text(row, "group"));
        let found = inside
            .and_then(|view| Some((view, view.row(&[("period", &keys.0), ("group", &keys.1)])?)));
        match found {
            Some((view, row)) => view.bound(row, "gini", Format::Decimals(3)),
            None => Format::Plain.bound(Datum::Gap(agglo_core::Gap::NotApplicable), None),
        }
    };
    let name = grouping.to_owned();
    let table = Columns::of(groups)
        .words("Group", "地区组", move |row| context.group(&name, &groups.text(row, "group")))
        .number("Share of value", "数值份额", "value_share", Format::Percent(1))
        .number("Share of weight", "权重份额", "weight_share", Format::Percent(1))
        .number("Theil within", "组内泰尔", "inner", Format::Decimals(3))
        .number("Contribution", "贡献", "contribution", Format::Decimals(3))
        .numbers("Gini within", "组内基尼", gini);
    section.push(table.block(
        &format!("table-theil-{grouping}"),
        "Inequality within each group, last year",
        "各组内部的不平等（最近年份）",
        &rows,
        12,
    ));
}

/// Those of `known` that `keys` names, in the order of `keys`.
fn chosen(
    keys: &[&str],
    known: &[(&'static str, &'static str, &'static str)],
) -> Vec<(&'static str, &'static str, &'static str)> {
    keys.iter().filter_map(|key| known.iter().find(|(code, ..)| code == key).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_that_disagree_are_both_named() {
        let (up, down) = ([Bound::name("Gini", "基尼系数")], [Bound::name("Theil L", "泰尔 L")]);
        let said = |risen: &[Bound], fallen: &[Bound]| {
            let sentence = direction(risen, fallen).bind("y0", Bound::same("1992", None));
            assert!(sentence.faults().is_empty(), "{:?}", sentence.faults());
            sentence.text(Lang::En)
        };
        assert!(said(&up, &down).contains("risen are Gini; fallen are Theil L"));
        assert!(said(&up, &[]).contains("risen by every measure"));
        assert!(said(&[], &down).contains("fallen by every measure"));
    }
}
