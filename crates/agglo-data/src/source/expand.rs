//! The files that a name, a pattern, a folder or an address stands for.

use std::io;
use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern};

use super::{remote, unreadable};
use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Place};

/// A file, and what messages call it.
pub(crate) type Named = (PathBuf, String);

/// Origins count files in two bytes.
const MOST_FILES: usize = u16::MAX as usize;

/// How the names of tables end.
const ENDINGS: [&str; 12] = [
    ".csv", ".tsv", ".tab", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", ".parquet", ".xlsx", ".xls",
    ".xlsb", ".ods",
];

/// Whether a path from a folder on is a table, and neither hidden nor a remark of the program that
/// wrote the folder (`_SUCCESS`).
pub(super) fn is_table(below: &Path) -> bool {
    let name = below.to_string_lossy().to_lowercase();
    let hidden = |part: Component<'_>| {
        let text = part.as_os_str().to_string_lossy();
        text.starts_with(['.', '_', '~'])
    };
    ENDINGS.iter().any(|ending| name.ends_with(ending)) && !below.components().any(hidden)
}

/// `pattern` with brackets that stand for themselves: only `*` and `?` are special.
fn without_brackets(pattern: &str) -> String {
    let mut escaped = String::new();
    for sign in pattern.chars() {
        match sign {
            '[' => escaped.push_str("[[]"),
            ']' => escaped.push_str("[]]"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Whether `name` is one that `pattern` names; `*` does not reach into another folder, `**` does.
pub(super) fn matching(pattern: &str, name: &str) -> bool {
    let options = MatchOptions { require_literal_separator: true, ..MatchOptions::new() };
    // In a name of the store, `?` is a sign as any other.
    let pattern = without_brackets(pattern).replace('?', "[?]");
    Pattern::new(&pattern).is_ok_and(|pattern| pattern.matches_with(name, options))
}

/// The files that `pattern` names, in order, each with the name to show.
pub(crate) fn expand(pattern: &Path, root: &Path) -> Result<Vec<Named>, DataError> {
    let text = pattern.to_string_lossy();
    if text == "-" {
        return Ok(vec![(PathBuf::from("-"), "standard input".to_owned())]);
    }
    let files = if remote::is_several(&text) {
        remote::list(&text)?
    } else if remote::is_address(&text) {
        return Ok(vec![(PathBuf::from(text.as_ref()), remote::shown(&text))]);
    } else if text.contains(['*', '?']) {
        local_pattern(pattern, root)?
    } else if text.ends_with('/') && root.join(pattern).is_dir() {
        local_folder(pattern, root)?
    } else {
        let path = root.join(pattern);
        stays_inside(&path, pattern, root)?;
        return Ok(vec![(path, remote::shown(&text))]);
    };
    if files.is_empty() {
        let (message, remedy) = if text.ends_with('/') {
            ("the folder holds no table", "name the files by a pattern, such as `folder/*`")
        } else {
            ("no file matches this pattern", "check the folder and the pattern")
        };
        let shown = remote::shown(&text);
        return Err(Diagnostic::new(codes::NO_FILE, message, remedy).file(shown).into());
    }
    if files.len() > MOST_FILES {
        let message = format!("{} files, and {MOST_FILES} are read at most", files.len());
        let remedy = "name fewer by a pattern, or put them together";
        let shown = remote::shown(&text);
        return Err(Diagnostic::new(codes::TOO_LARGE, message, remedy).file(shown).into());
    }
    Ok(files)
}

fn local_pattern(pattern: &Path, root: &Path) -> Result<Vec<Named>, DataError> {
    let text = pattern.to_string_lossy();
    let mut full = String::new();
    if pattern.is_relative() && !root.as_os_str().is_empty() {
        full = Pattern::escape(&root.to_string_lossy());
        full.push('/');
    }
    full.push_str(&without_brackets(&text));
    let paths = glob::glob(&full).into_iter().flatten().flatten().filter(|path| path.is_file());
    let paths: Vec<PathBuf> = paths.collect();
    if pattern.is_relative() {
        for path in &paths {
            stays_inside(path, path.strip_prefix(root).unwrap_or(path), root)?;
        }
    }
    Ok(shown_from(paths, root))
}

/// The tables in a folder and those below it.
fn local_folder(folder: &Path, root: &Path) -> Result<Vec<Named>, DataError> {
    let top = root.join(folder);
    stays_inside(&top, folder, root)?;
    let mut paths = Vec::new();
    let mut waiting = vec![top.clone()];
    while let Some(folder) = waiting.pop() {
        let place = Place { file: folder.display().to_string(), sheet: None };
        let failed = |error: io::Error| unreadable(&place, &error);
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            // A link may lead in a circle, or out of the study.
            let kind = entry.file_type().map_err(failed)?;
            let path = entry.path();
            if kind.is_dir() {
                waiting.push(path);
            } else if kind.is_file() && is_table(path.strip_prefix(&top).unwrap_or(&path)) {
                paths.push(path);
            }
        }
    }
    Ok(shown_from(paths, root))
}

fn shown_from(paths: Vec<PathBuf>, root: &Path) -> Vec<Named> {
    let mut files: Vec<Named> = paths
        .into_iter()
        .map(|path| {
            let shown = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            (path, shown)
        })
        .collect();
    files.sort_unstable();
    files
}

/// Refuses a link that leads out of the study: what the study reads must be seen in it. A path that
/// climbs out by `..` says so itself, and is followed where it passes no link.
fn stays_inside(path: &Path, pattern: &Path, root: &Path) -> Result<(), DataError> {
    if pattern.is_absolute() {
        return Ok(());
    }
    let here = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    let path = if root.as_os_str().is_empty() { &here.join(path) } else { path };
    let (Ok(place), Ok(here)) = (path.canonicalize(), here.canonicalize()) else { return Ok(()) };
    let mut written = here.clone();
    for part in pattern.components() {
        match part {
            Component::ParentDir => {
                written.pop();
            }
            Component::Normal(name) => written.push(name),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    if place.starts_with(&here) || place == written {
        return Ok(());
    }
    let message = format!("a link that leads out of the study, to {}", place.display());
    let remedy = "name the file by its full path, or copy it into the study";
    Err(Diagnostic::new(codes::LEADS_OUT, message, remedy).file(pattern.to_string_lossy()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_in_its_folder_and_every_other_sign_stands_for_itself() {
        assert!(matching("a/*.csv", "a/b.csv") && !matching("a/*.csv", "a/b/c.csv"));
        assert!(
            matching("a/**/*.csv", "a/b/c.csv") && matching("a/year=*/*.csv", "a/year=1/x.csv")
        );
        assert!(matching("a[1]/*.csv", "a[1]/x.csv") && !matching("a[1]/*.csv", "a1/x.csv"));
        assert!(matching("*?.csv", "x?.csv") && !matching("*?.csv", "xy.csv"));
    }

    #[test]
    fn a_folder_stands_for_the_tables_in_it_and_below_it() {
        let folder = agglo_testkit::scratch();
        for name in
            ["b.csv", "a/c.parquet", "a/_SUCCESS", "_old/d.csv", ".e.csv", "f.pdf", "g.CSV.GZ"]
        {
            let path = folder.path().join("data").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        let files = expand(Path::new("data/"), folder.path()).unwrap();
        let shown: Vec<&str> = files.iter().map(|(_, shown)| shown.as_str()).collect();
        assert_eq!(shown, ["data/a/c.parquet", "data/b.csv", "data/g.CSV.GZ"]);
        std::fs::create_dir(folder.path().join("none")).unwrap();
        let error = expand(Path::new("none/"), folder.path()).unwrap_err().to_string();
        assert!(error.contains("A0101") && error.contains("holds no table"), "{error}");
    }
}
