//! Benchmarks: ours, then the same work in other packages, on this machine.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::shell;
use crate::workspace::Workspace;

/// Every benchmark of every crate, then the peers.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    for member in &workspace.members {
        for bench in &member.benches {
            shell::run(shell::cargo().args(["bench", "-p", &member.name, "--bench", bench]))?;
        }
    }
    peers(workspace)
}

/// The released program against the packages that are installed.
pub(crate) fn peers(workspace: &Workspace) -> Result<()> {
    let python = shell::python().context("benches/peers needs Python 3.10 or newer")?;
    shell::run(shell::cargo().args(["build", "--release", "-p", "agglo-cli"]))?;
    let program =
        workspace.target.join("release").join(format!("agglo{}", std::env::consts::EXE_SUFFIX));
    let script = PathBuf::from("benches/peers/run.py");
    shell::run(Command::new(python).arg(script).arg("--agglo").arg(program))
}
