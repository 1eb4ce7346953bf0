//! From the text of a cell to a number or a gap, nothing guessed.

use std::collections::BTreeMap;

use agglo_core::{Datum, Gap};

use crate::source::Cell;

/// Marks that every reader takes for a gap.
pub(crate) const GAP_MARKS: [(&str, Gap); 9] = [
    ("", Gap::Missing),
    ("NA", Gap::Missing),
    ("N/A", Gap::Missing),
    ("(NA)", Gap::Missing),
    (":", Gap::Missing),
    ("..", Gap::Missing),
    ("...", Gap::Missing),
    ("…", Gap::Missing),
    ("(D)", Gap::Suppressed),
];

/// How numbers are written in one source.
#[derive(Clone, Debug)]
pub(crate) struct NumberFormat {
    decimal: char,
    thousands: Option<char>,
    gaps: BTreeMap<String, Gap>,
}

/// Why a cell is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotANumber {
    /// What to do.
    pub(crate) remedy: &'static str,
}

impl NumberFormat {
    pub(crate) fn new(
        decimal: Option<char>,
        thousands: Option<char>,
        gaps: impl IntoIterator<Item = (String, Gap)>,
    ) -> NumberFormat {
        let all = GAP_MARKS.iter().map(|&(mark, gap)| (mark.to_owned(), gap)).chain(gaps);
        NumberFormat { decimal: decimal.unwrap_or('.'), thousands, gaps: all.collect() }
    }

    /// The marks that stand for a gap.
    pub(crate) fn gaps(&self) -> &BTreeMap<String, Gap> {
        &self.gaps
    }

    /// Whether numbers are written as SQL and Rust write them.
    pub(crate) fn is_plain(&self) -> bool {
        self.decimal == '.' && self.thousands.is_none()
    }

    /// The number or gap in `cell`.
    pub(crate) fn datum(&self, cell: Cell<'_>) -> Result<Datum, NotANumber> {
        match cell {
            Cell::Empty => Ok(Datum::Gap(Gap::Missing)),
            Cell::Integer(value) => Ok(Datum::Number(value as f64)),
            Cell::Number(value) if value.is_finite() => Ok(Datum::Number(value)),
            Cell::Number(value) if value.is_nan() => Ok(Datum::Gap(Gap::Missing)),
            Cell::Number(_) => Err(NotANumber { remedy: "an infinite value measures nothing" }),
            // A publisher may declare what `#N/A` means.
            Cell::Unusable(what, text) => {
                let declared = self.gaps.get(text).map(|&gap| Datum::Gap(gap));
                declared.ok_or(NotANumber { remedy: what.remedy() })
            }
            Cell::Text(text) => {
                let text = text.trim();
                if let Some(value) = self.number(text) {
                    return Ok(Datum::Number(value));
                }
                self.gaps.get(text).map(|&gap| Datum::Gap(gap)).ok_or_else(|| self.explain(text))
            }
        }
    }

    fn number(&self, text: &str) -> Option<f64> {
        let usual;
        let text = if text.is_ascii() {
            text
        } else {
            usual = usual_signs(text);
            &usual
        };
        if self.is_plain() {
            return plain_number(text);
        }
        let (whole, fraction) = match text.split_once(self.decimal) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        let mut plain = match self.thousands {
            Some(sign) if sign.is_whitespace() => {
                without_thousands(&whole.replace(char::is_whitespace, " "), ' ')?
            }
            Some(sign) => without_thousands(whole, sign)?,
            None => whole.to_owned(),
        };
        // A point is no decimal sign here, so it must not reach the parser as one.
        if plain.contains('.') || fraction.is_some_and(|fraction| fraction.contains('.')) {
            return None;
        }
        if let Some(fraction) = fraction {
            plain.push('.');
            plain.push_str(fraction);
        }
        plain_number(&plain)
    }

