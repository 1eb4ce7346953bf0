//! Whether two stretches of border meet, decided exactly on their coordinates.

use geo::Coord;
use geo::kernels::{Kernel, Orientation, RobustKernel};

use super::edges::{Chunk, Edges};

/// Whether an edge of `one`, moved by `shift` degrees of longitude, has a point in common with one
/// of `other`.
pub(crate) fn touch(edges: &Edges, one: &Chunk, other: &Chunk, shift: f64) -> bool {
    any(edges, one, other, shift, |(a, b), (c, d)| {
        let (c_side, d_side) = (turn(a, b, c), turn(a, b, d));
        if c_side == d_side && c_side != Orientation::Collinear {
            return false;
        }
        let (a_side, b_side) = (turn(c, d, a), turn(c, d, b));
        // On one line they meet, for their boxes do.
        a_side != b_side || a_side == Orientation::Collinear
    })
}

/// Whether an edge of `one`, moved likewise, runs along one of `other` over more than a point.
pub(crate) fn run_together(edges: &Edges, one: &Chunk, other: &Chunk, shift: f64) -> bool {
    any(edges, one, other, shift, |(a, b), (c, d)| {
        let on_line = |point| turn(a, b, point) == Orientation::Collinear;
        on_line(c) && on_line(d) && {
            let along = |axis: usize| {
                let low = a[axis].min(b[axis]).max(c[axis].min(d[axis]));
                low < a[axis].max(b[axis]).min(c[axis].max(d[axis]))
            };
            along(0) || along(1)
        }
    })
}

type Edge = ([f64; 2], [f64; 2]);

/// Whether `meets` holds of two edges whose boxes meet.
fn any(
    edges: &Edges,
    one: &Chunk,
    other: &Chunk,
    shift: f64,
    meets: impl Fn(Edge, Edge) -> bool,
) -> bool {
    (one.start..one.end).any(|place| {
        let (a, b) = edges.edge(place, shift);
        let low = [a[0].min(b[0]), a[1].min(b[1])];
        let high = [a[0].max(b[0]), a[1].max(b[1])];
        let apart = |p: [f64; 2], q: [f64; 2]| {
            p[0].max(q[0]) < low[0]
                || p[0].min(q[0]) > high[0]
                || p[1].max(q[1]) < low[1]
                || p[1].min(q[1]) > high[1]
        };
        if apart(other.low, other.high) {
            return false;
        }
        (other.start..other.end).any(|place| {
            let (c, d) = edges.edge(place, 0.0);
            !apart(c, d) && meets((a, b), (c, d))
        })
    })
}

fn turn(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> Orientation {
    let coord = |[x, y]: [f64; 2]| Coord { x, y };
    RobustKernel::orient2d(coord(a), coord(b), coord(c))
}
