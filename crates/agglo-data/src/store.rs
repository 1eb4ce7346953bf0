//! Frames and tables as Parquet: units, gaps and origins survive the way there and back.
//!
//! A number column with gaps has a second column `<name>.gap` with the code of each gap; a table
//! has three more columns per measure, `<name>.file`, `<name>.row` and `<name>.column`. What a
//! column is for stands in its field's metadata, so that a column called `x.gap` in a source is
//! not mistaken for one of ours.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::Path;
use std::sync::Arc;

use agglo_core::{Absent, Column, Datum, Frame, Gap, Key, Values};
use arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray, UInt16Array,
    UInt32Array,
};
use arrow::datatypes::{DataType, Field, Float64Type, Int64Type, Schema, UInt16Type, UInt32Type};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use serde_json::{Value, json};

use crate::atomic::atomic;
use crate::diagnostic::{DataError, Place};
use crate::source::{damaged, open_file};
use crate::spec::{Origin, Origins, SourceFile};

/// A canonical table, joined from its sources.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The table's name.
    pub name: String,
    /// Its rows.
    pub frame: Frame,
    /// Where each measure came from.
    pub origins: Origins,
    /// What a cell is that no row lists.
    pub absent: Absent,
}

const ROLE: &str = "agglo.role";
const UNIT: &str = "agglo.unit";
const TABLE: &str = "agglo.table";

/// Writes `table` with its origins.
///
/// # Errors
/// When the file cannot be written.
pub fn write_table(path: &Path, table: &Table) -> Result<(), DataError> {
    let (mut fields, mut arrays) = frame_arrays(&table.frame);
    for (measure, cells) in &table.origins.cells {
        let part = |role: &str, kind| plain_field(&format!("{measure}.{role}"), kind, role, "");
        fields.push(part("file", DataType::UInt16));
        arrays.push(Arc::new(UInt16Array::from_iter_values(cells.iter().map(|c| c.file))));
        fields.push(part("row", DataType::UInt32));
        arrays.push(Arc::new(UInt32Array::from_iter_values(cells.iter().map(|c| c.row))));
        fields.push(part("column", DataType::UInt16));
        arrays.push(Arc::new(UInt16Array::from_iter_values(cells.iter().map(|c| c.column))));
    }
    let files: Vec<Value> = table
        .origins
        .files
        .iter()
        .map(|f| json!({ "path": f.path, "blake3": f.blake3, "sheet": f.sheet }))
        .collect();
    let absent = if table.absent == Absent::Zero { "zero" } else { "missing" };
    let about = json!({ "name": table.name, "absent": absent, "files": files });
    let metadata = HashMap::from([(TABLE.to_owned(), about.to_string())]);
    write(path, Schema::new_with_metadata(fields, metadata), arrays)
}

/// Reads what [`write_table`] wrote.
///
/// # Errors
/// When the file cannot be read or is no table of ours.
pub fn read_table(path: &Path) -> Result<Table, DataError> {
    let place = Place { file: path.display().to_string(), sheet: None };
    let (schema, batches) = load(path, &place)?;
    let about = schema.metadata().get(TABLE).and_then(|text| serde_json::from_str(text).ok());
    let about: Value = about.ok_or_else(|| damaged(&place, "this is no table of agglo"))?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let files = about["files"].as_array().into_iter().flatten().map(|file| SourceFile {
        path: text(&file["path"]).unwrap_or_default(),
        blake3: text(&file["blake3"]).unwrap_or_default(),
        sheet: text(&file["sheet"]),
    });
    let mut origins = Origins { files: files.collect(), cells: BTreeMap::new() };
    for (column, field) in schema.fields().iter().enumerate() {
        let Some(role) = field.metadata().get(ROLE) else { continue };
        let suffix = format!(".{role}");
        let Some(measure) = field.name().strip_suffix(&suffix) else { continue };
        if !matches!(role.as_str(), "file" | "row" | "column") {
            continue;
        }
        let cells = origins.cells.entry(measure.to_owned()).or_default();
        let mut row = 0;
        for batch in &batches {
            cells.resize(cells.len().max(row + batch.num_rows()), Origin::default());
            let array = batch.column(column);
            for (place, cell) in cells[row..row + batch.num_rows()].iter_mut().enumerate() {
                match role.as_str() {
                    "file" => cell.file = array.as_primitive::<UInt16Type>().value(place),
                    "row" => cell.row = array.as_primitive::<UInt32Type>().value(place),
                    _ => cell.column = array.as_primitive::<UInt16Type>().value(place),
                }
            }
            row += batch.num_rows();
        }
    }
    Ok(Table {
        name: text(&about["name"]).unwrap_or_default(),
        frame: frame_of(&schema, &batches, &place)?,
        origins,
        absent: if about["absent"] == "zero" { Absent::Zero } else { Absent::Missing },
    })
}

