//! Every format gives the same areas, accounts for every feature, and is known by its content.

mod fixtures;

use agglo_geo::{
    CrsSource, Format, PointOptions, Property, ReadOptions, read, read_points, sniff, to_geojson,
};
use agglo_testkit::{assert_close, scratch};
use fixtures::{Feature, feature, points, square, three, write};
use geo::{Geometry, LineString};

#[test]
fn every_format_gives_the_same_areas() {
    let folder = scratch();
    let expected = read(&write(folder.path(), Format::GeoJson, &three()), &ReadOptions::default());
    let expected = expected.unwrap();
    assert_eq!(expected.areas.len(), 3);
    assert_eq!(expected.areas[1].shape.0[0].interiors().len(), 1);
    assert_eq!(expected.areas[2].shape.0.len(), 2);
    for format in Format::ALL {
        let path = write(folder.path(), format, &three());
        assert_eq!(Format::of(&path).unwrap(), format);
        let options = ReadOptions { code_property: Some("code".into()), ..ReadOptions::default() };
        let mut found = read(&path, &options).unwrap();
        // FlatGeobuf sorts its features along a curve.
        found.areas.sort_by(|one, other| one.code.cmp(&other.code));
        for (area, wanted) in found.areas.iter().zip(&expected.areas) {
            assert_eq!(area.code, wanted.code, "{format:?}");
            assert_eq!(area.name, wanted.name, "{format:?}");
            assert_close(area.area_km2(), wanted.area_km2(), 1e-9 * wanted.area_km2());
            assert_eq!(area.shape.0.len(), wanted.shape.0.len(), "{format:?}");
            assert_eq!(area.bbox(), wanted.bbox(), "{format:?}");
            let jobs = area.properties.iter().find(|(name, _)| &**name == "jobs");
            assert_eq!(jobs.unwrap().1, Property::Integer(7), "{format:?}");
        }
        assert_eq!(found.report.features_read, 3, "{format:?}");
        assert_eq!(found.report.features_used, 3, "{format:?}");
        assert!(found.report.repairs.is_empty(), "{format:?}: {:?}", found.report.repairs);
        assert_eq!(found.crs.text, "EPSG:4326");
    }
}

/// Two good features and, where the format can hold them, one without a shape, a point and a line.
fn mixed(format: Format) -> Vec<Feature> {
    let mut all = vec![feature("1", "One", square(0.0, 0.0, 1.0))];
    all.push(Feature {
        shape: Some(Geometry::Polygon(geo::Polygon::new(
            LineString::from(vec![(5.0, 5.0), (6.0, 6.0), (5.0, 5.0)]),
            vec![],
        ))),
        ..feature("2", "Flat", square(0.0, 0.0, 1.0))
    });
    let never_empty = [Format::FlatGeobuf, Format::Shapefile, Format::ZippedShapefile];
    if !never_empty.contains(&format) {
        all.push(Feature { shape: None, ..feature("3", "Shapeless", square(0.0, 0.0, 1.0)) });
    }
    if !matches!(format, Format::Shapefile | Format::ZippedShapefile) {
        all.push(feature("4", "Point", geo::Point::new(3.0, 3.0)));
        all.push(feature("5", "Line", LineString::from(vec![(0.0, 0.0), (1.0, 1.0)])));
        all.push(feature("6", "Nowhere", square(800.0, 0.0, 1.0)));
    }
    all.push(feature("7", "Two", square(2.0, 0.0, 1.0)));
    all
}

#[test]
fn used_and_rejected_features_add_up_in_every_format() {
    let folder = scratch();
    for format in Format::ALL {
        let features = mixed(format);
        let path = write(folder.path(), format, &features);
        let found = read(
            &path,
            &ReadOptions { code_property: Some("code".into()), ..ReadOptions::default() },
        );
        let found = found.unwrap_or_else(|error| panic!("{format:?}: {error}"));
        assert_eq!(found.report.features_read, features.len() as u64, "{format:?}");
        assert_eq!(found.report.features_used, 2, "{format:?}: {:?}", found.report.rejected);
        assert_eq!(
            found.report.features_used + found.report.features_rejected(),
            found.report.features_read,
            "{format:?}"
        );
        for rejected in &found.report.rejected {
            let area = rejected.area.as_deref().unwrap();
            let expected = match area {
                "2" => "A0918",
                "3" => "A0915",
                "4" | "5" => "A0916",
                "6" => "A0917",
                other => panic!("{format:?} rejects {other}: {}", rejected.reason),
            };
            assert_eq!(rejected.code, expected, "{format:?} {area}: {}", rejected.reason);
            if format != Format::FlatGeobuf {
                assert_eq!(features[rejected.feature as usize - 1].code, area, "{format:?}");
            }
        }
    }
}

