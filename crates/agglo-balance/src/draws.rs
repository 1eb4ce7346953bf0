//! Many completed tables, so that a result can carry the interval that withheld cells leave it.
//!
//! The draws come from independent exponential distributions with their means at the prior (that
//! of [`maximum_entropy`](crate::maximum_entropy)), given that every equation and every bound
//! holds: density ∝ exp(−Σ_i y_i / q_i) over the tables that are possible. With equal priors under
//! one total that is the uniform distribution over all ways to share it out.
//!
//! | component              | how                                                               |
//! |------------------------|-------------------------------------------------------------------|
//! | up to 300 unknowns     | [`DrawHow::HitAndRun`]: a walk inside the tables that are possible. From a mean of corner tables, each step takes a line in the null space of the equations and draws from the density on it, which is a truncated exponential. Every other line joins two corner tables, so that long, thin sets are walked along. 20 steps per free dimension come first, at least 50 and at most 500 lie between draws |
//! | more                   | [`DrawHow::PerturbedPrior`]: each prior is multiplied by an exponential draw of mean 1, and the maximum-entropy table is fitted to these. An approximation |
//! | cells without room     | their one value in every draw                                     |
//!
//! The walk's draws are correlated; the intervals say what the equations and the prior leave open,
//! not how the office's rule chose the cells. See [`validate`](crate::validate) for what they cover.
//!
//! Each component draws from stream ("balance draws", its first cell, 0) of the seed, so the bytes
//! do not depend on threads or on other components.
//! Source: Smith (1984), Operations Research 32(6), 1296–1308 (hit-and-run).
//! Cost: O(draws · steps · cells in equations) after the bounds; 300 × 300 numbers of memory.

use agglo_core::Seed;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::bounds::{BoundsOptions, conflict};
use crate::component::{Component, components};
use crate::entropy::{PRECISION, Prepared, Prior, Unfilled, Why, prepare, solve};
use crate::null_space::NullSpace;
use crate::system::System;

const METHOD: &str = "balance draws";

/// How a cell's draws were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DrawHow {
    /// The cell is published.
    Known,
    /// By a walk inside the tables that are possible.
    HitAndRun,
    /// By maximum entropy from a prior multiplied by noise.
    PerturbedPrior,
    /// Not at all: see `unfilled`.
    Gap,
}

/// Completed tables.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Draws {
    /// Draws × cells; `None` where the cell stays a gap, the same cells in every draw.
    pub values: Vec<Vec<Option<f64>>>,
    /// Per cell.
    pub how: Vec<DrawHow>,
    /// What stays a gap.
    pub unfilled: Vec<Unfilled>,
}

/// `n` tables that satisfy every equation and bound; see the head of this page.
pub fn draws(system: &System, n: usize, seed: Seed) -> Draws {
    let published: Vec<Option<f64>> = system.cells().iter().map(|cell| cell.value).collect();
    let mut found = Draws {
        values: vec![published; n],
        how: vec![DrawHow::Known; system.cells().len()],
        unfilled: Vec::new(),
    };
    for component in components(system) {
        let mut rng = seed.stream(METHOD, component.cells[0] as u32, 0);
        let drawn = prepare(system, &component).and_then(|prepared| {
            let small = prepared.component.cells.len() <= BoundsOptions::default().max_component;
            let drawn = if small {
                Some((DrawHow::HitAndRun, walk(&prepared, n, &mut rng)))
            } else {
                perturb(&prepared, n, &mut rng).map(|values| (DrawHow::PerturbedPrior, values))
            };
            drawn.ok_or((Why::NotConverged { residual: f64::INFINITY }, None))
        });
        match drawn {
            Ok((how, tables)) => {
                for (place, &cell) in component.cells.iter().enumerate() {
                    found.how[cell] = how;
                    for (values, table) in found.values.iter_mut().zip(&tables) {
                        values[cell] = Some(table[place]);
                    }
                }
            }
            Err((why, row)) => {
                for &cell in &component.cells {
                    found.how[cell] = DrawHow::Gap;
                }
                let named = conflict(system, &component, row);
                found.unfilled.push(Unfilled {
                    cells: named.cells,
                    equations: named.equations,
                    why,
                });
            }
        }
    }
    found
}

/// A draw from an exponential of mean 1.
fn exponential(rng: &mut ChaCha8Rng) -> f64 {
    // random() is below 1, so the logarithm is finite.
    -(1.0 - rng.random::<f64>()).ln()
}

