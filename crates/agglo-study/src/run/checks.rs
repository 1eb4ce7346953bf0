//! The checks of `agglo check` on the tables of a study.

use std::collections::BTreeMap;

use agglo_data::{CheckInput, CheckResult, DeclaredBreak, ReadSpec, Table};

use crate::harmonize::check_editions;
use crate::spec::{DataSpec, Spec};

/// Checks every table of the study against itself, the codes, and what the study file declares.
pub(super) fn check(spec: &Spec, read: &BTreeMap<String, (Table, String)>) -> CheckResult {
    let tables: Vec<&Table> = read.values().map(|(table, _)| table).collect();
    let sources: Vec<ReadSpec> = spec.data.iter().map(DataSpec::read_spec).collect();
    let breaks: Vec<DeclaredBreak> = spec
        .data
        .iter()
        .flat_map(|block| {
            let measures: Vec<String> = block.columns.keys().chain(&block.value).cloned().collect();
            block.breaks.iter().map(move |declared| DeclaredBreak {
                table: block.table.clone(),
                measures: measures.clone(),
                period: declared.year,
            })
        })
        .collect();
    let frame = |name: &str| read.get(name).map(|(table, _)| &table.frame);
    let mut result = agglo_data::check(&CheckInput {
        tables: &tables,
        sources: &sources,
        breaks: &breaks,
        regions: frame("region"),
        industries: frame("industry"),
        ..CheckInput::default()
    });
    if let Some(activity) = frame("activity") {
        result.diagnostics.extend(check_editions(spec, activity));
    }
    result
}
