//! All that a change must pass, in the order that fails soonest; a tool that is missing is said.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::workspace::Workspace;
use crate::{arrows, pages, report, shell, suites, tidy};

enum Step {
    Done,
    Failed(String),
    Skipped(&'static str),
}

impl From<Result<()>> for Step {
    fn from(result: Result<()>) -> Step {
        result.map_or_else(|error| Step::Failed(format!("{error:#}")), |()| Step::Done)
    }
}

/// Runs every step, also after one has failed, and closes with the number of tests.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut lines = Vec::new();
    let mut failures = 0;
    let mut step = |name: &str, run: &mut dyn FnMut() -> Step| {
        println!("\n== {name}");
        let start = Instant::now();
        let step = run();
        let seconds = start.elapsed().as_secs();
        lines.push(match step {
            Step::Done => format!("{name:<7} done in {seconds} s"),
            Step::Skipped(why) => format!("{name:<7} SKIPPED: {why}"),
            Step::Failed(why) => {
                failures += 1;
                eprintln!("{why}");
                format!("{name:<7} FAILED after {seconds} s: {why}")
            }
        });
    };
    let mut tests = None;
    step("fmt", &mut fmt);
    step("arrows", &mut || arrows::problems(workspace).and_then(|p| report("arrows", &p)).into());
    step("pages", &mut || pages::check(&workspace.root).and_then(|p| report("docs", &p)).into());
    step("tidy", &mut || tidy::problems(workspace).and_then(|p| report("tidy", &p)).into());
    step("typos", &mut typos);
    step("deny", &mut deny);
    step("clippy", &mut clippy);
    step("test", &mut || match suites::run(workspace, false, suites::in_ci()) {
        Ok(outcome) => {
            let closed = outcome.close();
            tests = Some(outcome.counts);
            closed.into()
        }
        Err(error) => Step::Failed(format!("{error:#}")),
    });
    step("docs", &mut docs);

    println!("\n{}", lines.join("\n"));
    if let Some(counts) = tests {
        println!("{counts}");
    }
    match failures {
        0 => Ok(()),
        1 => bail!("1 step failed"),
        n => bail!("{n} steps failed"),
    }
}

fn fmt() -> Step {
    if !shell::cargo_has("fmt") {
        return Step::Skipped("no rustfmt here (`rustup component add rustfmt`)");
    }
    shell::run(shell::cargo().args(["fmt", "--all", "--check"])).into()
}

fn clippy() -> Step {
    if !shell::cargo_has("clippy") {
        return Step::Skipped("no clippy here (`rustup component add clippy`)");
    }
    let arguments = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    shell::run(shell::cargo().args(arguments)).into()
}

fn docs() -> Step {
    let mut command = shell::cargo();
    command.args(["doc", "--workspace", "--no-deps"]);
    shell::run(command.env("RUSTDOCFLAGS", "-D warnings")).into()
}

fn deny() -> Step {
    if !shell::cargo_has("deny") {
        return Step::Skipped("no cargo-deny here (`cargo install cargo-deny`)");
    }
    // Advisories change without us and need the network: `cargo deny check advisories` by hand.
    shell::run(shell::cargo().args(["deny", "check", "bans", "licenses", "sources"])).into()
}

fn typos() -> Step {
    if !shell::present("typos", &["--version"]) {
        return Step::Skipped("no typos here (`pip install typos` or `cargo install typos-cli`)");
    }
    shell::run(&mut std::process::Command::new("typos")).into()
}
