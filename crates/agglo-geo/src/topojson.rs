//! TopoJSON: each border once, as an arc of whole-number steps on a grid.
//!
//! A ring is a chain of arcs, and `~k` is arc `k` backward. Steps are summed as whole numbers
//! before they are scaled, so that neighbors meet exactly.
//! Source: Bostock and Metcalf, The TopoJSON Format Specification 1.0.

use serde_json::Value;

use crate::codes;
use crate::error::GeoError;
use crate::json::{id, list, not_empty, position, values};
use crate::raw::{Declared, Layer, MAX_NESTING, Names, RawFeature, RawShape, Reject, Ring};

/// What chained arcs may add up to, as a multiple of the points in the file, and at least.
///
/// One arc may be named by any number of rings; a small file could otherwise unfold without end.
const UNFOLDING: (usize, usize) = (64, 1 << 20);

/// The names of the objects with the number of their geometries.
pub(crate) fn layers(root: &Value) -> Vec<(String, usize)> {
    let objects = root["objects"].as_object();
    let count = |object: &Value| match object["type"].as_str() {
        Some("GeometryCollection") => list(&object["geometries"]).len(),
        _ => 1,
    };
    objects.into_iter().flatten().map(|(name, object)| (name.clone(), count(object))).collect()
}

/// One object of a TopoJSON tree; without a name, the one with most geometries.
pub(crate) fn layer(root: &Value, wanted: Option<&str>) -> Result<Layer, GeoError> {
    let all = layers(root);
    // A file of counties often holds their states too; the object with most parts is meant.
    let name = match wanted {
        Some(name) => all.iter().find(|(have, _)| have == name),
        None => all.iter().rev().max_by_key(|(_, n)| *n),
    };
    let Some((name, _)) = name else {
        let have: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
        return Err(no_layer(wanted, &have));
    };
    let object = &root["objects"][name.as_str()];
    let mut arcs = read_arcs(root)?;
    let parts = match object["type"].as_str() {
        Some("GeometryCollection") => list(&object["geometries"]),
        _ => std::slice::from_ref(object),
    };
    let mut names = Names::default();
    let features = parts
        .iter()
        .map(|part| RawFeature {
            id: id(&part["id"]),
            values: values(&part["properties"], &mut names),
            shape: geometry(part, &mut arcs, 0).map(not_empty),
        })
        .collect();
    Ok(Layer {
        name: name.clone(),
        crs: Declared::Standard("the TopoJSON specification"),
        names: names.into_vec(),
        features,
        counterclockwise_rule: false,
        encoding: None,
    })
}

/// The error for a layer that is not there.
pub(crate) fn no_layer(wanted: Option<&str>, have: &[&str]) -> GeoError {
    let have = if have.is_empty() { "none".to_owned() } else { have.join(", ") };
    let what = match wanted {
        Some(name) => format!("there is no layer `{name}`; the file has {have}"),
        None => format!("the file has no layer with shapes (layers: {have})"),
    };
    GeoError::new(codes::NO_LAYER, what, "name one of them: `layer = \"NAME\"`")
}

struct Arcs {
    arcs: Vec<Ring>,
    /// Points that rings may still take from arcs.
    left: usize,
}

fn read_arcs(root: &Value) -> Result<Arcs, GeoError> {
    let broken = || GeoError::damaged("an arc holds something else than numbers");
    let transform = &root["transform"];
    let pair = |name: &str| Some((transform[name][0].as_f64()?, transform[name][1].as_f64()?));
    let grid = pair("scale").zip(pair("translate"));
    let mut arcs = Vec::new();
    for arc in list(&root["arcs"]) {
        let mut points = Ring::new();
        let (mut x, mut y) = (0_i64, 0_i64);
        for step in list(arc) {
            points.push(match grid {
                Some((scale, translate)) => {
                    let (dx, dy) = step[0].as_i64().zip(step[1].as_i64()).ok_or_else(broken)?;
                    x = x.saturating_add(dx);
                    y = y.saturating_add(dy);
                    [x as f64 * scale.0 + translate.0, y as f64 * scale.1 + translate.1]
                }
                None => position(step).map_err(|_| broken())?,
            });
        }
        arcs.push(points);
    }
    let points: usize = arcs.iter().map(Vec::len).sum();
    Ok(Arcs { arcs, left: points.saturating_mul(UNFOLDING.0).max(UNFOLDING.1) })
}

fn stitched(indices: &Value, arcs: &mut Arcs) -> Result<Ring, Reject> {
    let mut ring = Ring::new();
    for index in list(indices) {
        let index =
            index.as_i64().ok_or_else(|| Reject::damaged("an arc's number is no number"))?;
        let place = if index < 0 { !index } else { index };
        let arc = usize::try_from(place).ok().and_then(|place| arcs.arcs.get(place));
        let arc = arc.ok_or_else(|| {
            Reject::damaged(format!(
                "a ring names arc {index}, and the file has {} arcs",
                arcs.arcs.len()
            ))
        })?;
        arcs.left = arcs
            .left
            .checked_sub(arc.len())
            .ok_or_else(|| Reject::damaged("its rings name the same arcs without end"))?;
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

fn geometry(value: &Value, arcs: &mut Arcs, depth: usize) -> Result<RawShape, Reject> {
    if depth > MAX_NESTING {
        return Err(Reject::damaged("collections are nested too deep"));
    }
    let mut polygon = |rings: &Value| -> Result<Vec<Ring>, Reject> {
        list(rings).iter().map(|ring| stitched(ring, arcs)).collect()
    };
    Ok(match value["type"].as_str() {
        Some("Polygon") => RawShape::Polygons(vec![polygon(&value["arcs"])?]),
        Some("MultiPolygon") => {
            RawShape::Polygons(list(&value["arcs"]).iter().map(polygon).collect::<Result<_, _>>()?)
        }
        Some("GeometryCollection") => {
            let mut all = RawShape::Empty;
            for part in list(&value["geometries"]) {
                all.absorb(geometry(part, arcs, depth + 1)?);
            }
            all
        }
        Some("Point" | "MultiPoint") => RawShape::Other("point"),
        Some("LineString" | "MultiLineString") => RawShape::Other("line"),
        None if value["type"].is_null() => RawShape::Empty,
        _ => return Err(Reject::damaged("the geometry has no known type")),
    })
}
