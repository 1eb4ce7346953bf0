//! What is kept of a group of rows, and the exact sums of one cell.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Decimal128Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Decimal128Type, Field, Int64Type};
use datafusion::common::DataFusionError;

use crate::codes;
use crate::diagnostic::{DataError, Diagnostic};

/// Where a group stands: by period, then region, then industry; the latter two by number.
pub(super) type Place = (i32, u32, u32);

/// What is kept of the rows of one place.
pub(super) trait Record: Copy + Send + Sync {
    /// Bytes in a file.
    const BYTES: usize;
    /// Of no row yet.
    fn new(place: Place) -> Self;
    fn place(&self) -> Place;
    /// The same at another place.
    fn at(self, place: Place) -> Self;
    /// Takes all rows of `other`, which has the same place.
    fn join(&mut self, other: &Self) -> Result<(), DataFusionError>;
    /// The record, unless it does not fit into what it is written as.
    fn checked(self) -> Result<Self, DataFusionError>;
    /// Rows that it counts.
    fn n_rows(&self) -> u64;
    /// Appends its [`BYTES`](Record::BYTES) to `bytes`.
    fn put(&self, bytes: &mut Vec<u8>);
    fn get(bytes: &[u8]) -> Self;
    /// The columns that hold records without their places.
    fn fields() -> Vec<Field>;
    fn columns(records: &[Self]) -> Result<Vec<ArrayRef>, DataFusionError>;
    /// The records of a batch, `places` having one for each row.
    fn read(batch: &RecordBatch, places: &[Place]) -> Option<Vec<Self>>;
}

/// Sums of the rows of one place, in units of the last decimal place. 64 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C, packed(8))]
pub(super) struct Entry {
    pub(super) period: i32,
    pub(super) region: u32,
    pub(super) industry: u32,
    /// Rows with a number.
    pub(super) n: u32,
    /// Rows without one.
    pub(super) gaps: u32,
    /// Those of them that the source withholds.
    pub(super) suppressed: u32,
    pub(super) sum: i128,
    pub(super) sum_sq: u128,
    /// The largest; 0 where there is none.
    pub(super) max: i64,
}

/// The first number that 38 digits do not hold.
const LIMIT: u128 = 10u128.pow(38);

impl Entry {
    /// One more row with the number `x`.
    #[inline]
    pub(super) fn add(&mut self, x: i64) -> Result<(), DataFusionError> {
        let square = u128::from(x.unsigned_abs()).pow(2);
        let (Some(n), Some(sum_sq)) = (self.n.checked_add(1), self.sum_sq.checked_add(square))
        else {
            return Err(too_large());
        };
        self.max = if self.n == 0 { x } else { x.max(self.max) };
        // 2³² numbers of 18 digits fit in.
        self.sum += i128::from(x);
        (self.n, self.sum_sq) = (n, sum_sq);
        Ok(())
    }

    /// One more row without a number.
    pub(super) fn add_gap(&mut self, suppressed: bool) -> Result<(), DataFusionError> {
        self.gaps = self.gaps.checked_add(1).ok_or_else(too_large)?;
        self.suppressed += u32::from(suppressed);
        Ok(())
    }
}

impl Record for Entry {
    const BYTES: usize = 64;

    fn new((period, region, industry): Place) -> Entry {
        Entry { period, region, industry, ..Entry::default() }
    }

    fn place(&self) -> Place {
        (self.period, self.region, self.industry)
    }

    fn at(self, (period, region, industry): Place) -> Entry {
        Entry { period, region, industry, ..self }
    }

    fn join(&mut self, other: &Entry) -> Result<(), DataFusionError> {
        self.max = match (self.n, other.n) {
            (_, 0) => self.max,
            (0, _) => other.max,
            _ => { self.max }.max(other.max),
        };
        let n = self.n.checked_add(other.n).ok_or_else(too_large)?;
        let gaps = self.gaps.checked_add(other.gaps).ok_or_else(too_large)?;
        let sum_sq = self.sum_sq.checked_add(other.sum_sq).ok_or_else(too_large)?;
        self.sum += other.sum;
        self.suppressed += other.suppressed;
        (self.n, self.gaps, self.sum_sq) = (n, gaps, sum_sq);
        Ok(())
    }

    fn checked(self) -> Result<Entry, DataFusionError> {
        if self.sum_sq < LIMIT { Ok(self) } else { Err(too_large()) }
    }

    fn n_rows(&self) -> u64 {
        u64::from(self.n) + u64::from(self.gaps)
    }

