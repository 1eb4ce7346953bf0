//! Covariance of least-squares coefficients under uneven variances and dependence in time.
//!
//! V = (X'X)⁻¹ M (X'X)⁻¹
//!
//! | name         | M                                                                        |
//! |--------------|--------------------------------------------------------------------------|
//! | HC0          | Σ u² x x'                                                                |
//! | HC1          | HC0 · n / (n − k)                                                        |
//! | HC2, HC3     | Σ u² / (1 − h) x x', Σ u² / (1 − h)² x x', h the leverage                |
//! | Newey–West   | Σ over lags l ≤ L of (1 − l / (L + 1)) Γ(l), Γ the scores' autocovariance |
//! | Andrews      | Σ over all lags of the quadratic spectral weights, times n / (n − k)     |
//!
//! Source: MacKinnon and White (1985), Journal of Econometrics 29, 305–325; Newey and West (1987),
//! Econometrica 55, 703–708; Andrews (1991), Econometrica 59, 817–858, with one autoregression for
//! each column but the intercept, as R's sandwich does it.

use agglo_core::{mean, sum};

use super::least_squares::{COLLINEAR, LeastSquares, dot, least_squares, norms};

/// A correction for uneven variances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uneven {
    /// None.
    Hc0,
    /// n / (n − k).
    Hc1,
    /// 1 / (1 − h).
    Hc2,
    /// 1 / (1 − h)².
    Hc3,
}

/// How far, and how much, neighboring periods count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kernel {
    /// Bartlett weights 1 − l / (lags + 1).
    Bartlett {
        /// The last lag that counts.
        lags: usize,
    },
    /// Quadratic spectral weights at l / bandwidth.
    QuadraticSpectral {
        /// The bandwidth, above zero.
        bandwidth: f64,
    },
}

impl Kernel {
    /// The weight of lag `l`.
    pub fn weight(self, lag: usize) -> f64 {
        let l = lag as f64;
        match self {
            Kernel::Bartlett { lags } => (1.0 - l / (lags as f64 + 1.0)).max(0.0),
            Kernel::QuadraticSpectral { bandwidth } => quadratic_spectral(l / bandwidth),
        }
    }
}

/// 25 / (12 π² x²) (sin(6πx/5) / (6πx/5) − cos(6πx/5)), 1 at 0 and 0 at infinity.
pub fn quadratic_spectral(x: f64) -> f64 {
    let y = 1.2 * std::f64::consts::PI * x;
    if y.is_infinite() {
        return 0.0;
    }
    // Below, the difference of sine and cosine has lost its digits; the series has not.
    if y.abs() < 1e-2 {
        return 1.0 - y * y / 10.0 + y.powi(4) / 280.0;
    }
    3.0 / (y * y) * (y.sin() / y - y.cos())
}

/// ⌊4 (n / 100)^(2/9)⌋, the rule of thumb for Bartlett lags.
///
/// Source: Newey and West (1994), Review of Economic Studies 61, 631–653.
pub fn newey_west_lags(n: usize) -> usize {
    (4.0 * (n as f64 / 100.0).powf(2.0 / 9.0)).floor() as usize
}

/// Andrews' bandwidth for the quadratic spectral kernel, 1.3221 (n α̂)^(1/5), from a first-order
/// autoregression of each column's scores; `None` when the scores of a column do not vary. Without
/// any dependence it is the least number above zero: no lag counts.
///
/// A single column, or columns without an intercept, all count.
pub fn andrews_bandwidth(fit: &LeastSquares, columns: &[Vec<f64>]) -> Option<f64> {
    let n = fit.residuals.len();
    let (mut over, mut under) = (0.0, 0.0);
    for column in columns {
        let is_constant = column.windows(2).all(|pair| pair[0] == pair[1]);
        if is_constant && columns.len() > 1 {
            continue;
        }
        let scores: Vec<f64> = column.iter().zip(&fit.residuals).map(|(x, u)| x * u).collect();
        let (rho, variance) = autoregression(&scores)?;
        over += 4.0 * rho.powi(2) * variance.powi(2) / (1.0 - rho).powi(8);
        under += variance.powi(2) / (1.0 - rho).powi(4);
    }
    let bandwidth = 1.3221 * (n as f64 * over / under).powf(0.2);
    bandwidth.is_finite().then_some(bandwidth.max(f64::MIN_POSITIVE))
}

