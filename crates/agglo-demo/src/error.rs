use std::io;

/// Why a study was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// No study has this name.
    #[error("there is no built-in study \"{name}\"; there are {}", known.join(", "))]
    UnknownStudy {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<&'static str>,
    },
    /// The plan is too small for what is planted in it.
    #[error("{what} is {found}; the artificial country needs at least {least}")]
    PlanTooSmall {
        /// Plants or years.
        what: &'static str,
        /// What the plan says.
        found: u64,
        /// The least that works.
        least: u64,
    },
    /// The plan is larger than what can be drawn.
    #[error("{what} is {found}; a register has at most {most}")]
    PlanTooLarge {
        /// Plants, years, regions or industries.
        what: &'static str,
        /// What the plan says.
        found: u64,
        /// The most that works.
        most: u64,
    },
    /// The years of the plan do not fit a calendar.
    #[error("{years} years from {first_year} go past the last year that can be written")]
    YearsOutOfRange {
        /// The first year of the plan.
        first_year: i32,
        /// The number of years of the plan.
        years: u32,
    },
    /// A file could not be written.
    #[error("{path} could not be written: {source}")]
    Write {
        /// The file, relative to the study.
        path: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// There is no such part of the register.
    #[error("the register has no part {number} of the year {year}")]
    NoPart {
        /// The year asked for.
        year: i32,
        /// The number of the part asked for.
        number: u64,
    },
    /// The folder holds something that is not an unfinished register.
    #[error("{path} is not empty; name a new folder, or empty this one")]
    NotEmpty {
        /// The folder.
        path: String,
    },
    /// The folder holds an unfinished register of another plan.
    #[error(
        "{path} holds an unfinished register with `{found}`, where `{asked}` is asked for; ask for \
         the same to continue it, or name another folder"
    )]
    OtherRun {
        /// The folder.
        path: String,
        /// The first setting that differs, as the unfinished run has it.
        found: String,
        /// The same setting as asked for.
        asked: String,
    },
    /// Another process writes into the folder.
    #[error("another process is writing a register into {path}")]
    InUse {
        /// The folder.
        path: String,
    },
    /// The run was asked to stop.
    #[error("interrupted; the same call goes on where this one stopped")]
    Cancelled,
}

impl DemoError {
    /// Whether there was no room left on the disk.
    pub fn is_disk_full(&self) -> bool {
        use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        matches!(self, DemoError::Write { source, .. }
            if matches!(source.kind(), StorageFull | QuotaExceeded | FileTooLarge))
    }
}
