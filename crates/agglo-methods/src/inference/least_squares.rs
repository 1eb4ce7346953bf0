//! Ordinary least squares by orthogonalization, refusing columns that repeat others.
//!
//! y = X b + u, b = (X'X)⁻¹ X'y; X = Q R by modified Gram–Schmidt, each column twice, which keeps
//! Q orthogonal to the last digits.
//!
//! Cost: O(n k²) for n rows and k columns.
//! Source: Björck (1996), Numerical Methods for Least Squares Problems, chapter 2.

use agglo_core::sum;

/// How small a column may become, relative to what it was, before it counts as a repetition.
const COLLINEAR: f64 = 1e-9;

/// A fit, with what standard errors are made of.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LeastSquares {
    /// One coefficient per column.
    pub coefficients: Vec<f64>,
    /// (X'X)⁻¹, row-major.
    pub bread: Vec<f64>,
    /// What the columns do not explain.
    pub residuals: Vec<f64>,
}

/// Column `column` is a combination of those before it, or zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collinear {
    /// Its place.
    pub column: usize,
}

/// Σ a b.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    sum(a.iter().zip(b).map(|(x, y)| x * y))
}

/// The fit of `y` on `columns` (no intercept is added). `scales` are the norms of the columns
/// before anything was partialled out of them: a column that is nothing but rounding is collinear.
///
/// # Errors
/// [`Collinear`].
pub fn least_squares(
    columns: &[Vec<f64>],
    scales: &[f64],
    y: &[f64],
) -> Result<LeastSquares, Collinear> {
    let k = columns.len();
    let mut q: Vec<Vec<f64>> = Vec::with_capacity(k);
    let mut r = vec![0.0; k * k];
    for (j, column) in columns.iter().enumerate() {
        let mut v = column.clone();
        for _ in 0..2 {
            for (i, qi) in q.iter().enumerate() {
                let share = dot(qi, &v);
                r[i * k + j] += share;
                v.iter_mut().zip(qi).for_each(|(v, q)| *v -= share * q);
            }
        }
        let norm = dot(&v, &v).sqrt();
        if norm <= COLLINEAR * scales[j] {
            return Err(Collinear { column: j });
        }
        for value in &mut v {
            *value /= norm;
        }
        r[j * k + j] = norm;
        q.push(v);
    }
    let mut residuals = y.to_vec();
    let mut coefficients = vec![0.0; k];
    for (j, qj) in q.iter().enumerate() {
        coefficients[j] = dot(qj, &residuals);
        residuals.iter_mut().zip(qj).for_each(|(u, q)| *u -= coefficients[j] * q);
    }
    back_substitute(&r, &mut coefficients);
    let mut inverse = vec![0.0; k * k];
    for j in 0..k {
        let mut unit = vec![0.0; k];
        unit[j] = 1.0;
        back_substitute(&r, &mut unit);
        for i in 0..k {
            inverse[i * k + j] = unit[i];
        }
    }
    let bread = (0..k * k)
        .map(|place| {
            let (i, j) = (place / k, place % k);
            dot(&inverse[i * k..(i + 1) * k], &inverse[j * k..(j + 1) * k])
        })
        .collect();
    Ok(LeastSquares { coefficients, bread, residuals })
}

/// Solves R x = b in place, R upper triangular and row-major.
fn back_substitute(r: &[f64], b: &mut [f64]) {
    let k = b.len();
    for i in (0..k).rev() {
        let known = sum((i + 1..k).map(|j| r[i * k + j] * b[j]));
        b[i] = (b[i] - known) / r[i * k + i];
    }
}

/// b' V⁻¹ b for a positive definite `covariance` (row-major); `None` when it is singular.
pub fn wald(coefficients: &[f64], covariance: &[f64]) -> Option<f64> {
    let k = coefficients.len();
    let mut lower = vec![0.0; k * k];
    let mut solved = vec![0.0; k];
    for i in 0..k {
        for j in 0..=i {
            let rest =
                covariance[i * k + j] - sum((0..j).map(|l| lower[i * k + l] * lower[j * k + l]));
            if i == j {
                if rest <= 1e-12 * covariance[i * k + i] {
                    return None;
                }
                lower[i * k + i] = rest.sqrt();
            } else {
                lower[i * k + j] = rest / lower[j * k + j];
            }
        }
        let known = sum((0..i).map(|l| lower[i * k + l] * solved[l]));
        solved[i] = (coefficients[i] - known) / lower[i * k + i];
    }
    Some(dot(&solved, &solved))
}

#[cfg(test)]
mod tests {
    use super::*;

    // y = 1 + 2x on x = 0, 1, 2 and a residual (1, −2, 1) that is orthogonal to both columns.
    #[test]
    fn a_line_with_orthogonal_noise_is_found_exactly() {
        let columns = [vec![1.0; 3], vec![0.0, 1.0, 2.0]];
        let fit = least_squares(&columns, &[1.0, 1.0], &[2.0, 1.0, 6.0]).unwrap();
        assert!((fit.coefficients[0] - 1.0).abs() < 1e-14);
        assert!((fit.coefficients[1] - 2.0).abs() < 1e-14);
        // (X'X)⁻¹ = [[5, −3], [−3, 3]] / 6.
        for (found, expected) in fit.bread.iter().zip([5.0 / 6.0, -0.5, -0.5, 0.5]) {
            assert!((found - expected).abs() < 1e-14);
        }
        assert!((fit.residuals[1] + 2.0).abs() < 1e-14);
    }

    #[test]
    fn a_repeated_column_is_named() {
        let columns = [vec![1.0, 2.0], vec![2.0, 4.0]];
        assert_eq!(least_squares(&columns, &[2.0, 4.0], &[1.0, 1.0]), Err(Collinear { column: 1 }));
    }

    #[test]
    fn the_wald_statistic_of_independent_estimates_adds_their_squared_t() {
        let found = wald(&[2.0, 3.0], &[4.0, 0.0, 0.0, 1.0]).unwrap();
        assert!((found - 10.0).abs() < 1e-14);
        assert_eq!(wald(&[1.0, 1.0], &[1.0, 1.0, 1.0, 1.0]), None);
    }
}
