//! What the flags of County Business Patterns say of a cell.
//!
//! Sources: Census Bureau, record layouts of the county file. Employment classes A to M stand where
//! employment and payroll were withheld and set to zero. Noise flags: G, the value was changed by
//! less than 2 percent; H, by 2 to less than 5 percent; J, by 5 percent or more; D, withheld to
//! avoid disclosing data of single companies; S, withheld because the estimate does not meet
//! publication standards. From 2017 cells of fewer than three establishments are not published and
//! a size class reads `N`, not available.

use agglo_core::{Bounds, Datum, Mark, Status};

use crate::diagnostic::DataError;
use crate::number::NotANumber;
use crate::reader::plan::{Marked, Marker, Request};

/// Class letter, smallest and largest employment; there is no D.
const BANDS: [(&str, f64, f64); 12] = [
    ("A", 0.0, 19.0),
    ("B", 20.0, 99.0),
    ("C", 100.0, 249.0),
    ("E", 250.0, 499.0),
    ("F", 500.0, 999.0),
    ("G", 1000.0, 2499.0),
    ("H", 2500.0, 4999.0),
    ("I", 5000.0, 9999.0),
    ("J", 10_000.0, 24_999.0),
    ("K", 25_000.0, 49_999.0),
    ("L", 50_000.0, 99_999.0),
    ("M", 100_000.0, f64::INFINITY),
];

fn band(letter: &str) -> Option<Bounds> {
    let (_, lower, upper) = *BANDS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(letter))?;
    Bounds::new(lower, upper)
}

/// The true values that, changed by less than `share` and rounded to whole units, give `value`.
fn within_noise(value: f64, share: f64) -> Option<Bounds> {
    let lower = ((value - 0.5) / (1.0 + share)).max(0.0);
    Bounds::new(lower, (value + 0.5) / (1.0 - share))
}

/// The marker of employment, establishments and payroll.
pub(super) fn of_figures(request: &Request<'_>) -> Result<Marker, DataError> {
    let column = |name: &str| request.heading(name, "reader census-cbp");
    let bands = column("empflag")?;
    let noise = [
        ("employment", column("emp_nf")?),
        ("payroll", column("ap_nf")?),
        ("q1_payroll", column("qp1_nf")?),
    ];
    let meanings = request.spec.marks.clone();
    Ok(Box::new(move |row, measure, column, format| {
        let (_, noise) = noise.iter().find(|(name, _)| *name == measure)?;
        let (mut one, mut two) = (String::new(), String::new());
        let flag = row.cell(*noise).text(&mut one);
        let letter = row.cell(bands).text(&mut two);
        let is_employment = measure == "employment";
        // A figure with a flag of its own is withheld or not as that says; before 2007 the class
        // of employment speaks for payroll too.
        let letter = if is_employment || flag.is_empty() { letter } else { "" };
        // Withheld figures read 0: a blank one is of a year whose files do not have it.
        if (flag.is_empty() && letter.is_empty()) || row.cell(column).is_blank() {
            return None;
        }
        Some(format.datum(row.cell(column)).and_then(|datum| {
            let value = datum.number();
            let (status, bounds) = match flag {
                _ if meanings.contains_key(flag) => (meanings.get(flag).copied(), None),
                "" | "D" | "S" => (Some(Status::Suppressed), None),
                "G" => (None, value.and_then(|value| within_noise(value, 0.02))),
                "H" => (None, value.and_then(|value| within_noise(value, 0.05))),
                "J" => (Some(Status::EstimatedBySource), None),
                _ => return Err(UNKNOWN_FLAG),
            };
            let class =
                if letter.is_empty() { None } else { Some(band(letter).ok_or(UNKNOWN_FLAG)?) };
            let (status, bounds) = match class {
                Some(class) => (Some(Status::Suppressed), is_employment.then_some(class)),
                None => (status, bounds),
            };
            let flag = [flag, letter].into_iter().filter(|text| !text.is_empty());
            let flag: Vec<&str> = flag.collect();
            Ok(Marked::new(datum, Mark { status, bounds, flag: Some(flag.join(" ").into()) }))
        }))
    }))
}

const UNKNOWN_FLAG: NotANumber = NotANumber {
    remedy: "its flag is none of County Business Patterns; declare it in `marks`, or correct it",
};

/// The marker of counts by size class.
pub(super) fn of_classes(request: &Request<'_>) -> Result<Marker, DataError> {
    let lowest = request.heading("fewest", "reader census-cbp")?;
    let highest = request.heading("most", "reader census-cbp")?;
    Ok(Box::new(move |row, measure, column, format| {
        if measure != "n_plants" || row.cell(column).text(&mut String::new()) != "N" {
            return None;
        }
        let bound = |column: usize| format.datum(row.cell(column)).ok().and_then(Datum::number);
        let bounds = bound(lowest).zip(bound(highest));
        let bounds = bounds.and_then(|(lower, upper)| Bounds::new(lower, upper));
        let mark = Mark { status: Some(Status::Suppressed), bounds, flag: Some("N".into()) };
        Some(Ok(Marked::new(Datum::Gap(agglo_core::Gap::Suppressed), mark)))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_join_without_a_hole_and_the_last_is_open() {
        assert!(BANDS.windows(2).all(|pair| pair[0].2 + 1.0 == pair[1].1));
        assert_eq!(band("e"), Bounds::new(250.0, 499.0));
        assert_eq!(band("D"), None);
        assert_eq!(band("M").map(|band| band.upper), Some(f64::INFINITY));
    }

    #[test]
    fn noise_bounds_hold_every_value_that_could_have_given_the_figure() {
        // 1,000 changed by less than 2 %: from 999.5 / 1.02 to 1000.5 / 0.98.
        let bounds = within_noise(1000.0, 0.02).unwrap();
        assert!((bounds.lower - 979.901_960_784).abs() < 1e-6);
        assert!((bounds.upper - 1_020.918_367_347).abs() < 1e-6);
        assert_eq!(within_noise(0.0, 0.02).unwrap().lower, 0.0);
    }
}
