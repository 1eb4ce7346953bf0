//! Rows become columns: the one place where cells turn into keys, numbers and gaps.

use std::collections::BTreeMap;

use agglo_core::{Datum, Mark};

use super::plan::{Binding, Marked, Plan, RowKind, Target};
use super::store::{NONE, Staged, Store};
use crate::codes;
use crate::diagnostic::{Diagnostic, Place, Sink};
use crate::intern::Interner;
use crate::number::{NotANumber, NumberFormat, whole_number};
use crate::source::{Cell, Row};
use crate::spec::{Origin, Rows, SourceFile};
use crate::table::{Kind, Sign, TableSpec};

/// The rows of one source so far.
pub(super) struct Collector {
    targets: Vec<Target>,
    /// One per target; used by those that hold text.
    interners: Vec<Interner>,
    parts: Store,
    totals: Store,
    unit: Option<(String, u32)>,
    /// Heading of a dimension that is no key → its one value and the row that gave it.
    single: BTreeMap<String, (String, u32)>,
    files: Vec<SourceFile>,
    pub(super) sink: Sink,
    pub(super) n_read: u64,
    pub(super) n_used: u64,
    pub(super) n_totals: u64,
    pub(super) n_filtered: u64,
    pub(super) n_remarks: u64,
    staged: Vec<Staged>,
    buffer: String,
}

/// One file while its rows are taken.
pub(super) struct FileContext<'f> {
    pub(super) plan: &'f Plan,
    pub(super) format: &'f NumberFormat,
    pub(super) headings: &'f [String],
    pub(super) place: &'f Place,
}

impl FileContext<'_> {
    fn diagnostic(
        &self,
        code: &'static str,
        row: u32,
        column: Option<usize>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Diagnostic {
        let diagnostic = Diagnostic::new(code, message, remedy).at(self.place).row(row);
        match column.and_then(|column| self.headings.get(column)) {
            Some(heading) => diagnostic.column(heading),
            None => diagnostic,
        }
    }
}

impl Collector {
    pub(super) fn new(table: &'static TableSpec, targets: Vec<Target>) -> Collector {
        let has = |name: &str| targets.iter().any(|target| target.name == name);
        let repeats = table.repeats_without.is_some_and(|key| !has(key));
        Collector {
            interners: targets.iter().map(|_| Interner::default()).collect(),
            parts: Store::new(&targets, repeats),
            totals: Store::new(&targets, repeats),
            targets,
            unit: None,
            single: BTreeMap::new(),
            files: Vec::new(),
            sink: Sink::default(),
            n_read: 0,
            n_used: 0,
            n_totals: 0,
            n_filtered: 0,
            n_remarks: 0,
            staged: Vec::new(),
            buffer: String::new(),
        }
    }

    pub(super) fn targets(&self) -> &[Target] {
        &self.targets
    }

    pub(super) fn begin_file(&mut self, file: SourceFile) {
        self.files.push(file);
    }

    /// Takes one row: among the parts or the totals, aside, or rejected with the reason.
    ///
    /// `kind` is what the layout says of the row; the plan is asked where it says nothing.
    pub(super) fn row(
        &mut self,
        file: &FileContext<'_>,
        number: u32,
        row: &dyn Row,
        kind: Option<RowKind>,
    ) {
        let plan = file.plan;
        let classified = || plan.classify.as_ref().map_or(RowKind::Data, |classify| classify(row));
        // A row that a layout could not put together is rejected, whatever its cells may hold.
        let is_broken = kind.is_some() && row.len() < plan.width;
        let mut kind = kind.unwrap_or_else(classified);
        let holds = |(column, values): &(usize, Vec<String>)| {
            let mut buffer = String::new();
            let text = row.cell(*column).text(&mut buffer).trim_matches(plan.strip);
            values.iter().any(|value| value == text)
        };
        let total_in = |column: usize| plan.totals.iter().any(|t| t.0 == column && holds(t));
        if kind == RowKind::Data && plan.totals.iter().any(holds) {
            kind = RowKind::Total;
        }
        let kept = || plan.filters.iter().all(|filter| holds(filter) || total_in(filter.0));
        match kind {
            RowKind::Remark => {
                self.n_remarks += 1;
                self.sink.push(codes::NOTES_AFTER_DATA, || {
                    let message = "a remark of the publisher, not a row of data";
                    let mut buffer = String::new();
                    let cells = (0..row.len()).map(|column| row.cell(column));
                    let first = cells.into_iter().find(|cell| !cell.is_blank());
                    let found = first.unwrap_or(Cell::Empty).text(&mut buffer).to_owned();
                    file.diagnostic(codes::NOTES_AFTER_DATA, number, None, message, "").found(found)
                });
            }
            RowKind::Data | RowKind::Total if is_broken || kept() => {
                let is_total = kind == RowKind::Total;
                let good = self.stage(file, number, row);
                // Files of parts often repeat the totals of the whole.
                if good && is_total && self.repeats(file, number, row) {
                    self.n_filtered += 1;
                    return;
                }
                self.n_read += 1;
                if good && self.store(file, number, row, is_total) {
                    self.n_used += 1;
                    self.n_totals += u64::from(is_total);
                }
            }
            RowKind::Data | RowKind::Total | RowKind::Aside => self.n_filtered += 1,
        }
    }

