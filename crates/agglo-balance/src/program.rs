//! The linear programs of a component.
//!
//! Imputation: `min Σ |x_i − p_i| / p_i` subject to the sums and bounds, with prior `p` and the absolute
//! values split in two. Numbers are scaled by the size of the component.

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};

use crate::component::{Component, components};
use crate::entropy::{Imputed, prior};
use crate::{System, bounds};

/// The sums and bounds of a component, ready for objectives.
pub(crate) struct Program<'c> {
    component: &'c Component,
    scale: f64,
}

impl<'c> Program<'c> {
    pub(crate) fn new(component: &'c Component) -> Program<'c> {
        Program { component, scale: component.scale() }
    }

    fn problem(
        &self,
        direction: OptimizationDirection,
        objective: impl Fn(usize) -> f64,
    ) -> (Problem, Vec<Variable>) {
        let mut problem = Problem::new(direction);
        let scaled = |x: f64| x / self.scale;
        let variables: Vec<Variable> = (0..self.component.cells.len())
            .map(|at| {
                let ends = (self.component.lower[at], self.component.upper[at]);
                problem.add_var(objective(at), (scaled(ends.0), scaled(ends.1)))
            })
            .collect();
        for row in &self.component.rows {
            let terms: Vec<(Variable, f64)> =
                row.terms.iter().map(|&(at, sign)| (variables[at], sign)).collect();
            if row.floor.is_finite() {
                problem.add_constraint(&terms[..], ComparisonOp::Ge, scaled(row.floor));
            }
            problem.add_constraint(&terms[..], ComparisonOp::Le, scaled(row.ceiling));
        }
        (problem, variables)
    }

    /// The smallest or the largest that cell `at` can be; infinite where nothing bounds it, `None`
    /// where the program has no answer.
    pub(crate) fn end(&self, at: usize, direction: OptimizationDirection) -> Option<f64> {
        let (problem, variables) = self.problem(direction, |other| f64::from(other == at));
        match problem.solve() {
            Ok(outcome) => {
                Some(outcome.into_solution().ok()?.var_value(variables[at]) * self.scale)
            }
            Err(microlp::Error::Unbounded) => Some(match direction {
                OptimizationDirection::Minimize => f64::NEG_INFINITY,
                OptimizationDirection::Maximize => f64::INFINITY,
            }),
            Err(_) => None,
        }
    }

    /// The feasible point nearest to `prior`, each cell's distance counted in parts of its prior.
    fn nearest(&self, prior: &[f64]) -> Option<Vec<f64>> {
        let (mut problem, variables) = self.problem(OptimizationDirection::Minimize, |_| 0.0);
        for (at, &variable) in variables.iter().enumerate() {
            let wanted = prior[at] / self.scale;
            let weight = 1.0 / wanted.max(1e-6);
            let over = problem.add_var(weight, (0.0, f64::INFINITY));
            let under = problem.add_var(weight, (0.0, f64::INFINITY));
            let terms = [(variable, 1.0), (over, -1.0), (under, 1.0)];
            problem.add_constraint(&terms[..], ComparisonOp::Eq, wanted);
        }
        let solution = problem.solve().ok()?.into_solution().ok()?;
        Some(variables.iter().map(|&v| solution.var_value(v) * self.scale).collect())
    }
}

/// Values for the withheld cells nearest to their priors, by linear programming.
///
/// Cells that hang together with a sum that cannot hold, or whose program has no answer, stay `None`
/// and their equations are named. Cost: one program per component.
pub fn linear_program(system: &System) -> Imputed {
    let mut imputed = Imputed::start(system);
    for mut component in components(system) {
        let broken = component.propagate();
        if !broken.is_empty() {
            imputed.infeasible.extend(broken);
            continue;
        }
        let prior = prior(system, &component);
        match Program::new(&component).nearest(&prior) {
            Some(values) => {
                for (within, &at) in component.cells.iter().enumerate() {
                    let (lower, upper) = (component.lower[within], component.upper[within]);
                    imputed.values[at] = Some(values[within].clamp(lower, upper));
                }
            }
            None => imputed.infeasible.extend(component.rows.iter().map(|row| row.equation)),
        }
    }
    imputed.residual = bounds::residual(system, &imputed.values);
    imputed
}
