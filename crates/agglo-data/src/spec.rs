//! What to read and what came of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use agglo_core::{Absent, Frame, Mark, Note, Status};

use crate::diagnostic::{Diagnostic, Severity};

/// One source of one canonical table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadSpec {
    /// A name for messages.
    pub name: String,
    /// The canonical table it feeds.
    pub table: String,
    /// The file; may hold `*` and `?`; `-` is the standard input.
    pub file: PathBuf,
    /// The id of a reader, see [`crate::readers`]; recognized from the file when `None`.
    pub reader: Option<String>,
    /// Whether whatever would be guessed, and every row rejected, is an error.
    pub strict: bool,
    /// The level of detail read, in the words of the reader; finer rows are left aside and coarser
    /// ones kept apart as totals.
    pub level: Option<String>,
    /// Canonical column → heading in the file.
    pub columns: BTreeMap<String, String>,
    /// Canonical column → the one value it has in the whole file.
    pub constants: BTreeMap<String, String>,
    /// Wide layout: the headings that are periods.
    pub periods_across: Option<Vec<String>>,
    /// Wide layout: the measure that the cells hold.
    pub value: Option<String>,
    /// Heading → the values whose rows are kept.
    pub filter: BTreeMap<String, Vec<String>>,
    /// Canonical measure → unit.
    pub units: BTreeMap<String, String>,
    /// The decimal sign; `.` when `None`.
    pub decimal: Option<char>,
    /// The sign between groups of three digits; none when `None`.
    pub thousands: Option<char>,
    /// The encoding; detected when `None`.
    pub encoding: Option<String>,
    /// The sign between fields; detected when `None`.
    pub delimiter: Option<char>,
    /// The sheet of a workbook or the table of a database; the first when `None`.
    pub sheet: Option<String>,
    /// The row that holds the headings, counted from 1; the first that is not blank when `None`.
    pub header_row: Option<u32>,
    /// The query that a database answers in place of a table.
    pub query: Option<String>,
    /// What a cell is that no row lists.
    pub absent: Absent,
    /// What further marks and flags mean, such as `-` or `c`.
    pub marks: BTreeMap<String, Status>,
    /// Heading → the values whose rows are totals: kept apart from their parts.
    pub totals: BTreeMap<String, Vec<String>>,
    /// Whether flags stand behind the numbers in their cells; `marks` says what they mean.
    pub glued_flags: bool,
    /// Measure → the heading of its flags.
    pub flags: BTreeMap<String, String>,
    /// Measure → the headings of its lower and upper bound.
    pub bounds: BTreeMap<String, (String, String)>,
}

impl ReadSpec {
    /// `file` as `table`, everything else left to be recognized.
    pub fn new(table: impl Into<String>, file: impl Into<PathBuf>) -> ReadSpec {
        let (table, file) = (table.into(), file.into());
        let name = crate::source::shown(&file.to_string_lossy());
        ReadSpec { name, table, file, ..ReadSpec::default() }
    }

    /// With `column` of the table under `heading` in the file.
    pub fn column(mut self, column: &str, heading: &str) -> ReadSpec {
        self.columns.insert(column.into(), heading.into());
        self
    }

    /// With `column` of the table equal to `value` in every row.
    pub fn constant(mut self, column: &str, value: &str) -> ReadSpec {
        self.constants.insert(column.into(), value.into());
        self
    }

    /// With the rows whose `heading` holds one of `values` kept apart as totals.
    pub fn total(mut self, heading: &str, values: &[&str]) -> ReadSpec {
        self.totals.insert(heading.into(), values.iter().map(|&v| v.to_owned()).collect());
        self
    }

    /// With only the rows whose `heading` holds one of `values`.
    pub fn keep(mut self, heading: &str, values: &[&str]) -> ReadSpec {
        self.filter.insert(heading.into(), values.iter().map(|&v| v.to_owned()).collect());
        self
    }
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceFile {
    /// Its path as the user named it.
    pub path: String,
    /// Hash of its bytes, in hexadecimal.
    pub blake3: String,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
}

/// The cell of a file that a value came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Place in the list of files.
    pub file: u16,
    /// Line or row, counted from 1; 0 where no cell gave the value.
    pub row: u32,
    /// Column, counted from 0.
    pub column: u16,
}

/// Where every measure of every row came from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origins {
    /// The files.
    pub files: Vec<SourceFile>,
    /// Measure → one origin per row of the frame.
    pub cells: BTreeMap<String, Vec<Origin>>,
}

impl Origins {
    /// The file and cell behind `measure` in `row` (counted from 0) of the frame.
    pub fn locate(&self, measure: &str, row: usize) -> Option<(&SourceFile, Origin)> {
        let origin = *self.cells.get(measure)?.get(row)?;
        let file = self.files.get(usize::from(origin.file))?;
        (origin.row > 0).then_some((file, origin))
    }

    /// The first row of a file that fed `row` of the frame.
    pub(crate) fn any(&self, row: usize) -> Option<(&SourceFile, Origin)> {
        self.cells.keys().find_map(|measure| self.locate(measure, row))
    }
}

/// Measure → row of the frame → what the source says of the cell besides its number.
pub type Marks = BTreeMap<String, BTreeMap<u32, Mark>>;

/// Rows with their origins and marks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// The rows.
    pub frame: Frame,
    /// Where each measure came from.
    pub origins: Origins,
    /// What the source says of single cells.
    pub marks: Marks,
}

/// What reading one source gave. Rows used and rejected add up to rows read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The rows, in the order of the files.
    pub frame: Frame,
    /// Where each measure came from.
    pub origins: Origins,
    /// What the source says of single cells besides their numbers.
    pub marks: Marks,
    /// The totals in the source, kept apart from their parts.
    pub totals: Rows,
    /// Rows of data that the filter kept; blank rows and notes are not rows of data.
    pub rows_read: u64,
    /// Rows that are in the frame or among the totals; in the wide layout one row gives several rows
    /// of the frame.
    pub rows_used: u64,
    /// Rows left out because of an error in them.
    pub rows_rejected: u64,
    /// Rows used that are totals.
    pub rows_totals: u64,
    /// Rows that the filter or the reader's level left aside.
    pub rows_filtered: u64,
    /// Lines with remarks of the publisher.
    pub rows_notes: u64,
    /// The first few of each code, with a count of the rest.
    pub diagnostics: Vec<Diagnostic>,
    /// The reader used.
    pub reader: String,
    /// The encoding of the first file; `binary` for Parquet and workbooks.
    pub encoding: String,
    /// The files read.
    pub files: Vec<SourceFile>,
    /// What the reader must know.
    pub notes: Vec<Note>,
}

impl Reading {
    /// Whether a row was rejected or another error found.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}
