//! Under the null hypothesis tests reject at their level, no more and (where they are not known to be
//! cautious) no less. Each case draws data of its own for every map, panel or series.
//!
//! The ordinary suite runs each case a few times; the long runs, a case a test, take minutes:
//! `cargo nextest run -p agglo-methods --test calibration --run-ignored all`.
#![expect(clippy::unwrap_used, reason = "a test fails where a table is not as expected")]

mod answers;

use agglo_core::{Axis, Column, Control, Frame, Seed, Weights};
use agglo_methods::diagnosis::{ModeTest, mode_test};
use agglo_methods::{Answer, Call, Inputs, Options, find};
use rand_distr::{Distribution, StandardNormal};

use answers::{number_at, numbers, row};

const LEVEL: f64 = 0.05;
/// Regions on a side of the square, neighbors by edges.
const SIDE: usize = 9;
const N: usize = SIDE * SIDE;

fn noise(name: &str, map: u32, n: usize) -> Vec<f64> {
    let mut rng = Seed(77).stream(name, map, 0);
    (0..n).map(|_| StandardNormal.sample(&mut rng)).collect()
}

fn code(place: usize) -> String {
    format!("r{place:03}")
}

fn edges() -> Vec<(usize, usize)> {
    let place = |row: usize, column: usize| row * SIDE + column;
    (0..SIDE)
        .flat_map(|row| (0..SIDE - 1).map(move |step| (row, step)))
        .flat_map(|(row, step)| {
            let across = (place(row, step), place(row, step + 1));
            let down = (place(step, row), place(step + 1, row));
            [across, down].into_iter().flat_map(|(a, b)| [(a, b), (b, a)])
        })
        .collect()
}

fn weights() -> Frame {
    Frame::new(vec![
        Column::text("region", edges().iter().map(|edge| code(edge.0))),
        Column::text("neighbor", edges().iter().map(|edge| code(edge.1))),
        Column::numbers("weight", "1", edges().iter().map(|_| 1.0)),
    ])
    .unwrap()
}

/// A table `name` of the square with these columns, and the weights.
fn square(name: &str, columns: &[(&str, &[f64])]) -> Inputs {
    let mut all = vec![Column::text("region", (0..N).map(code))];
    all.extend(columns.iter().map(|(n, values)| Column::numbers(*n, "1", values.iter().copied())));
    Inputs::new().with(name, Frame::new(all).unwrap()).with("weights", weights())
}

/// The answer with a seed of the map's own: maps share no draws.
fn answer(id: &str, variant: &str, inputs: &Inputs, options: &[(&str, &str)], map: u32) -> Answer {
    let options = options.iter().fold(Options::new(), |all, (name, value)| all.with(name, *value));
    let seed = Seed(u64::from(map) + 1);
    let method = find(id).unwrap();
    Call::new(method, Some(variant), inputs, &options, seed, Control::none())
        .unwrap()
        .run()
        .unwrap()
}

fn first(answer: &Answer, table: &str, column: &str) -> f64 {
    numbers(answer, table, column)[0].unwrap()
}

fn of_term(answer: &Answer, term: &str) -> f64 {
    number_at(answer, "coefficients", &[("term", term)], "p_value").unwrap()
}

fn of_test(answer: &Answer, test: &str) -> f64 {
    number_at(answer, "tests", &[("test", test)], "p_value").unwrap()
}

fn one_map(id: &str, variant: &str, tail: &str, column: &str, map: u32) -> f64 {
    let inputs = square("values", &[("value", &noise("map", map, N))]);
    let options = [("permutations", "199"), ("tail", tail)];
    first(&answer(id, variant, &inputs, &options, map), &id.replace('-', "_"), column)
}

/// p of one region inside the square: those of one map are not independent.
fn inside(id: &str, variant: &str, table: &str, tail: &str, map: u32) -> f64 {
    let (x, y) = (noise("map", map, N), noise("other", map, N));
    let two = matches!(id, "lee" | "bivariate-moran");
    let columns = [("value", x.as_slice()), ("other", y.as_slice())];
    let inputs = square("values", if two { &columns } else { &columns[..1] });
    let options = [("permutations", "199"), ("tail", tail)];
    let found = answer(id, variant, &inputs, &options, map);
    numbers(&found, table, "p_value")[row(&found, table, &[("region", &code(N / 2))])].unwrap()
}

fn pair(id: &str, variant: &str, map: u32) -> f64 {
    let (x, y) = (noise("map", map, N), noise("other", map, N));
    let inputs = square("values", &[("value", &x), ("other", &y)]);
    first(
        &answer(id, variant, &inputs, &[("permutations", "199")], map),
        &id.replace('-', "_"),
        "p_value",
    )
}

