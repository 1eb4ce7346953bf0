//! Which areas border each other: queen and rook contiguity of any boundaries.
//!
//! | rule  | tolerance 0: two areas are neighbors when           | tolerance t > 0: when              |
//! |-------|-----------------------------------------------------|------------------------------------|
//! | queen | their borders have a point in common                | their borders come within t meters |
//! | rook  | their borders run together over more than a point   | they run within t meters of each other over more than 4t meters, measured along either |
//!
//! At tolerance 0 everything is decided exactly on the coordinates of the file: common corners, a
//! corner on another area's edge, edges that overlap in part, edges that cross. On coverages whose
//! corners all match, this is what packages call queen and rook that compare corners and edges.
//!
//! A border that runs within t of a corner does so over t on either side at a right angle, and over
//! 2t where it leaves at 30°; hence 4t before a stretch counts as a common border.
//!
//! Longitudes go around: 180 and −180 are one meridian, and all longitudes one point at a pole.
//! An area that lies inside another one without meeting its border is no neighbor of it.
//!
//! Cost: O(n log n) in the corners for usual borders, on all threads of the machine; the answer does
//! not depend on their number.

mod edges;
mod meeting;
mod within;

#[cfg(test)]
mod tests;

use agglo_core::{Axis, Weights};
use rayon::prelude::*;
use rstar::{AABB, RTree, RTreeObject};

use crate::area::Area;
use edges::{Chunk, Edges};

/// When two areas are neighbors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contiguity {
    /// A common point is enough.
    Queen,
    /// A common stretch of border.
    Rook,
}

/// How far apart two borders may lie and still be one.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Tolerance(f64);

impl Tolerance {
    /// Coordinates as they are.
    pub const EXACT: Tolerance = Tolerance(0.0);

    /// The largest: lengths are measured in a plane that touches the Earth, which is true to a
    /// hundredth over this distance up to 80° of latitude.
    pub const MAX_M: f64 = 10_000.0;

    /// `meters` from 0 to [`Tolerance::MAX_M`]; `None` for anything else.
    pub fn meters(meters: f64) -> Option<Tolerance> {
        (0.0..=Tolerance::MAX_M).contains(&meters).then_some(Tolerance(meters))
    }

    /// In meters.
    pub const fn in_meters(self) -> f64 {
        self.0
    }
}

/// The neighbors of every area, each with the weight 1; areas of one code count as one.
pub fn contiguity(areas: &[Area], rule: Contiguity, tolerance: Tolerance) -> Weights {
    let axis = Axis::new(areas.iter().map(|area| area.code.clone()));
    let places: Vec<u32> =
        areas.iter().map(|area| axis.place(&area.code).unwrap_or_default() as u32).collect();
    let pairs = pairs(areas, rule, tolerance);
    let placed = pairs.iter().map(|&pair| (places[first(pair)], places[second(pair)]));
    Weights::from_pairs(axis, placed)
}

/// An unordered pair of areas, the smaller place in the upper half.
pub(crate) type Pair = u64;

pub(crate) const fn pair(one: u32, other: u32) -> Pair {
    let (low, high) = if one < other { (one, other) } else { (other, one) };
    (low as u64) << 32 | high as u64
}

const fn first(pair: Pair) -> usize {
    (pair >> 32) as usize
}

const fn second(pair: Pair) -> usize {
    (pair & 0xFFFF_FFFF) as usize
}

fn pairs(areas: &[Area], rule: Contiguity, tolerance: Tolerance) -> Vec<Pair> {
    let edges = Edges::of(areas);
    let known = Known::new(
        areas.len(),
        match rule {
            Contiguity::Queen => edges.with_common_corner(),
            Contiguity::Rook if tolerance == Tolerance::EXACT => edges.with_common_edge(),
            Contiguity::Rook => Vec::new(),
        },
    );
    let chunks = edges.chunks();
    let found = match (rule, tolerance) {
        (Contiguity::Queen, Tolerance::EXACT) => {
            beside(&chunks, &known, 0.0, |c, d, shift| meeting::touch(&edges, c, d, shift))
        }
        (Contiguity::Rook, Tolerance::EXACT) => {
            beside(&chunks, &known, 0.0, |c, d, shift| meeting::run_together(&edges, c, d, shift))
        }
        (Contiguity::Queen, Tolerance(t)) => {
            beside(&chunks, &known, t, |c, d, shift| within::near(&edges, c, d, shift, t))
        }
        (Contiguity::Rook, Tolerance(t)) => within::common_borders(&edges, &chunks, t),
    };
    known.and(found)
}

