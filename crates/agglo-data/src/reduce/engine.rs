//! What the engine may use, and where it puts what does not fit into memory.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use datafusion::common::DataFusionError;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::future::BoxFuture;

use super::entry::Record;
use super::spill::{Entries, SpillFolder};

/// A cluster that answers plain SQL over files that it can reach.
pub trait Cluster: Send + Sync + std::fmt::Debug {
    /// A session with it.
    ///
    /// # Errors
    /// When it cannot be reached, in words.
    fn session(&self) -> BoxFuture<'_, Result<SessionContext, DataFusionError>>;
}

/// What the engine may use.
#[derive(Clone, Debug, Default)]
pub struct Engine {
    /// Threads; all there are when `None`.
    pub threads: Option<usize>,
    /// Bytes of memory before it spills to disk; unlimited when `None`.
    pub memory: Option<u64>,
    /// Rows handled at once; the engine's own when `None`.
    pub batch_size: Option<usize>,
    /// Where spilled rows go; the system's temporary folder when `None`.
    pub temporary: Option<PathBuf>,
    /// The cluster that does the work, in place of this process.
    pub cluster: Option<Arc<dyn Cluster>>,
}

/// Which share of the memory the groups at hand may take, and which those that are done; the rest is for what
/// is not counted: blocks being decoded, groups being put in order, the program.
const SHARE_AT_HAND: u64 = 4;
const SHARE_DONE: u64 = 4;

/// Rows at once where memory is short.
const SMALL_BATCH: usize = 4096;

impl Engine {
    /// How many threads work.
    pub(super) fn n_threads(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or_else(all).max(1)
    }

    /// An embedded session, which reads rows and sums none.
    pub(super) fn session(&self) -> SessionContext {
        // Each piece is one stream of rows; the pieces are what runs side by side.
        let mut config = SessionConfig::new().with_target_partitions(1);
        let small = self.memory.map(|_| SMALL_BATCH);
        if let Some(batch_size) = self.batch_size.or(small) {
            config = config.with_batch_size(batch_size);
        }
        SessionContext::new_with_config(config)
    }

    /// Where groups go when they take more than their share of the memory.
    pub(super) fn room(&self) -> Result<Option<Room>, DataFusionError> {
        let Some(memory) = self.memory else { return Ok(None) };
        let bytes = |share: u64| usize::try_from(memory / share).unwrap_or(usize::MAX);
        Ok(Some(Room {
            at_hand: bytes(SHARE_AT_HAND) / self.n_threads(),
            done: AtomicUsize::new(bytes(SHARE_DONE)),
            folder: Arc::new(SpillFolder::new(self.temporary.as_deref())?),
        }))
    }
}

/// The memory that groups may take, and the folder for the others.
pub(super) struct Room {
    /// Bytes of the groups that a thread has at hand.
    pub(super) at_hand: usize,
    /// Bytes left for groups that are done.
    done: AtomicUsize,
    folder: Arc<SpillFolder>,
}

impl Room {
    /// Groups that are done, in memory while there is room.
    pub(super) fn keep<R: Record>(&self, entries: Vec<R>) -> Result<Entries<R>, DataFusionError> {
        let bytes = entries.len() * size_of::<R>();
        let take = |left: usize| left.checked_sub(bytes);
        match self.done.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
            Ok(_) => Ok(Entries::in_memory(entries)),
            Err(_) => Entries::on_disk(&entries, &self.folder),
        }
    }
}
