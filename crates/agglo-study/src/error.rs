//! Why a study could not be read or run.

use agglo_data::{DataError, Diagnostic};

use crate::spec::SpecError;

/// Why a study could not be read or run.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// The study file.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// A file could not be read or written.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The tables are not sound; every finding is listed.
    #[error("{} finding(s) in the data", .0.len())]
    Unsound(Vec<Diagnostic>),
    /// Another run works on this study.
    #[error("another run of agglo works on this study; wait for it to end")]
    Busy,
    /// The run was asked to stop; what was computed until then is kept and not computed again.
    #[error("the run was stopped")]
    Cancelled,
    /// Nothing has been run yet.
    #[error("this study has no results yet; `agglo run` computes them")]
    NotRun,
    /// A record of an earlier run cannot be understood.
    #[error("{file}: {why}; `agglo run` writes it anew")]
    Record {
        /// The file.
        file: String,
        /// Why.
        why: String,
    },
    /// An address that names no number.
    #[error("{0}")]
    Address(String),
}
