//! Frames and tables as Parquet: units, gaps and origins survive the way there and back.
//!
//! A number column with gaps has a second column `<name>.gap` with the code of each gap; a table
//! has three more columns per measure, `<name>.file`, `<name>.row` and `<name>.column`, and where a
//! source says more of some cells `<name>.status`, `<name>.lower`, `<name>.upper` and
//! `<name>.flag`. What a column is for stands in its field's metadata, so that a column called
//! `x.gap` in a source is not mistaken for one of ours. The totals of a table stand in a file beside
//! it.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use agglo_core::{Absent, Bounds, Column, Datum, Frame, Gap, Key, Mark, Status, Values};
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
use crate::spec::{Marks, Origin, Origins, Rows, SourceFile};

/// A canonical table, joined from its sources.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The table's name.
    pub name: String,
    /// Its rows.
    pub frame: Frame,
    /// Where each measure came from.
    pub origins: Origins,
    /// What the sources say of single cells besides their numbers.
    pub marks: Marks,
    /// The totals in the sources, kept apart from their parts.
    pub totals: Rows,
    /// What a cell is that no row lists.
    pub absent: Absent,
}

impl Table {
    /// What the sources say of a cell besides its number.
    pub fn mark(&self, measure: &str, row: usize) -> Option<&Mark> {
        self.marks.get(measure)?.get(&(row as u32))
    }
}

const ROLE: &str = "agglo.role";
const UNIT: &str = "agglo.unit";
const TABLE: &str = "agglo.table";

/// The file of the totals that belong to the table at `path`.
fn totals_file(path: &Path) -> PathBuf {
    path.with_extension("totals.parquet")
}

/// Writes `table` with its origins, marks and totals.
///
/// # Errors
/// When a file cannot be written.
pub fn write_table(path: &Path, table: &Table) -> Result<(), DataError> {
    let Table { name, frame, origins, marks, totals, absent } = table;
    let beside = totals_file(path);
    if totals.frame.n_rows() > 0 {
        let Rows { frame, origins, marks } = totals;
        write_rows(&beside, name, *absent, frame, origins, marks)?;
    } else if beside.exists() {
        std::fs::remove_file(&beside).map_err(|error| DataError::io(&beside, &error))?;
    }
    write_rows(path, name, *absent, frame, origins, marks)
}

fn write_rows(
    path: &Path,
    name: &str,
    absent: Absent,
    frame: &Frame,
    origins: &Origins,
    marks: &Marks,
) -> Result<(), DataError> {
    let (mut fields, mut arrays) = frame_arrays(frame);
    for (measure, cells) in &origins.cells {
        let part = |role: &str, kind| plain_field(&format!("{measure}.{role}"), kind, role, "");
        fields.push(part("file", DataType::UInt16));
        arrays.push(Arc::new(UInt16Array::from_iter_values(cells.iter().map(|c| c.file))));
        fields.push(part("row", DataType::UInt32));
        arrays.push(Arc::new(UInt32Array::from_iter_values(cells.iter().map(|c| c.row))));
        fields.push(part("column", DataType::UInt16));
        arrays.push(Arc::new(UInt16Array::from_iter_values(cells.iter().map(|c| c.column))));
    }
    for (measure, marked) in marks {
        let part = |role: &str, kind| plain_field(&format!("{measure}.{role}"), kind, role, "");
        let cells = || (0..frame.n_rows() as u32).map(|row| marked.get(&row));
        let status: StringArray = cells().map(|m| m?.status.map(Status::code)).collect();
        let lower: Float64Array = cells().map(|m| Some(m?.bounds?.lower)).collect();
        let upper: Float64Array = cells().map(|m| Some(m?.bounds?.upper)).collect();
        let flag: StringArray = cells().map(|m| m?.flag.as_deref()).collect();
        let columns: [(&str, DataType, ArrayRef); 4] = [
            ("status", DataType::Utf8, Arc::new(status)),
            ("lower", DataType::Float64, Arc::new(lower)),
            ("upper", DataType::Float64, Arc::new(upper)),
            ("flag", DataType::Utf8, Arc::new(flag)),
        ];
        for (role, kind, array) in columns {
            fields.push(part(role, kind));
            arrays.push(array);
        }
    }
    let files: Vec<Value> = origins
        .files
        .iter()
        .map(|f| json!({ "path": f.path, "blake3": f.blake3, "sheet": f.sheet }))
        .collect();
    let absent = if absent == Absent::Zero { "zero" } else { "missing" };
    let about = json!({ "name": name, "absent": absent, "files": files });
    let metadata = HashMap::from([(TABLE.to_owned(), about.to_string())]);
    write(path, Schema::new_with_metadata(fields, metadata), arrays)
}

/// Reads what [`write_table`] wrote.
///
/// # Errors
/// When a file cannot be read or is no table of ours.
pub fn read_table(path: &Path) -> Result<Table, DataError> {
    let (name, absent, Rows { frame, origins, marks }) = read_rows(path)?;
    let beside = totals_file(path);
    let totals = if beside.exists() { read_rows(&beside)?.2 } else { Rows::default() };
    Ok(Table { name, frame, origins, marks, totals, absent })
}

