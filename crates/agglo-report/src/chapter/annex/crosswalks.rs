//! Annex on crosswalks: what crossed a split, which codes are unknown, and which results hang on it.

use std::collections::BTreeSet;

use agglo_core::{Datum, Frame};
use agglo_figure::Words;
use agglo_study::Finding;
use agglo_study::run::{CrosswalkAudit, crosswalk_audits};

use super::table_block;
use crate::context::Context;
use crate::document::{Block, Origin, Section};
use crate::format::Format;
use crate::sentence::{Bound, Sentence};

/// Rows of a table that the page shows.
const SHOWN: usize = 20;

pub(super) fn section(context: Context<'_>) -> Section {
    let mut section = Section::new("crosswalks", "crosswalks", "代码转换");
    let spec = &context.findings.spec;
    let audits = crosswalk_audits(&context.findings.root, spec).unwrap_or_default();
    for (place, audit) in audits.iter().enumerate() {
        let id = format!("table-crosswalk-{}", place + 1);
        let (en, zh) = title(audit);
        section.heading(&en, &zh);
        section.paragraph(vec![counts(audit)]);
        crossings(audit, &id, &mut section);
        unknown(context, audit, &id, &mut section);
        hanging(context, audit, &id, &mut section);
    }
    section
}

fn title(audit: &CrosswalkAudit) -> (String, String) {
    let walk = &audit.crosswalk;
    let (from, to) = (&walk.from, &walk.to);
    let (to_en, to_zh) = if walk.common {
        (format!("the units common to both it and {to}"), format!("与 {to} 的共同单位"))
    } else {
        (to.clone(), to.clone())
    };
    let years = walk.period.map_or((String::new(), String::new()), |years| {
        let (first, last) = (years.from, years.to);
        (format!(", {first}–{last}"), format!("，{first}—{last} 年"))
    });
    (
        format!("{} of {}: from {from} to {to_en}{}", walk.column, walk.table, years.0),
        format!("{} 的 {}：由 {from} 转换为 {to_zh}{}", walk.table, walk.column, years.1),
    )
}

/// One row of an audit.
struct Row<'a> {
    audit: &'a Frame,
    row: usize,
}

impl Row<'_> {
    fn text(&self, column: &str) -> String {
        agglo_study::address::cell_text(self.audit, column, self.row).unwrap_or_default()
    }

    fn datum(&self, column: &str) -> Datum {
        let cells = self.audit.numbers(column).unwrap_or_default();
        cells.get(self.row).copied().unwrap_or(Datum::Gap(agglo_core::Gap::Missing))
    }

    /// For sorting, the largest first; a gap comes last.
    fn size(&self, column: &str) -> f64 {
        self.datum(column).number().map_or(f64::NEG_INFINITY, f64::abs)
    }

    fn bound(&self, column: &str, format: Format) -> Bound {
        format.bound(self.datum(column), None)
    }
}

fn rows<'a>(audit: &'a CrosswalkAudit, what: &str) -> Vec<Row<'a>> {
    let all = (0..audit.frame.n_rows()).map(|row| Row { audit: &audit.frame, row });
    all.filter(|row| row.text("what") == what).collect()
}

fn counts(audit: &CrosswalkAudit) -> Sentence {
    let count = |what| {
        let n = rows(audit, what).first().map_or(String::new(), |row| row.text("codes"));
        Bound::same(n, None)
    };
    Sentence::new(
        "Codes of the table that went whole to one code: {renamed}; that went whole to a code which took \
         others too: {merged}; that were split: {split}; that the crosswalk does not know: {unknown}.",
        "数据表的代码中，{renamed} 个整体对应一个代码，{merged} 个并入与其他代码共用的代码，{split} \
         个被拆分，{unknown} 个不在对照表中。",
    )
    .bind("renamed", count("one_to_one"))
    .bind("merged", count("merged"))
    .bind("split", count("split"))
    .bind("unknown", count("unmapped"))
}

