//! The dashboard's server, asked as a browser, a script and an attacker would.
#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

#[path = "../common/mod.rs"]
mod common;

mod client;
mod numbers;
mod routes;
mod runs;
mod security;
mod withheld;

use std::path::PathBuf;

use agglo_testkit::{TempDir, scratch};

/// A built-in study, run, in a folder of its own.
fn demo(name: &str) -> (TempDir, PathBuf) {
    let folder = scratch();
    common::agglo(folder.path(), &["demo", name, "study", "-q"]).ended(0);
    let study = folder.path().join("study");
    (folder, study)
}
