//! Excel and OpenDocument sheets.

use std::fs::File;
use std::io::{Cursor, Read};

use calamine::{Data, Range, Reader, open_workbook_auto_from_rs};

use super::{Cell, Row, clean_headings, damaged, empty, unreadable};
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
}

pub(super) fn open(
    mut file: File,
    wanted: Option<&str>,
    place: &Place,
) -> Result<OpenedSheet, DataError> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|error| unreadable(place, &error))?;
    let mut workbook =
        open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|error| damaged(place, error))?;
    let sheets = workbook.sheet_names();
    let name = match wanted {
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
    let heading_row = range.rows().position(|row| !row.is_blank()).ok_or_else(|| empty(&place))?;
    let texts: Vec<String> = range.rows().nth(heading_row).map_or_else(Vec::new, |row| {
        let mut buffer = String::new();
        (0..row.len()).map(|column| row.cell(column).text(&mut buffer).to_owned()).collect()
    });
    let headings = clean_headings(texts.iter().map(String::as_str));
    Ok(OpenedSheet { headings, sheets, name, sheet: Sheet { range, heading_row } })
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
    pub(super) fn each_row(&self, each: &mut dyn FnMut(u32, &dyn Row) -> bool) {
        for (place, row) in self.range.rows().enumerate().skip(self.heading_row + 1) {
            if !Row::is_blank(&row) && !each(place as u32 + 1, &row) {
                break;
            }
        }
    }
}
