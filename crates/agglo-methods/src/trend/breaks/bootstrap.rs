//! Residual bootstrap of break tests and dates, errors autoregressive of order up to two.
//!
//! Series are made from the fit under the hypothesis and from resampled innovations of its
//! residuals, and everything is estimated anew on each; so trends and dependence are respected,
//! which the asymptotic tables do not do.

use agglo_core::{Cancelled, Control, Seed, sum};
use rand::{Rng, RngExt};

use super::design::{Candidate, Design};

/// Periods run through before a simulated series begins.
const BURN_IN: usize = 100;

/// What the replicates under one hypothesis gave.
#[derive(Clone, Debug, Default)]
pub(super) struct Draws {
    /// F of each larger model against no break, by replicate, then by number of breaks from 1;
    /// filled under no break only.
    pub(super) against_none: Vec<Vec<f64>>,
    /// F of one break more against the hypothesis.
    pub(super) one_more: Vec<f64>,
    /// Dates estimated with the hypothesis's number of breaks.
    pub(super) dates: Vec<Vec<usize>>,
    /// Order of the errors' autoregression.
    pub(super) order: usize,
}

/// Simulates and estimates under `hypothesis`.
pub(super) fn simulate(
    design: &Design<'_>,
    y: &[f64],
    hypothesis: &Candidate,
    scale: f64,
    replicates: u32,
    seed: Seed,
    mut step: impl FnMut() -> Result<(), Cancelled>,
) -> Result<Draws, Cancelled> {
    let n_breaks = hypothesis.breaks.len();
    let fitted = design.fitted(y, &hypothesis.breaks);
    let residuals: Vec<f64> = y.iter().zip(&fitted).map(|(y, fit)| y - fit).collect();
    let mut errors = Autoregression::of(&residuals);
    // Least squares makes residuals smaller than errors; give the innovations their size back.
    let n = y.len() as f64;
    let lost = (n - design.n_coefficients(n_breaks) as f64).max(1.0);
    for e in &mut errors.innovations {
        *e *= (n / lost).sqrt();
    }
    let mut draws = Draws { order: errors.order(), ..Draws::default() };
    for replicate in 0..replicates {
        step()?;
        let mut rng = seed.stream("structural-breaks", n_breaks as u32, replicate);
        let noise = errors.simulate(y.len(), &mut rng);
        let series: Vec<f64> = fitted.iter().zip(noise).map(|(fit, e)| fit + e).collect();
        let candidates = design.candidates(&series);
        let f = |fewer: usize, more: usize| {
            let (fewer, more) = (candidates.get(fewer)?, candidates.get(more)?);
            design.f_statistic(fewer, more, scale)
        };
        if n_breaks == 0 {
            draws
                .against_none
                .push((1..candidates.len()).map(|m| f(0, m).unwrap_or(0.0)).collect());
        }
        draws.one_more.extend(f(n_breaks, n_breaks + 1));
        draws.dates.push(candidates[n_breaks].breaks.clone());
    }
    Ok(draws)
}

/// Share of draws at least as large as `observed`, the observed one counted among them.
pub(super) fn p_value(observed: f64, draws: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = draws.len();
    let at_least = draws.filter(|draw| *draw >= observed).count();
    (1 + at_least) as f64 / (n + 1) as f64
}

/// u(t) = φ₁ u(t−1) + φ₂ u(t−2) + e(t), order 0 to 2 by BIC, φ from the Yule–Walker equations and
/// therefore stationary.
#[derive(Clone, Debug)]
struct Autoregression {
    coefficients: Vec<f64>,
    innovations: Vec<f64>,
}

impl Autoregression {
    fn of(residuals: &[f64]) -> Autoregression {
        let n = residuals.len();
        let covariance =
            |lag: usize| sum(residuals[lag..].iter().zip(residuals).map(|(a, b)| a * b)) / n as f64;
        let (c0, c1, c2) = (covariance(0), covariance(1), covariance(2));
        let mut fits: Vec<(Vec<f64>, f64)> = vec![(vec![], c0)];
        if c0 > 0.0 {
            let r1 = c1 / c0;
            fits.push((vec![r1], c0 * (1.0 - r1 * r1)));
            let r2 = c2 / c0;
            let rest = 1.0 - r1 * r1;
            if rest > 0.0 {
                let (first, second) = (r1 * (1.0 - r2) / rest, (r2 - r1 * r1) / rest);
                fits.push((vec![first, second], c0 * rest * (1.0 - second * second)));
            }
        }
        let bic = |(coefficients, variance): &(Vec<f64>, f64)| {
            n as f64 * variance.ln() + coefficients.len() as f64 * (n as f64).ln()
        };
        let coefficients = fits
            .into_iter()
            .filter(|(_, variance)| *variance > 0.0)
            .min_by(|a, b| bic(a).total_cmp(&bic(b)))
            .map_or_else(Vec::new, |(coefficients, _)| coefficients);
        let order = coefficients.len();
        let mut innovations: Vec<f64> = (order..n)
            .map(|t| {
                let carried =
                    coefficients.iter().enumerate().map(|(lag, c)| c * residuals[t - lag - 1]);
                residuals[t] - sum(carried)
            })
            .collect();
        let center = sum(innovations.iter().copied()) / innovations.len() as f64;
        for e in &mut innovations {
            *e -= center;
        }
        Autoregression { coefficients, innovations }
    }

    fn order(&self) -> usize {
        self.coefficients.len()
    }

    fn simulate(&self, n: usize, rng: &mut impl Rng) -> Vec<f64> {
        let mut series = vec![0.0; BURN_IN + n];
        for t in self.order()..series.len() {
            let drawn = self.innovations[rng.random_range(0..self.innovations.len())];
            let carried = self.coefficients.iter().enumerate();
            series[t] = drawn + carried.map(|(lag, c)| c * series[t - lag - 1]).sum::<f64>();
        }
        series.split_off(BURN_IN)
    }
}

/// Counts the replicates done of all there are.
pub(super) struct Steps<'a> {
    pub(super) control: &'a Control<'a>,
    pub(super) done: u64,
    pub(super) total: u64,
}

impl Steps<'_> {
    pub(super) fn step(&mut self) -> Result<(), Cancelled> {
        self.done += 1;
        self.control.step(self.done, self.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strongly_dependent_series_is_seen_as_such() {
        let mut u = vec![1.0];
        for t in 1..200_u32 {
            let shock = if (t * t * 7919) % 13 < 6 { 1.0 } else { -1.0 };
            u.push(0.8 * u[t as usize - 1] + shock);
        }
        let errors = Autoregression::of(&u);
        assert!(errors.order() >= 1 && errors.coefficients[0] > 0.5, "{:?}", errors.coefficients);
    }

    #[test]
    fn residuals_of_zero_make_zero_noise() {
        let errors = Autoregression::of(&[0.0; 12]);
        let noise = errors.simulate(12, &mut Seed(1).stream("test", 0, 0));
        assert_eq!(noise, [0.0; 12]);
    }

    #[test]
    fn the_observed_value_counts_among_the_draws() {
        assert_eq!(p_value(2.0, [1.0, 2.0, 3.0].into_iter()), 0.75);
        assert_eq!(p_value(9.0, [1.0, 2.0, 3.0].into_iter()), 0.25);
    }
}
