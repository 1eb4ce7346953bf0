//! Settings put into a study file without touching anything else in it.
//!
//! The file is not parsed for its meaning here, only cut into statements: headers in brackets, and
//! keys with their values, whatever strings, arrays and comments these hold.

/// A statement and the bytes of its lines, the end of the last line included.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Statement<'t> {
    what: What<'t>,
    start: usize,
    end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What<'t> {
    /// `[name]` or `[[name]]`, with its brackets.
    Header(&'t str),
    /// A key and its value, both as written.
    Setting(&'t str, &'t str),
}

/// Text to be put in at a byte of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Insertion {
    /// Where: the start of a line.
    pub(super) at: usize,
    /// Whole lines.
    pub(super) lines: String,
}

/// Where and how `key = value` goes into the `[[data]]` block called `block`; `None` when there is
/// no such block, or the block has the key already.
pub(super) fn insertion(text: &str, block: &str, key: &str, value: &str) -> Option<Insertion> {
    let statements = statements(text);
    let is_data = |s: &Statement<'_>| matches!(s.what, What::Header("[[data]]"));
    let is_own = |s: &&Statement<'_>| matches!(s.what, What::Setting(..));
    let starts = (0..statements.len()).filter(|&place| is_data(&statements[place]));
    for start in starts {
        let rest = &statements[start + 1..];
        let own: Vec<&Statement<'_>> = rest.iter().take_while(is_own).collect();
        let named = own.iter().find(|s| matches!(s.what, What::Setting("name", _)))?;
        let What::Setting(_, name) = named.what else { continue };
        if unquoted(name) != Some(block) {
            continue;
        }
        let taken = own.iter().any(|s| match s.what {
            What::Setting(have, _) => have == key || have.starts_with(&format!("{key}.")),
            What::Header(_) => false,
        });
        let below = rest[own.len()..].iter().take_while(|s| match s.what {
            What::Header(header) => header.trim_matches(['[', ']']).starts_with("data."),
            What::Setting(..) => true,
        });
        let in_table = below.clone().any(|s| match s.what {
            What::Header(header) => header.trim_matches(['[', ']']) == format!("data.{key}"),
            What::Setting(..) => false,
        });
        if taken || in_table {
            return None;
        }
        let after =
            own.iter().find(|s| matches!(s.what, What::Setting("file", _))).unwrap_or(named);
        return Some(Insertion { at: after.end, lines: line(text, named, after, key, value) });
    }
    None
}

/// The new line, with the indentation and the place of the equals sign of the block's name.
fn line(
    text: &str,
    named: &Statement<'_>,
    after: &Statement<'_>,
    key: &str,
    value: &str,
) -> String {
    let model = &text[named.start..named.end];
    let indent: String = model.chars().take_while(|c| *c == ' ' || *c == '\t').collect();
    let width = model.find('=').map_or(0, |equals| equals.saturating_sub(indent.len()));
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let key = format!("{key} ");
    // The last line of a file may lack its end.
    let first = if text[after.start..after.end].ends_with('\n') { "" } else { newline };
    let last = if first.is_empty() { newline } else { "" };
    format!("{first}{indent}{key:<width$}= {value}{last}")
}

/// The text with the insertions, which may come in any order.
pub(super) fn apply(text: &str, insertions: &[Insertion]) -> String {
    let mut sorted: Vec<&Insertion> = insertions.iter().collect();
    sorted.sort_by_key(|insertion| insertion.at);
    let mut edited = String::with_capacity(text.len());
    let mut from = 0;
    for insertion in sorted {
        edited.push_str(&text[from..insertion.at]);
        edited.push_str(&insertion.lines);
        from = insertion.at;
    }
    edited.push_str(&text[from..]);
    edited
}

/// The content of a string without escapes.
fn unquoted(value: &str) -> Option<&str> {
    let inside = |sign: char| value.strip_prefix(sign)?.strip_suffix(sign);
    inside('"').filter(|text| !text.contains(['\\', '"'])).or_else(|| inside('\''))
}

