//! Whole processes: `agglo --help`, and the built-in study from its files to its report.

use std::path::Path;
use std::process::{Command, Stdio};

fn main() {
    divan::main();
}

fn agglo(folder: &Path, words: &[&str]) {
    let status = Command::new(env!("CARGO_BIN_EXE_agglo"))
        .args(words)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("agglo can be started");
    assert!(status.success(), "agglo {words:?} failed");
}

#[divan::bench]
fn help(bencher: divan::Bencher<'_, '_>) {
    bencher.bench_local(|| agglo(Path::new("."), &["--help"]));
}

#[divan::bench(args = ["china", "artificial"], sample_count = 5)]
fn demo(bencher: divan::Bencher<'_, '_>, name: &str) {
    bencher
        .with_inputs(|| tempfile::tempdir().expect("the temporary folder can be written"))
        .bench_local_values(|folder| {
            agglo(folder.path(), &["demo", name, "study", "-q"]);
            folder
        });
}
