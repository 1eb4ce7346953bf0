//! Confidence interval of a break date by the limit law of Bai (1997).
//!
//! The estimated date minus the true one behaves, scaled, like the place of the maximum of a
//! two-sided Brownian motion with drift. Every product of a huge exponential and a tiny tail
//! probability is written with the scaled complementary error function, so nothing overflows.

use super::design::{Line, Shape, segments};
use crate::inference::normal_cdf;

/// Interval of one break, in observations before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DateInterval {
    /// Lower end; may lie before the first observation.
    pub lower: i64,
    /// Upper end; may lie after the last observation.
    pub upper: i64,
    /// Lower quantile of the scaled distance.
    pub lower_quantile: f64,
    /// Upper quantile of the scaled distance.
    pub upper_quantile: f64,
}

/// Interval of break `place` of `breaks`; `None` when the two segments do not determine one.
pub fn date_interval(
    x: &[f64],
    y: &[f64],
    shape: Shape,
    breaks: &[usize],
    place: usize,
    confidence: f64,
) -> Option<DateInterval> {
    let ranges: Vec<(usize, usize)> = segments(breaks, y.len()).collect();
    let ((a, k), (_, b)) = (ranges[place], ranges[place + 1]);
    let (before, after) =
        (Line::fit(&x[a..k], &y[a..k], shape), Line::fit(&x[k..b], &y[k..b], shape));
    let jump = |x: &f64| (after.at(*x) - before.at(*x)).powi(2);
    let (q1, q2) = (
        x[a..k].iter().map(jump).sum::<f64>() / before.n,
        x[k..b].iter().map(jump).sum::<f64>() / after.n,
    );
    let (var1, var2) = (before.ssr / before.n, after.ssr / after.n);
    if [q1, q2, var1, var2].iter().any(|v| *v <= 0.0 || !v.is_finite()) {
        return None;
    }
    let law = Law { xi: q2 / q1, phi: (q2 / q1) * (var2 / var1) };
    let tail = (1.0 - confidence) / 2.0;
    let at_zero = law.cdf(0.0);
    if at_zero <= tail || at_zero >= 1.0 - tail {
        return None;
    }
    let scale = var1 / q1;
    let upper_quantile = law.solve(1.0 - tail, 1.0)? * scale;
    let lower_quantile = law.solve(tail, -1.0)? * scale;
    Some(DateInterval {
        lower: k as i64 - upper_quantile.ceil() as i64,
        upper: k as i64 - lower_quantile.floor() as i64,
        lower_quantile,
        upper_quantile,
    })
}

/// The limit law: ξ the ratio of the squared jumps after and before, φ that times the ratio of
/// the error variances.
#[derive(Clone, Copy, Debug)]
struct Law {
    xi: f64,
    phi: f64,
}

impl Law {
    fn cdf(self, x: f64) -> f64 {
        let Law { xi, phi } = self;
        let u = x.abs();
        let root = u.sqrt();
        let tau = std::f64::consts::TAU;
        if x < 0.0 {
            let a = xi / phi;
            -(u / tau).sqrt() * (-u / 8.0).exp()
                - (phi / xi) * (phi + 2.0 * xi) / (phi + xi)
                    * (-u / 8.0).exp()
                    * scaled_tail((0.5 + a) * root)
                + (u / 2.0 - 2.0 + (phi + 2.0 * xi).powi(2) / ((phi + xi) * xi))
                    * normal_cdf(-root / 2.0)
        } else {
            let f = xi * xi / phi;
            1.0 + f.sqrt() * (u / tau).sqrt() * (-f * u / 8.0).exp()
                + (xi / phi) * (2.0 * phi + xi) / (phi + xi)
                    * (-f * u / 8.0).exp()
                    * scaled_tail((phi + xi / 2.0) * root / phi.sqrt())
                - ((2.0 * phi + xi).powi(2) / ((phi + xi) * phi) - 2.0 + f * u / 2.0)
                    * normal_cdf(-(f * u).sqrt() / 2.0)
        }
    }

    /// The x on the side `sign` with this distribution function, by bisection.
    fn solve(self, p: f64, sign: f64) -> Option<f64> {
        let beyond = |u: f64| (self.cdf(sign * u) - p) * sign >= 0.0;
        let mut high = 1.0;
        while !beyond(high) {
            high *= 2.0;
            if high > 1e12 {
                return None;
            }
        }
        let mut low = 0.0;
        for _ in 0..200 {
            let middle = f64::midpoint(low, high);
            if beyond(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        Some(sign * high)
    }
}

/// e^(z²/2) Φ(−z) for z ≥ 0.
fn scaled_tail(z: f64) -> f64 {
    let t = z / std::f64::consts::SQRT_2;
    if t < 25.0 {
        return (t * t).exp() * libm::erfc(t) / 2.0;
    }
    let r = 1.0 / (2.0 * t * t);
    (1.0 - r + 3.0 * r * r) / (2.0 * t * std::f64::consts::PI.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_law_is_one_half_at_zero_when_both_sides_are_alike() {
        let law = Law { xi: 1.0, phi: 1.0 };
        assert!((law.cdf(0.0) - 0.5).abs() < 1e-12);
        assert!((law.cdf(3.0) + law.cdf(-3.0) - 1.0).abs() < 1e-12);
        // The 97.5 percent point of the symmetric law, tabled as 11.03 at 95 percent two-sided.
        assert!((law.solve(0.975, 1.0).unwrap() - 11.03).abs() < 0.01);
    }

    #[test]
    fn the_scaled_tail_passes_from_formula_to_series_without_a_step() {
        let edge = 25.0 * std::f64::consts::SQRT_2;
        let (below, above) = (scaled_tail(edge - 1e-6), scaled_tail(edge + 1e-6));
        assert!((below / above - 1.0).abs() < 1e-6);
    }
}
