//! The index set of chapter 1 at three sizes: regions × industries of one period.
//!
//! `cargo bench -p agglo-methods --bench indices`

use std::hint::black_box;
use std::sync::Arc;

use agglo_core::{Absent, Activity, Axis, Column, Frame, Key, Panel, Seed};
use agglo_methods::call::ask;
use agglo_methods::concentration::{Sizes, coagglomeration, ellison_glaeser, maurel_sedillot};
use agglo_methods::decomposition::{dagum_gini, nested_entropy};
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

/// All of [`METHODS`] for twenty years of the largest size, each year by itself: all their tables
/// together would not fit in memory.
#[divan::bench(sample_count = 1)]
fn twenty_years_3000_by_1000(bencher: Bencher) {
    let inputs = Inputs::new().with_panel("activity", panel(3_000, 1_000));
    bencher.bench_local(|| {
        for _ in 0..20 {
            for id in METHODS {
                black_box(ask(id, None, &inputs, &Options::new())).ok();
            }
        }
    });
}

/// Coagglomeration of all pairs, the numbers alone: one matrix product.
#[divan::bench(args = SIZES, sample_count = 10)]
fn coagglomeration_alone(bencher: Bencher, (n_regions, n_industries): (usize, usize)) {
    let activity = activity(n_regions, n_industries);
    let columns: Vec<Vec<f64>> = (0..n_industries).map(|i| activity.industry(i)).collect();
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let benchmark = activity.region_totals();
    bencher.bench_local(|| coagglomeration(&columns, &benchmark));
}

/// The same as every surface calls it, to a table of all pairs.
#[divan::bench(args = SIZES, sample_count = 10)]
fn coagglomeration_pairs(bencher: Bencher, (n_regions, n_industries): (usize, usize)) {
    let inputs = Inputs::new().with_panel("activity", panel(n_regions, n_industries));
    bencher.bench_local(|| ask("coagglomeration", None, &inputs, &Options::new()));
}

/// Incomes of `n` regions in groups of about a hundred, and in groups of ten inside those.
fn incomes(n: usize) -> (Vec<f64>, Vec<f64>, [Vec<Key>; 2]) {
    let mut rng = Seed(1).stream("bench", 2, 0);
    let values = (0..n).map(|_| (4.0 * rng.random::<f64>()).exp()).collect();
    let weights = (0..n).map(|_| rng.random_range(1.0..100.0)).collect();
    let groups = |size: usize| (0..n).map(|k| format!("g{:05}", k / size).into()).collect();
    (values, weights, [groups(100), groups(10)])
}

#[divan::bench(args = [30, 3_000, 100_000])]
fn dagum_in_groups_of_100(bencher: Bencher, n: usize) {
    let (values, weights, [groups, _]) = incomes(n);
    bencher.bench_local(|| dagum_gini(&values, &weights, &groups));
}

#[divan::bench(args = [30, 3_000, 100_000])]
fn entropy_over_two_levels(bencher: Bencher, n: usize) {
    let (values, weights, levels) = incomes(n);
    bencher.bench_local(|| nested_entropy(&values, &weights, &levels, 1.0));
}

/// All measures of a year.
#[divan::bench(args = [30, 3_000, 100_000])]
fn inequality(bencher: Bencher, n: usize) {
    let (values, weights, _) = incomes(n);
    let frame = Frame::new(vec![
        Column::text("region", (0..n).map(|k| format!("r{k:06}"))),
        Column::numbers("value", "yuan", values),
        Column::numbers("weight", "persons", weights),
    ]);
    let inputs = Inputs::new().with("regions", frame.expect("columns of one length"));
    bencher.bench_local(|| ask("inequality", Some("weighted"), &inputs, &Options::new()));
}

/// Centers and ellipses of all industries.
#[divan::bench(args = SIZES, sample_count = 10)]
fn center_of_gravity(bencher: Bencher, (n_regions, n_industries): (usize, usize)) {
    let mut rng = Seed(1).stream("bench", 3, 0);
    let region = Frame::new(vec![
        Column::text("region", (0..n_regions).map(|k| format!("r{k:05}"))),
        Column::numbers("lon", "degrees", (0..n_regions).map(|_| rng.random_range(75.0..135.0))),
        Column::numbers("lat", "degrees", (0..n_regions).map(|_| rng.random_range(18.0..53.0))),
    ]);
    let inputs = Inputs::new()
        .with_panel("activity", panel(n_regions, n_industries))
        .with("region", region.expect("columns of one length"));
    let options = Options::new().with("of", "both");
    bencher.bench_local(|| ask("center-of-gravity", None, &inputs, &options));
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

/// γ of all industries by Ellison and Glaeser and by Maurel and Sédillot, 500 plants each.
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
            let sizes = Sizes::from(&sizes[..]);
            black_box(ellison_glaeser(&sizes, by_region, &benchmark)).ok();
            black_box(maurel_sedillot(&sizes, by_region, &benchmark)).ok();
        }
    });
}
