//! How a verb fails: a message for people and an exit code for scripts.

use std::fmt::Write;

use agglo_data::{DataError, Diagnostic};
use agglo_methods::MethodError;
use agglo_study::StudyError;
use agglo_study::spec::SpecError;

/// Exit codes, as the manual lists them.
pub(crate) mod code {
    pub(crate) const FOUND: u8 = 1;
    pub(crate) const USAGE: u8 = 2;
    pub(crate) const DATA: u8 = 3;
    pub(crate) const MISMATCH: u8 = 4;
    pub(crate) const NOT_IDENTIFIED: u8 = 5;
}

/// A message and an exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: u8,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Failure {
        Failure { code: code::USAGE, message: format!("error: {}", message.into()) }
    }

    pub(crate) fn data(message: impl Into<String>) -> Failure {
        Failure { code: code::DATA, message: format!("error: {}", message.into()) }
    }

    fn help(mut self, help: &str) -> Failure {
        let _ = write!(self.message, "\n  = help: {help}");
        self
    }
}

/// Diagnostics one below the other.
pub(crate) fn listed(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl From<DataError> for Failure {
    fn from(error: DataError) -> Failure {
        Failure { code: code::DATA, message: error.to_string() }
    }
}

impl From<SpecError> for Failure {
    fn from(error: SpecError) -> Failure {
        let help = match &error {
            SpecError::NoStudy { .. } => Some(
                "`agglo init FILES` starts one, `agglo demo` shows one, -C DIR looks elsewhere"
                    .to_owned(),
            ),
            SpecError::Parse { nearest: Some(key), .. } => Some(format!("did you mean `{key}`?")),
            _ => None,
        };
        let failure = Failure::data(error.to_string());
        match help {
            Some(help) => failure.help(&help),
            None => failure,
        }
    }
}

impl From<StudyError> for Failure {
    fn from(error: StudyError) -> Failure {
        match error {
            StudyError::Spec(error) => error.into(),
            StudyError::Data(error) => error.into(),
            StudyError::Unsound(found) => Failure {
                code: code::DATA,
                message: format!(
                    "{}\nerror: the data hold {} error(s); nothing was computed\n  = help: `agglo \
                     check` lists every finding",
                    listed(&found),
                    found.len()
                ),
            },
            error => Failure::data(error.to_string()),
        }
    }
}

impl From<MethodError> for Failure {
    fn from(error: MethodError) -> Failure {
        let code = match &error {
            MethodError::NotIdentified { .. } => code::NOT_IDENTIFIED,
            MethodError::Variant { .. }
            | MethodError::Option { .. }
            | MethodError::NoTable { .. } => code::USAGE,
            _ => code::DATA,
        };
        let failure = Failure { code, message: format!("error: {error}") };
        match &error {
            MethodError::Panel(agglo_core::PanelError::Gaps { .. }) => failure.help(
                "--gaps drop-regions, drop-industries or drop-periods leaves them out, --gaps zero counts them as \
                 zero; each says so in its notes",
            ),
            _ => failure,
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::data(error.to_string())
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Failure {
        Failure { code: code::USAGE, message: error.to_string() }
    }
}
