//! Rows to groups: one hash table per thread, sorted and set down when a piece is done or memory is.

use datafusion::common::DataFusionError;
use hashbrown::HashTable;

use super::entry::{Place, Record};

/// Groups of rows by place, in the order they came.
pub(super) struct Groups<R> {
    entries: Vec<R>,
    /// The hash of an entry's place beside its number, so that the table grows without looking at entries.
    places: HashTable<(u32, u32)>,
    /// Of the rows at hand: their hashes, then the numbers of their entries.
    at: Vec<u32>,
}

/// Mixes the few small numbers of a place. They are numbers of our own, so nobody can choose them to collide,
/// and the standard hasher's protection would cost a third of the time.
fn hash((period, region, industry): Place) -> u32 {
    let codes = u64::from(region) << 32 | u64::from(industry);
    let mixed =
        spread(codes ^ u64::from(period.cast_unsigned()).wrapping_mul(0xD6E8_FEB8_6659_FD93));
    (mixed >> 32) as u32
}

/// Lets every bit depend on all lower ones, and the lower half on the upper.
pub(super) fn spread(value: u64) -> u64 {
    let mixed = value.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

impl<R> Default for Groups<R> {
    fn default() -> Groups<R> {
        Groups { entries: Vec::new(), places: HashTable::new(), at: Vec::new() }
    }
}

impl<R: Record> Groups<R> {
    /// Adds rows: `add(row, entry)` adds one to the entry of its place.
    ///
    /// Finding all entries before adding to the first lets the processor wait for many at once.
    pub(super) fn take(
        &mut self,
        places: &[Place],
        mut add: impl FnMut(usize, &mut R) -> Result<(), DataFusionError>,
    ) -> Result<(), DataFusionError> {
        let mut at = std::mem::take(&mut self.at);
        at.clear();
        at.extend(places.iter().map(|&place| hash(place)));
        for (at, &place) in at.iter_mut().zip(places) {
            *at = self.number(*at, place);
        }
        for (row, &at) in at.iter().enumerate() {
            add(row, &mut self.entries[at as usize])?;
        }
        self.at = at;
        Ok(())
    }

    fn number(&mut self, hash: u32, place: Place) -> u32 {
        let entries = &mut self.entries;
        let same =
            |&(other, at): &(u32, u32)| other == hash && entries[at as usize].place() == place;
        let of = |&(hash, _): &(u32, u32)| spread(u64::from(hash));
        if let Some(&(_, at)) = self.places.find(spread(u64::from(hash)), same) {
            return at;
        }
        let at = entries.len() as u32;
        entries.push(R::new(place));
        self.places.insert_unique(spread(u64::from(hash)), (hash, at), of);
        at
    }

    /// Bytes of memory in use.
    pub(super) fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<R>() + self.places.allocation_size()
    }

    /// The groups in the order of period, region and industry, the latter two ranked; none are left.
    pub(super) fn sorted(&mut self, regions: &[u32], industries: &[u32]) -> Vec<R> {
        self.places.clear();
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_unstable_by_key(|entry| {
            let (period, region, industry) = entry.place();
            (period, regions[region as usize], industries[industry as usize])
        });
        entries
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::Entry;
    use super::*;

    #[test]
    fn rows_of_one_place_are_one_group_and_come_out_in_order() {
        let mut groups = Groups::<Entry>::default();
        let places = [(2, 0, 1), (1, 1, 0), (2, 0, 1), (1, 0, 0)];
        groups.take(&places, |row, entry| entry.add(row as i64)).unwrap();
        groups.take(&places[..1], |_, entry| entry.add(40)).unwrap();
        let sorted = groups.sorted(&[1, 0], &[0, 1]);
        let found: Vec<(Place, u32, i128)> =
            sorted.iter().map(|entry| (entry.place(), entry.n, entry.sum)).collect();
        assert_eq!(found, [((1, 1, 0), 1, 1), ((1, 0, 0), 1, 3), ((2, 0, 1), 3, 42)]);
        assert!(groups.sorted(&[], &[]).is_empty());
    }
}
