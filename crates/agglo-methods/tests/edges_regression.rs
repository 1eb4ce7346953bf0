//! Regression and convergence as a user asks them: refusals, islands, one period, gaps, laws.
#![expect(clippy::unwrap_used, reason = "a test fails where a table is not as expected")]

mod answers;
mod columbus;

use agglo_core::{Column, Datum, Frame, Gap};
use agglo_methods::call::ask;
use agglo_methods::{Answer, Inputs, MethodError, Options};
use agglo_testkit::assert_close;
use proptest::prelude::*;

use answers::{frame, number_at, numbers, text_at, texts};

fn observations(y: &[f64], x: &[(&str, &[f64])]) -> Frame {
    let mut columns = vec![
        Column::text("region", (0..y.len()).map(|r| format!("r{r:02}"))),
        Column::numbers("y", "1", y.iter().copied()),
    ];
    columns.extend(x.iter().map(|(name, x)| Column::numbers(*name, "1", x.iter().copied())));
    frame(columns)
}

/// A line of regions, each the neighbor of the next, but for the last `n_alone`.
fn line(n: usize, n_alone: usize) -> Frame {
    let pairs: Vec<(usize, usize)> =
        (1..n - n_alone).flat_map(|r| [(r - 1, r), (r, r - 1)]).collect();
    frame(vec![
        Column::text("region", pairs.iter().map(|(from, _)| format!("r{from:02}"))),
        Column::text("neighbor", pairs.iter().map(|(_, to)| format!("r{to:02}"))),
        Column::numbers("weight", "1", pairs.iter().map(|_| 1.0)),
    ])
}

fn refused(id: &str, variant: &str, inputs: &Inputs, options: &Options) -> String {
    ask(id, Some(variant), inputs, options).unwrap_err().to_string()
}

const Y: [f64; 6] = [1.0, 3.0, 2.0, 5.0, 4.0, 7.0];
const A: [f64; 6] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
const B: [f64; 6] = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0];

#[test]
fn a_column_that_repeats_others_is_named() {
    let twice = |values: [f64; 6]| [values, values.map(|v| v * v + 0.5)].concat();
    let (y, a, b) = (twice(Y), twice(A), twice(B));
    let both: Vec<f64> = a.iter().zip(&b).map(|(a, b)| 2.0 * a - b + 1.0).collect();
    let table = observations(&y, &[("a", &a), ("b", &b), ("both", &both)]);
    let inputs = Inputs::new().with("observations", table).with("weights", line(12, 0));
    let options = Options::new().with("x", "a,b,both");
    for (id, variant) in [("ols", "hc1"), ("spatial-lag", "ml"), ("spatial-error", "gm")] {
        let said = refused(id, variant, &inputs, &options);
        assert!(said.contains("`both` is a combination of intercept, a, b"), "{id}: {said}");
    }
}

#[test]
fn what_cannot_be_answered_is_refused_with_its_reason() {
    let inputs = Inputs::new().with("observations", observations(&Y, &[("a", &A)]));
    let said = |variant: &str, options: &Options| refused("ols", variant, &inputs, options);
    assert!(said("hc1", &Options::new().with("x", "nope")).contains("no column `nope`"));
    assert!(said("hc1", &Options::new().with("x", "a,a")).contains("names `a` twice"));
    assert!(said("hc1", &Options::new().with("log", "a")).contains("neither y nor among `x`"));
    let x = Options::new().with("x", "a");
    assert!(said("hc1", &x.clone().with("log", "a")).contains("has no logarithm"));
    assert!(said("newey-west", &x).contains("at least three periods"));
    let no_x = Options::new().with("effects", "region");
    assert!(said("hc1", &no_x).contains("there must be a column in `x`"));
    let few = Inputs::new().with("observations", observations(&Y[..2], &[("a", &A[..2])]));
    assert!(refused("ols", "hc1", &few, &x).contains("2 rows cannot tell 2 coefficients"));
}

#[test]
fn one_effect_per_region_in_one_period_leaves_nothing_to_explain() {
    let inputs = Inputs::new().with("observations", observations(&Y, &[("a", &A)]));
    let options = Options::new().with("x", "a").with("effects", "region");
    let error = ask("ols", None, &inputs, &options).unwrap_err();
    assert!(matches!(error, MethodError::NotIdentified { .. }), "{error}");
}

