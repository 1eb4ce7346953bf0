//! Rules of the repository that no compiler knows.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::shell;
use crate::workspace::Workspace;

const MOST_LINES: usize = 600;
const MOST_BYTES: usize = 1 << 20;
const SOURCES: [&str; 9] = ["rs", "py", "R", "sh", "ts", "js", "mjs", "css", "sql"];

// Split, so that this file does not break its own rules.
const MARKS: [&str; 5] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("to", "do!"),
    concat!("unimpl", "emented!"),
    concat!("db", "g!"),
];
const MACHINE_PATHS: [&str; 5] = [
    concat!("/", "work/"),
    concat!("/", "home/"),
    concat!("/", "root/"),
    concat!("/", "Users/"),
    concat!("C:", "\\Users\\"),
];

/// What breaks a rule, each with its place.
pub(crate) fn problems(workspace: &Workspace) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for path in files()? {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let name = path.display();
        if bytes.len() > MOST_BYTES {
            problems.push(format!("{name}: {} bytes, more than 1 MiB", bytes.len()));
            continue;
        }
        let Ok(text) = std::str::from_utf8(&bytes) else { continue };
        problems.extend(in_text(&path, text).into_iter().map(|what| format!("{name}:{what}")));
    }
    for member in &workspace.members {
        problems.extend(in_crate(
            &member.name,
            member.description.as_deref(),
            &std::fs::read_to_string(&member.entry)?,
        ));
    }
    if let Ok(map) = std::fs::read_to_string("ARCHITECTURE.md") {
        let gone = crates_named(&map).into_iter().filter(|name| !workspace.has(name));
        problems.extend(gone.map(|name| format!("ARCHITECTURE.md: there is no crate `{name}`")));
    }
    Ok(problems)
}

/// What is tracked, and what is new and not ignored.
fn files() -> Result<Vec<PathBuf>> {
    // A checkout that belongs to another user, as in a container, is as good as one's own here.
    let listed = shell::output(
        "git",
        &["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    )?;
    Ok(listed.split_terminator('\0').map(PathBuf::from).collect())
}

fn in_text(path: &Path, text: &str) -> Vec<String> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    let source = SOURCES.contains(&extension);
    let mut problems = Vec::new();
    let lines = text.lines().count();
    // What a program wrote is as long as it is.
    let generated = path.to_str().is_some_and(|path| path.contains(".gen."));
    if source && !generated && lines > MOST_LINES {
        problems.push(format!("1: {lines} lines, more than {MOST_LINES}: split it"));
    }
    if extension == "lock" {
        return problems;
    }
    for (number, line) in text.lines().enumerate().map(|(i, line)| (i + 1, line)) {
        if source && let Some(mark) = MARKS.into_iter().find(|mark| has_word(line, mark)) {
            problems.push(format!("{number}: `{mark}`: finish it or file it"));
        }
        if let Some(found) = MACHINE_PATHS.into_iter().find(|path| has_path(line, path)) {
            problems.push(format!("{number}: `{found}` is a path of one machine"));
        }
        if extension == "md" {
            let folder = path.parent().unwrap_or(Path::new(""));
            let lost = links(line).into_iter().filter(|link| !folder.join(link).exists());
            problems.extend(lost.map(|link| format!("{number}: the link `{link}` leads nowhere")));
        }
    }
    problems
}

fn in_crate(name: &str, description: Option<&str>, entry: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if description.is_none_or(|text| text.trim().is_empty()) {
        problems.push(format!("{name}: Cargo.toml has no description"));
    }
    let first = entry.lines().next().unwrap_or_default();
    if first.strip_prefix("//! ").is_none_or(|text| text.len() <= 10) {
        problems.push(format!("{name}: its first line does not say what the crate is for"));
    }
    problems
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

fn has_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "_-./}*$".contains(c))
    })
}

/// Targets of Markdown links to files of this repository, without their anchors.
fn links(line: &str) -> Vec<&str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let files = targets.map(|(target, _)| target.split_once('#').map_or(target, |(file, _)| file));
    files.filter(|file| !file.is_empty() && !file.contains(':') && !file.contains(' ')).collect()
}

/// Every `agglo-something` in `page`.
fn crates_named(page: &str) -> BTreeSet<&str> {
    let words = page.split(|c: char| !(c.is_ascii_lowercase() || c == '-'));
    words.map(|word| word.trim_end_matches('-')).filter(|word| word.starts_with("agglo-")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, text: &str, expected: &[&str]) {
        let found = in_text(Path::new(path), text);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{found} lacks {expected}");
        }
    }

    #[test]
    fn a_long_source_is_found_and_long_data_is_not() {
        let long = "x\n".repeat(MOST_LINES + 1);
        check("a.rs", &long, &["601 lines"]);
        check("a.csv", &long, &[]);
    }

    #[test]
    fn marks_are_found_as_words() {
        check("a.rs", &format!("// {} later", MARKS[0]), &["1: `"]);
        check("a.rs", &format!("let x = {}(1);", MARKS[4]), &["1: `"]);
        check("a.rs", "let mastodons = METODOS;", &[]);
    }

    #[test]
    fn paths_of_a_machine_are_found_and_addresses_are_not() {
        check("a.toml", &format!("dir = \"{}me/x\"", MACHINE_PATHS[1]), &["a path of one machine"]);
        check("a.md", &format!("see https://example.org{}x", MACHINE_PATHS[1]), &[]);
    }

    #[test]
    fn links_lead_to_files() {
        check(
            "a.md",
            "[here](Cargo.toml#top), [out](https://example.org), [not](gone.md)",
            &["gone.md"],
        );
    }

    #[test]
    fn a_crate_says_what_it_is_for() {
        assert_eq!(in_crate("a", Some("does it"), "//! What it is for.\n").len(), 0);
        assert_eq!(in_crate("a", None, "mod b;\n").len(), 2);
    }

    #[test]
    fn crate_names_are_read_from_prose_and_drawings() {
        let page = "`agglo-core`'s types ← agglo-methods-, agglo";
        assert_eq!(
            crates_named(page).into_iter().collect::<Vec<_>>(),
            ["agglo-core", "agglo-methods"]
        );
    }
}
