//! Spatial methods where there is little, nothing, or something else than expected.
#![expect(clippy::unwrap_used, reason = "a test fails where a table is not as expected")]

mod answers;

use agglo_core::{Column, Datum, Frame, Gap, Undefined, Values};
use agglo_methods::call::ask;
use agglo_methods::{Answer, Inputs, MethodError, Options, find};
use agglo_testkit::assert_close;

use answers::{number_at, numbers, texts};

/// A row of four regions with the values 1 2 4 7.
fn line() -> (Frame, Frame) {
    let edges = [("a", "b"), ("b", "a"), ("b", "c"), ("c", "b"), ("c", "d"), ("d", "c")];
    (values(&[("a", 1.0), ("b", 2.0), ("c", 4.0), ("d", 7.0)]), neighbors(&edges))
}

fn values(rows: &[(&str, f64)]) -> Frame {
    Frame::new(vec![
        Column::text("region", rows.iter().map(|row| row.0)),
        Column::numbers("value", "1", rows.iter().map(|row| row.1)),
    ])
    .unwrap()
}

fn neighbors(edges: &[(&str, &str)]) -> Frame {
    Frame::new(vec![
        Column::text("region", edges.iter().map(|edge| edge.0)),
        Column::text("neighbor", edges.iter().map(|edge| edge.1)),
    ])
    .unwrap()
}

fn run(id: &str, values: Frame, weights: Frame, options: &Options) -> Result<Answer, MethodError> {
    let inputs = Inputs::new().with("values", values).with("weights", weights);
    ask(id, None, &inputs, options)
}

const UNIVARIATE: [&str; 7] = [
    "moran",
    "geary",
    "getis-ord",
    "local-moran",
    "local-geary",
    "getis-ord-local",
    "spatial-gini",
];

fn gaps(answer: &Answer, column: &str) -> Vec<Gap> {
    let numbers = answer.main().numbers(column).unwrap();
    numbers.into_iter().filter_map(Datum::gap).collect()
}

#[test]
fn four_regions_in_a_line_are_tested_in_all_24_orders() {
    let (values, weights) = line();
    let options = Options::new().with("tail", "greater");
    let answer = run("moran", values.clone(), weights.clone(), &options).unwrap();
    let at = |column| numbers(&answer, "moran", column)[0].unwrap();
    assert_close(at("moran"), 0.357_142_857_143, 1e-12);
    // Two orders of the 24 give so large an I.
    assert_close(at("p_value"), 2.0 / 24.0, 1e-15);
    assert_eq!(at("permutations"), 24.0);
    // The mean over all orders is the expectation, their variance that of randomization.
    assert_close(at("mean_permuted"), -1.0 / 3.0, 1e-14);
    assert_close(at("sd_permuted").powi(2), at("variance"), 1e-14);
    let normality = ask(
        "moran",
        Some("normality"),
        &Inputs::new().with("values", values).with("weights", weights),
        &options,
    );
    let normality = normality.unwrap();
    assert_close(numbers(&normality, "moran", "z")[0].unwrap(), 1.663_811, 5e-7);
}

#[test]
fn every_global_mean_over_all_orders_is_its_expectation() {
    let (values, weights) = line();
    for (id, table) in [("geary", "geary"), ("getis-ord", "getis_ord")] {
        let answer = run(id, values.clone(), weights.clone(), &Options::new()).unwrap();
        let at = |column| numbers(&answer, table, column)[0].unwrap();
        assert_close(at("mean_permuted"), at("expectation"), 1e-13);
        assert_close(at("sd_permuted").powi(2), at("variance"), 1e-13);
    }
}

