//! Cells in a Parquet file.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use agglo_core::Key;
use arrow::array::{
    Array, ArrayRef, AsArray, Decimal128Array, Int32Array, Int64Array, RecordBatch, StringArray,
};
use arrow::datatypes::{DataType, Decimal128Type, Field, Int32Type, Int64Type, Schema};
use datafusion::common::DataFusionError;
use serde_json::{Value, json};

use super::cells::Cells;
use super::engine_error;
use super::entry::Entry;
use super::job::Measured;
use crate::diagnostic::{DataError, Place};
use crate::intern::Interner;
use crate::store;

/// Where a file of cells says what they measure.
const MEASURED: &str = "agglo.measured";

/// Cells written at once.
const BATCH: usize = 1 << 16;

impl Cells {
    /// Writes the exact cells to a Parquet file; the same cells give the same bytes.
    ///
    /// # Errors
    /// When a sum does not fit into 38 digits, or the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), DataError> {
        let Measured { name, unit, scale, by_period } = &self.measured;
        let about = json!({ "name": name, "unit": unit, "scale": scale, "by_period": by_period });
        let about = HashMap::from([(MEASURED.to_owned(), about.to_string())]);
        let schema = Arc::new(schema().with_metadata(about));
        let mut entries = self.entries().map_err(|error| engine_error(&error))?;
        let batches = std::iter::from_fn(|| {
            let mut chunk = Vec::with_capacity(BATCH);
            while chunk.len() < BATCH {
                match entries.next() {
                    Ok(Some(entry)) => chunk.push(entry),
                    Ok(None) => break,
                    Err(error) => return Some(Err(engine_error(&error))),
                }
            }
            (!chunk.is_empty()).then(|| self.columns(schema.clone(), &chunk))
        });
        store::write_batches(path, schema.clone(), batches)
    }

    fn columns(&self, schema: Arc<Schema>, entries: &[Entry]) -> Result<RecordBatch, DataError> {
        let texts = |codes: &[Key], of: fn(&Entry) -> u32| -> ArrayRef {
            let texts = entries.iter().map(|entry| codes[of(entry) as usize].as_ref());
            Arc::new(StringArray::from_iter_values(texts))
        };
        let whole = |of: fn(&Entry) -> u32| -> ArrayRef {
            Arc::new(Int64Array::from_iter_values(entries.iter().map(|e| i64::from(of(e)))))
        };
        let exact = |of: fn(&Entry) -> i128| -> Result<ArrayRef, DataFusionError> {
            let values = Decimal128Array::from_iter_values(entries.iter().map(of));
            Ok(Arc::new(values.with_precision_and_scale(38, 0)?))
        };
        let by_period = self.measured.by_period;
        let period: Int32Array = entries.iter().map(|e| by_period.then_some(e.period)).collect();
        let arrays = || {
            Ok(vec![
                texts(&self.regions, |entry| entry.region),
                texts(&self.industries, |entry| entry.industry),
                Arc::new(period),
                whole(|entry| entry.n),
                exact(|entry| entry.sum)?,
                exact(|entry| entry.sum_sq.cast_signed())?,
                exact(|entry| i128::from(entry.max))?,
                whole(|entry| entry.gaps),
                whole(|entry| entry.suppressed),
            ])
        };
        let batch = arrays().and_then(|arrays| Ok(RecordBatch::try_new(schema, arrays)?));
        batch.map_err(|error| engine_error(&error))
    }

    /// Reads what [`write`](Cells::write) wrote; `None` where that cannot be had.
    pub fn read(path: &Path) -> Option<Cells> {
        let place = Place { file: path.display().to_string(), sheet: None };
        let (schema, batches) = store::load(path, &place).ok()?;
        let about: Value = serde_json::from_str(schema.metadata().get(MEASURED)?).ok()?;
        let measured = Measured {
            name: about["name"].as_str()?.to_owned(),
            unit: about["unit"].as_str()?.to_owned(),
            scale: about["scale"].as_u64()?.try_into().ok()?,
            by_period: about["by_period"].as_bool()?,
        };
        let (mut regions, mut industries) = (Interner::default(), Interner::default());
        let mut entries = Vec::with_capacity(batches.iter().map(RecordBatch::num_rows).sum());
        for batch in &batches {
            let text = |name: &str| batch.column_by_name(name)?.as_string_opt::<i32>();
            let whole = |name: &str| batch.column_by_name(name)?.as_primitive_opt::<Int64Type>();
            let exact =
                |name: &str| batch.column_by_name(name)?.as_primitive_opt::<Decimal128Type>();
            let period = batch.column_by_name("period")?.as_primitive_opt::<Int32Type>()?;
            let (region, industry) = (text("region")?, text("industry")?);
            let (sum, sum_sq, max) = (exact("sum")?, exact("sum_sq")?, exact("max")?);
            let (n, gaps, suppressed) = (whole("n")?, whole("gaps")?, whole("suppressed")?);
            for row in 0..batch.num_rows() {
                entries.push(Entry {
                    period: if period.is_valid(row) { period.value(row) } else { 0 },
                    region: regions.place(region.value(row)),
                    industry: industries.place(industry.value(row)),
                    n: n.value(row).try_into().ok()?,
                    gaps: gaps.value(row).try_into().ok()?,
                    suppressed: suppressed.value(row).try_into().ok()?,
                    sum: sum.value(row),
                    sum_sq: sum_sq.value(row).try_into().ok()?,
                    max: max.value(row).try_into().ok()?,
                });
            }
        }
        Some(Cells::of_entries(regions, industries, entries, &measured))
    }
}

fn schema() -> Schema {
    let field = |name: &str, kind: DataType| Field::new(name, kind, name == "period");
    let exact = DataType::Decimal128(38, 0);
    Schema::new(vec![
        field("region", DataType::Utf8),
        field("industry", DataType::Utf8),
        field("period", DataType::Int32),
        field("n", DataType::Int64),
        field("sum", exact.clone()),
        field("sum_sq", exact.clone()),
        field("max", exact),
        field("gaps", DataType::Int64),
        field("suppressed", DataType::Int64),
    ])
}
