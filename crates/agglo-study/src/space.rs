//! Who is whose neighbor: from boundaries, from coordinates, or from a file of weights.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use agglo_core::{Axis, Column, Datum, Frame, Key, Note, Weights};
use agglo_data::{BAD_SETTING, DataError, Diagnostic};
use agglo_geo::{Boundaries, Contiguity, Tolerance, contiguity};
use agglo_methods::space::weights::{
    FileWeights, Islands, Metric, Sites, distance_band, inverse_distance, nearest, settle_islands,
    smallest_band,
};

use crate::record::{DataRecord, NoteRecord};
use crate::run::CODE;
use crate::spec::{SpaceSpec, Spec, WeightsRule};

mod given;
mod kept;

pub use given::{Given, GivenRule, GivenWeights, is_neighbor_file, read_given};

use kept::Kept;

/// The table that holds the weights.
pub(crate) const TABLE: &str = "weights";

/// Neighbors of `nearest` when the study names no number.
const NEAREST: usize = 6;

/// Weights and where they are from.
pub(crate) struct Neighbors {
    pub(crate) frame: Frame,
    pub(crate) record: DataRecord,
}

/// What the weights may be made from.
pub(crate) struct Places<'p> {
    pub(crate) boundaries: Option<&'p Boundaries>,
    /// The table `region`.
    pub(crate) regions: Option<&'p Frame>,
}

/// How the neighbors of a study are found.
enum Way<'s> {
    /// From a file of weights.
    File(&'s str),
    /// By a rule.
    Rule(WeightsRule),
}

/// The weights that the study asks for, over the regions `codes`; `None` where it asks for none and has neither
/// boundaries nor coordinates. Those of an earlier run are taken where nothing that they rest on has changed,
/// and with `keep` what they rest on is noted beside them.
///
/// # Errors
/// A rule without what it needs, a file that is not one of weights, islands where none may be.
pub(crate) fn neighbors(
    root: &Path,
    spec: &Spec,
    places: &Places<'_>,
    codes: &[Key],
    keep: bool,
) -> Result<Option<Neighbors>, DataError> {
    if codes.is_empty() {
        return Ok(None);
    }
    let by_places = places.regions.is_some_and(has_coordinates);
    let way = match (&spec.space.file, spec.space.weights, places.boundaries, by_places) {
        (Some(file), ..) => Way::File(file),
        (None, Some(rule), ..) => Way::Rule(rule),
        (None, None, Some(_), _) => Way::Rule(WeightsRule::Queen),
        (None, None, None, true) => Way::Rule(WeightsRule::Nearest),
        (None, None, None, false) => return Ok(None),
    };
    let files = files(root, spec, places, &way)?;
    let key = key(spec, places, codes, &files);
    let kept = Kept::of(root);
    if keep && let Some(neighbors) = kept.take(&key) {
        return Ok(Some(neighbors));
    }
    let made = make(root, spec, places, codes, &way, files)?;
    if keep {
        kept.note(&key, &made)?;
    }
    Ok(Some(made))
}

fn make(
    root: &Path,
    spec: &Spec,
    places: &Places<'_>,
    codes: &[Key],
    way: &Way<'_>,
    files: BTreeMap<String, String>,
) -> Result<Neighbors, DataError> {
    let axis = Arc::new(Axis::new(codes.iter().cloned()));
    let space = &spec.space;
    let (weights, rule) = match way {
        Way::File(file) => (from_file(root, file, &axis)?, format!("file {file}")),
        Way::Rule(rule) => by_rule(space, *rule, places, &axis)?,
    };
    let settled = {
        let policy = match space.islands.as_deref() {
            None => Islands::Keep,
            Some(name) => Islands::from_name(name).ok_or_else(|| {
                let message = format!("[space] islands = {name:?} is no policy");
                bad(message, &format!("write one of {}", Islands::NAMES.join(", ")))
            })?,
        };
        let sites = sites(places, &axis).ok();
        settle_islands(&weights, policy, sites.as_ref(), |_| 1.0)
            .map_err(|error| bad(format!("[space] {error}"), "set `islands`, or another rule"))?
    };
    Ok(Neighbors {
        frame: frame(&settled.weights)?,
        record: record(&settled.weights, settled.islands.len(), &rule, files),
    })
}

