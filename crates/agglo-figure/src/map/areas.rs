//! Boundaries from GeoJSON and TopoJSON.
//!
//! TopoJSON keeps each border once, as an arc of whole-number steps on a grid; a ring is a chain of
//! arcs, and `~k` is arc `k` backward. The decoder sums the steps as whole numbers before scaling
//! them, so that neighbors meet exactly.
//! Source: Bostock and Metcalf, The TopoJSON Format Specification 1.0.

use std::str::FromStr;

use geojson::feature::Id;
use geojson::{Feature, GeoJson, Geometry, GeometryValue, JsonObject, JsonValue, Position};

use crate::words::Words;

/// A ring of longitudes and latitudes in degrees, closed or not.
pub(super) type Ring = Vec<(f64, f64)>;

/// One area: its code, its name and its polygons, each an outer ring and its holes.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// The code that values are joined by.
    pub code: String,
    /// Its name.
    pub name: Words,
    /// Its polygons.
    pub polygons: Vec<Vec<Vec<(f64, f64)>>>,
}

/// The areas of a map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Areas {
    /// The areas in the order of the file; several features of one code are one area.
    pub areas: Vec<Area>,
}

/// Where codes and names stand in a boundary file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AreaNames<'a> {
    /// Property with the code; `None` for the feature's id.
    pub code: Option<&'a str>,
    /// Property with the English name.
    pub en: Option<&'a str>,
    /// Property with the Chinese name; `None` for the English one.
    pub zh: Option<&'a str>,
    /// The object of a TopoJSON file; `None` for the one with most geometries.
    pub object: Option<&'a str>,
}

/// What is wrong with a boundary file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// Neither GeoJSON nor TopoJSON.
    #[error("this is neither GeoJSON nor TopoJSON: {reason}")]
    Format {
        /// What the reader said.
        reason: String,
    },
    /// No such object in a TopoJSON file.
    #[error("there is no object `{object}`; the file has {have}")]
    NoObject {
        /// The name asked for.
        object: String,
        /// The names there are.
        have: String,
    },
    /// A feature without a code.
    #[error("feature {feature} has no {wanted}; its properties are {have}")]
    NoCode {
        /// The feature, counted from 1.
        feature: usize,
        /// Where the code was looked for.
        wanted: String,
        /// The names of its properties.
        have: String,
    },
    /// A polygon that names an arc the file does not have.
    #[error("a polygon names arc {arc}, but the file has {n_arcs} arcs")]
    NoArc {
        /// The arc.
        arc: i64,
        /// The number of arcs.
        n_arcs: usize,
    },
    /// Coordinates that are no longitudes and latitudes.
    #[error(
        "feature `{code}` has the coordinates ({x}, {y}), which are no degrees; convert the file \
         to longitude and latitude (EPSG:4326)"
    )]
    NotDegrees {
        /// The area's code.
        code: String,
        /// First coordinate, in whole units.
        x: i64,
        /// Second coordinate, in whole units.
        y: i64,
    },
}

impl Areas {
    /// The areas of a GeoJSON or TopoJSON text, told apart by its `type`.
    ///
    /// # Errors
    /// [`MapError`].
    pub fn read(text: &str, names: &AreaNames) -> Result<Areas, MapError> {
        let format = |reason: String| MapError::Format { reason };
        let text = text.trim_start_matches('\u{feff}');
        let value = JsonValue::from_str(text).map_err(|error| format(error.to_string()))?;
        let mut areas = Areas::default();
        if value["type"] == "Topology" {
            read_topology(&value, names, &mut areas)?;
        } else {
            let json = GeoJson::from_str(text).map_err(|error| format(error.to_string()))?;
            let GeoJson::FeatureCollection(collection) = json else {
                return Err(format("the text holds no FeatureCollection".into()));
            };
            for (place, feature) in collection.features.into_iter().enumerate() {
                read_feature(place, feature, names, &mut areas)?;
            }
        }
        Ok(areas)
    }

