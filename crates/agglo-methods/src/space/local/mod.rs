//! Conditional permutation: a region keeps its value, and its neighbors are drawn from all others.
//!
//! A local statistic that grows with the lag Σⱼ wᵢⱼ xⱼ needs the rank of the observed lag among those
//! of permuted neighborhoods, no more. Three roads lead there:
//!
//! * **Shared draws, equal weights in the row** (contiguity, k nearest): the permuted lag of region i
//!   depends on its number of neighbors k only, save where i itself was drawn. The B sums of the
//!   first k drawn are sorted once for each k; a region finds its rank by bisection, and the few
//!   permutations that drew it are put right one by one. O(log B + B k / n) for a region.
//! * **Shared draws, other weights**: the values drawn lie in a table of k_max rows of B numbers, and
//!   a region adds k of them, weighted, from contiguous memory. O(B k) for a region.
//! * **Independent draws**: every region has a random stream of its own. O(B k) draws for a region.
//!
//! Folded p-values need the mean of a region's permutations first, so they always take the second or
//! the third road. With at most eight regions all ordered neighborhoods are counted instead of drawn.
//! Memory: O(B k_max + n). Counts do not depend on the number of threads.

mod draws;
mod pairs;

use agglo_core::{Cancelled, Weights, mean};
use rayon::prelude::*;

pub(super) use draws::below;
pub use draws::{Plan, Scheme};
use draws::{Sampler, Shared};
pub use pairs::product_tallies;

use super::significance::Tally;

/// Up to this many regions every arrangement is counted.
pub(super) const ENUMERATED: usize = 8;
/// Regions between two looks at whether the run should stop.
const BATCH: usize = 1 << 14;
/// Permutations summed at a time: what fits beside the table in the first cache.
const BLOCK: usize = 256;

/// What a neighbor's value adds to a region's statistic, before its weight.
trait Term: Sync {
    fn of(&self, own: f64, other: f64) -> f64;
    /// A bound on what it adds when no value is farther from zero than `largest`.
    fn bound(&self, largest: f64) -> f64;
}

struct Lag;

impl Term for Lag {
    fn of(&self, _own: f64, other: f64) -> f64 {
        other
    }
    fn bound(&self, largest: f64) -> f64 {
        largest
    }
}

struct SquaredDifference;

impl Term for SquaredDifference {
    fn of(&self, own: f64, other: f64) -> f64 {
        (own - other) * (own - other)
    }
    fn bound(&self, largest: f64) -> f64 {
        4.0 * largest * largest
    }
}

/// For each region, how often the lag Σ w x of permuted neighbors reached the observed one. A region
/// without neighbors has no draws.
///
/// # Errors
/// [`Cancelled`].
///
/// # Panics
/// When `x` has not one number per region.
pub fn lag_tallies(x: &[f64], weights: &Weights, plan: &Plan<'_>) -> Result<Vec<Tally>, Cancelled> {
    let map = Map::new(x, weights, Lag);
    if map.is_enumerated() || plan.scheme == Scheme::Independent || plan.replicates == 0 {
        return map.each(plan, |_| true, &|region, sampler| map.one(plan, region, sampler));
    }
    let shared = Shared::draw(plan, map.n(), map.largest());
    let mut tallies = map.general(plan, &shared, |at| plan.folded || !map.is_uniform(at))?;
    if plan.folded {
        return Ok(tallies);
    }
    map.ranked(&shared, plan.replicates as usize, &mut tallies);
    Ok(tallies)
}

/// For each region, how often Σ w (xᵢ − xⱼ)² over permuted neighbors reached the observed one.
///
/// # Errors
/// [`Cancelled`].
///
/// # Panics
/// When `x` has not one number per region.
pub fn difference_tallies(
    x: &[f64],
    weights: &Weights,
    plan: &Plan<'_>,
) -> Result<Vec<Tally>, Cancelled> {
    let map = Map::new(x, weights, SquaredDifference);
    if map.is_enumerated() || plan.scheme == Scheme::Independent || plan.replicates == 0 {
        return map.each(plan, |_| true, &|region, sampler| map.one(plan, region, sampler));
    }
    let shared = Shared::draw(plan, map.n(), map.largest());
    map.general(plan, &shared, |_| true)
}

/// Values about a whole number near their mean, so that sums of whole numbers stay exact and equal
/// sums are equal; what two orders of adding may differ by is known.
struct Map<'a, T> {
    x: Vec<f64>,
    weights: &'a Weights,
    term: T,
    bound: f64,
}

