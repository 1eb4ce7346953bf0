//! Spatial weights against libpysal 4.14.1 and GeographicLib (pyproj 3.7).
//!
//! Whole lists of neighbors are compared as FNV-1a of their lines "region neighbor", in order.
#![expect(clippy::unwrap_used, reason = "a value that is not there fails the test")]

use agglo_core::{Axis, Weights};
use agglo_methods::space::weights::{
    Bandwidth, Diagonal, EARTH_RADIUS_KM, FileWeights, Kernel, LowerOrders, Metric, Sites,
    distance_band, higher_order, inverse_distance, kernel, nearest, smallest_band,
};
use agglo_testkit::{assert_close, shared_data};

fn sites(places: &[[f64; 2]], metric: Metric) -> Sites {
    let axis = Axis::new((0..places.len()).map(|place| format!("{place:02}")));
    Sites::new(axis, places.to_vec(), metric).unwrap()
}

/// The six points of the documentation of libpysal's distance weights.
const SIX: [[f64; 2]; 6] =
    [[10.0, 10.0], [20.0, 10.0], [40.0, 10.0], [15.0, 20.0], [30.0, 20.0], [30.0, 30.0]];

#[track_caller]
fn check_row(weights: &Weights, region: usize, expected: &[(usize, f64)]) {
    let found: Vec<(usize, f64)> = weights.row(region).collect();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.0, expected.0);
        assert_close(found.1, expected.1, 5e-10);
    }
}

#[test]
fn kernels_are_those_of_libpysal() {
    let sites = sites(&SIX, Metric::Planar);
    // Kernel(points, fixed=True, k=2, function=…).weights[0], of itself, 1 and 3; bandwidth 20.000002.
    let rows = [
        (Kernel::Uniform, [0.5, 0.5, 0.5]),
        (Kernel::Triangular, [1.0, 0.500_000_05, 0.440_983_062]),
        (Kernel::Epanechnikov, [0.75, 0.562_500_037, 0.515_625_047]),
        (Kernel::Quartic, [0.937_5, 0.527_343_82, 0.443_115_315]),
        (Kernel::Gaussian, [0.398_942_28, 0.352_065_336, 0.341_233_426]),
    ];
    for (shape, [own, one, three]) in rows {
        let found = kernel(&sites, shape, Bandwidth::FixedNearest(2), Diagonal::Kernel);
        assert!(found.is_symmetric());
        check_row(&found, 0, &[(0, own), (1, one), (3, three)]);
        let same = kernel(&sites, shape, Bandwidth::Fixed(20.000_002), Diagonal::Kernel);
        check_row(&same, 0, &[(0, own), (1, one), (3, three)]);
    }
    // Kernel(points, fixed=False, k=2, function=…).weights[2], of 1, itself and 4.
    let rows = [
        (Kernel::Triangular, [1e-7, 1.0, 0.292_893_29]),
        (Kernel::Epanechnikov, [1.5e-7, 0.75, 0.375_000_075]),
        (Kernel::Quartic, [0.0, 0.937_5, 0.234_375_094]),
        (Kernel::Gaussian, [0.241_970_749, 0.398_942_28, 0.310_696_576]),
    ];
    for (shape, [one, own, four]) in rows {
        let found = kernel(&sites, shape, Bandwidth::Adaptive(2), Diagonal::Kernel);
        check_row(&found, 2, &[(1, one), (2, own), (4, four)]);
        // Its second and third neighbor are equally far: libpysal drops one, agglo keeps both.
        assert_eq!(found.neighbors(4), [1, 2, 4, 5]);
    }
}

#[test]
fn inverse_distances_are_those_of_libpysal() {
    // DistanceBand(points, threshold=15, binary=False, alpha=-1).
    let sites = sites(&SIX, Metric::Planar);
    let found = inverse_distance(&sites, 15.0, 1.0).unwrap();
    check_row(&found, 0, &[(1, 0.1), (3, 0.089_442_719_099_991_59)]);
    check_row(&found, 2, &[(4, 0.070_710_678_118_654_75)]);
    let fourth = [(1, 0.070_710_678_1), (2, 0.070_710_678_1), (3, 0.066_666_666_7), (5, 0.1)];
    check_row(&found, 4, &fourth);
    assert_close(smallest_band(&sites).unwrap(), 14.142_135_623_730_951, 1e-14);
}

#[test]
fn geodesics_are_those_of_geographiclib() {
    // pyproj.Geod(ellps="WGS84").inv(…)[2] / 1000.
    let check = |one: [f64; 2], other: [f64; 2], expected: f64| {
        let sites = sites(&[one, other], Metric::Geodesic);
        assert_close(sites.distance(0, 1), expected, 1e-9);
        assert_eq!(sites.distance(0, 1).to_bits(), sites.distance(1, 0).to_bits());
        assert_eq!(sites.nearest(0, 3), [(1, sites.distance(0, 1))]);
    };
    check([116.4074, 39.9042], [121.4737, 31.2304], 1_065.846_489_453_214_2);
    check([179.5, -17.0], [-179.5, -16.0], 153.768_337_368_638_24);
    check([0.0, 0.0], [1e-4, 0.0], 0.011_131_949_079_327_358);
    check([0.0, 0.0], [179.7, 0.3], 19_965.251_408_560_896);
}