    fn push(
        &mut self,
        code: String,
        name: Words,
        polygons: Vec<Vec<Ring>>,
    ) -> Result<(), MapError> {
        let mut points = polygons.iter().flatten().flatten();
        let strange = |p: &&(f64, f64)| !(p.0.abs() <= 360.0 && p.1.abs() <= 90.0 + 1e-6);
        if let Some(&(x, y)) = points.find(strange) {
            return Err(MapError::NotDegrees { code, x: x as i64, y: y as i64 });
        }
        match self.areas.iter_mut().find(|area| area.code == code) {
            Some(area) => area.polygons.extend(polygons),
            None => self.areas.push(Area { code, name, polygons }),
        }
        Ok(())
    }
}

fn text_of(value: &JsonValue) -> Option<String> {
    match value {
        JsonValue::String(text) if !text.is_empty() => Some(text.clone()),
        JsonValue::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The code and name of the feature at `place`.
fn described(
    place: usize,
    id: Option<String>,
    properties: Option<&JsonObject>,
    names: &AreaNames,
) -> Result<(String, Words), MapError> {
    let property = |name: &str| properties.and_then(|p| p.get(name)).and_then(text_of);
    let code = match names.code {
        Some(name) => property(name),
        None => id,
    };
    let missing = || MapError::NoCode {
        feature: place + 1,
        wanted: names.code.map_or("id".into(), |name| format!("property `{name}`")),
        have: properties.map_or_else(
            || "none".into(),
            |p| p.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
        ),
    };
    // A disputed area may have a name and no code: it is drawn, and no value finds it.
    let en = names.en.and_then(property);
    let code = match (code, &en) {
        (Some(code), _) => code,
        (None, Some(_)) => format!("#{}", place + 1),
        (None, None) => return Err(missing()),
    };
    let en = en.unwrap_or_else(|| code.clone());
    let zh = names.zh.and_then(property).unwrap_or_else(|| en.clone());
    Ok((code, Words { en, zh }))
}

fn read_feature(
    place: usize,
    feature: Feature,
    names: &AreaNames,
    areas: &mut Areas,
) -> Result<(), MapError> {
    let id = feature.id.map(|id| match id {
        Id::String(text) => text,
        Id::Number(number) => number.to_string(),
    });
    let (code, name) = described(place, id, feature.properties.as_ref(), names)?;
    let mut polygons = Vec::new();
    if let Some(geometry) = &feature.geometry {
        collect(geometry, &mut polygons);
    }
    areas.push(code, name, polygons)
}

fn collect(geometry: &Geometry, polygons: &mut Vec<Vec<Ring>>) {
    let ring = |positions: &Vec<Position>| -> Ring {
        positions.iter().filter(|p| p.len() >= 2).map(|p| (p[0], p[1])).collect()
    };
    match &geometry.value {
        GeometryValue::Polygon { coordinates } => {
            polygons.push(coordinates.iter().map(ring).collect());
        }
        GeometryValue::MultiPolygon { coordinates } => {
            polygons.extend(coordinates.iter().map(|rings| rings.iter().map(ring).collect()));
        }
        GeometryValue::GeometryCollection { geometries } => {
            for inner in geometries {
                collect(inner, polygons);
            }
        }
        _ => {}
    }
}

fn list(value: &JsonValue) -> &[JsonValue] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn read_topology(
    topology: &JsonValue,
    names: &AreaNames,
    areas: &mut Areas,
) -> Result<(), MapError> {
    let arcs = read_arcs(topology)?;
    let Some(objects) = topology["objects"].as_object() else {
        return Err(MapError::Format { reason: "the topology has no objects".into() });
    };
    let object = match names.object {
        Some(name) => objects.get(name),
        // A file of states often holds their nation too; the object with most parts is meant.
        None => objects.values().rev().max_by_key(|object| list(&object["geometries"]).len()),
    };
    let object = object.ok_or_else(|| MapError::NoObject {
        object: names.object.unwrap_or_default().into(),
        have: objects.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
    })?;
    let features = match object["type"].as_str() {
        Some("GeometryCollection") => list(&object["geometries"]),
        _ => std::slice::from_ref(object),
    };
    for (place, feature) in features.iter().enumerate() {
        let properties = feature["properties"].as_object();
        let (code, name) = described(place, text_of(&feature["id"]), properties, names)?;
        let mut polygons = Vec::new();
        collect_topology(feature, &arcs, &mut polygons)?;
        areas.push(code, name, polygons)?;
    }
    Ok(())
}

fn read_arcs(topology: &JsonValue) -> Result<Vec<Ring>, MapError> {
    let broken = || MapError::Format { reason: "an arc holds something else than numbers".into() };
    let transform = &topology["transform"];
    let pair = |name: &str| {
        let pair = &transform[name];
        Some((pair[0].as_f64()?, pair[1].as_f64()?))
    };
    let grid = pair("scale").zip(pair("translate"));
    let mut arcs = Vec::new();
    for arc in list(&topology["arcs"]) {
        let mut points = Ring::new();
        let (mut x, mut y) = (0_i64, 0_i64);
        for position in list(arc) {
            let point = match grid {
                Some((scale, translate)) => {
                    let (dx, dy) =
                        position[0].as_i64().zip(position[1].as_i64()).ok_or_else(broken)?;
                    x = x.saturating_add(dx);
                    y = y.saturating_add(dy);
                    (x as f64 * scale.0 + translate.0, y as f64 * scale.1 + translate.1)
                }
                None => position[0].as_f64().zip(position[1].as_f64()).ok_or_else(broken)?,
            };
            points.push(point);
        }
        arcs.push(points);
    }
    Ok(arcs)
}

fn stitched(indices: &JsonValue, arcs: &[Ring]) -> Result<Ring, MapError> {
    let mut ring = Ring::new();
    for index in list(indices) {
        let index = index.as_i64().unwrap_or(i64::MAX);
        let place = if index < 0 { !index } else { index };
        let arc = usize::try_from(place).ok().and_then(|place| arcs.get(place));
        let arc = arc.ok_or(MapError::NoArc { arc: index, n_arcs: arcs.len() })?;
        // Each arc starts where the one before ends.
        let skip = usize::from(!ring.is_empty());
        if index < 0 {
            ring.extend(arc.iter().rev().skip(skip));
        } else {
            ring.extend(arc.iter().skip(skip));
        }
    }
    Ok(ring)
}

fn collect_topology(
    geometry: &JsonValue,
    arcs: &[Ring],
    polygons: &mut Vec<Vec<Ring>>,
) -> Result<(), MapError> {
    let polygon = |rings: &JsonValue| -> Result<Vec<Ring>, MapError> {
        list(rings).iter().map(|ring| stitched(ring, arcs)).collect()
    };
    match geometry["type"].as_str() {
        Some("Polygon") => polygons.push(polygon(&geometry["arcs"])?),
        Some("MultiPolygon") => {
            for rings in list(&geometry["arcs"]) {
                polygons.push(polygon(rings)?);
            }
        }
        Some("GeometryCollection") => {
            for inner in list(&geometry["geometries"]) {
                collect_topology(inner, arcs, polygons)?;
            }
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two unit squares that share a border; the right one runs along it backward.
    const TOPOLOGY: &str = r#"{"type":"Topology","transform":{"scale":[0.5,0.5],"translate":[10,20]},
        "objects":{"a":{"type":"GeometryCollection","geometries":[
            {"type":"Polygon","id":"left","arcs":[[0,1]]},
            {"type":"MultiPolygon","id":7,"arcs":[[[-1,2]]],"properties":{"name":"Right & far"}}]}},
        "arcs":[[[2,0],[0,2]],[[2,2],[-2,0],[0,-2],[2,0]],[[2,0],[2,0],[0,2],[-2,0]]]}"#;

    #[test]
    fn arcs_are_scaled_chained_and_turned() {
        let areas = Areas::read(TOPOLOGY, &AreaNames::default()).unwrap();
        assert_eq!(areas.areas[0].code, "left");
        let left = &areas.areas[0].polygons[0][0];
        assert_eq!(left, &[(11.0, 20.0), (11.0, 21.0), (10.0, 21.0), (10.0, 20.0), (11.0, 20.0)]);
        let right = &areas.areas[1].polygons[0][0];
        assert_eq!(right, &[(11.0, 21.0), (11.0, 20.0), (12.0, 20.0), (12.0, 21.0), (11.0, 21.0)]);
        assert_eq!(areas.areas[1].code, "7");
    }

    #[test]
    fn what_is_missing_is_named() {
        let names = AreaNames { object: Some("b"), ..AreaNames::default() };
        let error = Areas::read(TOPOLOGY, &names).unwrap_err().to_string();
        assert_eq!(error, "there is no object `b`; the file has a");
        let names = AreaNames { code: Some("name"), ..AreaNames::default() };
        assert!(matches!(Areas::read(TOPOLOGY, &names), Err(MapError::NoCode { feature: 1, .. })));
        let broken = TOPOLOGY.replace("[[0,1]]", "[[0,9]]");
        let found = Areas::read(&broken, &AreaNames::default());
        assert_eq!(found, Err(MapError::NoArc { arc: 9, n_arcs: 3 }));
        assert!(matches!(Areas::read("{", &names), Err(MapError::Format { .. })));
    }

    #[test]
    fn features_of_one_code_become_one_area_and_meters_are_refused() {
        let square = |x: f64, code: &str| {
            format!(
                r#"{{"type":"Feature","properties":{{"c":"{code}"}},"geometry":{{"type":"Polygon",
                "coordinates":[[[{x},0],[{x},1],[1,1],[{x},0]]]}}}}"#
            )
        };
        let names = AreaNames { code: Some("c"), ..AreaNames::default() };
        let text = |a: f64| {
            let (a, b) = (square(a, "x"), square(3.0, "x"));
            format!(r#"{{"type":"FeatureCollection","features":[{a},{b}]}}"#)
        };
        let areas = Areas::read(&text(2.0), &names).unwrap();
        assert_eq!((areas.areas.len(), areas.areas[0].polygons.len()), (1, 2));
        let meters = Areas::read(&text(430_000.0), &names);
        assert!(matches!(meters, Err(MapError::NotDegrees { x: 430_000, .. })), "{meters:?}");
    }

    #[test]
    fn every_county_of_the_united_states_is_decoded_and_its_rings_close() {
        let path = "boundaries/us_atlas_counties-10m.topojson";
        let Some(path) = agglo_testkit::shared_data(path) else { return };
        let text = std::fs::read_to_string(path).unwrap();
        let names =
            AreaNames { en: Some("name"), object: Some("counties"), ..AreaNames::default() };
        let areas = Areas::read(&text, &names).unwrap();
        assert_eq!(areas.areas.len(), 3_231);
        // Counts and twice the signed area in grid cells by an independent decoder in Python.
        let rings: Vec<&Ring> =
            areas.areas.iter().flat_map(|a| a.polygons.iter().flatten()).collect();
        assert!(rings.iter().all(|ring| ring.first() == ring.last()));
        assert_eq!(rings.len(), 3_531);
        assert_eq!(rings.iter().map(|ring| ring.len()).sum::<usize>(), 68_279);
        let cell = 0.003_589_293_992_939_929 * 0.000_859_059_690_596_905_8;
        let twice: f64 = rings
            .iter()
            .flat_map(|ring| ring.windows(2))
            .map(|pair| pair[0].0 * pair[1].1 - pair[1].0 * pair[0].1)
            .sum();
        agglo_testkit::assert_close(twice / cell, -717_066_290.0, 1.0);
    }
}
