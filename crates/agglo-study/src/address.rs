//! The address of a number, and its way back to the cells it comes from.
//!
//! `STEP[:TABLE].COLUMN[@KEY=VALUE,…]`, as in `gini.gini@industry=industry,period=2004` or
//! `gini-breaks:breaks.period@break=1`. The table may be left out where it is the main one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use agglo_core::{Datum, Frame, Values};
use agglo_methods::Method;

use crate::error::StudyError;
use crate::findings::{Finding, Findings};
use crate::record::{InputRecord, StepRecord};
use crate::run::TABLES;

/// The address of a number in the findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The step.
    pub step: String,
    /// Its table; the main one when absent.
    pub table: Option<String>,
    /// The column.
    pub column: String,
    /// Key column = its value in the row.
    pub keys: BTreeMap<String, String>,
}

impl Address {
    /// The address written as `text`; `None` when it is none.
    pub fn parse(text: &str) -> Option<Address> {
        let (place, keys) = text.split_once('@').unwrap_or((text, ""));
        let (table, column) = place.rsplit_once('.')?;
        let (step, table) = match table.split_once(':') {
            Some((step, table)) => (step, Some(table.to_owned())),
            None => (table, None),
        };
        let mut pairs: BTreeMap<String, String> = BTreeMap::new();
        let mut last: Option<String> = None;
        for part in keys.split(',').filter(|part| !part.is_empty()) {
            match (part.split_once('='), &last) {
                (Some((name, value)), _) => {
                    pairs.insert(name.to_owned(), value.to_owned());
                    last = Some(name.to_owned());
                }
                // A comma inside a value: the part belongs to the value before.
                (None, Some(name)) => {
                    let value = pairs.entry(name.clone()).or_default();
                    value.push(',');
                    value.push_str(part);
                }
                (None, None) => return None,
            }
        }
        let whole = !step.is_empty() && !column.is_empty();
        whole.then(|| Address {
            step: step.to_owned(),
            table,
            column: column.to_owned(),
            keys: pairs,
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.step)?;
        if let Some(table) = &self.table {
            write!(f, ":{table}")?;
        }
        write!(f, ".{}", self.column)?;
        for (place, (name, value)) in self.keys.iter().enumerate() {
            write!(f, "{}{name}={value}", if place == 0 { "@" } else { "," })?;
        }
        Ok(())
    }
}

/// A number of the findings with everything it rests on.
pub struct Explanation<'a> {
    /// Its address, in full.
    pub address: Address,
    /// The number, or why there is none.
    pub value: Datum,
    /// Its unit.
    pub unit: String,
    /// The method.
    pub method: &'static Method,
    /// The step's record: variant, options, seed, inputs.
    pub record: &'a StepRecord,
    /// The row's other columns, as text.
    pub row: Vec<(String, String)>,
    /// The source cells, in the order of the tables.
    pub cells: Vec<SourceCell>,
}

/// A cell of a source file.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceCell {
    /// The file, from the study's folder.
    pub file: String,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The row in the file, counted from 1.
    pub row: u32,
    /// The column in the file, counted from 1.
    pub column: u32,
    /// The measure it fills.
    pub measure: String,
    /// The keys of the row it stands in.
    pub keys: Vec<(String, String)>,
    /// Its value.
    pub value: Datum,
}

/// The cell of any column as text, `None` for a gap.
pub fn cell_text(frame: &Frame, column: &str, row: usize) -> Option<String> {
    match frame.column(column).ok()?.values() {
        Values::Text(cells) => cells[row].as_deref().map(str::to_owned),
        Values::Integer(cells) => cells[row].map(|value| value.to_string()),
        Values::Number(cells) => cells[row].number().map(|value| value.to_string()),
    }
}

/// The number at `address`, with what it rests on.
///
/// # Errors
/// [`StudyError::Address`] when no row, or more than one, fits; the text names the keys there are.
pub fn explain<'a>(
    findings: &'a Findings,
    address: &Address,
) -> Result<Explanation<'a>, StudyError> {
    let finding = findings.any(&address.step).ok_or_else(|| {
        let known: Vec<&str> = findings.all().map(|f| f.record.step.as_str()).collect();
        let near = nearest(&address.step, &known);
        StudyError::Address(format!("no step is called `{}`{near}", address.step))
    })?;
    if let Some(reason) = &finding.record.reason {
        return Err(StudyError::Address(format!("`{}` has no answer: {reason}", address.step)));
    }
    let name = address.table.clone().unwrap_or_else(|| finding.record.tables[0].name.clone());
    let frame = finding.table(&name).ok_or_else(|| {
        let known: Vec<&str> = finding.record.tables.iter().map(|t| t.name.as_str()).collect();
        StudyError::Address(format!(
            "`{}` has no table `{name}`; it has {}",
            address.step,
            known.join(", ")
        ))
    })?;
    let column = frame
        .column(&address.column)
        .map_err(|error| StudyError::Address(format!("`{}:{name}`: {error}", address.step)))?;
    let row = only_row(frame, address)?;
    let value = match frame.numbers(&address.column) {
        Ok(cells) => cells[row],
        Err(error) => return Err(StudyError::Address(error.to_string())),
    };
    let keys: BTreeMap<String, String> = finding
        .method
        .outputs
        .iter()
        .find(|table| table.name == name)
        .into_iter()
        .flat_map(|table| table.columns)
        .filter(|output| output.key)
        .filter_map(|output| Some((output.name.to_owned(), cell_text(frame, output.name, row)?)))
        .collect();
    let rest = frame.columns().iter().filter(|c| c.name() != address.column);
    Ok(Explanation {
        address: Address { table: Some(name), keys: keys.clone(), ..address.clone() },
        value,
        unit: column.unit().to_owned(),
        method: finding.method,
        record: &finding.record,
        row: rest
            .filter_map(|c| Some((c.name().to_owned(), cell_text(frame, c.name(), row)?)))
            .collect(),
        cells: source_cells(findings, finding, &keys)?,
    })
}

