//! The columns that rows are put into: once for the parts of a source, once for its totals.

use std::collections::BTreeMap;

use agglo_core::{Column, Datum, Frame, Mark, Values};
use hashbrown::HashTable;

use super::plan::Target;
use crate::intern::Interner;
use crate::spec::{Marks, Origin, Origins, Rows, SourceFile};
use crate::table::Kind;

/// No table has more keys.
pub(super) const MAX_KEYS: usize = 5;
/// A text cell that is empty.
pub(super) const NONE: u32 = u32::MAX;

/// A cell that was understood.
#[derive(Clone, Debug)]
pub(super) enum Staged {
    Text(u32),
    Integer(Option<i64>),
    Number(Datum, Option<Box<Mark>>),
}

enum Cells {
    Text(Vec<u32>),
    Integer(Vec<Option<i64>>),
    Number(Vec<Datum>),
}

/// Mixes the few small numbers of a key. They are places in lists of ours, so nobody can choose them to
/// collide, and the standard hasher's protection would cost a third of the reading time.
fn hash(key: &[u32; MAX_KEYS]) -> u32 {
    key.iter().fold(0u64, |mixed, &part| spread(mixed ^ u64::from(part))) as u32
}

/// Lets every bit depend on all lower ones, and the lower half on the upper.
fn spread(value: u64) -> u64 {
    let mixed = value.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 32)
}

/// The key in row `row` of the key columns `keys`.
fn key_of(cells: &[Cells], keys: &[usize], row: u32) -> [u32; MAX_KEYS] {
    let mut key = [NONE; MAX_KEYS];
    for (slot, &at) in key.iter_mut().zip(keys) {
        *slot = match &cells[at] {
            Cells::Text(texts) => texts[row as usize],
            Cells::Integer(values) => key_part(values[row as usize]),
            Cells::Number(_) => unreachable!("a key is no number"),
        };
    }
    key
}

fn key_part(value: Option<i64>) -> u32 {
    value.map_or(NONE, |value| value as i32 as u32)
}

/// The rows by their keys, and the places that gave them.
#[derive(Default)]
struct Seen {
    /// The hash of the key beside the row, so that the table grows without looking at the columns.
    rows: HashTable<(u32, u32)>,
    places: Vec<Place>,
}

/// File and row that gave a key.
pub(super) type Place = (u16, u32);

/// The rows so far, column by column.
pub(super) struct Store {
    cells: Vec<Cells>,
    /// One list per target; empty for keys.
    origins: Vec<Vec<Origin>>,
    marks: Vec<BTreeMap<u32, Mark>>,
    /// The columns that hold keys.
    keys: Vec<usize>,
    /// `None` where rows may repeat.
    seen: Option<Seen>,
    n_rows: u32,
}

impl Store {
    pub(super) fn new(targets: &[Target], repeats: bool) -> Store {
        let cells = targets.iter().map(|target| match target.kind {
            Kind::Text => Cells::Text(Vec::new()),
            Kind::Integer => Cells::Integer(Vec::new()),
            Kind::Number => Cells::Number(Vec::new()),
        });
        Store {
            cells: cells.collect(),
            origins: vec![Vec::new(); targets.len()],
            marks: vec![BTreeMap::new(); targets.len()],
            keys: (0..targets.len()).filter(|&at| targets[at].is_key).collect(),
            seen: (!repeats).then(Seen::default),
            n_rows: 0,
        }
    }

    /// The key of a row that was understood.
    pub(super) fn key(&self, staged: &[Staged]) -> [u32; MAX_KEYS] {
        let mut key = [NONE; MAX_KEYS];
        for (slot, &at) in key.iter_mut().zip(&self.keys) {
            *slot = match &staged[at] {
                Staged::Text(text) => *text,
                Staged::Integer(value) => key_part(*value),
                Staged::Number(..) => unreachable!("a key is no number"),
            };
        }
        key
    }

