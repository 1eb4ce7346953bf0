//! Laws of inequality, coagglomeration and centers that hold whatever the data.

use agglo_core::Key;
use agglo_methods::concentration::{
    Sizes, coagglomeration, ellison_glaeser, group_coagglomeration, maurel_sedillot,
};
use agglo_methods::decomposition::{dagum_gini, nested_entropy};
use agglo_methods::inequality::{
    Population, atkinson, coulter, duclos_esteban_ray, esteban_ray, ricci_schutz, rosenbluth,
    weighted_gini, williamson, wolfson,
};
use agglo_methods::trend::{Ellipse, EllipseScale, overlap};
use agglo_testkit::assert_close;
use proptest::prelude::*;

fn values(n: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(0.01..1.0e4, n)
}

fn names(n: usize) -> impl Strategy<Value = Vec<Key>> {
    prop::collection::vec(0usize..4, n)
        .prop_map(|groups| groups.into_iter().map(|group| format!("g{group}").into()).collect())
}

fn total(values: &[f64]) -> f64 {
    agglo_core::sum(values.iter().copied())
}

proptest! {
    #[test]
    fn the_parts_of_a_gini_sum_to_it(y in values(12), weights in values(12), groups in names(12)) {
        let found = dagum_gini(&y, &weights, &groups).unwrap();
        assert_close(found.within + found.between + found.overlap, found.total, 1e-10);
        prop_assert!(found.pairs.iter().all(|pair| (0.0..=1.0).contains(&pair.distance)));
        prop_assert!(found.overlap >= 0.0 && found.between >= 0.0);
        // What lies between the means is no more than what Dagum finds between the groups in all.
        prop_assert!(found.between_means <= found.between + found.overlap + 1e-10);
        // All regions in one group: nothing is between.
        let one = vec![Key::from("one"); 12];
        let whole = dagum_gini(&y, &weights, &one).unwrap();
        assert_close(whole.within, whole.total, 1e-10);
        // Every region a group of its own: nothing is inside, nothing overlaps.
        let alone: Vec<Key> = (0..12).map(|k| format!("{k:02}").into()).collect();
        let apart = dagum_gini(&y, &weights, &alone).unwrap();
        assert_close(apart.between, apart.total, 1e-10);
        prop_assert!(apart.within.abs() < 1e-12 && apart.overlap.abs() < 1e-10);
    }

    #[test]
    fn levels_of_groups_sum_to_the_whole(
        y in values(12), weights in values(12), outer in names(12), inner in names(12),
        alpha in -2.0..3.0,
    ) {
        let inside: Vec<Key> =
            outer.iter().zip(&inner).map(|(a, b)| format!("{a}/{b}").into()).collect();
        let found = nested_entropy(&y, &weights, &[outer, inside], alpha).unwrap();
        assert_close(total(&found.levels), found.total, 1e-9 * found.total.max(1.0));
        prop_assert!(found.levels.iter().all(|part| *part >= -1e-12));
    }

    #[test]
    fn measures_do_not_see_the_unit_and_count_a_country_doubled_as_one(
        y in values(9), scale in 0.01..100.0,
    ) {
        let of = |y: &[f64]| Population::new(y, &vec![1.0; y.len()]).unwrap();
        let (one, scaled) = (of(&y), of(&y.iter().map(|y| y * scale).collect::<Vec<_>>()));
        let twice = of(&[y.clone(), y.clone()].concat());
        for measure in [
            |p: &Population| p.gini(),
            ricci_schutz,
            williamson,
            |p: &Population| atkinson(p, 0.5).unwrap(),
            |p: &Population| atkinson(p, 1.0).unwrap(),
            |p: &Population| wolfson(p).unwrap(),
            |p: &Population| duclos_esteban_ray(p, 0.0, 0.0).unwrap(),
        ] {
            assert_close(measure(&one), measure(&scaled), 1e-9);
            assert_close(measure(&one), measure(&twice), 1e-9);
        }
        prop_assert!((0.0..1.0).contains(&one.gini()));
        prop_assert!(ricci_schutz(&one) <= one.gini() + 1e-12);
        assert_close(coulter(&one), coulter(&twice) * 2.0_f64.sqrt(), 1e-9);
        assert_close(rosenbluth(&one).unwrap(), rosenbluth(&twice).unwrap() * 2.0, 1e-9);
        prop_assert!(esteban_ray(&one, 1.6) <= esteban_ray(&one, 0.5) + 1e-12);
    }

    #[test]
    fn a_transfer_from_rich_to_poor_lowers_inequality(y in values(8), part in 0.05..0.95) {
        let mut sorted = y;
        sorted.sort_by(f64::total_cmp);
        let gap = sorted[7] - sorted[0];
        prop_assume!(gap > 1e-3);
        let before = weighted_gini(&sorted, &[1.0; 8]).unwrap();
        sorted[0] += part * gap / 2.0;
        sorted[7] -= part * gap / 2.0;
        let after = weighted_gini(&sorted, &[1.0; 8]).unwrap();
        prop_assert!(after < before);
    }

    #[test]
    fn a_pair_is_a_group_of_two_and_an_industry_with_itself_its_concentration(
        a in values(7), b in values(7), benchmark in values(7),
    ) {
        let pairs = coagglomeration(&[&a, &b], &benchmark).unwrap();
        let gamma = pairs.gamma(0, 1).unwrap();
        assert_close(group_coagglomeration(&[&a, &b], &benchmark).unwrap().gamma, gamma, 1e-9);
        let x2 = total(&benchmark.iter().map(|b| (b / total(&benchmark)).powi(2)).collect::<Vec<_>>());
        let own = ellison_glaeser(&Sizes::from(&[3.0, 2.0][..]), &a, &benchmark).unwrap();
        assert_close(pairs.gamma(0, 0).unwrap(), own.raw_g / (1.0 - x2), 1e-12);
        // As the benchmark itself, an industry is with none.
        let as_all = coagglomeration(&[&a, &benchmark], &benchmark).unwrap();
        assert_close(as_all.gamma(0, 1).unwrap(), 0.0, 1e-12);
    }

    #[test]
    fn the_variance_of_an_index_is_never_negative(sizes in values(6), x in values(5)) {
        let by_region = [total(&sizes), 0.0, 0.0, 0.0, 0.0];
        let found = maurel_sedillot(&Sizes::from(&sizes[..]), &by_region, &x).unwrap();
        prop_assert!(found.variance.unwrap() >= 0.0);
        assert_close(found.gamma, 1.0, 1e-9);
    }

    #[test]
    fn an_ellipse_turns_and_grows_with_its_places(
        places in prop::collection::vec((-50.0..50.0, -50.0..50.0), 8),
        weights in values(8), degrees in 0.0_f64..180.0, scale in 0.1..10.0,
    ) {
        let one = Ellipse::of(&places, &weights, EllipseScale::Sqrt2).unwrap();
        prop_assume!(one.semi_major > 1.05 * one.semi_minor && one.semi_minor > 1.0);
        let (sine, cosine) = degrees.to_radians().sin_cos();
        // Clockwise, as azimuths go.
        let turned: Vec<(f64, f64)> = places
            .iter()
            .map(|(x, y)| (scale * (x * cosine + y * sine), scale * (y * cosine - x * sine)))
            .collect();
        let other = Ellipse::of(&turned, &weights, EllipseScale::Sqrt2).unwrap();
        let turn = other.azimuth.unwrap() - one.azimuth.unwrap() - degrees;
        assert_close((turn + 90.0).rem_euclid(180.0), 90.0, 1e-6);
        assert_close(other.area() / one.area(), scale * scale, 1e-6 * scale * scale);
        assert_close(overlap(&one, &one).unwrap(), 1.0, 1e-9);
        let (ab, ba) = (overlap(&one, &other).unwrap(), overlap(&other, &one).unwrap());
        assert_close(ab, ba, 1e-9);
    }
}
