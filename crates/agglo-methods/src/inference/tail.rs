//! Tail areas of Student's t, Fisher's F and χ², and the quantiles of t.

use statrs::function::beta::beta_reg;
use statrs::function::gamma::gamma_ur;

/// P(|T| ≥ |t|) with `df` degrees of freedom.
pub fn student_two_sided(t: f64, df: f64) -> f64 {
    beta_reg(df / 2.0, 0.5, (df / (df + t * t)).clamp(0.0, 1.0))
}

/// The t with P(|T| ≤ t) = `confidence`.
///
/// Bisection on the tail area: the answer is as exact as that is, for every `df` above zero.
pub fn student_critical(confidence: f64, df: f64) -> f64 {
    let tail = 1.0 - confidence;
    let (mut low, mut high) = (0.0, 1.0);
    while student_two_sided(high, df) > tail && high < 1e300 {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if student_two_sided(middle, df) > tail {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// P(F ≥ f) with `df1` and `df2` degrees of freedom.
pub fn fisher_upper(f: f64, df1: f64, df2: f64) -> f64 {
    if f <= 0.0 {
        return 1.0;
    }
    beta_reg(df2 / 2.0, df1 / 2.0, (df2 / (df2 + df1 * f)).clamp(0.0, 1.0))
}

/// P(χ² ≥ x) with `df` degrees of freedom.
pub fn chi_squared_upper(x: f64, df: f64) -> f64 {
    if x <= 0.0 { 1.0 } else { gamma_ur(df / 2.0, x / 2.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    // With two degrees of freedom P(χ² ≥ x) = exp(−x/2); with one it is the normal's two tails.
    #[test]
    fn chi_squared_has_its_closed_forms() {
        assert!((chi_squared_upper(3.0, 2.0) - (-1.5_f64).exp()).abs() < 1e-14);
        assert!((chi_squared_upper(1.959_963_984_540_054_f64.powi(2), 1.0) - 0.05).abs() < 1e-12);
        assert_eq!(chi_squared_upper(0.0, 3.0), 1.0);
    }

    // With one degree of freedom T is Cauchy: P(|T| ≥ 1) = 1/2. With two, P(|T| ≥ t) has a
    // closed form, 1 − t/√(2 + t²).
    #[test]
    fn the_tail_of_t_is_the_closed_form_at_one_and_two_degrees() {
        assert!((student_two_sided(1.0, 1.0) - 0.5).abs() < 1e-14);
        let t = 4.302_652_729_749_464_f64;
        let closed = 1.0 - t / (2.0 + t * t).sqrt();
        assert!((student_two_sided(t, 2.0) - closed).abs() < 1e-14);
        assert!((student_critical(0.95, 2.0) - t).abs() < 1e-10);
    }

    #[test]
    fn t_squared_is_f_with_one_degree() {
        assert!((fisher_upper(2.25, 1.0, 7.0) - student_two_sided(1.5, 7.0)).abs() < 1e-14);
        assert_eq!(fisher_upper(0.0, 3.0, 7.0), 1.0);
    }

    // F with 2 and d degrees: P(F ≥ f) = (1 + 2f/d)^(−d/2).
    #[test]
    fn f_with_two_degrees_has_its_closed_form() {
        let expected = (1.0_f64 + 2.0 * 3.0 / 10.0).powf(-5.0);
        assert!((fisher_upper(3.0, 2.0, 10.0) - expected).abs() < 1e-14);
    }
}
