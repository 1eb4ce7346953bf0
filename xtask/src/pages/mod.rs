//! The documentation pages of the methods: what the catalogue knows is generated between two
//! markers, what only a person can say is written by hand around them.

mod render;

use std::collections::BTreeMap;
use std::path::Path;

use agglo_methods::catalog;
use anyhow::{Context, Result};

const OPEN: &str = "<!-- generated -->";
const CLOSE: &str = "<!-- /generated -->";
const FOLDER: &str = "docs/methods";
const INDEX: &str = "README";

/// Renews the generated parts; what only a person can mend is returned.
pub(crate) fn write(root: &Path) -> Result<Vec<String>> {
    let pages = read(&root.join(FOLDER))?;
    for (name, generated) in wanted() {
        let Some(page) = pages.get(&name) else { continue };
        if let Ok(renewed) = splice(page, &generated)
            && renewed != *page
        {
            let path = format!("{FOLDER}/{name}.md");
            std::fs::write(root.join(&path), renewed).with_context(|| path)?;
        }
    }
    check(root)
}

/// What is stale, missing or left over.
pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    Ok(compare(&read(&root.join(FOLDER))?, &wanted()))
}

fn wanted() -> BTreeMap<String, String> {
    let methods = catalog::methods();
    let mut wanted: BTreeMap<String, String> =
        methods.iter().map(|method| (method.id.to_owned(), render::method(method))).collect();
    wanted.insert(INDEX.to_owned(), render::index(&methods));
    wanted
}

fn read(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut pages = BTreeMap::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "md")
            && let Some(name) = path.file_stem().and_then(|name| name.to_str())
        {
            pages.insert(name.to_owned(), std::fs::read_to_string(&path)?);
        }
    }
    Ok(pages)
}

fn compare(pages: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, generated) in wanted {
        let path = format!("{FOLDER}/{name}.md");
        let Some(page) = pages.get(name) else {
            problems.push(format!("{path}: there is no such page"));
            continue;
        };
        match splice(page, generated) {
            Err(reason) => problems.push(format!("{path}: {reason}")),
            Ok(renewed) if renewed != *page => {
                problems.push(format!("{path}: stale, renew it with `cargo xtask docs`"));
            }
            Ok(_) => {}
        }
        if name != INDEX && !has_worked_example(page) {
            problems.push(format!("{path}: no heading `Worked example`"));
        }
    }
    let lost = pages.keys().filter(|name| !wanted.contains_key(*name));
    problems.extend(lost.map(|name| format!("{FOLDER}/{name}.md: no method has this id")));
    problems
}

/// `page` with `generated` between its markers.
fn splice(page: &str, generated: &str) -> Result<String, String> {
    let once = |marker| match page.matches(marker).count() {
        1 => Ok(()),
        n => Err(format!("must have `{marker}` once and has it {n} times")),
    };
    once(OPEN)?;
    once(CLOSE)?;
    let between = page.split_once(OPEN).and_then(|(before, rest)| {
        rest.split_once(CLOSE)
            .map(|(_, after)| format!("{before}{OPEN}\n\n{}\n\n{CLOSE}{after}", generated.trim()))
    });
    between.ok_or_else(|| format!("has `{CLOSE}` before `{OPEN}`"))
}

fn has_worked_example(page: &str) -> bool {
    let mut headings = page.lines().filter(|line| line.starts_with('#'));
    headings.any(|line| line.to_lowercase().contains("worked example"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Gini\n\nLead.\n\n<!-- generated -->\n\nold\n\n<!-- /generated -->\n\n## Worked example\n";

    fn one(name: &str, text: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(name.to_owned(), text.to_owned())])
    }

    #[test]
    fn only_what_lies_between_the_markers_is_renewed() {
        let renewed = splice(PAGE, "new\n").unwrap();
        assert_eq!(renewed, PAGE.replace("old", "new"));
        assert_eq!(splice(&renewed, "new\n").unwrap(), renewed);
    }

    #[test]
    fn markers_stand_once_and_in_order() {
        assert!(splice("no markers", "new").is_err());
        assert!(splice(&PAGE.repeat(2), "new").is_err());
        assert!(splice("<!-- /generated --> <!-- generated -->", "new").is_err());
    }

    #[test]
    fn a_fresh_page_is_fine_and_a_stale_one_is_named() {
        assert_eq!(compare(&one("gini", PAGE), &one("gini", "old\n")), Vec::<String>::new());
        assert!(compare(&one("gini", PAGE), &one("gini", "new\n"))[0].contains("stale"));
    }

    #[test]
    fn a_page_and_a_method_need_each_other_and_an_example() {
        assert!(compare(&one("gone", PAGE), &BTreeMap::new())[0].contains("no method"));
        assert!(compare(&BTreeMap::new(), &one("gini", "old\n"))[0].contains("no such page"));
        let bare = PAGE.replace("Worked example", "Sources");
        assert!(compare(&one("gini", &bare), &one("gini", "old\n"))[0].contains("Worked example"));
    }

    #[test]
    fn writing_renews_the_index_on_disk() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join(FOLDER);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("README.md"), PAGE).unwrap();
        write(root.path()).unwrap();
        let renewed = std::fs::read_to_string(folder.join("README.md")).unwrap();
        assert!(renewed.contains("gini.md") && !renewed.contains("\nold\n"), "{renewed}");
    }
}