#[test]
fn a_great_circle_is_an_arc() {
    let quarter = std::f64::consts::FRAC_PI_2 * EARTH_RADIUS_KM;
    let sites =
        sites(&[[0.0, 0.0], [90.0, 0.0], [-180.0, 90.0], [180.0, 0.0]], Metric::GreatCircle);
    assert_close(sites.distance(0, 1), quarter, 1e-9);
    assert_close(sites.distance(1, 2), quarter, 1e-9);
    assert_close(sites.distance(0, 3), 2.0 * quarter, 1e-9);
}

/// Centers of 3,085 counties of the United States.
fn counties(metric: Metric) -> Option<Sites> {
    let path = shared_data("peer_inputs/py/weights_distance_natregimes/points.csv")?;
    let mut reader = csv::Reader::from_path(path).unwrap();
    let mut rows: Vec<(String, [f64; 2])> = reader.deserialize().map(Result::unwrap).collect();
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    let axis = Axis::new(rows.iter().map(|row| row.0.as_str()));
    Some(Sites::new(axis, rows.iter().map(|row| row.1).collect(), metric).unwrap())
}

fn summary(weights: &Weights) -> (usize, usize, u64) {
    let codes = weights.axis().codes();
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for (from, to, _) in weights.edges() {
        let line = format!("{} {}\n", codes[from as usize], codes[to as usize]);
        for byte in line.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    (weights.n_edges(), weights.islands().len(), hash)
}

#[test]
fn counties_in_the_plane_have_the_neighbors_of_libpysal() {
    let Some(sites) = counties(Metric::Planar) else { return };
    // KNN(xy, k=6), DistanceBand(xy, 1.0), DistanceBand(xy, min_threshold_distance(xy)),
    // Kernel(xy, fixed=False, k=10).
    assert_eq!(summary(&nearest(&sites, 6)), (18_510, 0, 0xd0b4_4289_ea1e_1733));
    assert_eq!(summary(&distance_band(&sites, 1.0)), (52_780, 36, 0xf348_0d87_57c5_f8e7));
    let smallest = smallest_band(&sites).unwrap();
    assert_close(smallest, 1.465_775_932_595_001_5, 1e-14);
    assert_eq!(summary(&distance_band(&sites, smallest)), (113_630, 0, 0x4cc3_272f_1211_7973));
    let adaptive = kernel(&sites, Kernel::Triangular, Bandwidth::Adaptive(10), Diagonal::Kernel);
    assert_eq!(summary(&adaptive), (33_935, 0, 0x7f95_22d5_a609_9bc8));
}

#[test]
fn counties_on_the_globe_have_the_neighbors_of_libpysal_and_of_geographiclib() {
    let Some(sites) = counties(Metric::GreatCircle) else { return };
    // tree = KDTree(xy, distance_metric="Arc", radius=6371.0088); KNN(tree, k=6); DistanceBand(tree, 100).
    assert_eq!(summary(&nearest(&sites, 6)), (18_510, 0, 0x1c94_c9fe_449b_1079));
    assert_eq!(summary(&distance_band(&sites, 100.0)), (54_230, 30, 0xc24c_feca_5d2d_37a7));
    let Some(sites) = counties(Metric::Geodesic) else { return };
    // Every pair by pyproj.Geod(ellps="WGS84").inv, and sorted.
    assert_eq!(summary(&nearest(&sites, 6)), (18_510, 0, 0xfbd5_2274_28f9_e5dd));
    let (n_edges, _, hash) = summary(&distance_band(&sites, 100.0));
    assert_eq!((n_edges, hash), (54_226, 0xdd9d_9a9b_96a6_215b));
}

#[test]
fn higher_orders_of_states_are_those_of_libpysal() {
    // io.open("us_income_states48.gal").read(), then higher_order(w, 2), higher_order(w, 3) and
    // higher_order(w, 3, lower_order=True).
    let Some(path) = shared_data("pysal_regional_income/us_income_states48.gal") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let weights = FileWeights::from_gal(&text).unwrap().weights();
    assert!(weights.is_symmetric());
    assert_eq!(summary(&weights), (214, 0, 0x792a_c627_9533_079d));
    let expected = [
        (2, LowerOrders::Without, 352, 0xd6aa_4e7b_0197_e589),
        (3, LowerOrders::Without, 428, 0x05e4_05f6_d148_6e69),
        (3, LowerOrders::With, 994, 0x2a5e_08f9_b29f_edbd),
    ];
    for (order, lower, n_edges, hash) in expected {
        let found = higher_order(&weights, order, lower);
        assert_eq!(summary(&found), (n_edges, 0, hash), "{order} {lower:?}");
    }
}
