//! What the flags of international statistics say of a cell.
//!
//! Sources: Eurostat, code list of observation flags (b, c, d, e, f, n, p, r, s, u, z; from January
//! 2025 i for s, m for z and C for c); SDMX cross-domain code lists `CL_OBS_STATUS` and
//! `CL_CONF_STATUS`.

use std::collections::BTreeMap;

use agglo_core::{Datum, Mark, Status};

use super::plan::Marked;
use crate::number::NotANumber;

/// What one flag says, the weightier first: where a cell has several, the first holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Meaning {
    /// Withheld because it would tell of single units.
    Confidential,
    /// The question does not arise.
    NotApplicable,
    /// Known and not published, where there is no number; unreliable, where there is one.
    LowReliability,
    /// Less than half the unit beside a zero; negligible, where there is no number.
    NotSignificant,
    /// Not comparable with the period before.
    Break,
    /// An estimate, forecast or provisional number.
    Estimate,
    /// Not in the source.
    Missing,
    /// Nothing that changes what the number is.
    Plain,
}

use Meaning::{
    Break, Confidential, Estimate, LowReliability, Missing, NotApplicable, NotSignificant, Plain,
};

const EUROSTAT: &[(&str, Meaning)] = &[
    ("b", Break),
    ("c", Confidential),
    ("C", Confidential),
    ("N", Confidential),
    ("P", Confidential),
    ("d", Plain),
    ("e", Estimate),
    ("f", Estimate),
    ("i", Estimate),
    ("m", NotApplicable),
    ("n", NotSignificant),
    ("p", Estimate),
    ("r", Plain),
    ("s", Estimate),
    ("u", LowReliability),
    ("z", NotApplicable),
];

const SDMX_STATUS: &[(&str, Meaning)] = &[
    ("A", Plain),
    ("B", Break),
    ("D", Plain),
    ("E", Estimate),
    ("F", Estimate),
    ("G", Estimate),
    ("H", Missing),
    ("I", Estimate),
    ("J", Plain),
    ("K", Plain),
    ("L", Missing),
    ("M", NotApplicable),
    ("N", NotSignificant),
    ("O", Missing),
    ("P", Estimate),
    ("Q", Confidential),
    ("R", Plain),
    ("S", Plain),
    ("U", LowReliability),
    ("V", Estimate),
    ("W", Plain),
    ("X", Plain),
];

/// F is free; the rest withholds.
const SDMX_CONFIDENTIALITY: &[(&str, Meaning)] = &[
    ("A", Confidential),
    ("C", Confidential),
    ("D", Confidential),
    ("F", Plain),
    ("N", Confidential),
    ("P", Confidential),
    ("R", Plain),
    ("S", Confidential),
];

/// A code list of flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Eurostat,
    SdmxStatus,
    SdmxConfidentiality,
}

impl List {
    fn meaning(self, flag: &str) -> Option<Meaning> {
        let list = match self {
            List::Eurostat => EUROSTAT,
            List::SdmxStatus => SDMX_STATUS,
            List::SdmxConfidentiality => SDMX_CONFIDENTIALITY,
        };
        list.iter().find(|(known, _)| *known == flag).map(|(_, meaning)| *meaning)
    }
}

/// `datum` with what its flags say; each text holds the flags of one list, glued or set apart by
/// commas, blanks or semicolons. `given` goes before the lists.
pub(super) fn mark(
    datum: Datum,
    flags: &[(&str, List)],
    given: &BTreeMap<String, Status>,
) -> Result<Marked, NotANumber> {
    let texts: Vec<&str> =
        flags.iter().map(|(text, _)| text.trim()).filter(|text| !text.is_empty()).collect();
    if texts.is_empty() {
        return Ok(Marked { datum, mark: Mark::default() });
    }
    let mut mark = Mark { flag: Some(texts.join(" ").into()), ..Mark::default() };
    if let Some(status) = texts.iter().find_map(|text| given.get(*text)) {
        return Ok(told(datum, *status, mark));
    }
    let mut weightiest = Plain;
    for (text, list) in flags {
        let letters = text.chars().filter(|sign| !matches!(sign, ',' | ';' | ' '));
        for letter in letters.map(String::from) {
            if let Some(status) = given.get(&letter) {
                return Ok(told(datum, *status, mark));
            }
            let meaning = list.meaning(&letter).ok_or(UNKNOWN)?;
            // With a number, low reliability says less than a break does.
            let meaning = match (meaning, datum.number()) {
                (LowReliability, Some(_)) => Estimate,
                (NotSignificant, Some(value)) if value != 0.0 => Estimate,
                (meaning, _) => meaning,
            };
            weightiest = weightiest.min(meaning);
        }
    }
    let has_number = datum.number().is_some();
    mark.status = match weightiest {
        Confidential | LowReliability => Some(Status::Suppressed),
        NotApplicable => Some(Status::NotApplicable),
        NotSignificant if has_number => Some(Status::BelowUnit),
        Break if has_number => Some(Status::Break),
        Estimate if has_number => Some(Status::EstimatedBySource),
        Missing => Some(Status::Missing),
        _ => None,
    };
    Ok(Marked::new(datum, mark))
}

