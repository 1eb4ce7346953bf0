//! The command and the Python call that give the same as an answer.

use std::collections::BTreeMap;
use std::path::Path;

use agglo_methods::Method;
use agglo_study::record::StepRecord;
use agglo_study::run::{Question, TABLES};

/// A word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// A text as Python takes it.
pub(crate) fn literal(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// The study in Python.
pub(crate) fn study(root: &Path) -> String {
    let name = root.file_name().map_or_else(|| ".".into(), |name| name.to_string_lossy());
    format!("agglo.Study({})", literal(&name))
}

/// The table of a finding in Python.
pub(crate) fn finding(root: &Path, step: &str, table: &str) -> String {
    format!("{}.finding({}).table({})", study(root), literal(step), literal(table))
}

/// A method asked in Python.
pub(crate) fn measure(root: &Path, record: &StepRecord, table: &str, more: &[String]) -> String {
    let mut arguments =
        vec![literal(&record.step), format!("variant={}", literal(&record.variant))];
    let options: Vec<String> =
        record.options.iter().map(|(k, v)| format!("{}: {}", literal(k), literal(v))).collect();
    if !options.is_empty() {
        arguments.push(format!("options={{{}}}", options.join(", ")));
    }
    arguments.push(format!("seed={}", record.seed));
    arguments.extend_from_slice(more);
    format!("{}.measure({}).table({})", study(root), arguments.join(", "), literal(table))
}

/// The `agglo measure` that asks the same of the study's canonical tables; `None` where a table is cut, added
/// up or joined first, which the command line does not do.
pub(crate) fn measured(root: &Path, record: &StepRecord, method: &Method) -> Option<String> {
    let mut words = vec!["agglo".to_owned(), "measure".to_owned(), method.id.to_owned()];
    let mut flags: BTreeMap<String, String> = BTreeMap::new();
    for (place, input) in method.inputs.iter().enumerate() {
        let Some(read) = record.inputs.get(input.table) else { continue };
        let plain = read.sum_by.is_empty() && read.keep.is_empty() && read.periods.is_none();
        let simple = |from: &String| !from.contains([' ', '/', '"', ':']);
        if !plain || !read.columns.values().all(simple) {
            return None;
        }
        let name = read.source.strip_prefix("table ")?;
        let used = root.join(TABLES).join(format!("{name}.used.parquet"));
        let end = if used.exists() { ".used" } else { "" };
        let file = format!("{TABLES}/{name}{end}.parquet");
        if place == 0 {
            words.push(quoted(&file));
        } else {
            words.extend(["--table".to_owned(), quoted(&format!("{}={file}", input.table))]);
        }
        for (role, from) in read.columns.iter().filter(|(role, from)| role != from) {
            flags.insert(role.clone(), from.clone());
        }
    }
    for (role, from) in flags {
        words.extend([format!("--{}", role.replace('_', "-")), quoted(&from)]);
    }
    if method.variants.len() > 1 {
        words.extend(["--def".to_owned(), record.variant.clone()]);
    }
    for option in method.options {
        if let Some(value) =
            record.options.get(option.name).filter(|value| *value != option.default)
        {
            words.extend([format!("--{}", option.name.replace('_', "-")), quoted(value)]);
        }
    }
    words.extend(["--seed".to_owned(), record.seed.to_string()]);
    Some(words.join(" "))
}

/// The question to the server at `url` that gives the same.
pub(crate) fn asked(url: &str, question: &Question) -> String {
    let mut pairs = vec![("method", question.what.clone())];
    if agglo_methods::find(&question.what).is_none() {
        pairs[0].0 = "step";
    }
    let variant = question.variant.iter().map(|variant| ("variant", variant.clone()));
    pairs.extend(variant);
    pairs
        .extend(question.options.iter().map(|(name, value)| ("option", format!("{name}={value}"))));
    pairs.extend(question.seed.iter().map(|seed| ("seed", seed.to_string())));
    pairs.extend(question.periods.iter().map(|(from, to)| ("period", format!("{from}..{to}"))));
    for (column, values) in &question.keep {
        pairs.extend(values.iter().map(|value| ("keep", format!("{column}={value}"))));
    }
    pairs.extend(question.weights.iter().map(|(code, w)| ("weight", format!("{code}={w}"))));
    let query: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    format!("curl '{url}/api/v1/compute?{}'", query.join("&"))
}

/// A value as a query takes it.
fn escaped(value: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~=,:".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text += &format!("%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_a_query_whatever_its_values_hold() {
        let question = Question {
            what: "gini".to_owned(),
            keep: BTreeMap::from([("industry".to_owned(), vec!["Hotels & 餐".to_owned()])]),
            periods: Some((2010, 2015)),
            ..Question::default()
        };
        assert_eq!(
            asked("http://127.0.0.1:1", &question),
            "curl 'http://127.0.0.1:1/api/v1/compute?method=gini&period=2010..2015&\
             keep=industry=Hotels%20%26%20%E9%A4%90'"
        );
    }

    #[test]
    fn words_with_blanks_are_quoted_for_a_shell() {
        assert_eq!(quoted("gini.gini@industry=C,period=2004"), "gini.gini@industry=C,period=2004");
        assert_eq!(quoted("Hotels, catering"), "'Hotels, catering'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted(""), "''");
    }
}