fn statements(text: &str) -> Vec<Statement<'_>> {
    let mut statements = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let end = line_end(text, start);
        let line = text[start..end].trim();
        if line.is_empty() || line.starts_with('#') {
            start = end;
            continue;
        }
        if line.starts_with('[') {
            let close = line.rfind(']').map_or(line.len(), |close| close + 1);
            let header = line[..close].split('#').next().unwrap_or_default().trim();
            statements.push(Statement { what: What::Header(header), start, end });
            start = end;
            continue;
        }
        let Some(equals) = text[start..end].find('=').map(|at| start + at) else {
            start = end;
            continue;
        };
        let (value_end, end) = value_end(text, equals + 1);
        let (key, value) = (text[start..equals].trim(), text[equals + 1..value_end].trim());
        statements.push(Statement { what: What::Setting(key, value), start, end });
        start = end;
    }
    statements
}

/// The byte after the end of the line that holds `at`.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |place| at + place + 1)
}

/// Where the value that starts at `at` ends, and where its last line ends.
fn value_end(text: &str, mut at: usize) -> (usize, usize) {
    let mut depth = 0_usize;
    while at < text.len() {
        let rest = &text[at..];
        let long = ["\"\"\"", "'''"].into_iter().find(|quotes| rest.starts_with(quotes));
        if let Some(quotes) = long {
            at += 3 + string_length(&rest[3..], quotes);
            continue;
        }
        let Some(c) = rest.chars().next() else { break };
        match c {
            '"' => at += 1 + string_length(&rest[1..], "\""),
            '\'' => at += 1 + string_length(&rest[1..], "'"),
            '#' if depth > 0 => at = line_end(text, at),
            '#' | '\n' if depth == 0 => return (at, line_end(text, at)),
            '[' | '{' => (depth, at) = (depth + 1, at + 1),
            ']' | '}' => (depth, at) = (depth.saturating_sub(1), at + 1),
            c => at += c.len_utf8(),
        }
    }
    (text.len(), text.len())
}

/// Bytes of a string up to and with its closing quotes.
fn string_length(text: &str, quotes: &str) -> usize {
    let escapes = quotes.starts_with('"');
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(quotes) {
            return at + quotes.len();
        }
        let Some(c) = rest.chars().next() else { break };
        at += c.len_utf8();
        if escapes && c == '\\' {
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STUDY: &str = "\
[study]
id = \"a\" # [[data]] here is no block
about = \"\"\"
[[data]]
name = \"jobs\"
\"\"\"

[[data]]
name    = \"other\"
file    = \"o.csv\"

[[data]]
  # the jobs
  name    = 'jobs'           # short
  file    = \"jobs#1.csv\"     # with a hash sign
  marks   = { \"-\" = \"missing\",
              \"]\" = \"missing\" }

[data.columns]
region = \"r\"
";

    #[test]
    fn a_setting_goes_into_its_block_and_leaves_comments_and_layout_alone() {
        let found = insertion(STUDY, "jobs", "encoding", "\"gb18030\"").unwrap();
        let edited = apply(STUDY, &[found]);
        let line = "# with a hash sign\n  encoding = \"gb18030\"\n  marks   = {";
        assert!(edited.contains(line), "{edited}");
        assert_eq!(edited.replace("  encoding = \"gb18030\"\n", ""), STUDY);
        let other = insertion(STUDY, "other", "sheet", "\"b\"").unwrap();
        assert_eq!(other.lines, "sheet   = \"b\"\n");
    }

    #[test]
    fn a_key_that_is_there_and_a_block_that_is_not_are_left_alone() {
        assert_eq!(insertion(STUDY, "jobs", "marks", "{}"), None);
        assert_eq!(insertion(STUDY, "jobs", "columns", "{}"), None);
        assert_eq!(insertion(STUDY, "wages", "encoding", "\"utf-8\""), None);
    }

    #[test]
    fn the_last_line_without_an_end_and_windows_line_ends_are_kept() {
        let text = "[[data]]\r\nname = \"a\"\r\nfile = \"a.csv\"";
        let edited = apply(text, &[insertion(text, "a", "sheet", "\"b\"").unwrap()]);
        assert_eq!(edited, "[[data]]\r\nname = \"a\"\r\nfile = \"a.csv\"\r\nsheet = \"b\"");
    }
}
