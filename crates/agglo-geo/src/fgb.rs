//! FlatGeobuf: a header, an index that is skipped, and features one after the other.
//!
//! Header and features are verified before they are looked into, so that no length or offset in
//! them is taken on trust.
//! Source: FlatGeobuf specification 3.0.

use flatgeobuf::{
    Column, ColumnType, Feature, Geometry, GeometryType, Header, size_prefixed_root_as_feature,
    size_prefixed_root_as_header,
};

use crate::error::GeoError;
use crate::json::not_empty;
use crate::raw::{Declared, Layer, MAX_NESTING, Property, RawFeature, RawShape, Reject, Ring, set};

/// Whether the bytes begin as a FlatGeobuf does.
pub(crate) fn is_fgb(bytes: &[u8]) -> bool {
    bytes.len() >= 8 && bytes.starts_with(b"fgb\x03fgb")
}

/// A size-prefixed buffer that starts at `at`, and where the next one starts.
fn prefixed(bytes: &[u8], at: usize) -> Option<(Vec<u8>, usize)> {
    let size: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    let size = u32::from_le_bytes(size) as usize;
    let end = at.checked_add(4)?.checked_add(size)?;
    // The smallest table has eight bytes. The copy is aligned as the verifier wants it.
    let buffer = (size >= 8).then(|| bytes.get(at..end)).flatten()?;
    Some((buffer.to_vec(), end))
}

/// The layer in `bytes`.
pub(crate) fn layer(bytes: &[u8], name: &str) -> Result<Layer, GeoError> {
    let (header_bytes, after) =
        prefixed(bytes, 8).ok_or_else(|| GeoError::damaged("the FlatGeobuf ends in its header"))?;
    let header = size_prefixed_root_as_header(&header_bytes)
        .map_err(|error| GeoError::damaged(format!("the header is damaged: {error}")))?;
    let columns: Vec<Column<'_>> = header.columns().into_iter().flatten().collect();
    let count = header.features_count();
    let index = index_size(count, header.index_node_size());
    let mut at = index
        .and_then(|size| after.checked_add(size))
        .filter(|start| *start <= bytes.len())
        .ok_or_else(|| {
            GeoError::damaged(format!(
                "the header announces {count} features, and the file is too short for their index"
            ))
        })?;
    let mut features = Vec::new();
    while at < bytes.len() {
        let number = features.len() + 1;
        let cut = || GeoError::damaged(format!("feature {number} points past the end of the file"));
        let (buffer, next) = prefixed(bytes, at).ok_or_else(cut)?;
        at = next;
        features.push(match size_prefixed_root_as_feature(&buffer) {
            Ok(feature) => read_feature(&feature, &header, &columns),
            Err(error) => RawFeature {
                id: None,
                values: Vec::new(),
                shape: Err(Reject::damaged(format!("its record is damaged: {error}"))),
            },
        });
    }
    // A count of zero means that the writer did not know it.
    if count > 0 && features.len() as u64 != count {
        return Err(GeoError::damaged(format!(
            "the header announces {count} features, and the file has {}",
            features.len()
        )));
    }
    Ok(Layer {
        name: header.name().filter(|name| !name.is_empty()).unwrap_or(name).to_owned(),
        crs: declared(&header),
        names: columns.iter().map(|column| column.name().into()).collect(),
        features,
        counterclockwise_rule: false,
        encoding: None,
    })
}

/// Bytes of the packed R-tree: forty for each node of each level.
fn index_size(count: u64, node_size: u16) -> Option<usize> {
    if count == 0 || node_size == 0 {
        return Some(0);
    }
    let node_size = u64::from(node_size.max(2));
    let mut level = count;
    let mut nodes = count;
    loop {
        level = level.div_ceil(node_size);
        nodes = nodes.checked_add(level)?;
        if level <= 1 {
            break;
        }
    }
    usize::try_from(nodes.checked_mul(40)?).ok()
}

fn declared(header: &Header<'_>) -> Declared {
    let Some(crs) = header.crs() else { return Declared::Nothing };
    let epsg = crs.org().is_none_or(|org| org.eq_ignore_ascii_case("EPSG"));
    match (u32::try_from(crs.code()), crs.wkt()) {
        (Ok(code), _) if code > 0 && epsg => Declared::Epsg(code),
        (_, Some(text)) if !text.trim().is_empty() => {
            Declared::Wkt { text: text.to_owned(), prj: false }
        }
        (Ok(code), _) if code > 0 => {
            Declared::Name(format!("{}:{code}", crs.org().unwrap_or_default()))
        }
        _ => crs.code_string().map_or(Declared::Nothing, |name| Declared::Name(name.to_owned())),
    }
}

