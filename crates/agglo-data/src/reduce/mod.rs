//! A register of any size becomes cells in one pass of plain SQL GROUP BY.
//!
//! | column           | meaning                                                          |
//! |------------------|------------------------------------------------------------------|
//! | region, industry | keys, as text                                                    |
//! | period           | year, where the source has one                                   |
//! | n                | rows with a number                                               |
//! | sum, sum_sq, max | Σx, Σx² and the largest x over them                              |
//! | gaps             | rows without a number                                            |
//! | suppressed       | those of them that the source withholds                          |
//!
//! Values are decimals of a declared number of places inside the engine, and all sums are exact, so
//! the answer is the same to the last bit on one thread or many, spilled or not. Digits beyond the
//! declared places are rounded, halves away from zero. The engine takes a file as it is where it is
//! plain (Parquet, or UTF-8 text with a decimal point); any other, and any with a row that the
//! engine does not understand, goes through [`read`](crate::read), which says what is wrong where.

mod job;
mod run;
mod sums;

use std::path::Path;

use agglo_core::Frame;
use datafusion::common::DataFusionError;

use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Severity};
use crate::source::SourceFormat;
use crate::spec::ReadSpec;

use job::Job;

/// Decimal places that a measure may have; squares need twice as many.
pub const MAX_SCALE: u8 = 9;

/// What the engine may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Engine {
    /// Threads; all there are when `None`.
    pub threads: Option<usize>,
    /// Bytes of memory before it spills to disk; unlimited when `None`.
    pub memory: Option<usize>,
    /// Rows handled at once; the engine's own when `None`.
    pub batch_size: Option<usize>,
}

/// The cells of `source`, its measure kept to `measure_scale` decimal places.
///
/// The measure is `source.value`, or the only one that the source has. Rows may repeat their keys;
/// the table of `source` may be `plant` or `activity`.
///
/// # Errors
/// As [`read`](crate::read); any row that would be rejected there; sums beyond 38 digits; and what
/// stopped the engine.
pub fn cells(source: &ReadSpec, root: &Path, measure_scale: u8) -> Result<Frame, DataError> {
    cells_with(source, root, measure_scale, Engine::default())
}

/// [`cells`] within the limits of `engine`.
///
/// # Errors
/// As [`cells`].
pub fn cells_with(
    source: &ReadSpec,
    root: &Path,
    measure_scale: u8,
    engine: Engine,
) -> Result<Frame, DataError> {
    let scale = measure_scale.min(MAX_SCALE);
    // A register repeats its keys, which only this table allows.
    let spec = ReadSpec { table: "plant".to_owned(), ..source.clone() };
    if let Some(job) = Job::plain(&spec, root, scale)? {
        match job.run(engine) {
            Ok(Some(frame)) => return Ok(frame),
            Ok(None) => {}
            Err(error) if is_about_rows(&error) && job.format == SourceFormat::Text => {}
            Err(error) => return Err(engine_error(&error)),
        }
    }
    let reading = crate::read(&spec, root)?;
    let errors: Vec<Diagnostic> = reading
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .cloned()
        .collect();
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let job = Job::read(&spec, &reading.frame, scale)?;
    match job.run(engine) {
        Ok(Some(frame)) => Ok(frame),
        Ok(None) => Err(engine_error(&DataFusionError::Execution(
            "a row that was read could not be summed; is the value beyond 18 digits?".to_owned(),
        ))),
        Err(error) => Err(engine_error(&error)),
    }
}

fn is_about_rows(error: &DataFusionError) -> bool {
    !matches!(
        error.find_root(),
        DataFusionError::ResourcesExhausted(_) | DataFusionError::External(_)
    )
}

fn engine_error(error: &DataFusionError) -> DataError {
    if let DataFusionError::External(inner) = error
        && let Some(own) = inner.downcast_ref::<DataError>()
    {
        return own.clone();
    }
    let remedy = "give it more memory (--memory) or room in the temporary folder";
    Diagnostic::new(codes::ENGINE, error.strip_backtrace(), remedy).into()
}
