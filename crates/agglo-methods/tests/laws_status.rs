//! Laws of chapter 1 that hold whatever the data.

use agglo_core::{Activity, Key, Seed};
use agglo_methods::concentration::{
    LocationalGini, Sizes, WeightedGinis, composite_gini, composite_gini_change, ellison_glaeser,
    gini, herfindahl, hoover, locational_gini, random_g,
};
use agglo_methods::decomposition::{decompose_entropy, generalized_entropy};
use agglo_methods::specialization::{
    KrugmanBenchmark, krugman, krugman_regions, location_quotients, revealed_symmetric_advantage,
};
use agglo_testkit::assert_close;
use proptest::prelude::*;

/// Activity from zero to a million, zeros among it; at least one place is above zero.
fn places(n: usize) -> impl Strategy<Value = Vec<f64>> {
    let place = prop_oneof![1 => Just(0.0), 4 => 0.001..1.0e6];
    prop::collection::vec(place, n)
        .prop_filter("something somewhere", |values| values.iter().any(|v| *v > 0.0))
}

/// As `places`, none at zero.
fn full(n: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(0.001..1.0e6, n)
}

fn matrix() -> impl Strategy<Value = Activity> {
    prop::collection::vec(prop_oneof![1 => Just(0.0), 3 => 0.01..1.0e4], 24).prop_map(|values| {
        let rows: Vec<[f64; 4]> = values.as_chunks().0.to_vec();
        Activity::from_rows(&rows)
    })
}

fn sum(values: impl IntoIterator<Item = f64>) -> f64 {
    agglo_core::sum(values)
}