#[test]
fn the_content_decides_the_format_and_not_the_name() {
    let folder = scratch();
    for format in [
        Format::GeoJson,
        Format::TopoJson,
        Format::GeoPackage,
        Format::FlatGeobuf,
        Format::GeoParquet,
    ] {
        let path = write(folder.path(), format, &three());
        let other = folder.path().join("misnamed.csv");
        std::fs::copy(path, &other).unwrap();
        assert_eq!(Format::of(&other).unwrap(), format);
        assert_eq!(read(&other, &ReadOptions::default()).unwrap().areas.len(), 3);
    }
    let error = Format::of(&folder.path().join("absent.shp")).unwrap_err();
    assert_eq!(error.code, "A0901");
    std::fs::write(folder.path().join("x.dbf"), b"\x03abc").unwrap();
    let error = Format::of(&folder.path().join("x.dbf")).unwrap_err();
    assert_eq!((error.code, &*error.remedy), ("A0903", "of a Shapefile, name the .shp"));
}

#[test]
fn a_sniff_tells_layers_system_properties_and_codes() {
    let folder = scratch();
    for format in Format::ALL {
        let found = sniff(&write(folder.path(), format, &three()), None).unwrap();
        assert_eq!(found.format, format);
        assert_eq!((found.n_features, found.n_areas, found.n_points), (3, 3, 0), "{format:?}");
        assert_eq!(found.crs.unwrap().text, "EPSG:4326");
        let best = &found.code_candidates[0];
        assert_eq!(best.property.as_deref(), Some("code"), "{format:?}");
        assert!(best.sureness >= 0.6 && !best.reasons.is_empty());
        assert_eq!(found.name_property.as_deref(), Some("name"), "{format:?}");
        let code = found.properties.iter().find(|p| p.name == "code").unwrap();
        assert_eq!((code.n_distinct, code.n_missing, code.examples.len()), (3, 0, 3));
    }
}

#[test]
fn an_unsure_code_is_asked_for_and_a_chosen_one_is_noted() {
    let folder = scratch();
    let path = folder.path().join("a.geojson");
    let text =
        fixtures::geojson(&three()).replace("\"code\":", "\"label\":").replace("0100", "place ");
    std::fs::write(&path, text).unwrap();
    let error = read(&path, &ReadOptions::default()).unwrap_err();
    assert_eq!(error.code, "A0910");
    assert!(error.message.contains("label, name, jobs"), "{}", error.message);
    let path = write(folder.path(), Format::GeoPackage, &three());
    let found = read(&path, &ReadOptions::default()).unwrap();
    let note = found.report.notes.iter().find(|note| note.code == "A0925").unwrap();
    assert!(note.message.contains("`code`"));
    let asked = ReadOptions { code_property: Some("nothing".into()), ..ReadOptions::default() };
    assert_eq!(read(&path, &asked).unwrap_err().code, "A0910");
}

#[test]
fn layers_are_listed_and_a_missing_one_is_an_error() {
    let folder = scratch();
    for format in [Format::GeoPackage, Format::TopoJson, Format::ZippedShapefile] {
        let path = write(folder.path(), format, &three());
        assert_eq!(sniff(&path, None).unwrap().layers, ["areas"]);
        let options = ReadOptions { layer: Some("towns".into()), ..ReadOptions::default() };
        let error = read(&path, &options).unwrap_err();
        assert_eq!(error.code, "A0906");
        assert!(error.message.contains("areas"));
    }
}

#[test]
fn a_shapefile_without_its_table_is_an_error_and_without_its_prj_is_noted() {
    let folder = scratch();
    let path = folder.path().join("b.shp");
    fixtures::shapefile(&path, &three(), None);
    let found = read(&path, &ReadOptions::default()).unwrap();
    assert_eq!(found.crs.source, CrsSource::Assumed);
    assert!(found.report.notes.iter().any(|note| note.code == "A0924"));
    std::fs::remove_file(path.with_extension("dbf")).unwrap();
    assert_eq!(read(&path, &ReadOptions::default()).unwrap_err().code, "A0913");
}

#[test]
fn a_record_without_a_shape_is_rejected_in_a_shapefile() {
    let folder = scratch();
    let path = write(folder.path(), Format::Shapefile, &three());
    let mut bytes = std::fs::read(&path).unwrap();
    // The type of the first record: 0 is the null shape.
    bytes[108..112].fill(0);
    std::fs::write(&path, bytes).unwrap();
    let found = read(&path, &ReadOptions::default()).unwrap();
    assert_eq!((found.report.features_used, found.report.features_rejected()), (2, 1));
    assert_eq!(found.report.rejected[0].code, "A0915");
    assert_eq!(found.report.rejected[0].area.as_deref(), Some("01001"));
}

