//! Do the codes of a table occur in the tables of regions and industries?

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Frame, Key, Values};

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

/// A sum may differ from its parts by rounding: by this part of itself.
const ROUNDING: f64 = 0.005;
/// Below this many parts or sums, chance makes totals.
const FEWEST_PARTS: usize = 3;
const FEWEST_SUMS: usize = 3;

/// Regions and industries of `table` that are the sum of all others in nearly every cell.
pub fn check_totals(table: &Table) -> Vec<Diagnostic> {
    let mut sink = Sink::default();
    for key in ["region", "industry"] {
        for total in totals_among_parts(&table.frame, key) {
            sink.push(codes::TOTAL_AMONG_PARTS, || {
                let message = format!(
                    "{key} `{total}` is the sum of all others, and would be counted as one of them"
                );
                let remedy = format!("list the others in `filter` of this block, by {key}");
                let diagnostic =
                    Diagnostic::new(codes::TOTAL_AMONG_PARTS, message, remedy).column(key);
                match table.origins.files.first() {
                    Some(file) => diagnostic.file(&file.path),
                    None => diagnostic,
                }
            });
        }
    }
    sink.into_vec()
}

/// The values of `key` (`region` or `industry`) that are the sum of all others, in some measure.
pub fn totals_among_parts(frame: &Frame, key: &str) -> Vec<Key> {
    let others = ["region", "industry", "period"];
    let others: Vec<&str> = others.into_iter().filter(|k| *k != key && frame.has(k)).collect();
    let measures = frame.columns().iter().filter(|c| matches!(c.values(), Values::Number(_)));
    let found: BTreeSet<Key> =
        measures.flat_map(|measure| totals(frame, key, &others, measure.name())).collect();
    found.into_iter().collect()
}

/// The codes of `key` that are the sum of all others over nearly all values of `others`.
fn totals(frame: &Frame, key: &str, others: &[&str], measure: &str) -> Vec<Key> {
    let (Ok(keys), Ok(cells)) = (frame.text(key), frame.numbers(measure)) else {
        return Vec::new();
    };
    let slice = |row: usize| -> Vec<String> {
        let cell = |name: &&str| match frame.column(name).map(agglo_core::Column::values) {
            Ok(Values::Integer(cells)) => format!("{:?}", cells[row]),
            Ok(Values::Text(cells)) => cells[row].as_deref().unwrap_or_default().to_owned(),
            _ => String::new(),
        };
        others.iter().map(cell).collect()
    };
    let mut sums: BTreeMap<Vec<String>, (f64, usize)> = BTreeMap::new();
    let slices: Vec<Vec<String>> = (0..frame.n_rows()).map(slice).collect();
    for (row, slice) in slices.iter().enumerate() {
        let entry = sums.entry(slice.clone()).or_default();
        entry.0 += cells[row].number().unwrap_or_default();
        entry.1 += usize::from(cells[row].number().is_some());
    }
    let mut found: BTreeMap<&Key, (usize, usize)> = BTreeMap::new();
    for (row, slice) in slices.iter().enumerate() {
        let (Some(code), Some(value)) = (&keys[row], cells[row].number()) else { continue };
        let (sum, n) = sums[slice];
        if n <= FEWEST_PARTS || value <= 0.0 {
            continue;
        }
        let entry = found.entry(code).or_default();
        entry.0 += usize::from((sum - 2.0 * value).abs() <= ROUNDING * value);
        entry.1 += 1;
    }
    found
        .into_iter()
        .filter(|(_, (hits, all))| *hits >= FEWEST_SUMS && *hits * 10 >= *all * 9)
        .map(|(code, _)| code.clone())
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use agglo_core::Column;

    #[test]
    fn a_total_among_its_parts_is_told_from_a_large_part() {
        let mut rows: Vec<(&str, i64, f64)> = Vec::new();
        for (place, year) in [2019, 2020, 2021].into_iter().enumerate() {
            let k = place as f64;
            let parts = [("a", 50.0 + k), ("b", 30.0 + 2.0 * k), ("c", 5.0), ("d", 7.0 + k)];
            rows.extend(parts.iter().map(|(region, value)| (*region, year, *value)));
            rows.push(("all", year, parts.iter().map(|part| part.1).sum()));
        }
        let frame = Frame::new(vec![
            Column::text("region", rows.iter().map(|row| row.0)),
            Column::integer("period", "", rows.iter().map(|row| row.1)),
            Column::numbers("employment", "persons", rows.iter().map(|row| row.2)),
        ]);
        let table = Table { frame: frame.unwrap(), ..Table::default() };
        let found = check_totals(&table);
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("`all`"), "{}", found[0]);
    }
}
