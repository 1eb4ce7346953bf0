//! What chance makes of coagglomeration: exact moments, and random choices of region.

use agglo_core::{Undefined, sum};
use faer::Mat;
use rand::{Rng, RngExt};

use super::groups::Members;
use super::pairs::{Coagglomeration, cell, products};
use crate::call::{Call, MethodError};
use crate::concentration::chance::{Alternative, Chooser};
use crate::concentration::plants::PeriodPlants;
use crate::concentration::sizes::Sizes;

/// The variance of pair indices under random choice but for the industries' Herfindahls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairMoments {
    /// (X − 2 Σx³ + X²)/(1 − X)².
    factor: f64,
}

impl PairMoments {
    /// The moments under choices with probabilities as `benchmark`; only its shares matter, and
    /// two of them at least must not be zero.
    pub fn of(benchmark: &[f64]) -> PairMoments {
        let total = sum(benchmark.iter().copied());
        let power = |k: i32| sum(benchmark.iter().map(|b| (b / total).powi(k)));
        let (x2, x3) = (power(2), power(3));
        PairMoments { factor: (x2 - 2.0 * x3 + x2 * x2).max(0.0) / (1.0 - x2).powi(2) }
    }

    /// Variance of γᶜ of two industries whose establishments have these Herfindahl indices.
    pub fn variance(self, h_a: f64, h_b: f64) -> f64 {
        h_a * h_b * self.factor
    }

    /// Variance of a group's γᶜ, from the weights and Herfindahl indices of its industries.
    pub fn group_variance(self, weights: &[f64], herfindahls: &[f64]) -> f64 {
        let own: Vec<f64> = weights.iter().zip(herfindahls).map(|(w, h)| w * w * h).collect();
        let (all, alone) = (sum(own.iter().copied()), sum(own.iter().map(|part| part * part)));
        let room = 1.0 - sum(weights.iter().map(|w| w * w));
        2.0 * (all * all - alone).max(0.0) * self.factor / (room * room)
    }
}

/// Herfindahl of establishments; 1 for a single one, which pairs can bear.
pub(super) fn herfindahl(sizes: &Sizes) -> Result<f64, Undefined> {
    match sizes.herfindahl() {
        Err(Undefined::SingleUnit) => Ok(1.0),
        other => other,
    }
}

/// γᶜ of every pair, lower half, after one random choice of region by the establishments of each
/// industry, with probabilities as `benchmark`; industry i draws from `stream(i)`.
pub fn random_coagglomeration<R: Rng>(
    sizes: &[&[f64]],
    benchmark: &[f64],
    mut stream: impl FnMut(u32) -> R,
) -> Mat<f64> {
    let chooser = Chooser::of(benchmark);
    let x2 = sum(chooser.shares().iter().map(|x| x * x));
    let mut deviations = Mat::zeros(benchmark.len(), sizes.len());
    for (i, sizes) in sizes.iter().enumerate() {
        let total = sum(sizes.iter().copied());
        if total <= 0.0 {
            continue;
        }
        let mut rng = stream(i as u32);
        let column = deviations.col_as_slice_mut(i);
        for (deviation, x) in column.iter_mut().zip(chooser.shares()) {
            *deviation = -x;
        }
        for size in *sizes {
            column[chooser.choose(rng.random())] += size / total;
        }
    }
    products(&deviations, 1.0 - x2)
}

/// How many simulated indices reach the observed ones, from above and from below.
pub(super) struct Counts {
    n: usize,
    replicates: u32,
    at_least: Vec<u32>,
    at_most: Vec<u32>,
    group_at_least: Vec<u32>,
    group_at_most: Vec<u32>,
    /// Whether the industry's establishments are known one by one.
    known: Vec<bool>,
}

/// A simulated index that equals the observed one may differ from it in the last bits.
const SLACK: f64 = 1e-12;

