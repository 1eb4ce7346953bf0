//! Long-run covariance of scores that may depend on each other over time.
//!
//! S = Σⱼ k(j/b) Γⱼ, Γⱼ = Σₜ uₜ uₜ₋ⱼ', k(x) = 25/(12 π² x²) (sin(6πx/5)/(6πx/5) − cos(6πx/5)), and b =
//! 1.3221 (T α)^(1/5) with α from first-order autoregressions of the columns, all of one weight.
//!
//! Cost: O(T² k²) for T rows and k columns.
//! Source: Andrews (1991), Econometrica 59(3), 817–858; `bwAndrews` and `kernHAC` of sandwich (R).

use agglo_core::{mean, sum};
use std::f64::consts::PI;

use super::dot;

/// The bandwidth and S, row-major, for `scores` by column; `None` when nothing varies.
pub fn long_run_covariance(scores: &[Vec<f64>]) -> Option<(f64, Vec<f64>)> {
    let k = scores.len();
    let n = scores.first()?.len();
    let bandwidth = andrews_bandwidth(scores)?;
    let lagged = |i: usize, j: usize, lag: usize| dot(&scores[i][lag..], &scores[j][..n - lag]);
    let weights: Vec<f64> = (1..n).map(|lag| quadratic_spectral(lag as f64 / bandwidth)).collect();
    let covariance = (0..k * k)
        .map(|place| {
            let (i, j) = (place / k, place % k);
            let later = weights
                .iter()
                .enumerate()
                .map(|(lag, weight)| weight * (lagged(i, j, lag + 1) + lagged(j, i, lag + 1)));
            lagged(i, j, 0) + sum(later)
        })
        .collect();
    Some((bandwidth, covariance))
}

/// Andrews's plug-in bandwidth for the quadratic spectral kernel.
fn andrews_bandwidth(scores: &[Vec<f64>]) -> Option<f64> {
    let (mut above, mut below) = (0.0, 0.0);
    for column in scores {
        let (rho, variance) = first_order(column)?;
        let rest = 1.0 - rho;
        above += 4.0 * rho * rho * variance * variance / rest.powi(8);
        below += variance * variance / rest.powi(4);
    }
    let n = scores.first()?.len() as f64;
    let bandwidth = 1.3221 * (n * above / below).powf(0.2);
    // Without any dependence the bandwidth is zero: no lag counts.
    (bandwidth.is_finite()).then_some(bandwidth.max(f64::MIN_POSITIVE))
}

/// Coefficient and residual variance of the regression of a column on itself a step earlier.
fn first_order(column: &[f64]) -> Option<(f64, f64)> {
    let n = column.len().checked_sub(1).filter(|n| *n > 1)?;
    let (earlier, later) = (&column[..n], &column[1..]);
    let (me, ml) = (mean(earlier)?, mean(later)?);
    let sxx = sum(earlier.iter().map(|e| (e - me).powi(2)));
    if sxx <= 0.0 {
        return None;
    }
    let sxy = sum(earlier.iter().zip(later).map(|(e, l)| (e - me) * (l - ml)));
    let rho = sxy / sxx;
    let ssr = sum(earlier.iter().zip(later).map(|(e, l)| (l - ml - rho * (e - me)).powi(2)));
    (rho != 1.0).then_some((rho, ssr / n as f64))
}

fn quadratic_spectral(x: f64) -> f64 {
    let z = 6.0 * PI * x / 5.0;
    if !z.is_finite() || z > 1e8 {
        return 0.0;
    }
    // Near zero the difference below loses its digits; its series does not.
    if z < 1e-2 {
        return 1.0 - z * z / 10.0 + z.powi(4) / 280.0;
    }
    3.0 / (z * z) * (z.sin() / z - z.cos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_is_one_at_zero_and_fades() {
        assert!((quadratic_spectral(1e-9) - 1.0).abs() < 1e-12);
        let edge = 1e-2 * 5.0 / (6.0 * PI);
        let (below, above) =
            (quadratic_spectral(edge * 0.999_999), quadratic_spectral(edge * 1.000_001));
        assert!((below - above).abs() < 1e-10, "{below} {above}");
        assert!(quadratic_spectral(50.0).abs() < 1e-3);
    }

    #[test]
    fn nothing_that_varies_has_no_bandwidth() {
        assert_eq!(long_run_covariance(&[vec![0.0; 9]]), None);
        assert_eq!(long_run_covariance(&[]), None);
    }
}