/// ρ of a first-order autoregression with intercept, and the variance of what it leaves.
fn autoregression(series: &[f64]) -> Option<(f64, f64)> {
    let n = series.len().checked_sub(1).filter(|n| *n > 2)?;
    let columns = [vec![1.0; n], series[..n].to_vec()];
    let fit = least_squares(&columns, &norms(&columns), &series[1..]).ok()?;
    Some((fit.coefficients[1], fit.rss() / n as f64))
}

/// s² (X'X)⁻¹ with s² = Σ u² / (n − k − absorbed); `None` when no row is left over.
pub fn classical_covariance(fit: &LeastSquares, n_absorbed: usize) -> Option<Vec<f64>> {
    let freedom = fit.freedom()?.checked_sub(n_absorbed).filter(|df| *df > 0)?;
    let variance = fit.rss() / freedom as f64;
    Some(fit.bread.iter().map(|value| value * variance).collect())
}

/// The covariance under uneven variances, row-major; `n_absorbed` effects count as columns in HC1.
/// `None` when no row is left over, or one lies on the fit because nothing else holds it.
pub fn uneven_covariance(
    fit: &LeastSquares,
    columns: &[Vec<f64>],
    how: Uneven,
    n_absorbed: usize,
) -> Option<Vec<f64>> {
    let n = fit.residuals.len();
    let freedom = fit.freedom()?.checked_sub(n_absorbed).filter(|df| *df > 0)?;
    let mut scaled = Vec::with_capacity(n);
    for (u, h) in fit.residuals.iter().zip(&fit.leverages) {
        let room = 1.0 - h;
        scaled.push(match how {
            Uneven::Hc0 => *u,
            Uneven::Hc1 => u * (n as f64 / freedom as f64).sqrt(),
            Uneven::Hc2 | Uneven::Hc3 if room <= COLLINEAR => return None,
            Uneven::Hc2 => u / room.sqrt(),
            Uneven::Hc3 => u / room,
        });
    }
    let scores = scores(columns, &scaled);
    let k = columns.len();
    let meat: Vec<f64> =
        (0..k * k).map(|place| dot(&scores[place / k], &scores[place % k])).collect();
    Some(sandwich(&fit.bread, &meat))
}

/// The covariance under dependence in time, row-major and without a small-sample factor. The rows
/// of one group must stand in the order of time; `groups` are the ends of the groups' rows.
pub fn dependent_covariance(
    fit: &LeastSquares,
    columns: &[Vec<f64>],
    groups: &[usize],
    kernel: Kernel,
) -> Vec<f64> {
    let scores = scores(columns, &fit.residuals);
    let k = columns.len();
    let mut meat: Vec<f64> =
        (0..k * k).map(|place| dot(&scores[place / k], &scores[place % k])).collect();
    let longest = groups.windows(2).map(|ends| ends[1] - ends[0]).max().unwrap_or(0);
    for lag in 1..longest.max(groups.first().copied().unwrap_or(0)) {
        let weight = kernel.weight(lag);
        if weight == 0.0 {
            continue;
        }
        let cross = |i: usize, j: usize| {
            let mut start = 0;
            let mut parts = Vec::with_capacity(groups.len());
            for &end in groups {
                if end - start > lag {
                    parts.push(dot(&scores[i][start..end - lag], &scores[j][start + lag..end]));
                }
                start = end;
            }
            sum(parts)
        };
        for i in 0..k {
            for j in 0..k {
                meat[i * k + j] += weight * (cross(i, j) + cross(j, i));
            }
        }
    }
    sandwich(&fit.bread, &meat)
}

fn scores(columns: &[Vec<f64>], residuals: &[f64]) -> Vec<Vec<f64>> {
    columns.iter().map(|x| x.iter().zip(residuals).map(|(x, u)| x * u).collect()).collect()
}

