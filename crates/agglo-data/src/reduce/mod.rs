//! A register of any size becomes cells in one pass.
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
//! ```text
//! files ─ scan (the engine) ─ groups (one hash table a thread) ─ runs in order ─ merged cells
//!                                     memory short: runs go to the disk
//! files ─ GROUP BY (a cluster, plain SQL) ───────────────────────┘
//! ```
//!
//! Values are whole numbers of the last decimal place kept, and all sums are exact, so the answer is the same
//! to the last bit on one thread or many, spilled or not. Digits beyond the declared places are rounded, halves
//! away from zero. The engine takes a file as it is where it is plain (Parquet, or UTF-8 text with a decimal
//! point); any other, and any with a row that is not understood, goes through [`read`](crate::read), which says
//! what is wrong where.

mod cells;
mod engine;
mod entry;
mod facet;
mod groups;
mod job;
mod kept;
mod keys;
mod lens;
mod reduced;
mod register;
mod run;
mod scan;
mod sheet;
mod spill;
mod sql;
mod statistic;
mod stream;
mod sums;
mod tables;
mod top;

pub use cells::{COLUMNS, Cells};
pub use engine::{Cluster, Engine};
pub use reduced::Reduced;
pub use register::{Register, RegisterPart};
pub use statistic::{GRID_KM, SIZE_CLASSES, Statistic};
pub use top::TOP;

use std::path::Path;

use agglo_core::{Control, Frame};
use datafusion::common::DataFusionError;

use crate::codes;
use crate::diagnostic::{DataError, Diagnostic};
use crate::spec::ReadSpec;

/// Decimal places that a measure may have; squares need twice as many.
pub const MAX_SCALE: u8 = 9;

/// The cells of `source`, its measure kept to `measure_scale` decimal places.
///
/// The measure is `source.value`, or the only one that the source has. Rows may repeat their keys;
/// the table of `source` may be `plant` or `activity`.
///
/// # Errors
/// As [`read`](crate::read); any row that would be rejected there; sums beyond 38 digits; and what
/// stopped the engine.
pub fn cells(source: &ReadSpec, root: &Path, measure_scale: u8) -> Result<Frame, DataError> {
    cells_with(source, root, measure_scale, &Engine::default())
}

/// [`cells`] within the limits of `engine`.
///
/// # Errors
/// As [`cells`].
pub fn cells_with(
    source: &ReadSpec,
    root: &Path,
    measure_scale: u8,
    engine: &Engine,
) -> Result<Frame, DataError> {
    let register = Register::open(source, root, measure_scale, &[])?;
    let parts: Vec<usize> = (0..register.parts().len()).collect();
    let reduced = register.reduce(&parts, engine, &Control::none())?;
    Reduced::joined(reduced).cells.table(&COLUMNS)
}

/// One worker that drives all tasks of a session; pieces run side by side without more, and several can
/// wait for each other for ever when they spill (docs/decisions/0007).
fn runtime() -> Result<tokio::runtime::Runtime, DataFusionError> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
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
