//! The arrows between the crates: those that Cargo knows must be those that ARCHITECTURE.md draws.
//!
//! They are drawn in one fenced block, a crate a line, with what it needs at run or build time:
//!
//! ````text
//! ```arrows
//! agglo-core
//! agglo-methods -> agglo-core
//! ```
//! ````

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

type Arrows = BTreeMap<String, BTreeSet<String>>;

/// Crates whose tests must never wait for an engine to be built.
const LIGHT: [&str; 5] =
    ["agglo-core", "agglo-methods", "agglo-figure", "agglo-codes", "agglo-balance"];
/// The one crate that reads a command line.
const COMMAND_LINE: &str = "agglo-cli";
/// The crate that only tests may need.
const TESTKIT: &str = "agglo-testkit";

/// What is drawn and is not so, is so and is not drawn, or must not be.
pub(crate) fn problems(workspace: &Workspace) -> Result<Vec<String>> {
    let page = std::fs::read_to_string(workspace.root.join("ARCHITECTURE.md"))
        .context("ARCHITECTURE.md, which draws the arrows between the crates")?;
    let mut problems = differences(&drawn(&page)?, &actual(workspace));
    problems.extend(forbidden(workspace));
    Ok(problems)
}

/// Whether a package is part of the engine or its runtime.
pub(crate) fn is_engine(package: &str) -> bool {
    package == "tokio" || package == "datafusion" || package.starts_with("datafusion-")
}

fn actual(workspace: &Workspace) -> Arrows {
    let to = |name: &str| {
        workspace.needs(name).filter(|to| workspace.has(to)).map(str::to_owned).collect()
    };
    workspace.members.iter().map(|m| (m.name.clone(), to(&m.name))).collect()
}

fn drawn(page: &str) -> Result<Arrows> {
    let mut arrows = Arrows::new();
    let mut blocks = 0;
    let mut inside = false;
    for (number, line) in page.lines().enumerate().map(|(i, line)| (i + 1, line.trim())) {
        if inside && line == "```" {
            inside = false;
        } else if line == "```arrows" {
            inside = true;
            blocks += 1;
        } else if inside && !line.is_empty() {
            let (from, to) = line.split_once("->").unwrap_or((line, ""));
            let to = to.split(',').map(str::trim).filter(|to| !to.is_empty());
            let to: BTreeSet<String> = to.map(str::to_owned).collect();
            let from = from.trim();
            if from.is_empty() || to.iter().any(|name| name.contains(char::is_whitespace)) {
                bail!("ARCHITECTURE.md:{number}: `{line}` is not of the form `a -> b, c`");
            }
            if arrows.insert(from.to_owned(), to).is_some() {
                bail!("ARCHITECTURE.md:{number}: `{from}` stands twice");
            }
        }
    }
    if blocks != 1 {
        bail!("ARCHITECTURE.md must have one block ```arrows and has {blocks}");
    }
    Ok(arrows)
}

fn differences(drawn: &Arrows, actual: &Arrows) -> Vec<String> {
    let mut problems = Vec::new();
    let none = BTreeSet::new();
    let names: BTreeSet<&String> = drawn.keys().chain(actual.keys()).collect();
    for name in names {
        if !actual.contains_key(name) {
            problems.push(format!("ARCHITECTURE.md draws `{name}`, which is no crate here"));
            continue;
        }
        if !drawn.contains_key(name) {
            problems.push(format!("ARCHITECTURE.md does not draw the crate `{name}`"));
        }
        let (drawn, actual) = (drawn.get(name).unwrap_or(&none), &actual[name]);
        for to in actual.difference(drawn) {
            problems
                .push(format!("{name} needs {to}, an arrow that ARCHITECTURE.md does not draw"));
        }
        for to in drawn.difference(actual) {
            problems.push(format!("ARCHITECTURE.md draws {name} -> {to}, which is not so"));
        }
    }
    problems
}

fn forbidden(workspace: &Workspace) -> Vec<String> {
    let mut problems = Vec::new();
    for name in LIGHT {
        if !workspace.has(name) {
            problems.push(format!("xtask keeps `{name}` light, and there is no such crate"));
        } else if let Some(chain) = workspace.chain(name, is_engine) {
            problems.push(format!("{name} must stay light: {}", chain.join(" -> ")));
        }
    }
    for member in workspace.members.iter().filter(|member| member.name != COMMAND_LINE) {
        if let Some(clap) = workspace.needs(&member.name).find(|name| name.starts_with("clap")) {
            problems.push(format!("{} needs {clap}: only {COMMAND_LINE} may", member.name));
        }
        if workspace.needs(&member.name).any(|name| name == TESTKIT) {
            problems.push(format!("{} needs {TESTKIT} outside its tests", member.name));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::tests::workspace;

    fn arrows(rows: &[(&str, &[&str])]) -> Arrows {
        let set = |to: &[&str]| to.iter().map(|&name| name.to_owned()).collect();
        rows.iter().map(|(from, to)| ((*from).to_owned(), set(to))).collect()
    }

    const MEMBERS: [&str; 8] = [
        "agglo-core",
        "agglo-methods",
        "agglo-figure",
        "agglo-demo",
        "agglo-codes",
        "agglo-balance",
        "agglo-cli",
        "agglo-data",
    ];

    #[test]
    fn a_block_has_one_crate_a_line() {
        let page = "# Map\n\n```arrows\na\nb -> a\nc -> a, b\n```\n\n```text\nd -> e\n```\n";
        assert_eq!(drawn(page).unwrap(), arrows(&[("a", &[]), ("b", &["a"]), ("c", &["a", "b"])]));
    }

    #[test]
    fn a_missing_block_a_doubled_crate_and_a_line_of_prose_are_refused() {
        for page in ["", "```arrows\na\na -> b\n```", "```arrows\na -> b and c\n```"] {
            assert!(drawn(page).is_err(), "{page}");
        }
    }

    #[test]
    fn arrows_that_differ_are_named_in_both_directions() {
        let found = differences(
            &arrows(&[("a", &[]), ("b", &["a"]), ("gone", &[])]),
            &arrows(&[("a", &["b"]), ("b", &[]), ("new", &[])]),
        );
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(found[0].contains("a needs b") && found[1].contains("b -> a"), "{found:?}");
    }

    #[test]
    fn the_engine_under_a_light_crate_is_named_with_its_chain() {
        let graph = workspace(
            &MEMBERS,
            &[("agglo-figure", "agglo-data", "dev"), ("agglo-data", "datafusion-common", "")],
        );
        let found = forbidden(&graph);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("agglo-figure -> agglo-data -> datafusion-common"), "{found:?}");
    }

    #[test]
    fn clap_stays_with_the_program_and_the_testkit_with_tests() {
        let clean = workspace(
            &MEMBERS,
            &[("agglo-cli", "clap", ""), ("agglo-core", "agglo-testkit", "dev")],
        );
        assert_eq!(forbidden(&clean), Vec::<String>::new());
        let broken = workspace(
            &MEMBERS,
            &[("agglo-data", "clap_complete", ""), ("agglo-core", "agglo-testkit", "")],
        );
        assert_eq!(forbidden(&broken).len(), 2);
    }
}
