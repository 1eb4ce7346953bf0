//! Tables on stdout or in a file, in the format asked for.

use std::io::{IsTerminal, Write};
use std::path::Path;

use agglo_core::{Datum, Frame, Lang, Values};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde_json::{Map, Value, json};

use crate::args::TableFormat;
use crate::failure::Failure;

/// Rows that a table for the eye shows; other formats hold all of them.
const MAX_SHOWN: usize = 200;

/// Writes text to stdout; a reader that has gone away is no error.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    write_stdout(text.as_bytes())
}

fn write_stdout(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(Failure::from),
    }
}

/// Writes a message to stderr.
#[expect(clippy::print_stderr, reason = "messages belong on stderr")]
pub(crate) fn say(message: &str) {
    eprintln!("{message}");
}

/// The format that holds: as asked, else by the file's ending, else a table.
pub(crate) fn format_for(format: Option<TableFormat>, output: Option<&Path>) -> TableFormat {
    format.unwrap_or_else(|| {
        match output.and_then(Path::extension).and_then(|ending| ending.to_str()) {
            Some("csv") => TableFormat::Csv,
            Some("json") => TableFormat::Json,
            Some("parquet") => TableFormat::Parquet,
            Some("xlsx") => TableFormat::Xlsx,
            Some("md") => TableFormat::Md,
            _ => TableFormat::Table,
        }
    })
}

/// Writes bytes to the file, or to stdout.
pub(crate) fn deliver(bytes: &[u8], output: Option<&Path>) -> Result<(), Failure> {
    match output {
        Some(path) => Ok(agglo_data::write_atomic(path, bytes)?),
        None => write_stdout(bytes),
    }
}

/// Writes a table to the file, or to stdout.
pub(crate) fn table(
    frame: &Frame,
    format: TableFormat,
    output: Option<&Path>,
    lang: Lang,
) -> Result<(), Failure> {
    let export = |format| -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        agglo_data::export(frame, format, &mut bytes)?;
        Ok(bytes)
    };
    let bytes = match format {
        TableFormat::Table => for_the_eye(frame, lang).into_bytes(),
        TableFormat::Json => {
            let mut text = serde_json::to_string_pretty(&rows(frame)).unwrap_or_default();
            text.push('\n');
            text.into_bytes()
        }
        TableFormat::Csv => export(agglo_data::Format::Csv)?,
        TableFormat::Parquet => export(agglo_data::Format::Parquet)?,
        TableFormat::Xlsx => export(agglo_data::Format::Xlsx)?,
        TableFormat::Md => export(agglo_data::Format::Md)?,
        TableFormat::Text | TableFormat::Sarif | TableFormat::Github => {
            return Err(Failure::usage("only `agglo check` writes text, sarif and github"));
        }
    };
    let binary = matches!(format, TableFormat::Parquet | TableFormat::Xlsx);
    if binary && output.is_none() && std::io::stdout().is_terminal() {
        return Err(Failure::usage("this format is not for a terminal; give a file with -o"));
    }
    deliver(&bytes, output)
}

/// Columns for the eye, numbers to six significant digits, gaps by name.
pub(crate) fn for_the_eye(frame: &Frame, lang: Lang) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    if std::io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table.set_header(frame.columns().iter().map(|column| match column.unit() {
        "" | "1" => column.name().to_owned(),
        unit => format!("{} [{unit}]", column.name()),
    }));
    for row in 0..frame.n_rows().min(MAX_SHOWN) {
        table.add_row(frame.columns().iter().map(|column| match column.values() {
            Values::Text(cells) => cells[row].as_deref().unwrap_or("").to_owned(),
            Values::Integer(cells) => cells[row].map(|v| v.to_string()).unwrap_or_default(),
            Values::Number(cells) => match cells[row] {
                Datum::Number(value) => six_digits(value),
                Datum::Gap(gap) => format!("({})", gap.reason(lang)),
            },
        }));
    }
    for (place, column) in frame.columns().iter().enumerate() {
        if !matches!(column.values(), Values::Text(_))
            && let Some(column) = table.column_mut(place)
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text = format!("{table}\n");
    if frame.n_rows() > MAX_SHOWN {
        let more = frame.n_rows() - MAX_SHOWN;
        text.push_str(&match lang {
            Lang::En => format!("… {more} more rows; --format csv shows all\n"),
            Lang::Zh => format!("……另有 {more} 行；--format csv 输出全部\n"),
        });
    }
    text
}

fn six_digits(value: f64) -> String {
    if value == 0.0 || (value.fract() == 0.0 && value.abs() < 1e12) {
        return format!("{value}");
    }
    let magnitude = value.abs().log10().floor() as i32;
    if !(-5..12).contains(&magnitude) {
        return format!("{value:.5e}");
    }
    let decimals = (5 - magnitude).clamp(0, 12) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// One JSON object per row; a gap is `{"gap": CODE}`, never null and never a number.
pub(crate) fn rows(frame: &Frame) -> Value {
    let row = |row: usize| {
        let cells = frame.columns().iter().map(|column| {
            let value = match column.values() {
                Values::Text(cells) => cells[row].as_deref().map_or(Value::Null, Value::from),
                Values::Integer(cells) => cells[row].map_or(Value::Null, Value::from),
                Values::Number(cells) => match cells[row] {
                    Datum::Number(value) => Value::from(value),
                    Datum::Gap(gap) => json!({ "gap": gap.code() }),
                },
            };
            (column.name().to_owned(), value)
        });
        Value::Object(cells.collect::<Map<_, _>>())
    };
    Value::Array((0..frame.n_rows()).map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use agglo_core::{Column, Gap};

    #[test]
    fn a_gap_is_neither_null_nor_a_number_in_json() {
        let cells = [Datum::Number(0.0), Datum::Gap(Gap::Suppressed)];
        let frame = Frame::new(vec![Column::number("lq", "1", cells)]).unwrap();
        assert_eq!(rows(&frame), json!([{ "lq": 0.0 }, { "lq": { "gap": "suppressed" } }]));
    }

    #[test]
    fn numbers_keep_six_digits() {
        for (value, text) in
            [(0.485_912_34, "0.485912"), (1234.5, "1234.5"), (3.0, "3"), (1e-9, "1.00000e-9")]
        {
            assert_eq!(six_digits(value), text);
        }
    }
}
