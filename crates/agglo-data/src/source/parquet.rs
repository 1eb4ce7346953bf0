//! Parquet files, through Arrow.

use std::fs::File;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{Cell, Row, Unusable, damaged, guarded};
use crate::diagnostic::{DataError, Place};

pub(super) struct Rows {
    batches: Box<Batches>,
}

type Batches = dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send;

enum Typed {
    Text(StringArray),
    Integer(Int64Array),
    Number(Float64Array),
    /// Lists, structures and other types that hold no cell.
    Other,
}

struct Batch {
    columns: Vec<Typed>,
}

struct BatchRow<'b> {
    batch: &'b Batch,
    row: usize,
}

impl Row for BatchRow<'_> {
    fn len(&self) -> usize {
        self.batch.columns.len()
    }

    fn cell(&self, column: usize) -> Cell<'_> {
        let row = self.row;
        match self.batch.columns.get(column) {
            Some(Typed::Text(values)) if values.is_valid(row) => Cell::Text(values.value(row)),
            Some(Typed::Integer(values)) if values.is_valid(row) => {
                Cell::Integer(values.value(row))
            }
            Some(Typed::Number(values)) if values.is_valid(row) => Cell::Number(values.value(row)),
            Some(Typed::Other) => Cell::Unusable(Unusable::Nested, "(nested)"),
            _ => Cell::Empty,
        }
    }
}

pub(super) fn open(file: File, place: &Place) -> Result<(Vec<String>, Rows), DataError> {
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| damaged(place, error))?;
    let headings = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    let batches = builder.build().map_err(|error| damaged(place, error))?;
    Ok((headings, Rows { batches: Box::new(batches) }))
}

fn typed(array: &ArrayRef) -> Result<Typed, ArrowError> {
    use DataType as T;
    let checked = CastOptions { safe: false, ..CastOptions::default() };
    let to = |target: &DataType| cast_with_options(array, target, &checked);
    Ok(match array.data_type() {
        T::Dictionary(_, values) => return typed(&to(values)?),
        T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::UInt8 | T::UInt16 | T::UInt32 | T::UInt64 => {
            Typed::Integer(to(&T::Int64)?.as_primitive().clone())
        }
        T::Float16 | T::Float32 | T::Float64 => {
            Typed::Number(to(&T::Float64)?.as_primitive().clone())
        }
        T::List(_)
        | T::LargeList(_)
        | T::FixedSizeList(..)
        | T::Struct(_)
        | T::Map(..)
        | T::Union(..) => Typed::Other,
        // Decimals keep their digits as text and are parsed like those of a text file.
        _ => Typed::Text(to(&T::Utf8)?.as_string::<i32>().clone()),
    })
}

impl Rows {
    pub(super) fn each_row(
        &mut self,
        place: &Place,
        each: &mut dyn FnMut(u32, &dyn Row) -> bool,
    ) -> Result<(), DataError> {
        let mut before = 0u32;
        // Only the decoder is guarded: a panic of ours is no damage of the file.
        while let Some(batch) = guarded(place, || Ok(self.batches.next()))? {
            let batch = batch.map_err(|error| damaged(place, error))?;
            let columns = batch.columns().iter().map(typed).collect::<Result<Vec<_>, _>>();
            let typed = Batch { columns: columns.map_err(|error| damaged(place, error))? };
            for row in 0..batch.num_rows() {
                let view = BatchRow { batch: &typed, row };
                if !view.is_blank() && !each(before + row as u32 + 1, &view) {
                    return Ok(());
                }
            }
            before += batch.num_rows() as u32;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_decoder_between_rows_is_damage_of_the_file() {
        let mut rows = Rows { batches: Box::new(std::iter::from_fn(|| panic!("as a library"))) };
        let place = Place { file: "x.parquet".into(), sheet: None };
        let error = rows.each_row(&place, &mut |_, _| true).unwrap_err();
        assert_eq!(error.diagnostics()[0].code, crate::codes::DAMAGED);
    }
}
