//! Chapter 1 as a user asks it: several periods, optional tables, refusals, notes.
#![expect(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

use agglo_core::{Column, Datum, Frame, Gap, Undefined};
use agglo_methods::call::ask;
use agglo_methods::{Answer, Inputs, MethodError, Options};
use agglo_testkit::assert_close;

type Cell = (i64, &'static str, &'static str, f64);

/// Two industries in three regions; from 2000 to 2010 industry a grows and moves nowhere, in 2020
/// it is spread evenly and b is gone.
const CELLS: [Cell; 18] = [
    (2000, "r1", "a", 8.0),
    (2000, "r2", "a", 2.0),
    (2000, "r3", "a", 0.0),
    (2000, "r1", "b", 4.0),
    (2000, "r2", "b", 3.0),
    (2000, "r3", "b", 3.0),
    (2010, "r1", "a", 24.0),
    (2010, "r2", "a", 6.0),
    (2010, "r3", "a", 0.0),
    (2010, "r1", "b", 4.0),
    (2010, "r2", "b", 3.0),
    (2010, "r3", "b", 3.0),
    (2020, "r1", "a", 10.0),
    (2020, "r2", "a", 10.0),
    (2020, "r3", "a", 10.0),
    (2020, "r1", "b", 0.0),
    (2020, "r2", "b", 0.0),
    (2020, "r3", "b", 0.0),
];

fn frame(cells: &[Cell], value: &str) -> Frame {
    Frame::new(vec![
        Column::integer("period", "", cells.iter().map(|cell| cell.0)),
        Column::text("region", cells.iter().map(|cell| cell.1)),
        Column::text("industry", cells.iter().map(|cell| cell.2)),
        Column::numbers(value, "persons", cells.iter().map(|cell| cell.3)),
    ])
    .unwrap()
}

fn activity() -> Inputs {
    Inputs::new().with("activity", frame(&CELLS, "value"))
}

fn benchmark(rows: &[(&str, f64)]) -> Frame {
    Frame::new(vec![
        Column::text("region", rows.iter().map(|row| row.0)),
        Column::numbers("benchmark", "km2", rows.iter().map(|row| row.1)),
    ])
    .unwrap()
}

fn answer(id: &str, variant: &str, inputs: &Inputs, options: &Options) -> Answer {
    ask(id, Some(variant), inputs, options).unwrap()
}

fn column(answer: &Answer, table: &str, name: &str) -> Vec<Datum> {
    answer.table(table).unwrap().numbers(name).unwrap()
}

#[track_caller]
fn check(answer: &Answer, table: &str, name: &str, expected: &[Datum]) {
    let found = column(answer, table, name);
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        match (found, expected) {
            (Datum::Number(found), Datum::Number(expected)) => {
                assert_close(*found, *expected, 1e-12);
            }
            (found, expected) => assert_eq!(found, expected),
        }
    }
}

fn numbers<const N: usize>(values: [f64; N]) -> [Datum; N] {
    values.map(Datum::Number)
}

// G of a: 8, 2, 0 → 2·(−10/3 + 2·(−4/3) + 3·14/3)/(9·10/3) = 16/30; of b: 4, 3, 3 → 2/30.
const GINI_A: f64 = 16.0 / 30.0;
const GINI_B: f64 = 2.0 / 30.0;

// From 2000 to 2010 the weights go from ½, ½ to ¾, ¼ and nothing else moves.
#[test]
fn composition_and_dispersal_are_told_apart() {
    let found = answer("composite-gini", "current", &activity(), &Options::new());
    let (first, second) = (f64::midpoint(GINI_A, GINI_B), 0.75 * GINI_A + 0.25 * GINI_B);
    check(&found, "composite", "gini", &numbers([first, second, 0.0]));
    // Then a disperses at a mean weight of 7/8, and b leaves with its weight of ¼.
    let within = -0.875 * GINI_A;
    let composition = GINI_A / 2.0 * 0.25 - GINI_B * 0.25;
    let rise = second - first;
    check(&found, "change", "total", &numbers([rise, -second, -first]));
    let long = -0.75 * GINI_A;
    check(&found, "change", "within", &numbers([0.0, within, long]));
    check(&found, "change", "composition", &numbers([rise, composition, -first - long]));
    assert!(found.notes.iter().any(|note| note.code == "industries-silent"));
}

