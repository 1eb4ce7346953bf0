//! Totals that stand among their parts.

use std::collections::{BTreeSet, HashMap};

use agglo_core::{Coded, Datum, Frame, Key, Values};

use super::Context;
use crate::codes;
use crate::diagnostic::{Fix, Setting, Sink};

/// A sum may differ from its parts by rounding: by this part of itself.
const ROUNDING: f64 = 0.005;
/// Below this many parts or sums, chance makes totals.
const FEWEST_PARTS: usize = 3;
const FEWEST_SUMS: usize = 3;

/// Regions and industries that are the sum of all others in nearly every cell.
pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let frame = &context.grid.table.frame;
    // A further key, such as the indicator, keeps apart what must not be added.
    if !matches!(context.grid.table.name.as_str(), "activity" | "region_year" | "regions") {
        return;
    }
    for key in ["region", "industry"] {
        let found = totals_among_parts(frame, key);
        for total in &found {
            sink.push(codes::TOTAL_AMONG_PARTS, || {
                let message = format!(
                    "{key} {} is the sum of all others, and would be counted as one of them",
                    context.label(total)
                );
                let fix = kept_apart(context, key, &found);
                let remedy = match &fix {
                    Some(fix) => format!("keep it apart: totals = {}", fix.settings[0].value),
                    None => format!("keep it apart with `totals` of its block, by {key}"),
                };
                let mut diagnostic =
                    context.about(codes::TOTAL_AMONG_PARTS, key, None, message, &remedy);
                diagnostic.fix = fix;
                diagnostic
            });
        }
    }
}

/// The setting that keeps the totals apart, where there is one block, with a heading for the key.
fn kept_apart(context: &Context<'_>, key: &str, totals: &[Key]) -> Option<Fix> {
    let mut sources = context.sources();
    let (Some(source), None) = (sources.next(), sources.next()) else { return None };
    let heading = source.columns.get(key).filter(|_| source.totals.is_empty())?;
    let codes: Vec<String> = totals.iter().map(|code| quoted(code)).collect();
    let value = format!("{{ {} = [{}] }}", quoted(heading), codes.join(", "));
    let setting = Setting { key: "totals".to_owned(), value };
    Some(Fix { block: source.name.clone(), settings: vec![setting] })
}

/// A text as a basic string of TOML.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// The values of `key` (`region` or `industry`) that are the sum of all others, in some measure.
pub fn totals_among_parts(frame: &Frame, key: &str) -> Vec<Key> {
    let Ok(keys) = frame.text(key) else { return Vec::new() };
    let coded = Coded::new(keys.iter().map(Option::as_ref));
    let slices = slices(frame, key);
    let mut found = BTreeSet::new();
    for column in frame.columns() {
        if let Values::Number(cells) = column.values() {
            let places = totals(cells, &coded, &slices);
            found.extend(places.into_iter().map(|place| coded.codes()[place].clone()));
        }
    }
    found.into_iter().collect()
}

/// For each row the number of its combination of all keys but `key`.
fn slices(frame: &Frame, key: &str) -> Vec<usize> {
    let mut slices = vec![0; frame.n_rows()];
    for other in ["region", "industry", "period"].into_iter().filter(|other| *other != key) {
        let Ok(column) = frame.column(other) else { continue };
        let parts: Vec<usize> = match column.values() {
            Values::Text(cells) => {
                let coded = Coded::new(cells.iter().map(Option::as_ref));
                coded.places().iter().map(|&place| place as usize).collect()
            }
            Values::Integer(cells) => {
                let mut distinct: Vec<Option<i64>> = cells.clone();
                distinct.sort_unstable();
                distinct.dedup();
                cells.iter().map(|cell| distinct.partition_point(|have| have < cell)).collect()
            }
            Values::Number(_) => continue,
        };
        let mut places: HashMap<(usize, usize), usize> = HashMap::new();
        let mut last = None;
        for (slice, part) in slices.iter_mut().zip(parts) {
            let combination = (*slice, part);
            *slice = match last {
                Some((have, place)) if have == combination => place,
                _ => {
                    let next = places.len();
                    *places.entry(combination).or_insert(next)
                }
            };
            last = Some((combination, *slice));
        }
    }
    slices
}

/// The codes that are the sum of all others over nearly all slices.
fn totals(cells: &[Datum], coded: &Coded, slices: &[usize]) -> Vec<usize> {
    let n_slices = slices.iter().max().map_or(0, |last| last + 1);
    let n_codes = coded.codes().len();
    let mut sums = vec![(0.0, 0_usize); n_slices];
    for (cell, &slice) in cells.iter().zip(slices) {
        if let Some(value) = cell.number() {
            sums[slice].0 += value;
            sums[slice].1 += 1;
        }
    }
    let mut found = vec![(0_usize, 0_usize); n_codes];
    for (row, &slice) in slices.iter().enumerate() {
        let (code, Some(value)) = (coded.places()[row], cells[row].number()) else { continue };
        let (sum, n) = sums[slice];
        if code == Coded::NONE || n <= FEWEST_PARTS || value <= 0.0 {
            continue;
        }
        let entry = &mut found[code as usize];
        entry.0 += usize::from((sum - 2.0 * value).abs() <= ROUNDING * value);
        entry.1 += 1;
    }
    let is_total = |(hits, all): (usize, usize)| hits >= FEWEST_SUMS && hits * 10 >= all * 9;
    (0..n_codes).filter(|&code| is_total(found[code])).collect()
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
        assert_eq!(totals_among_parts(&frame.unwrap(), "region"), [Key::from("all")]);
    }

    #[test]
    fn a_text_in_toml_keeps_its_quotes_and_backslashes() {
        assert_eq!(quoted("a \"b\" \\ c"), "\"a \\\"b\\\" \\\\ c\"");
    }
}
