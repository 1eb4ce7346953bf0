//! Sums that do not hold.

use crate::System;

/// A sum that does not hold, whatever the withheld cells are.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The equation in words.
    pub label: String,
    /// The place of the equation.
    pub equation: usize,
    /// The smallest and the largest that the total can be.
    pub total: (f64, f64),
    /// The smallest and the largest that the parts can add up to.
    pub sum: (f64, f64),
    /// By how much the two miss each other.
    pub gap: f64,
    /// By how much they may, through rounding.
    pub allowed: f64,
}

/// The sums that do not hold: total and parts are intervals where cells are withheld, and only
/// intervals that do not meet are a violation. Cost: linear in the parts.
pub fn check(system: &System) -> Vec<Violation> {
    let range = |at: usize| {
        let cell = &system.cells[at];
        cell.value.map_or((cell.lower, cell.upper), |value| (value, value))
    };
    let mut violations = Vec::new();
    for (place, equation) in system.equations.iter().enumerate() {
        let total = range(equation.total);
        let add = |sum: (f64, f64), &at: &usize| {
            let part = range(at);
            (sum.0 + part.0, sum.1 + part.1)
        };
        let sum = equation.parts.iter().fold((0.0, 0.0), add);
        let short = if equation.whole { total.0 - sum.1 } else { f64::NEG_INFINITY };
        let gap = short.max(sum.0 - total.1);
        let allowed = system.tolerance(equation);
        if gap > allowed {
            let label = equation.label.clone();
            violations.push(Violation { label, equation: place, total, sum, gap, allowed });
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cell, Equation};

    fn system(total: Cell, parts: &[Cell], whole: bool) -> System {
        let mut cells = vec![total];
        cells.extend(parts);
        let parts = (1..cells.len()).collect();
        let equation = Equation { label: "all".into(), total: 0, parts, whole };
        System { cells, equations: vec![equation] }
    }

    #[test]
    fn a_withheld_part_can_make_up_for_what_is_missing() {
        let known = [Cell::known(40.0), Cell::known(50.0)];
        assert_eq!(check(&system(Cell::known(100.0), &known, true))[0].gap, 10.0);
        let withheld = [Cell::known(40.0), Cell::known(50.0), Cell::unknown(5.0, 19.0)];
        assert_eq!(check(&system(Cell::known(100.0), &withheld, true)), []);
        assert_eq!(check(&system(Cell::known(120.0), &withheld, true))[0].gap, 11.0);
    }

    #[test]
    fn rounding_is_allowed_and_a_ceiling_may_be_missed_from_below() {
        let rounded = Cell { rounding: 10.0, ..Cell::known(50.0) };
        assert_eq!(check(&system(Cell::known(110.0), &[rounded, rounded], true)), []);
        assert_eq!(check(&system(Cell::known(111.0), &[rounded, rounded], true)).len(), 1);
        let parts = [Cell::known(40.0)];
        assert_eq!(check(&system(Cell::known(100.0), &parts, false)), []);
        assert_eq!(check(&system(Cell::known(30.0), &parts, false)).len(), 1);
    }
}
