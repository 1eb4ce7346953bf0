//! From a file to areas with codes, in longitude and latitude.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use agglo_core::Key;
use geo::MultiPolygon;

use crate::area::{Area, Boundaries};
use crate::codes;
use crate::contact::{Contact, contact};
use crate::crs::{CrsSource, Transformer};
use crate::error::GeoError;
use crate::format::Opened;
use crate::properties::{SURE, candidates, name_property};
use crate::raw::{Layer, Property, RawFeature, RawShape, Reject};
use crate::repair::{self, Done};
use crate::report::{Rejected, Repair, RepairKind, Report};

/// What the caller knows of a boundary file; everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The layer, TopoJSON object or Shapefile in a zip; the one with most features when absent.
    pub layer: Option<String>,
    /// The property with the codes; `(id)` for the feature's own id.
    pub code_property: Option<String>,
    /// The property with the names.
    pub name_property: Option<String>,
    /// The coordinate system, `EPSG:n` or a PROJ string, whatever the file says.
    pub crs: Option<String>,
    /// The encoding of a Shapefile's text, whatever its .cpg says.
    pub encoding: Option<String>,
}

/// Reads the areas of a boundary file of any format.
///
/// Every feature is used or rejected with its number and the reason; shapes are repaired as
/// [`RepairKind`] tells, and several features of one code become one area. Cost: the file in memory,
/// O(n log n) in the number of corners.
///
/// # Errors
/// `A0901` to `A0914`: the file, its layer, its coordinate system or its codes cannot be used, or no
/// feature can.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Boundaries, GeoError> {
    areas(path, options).map_err(|error| error.in_file(path))
}

fn areas(path: &Path, options: &ReadOptions) -> Result<Boundaries, GeoError> {
    let opened = Opened::new(path)?;
    let layer = opened.layer(options.layer.as_deref(), options.encoding.as_deref(), true)?;
    let in_layer = |error: GeoError| error.in_layer(layer.name.clone());
    let mut report = Report { features_read: layer.features.len() as u64, ..Report::default() };
    let transformer = placed(&layer, options.crs.as_deref(), &mut report).map_err(in_layer)?;
    let code = code_column(&layer, options, &mut report).map_err(in_layer)?;
    let name = name_column(&layer, options).map_err(in_layer)?;
    let Layer { name: layer_name, names, features, counterclockwise_rule, encoding, .. } = layer;
    let mut groups = Groups::default();
    for (at, feature) in features.into_iter().enumerate() {
        let number = at as u64 + 1;
        let value = |place: usize| feature.values.get(place).and_then(Property::key);
        let own = match code {
            Column::Id => feature.id.clone(),
            Column::Property(place) => value(place),
        };
        let name = name.and_then(value);
        let mut done = Done::new();
        let used = used_shape(feature.shape, &transformer, counterclockwise_rule, &mut done)
            .and_then(|shape| {
                // A disputed area may have a name and no code: it is drawn, and no value finds it.
                let code = match (&own, &name) {
                    (Some(code), _) => code.clone(),
                    (None, Some(_)) => {
                        done.insert(RepairKind::WithoutCode, 1);
                        format!("#{number}").into()
                    }
                    (None, None) => return Err(Reject::new(codes::NO_CODE, "it has no code")),
                };
                Ok((code, shape))
            });
        match used {
            Ok((code, shape)) => {
                report.features_used += 1;
                report.repairs.extend(repairs(&done, number, &code));
                let properties = names.iter().cloned().zip(feature.values).collect();
                groups.push(Area { code, name, properties, shape }, number, &mut report);
            }
            Err(Reject { code, reason }) => {
                report.rejected.push(Rejected { feature: number, area: own, code, reason });
            }
        }
    }
    let areas = groups.finish();
    if areas.is_empty() {
        return Err(nothing(&report).in_layer(layer_name));
    }
    Ok(Boundaries {
        areas,
        crs: transformer.crs,
        format: opened.format,
        layer: layer_name,
        encoding,
        report,
    })
}