fn nearest(word: &str, known: &[&str]) -> String {
    known
        .iter()
        .map(|k| (strsim::jaro_winkler(word, k), k))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or(String::new(), |(_, k)| format!("; did you mean `{k}`?"))
}

fn only_row(frame: &Frame, address: &Address) -> Result<usize, StudyError> {
    let mut rows: Vec<usize> = (0..frame.n_rows()).collect();
    for (name, value) in &address.keys {
        frame.column(name).map_err(|error| StudyError::Address(error.to_string()))?;
        rows.retain(|&row| cell_text(frame, name, row).as_ref() == Some(value));
    }
    match rows[..] {
        [row] => Ok(row),
        [] => Err(StudyError::Address(format!("no row of `{}` fits `{address}`", address.step))),
        _ => {
            let open: Vec<&str> = frame
                .columns()
                .iter()
                .map(agglo_core::Column::name)
                .filter(|name| !address.keys.contains_key(*name) && *name != address.column)
                .filter(|name| {
                    let seen: BTreeSet<_> =
                        rows.iter().map(|&row| cell_text(frame, name, row)).collect();
                    seen.len() > 1
                })
                .collect();
            Err(StudyError::Address(format!(
                "{} rows of `{}` fit `{address}`; add keys from: {}",
                rows.len(),
                address.step,
                open.join(", ")
            )))
        }
    }
}

/// The cells of the canonical tables that a row of a finding rests on, through other steps where
/// it draws on them.
fn source_cells(
    findings: &Findings,
    finding: &Finding,
    keys: &BTreeMap<String, String>,
) -> Result<Vec<SourceCell>, StudyError> {
    let mut cells = Vec::new();
    for input in finding.record.inputs.values() {
        if let Some(table) = input.source.strip_prefix("table ") {
            cells.extend(table_cells(&findings.root, table, input, keys)?);
        } else if let Some(step) = input.source.strip_prefix("step ") {
            let step = step.split(':').next().unwrap_or(step);
            if let Some(other) = findings.get(step) {
                let mut keys = keys.clone();
                for (column, values) in &input.keep {
                    if let [value] = &values[..] {
                        keys.insert(column.clone(), value.clone());
                    }
                }
                cells.extend(source_cells(findings, other, &keys)?);
            }
        }
    }
    Ok(cells)
}

fn table_cells(
    root: &Path,
    name: &str,
    input: &InputRecord,
    keys: &BTreeMap<String, String>,
) -> Result<Vec<SourceCell>, StudyError> {
    let table = agglo_data::read_table(&root.join(TABLES).join(format!("{name}.parquet")))?;
    let frame = &table.frame;
    let key_columns: Vec<&str> = frame
        .columns()
        .iter()
        .filter(|c| !matches!(c.values(), Values::Number(_)))
        .map(agglo_core::Column::name)
        .collect();
    let measures: BTreeSet<&str> =
        input.columns.values().flat_map(|from| from.split(" / ")).collect();
    let fits = |row: usize| {
        let by_key = keys.iter().all(|(key, value)| {
            !frame.has(key) || cell_text(frame, key, row).as_ref() == Some(value)
        });
        let by_keep = input.keep.iter().all(|(column, values)| {
            cell_text(frame, column, row).is_none_or(|cell| values.contains(&cell))
        });
        let by_period = input.periods.is_none_or(|(from, to)| {
            cell_text(frame, "period", row)
                .and_then(|cell| cell.parse::<i32>().ok())
                .is_none_or(|period| from <= period && period <= to)
        });
        by_key && by_keep && by_period
    };
    let mut cells = Vec::new();
    for row in (0..frame.n_rows()).filter(|&row| fits(row)) {
        for (measure, origins) in &table.origins.cells {
            let origin = origins[row];
            if !measures.contains(measure.as_str()) || origin.row == 0 {
                continue;
            }
            let Some(file) = table.origins.files.get(usize::from(origin.file)) else { continue };
            cells.push(SourceCell {
                file: file.path.clone(),
                sheet: file.sheet.clone(),
                row: origin.row,
                column: u32::from(origin.column) + 1,
                measure: measure.clone(),
                keys: key_columns
                    .iter()
                    .filter_map(|&key| Some((key.to_owned(), cell_text(frame, key, row)?)))
                    .collect(),
                value: frame
                    .numbers(measure)
                    .map_or(Datum::Gap(agglo_core::Gap::Missing), |numbers| numbers[row]),
            });
        }
    }
    Ok(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_as_it_was_read() {
        for text in [
            "gini.gini@industry=industry,period=2004",
            "gini-breaks:breaks.period@break=1",
            "growth.nominal_growth",
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_comma_inside_a_value_stays_in_it() {
        let address = Address::parse("gini.gini@industry=Hotels, catering,period=2008").unwrap();
        assert_eq!(address.keys["industry"], "Hotels, catering");
        assert_eq!(address.keys["period"], "2008");
    }

    #[test]
    fn what_names_no_column_is_no_address() {
        assert_eq!(Address::parse("gini"), None);
        assert_eq!(Address::parse(".gini"), None);
    }
}
