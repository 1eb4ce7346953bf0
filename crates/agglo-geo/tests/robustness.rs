//! Files that are cut short, damaged or hostile: a clear error, bounded memory, no panic.

mod fixtures;

use std::io::Write;
use std::path::Path;

use agglo_geo::{Format, GeoError, PointOptions, ReadOptions, read, read_points, sniff};
use agglo_testkit::scratch;
use fixtures::{three, write};

fn coded() -> ReadOptions {
    ReadOptions { code_property: Some("code".into()), ..ReadOptions::default() }
}

/// Reads a file in every way; the account must hold whenever it is read.
fn everything(path: &Path) -> Result<(), GeoError> {
    let _ = sniff(path, None);
    let _ = read_points(path, &PointOptions::default());
    let found = read(path, &coded())?;
    let report = &found.report;
    assert_eq!(report.features_used + report.features_rejected(), report.features_read);
    agglo_geo::to_geojson(&found);
    for area in &found.areas {
        assert!(area.area_km2().is_finite());
        area.label_point();
        area.centroid();
    }
    Ok(())
}

/// The steps of a linear congruential generator (Knuth, MMIX), fixed seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }
}

fn mutated(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=dice.below(4) {
        let n = bytes.len();
        if n == 0 {
            break;
        }
        match dice.below(6) {
            0 => bytes.truncate(dice.below(n)),
            1 => {
                let at = dice.below(n);
                bytes[at] ^= 1 << dice.below(8);
            }
            2 => {
                let at = dice.below(n);
                bytes[at] = [0, 0xff, 0x7f, 0x80, b'9', b'-'][dice.below(6)];
            }
            3 => {
                let (from, to) = (dice.below(n), dice.below(n));
                let length = dice.below(40).min(n - from.max(to));
                bytes.copy_within(from..from + length, to);
            }
            4 => {
                let (at, length) = (dice.below(n), dice.below(32));
                bytes.drain(at..(at + length).min(n));
            }
            _ => {
                // A length that claims gigabytes.
                let at = dice.below(n.saturating_sub(4));
                let end = (at + 4).min(n);
                bytes[at..end].fill(0xff);
            }
        }
    }
    bytes
}

#[test]
fn damaged_files_of_every_format_never_panic() {
    let folder = scratch();
    for format in Format::ALL {
        let path = write(folder.path(), format, &three());
        let parts: &[&str] =
            if format == Format::Shapefile { &["shp", "dbf", "prj"] } else { &[""] };
        for part in parts {
            let target = if part.is_empty() { path.clone() } else { path.with_extension(part) };
            let whole = std::fs::read(&target).unwrap();
            let mut dice = Dice(20_260_101);
            let mut n_read = 0;
            for _ in 0..400 {
                std::fs::write(&target, mutated(&whole, &mut dice)).unwrap();
                match everything(&path) {
                    Ok(()) => n_read += 1,
                    Err(error) => assert!(error.to_string().starts_with("error[A09"), "{error}"),
                }
            }
            std::fs::write(&target, &whole).unwrap();
            println!("{format:?} {part}: {n_read} of 400 still readable");
            everything(&path).unwrap();
        }
    }
}

#[test]
fn every_truncation_is_an_error_or_whole() {
    let folder = scratch();
    for format in Format::ALL {
        let path = write(folder.path(), format, &three());
        let whole = std::fs::read(&path).unwrap();
        let step = (whole.len() / 60).max(1);
        for length in (0..whole.len() - 1).step_by(step) {
            std::fs::write(&path, &whole[..length]).unwrap();
            let error = read(&path, &coded()).map(|found| found.report);
            assert!(error.is_err(), "{format:?} cut to {length} of {}: {error:?}", whole.len());
        }
        std::fs::write(&path, &whole).unwrap();
    }
}

