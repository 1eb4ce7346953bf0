//! A frame as bytes for other programs and for people.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use agglo_core::{Column, Datum, Frame, Values};
use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::Schema;
use arrow::ipc::writer::StreamWriter;
use rust_xlsxwriter::{Format as CellFormat, Workbook, XlsxError};
use serde_json::{Map, Number, Value};

use crate::atomic::{atomic, write_error};
use crate::diagnostic::DataError;
use crate::store::{frame_arrays, to_parquet};

/// A format to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated, UTF-8.
    Csv,
    /// Tab-separated, UTF-8.
    Tsv,
    /// A list of objects, one per row.
    Json,
    /// Parquet.
    Parquet,
    /// A stream of Arrow record batches.
    Arrow,
    /// Excel.
    Xlsx,
    /// A Markdown table.
    Md,
    /// Columns aligned with blanks.
    Table,
}

impl Format {
    /// All formats with their names.
    pub const NAMES: [(&'static str, Format); 8] = [
        ("table", Format::Table),
        ("csv", Format::Csv),
        ("tsv", Format::Tsv),
        ("json", Format::Json),
        ("parquet", Format::Parquet),
        ("arrow", Format::Arrow),
        ("xlsx", Format::Xlsx),
        ("md", Format::Md),
    ];

    /// The format of this name.
    pub fn from_name(name: &str) -> Option<Format> {
        Format::NAMES.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }

    /// The format that the file's ending names.
    pub fn of_path(path: &Path) -> Option<Format> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "txt" => Some(Format::Table),
            other => Format::from_name(other),
        }
    }
}

/// Writes `frame` to `out`.
///
/// A number column with gaps is followed by `<name>.gap` with the code of each gap in CSV, TSV,
/// JSON, Parquet, Arrow and Excel; for people the gap stands in the cell. Numbers are written so that they
/// come back as they were, for people with six significant digits.
///
/// # Errors
/// When `out` cannot be written.
pub fn export(
    frame: &Frame,
    format: Format,
    out: &mut (dyn Write + Send),
) -> Result<(), DataError> {
    write(frame, format, out).map_err(|error| write_error(Path::new("output"), &error))
}

/// Writes `frame` to `path`, whole or not at all.
///
/// # Errors
/// When the file cannot be written.
pub fn export_file(frame: &Frame, format: Format, path: &Path) -> Result<(), DataError> {
    atomic(path, |writer| write(frame, format, writer))
}

fn write(frame: &Frame, format: Format, mut out: &mut (dyn Write + Send)) -> io::Result<()> {
    match format {
        Format::Csv => delimited(frame, b',', out),
        Format::Tsv => delimited(frame, b'\t', out),
        Format::Json => json(frame, out),
        Format::Parquet => {
            let (fields, arrays) = frame_arrays(frame);
            to_parquet(&mut out, Schema::new(fields), arrays)
        }
        Format::Arrow => arrow_stream(frame, out),
        Format::Xlsx => xlsx(frame, out),
        Format::Md => markdown(frame, out),
        Format::Table => table(frame, out),
    }?;
    out.flush()
}

/// A column, or the codes of its gaps.
enum Part<'f> {
    Values(&'f Column),
    Gaps(&'f Column),
}

fn parts(frame: &Frame) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    for column in frame.columns() {
        parts.push(Part::Values(column));
        if let Values::Number(values) = column.values()
            && values.iter().any(|datum| datum.gap().is_some())
        {
            parts.push(Part::Gaps(column));
        }
    }
    parts
}

impl Part<'_> {
    fn name(&self) -> String {
        match self {
            Part::Values(column) => column.name().to_owned(),
            Part::Gaps(column) => format!("{}.gap", column.name()),
        }
    }

    fn text(&self, row: usize) -> String {
        match self {
            Part::Values(column) => match column.values() {
                Values::Text(texts) => texts[row].as_deref().unwrap_or_default().to_owned(),
                Values::Integer(values) => values[row].map(|v| v.to_string()).unwrap_or_default(),
                Values::Number(values) => {
                    values[row].number().map(|v| v.to_string()).unwrap_or_default()
                }
            },
            Part::Gaps(_) => self.gap(row).unwrap_or_default().to_owned(),
        }
    }

    fn gap(&self, row: usize) -> Option<&'static str> {
        match self {
            Part::Gaps(column) => match column.values() {
                Values::Number(values) => values[row].gap().map(agglo_core::Gap::code),
                _ => None,
            },
            Part::Values(_) => None,
        }
    }
}

