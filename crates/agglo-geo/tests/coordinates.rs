//! Coordinate systems against PROJ, and what is said where none is known.
#![expect(clippy::unreadable_literal, reason = "digits as PROJ printed them")]
#![expect(clippy::unwrap_used, reason = "what a helper cannot read fails its test")]

mod fixtures;

use agglo_geo::{CrsSource, PointOptions, ReadOptions, read, read_points};
use agglo_testkit::{assert_close, scratch};
use fixtures::{feature, square};

/// pyproj 3.7.2 with PROJ 9.5.1, `Transformer.from_crs(code, 4326, always_xy=True)`; EPSG:27700 by the
/// seven parameters of EPSG:1314 as a pipeline, without grid files.
const REFERENCE: &[(u32, [f64; 2], [f64; 2])] = &[
    (4326, [-73.9, 40.7], [-73.9, 40.7]),
    (4490, [116.4, 39.9], [116.4, 39.9]),
    (3857, [12_958_175.0, 4_853_965.0], [116.405266567955, 39.917528683392]),
    (3857, [-8_238_310.24, 4_970_071.58], [-74.006000039104, 40.712800005839]),
    (3035, [4_321_000.0, 3_210_000.0], [10.0, 52.0]),
    (3035, [3_900_000.0, 2_900_000.0], [4.233752271130, 49.064667889304]),
    (3035, [5_500_000.0, 1_600_000.0], [23.125472283318, 36.558177891810]),
    (25832, [500_000.0, 5_500_000.0], [9.0, 49.652542923557]),
    (25832, [691_000.0, 5_335_000.0], [11.567501229235, 48.139558349868]),
    (32650, [448_251.8, 4_414_580.0], [116.394825816996, 39.879695809156]),
    (32650, [300_000.0, 2_500_000.0], [115.054449779881, 22.595067595103]),
    (4549, [500_000.0, 3_500_000.0], [120.0, 31.622554943995]),
    (4549, [620_000.0, 4_000_000.0], [121.332946651004, 36.122876182556]),
    (5070, [0.0, 1_500_000.0], [-96.0, 36.546967844363]),
    (5070, [1_800_000.0, 2_100_000.0], [-74.523555056352, 40.078204727640]),
    (5070, [-2_200_000.0, 2_900_000.0], [-124.826695923142, 46.062093694297]),
    (2154, [652_000.0, 6_862_000.0], [2.345811958681, 48.856248140963]),
    (3577, [1_550_000.0, -3_950_000.0], [149.112932148648, -35.215005402935]),
    (2263, [984_000.0, 199_000.0], [-74.000901787304, 40.712885733298]),
    (27700, [530_000.0, 180_000.0], [-0.128353940479, 51.503990827634]),
    (27700, [325_000.0, 674_000.0], [-3.202664663116, 55.953149818733]),
    (27700, [651_409.903, 313_177.270], [1.716051990375, 52.657978598580]),
];

fn point(epsg: &str, [x, y]: [f64; 2]) -> [f64; 2] {
    let folder = scratch();
    let path = folder.path().join("p.geojson");
    std::fs::write(&path, fixtures::geojson(&[feature("p", "P", geo::Point::new(x, y))])).unwrap();
    let options = PointOptions { crs: Some(epsg.into()), ..PointOptions::default() };
    let found = read_points(&path, &options).unwrap();
    [found.points[0].lon, found.points[0].lat]
}

#[test]
fn coordinates_agree_with_proj() {
    for (code, from, to) in REFERENCE {
        let found = point(&format!("EPSG:{code}"), *from);
        println!("EPSG:{code} {:e} {:e}", found[0] - to[0], found[1] - to[1]);
        assert_close(found[0], to[0], 1e-6);
        assert_close(found[1], to[1], 1e-6);
    }
}