#[test]
fn a_constant_y_has_slopes_of_zero_and_no_tests() {
    let table = observations(&[2.0; 6], &[("a", &A)]);
    let inputs = Inputs::new().with("observations", table).with("weights", line(6, 0));
    let x = Options::new().with("x", "a");
    let found = ask("ols", None, &inputs, &x).unwrap();
    assert_eq!(numbers(&found, "coefficients", "estimate"), [Some(2.0), Some(0.0)]);
    assert_eq!(number_at(&found, "fit", &[("measure", "r2")], "value"), None);
    assert_eq!(text_at(&found, "tests", &[("test", "moran")], "reading"), "not identified");
    assert!(refused("spatial-lag", "ml", &inputs, &x).contains("all values are equal"));
}

#[test]
fn rows_with_gaps_are_refused_or_left_out_by_name() {
    let table = observations(&Y, &[("b", &B)]);
    let gap = Column::number(
        "a",
        "1",
        A.iter().enumerate().map(|(row, a)| match row {
            4 => Datum::Gap(Gap::Suppressed),
            _ => Datum::Number(*a),
        }),
    );
    let inputs = Inputs::new().with("observations", table.with(gap).unwrap());
    let x = Options::new().with("x", "a,b");
    let said = refused("ols", "hc1", &inputs, &x);
    assert!(said.contains("region `r04` in column `a`"), "{said}");
    let found = ask("ols", None, &inputs, &x.with("gaps", "drop-rows")).unwrap();
    assert_eq!(number_at(&found, "fit", &[("measure", "n")], "value"), Some(5.0));
    assert!(found.notes.iter().any(|note| note.code == "rows-dropped"));
}

#[test]
fn islands_are_said_and_all_islands_are_refused() {
    let table = observations(&Y, &[("a", &A)]);
    let x = Options::new().with("x", "a");
    let inputs = Inputs::new().with("observations", table.clone()).with("weights", line(6, 2));
    let found = ask("ols", None, &inputs, &x).unwrap();
    let note = found.notes.iter().find(|note| note.code == "islands").unwrap();
    assert!(note.en.contains("2 rows") && note.en.contains("r04, r05"), "{}", note.en);
    assert!(ask("spatial-lag", Some("2sls"), &inputs, &x).is_ok());
    let elsewhere = frame(vec![
        Column::text("region", ["p", "q"]),
        Column::text("neighbor", ["q", "p"]),
        Column::numbers("weight", "1", [1.0, 1.0]),
    ]);
    let inputs = Inputs::new().with("observations", table).with("weights", elsewhere);
    assert!(refused("ols", "hc1", &inputs, &x).contains("no two rows are neighbors"));
}

#[test]
fn a_lag_without_any_column_has_no_instrument() {
    let inputs =
        Inputs::new().with("observations", observations(&Y, &[])).with("weights", line(6, 0));
    assert!(refused("spatial-lag", "2sls", &inputs, &Options::new()).contains("not identified"));
    assert!(ask("spatial-lag", Some("ml"), &inputs, &Options::new()).is_ok());
}

/// Two periods of six regions; in the second the first two are neighbors of nobody.
fn panel() -> Inputs {
    let rows = || (0..12).map(|row| (row % 6, row / 6));
    let table = frame(vec![
        Column::text("region", rows().map(|(r, _)| format!("r{r:02}"))),
        Column::integer("period", "", rows().map(|(_, t)| 2000 + t as i64)),
        Column::numbers("y", "1", rows().map(|(r, t)| Y[r] + t as f64 * A[r] * 0.3)),
        Column::numbers("a", "1", rows().map(|(r, t)| A[r] + t as f64 * B[r])),
    ]);
    Inputs::new().with("observations", table).with("weights", line(6, 0))
}

// With effects of the region and two periods, the slope is that of the changes on the changes.
#[test]
fn effects_of_the_region_are_changes_where_there_are_two_periods() {
    let options = Options::new().with("x", "a").with("effects", "both");
    let found = ask("ols", None, &panel(), &options).unwrap();
    let changes = observations(&A.map(|a| a * 0.3), &[("a", &B)]);
    let inputs = Inputs::new().with("observations", changes);
    let by_change = ask("ols", None, &inputs, &Options::new().with("x", "a")).unwrap();
    let slope = number_at(&by_change, "coefficients", &[("term", "a")], "estimate").unwrap();
    assert_close(numbers(&found, "coefficients", "estimate")[0].unwrap(), slope, 1e-12);
    assert_eq!(number_at(&found, "fit", &[("measure", "effects")], "value"), Some(7.0));
    // Moran's I of a panel is that of its periods together: rows of one period are neighbors.
    assert_eq!(numbers(&found, "moran", "value").len(), 1);
}

