//! Regions over the years: their stage of industrialization is planted, the rest follows from it.
//!
//! Each group has a score for the last year. Every indicator is set to the value that has this
//! score between the bounds of its stage, so any weighting of the indicators gives the score back.

use crate::error::DemoError;
use crate::sink::{Sink, Table, cells};

use super::geography::{Group, REGIONS};
use super::industries::N_INDUSTRIES;
use super::plan::Plan;
use super::totals::{Totals, innovation_percent};

/// Bounds of the stages 2, 3 and 4 of each indicator: Chen, Huang and Zhong (2006); income in
/// US dollars of 2010.
const INCOME_USD: [f64; 4] = [1654.0, 3308.0, 6615.0, 12398.0];
const MANUFACTURING: [f64; 4] = [0.20, 0.40, 0.50, 0.60];
const URBAN: [f64; 4] = [0.30, 0.50, 0.60, 0.75];
const PRIMARY_JOBS: [f64; 4] = [0.60, 0.45, 0.30, 0.10];
/// Primary sector in value added; a late stage has more industry than services besides.
const PRIMARY_VALUE: [f64; 4] = [0.33, 0.20, 0.10, 0.0];
/// Points of the score that a region gains a year.
const SCORE_PER_YEAR: f64 = 1.2;
/// Crowns for a dollar, at the market and at purchasing power: the same, so no average matters.
const CROWNS_PER_USD: f64 = 5.0;

/// Score of a group's regions in the last year.
pub(super) const fn last_score(group: Group) -> f64 {
    match group {
        Group::Coast => 90.0,
        Group::North => 74.0,
        Group::Heart => 41.0,
        Group::West => 24.0,
    }
}

/// The stage that a score belongs to, with its half.
pub(super) fn stage(score: f64) -> &'static str {
    match score {
        s if s <= 0.0 => "pre-industrial",
        s if s <= 16.5 => "early I",
        s if s <= 33.0 => "early II",
        s if s <= 49.5 => "middle I",
        s if s <= 66.0 => "middle II",
        s if s <= 82.5 => "late I",
        s if s < 100.0 => "late II",
        _ => "post-industrial",
    }
}

/// Score of a group in year `t`.
pub(super) fn score(plan: &Plan, group: Group, t: usize) -> f64 {
    last_score(group) - SCORE_PER_YEAR * (plan.last() - t) as f64
}

/// The value with this score; scores are kept inside the stages 2 to 4, which scale.
fn value_at(score: f64, bounds: [f64; 4]) -> f64 {
    let score = score.clamp(1.0, 98.0);
    let stage = (score / 33.0) as usize;
    let within = score / 33.0 - stage as f64;
    bounds[stage] + within * (bounds[stage + 1] - bounds[stage])
}

pub(super) fn write(plan: &Plan, totals: &Totals, sink: &mut dyn Sink) -> Result<(), DemoError> {
    let mut table = Table::create(
        sink,
        "data/region_years.csv",
        &[
            "region",
            "year",
            "gdp",
            "va_primary",
            "va_secondary",
            "va_tertiary",
            "va_manufacturing",
            "va_goods",
            "population",
            "urban_population",
            "employed_total",
            "employed_primary",
            "fx_rate",
            "ppp_rate",
            "wage",
            "exports",
            "fdi",
            "revenue",
            "employment",
            "rd_expenditure",
            "rd_personnel",
            "patents",
            "invention_patents",
            "joint_patents",
            "new_product_sales",
            "env_load",
            "env_capacity",
        ],
    )?;
    for t in 0..plan.n_years() {
        for (r, region) in REGIONS.iter().enumerate() {
            let industry = totals.region(r, t);
            let score = score(plan, region.group, t);
            let primary = value_at(score, PRIMARY_VALUE);
            let secondary = (1.0 - primary) * 0.53;
            let goods_share = primary + secondary;
            let manufacturing = industry.value_added as f64;
            let goods = manufacturing / value_at(score, MANUFACTURING);
            let gdp = goods / goods_share;
            let income = value_at(score, INCOME_USD) * CROWNS_PER_USD / 1000.0;
            let population = (gdp / income).round();
            let employed = (population * 0.55).round();
            let level = innovation_percent(region.group) as f64 / 100.0;
            let jobs = industry.jobs as f64;
            let output = industry.output as f64;
            let research: u64 = (0..N_INDUSTRIES).map(|i| totals.research(r, i, t)).sum();
            let patents = jobs * 0.02 * level;
            let load = goods * 0.004;
            let headroom = if region.group == Group::Coast { 1.05 } else { 1.6 };
            table.row(cells![
                region.code,
                plan.year(t),
                format!("{gdp:.0}"),
                format!("{:.0}", gdp * primary),
                format!("{:.0}", gdp * secondary),
                format!("{:.0}", gdp * (1.0 - goods_share)),
                industry.value_added,
                format!("{goods:.0}"),
                population,
                format!("{:.0}", population * value_at(score, URBAN)),
                employed,
                format!("{:.0}", employed * value_at(score, PRIMARY_JOBS)),
                CROWNS_PER_USD,
                CROWNS_PER_USD,
                format!("{:.2}", income * 0.9),
                format!("{:.0}", output * if region.group == Group::Coast { 0.3 } else { 0.1 }),
                format!("{:.0}", output * if region.group == Group::Coast { 0.05 } else { 0.02 }),
                industry.output,
                industry.jobs,
                research,
                format!("{:.0}", jobs * 0.03 * level),
                format!("{patents:.0}"),
                format!("{:.0}", patents * 0.4),
                format!("{:.0}", patents * 0.1),
                format!("{:.0}", output * 0.15 * level),
                format!("{load:.0}"),
                format!("{:.0}", load * headroom)
            ])?;
        }
    }
    table.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_between_two_bounds_has_the_score_between_them() {
        assert!((value_at(33.0, URBAN) - 0.50).abs() < 1e-12);
        assert!((value_at(49.5, URBAN) - 0.55).abs() < 1e-12);
        assert!((value_at(49.5, PRIMARY_JOBS) - 0.375).abs() < 1e-12);
        assert_eq!(stage(41.0), "middle I");
        assert_eq!(stage(90.0), "late II");
    }
}
