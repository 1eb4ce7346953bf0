//! Questions that need a choice of variables: regressions, and pairs of variables in space.

use std::collections::BTreeSet;

use agglo_core::Period;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PeriodSpec, Words};

/// A regression over regions.
///
/// A variable is a column of `region_year` or `region` (`gdp`), one over another (`gdp / population`), the
/// regions' totals of the measure (`total`), or a number that a step of the study finds for regions, by its
/// address (`krugman:regions.krugman`, `location-quotient.lq@industry=steel`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegressionSpec {
    /// A short name; the step is called `regression-` and this.
    pub id: String,
    /// Its title.
    #[serde(default)]
    pub title: Words,
    /// The variable to be explained.
    pub y: String,
    /// The variables that explain it.
    pub x: Vec<String>,
    /// Those of all variables that are taken in logarithms.
    #[serde(default)]
    pub log: Vec<String>,
    /// The year, or the first and last year; the last year with numbers of all when absent.
    #[serde(default)]
    pub period: Option<PeriodChoice>,
    /// The model; `ols` when absent.
    #[serde(default)]
    pub model: RegressionModel,
    /// The variant of the model: how errors are computed (`hc1`, `hc3`, `classical`, `cr1`, …) for `ols`, how
    /// the model is estimated (`ml`, `2sls`, `gm`, …) for the others; its default when absent.
    #[serde(default)]
    pub errors: Option<String>,
    /// Fixed effects: `none`, `region`, `period` or `both`; none when absent.
    #[serde(default)]
    pub effects: Option<String>,
}

/// A year, or the first and last year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PeriodChoice {
    /// One year.
    Year(Period),
    /// All years from the first to the last.
    Span(PeriodSpec),
}

impl PeriodChoice {
    /// The first and the last year.
    pub fn span(self) -> (Period, Period) {
        match self {
            PeriodChoice::Year(year) => (year, year),
            PeriodChoice::Span(PeriodSpec { from, to }) => (from, to),
        }
    }
}

/// A model of regression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RegressionModel {
    /// Least squares, with the tests for dependence among neighbors where there are any.
    #[default]
    Ols,
    /// A region's value depends on its neighbors' values.
    SpatialLag,
    /// What is left of a region depends on what is left of its neighbors.
    SpatialError,
}

impl RegressionModel {
    /// The method's id.
    pub fn method(self) -> &'static str {
        match self {
            RegressionModel::Ols => "ols",
            RegressionModel::SpatialLag => "spatial-lag",
            RegressionModel::SpatialError => "spatial-error",
        }
    }
}

/// Two variables, of which the one is held against the neighbors' other one: bivariate Moran's I and Lee's L.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairSpec {
    /// A short name; the steps are called `bivariate-moran-` and `lee-` and this.
    pub id: String,
    /// Its title.
    #[serde(default)]
    pub title: Words,
    /// The region's variable, written as those of a regression.
    pub value: String,
    /// The neighbors' variable.
    pub other: String,
    /// The year, or the first and last year; the last year with numbers of both when absent.
    #[serde(default)]
    pub period: Option<PeriodChoice>,
}

/// What is wrong with the regressions and pairs as written, whatever the tables hold.
pub(super) fn fault(regressions: &[RegressionSpec], pairs: &[PairSpec]) -> Option<String> {
    let mut seen = BTreeSet::new();
    for regression in regressions {
        let RegressionSpec { id, y, x, log, model, errors, effects, .. } = regression;
        let place = format!("[[measure.regression]] \"{id}\"");
        if !seen.insert(id) {
            return Some(format!("{place} stands there twice; give each its own id"));
        }
        if x.is_empty() {
            return Some(format!("{place} has no variable in `x`"));
        }
        if let Some(unknown) = log.iter().find(|name| *name != y && !x.contains(name)) {
            return Some(format!(
                "{place}: `log` names \"{unknown}\", which is neither y nor among x"
            ));
        }
        let method = agglo_methods::find(model.method())?;
        if let Some(errors) = errors
            && !method.variants.iter().any(|variant| variant.id == errors)
        {
            let known: Vec<&str> = method.variants.iter().map(|variant| variant.id).collect();
            let known = known.join(", ");
            return Some(format!(
                "{place}: errors = \"{errors}\" is no variant of {}; there are {known}",
                method.id
            ));
        }
        let option = method.options.iter().find(|option| option.name == "effects");
        if let Some(effects) = effects
            && !option.is_some_and(|option| option.accepts(effects))
        {
            return Some(format!(
                "{place}: effects = \"{effects}\"; write none, region, period or both"
            ));
        }
    }
    let mut seen = BTreeSet::new();
    let twice = pairs.iter().find(|pair| !seen.insert(&pair.id))?;
    Some(format!("[[space.pair]] \"{}\" stands there twice; give each its own id", twice.id))
}
