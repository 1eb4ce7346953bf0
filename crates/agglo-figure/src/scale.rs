//! Nice ticks, linear scales, and numbers in words of either language.

use agglo_core::{Datum, Lang};

use crate::words::Format;

/// Beyond this a difference of two values could overflow.
const LARGEST: f64 = 1e300;

/// The number of a datum, kept within what can be drawn.
pub(crate) fn number(datum: Datum) -> Option<f64> {
    datum.number().and_then(drawable)
}

/// A finite value kept within what can be drawn.
pub(crate) fn drawable(value: f64) -> Option<f64> {
    value.is_finite().then(|| value.clamp(-LARGEST, LARGEST))
}

/// Smallest and largest of some values.
pub(crate) fn extent(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().filter_map(drawable).fold(None, |range, v| {
        Some(range.map_or((v, v), |(lo, hi): (f64, f64)| (lo.min(v), hi.max(v))))
    })
}

/// Round values that cover a range.
#[derive(Clone, Debug)]
pub(crate) struct Ticks {
    pub(crate) values: Vec<f64>,
    pub(crate) step: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

fn nice_step(raw: f64, whole: bool) -> f64 {
    let power = 10f64.powf(raw.log10().floor());
    let ratio = raw / power;
    let factor = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|f| ratio <= f * 1.000_001);
    let step = factor.unwrap_or(10.0) * power;
    if whole { step.max(1.0).ceil() } else { step }
}

/// About `wanted` round values from at most `low` to at least `high`.
pub(crate) fn ticks(low: f64, high: f64, wanted: usize, format: Format) -> Ticks {
    let (mut low, mut high) = (low.min(high), low.max(high));
    let size = low.abs().max(high.abs());
    if high - low <= size * 1e-9 || high - low < 1e-290 {
        let room = if size < 1e-290 { 1.0 } else { size * 0.1 };
        let whole = format == Format::Ordinal;
        let room = if whole { room.max(1.0) } else { room };
        // A single value keeps zero as an end where it is one.
        high += room;
        if low != 0.0 {
            low -= room;
        }
    }
    let raw = (high / wanted.max(1) as f64) - (low / wanted.max(1) as f64);
    let step = nice_step(raw, format == Format::Ordinal);
    let first = (low / step + 1e-9).floor();
    let last = (high / step - 1e-9).ceil();
    let count = (last - first) as usize;
    let values = (0..=count.min(100)).map(|k| (first + k as f64) * step).collect();
    Ticks { values, step, low: first * step, high: last * step }
}

/// A straight map from values to places, ending where the plot ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Linear {
    pub(crate) domain: (f64, f64),
    pub(crate) range: (f64, f64),
}

impl Linear {
    pub(crate) fn new(domain: (f64, f64), range: (f64, f64)) -> Linear {
        Linear { domain, range }
    }

    pub(crate) fn at(&self, value: f64) -> f64 {
        let (low, high) = self.domain;
        let span = high - low;
        let part = if span > 0.0 { ((value - low) / span).clamp(0.0, 1.0) } else { 0.5 };
        self.range.0 + part * (self.range.1 - self.range.0)
    }

    pub(crate) fn holds(&self, value: f64) -> bool {
        value.is_finite() && value >= self.domain.0 && value <= self.domain.1
    }
}

fn superscript(exponent: i32) -> String {
    exponent
        .to_string()
        .chars()
        .map(|c| match c {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            digit => char::from_u32(0x2070 + (digit as u32 - '0' as u32)).unwrap_or(digit),
        })
        .collect()
}

fn grouped(value: f64, decimals: usize) -> String {
    let plain = format!("{:.*}", decimals, value.abs());
    let (whole, part) = plain.split_once('.').map_or((plain.as_str(), ""), |(w, p)| (w, p));
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !part.is_empty() {
        text.push('.');
        text.push_str(part);
    }
    let zero = text.chars().all(|c| matches!(c, '0' | '.' | ','));
    if value < 0.0 && !zero { format!("−{text}") } else { text }
}

fn scientific(value: f64, decimals: usize) -> String {
    let text = format!("{:.*e}", decimals.min(3), value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = if mantissa.contains('.') {
        mantissa.trim_end_matches('0').trim_end_matches('.')
    } else {
        mantissa
    };
    let sign = if value < 0.0 { "−" } else { "" };
    format!("{sign}{mantissa}×10{}", superscript(exponent.parse().unwrap_or(0)))
}

/// The unit words for large numbers, largest first: English counts in thousands, Chinese in
/// ten-thousands.
fn large_units(lang: Lang) -> &'static [(f64, &'static str)] {
    match lang {
        Lang::En => &[(1e12, "tn"), (1e9, "bn"), (1e6, "m")],
        Lang::Zh => &[(1e12, "万亿"), (1e8, "亿"), (1e5, "万")],
    }
}

fn decimals_of(step: f64) -> usize {
    (0..=12)
        .find(|&d| {
            let scaled = step * 10f64.powi(d);
            (scaled - scaled.round()).abs() < 1e-6 * scaled.abs().max(1e-300)
                && scaled.round() != 0.0
        })
        .unwrap_or(12) as usize
}

