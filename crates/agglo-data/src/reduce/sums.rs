//! Exact sums of cells.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Int64Type};
use datafusion::common::DataFusionError;

use crate::codes;
use crate::diagnostic::{DataError, Diagnostic};

/// Exact sums of one cell, in units of the last decimal place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) n: i64,
    pub(super) sum: i128,
    pub(super) sum_sq: i128,
    pub(super) max: i128,
    pub(super) gaps: i64,
    pub(super) suppressed: i64,
}

impl Sums {
    pub(super) fn add(&mut self, other: &Sums) -> Result<(), DataFusionError> {
        self.max = match (self.n, other.n) {
            (_, 0) => self.max,
            (0, _) => other.max,
            _ => self.max.max(other.max),
        };
        self.n += other.n;
        self.sum = self.sum.checked_add(other.sum).ok_or_else(too_large)?;
        self.sum_sq = self.sum_sq.checked_add(other.sum_sq).ok_or_else(too_large)?;
        self.gaps += other.gaps;
        self.suppressed += other.suppressed;
        Ok(())
    }
}

fn too_large() -> DataFusionError {
    let message = "the sum of squares does not fit into 38 digits";
    let remedy = "declare fewer decimals, or give the measure in a larger unit";
    let error = DataError::from(Diagnostic::new(codes::SUM_TOO_LARGE, message, remedy));
    DataFusionError::External(Box::new(error))
}

/// The columns of sums behind the keys of a batch.
pub(super) struct SumColumns<'b> {
    batch: &'b RecordBatch,
    first: usize,
    decimals: Vec<ArrayRef>,
}

impl<'b> SumColumns<'b> {
    pub(super) fn new(
        batch: &'b RecordBatch,
        first: usize,
        scale: u8,
    ) -> Result<SumColumns<'b>, DataFusionError> {
        // sum, sum of squares, largest, smallest
        let scales = [scale, 2 * scale, scale, scale];
        let decimals = scales.iter().enumerate().map(|(at, scale)| {
            cast(batch.column(first + 1 + at), &DataType::Decimal128(38, *scale as i8))
        });
        Ok(SumColumns { batch, first, decimals: decimals.collect::<Result<_, _>>()? })
    }

    /// The sums of one row; `None` when it holds rows that the engine did not understand.
    pub(super) fn row(&self, row: usize) -> Result<Option<Sums>, DataFusionError> {
        let count = |at: usize| {
            let counts = self.batch.column(self.first + at).as_primitive::<Int64Type>();
            if counts.is_valid(row) { counts.value(row) } else { 0 }
        };
        let decimal = |at: usize| {
            let values = self.decimals[at].as_primitive::<Decimal128Type>();
            if values.is_valid(row) { values.value(row) } else { 0 }
        };
        if count(7) > 0 {
            return Ok(None);
        }
        let (max, min) = (decimal(2), decimal(3));
        let n = count(0);
        // The engine's sums wrap silently; this bound says that none can have.
        let largest = max.unsigned_abs().max(min.unsigned_abs()) as f64;
        if n as f64 * largest * largest > 9e37 {
            return Err(too_large());
        }
        Ok(Some(Sums {
            n,
            sum: decimal(0),
            sum_sq: decimal(1),
            max,
            gaps: count(5),
            suppressed: count(6),
        }))
    }
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
}
