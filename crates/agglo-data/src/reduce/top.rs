//! The largest of a group of rows.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Int64Type};
use datafusion::common::DataFusionError;

use super::entry::{Place, Record, array};

/// How many of the largest are kept.
pub const TOP: usize = 8;

/// The largest numbers of the rows of one place, in units of the last decimal place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Top {
    place: Place,
    /// How many are known, up to [`TOP`].
    n: u32,
    /// The largest first; 0 beyond `n`.
    values: [i64; TOP],
}

impl Top {
    /// One more row with the number `x`.
    #[inline]
    pub(super) fn add(&mut self, x: i64) {
        let n = self.n as usize;
        if n == TOP && x <= self.values[TOP - 1] {
            return;
        }
        let at = self.values[..n].partition_point(|&known| known >= x);
        let n = (n + 1).min(TOP);
        self.values[at..n].rotate_right(1);
        self.values[at] = x;
        self.n = n as u32;
    }

    /// The largest first.
    pub(super) fn values(&self) -> &[i64] {
        &self.values[..self.n as usize]
    }
}

impl Record for Top {
    const BYTES: usize = 16 + 8 * TOP;

    fn new(place: Place) -> Top {
        Top { place, ..Top::default() }
    }

    fn place(&self) -> Place {
        self.place
    }

    fn at(self, place: Place) -> Top {
        Top { place, ..self }
    }

    fn join(&mut self, other: &Top) -> Result<(), DataFusionError> {
        other.values().iter().for_each(|&x| self.add(x));
        Ok(())
    }

    fn checked(self) -> Result<Top, DataFusionError> {
        Ok(self)
    }

    fn n_rows(&self) -> u64 {
        u64::from(self.n)
    }

    fn put(&self, bytes: &mut Vec<u8>) {
        let (period, region, industry) = self.place;
        bytes.extend(period.to_le_bytes());
        for value in [region, industry, self.n] {
            bytes.extend(value.to_le_bytes());
        }
        bytes.extend(self.values.iter().flat_map(|value| value.to_le_bytes()));
    }

    fn get(bytes: &[u8]) -> Top {
        let small = |at: usize| u32::from_le_bytes(array(&bytes[4 * at..]));
        let value = |at: usize| i64::from_le_bytes(array(&bytes[16 + 8 * at..]));
        Top {
            place: (small(0).cast_signed(), small(1), small(2)),
            n: small(3),
            values: std::array::from_fn(value),
        }
    }

    fn fields() -> Vec<Field> {
        let field = |at| Field::new(format!("x{at}"), DataType::Int64, true);
        (1..=TOP).map(field).collect()
    }

    fn columns(tops: &[Top]) -> Result<Vec<ArrayRef>, DataFusionError> {
        let column = |at: usize| -> ArrayRef {
            let values = tops.iter().map(|top| top.values().get(at).copied());
            Arc::new(values.collect::<Int64Array>())
        };
        Ok((0..TOP).map(column).collect())
    }

    fn read(batch: &RecordBatch, places: &[Place]) -> Option<Vec<Top>> {
        let column = |at| batch.column_by_name(&format!("x{at}"))?.as_primitive_opt::<Int64Type>();
        let columns: Vec<_> = (1..=TOP).map(column).collect::<Option<_>>()?;
        let top = |(row, &place): (usize, &Place)| {
            let mut top = Top::new(place);
            let known = columns.iter().filter(|column| column.is_valid(row));
            known.for_each(|column| top.add(column.value(row)));
            top
        };
        Some(places.iter().enumerate().map(top).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_are_kept_in_order_and_come_back_from_their_bytes() {
        let mut one = Top::new((2004, 3, 5));
        for x in [5, -2, 9, 9, 1] {
            one.add(x);
        }
        assert_eq!(one.values(), [9, 9, 5, 1, -2]);
        let mut two = Top::new((2004, 3, 5));
        for x in 0..20 {
            two.add(x);
        }
        assert_eq!(two.values(), [19, 18, 17, 16, 15, 14, 13, 12]);
        one.join(&two).unwrap();
        assert_eq!(one.values(), two.values());
        let mut bytes = Vec::new();
        one.put(&mut bytes);
        assert_eq!((bytes.len(), Top::get(&bytes)), (Top::BYTES, one));
        assert_eq!(size_of::<Top>(), Top::BYTES);
    }
}
