//! Lines and words of GAL and GWT files.

use super::FileError;

/// Lines with their numbers, without a byte order mark.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()))
}

/// The number of regions that a heading announces.
pub(super) fn announced(line: usize, heading: &str) -> Result<usize, FileError> {
    let words: Vec<&str> = heading.split_whitespace().collect();
    let number = match words[..] {
        [n] | ["0", n, ..] => n.parse().ok(),
        _ => None,
    };
    number.ok_or_else(|| FileError::Heading {
        line,
        found: heading.to_owned(),
        expected: "the number of regions, or `0 NUMBER LAYER PROPERTY`",
    })
}

/// The words of a line; what stands in double quotes is one word, and a doubled quote in it is one.
pub(super) fn words(line: usize, text: &str) -> Result<Vec<String>, FileError> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut word = String::new();
            let mut pieces = quoted.split('"');
            let mut length = 0;
            loop {
                let piece = pieces.next().unwrap_or_default();
                word.push_str(piece);
                length += piece.len() + 1;
                if length > quoted.len() {
                    let expected = "complete: a quote is not closed";
                    return Err(FileError::Form { line, found: text.to_owned(), expected });
                }
                if !quoted[length..].starts_with('"') {
                    break;
                }
                pieces.next();
                word.push('"');
                length += 1;
            }
            words.push(word);
            rest = quoted[length..].trim_start();
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            words.push(rest[..end].to_owned());
            rest = rest[end..].trim_start();
        }
    }
    Ok(words)
}

/// An id as it is written: in quotes where it would not be read as one word.
pub(super) fn quoted(id: &str) -> String {
    if id.is_empty() || id.contains(|c: char| c.is_whitespace() || c == '"') {
        format!("\"{}\"", id.replace('"', "\"\""))
    } else {
        id.to_owned()
    }
}

/// Ids from words, the longest known one first; `None` where a word starts none.
pub(super) fn longest(words: &[String], known: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    /// Words in an id.
    const MOST: usize = 12;
    let mut ids = Vec::new();
    let mut rest = words;
    while !rest.is_empty() {
        let most = rest.len().min(MOST);
        let n = (1..=most).rev().find(|&n| known(&rest[..n].join(" ")))?;
        ids.push(rest[..n].join(" "));
        rest = &rest[n..];
    }
    Some(ids)
}
