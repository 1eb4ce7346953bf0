//! Layouts that are no table yet: what stands under title rows, merged heads and matrices is put
//! together into rows before it is read as any other table is.

use agglo_core::Note;

use super::plan::RowKind;
use crate::diagnostic::{DataError, Diagnostic, Place};
use crate::source::{Cell, Row, Unusable};

/// Turns the rows of a file into rows of a table, one after the other.
pub(crate) trait Shaper {
    /// The headings of the rows that come out.
    fn headings(&self) -> &[String];

    /// Takes one row of the file, from the first on, and gives what it holds to `emit`: rows of the
    /// table with what they are, and remarks as they stand.
    fn row(&mut self, number: u32, row: &dyn Row, emit: &mut dyn FnMut(RowKind, &dyn Row));

    /// Gives what is left once all rows were taken.
    fn finish(&mut self, _emit: &mut dyn FnMut(RowKind, &dyn Row)) {}

    /// Whether the whole sheet must be seen before its headings are known; only workbooks can be
    /// read twice.
    fn surveys(&self) -> bool {
        false
    }

    /// Sees the whole sheet: its rows that are not blank, with their numbers.
    ///
    /// # Errors
    /// When the sheet does not hold what the layout promises.
    fn survey(&mut self, _rows: Vec<(u32, Vec<OwnedCell>)>) -> Result<(), DataError> {
        Ok(())
    }

    /// What must be said beside the data, once all rows were taken.
    fn notes(&self) -> Vec<Note> {
        Vec::new()
    }

    /// What the rows contradict or had to be corrected in, once all were taken.
    fn diagnostics(&self, _place: &Place) -> Vec<Diagnostic> {
        Vec::new()
    }
}

/// A cell with a text of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum OwnedCell {
    #[default]
    Empty,
    Text(String),
    Integer(i64),
    Number(f64),
    Unusable(Unusable, String),
}

impl From<Cell<'_>> for OwnedCell {
    fn from(cell: Cell<'_>) -> OwnedCell {
        match cell {
            Cell::Empty => OwnedCell::Empty,
            Cell::Text(text) => OwnedCell::Text(text.to_owned()),
            Cell::Integer(value) => OwnedCell::Integer(value),
            Cell::Number(value) => OwnedCell::Number(value),
            Cell::Unusable(what, text) => OwnedCell::Unusable(what, text.to_owned()),
        }
    }
}

/// A row that a layout has put together; each cell remembers its place in the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Shaped {
    cells: Vec<(OwnedCell, Option<(u32, u16)>)>,
    /// The row of the file it stands for, where it is given later than read.
    number: Option<u32>,
}

impl Shaped {
    /// A row to be given later than row `number` of the file, which it stands for.
    pub(crate) fn later(number: u32) -> Shaped {
        Shaped { number: Some(number), ..Shaped::default() }
    }

    /// Forgets all cells.
    pub(crate) fn clear(&mut self) {
        self.cells.clear();
        self.number = None;
    }

    /// Adds a text that stands in no cell of its own, such as the year in a title.
    pub(crate) fn text(&mut self, text: impl Into<String>) {
        self.cells.push((OwnedCell::Text(text.into()), None));
    }

    /// Adds the cell in `column` of `row`, which is row `number` of the file.
    pub(crate) fn cell(&mut self, number: u32, row: &dyn Row, column: usize) {
        self.cells.push((row.cell(column).into(), Some((number, column as u16))));
    }

    /// The cell in `column` as text.
    pub(crate) fn cell_text(&self, column: usize) -> String {
        Row::cell(self, column).text(&mut String::new()).to_owned()
    }

    /// Adds `cell` as the content of the cell in `column` of row `number`.
    pub(crate) fn put(&mut self, cell: OwnedCell, number: u32, column: usize) {
        self.cells.push((cell, Some((number, column as u16))));
    }
}

impl Row for Shaped {
    fn len(&self) -> usize {
        self.cells.len()
    }

    fn cell(&self, column: usize) -> Cell<'_> {
        match self.cells.get(column).map(|(cell, _)| cell) {
            None | Some(OwnedCell::Empty) => Cell::Empty,
            Some(OwnedCell::Text(text)) => Cell::Text(text),
            Some(OwnedCell::Integer(value)) => Cell::Integer(*value),
            Some(OwnedCell::Number(value)) => Cell::Number(*value),
            Some(OwnedCell::Unusable(what, text)) => Cell::Unusable(*what, text),
        }
    }

    fn number(&self) -> Option<u32> {
        self.number
    }

    fn origin(&self, column: usize) -> Option<(u32, u16)> {
        self.cells.get(column)?.1
    }
}
