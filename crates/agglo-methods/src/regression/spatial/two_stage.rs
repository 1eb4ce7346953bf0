//! y = ρWy + Xb + u by two-stage least squares, Wy instrumented by WX, W²X, …
//!
//! Z = (X, Wy), H = (X, WX, …), Ẑ = H(H'H)⁻¹H'Z, d = (Ẑ'Ẑ)⁻¹Ẑ'y, u = y − Zd;
//! V = s² (Ẑ'Ẑ)⁻¹ with s² = u'u/n, or (Ẑ'Ẑ)⁻¹ Σ u² ẑẑ' (Ẑ'Ẑ)⁻¹.
//!
//! Is a dependence left in u? AK = (u'Wu/σ²)² / (T + 4 a/σ²), χ² with 1, with T = tr(W'W + WW) and a =
//! (u'WZ)(Ẑ'Ẑ)⁻¹(u'WZ)': Moran's I of residuals that instruments stand behind.
//!
//! Instruments that repeat others are left out. Cost: O(n k²).
//! Source: Anselin (1988), chapter 7; Kelejian and Prucha (1998), Journal of Real Estate Finance
//! and Economics 17, 99–121; Anselin and Kelejian (1997), International Regional Science Review 20,
//! 153–182. As PySAL spreg `GM_Lag`, with and without `robust='white'`, and its `AKtest`.

use agglo_core::{Undefined, Weights, sum};

use super::Failure;
use crate::inference::{
    COLLINEAR, Factored, LeastSquares, Uneven, dot, least_squares, norms, uneven_covariance,
};
use crate::regression::residuals::product_trace;

/// The estimates.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TwoStageFit {
    /// b.
    pub coefficients: Vec<f64>,
    /// ρ; two-stage least squares may put it beyond one.
    pub rho: f64,
    /// u'u/n.
    pub variance: f64,
    /// Of b and then ρ, row-major.
    pub covariance: Option<Vec<f64>>,
    /// u.
    pub residuals: Vec<f64>,
    /// Instruments besides the columns.
    pub n_instruments: usize,
    /// Anselin and Kelejian's test of dependence in u, χ² with one degree of freedom.
    pub anselin_kelejian: Result<f64, Undefined>,
}

/// The fit, with lags of the columns up to the power `lags` as instruments.
///
/// # Errors
/// A column that repeats others; [`Undefined::NotIdentified`] when no lag of a column adds
/// anything, so that Wy has no instrument.
pub fn two_stage_lag(
    columns: &[Vec<f64>],
    y: &[f64],
    weights: &Weights,
    lags: usize,
    is_robust: bool,
) -> Result<TwoStageFit, Failure> {
    let scales = norms(columns);
    let mut factored = Factored::new(columns, &scales, COLLINEAR)?;
    let mut instruments = columns.to_vec();
    let mut lagged = columns.to_vec();
    for _ in 0..lags {
        lagged = lagged.iter().map(|x| weights.lag(x)).collect();
        for candidate in &lagged {
            // The lag of a constant is a constant, but for regions without neighbors.
            if columns.len() > 1 && is_constant(candidate, columns) {
                continue;
            }
            instruments.push(candidate.clone());
            match Factored::new(&instruments, &norms(&instruments), COLLINEAR) {
                Ok(more) => factored = more,
                Err(_) => {
                    instruments.pop();
                }
            }
        }
    }
    let n_instruments = instruments.len() - columns.len();
    if n_instruments == 0 {
        return Err(Undefined::NotIdentified.into());
    }
    let lag_y = weights.lag(y);
    let projected: Vec<f64> =
        lag_y.iter().zip(factored.residuals(&lag_y)).map(|(lag, left)| lag - left).collect();
    let mut second = columns.to_vec();
    second.push(projected);
    let mut scales = scales;
    scales.push(dot(&lag_y, &lag_y).sqrt());
    let fit = least_squares(&second, &scales, y).map_err(|repeated| {
        if repeated.column == columns.len() {
            Failure::Undefined(Undefined::NotIdentified)
        } else {
            Failure::Collinear(repeated)
        }
    })?;
    let rho = fit.coefficients[columns.len()];
    let mut residuals = super::error::plain_residuals(columns, y, &fit.coefficients);
    residuals.iter_mut().zip(&lag_y).for_each(|(u, lag)| *u -= rho * lag);
    let variance = dot(&residuals, &residuals) / y.len() as f64;
    let true_fit = LeastSquares { residuals: residuals.clone(), ..fit.clone() };
    let covariance = if is_robust {
        uneven_covariance(&true_fit, &second, Uneven::Hc0, 0)
    } else {
        Some(fit.bread.iter().map(|v| v * variance).collect())
    };
    let back = weights.transposed().lag(&residuals);
    let trace = sum(weights.edges().map(|(_, _, w)| w * w)) + product_trace(weights);
    let mut of_design: Vec<f64> = columns.iter().map(|x| dot(&back, x)).collect();
    of_design.push(dot(&back, &lag_y));
    let anselin_kelejian = if variance > 0.0 && trace > 0.0 {
        let k = of_design.len();
        let a = sum((0..k * k).map(|at| of_design[at / k] * fit.bread[at] * of_design[at % k]));
        Ok((dot(&residuals, &weights.lag(&residuals)) / variance).powi(2)
            / (trace + 4.0 * a / variance))
    } else {
        Err(Undefined::NoVariation)
    };
    Ok(TwoStageFit {
        coefficients: fit.coefficients[..columns.len()].to_vec(),
        rho,
        variance,
        covariance,
        residuals,
        n_instruments,
        anselin_kelejian,
    })
}

/// Whether `candidate` is a lag of the constant among `columns`: zero or the same everywhere.
fn is_constant(candidate: &[f64], columns: &[Vec<f64>]) -> bool {
    let flat =
        |x: &[f64]| x.windows(2).all(|pair| (pair[0] - pair[1]).abs() <= 1e-12 * pair[0].abs());
    columns.iter().any(|x| flat(x)) && flat(candidate)
}
