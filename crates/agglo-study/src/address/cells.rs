//! The cells of the source files that a number rests on, with their texts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use agglo_core::{Bounds, Datum, Gap, Mark, Status, Values};
use agglo_data::{ReadSpec, SourceFile, Table};
use agglo_methods::reach::{Reach, Years, reach};

use super::cell_text;
use crate::error::StudyError;
use crate::findings::{Finding, Findings};
use crate::harmonize::{SINGLE, trace_of};
use crate::record::InputRecord;
use crate::run::TABLES;

/// A cell of a source file.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceCell {
    /// The table it fills.
    pub table: String,
    /// The file, from the study's folder, with its hash when it was read.
    pub file: SourceFile,
    /// The row in the file, counted from 1.
    pub row: u32,
    /// The column in the file, counted from 1.
    pub column: u32,
    /// The measure it fills.
    pub measure: String,
    /// The keys of the row it stands in.
    pub keys: Vec<(String, String)>,
    /// Its text as it stands in the file; `None` where that cannot be shown.
    pub text: Option<String>,
    /// The share of it that entered, through every crosswalk.
    pub share: f64,
    /// Its value.
    pub value: Datum,
    /// What it is.
    pub status: Status,
    /// Between which values it lies, where that is known.
    pub bounds: Option<Bounds>,
    /// Its flag as it stands in the file.
    pub flag: Option<String>,
}

impl SourceCell {
    /// `file!sheet!C7` for a sheet, `file:12:3` for a text.
    pub fn place(&self) -> String {
        let SourceFile { path, sheet, .. } = &self.file;
        match sheet {
            Some(sheet) => {
                let cell = agglo_data::cell_name((self.row, (self.column - 1) as u16));
                format!("{path}!{sheet}!{cell}")
            }
            None => format!("{path}:{}:{}", self.row, self.column),
        }
    }
}

/// The cells of the canonical tables that a row of a finding rests on, through other steps where
/// it draws on them.
pub(super) fn of(
    findings: &Findings,
    finding: &Finding,
    keys: &BTreeMap<String, String>,
) -> Result<Vec<SourceCell>, StudyError> {
    let mut cells = Vec::new();
    let reach = reach(finding.method.id, &finding.record.variant);
    for input in finding.record.inputs.values().flat_map(with_joins) {
        let (input, keys) = narrowed(&input, reach, keys);
        if let Some(table) = input.source.strip_prefix("table ") {
            cells.extend(table_cells(&findings.root, table, &input, &keys)?);
        } else if let Some(step) = input.source.strip_prefix("step ") {
            let step = step.split(':').next().unwrap_or(step);
            if let Some(other) = findings.get(step) {
                let mut keys = keys.clone();
                for (column, values) in &input.keep {
                    if let [value] = &values[..] {
                        keys.insert(column.clone(), value.clone());
                    }
                }
                cells.extend(of(findings, other, &keys)?);
            }
        }
    }
    // The cells of the number's own row come first; one that entered twice is one cell.
    cells.sort_by_key(|cell: &SourceCell| {
        cell.keys
            .iter()
            .filter(|(key, value)| keys.get(key).is_some_and(|own| own != value))
            .count()
    });
    let mut seen = BTreeSet::new();
    cells
        .retain(|cell| seen.insert((cell.file.clone(), cell.row, cell.column, cell.table.clone())));
    Ok(cells)
}

/// Files whose cells cannot be shown, each with the reason.
pub type Unreadable = Vec<(String, String)>;

/// The source cells of one cell of a canonical table as the methods see it, with their texts as they stand in
/// the files now; files of which that cannot be told come with the reason.
///
/// # Errors
/// When the table cannot be read.
pub fn origins(
    findings: &Findings,
    table: &str,
    row: usize,
    measure: &str,
) -> Result<(Vec<SourceCell>, Unreadable), StudyError> {
    let input = InputRecord {
        source: format!("table {table}"),
        content: String::new(),
        columns: BTreeMap::from([("value".to_owned(), measure.to_owned())]),
        periods: None,
        keep: BTreeMap::new(),
        sum_by: Vec::new(),
    };
    let mut cells = rows_cells(&findings.root, table, &input, &BTreeMap::new(), Some(row))?;
    let mut unreadable = add_texts(findings, &mut cells);
    if findings.spec.disclosure.is_some() {
        unreadable.extend(withhold(findings, &mut cells)?);
    }
    Ok((cells, unreadable))
}

