//! Rows as Parquet.

use std::io::{self, Write};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Decimal128Array, DictionaryArray, Float64Array, Int32Array, Int64Array, StringArray,
    UInt16Array,
};
use arrow::datatypes::{DataType, Field, Schema, UInt16Type};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use super::COLUMNS;
use super::part::Rows;
use super::world::{Row, World};

/// Rows of a row group: as many as a file of [`write_register`](super::write_register) holds at
/// once in memory.
const ROW_GROUP: usize = 1 << 18;
/// Digits of an amount, two of them behind the point.
const AMOUNT: (u8, i8) = (18, 2);

pub(super) struct ParquetRows<W: Write + Send> {
    writer: ArrowWriter<W>,
    schema: Arc<Schema>,
    regions: ArrayRef,
    industries: ArrayRef,
    origins: ArrayRef,
    year: i32,
}

impl<W: Write + Send> ParquetRows<W> {
    pub(super) fn new(world: &World, t: usize, out: W) -> io::Result<ParquetRows<W>> {
        let code = || DataType::Dictionary(Box::new(DataType::UInt16), Box::new(DataType::Utf8));
        let amount = || DataType::Decimal128(AMOUNT.0, AMOUNT.1);
        let fields = COLUMNS.map(|name| {
            let kind = match name {
                "plant" | "parent_id" => DataType::Int64,
                "region" | "industry" | "previous_region" | "origin" => code(),
                "x_km" | "y_km" => DataType::Float64,
                "output" | "value_added" => amount(),
                _ => DataType::Int32,
            };
            Field::new(name, kind, matches!(name, "closed_year" | "previous_region"))
        });
        let schema = Arc::new(Schema::new(fields.to_vec()));
        let level = ZstdLevel::try_new(1).map_err(failed)?;
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(ROW_GROUP))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_created_by("agglo".to_owned());
        // Numbers that hardly repeat gain nothing from a dictionary.
        for name in ["plant", "parent_id", "output", "value_added", "x_km", "y_km"] {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(name), false);
        }
        for name in ["plant", "parent_id"] {
            properties = properties
                .set_column_encoding(ColumnPath::from(name), Encoding::DELTA_BINARY_PACKED);
        }
        // Without it every reader sees plain texts, not this crate's choice of dictionary.
        let options = ArrowWriterOptions::new()
            .with_properties(properties.build())
            .with_skip_arrow_metadata(true);
        let writer =
            ArrowWriter::try_new_with_options(out, Arc::clone(&schema), options).map_err(failed)?;
        let texts = |codes: Vec<&str>| Arc::new(StringArray::from(codes)) as ArrayRef;
        Ok(ParquetRows {
            writer,
            schema,
            regions: texts(world.country.regions.iter().map(|r| r.code.as_str()).collect()),
            industries: texts(world.industries.all.iter().map(|i| i.code.as_str()).collect()),
            origins: texts(super::ORIGINS.to_vec()),
            year: world.plan.year(t),
        })
    }

    fn batch(&self, rows: &[Row]) -> Result<RecordBatch, ArrowError> {
        let code = |keys: UInt16Array, values: &ArrayRef| -> Result<ArrayRef, ArrowError> {
            Ok(Arc::new(DictionaryArray::<UInt16Type>::try_new(keys, Arc::clone(values))?))
        };
        let amount = |of: fn(&Row) -> i64| -> Result<ArrayRef, ArrowError> {
            let values = Decimal128Array::from_iter_values(rows.iter().map(|r| of(r).into()));
            Ok(Arc::new(values.with_precision_and_scale(AMOUNT.0, AMOUNT.1)?))
        };
        let long =
            |of: fn(&Row) -> i64| Arc::new(Int64Array::from_iter_values(rows.iter().map(of)));
        let short =
            |of: fn(&Row) -> i32| Arc::new(Int32Array::from_iter_values(rows.iter().map(of)));
        let km = |of: fn(&Row) -> i32| {
            let values = rows.iter().map(|r| f64::from(of(r)) / 1000.0);
            Arc::new(Float64Array::from_iter_values(values))
        };
        let columns: [ArrayRef; COLUMNS.len()] = [
            long(|r| r.plant),
            long(|r| r.firm),
            Arc::new(Int32Array::from_value(self.year, rows.len())),
            code(UInt16Array::from_iter_values(rows.iter().map(|r| r.region)), &self.regions)?,
            code(UInt16Array::from_iter_values(rows.iter().map(|r| r.industry)), &self.industries)?,
            short(|r| r.jobs),
            amount(|r| r.output)?,
            amount(|r| r.value_added)?,
            km(|r| r.x_m),
            km(|r| r.y_m),
            short(|r| r.opened_year),
            Arc::new(rows.iter().map(|r| r.closed_year).collect::<Int32Array>()),
            code(rows.iter().map(|r| r.previous).collect(), &self.regions)?,
            code(
                UInt16Array::from_iter_values(rows.iter().map(|r| u16::from(r.previous.is_some()))),
                &self.origins,
            )?,
        ];
        RecordBatch::try_new(Arc::clone(&self.schema), columns.to_vec())
    }
}

impl<W: Write + Send> Rows for ParquetRows<W> {
    fn write(&mut self, rows: &[Row]) -> io::Result<()> {
        let batch = self.batch(rows).map_err(io::Error::other)?;
        self.writer.write(&batch).map_err(failed)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.writer.into_inner().map_err(failed)?.flush()
    }
}

/// What the system said, where it was the system.
fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(source) => *source,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}
