//! Points of plants, firms or places.

use std::path::Path;

use agglo_core::Key;

use crate::crs::Crs;
use crate::error::GeoError;
use crate::format::{Format, Opened};
use crate::raw::{Property, RawShape, Reject};
use crate::read::{Column, column, degrees, in_degrees, nothing, placed, placed_at};
use crate::report::{Rejected, Report};
use crate::{codes, raw};

/// What the caller knows of a file of points; everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PointOptions {
    /// The layer; the one with most features when absent.
    pub layer: Option<String>,
    /// The property with the id of a point; the feature's own id when absent.
    pub id_property: Option<String>,
    /// Properties with the coordinates, x or longitude first; the geometry when absent.
    pub columns: Option<(String, String)>,
    /// The coordinate system, `EPSG:n` or a PROJ string, whatever the file says.
    pub crs: Option<String>,
    /// The encoding of a Shapefile's text.
    pub encoding: Option<String>,
}

/// One point.
#[derive(Clone, Debug, PartialEq)]
pub struct PointFeature {
    /// Its id, where it has one.
    pub id: Option<Key>,
    /// The feature it is from, counted from 1; a MultiPoint gives several points.
    pub feature: u64,
    /// Its properties in the order of the file.
    pub properties: Vec<(Key, Property)>,
    /// Degrees east on WGS 84.
    pub lon: f64,
    /// Degrees north on WGS 84.
    pub lat: f64,
}

/// The points of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Points {
    /// The points in the order of the file.
    pub points: Vec<PointFeature>,
    /// The system that the file was in.
    pub crs: Crs,
    /// The format of the file.
    pub format: Format,
    /// The layer that was read.
    pub layer: String,
    /// What became of every feature.
    pub report: Report,
}

/// Reads the points of a file, from its geometry or from two of its properties.
///
/// # Errors
/// `A0901` to `A0914`, as [`crate::read`].
pub fn read_points(path: &Path, options: &PointOptions) -> Result<Points, GeoError> {
    points(path, options).map_err(|error| error.in_file(path))
}

fn points(path: &Path, options: &PointOptions) -> Result<Points, GeoError> {
    let opened = Opened::new(path)?;
    let with_shapes = options.columns.is_none();
    let mut layer =
        opened.layer(options.layer.as_deref(), options.encoding.as_deref(), with_shapes)?;
    let mut report = Report { features_read: layer.features.len() as u64, ..Report::default() };
    let in_layer = |error: GeoError, name: &str| error.in_layer(name);
    let name = layer.name.clone();
    if let Some(columns) = &options.columns {
        from_columns(&mut layer, columns).map_err(|error| in_layer(error, &name))?;
    }
    let given = options.crs.as_deref();
    let transformer = if with_shapes {
        placed(&layer, given, &mut report)
    } else {
        let all = layer.features.iter().filter_map(|f| f.shape.as_ref().ok());
        let (are_degrees, strange) = degrees(all.flat_map(RawShape::coordinates));
        placed_at(&layer, given, are_degrees, strange, &mut report)
    };
    let transformer = transformer.map_err(|error| in_layer(error, &name))?;
    let id = options.id_property.as_deref().map(|name| column(&layer, name)).transpose();
    let id = id.map_err(|error| in_layer(error, &name))?.unwrap_or(Column::Id);
    let mut points = Vec::new();
    for (at, feature) in layer.features.into_iter().enumerate() {
        let number = at as u64 + 1;
        let id = match id {
            Column::Id => feature.id.clone(),
            Column::Property(place) => feature.values.get(place).and_then(Property::key),
        };
        let places = feature.shape.and_then(|shape| in_degrees(shape, &transformer)).and_then(kept);
        match places {
            Ok(places) => {
                report.features_used += 1;
                let properties: Vec<(Key, Property)> =
                    layer.names.iter().cloned().zip(feature.values).collect();
                points.extend(places.into_iter().map(|[lon, lat]| PointFeature {
                    id: id.clone(),
                    feature: number,
                    properties: properties.clone(),
                    lon,
                    lat,
                }));
            }
            Err(Reject { code, reason }) => {
                report.rejected.push(Rejected { feature: number, area: id, code, reason });
            }
        }
    }
    if points.is_empty() {
        return Err(nothing(&report).in_layer(name));
    }
    Ok(Points { points, crs: transformer.crs, format: opened.format, layer: name, report })
}

fn kept(shape: RawShape) -> Result<Vec<[f64; 2]>, Reject> {
    match shape {
        RawShape::Points(points) => Ok(points),
        RawShape::Empty => Err(Reject::new(codes::NO_GEOMETRY, "it has no geometry")),
        RawShape::Polygons(_) | RawShape::Rings(_) => {
            Err(Reject::new(codes::WRONG_KIND, "it is an area, not a point"))
        }
        RawShape::Other(kind) => {
            Err(Reject::new(codes::WRONG_KIND, format!("it is a {kind}, not a point")))
        }
    }
}

/// Puts the numbers of two properties in the place of the geometry.
fn from_columns(layer: &mut raw::Layer, columns: &(String, String)) -> Result<(), GeoError> {
    let place = |name: &str| match column(layer, name) {
        Ok(Column::Property(place)) => Ok(place),
        Ok(Column::Id) => Err(GeoError::new(
            codes::NO_CODE_PROPERTY,
            format!("`{name}` is the feature's id and no coordinate"),
            "name two properties",
        )),
        Err(error) => Err(error),
    };
    let (x, y) = (place(&columns.0)?, place(&columns.1)?);
    let number = |value: Option<&Property>| match value {
        Some(Property::Integer(number)) => Some(*number as f64),
        Some(Property::Number(number)) => Some(*number),
        Some(Property::Text(text)) => text.parse::<f64>().ok().filter(|n| n.is_finite()),
        _ => None,
    };
    for feature in &mut layer.features {
        let pair = number(feature.values.get(x)).zip(number(feature.values.get(y)));
        feature.shape = match pair {
            Some((x, y)) => Ok(RawShape::Points(vec![[x, y]])),
            None => Err(Reject::new(codes::BAD_COORDINATE, "its coordinates are no numbers")),
        };
    }
    Ok(())
}