/// What a method read, and what was looked up for it elsewhere, each as an input of its own.
fn with_joins(input: &InputRecord) -> Vec<InputRecord> {
    let mut inputs = vec![input.clone()];
    for (role, from) in &input.columns {
        let joined = from.rsplit_once(": ");
        let Some((source, column)) = joined
            .filter(|(source, _)| source.starts_with("table ") || source.starts_with("step "))
        else {
            continue;
        };
        inputs.push(InputRecord {
            source: source.to_owned(),
            columns: BTreeMap::from([(role.clone(), column.to_owned())]),
            keep: BTreeMap::new(),
            sum_by: Vec::new(),
            ..input.clone()
        });
    }
    inputs
}

/// The input cut to the rows that a number reaches, and the keys of its row that still tell them
/// apart, under the names the input's source has for them.
fn narrowed(
    input: &InputRecord,
    reach: Reach,
    keys: &BTreeMap<String, String>,
) -> (InputRecord, BTreeMap<String, String>) {
    let mut input = input.clone();
    let year = |key: &str| keys.get(key).and_then(|year| year.parse::<i32>().ok());
    let years = |first: i32, last: i32| match input.periods {
        Some((from, to)) => Some((from.max(first), to.min(last))),
        None => Some((first, last)),
    };
    let window = (year("from"), year("to"));
    match (reach.years, year("period"), window) {
        (Years::Own, Some(own), _) => input.periods = years(own, own),
        (Years::OwnAndBefore, Some(own), _) => input.periods = years(own - 1, own),
        (Years::Ends, _, (Some(from), Some(to))) => {
            input.keep.insert("period".to_owned(), vec![from.to_string(), to.to_string()]);
        }
        (Years::Between, _, (Some(from), Some(to))) => input.periods = years(from, to),
        _ => {}
    }
    let mut kept = BTreeMap::new();
    for (key, value) in keys {
        let in_reach =
            reach.keys.contains(&key.as_str()) || (key == "period" && reach.years == Years::Own);
        if in_reach {
            let name = input.columns.get(key).unwrap_or(key);
            kept.insert(name.clone(), value.clone());
        }
    }
    (input, kept)
}

fn table_cells(
    root: &Path,
    name: &str,
    input: &InputRecord,
    keys: &BTreeMap<String, String>,
) -> Result<Vec<SourceCell>, StudyError> {
    rows_cells(root, name, input, keys, None)
}

/// The cells of the rows that fit, or of the one row `only`.
fn rows_cells(
    root: &Path,
    name: &str,
    input: &InputRecord,
    keys: &BTreeMap<String, String>,
    only: Option<usize>,
) -> Result<Vec<SourceCell>, StudyError> {
    let file = |suffix: &str| root.join(TABLES).join(format!("{name}{suffix}.parquet"));
    let read = agglo_data::read_table(&file(""))?;
    // What the methods saw, where it is not what was read, and the way back where the rows are others.
    let (used, trace) = (file(".used"), file(".trace"));
    let used = if used.exists() { Some(agglo_data::read_table(&used)?) } else { None };
    let trace = if trace.exists() { trace_of(&agglo_data::read_frame(&trace)?) } else { None };
    let frame = &used.as_ref().unwrap_or(&read).frame;
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
    let wanted = |row: usize| only.map_or_else(|| fits(row), |only| only == row);
    for row in (0..frame.n_rows()).filter(|&row| wanted(row)) {
        let sources = match &trace {
            Some(trace) => trace.get(row).cloned().unwrap_or_default(),
            None => vec![(row as u32, 1.0)],
        };
        for (source, share) in sources {
            let source = source as usize;
            for (measure, origins) in &read.origins.cells {
                let origin = origins[source];
                if !measures.contains(measure.as_str()) || origin.row == 0 {
                    continue;
                }
                let Some(file) = read.origins.files.get(usize::from(origin.file)) else { continue };
                // Through a crosswalk the cell is shown as it was read.
                let seen = if trace.is_some() { None } else { used.as_ref() };
                let (value, mark) = value_and_mark(seen.unwrap_or(&read), measure, source);
                let key =
                    |&key: &&str| Some((key.to_owned(), cell_text(&read.frame, key, source)?));
                cells.push(SourceCell {
                    table: name.to_owned(),
                    file: file.clone(),
                    row: origin.row,
                    column: u32::from(origin.column) + 1,
                    measure: measure.clone(),
                    keys: key_columns.iter().filter_map(key).collect(),
                    text: None,
                    share,
                    value,
                    status: Mark::status_of(mark, value),
                    bounds: mark.and_then(|mark| mark.bounds),
                    flag: mark.and_then(|mark| mark.flag.as_deref().map(str::to_owned)),
                });
            }
        }
    }
    Ok(cells)
}

