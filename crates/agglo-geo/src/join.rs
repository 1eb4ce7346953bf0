//! Which codes of the data find a shape, and what those that find none may have meant.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Column, Frame, Key, Text, Values};

use crate::area::Boundaries;

/// Why a code is suggested for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Likeness {
    /// The same but for upper and lower case.
    Case,
    /// The same but for zeros at the start.
    LeadingZeros,
    /// The same but for zeros at the end, as 11 and 110000.
    TrailingZeros,
    /// One is the other with letters before it, as CN-11 and 11.
    Prefix,
    /// The country is written otherwise, as EL and GR, UK and GB.
    Country,
    /// The code is the area's name.
    Name,
}

impl Likeness {
    /// In a few words.
    pub const fn text(self) -> Text {
        match self {
            Likeness::Case => Text::new("differs in case only", "仅大小写不同"),
            Likeness::LeadingZeros => Text::new("differs in zeros at the start", "仅前导零不同"),
            Likeness::TrailingZeros => Text::new("differs in zeros at the end", "仅末尾零不同"),
            Likeness::Prefix => Text::new("differs in letters before it", "仅前缀不同"),
            Likeness::Country => Text::new("writes the country otherwise", "国家代码写法不同"),
            Likeness::Name => Text::new("is the name of the area", "为该区域的名称"),
        }
    }
}

/// What a code may have meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The code of the shape.
    pub code: Key,
    /// Why.
    pub likeness: Likeness,
}

/// A code of the data that finds no shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithoutShape {
    /// The code.
    pub code: Key,
    /// What it may have meant, where exactly one shape comes into question.
    pub suggestion: Option<Suggestion>,
}

/// How the codes of the data and of the shapes meet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Join {
    /// Codes in both, sorted.
    pub matched: Vec<Key>,
    /// Codes of the data without a shape, sorted.
    pub codes_without_shape: Vec<WithoutShape>,
    /// Shapes without a code of the data, sorted.
    pub shapes_without_code: Vec<Key>,
}

/// Joins the distinct `codes` of the data with the areas, exactly; nothing is joined by likeness.
///
/// Cost: O(n log n).
pub fn join(codes: &[Key], boundaries: &Boundaries) -> Join {
    let codes: BTreeSet<&Key> = codes.iter().collect();
    let shapes: BTreeSet<&Key> = boundaries.areas.iter().map(|area| &area.code).collect();
    let index = Index::new(boundaries);
    Join {
        matched: codes.intersection(&shapes).map(|code| (*code).clone()).collect(),
        codes_without_shape: codes
            .difference(&shapes)
            .map(|code| WithoutShape { code: (*code).clone(), suggestion: index.suggestion(code) })
            .collect(),
        shapes_without_code: shapes.difference(&codes).map(|code| (*code).clone()).collect(),
    }
}

impl Join {
    /// The likeness that most unmatched codes have to a shape, with how many: one remedy for all.
    pub fn pattern(&self) -> Option<(Likeness, usize)> {
        let mut counts = BTreeMap::new();
        for suggestion in self.codes_without_shape.iter().filter_map(|c| c.suggestion.as_ref()) {
            *counts.entry(suggestion.likeness).or_insert(0_usize) += 1;
        }
        counts.into_iter().max_by_key(|(_, n)| *n)
    }

    /// The table for the report: `code`, `shape` and `state` (`matched`, `no shape`, `no data`);
    /// of a code without a shape, `shape` is the suggestion and `likeness` says why.
    pub fn table(&self) -> Frame {
        type Row = (Option<Key>, Option<Key>, &'static str, Option<Key>);
        let mut rows: Vec<Row> = Vec::new();
        for code in &self.codes_without_shape {
            let shape = code.suggestion.as_ref().map(|suggestion| suggestion.code.clone());
            let why = code.suggestion.as_ref().map(|s| s.likeness.text().en.into());
            rows.push((Some(code.code.clone()), shape, "no shape", why));
        }
        rows.extend(
            self.shapes_without_code.iter().map(|code| (None, Some(code.clone()), "no data", None)),
        );
        rows.extend(
            self.matched
                .iter()
                .map(|code| (Some(code.clone()), Some(code.clone()), "matched", None)),
        );
        let column = |name: &str, cell: fn(&Row) -> Option<Key>| {
            Column::new(name, "", Values::Text(rows.iter().map(cell).collect()))
        };
        let columns = vec![
            column("code", |row| row.0.clone()),
            column("shape", |row| row.1.clone()),
            column("state", |row| Some(row.2.into())),
            column("likeness", |row| row.3.clone()),
        ];
        // Columns made from the same rows have one length.
        Frame::new(columns).unwrap_or_default()
    }
}

/// Areas by each of the forms that a code may be mistaken in.
struct Index {
    forms: BTreeMap<(Likeness, String), BTreeSet<Key>>,
}

const ALL: [Likeness; 6] = [
    Likeness::Case,
    Likeness::LeadingZeros,
    Likeness::TrailingZeros,
    Likeness::Country,
    Likeness::Prefix,
    Likeness::Name,
];

impl Index {
    fn new(boundaries: &Boundaries) -> Index {
        let mut forms: BTreeMap<(Likeness, String), BTreeSet<Key>> = BTreeMap::new();
        for area in &boundaries.areas {
            for likeness in ALL {
                let from = match likeness {
                    Likeness::Name => area.name.as_ref().unwrap_or(&area.code),
                    _ => &area.code,
                };
                forms
                    .entry((likeness, form(likeness, from)))
                    .or_default()
                    .insert(area.code.clone());
            }
        }
        Index { forms }
    }

    fn suggestion(&self, code: &str) -> Option<Suggestion> {
        ALL.into_iter().find_map(|likeness| {
            let form = form(likeness, code);
            if form.is_empty() {
                return None;
            }
            let found = self.forms.get(&(likeness, form))?;
            // Two shapes that come into question are no suggestion.
            let code = found.first().filter(|_| found.len() == 1)?;
            Some(Suggestion { code: code.clone(), likeness })
        })
    }
}

fn form(likeness: Likeness, code: &str) -> String {
    let lower = code.trim().to_lowercase();
    match likeness {
        Likeness::Case | Likeness::Name => lower,
        Likeness::LeadingZeros => lower.trim_start_matches('0').to_owned(),
        Likeness::TrailingZeros => lower.trim_end_matches('0').to_owned(),
        Likeness::Prefix => lower.trim_start_matches(|c: char| !c.is_ascii_digit()).to_owned(),
        Likeness::Country => match lower.get(..2) {
            Some("gr") => format!("el{}", &lower[2..]),
            Some("gb") => format!("uk{}", &lower[2..]),
            _ => lower,
        },
    }
}