#[test]
fn two_rows_of_one_region_need_periods() {
    let table = frame(vec![
        Column::text("region", ["a", "a", "b"]),
        Column::numbers("y", "1", [1.0, 2.0, 3.0]),
    ]);
    let inputs = Inputs::new().with("observations", table);
    assert!(refused("ols", "hc1", &inputs, &Options::new()).contains("two rows for region `a`"));
}

#[test]
fn a_weight_below_zero_or_twice_is_refused() {
    let weights = |second: f64, to: &'static str| {
        frame(vec![
            Column::text("region", ["r00", "r00"]),
            Column::text("neighbor", ["r01", to]),
            Column::numbers("weight", "1", [1.0, second]),
        ])
    };
    let x = Options::new().with("x", "a");
    let table = observations(&Y, &[("a", &A)]);
    let said = |weights: Frame| {
        let inputs = Inputs::new().with("observations", table.clone()).with("weights", weights);
        refused("ols", "hc1", &inputs, &x)
    };
    assert!(said(weights(-1.0, "r02")).contains("`r00` to `r02`: the weight -1 is below zero"));
    assert!(said(weights(1.0, "r01")).contains("the pair stands twice"));
}

#[test]
fn clubs_refuse_short_panels_and_gaps_in_time() {
    let regions = |years: &[i64]| {
        frame(vec![
            Column::text("region", ["a", "b"].into_iter().flat_map(|r| vec![r; years.len()])),
            Column::integer("period", "", [years, years].concat()),
            Column::numbers("value", "1", (0..2 * years.len()).map(|at| 1.0 + (at % 7) as f64)),
        ])
    };
    let said = |years: &[i64]| {
        let inputs = Inputs::new().with("regions", regions(years));
        refused("club-convergence", "levels", &inputs, &Options::new())
    };
    assert!(said(&[2000, 2001, 2002]).contains("at least 12 periods, and there are 3"));
    let holes: Vec<i64> = (2000..2014).filter(|year| *year != 2005).collect();
    assert!(said(&holes).contains("not evenly spaced"));
}

#[test]
fn a_density_of_equal_regions_is_a_gap() {
    let regions = frame(vec![
        Column::text("region", ["a", "b", "a", "b"]),
        Column::integer("period", "", [1, 1, 2, 2]),
        Column::numbers("value", "1", [2.0, 2.0, 1.0, 3.0]),
    ]);
    let inputs = Inputs::new().with("regions", regions);
    let found = ask("income-density", None, &inputs, &Options::new()).unwrap();
    let widths = numbers(&found, "shape", "bandwidth");
    assert!(widths[0].is_none() && widths[1].is_some());
    assert_eq!(numbers(&found, "shape", "n_modes")[0], None);
    assert!(numbers(&found, "density", "period").iter().all(|period| *period == Some(2.0)));
}

/// A square of `side` regions each way, rook neighbors, and y = (I − ρW)⁻¹ (1 + 2a + e) by its series.
fn square(side: usize, rho: f64) -> Inputs {
    use agglo_core::Seed;
    use rand::RngExt;
    let n = side * side;
    let code = |at: usize| format!("r{at:05}");
    let around = |at: usize| {
        let (row, column) = (at / side, at % side);
        let mut found = Vec::new();
        found.extend((row > 0).then(|| at - side));
        found.extend((column > 0).then(|| at - 1));
        found.extend((column + 1 < side).then_some(at + 1));
        found.extend((row + 1 < side).then_some(at + side));
        found
    };
    let mut rng = Seed(3).stream("square", 0, 0);
    let a: Vec<f64> = (0..n).map(|_| rng.random::<f64>() * 4.0).collect();
    let mut term: Vec<f64> = a.iter().map(|a| 1.0 + 2.0 * a + rng.random::<f64>() - 0.5).collect();
    let mut y = vec![0.0; n];
    for _ in 0..200 {
        y.iter_mut().zip(&term).for_each(|(y, term)| *y += term);
        let lag = |at: usize| {
            let around = around(at);
            around.iter().map(|&to| term[to]).sum::<f64>() / around.len() as f64
        };
        term = (0..n).map(|at| rho * lag(at)).collect();
    }
    let pairs: Vec<(usize, usize)> =
        (0..n).flat_map(|at| around(at).into_iter().map(move |to| (at, to))).collect();
    let table = frame(vec![
        Column::text("region", (0..n).map(code)),
        Column::numbers("y", "1", y),
        Column::numbers("a", "1", a),
    ]);
    let weights = frame(vec![
        Column::text("region", pairs.iter().map(|pair| code(pair.0))),
        Column::text("neighbor", pairs.iter().map(|pair| code(pair.1))),
        Column::numbers("weight", "1", pairs.iter().map(|_| 1.0)),
    ]);
    Inputs::new().with("observations", table).with("weights", weights)
}

