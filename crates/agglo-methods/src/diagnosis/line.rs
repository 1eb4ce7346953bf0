//! The least-squares line y = a + b x with its usual standard errors.

use agglo_core::{Undefined, mean, sum};
use statrs::distribution::{ContinuousCDF, StudentsT};

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
        let (Some(x_mean), Some(y_mean)) = (mean(x), mean(y)) else {
            return Err(Undefined::TooFew);
        };
        if n < 3 {
            return Err(Undefined::TooFew);
        }
        let sxx = sum(x.iter().map(|x| (x - x_mean).powi(2)));
        if sxx <= f64::EPSILON * x_mean.powi(2) {
            return Err(Undefined::NoVariation);
        }
        let sxy = sum(x.iter().zip(y).map(|(x, y)| (x - x_mean) * (y - y_mean)));
        let syy = sum(y.iter().map(|y| (y - y_mean).powi(2)));
        let slope = sxy / sxx;
        let intercept = y_mean - slope * x_mean;
        let residual = |x: f64, y: f64| (y - y_mean) - slope * (x - x_mean);
        let rss = sum(x.iter().zip(y).map(|(&x, &y)| residual(x, y).powi(2)));
        let variance = rss / (n - 2) as f64;
        Ok(Line {
            intercept,
            slope,
            intercept_se: (variance * (1.0 / n as f64 + x_mean.powi(2) / sxx)).sqrt(),
            slope_se: (variance / sxx).sqrt(),
            r2: if syy > 0.0 { 1.0 - rss / syy } else { 0.0 },
            n,
        })
    }

    /// Two-sided p-value of "b = 0" by Student's t.
    ///
    /// # Errors
    /// [`Undefined::NoVariation`] when the points lie on the line, so that b has no error.
    pub fn slope_p(&self) -> Result<f64, Undefined> {
        two_sided(self.slope, self.slope_se, self.n - 2)
    }
}

fn two_sided(estimate: f64, se: f64, freedom: usize) -> Result<f64, Undefined> {
    if se <= f64::EPSILON * estimate.abs() {
        return Err(Undefined::NoVariation);
    }
    let t = StudentsT::new(0.0, 1.0, freedom as f64).map_err(|_| Undefined::TooFew)?;
    Ok((2.0 * t.sf((estimate / se).abs())).min(1.0))
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
}
