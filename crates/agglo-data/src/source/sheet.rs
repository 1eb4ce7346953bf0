//! Excel and OpenDocument sheets.

use std::fs::File;
use std::io::{Cursor, Read};

use calamine::{
    CellErrorType, Data, DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Sheets, Xls,
    XlsOptions, open_workbook_auto_from_rs,
};

use super::{
    Cell, HEAD_ROWS, HeadRow, Merged, OpenOptions, Row, Unusable, clean_headings, compound,
    damaged, empty, guarded, limits, unreadable,
};
use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Place, did_you_mean};

/// The cells that a sheet holds, and no others: one far corner must not make millions of blanks.
pub(super) struct Sheet {
    rows: Vec<SheetRow>,
    /// Columns, up to the last that holds something.
    width: usize,
    /// Counted from 1.
    heading_row: u32,
}

struct SheetRow {
    /// Counted from 1.
    number: u32,
    /// Columns counted from 0, rising.
    cells: Vec<(u32, Data)>,
}

/// What files of the older Excel begin with.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0";

pub(super) struct OpenedSheet {
    pub(super) headings: Vec<String>,
    pub(super) sheets: Vec<String>,
    /// Those of them that the program hides.
    pub(super) hidden: Vec<String>,
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
    limits::packed(&bytes, place)?;
    if bytes.starts_with(COMPOUND) {
        compound::check(&bytes, place)?;
    }
    guarded(place, move || open_sheet(bytes, options, place))
}

fn open_sheet(
    bytes: Vec<u8>,
    options: OpenOptions<'_>,
    place: &Place,
) -> Result<OpenedSheet, DataError> {
    let mut workbook = workbook(bytes).map_err(|error| damaged(place, error))?;
    let sheets = workbook.sheet_names();
    let is_hidden = |sheet: &&calamine::Sheet| sheet.visible != SheetVisible::Visible;
    let hidden = workbook.sheets_metadata().iter().filter(is_hidden);
    let hidden: Vec<String> = hidden.map(|sheet| sheet.name.clone()).collect();
    let name = match options.sheet {
        None => usual(workbook.sheets_metadata()).ok_or_else(|| empty(place))?,
        Some(wanted) => {
            let same = |name: &&String| name.trim() == wanted.trim();
            sheets.iter().find(same).cloned().ok_or_else(|| {
                let message = format!("there is no sheet `{wanted}`");
                let hint = did_you_mean(wanted, sheets.iter().map(String::as_str));
                Diagnostic::new(codes::NO_SHEET, message, hint).at(place)
            })?
        }
    };
    let rows = rows(&mut workbook, &name).map_err(|error| damaged(place, error))?;
    let place = Place { sheet: Some(name.clone()), ..place.clone() };
    let width =
        rows.iter().filter_map(|row| row.cells.last()).map(|cell| cell.0 as usize + 1).max();
    let width = width.unwrap_or(0);
    let filled = |row: &&SheetRow| !Line { row, width }.is_blank();
    let first_filled = rows.iter().find(filled).ok_or_else(|| empty(&place))?.number;
    let heading_row = options.header_row.map_or(first_filled, |row| row.max(1));
    let merged = merged_cells(&mut workbook, &name, width);
    let mut buffer = String::new();
    let headings = rows.iter().find(|row| row.number == heading_row);
    let headings: Vec<String> = headings.map_or_else(Vec::new, |row| {
        let line = Line { row, width };
        (0..width).map(|column| line.cell(column).text(&mut buffer).to_owned()).collect()
    });
    let headings = clean_headings(headings.iter().map(String::as_str));
    let sheet = Sheet { rows, width, heading_row };
    Ok(OpenedSheet { headings, sheets, hidden, name, sheet, merged })
}

