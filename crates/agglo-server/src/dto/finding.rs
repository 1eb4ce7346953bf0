//! The answers of the last run.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{NoteForm, OutputColumn, Words};

/// A table of an answer, without its rows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TableAbout {
    /// Its name.
    pub(crate) name: String,
    /// Number of rows.
    pub(crate) rows: usize,
    /// BLAKE3 of its content.
    pub(crate) hash: String,
    /// Its columns; none for a table of ranges, whose columns are those of the table it stands beside with
    /// `.lower`, `.upper`, `.without` and `.holds` behind.
    pub(crate) columns: Vec<OutputColumn>,
}

/// One step of the last run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FindingForm {
    /// The step.
    pub(crate) step: String,
    /// Its method.
    pub(crate) method: String,
    /// Its chapter.
    pub(crate) chapter: String,
    /// The method's title.
    pub(crate) title: Words,
    /// The variant.
    pub(crate) variant: String,
    /// `answered`, `refused` or `failed`.
    pub(crate) status: String,
    /// Why there is no answer.
    pub(crate) reason: Option<String>,
    /// Every option with the value that held.
    pub(crate) options: BTreeMap<String, String>,
    /// The seed.
    pub(crate) seed: u64,
    /// The hash of everything the answer depends on.
    pub(crate) key: String,
    /// What the reader must know.
    pub(crate) notes: Vec<NoteForm>,
    /// Its tables, the main one first.
    pub(crate) tables: Vec<TableAbout>,
    /// The command that says more.
    pub(crate) command: String,
    /// The Python call that gives it.
    pub(crate) python: String,
}

/// Every step of the last run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FindingList {
    /// The steps, in the order of the plan.
    pub(crate) findings: Vec<FindingForm>,
}

/// A figure of the report.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FigureAbout {
    /// Its id.
    pub(crate) id: String,
    /// Its title.
    pub(crate) title: Words,
    /// What stands under the title.
    pub(crate) subtitle: Words,
    /// The section of the report it stands in.
    pub(crate) section: String,
    /// The steps its numbers come from.
    pub(crate) steps: Vec<String>,
    /// The command that draws it.
    pub(crate) command: String,
}

/// Every figure of the report.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FigureList {
    /// The figures, in the report's order.
    pub(crate) figures: Vec<FigureAbout>,
}
