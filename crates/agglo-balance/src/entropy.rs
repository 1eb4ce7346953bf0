//! The most even completion: maximum entropy under the sums.
//!
//! `min Σ x_i ln(x_i / p_i) − x_i + p_i` subject to `A x = b, l ≤ x ≤ u`. At the optimum
//! `x_i = clip(p_i · exp(Σ_e a_ei λ_e), l_i, u_i)`, and the dual is maximized one multiplier at a time:
//! each step makes one sum hold exactly, as iterative proportional fitting does where there are no
//! bounds. For a cell with a lower bound above zero the prior stands for the part above the bound too.
//! Sources: Deming and Stephan 1940; Csiszár 1975 (I-projections); Tseng 1990 (dual coordinate ascent
//! for strictly convex programs with bounds).

use crate::System;
use crate::bounds::residual;
use crate::component::{Component, Row, components};

/// Values for the withheld cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imputed {
    /// The value of every cell, known ones included; `None` where the sums leave no value.
    pub values: Vec<Option<f64>>,
    /// The equations that cannot hold, or that were not reached.
    pub infeasible: Vec<usize>,
    /// The most passes that a component took.
    pub passes: usize,
    /// The largest part by which a completed sum misses its total, beyond rounding.
    pub residual: f64,
}

impl Imputed {
    pub(crate) fn start(system: &System) -> Imputed {
        Imputed {
            values: system.cells.iter().map(|cell| cell.value).collect(),
            ..Imputed::default()
        }
    }
}

/// How closely a sum must hold, in parts of its size.
const CLOSE: f64 = 1e-9;
const MAX_PASSES: usize = 5_000;

/// Values for the withheld cells by maximum entropy from their priors.
///
/// Cells that hang together with a sum that cannot hold stay `None` and the equations are named.
/// Cost: passes times terms, each component for itself.
pub fn maximum_entropy(system: &System) -> Imputed {
    let mut imputed = Imputed::start(system);
    for mut component in components(system) {
        let broken = component.propagate();
        if !broken.is_empty() {
            imputed.infeasible.extend(broken);
            continue;
        }
        let prior = prior(system, &component);
        match project(&component, &prior) {
            Some((values, passes)) => {
                imputed.passes = imputed.passes.max(passes);
                for (&at, value) in component.cells.iter().zip(values) {
                    imputed.values[at] = Some(value);
                }
            }
            None => imputed.infeasible.extend(component.rows.iter().map(|row| row.equation)),
        }
    }
    imputed.residual = residual(system, &imputed.values);
    imputed
}

/// The prior of every cell of a component: its own; else the geometric middle of its bounds, or of
/// what they leave open by the sums.
pub(crate) fn prior(system: &System, component: &Component) -> Vec<f64> {
    let scale = component.scale();
    let middle = |at: usize| {
        let (lower, upper) = (component.lower[at].max(0.0), component.upper[at]);
        match (upper.is_finite(), lower > 0.0) {
            (true, true) => (lower * upper).sqrt(),
            (true, false) => upper / 2.0,
            (false, true) => 2.0 * lower,
            (false, false) => scale,
        }
    };
    let cells = component.cells.iter().enumerate();
    cells
        .map(|(within, &at)| {
            let given = system.cells[at].prior.filter(|prior| *prior > 0.0);
            given.unwrap_or_else(|| middle(within)).max(1e-9 * scale)
        })
        .collect()
}

/// The point of the component's sums and bounds that is nearest to `prior` in relative entropy, and
/// the passes it took; `None` where none was reached.
pub(crate) fn project(component: &Component, prior: &[f64]) -> Option<(Vec<f64>, usize)> {
    let n = component.cells.len();
    let mut tilt = vec![0.0; n];
    let mut multipliers = vec![0.0; component.rows.len()];
    let value = |at: usize, tilt: f64| {
        let free = prior[at] * tilt.min(700.0).exp();
        free.clamp(component.lower[at].max(0.0), component.upper[at].max(0.0))
    };
    let scale = component.scale();
    for pass in 0..MAX_PASSES {
        let mut worst: f64 = 0.0;
        for (place, row) in component.rows.iter().enumerate() {
            let sum = |shift: f64| -> f64 {
                let term = |&(at, sign): &(usize, f64)| sign * value(at, tilt[at] + sign * shift);
                row.terms.iter().map(term).sum()
            };
            let miss = violation(row, sum(0.0), multipliers[place]);
            worst = worst.max(miss / row.ceiling.abs().max(1e-3 * scale));
            let shift = balance(row, multipliers[place], &sum);
            if shift != 0.0 {
                multipliers[place] += shift;
                for &(at, sign) in &row.terms {
                    tilt[at] += sign * shift;
                }
            }
        }
        if worst <= CLOSE {
            return Some(((0..n).map(|at| value(at, tilt[at])).collect(), pass));
        }
    }
    // Slow components are taken where the sums hold to a millionth.
    let sums = component.rows.iter().map(|row| {
        let sum: f64 = row.terms.iter().map(|&(at, sign)| sign * value(at, tilt[at])).sum();
        (sum - row.ceiling).max(row.floor - sum).max(0.0) / row.ceiling.abs().max(1e-3 * scale)
    });
    let worst = sums.fold(0.0, f64::max);
    (worst < 1e-6).then(|| ((0..n).map(|at| value(at, tilt[at])).collect(), MAX_PASSES))
}

/// By how much a sum misses what it must be; a sum within its ends whose multiplier still pushes has
/// not come to rest.
fn violation(row: &Row, sum: f64, multiplier: f64) -> f64 {
    let outside = (sum - row.ceiling).max(row.floor - sum).max(0.0);
    let idle = if multiplier > 0.0 && row.floor.is_finite() {
        sum - row.floor
    } else if multiplier < 0.0 {
        row.ceiling - sum
    } else {
        0.0
    };
    outside.max(idle.max(0.0))
}