/// The sheet that is read where none is named: the first of cells that the program shows.
fn usual(sheets: &[calamine::Sheet]) -> Option<String> {
    let is_shown = |sheet: &&calamine::Sheet| sheet.visible == SheetVisible::Visible;
    let holds_cells = |sheet: &&calamine::Sheet| sheet.typ == SheetType::WorkSheet;
    let shown = || sheets.iter().filter(is_shown);
    let usual = shown().find(holds_cells).or_else(|| shown().next()).or_else(|| sheets.first());
    usual.map(|sheet| sheet.name.clone())
}

impl OpenedSheet {
    /// Which sheet was read and which were passed over; `None` where there is no other.
    pub(super) fn passed_over(&self) -> Option<(String, String)> {
        let others = || self.sheets.iter().filter(|name| **name != self.name);
        let list = |hidden: bool| {
            let of_kind = others().filter(|name| self.hidden.contains(*name) == hidden);
            of_kind.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        };
        others().next()?;
        let mut message = format!("{} sheets; `{}` was read", self.sheets.len(), self.name);
        for (what, names) in [("passed over", list(false)), ("hidden and passed over", list(true))]
        {
            if !names.is_empty() {
                message.push_str(&format!("; {what}: {names}"));
            }
        }
        let others = others().map(String::as_str).collect::<Vec<_>>().join(", ");
        Some((message, format!("name another: {others}")))
    }
}

/// The rows that hold something, from the sheet's own first row and column on.
fn rows(
    workbook: &mut Sheets<Cursor<Vec<u8>>>,
    name: &str,
) -> Result<Vec<SheetRow>, calamine::Error> {
    let mut rows: Vec<SheetRow> = Vec::new();
    let mut put = |row: u32, column: u32, data: Data| {
        if matches!(data, Data::Empty) {
            return;
        }
        match rows.last_mut().filter(|last| last.number == row + 1) {
            Some(last) => last.cells.push((column, data)),
            None => rows.push(SheetRow { number: row + 1, cells: vec![(column, data)] }),
        }
    };
    if let Sheets::Xlsx(xlsx) = workbook {
        let mut reader = xlsx.worksheet_cells_reader(name)?;
        while let Some(cell) = reader.next_cell()? {
            let (row, column) = cell.get_position();
            put(row, column, owned(cell.get_value()));
        }
    } else if let Sheets::Xlsb(xlsb) = workbook {
        let mut reader = xlsb.worksheet_cells_reader(name)?;
        while let Some(cell) = reader.next_cell()? {
            let (row, column) = cell.get_position();
            put(row, column, owned(cell.get_value()));
        }
    } else {
        let range = workbook.worksheet_range(name)?;
        let (first_row, first_column) = range.start().unwrap_or_default();
        for (row, column, data) in range.used_cells() {
            put(row as u32 + first_row, column as u32 + first_column, dated(data.clone()));
        }
    }
    // A file may list its rows and cells in any order.
    rows.sort_by_key(|row| row.number);
    rows.dedup_by(|later, earlier| {
        let same = later.number == earlier.number;
        if same {
            earlier.cells.append(&mut later.cells);
        }
        same
    });
    for row in &mut rows {
        row.cells.sort_by_key(|cell| cell.0);
    }
    Ok(rows)
}

fn owned(data: &DataRef<'_>) -> Data {
    match data {
        DataRef::Int(value) => Data::Int(*value),
        DataRef::Float(value) => Data::Float(*value),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            Data::String(text.clone())
        }
        DataRef::SharedString(text) => Data::String((*text).to_owned()),
        DataRef::Bool(value) => Data::Bool(*value),
        DataRef::DateTime(date) => Data::String(date_text(*date)),
        DataRef::Error(error) => Data::Error(error.clone()),
        DataRef::Empty => Data::Empty,
    }
}

fn dated(data: Data) -> Data {
    match data {
        Data::DateTime(date) => Data::String(date_text(date)),
        other => other,
    }
}