// Above 1,000 regions elimination takes the place of eigenvalues, and draws that of exact traces.
#[test]
fn many_regions_are_eliminated_and_find_the_same() {
    let inputs = square(36, 0.6);
    let x = Options::new().with("x", "a");
    let found = ask("spatial-lag", None, &inputs, &x).unwrap();
    assert!(found.notes.iter().any(|note| note.en.contains("`lu`")));
    let exact = ask("spatial-lag", None, &inputs, &x.clone().with("logdet", "eigen")).unwrap();
    assert_close(estimate(&found, "rho"), estimate(&exact, "rho"), 1e-7);
    assert_close(estimate(&found, "rho"), 0.6, 0.02);
    let se = |answer: &Answer| number_at(answer, "coefficients", &[("term", "rho")], "se").unwrap();
    assert!((se(&found) / se(&exact) - 1.0).abs() < 0.02, "{} {}", se(&found), se(&exact));
    let direct = |answer: &Answer| {
        let keys = [("term", "a"), ("impact", "direct")];
        number_at(answer, "impacts", &keys, "estimate").unwrap()
    };
    assert!((direct(&found) / direct(&exact) - 1.0).abs() < 0.01);
    let error = ask("spatial-error", None, &inputs, &x).unwrap();
    assert!(estimate(&error, "lambda") > 0.0);
}

/// Coefficients of the methods by term.
fn estimate(answer: &Answer, term: &str) -> f64 {
    number_at(answer, "coefficients", &[("term", term)], "estimate").unwrap()
}

fn numbers_of(n: usize) -> impl Strategy<Value = Vec<f64>> {
    proptest::collection::vec(-10.0_f64..10.0, n)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    // y → c y + d and x → s x: the slope becomes c / s times itself, ρ and t stay.
    #[test]
    fn units_do_not_matter(
        y in numbers_of(12), a in numbers_of(12), c in 0.1_f64..10.0, s in 0.1_f64..10.0,
    ) {
        let x = Options::new().with("x", "a");
        let of = |y: &[f64], a: &[f64], id: &str| {
            let inputs = Inputs::new()
                .with("observations", observations(y, &[("a", a)]))
                .with("weights", line(12, 0));
            ask(id, None, &inputs, &x).unwrap()
        };
        let scaled_y: Vec<f64> = y.iter().map(|y| c * y).collect();
        let scaled_a: Vec<f64> = a.iter().map(|a| s * a).collect();
        for id in ["ols", "spatial-lag", "spatial-error"] {
            let (one, two) = (of(&y, &a, id), of(&scaled_y, &scaled_a, id));
            let (before, after) = (estimate(&one, "a"), estimate(&two, "a"));
            prop_assert!((after * s / c - before).abs() < 1e-5 * (1.0 + before.abs()), "{}", id);
        }
        let (one, two) = (of(&y, &a, "spatial-lag"), of(&scaled_y, &scaled_a, "spatial-lag"));
        prop_assert!((estimate(&one, "rho") - estimate(&two, "rho")).abs() < 1e-5);
    }

    // The order of rows decides nothing, and an error is never below zero.
    #[test]
    fn the_order_of_rows_does_not_matter(y in numbers_of(10), a in numbers_of(10)) {
        let table = observations(&y, &[("a", &a)]);
        let turned = table.take(&(0..10).rev().collect::<Vec<_>>());
        let x = Options::new().with("x", "a");
        for variant in ["classical", "hc0", "hc1", "hc2", "hc3", "cr1"] {
            let of = |table: &Frame| {
                let inputs = Inputs::new().with("observations", table.clone());
                ask("ols", Some(variant), &inputs, &x).unwrap()
            };
            let (one, two) = (of(&table), of(&turned));
            prop_assert_eq!(&one.tables[0], &two.tables[0]);
            prop_assert!(numbers(&one, "coefficients", "se").iter().flatten().all(|se| *se >= 0.0));
        }
    }
}