#[test]
fn nested_collections_do_not_exhaust_the_stack() {
    let folder = scratch();
    let path = folder.path().join("deep.geojson");
    let n = 200_000;
    let open = r#"{"type":"GeometryCollection","geometries":["#;
    std::fs::write(&path, format!("{}{}", open.repeat(n), "]}".repeat(n))).unwrap();
    assert_eq!(read(&path, &coded()).unwrap_err().code, "A0904");
    std::fs::write(
        &path,
        format!(r#"{{"type":"Polygon","coordinates":{}{}}}"#, "[".repeat(n), "]".repeat(n)),
    )
    .unwrap();
    assert_eq!(read(&path, &coded()).unwrap_err().code, "A0904");
}

#[test]
fn an_arc_that_is_not_there_rejects_its_feature() {
    let folder = scratch();
    let path = write(folder.path(), Format::TopoJson, &three());
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("[[0]]", "[[777]]", 1)).unwrap();
    let found = read(&path, &coded()).unwrap();
    assert_eq!(found.report.features_used, 2);
    let rejected = &found.report.rejected[0];
    assert_eq!((rejected.feature, rejected.code), (1, "A0930"));
    assert!(rejected.reason.contains("arc 777"));
}

#[test]
fn arcs_named_without_end_are_stopped() {
    let folder = scratch();
    let path = folder.path().join("a.topojson");
    let arc: Vec<String> = (0..1000).map(|n| format!("[{},{}]", n % 7, n % 5)).collect();
    let ring = vec!["0"; 100_000].join(",");
    let text = format!(
        r#"{{"type":"Topology","objects":{{"a":{{"type":"GeometryCollection","geometries":[
        {{"type":"Polygon","id":"x","arcs":[[{ring}]]}}]}}}},"arcs":[[{}]]}}"#,
        arc.join(",")
    );
    std::fs::write(&path, text).unwrap();
    let error =
        read(&path, &ReadOptions { code_property: Some("(id)".into()), ..ReadOptions::default() });
    assert!(error.unwrap_err().message.contains("without end"));
}

#[test]
fn lengths_that_claim_gigabytes_are_refused_before_memory_is_taken() {
    let folder = scratch();
    let path = write(folder.path(), Format::Shapefile, &three());
    let whole = std::fs::read(&path).unwrap();
    for at in [24, 104, 100 + 8 + 36, 100 + 8 + 40] {
        let mut bytes = whole.clone();
        bytes[at..at + 4].copy_from_slice(&[0x7f, 0xff, 0xff, 0x7f]);
        std::fs::write(&path, &bytes).unwrap();
        let code = match read(&path, &coded()) {
            Err(error) => error.code,
            Ok(found) => found.report.rejected[0].code,
        };
        assert!(matches!(code, "A0904" | "A0930"), "{at}: {code}");
    }
    let path = write(folder.path(), Format::FlatGeobuf, &three());
    let whole = std::fs::read(&path).unwrap();
    let mut bytes = whole.clone();
    bytes[8..12].copy_from_slice(&[0xff; 4]);
    std::fs::write(&path, &bytes).unwrap();
    assert_eq!(read(&path, &coded()).unwrap_err().code, "A0904");
}

#[test]
fn a_zip_bomb_is_stopped() {
    let folder = scratch();
    let path = folder.path().join("bomb.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .large_file(true);
    zip.start_file("a.shp", options).unwrap();
    let zeros = vec![0_u8; 1 << 20];
    for _ in 0..1025 {
        zip.write_all(&zeros).unwrap();
    }
    zip.finish().unwrap();
    assert!(std::fs::metadata(&path).unwrap().len() < 2 << 20);
    let error = read(&path, &coded()).unwrap_err();
    assert_eq!(error.code, "A0905");
}

#[test]
fn nan_in_binary_formats_rejects_the_feature() {
    let folder = scratch();
    for format in [Format::Shapefile, Format::GeoPackage, Format::FlatGeobuf, Format::GeoParquet] {
        let mut features = three();
        if let Some(geo::Geometry::Polygon(polygon)) = &mut features[0].shape {
            let mut ring = polygon.exterior().clone();
            ring.0[2].x = f64::NAN;
            *polygon = geo::Polygon::new(ring, vec![]);
        }
        let path = write(folder.path(), format, &features);
        let found = read(&path, &coded()).unwrap();
        assert_eq!(found.report.features_used, 2, "{format:?}");
        assert_eq!(found.report.rejected[0].code, "A0917", "{format:?}");
    }
}
