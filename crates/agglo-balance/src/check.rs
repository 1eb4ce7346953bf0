//! Sums that do not hold.

use agglo_core::sum;

use crate::interval::Interval;
use crate::system::{Relation, System};

/// An equation that no values of the unknown cells can satisfy.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Violation {
    /// Position of the equation.
    pub equation: usize,
    /// Name of the equation.
    pub label: String,
    /// The total; a point where it is known.
    pub total: Interval,
    /// Σ parts; a point where all of them are known.
    pub sum: Interval,
    /// The least that total − Σ parts can be away from what the relation asks for; the sign is that of total − Σ parts.
    pub gap: f64,
    /// What the gap may be: tolerance and half-units.
    pub allowed: f64,
}

/// The equations that do not hold, in their order.
///
/// total − Σ parts must lie within ± (tolerance + ½ Σ rounding units); for an incomplete total it
/// must not be below the negative of that. Unknown cells count with their bounds, so an equation
/// is named only if no values within the bounds satisfy it. Cost: O(cells in equations).
pub fn check(system: &System) -> Vec<Violation> {
    let cells = system.cells();
    let test = |(number, equation): (usize, &crate::Equation)| {
        let total = cells[equation.total].range();
        let parts = Interval {
            lower: ends(equation.parts.iter().map(|&part| cells[part].range().lower)),
            upper: ends(equation.parts.iter().map(|&part| cells[part].range().upper)),
        };
        let allowed = system.allowed(equation);
        let slack = allowed + 1e-12 * total.lower.abs().max(parts.lower.abs()).min(1e300);
        let (short, over) = (total.upper - parts.lower, total.lower - parts.upper);
        let gap = if short < -slack {
            short
        } else if equation.relation == Relation::Equal && over > slack {
            over
        } else {
            return None;
        };
        let label = equation.label.clone();
        Some(Violation { equation: number, label, total, sum: parts, gap, allowed })
    };
    system.equations().iter().enumerate().filter_map(test).collect()
}

/// A compensated sum that may hold infinite terms of one sign.
fn ends(values: impl Iterator<Item = f64> + Clone) -> f64 {
    match values.clone().find(|value| value.is_infinite()) {
        Some(infinite) => infinite,
        None => sum(values),
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::{Cell, Equation, Relation, System};

    fn three(total: Cell, a: Cell, b: Cell) -> System {
        System::new(vec![total, a, b], vec![Equation::new("t = a + b", 0, vec![1, 2])]).unwrap()
    }

    #[test]
    fn a_sum_off_by_more_than_the_half_units_is_named_and_one_within_them_is_not() {
        let round = |value| Cell::known(value).rounded_to(1.0);
        // Three cells rounded to whole numbers: 1.5 may be lost.
        assert_eq!(check(&three(round(11.0), round(5.0), round(5.0))), []);
        let found = check(&three(round(12.0), round(5.0), round(5.0)));
        assert_eq!((found[0].gap, found[0].allowed), (2.0, 1.5));
    }

    #[test]
    fn a_withheld_part_is_a_violation_only_where_no_value_of_it_would_do() {
        let part = |upper| three(Cell::known(100.0), Cell::known(60.0), Cell::between(0.0, upper));
        assert_eq!(check(&part(40.0)), []);
        let found = check(&part(19.0));
        assert_eq!(found[0].gap, 21.0);
        assert_eq!((found[0].sum.lower, found[0].sum.upper), (60.0, 79.0));
        let too_much = three(Cell::known(50.0), Cell::known(60.0), Cell::unknown());
        assert_eq!(check(&too_much)[0].gap, -10.0);
    }

    #[test]
    fn an_incomplete_total_may_be_above_its_parts_but_not_below() {
        let system = |total| {
            let mut equation = Equation::new("t ≥ a", 0, vec![1]);
            equation.relation = Relation::AtLeast;
            System::new(vec![Cell::known(total), Cell::known(10.0)], vec![equation]).unwrap()
        };
        assert_eq!(check(&system(25.0)), []);
        assert_eq!(check(&system(9.0))[0].gap, -1.0);
    }
}
