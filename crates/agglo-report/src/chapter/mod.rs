//! What each chapter says. Every number is looked up in a finding; every sentence is written in
//! both languages at once.

use agglo_core::Lang;
use agglo_figure::Words;
use agglo_study::Findings;

use crate::context::{Context, TableView};
use crate::document::{Block, Document, TableBlock};
use crate::format::Format;
use crate::sentence::{Bound, Sentence};

mod agglomeration;
mod annex;
mod chains;
mod claims;
mod clusters;
mod convergence;
mod inequality;
mod leaders;
mod overview;
mod problems;
mod regression;
mod space;
mod summary;
mod together;
mod transfer;

/// The whole report of a study.
pub fn report(findings: &Findings) -> Document {
    let context = Context { findings };
    let spec = &findings.spec;
    let words = |w: &agglo_study::spec::Words| Words::new(w.get(Lang::En), w.get(Lang::Zh));
    let banner = spec.study.artificial.then(|| {
        Words::new(
            "Artificial data: this country does not exist. Nothing here describes a real place.",
            "人造数据：该国并不存在，报告内容不描述任何真实地区。",
        )
    });
    let mut sections = vec![
        summary::section(context),
        overview::section(context),
        agglomeration::section(context),
        transfer::section(context),
        clusters::section(context),
        problems::section(context),
        leaders::section(context),
        claims::section(context),
    ];
    sections.retain(|section| !section.blocks.is_empty());
    sections.extend(annex::sections(context));
    Document {
        title: words(&spec.study.title),
        subtitle: annex::subtitle(context),
        banner,
        sections,
        colophon: annex::colophon(context),
    }
}

/// How a cell of a table is written, by the finding's row.
type Cell<'a> = Box<dyn Fn(usize) -> Bound + 'a>;

/// A table of chosen columns and rows of a finding.
pub(crate) struct Columns<'a> {
    view: TableView<'a>,
    columns: Vec<(Words, bool, Cell<'a>)>,
}

impl<'a> Columns<'a> {
    pub(crate) fn of(view: TableView<'a>) -> Columns<'a> {
        Columns { view, columns: Vec::new() }
    }

    /// With a column of names or other words.
    pub(crate) fn words(
        mut self,
        en: &str,
        zh: &str,
        cell: impl Fn(usize) -> Bound + 'a,
    ) -> Columns<'a> {
        self.columns.push((Words::new(en, zh), false, Box::new(cell)));
        self
    }

    /// With a column of the finding, as numbers.
    pub(crate) fn number(
        mut self,
        en: &str,
        zh: &str,
        column: &'static str,
        format: Format,
    ) -> Columns<'a> {
        let view = self.view;
        let cell = move |row: usize| view.bound(row, column, format);
        self.columns.push((Words::new(en, zh), true, Box::new(cell)));
        self
    }

    /// With a column of numbers from elsewhere.
    pub(crate) fn numbers(
        mut self,
        en: &str,
        zh: &str,
        cell: impl Fn(usize) -> Bound + 'a,
    ) -> Columns<'a> {
        self.columns.push((Words::new(en, zh), true, Box::new(cell)));
        self
    }

    /// With a text column of the finding as it is.
    pub(crate) fn plain(self, en: &str, zh: &str, column: &'static str) -> Columns<'a> {
        let view = self.view;
        self.words(en, zh, move |row| Bound::same(view.text(row, column), None))
    }

    /// The first `n` of `rows` as a block.
    pub(crate) fn block(self, id: &str, en: &str, zh: &str, rows: &[usize], n: usize) -> Block {
        let shown = &rows[..rows.len().min(n)];
        Block::Table(TableBlock {
            id: id.to_owned(),
            title: Words::new(en, zh),
            columns: self.columns.iter().map(|(title, num, _)| (title.clone(), *num)).collect(),
            rows: shown
                .iter()
                .map(|&row| self.columns.iter().map(|(_, _, cell)| cell(row)).collect())
                .collect(),
            n_more: rows.len() - shown.len(),
            origin: self.view.origin(),
        })
    }
}

/// The first and the last period in which the row of `code` in the column `key` has its first number.
pub(crate) fn ends(view: TableView<'_>, code: &str, key: &str) -> Option<(String, String)> {
    let rows = view.rows(&[(key, code)]);
    let column = view.value_column();
    let known: Vec<String> = rows
        .into_iter()
        .filter(|&row| view.number(row, column).is_some())
        .map(|row| view.text(row, "period"))
        .collect();
    Some((known.first()?.clone(), known.last()?.clone()))
}

