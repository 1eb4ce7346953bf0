//! Ordinary least squares by orthogonalization, refusing columns that repeat others.
//!
//! y = X b + u, b = (X'X)⁻¹ X'y; X = Q R by modified Gram–Schmidt, each column twice, which keeps
//! Q orthogonal to the last digits. Then b and u are refined together on the augmented system
//! u + X b = y, X'u = 0, its residuals taken in twice the working precision, so that b is as exact
//! as the columns are even where the condition number is large.
//!
//! Cost: O(n k²) for n rows and k columns.
//! Source: Björck (1996), Numerical Methods for Least Squares Problems, chapter 2, and (1967), BIT
//! 7, 257–278; inner products: Ogita, Rump and Oishi (2005), SIAM J. Sci. Comput. 26, 1955–1988.

use std::cmp::Ordering;

use agglo_core::sum;

/// How small a column may become, relative to what it was, before it counts as a repetition.
pub const COLLINEAR: f64 = 1e-9;
/// Rounds of refinement; each takes off as many digits of error as the first solution had right.
const ROUNDS: usize = 3;

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
    /// Diagonal of X (X'X)⁻¹ X', between 0 and 1: how far a row draws the fit to itself.
    pub leverages: Vec<f64>,
}

impl LeastSquares {
    /// Σ u².
    pub fn rss(&self) -> f64 {
        dot(&self.residuals, &self.residuals)
    }

    /// Rows less columns; `None` when none is left over.
    pub fn freedom(&self) -> Option<usize> {
        self.residuals.len().checked_sub(self.coefficients.len()).filter(|df| *df > 0)
    }
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

/// Σ of products as if in twice the precision: each product's rounding error is added up too.
fn long_sum(products: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (mut total, mut lost) = (0.0_f64, 0.0_f64);
    for (a, b) in products {
        let product = a * b;
        let rounded = a.mul_add(b, -product);
        let next = total + product;
        let back = next - total;
        lost += (total - (next - back)) + (product - back) + rounded;
        total = next;
    }
    total + lost
}

/// The norms of the columns.
pub fn norms(columns: &[Vec<f64>]) -> Vec<f64> {
    columns.iter().map(|column| dot(column, column).sqrt()).collect()
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
    Ok(Factored::new(columns, scales, COLLINEAR)?.fit(columns, y))
}

/// The columns as Q R, for one or more left-hand sides.
pub struct Factored {
    q: Vec<Vec<f64>>,
    /// Upper triangular, row-major.
    r: Vec<f64>,
}

impl Factored {
    /// Q R of `columns`; a column of which less than `tolerance` of its scale is left is refused.
    ///
    /// # Errors
    /// [`Collinear`].
    pub fn new(
        columns: &[Vec<f64>],
        scales: &[f64],
        tolerance: f64,
    ) -> Result<Factored, Collinear> {
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
            if norm <= tolerance * scales[j] || norm == 0.0 {
                return Err(Collinear { column: j });
            }
            for value in &mut v {
                *value /= norm;
            }
            r[j * k + j] = norm;
            q.push(v);
        }
        Ok(Factored { q, r })
    }

    /// What is left of `y` outside the columns.
    pub fn residuals(&self, y: &[f64]) -> Vec<f64> {
        let mut left = y.to_vec();
        // Twice, as the columns themselves.
        for qi in self.q.iter().chain(&self.q) {
            let share = dot(qi, &left);
            left.iter_mut().zip(qi).for_each(|(u, q)| *u -= share * q);
        }
        left
    }

    /// The fit of `y` on the same `columns`.
    pub fn fit(&self, columns: &[Vec<f64>], y: &[f64]) -> LeastSquares {
        let k = self.q.len();
        let mut residuals = y.to_vec();
        let mut coefficients = vec![0.0; k];
        for (j, qj) in self.q.iter().enumerate() {
            coefficients[j] = dot(qj, &residuals);
            residuals.iter_mut().zip(qj).for_each(|(u, q)| *u -= coefficients[j] * q);
        }
        back_substitute(&self.r, &mut coefficients);
        for _ in 0..ROUNDS {
            self.refine(columns, y, &mut coefficients, &mut residuals);
        }
        let leverages = (0..y.len()).map(|row| sum(self.q.iter().map(|q| q[row] * q[row])));
        LeastSquares {
            leverages: leverages.collect(),
            bread: self.bread(),
            coefficients,
            residuals,
        }
    }

    /// One step on the augmented system.
    fn refine(&self, columns: &[Vec<f64>], y: &[f64], b: &mut [f64], u: &mut [f64]) {
        let mut missed: Vec<f64> = (0..y.len())
            .map(|row| {
                let fitted = columns.iter().zip(b.iter()).map(|(x, b)| (-x[row], *b));
                long_sum([(y[row], 1.0), (-u[row], 1.0)].into_iter().chain(fitted))
            })
            .collect();
        let slant: Vec<f64> =
            columns.iter().map(|x| -long_sum(x.iter().copied().zip(u.iter().copied()))).collect();
        let along = forward_substitute(&self.r, &slant);
        let mut step: Vec<f64> = vec![0.0; b.len()];
        for (j, q) in self.q.iter().enumerate() {
            let share = dot(q, &missed);
            missed.iter_mut().zip(q).for_each(|(f, q)| *f += (along[j] - share) * q);
            step[j] = share - along[j];
        }
        back_substitute(&self.r, &mut step);
        b.iter_mut().zip(&step).for_each(|(b, step)| *b += step);
        u.iter_mut().zip(&missed).for_each(|(u, f)| *u += f);
    }

