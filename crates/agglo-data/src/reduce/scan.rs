//! The columns of a batch as numbers: texts by their place in a list, the measure in its last decimal place.

use agglo_core::Gap;
use arrow::array::{Array, ArrowPrimitiveType, AsArray, PrimitiveArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Int64Type};
use datafusion::common::DataFusionError;

use super::entry::{Entry, Place, Record as _};
use super::facet::BAD;
use super::job::{Job, Key, KeyRole, Part};
use super::keys::Codes;
use super::lens::{Grouping, Lens};
use super::sql::{NUMBER, RAW, is_text};
use crate::intern::Interner;
use crate::number::whole_number;
use crate::source::Cell;

/// What one thread has scanned of a part so far.
pub(super) struct Scan<'j> {
    job: &'j Job,
    pub(super) cells: Grouping<Entry>,
    pub(super) lenses: Vec<Lens>,
    /// Texts that are neither region nor industry.
    others: Interner,
    /// What is known of each of the job's keys and filters.
    codes: Vec<Codes>,
    /// What is known of the facets of each lens.
    facets: Vec<Vec<Codes>>,
    /// Periods by the number of their text among `others`.
    periods: Vec<Year>,
    /// Whether a filter keeps a text, by the number among `others`.
    kept: Vec<Vec<Option<bool>>>,
    places: Vec<Place>,
    values: Vec<Value>,
}

/// The year that a text names.
#[derive(Clone, Copy, Default)]
enum Year {
    #[default]
    Unread,
    None,
    Is(i32),
}

/// What the measure of a row is.
#[derive(Clone, Copy)]
pub(super) enum Value {
    Number(i64),
    Gap { suppressed: bool },
}

/// The largest number of 18 digits.
const LARGEST: i64 = 999_999_999_999_999_999;

impl Value {
    /// Adds the row to its group.
    #[inline]
    pub(super) fn add_to(self, entry: &mut Entry) -> Result<(), DataFusionError> {
        match self {
            Value::Number(x) => entry.add(x),
            Value::Gap { suppressed } => entry.add_gap(suppressed),
        }
    }
}