fn repairs<'a>(
    done: &'a Done,
    feature: u64,
    area: &'a Key,
) -> impl Iterator<Item = Repair> + use<'a> {
    done.iter().map(move |(&kind, &count)| Repair { kind, feature, area: area.clone(), count })
}

/// Why no feature of a layer could be used.
pub(crate) fn nothing(report: &Report) -> GeoError {
    let mut reasons: Vec<String> =
        report.reasons().into_iter().map(|(reason, n)| format!("{n} because {reason}")).collect();
    reasons.truncate(3);
    let message = match report.features_read {
        0 => "the layer has no features".to_owned(),
        n => format!("none of the {n} features could be used: {}", reasons.join("; ")),
    };
    let remedy = "check that this is the file and the layer meant, and its coordinate system";
    GeoError::new(codes::NOTHING_USABLE, message, remedy)
}

fn used_shape(
    shape: Result<RawShape, Reject>,
    transformer: &Transformer,
    counterclockwise_rule: bool,
    done: &mut Done,
) -> Result<MultiPolygon<f64>, Reject> {
    let shape = in_degrees(shape?, transformer)?;
    repair::shape(shape, counterclockwise_rule, done)
}

/// The shape in longitude and latitude, each coordinate checked.
pub(crate) fn in_degrees(
    mut shape: RawShape,
    transformer: &Transformer,
) -> Result<RawShape, Reject> {
    for point in shape.coordinates_mut() {
        let [x, y] = *point;
        if !x.is_finite() || !y.is_finite() {
            return Err(Reject::new(codes::BAD_COORDINATE, "a coordinate is not a finite number"));
        }
        *point = transformer.apply([x, y]).ok_or_else(|| {
            Reject::new(
                codes::NOT_REPROJECTED,
                format!("({x}, {y}) has no longitude and latitude in {}", transformer.crs.text),
            )
        })?;
    }
    repair::in_range(&shape)?;
    Ok(shape)
}

/// Whether most features lie within 360 by 90 degrees, and a coordinate that does not.
pub(crate) fn degrees<'a>(points: impl Iterator<Item = &'a [f64; 2]>) -> (bool, Option<[f64; 2]>) {
    let (mut n, mut n_within) = (0_u64, 0_u64);
    let mut strange = None;
    for point in points {
        n += 1;
        if point[0].abs() <= 360.0 && point[1].abs() <= 90.0 + 1e-6 {
            n_within += 1;
        } else if point.iter().all(|value| value.is_finite()) {
            strange.get_or_insert(*point);
        }
    }
    (n_within * 2 >= n, strange)
}

fn first_points(features: &[RawFeature]) -> impl Iterator<Item = &[f64; 2]> {
    features.iter().filter_map(|feature| feature.shape.as_ref().ok()?.coordinates().next())
}

/// The way to longitude and latitude; what is doubtful about it is noted.
pub(crate) fn placed(
    layer: &Layer,
    given: Option<&str>,
    report: &mut Report,
) -> Result<Transformer, GeoError> {
    let (are_degrees, strange) = degrees(first_points(&layer.features));
    placed_at(layer, given, are_degrees, strange, report)
}

/// As [`placed`], for coordinates that are not those of the shapes.
pub(crate) fn placed_at(
    layer: &Layer,
    given: Option<&str>,
    are_degrees: bool,
    strange: Option<[f64; 2]>,
    report: &mut Report,
) -> Result<Transformer, GeoError> {
    let transformer = Transformer::new(given, &layer.crs, are_degrees)?;
    let remedy = "give the system that the coordinates are in: `crs = \"EPSG:...\"`";
    if transformer.is_degrees() && !are_degrees {
        let [x, y] = strange.unwrap_or_default();
        let message = format!(
            "{} has degrees, and the file has coordinates such as ({x}, {y})",
            transformer.crs.text
        );
        return Err(GeoError::new(codes::NOT_DEGREES, message, remedy));
    }
    if transformer.is_meters() && are_degrees && strange.is_none() {
        let any =
            layer.features.iter().any(|f| f.shape.as_ref().is_ok_and(|s| *s != RawShape::Empty));
        if any {
            let message = format!(
                "{} has meters, and all coordinates of the file look like degrees",
                transformer.crs.text
            );
            return Err(GeoError::new(codes::NOT_DEGREES, message, remedy));
        }
    }
    if transformer.crs.source == CrsSource::Assumed {
        report.notes.push(GeoError::new(
            codes::CRS_ASSUMED,
            "the file names no coordinate system; its coordinates look like degrees, and WGS 84 \
             was assumed",
            "say so to be sure: `crs = \"EPSG:4326\"`",
        ));
    }
    if let Some(note) = transformer.note {
        let message = format!("{}: {note}", transformer.crs.text);
        report.notes.push(GeoError::new(codes::DATUM_ACCURACY, message, ""));
    }
    Ok(transformer)
}

