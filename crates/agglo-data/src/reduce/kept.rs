//! Groups in a Parquet file.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use agglo_core::Key;
use arrow::array::{Array, ArrayRef, AsArray, Int32Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Int32Type, Schema};
use serde_json::{Value, json};

use super::engine_error;
use super::entry::Record;
use super::job::Measured;
use super::sheet::Sheet;
use crate::diagnostic::{DataError, Place};
use crate::intern::Interner;
use crate::store;

/// Where a file of groups says what they measure.
const MEASURED: &str = "agglo.measured";

/// Groups written at once.
const BATCH: usize = 1 << 16;

impl<R: Record> Sheet<R> {
    /// Writes the exact groups to a Parquet file; the same groups give the same bytes.
    ///
    /// # Errors
    /// When a sum does not fit into 38 digits, or the file cannot be written.
    pub(super) fn write(&self, path: &Path) -> Result<(), DataError> {
        let Measured { name, unit, scale, by_period } = &self.measured;
        let about = json!({ "name": name, "unit": unit, "scale": scale, "by_period": by_period });
        let about = HashMap::from([(MEASURED.to_owned(), about.to_string())]);
        let key = |name: &str, kind: DataType| Field::new(name, kind, name == "period");
        let mut fields = vec![
            key("region", DataType::Utf8),
            key("industry", DataType::Utf8),
            key("period", DataType::Int32),
        ];
        fields.extend(R::fields());
        let schema = Arc::new(Schema::new(fields).with_metadata(about));
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
            (!chunk.is_empty()).then(|| self.batch(schema.clone(), &chunk))
        });
        store::write_batches(path, schema.clone(), batches)
    }

    fn batch(&self, schema: Arc<Schema>, records: &[R]) -> Result<RecordBatch, DataError> {
        let texts = |of: for<'k> fn((&'k Key, &'k Key)) -> &'k str| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(records.iter().map(|r| of(self.texts(r)))))
        };
        let by_period = self.measured.by_period;
        let period: Int32Array = records.iter().map(|r| by_period.then_some(r.place().0)).collect();
        let mut arrays = vec![
            texts(|(region, _)| region.as_ref()),
            texts(|(_, industry)| industry.as_ref()),
            Arc::new(period),
        ];
        let batch = R::columns(records).and_then(|columns| {
            arrays.extend(columns);
            Ok(RecordBatch::try_new(schema, arrays)?)
        });
        batch.map_err(|error| engine_error(&error))
    }

    /// Reads what [`write`](Sheet::write) wrote; `None` where that cannot be had.
    pub(super) fn read(path: &Path) -> Option<Sheet<R>> {
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
        let mut records = Vec::with_capacity(batches.iter().map(RecordBatch::num_rows).sum());
        for batch in &batches {
            let text = |name: &str| batch.column_by_name(name)?.as_string_opt::<i32>();
            let period = batch.column_by_name("period")?.as_primitive_opt::<Int32Type>()?;
            let (region, industry) = (text("region")?, text("industry")?);
            let places: Vec<_> = (0..batch.num_rows())
                .map(|row| {
                    let period = if period.is_valid(row) { period.value(row) } else { 0 };
                    let region = regions.place(region.value(row));
                    (period, region, industries.place(industry.value(row)))
                })
                .collect();
            records.extend(R::read(batch, &places)?);
        }
        Some(Sheet::of_entries(regions, industries, records, &measured))
    }
}
