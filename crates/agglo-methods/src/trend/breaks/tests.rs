use agglo_core::{Datum, Frame, Undefined};

use super::*;
use crate::call::{Inputs, Options, ask};

/// Rises to 2004 and falls after; 1992 to 2018.
pub(super) const TENT: [f64; 27] = [
    0.501, 0.507, 0.522, 0.533, 0.534, 0.546, 0.560, 0.569, 0.580, 0.587, 0.603, 0.612, 0.620,
    0.617, 0.609, 0.599, 0.597, 0.587, 0.587, 0.578, 0.571, 0.564, 0.564, 0.554, 0.547, 0.541,
    0.538,
];
const STEP: [f64; 10] = [1.0, 1.2, 0.9, 1.1, 3.0, 3.1, 2.9, 3.2, 3.0, 2.8];

fn times(first: i64, n: usize) -> Vec<f64> {
    (0..n as i64).map(|t| (first + t) as f64).collect()
}

fn series(first: i64, y: &[f64]) -> Inputs {
    let frame = Frame::new(vec![
        Column::integer("period", "", (0..y.len() as i64).map(|t| first + t)),
        Column::numbers("value", "1", y.iter().copied()),
    ]);
    Inputs::new().with("series", frame.unwrap())
}

#[track_caller]
fn check(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
}

#[test]
fn a_step_is_dated_at_the_fourth_of_ten_values() {
    let x = times(1, 10);
    let design = Design { x: &x, shape: Shape::Level, shortest: 3, max_breaks: 1 };
    let found = design.candidates(&STEP);
    check(found[0].ssr, 9.276, 1e-12);
    check(found[1].ssr, 0.15, 1e-12);
    assert_eq!(found[1].breaks, [4]);
    check(design.f_statistic(&found[0], &found[1], 0.0).unwrap(), 486.72, 1e-9);
    let interval = date_interval(&x, &STEP, Shape::Level, &[4], 0, 0.95).unwrap();
    assert_eq!((interval.lower, interval.upper), (3, 5));
}

// Values of R's strucchange functions.
#[test]
fn the_date_interval_of_a_noisy_step_is_that_of_strucchange() {
    let y = [1.0, 2.0, 1.5, 0.5, 2.0, 1.2, 2.5, 3.0, 1.8, 3.5, 2.2, 3.1, 2.9, 2.0, 3.3];
    let interval = date_interval(&times(1, 15), &y, Shape::Level, &[6], 0, 0.95).unwrap();
    assert_eq!((interval.lower, interval.upper), (3, 8));
    check(interval.upper_quantile, 2.007_491, 1e-5);
    check(interval.lower_quantile, -1.771_260, 1e-5);
}

#[test]
fn a_tent_breaks_once_in_2004() {
    let x = times(1992, 27);
    let design = Design { x: &x, shape: Shape::Trend, shortest: 5, max_breaks: 2 };
    let found = design.candidates(&TENT);
    check(found[0].ssr, 0.026_434_412, 5e-10);
    // In exact fractions; the specification prints 0.000157362737, a slip of one digit: its own F
    // and BIC follow from this value.
    check(found[1].ssr, 0.000_157_362_637_362_637_36, 1e-16);
    assert_eq!(found[1].breaks, [13]);
    check(design.f_statistic(&found[0], &found[1], 0.0).unwrap(), 1920.316, 5e-4);
    for (m, bic) in [(0, -180.489), (1, -308.946), (2, -303.530)] {
        check(design.bic(&found[m]), bic, 5e-4);
    }
    let interval = date_interval(&x, &TENT, Shape::Trend, &[13], 0, 0.95).unwrap();
    assert_eq!((interval.lower, interval.upper), (12, 14));
}

#[test]
fn the_bent_line_of_the_tent_has_the_published_coefficients() {
    let x = times(1992, 27);
    let design = Design { x: &x, shape: Shape::Kink, shortest: 5, max_breaks: 1 };
    assert_eq!(design.candidates(&TENT)[1].breaks, [13]);
    let bend = design::Bend::fit(&x, &TENT, 2004.0);
    check(bend.value(1992.0), 0.498_859, 5e-7);
    check(bend.slopes[0], 0.010_115, 5e-7);
    check(bend.slopes[1] - bend.slopes[0], -0.016_121, 5e-7);
}