fn read_feature(feature: &Feature<'_>, header: &Header<'_>, columns: &[Column<'_>]) -> RawFeature {
    let own: Vec<Column<'_>> = feature.columns().into_iter().flatten().collect();
    let columns = if own.is_empty() { columns } else { &own };
    let bytes = feature.properties().map(|bytes| bytes.bytes()).unwrap_or_default();
    let mut values = Vec::new();
    let whole = properties(bytes, columns, &mut values);
    let shape = match (whole, feature.geometry()) {
        (None, _) => Err(Reject::damaged("its properties are damaged")),
        (_, None) => Ok(RawShape::Empty),
        (_, Some(geometry)) => read_geometry(&geometry, header.geometry_type(), 0).map(not_empty),
    };
    RawFeature { id: None, values, shape }
}

fn properties(bytes: &[u8], columns: &[Column<'_>], values: &mut Vec<Property>) -> Option<()> {
    let mut rest = bytes;
    // One byte alone is padding that some writers leave.
    while rest.len() >= 2 {
        let place = usize::from(u16::from_le_bytes(rest[..2].try_into().ok()?));
        rest = &rest[2..];
        let kind = columns.get(place)?.type_();
        let width = match kind {
            ColumnType::Byte | ColumnType::UByte | ColumnType::Bool => 1,
            ColumnType::Short | ColumnType::UShort => 2,
            ColumnType::Int | ColumnType::UInt | ColumnType::Float => 4,
            ColumnType::Long | ColumnType::ULong | ColumnType::Double => 8,
            ColumnType::String | ColumnType::Json | ColumnType::DateTime | ColumnType::Binary => {
                let length = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?) as usize;
                rest = &rest[4..];
                length
            }
            _ => return None,
        };
        let (cell, after) = rest.split_at_checked(width)?;
        rest = after;
        set(values, place, cell_value(kind, cell)?);
    }
    Some(())
}

fn cell_value(kind: ColumnType, cell: &[u8]) -> Option<Property> {
    Some(match kind {
        ColumnType::Byte => Property::Integer(i64::from(i8::from_le_bytes(cell.try_into().ok()?))),
        ColumnType::UByte => Property::Integer(i64::from(*cell.first()?)),
        ColumnType::Bool => Property::Flag(*cell.first()? != 0),
        ColumnType::Short => {
            Property::Integer(i64::from(i16::from_le_bytes(cell.try_into().ok()?)))
        }
        ColumnType::UShort => {
            Property::Integer(i64::from(u16::from_le_bytes(cell.try_into().ok()?)))
        }
        ColumnType::Int => Property::Integer(i64::from(i32::from_le_bytes(cell.try_into().ok()?))),
        ColumnType::UInt => Property::Integer(i64::from(u32::from_le_bytes(cell.try_into().ok()?))),
        ColumnType::Long => Property::Integer(i64::from_le_bytes(cell.try_into().ok()?)),
        ColumnType::ULong => {
            let number = u64::from_le_bytes(cell.try_into().ok()?);
            i64::try_from(number).map_or(Property::number(number as f64), Property::Integer)
        }
        ColumnType::Float => Property::number(f64::from(f32::from_le_bytes(cell.try_into().ok()?))),
        ColumnType::Double => Property::number(f64::from_le_bytes(cell.try_into().ok()?)),
        ColumnType::Binary => Property::Missing,
        _ => Property::text(&String::from_utf8_lossy(cell)),
    })
}

fn read_geometry(
    geometry: &Geometry<'_>,
    layer_kind: GeometryType,
    depth: usize,
) -> Result<RawShape, Reject> {
    if depth > MAX_NESTING {
        return Err(Reject::damaged("collections are nested too deep"));
    }
    // The header names the type of all features, or leaves it to each of them.
    let kind = match layer_kind {
        GeometryType::Unknown => geometry.type_(),
        kind => kind,
    };
    let parts = || geometry.parts().into_iter().flatten();
    Ok(match kind {
        GeometryType::Point | GeometryType::MultiPoint => RawShape::Points(points(geometry)?),
        GeometryType::Polygon => RawShape::Polygons(vec![rings(geometry)?]),
        GeometryType::MultiPolygon if geometry.parts().is_none() => {
            RawShape::Polygons(vec![rings(geometry)?])
        }
        GeometryType::MultiPolygon => {
            RawShape::Polygons(parts().map(|part| rings(&part)).collect::<Result<_, _>>()?)
        }
        GeometryType::GeometryCollection => {
            let mut all = RawShape::Empty;
            for part in parts() {
                all.absorb(read_geometry(&part, GeometryType::Unknown, depth + 1)?);
            }
            all
        }
        GeometryType::LineString | GeometryType::MultiLineString => RawShape::Other("line"),
        GeometryType::Unknown => RawShape::Empty,
        kind if kind.variant_name().is_some() => RawShape::Other("curve or surface"),
        _ => return Err(Reject::damaged("its geometry has an unknown type")),
    })
}

fn points(geometry: &Geometry<'_>) -> Result<Ring, Reject> {
    let Some(xy) = geometry.xy() else { return Ok(Ring::new()) };
    if xy.len() % 2 != 0 {
        return Err(Reject::damaged("it has an odd number of coordinates"));
    }
    Ok((0..xy.len() / 2).map(|place| [xy.get(2 * place), xy.get(2 * place + 1)]).collect())
}

fn rings(geometry: &Geometry<'_>) -> Result<Vec<Ring>, Reject> {
    let points = points(geometry)?;
    let ends: Vec<usize> = geometry.ends().into_iter().flatten().map(|end| end as usize).collect();
    if ends.is_empty() {
        return Ok(vec![points]);
    }
    let mut start = 0;
    let mut rings = Vec::new();
    for end in ends {
        let ring = points
            .get(start..end)
            .ok_or_else(|| Reject::damaged("the ends of its rings are out of order"))?;
        rings.push(ring.to_vec());
        start = end;
    }
    Ok(rings)
}
