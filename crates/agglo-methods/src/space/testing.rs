//! Small maps for the tests of the family.

use agglo_core::{Axis, Control, Seed, Weights};

use super::local::{Plan, Scheme};

/// A row of `n` regions, each a neighbor of the next.
pub(super) fn line(n: u32) -> Weights {
    let axis = Axis::new((0..n).map(|k| format!("r{k:03}")));
    let edges = (1..n).flat_map(|k| [(k, k - 1, 1.0), (k - 1, k, 1.0)]);
    Weights::from_edges(axis, edges.collect()).unwrap()
}

/// `replicates` permutations with a seed of their own.
pub(super) fn plan(replicates: u32) -> Plan<'static> {
    Plan {
        method: "test",
        seed: Seed(11),
        unit: 3,
        replicates,
        scheme: Scheme::Shared,
        folded: false,
        control: Control::none(),
    }
}