#[test]
fn local_answers_of_the_line_are_those_worked_by_hand() {
    let (values, weights) = line();
    let answer = run("local-moran", values.clone(), weights.clone(), &Options::new()).unwrap();
    let found = numbers(&answer, "local_moran", "local_moran");
    for (found, expected) in found.iter().zip([0.714_286, 0.285_714, 0.095_238, 0.333_333]) {
        assert_close(found.unwrap(), expected, 5e-7);
    }
    assert_eq!(texts(&answer, "local_moran", "quadrant"), ["LL", "LL", "HH", "HH"]);
    // Region a may have b, c or d for a neighbor; b, the lowest, gives the largest I: p = 2 · 1/3.
    let p = numbers(&answer, "local_moran", "p_value");
    assert_close(p[0].unwrap(), 2.0 / 3.0, 1e-15);
    let answer = run("getis-ord-local", values, weights, &Options::new()).unwrap();
    let z = numbers(&answer, "local_g", "z");
    for (z, expected) in z.iter().zip([-1.511_858, -1.527_525, 1.091_089, 1.511_858]) {
        assert_close(z.unwrap(), expected, 5e-7);
    }
}

#[test]
fn equal_values_and_single_regions_have_a_reason_and_no_number() {
    let (_, weights) = line();
    let equal = values(&[("a", 3.0), ("b", 3.0), ("c", 3.0), ("d", 3.0)]);
    for (id, column) in [
        ("moran", "moran"),
        ("geary", "geary"),
        ("getis-ord", "general_g"),
        ("local-moran", "local_moran"),
        ("local-geary", "local_geary"),
        ("getis-ord-local", "z"),
    ] {
        let answer = run(id, equal.clone(), weights.clone(), &Options::new()).unwrap();
        let found = gaps(&answer, column);
        assert_eq!(found.len(), answer.main().n_rows(), "{id}");
        assert!(found.iter().all(|gap| *gap == Gap::Undefined(Undefined::NoVariation)), "{id}");
    }
    for id in UNIVARIATE {
        let options = match id {
            "spatial-gini" => Options::new(),
            _ => Options::new().with("islands", "keep"),
        };
        let answer = run(id, values(&[("a", 1.0)]), neighbors(&[]), &options).unwrap();
        assert_eq!(answer.main().n_rows(), 1, "{id}");
        for column in ["moran", "geary", "general_g", "p_value", "z", "gini"] {
            if answer.main().has(column) {
                assert_eq!(gaps(&answer, column).len(), 1, "{id}.{column}");
            }
        }
    }
}

#[test]
fn empty_tables_give_empty_answers() {
    for id in UNIVARIATE {
        let answer = run(id, values(&[]), neighbors(&[]), &Options::new()).unwrap();
        assert_eq!(answer.main().n_rows(), 0, "{id}");
    }
    let error = run("spatial-markov", values(&[]), neighbors(&[]), &Options::new()).unwrap_err();
    assert!(matches!(error, MethodError::NotIdentified { .. }), "{error}");
}

#[test]
fn islands_are_named_and_left_out_or_kept() {
    let (_, weights) = line();
    let rows = [("a", 1.0), ("b", 2.0), ("c", 4.0), ("d", 7.0), ("e", 100.0)];
    let without = run("moran", values(&rows), weights.clone(), &Options::new()).unwrap();
    assert_close(numbers(&without, "moran", "moran")[0].unwrap(), 0.357_142_857_143, 1e-12);
    let note = without.notes.iter().find(|note| note.code == "islands").unwrap();
    assert!(note.en.contains("1 regions have no neighbor (e)"), "{}", note.en);
    let keep = Options::new().with("islands", "keep");
    let answer = run("local-moran", values(&rows), weights, &keep).unwrap();
    assert_eq!(texts(&answer, "local_moran", "cluster")[4], "island");
    let island = number_at(&answer, "local_moran", &[("region", "e")], "local_moran");
    assert_eq!(island, None);
    assert!(gaps(&answer, "local_moran").contains(&Gap::NotApplicable));
}

