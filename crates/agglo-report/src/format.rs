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
        let (en, zh) = (self.datum(datum, Lang::En), self.datum(datum, Lang::Zh));
        Bound { address, ..Bound::name(en, zh) }
    }

    /// Decimals enough to tell `values` apart, and to show three digits of the largest.
    pub fn apart(values: &[f64]) -> Format {
        if values.iter().all(|value| value.fract() == 0.0) {
            return Format::Whole;
        }
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let digits = |size: f64, wanted: i32| {
            if size > 0.0 && size.is_finite() { wanted - size.log10().floor() as i32 } else { 0 }
        };
        let decimals = digits(high - low, 1).max(digits(low.abs().max(high.abs()), 2));
        Format::Decimals(decimals.clamp(0, 8) as usize)
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

    #[test]
    fn numbers_side_by_side_have_the_decimals_that_tell_them_apart() {
        for (values, expected) in [
            ([0.987_65, 0.988_11], ["0.98765", "0.98811"]),
            ([0.5, 0.5], ["0.500", "0.500"]),
            ([45_123.0, 45_170.0], ["45,123", "45,170"]),
            ([0.0, 0.0], ["0", "0"]),
            ([2.0, 3.0], ["2", "3"]),
            ([2.0, 3.5], ["2.00", "3.50"]),
        ] {
            let format = Format::apart(&values);
            assert_eq!(values.map(|value| format.number(value)), expected);
        }
    }
}