impl Counts {
    pub(super) fn simulate(
        call: &Call<'_>,
        plants: &PeriodPlants,
        observed: &Coagglomeration,
        groups: &[Members],
        replicates: u32,
    ) -> Result<Counts, MethodError> {
        let sizes: Vec<&[f64]> = plants
            .industries
            .iter()
            .map(|one| match &one.sizes {
                Sizes::Each(sizes) => sizes.as_slice(),
                Sizes::Sums { .. } => &[],
            })
            .collect();
        let n = sizes.len();
        let period = plants.industries.first().map_or(0, |one| one.period);
        let method = format!("coagglomeration/{period}");
        let observed_groups: Vec<f64> =
            groups.iter().map(|group| group.mean_of_pairs(observed.matrix())).collect();
        let mut counts = Counts {
            n,
            replicates,
            at_least: vec![0; n * n],
            at_most: vec![0; n * n],
            group_at_least: vec![0; groups.len()],
            group_at_most: vec![0; groups.len()],
            known: sizes.iter().map(|sizes| !sizes.is_empty()).collect(),
        };
        for replicate in 0..replicates {
            call.control().step(u64::from(replicate), u64::from(replicates))?;
            let stream = |unit| call.seed().stream(&method, unit, replicate);
            let drawn = random_coagglomeration(&sizes, &plants.benchmark, stream);
            for a in 0..n {
                for b in a + 1..n {
                    let (drawn, seen) = (drawn[(b, a)], observed.matrix()[(b, a)]);
                    let slack = SLACK * seen.abs();
                    counts.at_least[a * n + b] += u32::from(drawn >= seen - slack);
                    counts.at_most[a * n + b] += u32::from(drawn <= seen + slack);
                }
            }
            for (place, (group, seen)) in groups.iter().zip(&observed_groups).enumerate() {
                let (drawn, slack) = (group.mean_of_pairs(&drawn), SLACK * seen.abs());
                counts.group_at_least[place] += u32::from(drawn >= seen - slack);
                counts.group_at_most[place] += u32::from(drawn <= seen + slack);
            }
        }
        Ok(counts)
    }

    fn share(&self, n: u32) -> f64 {
        f64::from(1 + n) / f64::from(1 + self.replicates)
    }
}

/// What the standard scores and p-values of a period rest on.
pub(super) struct Tested {
    pub(super) moments: PairMoments,
    pub(super) herfindahls: Vec<Result<f64, Undefined>>,
    /// None where p comes from the standard score.
    pub(super) counts: Option<Counts>,
    pub(super) alternative: Alternative,
}

impl Tested {
    pub(super) fn z(&self, gamma: f64, a: usize, b: usize) -> Result<f64, Undefined> {
        let variance = self.moments.variance(self.herfindahls[a]?, self.herfindahls[b]?);
        score(gamma, variance)
    }

    pub(super) fn p_value(
        &self,
        z: Result<f64, Undefined>,
        a: usize,
        b: usize,
    ) -> Result<f64, Undefined> {
        let Some(counts) = &self.counts else {
            return z.map(|z| self.alternative.of_z(z));
        };
        if !counts.known[a] || !counts.known[b] {
            return Err(Undefined::NotEnoughEvidence);
        }
        let place = a.min(b) * counts.n + a.max(b);
        let (above, below) = (counts.at_least[place], counts.at_most[place]);
        Ok(self.alternative.p_value(counts.share(above), counts.share(below)))
    }

    pub(super) fn group_z(&self, gamma: f64, group: &Members) -> Result<f64, Undefined> {
        let herfindahls: Result<Vec<f64>, Undefined> =
            group.places.iter().map(|place| self.herfindahls[*place]).collect();
        score(gamma, self.moments.group_variance(&group.weights, &herfindahls?))
    }

    pub(super) fn group_p_value(
        &self,
        z: Result<f64, Undefined>,
        group: &Members,
        place: usize,
    ) -> Result<f64, Undefined> {
        let Some(counts) = &self.counts else {
            return z.map(|z| self.alternative.of_z(z));
        };
        if group.places.iter().any(|place| !counts.known[*place]) {
            return Err(Undefined::NotEnoughEvidence);
        }
        let (above, below) = (counts.group_at_least[place], counts.group_at_most[place]);
        Ok(self.alternative.p_value(counts.share(above), counts.share(below)))
    }
}

fn score(gamma: f64, variance: f64) -> Result<f64, Undefined> {
    if variance <= f64::EPSILON { Err(Undefined::NoVariation) } else { Ok(gamma / variance.sqrt()) }
}

impl Members {
    /// The mean of the pairs' indices with weights wᵢwⱼ.
    pub(super) fn mean_of_pairs(&self, matrix: &Mat<f64>) -> f64 {
        let mut total = 0.0;
        for (k, a) in self.places.iter().enumerate() {
            for (l, b) in self.places.iter().enumerate().take(k) {
                total += 2.0 * self.weights[k] * self.weights[l] * cell(matrix, *a, *b);
            }
        }
        total / (1.0 - sum(self.weights.iter().map(|w| w * w)))
    }
}
