//! One value for each withheld cell: the table nearest to the prior in information.
//!
//! Minimise  Σ_i [ y_i ln(y_i / q_i) − y_i + q_i ]  subject to every equation and to L_i ≤ x_i ≤ U_i,
//! with y = x and q = prior where the lower bound is not negative, and y = x − l, q = prior − l
//! where it is (l the cell's own lower bound).
//!
//! | symbol | meaning                                                             |
//! |--------|---------------------------------------------------------------------|
//! | q      | the prior given with the cell; else the middle of its own bounds; else, where its own upper bound is infinite, the middle of the bounds that the equations give it |
//! | L, U   | the bounds of [`bounds`](crate::bounds) at its default options      |
//! | λ_e    | one multiplier per equation                                         |
//!
//! The solution is x_i = clamp(q_i · exp Σ_e a_ei λ_e) between L_i and U_i. The dual is concave and
//! smooth; it is climbed one equation at a time, each solved for its own λ by safeguarded Newton
//! steps: with exact equations and no bounds this is iterative proportional fitting (Deming and
//! Stephan 1940, Annals of Mathematical Statistics 11, 427–444), with bounds it is the row-action
//! method of Censor and Lent (1981), Journal of Optimization Theory and Applications 34, 321–353.
//! An equation with room (rounding) has λ = 0 while it holds; the table is the best one to within
//! that room.
//!
//! A component counts as converged when each equation holds within 1e-6 of its largest number (for
//! sums rounded in the ninth digit the climb is slow); `residual` says how near it came.
//!
//! A component with no solution, with a cell that nothing bounds and no prior, or that has not
//! converged stays a gap and is named with its equations. Nothing is invented.
//! Cost: O(sweeps · cells in equations), and the cost of the bounds.

use crate::bounds::{BoundsOptions, conflict, tighten};
use crate::component::{Component, Row, components};
use crate::system::{Cell, System};

/// Sweeps over the equations before a component is given up.
const MAX_SWEEPS: usize = 20_000;
/// Largest error of an equation, relative to the largest number in its component; the sweeps go on
/// to a millionth of it where they can.
pub(crate) const PRECISION: f64 = 1e-6;

/// Why cells stay gaps.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Why {
    /// No values satisfy the equations.
    Infeasible,
    /// A cell without a prior is not bounded by itself or by any equation.
    NoPrior {
        /// The first such cell.
        cell: usize,
    },
    /// The sweeps ended before the equations held.
    NotConverged {
        /// What was left, relative to the largest number.
        residual: f64,
    },
    /// The solver of linear programs failed.
    Solver,
}

/// Cells that stay gaps, and the equations around them.
#[derive(Clone, Debug, PartialEq)]
pub struct Unfilled {
    /// The cells.
    pub cells: Vec<usize>,
    /// Their equations, by name.
    pub equations: Vec<String>,
    /// The reason.
    pub why: Why,
}

/// A completed table.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Imputed {
    /// Per cell: the published value, else the imputed one, else `None`.
    pub values: Vec<Option<f64>>,
    /// The most sweeps that a component took; 0 for a linear program.
    pub iterations: usize,
    /// The largest error of an equation among the filled components, relative to the largest
    /// number in its component.
    pub residual: f64,
    /// Whether every component that has a solution was solved.
    pub converged: bool,
    /// What stays a gap.
    pub unfilled: Vec<Unfilled>,
}

/// The table of least information distance from the prior; see the head of this page.
pub fn maximum_entropy(system: &System) -> Imputed {
    impute(system, |prepared| {
        let solved = solve(&prepared.component, &prepared.prior);
        if solved.residual <= PRECISION {
            Ok(solved)
        } else {
            Err(Why::NotConverged { residual: solved.residual })
        }
    })
}

/// Fills each component by `fill`.
pub(crate) fn impute(system: &System, fill: impl Fn(&Prepared) -> Result<Solved, Why>) -> Imputed {
    let mut imputed = Imputed {
        values: system.cells().iter().map(|cell| cell.value).collect(),
        iterations: 0,
        residual: 0.0,
        converged: true,
        unfilled: Vec::new(),
    };
    for component in components(system) {
        let filled = prepare(system, &component)
            .and_then(|prepared| fill(&prepared).map_err(|why| (why, None)));
        match filled {
            Ok(solved) => {
                for (&cell, value) in component.cells.iter().zip(solved.values) {
                    imputed.values[cell] = Some(value);
                }
                imputed.iterations = imputed.iterations.max(solved.sweeps);
                imputed.residual = imputed.residual.max(solved.residual);
            }
            Err((why, row)) => {
                imputed.converged &= !matches!(why, Why::NotConverged { .. } | Why::Solver);
                let named = conflict(system, &component, row);
                imputed.unfilled.push(Unfilled {
                    cells: named.cells,
                    equations: named.equations,
                    why,
                });
            }
        }
    }
    imputed
}

/// A component with narrow bounds and a prior for each cell.
pub(crate) struct Prepared {
    pub(crate) component: Component,
    /// In the unit of the cell, above its base.
    pub(crate) prior: Vec<Prior>,
    /// Solutions met while the bounds were narrowed.
    pub(crate) points: Vec<Vec<f64>>,
}

/// A first guess, and what it is measured from: 0, or a negative lower bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Prior {
    pub(crate) base: f64,
    pub(crate) above: f64,
}