#[test]
fn a_chain_holds_no_composition_and_fixed_weights_hardly_any() {
    let chain = answer("composite-gini", "chain", &activity(), &Options::new());
    let first = f64::midpoint(GINI_A, GINI_B);
    check(&chain, "composite", "gini", &numbers([first, first, first - 0.875 * GINI_A]));
    check(&chain, "change", "composition", &numbers([0.0; 3]));
    let options = Options::new().with("base", "2010");
    let fixed = answer("composite-gini", "fixed", &activity(), &options);
    let level = 0.75 * GINI_A + 0.25 * GINI_B;
    check(&fixed, "composite", "gini", &numbers([level, level, 0.0]));
    let options = Options::new().with("base", "1990");
    let refused = ask("composite-gini", Some("fixed"), &activity(), &options).unwrap_err();
    assert!(matches!(refused, MethodError::Option { .. }));
}

#[test]
fn a_pooled_gini_changes_without_parts() {
    let pooled = answer("composite-gini", "pooled", &activity(), &Options::new());
    check(&pooled, "change", "within", &[Datum::Gap(Gap::NotApplicable); 3]);
}

#[test]
fn an_industry_that_is_gone_has_no_index_and_the_reason_stands_beside_it() {
    let gone = Datum::undefined(Undefined::ZeroTotal);
    for (id, variant, table, name) in [
        ("gini", "normalized", "gini", "gini"),
        ("herfindahl", "raw", "industries", "herfindahl"),
        ("hoover", "relative", "industries", "hoover"),
        ("krugman", "against-total", "industries", "krugman"),
        ("locational-gini", "lorenz", "locational_gini", "gini"),
    ] {
        let found = answer(id, variant, &activity(), &Options::new());
        assert_eq!(*column(&found, table, name).last().unwrap(), gone, "{id}");
    }
    let quotients = answer("location-quotient", "counts", &activity(), &Options::new());
    assert_eq!(column(&quotients, "location_quotient", "lq")[17], gone);
}

#[test]
fn one_region_has_no_concentration_and_is_alike_itself() {
    let cells = [(0, "r1", "a", 3.0), (0, "r1", "b", 1.0)];
    let inputs = Inputs::new().with("activity", frame(&cells, "value"));
    let single = [Datum::undefined(Undefined::SingleRegion); 2];
    for (id, variant, table, name) in [
        ("gini", "absolute", "gini", "gini"),
        ("herfindahl", "normalized", "industries", "herfindahl"),
        ("hoover", "relative", "industries", "hoover"),
        ("krugman", "halved", "industries", "krugman"),
        ("locational-gini", "krugman-half", "locational_gini", "gini"),
    ] {
        check(&answer(id, variant, &inputs, &Options::new()), table, name, &single);
    }
    let krugman = answer("krugman", "against-total", &inputs, &Options::new());
    check(&krugman, "regions", "krugman", &numbers([0.0]));
}

#[test]
fn a_benchmark_must_cover_every_region_with_activity() {
    let inputs = activity().with("benchmark", benchmark(&[("r1", 1.0), ("r2", 1.0)]));
    let lacking = ask("locational-gini", None, &inputs, &Options::new()).unwrap_err();
    assert!(lacking.to_string().contains("lacks region `r3`"), "{lacking}");
    let rows = [("r1", 0.0), ("r2", 1.0), ("r3", 1.0)];
    let inputs = activity().with("benchmark", benchmark(&rows));
    let zero = ask("locational-gini", None, &inputs, &Options::new()).unwrap_err();
    assert!(zero.to_string().contains("region `r1` has industry `a`"), "{zero}");
}

#[test]
fn pairs_come_when_asked_for() {
    let plain = answer("krugman", "against-total", &activity(), &Options::new());
    assert!(plain.table("pairs").is_none());
    let options = Options::new().with("pairs", "yes");
    let found = answer("krugman", "against-total", &activity(), &options);
    assert_eq!(found.table("pairs").unwrap().n_rows(), 9);
    // r1 with 8 and 4, r2 with 2 and 3: |2/3 − 2/5| twice.
    assert_close(column(&found, "pairs", "krugman")[0].number().unwrap(), 8.0 / 15.0, 1e-12);
}