/// A p-value with its sign: `= 0.046`, or `< 0.001` where three decimals would show nothing.
pub(crate) fn p_value(view: TableView<'_>, row: usize, column: &str) -> Bound {
    let bound = view.bound(row, column, Format::Decimals(3));
    let sign = |text: &str| match view.number(row, column) {
        Some(p) if p < 0.0005 => "< 0.001".to_owned(),
        Some(_) => format!("= {text}"),
        None => text.to_owned(),
    };
    Bound { en: sign(&bound.en), zh: sign(&bound.zh), ..bound }
}

/// What the values of the table `input` of a step are.
pub(crate) fn subject(view: TableView<'_>, input: &str) -> Bound {
    let inputs = &view.finding().record.inputs;
    match inputs.get(input).and_then(|input| input.columns.get("value")).map(String::as_str) {
        Some("gdp / population") => Bound::name("GDP per head", "人均地区生产总值"),
        _ => Bound::name("the regions' totals", "各地区总量"),
    }
}

/// Words of a code that methods answer with, such as `persistent-out` or `problem`.
pub(crate) fn term(code: &str) -> Bound {
    if let Some((_, en, zh)) = INTENSITIES.iter().find(|(letter, _, _)| *letter == code) {
        return Bound::name(*en, *zh);
    }
    let zh = TERMS.iter().find(|(en, _)| *en == code).map_or(code, |(_, zh)| zh);
    Bound::name(code.replace('-', " "), zh.to_owned())
}

/// The letters of factor intensity in full.
const INTENSITIES: [(&str, &str, &str); 3] = [
    ("L", "labor-intensive industries", "劳动密集型产业"),
    ("C", "capital-intensive industries", "资本密集型产业"),
    ("T", "technology-intensive industries", "技术密集型产业"),
];

/// Terms that methods answer with, in both languages: also the report's glossary.
pub(crate) const TERMS: [(&str, &str); 45] = [
    ("in", "转入"),
    ("out", "转出"),
    ("stable", "稳定"),
    ("persistent-in", "持续转入"),
    ("persistent-out", "持续转出"),
    ("mainly-in", "以转入为主"),
    ("mainly-out", "以转出为主"),
    ("in-to-out", "由转入变为转出"),
    ("out-to-in", "由转出变为转入"),
    ("mixed", "反复"),
    ("absolute-out", "绝对转出"),
    ("relative-out", "相对转出"),
    ("defensive-in", "防御性转入"),
    ("new-industry", "新兴产业"),
    ("vanished-industry", "消失的产业"),
    ("all", "全部"),
    ("none", "无"),
    ("watch", "关注"),
    ("problem", "问题"),
    ("yes", "是"),
    ("no", "否"),
    ("dispersed", "分散"),
    ("moderate", "中度集聚"),
    ("strong", "高度集聚"),
    ("develop", "优先发展"),
    ("safe", "稳妥"),
    ("risky", "高风险"),
    ("avoid", "回避"),
    ("professional-radiation", "专业辐射型"),
    ("resource-driven", "资源带动型"),
    ("leading-enterprise", "龙头企业带动型"),
    ("industry-undertaking", "产业承接型"),
    ("undetermined", "无法判定"),
    ("labor", "劳动密集型"),
    ("capital", "资本密集型"),
    ("technology", "技术密集型"),
    ("pre-industrial", "前工业化"),
    ("early", "工业化初期"),
    ("middle", "工业化中期"),
    ("late", "工业化后期"),
    ("post-industrial", "后工业化"),
    ("I", "前半阶段"),
    ("II", "后半阶段"),
    ("high", "高"),
    ("low", "低"),
];

/// A sentence for a step that was asked and has no answer.
pub(crate) fn refusal(context: Context<'_>, step: &str) -> Option<Sentence> {
    let finding = context.findings.any(step)?;
    let reason = finding.record.reason.as_ref()?;
    Some(
        Sentence::new("{method}: no answer. {reason}.", "{method}：无法回答。{reason}")
            .bind("method", Bound::name(finding.method.title.en, finding.method.title.zh))
            .bind("reason", Bound::same(reason.clone(), None)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_that_methods_answer_with_has_its_chinese_word() {
        assert_eq!(term("persistent-out").get(Lang::Zh), "持续转出");
        assert_eq!(term("something else").get(Lang::Zh), "something else");
    }
}