    fn explain(&self, text: &str) -> NotANumber {
        let with = |decimal, thousands| {
            NumberFormat::new(Some(decimal), thousands, []).number(text).is_some()
        };
        let digits = text.trim_end_matches(|c: char| c.is_alphabetic() || c == ' ' || c == '*');
        let remedy = if text.ends_with('%') {
            "remove the percent sign; shares are numbers from 0 to 1"
        } else if self.decimal == '.' && with('.', Some(',')) {
            "set thousands = \",\" for this source"
        } else if self.decimal == '.' && with(',', None) {
            "set decimal = \",\" for this source"
        } else if self.decimal == '.' && with(',', Some('.')) {
            "set decimal = \",\" and thousands = \".\" for this source"
        } else if with('.', Some(' ')) || with(',', Some(' ')) {
            "set thousands to the blank between the digits for this source"
        } else if digits.len() < text.len() && self.number(digits).is_some() {
            "a flag is glued to the number; put it into a column of its own"
        } else {
            "correct the cell, or declare the mark: marks = { \"…\" = \"missing\" }"
        };
        NotANumber { remedy }
    }
}

/// A number with the digits, points and commas of full width and the minus of print as any keyboard
/// has them.
fn usual_signs(text: &str) -> String {
    let usual = |sign| match sign {
        '\u{2212}' | '\u{ff0d}' => '-',
        // The forms of full width follow those of ASCII.
        '０'..='９' | '，' | '．' | '＋' => {
            char::from_u32(sign as u32 - 0xFEE0).unwrap_or(sign)
        }
        other => other,
    };
    text.chars().map(usual).collect()
}