/// By measure and period, the largest share that crossed a split first.
fn crossings(audit: &CrosswalkAudit, id: &str, section: &mut Section) {
    let unmapped = rows(audit, "unmapped_value");
    let mut crossed = rows(audit, "crossed_split");
    crossed.sort_by(|a, b| {
        let by = |column| b.size(column).total_cmp(&a.size(column));
        by("share").then(by("value")).then(a.row.cmp(&b.row))
    });
    let n_more = crossed.len().saturating_sub(SHOWN);
    let cells = crossed.iter().take(SHOWN).map(|row| {
        let own = |other: &&Row<'_>| {
            ["measure", "period"].iter().all(|key| other.text(key) == row.text(key))
        };
        let unknown = unmapped.iter().find(own);
        vec![
            Bound::same(row.text("measure"), None),
            Bound::same(row.text("period"), None),
            row.bound("value", Format::Short),
            row.bound("share", Format::Percent(2)),
            unknown.map_or(Bound::same("", None), |row| row.bound("value", Format::Short)),
            unknown.map_or(Bound::same("", None), |row| row.bound("share", Format::Percent(2))),
        ]
    });
    let title = Words::new(
        "What crossed a split, the largest share first; cells without a number are not counted",
        "经过拆分的数值（按所占比重由高到低；无数值的单元格不计）",
    );
    let columns = [
        ("Measure", "指标", false),
        ("Year", "年份", false),
        ("Crossed a split", "经过拆分", true),
        ("of all", "占全部", true),
        ("Under unknown codes", "未知代码", true),
        ("of all", "占全部", true),
    ];
    let mut block = table_block(id, title, &columns, cells.collect());
    block.n_more = n_more;
    block.origin = Origin { file: audit.file.clone(), ..Origin::default() };
    section.push(Block::Table(block));
}

/// The codes that the crosswalk does not know, by measure, the largest value first.
fn unknown(context: Context<'_>, audit: &CrosswalkAudit, id: &str, section: &mut Section) {
    let mut codes = rows(audit, "unmapped_code");
    if codes.is_empty() {
        return;
    }
    codes.sort_by(|a, b| {
        let by_size = b.size("value").total_cmp(&a.size("value"));
        a.text("measure").cmp(&b.text("measure")).then(by_size).then(a.row.cmp(&b.row))
    });
    let n_more = codes.len().saturating_sub(SHOWN);
    // What a code without a name holds may be what one firm holds.
    let confidential = context.findings.spec.disclosure.is_some();
    let cells = codes.iter().take(SHOWN).map(|row| {
        let value = if confidential {
            let withheld = Datum::Gap(agglo_core::Gap::Suppressed);
            Format::Short.bound(withheld, None)
        } else {
            row.bound("value", Format::Short)
        };
        vec![Bound::same(row.text("code"), None), Bound::same(row.text("measure"), None), value]
    });
    let columns = [("Code", "代码", false), ("Measure", "指标", false), ("Value", "数值", true)];
    let title = Words::new("Codes that the crosswalk does not know", "对照表中没有的代码");
    let mut block = table_block(&format!("{id}-unknown"), title, &columns, cells.collect());
    block.n_more = n_more;
    block.origin = Origin { file: audit.file.clone(), ..Origin::default() };
    section.push(Block::Table(block));
}