#[test]
fn text_of_a_shapefile_is_decoded_as_its_cpg_says_or_as_asked() {
    let folder = scratch();
    let path = folder.path().join("c.shp");
    fixtures::shapefile(
        &path,
        &[feature("42", "AAAA", square(110.0, 30.0, 1.0))],
        Some(fixtures::WGS84_PRJ),
    );
    let dbf = path.with_extension("dbf");
    let mut bytes = std::fs::read(&dbf).unwrap();
    let at = bytes.windows(4).position(|four| four == b"AAAA").unwrap();
    // 湖北 in GB 18030.
    bytes[at..at + 4].copy_from_slice(&[0xba, 0xfe, 0xb1, 0xb1]);
    std::fs::write(&dbf, &bytes).unwrap();
    let name = |options: &ReadOptions| {
        read(&path, options).map(|found| found.areas[0].name.clone().unwrap().to_string())
    };
    let coded = ReadOptions { code_property: Some("code".into()), ..ReadOptions::default() };
    assert_ne!(name(&coded).unwrap(), "湖北");
    let asked = ReadOptions { encoding: Some("gb18030".into()), ..coded.clone() };
    assert_eq!(name(&asked).unwrap(), "湖北");
    std::fs::write(path.with_extension("cpg"), "936\n").unwrap();
    assert_eq!(name(&coded).unwrap(), "湖北");
    std::fs::write(path.with_extension("cpg"), "nonsense").unwrap();
    assert_eq!(name(&coded).unwrap_err().code, "A0912");
}

#[test]
fn points_are_read_from_geometry_and_from_columns() {
    let folder = scratch();
    for format in Format::ALL.into_iter().filter(|format| *format != Format::TopoJson) {
        let path = write(folder.path(), format, &points());
        let options = PointOptions { id_property: Some("code".into()), ..PointOptions::default() };
        let mut found = read_points(&path, &options).unwrap();
        found.points.sort_by(|one, other| one.id.cmp(&other.id));
        assert_eq!(found.points.len(), 2, "{format:?}");
        assert_eq!((found.points[0].lon, found.points[0].lat), (114.3, 30.6), "{format:?}");
        assert_eq!(found.points[1].id.as_deref(), Some("p2"));
        assert_eq!(found.report.features_used, 2);
        assert_eq!(read(&path, &ReadOptions::default()).unwrap_err().code, "A0911");
    }
    let path = write(folder.path(), Format::GeoParquet, &points());
    let columns = Some(("lon".to_owned(), "lat".to_owned()));
    let found = read_points(&path, &PointOptions { columns, ..PointOptions::default() }).unwrap();
    assert_close(found.points[0].lon, 14.3, 1e-9);
    assert_close(found.points[0].lat, 14.3, 1e-9);
}

#[test]
fn geojson_out_reads_back_as_the_same_areas_and_bytes() {
    let folder = scratch();
    let path = write(folder.path(), Format::GeoPackage, &three());
    let found = read(&path, &ReadOptions::default()).unwrap();
    let text = to_geojson(&found);
    assert_eq!(text, to_geojson(&read(&path, &ReadOptions::default()).unwrap()));
    let again = folder.path().join("again.geojson");
    std::fs::write(&again, &text).unwrap();
    let ids = ReadOptions { code_property: Some("(id)".into()), ..ReadOptions::default() };
    let back = read(&again, &ids).unwrap();
    assert!(back.report.repairs.is_empty(), "right-hand rule: {:?}", back.report.repairs);
    for (one, other) in found.areas.iter().zip(&back.areas) {
        assert_eq!((&one.code, &one.name, &one.shape), (&other.code, &other.name, &other.shape));
    }
    assert_eq!(to_geojson(&back), text);
}

#[test]
fn an_area_is_measured_on_the_ellipsoid() {
    let folder = scratch();
    // pyproj 3.7.2, Geod(ellps="WGS84").polygon_area_perimeter of the same corners.
    for (x, y, km2) in [
        (0.0, 0.0, 12_308.778_361_469),
        (10.0, 45.0, 8_686.379_301_740),
        (-100.0, 60.0, 6_122.943_163_071),
    ] {
        let path = write(folder.path(), Format::GeoJson, &[feature("a1", "A", square(x, y, 1.0))]);
        let coded = ReadOptions { code_property: Some("code".into()), ..ReadOptions::default() };
        let found = read(&path, &coded).unwrap();
        assert_close(found.areas[0].area_km2(), km2, 1e-6);
        let label = found.areas[0].label_point().unwrap();
        assert!(label.x() > x && label.x() < x + 1.0 && label.y() > y && label.y() < y + 1.0);
        assert_eq!(found.bbox(), Some([x, y, x + 1.0, y + 1.0]));
        assert_close(found.areas[0].centroid().unwrap().x(), x + 0.5, 1e-9);
    }
}