/// Pairs that need no further look.
struct Known {
    pairs: Vec<Pair>,
    starts: Vec<usize>,
}

impl Known {
    fn new(n_areas: usize, mut pairs: Vec<Pair>) -> Known {
        pairs.par_sort_unstable();
        pairs.dedup();
        let mut starts = Vec::with_capacity(n_areas + 1);
        for (at, &pair) in pairs.iter().enumerate() {
            while starts.len() <= first(pair) {
                starts.push(at);
            }
        }
        starts.resize(n_areas + 1, pairs.len());
        Known { pairs, starts }
    }

    fn has(&self, pair: Pair) -> bool {
        let row = &self.pairs[self.starts[first(pair)]..self.starts[first(pair) + 1]];
        row.binary_search(&pair).is_ok()
    }

    fn and(mut self, mut more: Vec<Pair>) -> Vec<Pair> {
        more.par_sort_unstable();
        more.dedup();
        self.pairs.append(&mut more);
        self.pairs
    }
}

struct Entry {
    bounds: AABB<[f64; 2]>,
    chunk: u32,
}

impl RTreeObject for Entry {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        self.bounds
    }
}

/// Chunks of borders, found by where they are.
pub(crate) struct Near<'a> {
    chunks: &'a [Chunk],
    tree: RTree<Entry>,
    west: f64,
    east: f64,
    tolerance_m: f64,
}

impl<'a> Near<'a> {
    pub(crate) fn new(chunks: &'a [Chunk], tolerance_m: f64) -> Near<'a> {
        let entry = |(place, chunk): (usize, &Chunk)| Entry {
            bounds: AABB::from_corners(chunk.low, chunk.high),
            chunk: place as u32,
        };
        let tree = RTree::bulk_load(chunks.iter().enumerate().map(entry).collect());
        let west = chunks.iter().map(|chunk| chunk.low[0]).fold(f64::INFINITY, f64::min);
        let east = chunks.iter().map(|chunk| chunk.high[0]).fold(f64::NEG_INFINITY, f64::max);
        Near { chunks, tree, west, east, tolerance_m }
    }

    /// Gives `each` the chunks of other areas that may come within the tolerance of `chunk`, and by
    /// how many degrees of longitude `chunk` must be moved to lie beside them.
    pub(crate) fn each(&self, chunk: &Chunk, mut each: impl FnMut(&Chunk, f64)) {
        let pad = within::pad(chunk, self.tolerance_m);
        for shift in [0.0, -360.0, 360.0] {
            let low = [chunk.low[0] + shift - pad[0], chunk.low[1] - pad[1]];
            let high = [chunk.high[0] + shift + pad[0], chunk.high[1] + pad[1]];
            if shift != 0.0 && (low[0] > self.east || high[0] < self.west) {
                continue;
            }
            let bounds = AABB::from_corners(low, high);
            for entry in self.tree.locate_in_envelope_intersecting(&bounds) {
                let other = &self.chunks[entry.chunk as usize];
                if other.area != chunk.area {
                    each(other, shift);
                }
            }
        }
    }
}

/// Pairs that are not known and for which `meets` holds of some of their chunks.
fn beside(
    chunks: &[Chunk],
    known: &Known,
    tolerance_m: f64,
    meets: impl Fn(&Chunk, &Chunk, f64) -> bool + Sync,
) -> Vec<Pair> {
    let near = Near::new(chunks, tolerance_m);
    let each = |chunk: &Chunk| {
        let mut found = Vec::new();
        near.each(chunk, |other, shift| {
            let pair = pair(chunk.area, other.area);
            let first = chunk.area < other.area;
            if first && !known.has(pair) && !found.contains(&pair) && meets(chunk, other, shift) {
                found.push(pair);
            }
        });
        found
    };
    chunks.par_iter().flat_map_iter(each).collect()
}
