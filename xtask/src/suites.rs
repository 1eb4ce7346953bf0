//! Every test there is: Rust, documentation examples, Python, pages in a browser.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::counts::Counts;
use crate::workspace::Workspace;
use crate::{arrows, browser, shell, tools};

/// What ran, and what did not and why.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) counts: Counts,
    skipped: Vec<String>,
}

impl Outcome {
    fn add(&mut self, command: &mut Command) -> Result<()> {
        let (success, said) = shell::tee(command)?;
        self.counts += Counts::of_run(success, &said);
        Ok(())
    }

    fn skip(&mut self, what: &str, why: &str) {
        self.skipped.push(format!("SKIPPED {what}: {why}"));
    }

    /// What was skipped, then one line that counts; an error when a test failed.
    pub(crate) fn close(&self) -> Result<()> {
        for line in &self.skipped {
            println!("{line}");
        }
        println!("{}", self.counts);
        if self.counts.failed > 0 {
            bail!("tests failed");
        }
        Ok(())
    }
}

/// `cargo xtask test`.
pub(crate) fn command(workspace: &Workspace, flags: &[&str]) -> Result<()> {
    if let Some(unknown) = flags.iter().find(|flag| !["--light", "--install"].contains(flag)) {
        bail!("`cargo xtask test` does not know `{unknown}`");
    }
    let install = flags.contains(&"--install") || in_ci();
    run(workspace, flags.contains(&"--light"), install)?.close()
}

/// Whether a machine started this rather than a person.
pub(crate) fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

/// Runs all suites, also after one has failed.
pub(crate) fn run(workspace: &Workspace, light: bool, install: bool) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    if install && !light {
        for said in browser::install().into_iter().chain(tools::install(&workspace.target)) {
            println!("{said}");
        }
    }
    rust(workspace, light, &mut outcome)?;
    if light {
        outcome.skip("what needs the engine", "left out by --light");
    } else {
        python(&mut outcome)?;
        pages(&mut outcome)?;
        dashboard(workspace, &mut outcome)?;
    }
    Ok(outcome)
}

fn rust(workspace: &Workspace, light: bool, outcome: &mut Outcome) -> Result<()> {
    let mut crates = vec!["--workspace".to_owned()];
    if light {
        let heavy = workspace
            .members
            .iter()
            .filter(|m| workspace.chain(&m.name, arrows::is_engine).is_some());
        crates.extend(heavy.flat_map(|member| ["--exclude".to_owned(), member.name.clone()]));
    }
    let mut tests = shell::cargo();
    if let Some(path) = browser::find() {
        tests.env(browser::VARIABLE, path);
    }
    tests.env(tools::VARIABLE, tools::folder(&workspace.target));
    if shell::cargo_has("nextest") {
        outcome.add(
            tests.args(["nextest", "run", "--no-fail-fast", "--no-tests=pass"]).args(&crates),
        )?;
        outcome.add(shell::cargo().args(["test", "--doc", "--no-fail-fast"]).args(&crates))
    } else {
        outcome.add(tests.args(["test", "--no-fail-fast"]).args(&crates))
    }
}

/// Every folder with `test_*.py` in it, by the standard library's runner.
fn python(outcome: &mut Outcome) -> Result<()> {
    let folders =
        folders_with(|name| name.strip_suffix(".py").is_some_and(|name| name.starts_with("test_")));
    match shell::python() {
        _ if folders.is_empty() => Ok(()),
        None => {
            outcome.skip("Python tests", "no Python 3.10 or newer here");
            Ok(())
        }
        Some(python) => {
            for folder in folders {
                let mut command = Command::new(python);
                command
                    .args(["-B", "-m", "unittest", "discover", "-t"])
                    .arg(&folder)
                    .arg("-s")
                    .arg(&folder);
                outcome.add(&mut command)?;
            }
            Ok(())
        }
    }
}

/// Every `*.test.mjs`, by Node's own runner; those that drive a browser need one.
fn pages(outcome: &mut Outcome) -> Result<()> {
    let folders = folders_with(|name| name.ends_with(".test.mjs"));
    let browser = browser::find();
    if browser.is_none() {
        outcome.skip(
            "checks in a browser",
            "no Chromium here; `cargo xtask test --install` as root gets one",
        );
    }
    if folders.is_empty() {
        return Ok(());
    }
    if !shell::present("node", &["--version"]) {
        outcome.skip("tests of pages", "no Node here");
        return Ok(());
    }
    for folder in folders {
        let mut command = Command::new("node");
        command.args(["--test", "--test-reporter=tap"]);
        if let Some(path) = &browser {
            command.env(browser::VARIABLE, path);
        }
        outcome.add(command.args(files_in(&folder, |name| name.ends_with(".test.mjs"))))?;
    }
    Ok(())
}

/// The dashboard's own tests, and journeys through it in a browser on the built-in studies.
fn dashboard(workspace: &Workspace, outcome: &mut Outcome) -> Result<()> {
    let web = Path::new("web");
    if !web.join("node_modules").is_dir() {
        outcome.skip("tests of the dashboard", "no web/node_modules; a build with Node gets them");
        return Ok(());
    }
    outcome.add(Command::new("npm").current_dir(web).args(["run", "--silent", "test"]))?;
    let Some(browser) = browser::find() else {
        outcome.skip("journeys through the dashboard", "no Chromium here");
        return Ok(());
    };
    let agglo = workspace.target.join("debug").join("agglo");
    let studies = workspace.target.join("dashboard-studies");
    for demo in ["china", "artificial"] {
        let study = studies.join(demo);
        let _ = std::fs::remove_dir_all(&study);
        shell::run(Command::new(&agglo).args(["demo", demo, "-q"]).arg(&study))?;
        let mut journeys = Command::new("node");
        journeys.arg("tests/browser/run.mjs").arg(&study).current_dir(web);
        journeys.env("AGGLO", &agglo).env("CHROMIUM", &browser);
        outcome.add(journeys.env("SHOTS", studies.join("screenshots").join(demo)))?;
    }
    Ok(())
}

/// Folders below the current one that hold a file of this kind; built and hidden ones left out.
fn folders_with(wanted: fn(&str) -> bool) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut queue = vec![PathBuf::from(".")];
    while let Some(folder) = queue.pop() {
        if !files_in(&folder, wanted).is_empty() {
            found.insert(folder.clone());
        }
        for path in entries(&folder).into_iter().filter(|path| path.is_dir() && !path.is_symlink())
        {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or(".");
            if !name.starts_with('.') && !["target", "node_modules"].contains(&name) {
                queue.push(path);
            }
        }
    }
    found
}

fn files_in(folder: &Path, wanted: fn(&str) -> bool) -> Vec<PathBuf> {
    let named =
        |path: &PathBuf| path.file_name().and_then(|name| name.to_str()).is_some_and(wanted);
    entries(folder).into_iter().filter(|path| path.is_file() && named(path)).collect()
}

fn entries(folder: &Path) -> BTreeSet<PathBuf> {
    let listed = std::fs::read_dir(folder).into_iter().flatten();
    listed.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect()
}
