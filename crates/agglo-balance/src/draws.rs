//! Completions of a table: feasible values for all withheld cells at once, many times.
//!
//! Each draw takes a prior at random for every withheld cell, even between its bounds where these are
//! finite and exponential around its prior elsewhere, and projects it on the sums by relative entropy.
//! The draws cover what the sums and bounds allow; they are no posterior of any model. Draw `k` of a
//! component comes from its own stream, so it is the same on any number of threads.

use agglo_core::Seed;
use rand::RngExt as _;

use crate::System;
use crate::component::components;
use crate::entropy::{prior, project};

/// `n` completions: for each the value of every cell, known ones included; `None` where the sums leave
/// no value. Cost: `n` projections per component.
pub fn draws(system: &System, n: usize, seed: Seed) -> Vec<Vec<Option<f64>>> {
    let known: Vec<Option<f64>> = system.cells.iter().map(|cell| cell.value).collect();
    let mut draws = vec![known; n];
    for (unit, mut component) in components(system).into_iter().enumerate() {
        if !component.propagate().is_empty() {
            continue;
        }
        let center = prior(system, &component);
        for (replicate, draw) in draws.iter_mut().enumerate() {
            let mut random = seed.stream("completion", unit as u32, replicate as u32);
            let chosen: Vec<f64> = (0..component.cells.len())
                .map(|at| {
                    let share: f64 = random.random();
                    let (lower, upper) = (component.lower[at].max(0.0), component.upper[at]);
                    let value = if upper.is_finite() {
                        lower + share * (upper - lower)
                    } else {
                        lower - center[at] * (1.0 - share).ln()
                    };
                    value.max(1e-9 * center[at])
                })
                .collect();
            if let Some((values, _)) = project(&component, &chosen) {
                for (&at, value) in component.cells.iter().zip(values) {
                    draw[at] = Some(value);
                }
            }
        }
    }
    draws
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BoundsOptions, Cell, Equation, bounds};

    fn system() -> System {
        let mut cells = vec![Cell::known(100.0)];
        cells.extend([
            Cell::unknown(0.0, 60.0),
            Cell::unknown(10.0, 80.0),
            Cell::unknown(0.0, 50.0),
        ]);
        let equation =
            Equation { label: "all".into(), total: 0, parts: vec![1, 2, 3], whole: true };
        System { cells, equations: vec![equation] }
    }

    #[test]
    fn every_draw_is_feasible_and_they_differ() {
        let system = system();
        let found = bounds(&system, BoundsOptions::default());
        let draws = draws(&system, 50, Seed(7));
        for draw in &draws {
            let values: Vec<f64> = draw.iter().flatten().copied().collect();
            assert!((values[1] + values[2] + values[3] - 100.0).abs() < 1e-6);
            for (at, value) in values.iter().enumerate().skip(1) {
                let bounds = found.bounds[at].unwrap();
                assert!(bounds.lower - 1e-6 <= *value && *value <= bounds.upper + 1e-6);
            }
        }
        let first: Vec<f64> = draws.iter().filter_map(|draw| draw[1]).collect();
        let spread = first.iter().copied().fold(0.0, f64::max)
            - first.iter().copied().fold(f64::INFINITY, f64::min);
        assert!(spread > 20.0, "{spread}");
    }

    #[test]
    fn the_same_seed_gives_the_same_draws_and_more_draws_begin_alike() {
        let system = system();
        let few = draws(&system, 3, Seed(1));
        assert_eq!(few, draws(&system, 5, Seed(1))[..3]);
        assert_ne!(few, draws(&system, 3, Seed(2)));
    }
}
