//! What the published cells say about the withheld ones: the least and the most that each can be.
//!
//! Over all x with `total − Σ parts` within ± (tolerance + half-units) for each equation, and with
//! lower ≤ x ≤ upper for each unknown cell:  L_i = min x_i,  U_i = max x_i.
//!
//! First the intervals are propagated through the equations to their fixpoint (cheap, outer); then,
//! in components of at most `max_component` unknowns, L_i and U_i are found by linear programs
//! (exact). A point that solves one program lies in all the other cells' intervals too, so a
//! program is skipped where an earlier point already reaches the propagated end.
//!
//! Cost: propagation O(passes · cells in equations); at most 2 programs per cell of a component.
//! Source: Dobra and Fienberg (2000), PNAS 97(22), 11885–11892, for bounds of cells from margins;
//! Hundepool et al. (2012), Statistical Disclosure Control, Wiley, ch. 4, for the programs [M].

use crate::component::{Component, components};
use crate::lp::{Failure, Program, Sense};
use crate::system::System;

/// How far to go for exact bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoundsOptions {
    /// Components with more unknowns than this are left at the propagated, outer bounds.
    pub max_component: usize,
}

impl Default for BoundsOptions {
    fn default() -> Self {
        BoundsOptions { max_component: 300 }
    }
}

/// Where a cell's bounds come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// The cell is published: both bounds are its value.
    Known,
    /// Each bound is reached by some table that satisfies every equation.
    Exact,
    /// The true bounds may be narrower, never wider.
    Propagated,
    /// No table satisfies the equations around the cell: both bounds are those it came with.
    Infeasible,
}

/// Equations that no values of their unknown cells can satisfy together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The unknown cells.
    pub cells: Vec<usize>,
    /// The equations that tie them, by name; where one was found impossible alone, it stands first.
    pub equations: Vec<String>,
}

/// The least and the most that each cell can be.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Bounds {
    /// Per cell; may be −∞.
    pub lower: Vec<f64>,
    /// Per cell; may be ∞.
    pub upper: Vec<f64>,
    /// Per cell.
    pub how: Vec<How>,
    /// Components without a solution, in the order of their first cells.
    pub infeasible: Vec<Conflict>,
}

/// The bounds of every cell; see the head of this page.
pub fn bounds(system: &System, options: &BoundsOptions) -> Bounds {
    let cells = system.cells();
    let mut found = Bounds {
        lower: cells.iter().map(|cell| cell.range().lower).collect(),
        upper: cells.iter().map(|cell| cell.range().upper).collect(),
        how: vec![How::Known; cells.len()],
        infeasible: Vec::new(),
    };
    for component in components(system) {
        match tighten(&component, options.max_component) {
            Ok(tight) => {
                for (place, &cell) in component.cells.iter().enumerate() {
                    found.lower[cell] = tight.component.lower[place];
                    found.upper[cell] = tight.component.upper[place];
                    found.how[cell] = tight.how[place];
                }
            }
            Err(row) => {
                for &cell in &component.cells {
                    found.how[cell] = How::Infeasible;
                }
                found.infeasible.push(conflict(system, &component, row));
            }
        }
    }
    found
}

/// The component's cells and equations, the one at `row` first.
pub(crate) fn conflict(system: &System, component: &Component, row: Option<usize>) -> Conflict {
    let mut equations = component.labels(system);
    if let Some(row) = row {
        equations[..=row].rotate_right(1);
    }
    Conflict { cells: component.cells.clone(), equations }
}

/// A component with its bounds made as narrow as asked for.
pub(crate) struct Tight {
    pub(crate) component: Component,
    pub(crate) how: Vec<How>,
    /// Solutions met on the way; none where no program was solved.
    pub(crate) points: Vec<Vec<f64>>,
}

/// Bounds of one component, or the position of the row that is impossible alone, if one is.
pub(crate) fn tighten(component: &Component, max_component: usize) -> Result<Tight, Option<usize>> {
    let mut component = component.clone();
    component.propagate().map_err(Some)?;
    let n = component.cells.len();
    let one_row = component.rows.len() <= 1;
    let how = if one_row { How::Exact } else { How::Propagated };
    let mut tight = Tight { component, how: vec![how; n], points: Vec::new() };
    if n <= max_component && !one_row {
        exact(&mut tight)?;
    }
    Ok(tight)
}

/// Replaces propagated bounds by exact ones.
fn exact(tight: &mut Tight) -> Result<(), Option<usize>> {
    let program = Program::of(&tight.component);
    let n = tight.component.cells.len();
    let near = 1e-9 * tight.component.scale();
    let mut least = vec![f64::INFINITY; n];
    let mut most = vec![f64::NEG_INFINITY; n];
    let mut points: Vec<Vec<f64>> = Vec::new();
    for x in 0..n {
        let mut sure = true;
        for sense in [Sense::Least, Sense::Most] {
            let (end, reached) = match sense {
                Sense::Least => {
                    (tight.component.lower[x], least[x] <= tight.component.lower[x] + near)
                }
                Sense::Most => {
                    (tight.component.upper[x], most[x] >= tight.component.upper[x] - near)
                }
            };
            let fixed = tight.component.lower[x] == tight.component.upper[x] && !points.is_empty();
            if reached || fixed {
                continue;
            }
            match program.solve(sense, &[(x, 1.0)]) {
                Ok(point) => {
                    for (place, &value) in point.iter().enumerate() {
                        least[place] = least[place].min(value);
                        most[place] = most[place].max(value);
                    }
                    match sense {
                        Sense::Least => tight.component.lower[x] = point[x].max(end),
                        Sense::Most => tight.component.upper[x] = point[x].min(end),
                    }
                    points.push(point);
                }
                Err(Failure::Infeasible) => return Err(None),
                Err(Failure::Unbounded) => {}
                // The propagated bound stands; it is an outer one.
                Err(Failure::Solver(_)) => sure = false,
            }
        }
        if tight.component.lower[x] > tight.component.upper[x] {
            let middle = f64::midpoint(tight.component.lower[x], tight.component.upper[x]);
            tight.component.lower[x] = middle;
            tight.component.upper[x] = middle;
        }
        if sure {
            tight.how[x] = How::Exact;
        }
    }
    tight.points = points;
    Ok(())
}

#[cfg(test)]
mod tests;
