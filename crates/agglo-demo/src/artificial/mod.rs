//! Artificia: a country that does not exist, drawn so that every method has something to find.
//!
//! Each plant's whole life is a function of the seed and its number, and the other tables are
//! functions of the seed and of whole-number totals over the plants, so the bytes depend neither
//! on the order of drawing nor on threads. Memory grows with regions × industries × years, never
//! with plants.

mod clusters;
mod geography;
mod indicators;
mod industries;
mod io_table;
mod plan;
mod plants;
mod policy;
mod region_years;
mod totals;
mod truth;

pub(crate) use clusters::{Site, write as write_clusters};
pub(crate) use indicators::write_ranked;
pub(crate) use industries::{GIANT_SHARES, HOME_SHARES};
pub use plan::Plan;
pub use truth::{ClusterTruth, Flow, GroupTruth, IndustryTruth, PolicyTruth, Truth};
pub(crate) use truth::{cluster, list, object, text, texts};

use crate::error::DemoError;
use crate::sink::{Sink, put};

/// The study file that goes with the tables.
pub const ARTIFICIAL_STUDY: &str = include_str!("../../../../demos/artificial/study.toml");

/// Writes the tables of Artificia and `truth.json` into `sink`, and returns the truth.
///
/// # Errors
/// [`DemoError::PlanTooSmall`] and [`DemoError::YearsOutOfRange`] before anything is written;
/// [`DemoError::Write`] when a file cannot be.
pub fn generate(plan: &Plan, sink: &mut dyn Sink) -> Result<Truth, DemoError> {
    plan.check()?;
    geography::write(sink)?;
    industries::write(sink)?;
    let (totals, flows) = plants::write(plan, sink)?;
    totals.write(plan, sink)?;
    region_years::write(plan, &totals, sink)?;
    io_table::write(plan, &totals, sink)?;
    let clusters = clusters::write(plan, &clusters::home, sink)?;
    let policy = policy::write(plan, sink)?;
    indicators::write(plan, sink)?;
    let truth = Truth::new(plan, flows, clusters, policy);
    put(sink, "truth.json", truth.to_json().as_bytes())?;
    Ok(truth)
}

#[cfg(test)]
mod tests;
