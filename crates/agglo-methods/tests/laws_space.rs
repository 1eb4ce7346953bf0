//! Laws of spatial statistics that hold whatever the data, and what chance alone calls significant.
#![expect(clippy::unwrap_used, reason = "a law fails where there is no number")]

use agglo_core::{Axis, Control, Seed, Weights};
use agglo_methods::space::{
    Assumption, Conditioning, Correction, Divisor, Null, Own, Plan, Scheme, Tail,
    difference_tallies, geary, lag_tallies, lee, local_g, local_geary, local_moran, moran,
    spatial_gini,
};
use agglo_testkit::assert_close;
use proptest::prelude::*;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// A square of regions that share a side, in rows.
fn lattice(side: u32) -> Weights {
    let axis = Axis::new((0..side * side).map(|place| format!("{place:05}")));
    let mut edges = Vec::new();
    for place in 0..side * side {
        if place % side + 1 < side {
            edges.extend([(place, place + 1, 1.0), (place + 1, place, 1.0)]);
        }
        if place + side < side * side {
            edges.extend([(place, place + side, 1.0), (place + side, place, 1.0)]);
        }
    }
    Weights::from_edges(axis, edges).unwrap().row_standardized()
}

/// 25 values that are not all equal.
fn values() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-100.0..100.0, 25)
        .prop_filter("some variation", |x: &Vec<f64>| x.iter().any(|v| (v - x[0]).abs() > 1.0))
}

proptest! {
    #[test]
    fn local_statistics_add_up_to_the_global_ones(x in values()) {
        let weights = lattice(5);
        let global = moran(&x, &weights, Assumption::Normality).unwrap().statistic;
        let local = local_moran(&x, &weights, Divisor::N, Conditioning::Conditional).unwrap();
        let mean = local.iter().map(|local| local.statistic).sum::<f64>() / 25.0;
        assert_close(mean, global, 1e-10 * global.abs().max(1.0));
        let global = geary(&x, &weights, Assumption::Normality).unwrap().statistic;
        let local = local_geary(&x, &weights, Divisor::NLessOne).unwrap();
        // Σ cᵢ = Σ w (xᵢ − xⱼ)² (n − 1)/Σ z², and C is half of that over S0 = n.
        let mean = local.iter().map(|local| local.statistic).sum::<f64>() / 50.0;
        assert_close(mean, global, 1e-10 * global.max(1.0));
    }

    #[test]
    fn another_unit_and_another_zero_change_nothing(x in values(), a in -50.0..50.0, b in 0.1..9.0) {
        let weights = lattice(5);
        let moved: Vec<f64> = x.iter().map(|x| a + b * x).collect();
        let of = |x: &[f64]| {
            let i = moran(x, &weights, Assumption::Randomization).unwrap();
            let c = geary(x, &weights, Assumption::Randomization).unwrap();
            let g = local_g(x, &weights, Own::Excluded).unwrap()[7].z.unwrap();
            let l = lee(x, &values_of_index(), &weights).unwrap().l;
            [i.statistic, i.variance.unwrap(), c.statistic, c.variance.unwrap(), g, l]
        };
        for (before, after) in of(&x).into_iter().zip(of(&moved)) {
            assert_close(after, before, 1e-8 * before.abs().max(1.0));
        }
    }

    #[test]
    fn the_parts_of_a_spatial_gini_add_up(x in prop::collection::vec(0.5..100.0, 25)) {
        let found = spatial_gini(&x, &lattice(5)).unwrap();
        assert_close(found.near + found.far, found.gini, 1e-12);
        prop_assert!(found.near >= 0.0 && found.far >= 0.0);
    }

    #[test]
    fn adjusted_p_values_keep_the_order_and_are_not_smaller(
        p in prop::collection::vec(0.001..1.0, 1..40),
    ) {
        let data: Vec<agglo_core::Datum> =
            p.iter().map(|p| agglo_core::Datum::Number(*p)).collect();
        let of = |correction: Correction| -> Vec<f64> {
            correction.adjust(&data).into_iter().map(|p| p.number().unwrap()).collect()
        };
        let (bh, bonferroni) = (of(Correction::BenjaminiHochberg), of(Correction::Bonferroni));
        for i in 0..p.len() {
            prop_assert!(p[i] <= bh[i] + 1e-15 && bh[i] <= bonferroni[i] + 1e-15 && bh[i] <= 1.0);
            for j in 0..p.len() {
                prop_assert!(p[i] > p[j] || bh[i] <= bh[j]);
            }
        }
    }
}

