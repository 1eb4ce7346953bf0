//! The findings as SARIF 2.1.0 (OASIS standard, 27 March 2020), for code review tools.

use std::path::Path;

use agglo_data::{Diagnostic, Severity};
use serde_json::{Map, Value, json};

use super::{relative, whole_message};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn report(found: &[Diagnostic], folder: Option<&Path>) -> Value {
    let rules: Vec<Value> = agglo_data::codes()
        .iter()
        .map(|info| {
            json!({
                "id": info.code,
                "shortDescription": { "text": info.title },
                "fullDescription": { "text": info.explanation },
                "help": { "text": format!("agglo explain {}", info.code) },
                "defaultConfiguration": { "level": info.severity.word() },
            })
        })
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "agglo",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": found.iter().map(|d| result(d, folder)).collect::<Vec<_>>(),
        }],
    })
}

fn result(diagnostic: &Diagnostic, folder: Option<&Path>) -> Value {
    let rule = agglo_data::codes().iter().position(|info| info.code == diagnostic.code);
    let mut result = Map::new();
    result.insert("ruleId".to_owned(), diagnostic.code.into());
    if let Some(rule) = rule {
        result.insert("ruleIndex".to_owned(), rule.into());
    }
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    result.insert("level".to_owned(), level.into());
    result.insert("message".to_owned(), json!({ "text": whole_message(diagnostic) }));
    if let Some(file) = &diagnostic.file {
        result.insert("locations".to_owned(), json!([location(diagnostic, file, folder)]));
    }
    result.insert("occurrenceCount".to_owned(), (diagnostic.count + 1).into());
    Value::Object(result)
}

fn location(diagnostic: &Diagnostic, file: &str, folder: Option<&Path>) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(&relative(file, folder)) } });
    if let Some(row) = diagnostic.row.filter(|row| *row > 0) {
        physical["region"] = json!({ "startLine": row });
    }
    let mut location = json!({ "physicalLocation": physical });
    let logical: Vec<Value> = [("sheet", &diagnostic.sheet), ("column", &diagnostic.column)]
        .into_iter()
        .filter_map(|(kind, name)| name.as_ref().map(|name| json!({ "name": name, "kind": kind })))
        .collect();
    if !logical.is_empty() {
        location["logicalLocations"] = logical.into();
    }
    location
}

/// A path as a relative reference of RFC 3986, an address as a URI.
fn uri(path: &str) -> String {
    let (scheme, rest) = path.split_once("://").map_or(("", path), |(scheme, rest)| (scheme, rest));
    let mut uri = if scheme.is_empty() { String::new() } else { format!("{scheme}://") };
    // The places of objects are shown as they are written, percent signs included.
    let may_stand = |byte: u8| !scheme.is_empty() && matches!(byte, b'%' | b':' | b'@');
    for byte in rest.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            byte if may_stand(byte) => uri.push(char::from(byte)),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_blanks_and_chinese_becomes_a_relative_uri() {
        assert_eq!(uri("data/Table 1c.csv"), "data/Table%201c.csv");
        assert_eq!(uri("数.csv"), "%E6%95%B0.csv");
        assert_eq!(relative("data/a.csv", Some(Path::new("study"))), "study/data/a.csv");
        assert_eq!(relative("./a.csv", None), "a.csv");
        let address = "s3://bucket/a b/100%25.csv";
        assert_eq!(relative(address, Some(Path::new("study"))), address);
        assert_eq!(uri(address), "s3://bucket/a%20b/100%25.csv");
    }
}
