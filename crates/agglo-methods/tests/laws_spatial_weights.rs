//! What holds of spatial weights whatever the places.

use agglo_core::{Axis, Weights};
use agglo_methods::space::weights::{
    Bandwidth, Diagonal, Islands, Kernel, LowerOrders, Metric, Sites, binary, block, components,
    distance_band, higher_order, intersection, inverse_distance, kernel, nearest, settle_islands,
    smallest_band, union,
};
use proptest::prelude::*;

fn axis(n: usize) -> Axis {
    Axis::new((0..n).map(|place| format!("{place:03}")))
}

fn degrees() -> impl Strategy<Value = Vec<[f64; 2]>> {
    prop::collection::vec((-180.0..180.0_f64, -90.0..90.0_f64), 2..40)
        .prop_map(|places| places.into_iter().map(|(x, y)| [x, y]).collect())
}

/// Many at one place, many at equal distances.
fn lattice() -> impl Strategy<Value = Vec<[f64; 2]>> {
    prop::collection::vec((0..5_u8, 0..5_u8), 2..40).prop_map(|places| {
        places.into_iter().map(|(x, y)| [f64::from(x) / 10.0, f64::from(y) / 10.0]).collect()
    })
}

fn metrics() -> impl Strategy<Value = Metric> {
    prop_oneof![Just(Metric::Geodesic), Just(Metric::GreatCircle), Just(Metric::Planar)]
}

fn subset(part: &Weights, whole: &Weights) -> bool {
    part.edges().all(|(from, to, _)| whole.neighbors(from as usize).contains(&to))
}

