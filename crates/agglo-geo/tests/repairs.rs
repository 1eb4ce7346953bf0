//! Broken rings are repaired and reported; what cannot be repaired is rejected with its number.
#![expect(clippy::unwrap_used, reason = "what a helper cannot read fails its test")]

mod fixtures;

use agglo_geo::{Boundaries, ReadOptions, RepairKind, read};
use agglo_testkit::{assert_close, scratch};
use geo::Area;

/// The areas of polygons given by their rings; each is a feature `a1`, `a2`, …
fn polygons(rings: &[&str]) -> Boundaries {
    let codes: Vec<String> = (1..=rings.len()).map(|n| format!("a{n}")).collect();
    coded(&codes.iter().map(String::as_str).zip(rings.iter().copied()).collect::<Vec<_>>())
}

fn coded(features: &[(&str, &str)]) -> Boundaries {
    let each: Vec<String> = features
        .iter()
        .map(|(code, rings)| {
            format!(
                r#"{{"type":"Feature","properties":{{"code":"{code}"}},"geometry":{{"type":"MultiPolygon","coordinates":[{rings}]}}}}"#
            )
        })
        .collect();
    let folder = scratch();
    let path = folder.path().join("a.json");
    let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, each.join(","));
    std::fs::write(&path, text).unwrap();
    read(&path, &ReadOptions { code_property: Some("code".into()), ..ReadOptions::default() })
        .unwrap()
}

const GOOD: &str = "[[[0,0],[4,0],[4,4],[0,4],[0,0]]]";

#[track_caller]
fn check(rings: &str, kind: RepairKind, count: u64, area: f64) {
    let found = polygons(&[GOOD, rings]);
    assert_eq!(found.report.features_used, 2, "{:?}", found.report.rejected);
    assert_eq!(found.report.count(kind), count, "{:?}", found.report.repairs);
    let repaired = &found.areas[1].shape;
    assert_close(repaired.unsigned_area(), area, 1e-6);
    assert_close(repaired.signed_area(), area, 1e-6);
    for repair in &found.report.repairs {
        assert_eq!((repair.feature, &*repair.area), (2, "a2"));
    }
}

#[test]
fn a_ring_that_is_not_closed_is_closed() {
    check("[[[0,0],[2,0],[2,2],[0,2]]]", RepairKind::Closed, 1, 4.0);
}

#[test]
fn repeated_points_are_dropped() {
    check(
        "[[[0,0],[0,0],[2,0],[2,2],[2,2],[2,2],[0,2],[0,0]]]",
        RepairKind::RepeatedPoints,
        3,
        4.0,
    );
}

#[test]
fn rings_with_too_few_points_or_no_area_are_left_out() {
    let lone = "[[[5,5],[6,6],[5,5]]]";
    check(&format!("{GOOD},{lone}"), RepairKind::RingsWithoutArea, 1, 16.0);
    let flat_hole = "[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[2,2],[3,3],[1,1]]]";
    check(flat_hole, RepairKind::RingsWithoutArea, 1, 16.0);
    let found = polygons(&[GOOD, lone, "[[]]", "", "[]"]);
    assert_eq!(found.report.features_used, 1);
    let codes: Vec<&str> = found.report.rejected.iter().map(|rejected| rejected.code).collect();
    assert_eq!(codes, ["A0918", "A0915", "A0915", "A0915"]);
    assert_eq!(found.report.rejected[0].feature, 2);
}

#[test]
fn rings_that_run_the_wrong_way_are_turned() {
    check("[[[0,0],[0,2],[2,2],[2,0],[0,0]]]", RepairKind::Turned, 1, 4.0);
    let both = "[[[0,0],[0,4],[4,4],[4,0],[0,0]],[[1,1],[2,1],[2,2],[1,2],[1,1]]]";
    check(both, RepairKind::Turned, 2, 15.0);
}

#[test]
fn a_bow_tie_becomes_its_two_lobes() {
    // Lobes of 4 and 4; their signed areas cancel.
    check("[[[0,0],[4,4],[4,0],[0,4],[0,0]]]", RepairKind::Rebuilt, 1, 8.0);
}

