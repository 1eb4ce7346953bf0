//! By hand: grids, corners on edges, slivers, holes, parts, islands, the 180th meridian.

use agglo_core::Weights;
use geo::{LineString, MultiPolygon, Polygon};
use proptest::prelude::*;

use super::{Contiguity, Tolerance, contiguity};
use crate::area::Area;

type Ring<'a> = &'a [(f64, f64)];

fn ring(corners: Ring<'_>) -> LineString<f64> {
    LineString::from(corners.iter().chain(corners.first()).copied().collect::<Vec<_>>())
}

fn area(code: &str, shape: Vec<Polygon<f64>>) -> Area {
    Area { code: code.into(), name: None, properties: Vec::new(), shape: MultiPolygon(shape) }
}

fn simple(code: &str, corners: Ring<'_>) -> Area {
    area(code, vec![Polygon::new(ring(corners), Vec::new())])
}

fn rectangle(code: &str, west: f64, south: f64, east: f64, north: f64) -> Area {
    simple(code, &[(west, south), (east, south), (east, north), (west, north)])
}

/// `a-b` for every pair of neighbors.
fn listed(weights: &Weights) -> String {
    assert!(weights.is_symmetric());
    let codes = weights.axis().codes();
    let pairs: Vec<String> = weights
        .edges()
        .filter(|(from, to, _)| from < to)
        .map(|(from, to, _)| format!("{}-{}", codes[from as usize], codes[to as usize]))
        .collect();
    pairs.join(" ")
}

#[track_caller]
fn check_within(meters: f64, areas: &[Area], queen: &str, rook: &str) {
    let tolerance = Tolerance::meters(meters).unwrap();
    assert_eq!(listed(&contiguity(areas, Contiguity::Queen, tolerance)), queen, "queen");
    assert_eq!(listed(&contiguity(areas, Contiguity::Rook, tolerance)), rook, "rook");
}

#[track_caller]
fn check(areas: &[Area], queen: &str, rook: &str) {
    check_within(0.0, areas, queen, rook);
}

#[test]
fn four_squares_meet_in_a_corner_and_along_four_borders() {
    let squares = [
        rectangle("sw", 0.0, 0.0, 1.0, 1.0),
        rectangle("se", 1.0, 0.0, 2.0, 1.0),
        rectangle("nw", 0.0, 1.0, 1.0, 2.0),
        rectangle("ne", 1.0, 1.0, 2.0, 2.0),
    ];
    check(&squares, "ne-nw ne-se ne-sw nw-se nw-sw se-sw", "ne-nw ne-se nw-sw se-sw");
    check_within(100.0, &squares, "ne-nw ne-se ne-sw nw-se nw-sw se-sw", "ne-nw ne-se nw-sw se-sw");
}

#[test]
fn borders_that_share_no_corner_run_together() {
    // Bricks: the edge of the large one is met by parts of edges of two small ones, neither of which
    // has a corner of the large one but for the outer two.
    let bricks = [
        rectangle("large", 0.0, 0.0, 4.0, 1.0),
        rectangle("left", -1.0, 1.0, 2.0, 2.0),
        rectangle("right", 2.0, 1.0, 5.0, 2.0),
    ];
    check(&bricks, "large-left large-right left-right", "large-left large-right left-right");
}

#[test]
fn a_corner_on_an_edge_is_a_point() {
    let base = rectangle("base", 0.0, 0.0, 4.0, 1.0);
    let tip = simple("tip", &[(2.0, 1.0), (3.0, 2.0), (1.0, 2.0)]);
    check(&[base.clone(), tip.clone()], "base-tip", "");
    check_within(100.0, &[base.clone(), tip], "base-tip", "");
    let away = simple("tip", &[(2.0, 1.0 + 1e-12), (3.0, 2.0), (1.0, 2.0)]);
    check(&[base.clone(), away.clone()], "", "");
    check_within(0.01, &[base, away], "base-tip", "");
}