fn values_of_index() -> Vec<f64> {
    (0..25).map(|k| f64::from(k * k % 11)).collect()
}

fn plan(seed: u64, replicates: u32, scheme: Scheme) -> Plan<'static> {
    Plan {
        method: "calibration",
        seed: Seed(seed),
        unit: 0,
        replicates,
        scheme,
        folded: false,
        control: Control::none(),
    }
}

fn noise(seed: u64, n: usize) -> Vec<f64> {
    let mut rng = Seed(seed).stream("noise", 0, 0);
    (0..n).map(|_| StandardNormal.sample(&mut rng)).collect()
}

/// The share of p-values up to 5 % among `tests` of them is 5 %, give or take five standard errors
/// of as many tests as maps: tests on one map are not independent.
#[track_caller]
fn check_rate(p_values: &[f64], maps: f64) {
    let rate = p_values.iter().filter(|p| **p <= 0.05).count() as f64 / p_values.len() as f64;
    let error = (0.05 * 0.95 / (maps * 16.0).min(p_values.len() as f64)).sqrt();
    assert!((rate - 0.05).abs() < 5.0 * error, "{rate} of {} tests", p_values.len());
}

#[test]
fn chance_alone_is_called_significant_as_often_as_the_level_says() {
    let weights = lattice(20);
    for scheme in [Scheme::Shared, Scheme::Independent] {
        let (mut lags, mut differences) = (Vec::new(), Vec::new());
        for map in 0..20 {
            let x = noise(map, 400);
            let plan = plan(1000 + map, 199, scheme);
            let p = |tally: agglo_methods::space::Tally| {
                tally.p_value(Tail::TwoSided).number().unwrap()
            };
            lags.extend(lag_tallies(&x, &weights, &plan).unwrap().into_iter().map(p));
            let tallies = difference_tallies(&x, &weights, &plan).unwrap();
            differences.extend(tallies.into_iter().map(p));
        }
        check_rate(&lags, 20.0);
        check_rate(&differences, 20.0);
    }
}

#[test]
fn the_global_test_rejects_chance_at_its_level() {
    let weights = lattice(10);
    let p_values: Vec<f64> = (0..400)
        .map(|map| {
            let x = noise(map, 100);
            let mean = x.iter().sum::<f64>() / 100.0;
            let x: Vec<f64> = x.iter().map(|x| x - mean).collect();
            // Moran's I up to a factor that no order changes.
            let of = |x: &[f64]| weights.lag(x).iter().zip(x).map(|(lag, x)| lag * x).sum::<f64>();
            let plan = plan(5000 + map, 99, Scheme::Shared);
            let null = Null::draw(&x, &plan, |x| vec![of(x)]).unwrap();
            null.tally(0, of(&x)).p_value(Tail::TwoSided).number().unwrap()
        })
        .collect();
    check_rate(&p_values, 400.0);
}

#[test]
fn the_analytic_z_of_chance_has_mean_zero_and_variance_one() {
    let weights = lattice(10);
    let z: Vec<f64> = (0..2000)
        .map(|map| {
            let found = moran(&noise(map, 100), &weights, Assumption::Randomization).unwrap();
            (found.statistic - found.expectation) / found.variance.unwrap().sqrt()
        })
        .collect();
    let mean = z.iter().sum::<f64>() / 2000.0;
    let variance = z.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / 2000.0;
    assert!(mean.abs() < 0.1 && (variance - 1.0).abs() < 0.15, "{mean} {variance}");
}

#[test]
fn draws_of_a_period_do_not_repeat_those_of_another() {
    let mut one = Seed(1).stream("local-moran", 0, 0);
    let mut other = Seed(1).stream("local-moran", 1, 0);
    assert_ne!(one.next_u64(), other.next_u64());
}
