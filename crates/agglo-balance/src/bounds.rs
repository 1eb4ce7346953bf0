//! Between which values a withheld cell lies.
//!
//! Interval propagation first, then per cell the smallest and the largest value that all sums of its
//! component allow, as two linear programs: `min x_i` and `max x_i` subject to `A x = b, l ≤ x ≤ u`.
//! Source: Fischetti and Salazar 2003, Management Science 49(10), the attacker's problem.

use agglo_core::Bounds;
use microlp::OptimizationDirection::{Maximize, Minimize};

use crate::System;
use crate::component::components;
use crate::program::Program;

/// How bounds are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoundsOptions {
    /// Components of more withheld cells are only propagated.
    pub max_component: usize,
}

impl Default for BoundsOptions {
    fn default() -> BoundsOptions {
        BoundsOptions { max_component: 60 }
    }
}

/// How the bounds of a cell were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The cell is known.
    Known,
    /// The best there are, by linear programs.
    Exact,
    /// By propagation: right, and perhaps wider than need be.
    Propagated,
}

/// The bounds of every cell of a system.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The bounds, by place.
    pub bounds: Vec<Option<Bounds>>,
    /// How each was found.
    pub how: Vec<How>,
    /// The equations that cannot hold, whatever the withheld cells are; the cells that hang together
    /// with one have no bounds.
    pub infeasible: Vec<usize>,
}

/// The bounds of every cell.
///
/// Cost: propagation is linear in the terms times the passes; the programs take two solutions per
/// withheld cell of components up to `max_component`.
pub fn bounds(system: &System, options: BoundsOptions) -> Found {
    let mut found = Found {
        bounds: system.cells.iter().map(|cell| Bounds::new(cell.value?, cell.value?)).collect(),
        how: vec![How::Known; system.cells.len()],
        infeasible: Vec::new(),
    };
    for mut component in components(system) {
        let broken = component.propagate();
        if !broken.is_empty() {
            found.infeasible.extend(broken);
            continue;
        }
        let exact = component.cells.len() <= options.max_component && !component.rows.is_empty();
        let program = exact.then(|| Program::new(&component));
        for (within, &at) in component.cells.iter().enumerate() {
            let (mut lower, mut upper) = (component.lower[within], component.upper[within]);
            let mut how = How::Propagated;
            if let Some(program) = &program {
                let ends = (program.end(within, Minimize), program.end(within, Maximize));
                if let (Some(low), Some(high)) = ends {
                    lower = lower.max(low.min(upper));
                    upper = upper.min(high.max(lower));
                    how = How::Exact;
                }
            }
            if component.rows.is_empty() {
                how = How::Exact;
            }
            found.how[at] = how;
            found.bounds[at] = Bounds::new(lower, upper);
        }
    }
    found
}

/// The largest part by which completed sums miss their totals, beyond rounding.
pub(crate) fn residual(system: &System, values: &[Option<f64>]) -> f64 {
    let miss = |equation: &crate::Equation| -> Option<f64> {
        let sum = equation.parts.iter().map(|&at| values[at]).sum::<Option<f64>>()?;
        let total = values[equation.total]?;
        let miss = if equation.whole { (sum - total).abs() } else { sum - total };
        Some((miss - system.tolerance(equation)).max(0.0) / total.abs().max(1.0))
    };
    system.equations.iter().filter_map(miss).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cell, Equation};

    /// A 2 × 2 table with margins, all four inner cells withheld.
    pub(crate) fn square(margins: [f64; 4]) -> System {
        let [row_a, row_b, column_x, column_y] = margins;
        let unknown = Cell::unknown(0.0, f64::INFINITY);
        let mut cells = vec![unknown; 4];
        cells.extend([row_a, row_b, column_x, column_y].map(Cell::known));
        let sum = |total, parts: [usize; 2]| Equation {
            label: format!("{total}"),
            total,
            parts: parts.to_vec(),
            whole: true,
        };
        let equations = vec![sum(4, [0, 1]), sum(5, [2, 3]), sum(6, [0, 2]), sum(7, [1, 3])];
        System { cells, equations }
    }

    #[test]
    fn a_lone_withheld_part_is_what_its_sum_leaves() {
        let mut system = square([30.0, 70.0, 40.0, 60.0]);
        system.cells[1] = Cell::known(18.0);
        let found = bounds(&system, BoundsOptions::default());
        for (at, value) in [(0, 12.0), (2, 28.0), (3, 42.0)] {
            let bounds = found.bounds[at].unwrap();
            assert!((bounds.lower - value).abs() < 1e-6, "{at} {bounds:?}");
            assert!((bounds.upper - value).abs() < 1e-6, "{at} {bounds:?}");
        }
    }

    #[test]
    fn margins_bound_the_cells_of_a_square_by_frechet() {
        let found = bounds(&square([30.0, 70.0, 40.0, 60.0]), BoundsOptions::default());
        // max(0, 30 + 40 − 100) … min(30, 40), and so on.
        for (at, ends) in [(0, (0.0, 30.0)), (1, (0.0, 30.0)), (2, (10.0, 40.0)), (3, (30.0, 60.0))]
        {
            let bounds = found.bounds[at].unwrap();
            assert!((bounds.lower - ends.0).abs() < 1e-6, "{at} {bounds:?}");
            assert!((bounds.upper - ends.1).abs() < 1e-6, "{at} {bounds:?}");
            assert_eq!(found.how[at], How::Exact);
        }
    }

    #[test]
    fn sums_that_cannot_hold_are_named_and_their_cells_have_no_bounds() {
        let mut system = square([30.0, 70.0, 40.0, 60.0]);
        system.cells[0] = Cell::unknown(35.0, 50.0);
        let found = bounds(&system, BoundsOptions::default());
        assert!(!found.infeasible.is_empty());
        assert_eq!(found.bounds[0], None);
    }
}
