//! The cells under one heading, as far as they are looked at.

use std::collections::BTreeSet;

use agglo_core::Datum;

use super::Heading;
use crate::number::{NumberFormat, whole_number};
use crate::source::Cell;
use crate::table::Kind;

/// Distinct cells of one column that are kept.
const DISTINCT_SEEN: usize = 2000;
const EXAMPLES: usize = 3;

/// The cells under one heading.
#[derive(Clone, Default)]
pub(super) struct Seen {
    pub(super) distinct: BTreeSet<String>,
    examples: Vec<String>,
    n: usize,
}

impl Seen {
    pub(super) fn take(&mut self, cell: Cell<'_>) {
        self.n += 1;
        let mut buffer = String::new();
        let text = cell.text(&mut buffer).trim_matches('"').trim();
        if !text.is_empty() && self.examples.len() < EXAMPLES {
            let text = text.to_owned();
            if !self.examples.contains(&text) {
                self.examples.push(text);
            }
        }
        if self.distinct.len() < DISTINCT_SEEN && !self.distinct.contains(text) {
            self.distinct.insert(text.to_owned());
        }
    }

    /// How many distinct cells are numbers, gaps and neither, in `format`.
    pub(super) fn tally(&self, format: &NumberFormat) -> (usize, usize, usize) {
        let mut tally = (0, 0, 0);
        for text in &self.distinct {
            match format.datum(Cell::Text(text)) {
                Ok(Datum::Number(_)) => tally.0 += 1,
                Ok(Datum::Gap(_)) => tally.1 += 1,
                Err(_) => tally.2 += 1,
            }
        }
        tally
    }

    pub(super) fn heading(&self, name: &str, format: &NumberFormat) -> Heading {
        let (numbers, gaps, others) = self.tally(format);
        let padded = |text: &String| {
            text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit())
        };
        // A few marks among many numbers are undeclared gaps, not names.
        let is_number = numbers > 0 && others * 5 <= numbers && !self.distinct.iter().any(padded);
        let whole = |text: &String| {
            whole_number(Cell::Text(text)).is_some()
                || format.datum(Cell::Text(text)).is_ok_and(|datum| datum.gap().is_some())
        };
        let kind = match is_number {
            true if self.distinct.iter().all(whole) => Kind::Integer,
            true => Kind::Number,
            false => Kind::Text,
        };
        Heading {
            name: name.to_owned(),
            kind,
            examples: self.examples.clone(),
            n_distinct: self.distinct.len(),
            n_gaps: gaps,
        }
    }
}