/// The day as `2019-01-31`: a serial number would pass for a year or an amount.
fn date_text(date: ExcelDateTime) -> String {
    if date.is_duration() {
        return format!("(duration of {} days)", date.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    match (hour, minute, second) {
        (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"),
    }
}

/// The error as the program shows it.
fn error_text(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        CellErrorType::GettingData => "#DATA!",
    }
}

/// The workbook in `bytes`.
fn workbook(bytes: Vec<u8>) -> Result<Sheets<Cursor<Vec<u8>>>, calamine::Error> {
    // Since Excel 97 the stream is called `Workbook` and its text is UTF-16 whatever code page the
    // file names; files of other programs name a wrong one.
    const STREAM: &[u8] = b"W\0o\0r\0k\0b\0o\0o\0k\0";
    if bytes.starts_with(COMPOUND) && bytes.windows(STREAM.len()).any(|window| window == STREAM) {
        let mut options = XlsOptions::default();
        options.force_codepage = Some(1200);
        return Ok(Sheets::Xls(Xls::new_with_options(Cursor::new(bytes), options)?));
    }
    open_workbook_auto_from_rs(Cursor::new(bytes))
}

/// The merged cells of a sheet; none where the format does not tell.
fn merged_cells(workbook: &mut Sheets<Cursor<Vec<u8>>>, name: &str, width: usize) -> Vec<Merged> {
    let regions = match workbook {
        Sheets::Xlsx(xlsx) => xlsx.merge_cells_by_sheet_name(name).ok(),
        Sheets::Xls(xls) => xls.merge_cells_by_sheet_name(name).ok(),
        _ => None,
    };
    let merged = regions.unwrap_or_default().into_iter().map(|region| Merged {
        rows: (region.start.0 + 1, region.end.0 + 1),
        // Some files merge whole rows; nothing stands beyond the last column that holds something.
        columns: (region.start.1 as u16, region.end.1.min(width.max(1) as u32 - 1) as u16),
    });
    merged.filter(|merged| merged.columns.0 <= merged.columns.1).collect()
}

/// One row as wide as its sheet.
struct Line<'s> {
    row: &'s SheetRow,
    width: usize,
}

impl Row for Line<'_> {
    fn len(&self) -> usize {
        self.width
    }

    fn cell(&self, column: usize) -> Cell<'_> {
        let cells = &self.row.cells;
        // Most rows have no holes.
        let place = match cells.get(column) {
            Some(cell) if cell.0 as usize == column => Some(column),
            _ => cells.binary_search_by_key(&(column as u32), |cell| cell.0).ok(),
        };
        match place.map(|place| &cells[place].1) {
            Some(Data::Int(value)) => Cell::Integer(*value),
            Some(Data::Float(value)) => Cell::Number(*value),
            Some(Data::Bool(value)) => Cell::Text(if *value { "TRUE" } else { "FALSE" }),
            Some(Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text)) => {
                Cell::Text(text)
            }
            Some(Data::Error(error)) => Cell::Unusable(Unusable::Formula, error_text(error)),
            Some(Data::Empty | Data::DateTime(_)) | None => Cell::Empty,
        }
    }

    fn is_blank(&self) -> bool {
        let places = self.row.cells.iter().map(|cell| cell.0 as usize);
        places.into_iter().all(|column| self.cell(column).is_blank())
    }
}

impl Sheet {
    fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let lines = self.rows.iter().map(|row| Line { row, width: self.width });
        lines.filter(|line| !line.is_blank())
    }

    pub(super) fn head(&self) -> Vec<HeadRow> {
        self.lines().take(HEAD_ROWS).map(|line| HeadRow::new(line.row.number, &line)).collect()
    }

    pub(super) fn each_row(&self, from_top: bool, each: &mut dyn FnMut(u32, &dyn Row) -> bool) {
        let below = if from_top { 0 } else { self.heading_row };
        for line in self.lines().filter(|line| line.row.number > below) {
            if !each(line.row.number, &line) {
                break;
            }
        }
    }
}