// Claims.

fn claim(answer: &Answer, name: &str) -> (String, String) {
    let at = |column| text_at(answer, "claims", &[("claim", name)], column);
    (at("answer"), at("reason"))
}

fn series(values: impl IntoIterator<Item = f64>) -> Frame {
    let values: Vec<f64> = values.into_iter().collect();
    frame(vec![
        Column::integer("period", "", 1992..1992 + values.len() as i64),
        Column::numbers("value", "1", values),
    ])
}

/// The series of methods 1.15: it rises to 2004 and falls after.
const TURN: [f64; 27] = [
    0.501, 0.507, 0.522, 0.533, 0.534, 0.546, 0.560, 0.569, 0.580, 0.587, 0.603, 0.612, 0.620,
    0.617, 0.609, 0.599, 0.597, 0.587, 0.587, 0.578, 0.571, 0.564, 0.564, 0.554, 0.547, 0.541,
    0.538,
];

#[test]
fn without_any_table_no_claim_is_identified() {
    let found = ask("claims", None, &Inputs::new(), &Options::new()).unwrap();
    assert_eq!(texts(&found, "claims", "answer"), ["not identified"; 6]);
    assert_eq!(texts(&found, "claims", "reason"), ["no-table"; 6]);
}

#[test]
fn a_series_that_rises_and_falls_says_yes_and_its_mirror_no() {
    let of = |values: &[f64], options: &Options| {
        let inputs = Inputs::new().with("series", series(values.iter().copied()));
        ask("claims", None, &inputs, options).unwrap()
    };
    let name = "agglomeration-then-dispersion";
    let found = of(&TURN, &Options::new());
    assert_eq!(claim(&found, name), ("yes".into(), "rise-then-fall".into()));
    let keys = [("claim", name)];
    assert_eq!(number_at(&found, "claims", &keys, "year"), Some(2004.0));
    // methods 1.15: β + γ = .010115 − .016121.
    let after = number_at(&found, "claims", &keys, "estimate").unwrap();
    assert_close(after, 0.010_115 - 0.016_121, 2e-6);
    assert!(number_at(&found, "claims", &keys, "p_value").unwrap() < 0.05);
    let mirror = TURN.map(|v| 1.0 - v);
    let found = of(&mirror, &Options::new());
    assert_eq!(claim(&found, name), ("no".into(), "fall-then-rise".into()));
    let line: Vec<f64> =
        (0..27).map(|t| 0.5 + 0.01 * f64::from(t) + 0.001 * f64::from(t % 3)).collect();
    assert_eq!(claim(&of(&line, &Options::new()), name), ("no".into(), "rises-throughout".into()));
    assert_eq!(claim(&of(&[0.5; 27], &Options::new()), name).1, "no-variation");
    assert_eq!(claim(&of(&TURN[..6], &Options::new()), name).1, "too-few-periods");
    let early = Options::new().with("year", "1992");
    assert_eq!(claim(&of(&TURN, &early), name).1, "year-out-of-range");
}

#[test]
fn noise_without_a_turn_is_not_identified() {
    let noise: Vec<f64> =
        (0..27_u32).map(|t| 0.5 + f64::from((t * 7_919 + 13) % 17) / 1000.0).collect();
    let inputs = Inputs::new().with("series", series(noise));
    let found = ask("claims", None, &inputs, &Options::new()).unwrap();
    let (answer, reason) = claim(&found, "agglomeration-then-dispersion");
    assert_eq!((answer.as_str(), reason.as_str()), ("not identified", "not-significant"));
}

#[test]
fn a_turning_year_is_held_by_an_interval_or_left_out_by_all() {
    let of = |lower: f64, upper: f64, year: &str| {
        let breaks = frame(vec![
            Column::integer("date", "", [2004]),
            Column::numbers("lower", "", [lower]),
            Column::numbers("upper", "", [upper]),
        ]);
        let inputs = Inputs::new().with("breaks", breaks);
        let found = ask("claims", None, &inputs, &Options::new().with("year", year)).unwrap();
        claim(&found, "turning-year")
    };
    assert_eq!(of(2003.0, 2005.0, "2004"), ("yes".into(), "interval-holds-the-year".into()));
    assert_eq!(of(2003.0, 2005.0, "2010"), ("no".into(), "break-in-another-year".into()));
    assert_eq!(of(1993.0, 2015.0, "2004").0, "not identified");
    assert_eq!(of(2003.0, 2005.0, "").1, "no-year-asked");
}

