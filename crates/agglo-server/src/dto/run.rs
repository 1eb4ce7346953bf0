//! Runs: going on, kept, and compared.

use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;

/// How a run ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Ended {
    /// Whether it came to its end.
    pub(crate) ok: bool,
    /// Steps with an answer.
    pub(crate) answered: usize,
    /// Steps with an honest refusal.
    pub(crate) refused: usize,
    /// Steps with an error.
    pub(crate) failed: usize,
    /// Steps computed; the others were known.
    pub(crate) computed: usize,
    /// Why it did not come to its end.
    pub(crate) problem: Option<Problem>,
}

/// What is being run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RunState {
    /// `idle` or `running`.
    pub(crate) state: String,
    /// Steps done.
    pub(crate) done: u64,
    /// Steps in all; zero while tables are read.
    pub(crate) total: u64,
    /// When it was started.
    pub(crate) started: Option<String>,
    /// How the last one since the server's start ended.
    pub(crate) last: Option<Ended>,
}

impl RunState {
    /// Nothing is being run.
    pub(crate) fn idle(last: Option<Ended>) -> RunState {
        RunState { state: "idle".to_owned(), done: 0, total: 0, started: None, last }
    }
}

/// A run that can be looked back on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RunAbout {
    /// Its id.
    pub(crate) id: String,
    /// Whether it is the last one.
    pub(crate) current: bool,
    /// The program's version.
    pub(crate) version: String,
    /// The hash of the source that decides numbers.
    pub(crate) code: String,
    /// The seed.
    pub(crate) seed: u64,
    /// Steps with an answer.
    pub(crate) answered: usize,
    /// Steps with an honest refusal.
    pub(crate) refused: usize,
    /// Steps with an error.
    pub(crate) failed: usize,
    /// When it ended.
    pub(crate) time: Option<String>,
}

/// The runs of the study.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RunList {
    /// Newest first.
    pub(crate) runs: Vec<RunAbout>,
    /// What is being run.
    pub(crate) state: RunState,
}

/// What moved between two runs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DiffForm {
    /// How many numbers moved for each kind of cause.
    pub(crate) by_cause: std::collections::BTreeMap<String, usize>,
    /// As `agglo diff --json` prints it; of each step the first `limit` numbers that moved, and in `n_moved`
    /// how many did.
    #[schema(value_type = Object)]
    pub(crate) diff: serde_json::Value,
    /// The command that gives the same.
    pub(crate) command: String,
    /// The Python call that gives the same.
    pub(crate) python: String,
}
