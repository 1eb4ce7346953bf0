//! The report for people: one block per finding, one line per table, counts, and what next.

use std::collections::BTreeSet;

use agglo_core::Lang;
use agglo_data::Severity;
use agglo_study::record::DataRecord;
use agglo_study::run::CheckReport;

use super::{counts, either};

pub(super) fn report(report: &CheckReport, lang: Lang) -> String {
    let found = report.tables.diagnostics();
    let mut text = String::new();
    for diagnostic in found {
        text.push_str(&format!("{diagnostic}\n"));
    }
    for data in report.tables.records() {
        text.push_str(&account(data, lang));
    }
    let methods: BTreeSet<&str> = report.plan.steps.iter().map(|step| step.method.id).collect();
    let methods = methods.into_iter().collect::<Vec<_>>().join(", ");
    text.push_str(&either(
        lang,
        format!("unlocked: {methods}\n"),
        format!("可用方法：{methods}\n"),
    ));
    for locked in &report.plan.locked {
        let (title, needs) = (locked.method.title.get(lang), locked.needs.get(lang));
        text.push_str(&either(
            lang,
            format!("locked: {title} needs {needs}\n"),
            format!("尚缺：{title}需要{needs}\n"),
        ));
    }
    for (code, severity, n) in counts(found) {
        let title = agglo_data::code(code).map_or("", |info| info.title);
        let word = severity.word();
        text.push_str(&format!("{n:>6} {code} {word}: {title}\n"));
    }
    text.push_str(&next(report, lang));
    text
}

/// Every row of a block of data, and what its reader remarked.
fn account(data: &DataRecord, lang: Lang) -> String {
    let (name, reader, encoding) = (&data.name, &data.reader, &data.encoding);
    let (read, used, rejected) = (data.rows_read, data.rows_used, data.rows_rejected);
    let (totals, filtered, remarks) = (data.rows_totals, data.rows_filtered, data.rows_notes);
    let mut text = either(
        lang,
        format!(
            "{name}: {reader}, {encoding}; {read} rows read = {used} used + {rejected} rejected; totals \
             among the used: {totals}; besides, left aside by a filter or level: {filtered}, lines of \
             remarks: {remarks}\n"
        ),
        format!(
            "{name}：{reader}，{encoding}；读入 {read} 行 = 采用 {used} 行 + 拒绝 {rejected} 行；采用行中合计 \
             {totals} 行；另有按筛选或层级略去的 {filtered} 行、附注 {remarks} 行\n"
        ),
    );
    for note in &data.notes {
        let note = either(lang, note.en.as_str(), note.zh.as_str());
        text.push_str(&format!("  {note}\n"));
    }
    text
}

/// The next command to type.
fn next(report: &CheckReport, lang: Lang) -> String {
    let found = report.tables.diagnostics();
    let n_fixes = found.iter().filter(|diagnostic| diagnostic.fix.is_some()).count();
    let doubtful = found.iter().find(|diagnostic| diagnostic.severity != Severity::Note);
    match doubtful {
        _ if n_fixes > 0 => either(
            lang,
            format!("next: agglo check --fix --dry-run    {n_fixes} findings can be settled\n"),
            format!("下一步：agglo check --fix --dry-run    {n_fixes} 项可自动处理\n"),
        ),
        Some(diagnostic) => either(
            lang,
            format!("next: agglo explain {}\n", diagnostic.code),
            format!("下一步：agglo explain {}\n", diagnostic.code),
        ),
        None => either(
            lang,
            "nothing doubtful found\nnext: agglo run\n",
            "未发现可疑之处\n下一步：agglo run\n",
        ),
    }
}
