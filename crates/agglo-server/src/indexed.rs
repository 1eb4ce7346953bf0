//! A table with the rows of each code at hand, so that one industry of one year is found without reading
//! all rows.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use agglo_core::{Coded, Column, Frame, Key, Values};

/// The rows of each code of a column.
pub(crate) enum Postings {
    /// Of texts: the code and its rows, in the order of codes.
    Text { places: HashMap<Key, u32>, rows: Vec<Vec<u32>> },
    /// Of whole numbers.
    Integer(HashMap<i64, Vec<u32>>),
}

impl Postings {
    fn of(column: &Column) -> Option<Postings> {
        match column.values() {
            Values::Text(cells) => {
                let coded = Coded::new(cells.iter().map(Option::as_ref));
                let mut rows = vec![Vec::new(); coded.codes().len()];
                for (row, &place) in coded.places().iter().enumerate() {
                    if place != Coded::NONE {
                        rows[place as usize].push(row as u32);
                    }
                }
                let codes = coded.codes().iter().cloned();
                let places = codes.enumerate().map(|(place, code)| (code, place as u32)).collect();
                Some(Postings::Text { places, rows })
            }
            Values::Integer(cells) => {
                let mut rows: HashMap<i64, Vec<u32>> = HashMap::new();
                for (row, cell) in cells.iter().enumerate() {
                    if let Some(value) = cell {
                        rows.entry(*value).or_default().push(row as u32);
                    }
                }
                Some(Postings::Integer(rows))
            }
            Values::Number(_) => None,
        }
    }

    /// The rows that hold `value`, ascending.
    pub(crate) fn rows(&self, value: &str) -> &[u32] {
        let found = match self {
            Postings::Text { places, rows } => {
                places.get(value).and_then(|&place| rows.get(place as usize))
            }
            Postings::Integer(rows) => value.parse().ok().and_then(|value: i64| rows.get(&value)),
        };
        found.map_or(&[], Vec::as_slice)
    }
}

/// A table and its postings, each made when first asked for.
pub(crate) struct Indexed {
    pub(crate) frame: Arc<Frame>,
    postings: Vec<OnceLock<Option<Postings>>>,
}

impl Indexed {
    /// The table; nothing is indexed yet.
    pub(crate) fn new(frame: Arc<Frame>) -> Indexed {
        let postings = frame.columns().iter().map(|_| OnceLock::new()).collect();
        Indexed { frame, postings }
    }

    /// The place of a column.
    pub(crate) fn place(&self, column: &str) -> Option<usize> {
        self.frame.columns().iter().position(|known| known.name() == column)
    }

    /// The rows by code of the column at `place`; `None` for a column of numbers.
    pub(crate) fn postings(&self, place: usize) -> Option<&Postings> {
        let slot = self.postings.get(place)?;
        slot.get_or_init(|| Postings::of(&self.frame.columns()[place])).as_ref()
    }

    /// Bytes it takes in memory, about: sixteen a cell, and four a row and column for the postings.
    pub(crate) fn size(&self) -> usize {
        self.frame.n_rows() * self.frame.columns().len() * 20 + 1024
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_code_and_by_year() {
        let frame = Frame::new(vec![
            Column::text("region", ["b", "a", "b"]),
            Column::integer("period", "", [2000, 2001, 2001]),
            Column::numbers("lq", "1", [1.0, 2.0, 3.0]),
        ])
        .unwrap();
        let table = Indexed::new(Arc::new(frame));
        assert_eq!(table.postings(0).unwrap().rows("b"), [0, 2]);
        assert_eq!(table.postings(0).unwrap().rows("c"), [0u32; 0]);
        assert_eq!(table.postings(1).unwrap().rows("2001"), [1, 2]);
        assert!(table.postings(2).is_none());
    }
}
