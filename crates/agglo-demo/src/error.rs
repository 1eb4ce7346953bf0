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
    /// The years of the plan do not fit a calendar.
    #[error("{years} years from {first_year} go past the last year that can be written")]
    YearsOutOfRange {
        /// The first year of the plan.
        first_year: i32,
        /// The number of years of the plan.
        years: u32,
    },
    /// A file could not be written.
    #[error("{path} could not be written")]
    Write {
        /// The file, relative to the study.
        path: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}
