//! Programs of other registries that tests use, in a folder beside what cargo builds.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::shell;

/// Where the tests look for them.
pub(crate) const VARIABLE: &str = "AGGLO_TEST_TOOLS";
const PYTHON_PACKAGES: &str = include_str!("../test-tools.txt");
/// The published schema of SARIF 2.1.0 comes in this package.
const SARIF_PACKAGE: &str = "@microsoft/jest-sarif@1.0.0-beta.0";
const SARIF_SCHEMA: &str = "package/lib/schemas/sarif-2.1.0-rtm.5.json";

/// The folder of the tools, whether it is there or not.
pub(crate) fn folder(target: &Path) -> PathBuf {
    target.join("test-tools")
}

/// Gets what is missing; what came of each, if anything.
pub(crate) fn install(target: &Path) -> Vec<String> {
    let folder = folder(target);
    let told = |what: &str, done: Result<()>| match done {
        Ok(()) => format!("{what}: installed"),
        Err(error) => format!("{what}: not installed, {error:#}"),
    };
    let mut said = Vec::new();
    let stamp = folder.join("python.txt");
    let is_there = std::fs::read_to_string(&stamp).is_ok_and(|list| list == PYTHON_PACKAGES);
    if !is_there {
        said.push(told("Python packages for tests", python(&folder, &stamp)));
    }
    if !folder.join("sarif.json").is_file() {
        said.push(told("schema of SARIF", sarif(&folder)));
    }
    said
}

fn python(folder: &Path, stamp: &Path) -> Result<()> {
    let python = shell::python().context("there is no Python 3.10 or newer")?;
    std::fs::create_dir_all(folder)?;
    let made = folder.join("python");
    shell::run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&made))?;
    let list = folder.join("wanted.txt");
    std::fs::write(&list, PYTHON_PACKAGES)?;
    let mut pip = Command::new(made.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&list);
    shell::run(&mut pip)?;
    // Written last, so that a broken installation is made anew.
    std::fs::rename(&list, stamp).context("the list of packages")
}

/// Fetches the package and takes the one file out; nothing of it is run.
fn sarif(folder: &Path) -> Result<()> {
    let unpacked = folder.join("sarif");
    std::fs::create_dir_all(&unpacked)?;
    let mut npm = Command::new("npm");
    npm.args(["pack", "--silent", "--pack-destination"]).arg(&unpacked).arg(SARIF_PACKAGE);
    shell::run(&mut npm)?;
    let packed = std::fs::read_dir(&unpacked)?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|ending| ending == "tgz"))
        .context("npm packed nothing")?;
    let mut tar = Command::new("tar");
    shell::run(tar.arg("-xzf").arg(&packed).arg("-C").arg(&unpacked).arg(SARIF_SCHEMA))?;
    std::fs::rename(unpacked.join(SARIF_SCHEMA), folder.join("sarif.json"))?;
    std::fs::remove_dir_all(&unpacked).context("what was unpacked")
}