/// y of the square on x, with x that does nothing and errors as wanted.
fn line(id: &str, variant: &str, options: &[(&str, &str)], y: &[f64], map: u32) -> Answer {
    let x = noise("x", map, N);
    let mut all = vec![("x", "x")];
    all.extend(options);
    answer(id, variant, &square("observations", &[("y", y), ("x", &x)]), &all, map)
}

/// (I − ρW)⁻¹ (2x + e).
fn lagged(rho: f64, map: u32) -> Vec<f64> {
    let own = edges().into_iter().map(|(a, b)| (a as u32, b as u32, 1.0)).collect();
    let weights = Weights::from_edges(Axis::new((0..N).map(code)), own).unwrap().row_standardized();
    let (x, e) = (noise("x", map, N), noise("e", map, N));
    let start: Vec<f64> = x.iter().zip(&e).map(|(x, e)| 2.0 * x + e).collect();
    let mut y = start.clone();
    for _ in 0..60 {
        y = weights.lag(&y).iter().zip(&start).map(|(lag, start)| rho * lag + start).collect();
    }
    y
}

fn weighed(map: u32) -> f64 {
    let (x, e) = (noise("x", map, N), noise("e", map, N));
    let weight: Vec<f64> = (0..N).map(|k| (1 + k % 7) as f64).collect();
    let y: Vec<f64> = e.iter().zip(&weight).map(|(e, w)| e / w.sqrt()).collect();
    let inputs = square("observations", &[("y", &y), ("x", &x), ("weight", &weight)]);
    let options = [("x", "x"), ("weigh", "yes")];
    of_term(&answer("ols", "classical", &inputs, &options, map), "x")
}

/// p of ρ, or λ, where regions have effects and neighbors none; T = 5.
fn panel(id: &str, term: &str, map: u32) -> f64 {
    let cells = || (0..N).flat_map(|region| (0..5_usize).map(move |t| (region, t)));
    let (effect, e, x) = (noise("effect", map, N), noise("e", map, 5 * N), noise("x", map, 5 * N));
    let y = cells().map(|(region, t)| 3.0 * effect[region] + e[5 * region + t]);
    let frame = Frame::new(vec![
        Column::text("region", cells().map(|(region, _)| code(region))),
        Column::integer("period", "", cells().map(|(_, t)| 2000 + t as i64)),
        Column::numbers("y", "1", y),
        Column::numbers("x", "1", x),
    ])
    .unwrap();
    let inputs = Inputs::new().with("observations", frame).with("weights", weights());
    of_term(&answer(id, "ml", &inputs, &[("x", "x"), ("effects", "region")], map), term)
}

/// p of one break in 40 years of errors that remember `memory` of the year before.
fn no_break(variant: &str, memory: f64, map: u32) -> f64 {
    let mut y = noise("series", map, 40);
    for t in 1..40 {
        y[t] += memory * y[t - 1];
    }
    let frame = Frame::new(vec![
        Column::integer("period", "", 1980_i64..2020),
        Column::numbers("value", "1", y),
    ])
    .unwrap();
    let inputs = Inputs::new().with("series", frame);
    let options = [("max_breaks", "1"), ("replicates", "99")];
    let found = answer("structural-breaks", variant, &inputs, &options, map);
    numbers(&found, "models", "p_value")[1].unwrap()
}

fn one_mode(test: ModeTest, map: u32) -> f64 {
    mode_test(&noise("heap", map, 60), 1, test, 99, (Seed(u64::from(map)), 0)).unwrap().1
}

/// How often of `n` times p is at most the level, against the level: within four and a half standard
/// errors, and `slack` where the test holds for many regions only.
#[track_caller]
fn check(n: u32, slack: f64, is_cautious: bool, p: impl Fn(u32) -> f64) {
    let rejected = (0..n).filter(|map| p(*map) <= LEVEL + 1e-12).count();
    let rate = rejected as f64 / f64::from(n);
    let reach = 4.5 * (LEVEL * (1.0 - LEVEL) / f64::from(n)).sqrt() + slack;
    assert!(rate <= LEVEL + reach, "rejected {rate} of {n}");
    assert!(is_cautious || rate >= LEVEL - reach, "rejected {rate} of {n}");
}

