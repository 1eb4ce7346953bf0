//! What numbers by region are drawn on: boundaries in an equal-area projection, or a grid of tiles.

use std::collections::BTreeSet;

use agglo_figure::{MapShape, Placed, Tile};
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{Asked, Shared};
use crate::app::Asking;
use crate::dto::{
    FeatureAbout, FeatureForm, FeaturesForm, GeometryForm, InsetForm, MapForm, ProjectionForm,
    TileForm, UnmatchedForm, Words,
};
use crate::names::codes_of;
use crate::problem::{Problem, Problems};
use crate::reply::Reply;
use crate::snapshot::Snapshot;

/// How finely borders are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Detail {
    /// For small maps and many regions.
    Low,
    /// For a screen.
    #[default]
    Medium,
    /// For print and deep zoom.
    High,
}

impl Detail {
    /// Units across the page.
    const fn width(self) -> f64 {
        match self {
            Detail::Low => 2_000.0,
            Detail::Medium => 6_000.0,
            Detail::High => 24_000.0,
        }
    }
}

/// How finely.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct MapQuery {
    /// How finely borders are drawn.
    #[param(inline)]
    detail: Option<Detail>,
}

/// Boundaries ready to draw, or tiles, or neither; features are joined to numbers by code.
#[utoipa::path(
    get, path = "/map", tag = "maps", params(MapQuery),
    responses((status = 200, body = MapForm), Problems),
)]
pub(super) async fn map(
    State(app): Shared,
    asking: Asking,
    Asked(query): Asked<MapQuery>,
) -> Response {
    app.answer(&asking, move |snapshot| {
        Reply::json(&of(snapshot, query.detail.unwrap_or_default())?)
    })
    .await
}

fn of(snapshot: &Snapshot, detail: Detail) -> Result<MapForm, Problem> {
    let spec = snapshot.spec()?;
    let shape = agglo_report::picture::shape(&snapshot.root, &spec.geo);
    let shape = shape.map_err(|why| {
        Problem::refused(why).remedy("`agglo check` says what is wrong with the boundaries")
    })?;
    let notice = spec.geo.map_notice.as_ref().map(Words::from);
    let regions = snapshot.table("activity").map(|table| codes_of(&table.frame, "region"));
    let regions = regions.unwrap_or_default();
    Ok(match shape {
        None => MapForm::None {},
        Some(MapShape::Tiles(tiles)) => MapForm::Tiles {
            n_rows: tiles.iter().map(|tile| tile.row + 1).max().unwrap_or_default(),
            n_columns: tiles.iter().map(|tile| tile.column + 1).max().unwrap_or_default(),
            unmatched: unmatched(&regions, tiles.iter().map(|tile| tile.code.as_str())),
            tiles: tiles.iter().map(tile).collect(),
            notice,
        },
        Some(MapShape::Areas(areas)) => {
            let placed = areas.on_page(detail.width());
            let codes = areas.areas.iter().map(|area| area.code.as_str());
            let unmatched = unmatched(&regions, codes);
            areas_form(snapshot, placed, &regions, notice, unmatched)
        }
    })
}

fn tile(tile: &Tile) -> TileForm {
    TileForm {
        code: tile.code.clone(),
        row: tile.row,
        column: tile.column,
        name: (&tile.name).into(),
        short: (&tile.short).into(),
    }
}

fn unmatched<'c>(
    regions: &BTreeSet<String>,
    drawn: impl Iterator<Item = &'c str>,
) -> UnmatchedForm {
    let drawn: BTreeSet<&str> = drawn.collect();
    UnmatchedForm {
        without_area: regions
            .iter()
            .filter(|code| !drawn.contains(code.as_str()))
            .cloned()
            .collect(),
        without_region: drawn
            .into_iter()
            .filter(|code| !regions.contains(*code))
            .map(str::to_owned)
            .collect(),
    }
}

fn areas_form(
    snapshot: &Snapshot,
    placed: Placed,
    regions: &BTreeSet<String>,
    notice: Option<Words>,
    unmatched: UnmatchedForm,
) -> MapForm {
    let features = placed.areas.into_iter().map(|area| {
        let known = snapshot.regions().of(&area.code);
        // A boundary file names what the study does not.
        let name = if known.en == area.code { (&area.name).into() } else { known };
        let rings = |polygon: Vec<Vec<(f64, f64)>>| -> Vec<Vec<Vec<f64>>> {
            polygon
                .into_iter()
                .map(|ring| ring.into_iter().map(|p| vec![p.0, p.1]).collect())
                .collect()
        };
        FeatureForm {
            kind: "Feature".to_owned(),
            id: area.code.clone(),
            properties: FeatureAbout {
                region: regions.contains(&area.code),
                center: vec![area.center.0.round(), area.center.1.round()],
                code: area.code,
                name,
            },
            geometry: GeometryForm {
                kind: "MultiPolygon".to_owned(),
                coordinates: area.polygons.into_iter().map(rings).collect(),
            },
        }
    });
    let features = features.collect();
    MapForm::Areas {
        projection: ProjectionForm { name: placed.projection.into() },
        extent: vec![0.0, 0.0, placed.size.0, placed.size.1.ceil()],
        km_per_unit: placed.km_per_unit,
        insets: placed
            .insets
            .into_iter()
            .map(|(name, frame)| InsetForm { name: name.into(), frame: frame.to_vec() })
            .collect(),
        notice,
        areas: FeaturesForm { kind: "FeatureCollection".to_owned(), features },
        left_out: placed.left_out,
        unmatched,
    }
}