    /// Understands the cells that hold for the whole row; says whether all could be.
    fn stage(&mut self, file: &FileContext<'_>, number: u32, row: &dyn Row) -> bool {
        let width = file.plan.width;
        if row.len() < width || (width..row.len()).any(|column| !row.cell(column).is_blank()) {
            let found = row.len();
            self.sink.push(codes::FIELD_COUNT, || {
                let message = format!("{found} fields under {width} headings");
                let remedy = "quote names that hold the delimiter; remove notes below the data";
                file.diagnostic(codes::FIELD_COUNT, number, None, message, remedy)
                    .found(row.cell(0).text(&mut String::new()))
            });
            return false;
        }
        if !self.one_value(file, number, row) || !self.same_unit(file, number, row) {
            return false;
        }
        self.staged.clear();
        let mut good = true;
        for place in 0..self.targets.len() {
            let (cell, column) = match &file.plan.bindings[place] {
                Binding::Column(column) => (row.cell(*column), Some(*column)),
                Binding::Constant(text) => (Cell::Text(text), None),
                Binding::Across => {
                    self.staged.push(Staged::Integer(None));
                    continue;
                }
            };
            if let Some(staged) = self.cell(file, place, number, row, cell, column) {
                self.staged.push(staged);
            } else {
                good = false;
                self.staged.push(Staged::Integer(None));
            }
        }
        good
    }

    /// One cell for target `place`, or `None` when it was reported.
    fn cell(
        &mut self,
        file: &FileContext<'_>,
        place: usize,
        number: u32,
        row: &dyn Row,
        cell: Cell<'_>,
        column: Option<usize>,
    ) -> Option<Staged> {
        let target = &self.targets[place];
        let name = &target.name;
        let text = |cell: Cell<'_>| cell.text(&mut String::new()).to_owned();
        match target.kind {
            Kind::Text => {
                if let Cell::Unusable(what, found) = cell {
                    self.sink.push(codes::NO_TEXT, || {
                        let message = format!("`{name}` is {}", what.what());
                        file.diagnostic(codes::NO_TEXT, number, column, message, what.remedy())
                            .found(found)
                    });
                    return None;
                }
                let text = cell.text(&mut self.buffer).trim_matches(file.plan.strip);
                if !text.is_empty() {
                    return Some(Staged::Text(self.interners[place].place(text)));
                }
                if !target.filled {
                    return Some(Staged::Text(NONE));
                }
                self.sink.push(codes::EMPTY_KEY, || {
                    let message = format!("`{name}` is empty");
                    let remedy = "give the row its code, or filter it out if it is a total";
                    file.diagnostic(codes::EMPTY_KEY, number, column, message, remedy)
                });
                None
            }
            Kind::Integer => {
                let value = whole_number(cell).filter(|value| i32::try_from(*value).is_ok());
                let optional = !target.filled && !target.is_key;
                if value.is_some() || (optional && file.format.datum(cell).is_ok_and(is_gap)) {
                    return Some(Staged::Integer(value));
                }
                let (code, message, remedy) = if name == "period" {
                    let message = if cell.is_blank() {
                        "the year is missing"
                    } else {
                        "the year is not a whole number"
                    };
                    (codes::NO_YEAR, message.to_owned(), "write a year such as 2019")
                } else {
                    let message = format!("`{name}` is not a whole number");
                    (codes::NOT_WHOLE, message, "correct the cell, or leave it empty")
                };
                self.sink.push(code, || {
                    file.diagnostic(code, number, column, message, remedy).found(text(cell))
                });
                None
            }
            Kind::Number => self.number(file, place, number, row, cell, column),
        }
    }