/// A short test and a long one of each case: name, short and long number of maps, slack, whether the
/// test is known to be cautious, p.
macro_rules! cases {
    ($($name:ident: $short:literal, $long:literal, $slack:literal, $cautious:literal, $p:expr;)*) => {
        mod short {
            use super::*;
            $(#[test] fn $name() { check($short, $slack, $cautious, $p); })*
        }
        mod long {
            use super::*;
            $(
                #[test]
                #[ignore = "calibration: minutes"]
                fn $name() { check($long, $slack, $cautious, $p); }
            )*
        }
    };
}

cases! {
    moran_by_its_moments: 100, 4000, 0.01, false,
        |map| one_map("moran", "randomization", "two-sided", "p_normal", map);
    moran_permuted: 60, 4000, 0.0, false,
        |map| one_map("moran", "randomization", "two-sided", "p_value", map);
    moran_permuted_and_folded: 60, 4000, 0.0, false,
        |map| one_map("moran", "randomization", "folded", "p_value", map);
    geary_permuted_and_folded: 60, 4000, 0.0, false,
        |map| one_map("geary", "randomization", "folded", "p_value", map);
    general_g_permuted: 60, 4000, 0.0, false, |map| {
        let x: Vec<f64> = noise("map", map, N).iter().map(|x| x.exp()).collect();
        let inputs = square("values", &[("value", &x)]);
        let found = answer("getis-ord", "getis-ord", &inputs, &[("permutations", "199")], map);
        first(&found, "getis_ord", "p_value")
    };
    local_moran: 60, 4000, 0.0, false,
        |map| inside("local-moran", "divisor-n", "local_moran", "two-sided", map);
    local_moran_folded: 60, 4000, 0.0, false,
        |map| inside("local-moran", "divisor-n", "local_moran", "folded", map);
    local_geary_folded: 60, 4000, 0.0, false,
        |map| inside("local-geary", "divisor-n", "local_geary", "folded", map);
    local_g: 60, 4000, 0.0, false,
        |map| inside("getis-ord-local", "g-star", "local_g", "two-sided", map);
    local_lee: 60, 4000, 0.0, false, |map| inside("lee", "lee", "local", "two-sided", map);
    local_lee_folded: 60, 4000, 0.0, false, |map| inside("lee", "lee", "local", "folded", map);
    local_bivariate_moran: 60, 4000, 0.0, false,
        |map| inside("bivariate-moran", "divisor-n", "local", "two-sided", map);
    lee: 60, 4000, 0.0, false, |map| pair("lee", "lee", map);
    bivariate_moran: 60, 4000, 0.0, false, |map| pair("bivariate-moran", "divisor-n", map);
    least_squares: 100, 4000, 0.0, false,
        |map| of_term(&line("ols", "classical", &[], &noise("e", map, N), map), "x");
    weighted_least_squares: 100, 4000, 0.0, false, weighed;
    least_squares_with_uneven_errors: 100, 4000, 0.015, false, |map| {
        let (x, e) = (noise("x", map, N), noise("e", map, N));
        let y: Vec<f64> = e.iter().zip(&x).map(|(e, x)| e * (0.3 + x.abs())).collect();
        of_term(&line("ols", "hc3", &[], &y, map), "x")
    };
    moran_of_residuals: 60, 4000, 0.01, false,
        |map| of_test(&line("ols", "classical", &[], &noise("e", map, N), map), "moran");
    lagrange_multiplier_of_a_lag: 60, 4000, 0.015, false,
        |map| of_test(&line("ols", "classical", &[], &noise("e", map, N), map), "lm-lag");
    lagrange_multiplier_of_an_error: 60, 4000, 0.015, false,
        |map| of_test(&line("ols", "classical", &[], &noise("e", map, N), map), "lm-error");
    no_lag_by_likelihood: 15, 1000, 0.02, false,
        |map| of_term(&line("spatial-lag", "ml", &[], &lagged(0.0, map), map), "rho");
    no_lag_in_two_stages: 15, 1000, 0.02, false,
        |map| of_term(&line("spatial-lag", "2sls", &[], &lagged(0.0, map), map), "rho");
    no_error_by_likelihood: 15, 1000, 0.03, false,
        |map| of_term(&line("spatial-error", "ml", &[], &lagged(0.0, map), map), "lambda");
    nothing_left_after_a_lag: 15, 1000, 0.02, false, |map| {
        let found = line("spatial-lag", "2sls", &[], &lagged(0.4, map), map);
        of_test(&found, "anselin-kelejian")
    };
    no_lag_with_effects: 4, 400, 0.02, false, |map| panel("spatial-lag", "rho", map);
    no_error_with_effects: 4, 400, 0.02, false, |map| panel("spatial-error", "lambda", map);
    no_break_of_a_level: 30, 1000, 0.015, false, |map| no_break("level", 0.0, map);
    no_break_of_a_trend: 30, 1000, 0.015, false, |map| no_break("trend", 0.0, map);
    no_break_where_years_remember: 30, 1000, 0.03, false, |map| no_break("level", 0.5, map);
    one_mode_by_silverman: 6, 500, 0.0, true, |map| one_mode(ModeTest::Silverman, map);
    one_mode_by_hall_and_york: 2, 200, 0.06, true, |map| one_mode(ModeTest::HallYork, map);
}