#[test]
fn a_prj_of_esri_is_understood() {
    let folder = scratch();
    let path = folder.path().join("a.shp");
    let laea = r#"PROJCS["ETRS_1989_LAEA",GEOGCS["GCS_ETRS_1989",DATUM["D_ETRS_1989",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Lambert_Azimuthal_Equal_Area"],PARAMETER["False_Easting",4321000.0],PARAMETER["False_Northing",3210000.0],PARAMETER["Central_Meridian",10.0],PARAMETER["Latitude_Of_Origin",52.0],UNIT["Meter",1.0]]"#;
    let areas = [feature("a1", "A", square(4_321_000.0, 3_210_000.0, 1000.0))];
    for (prj, text) in
        [(laea.to_owned(), "EPSG:3035"), (laea.replace("ETRS_1989_LAEA", "My_Grid"), "+proj=laea")]
    {
        fixtures::shapefile(&path, &areas, Some(&prj));
        let coded = ReadOptions { code_property: Some("code".into()), ..ReadOptions::default() };
        let found = read(&path, &coded).unwrap();
        assert_eq!(found.crs.source, CrsSource::Prj);
        assert!(found.crs.text.starts_with(text), "{}", found.crs.text);
        let corner = found.areas[0].bbox().unwrap();
        assert_close(corner[0], 10.0, 2e-3);
        assert_close(found.areas[0].area_km2(), 1.0, 1e-3);
    }
    fixtures::shapefile(&path, &areas, Some("PROJCS[\"Moon_2000\"]"));
    let error = read(&path, &ReadOptions::default()).unwrap_err();
    assert_eq!(error.code, "A0908");
    assert!(error.remedy.contains("crs = \"EPSG:"));
}

#[test]
fn a_system_is_asked_for_and_not_guessed() {
    let folder = scratch();
    let path = folder.path().join("a.geojson");
    let meters = [feature("a1", "A", square(530_000.0, 180_000.0, 1000.0))];
    std::fs::write(&path, fixtures::geojson(&meters)).unwrap();
    let coded = ReadOptions { code_property: Some("code".into()), ..ReadOptions::default() };
    let error = read(&path, &coded).unwrap_err();
    assert_eq!(error.code, "A0907");
    let given = ReadOptions { crs: Some("EPSG:27700".into()), ..coded.clone() };
    let found = read(&path, &given).unwrap();
    assert!(found.report.notes.iter().any(|note| note.code == "A0929"));
    let wrong = ReadOptions { crs: Some("EPSG:4326".into()), ..coded.clone() };
    assert_eq!(read(&path, &wrong).unwrap_err().code, "A0909");
    let degrees = [feature("a1", "A", square(1.0, 2.0, 1.0))];
    std::fs::write(&path, fixtures::geojson(&degrees)).unwrap();
    let error = read(&path, &given).unwrap_err();
    assert_eq!(error.code, "A0909");
    assert!(error.message.contains("look like degrees"));
}

#[test]
fn each_container_says_its_system() {
    let folder = scratch();
    let areas = [feature("a1", "A", square(4_321_000.0, 3_210_000.0, 1000.0))];
    let coded = ReadOptions { code_property: Some("code".into()), ..ReadOptions::default() };
    let mut paths = Vec::new();
    for name in ["a.gpkg", "a.fgb", "a.parquet", "a.geojson"] {
        paths.push(folder.path().join(name));
    }
    fixtures::gpkg(&paths[0], &areas, 3035);
    fixtures::fgb(&paths[1], &areas, 3035);
    fixtures::geoparquet(&paths[2], &areas, r#","crs":{"id":{"authority":"EPSG","code":3035}}"#);
    let crs = r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3035"}},"#;
    let text = fixtures::geojson(&areas).replace(r#"{"type":"FeatureCollection","#, crs);
    std::fs::write(&paths[3], text).unwrap();
    for path in &paths {
        let found = read(path, &coded).unwrap();
        assert_eq!((found.crs.text.as_str(), found.crs.source), ("EPSG:3035", CrsSource::Declared));
        assert_close(found.areas[0].area_km2(), 1.0, 1e-3);
    }
    fixtures::geoparquet(&paths[2], &areas, r#","crs":null"#);
    assert_eq!(read(&paths[2], &coded).unwrap_err().code, "A0907");
    fixtures::gpkg(&paths[0], &areas, -1);
    assert_eq!(read(&paths[0], &coded).unwrap_err().code, "A0907");
}
