//! How numbers are written: enough digits, never more than the reader needs.

use agglo_core::{Datum, Lang};

use crate::sentence::Bound;

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// With this many decimals.
    Decimals(usize),
    /// A share from 0 to 1, as percent with this many decimals.
    Percent(usize),
    /// A difference of shares, as signed percentage points with this many decimals.
    Points(usize),
    /// Signed, with this many decimals.
    Signed(usize),
    /// Whole, with thousands separators.
    Whole,
    /// A year or another code: digits only.
    Plain,
    /// Three significant digits, thousands separated.
    Short,
}

impl Format {
    /// `value` as written.
    pub fn number(self, value: f64) -> String {
        let text = match self {
            Format::Decimals(n) => group(&format!("{value:.n$}")),
            Format::Percent(n) => format!("{:.n$}%", value * 100.0),
            Format::Points(n) => format!("{:+.n$}", value * 100.0),
            Format::Signed(n) => format!("{value:+.n$}"),
            Format::Whole => group(&format!("{value:.0}")),
            Format::Plain => format!("{value:.0}"),
            Format::Short => group(&short(value)),
        };
        // A true minus sign: a hyphen before digits is easily missed in print.
        match text.strip_prefix('-') {
            Some(rest) if rest.chars().any(|c| ('1'..='9').contains(&c)) => format!("−{rest}"),
            Some(rest) => rest.to_owned(),
            None => text,
        }
    }

    /// `datum` as written; a gap by its reason.
    pub fn datum(self, datum: Datum, lang: Lang) -> String {
        match datum {
            Datum::Number(value) => self.number(value),
            Datum::Gap(gap) => gap.reason(lang).to_owned(),
        }
    }

    /// `datum` in both languages, with its address.
    pub fn bound(self, datum: Datum, address: Option<String>) -> Bound {
        Bound { en: self.datum(datum, Lang::En), zh: self.datum(datum, Lang::Zh), address }
    }
}

fn short(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor() as i32;
    let decimals = (2 - magnitude).clamp(0, 8) as usize;
    format!("{value:.decimals$}")
}

/// Thousands separated by commas, as both languages' statistics write them.
fn group(digits: &str) -> String {
    let (sign, rest) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(w, f)| (w, Some(f)));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match fraction {
        Some(fraction) => format!("{sign}{grouped}.{fraction}"),
        None => format!("{sign}{grouped}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_readers_expect() {
        for (format, value, expected) in [
            (Format::Decimals(3), 0.4859, "0.486"),
            (Format::Percent(1), 0.1234, "12.3%"),
            (Format::Points(1), -0.018, "−1.8"),
            (Format::Signed(2), 0.0, "+0.00"),
            (Format::Whole, 1_234_567.0, "1,234,567"),
            (Format::Plain, 2004.0, "2004"),
            (Format::Short, 0.012_345, "0.0123"),
            (Format::Short, 12_345.0, "12,345"),
            (Format::Decimals(2), -0.001, "0.00"),
        ] {
            assert_eq!(format.number(value), expected);
        }
    }
}
