//! The index set of chapter 1 at three sizes: regions × industries of one period.
//!
//! `cargo bench -p agglo-methods --bench indices`

use std::hint::black_box;
use std::sync::Arc;

use agglo_core::{Absent, Activity, Axis, Column, Frame, Panel, Seed};
use agglo_methods::call::ask;
use agglo_methods::concentration::{Sizes, ellison_glaeser};
use agglo_methods::specialization::location_quotients;
use agglo_methods::{Inputs, Options};
use divan::Bencher;
use rand::RngExt;

const SIZES: [(usize, usize); 3] = [(30, 40), (300, 400), (3_000, 1_000)];

const METHODS: [&str; 8] = [
    "location-quotient",
    "herfindahl",
    "hoover",
    "krugman",
    "regional-gini",
    "gini",
    "locational-gini",
    "composite-gini",
];

fn main() {
    divan::main();
}

/// Activity with a long tail and two fifths of the cells at zero, as detailed industries have.
fn activity(n_regions: usize, n_industries: usize) -> Activity {
    let mut rng = Seed(1).stream("bench", 0, 0);
    let values = (0..n_regions * n_industries)
        .map(|_| {
            let draw: f64 = rng.random();
            if draw < 0.4 { 0.0 } else { (10.0 * draw).exp().round() }
        })
        .collect();
    let axis =
        |letter: char, n: usize| Arc::new(Axis::new((0..n).map(|k| format!("{letter}{k:05}"))));
    Activity::new(axis('r', n_regions), axis('i', n_industries), values)
}

/// All of [`METHODS`] as every surface calls them, panel to tables.
#[divan::bench(args = SIZES, sample_count = 10)]
fn index_set(bencher: Bencher, (n_regions, n_industries): (usize, usize)) {
    let inputs = Inputs::new().with_panel("activity", panel(n_regions, n_industries));
    bencher.bench_local(|| {
        for id in METHODS {
            black_box(ask(id, None, &inputs, &Options::new())).ok();
        }
    });
}

/// Each of [`METHODS`] at the largest size.
#[divan::bench(args = METHODS, sample_count = 10)]
fn method_3000_by_1000(bencher: Bencher, id: &str) {
    let inputs = Inputs::new().with_panel("activity", panel(3_000, 1_000));
    bencher.bench_local(|| ask(id, None, &inputs, &Options::new()));
}

/// All location quotients, the numbers alone.
#[divan::bench(args = SIZES)]
fn quotients_alone(bencher: Bencher, (n_regions, n_industries): (usize, usize)) {
    let activity = activity(n_regions, n_industries);
    bencher.bench_local(|| location_quotients(&activity));
}

fn panel(n_regions: usize, n_industries: usize) -> Panel {
    let activity = activity(n_regions, n_industries);
    let cells =
        || {
            activity.regions().codes().iter().flat_map(|r| {
                activity.industries().codes().iter().map(move |i| (r.clone(), i.clone()))
            })
        };
    let frame = Frame::new(vec![
        Column::text("region", cells().map(|cell| cell.0)),
        Column::text("industry", cells().map(|cell| cell.1)),
        Column::numbers("value", "persons", activity.values().iter().copied()),
    ])
    .expect("columns of one length");
    Panel::from_frame(&frame, Absent::Missing).expect("no cell stands twice")
}

/// γ of all industries, 500 plants each.
#[divan::bench(args = SIZES)]
fn ellison_glaeser_500_plants_each(bencher: Bencher, (n_regions, n_industries): (usize, usize)) {
    let mut rng = Seed(1).stream("bench", 1, 0);
    let benchmark = activity(n_regions, 10).region_totals();
    let industries: Vec<(Vec<f64>, Vec<f64>)> = (0..n_industries)
        .map(|_| {
            let mut by_region = vec![0.0; n_regions];
            let sizes: Vec<f64> = (0..500).map(|_| f64::from(rng.random_range(1..1_000))).collect();
            for size in &sizes {
                by_region[rng.random_range(0..n_regions)] += size;
            }
            (sizes, by_region)
        })
        .collect();
    bencher.bench_local(|| {
        for (sizes, by_region) in &industries {
            black_box(ellison_glaeser(&Sizes::from(&sizes[..]), by_region, &benchmark)).ok();
        }
    });
}
