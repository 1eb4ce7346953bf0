use super::*;
use crate::call::{Inputs, Options, ask};

const VALUES: [f64; 8] = [10.0, 12.0, 14.0, 5.0, 6.0, 2.0, 3.0, 4.0];

fn named(names: [&str; 8]) -> Vec<Key> {
    names.map(Key::from).to_vec()
}

#[track_caller]
fn check(found: f64, expected: f64) {
    assert!((found - expected).abs() < 5e-7, "{found} is not {expected}");
}

#[test]
fn three_groups_apart_have_the_published_parts() {
    let groups = named(["a", "a", "a", "b", "b", "c", "c", "c"]);
    let found = dagum_gini(&VALUES, &[1.0; 8], &groups).unwrap();
    check(found.total, 0.330_357);
    check(found.within, 0.029_018);
    check(found.between, 0.301_339);
    assert_eq!(found.overlap, 0.0);
    // Without overlap Dagum's and Pyatt's between parts are one.
    assert!((found.between - found.between_means).abs() < 1e-12);
}

// {1, 5} and {2, 3}: d of (3, 2.5) is (0+0+3+2)/4, p is (1+2+0+0)/4, so D = 2/8 and
// G = (8/4)/5.5; inside 4/(2·4·3) … all over 2 n² μ = 2·16·2.75 = 88: pairs 8+2·16+2 = 2·(4+1+8).
#[test]
fn overlapping_groups_have_a_transvariation() {
    let values = [1.0, 5.0, 2.0, 3.0];
    let groups = ["x", "x", "y", "y"].map(Key::from).to_vec();
    let found = dagum_gini(&values, &[1.0; 4], &groups).unwrap();
    let pair = &found.pairs[0];
    assert_eq!((&*pair.richer, &*pair.poorer), ("x", "y"));
    assert!((pair.distance - 0.25).abs() < 1e-12);
    assert!((pair.gini - 2.0 / 5.5).abs() < 1e-12);
    assert!((found.total - 2.0 * (4.0 + 1.0 + 8.0) / 88.0).abs() < 1e-12);
    assert!((found.overlap - 0.75 * 16.0 / 88.0).abs() < 1e-12);
}

#[test]
fn groups_of_equal_mean_have_nothing_between_them() {
    let groups = ["x", "x", "y", "y"].map(Key::from).to_vec();
    let found = dagum_gini(&[1.0, 3.0, 2.0, 2.0], &[1.0; 4], &groups).unwrap();
    assert_eq!(found.between, 0.0);
    assert!(found.overlap > 0.0);
    assert_eq!(found.between_means, 0.0);
}

// Two persons in a region are two regions of one.
#[test]
fn a_weight_of_two_is_the_region_twice() {
    let groups = ["x", "y", "y"].map(Key::from).to_vec();
    let heavy = dagum_gini(&[8.0, 3.0, 9.0], &[2.0, 1.0, 1.0], &groups).unwrap();
    let groups = ["x", "x", "y", "y"].map(Key::from).to_vec();
    let twice = dagum_gini(&[4.0, 4.0, 3.0, 9.0], &[1.0; 4], &groups).unwrap();
    for (a, b) in heavy.parts(false).into_iter().zip(twice.parts(false)) {
        assert!((a - b).abs() < 1e-12);
    }
    assert!((heavy.pairs[0].gini - twice.pairs[0].gini).abs() < 1e-12);
}

#[test]
fn a_group_without_any_value_is_equal_inside_and_nothing_at_all_has_no_gini() {
    let groups = ["x", "x", "y", "y"].map(Key::from).to_vec();
    let found = dagum_gini(&[0.0, 0.0, 1.0, 3.0], &[1.0; 4], &groups).unwrap();
    assert_eq!(found.groups[0].gini, 0.0);
    assert!((found.within + found.between + found.overlap - found.total).abs() < 1e-12);
    assert_eq!(dagum_gini(&[0.0; 4], &[1.0; 4], &groups), Err(Undefined::ZeroTotal));
    assert_eq!(dagum_gini(&[1.0], &[1.0], &groups[..1]), Err(Undefined::SingleRegion));
}

#[test]
fn the_answer_has_both_conventions_and_intervals_inside_groups() {
    let groups = ["a", "a", "a", "b", "b", "c", "c", "c"];
    let frame = Frame::new(vec![
        Column::text("region", (0..8).map(|k| format!("r{k}"))),
        Column::numbers("value", "yuan", VALUES),
        Column::text("group", groups),
    ]);
    let inputs = Inputs::new().with("regions", frame.unwrap());
    let options = Options::new().with("interval", "bootstrap").with("replicates", "199");
    for variant in ["dagum", "pyatt"] {
        let answer = ask("dagum", Some(variant), &inputs, &options).unwrap();
        let column = |name: &str| -> Vec<f64> {
            let data = answer.main().numbers(name).unwrap();
            data.iter().map(|datum| datum.number().unwrap()).collect()
        };
        let (gini, lower, upper) = (column("gini"), column("lower"), column("upper"));
        check(gini[0], 0.330_357);
        assert!((gini[1] + gini[2] + gini[3] - gini[0]).abs() < 1e-12);
        assert!(lower[0] < gini[0] && gini[0] < upper[0]);
        assert_eq!(answer.table("pairs").unwrap().n_rows(), 3);
        assert!(answer.notes.iter().any(|note| note.code == "intervals-of-regions"));
    }
}
