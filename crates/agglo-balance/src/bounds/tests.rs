use super::{BoundsOptions, How, bounds};
use crate::{Cell, Equation, System};

/// Cells 0..4 = a b c d in two rows and two columns, 4..8 = row totals, column totals.
fn square(rows: [f64; 2], columns: [f64; 2], inner: [Cell; 4]) -> System {
    let mut cells = inner.to_vec();
    cells.extend([rows[0], rows[1], columns[0], columns[1]].map(Cell::known));
    let equations = vec![
        Equation::new("row 1", 4, vec![0, 1]),
        Equation::new("row 2", 5, vec![2, 3]),
        Equation::new("column 1", 6, vec![0, 2]),
        Equation::new("column 2", 7, vec![1, 3]),
    ];
    System::new(cells, equations).unwrap()
}

#[test]
fn margins_bound_the_cells_of_a_two_by_two_table_as_frechet_says() {
    // max(0, r + c − n) ≤ x ≤ min(r, c) with n = 10.
    let found =
        bounds(&square([7.0, 3.0], [6.0, 4.0], [Cell::unknown(); 4]), &BoundsOptions::default());
    assert_eq!(&found.lower[..4], [3.0, 1.0, 0.0, 0.0]);
    assert_eq!(&found.upper[..4], [6.0, 4.0, 3.0, 3.0]);
    assert_eq!(found.how[..5], [How::Exact, How::Exact, How::Exact, How::Exact, How::Known]);
    assert!(found.infeasible.is_empty());
}

#[test]
fn one_withheld_part_is_what_the_others_leave() {
    let cells = vec![Cell::known(10.0), Cell::known(4.0), Cell::unknown()];
    let system = System::new(cells, vec![Equation::new("t", 0, vec![1, 2])]).unwrap();
    let found = bounds(&system, &BoundsOptions::default());
    assert_eq!((found.lower[2], found.upper[2], found.how[2]), (6.0, 6.0, How::Exact));
}

#[test]
fn rounded_neighbours_leave_room_around_the_one_withheld() {
    let round = |value| Cell::known(value).rounded_to(5.0);
    let cells = vec![round(10.0), round(5.0), Cell::unknown()];
    let system = System::new(cells, vec![Equation::new("t", 0, vec![1, 2])]).unwrap();
    let found = bounds(&system, &BoundsOptions::default());
    // Half-units: 2.5 of the total and 2.5 of the part.
    assert_eq!((found.lower[2], found.upper[2]), (0.0, 10.0));
}

#[test]
fn programs_see_what_propagation_cannot() {
    // a + b = 10, b + c = 10, c + a = 10 has one solution, 5 each; each row alone allows 0 to 10.
    let mut cells = vec![Cell::unknown(); 3];
    cells.extend([Cell::known(10.0); 3]);
    let pair = |total, a, b| Equation::new(format!("{a} and {b}"), total, vec![a, b]);
    let system = System::new(cells, vec![pair(3, 0, 1), pair(4, 1, 2), pair(5, 2, 0)]).unwrap();
    let exact = bounds(&system, &BoundsOptions::default());
    let outer = bounds(&system, &BoundsOptions { max_component: 2 });
    for cell in 0..3 {
        assert!((exact.lower[cell] - 5.0).abs() < 1e-9 && (exact.upper[cell] - 5.0).abs() < 1e-9);
        assert_eq!(exact.how[cell], How::Exact);
        assert_eq!(
            (outer.lower[cell], outer.upper[cell], outer.how[cell]),
            (0.0, 10.0, How::Propagated)
        );
    }
}

#[test]
fn equations_that_cannot_hold_are_named_and_their_cells_keep_the_bounds_they_came_with() {
    let inner =
        [Cell::between(0.0, 2.0), Cell::between(0.0, 3.0), Cell::unknown(), Cell::unknown()];
    let found = bounds(&square([7.0, 3.0], [6.0, 4.0], inner), &BoundsOptions::default());
    assert_eq!(found.infeasible.len(), 1);
    assert_eq!(found.infeasible[0].equations[0], "row 1");
    assert_eq!((found.upper[0], found.how[0]), (2.0, How::Infeasible));
}

#[test]
fn margins_that_contradict_each_other_are_found_by_the_program() {
    // Rows sum to 10, columns to 12: every row alone can hold.
    let found =
        bounds(&square([5.0, 5.0], [6.0, 6.0], [Cell::unknown(); 4]), &BoundsOptions::default());
    assert_eq!(found.infeasible[0].cells, [0, 1, 2, 3]);
}
