//! Shapefile: polygons and points from the .shp, codes and names from the .dbf.
//!
//! Records are read one after the other as the .shp has them; the .shx index is not needed.
//! Source: ESRI Shapefile Technical Description, July 1998.

use crate::codes;
use crate::dbf;
use crate::error::GeoError;
use crate::json::not_empty;
use crate::raw::{Declared, Layer, RawFeature, RawShape, Reject, Ring};

/// The files that make a Shapefile.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) name: String,
    pub(crate) shp: Vec<u8>,
    pub(crate) dbf: Option<Vec<u8>>,
    pub(crate) prj: Option<Vec<u8>>,
    pub(crate) cpg: Option<Vec<u8>>,
}

/// Whether the bytes begin as a .shp does.
pub(crate) fn is_shp(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0, 0, 0x27, 0x0a]) && bytes.len() >= 32 && bytes[28..32] == [0xe8, 3, 0, 0]
}

/// The layer of a Shapefile.
pub(crate) fn layer(parts: &Parts, encoding: Option<&str>) -> Result<Layer, GeoError> {
    let shapes = records(&parts.shp)?;
    let Some(dbf) = &parts.dbf else {
        return Err(GeoError::new(
            codes::NO_TABLE,
            "there is no .dbf beside the .shp, and the codes are in it",
            "copy all files of the Shapefile: .shp, .dbf, .prj, .cpg",
        ));
    };
    let table = dbf::read(dbf, parts.cpg.as_deref(), encoding)?;
    if table.rows.len() != shapes.len() {
        return Err(GeoError::new(
            codes::NO_TABLE,
            format!("the .shp has {} records and the .dbf has {}", shapes.len(), table.rows.len()),
            "the files do not belong together; copy all of them again",
        ));
    }
    let features = shapes
        .into_iter()
        .zip(table.rows)
        .map(|(shape, values)| RawFeature { id: None, values, shape })
        .collect();
    let crs = match &parts.prj {
        Some(prj) if !prj.trim_ascii().is_empty() => {
            Declared::Wkt { text: String::from_utf8_lossy(prj).into_owned(), prj: true }
        }
        _ => Declared::Nothing,
    };
    Ok(Layer {
        name: parts.name.clone(),
        crs,
        names: table.names,
        features,
        counterclockwise_rule: false,
        encoding: Some(table.encoding.to_owned()),
    })
}

fn big(bytes: &[u8], at: usize) -> Option<i32> {
    Some(i32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn little(bytes: &[u8], at: usize) -> Option<i32> {
    Some(i32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn double(bytes: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

fn records(bytes: &[u8]) -> Result<Vec<Result<RawShape, Reject>>, GeoError> {
    if !is_shp(bytes) || bytes.len() < 100 {
        return Err(GeoError::damaged("the .shp does not begin as one, or ends in its header"));
    }
    // Lengths count words of two bytes.
    let words = big(bytes, 24).and_then(|words| usize::try_from(words).ok()).unwrap_or(0);
    let length = words.saturating_mul(2);
    if length > bytes.len() || length < 100 {
        return Err(GeoError::damaged(format!(
            "the .shp says that it has {length} bytes, and it has {}",
            bytes.len()
        )));
    }
    let bytes = &bytes[..length];
    let mut shapes = Vec::new();
    let mut at = 100;
    while at < length {
        let content = big(bytes, at + 4).and_then(|words| usize::try_from(words).ok());
        let end = content.and_then(|words| words.checked_mul(2)?.checked_add(at + 8));
        let record = end.and_then(|end| Some((end, bytes.get(at + 8..end)?)));
        let Some((end, record)) = record else {
            return Err(GeoError::damaged(format!(
                "record {} of the .shp points past the end of the file",
                shapes.len() + 1
            )));
        };
        shapes.push(shape(record).map(not_empty));
        at = end;
    }
    Ok(shapes)
}

fn shape(record: &[u8]) -> Result<RawShape, Reject> {
    let short = || Reject::damaged("its record is too short for its type");
    match little(record, 0).ok_or_else(short)? {
        0 => Ok(RawShape::Empty),
        // With M and Z the plane coordinates come first, in the same places.
        1 | 11 | 21 => {
            let point = double(record, 4).zip(double(record, 12)).ok_or_else(short)?;
            Ok(RawShape::Points(vec![[point.0, point.1]]))
        }
        8 | 18 | 28 => {
            let n = little(record, 36).ok_or_else(short)?;
            Ok(RawShape::Points(points(record, 40, n)?))
        }
        3 | 13 | 23 => Ok(RawShape::Other("line")),
        5 | 15 | 25 => Ok(RawShape::Rings(rings(record)?)),
        31 => Ok(RawShape::Other("multipatch")),
        other => Err(Reject::damaged(format!("its type {other} is no shape type"))),
    }
}

fn points(record: &[u8], at: usize, n: i32) -> Result<Ring, Reject> {
    let wrong =
        || Reject::damaged(format!("it says that it has {n} points, and its record has not"));
    let size = usize::try_from(n).ok().and_then(|n| n.checked_mul(16)).ok_or_else(wrong)?;
    let end = at.checked_add(size).ok_or_else(wrong)?;
    let bytes = record.get(at..end).ok_or_else(wrong)?;
    Ok(bytes
        .chunks_exact(16)
        .filter_map(|pair| Some([double(pair, 0)?, double(pair, 8)?]))
        .collect())
}

fn rings(record: &[u8]) -> Result<Vec<Ring>, Reject> {
    let short = || Reject::damaged("its record is too short for its type");
    let n_parts = little(record, 36).ok_or_else(short)?;
    let n_points = little(record, 40).ok_or_else(short)?;
    let wrong = || Reject::damaged(format!("it says that it has {n_parts} rings, and it has not"));
    let n_parts = usize::try_from(n_parts).map_err(|_| wrong())?;
    let after_parts = n_parts.checked_mul(4).and_then(|n| n.checked_add(44)).ok_or_else(wrong)?;
    let table = record.get(44..after_parts).ok_or_else(wrong)?;
    let points = points(record, after_parts, n_points)?;
    let mut starts: Vec<usize> = Vec::with_capacity(n_parts + 1);
    for start in table.chunks_exact(4) {
        let start = little(start, 0).and_then(|s| usize::try_from(s).ok()).ok_or_else(wrong)?;
        if start > points.len() || starts.last().is_some_and(|before| *before > start) {
            return Err(Reject::damaged("the starts of its rings are out of order"));
        }
        starts.push(start);
    }
    starts.push(points.len());
    Ok(starts.windows(2).map(|pair| points[pair[0]..pair[1]].to_vec()).collect())
}