#[test]
fn edges_that_cross_are_a_point_and_within_a_tolerance_a_border() {
    // Two borders drawn apart by up to 0.0002° (22 m) over 1° (111 km), crossing in the middle.
    let a = simple("a", &[(0.0, 0.0), (1.0, 0.0), (1.0002, 1.0), (0.0, 1.0)]);
    let b = simple("b", &[(1.00022, -0.1), (2.0, -0.1), (2.0, 1.1), (0.99998, 1.1)]);
    check(&[a.clone(), b.clone()], "a-b", "");
    check_within(30.0, &[a, b], "a-b", "a-b");
}

#[test]
fn a_gap_is_bridged_by_a_tolerance_that_is_wider_only() {
    // 0.0001° of longitude at the equator are 11.13 m, of latitude 11.06 m.
    let across = [rectangle("a", 0.0, 0.0, 1.0, 1.0), rectangle("b", 1.0001, 0.0, 2.0, 1.0)];
    check_within(11.1, &across, "", "");
    check_within(11.2, &across, "a-b", "a-b");
    // At 60° a degree of longitude is half as long.
    let north = [rectangle("a", 0.0, 60.0, 1.0, 61.0), rectangle("b", 1.0001, 60.0, 2.0, 61.0)];
    check_within(5.3, &north, "", "");
    check_within(5.7, &north, "a-b", "a-b");
}

#[test]
fn what_lies_in_a_hole_borders_what_is_around() {
    let hole = [(1.0, 1.0), (1.0, 2.0), (2.0, 2.0), (2.0, 1.0)];
    let around =
        Polygon::new(ring(&[(0.0, 0.0), (3.0, 0.0), (3.0, 3.0), (0.0, 3.0)]), vec![ring(&hole)]);
    let areas = [area("around", vec![around]), rectangle("within", 1.0, 1.0, 2.0, 2.0)];
    check(&areas, "around-within", "around-within");
    let smaller = [areas[0].clone(), rectangle("within", 1.2, 1.2, 1.8, 1.8)];
    check(&smaller, "", "");
}

#[test]
fn each_part_of_an_area_has_its_neighbors_and_the_parts_none() {
    let square = |west: f64| {
        Polygon::new(
            ring(&[(west, 0.0), (west + 1.0, 0.0), (west + 1.0, 1.0), (west, 1.0)]),
            Vec::new(),
        )
    };
    let areas = [
        area("parts", vec![square(0.0), square(4.0)]),
        rectangle("left", 1.0, 0.0, 2.0, 1.0),
        rectangle("right", 5.0, 0.0, 6.0, 1.0),
        rectangle("island", 9.0, 0.0, 10.0, 1.0),
    ];
    check(&areas, "left-parts parts-right", "left-parts parts-right");
    let weights = contiguity(&areas, Contiguity::Queen, Tolerance::EXACT);
    assert_eq!(weights.islands(), [weights.axis().place("island").unwrap()]);
}

#[test]
fn the_180th_meridian_is_one_line() {
    let west = rectangle("west", 170.0, 0.0, 180.0, 10.0);
    for east in
        [rectangle("east", -180.0, 0.0, -170.0, 10.0), rectangle("east", 180.0, 0.0, 190.0, 10.0)]
    {
        check(&[west.clone(), east.clone()], "east-west", "east-west");
        check_within(50.0, &[east, west.clone()], "east-west", "east-west");
    }
    // A bay that crosses the meridian, and a corner that only touches it from the other side.
    let across = simple("across", &[(179.0, 0.0), (-179.0, 0.0), (-179.0, 1.0), (179.0, 1.0)]);
    let beside = rectangle("beside", -179.0, 0.0, -178.0, 1.0);
    let below = rectangle("below", -179.5, -1.0, -179.2, 0.0);
    let found = "across-below across-beside";
    check(&[across.clone(), beside.clone(), below.clone()], found, found);
    check(&[below, beside, across], found, found);
    let near = rectangle("near", -179.9999, 0.0, -170.0, 10.0);
    check_within(20.0, &[west, near], "near-west", "near-west");
}

#[test]
fn sectors_meet_at_the_pole() {
    let sector = |code: &str, west: f64| rectangle(code, west, -90.0, west + 60.0, -80.0);
    check(&[sector("a", 0.0), sector("b", 120.0)], "a-b", "");
}