#[derive(Clone, Copy)]
pub(crate) enum Column {
    Id,
    Property(usize),
}

pub(crate) fn column(layer: &Layer, name: &str) -> Result<Column, GeoError> {
    if let Some(place) = layer.names.iter().position(|have| **have == *name) {
        return Ok(Column::Property(place));
    }
    let ids = layer.features.iter().any(|feature| feature.id.is_some());
    if ids && (name == "(id)" || name == "id") {
        return Ok(Column::Id);
    }
    Err(GeoError::new(
        codes::NO_CODE_PROPERTY,
        format!("there is no property `{name}`; the layer has {}", listed(layer)),
        "name one of them",
    ))
}

fn listed(layer: &Layer) -> String {
    let ids = layer.features.iter().any(|feature| feature.id.is_some());
    let mut names: Vec<&str> = ids.then_some("(id)").into_iter().collect();
    names.extend(layer.names.iter().map(|name| &**name));
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn code_column(
    layer: &Layer,
    options: &ReadOptions,
    report: &mut Report,
) -> Result<Column, GeoError> {
    if let Some(name) = &options.code_property {
        return column(layer, name);
    }
    if layer.features.is_empty() {
        return Err(nothing(report));
    }
    let all = candidates(layer);
    let best = all.first().filter(|best| best.sureness >= SURE);
    let Some(best) = best else {
        return Err(GeoError::new(
            codes::NO_CODE_PROPERTY,
            format!("no property is a code beyond doubt; the layer has {}", listed(layer)),
            "name the one that values are joined by: `code = \"PROPERTY\"`",
        ));
    };
    let name = best.property.as_deref().unwrap_or("(id)");
    report.notes.push(GeoError::new(
        codes::CODE_CHOSEN,
        format!("the codes were taken from `{name}`: {}", best.reasons.join(", ")),
        format!("name it to be sure: `code = \"{name}\"`"),
    ));
    column(layer, name)
}

fn name_column(layer: &Layer, options: &ReadOptions) -> Result<Option<usize>, GeoError> {
    let name: Arc<str> = match &options.name_property {
        Some(name) => name.as_str().into(),
        None => match name_property(layer) {
            Some(name) => name,
            None => return Ok(None),
        },
    };
    match column(layer, &name)? {
        Column::Property(place) => Ok(Some(place)),
        Column::Id => Ok(None),
    }
}

/// Areas in the order of their first feature.
#[derive(Default)]
struct Groups {
    areas: Vec<Area>,
    places: BTreeMap<Key, usize>,
    several: BTreeMap<usize, u64>,
}

impl Groups {
    fn push(&mut self, area: Area, feature: u64, report: &mut Report) {
        let Some(&place) = self.places.get(&area.code) else {
            self.places.insert(area.code.clone(), self.areas.len());
            self.areas.push(area);
            return;
        };
        *self.several.entry(place).or_default() += 1;
        report.repairs.push(Repair {
            kind: RepairKind::United,
            feature,
            area: area.code.clone(),
            count: 1,
        });
        self.areas[place].shape.0.extend(area.shape.0);
    }

    fn finish(mut self) -> Vec<Area> {
        for place in self.several.into_keys() {
            let shape = &mut self.areas[place].shape;
            let rings = shape.0.iter().map(geo::Polygon::exterior);
            // Islands stay as they are; what meets loses the border between.
            if contact(rings) != Contact::Apart || repair::nested(shape) {
                *shape = repair::united(shape);
            }
        }
        self.areas
    }
}
