//! Claims: does the data say what is said of it? Yes, no, or not identified.

use super::{Columns, regression};
use crate::context::Context;
use crate::document::Section;
use crate::format::Format;
use crate::sentence::{Bound, Sentence};

/// Codes of `claims`, in words of both languages.
const WORDS: [(&str, &str, &str); 35] = [
    ("agglomeration-then-dispersion", "agglomeration first, then dispersion", "先集聚、后分散"),
    ("turning-year", "the turn came in the year that is claimed", "转折发生在所称年份"),
    (
        "large-dispersion-small-concentration",
        "dispersed over large areas, concentrated within them",
        "大分散、小集中",
    ),
    (
        "concentration-falls-with-development",
        "concentration falls as income per head rises",
        "集聚度随人均收入上升而下降",
    ),
    (
        "stronger-clusters-where-industrialized",
        "clusters are stronger where industrialization is further",
        "工业化水平越高，集群越强",
    ),
    (
        "industrialized-without-clusters",
        "some regions are industrialized and have weak clusters",
        "存在工业化水平高而集群弱的地区",
    ),
    ("yes", "yes", "是"),
    ("no", "no", "否"),
    ("not identified", "not identified", "无法识别"),
    ("rise-then-fall", "rose, then fell", "先升后降"),
    ("fall-then-rise", "fell, then rose", "先降后升"),
    ("rises-throughout", "rose throughout", "持续上升"),
    ("falls-throughout", "fell throughout", "持续下降"),
    ("year-out-of-range", "the year lies outside the data", "年份超出数据范围"),
    ("interval-holds-the-year", "the interval of a break holds the year", "断点区间包含该年"),
    ("break-in-another-year", "the breaks lie in other years", "断点位于其他年份"),
    ("interval-too-wide-or-unknown", "the interval is too wide or unknown", "区间过宽或未知"),
    ("no-break", "there is no break", "没有断点"),
    ("no-year-asked", "no year was asked about", "未指定年份"),
    ("more-within-than-between", "more of it within than between", "区域内大于区域间"),
    ("more-between-than-within", "more of it between than within", "区域间大于区域内"),
    ("falls-with-development", "it falls with income", "随收入下降"),
    ("rises-with-development", "it rises with income", "随收入上升"),
    ("development-does-not-vary", "income does not vary", "收入无变化"),
    ("effects-not-separable", "the effects cannot be told apart", "效应无法分离"),
    ("no-data", "no data", "无数据"),
    ("positive-rank-correlation", "the ranks go together", "排名正相关"),
    ("negative-rank-correlation", "the ranks go against each other", "排名负相关"),
    ("regions-listed", "such regions are listed", "已列出此类地区"),
    ("no-such-region", "there is none", "没有此类地区"),
    ("too-few-periods", "too few years", "年份过少"),
    ("too-few-units", "too few industries or regions", "行业或地区过少"),
    ("too-few-regions", "too few regions", "地区过少"),
    ("no-variation", "nothing varies", "无差异"),
    ("not-significant", "not beyond chance", "不显著"),
];

fn words(code: &str) -> Bound {
    if code == "no-table" {
        return Bound::name("the study lacks the table", "研究缺少该表");
    }
    let known = WORDS.iter().find(|(known, ..)| *known == code);
    known.map_or_else(|| super::term(code), |(_, en, zh)| Bound::name(*en, *zh))
}

pub(super) fn section(context: Context<'_>) -> Section {
    let mut section = Section::new("claims", "Claims against the data", "论断与数据");
    claims(context, &mut section);
    regression::blocks(context, &mut section);
    section
}

fn claims(context: Context<'_>, section: &mut Section) {
    let Some(claims) = context.table("claims", "claims") else { return };
    section.paragraph(vec![Sentence::new(
        "What is said of industry in space, held against these data: yes where they reject the opposite, no where \
         they reject the claim, not identified where they do neither.",
        "以本研究数据检验有关产业空间的论断：数据拒绝其反面者为“是”，拒绝论断者为“否”，两者皆非者为“无法识别”。",
    )]);
    let rows: Vec<usize> = (0..claims.n_rows()).collect();
    let table = Columns::of(claims)
        .words("Claim", "论断", move |row| words(&claims.text(row, "claim")))
        .words("Answer", "答案", move |row| words(&claims.text(row, "answer")))
        .words("Because", "理由", move |row| words(&claims.text(row, "reason")))
        .plain("Test", "检验", "test")
        .number("p", "p 值", "p_value", Format::Decimals(3))
        .number("Observations", "观测数", "n", Format::Whole);
    section.push(table.block(
        "table-claims",
        "Six claims and what these data say",
        "六项论断与数据的回答",
        &rows,
        12,
    ));
}

#[cfg(test)]
mod tests {
    use agglo_core::Lang;

    use super::words;

    #[test]
    fn every_code_has_words_in_both_languages() {
        assert_eq!(words("rise-then-fall").get(Lang::Zh), "先升后降");
        assert_eq!(words("no-table").get(Lang::En), "the study lacks the table");
    }
}
