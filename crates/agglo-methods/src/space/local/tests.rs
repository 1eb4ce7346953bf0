use agglo_core::{Axis, Control, Seed};
use proptest::prelude::*;

use super::*;

/// The plain way: for each region and permutation, take the first of the shared draws that are not
/// the region, and add.
fn oracle(
    x: &[f64],
    weights: &Weights,
    plan: &Plan<'_>,
    term: impl Fn(f64, f64) -> f64,
) -> Vec<Tally> {
    let largest = (0..x.len()).map(|r| weights.neighbors(r).len()).max().unwrap_or(0);
    let shared = Shared::draw(plan, x.len(), largest);
    let tally = |region: usize| {
        if weights.neighbors(region).is_empty() {
            return Tally::default();
        }
        let sum = |ids: &[usize]| -> f64 {
            let terms = weights.values(region).iter().zip(ids);
            terms.map(|(w, &to)| w * term(x[region], x[to])).sum()
        };
        let near: Vec<usize> = weights.row(region).map(|(to, _)| to).collect();
        let draws = shared.ids().chunks(shared.per()).map(|ids| {
            let others = ids.iter().map(|&id| id as usize).filter(|id| *id != region);
            sum(&others.take(near.len()).collect::<Vec<_>>())
        });
        Tally::of(&draws.collect::<Vec<f64>>(), sum(&near), 1e-9)
    };
    (0..x.len()).map(tally).collect()
}

fn plan(scheme: Scheme, replicates: u32) -> Plan<'static> {
    Plan {
        method: "test",
        seed: Seed(11),
        unit: 3,
        replicates,
        scheme,
        folded: false,
        control: Control::none(),
    }
}

/// Up to 30 regions of whole numbers with many ties, and random neighbors; equal weights in half of
/// the rows.
fn cases() -> impl Strategy<Value = (Vec<f64>, Weights)> {
    (9_usize..30).prop_flat_map(|n| {
        let x = prop::collection::vec((-4_i32..9).prop_map(f64::from), n);
        let edges = prop::collection::btree_map((0..n as u32, 0..n as u32), 1_u32..4, 0..6 * n);
        (x, edges).prop_map(move |(x, edges)| {
            let axis = Axis::new((0..n).map(|k| format!("r{k:02}")));
            let edges =
                edges.into_iter().filter(|((from, to), _)| from != to).map(|((from, to), w)| {
                    (from, to, if from % 2 == 0 { 1.0 } else { f64::from(w) / 4.0 })
                });
            (x, Weights::from_edges(axis, edges.collect()).unwrap())
        })
    })
}

proptest! {
    #[test]
    fn ranks_and_tables_count_what_the_plain_way_counts((x, weights) in cases()) {
        let plan = plan(Scheme::Shared, 99);
        let folded = Plan { folded: true, ..plan };
        let unfolded = |tallies: &[Tally]| -> Vec<Tally> {
            tallies.iter().map(|tally| Tally { beyond: None, ..*tally }).collect()
        };
        let lag = oracle(&x, &weights, &plan, |_, other| other);
        prop_assert_eq!(lag_tallies(&x, &weights, &plan).unwrap(), unfolded(&lag));
        prop_assert_eq!(lag_tallies(&x, &weights, &folded).unwrap(), lag);
        let squares = oracle(&x, &weights, &plan, |own, other| (own - other).powi(2));
        prop_assert_eq!(difference_tallies(&x, &weights, &plan).unwrap(), unfolded(&squares));
        prop_assert_eq!(difference_tallies(&x, &weights, &folded).unwrap(), squares);
    }

    #[test]
    fn the_number_of_threads_changes_nothing((x, weights) in cases()) {
        for scheme in [Scheme::Shared, Scheme::Independent] {
            let plan = plan(scheme, 50);
            let answer = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| lag_tallies(&x, &weights, &plan).unwrap())
            };
            prop_assert_eq!(answer(1), answer(3));
        }
    }
}

/// A row of `n` regions, each a neighbor of the next.
fn line(n: u32) -> Weights {
    let axis = Axis::new((0..n).map(|k| format!("r{k:03}")));
    let edges = (0..n - 1).flat_map(|k| [(k, k + 1, 1.0), (k + 1, k, 1.0)]);
    Weights::from_edges(axis, edges.collect()).unwrap()
}

#[test]
fn four_regions_are_counted_in_all_orders() {
    // Region 1 has the neighbors 1 and 4, sum 5; of the ordered pairs of (1, 4, 7) their sums are
    // 5, 8, 11, each twice.
    let tallies = lag_tallies(&[1.0, 2.0, 4.0, 7.0], &line(4), &plan(Scheme::Shared, 9)).unwrap();
    // Their mean is 8: 5 is as far from it as 11, four of six.
    let expected = Tally { at_least: 6, at_most: 2, beyond: Some(4), draws: 6, exact: true };
    assert_eq!(tallies[1], expected);
    // Region 0 has the neighbor 2; of 2, 4, 7 about their mean 13/3 it is not the farthest.
    let expected = Tally { at_least: 3, at_most: 1, beyond: Some(2), draws: 3, exact: true };
    assert_eq!(tallies[0], expected);
}

#[test]
fn shared_and_independent_draws_agree_within_chance() {
    let x: Vec<f64> = (0..60).map(|k| f64::from(k * k % 37)).collect();
    let weights = line(60);
    let share = |scheme| {
        let tallies = lag_tallies(&x, &weights, &plan(scheme, 20_000)).unwrap();
        tallies.into_iter().map(|t| f64::from(t.at_least) / 20_000.0).collect::<Vec<_>>()
    };
    for (a, b) in share(Scheme::Shared).into_iter().zip(share(Scheme::Independent)) {
        // Five standard errors of a difference of shares.
        assert!((a - b).abs() < 0.025, "{a} {b}");
    }
}

#[test]
fn no_permutations_and_no_neighbors_count_nothing() {
    let weights = Weights::from_edges(Axis::new(["a", "b"]), Vec::new()).unwrap();
    let none = lag_tallies(&[1.0, 2.0], &weights, &plan(Scheme::Shared, 9)).unwrap();
    assert_eq!(none, [Tally::default(); 2]);
    let none = lag_tallies(&[1.0, 2.0], &line(2), &plan(Scheme::Independent, 0)).unwrap();
    assert_eq!(none, [Tally::default(); 2]);
}
