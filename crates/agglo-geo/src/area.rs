//! Areas and what can be measured and written of them.

use agglo_core::Key;
use geo::{
    Area as _, BoundingRect, Centroid, Coord, GeodesicArea, InteriorPoint, LineString,
    MultiPolygon, Point, Rect,
};
use serde_json::Value;

use crate::crs::Crs;
use crate::format::Format;
use crate::raw::Property;
use crate::report::Report;

/// One area with its code.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// What values are joined by, exactly as in the file.
    pub code: Key,
    /// Its name.
    pub name: Option<Key>,
    /// Its properties in the order of the file; of several features, those of the first.
    pub properties: Vec<(Key, Property)>,
    /// Its shape in degrees of longitude and latitude on WGS 84; outer rings run counterclockwise,
    /// holes clockwise, and no two edges cross.
    pub shape: MultiPolygon<f64>,
}

impl Area {
    /// Square kilometers on the WGS 84 ellipsoid, edges being geodesics.
    ///
    /// Cost: O(corners), about a microsecond each. Source: Karney (2013), Algorithms for geodesics,
    /// Journal of Geodesy 87, 43–55.
    pub fn area_km2(&self) -> f64 {
        self.shape.geodesic_area_unsigned() / 1e6
    }

    /// The center of mass of the shape in the plane of longitude and latitude; it may lie outside.
    pub fn centroid(&self) -> Option<Point<f64>> {
        self.shape.centroid()
    }

    /// A point inside the largest polygon, where a label may stand.
    pub fn label_point(&self) -> Option<Point<f64>> {
        let largest = self
            .shape
            .0
            .iter()
            .max_by(|one, other| one.unsigned_area().total_cmp(&other.unsigned_area()));
        largest.and_then(InteriorPoint::interior_point)
    }

    /// West, south, east, north in degrees.
    pub fn bbox(&self) -> Option<[f64; 4]> {
        self.shape.bounding_rect().map(corners)
    }
}

fn corners(bounds: Rect<f64>) -> [f64; 4] {
    [bounds.min().x, bounds.min().y, bounds.max().x, bounds.max().y]
}

/// The areas of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Boundaries {
    /// The areas in the order of the file; codes are distinct.
    pub areas: Vec<Area>,
    /// The system that the file was in.
    pub crs: Crs,
    /// The format of the file.
    pub format: Format,
    /// The layer that was read.
    pub layer: String,
    /// How a Shapefile's text was decoded.
    pub encoding: Option<String>,
    /// What became of every feature.
    pub report: Report,
}

impl Boundaries {
    /// The area with this code.
    pub fn area(&self, code: &str) -> Option<&Area> {
        self.areas.iter().find(|area| &*area.code == code)
    }

    /// West, south, east, north in degrees.
    pub fn bbox(&self) -> Option<[f64; 4]> {
        self.areas
            .iter()
            .filter_map(Area::bbox)
            .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
    }
}

/// The areas as GeoJSON (RFC 7946): the code as the feature's id, its properties, and its name as
/// `name` where no property is called so.
///
/// Outer rings run counterclockwise. Coordinates have nine decimals at most, a tenth of a
/// millimeter. The same areas give the same bytes.
pub fn to_geojson(boundaries: &Boundaries) -> String {
    let mut text = String::from("{\"type\":\"FeatureCollection\",\"features\":[");
    for (at, area) in boundaries.areas.iter().enumerate() {
        text.push_str(if at == 0 { "\n" } else { ",\n" });
        text.push_str(&format!("{{\"type\":\"Feature\",\"id\":{}", quoted(&area.code)));
        text.push_str(",\"properties\":{");
        let mut pairs: Vec<String> = area
            .properties
            .iter()
            .map(|(name, value)| format!("{}:{}", quoted(name), json(value)))
            .collect();
        if let Some(name) = &area.name
            && !area.properties.iter().any(|(key, _)| &**key == "name")
        {
            pairs.push(format!("\"name\":{}", quoted(name)));
        }
        text.push_str(&pairs.join(","));
        text.push_str("},\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":[");
        for (place, polygon) in area.shape.0.iter().enumerate() {
            text.push_str(if place == 0 { "[" } else { ",[" });
            ring(&mut text, polygon.exterior());
            for hole in polygon.interiors() {
                text.push(',');
                ring(&mut text, hole);
            }
            text.push(']');
        }
        text.push_str("]}}");
    }
    text.push_str("\n]}\n");
    text
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn json(value: &Property) -> String {
    match value {
        Property::Missing => Value::Null,
        Property::Text(text) => Value::from(&**text),
        Property::Integer(number) => Value::from(*number),
        Property::Number(number) => Value::from(*number),
        Property::Flag(flag) => Value::from(*flag),
    }
    .to_string()
}

fn ring(text: &mut String, line: &LineString<f64>) {
    text.push('[');
    for (at, Coord { x, y }) in line.coords().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        text.push_str(&format!("{comma}[{},{}]", rounded(*x), rounded(*y)));
    }
    text.push(']');
}

fn rounded(degrees: f64) -> f64 {
    // Adding zero turns −0 into 0.
    (degrees * 1e9).round() / 1e9 + 0.0
}