    fn number(
        &mut self,
        file: &FileContext<'_>,
        place: usize,
        number: u32,
        row: &dyn Row,
        cell: Cell<'_>,
        column: Option<usize>,
    ) -> Option<Staged> {
        let target = &self.targets[place];
        let name = &target.name;
        let text = |cell: Cell<'_>| cell.text(&mut String::new()).to_owned();
        if matches!(cell, Cell::Number(value) if value.is_nan()) {
            self.sink.push(codes::NAN_AS_MISSING, || {
                let message = format!("`{name}` is NaN and counted as missing");
                let remedy = "write null for what is missing";
                file.diagnostic(codes::NAN_AS_MISSING, number, column, message, remedy)
            });
        }
        let (datum, mark) = match understood(file, row, name, cell, column) {
            Ok(Marked { datum, mark }) => (Ok(datum), mark),
            Err(why) => (Err(why), Mark::default()),
        };
        let staged = |datum| {
            let mark = (!mark.is_empty()).then(|| Box::new(mark.clone()));
            Some(Staged::Number(datum, mark))
        };
        match datum {
            Ok(Datum::Number(value)) if value < 0.0 && target.sign != Sign::Any => {
                let (code, message) = if target.sign == Sign::Count {
                    (codes::NEGATIVE, format!("`{name}` cannot be negative"))
                } else {
                    (codes::NEGATIVE_KEPT, format!("`{name}` is negative"))
                };
                let remedy = match code {
                    codes::NEGATIVE => "correct the cell, or declare the mark in `marks`",
                    _ => "kept; leave the row out of measures that form shares",
                };
                self.sink.push(code, || {
                    file.diagnostic(code, number, column, message, remedy).found(text(cell))
                });
                if code == codes::NEGATIVE_KEPT { staged(Datum::Number(value)) } else { None }
            }
            Ok(datum) => staged(datum),
            Err(why) => {
                self.sink.push(codes::NOT_A_NUMBER, || {
                    let message = format!("`{name}` is not a number");
                    file.diagnostic(codes::NOT_A_NUMBER, number, column, message, why.remedy)
                        .found(text(cell))
                });
                None
            }
        }
    }

    /// Whether every dimension that is no key holds the value it held before.
    fn one_value(&mut self, file: &FileContext<'_>, number: u32, row: &dyn Row) -> bool {
        let mut buffer = String::new();
        for &column in &file.plan.single {
            let heading = &file.headings[column];
            let value = row.cell(column).text(&mut buffer);
            let Some((first, first_row)) = self.single.get(heading) else {
                self.single.insert(heading.clone(), (value.to_owned(), number));
                continue;
            };
            if value != first {
                self.sink.push(codes::OPEN_DIMENSION, || {
                    let message =
                        format!("`{heading}` is `{value}` here and `{first}` in row {first_row}");
                    let remedy = format!("keep one: filter = {{ \"{heading}\" = [\"{first}\"] }}");
                    let code = codes::OPEN_DIMENSION;
                    file.diagnostic(code, number, Some(column), message, remedy).found(value)
                });
                return false;
            }
        }
        true
    }

    fn same_unit(&mut self, file: &FileContext<'_>, number: u32, row: &dyn Row) -> bool {
        let Some(column) = file.plan.unit else { return true };
        let mut buffer = String::new();
        let unit = row.cell(column).text(&mut buffer);
        let Some((first, first_row)) = &self.unit else {
            self.unit = Some((unit.to_owned(), number));
            return true;
        };
        if unit == first {
            return true;
        }
        self.sink.push(codes::MIXED_UNITS, || {
            let message = format!("the unit is `{unit}` here and `{first}` in row {first_row}");
            let remedy =
                format!("keep one: filter = {{ \"{}\" = [\"{first}\"] }}", file.headings[column]);
            file.diagnostic(codes::MIXED_UNITS, number, Some(column), message, remedy).found(unit)
        });
        false
    }

    /// Puts the staged row into the columns, once per period in the wide layout.
    fn store(
        &mut self,
        file: &FileContext<'_>,
        number: u32,
        row: &dyn Row,
        is_total: bool,
    ) -> bool {
        if file.plan.periods.is_empty() {
            if !self.is_new(file, number, is_total) {
                return false;
            }
            self.append(file, number, row, is_total, None);
            return true;
        }
        let (period_at, value_at) = self.across(file);
        // The row is used whole or not at all, so every cell is looked at before one is stored.
        let mut cells = Vec::with_capacity(file.plan.periods.len());
        for &(column, period) in &file.plan.periods {
            let cell = self.cell(file, value_at, number, row, row.cell(column), Some(column));
            cells.push((column, period, cell));
        }
        let mut good = cells.iter().all(|(_, _, cell)| cell.is_some());
        for &(_, period, _) in &cells {
            self.staged[period_at] = Staged::Integer(Some(period));
            good = good && self.is_new(file, number, is_total);
        }
        if !good {
            return false;
        }
        for (column, period, cell) in cells {
            self.staged[period_at] = Staged::Integer(Some(period));
            if let Some(cell) = cell {
                self.staged[value_at] = cell;
            }
            self.append(file, number, row, is_total, Some(column));
        }
        true
    }