fn value_and_mark<'t>(table: &'t Table, measure: &str, row: usize) -> (Datum, Option<&'t Mark>) {
    let cells = table.frame.numbers(measure).unwrap_or_default();
    let value = cells.get(row).copied().unwrap_or(Datum::Gap(Gap::Missing));
    (value, table.mark(measure, row))
}

/// Adds to every cell its text as it stands in the file now; files of which that cannot be told come
/// back, each with the reason.
pub(super) fn add_texts(findings: &Findings, cells: &mut [SourceCell]) -> Vec<(String, String)> {
    let mut wanted: BTreeMap<(String, SourceFile), BTreeSet<(u32, u16)>> = BTreeMap::new();
    for cell in cells.iter() {
        let place = (cell.row, (cell.column - 1) as u16);
        wanted.entry((cell.table.clone(), cell.file.clone())).or_default().insert(place);
    }
    let mut unreadable = Vec::new();
    for ((table, file), places) in wanted {
        let spec = read_spec(findings, &table, &file.path);
        match agglo_data::raw_cells(&spec, &findings.root, &file, &places) {
            Ok(texts) => {
                let own = cells.iter_mut().filter(|c| c.table == table && c.file == file);
                for cell in own {
                    let place = (cell.row, (cell.column - 1) as u16);
                    cell.text = Some(texts.get(&place).cloned().unwrap_or_default());
                }
            }
            Err(error) => {
                let why = error.diagnostics().first().map_or(String::new(), |d| d.message.clone());
                unreadable.push((file.path, why));
            }
        }
    }
    unreadable
}

/// Takes out of `cells` what the rules of the study withhold: every cell of a table of single firms, and
/// the values of cells that would tell too much; says how many.
pub(super) fn withhold(
    findings: &Findings,
    cells: &mut Vec<SourceCell>,
) -> Result<Option<(String, String)>, StudyError> {
    let loaded = crate::run::stored(&findings.root, &findings.spec)?;
    let Some(withheld) = loaded.withheld(&findings.spec)? else { return Ok(None) };
    let before = cells.len();
    cells.retain(|cell| !SINGLE.contains(&cell.table.as_str()));
    let mut n = before - cells.len();
    for cell in cells.iter_mut() {
        if withheld.holds_any(&cell.keys) {
            cell.value = Datum::Gap(Gap::Suppressed);
            cell.status = Status::Suppressed;
            cell.text = None;
            n += 1;
        }
    }
    let why = format!("{n} cells are withheld by the rules of [disclosure]");
    Ok((n > 0).then(|| ("the register".to_owned(), why)))
}

/// How the study says that a file of a table is to be read.
fn read_spec(findings: &Findings, table: &str, file: &str) -> ReadSpec {
    let named = |record: &&crate::record::DataRecord| {
        record.fills(table) && record.files.contains_key(file)
    };
    let block = findings.run.data.iter().find(named);
    let block = block.and_then(|record| findings.spec.data.iter().find(|b| b.name == record.name));
    block.map_or_else(|| ReadSpec::new(table, file), crate::spec::DataSpec::read_spec)
}