#[test]
fn a_bow_tie_through_a_corner_becomes_its_two_lobes() {
    check("[[[0,0],[2,2],[4,4],[4,0],[2,2],[0,4],[0,0]]]", RepairKind::Rebuilt, 1, 8.0);
}

#[test]
fn overlapping_polygons_of_one_feature_are_united() {
    let overlap = "[[[0,0],[2,0],[2,2],[0,2],[0,0]]],[[[1,0],[3,0],[3,2],[1,2],[1,0]]]";
    check(overlap, RepairKind::Rebuilt, 1, 6.0);
    let inside = "[[[0,0],[4,0],[4,4],[0,4],[0,0]]],[[[1,1],[2,1],[2,2],[1,2],[1,1]]]";
    check(inside, RepairKind::Rebuilt, 1, 16.0);
}

#[test]
fn a_hole_outside_is_left_out_and_one_that_sticks_out_is_cut() {
    let outside = "[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[6,6],[6,7],[7,7],[6,6]]]";
    check(outside, RepairKind::HoleOutside, 1, 16.0);
    // Even-odd: half of the 2 by 2 hole is cut out, the other half is added.
    let across = "[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[3,1],[3,3],[5,3],[5,1],[3,1]]]";
    check(across, RepairKind::Rebuilt, 1, 16.0);
}

#[test]
fn a_hole_that_touches_its_ring_stays_as_it_is() {
    let found = polygons(&["[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[0,2],[1,3],[2,2],[1,1],[0,2]]]"]);
    assert!(found.report.repairs.is_empty(), "{:?}", found.report.repairs);
    assert_eq!(found.areas[0].shape.0[0].interiors().len(), 1);
    assert_close(found.areas[0].shape.unsigned_area(), 14.0, 1e-12);
}

#[test]
fn a_rebuilt_shape_keeps_the_corners_of_the_file_exactly() {
    let found = polygons(&["[[[0.1,0.1],[4.3,4.7],[4.9,0.3],[0.7,4.1],[0.1,0.1]]]"]);
    assert_eq!(found.report.count(RepairKind::Rebuilt), 1);
    let corners: Vec<(f64, f64)> = found.areas[0]
        .shape
        .0
        .iter()
        .flat_map(|p| p.exterior().coords())
        .map(|c| (c.x, c.y))
        .collect();
    for corner in [(0.1, 0.1), (4.3, 4.7), (4.9, 0.3), (0.7, 4.1)] {
        assert!(corners.contains(&corner), "{corner:?} in {corners:?}");
    }
}

#[test]
fn several_features_of_one_code_become_one_area() {
    let found = coded(&[
        ("a", "[[[0,0],[1,0],[1,1],[0,1],[0,0]]]"),
        ("b", GOOD),
        ("a", "[[[1,0],[2,0],[2,1],[1,1],[1,0]]]"),
        ("a", "[[[5,5],[6,5],[6,6],[5,6],[5,5]]]"),
    ]);
    assert_eq!((found.areas.len(), found.report.features_used), (2, 4));
    assert_eq!(found.report.count(RepairKind::United), 2);
    let united = &found.area("a").unwrap().shape;
    assert_eq!(united.0.len(), 2, "the border between two that touch is gone");
    assert_close(united.unsigned_area(), 3.0, 1e-9);
}

#[test]
fn islands_of_one_code_keep_every_corner() {
    let found = coded(&[
        ("a", "[[[0.1,0.2],[1.3,0.4],[1.5,1.6],[0.1,0.2]]]"),
        ("a", "[[[5.1,5.2],[6.3,5.4],[6.5,6.6],[5.1,5.2]]]"),
    ]);
    let first = &found.areas[0].shape.0[0].exterior().0;
    assert_eq!((first[1].x, first[1].y), (1.3, 0.4));
}

#[test]
fn a_jump_across_the_180th_meridian_is_warned_of() {
    let found = polygons(&[
        "[[[179,0],[-179,0],[-179,1],[179,1],[179,0]]]",
        "[[[170,0],[190,0],[190,5],[170,5],[170,0]]]",
        GOOD,
    ]);
    let warned: Vec<u64> = found
        .report
        .repairs
        .iter()
        .filter(|repair| repair.kind == RepairKind::Antimeridian)
        .map(|repair| repair.feature)
        .collect();
    assert_eq!(warned, [1, 2]);
    assert_eq!(RepairKind::Antimeridian.code(), "A0923");
}

