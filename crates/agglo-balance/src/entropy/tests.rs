use super::{Why, maximum_entropy};
use crate::{Cell, Equation, System};

fn sum_of(total: f64, parts: Vec<Cell>) -> System {
    let n = parts.len();
    let mut cells = vec![Cell::known(total)];
    cells.extend(parts);
    System::new(cells, vec![Equation::new("t", 0, (1..=n).collect())]).unwrap()
}

fn filled(system: &System) -> Vec<f64> {
    let found = maximum_entropy(system);
    assert!(found.converged && found.unfilled.is_empty(), "{found:?}");
    found.values.iter().map(|value| value.unwrap()).collect()
}

#[track_caller]
fn near(found: &[f64], expected: &[f64]) {
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-7, "found {found}, expected {expected}");
    }
}

#[test]
fn one_total_is_shared_out_in_proportion_to_the_prior() {
    let guess = |prior| Cell::unknown().with_prior(prior);
    near(
        &filled(&sum_of(60.0, vec![guess(1.0), guess(2.0), guess(3.0)]))[1..],
        &[10.0, 20.0, 30.0],
    );
}

#[test]
fn a_cell_at_its_bound_leaves_the_rest_to_the_others_in_proportion() {
    let guess = |prior, upper| Cell::between(0.0, upper).with_prior(prior);
    // 60 in proportion 1:2:3 gives the last 30, it may have 12; 48 is left for 1:2.
    let parts = vec![guess(1.0, 100.0), guess(2.0, 100.0), guess(3.0, 12.0)];
    near(&filled(&sum_of(60.0, parts))[1..], &[16.0, 32.0, 12.0]);
}

#[test]
fn without_a_prior_the_middle_of_the_bounds_is_one() {
    let parts = vec![Cell::between(0.0, 20.0), Cell::between(20.0, 100.0)];
    // Middles 10 and 60; 35 is half of them, but the second has a floor of 20 that does not bind.
    near(&filled(&sum_of(35.0, parts))[1..], &[5.0, 30.0]);
}

#[test]
fn a_two_by_two_table_is_fitted_as_by_hand() {
    // With a flat prior the fit is rows × columns / n.
    let mut cells = vec![Cell::unknown().with_prior(1.0); 4];
    cells.extend([70.0, 30.0, 60.0, 40.0].map(Cell::known));
    let equations = vec![
        Equation::new("row 1", 4, vec![0, 1]),
        Equation::new("row 2", 5, vec![2, 3]),
        Equation::new("column 1", 6, vec![0, 2]),
        Equation::new("column 2", 7, vec![1, 3]),
    ];
    let system = System::new(cells, equations).unwrap();
    near(&filled(&system)[..4], &[42.0, 28.0, 18.0, 12.0]);
}

#[test]
fn a_negative_lower_bound_is_where_the_distance_is_measured_from() {
    // Above −10: priors 10 and 20, and 1 + 10 + 10 = 21 to share out, hence 7 and 14.
    let guess = |prior: f64| Cell::between(-10.0, 100.0).with_prior(prior);
    near(&filled(&sum_of(1.0, vec![guess(1e-9), guess(10.0)]))[1..], &[-3.0, 4.0]);
}

#[test]
fn cells_without_a_solution_or_without_any_information_stay_gaps() {
    let impossible = maximum_entropy(&sum_of(60.0, vec![Cell::between(0.0, 20.0); 2]));
    assert_eq!(impossible.values[1..], [None, None]);
    assert_eq!(impossible.unfilled[0].why, Why::Infeasible);
    assert_eq!(impossible.unfilled[0].equations, ["t"]);
    let lonely = maximum_entropy(&System::new(vec![Cell::unknown()], vec![]).unwrap());
    assert_eq!((lonely.values[0], lonely.unfilled[0].why), (None, Why::NoPrior { cell: 0 }));
}
