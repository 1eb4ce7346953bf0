//! Weights as frames.

use agglo_core::{Column, Datum, Frame, Gap, Weights};

use super::super::components;
use crate::call::MethodError;

pub(super) fn edges(weights: &Weights) -> Result<Frame, MethodError> {
    let codes = weights.axis().codes();
    let code = |place: u32| codes[place as usize].clone();
    Ok(Frame::new(vec![
        Column::text("region", weights.edges().map(|(from, ..)| code(from))),
        Column::text("neighbor", weights.edges().map(|(_, to, _)| code(to))),
        Column::numbers("weight", "1", weights.edges().map(|(.., weight)| weight)),
    ])?)
}

/// The number of neighbors of each region, itself not counted.
fn counts(weights: &Weights) -> Vec<i64> {
    let others = |region: usize| {
        let others = weights.neighbors(region).iter().filter(|&&to| to as usize != region);
        others.count() as i64
    };
    (0..weights.len()).map(others).collect()
}

pub(super) fn regions(weights: &Weights) -> Result<Frame, MethodError> {
    let components = components(weights).into_iter().map(|component| component as i64 + 1);
    Ok(Frame::new(vec![
        Column::text("region", weights.axis().codes().iter().cloned()),
        Column::integer("neighbors", "1", counts(weights)),
        Column::integer("component", "1", components),
    ])?)
}

pub(super) fn summary(
    weights: &Weights,
    threshold: Option<f64>,
    unit: &str,
) -> Result<Frame, MethodError> {
    let counts = counts(weights);
    let n_edges: i64 = counts.iter().sum();
    let one = |value: usize| [value as i64];
    let n_components = components(weights).into_iter().max().map_or(0, |last| last + 1);
    let of_counts = |number: Option<i64>| [Datum::from(number.map(|n| n as f64).ok_or(TOO_FEW))];
    let threshold = threshold.map_or(Datum::Gap(Gap::NotApplicable), Datum::Number);
    let symmetric = if weights.is_symmetric() { "yes" } else { "no" };
    Ok(Frame::new(vec![
        Column::integer("regions", "1", one(weights.len())),
        Column::integer("edges", "1", [n_edges]),
        Column::number("mean_neighbors", "1", [Datum::ratio(n_edges as f64, weights.len() as f64)]),
        Column::number("min_neighbors", "1", of_counts(counts.iter().min().copied())),
        Column::number("max_neighbors", "1", of_counts(counts.iter().max().copied())),
        Column::integer("islands", "1", one(weights.islands().len())),
        Column::integer("components", "1", one(n_components)),
        Column::text("symmetric", [symmetric]),
        Column::number("threshold", unit, [threshold]),
    ])?)
}

const TOO_FEW: agglo_core::Undefined = agglo_core::Undefined::TooFew;
