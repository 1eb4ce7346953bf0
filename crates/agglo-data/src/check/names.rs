//! Codes that are meant to be the same and are not: blanks, full-width digits, look-alike letters,
//! lost zeros.

use std::collections::BTreeMap;

use super::Context;
use super::context::show;
use super::grid::Labels;
use crate::codes;
use crate::diagnostic::Sink;

pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    for axis in [&context.grid.unit, &context.grid.group] {
        // Joined keys are told by their parts, and single things are no codes.
        if axis.name.is_empty() || axis.name.contains(',') || !context.grid.is_statistics() {
            continue;
        }
        odd_characters(context, axis, sink);
        near_duplicates(context, axis, sink);
    }
}

fn row_of(axis: &Labels, code: usize) -> Option<usize> {
    axis.ids.iter().position(|&id| id as usize == code)
}

fn odd_characters(context: &Context<'_>, axis: &Labels, sink: &mut Sink) {
    for (place, code) in axis.codes.iter().enumerate() {
        let Some(what) = oddity(code) else { continue };
        sink.push(codes::ODD_CODE, || {
            let message = format!("{} {} {what}", axis.name, context.label(code));
            let remedy = "such a code matches no other: correct it in the file, or map the column \
                          of codes instead of names";
            context
                .about(codes::ODD_CODE, &axis.name, row_of(axis, place), message, remedy)
                .found(escaped(code))
        });
    }
}

/// What a code has that codes do not have.
fn oddity(code: &str) -> Option<String> {
    if code.trim() != code {
        return Some("starts or ends with a blank".to_owned());
    }
    let hidden =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}' | '\u{2060}');
    if let Some(c) = code.chars().find(|&c| hidden(c) || c.is_control()) {
        return Some(format!("holds the invisible character U+{:04X}", c as u32));
    }
    if let Some(c) = code.chars().find(|&c| c == '\u{a0}' || c == '\u{3000}') {
        return Some(format!("holds the blank U+{:04X}, which is not the usual one", c as u32));
    }
    if let Some(c) = code.chars().find(|c| matches!(c, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ'))
    {
        return Some(format!("holds the full-width character `{c}`"));
    }
    let latin = code.chars().any(|c| c.is_ascii_alphabetic());
    let alike = code.chars().find(|&c| !c.is_ascii() && look_alike(c).is_some());
    match alike {
        Some(c) if latin => Some(format!(
            "mixes Latin letters with `{c}` (U+{:04X}), which only looks like one",
            c as u32
        )),
        _ => None,
    }
}

/// The Latin letter that a Greek or Cyrillic letter looks like.
fn look_alike(c: char) -> Option<char> {
    const ALIKE: [(&str, &str); 2] = [
        ("АВЕЅІЈКМНОРСТХаеорсхуѕіј", "ABESIJKMHOPCTXaeopcxysij"),
        ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo"),
    ];
    ALIKE.iter().find_map(|(from, to)| {
        let place = from.chars().position(|have| have == c)?;
        to.chars().nth(place)
    })
}

fn escaped(code: &str) -> String {
    code.chars()
        .map(|c| if c.is_ascii() { c.to_string() } else { c.escape_unicode().to_string() })
        .collect()
}

/// A code without what people and programs change by accident.
fn folded(code: &str) -> String {
    let mut folded = String::with_capacity(code.len());
    for c in code.chars() {
        let c = match c {
            '！'..='～' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            c => look_alike(c).unwrap_or(c),
        };
        let dropped = c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}' | '\u{2060}')
            || matches!(c, '.' | ',' | '\'' | '’' | '`');
        if !dropped {
            folded.extend(c.to_lowercase());
        }
    }
    let has_digit = folded.bytes().any(|b| b.is_ascii_digit());
    let has_other = folded.chars().any(|c| !c.is_ascii_digit() && !matches!(c, 'o' | 'l' | 'i'));
    if has_digit && !has_other {
        // O for 0 and l for 1, and the zeros that a spreadsheet takes away.
        let digits: String = folded.replace('o', "0").replace(['l', 'i'], "1");
        let short = digits.trim_start_matches('0');
        return if short.is_empty() { "0".to_owned() } else { short.to_owned() };
    }
    folded
}

