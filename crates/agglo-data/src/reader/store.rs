//! The columns that rows are put into: once for the parts of a source, once for its totals.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use agglo_core::{Column, Datum, Frame, Mark, Values};

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
#[derive(Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(4) {
            let mut word = [0; 4];
            word[..part.len()].copy_from_slice(part);
            self.write_u32(u32::from_le_bytes(word));
        }
    }

    fn write_u32(&mut self, part: u32) {
        self.0 = (self.0.rotate_left(5) ^ u64::from(part)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write_usize(&mut self, part: usize) {
        self.write_u32(part as u32);
    }
}

/// File and row that gave a key.
pub(super) type Place = (u16, u32);

/// The rows so far, column by column.
pub(super) struct Store {
    cells: Vec<Cells>,
    /// One list per target; empty for keys.
    origins: Vec<Vec<Origin>>,
    marks: Vec<BTreeMap<u32, Mark>>,
    /// The place that gave a key and its row here; `None` where rows may repeat.
    seen: Option<HashMap<[u32; MAX_KEYS], (Place, u32), BuildHasherDefault<KeyHasher>>>,
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
            seen: (!repeats).then(HashMap::default),
            n_rows: 0,
        }
    }

    /// Where `key` was given before.
    pub(super) fn given(&self, key: &[u32; MAX_KEYS]) -> Option<Place> {
        self.seen.as_ref()?.get(key).map(|(place, _)| *place)
    }

    /// Whether the row of `key` that was given before says the same as `staged`.
    pub(super) fn says_the_same(&self, key: &[u32; MAX_KEYS], staged: &[Staged]) -> bool {
        let Some(&(_, row)) = self.seen.as_ref().and_then(|seen| seen.get(key)) else {
            return false;
        };
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
        key: [u32; MAX_KEYS],
        place: Place,
        origin: impl Fn(usize) -> Origin,
    ) {
        if let Some(seen) = &mut self.seen {
            seen.insert(key, (place, self.n_rows));
        }
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
