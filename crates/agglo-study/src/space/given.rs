//! Neighbors from a file by itself: a file of weights, or boundaries and a rule.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use agglo_core::{Axis, Column, Frame, Key, Note, Values, Weights};
use agglo_data::{DataError, Diagnostic};
use agglo_geo::ReadOptions;

use super::{Places, bad, by_rule, ending, frame, read_weights};
use crate::spec::{SpaceSpec, WeightsRule};

/// Endings of files of weights.
const WEIGHTS: [&str; 3] = ["gal", "gwt", "kwt"];
/// Endings of boundary files; a Parquet file is taken for a table.
const BOUNDARIES: [&str; 7] = ["geojson", "json", "topojson", "shp", "zip", "gpkg", "fgb"];

/// What is said of boundaries whose codes no property holds beyond doubt.
const CODES_IN_DOUBT: &str = "A0910";
/// The way out of it.
const CODE_PROPERTY: &str = "name the property with the codes, `--code-property NAME`";

/// Whether a file holds weights or boundaries and no table of edges, by its ending.
pub fn is_neighbor_file(path: &Path) -> bool {
    let ending = ending(path);
    WEIGHTS.contains(&ending.as_str()) || BOUNDARIES.contains(&ending.as_str())
}

/// How neighbors are found from boundaries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GivenRule {
    /// Borders with a point in common.
    Queen,
    /// Borders with a stretch in common.
    Rook,
    /// So many nearest, by the centers of the areas.
    Nearest(usize),
    /// All within so many kilometers of each other's centers; the smallest number that leaves none alone when
    /// absent.
    Band(Option<f64>),
}

impl FromStr for GivenRule {
    type Err = String;

    /// `queen`, `rook`, `nearest:6`, `band:200km` or `band`.
    fn from_str(text: &str) -> Result<GivenRule, String> {
        let (name, number) = match text.split_once(':') {
            Some((name, number)) => (name.trim(), Some(number.trim())),
            None => (text.trim(), None),
        };
        match (name, number) {
            ("queen", None) => Ok(GivenRule::Queen),
            ("rook", None) => Ok(GivenRule::Rook),
            ("nearest", Some(k)) => match k.parse() {
                Ok(k) if k > 0 => Ok(GivenRule::Nearest(k)),
                _ => Err(format!("`{k}` is no number of neighbors, as in nearest:6")),
            },
            ("nearest", None) => Err("say how many, as in nearest:6".to_owned()),
            ("band", None) => Ok(GivenRule::Band(None)),
            ("band", Some(radius)) => {
                match radius.strip_suffix("km").unwrap_or(radius).trim().parse::<f64>() {
                    Ok(radius) if radius.is_finite() && radius > 0.0 => {
                        Ok(GivenRule::Band(Some(radius)))
                    }
                    _ => Err(format!("`{radius}` is no distance in kilometers, as in band:200km")),
                }
            }
            _ => Err(format!(
                "`{text}` is no rule; write queen, rook, nearest:6, band:200km or band"
            )),
        }
    }
}

/// What is asked of a file.
#[derive(Clone, Copy, Debug)]
pub struct Given<'g> {
    /// The file.
    pub path: &'g Path,
    /// The rule for boundaries; queen when absent.
    pub rule: Option<GivenRule>,
    /// How far apart two borders may lie and still be one, in meters.
    pub tolerance_m: f64,
    /// The property with the codes of the areas; found by itself when absent.
    pub code_property: Option<&'g str>,
    /// The layer of a file that has several.
    pub layer: Option<&'g str>,
    /// The regions among which neighbors are sought; all of the file when absent.
    pub regions: Option<&'g [Key]>,
}

/// Neighbors from a file.
#[derive(Clone, Debug)]
pub struct GivenWeights {
    /// Rows of `region`, `neighbor`, `weight`; the neighbor of an island is empty.
    pub frame: Frame,
    /// The rule in words.
    pub rule: String,
    /// The hash of the file.
    pub hash: String,
    /// What the reader must know.
    pub notes: Vec<Note>,
}

/// The neighbors that a file of weights holds, or that boundaries give by a rule.
///
/// # Errors
/// A file that is none of weights or boundaries, a rule for a file that has its own, boundaries of other
/// regions.
pub fn read_given(given: &Given<'_>) -> Result<GivenWeights, DataError> {
    let hash = agglo_data::hash_file(given.path)?;
    let axis = given.regions.map(|codes| Arc::new(Axis::new(codes.iter().cloned())));
    let (frame, rule, notes) = if WEIGHTS.contains(&ending(given.path).as_str()) {
        from_weights(given, axis)?
    } else {
        from_boundaries(given, axis)?
    };
    Ok(GivenWeights { frame, rule, hash, notes })
}

type Found = (Frame, String, Vec<Note>);

fn from_weights(given: &Given<'_>, axis: Option<Arc<Axis>>) -> Result<Found, DataError> {
    let name = given.path.display().to_string();
    if given.rule.is_some() {
        let remedy = "leave the rule out, or name a boundary file";
        return Err(bad(format!("{name} says who is whose neighbor itself"), remedy));
    }
    let read = read_weights(given.path, &name, axis.as_ref())?;
    let wrong = |error| bad(format!("{name}: {error}"), "see docs/guide/spatial-weights.md");
    let (weights, absent) = match axis {
        Some(axis) => read.on(axis).map_err(wrong)?,
        None => (read.weights(), Vec::new()),
    };
    let notes = (!absent.is_empty()).then(|| left_out(absent.len()));
    Ok((table(&weights, given)?, format!("file {name}"), notes.into_iter().collect()))
}