/// Maximum-entropy tables from noisy priors; `None` if one did not converge.
fn perturb(prepared: &Prepared, n: usize, rng: &mut ChaCha8Rng) -> Option<Vec<Vec<f64>>> {
    let table = |_| {
        let noisy =
            |prior: &Prior| Prior { above: prior.above * exponential(rng).max(1e-9), ..*prior };
        let priors: Vec<Prior> = prepared.prior.iter().map(noisy).collect();
        let solved = solve(&prepared.component, &priors);
        (solved.residual <= PRECISION).then_some(solved.values)
    };
    (0..n).map(table).collect()
}

/// Tables met on a walk.
fn walk(prepared: &Prepared, n: usize, rng: &mut ChaCha8Rng) -> Vec<Vec<f64>> {
    let Component { lower, upper, rows, cells } = &prepared.component;
    let start = start(prepared);
    let space = NullSpace::of(cells.len(), rows);
    let mut state = NullSpace::extend(&start, rows);
    let corners: Vec<Vec<f64>> =
        prepared.points.iter().map(|point| NullSpace::extend(point, rows)).collect();
    // Bounds of cells, then of the room in each inexact equation.
    let room = rows.iter().filter(|row| row.lower < row.upper);
    let lower: Vec<f64> = lower.iter().copied().chain(room.clone().map(|row| row.lower)).collect();
    let upper: Vec<f64> = upper.iter().copied().chain(room.map(|row| row.upper)).collect();
    let rate: Vec<f64> = prepared.prior.iter().map(|prior| 1.0 / prior.above).collect();
    let width = |x: usize| {
        let width = upper[x] - lower[x];
        if width.is_finite() { width } else { state[x].abs().max(1.0) }
    };
    let widths: Vec<f64> = (0..state.len()).map(width).collect();
    let free = space.free.len();
    let between = free.clamp(50, 500);
    let mut tables = Vec::with_capacity(n);
    if free == 0 {
        tables.resize(n, start);
        return tables;
    }
    let mut direction = vec![0.0; state.len()];
    for step in 0..20 * free + n * between {
        if step % 2 == 0 || corners.len() < 2 {
            for &x in &space.free {
                direction[x] = (2.0 * rng.random::<f64>() - 1.0) * widths[x];
            }
        } else {
            let (a, b) = (rng.random_range(0..corners.len()), rng.random_range(0..corners.len()));
            for &x in &space.free {
                direction[x] = corners[a][x] - corners[b][x];
            }
        }
        space.complete(&mut direction);
        if let Some(length) = length(&state, &direction, &lower, &upper, &rate, rng) {
            for (value, by) in state.iter_mut().zip(&direction) {
                *value += length * by;
            }
        }
        if step >= 20 * free && (step - 20 * free) % between == between - 1 {
            let mut table = state[..cells.len()].to_vec();
            for (x, value) in table.iter_mut().enumerate() {
                *value = value.clamp(lower[x], upper[x]);
            }
            tables.push(table);
        }
    }
    tables
}

/// A table inside: the mean of the corners, or else the maximum-entropy table.
fn start(prepared: &Prepared) -> Vec<f64> {
    let points = &prepared.points;
    if points.is_empty() {
        return solve(&prepared.component, &prepared.prior).values;
    }
    let mean = |x: usize| points.iter().map(|point| point[x]).sum::<f64>() / points.len() as f64;
    (0..prepared.prior.len()).map(mean).collect()
}

/// How far to go along `direction`: drawn from the density on the line, within the bounds.
fn length(
    state: &[f64],
    direction: &[f64],
    lower: &[f64],
    upper: &[f64],
    rate: &[f64],
    rng: &mut ChaCha8Rng,
) -> Option<f64> {
    let mut ends = (f64::NEG_INFINITY, f64::INFINITY);
    let longest = direction.iter().fold(0.0_f64, |most, by| most.max(by.abs()));
    for x in 0..state.len() {
        if direction[x].abs() <= 1e-12 * longest {
            continue;
        }
        let (a, b) = ((lower[x] - state[x]) / direction[x], (upper[x] - state[x]) / direction[x]);
        ends = (ends.0.max(a.min(b)), ends.1.min(a.max(b)));
    }
    let slope: f64 = rate.iter().zip(direction).map(|(rate, by)| rate * by).sum();
    let (from, to) = ends;
    // The order is also false where the line leaves at once.
    let goes_on = from < to && (from.is_finite() || slope < 0.0) && (to.is_finite() || slope > 0.0);
    goes_on.then(|| truncated(from, to, slope, rng.random::<f64>()))
}

