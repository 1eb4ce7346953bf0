//! The tables `points` and `edges`.

use std::sync::Arc;

use agglo_core::{Axis, Coded, Frame, Key, Note, Weights};

use super::super::{Metric, Sites};
use crate::call::{Call, MethodError};

/// What the tables say, by region.
pub(super) struct Read {
    pub(super) axis: Arc<Axis>,
    pub(super) sites: Option<Sites>,
    pub(super) notes: Vec<Note>,
    groups: Option<Vec<Option<Key>>>,
}

pub(super) fn data(what: String) -> MethodError {
    MethodError::Data { what }
}

impl Read {
    pub(super) fn new(call: &Call<'_>) -> Result<Read, MethodError> {
        if !call.has("points") {
            let axis = Arc::new(edge_axis(call)?);
            return Ok(Read { axis, sites: None, notes: Vec::new(), groups: None });
        }
        let frame = call.frame("points")?;
        let coded = frame.coded("region")?;
        let mut rows: Vec<Option<usize>> = vec![None; coded.codes().len()];
        for (row, &place) in coded.places().iter().enumerate() {
            if rows[place as usize].replace(row).is_some() {
                let code = &coded.codes()[place as usize];
                let line = row + 1;
                return Err(data(format!("`points` has {code} for the second time in row {line}")));
            }
        }
        let rows: Vec<usize> = rows.into_iter().flatten().collect();
        let axis = Arc::new(Axis::new(coded.codes().iter().cloned()));
        let sorted = frame.take(&rows);
        let groups = if sorted.has("group") { Some(sorted.text("group")?.to_vec()) } else { None };
        let (sites, notes) = sites(call, &sorted, &axis)?;
        Ok(Read { axis, sites, notes, groups })
    }

    pub(super) fn sites(&self) -> Result<&Sites, MethodError> {
        self.sites.as_ref().ok_or_else(|| {
            data(
                "distances need a table `points` with longitude and latitude, or x and y"
                    .to_owned(),
            )
        })
    }

    pub(super) fn groups(&self) -> Result<&[Option<Key>], MethodError> {
        let none = || data("blocks need a table `points` with a column `group`".to_owned());
        self.groups.as_deref().ok_or_else(none)
    }

    /// The unit of distances.
    pub(super) fn unit(&self) -> &'static str {
        match self.sites.as_ref().map(Sites::metric) {
            Some(Metric::Geodesic | Metric::GreatCircle) => "km",
            Some(Metric::Planar) | None => "",
        }
    }

    pub(super) fn edges(&self, call: &Call<'_>) -> Result<Weights, MethodError> {
        let frame = call.frame("edges")?;
        let (regions, neighbors) = (frame.keys("region")?, frame.text("neighbor")?);
        let weights = if frame.has("weight") { Some(frame.numbers("weight")?) } else { None };
        let place = |code: &Key, row: usize| {
            self.axis.place(code).map(|place| place as u32).ok_or_else(|| {
                data(format!("`edges` has {code} in row {}, which is not in `points`", row + 1))
            })
        };
        let mut edges = Vec::with_capacity(regions.len());
        for (row, (region, neighbor)) in regions.iter().zip(neighbors).enumerate() {
            let from = place(region, row)?;
            let Some(neighbor) = neighbor else { continue };
            let to = place(neighbor, row)?;
            let weight = match &weights {
                None => 1.0,
                Some(weights) => weights[row].number().ok_or_else(|| {
                    data(format!(
                        "`edges` has no weight of {neighbor} for {region} in row {}",
                        row + 1
                    ))
                })?,
            };
            edges.push((from, to, weight));
        }
        Weights::from_edges(self.axis.clone(), edges)
            .map_err(|error| data(format!("`edges`: {error}")))
    }
}

/// The regions that the table of edges names on either side.
fn edge_axis(call: &Call<'_>) -> Result<Axis, MethodError> {
    if !call.has("edges") {
        return Err(data("weights need a table `points` or a table `edges`".to_owned()));
    }
    let frame = call.frame("edges")?;
    let all = frame.text("region")?.iter().chain(frame.text("neighbor")?).map(Option::as_ref);
    Ok(Axis::new(Coded::new(all).codes().iter().cloned()))
}

/// Places of all regions, where the table has coordinates.
fn sites(
    call: &Call<'_>,
    points: &Frame,
    axis: &Arc<Axis>,
) -> Result<(Option<Sites>, Vec<Note>), MethodError> {
    let degrees = points.has("longitude") && points.has("latitude");
    let projected = points.has("x") && points.has("y");
    let asked = call.option("metric");
    let metric = match asked {
        "geodesic" => Metric::Geodesic,
        "great-circle" => Metric::GreatCircle,
        "planar" => Metric::Planar,
        _ if degrees => Metric::Geodesic,
        _ => Metric::Planar,
    };
    let [x, y] = if degrees && (metric != Metric::Planar || !projected) {
        ["longitude", "latitude"]
    } else if projected {
        ["x", "y"]
    } else {
        return Ok((None, Vec::new()));
    };
    if metric != Metric::Planar && !degrees {
        let what = format!("`metric = {asked}` needs the columns longitude and latitude");
        return Err(data(what));
    }
    let mut notes = Vec::new();
    if metric == Metric::Planar && x == "longitude" {
        notes.push(Note::new(
            "planar-degrees",
            "distances are in degrees: east and west count less than they should away from the \
             equator",
            "距离以度计：远离赤道处东西向距离被高估",
        ));
    }
    let (xs, ys) = (points.numbers(x)?, points.numbers(y)?);
    let mut places = Vec::with_capacity(xs.len());
    for ((x, y), code) in xs.iter().zip(&ys).zip(axis.codes()) {
        let (Some(x), Some(y)) = (x.number(), y.number()) else {
            return Err(data(format!(
                "{code} has no coordinates in `points`; give them, or leave it out"
            )));
        };
        places.push([x, y]);
    }
    let sites =
        Sites::new(axis.clone(), places, metric).map_err(|error| data(error.to_string()))?;
    Ok((Some(sites), notes))
}
