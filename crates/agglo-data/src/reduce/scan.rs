//! The columns of a batch as numbers: texts by their place in a list, the measure in its last decimal place.

use agglo_core::Gap;
use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Int32Type, Int64Type};
use datafusion::common::DataFusionError;
use hashbrown::HashTable;

use super::cells::Found;
use super::entry::{Entry, Place};
use super::groups::{Groups, spread};
use super::job::{Job, Key, KeyRole, NUMBER, Part, RAW};
use crate::intern::Interner;
use crate::number::whole_number;
use crate::source::Cell;

/// The numbers of a column's texts.
#[derive(Default)]
struct Codes {
    /// Texts of up to twelve bytes as the engine holds them, beside their number.
    short: HashTable<(u128, u32)>,
    last: Option<(u128, u32)>,
    whole: HashTable<(i64, u32)>,
    /// Of the rows at hand.
    codes: Vec<u32>,
}

/// The longest text that an Arrow view holds itself.
const INLINE: u32 = 12;

impl Codes {
    /// The numbers in `texts` of every row of `column`; blanks at the ends do not count, and no text is the
    /// empty one.
    fn read(&mut self, column: &ArrayRef, texts: &mut Interner) -> Result<(), DataFusionError> {
        self.codes.clear();
        match column.data_type() {
            DataType::Utf8View => self.views(column, texts),
            DataType::Dictionary(keys, _) if **keys == DataType::Int32 => {
                let dictionary = column.as_dictionary::<Int32Type>();
                let mut inner = Codes::default();
                inner.read(&cast(dictionary.values(), &DataType::Utf8View)?, texts)?;
                let empty = texts.place("");
                let code = |key: Option<i32>| key.map_or(empty, |key| inner.codes[key as usize]);
                self.codes.extend(dictionary.keys().iter().map(code));
            }
            kind if kind.is_integer() => {
                let column = cast(column, &DataType::Int64)?;
                let values = column.as_primitive::<Int64Type>();
                self.codes.extend(values.iter().map(|value| match value {
                    Some(value) => whole_code(&mut self.whole, value, texts),
                    None => texts.place(""),
                }));
            }
            _ => self.views(&cast(column, &DataType::Utf8View)?, texts),
        }
        Ok(())
    }

    fn views(&mut self, column: &ArrayRef, texts: &mut Interner) {
        let views = column.as_string_view();
        for (row, &view) in views.views().iter().enumerate() {
            let code = if views.is_null(row) {
                texts.place("")
            } else if view as u32 > INLINE {
                texts.place(views.value(row).trim())
            } else if let Some((_, code)) = self.last.filter(|(last, _)| *last == view) {
                code
            } else {
                let mix = |view: u128| spread(view as u64 ^ spread((view >> 64) as u64));
                let found = self.short.find(mix(view), |(other, _)| *other == view);
                let code = if let Some(&(_, code)) = found {
                    code
                } else {
                    let code = texts.place(views.value(row).trim());
                    self.short.insert_unique(mix(view), (view, code), |(view, _)| mix(*view));
                    code
                };
                self.last = Some((view, code));
                code
            };
            self.codes.push(code);
        }
    }
}

fn whole_code(whole: &mut HashTable<(i64, u32)>, value: i64, texts: &mut Interner) -> u32 {
    let mix = |value: i64| spread(value.cast_unsigned());
    if let Some(&(_, code)) = whole.find(mix(value), |(other, _)| *other == value) {
        return code;
    }
    let code = texts.place(&value.to_string());
    whole.insert_unique(mix(value), (value, code), |(value, _)| mix(*value));
    code
}

/// What one thread has scanned of a part so far.
pub(super) struct Scan<'j> {
    job: &'j Job,
    pub(super) found: Found,
    groups: Groups,
    /// Texts that are neither region nor industry.
    others: Interner,
    /// What is known of each of the job's keys and filters.
    codes: Vec<Codes>,
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
enum Value {
    Number(i64),
    Gap { suppressed: bool },
}

/// The largest number of 18 digits.
const LARGEST: i64 = 999_999_999_999_999_999;

impl<'j> Scan<'j> {
    pub(super) fn new(job: &'j Job) -> Scan<'j> {
        let n = job.keys.len();
        Scan {
            job,
            found: Found::default(),
            groups: Groups::default(),
            others: Interner::default(),
            codes: (0..n).map(|_| Codes::default()).collect(),
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
        self.groups.take(&self.places, |row, entry| match values[row] {
            Value::Number(x) => entry.add(x),
            Value::Gap { suppressed } => entry.add_gap(suppressed),
        })?;
        Ok(true)
    }

    /// Takes groups that a cluster has made of rows; `false` when it did not understand one of them.
    pub(super) fn sums(
        &mut self,
        part: &Part,
        batch: &RecordBatch,
    ) -> Result<bool, DataFusionError> {
        let Some(kept) = self.keys(part, batch)? else { return Ok(false) };
        let Some(sums) = self.job.sums_of(batch, &kept)? else { return Ok(false) };
        self.groups.take(&self.places, |row, entry| entry.join(&sums[row]))?;
        Ok(true)
    }

    /// Bytes of the groups at hand.
    pub(super) fn bytes(&self) -> usize {
        self.groups.bytes()
    }

    /// The groups at hand in the order of their places; none are left.
    pub(super) fn sorted(&mut self) -> Vec<Entry> {
        let ranks = |texts: &Interner| texts.ranks();
        self.groups.sorted(&ranks(&self.found.regions), &ranks(&self.found.industries))
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
                KeyRole::Region => &mut self.found.regions,
                KeyRole::Industry => &mut self.found.industries,
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
                let empty = self.found.regions.find("");
                coded.map(|(place, code)| place.1 = code).for_each(drop);
                self.places.iter().all(|place| Some(place.1) != empty)
            }
            KeyRole::Industry => {
                let empty = self.found.industries.find("");
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

fn slot<T: Default + Clone>(slots: &mut Vec<T>, at: u32) -> &mut T {
    let at = at as usize;
    if slots.len() <= at {
        slots.resize(at + 1, T::default());
    }
    &mut slots[at]
}

/// Whether values of this type are texts.
pub(super) fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, values) => values.is_string(),
        other => other.is_string(),
    }
}
