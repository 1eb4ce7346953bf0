//! What the engine may use, and where it puts what does not fit into memory.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::common::DataFusionError;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::future::BoxFuture;

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

/// What of the memory the engine's tables may take; the rest is for what it does not count: blocks being
/// decoded, the groups that are done, the program.
const TABLES_PER_MILLE: u64 = 500;

/// Rows at once where memory is short.
const SMALL_BATCH: usize = 4096;

impl Engine {
    /// How many threads work.
    pub(super) fn n_threads(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or_else(all).max(1)
    }

    /// An embedded session, with a folder to spill into that lives as long as it does.
    pub(super) fn session(&self) -> Result<Session, DataFusionError> {
        // Each piece is one stream of rows; the pieces are what runs side by side.
        let mut config = SessionConfig::new().with_target_partitions(1);
        let small = self.memory.map(|_| SMALL_BATCH);
        if let Some(batch_size) = self.batch_size.or(small) {
            config = config.with_batch_size(batch_size);
        }
        let mut environment = RuntimeEnvBuilder::new();
        let mut spill = None;
        if let Some(memory) = self.memory {
            let tables = usize::try_from(memory / 1000 * TABLES_PER_MILLE).unwrap_or(usize::MAX);
            let folder = SpillFolder::new(self.temporary.as_deref())?;
            let mode = DiskManagerMode::Directories(vec![folder.path.clone()]);
            let disk = DiskManagerBuilder::default()
                .with_mode(mode)
                .with_max_temp_directory_size(u64::MAX);
            environment = environment
                .with_memory_pool(Arc::new(FairSpillPool::new(tables)))
                .with_disk_manager_builder(disk);
            spill = Some(folder);
        }
        let context = SessionContext::new_with_config_rt(config, environment.build_arc()?);
        Ok(Session { context, _spill: spill })
    }
}

/// A session and the folder it spills into.
pub(super) struct Session {
    context: SessionContext,
    _spill: Option<SpillFolder>,
}

impl Session {
    pub(super) fn context(&self) -> &SessionContext {
        &self.context
    }
}

/// A folder for spilled rows, removed when done; what a killed process left is removed by the next.
struct SpillFolder {
    path: PathBuf,
    /// Held while the folder is in use; the operating system lets go of it even after a kill.
    _lock: File,
}

const SPILLS: &str = "agglo-spill";
const LOCK: &str = "in-use";

impl SpillFolder {
    fn new(temporary: Option<&Path>) -> std::io::Result<SpillFolder> {
        let spills = temporary.map_or_else(std::env::temp_dir, Path::to_owned).join(SPILLS);
        std::fs::create_dir_all(&spills)?;
        sweep(&spills);
        let path = tempfile::Builder::new().prefix("run-").tempdir_in(&spills)?.keep();
        let lock = File::create(path.join(LOCK))?;
        lock.lock()?;
        Ok(SpillFolder { path, _lock: lock })
    }
}

impl Drop for SpillFolder {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next run.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Removes the folders that no process holds.
fn sweep(spills: &Path) {
    let Ok(entries) = std::fs::read_dir(spills) else { return };
    for folder in entries.flatten().map(|entry| entry.path()) {
        let left = match File::open(folder.join(LOCK)) {
            Ok(lock) => lock.try_lock().is_ok(),
            // One that is being made has no lock yet.
            Err(_) => false,
        };
        if left {
            let _ = std::fs::remove_dir_all(&folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_process_left_is_removed_and_what_is_in_use_is_not() {
        let temporary = agglo_testkit::scratch();
        let spills = temporary.path().join(SPILLS);
        let left = spills.join("run-left");
        std::fs::create_dir_all(&left).unwrap();
        std::fs::write(left.join(LOCK), "").unwrap();
        std::fs::write(left.join("rows"), [0; 100]).unwrap();
        let first = SpillFolder::new(Some(temporary.path())).unwrap();
        assert!(!left.exists());
        let second = SpillFolder::new(Some(temporary.path())).unwrap();
        assert!(first.path.exists() && second.path.exists());
        drop((first, second));
        assert_eq!(std::fs::read_dir(&spills).unwrap().count(), 0);
    }
}
