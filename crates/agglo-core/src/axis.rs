//! The ordered, distinct codes along one side of a panel.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Distinct codes in sorted order, with the way back from a code to its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    codes: Vec<Arc<str>>,
    places: BTreeMap<Arc<str>, usize>,
}

impl Axis {
    /// An axis of the distinct `codes`, sorted.
    pub fn new<I, S>(codes: I) -> Axis
    where
        I: IntoIterator<Item = S>,
        S: Into<Arc<str>>,
    {
        let mut codes: Vec<Arc<str>> = codes.into_iter().map(Into::into).collect();
        codes.sort_unstable();
        codes.dedup();
        let places = codes.iter().cloned().enumerate().map(|(place, code)| (code, place)).collect();
        Axis { codes, places }
    }

    /// How many codes there are.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is no code.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The code at `place`.
    pub fn code(&self, place: usize) -> &Arc<str> {
        &self.codes[place]
    }

    /// The place of `code`.
    pub fn place(&self, code: &str) -> Option<usize> {
        self.places.get(code).copied()
    }

    /// The codes in order.
    pub fn codes(&self) -> &[Arc<str>] {
        &self.codes
    }
}
