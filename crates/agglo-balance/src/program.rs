//! One value for each withheld cell by linear program: the table with the least deviation from
//! the prior.
//!
//! | variant                    | minimises, over all tables that satisfy the equations and bounds |
//! |----------------------------|------------------------------------------------------------------|
//! | [`Deviation::Sum`]         | Σ_i abs(x_i − q_i) / q_i                                         |
//! | [`Deviation::Largest`]     | max_i abs(x_i − q_i) / q_i                                       |
//!
//! The prior q is that of [`maximum_entropy`](crate::maximum_entropy), measured from the base that
//! it has there. The answer of a linear program lies in a corner: many cells stay at their prior
//! or at a bound and few take all the change, and several tables may be equally good, of which one
//! is given. Prefer maximum entropy unless that is wanted.
//! Source: the textbook forms of least absolute and of minimax deviation (Chvátal 1983, Linear
//! Programming, ch. 14) [M]. Cost: one program of 2 variables per cell for each component.

use crate::entropy::{Imputed, Solved, Why, impute};
use crate::lp::{Failure, Program, Sense};
use crate::system::System;

/// Which deviation is least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deviation {
    /// The sum of relative deviations.
    Sum,
    /// The largest relative deviation.
    Largest,
}

/// The table with the least deviation from the prior; see the head of this page.
pub fn linear_program(system: &System, deviation: Deviation) -> Imputed {
    impute(system, |prepared| {
        let component = &prepared.component;
        let mut program = Program::of(component);
        let mut objective = Vec::new();
        let largest = match deviation {
            Deviation::Largest => Some(program.variable(0.0, f64::INFINITY)),
            Deviation::Sum => None,
        };
        for (x, prior) in prepared.prior.iter().enumerate() {
            // A cell that can take one value only deviates as it must.
            if component.lower[x] == component.upper[x] {
                continue;
            }
            let guess = prior.base + prior.above;
            let up = program.variable(0.0, f64::INFINITY);
            let down = program.variable(0.0, f64::INFINITY);
            program.row(vec![(x, 1.0), (up, -1.0), (down, 1.0)], guess, guess);
            match largest {
                None => objective.extend([(up, 1.0 / prior.above), (down, 1.0 / prior.above)]),
                Some(largest) => {
                    let terms = vec![(largest, prior.above), (up, -1.0), (down, -1.0)];
                    program.row(terms, 0.0, f64::INFINITY);
                }
            }
        }
        objective.extend(largest.map(|largest| (largest, 1.0)));
        let mut values =
            program.solve(Sense::Least, &objective).map_err(|failure| match failure {
                Failure::Infeasible => Why::Infeasible,
                Failure::Unbounded | Failure::Solver(_) => Why::Solver,
            })?;
        values.truncate(component.cells.len());
        let residual = component.worst(&values) / component.scale();
        Ok(Solved { values, sweeps: 0, residual })
    })
}

#[cfg(test)]
mod tests {
    use super::{Deviation, linear_program};
    use crate::{Cell, Equation, System};

    fn share(priors: [f64; 2], total: f64) -> System {
        let guess = |prior| Cell::unknown().with_prior(prior);
        let cells = vec![Cell::known(total), guess(priors[0]), guess(priors[1])];
        System::new(cells, vec![Equation::new("t", 0, vec![1, 2])]).unwrap()
    }

    #[test]
    fn the_least_sum_puts_the_change_where_it_costs_least() {
        // 30 too few: a unit costs 1/10 in the first cell and 1/40 in the second.
        let found = linear_program(&share([10.0, 40.0], 80.0), Deviation::Sum);
        assert_eq!(found.values[1..], [Some(10.0), Some(70.0)]);
    }

    #[test]
    fn the_least_largest_spreads_the_change_in_proportion() {
        let found = linear_program(&share([10.0, 40.0], 80.0), Deviation::Largest);
        let values: Vec<f64> = found.values[1..].iter().map(|value| value.unwrap()).collect();
        assert!((values[0] - 16.0).abs() < 1e-6 && (values[1] - 64.0).abs() < 1e-6, "{values:?}");
    }
}
