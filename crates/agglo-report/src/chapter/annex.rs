//! Annexes: methods and formulas, data and flags, notes, lock line, glossary.

use agglo_core::Lang;
use agglo_figure::Words;

use super::TERMS;
use crate::context::Context;
use crate::document::{Block, Origin, Section, TableBlock};
use crate::format::Format;
use crate::sentence::{Bound, Sentence};

pub(super) fn sections(context: Context<'_>) -> Vec<Section> {
    vec![methods(context), data(context), notes(context), glossary()]
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
    Block::Table(TableBlock {
        id: id.to_owned(),
        title: Words::new(en, zh),
        columns: columns.iter().map(|(en, zh, num)| (Words::new(*en, *zh), *num)).collect(),
        rows,
        n_more: 0,
        origin: Origin::default(),
    })
}

fn methods(context: Context<'_>) -> Section {
    let mut section =
        Section::new("methods", "Annex A: methods and formulas", "附录一：方法与公式");
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
                Bound::name(
                    format!("{} ({})", method.source, method.mark.title().en),
                    format!("{}（{}）", method.source, method.mark.title().zh),
                ),
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

fn data(context: Context<'_>) -> Section {
    let mut section = Section::new("data", "Annex B: data and flags", "附录二：数据与标记");
    let spec = &context.findings.spec;
    let rows = context
        .findings
        .run
        .data
        .iter()
        .map(|record| {
            let block = spec.data.iter().find(|data| data.name == record.name);
            let source = |lang| block.map_or("", |data| data.source.get(lang)).to_owned();
            let breaks = |lang: Lang| {
                let breaks = block.into_iter().flat_map(|data| &data.breaks);
                breaks
                    .map(|b| format!("{}: {}", b.year, b.why.get(lang)))
                    .collect::<Vec<_>>()
                    .join("; ")
            };
            let whole = |n: u64| Bound::same(Format::Whole.number(n as f64), None);
            vec![
                Bound::same(record.name.clone(), None),
                Bound::same(record.files.keys().cloned().collect::<Vec<_>>().join(", "), None),
                whole(record.rows_read),
                whole(record.rows_used),
                whole(record.rows_rejected),
                Bound::name(source(Lang::En), source(Lang::Zh)),
                Bound::name(breaks(Lang::En), breaks(Lang::Zh)),
            ]
        })
        .collect();
    section.push(table(
        "table-data",
        "Tables read: rows read = rows used + rows rejected",
        "读入的数据表：读入行数 = 采用行数 + 拒绝行数",
        &[
            ("Table", "数据表", false),
            ("Files", "文件", false),
            ("Rows read", "读入行", true),
            ("Used", "采用", true),
            ("Rejected", "拒绝", true),
            ("Source", "来源", false),
            ("Declared breaks", "已声明的口径变化", false),
        ],
        rows,
    ));
    section
}

fn notes(context: Context<'_>) -> Section {
    let mut section = Section::new("notes", "Annex C: notes", "附录三：说明");
    let sentences: Vec<Sentence> = context
        .findings
        .notes()
        .into_iter()
        .map(|note| {
            Sentence::new("{note}", "{note}")
                .bind("note", Bound::name(note.en.clone(), note.zh.clone()))
        })
        .collect();
    if !sentences.is_empty() {
        section.push(Block::List(sentences));
    }
    section
}

fn glossary() -> Section {
    let mut section = Section::new("glossary", "Annex D: glossary", "附录四：术语对照");
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
