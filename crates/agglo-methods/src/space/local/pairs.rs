//! Conditional permutation of pairs: a statistic that grows with the product of two lags.

use agglo_core::{Cancelled, Weights};
use rayon::prelude::*;

use super::draws::{Plan, Sampler, Scheme, Shared};
use super::{BATCH, ENUMERATED, choices};
use crate::space::significance::Tally;

/// For each region, how often the product (Σ w x)(Σ w y) over permuted neighbors reached the observed
/// one. The two values of a region stay together, and a region that is its own neighbor keeps them. A
/// region without other neighbors has no draws.
///
/// Cost: O(B k) for a region of k neighbors; memory O(B k_max + n).
///
/// # Errors
/// [`Cancelled`].
///
/// # Panics
/// When `x` or `y` has not one number per region.
pub fn product_tallies(
    x: &[f64],
    y: &[f64],
    weights: &Weights,
    plan: &Plan<'_>,
) -> Result<Vec<Tally>, Cancelled> {
    let n = weights.len();
    assert!(x.len() == n && y.len() == n, "two numbers per region");
    let degree = |at: usize| weights.row(at).filter(|(to, _)| *to != at).count();
    let largest = (0..n).map(degree).max().unwrap_or(0);
    let is_enumerated = n <= ENUMERATED;
    let shared = (!is_enumerated && plan.scheme == Scheme::Shared && plan.replicates > 0)
        .then(|| Shared::draw(plan, n, largest));
    let size = |values: &[f64]| values.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
    let bound = size(x) * size(y);
    let tally = |region: usize, sampler: &mut Sampler| {
        let (ids, factors): (Vec<u32>, Vec<f64>) = weights
            .row(region)
            .filter(|(to, _)| *to != region)
            .map(|(to, w)| (to as u32, w))
            .unzip();
        if ids.is_empty() || plan.replicates == 0 {
            return Tally::default();
        }
        let own: f64 = weights.row(region).filter(|(to, _)| *to == region).map(|edge| edge.1).sum();
        let product = |ids: &mut dyn Iterator<Item = u32>| {
            let start = (own * x[region], own * y[region]);
            let (a, b) = factors
                .iter()
                .zip(ids)
                .fold(start, |(a, b), (w, id)| (a + w * x[id as usize], b + w * y[id as usize]));
            a * b
        };
        let observed = product(&mut ids.iter().copied());
        let total = own + factors.iter().sum::<f64>();
        let tolerance = 4.0 * f64::EPSILON * (ids.len() + 1) as f64 * total * total * bound;
        let other = |id: &u32| *id + u32::from(*id as usize >= region);
        let mut drawn = vec![0; ids.len()];
        if is_enumerated {
            let mut draws = Vec::new();
            choices(n as u32 - 1, &mut drawn, 0, &mut |ids| {
                draws.push(product(&mut ids.iter().map(other)));
            });
            return Tally { exact: true, ..Tally::of(&draws, observed, tolerance) };
        }
        let draws: Vec<f64> = match &shared {
            Some(shared) => shared
                .ids()
                .chunks_exact(shared.per())
                .map(|ids| product(&mut ids.iter().copied().filter(|id| *id as usize != region)))
                .collect(),
            None => {
                let mut rng = plan.seed.stream(plan.method, region as u32, plan.unit);
                (0..plan.replicates)
                    .map(|_| {
                        sampler.fill(&mut rng, n as u32 - 1, &mut drawn);
                        product(&mut drawn.iter().map(other))
                    })
                    .collect()
            }
        };
        Tally::of(&draws, observed, tolerance)
    };
    let mut tallies = vec![Tally::default(); n];
    for (batch, tallies) in tallies.chunks_mut(BATCH).enumerate() {
        plan.control.step((batch * BATCH) as u64, n as u64)?;
        tallies.par_iter_mut().enumerate().for_each_init(
            Sampler::default,
            |sampler, (place, slot)| {
                *slot = tally(batch * BATCH + place, sampler);
            },
        );
    }
    Ok(tallies)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::testing::{line, plan};

    // Region 0 of 1 2 4 7 in a line has neighbor 1; the others are 1, 2, 3. With the same variable
    // twice, deviations −1.5, .5, 3.5 give squares 2.25, .25, 12.25; observed 2.25: two of three.
    #[test]
    fn a_square_is_reached_from_both_sides() {
        let z = [-2.5, -1.5, 0.5, 3.5];
        let found = product_tallies(&z, &z, &line(4), &plan(99)).unwrap();
        let tally = found[0];
        assert_eq!((tally.at_least, tally.at_most, tally.draws, tally.exact), (2, 2, 3, true));
    }

    #[test]
    fn shared_and_independent_draws_agree_within_chance() {
        let x: Vec<f64> = (0..40).map(|k| f64::from(k * k % 17) - 8.0).collect();
        let y: Vec<f64> = (0..40).map(|k| f64::from(k * 7 % 13) - 6.0).collect();
        let weights = line(40).row_standardized();
        let shared = plan(9999);
        let apart = Plan { scheme: Scheme::Independent, ..plan(9999) };
        let of = |plan: &Plan<'_>| product_tallies(&x, &y, &weights, plan).unwrap();
        for (a, b) in of(&shared).iter().zip(of(&apart)) {
            let apart = (f64::from(a.at_least) - f64::from(b.at_least)).abs() / 9999.0;
            assert!(apart < 0.03, "{a:?} {b:?}");
        }
    }
}
