//! What the study file can say so that a finding is settled and nothing is lost.

use super::totals::quoted;
use crate::codes;
use crate::diagnostic::{Diagnostic, Fix, Setting};
use crate::number::NumberFormat;
use crate::spec::ReadSpec;

/// Offers a [`Fix`] with each finding of `source` that a setting of its block settles: an encoding
/// that was guessed, a sheet that was chosen, the signs of numbers where every number that could
/// not be read asks for the same ones and one of them can be read in no other way.
pub fn offer_fixes(source: &ReadSpec, diagnostics: &mut [Diagnostic]) {
    let signs = number_signs(diagnostics);
    let several_files = source.file.to_string_lossy().contains(['*', '?']);
    for diagnostic in diagnostics {
        let settings = match diagnostic.code {
            codes::ENCODING_GUESSED if !several_files => backquoted(&diagnostic.remedy, "encoding"),
            codes::SHEET_CHOSEN if !several_files => diagnostic
                .sheet
                .as_ref()
                .map(|sheet| Setting { key: "sheet".to_owned(), value: quoted(sheet) }),
            codes::NOT_A_NUMBER if signs.is_some() => {
                let settings = signs.clone().unwrap_or_default();
                diagnostic.fix = Some(Fix { block: source.name.clone(), settings });
                continue;
            }
            _ => None,
        };
        if let Some(setting) = settings {
            diagnostic.fix = Some(Fix { block: source.name.clone(), settings: vec![setting] });
        }
    }
}

/// The setting `key = "…"` that a remedy spells out.
fn backquoted(remedy: &str, key: &str) -> Option<Setting> {
    let (_, rest) = remedy.split_once(&format!("{key} = \""))?;
    let (value, _) = rest.split_once('"')?;
    Some(Setting { key: key.to_owned(), value: quoted(value) })
}

/// The signs that all unread numbers ask for, when they agree and one is beyond doubt.
fn number_signs(diagnostics: &[Diagnostic]) -> Option<Vec<Setting>> {
    let unread: Vec<&Diagnostic> =
        diagnostics.iter().filter(|d| d.code == codes::NOT_A_NUMBER).collect();
    let first = unread.first()?;
    let settings: Vec<Setting> =
        ["decimal", "thousands"].iter().filter_map(|key| backquoted(&first.remedy, key)).collect();
    let agree = unread.iter().all(|d| d.remedy == first.remedy);
    let doubtless = unread.iter().any(|d| d.found.as_deref().is_some_and(has_one_reading));
    (agree && doubtless && !settings.is_empty()).then_some(settings)
}

/// Whether only one choice of signs makes a number of the text: `1,234` has two.
fn has_one_reading(text: &str) -> bool {
    let reads = |decimal, thousands| {
        let cell = crate::source::Cell::Text(text.trim());
        NumberFormat::new(Some(decimal), thousands, []).datum(cell).is_ok()
    };
    let readings = [reads('.', Some(',')), reads(',', None) || reads(',', Some('.'))];
    readings.iter().filter(|reads| **reads).count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unread(found: &str, remedy: &str) -> Diagnostic {
        Diagnostic::new(codes::NOT_A_NUMBER, "no number", remedy).found(found)
    }

    const THOUSANDS: &str = "set thousands = \",\" for this source";

    #[test]
    fn a_comma_that_could_be_either_sign_is_left_to_the_user() {
        let source = ReadSpec { name: "jobs".to_owned(), ..ReadSpec::default() };
        let mut found = [unread("1,234", THOUSANDS)];
        offer_fixes(&source, &mut found);
        assert_eq!(found[0].fix, None);
        let mut found = [unread("1,234", THOUSANDS), unread("1,234,567", THOUSANDS)];
        offer_fixes(&source, &mut found);
        let setting = Setting { key: "thousands".to_owned(), value: "\",\"".to_owned() };
        let fix = Some(Fix { block: "jobs".to_owned(), settings: vec![setting] });
        assert!(found.iter().all(|d| d.fix == fix), "{found:?}");
        let mut found = [unread("1,234,567", THOUSANDS), unread("n.d.", "correct the cell")];
        offer_fixes(&source, &mut found);
        assert!(found.iter().all(|d| d.fix.is_none()), "{found:?}");
    }
}