/// The codes whose values rest on weights, and the steps that draw on them.
fn hanging(context: Context<'_>, audit: &CrosswalkAudit, id: &str, section: &mut Section) {
    let column = audit.crosswalk.column.as_str();
    let codes: BTreeSet<String> =
        rows(audit, "hangs_on_split").iter().map(|row| row.text("code")).collect();
    if codes.is_empty() {
        section.paragraph(vec![Sentence::new(
            "No code was split, so no result hangs on a weight.",
            "没有代码被拆分，结果不依赖权重。",
        )]);
        return;
    }
    let name = |code: &String| match column {
        "region" => context.region(code),
        _ => context.industry(code),
    };
    let named = |code: &String| {
        let name = name(code);
        let with = |text: &str| if text == code { code.clone() } else { format!("{code} {text}") };
        Bound::name(with(&name.en), with(&name.zh))
    };
    let shown: Vec<Bound> = codes.iter().take(SHOWN).map(named).collect();
    let more = codes.len() - shown.len();
    let list = Context::list(&shown);
    let list = if more > 0 {
        Bound::name(format!("{} and {more} more", list.en), format!("{}等", list.zh))
    } else {
        list
    };
    section.paragraph(vec![
        Sentence::new(
            "{n} codes hang on a split: {codes}. Their values are shares of other codes' values, by the \
             weights of the crosswalk.",
            "{n} 个代码依赖拆分：{codes}。其数值按对照表权重由其他代码的数值分摊而来。",
        )
        .bind("n", Bound::same(codes.len().to_string(), None))
        .bind("codes", list),
    ]);
    let steps = drawing_on(context, &audit.crosswalk.table);
    let cells = steps.iter().map(|finding| {
        let (own, all) = rows_under(finding, column, &codes);
        let (en, zh) = if own == 0 {
            ("through all codes together".to_owned(), "通过全部代码".to_owned())
        } else {
            (format!("{own} of {all} rows"), format!("{all} 行中的 {own} 行"))
        };
        let method = finding.method.title;
        vec![
            Bound::same(finding.record.step.clone(), None),
            Bound::name(method.en, method.zh),
            Bound::name(en, zh),
        ]
    });
    let columns =
        [("Step", "步骤", false), ("Method", "方法", false), ("Hangs on it", "依赖方式", false)];
    let title = Words::new("Results that hang on a split", "依赖拆分的结果");
    let block = table_block(&format!("{id}-results"), title, &columns, cells.collect());
    section.push(Block::Table(block));
}

/// The answered steps that draw on a table, or on another such step, in the plan's order.
fn drawing_on<'a>(context: Context<'a>, table: &str) -> Vec<&'a Finding> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let mut steps = Vec::new();
    for finding in context.findings.all().filter(|finding| !finding.record.tables.is_empty()) {
        let draws = finding.record.inputs.values().any(|input| {
            // What is looked up elsewhere is written `SOURCE: COLUMN`.
            let joined = input.columns.values().filter_map(|from| from.rsplit_once(": "));
            let mut sources = joined.map(|(source, _)| source).chain([input.source.as_str()]);
            sources.any(|source| {
                let step = source.strip_prefix("step ");
                let step = step.and_then(|step| step.split(':').next());
                source.strip_prefix("table ") == Some(table)
                    || step.is_some_and(|step| found.contains(step))
            })
        });
        if draws {
            found.insert(&finding.record.step);
            steps.push(finding);
        }
    }
    steps
}

/// How many rows of a finding's tables stand under one of `codes`, and how many have a code at all.
fn rows_under(finding: &Finding, column: &str, codes: &BTreeSet<String>) -> (usize, usize) {
    let (mut own, mut all) = (0, 0);
    let tables = finding.method.outputs.iter().filter_map(|output| finding.table(output.name));
    for frame in tables {
        // Series by region or industry are named by its code.
        let other = |end: &str| format!("{column}_{end}");
        let names = [column.to_owned(), other("a"), other("b"), "series".to_owned()];
        let names: Vec<&String> = names.iter().filter(|name| frame.has(name)).collect();
        if names.is_empty() {
            continue;
        }
        let cell = |name: &str, row| agglo_study::address::cell_text(frame, name, row);
        let hangs = |row: &usize| {
            names.iter().any(|name| cell(name, *row).is_some_and(|code| codes.contains(&code)))
        };
        own += (0..frame.n_rows()).filter(hangs).count();
        all += frame.n_rows();
    }
    (own, all)
}