    /// (X'X)⁻¹, row-major.
    pub fn bread(&self) -> Vec<f64> {
        let k = self.q.len();
        let mut inverse = vec![0.0; k * k];
        for j in 0..k {
            let mut unit = vec![0.0; k];
            unit[j] = 1.0;
            back_substitute(&self.r, &mut unit);
            for i in 0..k {
                inverse[i * k + j] = unit[i];
            }
        }
        let row = |i: usize| &inverse[i * k..(i + 1) * k];
        (0..k * k).map(|place| dot(row(place / k), row(place % k))).collect()
    }
}

/// Solves R x = b in place, R upper triangular and row-major.
fn back_substitute(r: &[f64], b: &mut [f64]) {
    let k = b.len();
    for i in (0..k).rev() {
        let known = sum((i + 1..k).map(|j| r[i * k + j] * b[j]));
        b[i] = (b[i] - known) / r[i * k + i];
    }
}

/// The x with R'x = b, R upper triangular and row-major.
fn forward_substitute(r: &[f64], b: &[f64]) -> Vec<f64> {
    let k = b.len();
    let mut x = vec![0.0; k];
    for i in 0..k {
        let known = sum((0..i).map(|j| r[j * k + i] * x[j]));
        x[i] = (b[i] - known) / r[i * k + i];
    }
    x
}

/// L with L L' = `matrix` (symmetric, row-major); `None` when it is not positive definite.
pub(crate) fn cholesky(matrix: &[f64], k: usize) -> Option<Vec<f64>> {
    let mut lower = vec![0.0; k * k];
    for i in 0..k {
        for j in 0..=i {
            let rest = matrix[i * k + j] - sum((0..j).map(|l| lower[i * k + l] * lower[j * k + l]));
            if i == j {
                // Not a number is not above it either.
                if rest.partial_cmp(&(1e-12 * matrix[i * k + i])) != Some(Ordering::Greater) {
                    return None;
                }
                lower[i * k + i] = rest.sqrt();
            } else {
                lower[i * k + j] = rest / lower[j * k + j];
            }
        }
    }
    Some(lower)
}

/// L⁻¹ b for a lower triangular L, row-major.
fn solve_lower(lower: &[f64], b: &[f64]) -> Vec<f64> {
    let k = b.len();
    let mut x = vec![0.0; k];
    for i in 0..k {
        x[i] = (b[i] - sum((0..i).map(|l| lower[i * k + l] * x[l]))) / lower[i * k + i];
    }
    x
}

/// b' V⁻¹ b for a positive definite `covariance` (row-major); `None` when it is singular.
pub fn wald(coefficients: &[f64], covariance: &[f64]) -> Option<f64> {
    let solved = solve_lower(&cholesky(covariance, coefficients.len())?, coefficients);
    Some(dot(&solved, &solved))
}

/// The inverse of a positive definite `matrix` of `k` rows, row-major; `None` when it is singular.
pub(crate) fn inverse_positive(matrix: &[f64], k: usize) -> Option<Vec<f64>> {
    let lower = cholesky(matrix, k)?;
    let columns: Vec<Vec<f64>> = (0..k)
        .map(|j| {
            let mut unit = vec![0.0; k];
            unit[j] = 1.0;
            solve_lower(&lower, &unit)
        })
        .collect();
    Some((0..k * k).map(|place| dot(&columns[place / k], &columns[place % k])).collect())
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
        // (X'X)⁻¹ = [[5, −3], [−3, 3]] / 6, and h = 5/6, 1/3, 5/6.
        for (found, expected) in fit.bread.iter().zip([5.0 / 6.0, -0.5, -0.5, 0.5]) {
            assert!((found - expected).abs() < 1e-14);
        }
        for (found, expected) in fit.leverages.iter().zip([5.0 / 6.0, 1.0 / 3.0, 5.0 / 6.0]) {
            assert!((found - expected).abs() < 1e-14);
        }
        assert!((fit.residuals[1] + 2.0).abs() < 1e-14);
        assert_eq!((fit.rss(), fit.freedom()), (6.0, Some(1)));
    }

    #[test]
    fn a_repeated_column_is_named() {
        let columns = [vec![1.0, 2.0], vec![2.0, 4.0]];
        assert_eq!(least_squares(&columns, &[2.0, 4.0], &[1.0, 1.0]), Err(Collinear { column: 1 }));
        let zero = [vec![0.0, 0.0]];
        assert_eq!(least_squares(&zero, &[0.0], &[1.0, 1.0]), Err(Collinear { column: 0 }));
    }

    #[test]
    fn the_wald_statistic_of_independent_estimates_adds_their_squared_t() {
        let found = wald(&[2.0, 3.0], &[4.0, 0.0, 0.0, 1.0]).unwrap();
        assert!((found - 10.0).abs() < 1e-14);
        assert_eq!(wald(&[1.0, 1.0], &[1.0, 1.0, 1.0, 1.0]), None);
    }
}
