//! Weights from groups and from other weights.
//!
//! Source: libpysal 4.14 `block_weights`, `higher_order`, `w_union`, `w_intersection`; steps as in
//! Anselin and Smirnov (1996), Journal of Regional Science 36(1), 67–89: no path goes back.

use std::collections::BTreeMap;
use std::sync::Arc;

use agglo_core::{Axis, Weights};
use rayon::prelude::*;

/// All other regions of the same group, each with the weight 1; `groups` in the order of the axis, and
/// a region without a group has no neighbor.
///
/// # Panics
/// When there is not one entry per region.
pub fn block<G: Ord>(axis: impl Into<Arc<Axis>>, groups: &[Option<G>]) -> Weights {
    let axis = axis.into();
    assert_eq!(groups.len(), axis.len(), "one group per region");
    let mut members: BTreeMap<&G, Vec<u32>> = BTreeMap::new();
    for (region, group) in groups.iter().enumerate() {
        if let Some(group) = group {
            members.entry(group).or_default().push(region as u32);
        }
    }
    let others = |&region: &u32, all: &[u32]| -> Vec<(u32, u32, f64)> {
        let others = all.iter().filter(|&&other| other != region);
        others.map(|&other| (region, other, 1.0)).collect()
    };
    let edges = members.values().flat_map(|all| all.iter().flat_map(|one| others(one, all)));
    super::placed(&axis, edges.collect())
}

/// Whether neighbors of a lower order count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LowerOrders {
    /// Exactly `order` steps away.
    Without,
    /// At most `order` steps away.
    With,
}

/// The regions `order` steps away and no fewer, each with the weight 1; a region is no neighbor of
/// itself. Order 0 has no neighbors.
pub fn higher_order(weights: &Weights, order: usize, lower: LowerOrders) -> Weights {
    let n = weights.len();
    let row = |seen: &mut Vec<u32>, region: usize| {
        // Marks of an earlier region differ from this one's, so that nothing need be wiped.
        let mark = region as u32 + 1;
        seen[region] = mark;
        let mut reached = vec![region as u32];
        let mut ring = 0..1;
        for step in 1..=order {
            let next = reached.len();
            for at in ring.clone() {
                for &neighbor in weights.neighbors(reached[at] as usize) {
                    if std::mem::replace(&mut seen[neighbor as usize], mark) != mark {
                        reached.push(neighbor);
                    }
                }
            }
            ring = next..reached.len();
            if ring.is_empty() && step < order {
                break;
            }
        }
        let first = if lower == LowerOrders::With { 1 } else { ring.start.max(1) };
        let found = reached.split_off(first.min(reached.len()));
        found.into_iter().map(move |other| (region as u32, other, 1.0)).collect::<Vec<_>>()
    };
    let edges: Vec<Vec<(u32, u32, f64)>> =
        (0..n).into_par_iter().map_init(|| vec![0; n], row).collect();
    super::placed(weights.axis(), edges.concat())
}

/// The same neighbors, each with the weight 1.
pub fn binary(weights: &Weights) -> Weights {
    let edges = weights.edges().map(|(from, to, _)| (from, to, 1.0)).collect();
    super::placed(weights.axis(), edges)
}

/// Neighbors in `one` or in `other`, with the greater of the two weights.
///
/// # Panics
/// When they are not of the same regions.
pub fn union(one: &Weights, other: &Weights) -> Weights {
    merged(one, other, |first, second| match (first, second) {
        (Some(first), Some(second)) => Some(first.max(second)),
        (weight, None) | (None, weight) => weight,
    })
}

/// Neighbors in `one` and in `other`, with the smaller of the two weights.
///
/// # Panics
/// When they are not of the same regions.
pub fn intersection(one: &Weights, other: &Weights) -> Weights {
    merged(one, other, |first, second| Some(first?.min(second?)))
}

fn merged(
    one: &Weights,
    other: &Weights,
    weight: impl Fn(Option<f64>, Option<f64>) -> Option<f64>,
) -> Weights {
    assert_eq!(one.axis(), other.axis(), "weights of the same regions");
    let mut edges = Vec::with_capacity(one.n_edges());
    for region in 0..one.len() {
        let (mut first, mut second) = (one.row(region).peekable(), other.row(region).peekable());
        // Both rows are in order; each neighbor of either is met once.
        while let Some(to) = [first.peek(), second.peek()].into_iter().flatten().map(|e| e.0).min()
        {
            let of = |entry: Option<(usize, f64)>| entry.map(|(_, value)| value);
            let in_first = of(first.next_if(|entry| entry.0 == to));
            let in_second = of(second.next_if(|entry| entry.0 == to));
            edges.extend(weight(in_first, in_second).map(|w| (region as u32, to as u32, w)));
        }
    }
    super::placed(one.axis(), edges)
}