    /// The row here that has the key of `staged`.
    fn row_of(&self, staged: &[Staged]) -> Option<u32> {
        let (seen, key) = (self.seen.as_ref()?, self.key(staged));
        let hash = hash(&key);
        let same = |&(other, row): &(u32, u32)| {
            other == hash && key_of(&self.cells, &self.keys, row) == key
        };
        seen.rows.find(spread(u64::from(hash)), same).map(|&(_, row)| row)
    }

    /// Where the key of `staged` was given before.
    pub(super) fn given(&self, staged: &[Staged]) -> Option<Place> {
        let row = self.row_of(staged)?;
        self.seen.as_ref().map(|seen| seen.places[row as usize])
    }

    /// Whether the row that was given before with the key of `staged` says the same.
    pub(super) fn says_the_same(&self, staged: &[Staged]) -> bool {
        let Some(row) = self.row_of(staged) else { return false };
        self.cells.iter().zip(staged).all(|(cells, staged)| match (cells, staged) {
            (Cells::Number(values), Staged::Number(datum, _)) => values[row as usize] == *datum,
            (Cells::Integer(values), Staged::Integer(value)) => values[row as usize] == *value,
            (Cells::Text(texts), Staged::Text(text)) => texts[row as usize] == *text,
            _ => false,
        })
    }

    /// Puts one row at the end; `origin` tells the place of the cell of each target.
    pub(super) fn append(
        &mut self,
        targets: &[Target],
        staged: &[Staged],
        place: Place,
        origin: impl Fn(usize) -> Origin,
    ) {
        let key = self.key(staged);
        for (at, cells) in self.cells.iter_mut().enumerate() {
            match (cells, &staged[at]) {
                (Cells::Text(texts), Staged::Text(text)) => texts.push(*text),
                (Cells::Integer(values), Staged::Integer(value)) => values.push(*value),
                (Cells::Number(values), Staged::Number(datum, mark)) => {
                    values.push(*datum);
                    if let Some(mark) = mark {
                        self.marks[at].insert(self.n_rows, (**mark).clone());
                    }
                }
                _ => unreachable!("a cell is staged in its column's kind"),
            }
            if !targets[at].is_key {
                self.origins[at].push(origin(at));
            }
        }
        if let Some(seen) = &mut self.seen {
            let hash = hash(&key);
            let spread_of = |&(hash, _): &(u32, u32)| spread(u64::from(hash));
            seen.rows.insert_unique(spread(u64::from(hash)), (hash, self.n_rows), spread_of);
            seen.places.push(place);
        }
        self.n_rows += 1;
    }

    /// The rows as a frame, with the unit of the file for measures that have none of their own.
    pub(super) fn finish(
        self,
        targets: &[Target],
        interners: &[Interner],
        unit: &str,
        files: &[SourceFile],
    ) -> Rows {
        let mut columns = Vec::new();
        let mut origins = Origins { files: files.to_vec(), ..Origins::default() };
        let mut marks = Marks::new();
        let parts = self.cells.into_iter().zip(self.origins).zip(self.marks);
        for (at, ((cells, places), marked)) in parts.enumerate() {
            let target = &targets[at];
            let values = match cells {
                Cells::Text(texts) => Values::Text(
                    texts.iter().map(|&text| interners[at].text(text).cloned()).collect(),
                ),
                Cells::Integer(values) => Values::Integer(values),
                Cells::Number(values) => Values::Number(values),
            };
            let from_file = target.unit.is_empty() && target.kind == Kind::Number;
            let unit = if from_file { unit } else { &target.unit };
            if !target.is_key {
                origins.cells.insert(target.name.clone(), places);
            }
            if !marked.is_empty() {
                marks.insert(target.name.clone(), marked);
            }
            columns.push(Column::new(&target.name, unit, values));
        }
        // Targets are distinct and every store grew by one per row.
        Rows { frame: Frame::new(columns).unwrap_or_default(), origins, marks }
    }
}