    fn put(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.period.to_le_bytes());
        for value in [self.region, self.industry, self.n, self.gaps, self.suppressed] {
            bytes.extend(value.to_le_bytes());
        }
        bytes.extend({ self.sum }.to_le_bytes());
        bytes.extend({ self.sum_sq }.to_le_bytes());
        bytes.extend({ self.max }.to_le_bytes());
    }

    fn get(bytes: &[u8]) -> Entry {
        let small = |at: usize| u32::from_le_bytes(array(&bytes[4 * at..]));
        Entry {
            period: small(0).cast_signed(),
            region: small(1),
            industry: small(2),
            n: small(3),
            gaps: small(4),
            suppressed: small(5),
            sum: i128::from_le_bytes(array(&bytes[24..])),
            sum_sq: u128::from_le_bytes(array(&bytes[40..])),
            max: i64::from_le_bytes(array(&bytes[56..])),
        }
    }

    fn fields() -> Vec<Field> {
        let exact = DataType::Decimal128(38, 0);
        let field = |name: &str, kind: &DataType| Field::new(name, kind.clone(), false);
        vec![
            field("n", &DataType::Int64),
            field("sum", &exact),
            field("sum_sq", &exact),
            field("max", &exact),
            field("gaps", &DataType::Int64),
            field("suppressed", &DataType::Int64),
        ]
    }

    fn columns(entries: &[Entry]) -> Result<Vec<ArrayRef>, DataFusionError> {
        let whole = |of: fn(&Entry) -> u32| -> ArrayRef {
            Arc::new(Int64Array::from_iter_values(entries.iter().map(|e| i64::from(of(e)))))
        };
        let exact = |of: fn(&Entry) -> i128| -> Result<ArrayRef, DataFusionError> {
            let values = Decimal128Array::from_iter_values(entries.iter().map(of));
            Ok(Arc::new(values.with_precision_and_scale(38, 0)?))
        };
        Ok(vec![
            whole(|entry| entry.n),
            exact(|entry| entry.sum)?,
            exact(|entry| entry.sum_sq.cast_signed())?,
            exact(|entry| i128::from(entry.max))?,
            whole(|entry| entry.gaps),
            whole(|entry| entry.suppressed),
        ])
    }

    fn read(batch: &RecordBatch, places: &[Place]) -> Option<Vec<Entry>> {
        let whole = |name: &str| batch.column_by_name(name)?.as_primitive_opt::<Int64Type>();
        let exact = |name: &str| batch.column_by_name(name)?.as_primitive_opt::<Decimal128Type>();
        let (sum, sum_sq, max) = (exact("sum")?, exact("sum_sq")?, exact("max")?);
        let (n, gaps, suppressed) = (whole("n")?, whole("gaps")?, whole("suppressed")?);
        let entry = |(row, &place): (usize, &Place)| {
            Some(Entry {
                n: n.value(row).try_into().ok()?,
                gaps: gaps.value(row).try_into().ok()?,
                suppressed: suppressed.value(row).try_into().ok()?,
                sum: sum.value(row),
                sum_sq: sum_sq.value(row).try_into().ok()?,
                max: max.value(row).try_into().ok()?,
                ..Entry::new(place)
            })
        };
        places.iter().enumerate().map(entry).collect()
    }
}

/// The first bytes of `bytes`, which has as many.
pub(super) fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[..N]);
    array
}

pub(super) fn too_large() -> DataFusionError {
    let message = "the sum of squares does not fit into 38 digits, or a cell has more than 4,294,967,295 rows";
    let remedy = "declare fewer decimals, or give the measure in a larger unit";
    let error = DataError::from(Diagnostic::new(codes::SUM_TOO_LARGE, message, remedy));
    DataFusionError::External(Box::new(error))
}

/// The number nearest to `value` · 10^−`scale`.
pub(super) fn decimal_to_f64(value: i128, scale: u32) -> f64 {
    // Both are exact below 2⁵³ and 10²², so the quotient is the nearest number.
    if value.unsigned_abs() < 1 << 53 && scale <= 22 {
        return value as f64 / 10f64.powi(scale as i32);
    }
    format!("{value}e-{scale}").parse().unwrap_or(f64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_become_the_nearest_number() {
        assert_eq!(decimal_to_f64(1, 1), 0.1);
        assert_eq!(decimal_to_f64(-12_345, 2), -123.45);
        assert_eq!(decimal_to_f64(31_069_340, 0), 31_069_340.0);
    }

    #[test]
    fn an_entry_comes_back_from_its_bytes() {
        let mut entry = Entry::new((-3, 5, 70_000));
        entry.add(-12).unwrap();
        entry.add(7).unwrap();
        entry.add_gap(true).unwrap();
        let mut bytes = Vec::new();
        entry.put(&mut bytes);
        assert_eq!(Entry::get(&bytes), entry);
        assert_eq!(({ entry.sum }, { entry.sum_sq }, { entry.max }), (-5, 193, 7));
        assert_eq!((size_of::<Entry>(), bytes.len()), (Entry::BYTES, Entry::BYTES));
    }

    #[test]
    fn a_sum_that_does_not_fit_is_refused() {
        let mut entry = Entry::new((0, 0, 0));
        let largest = 999_999_999_999_999_999;
        for _ in 0..101 {
            entry.add(largest).unwrap();
        }
        assert!(entry.checked().is_err());
        let half = Entry { sum_sq: u128::MAX / 2 + 1, ..entry };
        assert!(Entry { ..half }.join(&half).is_err());
        assert!(Entry { n: u32::MAX, ..Entry::default() }.add(1).is_err());
    }
}
