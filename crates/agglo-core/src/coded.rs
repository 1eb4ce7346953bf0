//! Equal texts of a column as equal small numbers.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::frame::Key;

/// The distinct texts of a column in order, and the place of each row's text among them.
///
/// Comparing, counting and grouping rows by these places costs a fraction of doing so by text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coded {
    codes: Vec<Key>,
    places: Vec<u32>,
}

impl Coded {
    /// The place of a row without a text.
    pub const NONE: u32 = u32::MAX;

    /// The codes of `cells`.
    ///
    /// Cost: O(n) in the rows and O(k log k) in the distinct texts; texts that rows share in memory
    /// are read once.
    pub fn new<'k>(cells: impl IntoIterator<Item = Option<&'k Key>>) -> Coded {
        let mut by_address: HashMap<usize, u32, BuildHasherDefault<AddressHasher>> =
            HashMap::default();
        let mut by_text: HashMap<&'k str, u32> = HashMap::new();
        let mut texts: Vec<&'k Key> = Vec::new();
        let mut last = (0, Coded::NONE);
        let mut places: Vec<u32> = Vec::new();
        for cell in cells {
            let Some(text) = cell else {
                places.push(Coded::NONE);
                continue;
            };
            let address = Arc::as_ptr(text).cast::<u8>() as usize;
            if last.0 != address {
                let place = *by_address.entry(address).or_insert_with(|| {
                    *by_text.entry(text).or_insert_with(|| {
                        texts.push(text);
                        texts.len() as u32 - 1
                    })
                });
                last = (address, place);
            }
            places.push(last.1);
        }
        let mut order: Vec<u32> = (0..texts.len() as u32).collect();
        order.sort_unstable_by_key(|&place| texts[place as usize]);
        let mut ranks = vec![0; texts.len()];
        for (rank, &place) in order.iter().enumerate() {
            ranks[place as usize] = rank as u32;
        }
        for place in places.iter_mut().filter(|place| **place != Coded::NONE) {
            *place = ranks[*place as usize];
        }
        let codes = order.iter().map(|&place| texts[place as usize].clone()).collect();
        Coded { codes, places }
    }

    /// The distinct texts, sorted.
    pub fn codes(&self) -> &[Key] {
        &self.codes
    }

    /// For each row the place of its text among the codes, or [`Coded::NONE`].
    pub fn places(&self) -> &[u32] {
        &self.places
    }

    /// Codes and places.
    pub fn into_parts(self) -> (Vec<Key>, Vec<u32>) {
        (self.codes, self.places)
    }
}

/// Spreads the addresses of allocations, whose lowest bits are always zero.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize(usize::from(*byte));
        }
    }

    fn write_usize(&mut self, part: usize) {
        let mixed = (self.0 ^ part as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_one_place_whether_they_share_memory_or_not() {
        let shared = Key::from("b");
        let cells = [Some(shared.clone()), Some("a".into()), None, Some("b".into()), Some(shared)];
        let coded = Coded::new(cells.iter().map(Option::as_ref));
        assert_eq!(coded.codes(), [Key::from("a"), Key::from("b")]);
        assert_eq!(coded.places(), [1, 0, Coded::NONE, 1, 1]);
        assert_eq!(Coded::new([]), Coded::default());
    }

    #[test]
    fn every_row_finds_its_own_text() {
        let cells: Vec<Option<Key>> = (0..5000_u32)
            .map(|row| (row % 7 != 0).then(|| Key::from(format!("{}", row * row % 331))))
            .collect();
        let coded = Coded::new(cells.iter().map(Option::as_ref));
        assert!(coded.codes().is_sorted());
        for (cell, &place) in cells.iter().zip(coded.places()) {
            assert_eq!(cell.as_ref(), coded.codes().get(place as usize));
        }
    }
}
