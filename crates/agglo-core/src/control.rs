//! Progress and cancelling of long runs.

use std::sync::atomic::{AtomicBool, Ordering};

/// The run was asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("interrupted")]
pub struct Cancelled;

/// How a long run reports where it is and learns that it should stop.
#[derive(Clone, Copy)]
pub struct Control<'a> {
    progress: Option<&'a (dyn Fn(u64, u64) + Sync)>,
    cancelled: Option<&'a AtomicBool>,
}

impl<'a> Control<'a> {
    /// Reports nothing and cannot be stopped.
    pub const fn none() -> Control<'static> {
        Control { progress: None, cancelled: None }
    }

    /// Reports `(done, total)` to `progress` and stops once `cancelled` is set.
    pub const fn new(
        progress: &'a (dyn Fn(u64, u64) + Sync),
        cancelled: &'a AtomicBool,
    ) -> Control<'a> {
        Control { progress: Some(progress), cancelled: Some(cancelled) }
    }

    /// Says that `done` of `total` steps are behind us.
    ///
    /// # Errors
    /// [`Cancelled`] when the run was asked to stop.
    pub fn step(&self, done: u64, total: u64) -> Result<(), Cancelled> {
        if self.cancelled.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
            return Err(Cancelled);
        }
        if let Some(progress) = self.progress {
            progress(done, total);
        }
        Ok(())
    }
}