    /// The places of the period and the measure of the wide layout.
    fn across(&self, file: &FileContext<'_>) -> (usize, usize) {
        let place = |kind: Kind| {
            let is = |place: &usize| file.plan.bindings[*place] == Binding::Across;
            (0..self.targets.len()).filter(is).find(|&place| self.targets[place].kind == kind)
        };
        let (Some(period_at), Some(value_at)) = (place(Kind::Integer), place(Kind::Number)) else {
            unreachable!("the wide plan binds a period and a number across");
        };
        (period_at, value_at)
    }

    /// Whether the staged row stands among the totals already, with the same values.
    fn repeats(&mut self, file: &FileContext<'_>, number: u32, row: &dyn Row) -> bool {
        if file.plan.periods.is_empty() {
            return self.totals.says_the_same(&self.staged);
        }
        let (period_at, value_at) = self.across(file);
        file.plan.periods.iter().all(|&(column, period)| {
            self.staged[period_at] = Staged::Integer(Some(period));
            if self.totals.given(&self.staged).is_none() {
                return false;
            }
            let cell = self.cell(file, value_at, number, row, row.cell(column), Some(column));
            cell.is_some_and(|cell| {
                self.staged[value_at] = cell;
                self.totals.says_the_same(&self.staged)
            })
        })
    }

    /// Whether the staged key was not there before; reports both rows where it was.
    fn is_new(&mut self, file: &FileContext<'_>, number: u32, is_total: bool) -> bool {
        let store = if is_total { &self.totals } else { &self.parts };
        let Some((first_file, first_row)) = store.given(&self.staged) else { return true };
        let words = self.key_in_words();
        let same_file = usize::from(first_file) + 1 == self.files.len();
        let elsewhere = &self.files[usize::from(first_file)].path;
        self.sink.push(codes::DUPLICATE, || {
            let first = if same_file { "this file" } else { elsewhere };
            let message = format!("{words} is already given by row {first_row} of {first}");
            let remedy = "remove one of the two, or filter out totals and other versions";
            file.diagnostic(codes::DUPLICATE, number, None, message, remedy)
        });
        false
    }

    fn key_in_words(&self) -> String {
        let keys = self.targets.iter().enumerate().filter(|(_, target)| target.is_key);
        let words = keys.map(|(place, target)| {
            let value = match &self.staged[place] {
                Staged::Text(text) if *text != NONE => {
                    let text = self.interners[place].text(*text);
                    text.map(AsRef::as_ref).unwrap_or_default().to_owned()
                }
                Staged::Integer(Some(value)) => value.to_string(),
                _ => "none".to_owned(),
            };
            format!("{} {value}", target.name)
        });
        words.collect::<Vec<_>>().join(", ")
    }

    fn append(
        &mut self,
        file: &FileContext<'_>,
        number: u32,
        row: &dyn Row,
        is_total: bool,
        across: Option<usize>,
    ) {
        let file_idx = (self.files.len() - 1) as u16;
        let origin = |place: usize| {
            let column = match &file.plan.bindings[place] {
                Binding::Column(column) => Some(*column),
                Binding::Across => across,
                Binding::Constant(_) => None,
            };
            column.map_or(Origin::default(), |column| {
                let (row, column) = row.origin(column).unwrap_or((number, column as u16));
                Origin { file: file_idx, row, column }
            })
        };
        let store = if is_total { &mut self.totals } else { &mut self.parts };
        store.append(&self.targets, &self.staged, (file_idx, number), origin);
    }

    /// The parts, the totals, and what was found.
    pub(super) fn finish(self) -> (Rows, Rows, Sink) {
        let unit = self.unit.map(|(unit, _)| unit).unwrap_or_default();
        let finish =
            |store: Store| store.finish(&self.targets, &self.interners, &unit, &self.files);
        (finish(self.parts), finish(self.totals), self.sink)
    }
}

/// The number or gap of a cell, and what the layout's flags say of it.
fn understood(
    file: &FileContext<'_>,
    row: &dyn Row,
    measure: &str,
    cell: Cell<'_>,
    column: Option<usize>,
) -> Result<Marked, NotANumber> {
    if let (Some(marker), Some(column)) = (&file.plan.marker, column)
        && let Some(marked) = marker(row, measure, column, file.format)
    {
        return marked;
    }
    Ok(Marked { datum: file.format.datum(cell)?, mark: Mark::default() })
}

fn is_gap(datum: Datum) -> bool {
    datum.gap().is_some()
}
