//! The study file: what a study is about, where its tables lie, and the choices made.
//!
//! Unknown keys are errors that name the nearest known one.

use std::collections::BTreeMap;
use std::path::Path;

use agglo_core::{GapPolicy, Lang, Period, Seed};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod data;
mod harmonize;
mod parse;
mod variables;

pub use data::{DataSpec, Price, PriceKind, table_name};
pub use harmonize::{
    CrosswalkSpec, DeflateSpec, DisclosureSpec, Dominance, SuppressionPolicy, SuppressionSpec,
    UnmappedSpec,
};
pub use parse::SpecError;
pub use variables::{PairSpec, PeriodChoice, RegressionModel, RegressionSpec};

/// The name of the study file in its folder.
pub const FILE_NAME: &str = "study.toml";

/// The same words in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// English.
    pub en: String,
    /// Chinese; the English words stand in where it is empty.
    #[serde(default)]
    pub zh: String,
}

impl Words {
    /// The words in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh if !self.zh.is_empty() => &self.zh,
            _ => &self.en,
        }
    }
}

/// A whole study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// What the study is.
    pub study: StudySpec,
    /// Regions: codes, boundaries, named groupings.
    #[serde(default)]
    pub geo: GeoSpec,
    /// Who is whose neighbor.
    #[serde(default)]
    pub space: SpaceSpec,
    /// Industries: classification and focus.
    #[serde(default)]
    pub industry: IndustrySpec,
    /// The tables.
    #[serde(default)]
    pub data: Vec<DataSpec>,
    /// Codes of one edition turned into those of another.
    #[serde(default)]
    pub crosswalk: Vec<CrosswalkSpec>,
    /// Current prices turned into those of one year.
    #[serde(default)]
    pub deflate: Vec<DeflateSpec>,
    /// What to do with cells that hold no number.
    #[serde(default)]
    pub missing: MissingSpec,
    /// What to do with cells that the source withheld.
    #[serde(default)]
    pub suppression: SuppressionSpec,
    /// What must not leave the program; everything may where absent.
    #[serde(default)]
    pub disclosure: Option<DisclosureSpec>,
    /// The measure studied, and choices of definitions.
    #[serde(default)]
    pub measure: MeasureSpec,
    /// The transfer chapter.
    #[serde(default)]
    pub transfer: TransferSpec,
    /// The cluster chapter.
    #[serde(default)]
    pub cluster: ClusterSpec,
    /// The ranking chapter.
    #[serde(default)]
    pub rank: RankSpec,
    /// The policies to evaluate.
    #[serde(default)]
    pub policy: Vec<PolicySpec>,
    /// How maps look.
    #[serde(default)]
    pub map: MapSpec,
    /// The report.
    #[serde(default)]
    pub report: ReportSpec,
}

/// What the study is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StudySpec {
    /// A short name without spaces.
    pub id: String,
    /// The title.
    pub title: Words,
    /// Who made it.
    #[serde(default)]
    pub authors: Vec<String>,
    /// The years studied; all there are when absent.
    #[serde(default)]
    pub period: Option<PeriodSpec>,
    /// The seed of every random draw.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// Says on every page that the data are generated.
    #[serde(default)]
    pub artificial: bool,
    /// What a reader must know about the data as a whole.
    #[serde(default)]
    pub remarks: Vec<Words>,
}

fn default_seed() -> u64 {
    Seed::DEFAULT.0
}

/// The years studied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodSpec {
    /// First year.
    pub from: Period,
    /// Last year.
    pub to: Period,
}

/// Regions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GeoSpec {
    /// The code system, such as `gbt2260`, `nuts`, `itl`, `fips`.
    #[serde(default)]
    pub system: String,
    /// The date or edition of the codes.
    #[serde(default)]
    pub vintage: String,
    /// The level, such as `province`; printed beside every index, which depends on it.
    #[serde(default)]
    pub level: String,
    /// A file of boundaries: GeoJSON, TopoJSON, Shapefile, GeoPackage, FlatGeobuf or GeoParquet.
    #[serde(default)]
    pub boundaries: Option<String>,
    /// Its layer, where it has several.
    #[serde(default)]
    pub boundary_layer: Option<String>,
    /// Its coordinate system, as `EPSG:n`, where the file does not say it.
    #[serde(default)]
    pub boundary_crs: Option<String>,
    /// The property of the boundaries that holds the region code; the feature id when absent.
    #[serde(default)]
    pub boundary_code: Option<String>,
    /// A tile grid in place of boundaries: a CSV file `code,row,col,en,zh`, or `builtin:NAME`.
    #[serde(default)]
    pub tiles: Option<String>,
    /// The approval number of the map and similar notices.
    #[serde(default)]
    pub map_notice: Option<Words>,
    /// Named groupings of regions; several may stand side by side and are never mixed.
    #[serde(default)]
    pub groups: BTreeMap<String, GroupSpec>,
    /// The grouping used where one is needed; the first by name when absent.
    #[serde(default)]
    pub main_group: Option<String>,
}

/// Who is whose neighbor. A table `weights` among the data comes before all of this.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpaceSpec {
    /// How neighbors are found; `queen` where there are boundaries and `nearest` where there are only
    /// coordinates when absent.
    #[serde(default)]
    pub weights: Option<WeightsRule>,
    /// A file of weights: GAL, GWT, or CSV with `region`, `neighbor` and perhaps `weight`.
    #[serde(default)]
    pub file: Option<String>,
    /// How many neighbors `nearest` gives; 6 when absent.
    #[serde(default)]
    pub nearest: Option<usize>,
    /// The radius of `distance-band` and `inverse-distance` in kilometers; the smallest that leaves no region
    /// alone when absent.
    #[serde(default)]
    pub distance_km: Option<f64>,
    /// How far apart two borders may lie and still be one, in meters.
    #[serde(default)]
    pub tolerance_m: f64,
    /// What becomes of regions without a neighbor: `keep`, `error`, `nearest` or `drop`; `keep` when absent.
    #[serde(default)]
    pub islands: Option<String>,
    /// Permutations of every test; the method's own when absent.
    #[serde(default)]
    pub permutations: Option<u32>,
    /// Variables held against the neighbors' other ones.
    #[serde(default)]
    pub pair: Vec<PairSpec>,
}