proptest! {
    #[test]
    fn nearest_are_those_of_all_pairs(places in degrees(), metric in metrics(), k in 1..8_usize) {
        let n = places.len();
        let sites = Sites::new(axis(n), places, metric).unwrap();
        let found = nearest(&sites, k);
        for region in 0..n {
            let mut all: Vec<(f64, usize)> = (0..n)
                .filter(|&other| other != region)
                .map(|other| (sites.distance(region, other), other))
                .collect();
            all.sort_by(|one, other| one.0.total_cmp(&other.0));
            let mut expected: Vec<u32> = all.iter().take(k).map(|near| near.1 as u32).collect();
            expected.sort_unstable();
            prop_assert_eq!(found.neighbors(region), &expected[..]);
        }
    }

    #[test]
    fn nearest_have_exactly_k_and_ties_go_by_code(places in lattice(), k in 1..8_usize) {
        let n = places.len();
        let key = |one: usize, other: usize| {
            let part = |axis: usize| (10.0 * (places[one][axis] - places[other][axis])).round() as i64;
            (part(0).pow(2) + part(1).pow(2), other)
        };
        let sites = Sites::new(axis(n), places.clone(), Metric::Planar).unwrap();
        let found = nearest(&sites, k);
        for region in 0..n {
            let mut all: Vec<usize> = (0..n).filter(|&other| other != region).collect();
            all.sort_by_key(|&other| key(region, other));
            let mut expected: Vec<u32> = all.iter().take(k).map(|&other| other as u32).collect();
            expected.sort_unstable();
            prop_assert_eq!(found.neighbors(region), &expected[..]);
        }
    }

    #[test]
    fn bands_are_those_of_all_pairs(places in degrees(), metric in metrics(), share in 0.0..1.0_f64) {
        let n = places.len();
        let sites = Sites::new(axis(n), places, metric).unwrap();
        let radius = share * if metric == Metric::Planar { 400.0 } else { 20_100.0 };
        let found = distance_band(&sites, radius);
        for region in 0..n {
            let expected: Vec<u32> = (0..n)
                .filter(|&other| other != region && sites.distance(region, other) <= radius)
                .map(|other| other as u32)
                .collect();
            prop_assert_eq!(found.neighbors(region), &expected[..]);
        }
        prop_assert!(found.is_symmetric());
        let weighed = inverse_distance(&sites, radius, 2.0);
        prop_assert!(weighed.is_ok_and(|w| w.is_symmetric() && binary(&w) == found));
        let shape = Kernel::Epanechnikov;
        let by_kernel = kernel(&sites, shape, Bandwidth::Fixed(radius), Diagonal::None);
        prop_assert!(by_kernel.is_symmetric() && binary(&by_kernel) == found);
    }

    #[test]
    fn the_smallest_band_leaves_none_alone_and_a_smaller_one_some(
        places in degrees(),
        metric in metrics(),
    ) {
        let sites = Sites::new(axis(places.len()), places, metric).unwrap();
        let smallest = smallest_band(&sites).unwrap();
        prop_assert!(distance_band(&sites, smallest).islands().is_empty());
        prop_assert!(!distance_band(&sites, smallest.next_down()).islands().is_empty());
    }

    #[test]
    fn an_adaptive_kernel_falls_with_distance_and_reaches_k(
        places in degrees(),
        metric in metrics(),
        k in 1..6_usize,
    ) {
        let sites = Sites::new(axis(places.len()), places, metric).unwrap();
        let found = kernel(&sites, Kernel::Triangular, Bandwidth::Adaptive(k), Diagonal::One);
        for region in 0..sites.len() {
            let near = sites.nearest(region, k);
            let weight = |to: u32| found.row(region).find(|entry| entry.0 == to as usize).unwrap().1;
            prop_assert_eq!(found.neighbors(region).len(), near.len() + 1);
            prop_assert!(near.windows(2).all(|two| weight(two[0].0) >= weight(two[1].0)));
            prop_assert!(near.iter().all(|near| weight(near.0) > 0.0));
        }
    }

    #[test]
    fn blocks_are_groups(groups in prop::collection::vec(prop::option::of(0..4_u8), 0..20)) {
        let found = block(axis(groups.len()), &groups);
        for (region, group) in groups.iter().enumerate() {
            for (other, its_group) in groups.iter().enumerate() {
                let same = region != other && group.is_some() && group == its_group;
                prop_assert_eq!(found.neighbors(region).contains(&(other as u32)), same);
            }
        }
    }

    #[test]
    fn orders_part_the_reachable_regions(
        pairs in prop::collection::vec((0..12_u32, 0..12_u32), 0..20),
        order in 1..6_usize,
    ) {
        let weights = Weights::from_pairs(axis(12), pairs.into_iter());
        let exact = |order| higher_order(&weights, order, LowerOrders::Without);
        prop_assert_eq!(&exact(1), &weights);
        prop_assert_eq!(exact(0).n_edges(), 0);
        prop_assert!(exact(order).is_symmetric());
        let up_to = higher_order(&weights, order, LowerOrders::With);
        let all = (1..=order).map(exact).reduce(|one, other| union(&one, &other)).unwrap();
        prop_assert_eq!(&up_to, &all);
        let n_edges: usize = (1..=order).map(|order| exact(order).n_edges()).sum();
        prop_assert_eq!(up_to.n_edges(), n_edges);
        let reachable = higher_order(&weights, 12, LowerOrders::With);
        let components = components(&weights);
        for region in 0..12 {
            let same = (0..12_usize)
                .filter(|&other| other != region && components[other] == components[region]);
            prop_assert!(same.map(|other| other as u32).eq(reachable.neighbors(region).iter().copied()));
        }
    }

    #[test]
    fn union_and_intersection_are_those_of_sets(
        one in prop::collection::vec((0..9_u32, 0..9_u32), 0..30),
        other in prop::collection::vec((0..9_u32, 0..9_u32), 0..30),
    ) {
        let of = |pairs: Vec<(u32, u32)>| Weights::from_pairs(axis(9), pairs.into_iter());
        let (one, other) = (of(one), of(other));
        let (either, both) = (union(&one, &other), intersection(&one, &other));
        prop_assert!(subset(&both, &one) && subset(&both, &other));
        prop_assert!(subset(&one, &either) && subset(&other, &either));
        prop_assert_eq!(either.n_edges() + both.n_edges(), one.n_edges() + other.n_edges());
        prop_assert_eq!(union(&other, &one), either);
    }

    #[test]
    fn settled_islands_are_none(places in degrees(), metric in metrics(), share in 0.0..0.3_f64) {
        let sites = Sites::new(axis(places.len()), places, metric).unwrap();
        let weights = distance_band(&sites, share * smallest_band(&sites).unwrap() * 2.0);
        let settled = |policy| settle_islands(&weights, policy, Some(&sites), |_| 1.0);
        let attached = settled(Islands::Nearest).unwrap();
        prop_assert!(attached.weights.islands().is_empty() && attached.weights.is_symmetric());
        prop_assert!(subset(&weights, &attached.weights));
        prop_assert_eq!(attached.attached.len(), weights.islands().len());
        let dropped = settled(Islands::Drop).unwrap();
        prop_assert!(dropped.weights.islands().is_empty());
        prop_assert_eq!(dropped.weights.len() + dropped.islands.len(), weights.len());
        prop_assert_eq!(dropped.weights.n_edges(), weights.n_edges());
        prop_assert_eq!(settled(Islands::Error).is_err(), !weights.islands().is_empty());
        prop_assert_eq!(settled(Islands::Keep).unwrap().weights, weights.clone());
    }

    #[test]
    fn rows_sum_to_one_or_are_empty(places in degrees(), metric in metrics()) {
        let sites = Sites::new(axis(places.len()), places, metric).unwrap();
        let weights = kernel(&sites, Kernel::Gaussian3, Bandwidth::FixedNearest(2), Diagonal::None);
        let standardized = weights.row_standardized();
        for region in 0..sites.len() {
            let total: f64 = standardized.values(region).iter().sum();
            prop_assert!((total - 1.0).abs() < 1e-12);
        }
    }
}
