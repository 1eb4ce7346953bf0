//! Linear programs over a component.

use microlp::{ComparisonOp, Error, OptimizationDirection, Problem, Variable};

use crate::component::Component;

/// Why a linear program has no answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Failure {
    Infeasible,
    Unbounded,
    Solver(String),
}

/// Least or most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sense {
    Least,
    Most,
}

/// Terms of a row, and what their sum lies between.
type Line = (Vec<(usize, f64)>, f64, f64);

/// Variables between bounds under rows; values are divided by a power of two so that the solver's
/// absolute tolerance (1e-7) is below 1e-12 of the largest number.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    bounds: Vec<(f64, f64)>,
    rows: Vec<Line>,
    unit: f64,
}

impl Program {
    /// The unknowns of `component` under its rows.
    pub(crate) fn of(component: &Component) -> Program {
        let bounds = component.lower.iter().copied().zip(component.upper.iter().copied()).collect();
        let mut program = Program::new(bounds, component.scale());
        for row in &component.rows {
            program.row(row.terms.clone(), row.lower, row.upper);
        }
        program
    }

    /// Variables between `bounds`, in numbers up to about `scale`.
    pub(crate) fn new(bounds: Vec<(f64, f64)>, scale: f64) -> Program {
        let excess = (scale / 1e6).log2().ceil().max(0.0);
        Program { bounds, rows: Vec::new(), unit: excess.exp2() }
    }

    /// Another variable.
    pub(crate) fn variable(&mut self, lower: f64, upper: f64) -> usize {
        self.bounds.push((lower, upper));
        self.bounds.len() - 1
    }

    /// lower ≤ Σ coefficient · x ≤ upper.
    pub(crate) fn row(&mut self, terms: Vec<(usize, f64)>, lower: f64, upper: f64) {
        self.rows.push((terms, lower, upper));
    }

    /// A point at which Σ coefficient · x is least or most.
    pub(crate) fn solve(
        &self,
        sense: Sense,
        objective: &[(usize, f64)],
    ) -> Result<Vec<f64>, Failure> {
        let direction = match sense {
            Sense::Least => OptimizationDirection::Minimize,
            Sense::Most => OptimizationDirection::Maximize,
        };
        let mut weights = vec![0.0; self.bounds.len()];
        for &(x, weight) in objective {
            weights[x] += weight;
        }
        let mut problem = Problem::new(direction);
        let variables: Vec<Variable> = (self.bounds.iter().zip(weights))
            .map(|(&(lower, upper), weight)| {
                problem.add_var(weight, (lower / self.unit, upper / self.unit))
            })
            .collect();
        for (terms, lower, upper) in &self.rows {
            let (lower, upper) = (lower / self.unit, upper / self.unit);
            let mut terms: Vec<(Variable, f64)> =
                terms.iter().map(|&(x, coefficient)| (variables[x], coefficient)).collect();
            if upper - lower <= 1e-9 {
                problem.add_constraint(&terms[..], ComparisonOp::Eq, f64::midpoint(lower, upper));
            } else if upper.is_infinite() {
                problem.add_constraint(&terms[..], ComparisonOp::Ge, lower);
            } else {
                let slack = problem.add_var(0.0, (lower, upper));
                terms.push((slack, -1.0));
                problem.add_constraint(&terms[..], ComparisonOp::Eq, 0.0);
            }
        }
        let outcome = problem.solve().map_err(|error| match error {
            Error::Infeasible => Failure::Infeasible,
            Error::Unbounded => Failure::Unbounded,
            other => Failure::Solver(other.to_string()),
        })?;
        let solution =
            outcome.into_solution().map_err(|_| Failure::Solver("interrupted".into()))?;
        Ok(variables.iter().map(|&x| solution.var_value(x) * self.unit).collect())
    }
}