fn read_rows(path: &Path) -> Result<(String, Absent, Rows), DataError> {
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
    let mut marks = Marks::new();
    for (column, field) in schema.fields().iter().enumerate() {
        let Some(role) = field.metadata().get(ROLE) else { continue };
        let suffix = format!(".{role}");
        let Some(measure) = field.name().strip_suffix(&suffix) else { continue };
        let mut row = 0;
        for batch in &batches {
            let array = batch.column(column);
            match role.as_str() {
                "file" | "row" | "column" => {
                    let cells = origins.cells.entry(measure.to_owned()).or_default();
                    cells.resize(cells.len().max(row + batch.num_rows()), Origin::default());
                    take_origins(role, array, &mut cells[row..]);
                }
                "status" | "lower" | "upper" | "flag" => {
                    take_marks(
                        role,
                        array,
                        row as u32,
                        marks.entry(measure.to_owned()).or_default(),
                    );
                }
                _ => {}
            }
            row += batch.num_rows();
        }
    }
    let absent = if about["absent"] == "zero" { Absent::Zero } else { Absent::Missing };
    let frame = frame_of(&schema, &batches, &place)?;
    Ok((text(&about["name"]).unwrap_or_default(), absent, Rows { frame, origins, marks }))
}

fn take_origins(role: &str, array: &ArrayRef, cells: &mut [Origin]) {
    for (place, cell) in cells.iter_mut().enumerate().take(array.len()) {
        match role {
            "file" => cell.file = array.as_primitive::<UInt16Type>().value(place),
            "row" => cell.row = array.as_primitive::<UInt32Type>().value(place),
            _ => cell.column = array.as_primitive::<UInt16Type>().value(place),
        }
    }
}

fn take_marks(role: &str, array: &ArrayRef, first: u32, marks: &mut BTreeMap<u32, Mark>) {
    for place in (0..array.len()).filter(|&place| array.is_valid(place)) {
        let mark = marks.entry(first + place as u32).or_default();
        match role {
            "status" => mark.status = Status::from_code(array.as_string::<i32>().value(place)),
            "flag" => mark.flag = Some(array.as_string::<i32>().value(place).into()),
            _ => {
                let value = array.as_primitive::<Float64Type>().value(place);
                let unbounded = Bounds { lower: 0.0, upper: f64::INFINITY };
                let bounds = mark.bounds.get_or_insert(unbounded);
                *(if role == "lower" { &mut bounds.lower } else { &mut bounds.upper }) = value;
            }
        }
    }
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

pub(crate) fn write(path: &Path, schema: Schema, arrays: Vec<ArrayRef>) -> Result<(), DataError> {
    atomic(path, |writer| to_parquet(writer, schema, arrays))
}

/// Writes a file of batches as they come; the same batches give the same bytes.
pub(crate) fn write_batches(
    path: &Path,
    schema: Arc<Schema>,
    batches: impl Iterator<Item = Result<RecordBatch, DataError>>,
) -> Result<(), DataError> {
    let mut failed = None;
    let written = atomic(path, |writer| {
        let good = batches.map_while(|batch| batch.map_err(|error| failed = Some(error)).ok());
        batches_to_parquet(writer, schema, good)?;
        if failed.is_some() { Err(io::Error::other("a batch failed")) } else { Ok(()) }
    });
    failed.map_or(written, Err)
}

/// Writes Parquet; the same arrays give the same bytes.
pub(crate) fn to_parquet(
    writer: &mut (impl io::Write + Send),
    schema: Schema,
    arrays: Vec<ArrayRef>,
) -> io::Result<()> {
    let schema = Arc::new(schema);
    let batch = (!arrays.is_empty()).then(|| RecordBatch::try_new(schema.clone(), arrays));
    let batch = batch.transpose().map_err(io::Error::other)?;
    batches_to_parquet(writer, schema, batch.into_iter())
}

fn batches_to_parquet(
    writer: &mut (impl io::Write + Send),
    schema: Arc<Schema>,
    batches: impl Iterator<Item = RecordBatch>,
) -> io::Result<()> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by("agglo".to_owned())
        .build();
    let run = || -> Result<(), ParquetError> {
        let mut parquet = ArrowWriter::try_new(writer, schema, Some(properties))?;
        for batch in batches {
            parquet.write(&batch)?;
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

pub(crate) fn load(
    path: &Path,
    place: &Place,
) -> Result<(Arc<Schema>, Vec<RecordBatch>), DataError> {
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
    fn a_table_comes_back_with_its_origins_marks_and_totals() {
        let folder = agglo_testkit::scratch();
        let path = folder.path().join("table.parquet");
        let cell = |row| Origin { file: 0, row, column: 3 };
        let file =
            SourceFile { path: "a.xlsx".into(), blake3: "00".into(), sheet: Some("二".into()) };
        let withheld = Mark {
            status: Some(Status::Suppressed),
            bounds: Bounds::new(20.0, f64::INFINITY),
            flag: Some("B".into()),
        };
        let rows = Rows {
            frame: frame(),
            origins: Origins {
                files: vec![file],
                cells: BTreeMap::from([("value".to_owned(), vec![cell(2), cell(3), cell(0)])]),
            },
            marks: Marks::from([("value".to_owned(), BTreeMap::from([(1, withheld)]))]),
        };
        let Rows { frame, origins, marks } = rows.clone();
        let name = "activity".to_owned();
        let table = Table { name, frame, origins, marks, totals: rows, absent: Absent::Zero };
        write_table(&path, &table).unwrap();
        assert_eq!(read_table(&path).unwrap(), table);
        let without = Table { totals: Rows::default(), ..table.clone() };
        write_table(&path, &without).unwrap();
        assert_eq!(read_table(&path).unwrap(), without);
        write_frame(&path, &table.frame).unwrap();
        assert!(read_table(&path).unwrap_err().is_unreadable());
    }
}