/// A rule that says who is whose neighbor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WeightsRule {
    /// Boundaries with a point in common.
    Queen,
    /// Boundaries with a stretch in common.
    Rook,
    /// The nearest few.
    Nearest,
    /// All within a radius.
    DistanceBand,
    /// All within a radius, each by one over its distance.
    InverseDistance,
}

/// A grouping of regions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupSpec {
    /// A CSV file with the columns `region` and `group`, and the groups' `name` and `name_zh`.
    pub file: String,
    /// Its title.
    #[serde(default)]
    pub title: Words,
    /// Whether a region may belong to several groups; such a grouping is described, not decomposed.
    #[serde(default)]
    pub overlapping: bool,
    /// Where the grouping comes from.
    #[serde(default)]
    pub source: String,
}

/// Industries.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndustrySpec {
    /// The classification, such as `gbt4754`, `sic2007`, `naics2012`.
    #[serde(default)]
    pub system: String,
    /// Its edition.
    #[serde(default)]
    pub version: String,
    /// The level, such as `2-digit`; printed beside every index, which depends on it.
    #[serde(default)]
    pub level: String,
    /// The industry whose concentration is followed over time; all together when absent.
    #[serde(default)]
    pub focus: Option<String>,
}

/// Cells without a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MissingSpec {
    /// `error`, `drop-regions`, `drop-industries`, `drop-periods` or `zero`.
    pub gaps: String,
}

impl Default for MissingSpec {
    fn default() -> MissingSpec {
        MissingSpec { gaps: GapPolicy::NAMES[0].to_owned() }
    }
}

/// The measure studied.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MeasureSpec {
    /// The column of `activity` that the indices use; the first one when absent.
    #[serde(default)]
    pub value: Option<String>,
    /// The column of `activity` that the long series of the focus industry uses; `value` when
    /// absent.
    #[serde(default)]
    pub focus_value: Option<String>,
    /// The variant of a method, by its id: `{ locational-gini = "krugman-half" }`.
    #[serde(default)]
    pub variants: BTreeMap<String, String>,
    /// The options of a method, by its id.
    #[serde(default)]
    pub options: BTreeMap<String, BTreeMap<String, Scalar>>,
    /// Methods left out.
    #[serde(default)]
    pub skip: Vec<String>,
    /// Regressions over regions.
    #[serde(default)]
    pub regression: Vec<RegressionSpec>,
}

/// An option's value as written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// Words.
    Text(String),
}

impl std::fmt::Display for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Scalar::Integer(value) => value.fmt(f),
            Scalar::Number(value) => value.fmt(f),
            Scalar::Text(value) => value.fmt(f),
        }
    }
}

/// The transfer chapter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferSpec {
    /// The windows compared; the halves of the period when empty.
    #[serde(default)]
    pub windows: Vec<(Period, Period)>,
    /// The grouping whose members send and receive; the main one when absent.
    #[serde(default)]
    pub group: Option<String>,
}

/// The cluster chapter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClusterSpec {
    /// The profile of star criteria; the method's default when absent.
    #[serde(default)]
    pub scheme: Option<String>,
}

/// The ranking chapter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RankSpec {
    /// How many regions count as leading.
    #[serde(default)]
    pub top: Option<u32>,
    /// The grouping by which the leading regions are counted; the main one when absent.
    #[serde(default)]
    pub group: Option<String>,
}

/// A policy to evaluate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicySpec {
    /// A short name.
    pub id: String,
    /// Its title.
    pub title: Words,
    /// The column of `outcome` that it should have changed.
    pub outcome: String,
    /// Which part of the table `outcome`, where it has several.
    #[serde(default)]
    pub part: Option<String>,
}

/// How maps look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapSpec {
    /// Number of classes, 3 to 7; 5 when absent.
    #[serde(default)]
    pub k: Option<usize>,
    /// `quantiles` or `fisher-jenks`.
    #[serde(default)]
    pub scheme: Option<String>,
}

/// The report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportSpec {
    /// The languages, first one shown first; both when empty.
    #[serde(default)]
    pub langs: Vec<String>,
}

impl Spec {
    /// Reads the study file of the folder `root`.
    ///
    /// # Errors
    /// [`SpecError`] with the line, the key found and the nearest known one.
    pub fn load(root: &Path) -> Result<Spec, SpecError> {
        parse::load(&root.join(FILE_NAME))
    }

    /// The seed.
    pub fn seed(&self) -> Seed {
        Seed(self.study.seed)
    }

    /// The languages of the report.
    pub fn langs(&self) -> Vec<Lang> {
        let named: Vec<Lang> =
            self.report.langs.iter().filter_map(|tag| Lang::from_tag(tag)).collect();
        if named.is_empty() { Lang::ALL.to_vec() } else { named }
    }

    /// The name of the grouping used where one is needed.
    pub fn main_group(&self) -> Option<&str> {
        let first =
            || self.geo.groups.iter().find(|(_, group)| !group.overlapping).map(|(name, _)| name);
        self.geo.main_group.as_ref().or_else(first).map(String::as_str)
    }

    /// The JSON schema of the study file, for editors.
    pub fn json_schema() -> String {
        let schema = schemars::schema_for!(Spec);
        let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
        text.push('\n');
        text
    }
}
