//! Several sources of one table, joined by their keys.

use std::collections::{BTreeMap, HashMap};

use agglo_core::{Absent, Column, Datum, Frame, Gap, Key, Mark, Values};

use crate::codes;
use crate::diagnostic::{Diagnostic, Sink};
use crate::spec::{Marks, Origin, Origins, ReadSpec, Reading, Rows};
use crate::store::Table;
use crate::table::{TableSpec, table_spec};

#[derive(Clone, PartialEq, Eq, Hash)]
enum KeyPart {
    Text(Option<Key>),
    Integer(Option<i64>),
}

#[derive(Clone, PartialEq)]
enum Cell {
    Text(Key),
    Integer(i64),
    Number(Datum),
}

struct Measure {
    name: String,
    unit: String,
    like: Values,
    /// Whether every source lists only what is there.
    zero: bool,
    cells: Vec<Option<Cell>>,
    origins: Vec<Origin>,
    marks: BTreeMap<u32, Mark>,
}

/// Joins the readings of one table by their keys: every row of any of them, every measure of any.
///
/// Where two sources give the same cell, equal values are used once and a number stands over a
/// missing one. A cell that no source lists is missing, or zero where every source of its measure
/// says that it lists only what is there.
///
/// # Errors
/// Different values for one cell, with both places; key columns or units that differ.
pub fn assemble(
    name: &str,
    mut readings: Vec<(ReadSpec, Reading)>,
) -> Result<Table, Vec<Diagnostic>> {
    let Some(table) = table_spec(name) else {
        let message = format!("there is no table `{name}`");
        return Err(vec![Diagnostic::new(codes::UNKNOWN_TABLE, message, "see agglo list")]);
    };
    let zero = readings.iter().all(|(spec, _)| spec.absent == Absent::Zero) && !readings.is_empty();
    let absent = if zero { Absent::Zero } else { Absent::Missing };
    if readings.len() <= 1 {
        let reading = readings.pop().map(|(_, reading)| reading).unwrap_or_default();
        let Reading { frame, origins, marks, totals, .. } = reading;
        return Ok(Table { name: name.to_owned(), frame, origins, marks, totals, absent });
    }
    let keys = same_keys(table, &readings)?;
    let mut parts = Join::new(table, &keys);
    let mut totals = Join::new(table, &keys);
    for (spec, reading) in &mut readings {
        let frame = std::mem::take(&mut reading.frame);
        let origins = std::mem::take(&mut reading.origins);
        let marks = std::mem::take(&mut reading.marks);
        parts.add(spec, &Rows { frame, origins, marks });
        if reading.totals.frame.n_rows() > 0 {
            totals.add(spec, &reading.totals);
        }
    }
    let Rows { frame, origins, marks } = parts.finish()?;
    let totals = if totals.rows.is_empty() { Rows::default() } else { totals.finish()? };
    Ok(Table { name: name.to_owned(), frame, origins, marks, totals, absent })
}

/// The key columns, which every reading must have.
fn same_keys(
    table: &TableSpec,
    readings: &[(ReadSpec, Reading)],
) -> Result<Vec<String>, Vec<Diagnostic>> {
    let keys = |reading: &Reading| -> Vec<String> {
        let names = reading.frame.columns().iter().map(Column::name);
        names.filter(|name| table.is_key(name)).map(str::to_owned).collect()
    };
    let first = keys(&readings[0].1);
    for (spec, reading) in &readings[1..] {
        let these = keys(reading);
        if these != first {
            let message = format!(
                "this source has the keys {}; `{}` has {}",
                these.join(", "),
                readings[0].0.name,
                first.join(", ")
            );
            let remedy = "give the key that one lacks as a constant";
            let file = reading.files.first().map_or(spec.name.clone(), |f| f.path.clone());
            return Err(vec![Diagnostic::new(codes::KEYS_DIFFER, message, remedy).file(file)]);
        }
    }
    Ok(first)
}

struct Join<'t> {
    table: &'t TableSpec,
    keys: &'t [String],
    rows: Vec<Vec<KeyPart>>,
    places: HashMap<Vec<KeyPart>, usize>,
    repeats: bool,
    measures: Vec<Measure>,
    origins: Origins,
    sink: Sink,
}

