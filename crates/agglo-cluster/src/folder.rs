//! An executor's folder: kept while it lives, emptied when it ends, and after one that was killed.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::error::ClusterError;

/// A folder of this process alone, removed when dropped.
pub(crate) struct WorkFolder {
    path: PathBuf,
    // Held as long as the folder: a lock that nobody holds belongs to a process that was killed.
    _lock: File,
}

impl WorkFolder {
    /// Makes a folder below `parent` and removes those that killed processes left there.
    pub(crate) fn create(parent: &Path) -> Result<WorkFolder, ClusterError> {
        let wrong = |error: std::io::Error| ClusterError::WorkFolder {
            folder: parent.display().to_string(),
            why: error.to_string(),
        };
        std::fs::create_dir_all(parent).map_err(wrong)?;
        let parent = parent.canonicalize().map_err(wrong)?;
        for entry in std::fs::read_dir(&parent).map_err(wrong)?.flatten() {
            let name = entry.file_name();
            if let Some(id) = name.to_str().and_then(|name| name.strip_suffix(LOCK))
                && id.starts_with(PREFIX)
            {
                sweep(&parent.join(id), &entry.path());
            }
        }
        let path = parent.join(format!("{PREFIX}{}", std::process::id()));
        let lock = File::create(lock_of(&path)).map_err(wrong)?;
        lock.lock().map_err(wrong)?;
        std::fs::create_dir_all(&path).map_err(wrong)?;
        Ok(WorkFolder { path, _lock: lock })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for WorkFolder {
    fn drop(&mut self) {
        // What cannot be removed now is swept by the next executor here.
        let _ = std::fs::remove_dir_all(&self.path);
        let _ = std::fs::remove_file(lock_of(&self.path));
    }
}

const PREFIX: &str = "agglo-executor-";
const LOCK: &str = ".lock";

fn lock_of(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(LOCK);
    PathBuf::from(name)
}

fn sweep(folder: &Path, lock: &Path) {
    let Ok(file) = File::options().write(true).open(lock) else { return };
    if file.try_lock().is_ok() {
        let _ = std::fs::remove_dir_all(folder);
        let _ = std::fs::remove_file(lock);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_executor_left_is_swept_and_what_a_living_one_uses_is_not() {
        let parent = std::env::temp_dir().join(format!("agglo-work-{}", std::process::id()));
        let left = parent.join("agglo-executor-left");
        std::fs::create_dir_all(left.join("job/1")).unwrap();
        std::fs::write(lock_of(&left), "").unwrap();
        let mine = parent.join("my-own-data");
        std::fs::create_dir_all(&mine).unwrap();
        let living = parent.join("agglo-executor-living");
        std::fs::create_dir_all(&living).unwrap();
        let lock = File::create(lock_of(&living)).unwrap();
        lock.lock().unwrap();

        let folder = WorkFolder::create(&parent).unwrap();
        let path = folder.path().to_owned();
        assert!(path.is_dir() && living.is_dir() && mine.is_dir());
        assert!(!left.exists() && !lock_of(&left).exists());
        drop(folder);
        assert!(!path.exists() && !lock_of(&path).exists());
        drop(lock);
        std::fs::remove_dir_all(&parent).unwrap();
    }
}
