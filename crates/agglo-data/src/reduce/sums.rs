//! Groups that a cluster has made, as entries.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Int64Type};
use datafusion::common::DataFusionError;

use super::entry::{Entry, too_large};

/// The sums in `rows` of what [`Job::sums_sql`](super::job::Job::sums_sql) answers, its keys in the first
/// `n_keys` columns; `None` when one holds rows that the engine did not understand.
pub(super) fn sums_of(
    batch: &RecordBatch,
    rows: &[u32],
    n_keys: usize,
    scale: u8,
) -> Result<Option<Vec<Entry>>, DataFusionError> {
    // n, then sum, sum of squares, largest and smallest
    let scales = [scale, 2 * scale, scale, scale];
    let decimals = scales.iter().enumerate().map(|(at, scale)| {
        cast(batch.column(n_keys + 1 + at), &DataType::Decimal128(38, *scale as i8))
    });
    let decimals: Vec<ArrayRef> = decimals.collect::<Result<_, _>>()?;
    let mut sums = Vec::with_capacity(rows.len());
    for row in rows.iter().map(|&row| row as usize) {
        let count = |at: usize| {
            let counts = batch.column(n_keys + at).as_primitive::<Int64Type>();
            if counts.is_valid(row) { counts.value(row) } else { 0 }
        };
        let decimal = |at: usize| {
            let values = decimals[at].as_primitive::<Decimal128Type>();
            if values.is_valid(row) { values.value(row) } else { 0 }
        };
        if count(7) > 0 {
            return Ok(None);
        }
        let (max, min) = (decimal(2), decimal(3));
        // The engine's sums wrap silently; this bound says that none can have.
        let largest = max.unsigned_abs().max(min.unsigned_abs()) as f64;
        let n = count(0);
        if n as f64 * largest * largest > 9e37 {
            return Err(too_large());
        }
        let small = |value: i64| u32::try_from(value).map_err(|_| too_large());
        sums.push(Entry {
            n: small(n)?,
            sum: decimal(0),
            sum_sq: decimal(1).unsigned_abs(),
            max: i64::try_from(max).map_err(|_| too_large())?,
            gaps: small(count(5))?,
            suppressed: small(count(6))?,
            ..Entry::default()
        });
    }
    Ok(Some(sums))
}
