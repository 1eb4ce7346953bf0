//! What is done to the tables between reading and measuring: crosswalks, deflation, withheld cells,
//! disclosure control.

use agglo_core::Period;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PeriodSpec;

/// Codes of one edition turned into those of another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CrosswalkSpec {
    /// The table; `activity` when absent.
    #[serde(default = "activity")]
    pub table: String,
    /// The column whose codes change: `region` or `industry`.
    pub column: String,
    /// The classification of the codes as they are, such as `naics2012`.
    pub from: String,
    /// The classification wanted, such as `naics2017`.
    pub to: String,
    /// Whether both are turned into the coarsest units that they share, which needs no weights.
    #[serde(default)]
    pub common: bool,
    /// What is done with codes that the crosswalk lacks.
    #[serde(default)]
    pub unmapped: UnmappedSpec,
    /// A CSV file `from,to,weight` in place of a built-in crosswalk.
    #[serde(default)]
    pub file: Option<String>,
    /// Where the shares of split codes come from: a basis of the built-in crosswalk, such as `area` or
    /// `population 2011` for NUTS; or `equal`, an assumption that the report names, where nobody
    /// publishes shares.
    #[serde(default)]
    pub weights: Option<String>,
    /// The periods whose codes change; all when absent.
    #[serde(default)]
    pub period: Option<PeriodSpec>,
}

/// What is done with codes that a crosswalk lacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UnmappedSpec {
    /// Nothing is converted, and the codes are named.
    #[default]
    Refuse,
    /// Their rows are left out, and stand in the audit.
    SetAside,
    /// Their rows stay as they are, and stand in the audit.
    Keep,
}

/// Current prices turned into those of one year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeflateSpec {
    /// The table; `activity` when absent.
    #[serde(default = "activity")]
    pub table: String,
    /// The measures in current prices.
    pub measures: Vec<String>,
    /// The series of the table `deflator`.
    pub series: String,
    /// The year whose prices are taken.
    pub base: Period,
}

fn activity() -> String {
    "activity".to_owned()
}

/// What is done with cells that the source withheld.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuppressionSpec {
    /// The policy.
    #[serde(default)]
    pub policy: SuppressionPolicy,
    /// Whether every number is also computed with withheld cells counted as nothing.
    #[serde(default)]
    pub compare: bool,
    /// How many completions of the table intervals are taken from.
    #[serde(default = "default_draws")]
    pub draws: usize,
    /// The largest group of connected cells whose bounds are found exactly.
    #[serde(default = "default_component")]
    pub max_component: usize,
}

impl Default for SuppressionSpec {
    fn default() -> SuppressionSpec {
        SuppressionSpec {
            policy: SuppressionPolicy::default(),
            compare: false,
            draws: default_draws(),
            max_component: default_component(),
        }
    }
}

const fn default_draws() -> usize {
    20
}

const fn default_component() -> usize {
    60
}

/// What a withheld cell is to a method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SuppressionPolicy {
    /// A gap, treated as `[missing]` says.
    #[default]
    Gap,
    /// A gap, with intervals for every number that rests on it.
    Keep,
    /// Imputed by the linear program of the sums, with intervals.
    LinearProgram,
    /// Imputed by maximum entropy under the sums, with intervals.
    MaximumEntropy,
}

/// What must not leave the program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DisclosureSpec {
    /// The fewest establishments that a published cell may rest on.
    #[serde(default = "default_minimum")]
    pub minimum_count: u32,
    /// A cell is unsafe where its `n` largest contributors hold more than the share `k`.
    #[serde(default)]
    pub dominance: Option<Dominance>,
    /// A cell is unsafe where a contributor can estimate another within this percentage.
    #[serde(default)]
    pub p_percent: Option<f64>,
    /// Whether further cells are withheld so that no sum gives an unsafe one away.
    #[serde(default = "yes")]
    pub complementary: bool,
}

/// The (n, k) rule.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dominance {
    /// How many of the largest contributors.
    pub n: u32,
    /// The share, from 0 to 1.
    pub k: f64,
}

const fn default_minimum() -> u32 {
    3
}

const fn yes() -> bool {
    true
}
