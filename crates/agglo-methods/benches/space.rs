//! Spatial statistics on square lattices of three sizes; data are built outside the measured part.

use agglo_core::{Axis, Control, Seed, Weights};
use agglo_methods::space::{
    Assumption, Conditioning, Divisor, Plan, Scheme, difference_tallies, lag_tallies, local_moran,
    moran,
};
use divan::{Bencher, black_box};
use rand::Rng;

/// Sides of about 3,000, 30,000 and 300,000 areas.
const SIDES: [u32; 3] = [55, 173, 548];

fn main() {
    divan::main();
}

/// Queen contiguity, rows standardized; corners weigh `corner` before that.
fn lattice(side: u32, corner: f64) -> Weights {
    let axis = Axis::new((0..side * side).map(|place| format!("{place:08}")));
    let mut edges = Vec::new();
    for place in 0..side * side {
        let (row, column) = (place / side, place % side);
        for to_row in row.saturating_sub(1)..=(row + 1).min(side - 1) {
            for to_column in column.saturating_sub(1)..=(column + 1).min(side - 1) {
                let to = to_row * side + to_column;
                let straight = to_row == row || to_column == column;
                if to != place {
                    edges.push((place, to, if straight { 1.0 } else { corner }));
                }
            }
        }
    }
    Weights::from_edges(axis, edges).expect("edges of a lattice").row_standardized()
}

fn values(side: u32) -> Vec<f64> {
    let mut rng = Seed::DEFAULT.stream("bench-space", 0, 0);
    (0..side * side).map(|_| f64::from(rng.next_u32()) / f64::from(u32::MAX)).collect()
}

fn plan(scheme: Scheme) -> Plan<'static> {
    Plan {
        method: "bench",
        seed: Seed::DEFAULT,
        unit: 0,
        replicates: 999,
        scheme,
        folded: false,
        control: Control::none(),
    }
}

#[divan::bench(args = SIDES, sample_count = 10)]
fn local_moran_statistics(bencher: Bencher<'_, '_>, side: u32) {
    let (x, weights) = (values(side), lattice(side, 1.0));
    bencher.bench_local(|| {
        local_moran(black_box(&x), &weights, Divisor::N, Conditioning::Conditional)
    });
}

#[divan::bench(args = SIDES, sample_count = 10)]
fn ranks_of_999_shared_draws_equal_weights(bencher: Bencher<'_, '_>, side: u32) {
    let (x, weights) = (values(side), lattice(side, 1.0));
    bencher.bench_local(|| lag_tallies(black_box(&x), &weights, &plan(Scheme::Shared)));
}

#[divan::bench(args = SIDES, sample_count = 3)]
fn sums_of_999_shared_draws_distance_weights(bencher: Bencher<'_, '_>, side: u32) {
    let (x, weights) = (values(side), lattice(side, std::f64::consts::FRAC_1_SQRT_2));
    bencher.bench_local(|| lag_tallies(black_box(&x), &weights, &plan(Scheme::Shared)));
}

#[divan::bench(args = SIDES, sample_count = 3)]
fn squares_of_999_shared_draws(bencher: Bencher<'_, '_>, side: u32) {
    let (x, weights) = (values(side), lattice(side, 1.0));
    bencher.bench_local(|| difference_tallies(black_box(&x), &weights, &plan(Scheme::Shared)));
}

#[divan::bench(args = SIDES, sample_count = 1)]
fn sums_of_999_independent_draws(bencher: Bencher<'_, '_>, side: u32) {
    let (x, weights) = (values(side), lattice(side, 1.0));
    bencher.bench_local(|| lag_tallies(black_box(&x), &weights, &plan(Scheme::Independent)));
}

#[divan::bench(args = SIDES, sample_count = 3)]
fn global_moran_with_moments(bencher: Bencher<'_, '_>, side: u32) {
    let (x, weights) = (values(side), lattice(side, 1.0));
    bencher.bench_local(|| moran(black_box(&x), &weights, Assumption::Randomization));
}