fn delimited(frame: &Frame, delimiter: u8, out: &mut dyn Write) -> io::Result<()> {
    let parts = parts(frame);
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
    writer.write_record(parts.iter().map(Part::name)).map_err(csv_error)?;
    for row in 0..frame.n_rows() {
        writer.write_record(parts.iter().map(|part| part.text(row))).map_err(csv_error)?;
    }
    writer.flush()
}

/// The stream's own error, which says whether a disk is full.
fn csv_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn json(frame: &Frame, out: &mut dyn Write) -> io::Result<()> {
    let parts = parts(frame);
    out.write_all(b"[")?;
    for row in 0..frame.n_rows() {
        let mut object = Map::new();
        for part in &parts {
            let value = match part {
                Part::Gaps(_) => part.gap(row).map(Value::from),
                Part::Values(column) => match column.values() {
                    Values::Text(texts) => texts[row].as_deref().map(Value::from),
                    Values::Integer(values) => values[row].map(Value::from),
                    Values::Number(values) => {
                        values[row].number().and_then(Number::from_f64).map(Value::Number)
                    }
                },
            };
            object.insert(part.name(), value.unwrap_or(Value::Null));
        }
        out.write_all(if row > 0 { b",\n " } else { b"\n " })?;
        serde_json::to_writer(&mut *out, &object)?;
    }
    out.write_all(b"\n]\n")
}

fn arrow_stream(frame: &Frame, out: &mut dyn Write) -> io::Result<()> {
    let (fields, arrays) = frame_arrays(frame);
    let schema = Arc::new(Schema::new(fields));
    let rows = RecordBatchOptions::new().with_row_count(Some(frame.n_rows()));
    let batch = RecordBatch::try_new_with_options(schema.clone(), arrays, &rows);
    let mut writer = StreamWriter::try_new(out, &schema).map_err(io::Error::other)?;
    batch.and_then(|batch| writer.write(&batch)).map_err(io::Error::other)?;
    writer.finish().map_err(io::Error::other)
}

fn xlsx(frame: &Frame, out: &mut dyn Write) -> io::Result<()> {
    let bytes = workbook(frame).map_err(io::Error::other)?;
    out.write_all(&bytes)
}

fn workbook(frame: &Frame) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let bold = CellFormat::new().set_bold();
    let parts = parts(frame);
    let sheet = workbook.add_worksheet().set_name("data")?;
    sheet.set_freeze_panes(1, 0)?;
    for (at, part) in parts.iter().enumerate() {
        let at = at as u16;
        sheet.write_with_format(0, at, part.name(), &bold)?;
        for row in 0..frame.n_rows() {
            let line = row as u32 + 1;
            match part {
                Part::Gaps(_) => {
                    if let Some(code) = part.gap(row) {
                        sheet.write_string(line, at, code)?;
                    }
                }
                Part::Values(column) => match column.values() {
                    // Codes stay text, so that their leading zeros stay.
                    Values::Text(texts) => {
                        if let Some(text) = &texts[row] {
                            sheet.write_string(line, at, text.as_ref())?;
                        }
                    }
                    Values::Integer(values) => {
                        if let Some(value) = values[row] {
                            sheet.write_number(line, at, value as f64)?;
                        }
                    }
                    Values::Number(values) => {
                        if let Datum::Number(value) = values[row] {
                            sheet.write_number(line, at, value)?;
                        }
                    }
                },
            }
        }
    }
    let about = workbook.add_worksheet().set_name("columns")?;
    about.write_with_format(0, 0, "column", &bold)?;
    about.write_with_format(0, 1, "unit", &bold)?;
    for (row, column) in frame.columns().iter().enumerate() {
        about.write_string(row as u32 + 1, 0, column.name())?;
        about.write_string(row as u32 + 1, 1, column.unit())?;
    }
    workbook.save_to_buffer()
}

/// A cell for people: six significant digits, and the gap in words.
fn for_people(column: &Column, row: usize) -> String {
    match column.values() {
        Values::Number(values) => match values[row] {
            Datum::Number(value) => six_digits(value),
            Datum::Gap(gap) => format!("({})", gap.code().replace('_', " ")),
        },
        _ => Part::Values(column).text(row),
    }
}