/// The hash of everything that the weights rest on.
fn key(
    spec: &Spec,
    places: &Places<'_>,
    codes: &[Key],
    files: &BTreeMap<String, String>,
) -> String {
    let coordinates = places.regions.filter(|frame| has_coordinates(frame));
    let boundaries = (&spec.geo.boundary_layer, &spec.geo.boundary_crs, &spec.geo.boundary_code);
    let rule = SpaceSpec { permutations: None, pair: Vec::new(), ..spec.space.clone() };
    let parts = [
        CODE.to_owned(),
        format!("{rule:?}"),
        format!("{boundaries:?}"),
        format!("{codes:?}"),
        format!("{files:?}"),
        coordinates.map(agglo_data::hash_frame).unwrap_or_default(),
    ];
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

fn by_rule(
    space: &SpaceSpec,
    rule: WeightsRule,
    places: &Places<'_>,
    axis: &Arc<Axis>,
) -> Result<(Weights, String), DataError> {
    let rule_of_borders = |rule: Contiguity, name: &str| {
        let boundaries = places.boundaries.ok_or_else(|| {
            bad(
                format!("[space] weights = {name:?} needs boundaries"),
                "name them as [geo] boundaries, or use `nearest` with coordinates",
            )
        })?;
        let tolerance = Tolerance::meters(space.tolerance_m).ok_or_else(|| {
            let message = format!("[space] tolerance_m = {} is out of range", space.tolerance_m);
            bad(message, &format!("write a number from 0 to {}", Tolerance::MAX_M))
        })?;
        let all = contiguity(&boundaries.areas, rule, tolerance);
        let said = match space.tolerance_m {
            0.0 => name.to_owned(),
            meters => format!("{name}, tolerance {meters} m"),
        };
        Ok((on(&all, axis), said))
    };
    match rule {
        WeightsRule::Queen => rule_of_borders(Contiguity::Queen, "queen"),
        WeightsRule::Rook => rule_of_borders(Contiguity::Rook, "rook"),
        WeightsRule::Nearest => {
            let k = space.nearest.unwrap_or(NEAREST);
            Ok((nearest(&sites(places, axis)?, k), format!("nearest {k}")))
        }
        WeightsRule::DistanceBand | WeightsRule::InverseDistance => {
            let sites = sites(places, axis)?;
            let radius = space.distance_km.or_else(|| smallest_band(&sites)).unwrap_or_default();
            let (weights, name) = if rule == WeightsRule::DistanceBand {
                (distance_band(&sites, radius), "distance-band")
            } else {
                let weights = inverse_distance(&sites, radius, 1.0);
                let wrong = |error| bad(format!("[space] {error}"), "use `distance-band`");
                (weights.map_err(wrong)?, "inverse-distance")
            };
            Ok((weights, format!("{name} {radius:.1} km")))
        }
    }
}

fn from_file(root: &Path, file: &str, axis: &Arc<Axis>) -> Result<Weights, DataError> {
    let read = read_weights(&root.join(file), file, Some(axis))?;
    let wrong = |error| bad(format!("{file}: {error}"), "see docs/guide/spatial-weights.md");
    Ok(read.on(axis.clone()).map_err(wrong)?.0)
}

/// A file of weights; `name` is what messages call it, `known` the ids that it may hold.
fn read_weights(
    path: &Path,
    name: &str,
    known: Option<&Arc<Axis>>,
) -> Result<FileWeights, DataError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        bad(format!("{name} could not be read: {error}"), "name a text file: GAL, GWT or CSV")
    })?;
    let read = match ending(path).as_str() {
        "gal" => FileWeights::from_gal(&text),
        "gwt" | "kwt" => FileWeights::from_gwt(&text, known.map(AsRef::as_ref)),
        _ => FileWeights::from_csv(&text),
    };
    read.map_err(|error| bad(format!("{name}: {error}"), "see docs/guide/spatial-weights.md"))
}

