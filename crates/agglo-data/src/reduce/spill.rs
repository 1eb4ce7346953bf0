//! What does not fit into memory, set down in order and read back in order.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use datafusion::common::DataFusionError;

use super::entry::Record;
use crate::diagnostic::DataError;

/// A folder for spilled rows, removed when done; what a killed process left is removed by the next.
#[derive(Debug)]
pub(super) struct SpillFolder {
    path: PathBuf,
    /// Held while the folder is in use; the operating system lets go of it even after a kill.
    _lock: File,
    n_files: AtomicUsize,
}

const SPILLS: &str = "agglo-spill";
const LOCK: &str = "in-use";

impl SpillFolder {
    pub(super) fn new(temporary: Option<&Path>) -> std::io::Result<SpillFolder> {
        let spills = temporary.map_or_else(std::env::temp_dir, Path::to_owned).join(SPILLS);
        std::fs::create_dir_all(&spills)?;
        sweep(&spills);
        let path = tempfile::Builder::new().prefix("run-").tempdir_in(&spills)?.keep();
        let lock = File::create(path.join(LOCK))?;
        lock.lock()?;
        Ok(SpillFolder { path, _lock: lock, n_files: AtomicUsize::new(0) })
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

/// Entries in order, in memory or in a file.
#[derive(Debug)]
pub(super) enum Entries<R> {
    Memory(Vec<R>),
    Disk {
        path: PathBuf,
        /// Keeps the file.
        _folder: Arc<SpillFolder>,
    },
}

/// Bytes read at once from each file of several that are read side by side.
const BUFFER: usize = 1 << 16;

impl<R: Record> Entries<R> {
    /// Keeps `entries`, and no room for more.
    pub(super) fn in_memory(mut entries: Vec<R>) -> Entries<R> {
        entries.shrink_to_fit();
        Entries::Memory(entries)
    }

    /// Sets `entries` down in `folder`.
    pub(super) fn on_disk(
        entries: &[R],
        folder: &Arc<SpillFolder>,
    ) -> Result<Entries<R>, DataFusionError> {
        let number = folder.n_files.fetch_add(1, Ordering::Relaxed);
        let path = folder.path.join(format!("{number}"));
        let write = || -> std::io::Result<()> {
            let mut file = BufWriter::with_capacity(BUFFER, File::create(&path)?);
            let mut bytes = Vec::with_capacity(R::BYTES);
            for entry in entries {
                bytes.clear();
                entry.put(&mut bytes);
                file.write_all(&bytes)?;
            }
            file.flush()
        };
        write().map_err(|error| failed(&path, &error))?;
        Ok(Entries::Disk { path, _folder: folder.clone() })
    }

    pub(super) fn cursor(&self) -> Result<Cursor<'_, R>, DataFusionError> {
        Ok(match self {
            Entries::Memory(entries) => Cursor::Memory(entries.iter()),
            Entries::Disk { path, .. } => {
                let file = File::open(path).map_err(|error| failed(path, &error))?;
                let file = BufReader::with_capacity(BUFFER, file);
                Cursor::Disk { file, path, bytes: vec![0; R::BYTES] }
            }
        })
    }
}

/// A place in entries that are read from first to last.
pub(super) enum Cursor<'e, R> {
    Memory(std::slice::Iter<'e, R>),
    Disk { file: BufReader<File>, path: &'e Path, bytes: Vec<u8> },
}

impl<R: Record> Cursor<'_, R> {
    pub(super) fn next(&mut self) -> Result<Option<R>, DataFusionError> {
        match self {
            Cursor::Memory(entries) => Ok(entries.next().copied()),
            Cursor::Disk { file, path, bytes } => match file.read_exact(bytes) {
                Ok(()) => Ok(Some(R::get(bytes))),
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
                Err(error) => Err(failed(path, &error)),
            },
        }
    }
}

fn failed(path: &Path, error: &std::io::Error) -> DataFusionError {
    DataFusionError::External(Box::new(DataError::io(path, error)))
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
