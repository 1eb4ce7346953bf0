//! y = Xb + u, u = λWu + e, by maximum likelihood.
//!
//! ℓ(λ) = ln det(I − λW) − n/2 (ln 2π + ln σ²(λ) + 1), σ²(λ) the mean square that is left when
//! y − λWy is regressed on X − λWX. V(b) = σ² (X*'X*)⁻¹; the error of λ comes from the information
//! matrix of (λ, σ²) with A = W(I − λW)⁻¹.
//!
//! Cost: some forty fits and log-determinants, n sparse solutions for the error of λ.
//! Source: Ord (1975), JASA 70, 120–126; Anselin (1988), Spatial Econometrics, chapter 6. As
//! PySAL spreg `ML_Error`.

use agglo_core::{Seed, Undefined, Weights};

use super::Failure;
use super::determinant::LogDeterminant;
use super::elimination::Elimination;
use super::lag::{Traces, gaussian};
use super::peak::peak;
use crate::inference::{Collinear, LeastSquares, dot, inverse_positive, least_squares, norms};

/// The estimates.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ErrorFit {
    /// b.
    pub coefficients: Vec<f64>,
    /// λ.
    pub lambda: f64,
    /// σ² of e, divisor n.
    pub variance: f64,
    /// ℓ at its top.
    pub log_likelihood: f64,
    /// Of b and then λ, row-major; `None` when the information matrix is singular.
    pub covariance: Option<Vec<f64>>,
    /// u = y − Xb.
    pub residuals: Vec<f64>,
    /// e = u − λWu.
    pub filtered: Vec<f64>,
}

/// The regression of y − λWy on X − λWX.
pub(super) fn filtered_fit(
    columns: &[Vec<f64>],
    lagged: &[Vec<f64>],
    y: (&[f64], &[f64]),
    lambda: f64,
) -> Result<LeastSquares, Collinear> {
    let less = |own: &[f64], lag: &[f64]| -> Vec<f64> {
        own.iter().zip(lag).map(|(own, lag)| own - lambda * lag).collect()
    };
    let filtered: Vec<Vec<f64>> =
        columns.iter().zip(lagged).map(|(own, lag)| less(own, lag)).collect();
    least_squares(&filtered, &norms(columns), &less(y.0, y.1))
}

/// y − Xb.
pub(super) fn plain_residuals(columns: &[Vec<f64>], y: &[f64], b: &[f64]) -> Vec<f64> {
    let mut residuals = y.to_vec();
    for (column, b) in columns.iter().zip(b) {
        residuals.iter_mut().zip(column).for_each(|(u, x)| *u -= b * x);
    }
    residuals
}

/// The fit of `y` on `columns` with errors that depend on the neighbors'.
///
/// # Errors
/// A column that repeats others; [`Undefined::NoVariation`] when the columns explain y whole.
pub fn spatial_error(
    columns: &[Vec<f64>],
    y: &[f64],
    weights: &Weights,
    determinant: &LogDeterminant<'_>,
    seed: Seed,
) -> Result<ErrorFit, Failure> {
    let n = y.len();
    let plain = least_squares(columns, &norms(columns), y)?;
    if plain.rss() <= 1e-20 * dot(y, y) {
        return Err(Undefined::NoVariation.into());
    }
    let lagged: Vec<Vec<f64>> = columns.iter().map(|x| weights.lag(x)).collect();
    let lag_y = weights.lag(y);
    let fit_at = |lambda: f64| filtered_fit(columns, &lagged, (y, &lag_y), lambda);
    let height = |lambda: f64| {
        let fit = fit_at(lambda).ok()?;
        Some(determinant.at(lambda)? + gaussian(n, fit.rss() / n as f64))
    };
    let (low, high) = determinant.range;
    let lambda = peak(low, high, &height).ok_or(Undefined::NotIdentified)?;
    let fit = fit_at(lambda)?;
    let (k, s2) = (columns.len(), fit.rss() / n as f64);
    let of_lambda = Elimination::new(weights, lambda).and_then(|found| {
        let traces = Traces::of(weights, lambda, &found, determinant, seed);
        let corner = traces.own / s2;
        let matrix = [traces.square + traces.cross, corner, corner, n as f64 / (2.0 * s2 * s2)];
        Some(inverse_positive(&matrix, 2)?[0])
    });
    let covariance = of_lambda.map(|of_lambda| bordered(&fit.bread, k, s2, of_lambda));
    Ok(ErrorFit {
        log_likelihood: height(lambda).ok_or(Undefined::NotIdentified)?,
        residuals: plain_residuals(columns, y, &fit.coefficients),
        coefficients: fit.coefficients,
        filtered: fit.residuals,
        variance: s2,
        covariance,
        lambda,
    })
}

/// `scale` times a k × k matrix, with one more row and column that holds `corner` only.
pub(super) fn bordered(matrix: &[f64], k: usize, scale: f64, corner: f64) -> Vec<f64> {
    let size = k + 1;
    (0..size * size)
        .map(|at| match (at / size, at % size) {
            (i, j) if i < k && j < k => scale * matrix[i * k + j],
            (i, j) if i == j => corner,
            _ => 0.0,
        })
        .collect()
}
