//! Hashes the source of every crate that decides a number, so that a run never takes the answers
//! of other code for its own.

use std::path::{Path, PathBuf};

fn main() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for name in ["agglo-core", "agglo-methods", "agglo-data", "agglo-study"] {
        let folder = crates.join(name);
        for part in ["src", "data"] {
            println!("cargo::rerun-if-changed={}", folder.join(part).display());
            collect(&folder.join(part), &mut files);
        }
    }
    files.sort();
    let mut hasher = blake3::Hasher::new();
    for file in files {
        hasher.update(file.strip_prefix(&crates).unwrap_or(&file).to_string_lossy().as_bytes());
        hasher.update(&std::fs::read(&file).unwrap_or_default());
    }
    println!("cargo::rustc-env=AGGLO_CODE_HASH={}", &hasher.finalize().to_hex()[..16]);
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}
