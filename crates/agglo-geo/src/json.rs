//! GeoJSON: a FeatureCollection, one Feature or a bare geometry.
//!
//! The text becomes a tree of values first; the parser refuses to go deeper than 128 levels, so a
//! hostile file cannot exhaust the stack.
//! Source: RFC 7946; the `crs` member is that of the GeoJSON format specification of 2008.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::error::GeoError;
use crate::raw::{
    Declared, Layer, MAX_NESTING, Names, Property, RawFeature, RawShape, Reject, Ring, set,
};

/// The tree of a JSON text.
pub(crate) fn tree(bytes: &[u8]) -> Result<Value, GeoError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes)
        .map_err(|error| GeoError::damaged(format!("this is not whole JSON: {error}")))
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(crate) fn property(value: &Value) -> Property {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => Property::Missing,
        Value::Bool(flag) => Property::Flag(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Property::Integer(whole),
            None => Property::number(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => Property::text(text),
    }
}

pub(crate) fn values(properties: &Value, names: &mut Names) -> Vec<Property> {
    let mut values = Vec::new();
    if let Some(properties) = properties.as_object() {
        for (name, value) in properties {
            set(&mut values, names.place(name), property(value));
        }
    }
    values
}

pub(crate) fn id(value: &Value) -> Option<Arc<str>> {
    property(value).key()
}

/// The layer of a GeoJSON tree.
pub(crate) fn layer(root: &Value, name: &str) -> Result<Layer, GeoError> {
    let mut names = Names::default();
    let features = match root["type"].as_str() {
        Some("FeatureCollection") => match &root["features"] {
            Value::Array(features) => features.iter().map(|f| feature(f, &mut names)).collect(),
            _ => return Err(GeoError::damaged("the FeatureCollection has no list of features")),
        },
        Some("Feature") => vec![feature(root, &mut names)],
        _ => vec![RawFeature { id: None, values: Vec::new(), shape: geometry(root, 0) }],
    };
    Ok(Layer {
        name: root["name"].as_str().unwrap_or(name).to_owned(),
        crs: declared(root),
        names: names.into_vec(),
        features,
        counterclockwise_rule: true,
        encoding: None,
    })
}

fn declared(root: &Value) -> Declared {
    let Some(name) = root["crs"]["properties"]["name"].as_str() else {
        return Declared::Standard("RFC 7946");
    };
    if name.contains("CRS84") {
        return Declared::Epsg(4326);
    }
    let code = name.rsplit(':').next().and_then(|code| code.parse().ok());
    match code {
        Some(code) if name.to_ascii_uppercase().contains("EPSG") => Declared::Epsg(code),
        _ => Declared::Name(name.to_owned()),
    }
}

fn feature(value: &Value, names: &mut Names) -> RawFeature {
    let shape = match (value["type"].as_str(), value.get("geometry")) {
        (Some("Feature"), None | Some(Value::Null)) => Ok(RawShape::Empty),
        (Some("Feature"), Some(shape)) => geometry(shape, 0),
        _ => Err(Reject::damaged("an entry of the list of features is no feature")),
    };
    RawFeature { id: id(&value["id"]), values: values(&value["properties"], names), shape }
}

pub(crate) fn position(value: &Value) -> Result<[f64; 2], Reject> {
    let pair = value[0].as_f64().zip(value[1].as_f64());
    let (x, y) = pair.ok_or_else(|| Reject::damaged("a position is not two numbers"))?;
    Ok([x, y])
}

fn ring(value: &Value) -> Result<Ring, Reject> {
    match value {
        Value::Array(positions) => positions.iter().map(position).collect(),
        _ => Err(Reject::damaged("a ring is not a list of positions")),
    }
}

fn geometry(value: &Value, depth: usize) -> Result<RawShape, Reject> {
    if depth > MAX_NESTING {
        return Err(Reject::damaged("collections are nested too deep"));
    }
    let Some(object) = value.as_object() else {
        return Err(Reject::damaged("the geometry is no object"));
    };
    let coordinates = object.get("coordinates").unwrap_or(&Value::Null);
    let polygon =
        |rings: &Value| -> Result<Vec<Ring>, Reject> { list(rings).iter().map(ring).collect() };
    let shape = match kind(object) {
        "Polygon" => RawShape::Polygons(vec![polygon(coordinates)?]),
        "MultiPolygon" => {
            RawShape::Polygons(list(coordinates).iter().map(polygon).collect::<Result<_, _>>()?)
        }
        "Point" if list(coordinates).is_empty() => RawShape::Empty,
        "Point" => RawShape::Points(vec![position(coordinates)?]),
        "MultiPoint" => RawShape::Points(ring(coordinates)?),
        "LineString" | "MultiLineString" => RawShape::Other("line"),
        "GeometryCollection" => {
            let mut all = RawShape::Empty;
            for part in object.get("geometries").map_or(&[][..], list) {
                all.absorb(geometry(part, depth + 1)?);
            }
            all
        }
        other => return Err(Reject::damaged(format!("no geometry is called `{other}`"))),
    };
    Ok(not_empty(shape))
}

fn kind(object: &Map<String, Value>) -> &str {
    object.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// A shape without a point is no shape.
pub(crate) fn not_empty(shape: RawShape) -> RawShape {
    let drawn = matches!(shape, RawShape::Other(_)) || shape.coordinates().next().is_some();
    if drawn { shape } else { RawShape::Empty }
}