/// B M B for symmetric B and M, row-major.
fn sandwich(bread: &[f64], meat: &[f64]) -> Vec<f64> {
    let k = (bread.len() as f64).sqrt().round() as usize;
    let times = |a: &[f64], b: &[f64]| -> Vec<f64> {
        (0..k * k)
            .map(|place| sum((0..k).map(|l| a[place / k * k + l] * b[l * k + place % k])))
            .collect()
    };
    times(&times(bread, meat), bread)
}

/// The long-run variance of a series about its mean: Σ of weighted autocovariances, divisor n.
/// `None` for no values.
pub fn long_run_variance(series: &[f64], kernel: Kernel) -> Option<f64> {
    let center = mean(series)?;
    let n = series.len();
    let centered: Vec<f64> = series.iter().map(|v| v - center).collect();
    let covariance = |lag: usize| dot(&centered[..n - lag], &centered[lag..]);
    let tail = sum((1..n).map(|lag| 2.0 * kernel.weight(lag) * covariance(lag)));
    Some((covariance(0) + tail) / n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    // A mean of (1, 3, 8): residuals −3, −1, 4, every leverage 1/3, bread 1/3.
    // HC0 = 26/9; HC1 times 3/2; HC2 too, for 1 − h = 2/3; HC3 times 9/4.
    #[test]
    fn the_mean_of_three_has_its_four_variances() {
        let columns = [vec![1.0; 3]];
        let fit = least_squares(&columns, &[1.0], &[1.0, 3.0, 8.0]).unwrap();
        for (how, expected) in [
            (Uneven::Hc0, 26.0 / 9.0),
            (Uneven::Hc1, 26.0 / 6.0),
            (Uneven::Hc2, 26.0 / 6.0),
            (Uneven::Hc3, 6.5),
        ] {
            let found = uneven_covariance(&fit, &columns, how, 0).unwrap()[0];
            assert!((found - expected).abs() < 1e-13, "{how:?}: {found}");
        }
        assert!((classical_covariance(&fit, 0).unwrap()[0] - 13.0 / 3.0).abs() < 1e-13);
        // Γ(0) = 26, Γ(1) = 3 − 4 = −1, weight 1/2 both ways: (26 − 1) / 9.
        let kernel = Kernel::Bartlett { lags: 1 };
        let found = dependent_covariance(&fit, &columns, &[3], kernel)[0];
        assert!((found - 25.0 / 9.0).abs() < 1e-13);
        // The first two rows of one region, the third of another: only 3 of Γ(1) is left.
        let found = dependent_covariance(&fit, &columns, &[2, 3], kernel)[0];
        assert!((found - 29.0 / 9.0).abs() < 1e-13);
    }

    #[test]
    fn a_row_that_nothing_else_holds_has_no_hc3() {
        let columns = [vec![1.0; 3], vec![0.0, 0.0, 1.0]];
        let fit = least_squares(&columns, &norms(&columns), &[1.0, 3.0, 8.0]).unwrap();
        assert_eq!(uneven_covariance(&fit, &columns, Uneven::Hc3, 0), None);
        assert!(uneven_covariance(&fit, &columns, Uneven::Hc1, 0).is_some());
        assert_eq!(classical_covariance(&fit, 1), None);
    }

    #[test]
    fn the_quadratic_spectral_weights_run_smoothly_through_the_series() {
        let near = quadratic_spectral(0.01 / (1.2 * std::f64::consts::PI) * (1.0 - 1e-9));
        let far = quadratic_spectral(0.01 / (1.2 * std::f64::consts::PI) * (1.0 + 1e-9));
        assert!((near - far).abs() < 1e-10);
        assert_eq!(quadratic_spectral(0.0), 1.0);
        assert!(quadratic_spectral(50.0).abs() < 1e-3);
        assert_eq!(newey_west_lags(100), 4);
    }

    // A bandwidth near zero puts every lag beyond all numbers.
    #[test]
    fn a_lag_at_infinity_has_no_weight() {
        assert_eq!(quadratic_spectral(f64::INFINITY), 0.0);
        let kernel = Kernel::QuadraticSpectral { bandwidth: f64::MIN_POSITIVE };
        assert_eq!([1, 2, 9].map(|lag| kernel.weight(lag)), [0.0; 3]);
    }
}
