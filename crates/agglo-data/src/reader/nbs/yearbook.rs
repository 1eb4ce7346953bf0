//! `yearbook`: a table of a Chinese statistical yearbook as a workbook, regions down and measures or
//! years across.

use agglo_core::{Note, Text};

use super::super::plan::RowKind;
use super::super::shape::{OwnedCell, Shaper};
use super::super::{Look, Reader, ReaderInfo, Recognized};
use super::sheet::{Sheet, is_corner, survey};
use super::{MARKS, clean_name, is_apart, is_han, plan};
use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Place};
use crate::sniff::{Proposal, Sureness};
use crate::source::{Cell, Merged, Row};

pub(in super::super) static READER: Reader = Reader {
    info: ReaderInfo {
        id: "yearbook",
        help: Text::new("statistical yearbook of China, one workbook sheet", "中国统计年鉴工作表"),
    },
    recognize,
    sheet: None,
    shape: Some(shape),
    plan,
    propose: Some(propose),
    marks: &MARKS,
    fallback: None,
};

fn recognize(look: &Look<'_>) -> Option<Recognized> {
    let is_workbook = !look.sheets.is_empty();
    let corner = look.head.iter().position(|row| {
        row.cells.first().is_some_and(|cell| is_corner(cell)) && row.filled().count() > 1
    })?;
    let has_han = |text: &str| text.chars().any(is_han);
    let titled = look.head[..corner].iter().any(|row| row.filled().any(|(_, text)| has_han(text)));
    if !is_workbook || !titled {
        return None;
    }
    let word = clean_name(&look.head[corner].cells[0]);
    let row = look.head[corner].number;
    Recognized::new(
        Sureness::Certain,
        format!("a Chinese title above a head `{word}` in row {row}"),
    )
}

fn propose(look: &Look<'_>) -> Proposal {
    let mut proposal = Proposal { table: "region_year", ..Proposal::default() };
    let title = look.head.first().and_then(|row| row.filled().next()).map(|(_, text)| text);
    let why = format!("regions stand in rows under the title `{}`", title.unwrap_or_default());
    proposal.reasons.push(("table = region_year".to_owned(), why));
    proposal
}

fn shape(look: &Look<'_>) -> Result<Box<dyn Shaper>, DataError> {
    if look.sheets.is_empty() {
        let message = "yearbook tables are read from workbooks";
        let remedy = "save the table as .xlsx, or read the text file with reader = \"tidy\"";
        return Err(look.refuse(codes::BAD_SETTING, message, remedy));
    }
    Ok(Box::new(Yearbook {
        level: look.spec.level.clone(),
        dated: look.spec.constants.contains_key("period"),
        place: look.place.clone(),
        merged: look.merged.to_vec(),
        sheet: Sheet::default(),
        next: 0,
    }))
}

struct Yearbook {
    level: Option<String>,
    /// The source says the year.
    dated: bool,
    place: Place,
    merged: Vec<Merged>,
    sheet: Sheet,
    next: usize,
}

impl Shaper for Yearbook {
    fn surveys(&self) -> bool {
        true
    }

    fn survey(&mut self, rows: Vec<(u32, Vec<OwnedCell>)>) -> Result<(), DataError> {
        self.sheet = survey(&rows, self.level.as_deref(), &self.merged, &self.place)?;
        if self.dated {
            self.sheet.year_source = None;
        }
        if let Some(level) = self.level.as_ref().filter(|level| !self.sheet.groups.contains(level))
        {
            let message = format!("the table has no group `{level}`");
            let remedy = format!("the groups are: {}", self.sheet.groups.join(", "));
            return Err(Diagnostic::new(codes::BAD_SETTING, message, remedy)
                .at(&self.place)
                .into());
        }
        Ok(())
    }

    fn headings(&self) -> &[String] {
        &self.sheet.headings
    }

    fn row(&mut self, number: u32, row: &dyn Row, emit: &mut dyn FnMut(RowKind, &dyn Row)) {
        if self.sheet.remarks.contains(&number) {
            emit(RowKind::Remark, row);
        }
        while let Some(out) = self.sheet.rows.get(self.next).filter(|out| out.number <= number) {
            emit(out.kind, &out.row);
            self.next += 1;
        }
    }

    fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        if let Some((year, from)) = &self.sheet.year_source {
            notes.push(Note::new(
                "period-from-title",
                format!("the year {year} was taken from the {}", from.en()),
                format!("年份 {year} 取自{}", from.zh()),
            ));
        }
        if !self.sheet.of_which.is_empty() {
            notes.push(Note::new(
                "of-which-aside",
                format!("parts of other rows were left aside: {}", self.sheet.of_which.join(", ")),
                format!("“其中”项未读入：{}", self.sheet.of_which.join("、")),
            ));
        }
        if self.sheet.groups.len() > 1 {
            let groups = self.sheet.groups.join(", ");
            notes.push(Note::new(
                "groups",
                format!("the first group was read; level = \"…\" reads another of: {groups}"),
                format!("读入第一组；可用 level 读入其他组：{}", self.sheet.groups.join("、")),
            ));
        }
        notes
    }

    fn diagnostics(&self, place: &Place) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for out in &self.sheet.rows {
            for column in 0..out.row.len() {
                let Cell::Text(text) = out.row.cell(column) else { continue };
                let Some((row, _)) = out.row.origin(column).filter(|_| is_apart(text)) else {
                    continue;
                };
                let message = format!("`{text}` was read as one number");
                let remedy = "compare it with the printed table, and correct a copy if it is wrong";
                let diagnostic = Diagnostic::new(codes::BLANK_IN_NUMBER, message, remedy);
                let heading = &self.sheet.headings[column];
                found.push(diagnostic.at(place).row(row).column(heading).found(text));
            }
        }
        found
    }
}