/// A tick's number; `step` says how many decimals tell it from its neighbors.
pub(crate) fn tick(value: f64, step: f64, format: Format, lang: Lang) -> String {
    if format == Format::Ordinal && value == value.round() && value.abs() < 1e6 {
        return plain(value);
    }
    let factor = if format == Format::Percent { 100.0 } else { 1.0 };
    let (value, step) = (value * factor, step * factor);
    let suffix = if format == Format::Percent { "%" } else { "" };
    if value == 0.0 {
        return format!("0{suffix}");
    }
    if value.abs() >= 1e15 || step < 1e-5 {
        let lead = value.abs().log10().floor() - step.log10().floor();
        return scientific(value, lead.clamp(0.0, 3.0) as usize + usize::from(lead < 3.0)) + suffix;
    }
    for &(size, word) in large_units(lang) {
        if value.abs() >= size || (step >= size / 10.0 && value.abs() >= size / 10.0) {
            let word = if size == 1e5 { (1e4, word) } else { (size, word) };
            return grouped(value / word.0, decimals_of(step / word.0).min(3)) + word.1 + suffix;
        }
    }
    grouped(value, decimals_of(step)) + suffix
}

fn plain(value: f64) -> String {
    let text = format!("{:.0}", value.abs());
    if value < 0.0 && text != "0" { format!("−{text}") } else { text }
}

/// A value for a label: about three digits that count.
pub(crate) fn short(value: f64, format: Format, lang: Lang) -> String {
    with_digits(value, format, lang, 3)
}

fn with_digits(value: f64, format: Format, lang: Lang, digits: i32) -> String {
    let factor = if format == Format::Percent { 100.0 } else { 1.0 };
    let suffix = if format == Format::Percent { "%" } else { "" };
    let scaled = value * factor;
    if format == Format::Ordinal && value == value.round() && value.abs() < 1e6 {
        return plain(value);
    }
    if scaled == 0.0 {
        return format!("0{suffix}");
    }
    if scaled.abs() >= 1e15 || scaled.abs() < 1e-4 {
        return scientific(scaled, digits as usize - 1) + suffix;
    }
    let unit = large_units(lang).iter().find(|(size, _)| scaled.abs() >= *size);
    let (scaled, word) = match unit {
        Some(&(1e5, word)) => (scaled / 1e4, word),
        Some(&(size, word)) => (scaled / size, word),
        None => (scaled, ""),
    };
    let lead = scaled.abs().log10().floor() as i32;
    let decimals = (digits - 1 - lead).clamp(0, 8) as usize;
    let text = grouped(scaled, decimals);
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    };
    text + word + suffix
}

/// A value with all the digits a reader can use, for a tooltip.
pub(crate) fn full(value: f64, format: Format, lang: Lang) -> String {
    match format {
        Format::Number if value.abs() >= 1000.0 && value.abs() < 1e15 => {
            grouped(value, usize::from(value != value.round()))
        }
        _ => with_digits(value, format, lang, 4),
    }
}

/// A datum for a tooltip: the number or the reason why there is none.
pub(crate) fn told(datum: Datum, format: Format, lang: Lang) -> String {
    match datum {
        Datum::Number(value) => match drawable(value) {
            Some(value) => full(value, format, lang),
            None => "–".into(),
        },
        Datum::Gap(gap) => gap.reason(lang).into(),
    }
}

/// The ends of an interval for a tooltip, after a space.
pub(crate) fn told_between(low: Datum, high: Datum, format: Format, lang: Lang) -> String {
    format!(" [{}, {}]", told(low, format, lang), told(high, format, lang))
}

/// Labels of sorted values with as many digits as tell neighbors apart.
pub(crate) fn distinct(values: &[f64], format: Format, lang: Lang) -> Vec<String> {
    let write = |digits| -> Vec<String> {
        values.iter().map(|&v| with_digits(v, format, lang, digits)).collect()
    };
    let told_apart = |texts: &[String]| {
        texts.windows(2).zip(values.windows(2)).all(|(text, v)| text[0] != text[1] || v[0] == v[1])
    };
    (3..=9).map(write).find(|texts| told_apart(texts)).unwrap_or_else(|| write(9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_cover_the_range() {
        let found = ticks(0.13, 0.87, 5, Format::Number);
        assert_eq!(found.values.first(), Some(&0.0));
        assert_eq!(found.values.last(), Some(&1.0));
        for (low, high) in [(0.0, 0.0), (5.0, 5.0), (-1e300, 1e300), (1e-280, 2e-280), (-3.0, -3.0)]
        {
            let found = ticks(low, high, 5, Format::Number);
            assert!(found.low <= low && found.high >= high, "{low} {high} {found:?}");
            assert!(found.values.len() >= 2 && found.values.len() < 20, "{found:?}");
            assert!(found.values.iter().all(|v| v.is_finite()));
        }
    }

    #[test]
    fn numbers_are_written_as_each_language_counts() {
        let both = |v| (short(v, Format::Number, Lang::En), short(v, Format::Number, Lang::Zh));
        assert_eq!(both(1_234.0), ("1,234".into(), "1,234".into()));
        assert_eq!(both(2_345_678.0), ("2.35m".into(), "235万".into()));
        assert_eq!(both(-4.5e9), ("−4.5bn".into(), "−45亿".into()));
        assert_eq!(both(0.000_000_12), ("1.2×10⁻⁷".into(), "1.2×10⁻⁷".into()));
        assert_eq!(short(0.256, Format::Percent, Lang::En), "25.6%");
        assert_eq!(tick(2004.0, 2.0, Format::Ordinal, Lang::En), "2004");
        assert_eq!(tick(2.5, 2.5, Format::Number, Lang::En), "2.5");
        assert_eq!(tick(200_000.0, 50_000.0, Format::Number, Lang::Zh), "20万");
    }

    #[test]
    fn class_limits_get_digits_until_they_differ() {
        assert_eq!(distinct(&[1.0001, 1.0002], Format::Number, Lang::En), ["1.0001", "1.0002"]);
    }
}
