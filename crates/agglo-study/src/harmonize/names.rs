//! Names in a file turned into codes, and codes held against the edition that the study names.

use std::collections::{BTreeMap, BTreeSet};

use agglo_codes::{Classification, Validity, classification};
use agglo_core::{Column, Frame, Key, Values};
use agglo_data::{CODE_NOT_IN_EDITION, Diagnostic, NAME_WITHOUT_CODE, Reading, Severity};

use crate::spec::{DataSpec, Spec};

/// Turns the names in the columns that the block lists into codes of their classification; a name that
/// no code or several codes go by is an error that names the nearest.
pub(crate) fn to_codes(block: &DataSpec, reading: &mut Reading) -> Vec<Diagnostic> {
    let file = reading.files.first().map(|file| file.path.clone());
    let mut found = Vec::new();
    for (column, id) in &block.names {
        let mut say = |message: String, remedy: String| {
            let mut diagnostic = Diagnostic::new(NAME_WITHOUT_CODE, message, remedy);
            diagnostic.file.clone_from(&file);
            diagnostic.column = Some(column.clone());
            found.push(diagnostic);
        };
        let Some(classification) = classification(id) else {
            let known = agglo_codes::classifications().iter().map(|c| c.id);
            let known = known.collect::<Vec<_>>().join(", ");
            say(format!("there is no classification `{id}`"), format!("there are {known}"));
            continue;
        };
        let codes = codes_of(classification, &[&reading.frame, &reading.totals.frame], column);
        for (name, candidates) in codes.iter().filter(|(_, codes)| codes.len() != 1) {
            let nearest = candidates.join(", ");
            if candidates.is_empty() {
                let remedy =
                    "correct the name, filter the row out, or list it in `totals`".to_owned();
                say(format!("no code of {id} goes by the name `{name}`"), remedy);
            } else {
                let message = format!("several codes of {id} go by the name `{name}`: {nearest}");
                say(message, "write the code in the file, or the whole name".to_owned());
            }
        }
        let code = |name: &Key| match codes.get(name.as_ref()).map(Vec::as_slice) {
            Some([code]) => Key::from(code.as_str()),
            _ => name.clone(),
        };
        for frame in [&mut reading.frame, &mut reading.totals.frame] {
            *frame = replaced(frame, column, &code);
        }
    }
    found
}

/// Name → the codes that it may mean.
fn codes_of(
    classification: &Classification,
    frames: &[&Frame],
    column: &str,
) -> BTreeMap<String, Vec<String>> {
    let names: BTreeSet<String> = frames
        .iter()
        .filter_map(|frame| frame.text(column).ok())
        .flat_map(|cells| cells.iter().flatten().map(ToString::to_string))
        .collect();
    let names: Vec<String> = names.into_iter().collect();
    let found = classification.codes_of_names(&names);
    let ambiguous: BTreeMap<&String, &Vec<String>> =
        found.ambiguous.iter().map(|(name, codes)| (name, codes)).collect();
    let pick = |(name, code): (&String, &Option<String>)| {
        let codes = match code {
            Some(code) => vec![code.clone()],
            None => ambiguous.get(name).map(|codes| (*codes).clone()).unwrap_or_default(),
        };
        (name.clone(), codes)
    };
    names.iter().zip(&found.codes).map(pick).collect()
}

fn replaced(frame: &Frame, column: &str, code: &impl Fn(&Key) -> Key) -> Frame {
    let columns = frame.columns().iter().map(|known| match known.values() {
        Values::Text(cells) if known.name() == column => {
            let cells = cells.iter().map(|cell| cell.as_ref().map(code)).collect();
            Column::new(column, known.unit(), Values::Text(cells))
        }
        _ => known.clone(),
    });
    Frame::new(columns.collect()).unwrap_or_default()
}

