//! y = ρWy + Xb + u by maximum likelihood.
//!
//! ℓ(ρ) = ln det(I − ρW) − n/2 (ln 2π + ln σ²(ρ) + 1), σ²(ρ) = |e₀ − ρe₁|²/n, e₀ and e₁ what the
//! columns leave of y and of Wy; b = b₀ − ρb₁. The errors come from the information matrix of
//! (b, ρ, σ²) with A = W(I − ρW)⁻¹: its traces are exact up to 1,000 rows, and beyond, tr(A'A)
//! from 64 draws of signs (Hutchinson), and so tr(A) and tr(AA) where eigenvalues are not the way.
//!
//! Cost: one fit, some forty log-determinants, n sparse solutions for the errors.
//! Source: Ord (1975), JASA 70, 120–126; Anselin (1988), Spatial Econometrics, chapter 6. As
//! PySAL spreg `ML_Lag`.

use agglo_core::{Seed, Undefined, Weights, sum};
use rand::RngExt;

use super::Failure;
use super::determinant::LogDeterminant;
use super::elimination::Elimination;
use super::peak::peak;
use crate::inference::{COLLINEAR, Factored, dot, inverse_positive, norms};

/// The most rows for which traces are exact.
const EXACT: usize = 1000;
const SIGNS: u32 = 64;

/// The estimates.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LagFit {
    /// b.
    pub coefficients: Vec<f64>,
    /// ρ.
    pub rho: f64,
    /// σ², divisor n.
    pub variance: f64,
    /// ℓ at its top.
    pub log_likelihood: f64,
    /// Of b and then ρ, row-major; `None` when the information matrix is singular.
    pub covariance: Option<Vec<f64>>,
    /// u.
    pub residuals: Vec<f64>,
}

/// −n/2 (ln 2π + ln σ² + 1).
pub(super) fn gaussian(n: usize, variance: f64) -> f64 {
    -(n as f64) / 2.0 * ((2.0 * std::f64::consts::PI).ln() + variance.ln() + 1.0)
}

/// The fit of `y` on its lag and `columns`.
///
/// # Errors
/// A column that repeats others; [`Undefined::NoVariation`] when the columns explain y whole.
pub fn spatial_lag(
    columns: &[Vec<f64>],
    y: &[f64],
    weights: &Weights,
    determinant: &LogDeterminant<'_>,
    seed: Seed,
) -> Result<LagFit, Failure> {
    let n = y.len();
    let factored = Factored::new(columns, &norms(columns), COLLINEAR)?;
    let lagged = weights.lag(y);
    let (own, of_lag) = (factored.fit(columns, y), factored.fit(columns, &lagged));
    let (e0, e1) = (&own.residuals, &of_lag.residuals);
    let (a, b, c) = (dot(e0, e0), dot(e0, e1), dot(e1, e1));
    if a <= 1e-20 * dot(y, y) {
        return Err(Undefined::NoVariation.into());
    }
    let variance = |rho: f64| (a - 2.0 * rho * b + rho * rho * c) / n as f64;
    let height = |rho: f64| Some(determinant.at(rho)? + gaussian(n, variance(rho)));
    let (low, high) = determinant.range;
    let rho = peak(low, high, &height).ok_or(Undefined::NotIdentified)?;
    let coefficients: Vec<f64> =
        own.coefficients.iter().zip(&of_lag.coefficients).map(|(b, l)| b - rho * l).collect();
    let residuals: Vec<f64> = e0.iter().zip(e1).map(|(e0, e1)| e0 - rho * e1).collect();
    let mut fit = LagFit {
        variance: dot(&residuals, &residuals) / n as f64,
        log_likelihood: height(rho).ok_or(Undefined::NotIdentified)?,
        covariance: None,
        coefficients,
        rho,
        residuals,
    };
    fit.covariance = information(&fit, columns, weights, determinant, seed);
    Ok(fit)
}

fn information(
    fit: &LagFit,
    columns: &[Vec<f64>],
    weights: &Weights,
    determinant: &LogDeterminant<'_>,
    seed: Seed,
) -> Option<Vec<f64>> {
    let (k, n, s2) = (columns.len(), fit.residuals.len(), fit.variance);
    let found = Elimination::new(weights, fit.rho)?;
    let mean: Vec<f64> = (0..n)
        .map(|row| sum(columns.iter().zip(&fit.coefficients).map(|(x, b)| b * x[row])))
        .collect();
    let pulled = weights.lag(&found.solve(&mean));
    let traces = Traces::of(weights, fit.rho, &found, determinant, seed);
    let size = k + 2;
    let mut matrix = vec![0.0; size * size];
    let mut put = |i: usize, j: usize, value: f64| {
        matrix[i * size + j] = value;
        matrix[j * size + i] = value;
    };
    for i in 0..k {
        for j in 0..=i {
            put(i, j, dot(&columns[i], &columns[j]) / s2);
        }
        put(i, k, dot(&columns[i], &pulled) / s2);
    }
    put(k, k, traces.square + traces.cross + dot(&pulled, &pulled) / s2);
    put(k, k + 1, traces.own / s2);
    put(k + 1, k + 1, n as f64 / (2.0 * s2 * s2));
    let inverse = inverse_positive(&matrix, size)?;
    let kept = k + 1;
    Some((0..kept * kept).map(|at| inverse[at / kept * size + at % kept]).collect())
}

/// tr(A), tr(AA) and tr(A'A) for A = W(I − ρW)⁻¹.
pub(super) struct Traces {
    pub(super) own: f64,
    pub(super) square: f64,
    pub(super) cross: f64,
}

impl Traces {
    pub(super) fn of(
        weights: &Weights,
        rho: f64,
        found: &Elimination,
        determinant: &LogDeterminant<'_>,
        seed: Seed,
    ) -> Traces {
        let n = weights.len();
        if n <= EXACT {
            let columns: Vec<Vec<f64>> = (0..n)
                .map(|at| {
                    let mut unit = vec![0.0; n];
                    unit[at] = 1.0;
                    weights.lag(&found.solve(&unit))
                })
                .collect();
            return Traces {
                own: sum((0..n).map(|at| columns[at][at])),
                square: sum((0..n).flat_map(|i| {
                    let columns = &columns;
                    (0..n).map(move |j| columns[i][j] * columns[j][i])
                })),
                cross: sum(columns.iter().map(|column| dot(column, column))),
            };
        }
        let turned = weights.transposed();
        let mut traces = Traces { own: 0.0, square: 0.0, cross: 0.0 };
        for draw in 0..SIGNS {
            let mut rng = seed.stream("spatial-traces", 0, draw);
            let signs: Vec<f64> =
                (0..n).map(|_| if rng.random::<bool>() { 1.0 } else { -1.0 }).collect();
            let there = weights.lag(&found.solve(&signs));
            let back = found.solve_transposed(&turned.lag(&signs));
            let share = 1.0 / f64::from(SIGNS);
            traces.own += share * dot(&signs, &there);
            traces.square += share * dot(&back, &there);
            traces.cross += share * dot(&there, &there);
        }
        if let Some(values) = determinant.eigenvalues() {
            // ω / (1 − ρω) as a + bi, and its square.
            let parts = values.iter().map(|&(re, im)| {
                let (x, y) = (1.0 - rho * re, -rho * im);
                let size = x * x + y * y;
                ((re * x + im * y) / size, (im * x - re * y) / size)
            });
            let parts: Vec<(f64, f64)> = parts.collect();
            traces.own = sum(parts.iter().map(|(a, _)| *a));
            traces.square = sum(parts.iter().map(|(a, b)| a * a - b * b));
        }
        traces
    }
}