#[test]
fn the_tent_is_answered_with_one_break_and_its_intervals() {
    let answer = ask("structural-breaks", None, &series(1992, &TENT), &Options::new()).unwrap();
    let breaks = answer.main();
    assert_eq!(breaks.integers("period").unwrap(), [2004]);
    assert_eq!(breaks.integers("lower").unwrap(), [2003]);
    assert_eq!(breaks.integers("upper").unwrap(), [2005]);
    let segments = answer.table("segments").unwrap();
    let direction = segments.text("direction").unwrap();
    assert_eq!(direction[..2], [Some("rise".into()), Some("fall".into())]);
}

#[test]
fn a_constant_and_a_straight_line_have_no_break() {
    for y in [vec![0.5; 20], (0..20).map(|t| 0.1 * f64::from(t)).collect::<Vec<f64>>()] {
        let answer = ask("structural-breaks", None, &series(2000, &y), &Options::new()).unwrap();
        assert_eq!(answer.main().n_rows(), 0);
        assert!(answer.notes.iter().any(|note| note.code == "no-break-possible"));
    }
}

#[test]
fn an_exact_step_has_one_break_and_an_infinite_f() {
    let mut y = vec![1.0; 10];
    y.extend([2.0; 10]);
    let options = Options::new().with("replicates", "19");
    let answer = ask("structural-breaks", Some("level"), &series(2000, &y), &options).unwrap();
    assert_eq!(answer.main().integers("period").unwrap(), [2009]);
    let sup_f = answer.table("models").unwrap().numbers("sup_f").unwrap();
    assert_eq!(sup_f[1], Datum::undefined(Undefined::ZeroDenominator));
    assert!(answer.notes.iter().any(|note| note.code == "no-date-interval"));
}

#[test]
fn a_year_without_a_value_is_refused_or_left_out() {
    let frame = Frame::new(vec![
        Column::integer("period", "", (0..27).filter(|t| *t != 20).map(|t| 1992 + t)),
        Column::numbers("value", "1", (0..27).filter(|t| *t != 20).map(|t| TENT[t])),
    ]);
    let inputs = Inputs::new().with("series", frame.unwrap());
    let error = ask("structural-breaks", None, &inputs, &Options::new()).unwrap_err();
    assert!(error.to_string().contains("2012"), "{error}");
    let options = Options::new()
        .with("missing_years", "calendar")
        .with("replicates", "0")
        .with("max_breaks", "1");
    let answer = ask("structural-breaks", None, &inputs, &options).unwrap();
    assert_eq!(answer.main().integers("period").unwrap(), [2004]);
    assert!(ask("structural-breaks", Some("level"), &inputs, &options).is_err());
}

#[test]
fn too_few_years_are_refused() {
    let error = ask("structural-breaks", None, &series(2000, &[1.0, 2.0]), &Options::new());
    assert!(matches!(error, Err(MethodError::NotIdentified { .. })));
}

#[test]
fn pelt_finds_the_break_of_the_step_and_more_of_them_when_they_cost_less() {
    let ask = |penalty: &str| {
        let options = Options::new()
            .with("criterion", "pelt")
            .with("penalty", penalty)
            .with("max_breaks", "1")
            .with("replicates", "0");
        ask("structural-breaks", Some("level"), &series(1, &STEP), &options)
    };
    assert_eq!(ask("auto").unwrap().main().integers("period").unwrap(), [4]);
    // Nothing costs nothing: segments of three, and one of four.
    assert_eq!(ask("0").unwrap().main().n_rows(), 2);
    assert_eq!(ask("100").unwrap().main().n_rows(), 0);
    assert!(ask("many").is_err());
}

#[test]
fn robust_tests_stand_in_a_table_of_their_own_and_not_for_a_kink() {
    let options = Options::new().with("errors", "hac").with("replicates", "0");
    let answer = ask("structural-breaks", Some("level"), &series(1, &STEP), &options).unwrap();
    let robust = answer.table("robust").unwrap();
    let f = robust.numbers("sup_f_hac").unwrap();
    assert_eq!(f[0], Datum::Gap(agglo_core::Gap::NotApplicable));
    assert!(f[1].number().unwrap() > 100.0);
    assert!(ask("structural-breaks", Some("kink"), &series(1, &STEP), &options).is_err());
}
