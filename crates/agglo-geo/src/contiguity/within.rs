//! Whether two stretches of border come near each other, and over which length.
//!
//! Lengths are measured in the plane that touches the WGS 84 ellipsoid in the middle of the latitudes
//! that the two edges compared have in common.

use rayon::prelude::*;

use super::edges::{Chunk, Edges};
use super::{Near, Pair, pair};

/// How many times the tolerance two borders must run together to have more than a point in common.
const STRETCH: f64 = 4.0;

/// Least meters in a degree of latitude on WGS 84.
const METERS_PER_DEGREE: f64 = 110_574.0;

/// Degrees of longitude and latitude beyond which nothing is within `tolerance_m` of a chunk.
pub(crate) fn pad(chunk: &Chunk, tolerance_m: f64) -> [f64; 2] {
    let latitude = tolerance_m / METERS_PER_DEGREE;
    let farthest = (chunk.low[1].abs().max(chunk.high[1].abs()) + latitude).min(90.0);
    let cosine = farthest.to_radians().cos();
    let longitude = if tolerance_m == 0.0 { 0.0 } else { (latitude / cosine).min(180.0) };
    [longitude, latitude]
}

type Point = [f64; 2];
type Edge = (Point, Point);

/// Meters in a degree of longitude and of latitude at a latitude.
fn scale(latitude: f64) -> [f64; 2] {
    const AXIS: f64 = 6_378_137.0;
    const ECCENTRICITY_SQUARED: f64 = 0.006_694_379_990_141_317;
    let (sine, cosine) = latitude.to_radians().sin_cos();
    let root = (1.0 - ECCENTRICITY_SQUARED * sine * sine).sqrt();
    let degree = 1.0_f64.to_radians();
    let meridian = AXIS * (1.0 - ECCENTRICITY_SQUARED) / (root * root * root);
    [AXIS / root * cosine * degree, meridian * degree]
}

/// Two edges in meters about the start of the first one.
fn in_meters(one: Edge, other: Edge) -> (Edge, Edge) {
    let south = one.0[1].min(one.1[1]).max(other.0[1].min(other.1[1]));
    let north = one.0[1].max(one.1[1]).min(other.0[1].max(other.1[1]));
    let [x, y] = scale(f64::midpoint(south, north));
    let origin = one.0;
    let placed = |p: Point| [(p[0] - origin[0]) * x, (p[1] - origin[1]) * y];
    ((placed(one.0), placed(one.1)), (placed(other.0), placed(other.1)))
}

/// Gives `each` the edges of two chunks whose boxes, one of them widened, meet, until it says true.
fn any(
    edges: &Edges,
    one: &Chunk,
    other: &Chunk,
    shift: f64,
    tolerance_m: f64,
    mut each: impl FnMut(u32, (Edge, Edge)) -> bool,
) -> bool {
    let pad = pad(one, tolerance_m);
    (one.start..one.end).any(|place| {
        let (a, b) = edges.edge(place, shift);
        let low = [a[0].min(b[0]) - pad[0], a[1].min(b[1]) - pad[1]];
        let high = [a[0].max(b[0]) + pad[0], a[1].max(b[1]) + pad[1]];
        let apart = |p: Point, q: Point| {
            p[0].max(q[0]) < low[0]
                || p[0].min(q[0]) > high[0]
                || p[1].max(q[1]) < low[1]
                || p[1].min(q[1]) > high[1]
        };
        if apart(other.low, other.high) {
            return false;
        }
        (other.start..other.end).any(|beside| {
            let (c, d) = edges.edge(beside, 0.0);
            !apart(c, d) && each(place, in_meters((a, b), (c, d)))
        })
    })
}

/// Whether two chunks come within `tolerance_m` meters of each other.
pub(crate) fn near(
    edges: &Edges,
    one: &Chunk,
    other: &Chunk,
    shift: f64,
    tolerance_m: f64,
) -> bool {
    any(edges, one, other, shift, tolerance_m, |_, (one, other)| {
        stretch(one, other, tolerance_m).is_some()
    })
}

/// A part of an edge of a chunk that runs along the border of another area.
#[derive(Clone, Copy)]
struct Stretch {
    area: u32,
    edge: u32,
    from_m: f64,
    to_m: f64,
}

/// How far a chunk of the border of one of a pair of areas runs along the border of the other.
struct Along {
    pair: Pair,
    /// Whether the chunk is of the pair's first area.
    of_first: bool,
    length_m: f64,
}