/// Digits, sign, point and exponent only: neither `inf` nor `nan` nor `1_000`.
fn plain_number(text: &str) -> Option<f64> {
    let starts = text.bytes().find(|byte| !matches!(byte, b'+' | b'-' | b'.'))?;
    if !starts.is_ascii_digit() {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// The digits without `sign`, which must stand between groups of three.
fn without_thousands(whole: &str, sign: char) -> Option<String> {
    let unsigned = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    let mut groups = unsigned.split(sign);
    let first = groups.next()?;
    let mut n_groups = 1;
    for group in groups {
        n_groups += 1;
        if group.len() != 3 || !group.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
    }
    if n_groups > 1 && !(1..=3).contains(&first.len()) {
        return None;
    }
    Some(whole.chars().filter(|&c| c != sign).collect())
}

/// The whole number in `cell`; `2019年` counts as 2019.
pub(crate) fn whole_number(cell: Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Empty | Cell::Unusable(..) => None,
        Cell::Integer(value) => Some(value),
        Cell::Number(value) => (value.fract() == 0.0 && value.abs() < 9e15).then_some(value as i64),
        Cell::Text(text) => {
            let text = text.trim();
            let digits = text.strip_suffix('年').unwrap_or(text).trim_end();
            let digits = digits.strip_suffix(".0").unwrap_or(digits);
            digits.parse().ok()
        }
    }
}

/// The year that a heading names, such as `2019`, `2019年` or `FY 2019`.
pub(crate) fn year_in_heading(heading: &str) -> Option<i64> {
    let mut runs = heading.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
    let year = runs.next()?.parse().ok()?;
    // "Detail 2017 17 sectors" is no year heading, and neither is a long sentence.
    let short = heading.trim().chars().count() <= 8;
    ((1500..2500).contains(&year) && runs.next().is_none() && short).then_some(year)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(format: &NumberFormat, text: &str, expected: Option<Datum>) {
        assert_eq!(format.datum(Cell::Text(text)).ok(), expected, "{text:?}");
    }

    #[test]
    fn zero_missing_suppressed_and_nonsense_are_four_things() {
        let format = NumberFormat::new(None, None, []);
        let number = |value| Some(Datum::Number(value));
        let gap = |gap| Some(Datum::Gap(gap));
        check(&format, "0", number(0.0));
        check(&format, " -1.5e3 ", number(-1500.0));
        check(&format, ".5", number(0.5));
        for mark in ["", "NA", "N/A", "(NA)", ":", "..", "...", "…", "  "] {
            check(&format, mark, gap(Gap::Missing));
        }
        check(&format, "(D)", gap(Gap::Suppressed));
        for nonsense in ["-", "c", "D", "S", "inf", "nan", "1,000", "12 d", "1 000", "1_000", "é"]
        {
            check(&format, nonsense, None);
        }
    }

    #[test]
    fn marks_are_taken_only_when_declared() {
        let declared = [("-".to_owned(), Gap::Missing), ("c".to_owned(), Gap::Suppressed)];
        let format = NumberFormat::new(None, None, declared);
        check(&format, "-", Some(Datum::Gap(Gap::Missing)));
        check(&format, "c", Some(Datum::Gap(Gap::Suppressed)));
    }

    #[test]
    fn thousands_must_stand_between_groups_of_three() {
        let format = NumberFormat::new(None, Some(','), []);
        check(&format, "3,345", Some(Datum::Number(3345.0)));
        check(&format, "-1,234,567.5", Some(Datum::Number(-1_234_567.5)));
        check(&format, "1,5", None);
        check(&format, "1234,567", None);
        let german = NumberFormat::new(Some(','), Some('.'), []);
        check(&german, "1.234,5", Some(Datum::Number(1234.5)));
        check(&german, "1234.5", None);
        let comma = NumberFormat::new(Some(','), None, []);
        check(&comma, "0,25", Some(Datum::Number(0.25)));
        check(&comma, "0.25", None);
    }

    #[test]
    fn signs_of_print_and_of_full_width_are_the_usual_ones() {
        let number = |value| Some(Datum::Number(value));
        let plain = NumberFormat::new(None, None, []);
        check(&plain, "１２３．５", number(123.5));
        check(&plain, "\u{2212}12.5", number(-12.5));
        check(&plain, "１２３，４５６", None);
        check(&plain, "－１", number(-1.0));
        let comma = NumberFormat::new(None, Some(','), []);
        check(&comma, "１２３，４５６．７", number(123_456.7));
        for declared in [' ', '\u{a0}', '\u{2009}', '\u{202f}'] {
            let blank = NumberFormat::new(Some(','), Some(declared), []);
            for sign in [' ', '\u{a0}', '\u{2009}', '\u{202f}'] {
                check(&blank, &format!("\u{2212}1{sign}234{sign}567,5"), number(-1_234_567.5));
            }
            check(&blank, "12 34", None);
            check(&blank, "1  234", None);
        }
        for (text, remedy) in [("12 %", "percent"), ("12\u{202f}345", "blank"), ("12 Mio", "glued")]
        {
            let why = plain.datum(Cell::Text(text)).unwrap_err();
            assert!(why.remedy.contains(remedy), "{text}: {}", why.remedy);
        }
    }

    #[test]
    fn the_remedy_names_the_setting_that_helps() {
        let format = NumberFormat::new(None, None, []);
        let remedy = |text| format.datum(Cell::Text(text)).unwrap_err().remedy;
        assert!(remedy("3,345").contains("thousands"));
        assert!(remedy("3,34").contains("decimal"));
        assert!(remedy("219 d").contains("flag"));
        assert!(remedy("12%").contains("percent"));
        assert!(remedy("x").contains("marks"));
    }

    #[test]
    fn years_are_whole_numbers_and_dates_are_not_cut_down() {
        assert_eq!(whole_number(Cell::Text(" 2019 ")), Some(2019));
        assert_eq!(whole_number(Cell::Text("2019年")), Some(2019));
        assert_eq!(whole_number(Cell::Number(2019.0)), Some(2019));
        assert_eq!(whole_number(Cell::Text("2019-01-01")), None);
        assert_eq!(whole_number(Cell::Text("")), None);
        assert_eq!(year_in_heading("FY 2019"), Some(2019));
        assert_eq!(year_in_heading("value"), None);
        assert_eq!(year_in_heading("sic2007_5digit"), None);
    }
}
