//! Intervals of regional and composite Gini and of the cluster index: the jackknife is what leaving out
//! by hand gives, and a bootstrap comes near it.
#![expect(clippy::unwrap_used, reason = "a test fails where a table is not as expected")]

mod answers;

use agglo_core::{Column, Frame};
use agglo_methods::call::ask;
use agglo_methods::concentration::LocationalGini;
use agglo_methods::specialization::regional_gini;
use agglo_methods::{Answer, Inputs, Options};
use agglo_testkit::assert_close;

use answers::numbers;

const REGIONS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const INDUSTRIES: [&str; 4] = ["w", "x", "y", "z"];

fn value(year: i64, r: usize, i: usize) -> f64 {
    let year = (year - 2000) as usize;
    3.0 + ((r * 17 + i * 29 + r * i * 5) % 23) as f64 + ((year * (r + 2 * i)) % 7) as f64
}

/// The cells of two years, without the region at `out`.
fn activity(out: Option<usize>) -> Frame {
    let rows: Vec<(i64, usize, usize)> = [2000, 2005]
        .into_iter()
        .flat_map(|year| (0..6).flat_map(move |r| (0..4).map(move |i| (year, r, i))))
        .filter(|(_, r, _)| Some(*r) != out)
        .collect();
    Frame::new(vec![
        Column::integer("period", "", rows.iter().map(|row| row.0)),
        Column::text("region", rows.iter().map(|row| REGIONS[row.1])),
        Column::text("industry", rows.iter().map(|row| INDUSTRIES[row.2])),
        Column::numbers("value", "persons", rows.iter().map(|row| value(row.0, row.1, row.2))),
    ])
    .unwrap()
}

fn composite(variant: &str, out: Option<usize>, interval: &str) -> Answer {
    let inputs = Inputs::new().with("activity", activity(out));
    let options = Options::new().with("interval", interval);
    ask("composite-gini", Some(variant), &inputs, &options).unwrap()
}

/// √((n − 1)/n Σ (v − mean)²) of what is found when each is left out.
fn jackknife(left_out: &[f64]) -> f64 {
    let n = left_out.len() as f64;
    let mean = left_out.iter().sum::<f64>() / n;
    ((n - 1.0) / n * left_out.iter().map(|v| (v - mean).powi(2)).sum::<f64>()).sqrt()
}

#[test]
fn the_jackknife_of_a_composite_leaves_a_region_out_of_every_period() {
    for variant in ["current", "fixed", "chain", "equal", "pooled"] {
        let found = composite(variant, None, "jackknife");
        let without: Vec<Answer> = (0..6).map(|r| composite(variant, Some(r), "none")).collect();
        let of = |table: &str, column: &str, row: usize| -> f64 {
            let values: Vec<f64> =
                without.iter().map(|answer| numbers(answer, table, column)[row].unwrap()).collect();
            jackknife(&values)
        };
        let errors = numbers(&found, "intervals", "standard_error");
        for (period, error) in errors.iter().enumerate() {
            assert_close(error.unwrap(), of("composite", "gini", period), 1e-12);
        }
        let changes = numbers(&found, "change_intervals", "standard_error");
        assert_close(changes[0].unwrap(), of("change", "total", 0), 1e-12);
        if variant == "pooled" {
            assert_eq!(changes[1], None);
        } else {
            assert_close(changes[1].unwrap(), of("change", "within", 0), 1e-12);
        }
        assert!(without[0].table("intervals").is_none());
    }
}

#[test]
fn a_bootstrap_of_the_composite_holds_the_composite() {
    let found = composite("current", None, "bootstrap");
    let values = numbers(&found, "composite", "gini");
    let (lower, upper) =
        (numbers(&found, "intervals", "lower"), numbers(&found, "intervals", "upper"));
    for period in 0..2 {
        assert!(lower[period] < upper[period] && upper[period].unwrap() < 1.0);
        assert!(lower[period] <= values[period], "{lower:?} {values:?}");
    }
}

#[test]
fn the_jackknife_of_specialization_leaves_industries_out() {
    let inputs = Inputs::new().with("activity", activity(None));
    let options = Options::new().with("interval", "jackknife");
    let found = ask("regional-gini", Some("lorenz"), &inputs, &options).unwrap();
    let errors = numbers(&found, "region_intervals", "standard_error");
    assert_eq!(errors.len(), 12);
    for (r, error) in errors.iter().take(6).enumerate() {
        let own: Vec<f64> = (0..4).map(|i| value(2000, r, i)).collect();
        let all: Vec<f64> = (0..4).map(|i| (0..6).map(|r| value(2000, r, i)).sum()).collect();
        let left_out: Vec<f64> = (0..4)
            .map(|out| {
                let rest = |values: &[f64]| -> Vec<f64> {
                    (0..4).filter(|i| *i != out).map(|i| values[i]).collect()
                };
                regional_gini(LocationalGini::Lorenz, &rest(&own), &rest(&all)).unwrap()
            })
            .collect();
        assert_close(error.unwrap(), jackknife(&left_out), 1e-12);
    }
    assert!(found.notes.iter().any(|note| note.code == "intervals-of-industries"));
}

#[test]
fn the_jackknife_of_a_cluster_index_leaves_out_what_a_region_is_compared_with() {
    let (area, people) = ([1.0, 2.0, 3.0, 1.5, 2.5, 4.0], [9.0, 8.0, 7.0, 6.0, 5.0, 4.0]);
    let firms = |r: usize, i: usize| 1.0 + ((r + 2 * i) % 5) as f64;
    let cells = || (0..6_usize).flat_map(|r| (0..4_usize).map(move |i| (r, i)));
    let table = |of: &dyn Fn(usize, usize) -> f64| {
        Frame::new(vec![
            Column::text("region", cells().map(|(r, _)| REGIONS[r])),
            Column::text("industry", cells().map(|(_, i)| INDUSTRIES[i])),
            Column::numbers("value", "1", cells().map(|(r, i)| of(r, i))),
        ])
        .unwrap()
    };
    let employment = |r: usize, i: usize| value(2000, r, i);
    let inputs =
        Inputs::new().with("activity", table(&employment)).with("firms", table(&firms)).with(
            "region",
            Frame::new(vec![
                Column::text("region", REGIONS),
                Column::numbers("area_km2", "km2", area),
                Column::numbers("population", "persons", people),
            ])
            .unwrap(),
        );
    let options = Options::new().with("interval", "jackknife");
    let found = ask("cluster-index", None, &inputs, &options).unwrap();
    let row = |r: usize, i: usize| {
        answers::row(&found, "intervals", &[("region", REGIONS[r]), ("industry", INDUSTRIES[i])])
    };
    let errors = numbers(&found, "intervals", "standard_error");
    for (r, i) in [(0, 0), (3, 2), (5, 3)] {
        let left_out: Vec<f64> = (0..6)
            .map(|out| {
                let rest = |of: &dyn Fn(usize) -> f64| -> f64 {
                    (0..6).filter(|q| *q != out).map(of).sum()
                };
                let share = |own: f64, of: &dyn Fn(usize) -> f64| own / rest(of);
                share(employment(r, i), &|q| employment(q, i))
                    * share(firms(r, i), &|q| firms(q, i))
                    / (share(area[r], &|q| area[q]) * share(people[r], &|q| people[q]))
            })
            .collect();
        assert_close(errors[row(r, i)].unwrap(), jackknife(&left_out), 1e-12);
    }
}
