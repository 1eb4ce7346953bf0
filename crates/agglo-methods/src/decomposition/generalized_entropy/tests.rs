use agglo_core::Gap;

use super::*;
use crate::call::{Inputs, Options, ask};

const VALUES: [f64; 4] = [10.0, 20.0, 30.0, 40.0];
const WEIGHTS: [f64; 4] = [2.0, 2.0, 2.0, 4.0];

fn groups() -> Vec<Key> {
    ["east", "east", "west", "west"].map(Key::from).to_vec()
}

#[track_caller]
fn check(alpha: f64, total: f64, between: f64, within: f64) {
    let found = decompose_entropy(&VALUES, &WEIGHTS, &groups(), alpha).unwrap();
    let found = [found.total, found.between, found.within];
    for (found, expected) in found.into_iter().zip([total, between, within]) {
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }
}

// a/b = .5 1 1.5 1: GE(2) = ½ Σ b (a/b − 1)² = ½ (.2·.25 + .2·.25) = .05.
#[test]
fn half_the_squared_coefficient_of_variation_has_its_parts() {
    check(2.0, 0.05, 0.02 / 0.96, 0.05 - 0.02 / 0.96);
}

#[test]
fn near_one_and_near_zero_the_family_meets_theil() {
    let at = |alpha| generalized_entropy(&VALUES, &WEIGHTS, alpha).unwrap();
    assert!((at(1.0 + 1e-6) - at(1.0)).abs() < 1e-7);
    assert!((at(1e-6) - at(0.0)).abs() < 1e-7);
}

#[test]
fn equal_regions_are_not_unequal() {
    for alpha in [0.0, 1.0, 2.0, -1.0] {
        assert_eq!(generalized_entropy(&[3.0, 3.0], &[1.0, 1.0], alpha), Ok(0.0));
    }
    assert_eq!(generalized_entropy(&[3.0], &[1.0], 1.0), Ok(0.0));
}

#[test]
fn zero_is_fine_for_t_and_undefined_for_l() {
    assert_eq!(generalized_entropy(&[0.0, 2.0], &[1.0, 1.0], 1.0), Ok(2.0_f64.ln()));
    let none = Err(Undefined::LogOfZero);
    assert_eq!(generalized_entropy(&[0.0, 2.0], &[1.0, 1.0], 0.0), none);
    assert_eq!(generalized_entropy(&[0.0, 0.0], &[1.0, 1.0], 1.0), Err(Undefined::ZeroTotal));
    assert_eq!(generalized_entropy(&[-1.0, 2.0], &[1.0, 1.0], 1.0), Err(Undefined::Negative));
}

fn frame(values: impl IntoIterator<Item = Datum>) -> Frame {
    Frame::new(vec![
        Column::text("region", ["a", "b", "c", "d"]),
        Column::number("value", "money", values),
        Column::numbers("weight", "persons", WEIGHTS),
        Column::text("group", ["east", "east", "west", "west"]),
        Column::text("subgroup", ["x", "y", "x", "x"]),
    ])
    .unwrap()
}

#[test]
fn levels_add_up_to_the_total() {
    let inputs = Inputs::new().with("regions", frame(VALUES.map(Datum::Number)));
    let answer = ask("generalized-entropy", None, &inputs, &Options::new()).unwrap();
    let total = answer.main().numbers("total").unwrap()[0].number().unwrap();
    let levels = answer.table("levels").unwrap().numbers("contribution").unwrap();
    let levels: Vec<f64> = levels.iter().map(|part| part.number().unwrap()).collect();
    assert!((levels.iter().sum::<f64>() - total).abs() < 1e-12);
    // Subgroups x and y of the east hold one region each, so all of the rest is in the west.
    let west = answer.table("groups").unwrap().numbers("contribution").unwrap()[1];
    assert!((levels[2] - west.number().unwrap()).abs() < 1e-12);
}

#[test]
fn a_region_with_nothing_is_named_and_can_be_left_out() {
    let values = [0.0, 20.0, 30.0, 40.0].map(Datum::Number);
    let inputs = Inputs::new().with("regions", frame(values));
    let ask =
        |options: &Options| ask("generalized-entropy", Some("theil-l"), &inputs, options).unwrap();
    let answer = ask(&Options::new());
    let gap = Datum::undefined(Undefined::LogOfZero);
    assert_eq!(answer.main().numbers("total").unwrap(), [gap]);
    assert!(answer.notes.iter().any(|note| note.en.contains("(a)")));
    let answer = ask(&Options::new().with("zeros", "drop"));
    assert_eq!(answer.main().integers("n_regions").unwrap(), [3]);
}

#[test]
fn a_gap_is_refused_unless_the_option_leaves_it_out() {
    let values =
        [Datum::Gap(Gap::Suppressed), Datum::Number(1.0), Datum::Number(2.0), Datum::Number(3.0)];
    let inputs = Inputs::new().with("regions", frame(values));
    assert!(ask("generalized-entropy", None, &inputs, &Options::new()).is_err());
    let options = Options::new().with("gaps", "drop-regions");
    let answer = ask("generalized-entropy", None, &inputs, &options).unwrap();
    assert_eq!(answer.notes[0].code, "regions-dropped");
}

// Eight places in two groups of two pairs: three levels down to single places.
#[test]
fn three_levels_of_groups_sum_to_the_total_whatever_alpha() {
    let values = [1.0, 2.0, 4.0, 8.0, 3.0, 5.0, 7.0, 9.0];
    let weights = [1.0, 1.0, 2.0, 1.0, 3.0, 1.0, 1.0, 1.0];
    let named =
        |size: usize| -> Vec<Key> { (0..8).map(|k| format!("{}", k / size).into()).collect() };
    for alpha in [1.0, 0.0, 2.0, -1.0, 0.5] {
        let levels = [named(4), named(2), named(1)];
        let tree = nested_entropy(&values, &weights, &levels, alpha).unwrap();
        assert_eq!(tree.levels.len(), 4);
        assert!((tree.levels.iter().sum::<f64>() - tree.total).abs() < 1e-12, "{alpha}");
        assert!(tree.levels[3].abs() < 1e-15, "single places are equal to themselves");
        let flat = decompose_entropy(&values, &weights, &levels[0], alpha).unwrap();
        assert!((tree.levels[0] - flat.between).abs() < 1e-15);
        // Of the pairs, and by hand: what lies inside them adds what their places differ by.
        let pairs = decompose_entropy(&values, &weights, &levels[1], alpha).unwrap();
        assert!((tree.levels[2] - pairs.within).abs() < 1e-12);
    }
}

#[test]
fn a_subgroup_of_one_name_in_two_groups_is_two_and_each_has_its_row() {
    let inputs = Inputs::new().with("regions", frame(VALUES.map(Datum::Number)));
    let answer = ask("generalized-entropy", None, &inputs, &Options::new()).unwrap();
    let nodes = answer.table("nodes").unwrap();
    let groups: Vec<String> =
        nodes.keys("group").unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(groups, ["east", "west", "east / x", "east / y", "west / x"]);
    assert_eq!(nodes.integers("depth").unwrap(), [1, 1, 2, 2, 2]);
}
