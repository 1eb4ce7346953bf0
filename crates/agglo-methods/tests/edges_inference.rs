//! What is offered besides an estimate, at its edges: tests of modes, errors of segments, local p-values.
#![expect(clippy::unwrap_used, reason = "a test fails where a table is not as expected")]

mod answers;

use agglo_core::{Column, Frame, Gap};
use agglo_methods::call::ask;
use agglo_methods::{Answer, Inputs, Options};

use answers::{numbers, texts};

fn regions(values: &[f64]) -> Inputs {
    let frame = Frame::new(vec![
        Column::text("region", (0..values.len()).map(|k| format!("r{k:02}"))),
        Column::integer("period", "", values.iter().map(|_| 2020_i64)),
        Column::numbers("value", "yuan", values.iter().copied()),
    ])
    .unwrap();
    Inputs::new().with("regions", frame)
}

fn density(values: &[f64], test: &str) -> Answer {
    let options = Options::new().with("mode_test", test).with("replicates", "199");
    ask("income-density", None, &regions(values), &options).unwrap()
}

/// Two heaps of fifteen, far from each other.
fn heaps() -> Vec<f64> {
    (0..30).map(|k| f64::from(k % 15 * (k % 15) % 7) + if k < 15 { 20.0 } else { 80.0 }).collect()
}

#[test]
fn two_heaps_have_more_than_one_peak_and_not_more_than_two() {
    let found = density(&heaps(), "silverman");
    let p = numbers(&found, "mode_tests", "p_value");
    assert_eq!(p.len(), 3);
    assert!(p[0].unwrap() <= 0.05 && p[1].unwrap() > 0.05, "{p:?}");
    let h = numbers(&found, "mode_tests", "critical_bandwidth");
    assert!(h[0] > h[1] && h[1] > h[2], "{h:?}");
    let found = density(&heaps(), "hall-york");
    let p = numbers(&found, "mode_tests", "p_value");
    assert!(p.len() == 1 && p[0].unwrap() <= 0.05, "{p:?}");
    assert!(density(&heaps(), "none").table("mode_tests").is_none());
}

#[test]
fn equal_regions_have_no_test_of_modes_and_the_reason() {
    let found = density(&[3.0; 12], "silverman");
    let frame = found.table("mode_tests").unwrap();
    for datum in frame.numbers("p_value").unwrap() {
        assert_eq!(datum.gap(), Some(Gap::Undefined(agglo_core::Undefined::NoVariation)));
    }
}

fn series(errors: &str, variant: &str) -> Result<Answer, String> {
    let frame = Frame::new(vec![
        Column::integer("period", "", 1990_i64..2020),
        Column::numbers(
            "value",
            "yuan",
            (0..30).map(|t| f64::from(t * t % 5) + if t < 12 { 0.0 } else { 30.0 }),
        ),
    ])
    .unwrap();
    let options = Options::new().with("errors", errors).with("replicates", "0");
    let inputs = Inputs::new().with("series", frame);
    ask("structural-breaks", Some(variant), &inputs, &options).map_err(|error| error.to_string())
}

#[test]
fn robust_errors_of_segments_come_with_hac_only() {
    assert!(series("independent", "level").unwrap().table("robust_segments").is_none());
    let found = series("hac", "level").unwrap();
    let n = found.table("breaks").unwrap().n_rows() + 1;
    let level = numbers(&found, "robust_segments", "estimate");
    assert_eq!(level.len(), n);
    // The segments' means, whatever the errors.
    let plain = numbers(&found, "segments", "level");
    for (robust, plain) in level.iter().zip(plain) {
        assert!((robust.unwrap() - plain.unwrap()).abs() < 1e-10);
    }
    assert_eq!(texts(&found, "robust_segments", "term"), vec!["level"; n]);
    let lower = numbers(&found, "robust_segments", "lower");
    assert!(lower.iter().zip(&level).all(|(lower, level)| lower < level));
    assert!(series("hac", "kink").unwrap_err().contains("separate segments"));
}

/// Nine regions in a line, a tenth without neighbors.
fn lee(own: &str, tail: &str, permutations: &str) -> Answer {
    let names = |k: usize| format!("r{k:02}");
    let values = Frame::new(vec![
        Column::text("region", (0..10).map(names)),
        Column::numbers("value", "1", (0..10).map(|k| f64::from(k * k % 7))),
        Column::numbers("other", "1", (0..10).map(|k| f64::from(k * 3 % 8))),
    ])
    .unwrap();
    let edges: Vec<(usize, usize)> = (1..9).flat_map(|k| [(k - 1, k), (k, k - 1)]).collect();
    let weights = Frame::new(vec![
        Column::text("region", edges.iter().map(|edge| names(edge.0))),
        Column::text("neighbor", edges.iter().map(|edge| names(edge.1))),
    ])
    .unwrap();
    let inputs = Inputs::new().with("values", values).with("weights", weights);
    let options = Options::new()
        .with("own", own)
        .with("tail", tail)
        .with("permutations", permutations)
        .with("islands", "keep");
    ask("lee", None, &inputs, &options).unwrap()
}

#[test]
fn an_island_has_no_local_lee_and_no_p() {
    let found = lee("exclude", "two-sided", "99");
    let gap = |column: &str| found.table("local").unwrap().numbers(column).unwrap()[9].gap();
    assert_eq!(gap("local_lee"), Some(Gap::NotApplicable));
    assert_eq!(gap("p_value"), Some(Gap::NotApplicable));
    assert_eq!(texts(&found, "local", "cluster")[9], "island");
    // In its own smoothing it has a value, and nothing to permute.
    let found = lee("include", "two-sided", "99");
    assert!(numbers(&found, "local", "local_lee")[9].is_some());
    assert_eq!(numbers(&found, "local", "p_value")[9], None);
    assert!(numbers(&found, "local", "p_value")[..9].iter().all(Option::is_some));
}

#[test]
fn without_permutations_there_is_no_p_and_every_quadrant_is_named() {
    for tail in ["two-sided", "folded"] {
        let found = lee("exclude", tail, "0");
        assert!(numbers(&found, "local", "p_value").iter().all(Option::is_none));
        assert_eq!(texts(&found, "local", "cluster"), texts(&found, "local", "quadrant"));
    }
}
