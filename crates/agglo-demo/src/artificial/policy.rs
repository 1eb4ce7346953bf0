//! A programme whose effect is known, once with staggered starts and once with a common one.
//!
//! y = 5 + aᵤ + 0.02 t + δ · [t ≥ start] + ε, a and ε normal with standard deviation 0.4 and 0.08.

use rand::RngExt;
use rand_distr::StandardNormal;

use crate::error::DemoError;
use crate::sink::{Sink, Table, cells};

use super::geography::{N_REGIONS, REGIONS};
use super::plan::Plan;
use super::truth::PolicyTruth;

/// Units of each panel: ten in each region.
const UNITS: usize = 10 * N_REGIONS;
/// The effect on the outcome, in log points.
const EFFECT: f64 = 0.15;
const UNIT_SD: f64 = 0.4;
const NOISE_SD: f64 = 0.08;
const TREND: f64 = 0.02;

pub(super) fn write(plan: &Plan, sink: &mut dyn Sink) -> Result<PolicyTruth, DemoError> {
    let third = plan.n_years() / 3;
    let staggered = [third, third + 2, third + 4];
    let common = plan.n_years() / 2;
    let mut projects = Table::create(
        sink,
        "data/projects.csv",
        &["project", "unit", "region", "start_year", "amount", "type"],
    )?;
    // Units follow each other through the regions, so every region has treated and untreated ones.
    let start_of = |u: usize| staggered.get(u / N_REGIONS % 5).copied();
    for u in 0..UNITS {
        if let Some(start) = start_of(u) {
            projects.row(cells![
                format!("J{:03}", u + 1),
                unit(u),
                REGIONS[u % N_REGIONS].code,
                plan.year(start),
                100 + u % 7 * 25,
                "innovation-subsidy"
            ])?;
        }
    }
    projects.finish()?;
    panel(plan, sink, "staggered", 0, start_of)?;
    panel(plan, sink, "common", 1, |u| in_common(u).then_some(common))?;
    Ok(PolicyTruth {
        effect: EFFECT,
        noise_sd: NOISE_SD,
        units: UNITS,
        staggered_starts: staggered.map(|t| plan.year(t)).to_vec(),
        staggered_treated: (0..UNITS).filter(|&u| start_of(u).is_some()).count(),
        common_start: plan.year(common),
        common_treated: (0..UNITS).filter(|&u| in_common(u)).count(),
    })
}

/// Every other round through the regions is treated from the common start on.
fn in_common(u: usize) -> bool {
    (u / N_REGIONS).is_multiple_of(2)
}

fn unit(u: usize) -> String {
    format!("U{:03}", u + 1)
}

fn panel(
    plan: &Plan,
    sink: &mut dyn Sink,
    name: &str,
    stream: u32,
    start_of: impl Fn(usize) -> Option<usize>,
) -> Result<(), DemoError> {
    let mut table = Table::create(
        sink,
        &format!("data/outcome_{name}.csv"),
        &["unit", "year", "outcome", "treated", "start_year", "cluster"],
    )?;
    for u in 0..UNITS {
        let mut rng = plan.seed.stream("artificial/outcome", stream, u as u32);
        let own: f64 = rng.sample(StandardNormal);
        let start = start_of(u);
        for t in 0..plan.n_years() {
            let noise: f64 = rng.sample(StandardNormal);
            let treated = start.is_some_and(|start| t >= start);
            let effect = if treated { EFFECT } else { 0.0 };
            let outcome = 5.0 + UNIT_SD * own + TREND * t as f64 + effect + NOISE_SD * noise;
            table.row(cells![
                unit(u),
                plan.year(t),
                format!("{outcome:.6}"),
                u8::from(treated),
                start.map_or(String::new(), |start| plan.year(start).to_string()),
                REGIONS[u % N_REGIONS].code
            ])?;
        }
    }
    table.finish()
}