#[test]
fn areas_of_one_code_count_as_one_and_an_empty_shape_is_an_island() {
    let areas = [
        rectangle("a", 0.0, 0.0, 1.0, 1.0),
        rectangle("a", 1.0, 0.0, 2.0, 1.0),
        rectangle("b", 2.0, 0.0, 3.0, 1.0),
        area("none", Vec::new()),
    ];
    check(&areas, "a-b", "a-b");
    assert!(contiguity(&[], Contiguity::Queen, Tolerance::EXACT).is_empty());
}

#[test]
fn a_tolerance_is_a_length() {
    for meters in [-1.0, f64::NAN, f64::INFINITY, 10_000.1] {
        assert_eq!(Tolerance::meters(meters), None);
    }
    assert_eq!(Tolerance::meters(0.0), Some(Tolerance::EXACT));
}

/// A grid of `n` by `n` quadrangles whose inner corners are moved by up to 0.3 of a side; every
/// quadrangle draws its own corners, moved again by up to `unsnapped` degrees.
fn grid(n: usize, moves: &[(f64, f64)], unsnapped: f64) -> Vec<Area> {
    let corner = |x: usize, y: usize| {
        let (dx, dy) = moves[(y * 31 + x * 7) % moves.len()];
        (x as f64 + 0.3 * dx, y as f64 + 0.3 * dy)
    };
    let mut areas = Vec::new();
    for y in 0..n {
        for x in 0..n {
            let own = |k: usize, (px, py): (f64, f64)| {
                let (dx, dy) = moves[(y * 17 + x * 5 + k * 3) % moves.len()];
                (px + unsnapped * dx, py + unsnapped * dy)
            };
            let corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
            let corners: Vec<(f64, f64)> =
                corners.iter().enumerate().map(|(k, &(x, y))| own(k, corner(x, y))).collect();
            areas.push(simple(&format!("{y}{x}"), &corners));
        }
    }
    areas
}

fn king(n: usize, one: usize, other: usize) -> (usize, usize) {
    ((one / n).abs_diff(other / n), (one % n).abs_diff(other % n))
}

proptest! {
    #[test]
    fn distorted_grids_have_the_neighbors_of_a_chessboard(
        moves in prop::collection::vec((-1.0..1.0_f64, -1.0..1.0_f64), 23),
        n in 1..6_usize,
    ) {
        // 0.0001° are 11 m, so two copies of a corner lie within 32 m of each other.
        for (unsnapped, meters) in [(0.0, 0.0), (0.0, 40.0), (1e-4, 40.0)] {
            let areas = grid(n, &moves, unsnapped);
            let tolerance = Tolerance::meters(meters).unwrap();
            for (rule, most) in [(Contiguity::Queen, 2), (Contiguity::Rook, 1)] {
                let found = contiguity(&areas, rule, tolerance);
                prop_assert!(found.is_symmetric());
                for one in 0..n * n {
                    let expected: Vec<u32> = (0..n * n)
                        .filter(|&other| {
                            let (dy, dx) = king(n, one, other);
                            dy.max(dx) == 1 && dy + dx <= most
                        })
                        .map(|other| other as u32)
                        .collect();
                    prop_assert_eq!(found.neighbors(one), &expected[..]);
                }
            }
        }
    }

    #[test]
    fn a_wider_tolerance_loses_no_queen_neighbor_and_rook_is_part_of_queen(
        moves in prop::collection::vec((-1.0..1.0_f64, -1.0..1.0_f64), 23),
        meters in 0.0..5_000.0_f64,
    ) {
        let areas = grid(4, &moves, 0.01);
        let of = |rule, meters| contiguity(&areas, rule, Tolerance::meters(meters).unwrap());
        let pairs = |weights: &Weights| weights.edges().collect::<Vec<_>>();
        let (near, far) = (of(Contiguity::Queen, meters), of(Contiguity::Queen, meters * 2.0));
        let far = pairs(&far);
        prop_assert!(pairs(&near).iter().all(|edge| far.contains(edge)));
        let near = pairs(&near);
        prop_assert!(pairs(&of(Contiguity::Rook, meters)).iter().all(|edge| near.contains(edge)));
    }
}
