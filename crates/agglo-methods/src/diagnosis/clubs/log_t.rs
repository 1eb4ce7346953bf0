//! The log t test: do paths come together?
//!
//! h_rt = y_rt / ȳ_t, H_t = mean over r of (h_rt − 1)², and over t = [rT] + 1 … T
//! ln(H₁/H_t) − 2 ln ln t = a + b ln t + u. Convergence is rejected for b / se(b) < −1.65.
//!
//! Source: Phillips and Sul (2007), Econometrica 75, 1771–1855.

use agglo_core::{Undefined, mean, sum};

use crate::inference::{
    Kernel, LeastSquares, andrews_bandwidth, dependent_covariance, dot, least_squares, norms,
    quadratic_spectral,
};

/// How the error of b allows for dependence in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LongRun {
    /// (X'X)⁻¹ times one long-run variance of the residuals, as Phillips and Sul's own program and
    /// `FQSB` of R's ConvergenceClubs: the last residual is in no autocovariance and every term is
    /// divided by T − 1.
    Fixed,
    /// The scores' quadratic spectral covariance with Andrews' bandwidth, times n / (n − 2): `AQSB`.
    Andrews,
}

/// The regression.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct LogT {
    /// a.
    pub alpha: f64,
    /// b: twice the speed at which differences shrink; 2 and more, levels come together.
    pub beta: f64,
    /// Standard error of b.
    pub se: f64,
    /// b / se.
    pub t: f64,
}

/// H_t by period, of the paths in `of`; `paths` by region, then period.
pub fn variation(paths: &[Vec<f64>], of: &[usize]) -> Vec<f64> {
    let n_periods = paths.first().map_or(0, Vec::len);
    (0..n_periods)
        .map(|t| {
            let values: Vec<f64> = of.iter().map(|&r| paths[r][t]).collect();
            let center = mean(&values).unwrap_or(0.0);
            sum(values.iter().map(|y| (y / center - 1.0).powi(2))) / of.len() as f64
        })
        .collect()
}

/// r · T rounded, halves to even.
pub fn trimmed(n_periods: usize, trim: f64) -> usize {
    (n_periods as f64 * trim).round_ties_even() as usize
}

/// The test on `variation`, its first share `trim` of periods left out.
///
/// # Errors
/// [`Undefined::TooFew`] for fewer than four periods after trimming;
/// [`Undefined::NoVariation`] when the paths are the same in some period, or fit the line exactly.
pub fn log_t(variation: &[f64], trim: f64, how: LongRun) -> Result<LogT, Undefined> {
    let n_periods = variation.len();
    let first = trimmed(n_periods, trim) + 1;
    // ln ln t needs t > 1.
    let first = first.max(2);
    if n_periods < first + 3 {
        return Err(Undefined::TooFew);
    }
    let rounding = 1e-28;
    if variation.iter().any(|h| *h <= rounding) {
        return Err(Undefined::NoVariation);
    }
    let x: Vec<f64> = (first..=n_periods).map(|t| (t as f64).ln()).collect();
    let y: Vec<f64> = (first..=n_periods)
        .zip(&x)
        .map(|(t, x)| (variation[0] / variation[t - 1]).ln() - 2.0 * x.ln())
        .collect();
    let columns = [vec![1.0; x.len()], x];
    let fit = least_squares(&columns, &norms(&columns), &y).map_err(|_| Undefined::NoVariation)?;
    let squared = match how {
        LongRun::Fixed => fit.bread[3] * fixed_long_run(&fit.residuals),
        LongRun::Andrews => adaptive(&fit, &columns),
    };
    let beta = fit.coefficients[1];
    let se = squared.sqrt();
    if !(se > 1e-12 * beta.abs() && se.is_finite()) {
        return Err(Undefined::NoVariation);
    }
    Ok(LogT { alpha: fit.coefficients[0], beta, se, t: beta / se })
}

/// The long-run variance of Phillips and Sul's program.
fn fixed_long_run(u: &[f64]) -> f64 {
    let n = u.len();
    let rho = dot(&u[..n - 1], &u[1..]) / dot(&u[..n - 1], &u[..n - 1]);
    let bandwidth = 1.3221 * (4.0 * rho.powi(2) / (1.0 - rho).powi(4) * n as f64).powf(0.2);
    let last = n - 1;
    let tail = sum((1..last).map(|lag| {
        2.0 * dot(&u[..last - lag], &u[lag..last]) * quadratic_spectral(lag as f64 / bandwidth)
    }));
    (tail + dot(u, u)) / last as f64
}

fn adaptive(fit: &LeastSquares, columns: &[Vec<f64>]) -> f64 {
    let n = fit.residuals.len();
    let kernel = andrews_bandwidth(fit, columns)
        .map_or(Kernel::Bartlett { lags: 0 }, |bandwidth| Kernel::QuadraticSpectral { bandwidth });
    dependent_covariance(fit, columns, &[n], kernel)[3] * n as f64 / (n - 2) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    // methods.md 5.3, confirmed with R's ConvergenceClubs (FQSB) and sandwich (AQSB): four paths
    // y = 100 exp(.03t)(1 + a t^−.6), a = .8, .3, −.2, −.5, T = 24.
    #[test]
    fn four_smooth_paths_converge_as_in_r() {
        let paths: Vec<Vec<f64>> = [0.8, 0.3, -0.2, -0.5]
            .iter()
            .map(|a| {
                (1..=24)
                    .map(|t| {
                        let t = f64::from(t);
                        100.0 * (0.03 * t).exp() * (1.0 + a * t.powf(-0.6))
                    })
                    .collect()
            })
            .collect();
        let h = variation(&paths, &[0, 1, 2, 3]);
        let found = log_t(&h, 1.0 / 3.0, LongRun::Fixed).unwrap();
        let close = |found: f64, expected: f64| {
            assert!((found / expected - 1.0).abs() < 1e-8, "{found} is not {expected}");
        };
        close(found.beta, 0.432_410_181_159_529_4);
        close(found.alpha, -0.052_123_469_235_776_286);
        close(found.se, 0.013_272_762_515_465_934);
        close(found.t, 32.578_762_759_875_225);
        let found = log_t(&h, 1.0 / 3.0, LongRun::Andrews).unwrap();
        assert!((found.se / 0.015_782_949_052_254_157 - 1.0).abs() < 1e-5, "{}", found.se);
    }

    #[test]
    fn paths_that_are_the_same_have_no_test() {
        let paths = vec![vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]; 2];
        let h = variation(&paths, &[0, 1]);
        assert_eq!(log_t(&h, 0.3, LongRun::Fixed), Err(Undefined::NoVariation));
        assert_eq!(log_t(&h[..4], 0.3, LongRun::Fixed), Err(Undefined::TooFew));
        assert_eq!(trimmed(35, 0.3), 10);
    }
}
