//! Whether the edges of some rings meet where they should not.
//!
//! Edges are sorted along the longer side of their box and compared with those that start before
//! they end: O(n log n) for usual borders, O(n²) at worst, and given up beyond a limit.

use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::{Coord, LineString};

/// How edges meet, the gravest first found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Contact {
    /// Nowhere but at the ends of neighbors along a ring.
    Apart,
    /// At a point or along a stretch, without crossing.
    Touch,
    /// Two edges cross.
    Cross,
    /// More comparisons would be needed than are made.
    Unchecked,
}

/// Comparisons before a shape is left unchecked: about a second.
const MAX_COMPARISONS: u64 = 200_000_000;

struct Edge {
    a: Coord<f64>,
    b: Coord<f64>,
    ring: usize,
    place: usize,
    from: f64,
    to: f64,
}

/// The gravest contact between the edges of `rings`, each closed.
pub(crate) fn contact<'a>(rings: impl Iterator<Item = &'a LineString<f64>> + Clone) -> Contact {
    let mut low = [f64::INFINITY; 2];
    let mut high = [f64::NEG_INFINITY; 2];
    for point in rings.clone().flat_map(LineString::coords) {
        low = [low[0].min(point.x), low[1].min(point.y)];
        high = [high[0].max(point.x), high[1].max(point.y)];
    }
    let along_x = high[0] - low[0] >= high[1] - low[1];
    let lengths: Vec<usize> = rings.clone().map(|ring| ring.0.len().saturating_sub(1)).collect();
    let mut edges: Vec<Edge> = rings
        .enumerate()
        .flat_map(|(ring, line)| {
            line.lines().enumerate().map(move |(place, line)| {
                let (p, q) =
                    if along_x { (line.start.x, line.end.x) } else { (line.start.y, line.end.y) };
                Edge { a: line.start, b: line.end, ring, place, from: p.min(q), to: p.max(q) }
            })
        })
        .collect();
    edges.sort_by(|one, other| one.from.total_cmp(&other.from));
    let mut worst = Contact::Apart;
    let mut comparisons = 0_u64;
    for (at, edge) in edges.iter().enumerate() {
        for other in &edges[at + 1..] {
            if other.from > edge.to {
                break;
            }
            comparisons += 1;
            let across = |edge: &Edge| {
                let (p, q) = if along_x { (edge.a.y, edge.b.y) } else { (edge.a.x, edge.b.x) };
                (p.min(q), p.max(q))
            };
            let (one, two) = (across(edge), across(other));
            if one.0 > two.1 || two.0 > one.1 {
                continue;
            }
            worst = worst.max(meeting(edge, other, lengths[edge.ring]));
            if worst == Contact::Cross {
                return worst;
            }
        }
        if comparisons > MAX_COMPARISONS {
            return Contact::Unchecked;
        }
    }
    worst
}

fn meeting(one: &Edge, two: &Edge, length: usize) -> Contact {
    let (a, b, c, d) = (one.a, one.b, two.a, two.b);
    let turn = |p, q, r| RobustKernel::orient2d(p, q, r);
    let neighbors = one.ring == two.ring
        && ((one.place + 1) % length == two.place || (two.place + 1) % length == one.place);
    if neighbors {
        let (shared, before, after) = if b == c {
            (b, a, d)
        } else if a == d {
            (a, c, b)
        } else {
            return Contact::Touch;
        };
        let back = (before.x - shared.x) * (after.x - shared.x)
            + (before.y - shared.y) * (after.y - shared.y)
            > 0.0;
        let spike = back && turn(before, shared, after) == Orientation::Collinear;
        return if spike { Contact::Touch } else { Contact::Apart };
    }
    let sides = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)];
    let opposite = |p: Orientation, q: Orientation| {
        matches!(
            (p, q),
            (Orientation::Clockwise, Orientation::CounterClockwise)
                | (Orientation::CounterClockwise, Orientation::Clockwise)
        )
    };
    if opposite(sides[0], sides[1]) && opposite(sides[2], sides[3]) {
        return Contact::Cross;
    }
    let within = |p: Coord<f64>, q: Coord<f64>, r: Coord<f64>| {
        r.x >= p.x.min(q.x) && r.x <= p.x.max(q.x) && r.y >= p.y.min(q.y) && r.y <= p.y.max(q.y)
    };
    let on = |side: Orientation, p, q, r| side == Orientation::Collinear && within(p, q, r);
    let touch = on(sides[0], a, b, c)
        || on(sides[1], a, b, d)
        || on(sides[2], c, d, a)
        || on(sides[3], c, d, b);
    if touch { Contact::Touch } else { Contact::Apart }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rings: &[&[(f64, f64)]]) -> Contact {
        let rings: Vec<LineString<f64>> =
            rings.iter().map(|ring| LineString::from(ring.to_vec())).collect();
        contact(rings.iter())
    }

    #[test]
    fn simple_rings_are_apart_and_others_are_not() {
        let square = &[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0)][..];
        assert_eq!(check(&[square]), Contact::Apart);
        let triangle = &[(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)][..];
        assert_eq!(check(&[triangle]), Contact::Apart);
        let bow = &[(0.0, 0.0), (4.0, 4.0), (4.0, 0.0), (0.0, 4.0), (0.0, 0.0)][..];
        assert_eq!(check(&[bow]), Contact::Cross);
        let hole = &[(1.0, 1.0), (1.0, 2.0), (2.0, 2.0), (1.0, 1.0)][..];
        assert_eq!(check(&[square, hole]), Contact::Apart);
        let at_border = &[(0.0, 1.0), (1.0, 2.0), (2.0, 2.0), (0.0, 1.0)][..];
        assert_eq!(check(&[square, at_border]), Contact::Touch);
        let beside = &[(4.0, 0.0), (6.0, 0.0), (6.0, 4.0), (4.0, 4.0), (4.0, 0.0)][..];
        assert_eq!(check(&[square, beside]), Contact::Touch);
        let spike = &[(0.0, 0.0), (4.0, 0.0), (9.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 0.0)][..];
        assert_eq!(check(&[spike]), Contact::Touch);
    }
}
