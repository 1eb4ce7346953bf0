//! The address of a number, and its way back to the cells it comes from.
//!
//! `STEP[:TABLE].COLUMN[@KEY=VALUE,…]`, as in `gini.gini@industry=industry,period=2004` or
//! `gini-breaks:breaks.period@break=1`. The table may be left out where it is the main one.

mod cells;
mod form;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use agglo_core::{Absent, Datum, Frame, FrameError, GapPolicy, Panel, Values};
use agglo_methods::Method;
use agglo_methods::catalog::ACTIVITY;
use agglo_methods::worked::{Asked, WORKED, Worked};

use crate::binding::Source;
use crate::error::StudyError;
use crate::findings::{Finding, Findings, Interval};
use crate::plan::{Facts, Plan};
use crate::record::{RunRecord, StepRecord};

pub use cells::{SourceCell, Unreadable, origins};
pub use form::Explained;

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
    /// What cells that the source withheld leave open of it, where it rests on such.
    pub interval: Option<Interval>,
    /// The method.
    pub method: &'static Method,
    /// The run it comes from.
    pub run: &'a RunRecord,
    /// How many completions of withheld cells the study asks for.
    pub n_completions: usize,
    /// The step's record: variant, options, seed, inputs.
    pub record: &'a StepRecord,
    /// The row's other columns, as text.
    pub row: Vec<(String, String)>,
    /// The formula with the numbers put in, where that is written for the method.
    pub worked: Option<Worked>,
    /// The source cells, in the order of the tables.
    pub cells: Vec<SourceCell>,
    /// Files whose cells cannot be shown, and why.
    pub unreadable: Vec<(String, String)>,
}

impl Explanation<'_> {
    /// Whether the formula with the numbers put in gives the number; `None` where it is not put in.
    pub fn agrees(&self) -> Option<bool> {
        let (worked, value) = (self.worked.as_ref()?, self.value.number()?);
        Some((worked.result - value).abs() <= 1e-9 * value.abs().max(1e-3))
    }
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
    let beside: Vec<(String, String)> = frame
        .columns()
        .iter()
        .filter(|c| c.name() != address.column)
        .filter_map(|c| Some((c.name().to_owned(), cell_text(frame, c.name(), row)?)))
        .collect();
    let mut cells = cells::of(findings, finding, &keys)?;
    let mut unreadable = cells::add_texts(findings, &mut cells);
    if findings.spec.disclosure.is_some() {
        unreadable.extend(cells::withhold(findings, &mut cells)?);
    }
    Ok(Explanation {
        address: Address { table: Some(name.clone()), keys: keys.clone(), ..address.clone() },
        value,
        unit: column.unit().to_owned(),
        interval: finding.interval(&name, &address.column, row),
        run: &findings.run,
        n_completions: findings.spec.suppression.draws,
        method: finding.method,
        record: &finding.record,
        worked: worked(findings, finding, &name, &keys, &beside, &address.column),
        row: beside,
        cells,
        unreadable,
    })
}

/// The formula of a number with the numbers put in, from the rows that its method read.
fn worked(
    findings: &Findings,
    finding: &Finding,
    table: &str,
    keys: &BTreeMap<String, String>,
    row: &[(String, String)],
    column: &str,
) -> Option<Worked> {
    // The numbers put in would tell what is withheld.
    if findings.spec.disclosure.is_some() || !WORKED.contains(&finding.method.id) {
        return None;
    }
    let facts = Facts { spec: &findings.spec, tables: &findings.tables };
    let plan = Plan::new(&facts);
    let step = plan.steps.iter().find(|step| step.id == finding.record.step)?;
    let absent = || FrameError::NoColumn { column: String::new(), have: String::new() };
    let fetch = |source: &Source| match source {
        Source::Table(name) => findings.tables.get(name).cloned().ok_or_else(absent),
        Source::Group(name) => findings.groups.get(name).cloned().ok_or_else(absent),
        Source::Step { step, table } => {
            let frame = findings.get(step).and_then(|other| other.table(table).cloned());
            frame.map(Arc::new).ok_or_else(absent)
        }
    };
    let (mut panel, mut tables) = (None, BTreeMap::new());
    for (name, binding) in &step.inputs {
        let frame = binding.cut(&fetch).ok()?;
        if name == ACTIVITY.table {
            let missing = match &binding.source {
                Source::Table(name) => findings.absent(name),
                Source::Group(_) | Source::Step { .. } => Absent::Missing,
            };
            panel = Some(Panel::from_frame(&frame, missing).ok()?);
        } else {
            tables.insert(name.clone(), Arc::new(frame));
        }
    }
    let record = &finding.record;
    let gaps = record.options.get("gaps").and_then(|name| GapPolicy::from_name(name));
    let row: BTreeMap<String, String> = row.iter().cloned().collect();
    let asked = Asked {
        panel: panel.as_ref(),
        tables: &tables,
        gaps: gaps.unwrap_or_default(),
        variant: &record.variant,
        options: &record.options,
        table,
        keys,
        row: &row,
        column,
    };
    agglo_methods::worked::worked(finding.method.id, &asked)
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
