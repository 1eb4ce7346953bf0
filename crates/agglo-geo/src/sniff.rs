//! What is in a boundary file, before anything is decided.

use std::path::Path;

use crate::crs::{Crs, Transformer};
use crate::error::GeoError;
use crate::format::{Format, Opened};
use crate::properties::{CodeCandidate, PropertyInfo, candidates, columns, info, name_property};
use crate::raw::RawShape;
use crate::read::placed;
use crate::report::Report;

/// What is in a boundary file.
#[derive(Clone, Debug, PartialEq)]
pub struct Sniff {
    /// Its format.
    pub format: Format,
    /// Its layers; more than one in a GeoPackage, a TopoJSON or a zip.
    pub layers: Vec<String>,
    /// The layer that the rest speaks of.
    pub layer: String,
    /// The coordinate system and how it is known, or why it is not.
    pub crs: Result<Crs, GeoError>,
    /// Number of features.
    pub n_features: usize,
    /// Features that are areas, and features that are points.
    pub n_areas: usize,
    /// Features that are points.
    pub n_points: usize,
    /// The feature's id, as `(id)`, and its properties.
    pub properties: Vec<PropertyInfo>,
    /// Properties that may hold the codes, the likeliest first.
    pub code_candidates: Vec<CodeCandidate>,
    /// The property that most likely holds names.
    pub name_property: Option<String>,
    /// How a Shapefile's text was decoded.
    pub encoding: Option<String>,
}

/// Looks into a file; `layer` as in [`crate::ReadOptions`].
///
/// The whole file is read, because only that tells whether values are distinct; shapes are not
/// checked.
///
/// # Errors
/// `A0901` to `A0906`, `A0912` to `A0914`. A coordinate system that is not known is no error here.
pub fn sniff(path: &Path, layer: Option<&str>) -> Result<Sniff, GeoError> {
    look(path, layer).map_err(|error| error.in_file(path))
}

fn look(path: &Path, wanted: Option<&str>) -> Result<Sniff, GeoError> {
    let opened = Opened::new(path)?;
    let layers = opened.layers()?;
    // A zip of several Shapefiles is looked into by its first, since none is the main one.
    let first = (opened.format == Format::ZippedShapefile).then(|| layers.first()).flatten();
    let layer = opened.layer(wanted.or(first.map(String::as_str)), None, false)?;
    let crs = placed(&layer, None, &mut Report::default())
        .map(|transformer: Transformer| transformer.crs);
    let count = |is: fn(&RawShape) -> bool| {
        layer.features.iter().filter(|feature| feature.shape.as_ref().is_ok_and(is)).count()
    };
    Ok(Sniff {
        format: opened.format,
        layers,
        crs,
        n_features: layer.features.len(),
        n_areas: count(|shape| matches!(shape, RawShape::Polygons(_) | RawShape::Rings(_))),
        n_points: count(|shape| matches!(shape, RawShape::Points(_))),
        properties: columns(&layer).map(|values| info(&values)).collect(),
        code_candidates: candidates(&layer),
        name_property: name_property(&layer).map(|name| name.to_string()),
        encoding: layer.encoding.clone(),
        layer: layer.name,
    })
}