/// Writes `frame`, units and gaps included.
///
/// # Errors
/// When the file cannot be written.
pub fn write_frame(path: &Path, frame: &Frame) -> Result<(), DataError> {
    let (fields, arrays) = frame_arrays(frame);
    write(path, Schema::new(fields), arrays)
}

/// Reads what [`write_frame`] wrote.
///
/// # Errors
/// When the file cannot be read or holds types that no frame has.
pub fn read_frame(path: &Path) -> Result<Frame, DataError> {
    let place = Place { file: path.display().to_string(), sheet: None };
    let (schema, batches) = load(path, &place)?;
    frame_of(&schema, &batches, &place)
}

fn plain_field(name: &str, kind: DataType, role: &str, unit: &str) -> Field {
    let mut metadata = HashMap::from([(ROLE.to_owned(), role.to_owned())]);
    if !unit.is_empty() {
        metadata.insert(UNIT.to_owned(), unit.to_owned());
    }
    Field::new(name, kind, true).with_metadata(metadata)
}

/// The columns of `frame` as Arrow arrays, each number column with gaps followed by their codes.
pub(crate) fn frame_arrays(frame: &Frame) -> (Vec<Field>, Vec<ArrayRef>) {
    let mut fields = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for column in frame.columns() {
        let field = |kind| plain_field(column.name(), kind, "value", column.unit());
        match column.values() {
            Values::Text(values) => {
                fields.push(field(DataType::Utf8));
                let texts: StringArray = values.iter().map(Option::as_deref).collect();
                arrays.push(Arc::new(texts));
            }
            Values::Integer(values) => {
                fields.push(field(DataType::Int64));
                arrays.push(Arc::new(Int64Array::from(values.clone())));
            }
            Values::Number(values) => {
                fields.push(field(DataType::Float64));
                let numbers: Float64Array = values.iter().map(|datum| datum.number()).collect();
                arrays.push(Arc::new(numbers));
                if values.iter().any(|datum| datum.gap().is_some()) {
                    let name = format!("{}.gap", column.name());
                    fields.push(plain_field(&name, DataType::Utf8, "gap", ""));
                    let codes: StringArray =
                        values.iter().map(|datum| datum.gap().map(Gap::code)).collect();
                    arrays.push(Arc::new(codes));
                }
            }
        }
    }
    (fields, arrays)
}

fn write(path: &Path, schema: Schema, arrays: Vec<ArrayRef>) -> Result<(), DataError> {
    atomic(path, |writer| to_parquet(writer, schema, arrays))
}

/// Writes Parquet; the same arrays give the same bytes.
pub(crate) fn to_parquet(
    writer: &mut (impl io::Write + Send),
    schema: Schema,
    arrays: Vec<ArrayRef>,
) -> io::Result<()> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by("agglo".to_owned())
        .build();
    let schema = Arc::new(schema);
    let run = || -> Result<(), ParquetError> {
        let mut parquet = ArrowWriter::try_new(writer, schema.clone(), Some(properties))?;
        if !arrays.is_empty() {
            parquet.write(&RecordBatch::try_new(schema, arrays)?)?;
        }
        parquet.close().map(|_| ())
    };
    run().map_err(|error| match error {
        // The disk's own error says whether it is full.
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        other => io::Error::other(other),
    })
}

fn load(path: &Path, place: &Place) -> Result<(Arc<Schema>, Vec<RecordBatch>), DataError> {
    let file = open_file(path, &place.file)?;
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| damaged(place, error))?;
    let schema = builder.schema().clone();
    let batches = builder.with_batch_size(1 << 16).build();
    let batches = batches.map_err(|error| damaged(place, error))?.collect::<Result<Vec<_>, _>>();
    Ok((schema, batches.map_err(|error| damaged(place, error))?))
}