/// Six plants of each industry of 2000 and 2010, three regions, sizes that add up to the cells.
fn plants() -> Frame {
    let halves: Vec<Cell> = CELLS
        .iter()
        .flat_map(|(p, r, i, v)| [(*p, *r, *i, v / 4.0), (*p, *r, *i, v * 0.75)])
        .filter(|cell| cell.3 > 0.0)
        .collect();
    frame(&halves, "value")
}

#[test]
fn drawing_the_plants_anew_bounds_the_quotient_and_repeats_itself() {
    let inputs = activity().with("plant", plants());
    let options = Options::new().with("replicates", "199");
    let found = answer("location-quotient", "plant-bootstrap", &inputs, &options);
    assert_eq!(found, answer("location-quotient", "plant-bootstrap", &inputs, &options));
    let bounds = |name| column(&found, "location_quotient", name);
    let (lq, lower, upper) = (bounds("lq"), bounds("lower"), bounds("upper"));
    for (lq, (lower, upper)) in lq.iter().zip(lower.iter().zip(&upper)) {
        match (lq, lower, upper) {
            (Datum::Number(lq), Datum::Number(lower), Datum::Number(upper)) => {
                assert!(lower <= lq && lq <= upper, "{lq} in {lower} to {upper}");
            }
            (_, lower, _) => {
                assert_eq!(*lower, Datum::undefined(Undefined::NotEnoughEvidence));
            }
        }
    }
    let missing = ask("location-quotient", Some("plant-bootstrap"), &activity(), &options);
    assert!(matches!(missing, Err(MethodError::NoTable { .. })));
}

#[test]
fn random_choices_of_region_repeat_themselves_and_agree_with_the_score() {
    let inputs = Inputs::new().with("plant", plants());
    let options = Options::new().with("test", "monte-carlo").with("alternative", "greater");
    let found = answer("ellison-glaeser", "plants", &inputs, &options);
    assert_eq!(found, answer("ellison-glaeser", "plants", &inputs, &options));
    let normal = Options::new().with("alternative", "greater");
    let normal = answer("ellison-glaeser", "plants", &inputs, &normal);
    let p = |answer: &Answer| column(answer, "industries", "p_value")[0].number().unwrap();
    assert!((p(&found) - p(&normal)).abs() < 0.15, "{} against {}", p(&found), p(&normal));
}

#[test]
fn plants_are_refused_twice_negative_or_as_a_gap() {
    let plants = |ids: [&str; 2], values: [Datum; 2]| {
        let frame = Frame::new(vec![
            Column::text("plant", ids),
            Column::text("region", ["r1", "r2"]),
            Column::text("industry", ["a", "a"]),
            Column::number("value", "persons", values),
        ]);
        Inputs::new().with("plant", frame.unwrap())
    };
    let refused = |inputs: &Inputs| {
        ask("maurel-sedillot", None, inputs, &Options::new()).unwrap_err().to_string()
    };
    let two = numbers([1.0, 2.0]);
    assert!(refused(&plants(["x", "x"], two)).contains("`x` stands twice"));
    assert!(refused(&plants(["x", "y"], numbers([-1.0, 2.0]))).contains("has the size -1"));
    let gap = plants(["x", "y"], [Datum::Gap(Gap::Suppressed), Datum::Number(2.0)]);
    assert!(refused(&gap).contains("withheld"));
    let options = Options::new().with("gaps", "drop");
    let found = answer("maurel-sedillot", "plants", &gap, &options);
    check(&found, "industries", "gamma", &[Datum::undefined(Undefined::SingleUnit)]);
    assert_eq!(found.notes[0].code, "plants-dropped");
}

#[test]
fn few_plants_are_marked_and_plants_outside_the_benchmark_named() {
    let cells = [(0, "r1", "a", 3.0), (0, "r2", "a", 1.0)];
    let rows = [("r1", 1.0), ("r2", 0.0), ("r3", 1.0)];
    let inputs =
        Inputs::new().with("plant", frame(&cells, "value")).with("benchmark", benchmark(&rows));
    let found = answer("ellison-glaeser", "plants", &inputs, &Options::new());
    let reliability = found.main().text("reliability").unwrap();
    assert_eq!(reliability[0].as_deref(), Some("few-plants"));
    assert_eq!(found.notes[0].code, "plants-outside-benchmark");
}
