//! Do the codes of a table occur in the tables of regions and industries?

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Frame, Key};

use crate::codes;
use crate::diagnostic::{Diagnostic, Sink, did_you_mean};
use crate::store::Table;

const REGION_COLUMNS: [&str; 4] = ["region", "from_region", "to_region", "previous_region"];
const INDUSTRY_COLUMNS: [&str; 2] = ["industry", "from_industry"];

/// Codes of `table` that neither `regions` nor `industries` lists, each with its first row.
///
/// A table given as `None` is not checked against. `regions` needs the column `region`,
/// `industries` the column `industry`.
pub fn check_codes(
    table: &Table,
    regions: Option<&Frame>,
    industries: Option<&Frame>,
) -> Vec<Diagnostic> {
    let mut sink = Sink::default();
    if let Some(known) = regions.and_then(|frame| known(frame, "region")) {
        let moves: &[&str] = if table.name == "relocation" { &["from", "to"] } else { &[] };
        for column in REGION_COLUMNS.iter().chain(moves) {
            check(table, column, &known, codes::UNKNOWN_REGION, &mut sink);
        }
    }
    if let Some(known) = industries.and_then(|frame| known(frame, "industry")) {
        for column in INDUSTRY_COLUMNS {
            check(table, column, &known, codes::UNKNOWN_INDUSTRY, &mut sink);
        }
    }
    sink.into_vec()
}

fn known(frame: &Frame, column: &str) -> Option<BTreeSet<Key>> {
    Some(frame.text(column).ok()?.iter().flatten().cloned().collect())
}

fn check(table: &Table, column: &str, known: &BTreeSet<Key>, code: &'static str, sink: &mut Sink) {
    let Ok(cells) = table.frame.text(column) else { return };
    // Unknown code → its first row and how many rows have it.
    let mut unknown: BTreeMap<&Key, (usize, usize)> = BTreeMap::new();
    for (row, cell) in cells.iter().enumerate() {
        if let Some(cell) = cell.as_ref().filter(|cell| !known.contains(*cell)) {
            unknown.entry(cell).or_insert((row, 0)).1 += 1;
        }
    }
    for (found, (row, n_rows)) in unknown {
        sink.push(code, || {
            let message =
                format!("{column} `{found}` is not in the table of codes ({n_rows} rows)");
            let same = |code: &&Key| code.trim_start_matches('0') == found.trim_start_matches('0');
            let remedy = match known.iter().find(same) {
                Some(code) => format!("a leading zero differs: the table has `{code}`"),
                None => did_you_mean(found, known.iter().map(AsRef::as_ref)),
            };
            let diagnostic =
                Diagnostic::new(code, message, remedy).column(column).found(found.as_ref());
            match table.origins.any(row) {
                Some((file, origin)) => diagnostic.file(&file.path).row(origin.row),
                None => diagnostic,
            }
        });
    }
}
