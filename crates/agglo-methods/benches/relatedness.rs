//! Proximity, density, and complexity at three sizes; data are built outside the measured part.

use agglo_core::{Activity, Axis, Seed};
use agglo_methods::relatedness::{
    ComplexityScale, Cutoff, Diagonal, Presence, ProximityKind, economic_complexity, outlook_gain,
    proximity, relatedness_density,
};
use divan::{Bencher, black_box};
use rand::Rng;
use std::sync::Arc;

const SIZES: [(usize, usize); 3] = [(30, 40), (300, 400), (3_000, 1_000)];

fn main() {
    divan::main();
}

/// An economy whose larger regions have more, and more particular, industries.
fn presence(n_regions: usize, n_industries: usize) -> Presence {
    let mut rng = Seed::DEFAULT.stream("bench-relatedness", 0, 0);
    let codes =
        |letter: char, n: usize| Arc::new(Axis::new((0..n).map(|k| format!("{letter}{k:05}"))));
    let values = (0..n_regions * n_industries)
        .map(|place| {
            let size = 1 + place / n_industries % 17;
            let rarity = 1 + place % n_industries % 13;
            let draw = f64::from(rng.next_u32()) / f64::from(u32::MAX);
            (draw.powi(3) * 1000.0 * size as f64 / rarity as f64).floor()
        })
        .collect();
    let activity = Activity::new(codes('r', n_regions), codes('i', n_industries), values);
    Presence::of(&activity, 1.0, Cutoff::AtLeast)
}

#[divan::bench(args = SIZES, sample_count = 20)]
fn proximities(bencher: Bencher<'_, '_>, (regions, industries): (usize, usize)) {
    let presence = presence(regions, industries);
    bencher.bench_local(|| proximity(black_box(&presence), ProximityKind::MinConditional));
}

#[divan::bench(args = SIZES, sample_count = 20)]
fn densities(bencher: Bencher<'_, '_>, (regions, industries): (usize, usize)) {
    let presence = presence(regions, industries);
    let phi = proximity(&presence, ProximityKind::MinConditional);
    bencher.bench_local(|| {
        relatedness_density(black_box(&presence), black_box(&phi), Diagonal::Exclude)
    });
}

#[divan::bench(args = SIZES, sample_count = 20)]
fn complexities(bencher: Bencher<'_, '_>, (regions, industries): (usize, usize)) {
    let presence = presence(regions, industries);
    bencher.bench_local(|| economic_complexity(black_box(&presence), ComplexityScale::OwnZ));
}

#[divan::bench(args = SIZES, sample_count = 20)]
fn outlook_gains(bencher: Bencher<'_, '_>, (regions, industries): (usize, usize)) {
    let presence = presence(regions, industries);
    let phi = proximity(&presence, ProximityKind::MinConditional);
    let pci = economic_complexity(&presence, ComplexityScale::OwnZ).map(|found| found.pci);
    let pci = pci.unwrap_or_default();
    bencher.bench_local(|| outlook_gain(black_box(&presence), black_box(&phi), black_box(&pci)));
}
