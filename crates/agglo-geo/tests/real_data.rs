//! Files as offices publish them, against areas that are known.
#![expect(clippy::unwrap_used, reason = "what a helper cannot read fails its test")]

use std::path::PathBuf;

use agglo_geo::{
    Boundaries, Format, ReadOptions, RepairKind, join, read, read_points, sniff, to_geojson,
};
use agglo_testkit::shared_data;

fn boundaries(name: &str, options: &ReadOptions) -> Option<(PathBuf, Boundaries)> {
    let path = shared_data(&format!("boundaries/{name}"))?;
    let found = read(&path, options).unwrap();
    assert_eq!(
        found.report.features_used + found.report.features_rejected(),
        found.report.features_read
    );
    Some((path, found))
}

#[track_caller]
fn near(found: f64, published: f64, percent: f64) {
    assert!(
        (found / published - 1.0).abs() * 100.0 < percent,
        "{found} km², published {published} km²"
    );
}

#[test]
fn counties_have_their_codes_and_areas() {
    let Some((path, found)) = boundaries("us_atlas_counties-10m.topojson", &ReadOptions::default())
    else {
        return;
    };
    assert_eq!(found.format, Format::TopoJson);
    assert_eq!(found.layer, "counties");
    assert_eq!((found.areas.len(), found.report.features_rejected()), (3231, 0));
    let sniffed = sniff(&path, None).unwrap();
    assert_eq!(sniffed.layers, ["counties", "states", "nation"]);
    assert_eq!(sniffed.code_candidates[0].property, None, "{:?}", sniffed.code_candidates);
    let area = |code: &str| found.area(code).unwrap().area_km2();
    // Total area, Census Bureau gazetteer 2020: land and water. Inland counties, whose shapes the
    // generalized file does not cut at the coast.
    near(area("08031"), 401.3, 3.0); // Denver, Colorado
    near(area("06071"), 52_107.0, 0.5); // San Bernardino, California
    near(area("48201"), 4_602.0, 3.0); // Harris, Texas
    near(area("17031"), 2_449.0, 5.0); // Cook, Illinois, without its part of Lake Michigan: 945 sq mi of land
}

#[test]
fn nuts_regions_have_their_areas() {
    let Some((_, found)) = boundaries("nuts2016_60m_level0.geojson", &ReadOptions::default())
    else {
        return;
    };
    assert_eq!(found.areas.len(), 37);
    // Eurostat, area by NUTS region (reg_area3), total area 2016.
    for (code, km2, percent) in [
        ("DE", 357_569.0, 1.0),
        ("FR", 638_475.0, 2.0),
        ("AT", 83_878.0, 1.0),
        ("LU", 2_595.0, 3.0),
    ] {
        near(found.area(code).unwrap().area_km2(), km2, percent);
    }
}

#[test]
fn every_file_is_read_whole_and_written_back_alike() {
    for (name, n) in [
        ("china_provinces_ne50m.geojson", 31),
        ("nuts2016_60m_level1.geojson", 125),
        ("nuts2016_60m_level2.geojson", 332),
        ("nuts2016_60m_level3.geojson", 1522),
        ("uk_itl3_2021_buc.geojson", 179),
        ("us_atlas_states-10m.topojson", 56),
        ("world_atlas_countries-110m.topojson", 177),
    ] {
        let options = ReadOptions {
            code_property: name.starts_with("china").then(|| "iso_3166_2".to_owned()),
            ..ReadOptions::default()
        };
        let Some((_, found)) = boundaries(name, &options) else { continue };
        println!(
            "{name}: {:?} {:?} {:?}",
            found.report.notes.iter().map(|note| &note.message).collect::<Vec<_>>(),
            found
                .report
                .repairs
                .iter()
                .map(|r| (r.kind, &r.area, r.count))
                .take(12)
                .collect::<Vec<_>>(),
            found.report.rejected
        );
        assert_eq!(found.report.features_read, n, "{name}");
        assert_eq!(found.report.features_rejected(), 0, "{name}: {:?}", found.report.rejected);
        let folder = agglo_testkit::scratch();
        let again = folder.path().join("a.geojson");
        std::fs::write(&again, to_geojson(&found)).unwrap();
        let ids = ReadOptions { code_property: Some("(id)".into()), ..ReadOptions::default() };
        let back = read(&again, &ids).unwrap();
        assert_eq!(back.areas.len(), found.areas.len(), "{name}");
        assert_eq!(back.report.count(RepairKind::Turned), 0, "{name}");
    }
}

#[test]
fn provinces_join_the_codes_of_the_yearbook() {
    let options =
        ReadOptions { code_property: Some("iso_3166_2".into()), ..ReadOptions::default() };
    let Some((_, found)) = boundaries("china_provinces_ne50m.geojson", &options) else { return };
    let codes: Vec<agglo_core::Key> = found.areas.iter().map(|area| area.code.clone()).collect();
    assert_eq!(join(&codes, &found).matched.len(), 31);
    // China's mainland has about 9.6 million km² with its islands; Natural Earth generalizes.
    near(found.areas.iter().map(agglo_geo::Area::area_km2).sum(), 9_560_000.0, 1.5);
}

#[test]
fn an_area_in_a_file_of_points_is_said_to_be_none() {
    let Some(path) = shared_data("boundaries/china_provinces_ne50m.geojson") else { return };
    let error = read_points(&path, &agglo_geo::PointOptions::default()).unwrap_err();
    assert_eq!(error.code, "A0911");
    assert!(error.message.contains("it is an area, not a point"));
}