impl<'j> Scan<'j> {
    pub(super) fn new(job: &'j Job) -> Scan<'j> {
        let n = job.keys.len();
        let codes = |n: usize| (0..n).map(|_| Codes::default()).collect::<Vec<_>>();
        Scan {
            job,
            cells: Grouping::default(),
            lenses: job.further.iter().map(Lens::of).collect(),
            others: Interner::default(),
            codes: codes(n),
            facets: job.further.iter().map(|further| codes(further.facets.len())).collect(),
            periods: Vec::new(),
            kept: vec![Vec::new(); n],
            places: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Takes rows of `part` as [`Job::rows_sql`] gives them; `false` when one was not understood.
    pub(super) fn rows(
        &mut self,
        part: usize,
        batch: &RecordBatch,
    ) -> Result<bool, DataFusionError> {
        let Some(kept) = self.keys(&self.job.parts[part], batch)? else { return Ok(false) };
        if !self.measure(batch, &kept)? {
            return Ok(false);
        }
        let values = &self.values;
        self.cells.groups.take(&self.places, |row, entry| values[row].add_to(entry))?;
        for at in 0..self.lenses.len() {
            if !self.read_facets(at, batch)? {
                return Ok(false);
            }
            let lens = &mut self.lenses[at];
            let texts = (&self.cells.found.regions, &self.cells.found.industries, &self.others);
            lens.rows(&self.places, &kept, &self.facets[at], texts, &self.values)?;
        }
        Ok(true)
    }

    /// Takes groups that a cluster has made of rows, told apart as the lens `of` tells them or, without one, as
    /// cells; `false` when it did not understand one of them.
    pub(super) fn sums(
        &mut self,
        part: &Part,
        of: Option<usize>,
        batch: &RecordBatch,
    ) -> Result<bool, DataFusionError> {
        let Some(kept) = self.keys(part, batch)? else { return Ok(false) };
        let further = of.map(|at| &self.job.further[at]);
        let Some(at) = of else {
            let Some(sums) = self.job.sums_of(batch, &kept, None)? else { return Ok(false) };
            self.cells.groups.take(&self.places, |row, entry| entry.join(&sums[row]))?;
            return Ok(true);
        };
        let texts = (&self.cells.found.regions, &self.cells.found.industries);
        if self.job.further[at].is_top() {
            let Some(largest) = batch.column_by_name(RAW) else { return Ok(false) };
            let largest = cast(largest, &DataType::Int64)?;
            let largest = largest.as_primitive::<Int64Type>();
            self.values.clear();
            let value = |&row: &u32| Value::Number(largest.value(row as usize));
            self.values.extend(kept.iter().map(value));
            let texts = (texts.0, texts.1, &self.others);
            self.lenses[at].rows(&self.places, &kept, &[], texts, &self.values)?;
            return Ok(true);
        }
        let Some(sums) = self.job.sums_of(batch, &kept, further)? else { return Ok(false) };
        if !self.read_facets(at, batch)? {
            return Ok(false);
        }
        let texts = (&self.cells.found.regions, &self.cells.found.industries, &self.others);
        self.lenses[at].sums(&self.places, &kept, &self.facets[at], texts, &sums)?;
        Ok(true)
    }

    /// Finds the facets of the lens `at` in every row; `false` when one was not understood.
    fn read_facets(&mut self, at: usize, batch: &RecordBatch) -> Result<bool, DataFusionError> {
        let bad = self.others.place(&BAD.to_string());
        for (facet, codes) in self.job.further[at].facets.iter().zip(&mut self.facets[at]) {
            let Some(column) = batch.column_by_name(&facet.column) else { return Ok(false) };
            codes.read(column, &mut self.others)?;
            if codes.codes.contains(&bad) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Bytes of the groups at hand.
    pub(super) fn bytes(&self) -> usize {
        self.cells.groups.bytes() + self.lenses.iter().map(Lens::bytes).sum::<usize>()
    }

    /// Finds the places of the rows that the filters keep, and their numbers; `None` when a key is lacking.
    fn keys(
        &mut self,
        part: &Part,
        batch: &RecordBatch,
    ) -> Result<Option<Vec<u32>>, DataFusionError> {
        let n = batch.num_rows();
        for (at, key) in self.job.keys.iter().enumerate() {
            let texts = match key.role {
                KeyRole::Region => &mut self.cells.found.regions,
                KeyRole::Industry => &mut self.cells.found.industries,
                KeyRole::Period | KeyRole::Filter(_) => &mut self.others,
            };
            let codes = &mut self.codes[at];
            match key.column_in(batch) {
                Some(column) => codes.read(column, texts)?,
                None => {
                    let code = texts.place(key.told(part).unwrap_or_default().trim());
                    codes.codes.clear();
                    codes.codes.resize(n, code);
                }
            }
        }
        let mut rows: Vec<u32> = (0..n as u32).collect();
        for (at, key) in self.job.keys.iter().enumerate() {
            if let KeyRole::Filter(values) = &key.role {
                let (codes, known) = (&self.codes[at].codes, &mut self.kept[at]);
                rows.retain(|&row| {
                    let code = codes[row as usize];
                    *slot(known, code).get_or_insert_with(|| {
                        let text = self.others.text(code).map(AsRef::as_ref);
                        values.iter().any(|value| Some(value.as_str()) == text)
                    })
                });
            }
        }
        self.places.clear();
        self.places.resize(rows.len(), (0, 0, 0));
        for (at, key) in self.job.keys.iter().enumerate() {
            if !self.place_key(at, key, &rows) {
                return Ok(None);
            }
        }
        Ok(Some(rows))
    }

    /// Writes one key of `rows` into their places; `false` when a row lacks it.
    fn place_key(&mut self, at: usize, key: &Key, rows: &[u32]) -> bool {
        let codes = &self.codes[at].codes;
        let coded = self.places.iter_mut().zip(rows.iter().map(|&row| codes[row as usize]));
        match key.role {
            KeyRole::Region => {
                let empty = self.cells.found.regions.find("");
                coded.map(|(place, code)| place.1 = code).for_each(drop);
                self.places.iter().all(|place| Some(place.1) != empty)
            }
            KeyRole::Industry => {
                let empty = self.cells.found.industries.find("");
                coded.map(|(place, code)| place.2 = code).for_each(drop);
                self.places.iter().all(|place| Some(place.2) != empty)
            }
            KeyRole::Period => {
                for (place, code) in coded {
                    let year = slot(&mut self.periods, code);
                    if matches!(year, Year::Unread) {
                        let text = self.others.text(code).map_or("", AsRef::as_ref);
                        let read = whole_number(Cell::Text(text));
                        let read = read.and_then(|year| i32::try_from(year).ok());
                        *year = read.map_or(Year::None, Year::Is);
                    }
                    let Year::Is(period) = *year else { return false };
                    place.0 = period;
                }
                true
            }
            KeyRole::Filter(_) => true,
        }
    }

    /// Finds the measure of `rows`; `false` when one was not understood.
    fn measure(&mut self, batch: &RecordBatch, rows: &[u32]) -> Result<bool, DataFusionError> {
        let Some(raw) = batch.column_by_name(RAW) else { return Ok(false) };
        self.values.clear();
        let unit = 10i64.pow(u32::from(self.job.measured.scale));
        let is_whole = raw.data_type().is_integer();
        let decimals = |x: i128| i64::try_from(x).ok();
        let whole = |x: i64| x.checked_mul(unit).filter(|x| (-LARGEST..=LARGEST).contains(x));
        if is_whole && *raw.data_type() != DataType::UInt64 {
            let values = cast(raw, &DataType::Int64)?;
            let gap = |_: usize| Some(false);
            return Ok(self.numbers(values.as_primitive::<Int64Type>(), whole, gap, rows));
        }
        let Some(x) = batch.column_by_name(NUMBER) else { return Ok(false) };
        let x = x.as_primitive::<Decimal128Type>();
        let raw =
            if is_text(raw.data_type()) { cast(raw, &DataType::Utf8View)? } else { raw.clone() };
        let marks = self.job.gaps();
        let gap = |row: usize| {
            if raw.is_null(row) {
                return Some(false);
            }
            let mark = marks.get(raw.as_string_view_opt()?.value(row))?;
            Some(*mark == Gap::Suppressed)
        };
        Ok(self.numbers(x, decimals, gap, rows))
    }

    /// Writes the values of `rows`; `gap` says of a row without a number whether that is withheld, or nothing
    /// where it should have one.
    fn numbers<T: ArrowPrimitiveType>(
        &mut self,
        numbers: &PrimitiveArray<T>,
        fits: impl Fn(T::Native) -> Option<i64>,
        gap: impl Fn(usize) -> Option<bool>,
        rows: &[u32],
    ) -> bool {
        let least = if self.job.zero_or_more { 0 } else { -LARGEST };
        // A mark of a gap may look like a number.
        let numeric = |mark: &String| mark.contains(|c: char| c.is_ascii_digit());
        let marks_first = self.job.gaps().keys().any(numeric);
        for row in rows.iter().map(|&row| row as usize) {
            let hidden = if marks_first { gap(row) } else { None };
            let value = match hidden {
                None if numbers.is_valid(row) => {
                    fits(numbers.value(row)).filter(|x| *x >= least).map(Value::Number)
                }
                None => gap(row).map(|suppressed| Value::Gap { suppressed }),
                Some(suppressed) => Some(Value::Gap { suppressed }),
            };
            let Some(value) = value else { return false };
            self.values.push(value);
        }
        true
    }
}

/// The place of `at` in `slots`, which grow as needed.
pub(super) fn slot<T: Default + Clone>(slots: &mut Vec<T>, at: u32) -> &mut T {
    let at = at as usize;
    if slots.len() <= at {
        slots.resize(at + 1, T::default());
    }
    &mut slots[at]
}
