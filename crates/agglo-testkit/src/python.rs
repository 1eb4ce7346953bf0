//! The Python that tests may use, with the packages of `xtask/test-tools.txt`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A Python that can import `module`, or `None`, said on stderr.
///
/// It is that of the folder `AGGLO_TEST_TOOLS`, which `cargo xtask test --install` fills, else the one on
/// the path.
#[expect(clippy::print_stderr, reason = "a skipped test must say that it was skipped")]
pub fn python_with(module: &str) -> Option<PathBuf> {
    let imports = |python: &Path| {
        Command::new(python)
            .args(["-c", &format!("import {module}")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    let own = test_tools().map(|folder| folder.join("python/bin/python"));
    let found = own.into_iter().chain([PathBuf::from("python3")]).find(|python| imports(python));
    if found.is_none() {
        eprintln!("SKIPPED: no Python with `{module}` here; `cargo xtask test --install` gets one");
    }
    found
}

/// The folder of the tools that `cargo xtask test --install` gets for tests; `None` where it is not known.
pub fn test_tools() -> Option<PathBuf> {
    std::env::var_os("AGGLO_TEST_TOOLS").map(PathBuf::from).filter(|folder| folder.is_dir())
}
