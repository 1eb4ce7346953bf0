//! The report as one JSON object.

use agglo_core::Lang;
use agglo_data::{CellCounts, Coverage, CoverageAxis, Diagnostic};
use agglo_study::run::CheckReport;
use serde_json::{Map, Value, json};

use super::counts;

pub(super) fn report(report: &CheckReport, lang: Lang) -> Value {
    let found = report.tables.diagnostics();
    let counts: Map<String, Value> =
        counts(found).into_iter().map(|(code, _, n)| (code.to_owned(), n.into())).collect();
    json!({
        "findings": found.iter().map(finding).collect::<Vec<_>>(),
        "counts": counts,
        "data": report.tables.records(),
        "coverage": report.tables.coverage().iter().map(coverage).collect::<Vec<_>>(),
        "unlocked": report.plan.steps.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(),
        "locked": report.plan.locked.iter()
            .map(|l| json!({ "method": l.method.id, "needs": l.needs.get(lang) }))
            .collect::<Vec<_>>(),
    })
}

fn finding(d: &Diagnostic) -> Value {
    let fix = d.fix.as_ref().map(|fix| {
        let settings = fix.settings.iter().map(|s| (s.key.clone(), Value::from(s.value.clone())));
        json!({ "block": fix.block, "settings": settings.collect::<Map<_, _>>() })
    });
    json!({
        "code": d.code, "severity": d.severity.word(), "file": d.file, "sheet": d.sheet,
        "row": d.row, "column": d.column, "found": d.found, "message": d.message,
        "remedy": d.remedy, "more": d.count, "fix": fix,
    })
}

/// Rows of cells in the order of `periods`; a cell says only what is not zero.
fn coverage(coverage: &Coverage) -> Value {
    let rows = coverage.rows.iter().enumerate().map(|(place, code)| {
        json!({
            "code": code.as_ref(),
            "cells": coverage.row(place).iter().map(cell).collect::<Vec<_>>(),
        })
    });
    json!({
        "table": coverage.table,
        "measures": coverage.measures,
        "axis": match coverage.axis {
            CoverageAxis::Region => "region",
            CoverageAxis::Industry => "industry",
        },
        "periods": coverage.periods,
        "total": cell(&coverage.total()),
        "rows": rows.collect::<Vec<_>>(),
    })
}

fn cell(cell: &CellCounts) -> Value {
    let kinds = [
        ("numbers", cell.numbers),
        ("zeros", cell.zeros),
        ("missing", cell.missing),
        ("suppressed", cell.suppressed),
        ("below_unit", cell.below_unit),
        ("not_applicable", cell.not_applicable),
        ("absent", cell.absent),
    ];
    let mut object = Map::from_iter([("expected".to_owned(), Value::from(cell.expected))]);
    let said = kinds.iter().filter(|(_, n)| *n > 0);
    object.extend(said.map(|(kind, n)| ((*kind).to_owned(), Value::from(*n))));
    Value::Object(object)
}