/// As a source's own list of marks says; a gap stays a gap whatever is said of numbers.
pub(super) fn told(datum: Datum, status: Status, mut mark: Mark) -> Marked {
    let is_gap = datum.gap().is_some();
    mark.status = Some(status).filter(|status| !is_gap || status.gap().is_some());
    Marked::new(datum, mark)
}

const UNKNOWN: NotANumber = NotANumber {
    remedy: "its flag is in no code list; declare it: marks = { \"…\" = \"estimated_by_source\" }",
};

/// The number and the flags of a cell that holds both, such as `4.0 bu`, `: c` or `0n`.
pub(crate) fn split(cell: &str) -> (&str, &str) {
    let cell = cell.trim();
    let is_number =
        |sign: char| sign.is_ascii_digit() || matches!(sign, '.' | ',' | '-' | '+' | ':');
    let end = cell.find(|sign| !is_number(sign)).unwrap_or(cell.len());
    (&cell[..end], cell[end..].trim())
}

#[cfg(test)]
mod tests {
    use agglo_core::Gap;

    use super::*;

    fn check(datum: Datum, flags: &str, list: List) -> (Datum, Option<Status>) {
        let marked = mark(datum, &[(flags, list)], &BTreeMap::new()).unwrap();
        (marked.datum, marked.mark.status)
    }

    #[test]
    fn the_weightiest_flag_says_what_a_cell_is() {
        let (five, gap) = (Datum::Number(5.0), Datum::Gap(Gap::Missing));
        let eurostat = |datum, flags| check(datum, flags, List::Eurostat);
        assert_eq!(eurostat(five, "bu"), (five, Some(Status::Break)));
        assert_eq!(eurostat(five, "u"), (five, Some(Status::EstimatedBySource)));
        assert_eq!(eurostat(five, "d"), (five, None));
        assert_eq!(eurostat(gap, "bc"), (Datum::Gap(Gap::Suppressed), Some(Status::Suppressed)));
        assert_eq!(eurostat(gap, "u"), (Datum::Gap(Gap::Suppressed), Some(Status::Suppressed)));
        assert_eq!(eurostat(gap, "e"), (gap, None));
        assert_eq!(eurostat(gap, "z").0, Datum::Gap(Gap::NotApplicable));
        assert_eq!(eurostat(Datum::Number(0.0), "n").0, Datum::Gap(Gap::BelowUnit));
        assert_eq!(check(gap, "M", List::SdmxStatus).0, Datum::Gap(Gap::NotApplicable));
        assert_eq!(check(five, "B,E", List::SdmxStatus), (five, Some(Status::Break)));
        assert_eq!(check(five, "F", List::SdmxConfidentiality), (five, None));
        assert!(mark(five, &[("q", List::Eurostat)], &BTreeMap::new()).is_err());
    }

    #[test]
    fn a_sources_own_meaning_goes_first_and_makes_no_number_of_a_gap() {
        let own = [("d".to_owned(), Status::EstimatedBySource)].into();
        let of = |datum| mark(datum, &[("d", List::Eurostat)], &own).unwrap();
        assert_eq!(of(Datum::Number(1.0)).mark.status, Some(Status::EstimatedBySource));
        let gap = of(Datum::Gap(Gap::Missing));
        assert_eq!((gap.datum, gap.mark.status), (Datum::Gap(Gap::Missing), None));
    }

    #[test]
    fn numbers_and_flags_are_told_apart() {
        assert_eq!(split("4.0 bu"), ("4.0", "bu"));
        assert_eq!(split(": c"), (":", "c"));
        assert_eq!(split("0n"), ("0", "n"));
        assert_eq!(split(" d"), ("", "d"));
        assert_eq!(split("12:00 AM"), ("12:00", "AM"));
        assert_eq!(split("-3"), ("-3", ""));
    }
}
