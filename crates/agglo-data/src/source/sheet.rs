//! Excel and OpenDocument sheets.

use std::fs::File;
use std::io::{Cursor, Read};

use calamine::{Data, Range, Reader, Sheets, Xls, XlsOptions, open_workbook_auto_from_rs};

use super::{
    Cell, HEAD_ROWS, HeadRow, Merged, OpenOptions, Row, clean_headings, damaged, empty, unreadable,
};
use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Place, did_you_mean};

pub(super) struct Sheet {
    range: Range<Data>,
    /// Places in the range, not in the sheet.
    heading_row: usize,
}

pub(super) struct OpenedSheet {
    pub(super) headings: Vec<String>,
    pub(super) sheets: Vec<String>,
    pub(super) name: String,
    pub(super) sheet: Sheet,
    pub(super) merged: Vec<Merged>,
}

pub(super) fn open(
    mut file: File,
    options: OpenOptions<'_>,
    place: &Place,
) -> Result<OpenedSheet, DataError> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|error| unreadable(place, &error))?;
    let mut workbook = workbook(bytes).map_err(|error| damaged(place, error))?;
    let sheets = workbook.sheet_names();
    let name = match options.sheet {
        None => sheets.first().cloned().ok_or_else(|| empty(place))?,
        Some(wanted) => {
            let same = |name: &&String| name.trim() == wanted.trim();
            sheets.iter().find(same).cloned().ok_or_else(|| {
                let message = format!("there is no sheet `{wanted}`");
                let hint = did_you_mean(wanted, sheets.iter().map(String::as_str));
                Diagnostic::new(codes::NO_SHEET, message, hint).at(place)
            })?
        }
    };
    let range = workbook.worksheet_range(&name).map_err(|error| damaged(place, error))?;
    // Columns are counted from the sheet's first, so that an origin names the cell one sees.
    let range = match range.end() {
        Some(end) => range.range((0, 0), end),
        None => range,
    };
    let place = Place { sheet: Some(name.clone()), ..place.clone() };
    let first_filled = range.rows().position(|row| !row.is_blank()).ok_or_else(|| empty(&place))?;
    let heading_row = options.header_row.map_or(first_filled, |row| row.max(1) as usize - 1);
    let merged = merged_cells(&mut workbook, &name);
    let texts: Vec<String> = range.rows().nth(heading_row).map_or_else(Vec::new, |row| {
        let mut buffer = String::new();
        (0..row.len()).map(|column| row.cell(column).text(&mut buffer).to_owned()).collect()
    });
    let headings = clean_headings(texts.iter().map(String::as_str));
    Ok(OpenedSheet { headings, sheets, name, sheet: Sheet { range, heading_row }, merged })
}

/// The workbook in `bytes`.
fn workbook(bytes: Vec<u8>) -> Result<Sheets<Cursor<Vec<u8>>>, calamine::Error> {
    // Since Excel 97 the stream is called `Workbook` and its text is UTF-16 whatever code page the
    // file names; files of other programs name a wrong one.
    const STREAM: &[u8] = b"W\0o\0r\0k\0b\0o\0o\0k\0";
    let is_compound = bytes.starts_with(b"\xD0\xCF\x11\xE0");
    if is_compound && bytes.windows(STREAM.len()).any(|window| window == STREAM) {
        let mut options = XlsOptions::default();
        options.force_codepage = Some(1200);
        return Ok(Sheets::Xls(Xls::new_with_options(Cursor::new(bytes), options)?));
    }
    open_workbook_auto_from_rs(Cursor::new(bytes))
}

/// The merged cells of a sheet; none where the format does not tell.
fn merged_cells(workbook: &mut Sheets<Cursor<Vec<u8>>>, name: &str) -> Vec<Merged> {
    let regions = match workbook {
        Sheets::Xlsx(xlsx) => xlsx.merge_cells_by_sheet_name(name).ok(),
        Sheets::Xls(xls) => xls.merge_cells_by_sheet_name(name).ok(),
        _ => None,
    };
    let merged = regions.unwrap_or_default().into_iter().map(|region| Merged {
        rows: (region.start.0 + 1, region.end.0 + 1),
        columns: (region.start.1 as u16, region.end.1 as u16),
    });
    merged.collect()
}

impl Row for [Data] {
    fn len(&self) -> usize {
        <[Data]>::len(self)
    }

    fn cell(&self, column: usize) -> Cell<'_> {
        match self.get(column) {
            None | Some(Data::Empty | Data::Error(_)) => Cell::Empty,
            Some(Data::Int(value)) => Cell::Integer(*value),
            Some(Data::Float(value)) => Cell::Number(*value),
            // A serial number would pass for a year or an amount.
            Some(Data::DateTime(_)) => Cell::Text("(date)"),
            Some(Data::Bool(value)) => Cell::Text(if *value { "TRUE" } else { "FALSE" }),
            Some(Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text)) => {
                Cell::Text(text)
            }
        }
    }
}

impl Row for &[Data] {
    fn len(&self) -> usize {
        <[Data]>::len(self)
    }

    fn cell(&self, column: usize) -> Cell<'_> {
        <[Data] as Row>::cell(self, column)
    }
}

impl Sheet {
    pub(super) fn head(&self) -> Vec<HeadRow> {
        let rows = self.range.rows().enumerate().filter(|(_, row)| !row.is_blank());
        rows.take(HEAD_ROWS).map(|(place, row)| HeadRow::new(place as u32 + 1, &row)).collect()
    }

    pub(super) fn each_row(&self, from_top: bool, each: &mut dyn FnMut(u32, &dyn Row) -> bool) {
        let skip = if from_top { 0 } else { self.heading_row + 1 };
        for (place, row) in self.range.rows().enumerate().skip(skip) {
            if !Row::is_blank(&row) && !each(place as u32 + 1, &row) {
                break;
            }
        }
    }
}
