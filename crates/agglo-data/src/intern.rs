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
    /// Distinct `texts`, numbered in their order.
    pub(crate) fn of(texts: Vec<Key>) -> Interner {
        let numbered = texts.iter().cloned().enumerate();
        let places = numbered.map(|(place, text)| (text, place as u32)).collect();
        Interner { places, texts, last: 0 }
    }

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

    /// The number here of each text of `other`, in the order of its numbers.
    pub(crate) fn places_of(&mut self, other: &Interner) -> Vec<u32> {
        other.texts.iter().map(|text| self.place(text)).collect()
    }

    /// The texts in order, and the place of each number among them.
    pub(crate) fn sorted(self) -> (Vec<Key>, Vec<u32>) {
        let mut order: Vec<u32> = (0..self.texts.len() as u32).collect();
        order.sort_unstable_by_key(|&place| &self.texts[place as usize]);
        let mut ranks = vec![0; order.len()];
        for (rank, &place) in order.iter().enumerate() {
            ranks[place as usize] = rank as u32;
        }
        let texts = order.iter().map(|&place| self.texts[place as usize].clone()).collect();
        (texts, ranks)
    }
}
