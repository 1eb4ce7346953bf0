use super::*;
use crate::call::{Inputs, Options, ask};
use crate::concentration::{Sizes, ellison_glaeser};
use agglo_core::Seed;

// The plants of `ellison_glaeser` and a second industry of shares .5 .2 .3 with H = .4.
const X: [f64; 3] = [0.3, 0.3, 0.4];
const FIRST: [f64; 3] = [150.0, 50.0, 0.0];
const SECOND: [f64; 3] = [0.5, 0.2, 0.3];

#[track_caller]
fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
}

// Σ (.75 − .3)(.5 − .3) + (.25 − .3)(.2 − .3) + (0 − .4)(.3 − .4) = .135, over 1 − .34.
#[test]
fn two_industries_have_the_published_index() {
    let index = coagglomeration(&[&FIRST, &SECOND], &X).unwrap();
    close(index.gamma(0, 1).unwrap(), 0.135 / 0.66, 1e-15);
    close(index.gamma(1, 0).unwrap(), 0.204_545_454_545, 1e-12);
}

#[test]
fn an_industry_with_itself_has_its_raw_concentration() {
    let index = coagglomeration(&[&FIRST, &SECOND], &X).unwrap();
    close(index.gamma(0, 0).unwrap(), 0.365 / 0.66, 1e-15);
}

// w = (.6, .4): the formula with sizes, γ of both and their H, written out.
#[test]
fn the_group_index_is_the_published_formula_and_needs_no_sizes() {
    let sizes = [
        Sizes::from(&[100.0, 50.0, 30.0, 20.0][..]),
        Sizes::Sums { n: 5, total: 1.0, squares: 0.4 },
    ];
    let first: Vec<f64> = FIRST.iter().map(|e| e / 200.0 * 0.6).collect();
    let second: Vec<f64> = SECOND.iter().map(|e| e * 0.4).collect();
    let by_region = [first.as_slice(), second.as_slice()];
    let found = group_coagglomeration(&by_region, &X).unwrap();
    let own = [0, 1].map(|i| ellison_glaeser(&sizes[i], by_region[i], &X).unwrap());
    close(own[1].gamma, -0.515_152, 5e-7);
    let x2 = 0.34;
    let w = [0.6_f64, 0.4];
    let h: f64 = (0..2).map(|i| w[i] * w[i] * own[i].herfindahl).sum();
    let inner: f64 = (0..2).map(|i| own[i].gamma * w[i] * w[i] * (1.0 - own[i].herfindahl)).sum();
    let expected = (found.raw_g / (1.0 - x2) - h - inner) / (1.0 - 0.52);
    close(found.gamma, expected, 1e-12);
    close(found.gamma, 0.204_545_454_545, 1e-12);
}

#[test]
fn the_variance_of_a_pair_and_of_a_group_is_that_of_simulated_choices() {
    let sizes: [&[f64]; 3] = [&[5.0, 3.0, 1.0], &[4.0, 4.0], &[1.0, 2.0, 3.0, 9.0]];
    let weights = [0.5, 0.3, 0.2];
    let herfindahls = sizes.map(|own| chance::herfindahl(&Sizes::from(own)).unwrap());
    let members =
        groups::Members { group: "g".into(), places: vec![0, 1, 2], weights: weights.to_vec() };
    let n = 40_000;
    let (mut pair, mut group) = ([0.0; 2], [0.0; 2]);
    for replicate in 0..n {
        let drawn =
            random_coagglomeration(&sizes, &X, |unit| Seed(9).stream("test", unit, replicate));
        for (moments, value) in
            [(&mut pair, drawn[(1, 0)]), (&mut group, members.mean_of_pairs(&drawn))]
        {
            moments[0] += value / f64::from(n);
            moments[1] += value * value / f64::from(n);
        }
    }
    let moments = PairMoments::of(&X);
    let expected = moments.variance(herfindahls[0], herfindahls[1]);
    // Four standard errors of a mean of 40,000 draws, and of a variance with kurtosis below 9.
    close(pair[0], 0.0, 4.0 * (expected / f64::from(n)).sqrt());
    close(pair[1] / expected, 1.0, 4.0 * (8.0 / f64::from(n)).sqrt());
    let expected = moments.group_variance(&weights, &herfindahls);
    close(group[1] / expected, 1.0, 4.0 * (8.0 / f64::from(n)).sqrt());
}

