//! Numbers by region, and the shapes they are drawn on.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{ColumnAbout, Gaps, Provenance, Words};

/// The classes of a map's legend.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClassForm {
    /// `quantiles`, `fisher-jenks`, `equal`, `around` or `pinned`.
    pub(crate) scheme: String,
    /// `own` or `pooled` over all periods.
    pub(crate) breaks: String,
    /// The limits between classes, rising: a value's class is the number of limits not above it.
    pub(crate) cuts: Vec<f64>,
    /// How many values each class holds.
    pub(crate) counts: Vec<usize>,
    /// The class of each value.
    pub(crate) of: Vec<Option<usize>>,
    /// The value with a meaning that the classes lie around.
    pub(crate) center: Option<f64>,
}

/// One number per region, industry or period.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Slice {
    /// The address, without the key it runs along.
    pub(crate) address: String,
    /// The key it runs along.
    pub(crate) by: String,
    /// What is known of the column.
    pub(crate) column: ColumnAbout,
    /// The codes, ascending.
    pub(crate) codes: Vec<String>,
    /// The numbers; `null` for a gap.
    pub(crate) values: Vec<Option<f64>>,
    /// Place among the values = the code of the gap there.
    #[schema(value_type = BTreeMap<String, String>)]
    pub(crate) gaps: Gaps,
    /// The least each can be, where withheld cells leave any open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lower: Option<Vec<Option<f64>>>,
    /// The most each can be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) upper: Option<Vec<Option<f64>>>,
    /// The smallest and the largest.
    pub(crate) extent: Option<Vec<f64>>,
    /// How many are numbers.
    pub(crate) n_numbers: usize,
    /// The classes of the legend.
    pub(crate) classes: ClassForm,
    /// Where it comes from.
    pub(crate) provenance: Provenance,
    /// The command that draws the same.
    pub(crate) command: String,
    /// The Python call that gives the same.
    pub(crate) python: String,
}

/// Numbers per code and period.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SeriesForm {
    /// The address, without the keys it runs along.
    pub(crate) address: String,
    /// The key it runs along besides the period.
    pub(crate) by: String,
    /// What is known of the column.
    pub(crate) column: ColumnAbout,
    /// The codes, ascending.
    pub(crate) codes: Vec<String>,
    /// The periods, ascending.
    pub(crate) periods: Vec<i64>,
    /// Per period, the numbers by code.
    pub(crate) values: Vec<Vec<Option<f64>>>,
    /// Place of the period = place of the code = the code of the gap there.
    #[schema(value_type = BTreeMap<String, BTreeMap<String, String>>)]
    pub(crate) gaps: BTreeMap<usize, Gaps>,
    /// The smallest and the largest.
    pub(crate) extent: Option<Vec<f64>>,
    /// The classes over all periods; `of` is empty.
    pub(crate) classes: ClassForm,
    /// Where it comes from.
    pub(crate) provenance: Provenance,
    /// The command that draws the same.
    pub(crate) command: String,
    /// The Python call that gives the same.
    pub(crate) python: String,
}

/// A tile of a grid.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TileForm {
    /// The region.
    pub(crate) code: String,
    /// Row from the top.
    pub(crate) row: u16,
    /// Column from the left.
    pub(crate) column: u16,
    /// Its name.
    pub(crate) name: Words,
    /// A short form.
    pub(crate) short: Words,
}

/// An inset of a map.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct InsetForm {
    /// What it shows.
    pub(crate) name: Words,
    /// Left, top, right, bottom.
    pub(crate) frame: Vec<f64>,
}

/// What is known of a feature.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FeatureAbout {
    /// The code.
    pub(crate) code: String,
    /// Its name.
    pub(crate) name: Words,
    /// Whether it is a region of the study.
    pub(crate) region: bool,
    /// A place for a label or the end of a flow.
    pub(crate) center: Vec<f64>,
}

/// The shape of a feature: `MultiPolygon` on the page, x to the right and y downward.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct GeometryForm {
    /// `MultiPolygon`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Polygons of rings of places, each an outer ring and its holes.
    pub(crate) coordinates: Vec<Vec<Vec<Vec<f64>>>>,
}

/// A GeoJSON feature.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FeatureForm {
    /// `Feature`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// The code of the region.
    pub(crate) id: String,
    /// What is known of it.
    pub(crate) properties: FeatureAbout,
    /// Its shape.
    pub(crate) geometry: GeometryForm,
}

/// A GeoJSON collection.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FeaturesForm {
    /// `FeatureCollection`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// The features.
    pub(crate) features: Vec<FeatureForm>,
}

/// Codes without a partner.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct UnmatchedForm {
    /// Regions without a shape.
    pub(crate) without_area: Vec<String>,
    /// Shapes of no region of the study.
    pub(crate) without_region: Vec<String>,
}

/// How places on the ground became places on the page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProjectionForm {
    /// Its name.
    pub(crate) name: Words,
}

/// What numbers by region are drawn on.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum MapForm {
    /// Boundaries.
    Areas {
        /// The projection of the main panel: equal areas stay equal.
        projection: ProjectionForm,
        /// Left, top, right, bottom of all.
        extent: Vec<f64>,
        /// Kilometers per unit of the page in the main panel.
        km_per_unit: f64,
        /// Frames of parts at other scales.
        insets: Vec<InsetForm>,
        /// The approval number of the map and similar notices.
        notice: Option<Words>,
        /// The features.
        areas: FeaturesForm,
        /// Features that are not drawn, such as islands an ocean away.
        left_out: Vec<String>,
        /// Codes without a partner.
        unmatched: UnmatchedForm,
    },
    /// A grid of tiles.
    Tiles {
        /// The tiles.
        tiles: Vec<TileForm>,
        /// Rows of the grid.
        n_rows: u16,
        /// Columns of the grid.
        n_columns: u16,
        /// What stands under the map.
        notice: Option<Words>,
        /// Codes without a partner.
        unmatched: UnmatchedForm,
    },
    /// The study has neither.
    None {},
}
