//! What tests share: comparisons with a tolerance, the shared data folder, scratch folders, servers.
//!
//! A dev-dependency only; no crate may need it to run.

mod object_server;
mod python;

use std::path::{Path, PathBuf};

pub use object_server::ObjectServer;
pub use python::{python_with, test_tools};
pub use tempfile::TempDir;

/// A path in the folder of real official data, or `None`, said on stderr, where it is absent.
///
/// The folder is `../shared/data` beside the repository, or `AGGLO_SHARED_DATA`.
#[expect(clippy::print_stderr, reason = "a skipped test must say that it was skipped")]
pub fn shared_data(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("AGGLO_SHARED_DATA")
        .map_or_else(|| workspace_root().join("../shared/data"), PathBuf::from);
    let path = root.join(path);
    if path.exists() {
        Some(path)
    } else {
        eprintln!("SKIPPED: needs {}, which is not here", path.display());
        None
    }
}

/// The root of the repository.
///
/// # Panics
/// When the crate has been moved out of `crates/`.
pub fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .map(Path::to_path_buf)
        .expect("crates/agglo-testkit lies two levels below the root")
}

/// A folder that is removed when the value is dropped.
///
/// # Panics
/// When the temporary folder cannot be written.
pub fn scratch() -> TempDir {
    tempfile::tempdir().expect("the temporary folder can be written")
}

/// Fails unless `found` lies within `tolerance` of `expected`.
///
/// # Panics
/// When it does not: that is what it is for.
#[track_caller]
pub fn assert_close(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "found {found}, expected {expected} within {tolerance}"
    );
}
