//! `agglo check`.

use std::path::Path;
use std::process::ExitCode;

use agglo_core::Lang;
use serde_json::json;

use crate::failure::{Failure, code};
use crate::output;
use crate::settings::Settings;

pub(crate) fn run(settings: &Settings) -> Result<ExitCode, Failure> {
    let report = agglo_study::run::check(Path::new("."))?;
    let found = report.tables.diagnostics();
    let lang = settings.lang();
    if settings.json {
        let diagnostics: Vec<_> = found
            .iter()
            .map(|d| {
                json!({
                    "code": d.code, "severity": d.severity.word(), "file": d.file,
                    "sheet": d.sheet, "row": d.row, "column": d.column, "found": d.found,
                    "message": d.message, "remedy": d.remedy, "more": d.count,
                })
            })
            .collect();
        let value = json!({
            "findings": diagnostics,
            "data": report.tables.records(),
            "unlocked": report.plan.steps.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(),
            "locked": report.plan.locked.iter()
                .map(|l| json!({ "method": l.method.id, "needs": l.needs.get(lang) }))
                .collect::<Vec<_>>(),
        });
        output::print(&format!("{value:#}\n"))?;
    } else {
        let mut text = String::new();
        for diagnostic in found {
            text.push_str(&format!("{diagnostic}\n"));
        }
        for data in report.tables.records() {
            let (name, reader, encoding) = (&data.name, &data.reader, &data.encoding);
            let (read, used, rejected) = (data.rows_read, data.rows_used, data.rows_rejected);
            text.push_str(&match lang {
                Lang::En => format!(
                    "{name}: {reader}, {encoding}; {read} rows read = {used} used + {rejected} \
                     rejected\n"
                ),
                Lang::Zh => format!(
                    "{name}：{reader}，{encoding}；读入 {read} 行 = 采用 {used} 行 + 拒绝 {rejected} 行\n"
                ),
            });
        }
        let methods: std::collections::BTreeSet<&str> =
            report.plan.steps.iter().map(|step| step.method.id).collect();
        let methods = methods.into_iter().collect::<Vec<_>>().join(", ");
        text.push_str(&match lang {
            Lang::En => format!("unlocked: {methods}\n"),
            Lang::Zh => format!("可用方法：{methods}\n"),
        });
        for locked in &report.plan.locked {
            let (title, needs) = (locked.method.title.get(lang), locked.needs.get(lang));
            text.push_str(&match lang {
                Lang::En => format!("locked: {title} needs {needs}\n"),
                Lang::Zh => format!("尚缺：{title}需要{needs}\n"),
            });
        }
        output::print(&text)?;
    }
    let clean = found.iter().all(|d| d.severity == agglo_data::Severity::Note);
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::from(code::FOUND) })
}