fn from_boundaries(given: &Given<'_>, axis: Option<Arc<Axis>>) -> Result<Found, DataError> {
    let name = given.path.display().to_string();
    let options = ReadOptions {
        layer: given.layer.map(str::to_owned),
        code_property: given.code_property.map(str::to_owned),
        ..ReadOptions::default()
    };
    let boundaries = agglo_geo::read(given.path, &options).map_err(|error| {
        let remedy = match error.code {
            CODES_IN_DOUBT => CODE_PROPERTY.to_owned(),
            _ => error.remedy.to_string(),
        };
        let mut found = Diagnostic::new(error.code, error.message.to_string(), remedy);
        found.file = Some(name.clone());
        DataError::from(found)
    })?;
    let all: Vec<Key> = boundaries.areas.iter().map(|area| area.code.clone()).collect();
    let axis = axis.unwrap_or_else(|| Arc::new(Axis::new(all.iter().cloned())));
    let shaped = |code: &Key| boundaries.area(code).is_some();
    let without: Vec<&Key> = axis.codes().iter().filter(|code| !shaped(code)).collect();
    let rule = given.rule.unwrap_or(GivenRule::Queen);
    let by_borders = matches!(rule, GivenRule::Queen | GivenRule::Rook);
    if without.len() == axis.len() || (!without.is_empty() && !by_borders) {
        let first = without.first().map_or("", |code| code.as_ref());
        let file_has = all.first().map_or("", |code| code.as_ref());
        return Err(bad(
            format!(
                "{name}: {} of {} regions have no shape; the first is {first}, and the file's first code is \
                 {file_has}",
                without.len(),
                axis.len()
            ),
            CODE_PROPERTY,
        ));
    }
    let (weights, nearest, distance_km) = match rule {
        GivenRule::Queen => (WeightsRule::Queen, None, None),
        GivenRule::Rook => (WeightsRule::Rook, None, None),
        GivenRule::Nearest(k) => (WeightsRule::Nearest, Some(k), None),
        GivenRule::Band(radius) => (WeightsRule::DistanceBand, None, radius),
    };
    let space =
        SpaceSpec { nearest, distance_km, tolerance_m: given.tolerance_m, ..SpaceSpec::default() };
    let places = Places { boundaries: Some(&boundaries), regions: None };
    let (weights, said) = by_rule(&space, weights, &places, &axis)?;
    let mut notes = Vec::new();
    if !without.is_empty() {
        let shown: Vec<&str> = without.iter().take(5).map(AsRef::as_ref).collect();
        let (n, shown) = (without.len(), shown.join(", "));
        notes.push(Note::new(
            "regions-without-shape",
            format!("{n} regions have no shape and so no neighbor: {shown}"),
            format!("{n} 个地区没有边界，因而没有邻居：{shown}"),
        ));
    }
    let n_unused = all.iter().filter(|code| axis.place(code).is_none()).count();
    if n_unused > 0 {
        notes.push(left_out(n_unused));
    }
    Ok((table(&weights, given)?, said, notes))
}

/// The links; where nothing else says which regions there are, a region without any has a row without a
/// neighbor.
fn table(weights: &Weights, given: &Given<'_>) -> Result<Frame, DataError> {
    let mut links = frame(weights)?;
    let islands = weights.islands();
    if given.regions.is_some() || islands.is_empty() {
        return Ok(links);
    }
    let codes = islands.iter().map(|&island| weights.axis().code(island).clone());
    let alone = Frame::new(vec![
        Column::text("region", codes),
        Column::new("neighbor", "", Values::Text(vec![None; islands.len()])),
        Column::numbers("weight", "1", vec![0.0; islands.len()]),
    ]);
    links.append(alone.map_err(|error| bad(error.to_string(), ""))?);
    Ok(links)
}

fn left_out(n: usize) -> Note {
    Note::new(
        "regions-left-out",
        format!("{n} regions of the file have no value and are no neighbors"),
        format!("文件中有 {n} 个地区没有数值，不计为邻居"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_and_what_is_none_is_answered_with_those_there_are() {
        for (text, rule) in [
            ("queen", GivenRule::Queen),
            ("rook", GivenRule::Rook),
            ("nearest:6", GivenRule::Nearest(6)),
            ("band:200km", GivenRule::Band(Some(200.0))),
            ("band:1.5", GivenRule::Band(Some(1.5))),
            ("band", GivenRule::Band(None)),
        ] {
            assert_eq!(text.parse::<GivenRule>(), Ok(rule));
        }
        for (text, why) in [
            ("king", "queen, rook, nearest:6"),
            ("nearest", "say how many"),
            ("nearest:0", "no number of neighbors"),
            ("band:-1km", "no distance"),
            ("queen:2", "no rule"),
        ] {
            assert!(text.parse::<GivenRule>().unwrap_err().contains(why), "{text}");
        }
    }

    #[test]
    fn a_table_of_edges_is_no_neighbor_file() {
        for (name, expected) in [
            ("w.gal", true),
            ("W.GWT", true),
            ("b.geojson", true),
            ("b.shp", true),
            ("e.csv", false),
            ("e.parquet", false),
        ] {
            assert_eq!(is_neighbor_file(Path::new(name)), expected, "{name}");
        }
    }
}