#[test]
fn nothing_and_one_region_have_no_coagglomeration() {
    let index = coagglomeration(&[&FIRST, &[0.0; 3]], &X).unwrap();
    assert_eq!(index.gamma(0, 1), Err(Undefined::ZeroTotal));
    let one = coagglomeration(&[&FIRST, &SECOND], &[0.0, 2.0, 0.0]);
    assert_eq!(one.err(), Some(Undefined::SingleRegion));
    assert_eq!(group_coagglomeration(&[&FIRST], &X), Err(Undefined::TooFew));
}

fn plants() -> Frame {
    let rows = [
        ("r1", "a", 100.0),
        ("r1", "a", 50.0),
        ("r2", "a", 30.0),
        ("r2", "a", 20.0),
        ("r1", "b", 50.0),
        ("r2", "b", 20.0),
        ("r3", "b", 30.0),
        ("r3", "c", 80.0),
        ("r3", "c", 40.0),
    ];
    Frame::new(vec![
        Column::text("region", rows.iter().map(|row| row.0)),
        Column::text("industry", rows.iter().map(|row| row.1)),
        Column::numbers("value", "persons", rows.iter().map(|row| row.2)),
    ])
    .unwrap()
}

fn benchmark() -> Frame {
    Frame::new(vec![
        Column::text("region", ["r1", "r2", "r3"]),
        Column::numbers("benchmark", "persons", X),
    ])
    .unwrap()
}

fn groups_table() -> Frame {
    Frame::new(vec![
        Column::text("industry", ["a", "b", "b", "z"]),
        Column::text("group", ["g", "g", "alone", "g"]),
    ])
    .unwrap()
}

fn inputs() -> Inputs {
    Inputs::new()
        .with("plant", plants())
        .with("benchmark", benchmark())
        .with("industry_group", groups_table())
}

#[test]
fn pairs_and_groups_are_answered_with_their_tests() {
    let answer = ask("coagglomeration", Some("plants"), &inputs(), &Options::new()).unwrap();
    let pairs = answer.main();
    assert_eq!(pairs.keys("industry_b").unwrap().len(), 3);
    let gamma = pairs.numbers("gamma").unwrap()[0].number().unwrap();
    close(gamma, 0.204_545_454_545, 1e-12);
    let z = pairs.numbers("z").unwrap()[0].number().unwrap();
    let expected = gamma / PairMoments::of(&X).variance(0.345, 0.38).sqrt();
    close(z, expected, 1e-12);
    let groups = answer.table("groups").unwrap();
    let found = groups.numbers("gamma").unwrap();
    assert_eq!(found[0], Datum::undefined(Undefined::TooFew));
    close(found[1].number().unwrap(), gamma, 1e-12);
    close(groups.numbers("z").unwrap()[1].number().unwrap(), z, 1e-9);
    assert!(answer.notes.iter().any(|note| note.en.contains("(z)")));
}

#[test]
fn random_choices_give_the_same_p_to_a_pair_and_to_its_group() {
    let options = Options::new().with("test", "monte-carlo").with("replicates", "299");
    let answer = ask("coagglomeration", Some("plants"), &inputs(), &options).unwrap();
    let pair = answer.main().numbers("p_value").unwrap()[0].number().unwrap();
    let group = answer.table("groups").unwrap().numbers("p_value").unwrap()[1];
    close(group.number().unwrap(), pair, 1e-12);
    // Industry c lies where the others are not: the p of being apart is small.
    let options = options.with("alternative", "less");
    let apart = ask("coagglomeration", Some("plants"), &inputs(), &options).unwrap();
    let apart = apart.main().numbers("p_value").unwrap()[1].number().unwrap();
    assert!(apart < 0.1, "{apart}");
}

#[test]
fn activity_alone_gives_the_index_and_no_test_and_partners_keep_the_closest() {
    let table = Frame::new(vec![
        Column::text("region", ["r1", "r2", "r3", "r1", "r2", "r3", "r1", "r2", "r3"]),
        Column::text("industry", ["a", "a", "a", "b", "b", "b", "c", "c", "c"]),
        Column::numbers("value", "persons", [150., 50., 0., 50., 20., 30., 0., 0., 120.]),
    ]);
    let inputs = Inputs::new().with("activity", table.unwrap()).with("benchmark", benchmark());
    let answer = ask("coagglomeration", None, &inputs, &Options::new()).unwrap();
    assert_eq!(answer.main().n_rows(), 3);
    let none = Datum::undefined(Undefined::NotEnoughEvidence);
    assert_eq!(answer.main().numbers("p_value").unwrap(), [none; 3]);
    assert!(answer.table("groups").is_none());
    let options = Options::new().with("partners", "1");
    let answer = ask("coagglomeration", None, &inputs, &options).unwrap();
    assert_eq!(answer.main().keys("industry_b").unwrap(), ["b".into(), "c".into()]);
}