/// What the name of a file ends in, in small letters.
fn ending(path: &Path) -> String {
    path.extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// The weights among the regions of `axis`; one that `all` does not know has no neighbor.
fn on(all: &Weights, axis: &Arc<Axis>) -> Weights {
    let place: Vec<Option<u32>> =
        all.axis().codes().iter().map(|code| axis.place(code).map(|at| at as u32)).collect();
    let edges = all.edges().filter_map(|(from, to, weight)| {
        Some((place[from as usize]?, place[to as usize]?, weight))
    });
    match Weights::from_edges(axis.clone(), edges.collect()) {
        Ok(weights) => weights,
        Err(error) => panic!("edges of weights are edges: {error}"),
    }
}

fn has_coordinates(frame: &Frame) -> bool {
    [["lon", "lat"], ["x_km", "y_km"]]
        .iter()
        .any(|pair| pair.iter().all(|column| frame.has(column)))
}

/// Where the regions lie: their coordinates, else the centers of their shapes.
fn sites(places: &Places<'_>, axis: &Arc<Axis>) -> Result<Sites, DataError> {
    let mut known: BTreeMap<Key, [f64; 2]> = BTreeMap::new();
    let mut metric = Metric::Geodesic;
    if let Some(frame) = places.regions.filter(|frame| has_coordinates(frame)) {
        let degrees = frame.has("lon") && frame.has("lat");
        let (x, y) = if degrees { ("lon", "lat") } else { ("x_km", "y_km") };
        metric = if degrees { Metric::Geodesic } else { Metric::Planar };
        let wrong = |error: agglo_core::FrameError| bad(format!("region: {error}"), "");
        let codes = frame.keys("region").map_err(wrong)?;
        let (x, y) = (frame.numbers(x).map_err(wrong)?, frame.numbers(y).map_err(wrong)?);
        for ((code, x), y) in codes.into_iter().zip(x).zip(y) {
            if let (Datum::Number(x), Datum::Number(y)) = (x, y) {
                known.insert(code, [x, y]);
            }
        }
    } else if let Some(boundaries) = places.boundaries {
        for area in &boundaries.areas {
            if let Some(center) = area.centroid() {
                known.insert(area.code.clone(), [center.x(), center.y()]);
            }
        }
    }
    let missing: Vec<&str> =
        axis.codes().iter().filter(|code| !known.contains_key(*code)).map(AsRef::as_ref).collect();
    if let Some(first) = missing.first() {
        let message = format!(
            "[space] {} of {} regions have no place; the first is {first}",
            missing.len(),
            axis.len()
        );
        return Err(bad(
            message,
            "give `lon` and `lat`, or `x_km` and `y_km`, in the table `region`",
        ));
    }
    let at = axis.codes().iter().map(|code| known[code]).collect();
    Sites::new(axis.clone(), at, metric)
        .map_err(|error| bad(format!("[space] {error}"), "correct the table `region`"))
}

/// The files that the weights are made from, with their hashes.
fn files(
    root: &Path,
    spec: &Spec,
    places: &Places<'_>,
    way: &Way<'_>,
) -> Result<BTreeMap<String, String>, DataError> {
    let by_borders = matches!(way, Way::Rule(WeightsRule::Queen | WeightsRule::Rook));
    let by_coordinates = places.regions.is_some_and(has_coordinates) && !by_borders;
    let named: Vec<String> = match (way, &spec.geo.boundaries) {
        (Way::File(file), _) => vec![(*file).to_owned()],
        (Way::Rule(_), _) if by_coordinates => {
            let blocks = spec.data.iter().filter(|data| data.table_name() == "region");
            blocks.map(|data| data.file.clone()).collect()
        }
        (Way::Rule(_), Some(file)) if places.boundaries.is_some() => vec![file.clone()],
        (Way::Rule(_), _) => Vec::new(),
    };
    // Coordinates at an address, or in files of a pattern, have their hashes with the table itself.
    let is_file = |file: &String| matches!(way, Way::File(_)) || root.join(file).is_file();
    let hashed = named.into_iter().filter(is_file).map(|file| {
        let hash = agglo_data::hash_file(&root.join(&file))?;
        Ok((file, hash))
    });
    hashed.collect()
}

fn frame(weights: &Weights) -> Result<Frame, DataError> {
    let codes = weights.axis().codes();
    let edges: Vec<(u32, u32, f64)> = weights.edges().collect();
    Frame::new(vec![
        Column::text("region", edges.iter().map(|edge| codes[edge.0 as usize].clone())),
        Column::text("neighbor", edges.iter().map(|edge| codes[edge.1 as usize].clone())),
        Column::numbers("weight", "1", edges.iter().map(|edge| edge.2)),
    ])
    .map_err(|error| bad(error.to_string(), ""))
}

fn record(
    weights: &Weights,
    n_islands: usize,
    rule: &str,
    files: BTreeMap<String, String>,
) -> DataRecord {
    let (n, edges) = (weights.len(), weights.n_edges());
    let note = Note::new(
        "spatial-weights",
        format!(
            "neighbors by the rule {rule}: {edges} links of {n} regions, {n_islands} without one"
        ),
        format!("邻近规则 {rule}：{n} 个地区共 {edges} 条联系，{n_islands} 个地区无邻居"),
    );
    DataRecord {
        name: "space".to_owned(),
        table: TABLE.to_owned(),
        files,
        reader: rule.to_owned(),
        encoding: String::new(),
        rows_read: edges as u64,
        rows_used: edges as u64,
        rows_rejected: 0,
        rows_totals: 0,
        rows_filtered: 0,
        rows_notes: 0,
        notes: vec![NoteRecord::from(&note)],
    }
}

fn bad(message: String, remedy: &str) -> DataError {
    Diagnostic::new(BAD_SETTING, message, remedy).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(space: &str) -> Spec {
        let text = format!("[study]\nid = \"s\"\ntitle = {{ en = \"S\" }}\n{space}");
        toml::from_str(&text).unwrap()
    }

    fn places() -> Frame {
        Frame::new(vec![
            Column::text("region", ["a", "b", "c"]),
            Column::numbers("x_km", "km", [0.0, 1.0, 5.0]),
            Column::numbers("y_km", "km", [0.0, 0.0, 0.0]),
        ])
        .unwrap()
    }

    fn edges(space: &str, codes: &[&str]) -> Result<Vec<String>, String> {
        let frame = places();
        let places = Places { boundaries: None, regions: Some(&frame) };
        let codes: Vec<Key> = codes.iter().map(|code| Key::from(*code)).collect();
        let found = neighbors(Path::new(""), &spec(space), &places, &codes, false);
        let frame = found.map_err(|error| error.to_string())?.unwrap().frame;
        let pairs = frame.keys("region").unwrap().into_iter().zip(frame.keys("neighbor").unwrap());
        Ok(pairs.map(|(one, two)| format!("{one}{two}")).collect())
    }

    #[test]
    fn coordinates_alone_give_the_nearest() {
        let one = edges("[space]\nnearest = 1", &["a", "b", "c"]).unwrap();
        assert_eq!(one, ["ab", "ba", "cb"]);
        let band = "[space]\nweights = \"distance-band\"\ndistance_km = 2.0";
        assert_eq!(edges(band, &["a", "b", "c"]).unwrap(), ["ab", "ba"]);
        let attached = format!("{band}\nislands = \"nearest\"");
        assert_eq!(edges(&attached, &["a", "b", "c"]).unwrap(), ["ab", "ba", "bc", "cb"]);
    }

    #[test]
    fn what_is_lacking_is_said() {
        let said = |space: &str, codes: &[&str]| edges(space, codes).unwrap_err();
        assert!(said("[space]\nweights = \"queen\"", &["a"]).contains("needs boundaries"));
        assert!(said("", &["a", "z"]).contains("1 of 2 regions have no place; the first is z"));
        let lonely = "[space]\nweights = \"distance-band\"\ndistance_km = 2.0\nislands = \"error\"";
        assert!(said(lonely, &["a", "b", "c"]).contains("have no neighbor"));
        assert!(said("[space]\nislands = \"sink\"", &["a", "b"]).contains("keep, error"));
    }
}
