//! Parquet columns that hold lists, structures and maps where one value is wanted.
#![expect(clippy::unwrap_used, reason = "a file that cannot be written fails the test")]

use std::path::Path;
use std::sync::Arc;

use agglo_data::{Diagnostic, ReadSpec, read};
use agglo_testkit::scratch;
use arrow::array::{
    ArrayRef, Int64Array, Int64Builder, ListArray, MapBuilder, RecordBatch, StringArray,
    StringBuilder, StructArray,
};
use arrow::datatypes::{DataType, Field, Int64Type};
use parquet::arrow::ArrowWriter;

const N_ROWS: usize = 20;

fn plain(text: &str) -> ArrayRef {
    Arc::new(StringArray::from_iter_values((0..N_ROWS).map(|row| format!("{text}{row}"))))
}

fn structure() -> ArrayRef {
    let field = Arc::new(Field::new("code", DataType::Utf8, false));
    Arc::new(StructArray::from(vec![(field, plain("c"))]))
}

fn list() -> ArrayRef {
    let lists = (0..N_ROWS as i64).map(|row| Some(vec![Some(row), Some(row + 1)]));
    Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(lists))
}

fn map() -> ArrayRef {
    let mut maps = MapBuilder::new(None, StringBuilder::new(), Int64Builder::new());
    for row in 0..N_ROWS {
        maps.keys().append_value("jobs");
        maps.values().append_value(row as i64);
        maps.append(true).unwrap();
    }
    Arc::new(maps.finish())
}

fn write(path: &Path, region: ArrayRef, employment: ArrayRef) {
    let years: ArrayRef = Arc::new(Int64Array::from(vec![2020; N_ROWS]));
    let columns = [
        ("region", region),
        ("industry", plain("i")),
        ("year", years),
        ("employment", employment),
        // Nothing asks for this one, so it does no harm.
        ("remarks", list()),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer =
        ArrowWriter::try_new(std::fs::File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn numbers() -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(0..N_ROWS as i64))
}

fn spec() -> ReadSpec {
    let spec = ReadSpec::new("activity", "jobs.parquet");
    let columns = ["region", "industry", "employment"];
    let spec = columns.into_iter().fold(spec, |spec, name| spec.column(name, name));
    ReadSpec { reader: Some("tidy".into()), ..spec.column("period", "year") }
}

/// Whether the diagnostic names the column and says what to do.
fn is_clear(found: &Diagnostic, column: &str) -> bool {
    found.column.as_deref() == Some(column)
        && found.file.as_deref() == Some("jobs.parquet")
        && found.row == Some(1)
        && found.remedy.contains("a column or a row of its own")
}

#[test]
fn a_nested_column_that_is_not_asked_for_does_no_harm() {
    let folder = scratch();
    write(&folder.path().join("jobs.parquet"), plain("r"), numbers());
    assert_eq!(read(&spec(), folder.path()).unwrap().rows_used, N_ROWS as u64);
    let cells = agglo_data::reduce::cells(&spec(), folder.path(), 0).unwrap();
    assert_eq!(cells.n_rows(), N_ROWS);
}

#[test]
fn a_nested_key_or_value_is_refused_with_its_column_and_what_to_do() {
    let folder = scratch();
    for (what, nested) in [("structure", structure()), ("list", list()), ("map", map())] {
        for (column, code) in [("region", "A0313"), ("employment", "A0302")] {
            let (region, jobs) = match column {
                "region" => (nested.clone(), numbers()),
                _ => (plain("r"), nested.clone()),
            };
            write(&folder.path().join("jobs.parquet"), region, jobs);
            let reading = read(&spec(), folder.path()).unwrap();
            assert_eq!((reading.rows_used, reading.rows_rejected), (0, N_ROWS as u64), "{what}");
            let first = &reading.diagnostics[0];
            assert!(first.code == code && is_clear(first, column), "{what}: {first:?}");
            let n: u64 = reading.diagnostics.iter().map(|found| 1 + found.count).sum();
            assert_eq!(n, N_ROWS as u64);

            // The engine, which understands nested columns otherwise, says the same.
            let error = agglo_data::reduce::cells(&spec(), folder.path(), 0).unwrap_err();
            let first = &error.diagnostics()[0];
            assert!(first.code == code && is_clear(first, column), "{what}: {first:?}");
        }
    }
}
