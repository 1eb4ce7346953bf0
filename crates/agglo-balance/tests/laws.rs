//! What must hold for any table: the truth lies in the bounds, completions add up, and no sum gives an
//! unsafe cell away.

use std::collections::{BTreeMap, BTreeSet};

use agglo_balance::{
    BoundsOptions, Cell, Protection, System, SystemBuilder, audit, bounds, check, complementary,
    draws, linear_program, maximum_entropy,
};
use agglo_core::{Key, Seed};
use proptest::prelude::*;

/// Regions in two states × industries × two years, with every margin but that over years.
fn table(values: &[u32], n_regions: usize, n_industries: usize) -> System {
    let region =
        |r: usize| Key::from(format!("{}{r}", if r.is_multiple_of(2) { "a" } else { "b" }));
    let industry = |i: usize| Key::from(format!("i{i}"));
    let mut regions: BTreeMap<Key, Key> = BTreeMap::new();
    for r in 0..n_regions {
        regions.insert(region(r), Key::from(if r % 2 == 0 { "a" } else { "b" }));
    }
    let states: BTreeSet<Key> = regions.values().cloned().collect();
    regions.extend(states.iter().map(|state| (state.clone(), Key::from("all"))));
    let industries: BTreeMap<Key, Key> =
        (0..n_industries).map(|i| (industry(i), Key::from("all"))).collect();
    let years = BTreeMap::new();
    let mut cells: BTreeMap<Vec<Key>, f64> = BTreeMap::new();
    for year in 0..2 {
        for r in 0..n_regions {
            for i in 0..n_industries {
                let value = f64::from(values[(year * n_regions + r) * n_industries + i]);
                let state = regions[&region(r)].clone();
                for place in [region(r), state, Key::from("all")] {
                    for work in [industry(i), Key::from("all")] {
                        let key = vec![place.clone(), work, Key::from(year.to_string())];
                        *cells.entry(key).or_insert(0.0) += value;
                    }
                }
            }
        }
    }
    let mut builder = SystemBuilder::new(vec![
        ("region".into(), regions),
        ("industry".into(), industries),
        ("period".into(), years),
    ]);
    for (key, value) in cells {
        builder.row(key, Cell::known(value));
    }
    builder.build(false)
}

/// Whether a cell is no total.
fn inner(system: &System) -> Vec<usize> {
    let totals: BTreeSet<usize> = system.equations.iter().map(|e| e.total).collect();
    (0..system.cells.len()).filter(|at| !totals.contains(at)).collect()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1.0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_truth_lies_within_and_completions_add_up(
        values in prop::collection::vec(0u32..200, 2 * 4 * 3),
        hide in prop::collection::vec(any::<bool>(), 24),
    ) {
        let truth = table(&values, 4, 3);
        prop_assert!(check(&truth).is_empty());
        let mut hidden = truth.clone();
        for (at, _) in inner(&truth).into_iter().zip(hide).filter(|(_, hide)| *hide) {
            hidden.cells[at] = Cell::unknown(0.0, f64::INFINITY);
        }
        let exact = bounds(&hidden, BoundsOptions { max_component: 100 });
        let wide = bounds(&hidden, BoundsOptions { max_component: 0 });
        prop_assert!(exact.infeasible.is_empty());
        for (at, cell) in truth.cells.iter().enumerate() {
            let value = cell.value.unwrap();
            let (inner, outer) = (exact.bounds[at].unwrap(), wide.bounds[at].unwrap());
            prop_assert!(inner.lower <= value || close(inner.lower, value));
            prop_assert!(value <= inner.upper || close(inner.upper, value));
            prop_assert!(outer.lower <= inner.lower || close(outer.lower, inner.lower));
            prop_assert!(inner.upper <= outer.upper || close(inner.upper, outer.upper));
        }
        let mut completions = draws(&hidden, 3, Seed(5));
        completions.push(maximum_entropy(&hidden).values);
        completions.push(linear_program(&hidden).values);
        for completion in completions {
            let whole: Option<Vec<f64>> = completion.into_iter().collect();
            let whole = whole.expect("a table that adds up leaves every cell a value");
            for equation in &truth.equations {
                let sum: f64 = equation.parts.iter().map(|&at| whole[at]).sum();
                prop_assert!(close(sum, whole[equation.total]), "{} {sum}", equation.label);
            }
            for (at, value) in whole.iter().enumerate() {
                let bounds = exact.bounds[at].unwrap();
                prop_assert!(bounds.lower <= *value || close(bounds.lower, *value));
                prop_assert!(*value <= bounds.upper || close(bounds.upper, *value));
            }
        }
    }

    #[test]
    fn no_sum_gives_an_unsafe_cell_away(
        values in prop::collection::vec(0u32..60, 2 * 4 * 4),
        threshold in 2u32..8,
    ) {
        let system = table(&values, 4, 4);
        let primary: Vec<Protection> = inner(&system)
            .into_iter()
            .filter_map(|cell| {
                let value = system.cells[cell].value?;
                let is_unsafe = value > 0.0 && value < f64::from(threshold);
                is_unsafe.then_some(Protection { cell, width: 0.1 * value })
            })
            .collect();
        // Zeros are known to be zeros, and hide nothing.
        let cost = |at: usize| system.cells[at].value.filter(|value| *value > 0.0);
        let found = complementary(&system, &primary, &cost);
        let withheld: BTreeSet<usize> =
            found.primary.union(&found.complementary).copied().collect();
        for audited in audit(&system, &withheld, &primary) {
            prop_assert!(
                audited.protected || found.unprotected.contains(&audited.cell),
                "{audited:?}"
            );
        }
        for equation in &system.equations {
            let mut cells = equation.parts.iter().chain([&equation.total]);
            let n = cells.clone().filter(|at| withheld.contains(at)).count();
            let lone = cells.find(|at| withheld.contains(at));
            prop_assert!(
                n != 1 || lone.is_some_and(|at| found.unprotected.contains(at)
                    || !found.primary.contains(at)),
                "{}", equation.label
            );
        }
    }
}
