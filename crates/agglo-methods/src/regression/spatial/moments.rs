//! y = Xb + u, u = λWu + e, by generalized moments.
//!
//! Even variances (Kelejian and Prucha 1999): λ and σ² make least the squares of three moments of
//! the residuals, u'u, (Wu)'(Wu) and u'Wu; then b by least squares of y − λWy on X − λWX,
//! V(b) = σ̂² (X*'X*)⁻¹; λ has no error.
//!
//! Uneven variances (Kelejian and Prucha 2010; Arraiz and others 2010): the two moments e'A₁e = 0
//! and e'We = 0 with A₁ = W'W − diag(W'W), which hold whatever the variances; λ from the residuals
//! of least squares, b from the filtered data, λ again weighted by the inverse of the moments'
//! covariance Ψ; V(λ) = (J'Ψ⁻¹J)⁻¹/n, V(b) of White's form.
//!
//! λ is sought within −0.99 and 0.99. Cost: O(n k²), and the squares of W'W.
//! Source: Kelejian and Prucha (1999), International Economic Review 40, 509–533, and (2010),
//! Journal of Econometrics 157, 53–67; Arraiz, Drukker, Kelejian and Prucha (2010), Journal of
//! Regional Science 50, 592–614. As PySAL spreg `GM_Error` and `GM_Error_Het`.

use std::collections::BTreeMap;

use agglo_core::{Undefined, Weights, sum};

use super::Failure;
use super::error::{filtered_fit, plain_residuals};
use super::peak::peak;
use crate::inference::{Uneven, dot, inverse_positive, least_squares, norms, uneven_covariance};

const BOUND: f64 = 0.99;

/// The estimates.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MomentsFit {
    /// b.
    pub coefficients: Vec<f64>,
    /// λ.
    pub lambda: f64,
    /// Mean square of e, divisor n.
    pub variance: f64,
    /// Of b alone.
    pub covariance: Vec<f64>,
    /// Standard error of λ; `None` under even variances.
    pub lambda_se: Option<f64>,
    /// u = y − Xb.
    pub residuals: Vec<f64>,
    /// e = u − λWu.
    pub filtered: Vec<f64>,
}

/// The fit under even variances.
///
/// # Errors
/// A column that repeats others; [`Undefined::NotIdentified`] when the moments have no λ.
pub fn generalized_moments(
    columns: &[Vec<f64>],
    y: &[f64],
    weights: &Weights,
) -> Result<MomentsFit, Failure> {
    let n = y.len() as f64;
    let u = least_squares(columns, &norms(columns), y)?.residuals;
    let wu = weights.lag(&u);
    let wwu = weights.lag(&wu);
    let squares = sum(weights.edges().map(|(_, _, w)| w * w));
    let known = [dot(&u, &u) / n, dot(&wu, &wu) / n, dot(&u, &wu) / n];
    let of_lambda =
        [2.0 * dot(&u, &wu) / n, 2.0 * dot(&wwu, &wu) / n, (dot(&u, &wwu) + dot(&wu, &wu)) / n];
    let of_square = [-dot(&wu, &wu) / n, -dot(&wwu, &wwu) / n, -dot(&wu, &wwu) / n];
    let of_variance = [1.0, squares / n, 0.0];
    // For each λ the best σ² is that of a regression of three points.
    let miss = |lambda: f64| {
        let left: Vec<f64> = (0..3)
            .map(|m| known[m] - of_lambda[m] * lambda - of_square[m] * lambda * lambda)
            .collect();
        let variance = (dot(&left, &of_variance) / dot(&of_variance, &of_variance)).max(0.0);
        sum((0..3).map(|m| (left[m] - variance * of_variance[m]).powi(2)))
    };
    let lambda =
        peak(-BOUND, BOUND, &|lambda| Some(-miss(lambda))).ok_or(Undefined::NotIdentified)?;
    let lagged: Vec<Vec<f64>> = columns.iter().map(|x| weights.lag(x)).collect();
    let fit = filtered_fit(columns, &lagged, (y, &weights.lag(y)), lambda)?;
    let variance = fit.rss() / n;
    Ok(MomentsFit {
        residuals: plain_residuals(columns, y, &fit.coefficients),
        covariance: fit.bread.iter().map(|v| v * variance).collect(),
        coefficients: fit.coefficients,
        filtered: fit.residuals,
        lambda_se: None,
        variance,
        lambda,
    })
}

