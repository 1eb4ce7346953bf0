//! Equal texts kept once.

use std::collections::HashMap;
use std::sync::Arc;

use agglo_core::Key;

/// Distinct texts, numbered as they come.
#[derive(Default)]
pub(crate) struct Interner {
    places: HashMap<Key, u32>,
    texts: Vec<Key>,
    last: u32,
}

impl Interner {
    /// The number of `text`.
    pub(crate) fn place(&mut self, text: &str) -> u32 {
        // Files are mostly sorted by some key, so the last text is often the next.
        if self.texts.get(self.last as usize).is_some_and(|last| last.as_ref() == text) {
            return self.last;
        }
        if let Some(&place) = self.places.get(text) {
            self.last = place;
            return place;
        }
        let key: Key = Arc::from(text);
        let place = self.texts.len() as u32;
        self.texts.push(key.clone());
        self.places.insert(key, place);
        self.last = place;
        place
    }

    /// The text of this number.
    pub(crate) fn text(&self, place: u32) -> Option<&Key> {
        self.texts.get(place as usize)
    }

    /// The number of `text`, if it has one.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        self.places.get(text).copied()
    }

    /// The place of each number among the texts in order.
    pub(crate) fn ranks(&self) -> Vec<u32> {
        let mut ranks = vec![0; self.texts.len()];
        for (rank, &place) in self.order().iter().enumerate() {
            ranks[place as usize] = rank as u32;
        }
        ranks
    }

    fn order(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.texts.len() as u32).collect();
        order.sort_unstable_by_key(|&place| &self.texts[place as usize]);
        order
    }

    /// The texts in order, and the place of each number among them.
    pub(crate) fn sorted(self) -> (Vec<Key>, Vec<u32>) {
        let texts = self.order().iter().map(|&place| self.texts[place as usize].clone()).collect();
        (texts, self.ranks())
    }
}