#[test]
fn small_scales_are_compared_with_large_ones_by_changing_signs() {
    let of = |sign: f64, n: usize| {
        let scales = frame(vec![
            Column::text("unit", (0..n).map(|i| format!("i{i}"))),
            Column::numbers("between", "1", (0..n).map(|_| 0.2)),
            Column::numbers("within", "1", (0..n).map(|i| 0.2 + sign * (0.1 + i as f64 / 100.0))),
        ]);
        ask("claims", None, &Inputs::new().with("scales", scales), &Options::new()).unwrap()
    };
    let name = "large-dispersion-small-concentration";
    let found = of(1.0, 6);
    assert_eq!(claim(&found, name), ("yes".into(), "more-within-than-between".into()));
    // Of 64 sign changes one gives as large a mean.
    let p = number_at(&found, "claims", &[("claim", name)], "p_value").unwrap();
    assert_close(p, 1.0 / 64.0, 1e-15);
    assert_eq!(claim(&of(-1.0, 6), name), ("no".into(), "more-between-than-within".into()));
    assert_eq!(claim(&of(1.0, 3), name).1, "too-few-units");
}

#[test]
fn a_slope_on_development_is_told_from_its_panel() {
    let of = |slope: f64| {
        let rows = || (0..40).map(|row| (row / 5, row % 5));
        let gdp = |(r, t): (usize, usize)| ((r * 7 + t * 3) % 11) as f64 / 5.0 + t as f64 * 0.1;
        let noise = |(r, t): (usize, usize)| ((r * 5 + t * 11) % 7) as f64 / 200.0;
        let table = frame(vec![
            Column::text("unit", rows().map(|(r, _)| format!("u{r}"))),
            Column::integer("period", "", rows().map(|(_, t)| 2000 + t as i64)),
            Column::numbers(
                "concentration",
                "1",
                rows().map(|at| at.0 as f64 + at.1 as f64 / 3.0 + slope * gdp(at) + noise(at)),
            ),
            Column::numbers("gdp_per_head", "1", rows().map(|at| gdp(at).exp())),
        ]);
        let inputs = Inputs::new().with("development", table);
        ask("claims", None, &inputs, &Options::new()).unwrap()
    };
    let name = "concentration-falls-with-development";
    assert_eq!(claim(&of(-0.3), name), ("yes".into(), "falls-with-development".into()));
    assert_eq!(claim(&of(0.3), name), ("no".into(), "rises-with-development".into()));
    let estimate = number_at(&of(-0.3), "claims", &[("claim", name)], "estimate").unwrap();
    assert_close(estimate, -0.3, 0.02);
}

#[test]
fn ranks_go_together_or_against_each_other_and_exceptions_are_listed() {
    let scores = |values: &[f64]| {
        frame(vec![
            Column::text("region", (0..values.len()).map(|r| format!("r{r}"))),
            Column::numbers("score", "1", values.iter().copied()),
        ])
    };
    let of = |stage: &[f64], clusters: &[f64]| {
        let inputs = Inputs::new().with("stage", scores(stage)).with("clusters", scores(clusters));
        ask("claims", None, &inputs, &Options::new()).unwrap()
    };
    let name = "stronger-clusters-where-industrialized";
    let up = [1.0, 2.0, 3.0, 4.0, 5.0];
    let down = [5.0, 4.0, 3.0, 2.0, 1.0];
    let found = of(&up, &up);
    assert_eq!(claim(&found, name), ("yes".into(), "positive-rank-correlation".into()));
    let p = number_at(&found, "claims", &[("claim", name)], "p_value").unwrap();
    assert_close(p, 1.0 / 120.0, 1e-15);
    assert_eq!(claim(&of(&up, &down), name), ("no".into(), "negative-rank-correlation".into()));
    assert_eq!(claim(&of(&up, &[1.0; 5]), name).1, "no-variation");
    assert_eq!(claim(&of(&up[..4], &up[..4]), name).1, "too-few-regions");
    // High in both but the last, which is industrialized and has the weakest clusters.
    let found =
        of(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 9.0, 10.0], &[3.0, 2.0, 4.0, 5.0, 6.0, 7.0, 8.0, 0.0]);
    assert_eq!(texts(&found, "exceptions", "region"), ["r7"]);
    assert_eq!(claim(&found, "industrialized-without-clusters").0, "yes");
}