/// The point of (from, to) below which the share `u` of exp(−slope · t) lies.
fn truncated(from: f64, to: f64, slope: f64, u: f64) -> f64 {
    if slope < 0.0 {
        return -truncated(-to, -from, -slope, 1.0 - u);
    }
    let span = slope * (to - from);
    if span < 1e-9 {
        return from + u * (to - from);
    }
    // 1 − u (1 − e^−span), of which e^−span is 0 for an infinite line.
    let drawn = -(u * (-span).exp_m1()).ln_1p() / slope;
    (from + drawn).min(to)
}

#[cfg(test)]
mod tests {
    use super::{DrawHow, draws, truncated};
    use crate::{Cell, Equation, System, interval};
    use agglo_core::Seed;

    fn shared(total: f64, parts: Vec<Cell>) -> System {
        let n = parts.len();
        let mut cells = vec![Cell::known(total)];
        cells.extend(parts);
        System::new(cells, vec![Equation::new("t", 0, (1..=n).collect())]).unwrap()
    }

    #[test]
    fn a_truncated_exponential_has_its_median_where_it_should() {
        assert!((truncated(0.0, f64::INFINITY, 2.0, 0.5) - 2.0_f64.ln() / 2.0).abs() < 1e-15);
        assert_eq!(truncated(-1.0, 3.0, 0.0, 0.25), 0.0);
        // Mirror images.
        assert!((truncated(-3.0, 1.0, -0.7, 0.3) + truncated(-1.0, 3.0, 0.7, 0.7)).abs() < 1e-15);
    }

    #[test]
    fn ten_shared_by_two_without_a_preference_is_uniform() {
        let found = draws(&shared(10.0, vec![Cell::between(0.0, 10.0); 2]), 2_000, Seed(1));
        let first: Vec<f64> = found.values.iter().map(|table| table[1].unwrap()).collect();
        for table in &found.values {
            assert!((table[1].unwrap() + table[2].unwrap() - 10.0).abs() < 1e-9);
        }
        let half = interval(&first, 0.5).unwrap();
        assert!((half.lower - 2.5).abs() < 0.4 && (half.upper - 7.5).abs() < 0.4, "{half:?}");
        assert_eq!(found.how[1], DrawHow::HitAndRun);
    }

    #[test]
    fn the_prior_pulls_the_draws_as_exponentials_do() {
        // x + y = 10, means 2 and 8: density of x ∝ exp(−(1/2 − 1/8) x) on 0 to 10.
        let guess = |prior| Cell::between(0.0, 10.0).with_prior(prior);
        let found = draws(&shared(10.0, vec![guess(2.0), guess(8.0)]), 4_000, Seed(2));
        let mean = found.values.iter().map(|table| table[1].unwrap()).sum::<f64>() / 4_000.0;
        let rate = 0.375;
        let expected = 1.0 / rate - 10.0 / ((rate * 10.0_f64).exp() - 1.0);
        assert!((mean - expected).abs() < 0.12, "{mean} {expected}");
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
        let system = shared(10.0, vec![Cell::between(0.0, 6.0); 5]);
        assert_eq!(draws(&system, 20, Seed(3)), draws(&system, 20, Seed(3)));
        assert_ne!(draws(&system, 20, Seed(3)).values, draws(&system, 20, Seed(4)).values);
    }

    #[test]
    fn more_cells_than_the_walk_takes_are_drawn_by_noisy_priors_and_add_up() {
        let found = draws(&shared(1_000.0, vec![Cell::between(0.0, 20.0); 301]), 5, Seed(5));
        assert_eq!(found.how[1], DrawHow::PerturbedPrior);
        for table in found.values {
            let parts: f64 = table[1..].iter().map(|value| value.unwrap()).sum();
            assert!((parts - 1_000.0).abs() < 1e-4, "{parts}");
        }
    }

    #[test]
    fn a_component_without_a_solution_stays_a_gap_in_every_draw() {
        let found = draws(&shared(10.0, vec![Cell::between(0.0, 3.0); 2]), 3, Seed(6));
        assert!(found.values.iter().all(|table| table[1].is_none()));
        assert_eq!((found.how[1], found.unfilled.len()), (DrawHow::Gap, 1));
    }
}
