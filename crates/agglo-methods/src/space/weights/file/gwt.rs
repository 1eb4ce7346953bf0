//! GWT: an edge in each line.

use agglo_core::{Axis, Weights};

use super::words::{announced, lines, quoted, words};
use super::{FileError, FileWeights, weight};

pub(super) fn parse(text: &str, known: Option<&Axis>) -> Result<FileWeights, FileError> {
    let mut lines = lines(text);
    let (heading_line, heading) = lines.next().unwrap_or((1, ""));
    let n = announced(heading_line, heading)?;
    let mut found = FileWeights::default();
    for (line, text) in lines.filter(|(_, text)| !text.is_empty()) {
        let mut ids = words(line, text)?;
        let value = ids.pop().unwrap_or_default();
        let form = || FileError::Form {
            line,
            found: text.to_owned(),
            expected: "a region, a neighbor and a weight; ids with spaces need quotes",
        };
        if ids.len() < 2 {
            return Err(form());
        }
        let [from, to] = two(&ids, known).ok_or_else(form)?;
        let value = weight(&value, line)?;
        let (from, to) = (found.place(&from, line), found.place(&to, line));
        found.edge(from, to, value, line)?;
    }
    if found.ids.len() > n {
        let line = heading_line;
        return Err(FileError::Regions { line, announced: n, found: found.ids.len() });
    }
    Ok(found)
}

/// Two ids from two words, or from more where only one way to cut them gives known ids.
fn two(words: &[String], known: Option<&Axis>) -> Option<[String; 2]> {
    if let [from, to] = words {
        return Some([from.clone(), to.clone()]);
    }
    let is_known = |id: &str| known.is_some_and(|axis| axis.place(id).is_some());
    let mut cuts = (1..words.len())
        .map(|cut| [words[..cut].join(" "), words[cut..].join(" ")])
        .filter(|[from, to]| is_known(from) && is_known(to));
    let first = cuts.next()?;
    cuts.next().is_none().then_some(first)
}

pub(super) fn write(weights: &Weights) -> String {
    let codes = weights.axis().codes();
    let mut text = format!("0 {} agglo region\n", weights.len());
    for (from, to, value) in weights.edges() {
        let [from, to] = [from, to].map(|place| quoted(&codes[place as usize]));
        text.push_str(&format!("{from} {to} {value}\n"));
    }
    text
}
