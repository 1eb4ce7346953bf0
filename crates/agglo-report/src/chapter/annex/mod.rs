//! Annexes: methods and formulas, what was read, crosswalks, withheld cells, notes, lock line, glossary.

use agglo_core::Lang;
use agglo_figure::Words;

mod crosswalks;
mod data;
mod withheld;

use super::TERMS;
use crate::context::Context;
use crate::document::{Block, Origin, Section, TableBlock};
use crate::sentence::{Bound, Sentence};

pub(super) fn sections(context: Context<'_>) -> Vec<Section> {
    let annexes = [
        methods(context),
        data::section(context),
        crosswalks::section(context),
        withheld::section(context),
        notes(context),
        glossary(),
    ];
    let mut annexes: Vec<Section> =
        annexes.into_iter().filter(|section| !section.blocks.is_empty()).collect();
    for (place, section) in annexes.iter_mut().enumerate() {
        let (letter, numeral) = NUMERALS[place];
        let Words { en, zh } = &section.title;
        section.title = Words::new(format!("Annex {letter}: {en}"), format!("附录{numeral}：{zh}"));
    }
    annexes
}

/// How annexes are numbered, in English and in Chinese.
const NUMERALS: [(char, char); 6] =
    [('A', '一'), ('B', '二'), ('C', '三'), ('D', '四'), ('E', '五'), ('F', '六')];

/// A note as an item of a list.
fn note_sentence(en: &str, zh: &str) -> Sentence {
    Sentence::new("{note}", "{note}").bind("note", Bound::name(en, zh))
}

/// The line under the title: measure, levels, years.
pub(super) fn subtitle(context: Context<'_>) -> Words {
    let spec = &context.findings.spec;
    let (measure, unit) = context.measure();
    let years = spec.study.period.map_or(String::new(), |p| format!(", {}–{}", p.from, p.to));
    let (level, industries) = (&spec.geo.level, &spec.industry.level);
    let part = |text: &str, before: &str| {
        if text.is_empty() { String::new() } else { format!("{before}{text}") }
    };
    Words::new(
        format!(
            "{measure} ({unit}){}{}{years}",
            part(level, ", regions: "),
            part(industries, ", industries: ")
        ),
        format!(
            "{measure}（{unit}）{}{}{}",
            part(level, "，地区层级："),
            part(industries, "，行业层级："),
            years.replace(", ", "，").replace('–', "—")
        ),
    )
}

/// Version, seed and how to get the same numbers again.
pub(super) fn colophon(context: Context<'_>) -> Vec<Words> {
    let run = &context.findings.run;
    let spec = &context.findings.spec;
    let mut lines = vec![Words::new(
        format!(
            "agglo {} (code {}), study {}, seed {}. The same tables, study file and version give the \
             same numbers to the last digit; agglo.lock lists their hashes.",
            run.version, run.code, run.study, run.seed
        ),
        format!(
            "agglo {}（代码 {}），研究 {}，随机种子 {}。相同的数据、研究文件与版本给出逐位相同的结果；哈希值见 agglo.lock。",
            run.version, run.code, run.study, run.seed
        ),
    )];
    if let Some(notice) = &spec.geo.map_notice {
        lines.push(Words::new(notice.get(Lang::En), notice.get(Lang::Zh)));
    }
    lines
}

fn table(
    id: &str,
    en: &str,
    zh: &str,
    columns: &[(&str, &str, bool)],
    rows: Vec<Vec<Bound>>,
) -> Block {
    Block::Table(table_block(id, Words::new(en, zh), columns, rows))
}

fn table_block(
    id: &str,
    title: Words,
    columns: &[(&str, &str, bool)],
    rows: Vec<Vec<Bound>>,
) -> TableBlock {
    TableBlock {
        id: id.to_owned(),
        title,
        columns: columns.iter().map(|(en, zh, num)| (Words::new(*en, *zh), *num)).collect(),
        rows,
        n_more: 0,
        origin: Origin::default(),
    }
}

/// The source of a method and how sure it is, said once where they are the same.
fn source(method: &agglo_methods::Method) -> Bound {
    let (source, mark) = (method.source, method.mark.title());
    if source == mark.en {
        return Bound::name(mark.en, mark.zh);
    }
    Bound::name(format!("{source} ({})", mark.en), format!("{source}（{}）", mark.zh))
}

fn methods(context: Context<'_>) -> Section {
    let mut section = Section::new("methods", "methods and formulas", "方法与公式");
    let rows = context
        .findings
        .all()
        .map(|finding| {
            let method = finding.method;
            let options: Vec<String> = finding
                .record
                .options
                .iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| format!("{name} = {value}"))
                .collect();
            vec![
                Bound::same(finding.record.step.clone(), None),
                Bound::name(method.title.en, method.title.zh),
                Bound::same(finding.record.variant.clone(), None),
                Bound::same(options.join("; "), None),
                Bound::same(method.formula, None),
                source(method),
            ]
        })
        .collect();
    section.push(table(
        "table-methods",
        "Every step, its definition, its choices",
        "全部步骤、定义与选项",
        &[
            ("Step", "步骤", false),
            ("Method", "方法", false),
            ("Variant", "变体", false),
            ("Options", "选项", false),
            ("Formula", "公式", false),
            ("Source", "来源", false),
        ],
        rows,
    ));
    section
}

fn notes(context: Context<'_>) -> Section {
    let mut section = Section::new("notes", "notes", "说明");
    let sentences: Vec<Sentence> = context
        .findings
        .notes()
        .into_iter()
        .map(|note| note_sentence(&note.en, &note.zh))
        .collect();
    if !sentences.is_empty() {
        section.push(Block::List(sentences));
    }
    section
}

fn glossary() -> Section {
    let mut section = Section::new("glossary", "glossary", "术语对照");
    let rows =
        TERMS.iter().map(|(en, zh)| vec![Bound::same(*en, None), Bound::same(*zh, None)]).collect();
    section.push(table(
        "table-glossary",
        "Terms in both languages",
        "中英术语对照",
        &[("English", "英文", false), ("Chinese", "中文", false)],
        rows,
    ));
    section
}
