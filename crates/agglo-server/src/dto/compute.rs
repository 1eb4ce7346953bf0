//! Answers made when they are asked for.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Gaps, Provenance, Table, Value, Words};

/// Every table of an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Computed {
    /// The tables by name.
    pub(crate) tables: BTreeMap<String, Table>,
    /// Where they come from.
    pub(crate) provenance: Provenance,
    /// The command that gives the same.
    pub(crate) command: String,
    /// The Python call that gives the same.
    pub(crate) python: String,
}

/// One definition of concentration with its number.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Definition {
    /// The method.
    pub(crate) method: String,
    /// The variant.
    pub(crate) variant: String,
    /// The method's title.
    pub(crate) title: Words,
    /// What distinguishes the variant, and whose it is.
    pub(crate) variant_help: Words,
    /// The formula.
    pub(crate) formula: String,
    /// The column.
    pub(crate) column: String,
    /// The number, or why there is none; `null` where the method refuses.
    pub(crate) value: Option<Value>,
    /// Why the method refuses.
    pub(crate) refused: Option<String>,
    /// Its address in the findings, where the run asked this very question.
    pub(crate) address: Option<String>,
    /// The command that gives it.
    pub(crate) command: String,
}

/// Every definition of concentration side by side.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Definitions {
    /// The industry.
    pub(crate) industry: String,
    /// The period.
    pub(crate) period: i64,
    /// The definitions, in the catalogue's order.
    pub(crate) definitions: Vec<Definition>,
    /// The command that lists them.
    pub(crate) command: String,
}

/// The points of a Lorenz curve.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LorenzPoints {
    /// The region that a point adds; `null` for the first, which is the origin.
    pub(crate) region: Vec<Option<String>>,
    /// Share of the base so far.
    pub(crate) x: Vec<f64>,
    /// Share of the industry so far.
    pub(crate) y: Vec<f64>,
}

/// A Lorenz curve.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Lorenz {
    /// The industry.
    pub(crate) industry: String,
    /// The period.
    pub(crate) period: i64,
    /// `equal` (every region alike) or `total` (regions by all activity).
    pub(crate) base: String,
    /// The points, from (0, 0) to (1, 1).
    pub(crate) points: LorenzPoints,
    /// The Gini coefficient that belongs to the curve, by its method.
    pub(crate) gini: Value,
    /// Regions without a number, which the curve leaves out.
    #[schema(value_type = BTreeMap<String, String>)]
    pub(crate) gaps: BTreeMap<String, &'static str>,
    /// Where it comes from.
    pub(crate) provenance: Provenance,
    /// The command that gives the same.
    pub(crate) command: String,
    /// The Python call that gives the same.
    pub(crate) python: String,
}

/// A region in a ranking.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Ranked {
    /// Its code.
    pub(crate) code: String,
    /// Its score.
    pub(crate) score: Value,
    /// Its rank under these weights.
    pub(crate) rank: Value,
    /// Median of its ranks over the draws.
    pub(crate) median: Value,
    /// Lower end of its ranks.
    pub(crate) lower: Value,
    /// Upper end of its ranks.
    pub(crate) upper: Value,
    /// Share of the draws in which it is in the top.
    pub(crate) p_top: Value,
}

/// An indicator with its weight.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Weighed {
    /// Its code.
    pub(crate) indicator: String,
    /// Its name.
    pub(crate) name: Words,
    /// What it is part of.
    pub(crate) dimension: Option<String>,
    /// Its weight; all add up to 1.
    pub(crate) weight: Value,
}

/// A ranking with its intervals.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Ranking {
    /// The period ranked.
    pub(crate) period: Option<i64>,
    /// The regions by rank.
    pub(crate) regions: Vec<Ranked>,
    /// The weights.
    pub(crate) weights: Vec<Weighed>,
    /// How many regions make the top.
    pub(crate) top: usize,
    /// The least share of draws in which a region of the top stays in it: what the top holds in at least.
    pub(crate) top_holds_least: Option<f64>,
    /// How many regions of the top stay in it, on average over the draws.
    pub(crate) top_holds_mean: Option<f64>,
    /// Where scores and ranks come from.
    pub(crate) provenance: Provenance,
    /// Where the intervals come from.
    pub(crate) provenance_intervals: Option<Provenance>,
    /// Why there are no intervals.
    pub(crate) refused_intervals: Option<String>,
    /// The command that gives the same.
    pub(crate) command: String,
    /// The Python call that gives the same.
    pub(crate) python: String,
}

/// A region that resembles another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Peer {
    /// Its code.
    pub(crate) code: String,
    /// How much it resembles.
    pub(crate) similarity: Value,
}

/// The regions that resemble one most.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Peers {
    /// The region.
    pub(crate) region: String,
    /// The period.
    pub(crate) period: Option<i64>,
    /// The most alike first.
    pub(crate) peers: Vec<Peer>,
    /// Where it comes from.
    pub(crate) provenance: Provenance,
    /// The command that gives the same.
    pub(crate) command: String,
    /// The Python call that gives the same.
    pub(crate) python: String,
}

/// One number of each region asked for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProfileItem {
    /// The step.
    pub(crate) step: String,
    /// The table.
    pub(crate) table: String,
    /// The column.
    pub(crate) column: String,
    /// The column's heading.
    pub(crate) title: Words,
    /// The method's title.
    pub(crate) method: Words,
    /// The chapter.
    pub(crate) chapter: String,
    /// The unit.
    pub(crate) unit: String,
    /// The period, the last there is.
    pub(crate) period: Option<i64>,
    /// The numbers, in the order of the regions; `null` for a gap.
    pub(crate) values: Vec<Option<f64>>,
    /// Place among the values = the code of the gap there.
    #[schema(value_type = BTreeMap<String, String>)]
    pub(crate) gaps: Gaps,
    /// The rank of each among all regions, 1 the largest.
    pub(crate) places: Vec<Option<usize>>,
    /// Regions with a number.
    pub(crate) n_regions: usize,
    /// The address of each number.
    pub(crate) addresses: Vec<String>,
}

/// What the findings say of some regions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Profile {
    /// The regions.
    pub(crate) regions: Vec<String>,
    /// The numbers, in the plan's order.
    pub(crate) items: Vec<ProfileItem>,
    /// The command that says more.
    pub(crate) command: String,
    /// The Python call that gives the same.
    pub(crate) python: String,
}
