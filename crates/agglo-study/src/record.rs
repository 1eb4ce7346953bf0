//! What a run writes down: `run.json`, and `answer.json` beside every answer.

use std::collections::BTreeMap;

use agglo_core::Note;
use serde::{Deserialize, Serialize};

/// `run.json`: what was run, on what, with which outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The program's version.
    pub version: String,
    /// A hash of the program's source.
    pub code: String,
    /// The study's id.
    pub study: String,
    /// The seed.
    pub seed: u64,
    /// The tables read.
    pub data: Vec<DataRecord>,
    /// The steps, in the order of the plan.
    pub steps: Vec<StepRecord>,
    /// What one more table would add.
    pub locked: Vec<LockedRecord>,
}

/// One `[[data]]` block as read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataRecord {
    /// Its name.
    pub name: String,
    /// The canonical table it fills.
    pub table: String,
    /// The files, from the study's folder, with their BLAKE3 hash.
    pub files: BTreeMap<String, String>,
    /// The reader.
    pub reader: String,
    /// The encoding.
    pub encoding: String,
    /// Rows in the files.
    pub rows_read: u64,
    /// Rows that became part of the table.
    pub rows_used: u64,
    /// Rows that did not.
    pub rows_rejected: u64,
    /// Rows used that are totals, kept apart from their parts.
    #[serde(default)]
    pub rows_totals: u64,
    /// Rows that the filter or the level left aside; not among the rows read.
    #[serde(default)]
    pub rows_filtered: u64,
    /// Lines with remarks of the publisher; not among the rows read.
    #[serde(default)]
    pub rows_notes: u64,
    /// What the reader remarked.
    pub notes: Vec<NoteRecord>,
}

impl DataRecord {
    /// Whether this block is of the table `name`, or of the table of which `name` is a part.
    pub(crate) fn fills(&self, name: &str) -> bool {
        self.table == name
            || name.strip_prefix(&self.table).is_some_and(|rest| rest.starts_with('-'))
    }
}

/// A remark in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteRecord {
    /// Its code.
    pub code: String,
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

impl From<&Note> for NoteRecord {
    fn from(note: &Note) -> NoteRecord {
        NoteRecord { code: note.code.clone(), en: note.en.clone(), zh: note.zh.clone() }
    }
}

impl From<&NoteRecord> for Note {
    fn from(note: &NoteRecord) -> Note {
        Note::new(note.code.clone(), note.en.clone(), note.zh.clone())
    }
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// With an answer.
    Answered,
    /// With an honest refusal: the data cannot answer.
    Refused,
    /// With an error in the data or the choices.
    Failed,
}

/// One step as run: also the content of `answer.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    /// The step's name.
    pub step: String,
    /// The method's id.
    pub method: String,
    /// The variant.
    pub variant: String,
    /// All options with the value that held.
    pub options: BTreeMap<String, String>,
    /// The seed.
    pub seed: u64,
    /// The hash of everything the answer depends on.
    pub key: String,
    /// How it ended.
    pub status: Status,
    /// Why there is no answer.
    pub reason: Option<String>,
    /// What the method read, in words.
    pub inputs: BTreeMap<String, InputRecord>,
    /// The answer's tables.
    pub tables: Vec<TableRecord>,
    /// What the reader must know.
    pub notes: Vec<NoteRecord>,
}

/// What a method read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputRecord {
    /// Where the rows come from.
    pub source: String,
    /// Hash of what they are.
    #[serde(default)]
    pub content: String,
    /// Column of the method's table = where it comes from.
    pub columns: BTreeMap<String, String>,
    /// First and last period kept.
    pub periods: Option<(i32, i32)>,
    /// Column = the values kept.
    pub keep: BTreeMap<String, Vec<String>>,
    /// The columns by which rows were added up.
    pub sum_by: Vec<String>,
}

/// A table of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableRecord {
    /// Its name.
    pub name: String,
    /// Number of rows.
    pub rows: usize,
    /// BLAKE3 of its content.
    pub hash: String,
}

/// A method that the tables do not allow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LockedRecord {
    /// The method's id.
    pub method: String,
    /// What it needs, in English.
    pub en: String,
    /// What it needs, in Chinese.
    pub zh: String,
}