impl<'a, T: Term> Map<'a, T> {
    fn new(x: &[f64], weights: &'a Weights, term: T) -> Map<'a, T> {
        assert_eq!(x.len(), weights.len(), "one number per region");
        let center = mean(x).map_or(0.0, f64::round);
        let x: Vec<f64> = x.iter().map(|x| x - center).collect();
        let bound = term.bound(x.iter().fold(0.0, |most, x| x.abs().max(most)));
        Map { x, weights, term, bound }
    }

    fn n(&self) -> usize {
        self.x.len()
    }

    fn is_enumerated(&self) -> bool {
        self.n() <= ENUMERATED
    }

    fn degree(&self, region: usize) -> usize {
        self.weights.neighbors(region).len()
    }

    fn largest(&self) -> usize {
        (0..self.n()).map(|region| self.degree(region)).max().unwrap_or(0)
    }

    /// Whether all neighbors weigh the same, and something.
    fn is_uniform(&self, region: usize) -> bool {
        let values = self.weights.values(region);
        values.first().is_some_and(|first| *first > 0.0 && values.iter().all(|w| w == first))
    }

    /// The weights by which the sum is taken: ones where all are equal, which ranks the same and
    /// keeps whole numbers whole.
    fn factors(&self, region: usize) -> Vec<f64> {
        let values = self.weights.values(region);
        if self.is_uniform(region) { vec![1.0; values.len()] } else { values.to_vec() }
    }

    fn sum(&self, own: f64, factors: &[f64], others: impl Iterator<Item = f64>) -> f64 {
        factors.iter().zip(others).map(|(w, other)| w * self.term.of(own, other)).sum()
    }

    fn observed(&self, region: usize, factors: &[f64]) -> f64 {
        let others = self.weights.neighbors(region).iter().map(|&to| self.x[to as usize]);
        self.sum(self.x[region], factors, others)
    }

    /// What two sums of the same numbers in another order may differ by.
    fn tolerance(&self, factors: &[f64]) -> f64 {
        let total: f64 = factors.iter().sum();
        2.0 * f64::EPSILON * factors.len() as f64 * total * self.bound
    }

    /// `tally` of every region that is `wanted` and has neighbors, in batches.
    fn each(
        &self,
        plan: &Plan<'_>,
        wanted: impl Fn(usize) -> bool + Sync,
        tally: &(impl Fn(usize, &mut Sampler) -> Tally + Sync),
    ) -> Result<Vec<Tally>, Cancelled> {
        let mut tallies = vec![Tally::default(); self.n()];
        for (batch, tallies) in tallies.chunks_mut(BATCH).enumerate() {
            plan.control.step((batch * BATCH) as u64, self.n() as u64)?;
            tallies.par_iter_mut().enumerate().with_min_len(64).for_each_init(
                Sampler::default,
                |sampler, (place, slot)| {
                    let region = batch * BATCH + place;
                    if wanted(region) && self.degree(region) > 0 {
                        *slot = tally(region, sampler);
                    }
                },
            );
        }
        Ok(tallies)
    }

    /// One region by draws of its own, or by all there are.
    fn one(&self, plan: &Plan<'_>, region: usize, sampler: &mut Sampler) -> Tally {
        let factors = self.factors(region);
        let own = self.x[region];
        let (observed, tolerance) = (self.observed(region, &factors), self.tolerance(&factors));
        let other = |id: u32| self.x[(id + u32::from(id >= region as u32)) as usize];
        let n_others = self.n() as u32 - 1;
        let mut ids = vec![0; factors.len()];
        if plan.replicates > 0 && self.is_enumerated() {
            let mut sums = Vec::new();
            choices(n_others, &mut ids, 0, &mut |ids| {
                sums.push(self.sum(own, &factors, ids.iter().map(|&id| other(id))));
            });
            return Tally { exact: true, ..Tally::of(&sums, observed, tolerance) };
        }
        let mut rng = plan.seed.stream(plan.method, region as u32, plan.unit);
        let draws = (0..plan.replicates).map(|_| {
            sampler.fill(&mut rng, n_others, &mut ids);
            self.sum(own, &factors, ids.iter().map(|&id| other(id)))
        });
        Tally::of(&draws.collect::<Vec<f64>>(), observed, tolerance)
    }

    /// Every wanted region by weighted sums over a table of the values drawn.
    fn general(
        &self,
        plan: &Plan<'_>,
        shared: &Shared,
        wanted: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<Tally>, Cancelled> {
        let (per, n_draws) = (shared.per(), plan.replicates as usize);
        if !(0..self.n()).any(&wanted) {
            return Ok(vec![Tally::default(); self.n()]);
        }
        let mut table = vec![0.0; per * n_draws];
        for (flat, &id) in shared.ids().iter().enumerate() {
            table[flat % per * n_draws + flat / per] = self.x[id as usize];
        }
        let at = |replicate: usize, place: usize| table[place * n_draws + replicate];
        self.each(plan, wanted, &|region, _| {
            let factors = self.factors(region);
            let own = self.x[region];
            let (observed, tolerance) = (self.observed(region, &factors), self.tolerance(&factors));
            let add = |start: usize, sums: &mut [f64]| {
                for (place, &w) in factors.iter().enumerate() {
                    let from = place * n_draws + start;
                    for (sum, &other) in sums.iter_mut().zip(&table[from..]) {
                        *sum += w * self.term.of(own, other);
                    }
                }
            };
            let without = |replicate: usize, own_place: usize| {
                let others = (0..per).filter(|k| *k != own_place);
                self.sum(own, &factors, others.map(|k| at(replicate, k)))
            };
            if plan.folded {
                let mut sums = vec![0.0; n_draws];
                add(0, &mut sums);
                for (replicate, own_place) in shared.own(region, factors.len()) {
                    sums[replicate] = without(replicate, own_place);
                }
                return Tally::of(&sums, observed, tolerance);
            }
            let mut tally = Tally::default();
            let mut sums = [0.0; BLOCK];
            for start in (0..n_draws).step_by(BLOCK) {
                let end = (start + BLOCK).min(n_draws);
                let sums = &mut sums[..end - start];
                sums.fill(0.0);
                add(start, sums);
                for &sum in sums.iter() {
                    tally.at_least += u32::from(sum >= observed - tolerance);
                    tally.at_most += u32::from(sum <= observed + tolerance);
                }
            }
            tally.draws = n_draws as u32;
            for (replicate, own_place) in shared.own(region, factors.len()) {
                let places = 0..factors.len();
                let before = self.sum(own, &factors, places.map(|k| at(replicate, k)));
                let after = without(replicate, own_place);
                tally.replace(before, after, observed, tolerance);
            }
            tally
        })
    }

    /// Every region whose neighbors weigh the same, by its rank among sorted sums.
    fn ranked(&self, shared: &Shared, n_draws: usize, tallies: &mut [Tally]) {
        let mut by_degree: Vec<(usize, usize)> = (0..self.n())
            .filter(|&region| self.is_uniform(region))
            .map(|region| (self.degree(region), region))
            .collect();
        by_degree.sort_unstable();
        let per = shared.per();
        let drawn: Vec<f64> = shared.ids().iter().map(|&id| self.x[id as usize]).collect();
        let mut sums = vec![0.0; n_draws];
        let mut n_summed = 0;
        for group in by_degree.chunk_by(|a, b| a.0 == b.0) {
            let degree = group[0].0;
            for place in n_summed..degree {
                for (sum, drawn) in sums.iter_mut().zip(drawn.chunks_exact(per)) {
                    *sum += drawn[place];
                }
            }
            n_summed = degree;
            let mut sorted = sums.clone();
            sorted.par_sort_unstable_by(f64::total_cmp);
            let factors = vec![1.0; degree];
            let tolerance = self.tolerance(&factors);
            let found: Vec<Tally> = group
                .par_iter()
                .with_min_len(1024)
                .map(|&(_, region)| {
                    let observed = self.observed(region, &factors);
                    let below = sorted.partition_point(|sum| *sum < observed - tolerance);
                    let up_to = sorted.partition_point(|sum| *sum <= observed + tolerance);
                    let mut tally = Tally {
                        at_least: (n_draws - below) as u32,
                        at_most: up_to as u32,
                        draws: n_draws as u32,
                        ..Tally::default()
                    };
                    for (replicate, _) in shared.own(region, degree) {
                        let before = sums[replicate];
                        let after = before - self.x[region] + drawn[replicate * per + degree];
                        tally.replace(before, after, observed, tolerance);
                    }
                    tally
                })
                .collect();
            for (&(_, region), tally) in group.iter().zip(found) {
                tallies[region] = tally;
            }
        }
    }
}

impl Tally {
    /// With a permutation that gave `before` counted as `after`.
    fn replace(&mut self, before: f64, after: f64, observed: f64, tolerance: f64) {
        let high = |sum: f64| u32::from(sum >= observed - tolerance);
        let low = |sum: f64| u32::from(sum <= observed + tolerance);
        self.at_least = self.at_least + high(after) - high(before);
        self.at_most = self.at_most + low(after) - low(before);
    }
}

/// Every ordered choice of `ids.len()` distinct numbers below `n`.
fn choices(n: u32, ids: &mut [u32], filled: usize, each: &mut impl FnMut(&[u32])) {
    if filled == ids.len() {
        return each(ids);
    }
    for id in 0..n {
        if !ids[..filled].contains(&id) {
            ids[filled] = id;
            choices(n, ids, filled + 1, each);
        }
    }
}

#[cfg(test)]
mod tests;