/// The step of a row's multiplier that brings its sum between its ends, and no further from rest.
fn balance(row: &Row, multiplier: f64, sum: &dyn Fn(f64) -> f64) -> f64 {
    let now = sum(0.0);
    // Without a push the sum would be here; inside the ends no push is needed.
    let at_rest = sum(-multiplier);
    if multiplier != 0.0 && row.floor <= at_rest && at_rest <= row.ceiling {
        return -multiplier;
    }
    let target = if at_rest > row.ceiling || (multiplier == 0.0 && now > row.ceiling) {
        row.ceiling
    } else if at_rest < row.floor || (multiplier == 0.0 && now < row.floor) {
        row.floor
    } else {
        return 0.0;
    };
    solve(sum, target)
}

/// The shift at which the rising function `sum` meets `target`, by bracketing and bisection with
/// secant steps; the nearest end where it never does.
fn solve(sum: &dyn Fn(f64) -> f64, target: f64) -> f64 {
    let close = 1e-12 * target.abs().max(1e-9);
    let start = sum(0.0) - target;
    if start.abs() <= close {
        return 0.0;
    }
    let direction = if start < 0.0 { 1.0 } else { -1.0 };
    let (mut near, mut near_miss) = (0.0, start);
    let mut far = direction * 0.5;
    let mut far_miss = sum(far) - target;
    while far_miss * start > 0.0 {
        if far.abs() > 600.0 {
            return far;
        }
        (near, near_miss) = (far, far_miss);
        far *= 2.0;
        far_miss = sum(far) - target;
    }
    for step in 0..200 {
        if far_miss.abs() <= close || (far - near).abs() < 1e-15 {
            break;
        }
        let secant = near - near_miss * (far - near) / (far_miss - near_miss);
        let inside = secant.is_finite() && (secant - near) * (secant - far) < 0.0;
        let middle = if inside && step % 3 < 2 { secant } else { f64::midpoint(near, far) };
        let miss = sum(middle) - target;
        if miss * near_miss > 0.0 {
            (near, near_miss) = (middle, miss);
        } else {
            (far, far_miss) = (middle, miss);
        }
        if near_miss.abs() <= close {
            return near;
        }
    }
    far
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cell, Equation};

    fn two_way(rows: &[f64], columns: &[f64], prior: &[f64]) -> System {
        let mut cells: Vec<Cell> = prior
            .iter()
            .map(|&prior| Cell { prior: Some(prior), ..Cell::unknown(0.0, f64::INFINITY) })
            .collect();
        let (n, m) = (rows.len(), columns.len());
        let mut equations = Vec::new();
        for (r, &total) in rows.iter().enumerate() {
            let parts = (0..m).map(|c| r * m + c).collect();
            equations.push(Equation {
                label: format!("row {r}"),
                total: cells.len(),
                parts,
                whole: true,
            });
            cells.push(Cell::known(total));
        }
        for (c, &total) in columns.iter().enumerate() {
            let parts = (0..n).map(|r| r * m + c).collect();
            equations.push(Equation {
                label: format!("column {c}"),
                total: cells.len(),
                parts,
                whole: true,
            });
            cells.push(Cell::known(total));
        }
        System { cells, equations }
    }

    #[test]
    fn with_an_even_prior_margins_give_independence() {
        let system = two_way(&[30.0, 70.0], &[40.0, 60.0], &[1.0; 4]);
        let imputed = maximum_entropy(&system);
        for (at, expected) in [12.0, 18.0, 28.0, 42.0].into_iter().enumerate() {
            assert!((imputed.values[at].unwrap() - expected).abs() < 1e-6);
        }
        assert!(imputed.residual < 1e-9 && imputed.infeasible.is_empty());
    }

    #[test]
    fn without_bounds_it_is_iterative_proportional_fitting() {
        let (rows, columns) = ([20.0, 30.0, 50.0], [45.0, 35.0, 20.0]);
        let prior = [1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 5.0, 6.0, 1.0];
        let mut fitted = prior;
        for _ in 0..2000 {
            for r in 0..3 {
                let sum: f64 = (0..3).map(|c| fitted[3 * r + c]).sum();
                (0..3).for_each(|c| fitted[3 * r + c] *= rows[r] / sum);
            }
            for c in 0..3 {
                let sum: f64 = (0..3).map(|r| fitted[3 * r + c]).sum();
                (0..3).for_each(|r| fitted[3 * r + c] *= columns[c] / sum);
            }
        }
        let imputed = maximum_entropy(&two_way(&rows, &columns, &prior));
        for (value, expected) in imputed.values.iter().zip(fitted) {
            assert!((value.unwrap() - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn bounds_hold_and_the_rest_goes_to_the_other_cells() {
        let mut system = two_way(&[30.0, 70.0], &[40.0, 60.0], &[1.0; 4]);
        system.cells[0].upper = 5.0;
        let imputed = maximum_entropy(&system);
        let values: Vec<f64> = imputed.values.iter().flatten().copied().collect();
        for (value, expected) in values.iter().zip([5.0, 25.0, 35.0, 35.0]) {
            assert!((value - expected).abs() < 1e-6, "{values:?}");
        }
    }

    #[test]
    fn sums_that_contradict_each_other_leave_gaps_and_are_named() {
        let imputed = maximum_entropy(&two_way(&[30.0, 70.0], &[40.0, 80.0], &[1.0; 4]));
        assert_eq!(imputed.values[0], None);
        assert!(!imputed.infeasible.is_empty());
    }
}