/// Codes of `activity` that neither the editions in `[geo]` and `[industry]` hold, where these name a
/// built-in classification, nor the edition that a `[[crosswalk]]` comes from.
pub(crate) fn check_editions(spec: &Spec, activity: &Frame) -> Vec<Diagnostic> {
    let named = |system: &str, edition: &str| {
        let ids = [system.to_owned(), format!("{system}{edition}"), format!("{system}-{edition}")];
        ids.iter().find_map(|id| classification(id))
    };
    let sides = [
        ("region", named(&spec.geo.system, &spec.geo.vintage), &spec.geo.vintage),
        ("industry", named(&spec.industry.system, &spec.industry.version), &spec.industry.version),
    ];
    let mut found = Vec::new();
    for (column, classification, edition) in sides {
        let (Some(classification), Ok(cells)) = (classification, activity.text(column)) else {
            continue;
        };
        let year: Option<i32> = edition.get(..4).and_then(|year| year.parse().ok());
        // Codes that a crosswalk turns into those wanted are meant to be of another edition.
        let carried: Vec<_> = spec
            .crosswalk
            .iter()
            .filter(|section| section.table == "activity" && section.column == column)
            .filter_map(|section| agglo_codes::classification(&section.from))
            .collect();
        let is_carried =
            |code: &str| carried.iter().any(|from| from.is_valid(code, None) == Validity::Valid);
        let codes: BTreeSet<&Key> = cells.iter().flatten().collect();
        let n = codes.len();
        let mut bad = Vec::new();
        for code in codes {
            let why = match classification.is_valid(code, year) {
                Validity::Valid => continue,
                _ if is_carried(code) => continue,
                Validity::Retired { year, became } if became.is_empty() => format!("until {year}"),
                Validity::Retired { became, .. } => format!("became {}", became.join(", ")),
                Validity::NotYet => "of a later edition".to_owned(),
                Validity::Unknown { nearest } if nearest.is_empty() => "unknown".to_owned(),
                Validity::Unknown { nearest } => format!("perhaps {}", nearest.join(", ")),
            };
            bad.push(format!("{code} ({why})"));
        }
        if bad.is_empty() {
            continue;
        }
        let more = if bad.len() > 10 { ", …" } else { "" };
        let message = format!(
            "{} of {n} codes of {column} are not in {}: {}{more}",
            bad.len(),
            classification.id,
            bad[..bad.len().min(10)].join(", ")
        );
        let remedy = "name the edition of the file, or convert with [[crosswalk]]";
        let mut diagnostic = Diagnostic::new(CODE_NOT_IN_EDITION, message, remedy);
        diagnostic.severity = Severity::Warning;
        diagnostic.column = Some(column.to_owned());
        found.push(diagnostic);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(names: &[&str]) -> Reading {
        let frame = Frame::new(vec![
            Column::text("region", names.iter().copied()),
            Column::numbers("gdp", "", names.iter().map(|_| 1.0)),
        ]);
        Reading { frame: frame.unwrap(), ..Reading::default() }
    }

    fn block() -> DataSpec {
        DataSpec { names: [("region".into(), "gbt2260".into())].into(), ..DataSpec::default() }
    }

    #[test]
    fn names_of_provinces_in_either_language_become_their_codes() {
        let mut reading = reading(&["北京", "内蒙古自治区", "Guangdong"]);
        assert_eq!(to_codes(&block(), &mut reading), []);
        let codes = reading.frame.keys("region").unwrap();
        assert_eq!(codes, ["110000", "150000", "440000"].map(Key::from));
    }

    #[test]
    fn a_name_without_a_code_is_an_error_that_names_it() {
        let found = to_codes(&block(), &mut reading(&["北京", "Atlantis"]));
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("Atlantis"), "{}", found[0]);
    }

    #[test]
    fn a_code_of_another_edition_is_named_with_what_became_of_it() {
        let mut spec: Spec =
            toml::from_str("[study]\nid = \"a\"\ntitle = { en = \"A\" }\n").unwrap();
        spec.industry.system = "naics".into();
        spec.industry.version = "2017".into();
        let frame = Frame::new(vec![
            Column::text("region", ["a", "a"]),
            // 211111 of 2012 is 211120 and 211130 in 2017.
            Column::text("industry", ["211111", "212210"]),
        ]);
        let frame = frame.unwrap();
        let found = check_editions(&spec, &frame);
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("211111"), "{}", found[0]);
        assert!(found[0].message.contains("1 of 2"), "{}", found[0]);

        let carried = "column = \"industry\"\nfrom = \"naics2012\"\nto = \"naics2017\"\n";
        spec.crosswalk.push(toml::from_str(carried).unwrap());
        assert_eq!(check_editions(&spec, &frame), []);
    }
}
