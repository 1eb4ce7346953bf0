//! The borders of all areas as one list of edges, and what their corners have in common.

use rayon::prelude::*;

use super::{Pair, pair};
use crate::area::Area;

/// Edges of a chunk at most: few enough to compare all with all, many enough to find chunks fast.
const CHUNK: usize = 16;

/// The edges of all rings, ring by ring; none has length zero.
pub(crate) struct Edges {
    /// Where an edge starts: longitude above −180 to 180, latitude.
    from: Vec<[f64; 2]>,
    /// Where it ends; beyond ±180 where it crosses that meridian.
    to: Vec<[f64; 2]>,
    area: Vec<u32>,
    /// Where each ring starts in the list.
    rings: Vec<u32>,
}

/// Edges that follow each other, with the box around them.
pub(crate) struct Chunk {
    pub(crate) area: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) low: [f64; 2],
    pub(crate) high: [f64; 2],
}

fn longitude(x: f64) -> f64 {
    // Adding zero turns −0 into 0.
    if x > 180.0 {
        x - 360.0
    } else if x <= -180.0 {
        x + 360.0
    } else {
        x + 0.0
    }
}

impl Edges {
    pub(crate) fn of(areas: &[Area]) -> Edges {
        let mut edges =
            Edges { from: Vec::new(), to: Vec::new(), area: Vec::new(), rings: Vec::new() };
        for (place, area) in areas.iter().enumerate() {
            for polygon in &area.shape.0 {
                for line in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                    let start = edges.from.len();
                    edges.ring(line, place as u32);
                    if edges.from.len() > start {
                        edges.rings.push(start as u32);
                    }
                }
            }
        }
        edges
    }

    fn ring(&mut self, line: &geo::LineString<f64>, area: u32) {
        let mut corners = line.coords().map(|point| [longitude(point.x), point.y + 0.0]);
        let Some(mut from) = corners.next() else { return };
        for corner in corners {
            // All of a parallel at 90° is the pole.
            if corner == from || (corner[1] == from[1] && corner[1].abs() == 90.0) {
                from = corner;
                continue;
            }
            let across = corner[0] - from[0];
            let turn = if across > 180.0 {
                -360.0
            } else if across < -180.0 {
                360.0
            } else {
                0.0
            };
            self.from.push(from);
            self.to.push([corner[0] + turn, corner[1]]);
            self.area.push(area);
            from = corner;
        }
    }

    /// Ends of an edge, moved by `shift` degrees of longitude.
    pub(crate) fn edge(&self, place: u32, shift: f64) -> ([f64; 2], [f64; 2]) {
        let (from, to) = (self.from[place as usize], self.to[place as usize]);
        ([from[0] + shift, from[1]], [to[0] + shift, to[1]])
    }

    pub(crate) fn chunks(&self) -> Vec<Chunk> {
        let n = self.from.len();
        let mut chunks: Vec<Chunk> = Vec::with_capacity(n / 4);
        let mut rings = self.rings.iter().copied().peekable();
        for place in 0..n {
            let starts = rings.next_if_eq(&(place as u32)).is_some();
            let (from, to) = (self.from[place], self.to[place]);
            let low = [from[0].min(to[0]), from[1].min(to[1])];
            let high = [from[0].max(to[0]), from[1].max(to[1])];
            if let Some(last) = chunks.last_mut()
                && !starts
                && place - (last.start as usize) < CHUNK
                && self.to[place - 1] == from
            {
                last.end = place as u32 + 1;
                for axis in 0..2 {
                    last.low[axis] = last.low[axis].min(low[axis]);
                    last.high[axis] = last.high[axis].max(high[axis]);
                }
            } else {
                let (start, end) = (place as u32, place as u32 + 1);
                chunks.push(Chunk { area: self.area[place], start, end, low, high });
            }
        }
        chunks
    }

    /// Edges by the corner that they start from, equal corners beside each other.
    fn by_corner(&self) -> Vec<(u64, u32)> {
        let mut corners: Vec<(u64, u32)> = self
            .from
            .par_iter()
            .enumerate()
            .map(|(place, &corner)| (mixed(bits(corner)), place as u32))
            .collect();
        corners.par_sort_unstable_by(|one, other| {
            let exact = |place: u32| bits(self.from[place as usize]);
            one.0.cmp(&other.0).then_with(|| exact(one.1).cmp(&exact(other.1)))
        });
        corners
    }

    fn same_corner(&self, one: (u64, u32), other: (u64, u32)) -> bool {
        let exact = |place: u32| bits(self.from[place as usize]);
        one.0 == other.0 && exact(one.1) == exact(other.1)
    }

    /// Pairs of areas that have a corner in common, in any order and some of them several times.
    pub(crate) fn with_common_corner(&self) -> Vec<Pair> {
        let corners = self.by_corner();
        let mut pairs = Vec::new();
        for group in corners.chunk_by(|&one, &other| self.same_corner(one, other)) {
            all_pairs(group.iter().map(|&(_, place)| self.area[place as usize]), &mut pairs);
        }
        pairs
    }

    /// Pairs of areas that have an edge in common, in any order and some of them several times.
    pub(crate) fn with_common_edge(&self) -> Vec<Pair> {
        let corners = self.by_corner();
        let mut names = vec![0_u32; self.from.len()];
        let groups = corners.chunk_by(|&one, &other| self.same_corner(one, other));
        for (name, group) in groups.enumerate() {
            for &(_, place) in group {
                names[place as usize] = name as u32;
            }
        }
        let mut ends = names.clone();
        ends.rotate_left(1.min(names.len()));
        let rings = self.rings.iter().map(|&ring| ring as usize);
        let after = rings.clone().skip(1).chain([names.len()]);
        for (start, end) in rings.zip(after) {
            ends[end - 1] = names[start];
        }
        let mut edges: Vec<(u64, u32)> = names
            .par_iter()
            .zip(&ends)
            .zip(&self.area)
            .map(|((&from, &to), &area)| (pair(from, to), area))
            .collect();
        edges.par_sort_unstable();
        let mut pairs = Vec::new();
        for group in edges.chunk_by(|one, other| one.0 == other.0) {
            all_pairs(group.iter().map(|&(_, area)| area), &mut pairs);
        }
        pairs
    }
}

/// All longitudes are one at a pole.
fn bits(corner: [f64; 2]) -> (u64, u64) {
    let x = if corner[1].abs() == 90.0 { 0.0 } else { corner[0] };
    (f64::to_bits(x), corner[1].to_bits())
}

fn mixed((x, y): (u64, u64)) -> u64 {
    // Multiplication by odd numbers and rotation spread neighboring coordinates over all bits;
    // equal results are told apart by the coordinates themselves.
    let one = (x ^ y.rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (one ^ (one >> 29) ^ y).wrapping_mul(0xBF58_476D_1CE4_E5B9)
}

fn all_pairs(areas: impl Iterator<Item = u32> + Clone, pairs: &mut Vec<Pair>) {
    let mut rest = areas;
    while let Some(one) = rest.next() {
        pairs.extend(rest.clone().filter(|&other| other != one).map(|other| pair(one, other)));
    }
}
