//! What was read, and the way from a number back to its file.

use serde::Serialize;
use utoipa::ToSchema;

use super::{ColumnAbout, Value, Words};
use crate::problem::DiagnosticForm;

/// A canonical table, without its rows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CanonicalAbout {
    /// Its name.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) help: Words,
    /// Number of rows; `null` where it may not leave.
    pub(crate) n_rows: Option<usize>,
    /// Whether `[disclosure]` keeps it in.
    pub(crate) withheld: bool,
    /// Its columns; none where it may not leave.
    pub(crate) columns: Vec<ColumnAbout>,
    /// The `[[data]]` blocks that fill it.
    pub(crate) blocks: Vec<String>,
}

/// Every canonical table of the study.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CanonicalList {
    /// The tables, by name.
    pub(crate) tables: Vec<CanonicalAbout>,
}

/// A cell of a source file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OriginCell {
    /// The file, from the study's folder.
    pub(crate) file: String,
    /// The sheet of a workbook.
    pub(crate) sheet: Option<String>,
    /// BLAKE3 of the file when it was read.
    pub(crate) blake3: String,
    /// The row, counted from 1.
    pub(crate) row: u32,
    /// The column, counted from 1.
    pub(crate) column: u32,
    /// File, row and column in one.
    pub(crate) place: String,
    /// The text in the file; `null` where it cannot be shown.
    pub(crate) text: Option<String>,
    /// Its value.
    pub(crate) value: Value,
    /// What the cell is, such as `observed` or `suppressed`.
    pub(crate) status: String,
    /// Its flag as it stands in the file.
    pub(crate) flag: Option<String>,
    /// The least it can be, where known.
    pub(crate) lower: Option<f64>,
    /// The most it can be, where known.
    pub(crate) upper: Option<f64>,
    /// The share of it that entered.
    pub(crate) share: f64,
}

/// Where a cell of a canonical table comes from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OriginForm {
    /// The table.
    pub(crate) table: String,
    /// The place of the row in the table, counted from 0.
    pub(crate) row: usize,
    /// The column.
    pub(crate) column: String,
    /// Its value as the methods see it.
    pub(crate) value: Value,
    /// The cells of files behind it; none where it was not read from one.
    pub(crate) cells: Vec<OriginCell>,
    /// Why texts cannot be shown.
    pub(crate) unreadable: Vec<String>,
}

/// A file, a block, a table, a grouping or a step.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Node {
    /// Its kind, a colon, its name.
    pub(crate) id: String,
    /// `file`, `block`, `table`, `group` or `step`.
    pub(crate) kind: String,
    /// Its name.
    pub(crate) label: String,
    /// Its title.
    pub(crate) title: Words,
    /// Of a step: `answered`, `refused` or `failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<String>,
    /// Of a step: its chapter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) chapter: Option<String>,
}

/// What one thing gives to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub(crate) struct Edge {
    /// The id of the giver.
    pub(crate) from: String,
    /// The id of the taker.
    pub(crate) to: String,
}

/// From files to steps.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Lineage {
    /// What there is.
    pub(crate) nodes: Vec<Node>,
    /// What gives to what.
    pub(crate) edges: Vec<Edge>,
}

/// Which cells of a table hold a number.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CoverageForm {
    /// The table.
    pub(crate) table: String,
    /// The measure.
    pub(crate) measure: String,
    /// What the rows are: `region` or another key.
    pub(crate) by: String,
    /// The codes of the rows.
    pub(crate) codes: Vec<String>,
    /// The periods, ascending.
    pub(crate) periods: Vec<i64>,
    /// Per row and period, how many cells hold a number.
    pub(crate) known: Vec<Vec<u64>>,
    /// Per row and period, how many there could be.
    pub(crate) expected: Vec<Vec<u64>>,
}

/// What `agglo check` finds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CheckForm {
    /// The findings.
    pub(crate) diagnostics: Vec<DiagnosticForm>,
    /// Which cells hold a number.
    pub(crate) coverage: Vec<CoverageForm>,
    /// The state of the study it was made of.
    pub(crate) generation: u64,
    /// The command that gives the same.
    pub(crate) command: String,
}