/// `value` with six significant digits, without zeros at the end.
fn six_digits(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || (value.fract() == 0.0 && size < 1e15) {
        return format!("{value:.0}");
    }
    if !(1e-4..1e15).contains(&size) {
        return format!("{value:.5e}");
    }
    let decimals = (5 - size.log10().floor() as i32).max(0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn is_number(column: &Column) -> bool {
    !matches!(column.values(), Values::Text(_))
}

fn markdown(frame: &Frame, out: &mut dyn Write) -> io::Result<()> {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let escape = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    let heads = frame.columns().iter().map(|column| escape(column.name()));
    let rules =
        frame.columns().iter().map(|c| if is_number(c) { "---:" } else { "---" }.to_owned());
    out.write_all(line(heads.collect()).as_bytes())?;
    out.write_all(line(rules.collect()).as_bytes())?;
    for row in 0..frame.n_rows() {
        let cells = frame.columns().iter().map(|column| escape(&for_people(column, row)));
        out.write_all(line(cells.collect()).as_bytes())?;
    }
    Ok(())
}

fn table(frame: &Frame, out: &mut dyn Write) -> io::Result<()> {
    let columns: Vec<(bool, Vec<String>)> = frame
        .columns()
        .iter()
        .map(|column| {
            let cells = (0..frame.n_rows()).map(|row| for_people(column, row));
            (is_number(column), std::iter::once(column.name().to_owned()).chain(cells).collect())
        })
        .collect();
    let widths: Vec<usize> = columns
        .iter()
        .map(|(_, cells)| cells.iter().map(|cell| width(cell)).max().unwrap_or(0))
        .collect();
    for row in 0..=frame.n_rows() {
        let mut line = String::new();
        for ((is_number, cells), &wide) in columns.iter().zip(&widths) {
            let cell = &cells[row];
            let blanks = " ".repeat(wide - width(cell));
            let (before, after) =
                if *is_number { (blanks.as_str(), "") } else { ("", blanks.as_str()) };
            line.extend([before, cell, after, "  "]);
        }
        out.write_all(line.trim_end().as_bytes())?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Columns that a terminal needs for `text`: Chinese characters take two.
fn width(text: &str) -> usize {
    let wide = |c: char| {
        matches!(c as u32, 0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF
            | 0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x2_0000..=0x3_FFFD)
    };
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use agglo_core::Gap;

    fn frame() -> Frame {
        Frame::new(vec![
            Column::text("region", ["01", "北京"]),
            Column::integer("period", "", [2019, 2020]),
            Column::number(
                "value",
                "persons",
                [Datum::Number(1234.5), Datum::Gap(Gap::Suppressed)],
            ),
        ])
        .unwrap()
    }

    fn check(format: Format, expected: &str) {
        let mut out = Vec::new();
        export(&frame(), format, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn each_text_format_keeps_gaps_apart_from_zero() {
        check(
            Format::Csv,
            "region,period,value,value.gap\n01,2019,1234.5,\n北京,2020,,suppressed\n",
        );
        check(
            Format::Json,
            "[\n {\"region\":\"01\",\"period\":2019,\"value\":1234.5,\"value.gap\":null},\n \
             {\"region\":\"北京\",\"period\":2020,\"value\":null,\"value.gap\":\"suppressed\"}\n]\n",
        );
        check(
            Format::Md,
            "| region | period | value |\n| --- | ---: | ---: |\n| 01 | 2019 | 1234.5 |\n\
             | 北京 | 2020 | (suppressed) |\n",
        );
        check(
            Format::Table,
            "region  period         value\n01        2019        1234.5\n\
             北京      2020  (suppressed)\n",
        );
    }

    #[test]
    fn a_stream_of_arrow_comes_back_with_units_and_gaps() {
        let mut bytes = Vec::new();
        export(&frame(), Format::Arrow, &mut bytes).unwrap();
        let reader = arrow::ipc::reader::StreamReader::try_new(&bytes[..], None).unwrap();
        let schema = reader.schema();
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        assert!(names.iter().any(|name| name.strip_suffix(".gap").is_some()), "{names:?}");
        let rows: usize = reader.map(|batch| batch.unwrap().num_rows()).sum();
        assert_eq!(rows, frame().n_rows());
    }

    #[test]
    fn people_get_six_significant_digits() {
        for (value, text) in [
            (0.0, "0"),
            (1.0 / 3.0, "0.333333"),
            (-12.25, "-12.25"),
            (123_456.789, "123457"),
            (31_069_340.0, "31069340"),
            (0.000_012_345_678, "1.23457e-5"),
        ] {
            assert_eq!(six_digits(value), text);
        }
    }

    #[test]
    fn a_full_disk_is_said_on_any_stream() {
        let mut full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let error = export(&frame(), Format::Csv, &mut full).unwrap_err();
        assert!(error.is_disk_full(), "{error}");
    }
}