/// Pairs of areas whose borders run within `tolerance_m` meters of each other for long enough.
pub(crate) fn common_borders(edges: &Edges, chunks: &[Chunk], tolerance_m: f64) -> Vec<Pair> {
    let near = Near::new(chunks, tolerance_m);
    let each = |stretches: &mut Vec<Stretch>, chunk: &Chunk| {
        stretches.clear();
        near.each(chunk, |other, shift| {
            any(edges, chunk, other, shift, tolerance_m, |edge, (one, two)| {
                let found = stretch(one, two, tolerance_m);
                let area = other.area;
                stretches.extend(found.map(|[from_m, to_m]| Stretch { area, edge, from_m, to_m }));
                false
            });
        });
        stretches.sort_unstable_by(|one, other| {
            (one.area, one.edge)
                .cmp(&(other.area, other.edge))
                .then(one.from_m.total_cmp(&other.from_m))
        });
        let along = |side: &[Stretch]| Along {
            pair: pair(chunk.area, side[0].area),
            of_first: chunk.area < side[0].area,
            length_m: covered_m(side),
        };
        stretches.chunk_by(|one, other| one.area == other.area).map(along).collect::<Vec<_>>()
    };
    let mut sides: Vec<Along> = chunks.par_iter().map_init(Vec::new, each).flatten_iter().collect();
    // A stable sort: lengths are added in the order of the chunks.
    sides.par_sort_by_key(|side| side.pair);
    let enough = |both: &[Along], first: bool| {
        let side = both.iter().filter(|side| side.of_first == first);
        side.map(|side| side.length_m).sum::<f64>() > STRETCH * tolerance_m
    };
    sides
        .chunk_by(|one, other| one.pair == other.pair)
        .filter(|both| enough(both, true) && enough(both, false))
        .map(|both| both[0].pair)
        .collect()
}

/// Meters covered by stretches in the order of their edges and starts; what overlaps counts once.
fn covered_m(stretches: &[Stretch]) -> f64 {
    let mut total = 0.0;
    let (mut edge, mut covered_to) = (u32::MAX, 0.0_f64);
    for stretch in stretches {
        if stretch.edge != edge {
            (edge, covered_to) = (stretch.edge, 0.0);
        }
        total += (stretch.to_m - covered_to.max(stretch.from_m)).max(0.0);
        covered_to = covered_to.max(stretch.to_m);
    }
    total
}

fn minus(p: Point, q: Point) -> Point {
    [p[0] - q[0], p[1] - q[1]]
}

fn dot(p: Point, q: Point) -> f64 {
    p[0] * q[0] + p[1] * q[1]
}

/// The part of edge `one` that lies within `reach` of edge `other`, from its start and in the unit
/// of the coordinates; `None` where there is none.
///
/// What lies within reach of an edge is two discs and the rectangle between them, a convex shape;
/// so the part is in one piece, from the least to the greatest place in any of the three.
fn stretch(one: Edge, other: Edge, reach: f64) -> Option<[f64; 2]> {
    let way = minus(one.1, one.0);
    let length = dot(way, way).sqrt();
    let way = way.map(|part| part / length);
    let mut found = [f64::INFINITY, f64::NEG_INFINITY];
    let mut extend = |[from, to]: [f64; 2]| {
        let (from, to) = (from.max(0.0), to.min(length));
        if from <= to {
            found = [found[0].min(from), found[1].max(to)];
        }
    };
    for center in [other.0, other.1] {
        let to_start = minus(one.0, center);
        let along = dot(to_start, way);
        let half = along * along - dot(to_start, to_start) + reach * reach;
        if half >= 0.0 {
            extend([-along - half.sqrt(), -along + half.sqrt()]);
        }
    }
    let axis = minus(other.1, other.0);
    let other_length = dot(axis, axis).sqrt();
    let axis = axis.map(|part| part / other_length);
    let start = minus(one.0, other.0);
    let across = [-axis[1], axis[0]];
    let mut inside = [0.0, length];
    clip(&mut inside, dot(start, axis), dot(way, axis), [0.0, other_length]);
    clip(&mut inside, dot(start, across), dot(way, across), [-reach, reach]);
    extend(inside);
    (found[0] <= found[1]).then_some(found)
}

/// Cuts `inside` down to where `start + s · slope` lies between the bounds.
fn clip(inside: &mut [f64; 2], start: f64, slope: f64, [low, high]: [f64; 2]) {
    if slope == 0.0 {
        if start < low || start > high {
            *inside = [f64::INFINITY, f64::NEG_INFINITY];
        }
        return;
    }
    let (p, q) = ((low - start) / slope, (high - start) / slope);
    *inside = [inside[0].max(p.min(q)), inside[1].min(p.max(q))];
}
