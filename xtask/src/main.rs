//! Every contributor's command, so that a fresh machine needs Rust, Node and Python only.
//!
//! Nothing here is part of the product, and the product must not need it.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks to its user")]

mod arrows;
mod bench;
mod browser;
mod ci;
mod counts;
mod pages;
mod shell;
mod suites;
mod tidy;
mod tools;
mod workspace;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

const USAGE: &str = "\
cargo xtask COMMAND

  test [--light] [--install]  every test there is; --light leaves out what needs the engine,
                              --install may install a browser and PostgreSQL with apt-get, and
                              what tests use from PyPI and npm beside what cargo builds
  tools                       only what --install gets from PyPI and npm
  ci                          everything that a change must pass
  arrows                      dependencies between crates are those drawn in ARCHITECTURE.md
  docs [--check]              writes the generated part of docs/methods; --check only compares
  tidy                        rules of the repository: lengths, marks, links, descriptions
  bench [peers]               benchmarks, then other packages on the same data; or only these
";

fn main() -> ExitCode {
    match dispatch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if matches!(words[..], [] | ["help" | "-h" | "--help"]) {
        println!("{USAGE}");
        return Ok(());
    }
    let workspace = Workspace::load()?;
    std::env::set_current_dir(&workspace.root).context("the root of the repository")?;
    match words[..] {
        ["test", ref flags @ ..] => suites::command(&workspace, flags),
        ["tools"] => {
            for said in tools::install(&workspace.target) {
                println!("{said}");
            }
            println!("{}={}", tools::VARIABLE, tools::folder(&workspace.target).display());
            Ok(())
        }
        ["ci"] => ci::run(&workspace),
        ["arrows"] => report("arrows", &arrows::problems(&workspace)?),
        ["docs"] => report("docs", &pages::write(&workspace.root)?),
        ["docs", "--check"] => report("docs", &pages::check(&workspace.root)?),
        ["tidy"] => report("tidy", &tidy::problems(&workspace)?),
        ["bench"] => bench::run(&workspace),
        ["bench", "peers"] => bench::peers(&workspace),
        _ => bail!("cannot understand `{}`\n\n{USAGE}", words.join(" ")),
    }
}

/// Prints what was found; an error when anything was.
fn report(check: &str, problems: &[String]) -> Result<()> {
    for problem in problems {
        eprintln!("{problem}");
    }
    match problems.len() {
        0 => {
            println!("{check}: nothing to mend");
            Ok(())
        }
        1 => bail!("{check}: 1 thing to mend"),
        n => bail!("{check}: {n} things to mend"),
    }
}