impl<'t> Join<'t> {
    fn new(table: &'t TableSpec, keys: &'t [String]) -> Join<'t> {
        let repeats = table.repeats_without.is_some_and(|key| !keys.iter().any(|have| have == key));
        Join {
            table,
            keys,
            rows: Vec::new(),
            places: HashMap::new(),
            repeats,
            measures: Vec::new(),
            origins: Origins::default(),
            sink: Sink::default(),
        }
    }

    fn add(&mut self, spec: &ReadSpec, reading: &Rows) {
        let shift = self.origins.files.len() as u16;
        self.origins.files.extend(reading.origins.files.iter().cloned());
        let rows = self.rows_of(reading);
        for column in reading.frame.columns() {
            if self.table.is_key(column.name()) {
                continue;
            }
            let Some(at) = self.measure(spec, reading, column) else { continue };
            let origins = reading.origins.cells.get(column.name());
            let marks = reading.marks.get(column.name());
            for (row, &joined) in rows.iter().enumerate() {
                let mut origin = origins.and_then(|o| o.get(row)).copied().unwrap_or_default();
                origin.file += if origin.row > 0 { shift } else { 0 };
                if let Some(cell) = cell(column.values(), row) {
                    let mark = marks.and_then(|marks| marks.get(&(row as u32)));
                    self.put(at, joined, cell, origin, mark);
                }
            }
        }
    }

    /// The joined row of each row of `reading`.
    fn rows_of(&mut self, reading: &Rows) -> Vec<usize> {
        let keys: Vec<&Values> = self
            .keys
            .iter()
            .filter_map(|key| reading.frame.column(key).ok())
            .map(Column::values)
            .collect();
        let mut joined = Vec::with_capacity(reading.frame.n_rows());
        for row in 0..reading.frame.n_rows() {
            let key: Vec<KeyPart> = keys
                .iter()
                .map(|values| match values {
                    Values::Text(texts) => KeyPart::Text(texts[row].clone()),
                    Values::Integer(values) => KeyPart::Integer(values[row]),
                    Values::Number(_) => unreachable!("no table has a number for a key"),
                })
                .collect();
            let next = self.rows.len();
            let place =
                if self.repeats { next } else { *self.places.entry(key.clone()).or_insert(next) };
            if place == next {
                self.rows.push(key);
            }
            joined.push(place);
        }
        joined
    }

    /// The place of the measure in `column`, or `None` when its unit is another.
    fn measure(&mut self, spec: &ReadSpec, reading: &Rows, column: &Column) -> Option<usize> {
        let zero = spec.absent == Absent::Zero;
        let Some(at) = self.measures.iter().position(|m| m.name == column.name()) else {
            self.measures.push(Measure {
                name: column.name().to_owned(),
                unit: column.unit().to_owned(),
                like: column.values().take(&[]),
                zero,
                cells: Vec::new(),
                origins: Vec::new(),
                marks: BTreeMap::new(),
            });
            return Some(self.measures.len() - 1);
        };
        self.measures[at].zero &= zero;
        if self.measures[at].unit == column.unit() {
            return Some(at);
        }
        let message = format!(
            "`{}` is in `{}` here and in `{}` in the source before",
            column.name(),
            column.unit(),
            self.measures[at].unit
        );
        let files = &reading.origins.files;
        let file = files.first().map_or(spec.name.clone(), |f| f.path.clone());
        self.sink.push(codes::UNITS_DIFFER, || {
            let remedy = "convert one of them, or give it another name";
            Diagnostic::new(codes::UNITS_DIFFER, message, remedy).file(file)
        });
        None
    }

    fn put(&mut self, at: usize, row: usize, cell: Cell, origin: Origin, mark: Option<&Mark>) {
        let measure = &mut self.measures[at];
        if measure.cells.len() <= row {
            measure.cells.resize(row + 1, None);
            measure.origins.resize(row + 1, Origin::default());
        }
        let missing = Cell::Number(Datum::Gap(Gap::Missing));
        match &measure.cells[row] {
            Some(old) if *old != missing => {
                if cell != missing && *old != cell {
                    let words = |cell: &Cell| match cell {
                        Cell::Text(text) => text.to_string(),
                        Cell::Integer(value) => value.to_string(),
                        Cell::Number(Datum::Number(value)) => value.to_string(),
                        Cell::Number(Datum::Gap(gap)) => gap.code().to_owned(),
                    };
                    let place = |origin: Origin| {
                        let file = self.origins.files.get(usize::from(origin.file));
                        let path = file.map_or("a constant", |file| file.path.as_str());
                        format!("{path}, row {}, column {}", origin.row, origin.column + 1)
                    };
                    let keys = self.keys.iter().zip(&self.rows[row]).map(|(name, part)| {
                        let text = match part {
                            KeyPart::Text(text) => text.as_deref().unwrap_or("none").to_owned(),
                            KeyPart::Integer(value) => {
                                value.map_or("none".to_owned(), |value| value.to_string())
                            }
                        };
                        format!("{name} {text}")
                    });
                    let message = format!(
                        "`{}` of {} is {} here and {} at {}",
                        measure.name,
                        keys.collect::<Vec<_>>().join(", "),
                        words(&cell),
                        words(old),
                        place(measure.origins[row])
                    );
                    let file = self.origins.files.get(usize::from(origin.file));
                    let file = file.map(|file| file.path.clone()).unwrap_or_default();
                    self.sink.push(codes::CONFLICT, || {
                        let remedy = "drop one source, or filter so that they do not overlap";
                        Diagnostic::new(codes::CONFLICT, message, remedy)
                            .file(file)
                            .row(origin.row)
                            .found(words(&cell))
                    });
                }
            }
            _ => {
                measure.cells[row] = Some(cell);
                measure.origins[row] = origin;
                if let Some(mark) = mark {
                    measure.marks.insert(row as u32, mark.clone());
                }
            }
        }
    }

    fn finish(self) -> Result<Rows, Vec<Diagnostic>> {
        let diagnostics = self.sink.into_vec();
        if !diagnostics.is_empty() {
            return Err(diagnostics);
        }
        let n_rows = self.rows.len();
        let mut columns = Vec::new();
        for (at, key) in self.keys.iter().enumerate() {
            let is_text = matches!(self.rows.first().map(|row| &row[at]), Some(KeyPart::Text(_)));
            let values = if is_text {
                let text = |row: &Vec<KeyPart>| match &row[at] {
                    KeyPart::Text(text) => text.clone(),
                    KeyPart::Integer(_) => None,
                };
                Values::Text(self.rows.iter().map(text).collect())
            } else {
                let value = |row: &Vec<KeyPart>| match &row[at] {
                    KeyPart::Integer(value) => *value,
                    KeyPart::Text(_) => None,
                };
                Values::Integer(self.rows.iter().map(value).collect())
            };
            columns.push(Column::new(key, "", values));
        }
        let mut origins = self.origins;
        let mut marks = Marks::new();
        let mut measures = self.measures;
        let order = |measure: &Measure| {
            self.table.measures.iter().position(|c| c.name == measure.name).unwrap_or(usize::MAX)
        };
        measures.sort_by_key(order);
        for mut measure in measures {
            measure.cells.resize(n_rows, None);
            measure.origins.resize(n_rows, Origin::default());
            let fill = if measure.zero { Datum::Number(0.0) } else { Datum::Gap(Gap::Missing) };
            let cells = measure.cells.into_iter();
            let values = match measure.like {
                Values::Text(_) => Values::Text(
                    cells
                        .map(|c| if let Some(Cell::Text(t)) = c { Some(t) } else { None })
                        .collect(),
                ),
                Values::Integer(_) => Values::Integer(
                    cells
                        .map(|c| if let Some(Cell::Integer(v)) = c { Some(v) } else { None })
                        .collect(),
                ),
                Values::Number(_) => Values::Number(
                    cells.map(|c| if let Some(Cell::Number(d)) = c { d } else { fill }).collect(),
                ),
            };
            origins.cells.insert(measure.name.clone(), measure.origins);
            if !measure.marks.is_empty() {
                marks.insert(measure.name.clone(), measure.marks);
            }
            columns.push(Column::new(measure.name, measure.unit, values));
        }
        let frame = Frame::new(columns).unwrap_or_default();
        Ok(Rows { frame, origins, marks })
    }
}

fn cell(values: &Values, row: usize) -> Option<Cell> {
    match values {
        Values::Text(texts) => texts[row].clone().map(Cell::Text),
        Values::Integer(values) => values[row].map(Cell::Integer),
        Values::Number(values) => Some(Cell::Number(values[row])),
    }
}