fn near_duplicates(context: &Context<'_>, axis: &Labels, sink: &mut Sink) {
    let mut same: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, code) in axis.codes.iter().enumerate() {
        same.entry(folded(code)).or_default().push(place);
    }
    for places in same.into_values().filter(|places| places.len() > 1) {
        let (first, second) = (places[0], places[1]);
        sink.push(codes::NEAR_DUPLICATE, || {
            let quoted = |place: usize| context.label(&axis.codes[place]);
            let message = format!(
                "{} {} and {} look like one code written in two ways{}",
                axis.name,
                quoted(first),
                quoted(second),
                both(context, axis, first, second)
            );
            let remedy = "write one of them everywhere, or keep the right rows with `filter`";
            context
                .about(codes::NEAR_DUPLICATE, &axis.name, row_of(axis, second), message, remedy)
                .found(escaped(&axis.codes[second]))
        });
    }
}

/// What the rows of the two codes have in common: periods in which both have a number.
fn both(context: &Context<'_>, axis: &Labels, first: usize, second: usize) -> String {
    let grid = context.grid;
    let other = if std::ptr::eq(axis, &raw const grid.unit) { &grid.group } else { &grid.unit };
    let Some(measure) = grid.measures.first() else { return String::new() };
    let mut cells = BTreeMap::new();
    for row in (0..axis.ids.len()).filter(|&row| axis.ids[row] as usize == first) {
        if let Some(value) = measure.cells[row].number() {
            cells.insert((other.ids[row], grid.period[row]), value);
        }
    }
    let (mut shared, mut differing, mut example) = (0, 0, None);
    for row in (0..axis.ids.len()).filter(|&row| axis.ids[row] as usize == second) {
        let key = (other.ids[row], grid.period[row]);
        if let (Some(value), Some(have)) = (measure.cells[row].number(), cells.get(&key)) {
            shared += 1;
            if value != *have {
                differing += 1;
                example.get_or_insert((row, *have, value));
            }
        }
    }
    match (shared, example) {
        (0, _) => "; no cell has both".to_owned(),
        (shared, None) => format!("; {shared} cells have both, with the same values"),
        (shared, Some((row, one, another))) => format!(
            "; {shared} cells have both, {differing} with different values, such as `{}` {} and \
             {}{}",
            measure.name,
            show(one),
            show(another),
            grid.period[row].map_or(String::new(), |period| format!(" in {period}"))
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_people_take_for_the_same_fold_to_the_same() {
        for (one, another) in [
            ("110000", "１１００００"),
            ("Anhui", "Anhui "),
            ("ITC1", "ІТС1"),
            ("01", "1"),
            ("1O1", "101"),
            ("St. Louis", "St Louis"),
        ] {
            assert_eq!(folded(one), folded(another), "{one} {another}");
        }
        for (one, another) in [("吉林", "吉林市"), ("DE1", "DE11"), ("23", "230"), ("il", "1")]
        {
            assert_ne!(folded(one), folded(another), "{one} {another}");
        }
    }

    #[test]
    fn what_is_odd_about_a_code_is_named() {
        assert!(oddity("11 ").is_some_and(|text| text.contains("blank")));
        assert!(oddity("１1").is_some_and(|text| text.contains("full-width")));
        assert!(oddity("IТC1").is_some_and(|text| text.contains("U+0422")));
        assert!(oddity("a\u{200b}b").is_some_and(|text| text.contains("U+200B")));
        assert_eq!(oddity("Île-de-France"), None);
        assert_eq!(oddity("Москва"), None);
    }
}
