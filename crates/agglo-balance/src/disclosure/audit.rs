//! The outsider: what can be computed about each withheld cell from all that is published.

use super::rules::Primary;
use crate::bounds::{BoundsOptions, bounds};
use crate::interval::Interval;
use crate::system::{BalanceError, System};

/// What an outsider can say of a withheld cell.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Audited {
    /// Position of the cell.
    pub cell: usize,
    /// The least and the most that it can be.
    pub feasible: Interval,
    /// Whether that is as wide as the cell's protection asks for; `None` for complementary cells,
    /// for which nothing is asked.
    pub is_protected: Option<bool>,
}

/// The feasible interval of each cell of `suppressed`, by exact linear programs, in the order of
/// the cells.
///
/// The outsider knows every other value, every equation, and each cell's own `lower` and `upper`.
/// Cost: that of [`bounds`](crate::bounds) with components of any size: at most two linear
/// programs per withheld cell.
///
/// # Errors
/// [`BalanceError::NotKnown`] for a system with an unknown cell; [`BalanceError::Cell`] for a cell
/// that is not there; [`BalanceError::DoesNotAddUp`] where the table itself does not hold.
pub fn audit(
    system: &System,
    suppressed: &[usize],
    primary: &[Primary],
) -> Result<Vec<Audited>, BalanceError> {
    let values = system.known_values()?;
    holds(system)?;
    let outside = system.hiding(suppressed)?;
    let found = bounds(&outside, &BoundsOptions { max_component: usize::MAX });
    let mut cells = suppressed.to_vec();
    cells.sort_unstable();
    cells.dedup();
    let look = |cell: usize| {
        let feasible = Interval { lower: found.lower[cell], upper: found.upper[cell] };
        let asked = primary.iter().find(|asked| asked.cell == cell);
        let is_protected = asked.map(|asked| wide_enough(system, &values, asked, feasible));
        Audited { cell, feasible, is_protected }
    };
    Ok(cells.into_iter().map(look).collect())
}

/// Whether `feasible` reaches `above` and `below` the value, as far as the cell's bounds let it.
fn wide_enough(system: &System, values: &[f64], asked: &Primary, feasible: Interval) -> bool {
    let value = values[asked.cell];
    let slack = 1e-6 * value.abs().max(1.0);
    let cell = &system.cells()[asked.cell];
    let above = asked.above.min(cell.upper - value);
    let below = asked.below.min(value - cell.lower);
    feasible.upper >= value + above - slack && feasible.lower <= value - below + slack
}

/// An error unless every equation of a known table holds.
pub(crate) fn holds(system: &System) -> Result<(), BalanceError> {
    match crate::check(system).first() {
        None => Ok(()),
        Some(found) => {
            Err(BalanceError::DoesNotAddUp { label: found.label.clone(), gap: found.gap })
        }
    }
}