proptest! {
    #[test]
    fn quotients_weighted_by_region_size_are_one(activity in matrix(), scale in 0.01..100.0) {
        let quotients = location_quotients(&activity);
        let (regions, total) = (activity.region_totals(), activity.total());
        for (i, e_i) in activity.industry_totals().into_iter().enumerate() {
            if e_i > 0.0 {
                let terms = regions.iter().enumerate().filter(|(_, e_r)| **e_r > 0.0);
                let weighted = terms.map(|(r, e_r)| e_r / total * quotients[r * 4 + i].unwrap());
                assert_close(sum(weighted), 1.0, 1e-9);
            }
        }
        let scaled = activity.values().iter().map(|v| v * scale).collect();
        let scaled = Activity::new(activity.regions().clone(), activity.industries().clone(), scaled);
        for (a, b) in quotients.into_iter().zip(location_quotients(&scaled)) {
            match (a, b) {
                (Ok(a), Ok(b)) => {
                    assert_close(a, b, 1e-9 * a.max(1.0));
                    prop_assert!((-1.0..=1.0).contains(&revealed_symmetric_advantage(a)));
                }
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }

    #[test]
    fn independence_gives_quotients_of_one(rows in full(6), columns in full(4)) {
        let cells: Vec<[f64; 4]> =
            rows.iter().map(|row| std::array::from_fn(|i| row * columns[i])).collect();
        for quotient in location_quotients(&Activity::from_rows(&cells)) {
            assert_close(quotient.unwrap(), 1.0, 1e-12);
        }
    }

    #[test]
    fn concentration_does_not_depend_on_the_order_of_regions(
        values in places(9), benchmark in full(9), turn in 0usize..9,
    ) {
        let turned = |values: &[f64]| {
            let mut values = values.to_vec();
            values.rotate_left(turn);
            values.reverse();
            values
        };
        let (v, b) = (turned(&values), turned(&benchmark));
        assert_close(gini(&values).unwrap(), gini(&v).unwrap(), 1e-12);
        assert_close(herfindahl(&values).unwrap(), herfindahl(&v).unwrap(), 1e-12);
        assert_close(hoover(&values, &benchmark).unwrap(), hoover(&v, &b).unwrap(), 1e-12);
        for kind in
            [LocationalGini::Lorenz, LocationalGini::LqUnweighted, LocationalGini::KrugmanHalf]
        {
            let found = locational_gini(kind, &values, &benchmark).unwrap();
            assert_close(found, locational_gini(kind, &v, &b).unwrap(), 1e-12);
        }
    }

    #[test]
    fn concentration_keeps_its_bounds(values in places(7), benchmark in full(7)) {
        let (g, h) = (gini(&values).unwrap(), herfindahl(&values).unwrap());
        prop_assert!((-1e-12..=6.0 / 7.0 + 1e-12).contains(&g));
        prop_assert!((1.0 / 7.0 - 1e-12..=1.0 + 1e-12).contains(&h));
        let hoover = hoover(&values, &benchmark).unwrap();
        let lorenz = locational_gini(LocationalGini::Lorenz, &values, &benchmark).unwrap();
        prop_assert!((0.0..=1.0).contains(&hoover));
        prop_assert!(hoover <= lorenz + 1e-12, "Hoover {hoover} above Gini {lorenz}");
    }

    #[test]
    fn everything_in_one_region_is_the_maximum(n in 2usize..40, place in 0usize..40, e in 0.01..1e6) {
        let mut values = vec![0.0; n];
        values[place % n] = e;
        assert_close(gini(&values).unwrap(), (n - 1) as f64 / n as f64, 1e-12);
        assert_close(herfindahl(&values).unwrap(), 1.0, 1e-12);
        assert_close(gini(&vec![e; n]).unwrap(), 0.0, 1e-12);
        assert_close(herfindahl(&vec![e; n]).unwrap(), 1.0 / n as f64, 1e-12);
    }

    #[test]
    fn doubling_the_country_leaves_the_ginis(values in places(6), benchmark in full(6)) {
        let twice = |values: &[f64]| [values, values].concat();
        assert_close(gini(&twice(&values)).unwrap(), gini(&values).unwrap(), 1e-12);
        let one = locational_gini(LocationalGini::Lorenz, &values, &benchmark).unwrap();
        let two =
            locational_gini(LocationalGini::Lorenz, &twice(&values), &twice(&benchmark)).unwrap();
        assert_close(one, two, 1e-12);
    }

    #[test]
    fn krugman_is_a_distance_from_zero_to_two(a in places(5), b in places(5), c in places(5)) {
        let k = |a: &[f64], b: &[f64]| krugman(a, b).unwrap();
        prop_assert!((0.0..=2.0 + 1e-12).contains(&k(&a, &b)));
        assert_close(k(&a, &b), k(&b, &a), 0.0);
        prop_assert!(k(&a, &c) <= k(&a, &b) + k(&b, &c) + 1e-12);
        assert_close(k(&a, &a), 0.0, 0.0);
    }

    #[test]
    fn leaving_oneself_out_moves_the_benchmark_away(activity in matrix()) {
        let all = krugman_regions(&activity, KrugmanBenchmark::Total);
        let others = krugman_regions(&activity, KrugmanBenchmark::Others);
        for (all, others) in all.into_iter().zip(others) {
            if let (Ok(all), Ok(others)) = (all, others) {
                prop_assert!(all <= others + 1e-12);
            }
        }
    }

    #[test]
    fn the_parts_of_a_composite_add_up(before in places(5), after in places(5), g in full(10)) {
        let weighted = |weights: &[f64], ginis: &[f64]| -> WeightedGinis {
            let total = sum(weights.iter().copied());
            let rows = weights.iter().zip(ginis).enumerate().filter(|(_, (w, _))| **w > 0.0);
            rows.map(|(i, (w, g))| (Key::from(i.to_string()), (w / total, g / 1e6))).collect()
        };
        let (before, after) = (weighted(&before, &g[..5]), weighted(&after, &g[5..]));
        let change = composite_gini_change(&before, &after);
        assert_close(change.within + change.composition, change.total, 1e-12);
        assert_close(composite_gini(&after) - composite_gini(&before), change.total, 1e-12);
    }

    #[test]
    fn entropies_are_their_parts_and_never_negative(
        values in full(8), weights in full(8), alpha in -2.0..3.0f64, split in 1usize..7,
    ) {
        let groups: Vec<Key> =
            (0..8).map(|k| Key::from(if k < split { "a" } else { "b" })).collect();
        for alpha in [0.0, 1.0, 2.0, alpha] {
            let found = decompose_entropy(&values, &weights, &groups, alpha).unwrap();
            let slack = 1e-9 * found.total.max(1.0);
            assert_close(found.between + found.within, found.total, slack);
            prop_assert!(found.total >= -slack && found.between >= -slack);
        }
    }

    #[test]
    fn a_transfer_from_rich_to_poor_lowers_theil(values in full(6), part in 0.01..0.49) {
        let mut order: Vec<usize> = (0..6).collect();
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
        let (poor, rich) = (order[0], order[5]);
        let gap = values[rich] - values[poor];
        prop_assume!(gap > 1.0);
        let mut after = values.clone();
        after[rich] -= part * gap;
        after[poor] += part * gap;
        let theil = |values: &[f64]| generalized_entropy(values, &[1.0; 6], 1.0).unwrap();
        prop_assert!(theil(&after) < theil(&values));
    }

    #[test]
    fn halving_every_plant_leaves_g_and_halves_h(
        sizes in full(6), places in prop::collection::vec(0usize..4, 6), x in full(4),
    ) {
        let mut by_region = [0.0; 4];
        for (size, place) in sizes.iter().zip(&places) {
            by_region[*place] += size;
        }
        let whole = ellison_glaeser(&Sizes::from(&sizes[..]), &by_region, &x).unwrap();
        let halves: Vec<f64> = sizes.iter().flat_map(|size| [size / 2.0, size / 2.0]).collect();
        let split = ellison_glaeser(&Sizes::from(&halves[..]), &by_region, &x).unwrap();
        assert_close(split.raw_g, whole.raw_g, 1e-12);
        assert_close(split.herfindahl, whole.herfindahl / 2.0, 1e-12);
        let like_the_country = ellison_glaeser(&Sizes::from(&sizes[..]), &x, &x).unwrap();
        let h = like_the_country.herfindahl;
        assert_close(like_the_country.gamma, -h / (1.0 - h), 1e-9);
    }

    #[test]
    fn all_plants_in_one_region_have_the_known_distance(sizes in full(5), x in full(3)) {
        let total = sum(sizes.iter().copied());
        let shares: Vec<f64> = x.iter().map(|b| b / sum(x.iter().copied())).collect();
        let found = ellison_glaeser(&Sizes::from(&sizes[..]), &[total, 0.0, 0.0], &x).unwrap();
        let squares = sum(shares.iter().map(|share| share * share));
        assert_close(found.raw_g, 1.0 - 2.0 * shares[0] + squares, 1e-12);
    }
}

// 4,000 choices of region by five plants: the mean is within four of its standard errors.
#[test]
fn simulated_concentration_has_the_mean_of_the_theory() {
    let (sizes, x) = ([5.0, 4.0, 3.0, 2.0, 1.0], [1.0, 0.0, 2.0, 5.0]);
    let theory = ellison_glaeser(&Sizes::from(&sizes[..]), &[15.0, 0.0, 0.0, 0.0], &x).unwrap();
    let simulated = random_g(&sizes, &x, 4_000, |k| Seed(11).stream("law", 0, k));
    let mean = agglo_core::mean(&simulated).unwrap();
    let standard_error = (theory.variance_g.unwrap() / 4_000.0).sqrt();
    assert_close(mean, theory.expected_g, 4.0 * standard_error);
}