fn frame_of(schema: &Schema, batches: &[RecordBatch], place: &Place) -> Result<Frame, DataError> {
    let role = |field: &Field| field.metadata().get(ROLE).cloned().unwrap_or("value".to_owned());
    let mut columns = Vec::new();
    for (at, field) in schema.fields().iter().enumerate() {
        if role(field) != "value" {
            continue;
        }
        let arrays = batches.iter().map(|batch| batch.column(at));
        let values = match field.data_type() {
            DataType::Utf8 => Values::Text(texts(arrays)),
            DataType::Int64 => {
                Values::Integer(arrays.flat_map(|a| a.as_primitive::<Int64Type>().iter()).collect())
            }
            DataType::Float64 => {
                let gap_name = format!("{}.gap", field.name());
                let gaps = schema
                    .fields()
                    .iter()
                    .position(|other| *other.name() == gap_name && role(other) == "gap");
                let mut values = Vec::new();
                for batch in batches {
                    let codes = gaps.map(|gaps| batch.column(gaps).as_string::<i32>());
                    let numbers = batch.column(at).as_primitive::<Float64Type>();
                    for (row, number) in numbers.iter().enumerate() {
                        let code = codes.filter(|codes| codes.is_valid(row)).map(|c| c.value(row));
                        let gap = code.and_then(Gap::from_code).unwrap_or(Gap::Missing);
                        let number = number.filter(|number| number.is_finite());
                        values.push(number.map_or(Datum::Gap(gap), Datum::Number));
                    }
                }
                Values::Number(values)
            }
            other => {
                let what = format!("column `{}` is {other}, which no frame holds", field.name());
                return Err(damaged(place, what));
            }
        };
        let unit = field.metadata().get(UNIT).cloned().unwrap_or_default();
        columns.push(Column::new(field.name(), unit, values));
    }
    Frame::new(columns).map_err(|error| damaged(place, error))
}

/// Text cells, equal ones shared.
fn texts<'a>(arrays: impl Iterator<Item = &'a ArrayRef>) -> Vec<Option<Key>> {
    let mut known: HashMap<&'a str, Key> = HashMap::new();
    let mut texts = Vec::new();
    for array in arrays {
        for text in array.as_string::<i32>() {
            texts.push(
                text.map(|text| known.entry(text).or_insert_with(|| Key::from(text)).clone()),
            );
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        Frame::new(vec![
            Column::new("region", "", Values::Text(vec![Some("01".into()), None, Some("".into())])),
            Column::new("period", "", Values::Integer(vec![Some(2019), None, Some(-1)])),
            Column::number(
                "value",
                "persons",
                [Datum::Number(0.1), Datum::Gap(Gap::Suppressed), Datum::Gap(Gap::Missing)],
            ),
        ])
        .unwrap()
    }

    #[test]
    fn a_frame_comes_back_with_units_and_gaps() {
        let folder = agglo_testkit::scratch();
        let path = folder.path().join("frame.parquet");
        write_frame(&path, &frame()).unwrap();
        assert_eq!(read_frame(&path).unwrap(), frame());
    }

    #[test]
    fn an_empty_frame_comes_back() {
        let folder = agglo_testkit::scratch();
        let path = folder.path().join("frame.parquet");
        let frame = frame().take(&[]);
        write_frame(&path, &frame).unwrap();
        assert_eq!(read_frame(&path).unwrap(), frame);
    }

    #[test]
    fn a_table_comes_back_with_its_origins() {
        let folder = agglo_testkit::scratch();
        let path = folder.path().join("table.parquet");
        let cell = |row| Origin { file: 0, row, column: 3 };
        let file =
            SourceFile { path: "a.xlsx".into(), blake3: "00".into(), sheet: Some("二".into()) };
        let table = Table {
            name: "activity".into(),
            frame: frame(),
            origins: Origins {
                files: vec![file],
                cells: BTreeMap::from([("value".to_owned(), vec![cell(2), cell(3), cell(0)])]),
            },
            absent: Absent::Zero,
        };
        write_table(&path, &table).unwrap();
        assert_eq!(read_table(&path).unwrap(), table);
        write_frame(&path, &table.frame).unwrap();
        assert!(read_table(&path).unwrap_err().is_unreadable());
    }
}