/// The fit under uneven variances.
///
/// # Errors
/// A column that repeats others; [`Undefined::NotIdentified`] when the moments have no λ.
pub fn generalized_moments_uneven(
    columns: &[Vec<f64>],
    y: &[f64],
    weights: &Weights,
) -> Result<MomentsFit, Failure> {
    let n = y.len() as f64;
    let pairs = Pairs::of(weights);
    let lagged: Vec<Vec<f64>> = columns.iter().map(|x| weights.lag(x)).collect();
    let lag_y = weights.lag(y);
    let first = least_squares(columns, &norms(columns), y)?.residuals;
    let start = pairs.moments(&first, weights).lambda(None)?;
    let fit = filtered_fit(columns, &lagged, (y, &lag_y), start)?;
    let residuals = plain_residuals(columns, y, &fit.coefficients);
    let moments = pairs.moments(&residuals, weights);
    let weighting = inverse_positive(&pairs.covariance(&residuals, weights, start), 2);
    let lambda = moments.lambda(Some(&weighting.ok_or(Undefined::NotIdentified)?))?;
    // White's errors are those of the data filtered by the last λ, its residuals those of b.
    let last = filtered_fit(columns, &lagged, (y, &lag_y), lambda)?;
    let lag_u = weights.lag(&residuals);
    let filtered: Vec<f64> = residuals.iter().zip(&lag_u).map(|(u, wu)| u - lambda * wu).collect();
    let less = |own: &[f64], lag: &[f64]| -> Vec<f64> {
        own.iter().zip(lag).map(|(own, lag)| own - lambda * lag).collect()
    };
    let stars: Vec<Vec<f64>> = columns.iter().zip(&lagged).map(|(x, wx)| less(x, wx)).collect();
    let mut white = last;
    white.residuals.clone_from(&filtered);
    let covariance = uneven_covariance(&white, &stars, Uneven::Hc0, 0).ok_or(Undefined::TooFew)?;
    let weighting = inverse_positive(&pairs.covariance(&residuals, weights, lambda), 2)
        .ok_or(Undefined::NotIdentified)?;
    let slope: Vec<f64> =
        (0..2).map(|m| moments.slopes[m][0] + 2.0 * lambda * moments.slopes[m][1]).collect();
    let precision = sum((0..4).map(|at| slope[at / 2] * weighting[at] * slope[at % 2]));
    Ok(MomentsFit {
        coefficients: fit.coefficients,
        variance: dot(&filtered, &filtered) / n,
        covariance,
        lambda_se: Some((1.0 / (precision * n)).sqrt()),
        residuals,
        filtered,
        lambda,
    })
}

/// g = G (λ, λ²)' for two moments.
struct Two {
    known: [f64; 2],
    slopes: [[f64; 2]; 2],
}

impl Two {
    /// The λ that makes the weighted squares of g − G (λ, λ²)' least.
    fn lambda(&self, weighting: Option<&[f64]>) -> Result<f64, Undefined> {
        let miss = |lambda: f64| {
            let left: Vec<f64> = (0..2)
                .map(|m| {
                    self.known[m] - self.slopes[m][0] * lambda - self.slopes[m][1] * lambda * lambda
                })
                .collect();
            match weighting {
                None => dot(&left, &left),
                Some(w) => sum((0..4).map(|at| left[at / 2] * w[at] * left[at % 2])),
            }
        };
        peak(-BOUND, BOUND, &|lambda| Some(-miss(lambda))).ok_or(Undefined::NotIdentified)
    }
}

/// A₁ = W'W without its diagonal, and W + W', as rows of (column, value).
struct Pairs {
    inner: Vec<BTreeMap<usize, f64>>,
    both: Vec<BTreeMap<usize, f64>>,
}

impl Pairs {
    fn of(weights: &Weights) -> Pairs {
        let n = weights.len();
        let mut inner = vec![BTreeMap::new(); n];
        let mut both = vec![BTreeMap::new(); n];
        for region in 0..n {
            for (a, of_a) in weights.row(region) {
                *both[region].entry(a).or_insert(0.0) += of_a;
                *both[a].entry(region).or_insert(0.0) += of_a;
                for (b, of_b) in weights.row(region).filter(|(b, _)| *b != a) {
                    *inner[a].entry(b).or_insert(0.0) += of_a * of_b;
                }
            }
        }
        Pairs { inner, both }
    }

    fn times(rows: &[BTreeMap<usize, f64>], x: &[f64]) -> Vec<f64> {
        rows.iter().map(|row| row.iter().map(|(&at, value)| value * x[at]).sum()).collect()
    }

    fn moments(&self, u: &[f64], weights: &Weights) -> Two {
        let n = u.len() as f64;
        let wu = weights.lag(u);
        let (inner_u, inner_wu) = (Pairs::times(&self.inner, u), Pairs::times(&self.inner, &wu));
        Two {
            known: [dot(u, &inner_u) / n, dot(u, &wu) / n],
            slopes: [
                [2.0 * dot(u, &inner_wu) / n, -dot(&wu, &inner_wu) / n],
                [dot(u, &Pairs::times(&self.both, &wu)) / n, -dot(&wu, &weights.lag(&wu)) / n],
            ],
        }
    }

    /// Ψ of the two moments: tr(A Σ B Σ)/(2n) over 2A₁ and W + W', Σ the squares of e.
    fn covariance(&self, u: &[f64], weights: &Weights, lambda: f64) -> Vec<f64> {
        let n = u.len();
        let squares: Vec<f64> =
            u.iter().zip(weights.lag(u)).map(|(u, wu)| (u - lambda * wu).powi(2)).collect();
        let meet = |a: &[BTreeMap<usize, f64>], b: &[BTreeMap<usize, f64>]| {
            // Both are symmetric: tr(A Σ B Σ) = Σ a_ij b_ij s_i s_j.
            sum(a.iter().zip(b).enumerate().flat_map(|(i, (a, b))| {
                let squares = &squares;
                a.iter().filter_map(move |(j, x)| Some(x * b.get(j)? * squares[i] * squares[*j]))
            })) / (2.0 * n as f64)
        };
        let mixed = 2.0 * meet(&self.inner, &self.both);
        vec![4.0 * meet(&self.inner, &self.inner), mixed, mixed, meet(&self.both, &self.both)]
    }
}