#[test]
fn gaps_and_strangers_are_refused_by_name_or_left_out_with_their_edges() {
    let (_, weights) = line();
    let mut cells = vec![Datum::Number(1.0), Datum::Number(2.0), Datum::Number(4.0)];
    cells.push(Datum::Gap(Gap::Suppressed));
    let gapped = Frame::new(vec![
        Column::text("region", ["a", "b", "c", "d"]),
        Column::new("value", "1", Values::Number(cells)),
    ])
    .unwrap();
    let error = run("moran", gapped.clone(), weights.clone(), &Options::new()).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("region `d`, period 0") && message.contains("withheld"), "{message}");
    let drop = Options::new().with("gaps", "drop-regions");
    let answer = run("moran", gapped, weights.clone(), &drop).unwrap();
    assert_eq!(numbers(&answer, "moran", "n"), [Some(3.0)]);
    assert!(answer.notes.iter().any(|note| note.code == "regions-dropped"));

    let three = values(&[("a", 1.0), ("b", 2.0), ("c", 4.0)]);
    let error = run("moran", three.clone(), weights.clone(), &Options::new()).unwrap_err();
    assert!(error.to_string().contains("names 1 regions without a row"), "{error}");
    let answer = run("moran", three, weights, &drop).unwrap();
    assert!(answer.notes.iter().any(|note| note.code == "neighbors-unknown"));
}

#[test]
fn what_is_no_table_of_weights_is_refused_with_its_row() {
    let (values, _) = line();
    let weights = |weight: f64| {
        neighbors(&[("a", "b")]).with(Column::numbers("weight", "1", [weight])).unwrap()
    };
    let refused = |weights: Frame| {
        run("moran", values.clone(), weights, &Options::new()).unwrap_err().to_string()
    };
    let message = refused(weights(-1.0));
    assert!(message.contains("row 1: the weight of `b` for `a` is -1"), "{message}");
    let message = refused(neighbors(&[("a", "b"), ("a", "b")]));
    assert!(message.contains("a has the neighbor b twice"), "{message}");
    let own = neighbors(&[("a", "a"), ("a", "b"), ("b", "a")]);
    let answer = run("moran", values.clone(), own, &Options::new()).unwrap();
    assert!(answer.notes.iter().any(|note| note.code == "own-weights-ignored"));
}

#[test]
fn a_region_twice_and_a_base_of_zero_are_refused() {
    let (_, weights) = line();
    let error = run("geary", values(&[("a", 1.0), ("a", 2.0)]), weights.clone(), &Options::new());
    assert!(error.unwrap_err().to_string().contains("`a` stands twice"));
    let rates = Frame::new(vec![
        Column::text("region", ["a", "b", "c", "d"]),
        Column::numbers("events", "1", [1.0; 4]),
        Column::numbers("base", "1", [9.0, 0.0, 9.0, 9.0]),
    ])
    .unwrap();
    let error = run("empirical-bayes-rates", rates, weights, &Options::new()).unwrap_err();
    assert!(error.to_string().contains("region `b`, period 0: 1 events among 0"), "{error}");
}

#[test]
fn each_period_has_its_rows_and_its_own_draws() {
    let (one, weights) = line();
    let rows = [("a", 1.0), ("b", 2.0), ("c", 4.0), ("d", 7.0)];
    let twice = Frame::new(vec![
        Column::text("region", rows.iter().chain(&rows).map(|row| row.0)),
        Column::integer("period", "", [2000, 2000, 2000, 2000, 2010, 2010, 2010, 2010]),
        Column::numbers("value", "1", rows.iter().chain(&rows).map(|row| row.1)),
    ])
    .unwrap();
    for id in UNIVARIATE {
        let single = run(id, one.clone(), weights.clone(), &Options::new()).unwrap();
        let double = run(id, twice.clone(), weights.clone(), &Options::new()).unwrap();
        assert_eq!(double.main().n_rows(), 2 * single.main().n_rows(), "{id}");
        let n = single.main().n_rows();
        let second: Vec<usize> = (n..2 * n).collect();
        for column in single.main().columns().iter().filter(|column| column.name() != "period") {
            let later = double.main().take(&second);
            assert_eq!(later.column(column.name()).unwrap(), column, "{id}");
        }
    }
}

#[test]
fn answers_have_the_columns_of_their_row() {
    let (values, weights) = line();
    for id in UNIVARIATE {
        let answer = run(id, values.clone(), weights.clone(), &Options::new()).unwrap();
        let method = find(id).unwrap();
        for (table, (name, frame)) in method.outputs.iter().zip(&answer.tables) {
            assert_eq!(table.name, name, "{id}");
            let names: Vec<&str> = frame.columns().iter().map(Column::name).collect();
            let said: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
            assert_eq!(names, said, "{id}");
        }
    }
}
