//! Parquet types, OpenDocument, and bytes that are no file at all.

use std::sync::Arc;

use agglo_core::{Datum, Gap, Key};
use agglo_data::{ReadSpec, read, sniff};
use agglo_testkit::scratch;
use arrow::array::{
    ArrayRef, Decimal128Array, DictionaryArray, Float32Array, Float64Array, Int32Array,
    LargeStringArray, RecordBatch, UInt16Array,
};
use arrow::datatypes::Int8Type;
use parquet::arrow::ArrowWriter;
use proptest::prelude::*;

#[test]
fn parquet_columns_of_every_usual_type_are_read() {
    let folder = scratch();
    let dictionary: DictionaryArray<Int8Type> = ["01", "02", "01"].into_iter().collect();
    let decimal = Decimal128Array::from(vec![Some(10_005), None, Some(-5)]);
    let columns: [(&str, ArrayRef); 7] = [
        ("region", Arc::new(dictionary)),
        ("industry", Arc::new(LargeStringArray::from(vec!["C", "C", "D"]))),
        ("period", Arc::new(UInt16Array::from(vec![2019, 2019, 2020]))),
        ("employment", Arc::new(Int32Array::from(vec![Some(3), None, Some(0)]))),
        ("value_added", Arc::new(decimal.with_precision_and_scale(12, 2).unwrap())),
        ("output", Arc::new(Float64Array::from(vec![0.1, f64::NAN, 2.5]))),
        ("revenue", Arc::new(Float32Array::from(vec![0.5, 1.5, 2.5]))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let file = std::fs::File::create(folder.path().join("jobs.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();

    let reading = read(&ReadSpec::new("activity", "jobs.parquet"), folder.path()).unwrap();
    assert_eq!(reading.rows_used, 3);
    let frame = &reading.frame;
    assert_eq!(frame.keys("region").unwrap(), ["01", "02", "01"].map(Key::from));
    assert_eq!(frame.keys("industry").unwrap(), ["C", "C", "D"].map(Key::from));
    assert_eq!(frame.integers("period").unwrap(), [2019, 2019, 2020]);
    let missing = Datum::Gap(Gap::Missing);
    let number = Datum::Number;
    assert_eq!(frame.numbers("employment").unwrap(), [number(3.0), missing, number(0.0)]);
    assert_eq!(frame.numbers("value_added").unwrap(), [number(100.05), missing, number(-0.05)]);
    assert_eq!(frame.numbers("output").unwrap(), [number(0.1), missing, number(2.5)]);
    assert_eq!(frame.numbers("revenue").unwrap(), [0.5, 1.5, 2.5].map(number));
    let codes: Vec<&str> = reading.diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["A0310", "A0304"]);
    assert_eq!(reading.origins.cells["employment"][2].row, 3);
}

/// A zip archive that stores `files` as they are.
fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let crc = |bytes: &[u8]| {
        !bytes.iter().fold(!0u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 }
            })
        })
    };
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for (name, text) in files {
        let offset = bytes.len() as u32;
        let mut entry = Vec::new();
        entry.extend_from_slice(&[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0]);
        for number in [crc(text.as_bytes()), text.len() as u32, text.len() as u32] {
            entry.extend_from_slice(&number.to_le_bytes());
        }
        entry.extend_from_slice(&(name.len() as u32).to_le_bytes());
        bytes.extend_from_slice(b"PK\x03\x04");
        bytes.extend_from_slice(&entry);
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(text.as_bytes());
        directory.extend_from_slice(b"PK\x01\x02\x14\0");
        directory.extend_from_slice(&entry);
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
    }
    let (start, size) = (bytes.len() as u32, directory.len() as u32);
    bytes.extend_from_slice(&directory);
    bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    let count = (files.len() as u16).to_le_bytes();
    bytes.extend_from_slice(&[count, count].concat());
    bytes.extend_from_slice(&size.to_le_bytes());
    bytes.extend_from_slice(&start.to_le_bytes());
    bytes.extend_from_slice(&[0, 0]);
    bytes
}

#[test]
fn an_open_document_sheet_is_read() {
    let text = |text: &str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let number = |value: &str| {
        format!(
            "<table:table-cell office:value-type=\"float\" office:value=\"{value}\"><text:p>{value}</text:p></table:table-cell>"
        )
    };
    let row = |cells: &[String]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body>\
         <office:spreadsheet><table:table table:name=\"jobs\">{}{}</table:table>\
         </office:spreadsheet></office:body></office:document-content>",
        row(&["region", "industry", "year", "employment"].map(text)),
        row(&[text("01"), text("C"), number("2019"), number("12.5")]),
    );
    let manifest = "<?xml version=\"1.0\"?><manifest:manifest \
         xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    let bytes = zip(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", &content),
    ]);
    let folder = scratch();
    std::fs::write(folder.path().join("jobs.ods"), bytes).unwrap();
    let reading = read(&ReadSpec::new("activity", "jobs.ods"), folder.path()).unwrap();
    assert_eq!(reading.frame.keys("region").unwrap(), [Key::from("01")]);
    assert_eq!(reading.frame.numbers("employment").unwrap(), [Datum::Number(12.5)]);
    assert_eq!(reading.files[0].sheet.as_deref(), Some("jobs"));
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[0-9]{1,4}",
        "-?[0-9]{1,3}[.,][0-9]{1,3}",
        "\\PC{0,4}",
        Just("(D)".to_owned()),
        Just("\"".to_owned()),
        Just("01".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_bytes_give_a_table_or_an_error_and_never_a_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let folder = scratch();
        let path = folder.path().join("file");
        std::fs::write(&path, &bytes).unwrap();
        let _ = sniff(&path);
        let _ = read(&ReadSpec::new("activity", "file"), folder.path());
    }

    #[test]
    fn every_row_is_used_or_rejected(
        rows in proptest::collection::vec(proptest::collection::vec(cell(), 1..6), 1..30),
        wide in any::<bool>(),
    ) {
        let heads = if wide { "region,industry,2018,2019" } else { "region,industry,year,value" };
        let lines: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
        let folder = scratch();
        std::fs::write(folder.path().join("f.csv"), format!("{heads}\n{}\n", lines.join("\n"))).unwrap();
        let spec = ReadSpec { value: Some("value".into()), ..ReadSpec::new("activity", "f.csv") };
        if let Ok(reading) = read(&spec, folder.path()) {
            prop_assert_eq!(reading.rows_used + reading.rows_rejected, reading.rows_read);
            let periods = if wide { 2 } else { 1 };
            prop_assert_eq!(reading.frame.n_rows() as u64, reading.rows_used * periods);
            let shown: u64 = reading
                .diagnostics
                .iter()
                .filter(|d| d.severity == agglo_data::Severity::Error)
                .map(|d| 1 + d.count)
                .sum();
            prop_assert!(shown >= reading.rows_rejected);
        }
    }
}