/// Narrow bounds and priors of `component`, or why it cannot be filled and the row to blame.
pub(crate) fn prepare(
    system: &System,
    component: &Component,
) -> Result<Prepared, (Why, Option<usize>)> {
    let tight = tighten(component, BoundsOptions::default().max_component)
        .map_err(|row| (Why::Infeasible, row))?;
    let mut prior = Vec::with_capacity(component.cells.len());
    for (place, &cell) in component.cells.iter().enumerate() {
        let (lower, upper) = (tight.component.lower[place], tight.component.upper[place]);
        match prior_of(&system.cells()[cell], lower, upper) {
            Some(found) => prior.push(found),
            None => return Err((Why::NoPrior { cell }, None)),
        }
    }
    Ok(Prepared { component: tight.component, prior, points: tight.points })
}

fn prior_of(cell: &Cell, lower: f64, upper: f64) -> Option<Prior> {
    let own_lower = if cell.lower.is_finite() { cell.lower } else { lower };
    let base = own_lower.min(0.0);
    if lower == upper {
        return Some(Prior { base: lower.min(0.0), above: lower.max(0.0).max(f64::MIN_POSITIVE) });
    }
    let guess = match cell.prior {
        Some(prior) => prior,
        None if cell.upper.is_finite() => f64::midpoint(own_lower, cell.upper),
        None => f64::midpoint(lower, upper),
    };
    let above = guess - base;
    (above.is_finite() && above > 0.0).then_some(Prior { base, above })
}

/// Values of a component's cells.
pub(crate) struct Solved {
    pub(crate) values: Vec<f64>,
    pub(crate) sweeps: usize,
    pub(crate) residual: f64,
}

/// Climbs the dual of `component` until every equation holds or the sweeps end.
pub(crate) fn solve(component: &Component, prior: &[Prior]) -> Solved {
    let scale = component.scale();
    let mut climb = Climb {
        component,
        prior,
        exponent: vec![0.0; prior.len()],
        multiplier: vec![0.0; component.rows.len()],
    };
    let mut sweeps = 0;
    let mut residual = climb.residual() / scale;
    while residual > PRECISION / 1e6 && sweeps < MAX_SWEEPS {
        for row in 0..component.rows.len() {
            climb.step(row);
        }
        sweeps += 1;
        residual = climb.residual() / scale;
    }
    Solved { values: (0..prior.len()).map(|x| climb.value(x)).collect(), sweeps, residual }
}

struct Climb<'a> {
    component: &'a Component,
    prior: &'a [Prior],
    /// Σ_e a_e λ_e per cell.
    exponent: Vec<f64>,
    multiplier: Vec<f64>,
}

impl Climb<'_> {
    fn value(&self, x: usize) -> f64 {
        self.value_at(x, self.exponent[x]).0
    }

    /// Value and its slope in the exponent.
    fn value_at(&self, x: usize, exponent: f64) -> (f64, f64) {
        let Prior { base, above } = self.prior[x];
        let free = above * exponent.clamp(-600.0, 600.0).exp();
        let (lower, upper) = (self.component.lower[x], self.component.upper[x]);
        let value = base + free;
        if value <= lower {
            (lower, 0.0)
        } else if value >= upper {
            (upper, 0.0)
        } else {
            (value, free)
        }
    }

    /// The row's sum and its slope when its multiplier moves by `move_by`.
    fn sum_at(&self, row: &Row, move_by: f64) -> (f64, f64) {
        let mut total = (0.0, 0.0);
        for &(x, coefficient) in &row.terms {
            let (value, slope) = self.value_at(x, self.exponent[x] + coefficient * move_by);
            total.0 += coefficient * value;
            total.1 += slope;
        }
        total
    }

    /// By how much an equation is off at most.
    fn residual(&self) -> f64 {
        let off = |(row, &multiplier): (&Row, &f64)| {
            let (found, _) = self.sum_at(row, 0.0);
            // A floor that its multiplier holds up must be met; inside the room that rounding
            // leaves, a sum is as good as any other.
            if multiplier > 0.0 && row.upper.is_infinite() {
                (found - row.lower).abs()
            } else {
                (row.lower - found).max(found - row.upper).max(0.0)
            }
        };
        self.component.rows.iter().zip(&self.multiplier).map(off).fold(0.0, f64::max)
    }

    /// Solves one equation for its own multiplier.
    fn step(&mut self, number: usize) {
        let row = &self.component.rows[number];
        let current = self.multiplier[number];
        let (at_zero, _) = self.sum_at(row, -current);
        let target = at_zero.clamp(row.lower, row.upper);
        let wanted = if target == at_zero { 0.0 } else { current + self.root(row, target) };
        let move_by = wanted - current;
        self.multiplier[number] = wanted;
        for &(x, coefficient) in &row.terms {
            self.exponent[x] += coefficient * move_by;
        }
    }

    /// The move at which the row's sum is `target`; the sum rises with the move.
    fn root(&self, row: &Row, target: f64) -> f64 {
        let close = 1e-15 * target.abs().max(1.0);
        let (mut low, mut high) = (-1.0, 1.0);
        while self.sum_at(row, low).0 > target && low > -1e3 {
            low *= 2.0;
        }
        while self.sum_at(row, high).0 < target && high < 1e3 {
            high *= 2.0;
        }
        let mut at = 0.0;
        for _ in 0..100 {
            let (found, slope) = self.sum_at(row, at);
            if (found - target).abs() <= close {
                break;
            }
            if found > target {
                high = at;
            } else {
                low = at;
            }
            let newton = at - (found - target) / slope;
            // Beside the bracket, or with no slope at all, halve it.
            at = if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
        }
        at
    }
}

#[cfg(test)]
mod tests;
