//! The least-squares line y = a + b x with its usual standard errors.

use agglo_core::{Undefined, mean, sum};

use super::least_squares::{LeastSquares, least_squares, norms};
use super::tail::student_two_sided;

/// A fitted line; standard errors with n − 2 degrees of freedom.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Line {
    /// a.
    pub intercept: f64,
    /// b.
    pub slope: f64,
    /// Standard error of a.
    pub intercept_se: f64,
    /// Standard error of b.
    pub slope_se: f64,
    /// Share of the variation explained.
    pub r2: f64,
    /// Observations.
    pub n: usize,
}

impl Line {
    /// The line through `(x, y)`.
    ///
    /// # Errors
    /// [`Undefined::TooFew`] for fewer than three points, [`Undefined::NoVariation`] when all `x`
    /// are equal.
    ///
    /// # Panics
    /// When `x` and `y` have different lengths.
    pub fn fit(x: &[f64], y: &[f64]) -> Result<Line, Undefined> {
        assert_eq!(x.len(), y.len(), "one y for each x");
        let n = x.len();
        let (Some(y_mean), true) = (mean(y), n > 2) else {
            return Err(Undefined::TooFew);
        };
        let columns = [vec![1.0; n], x.to_vec()];
        let fit = least_squares(&columns, &norms(&columns), y);
        let LeastSquares { coefficients, bread, residuals, .. } =
            fit.map_err(|_| Undefined::NoVariation)?;
        let rss = sum(residuals.iter().map(|u| u * u));
        let syy = sum(y.iter().map(|y| (y - y_mean).powi(2)));
        let variance = rss / (n - 2) as f64;
        Ok(Line {
            intercept: coefficients[0],
            slope: coefficients[1],
            intercept_se: (variance * bread[0]).sqrt(),
            slope_se: (variance * bread[3]).sqrt(),
            r2: if syy > 0.0 { 1.0 - rss / syy } else { 0.0 },
            n,
        })
    }

    /// Two-sided p-value of "b = 0" by Student's t.
    ///
    /// # Errors
    /// [`Undefined::NoVariation`] when the points lie on the line, so that b has no error.
    pub fn slope_p(&self) -> Result<f64, Undefined> {
        if self.slope_se <= f64::EPSILON * self.slope.abs() {
            return Err(Undefined::NoVariation);
        }
        Ok(student_two_sided(self.slope / self.slope_se, (self.n - 2) as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // R: summary(lm(c(1, 3, 2, 5) ~ c(1, 2, 3, 4)))
    #[test]
    fn four_points_have_the_line_of_r() {
        let line = Line::fit(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 5.0]).unwrap();
        let close = |found: f64, expected: f64| {
            assert!((found - expected).abs() < 1e-10, "{found} is not {expected}");
        };
        close(line.intercept, 0.0);
        close(line.slope, 1.1);
        close(line.slope_se, 0.519_615_242_271);
        close(line.slope_p().unwrap(), 0.168_478_159_379_7);
    }

    #[test]
    fn two_points_and_equal_x_have_no_error() {
        assert_eq!(Line::fit(&[1.0, 2.0], &[1.0, 2.0]), Err(Undefined::TooFew));
        assert_eq!(Line::fit(&[1.0; 3], &[1.0, 2.0, 3.0]), Err(Undefined::NoVariation));
    }

    #[test]
    fn points_on_the_line_have_no_test() {
        let line = Line::fit(&[1.0, 2.0, 4.0], &[3.0, 5.0, 9.0]).unwrap();
        assert_eq!(line.slope_p(), Err(Undefined::NoVariation));
    }
}
