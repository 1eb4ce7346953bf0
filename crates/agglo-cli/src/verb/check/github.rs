//! Annotations of a GitHub workflow: one workflow command per finding.
//!
//! The escapes are those of the toolkit's `core.warning`: `%`, carriage return and line feed in a
//! message, and `:` and `,` in a property besides.

use std::path::Path;

use agglo_data::{Diagnostic, Severity};

use super::{relative, whole_message};

pub(super) fn report(found: &[Diagnostic], folder: Option<&Path>) -> String {
    found.iter().map(|diagnostic| command(diagnostic, folder)).collect()
}

fn command(diagnostic: &Diagnostic, folder: Option<&Path>) -> String {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(file) = &diagnostic.file {
        properties.push(format!("file={}", property(&relative(file, folder))));
        properties.extend(diagnostic.row.map(|row| format!("line={row}")));
    }
    properties.push(format!("title={}", property(diagnostic.code)));
    let mut message = whole_message(diagnostic);
    // A line of a sheet is no line of text, so the sheet and column are said in words.
    let place: Vec<String> = [("sheet", &diagnostic.sheet), ("column", &diagnostic.column)]
        .into_iter()
        .filter_map(|(what, name)| name.as_ref().map(|name| format!("{what} {name}")))
        .collect();
    if !place.is_empty() {
        message = format!("{}: {message}", place.join(", "));
    }
    format!("::{level} {}::{}\n", properties.join(","), data(&message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_that_end_a_command_or_a_property_are_escaped() {
        assert_eq!(property("a,b:c%d"), "a%2Cb%3Ac%25d");
        assert_eq!(data("50 %\r\nof: a, b"), "50 %25%0D%0Aof: a, b");
    }
}