#[test]
fn coordinates_out_of_range_reject_the_feature() {
    let found = polygons(
        &[
            GOOD,
            "[[[0,0],[4,0],[4,95],[0,0]]]",
            "[[[0,0],[4,0],[1e400,4],[0,0]]]",
            "[[[0,0],[4,0],[400,4],[0,0]]]",
        ]
        .map(|rings| rings.replace("1e400", "1e300"))
        .each_ref()
        .map(String::as_str),
    );
    assert_eq!(found.report.features_used, 1);
    assert!(found.report.rejected.iter().all(|rejected| rejected.code == "A0917"));
    assert_eq!(found.report.reasons().len(), 3);
}

#[test]
fn a_feature_without_a_code_is_drawn_under_its_number_or_rejected() {
    let folder = scratch();
    let path = folder.path().join("a.json");
    let shape = r#""geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}"#;
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[
        {{"type":"Feature","properties":{{"code":"a","name":"A"}},{shape}}},
        {{"type":"Feature","properties":{{"code":null,"name":"Disputed"}},{shape}}},
        {{"type":"Feature","properties":{{"code":" "}},{shape}}}]}}"#
    );
    std::fs::write(&path, text).unwrap();
    let options = ReadOptions { code_property: Some("code".into()), ..ReadOptions::default() };
    let found = read(&path, &options).unwrap();
    assert_eq!(&*found.areas[1].code, "#2");
    assert_eq!(found.report.count(RepairKind::WithoutCode), 1);
    assert_eq!((found.report.rejected[0].feature, found.report.rejected[0].code), (3, "A0919"));
}

/// A Shapefile tells holes from rings by direction alone.
#[test]
fn holes_of_a_shapefile_go_to_the_ring_around_them() {
    let folder = scratch();
    let path = folder.path().join("a.shp");
    let hole = |x: f64| geo::LineString::from(vec![(x, 1.0), (x, 2.0), (x + 1.0, 2.0), (x, 1.0)]);
    let holed = |x: f64| {
        geo::Polygon::new(fixtures::square(x, 0.0, 4.0).exterior().clone(), vec![hole(x + 1.0)])
    };
    let shape = geo::MultiPolygon(vec![holed(0.0), fixtures::square(5.0, 0.0, 1.0), holed(10.0)]);
    let area = shape.unsigned_area();
    fixtures::shapefile(&path, &[fixtures::feature("a1", "A", shape)], Some(fixtures::WGS84_PRJ));
    let options = ReadOptions { code_property: Some("code".into()), ..ReadOptions::default() };
    let found = read(&path, &options).unwrap();
    let holes: Vec<usize> = found.areas[0].shape.0.iter().map(|p| p.interiors().len()).collect();
    assert_eq!(holes, [1, 0, 1]);
    assert_close(found.areas[0].shape.unsigned_area(), area, 1e-12);
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Whatever a ring looks like, what comes out is simple, turned right, and reads back alike.
        #[test]
        fn any_ring_becomes_a_simple_shape_or_is_rejected(
            points in prop::collection::vec((-9_i32..9, -9_i32..9), 3..12)
        ) {
            let ring: Vec<String> = points.iter().map(|(x, y)| format!("[{x},{y}]")).collect();
            let rings = format!("[[{}]]", ring.join(","));
            let found = polygons(&[GOOD, &rings]);
            prop_assert_eq!(
                found.report.features_used + found.report.features_rejected(),
                found.report.features_read
            );
            if let Some(area) = found.area("a2") {
                prop_assert!(area.shape.unsigned_area() > 0.0);
                for polygon in &area.shape.0 {
                    prop_assert!(polygon.signed_area() > 0.0);
                }
                let sum: f64 = area.shape.0.iter().map(Area::unsigned_area).sum();
                let union = geo::unary_union(&area.shape.0).unsigned_area();
                prop_assert!((sum - union).abs() < 1e-5, "{} {}", sum, union);
            }
        }
    }
}
