//! Two tests of normality: Jarque–Bera, and Shapiro–Wilk by Royston's approximation.

use agglo_core::{mean, sum};

use crate::inference::{normal_cdf, normal_quantile};

/// p-value of the Jarque–Bera test; `None` for fewer than three values or equal ones.
pub(super) fn jarque_bera(values: &[f64]) -> Option<f64> {
    let center = mean(values)?;
    let n = values.len() as f64;
    let moment = |power: i32| sum(values.iter().map(|v| (v - center).powi(power))) / n;
    let variance = moment(2);
    if values.len() < 3 || variance <= 0.0 {
        return None;
    }
    let skewness = moment(3) / variance.powf(1.5);
    let excess = moment(4) / (variance * variance) - 3.0;
    let statistic = n / 6.0 * (skewness * skewness + excess * excess / 4.0);
    // The survival function of χ² with two degrees of freedom.
    Some((-statistic / 2.0).exp())
}

/// p-value of the Shapiro–Wilk test; `None` for fewer than three values, more than 5,000 (where
/// the approximation was not checked by its author) or equal ones.
///
/// Source: Royston (1995), Applied Statistics 44(4), 547–551, algorithm AS R94.
pub(super) fn shapiro_wilk(values: &[f64]) -> Option<f64> {
    let n = values.len();
    if !(3..=5_000).contains(&n) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let center = mean(&sorted)?;
    let spread = sum(sorted.iter().map(|v| (v - center).powi(2)));
    if spread <= 0.0 {
        return None;
    }
    let weights = weights(n);
    let ordered = sum(weights
        .iter()
        .zip(sorted.iter().rev().zip(&sorted))
        .map(|(weight, (high, low))| weight * (high - low)));
    let w = (ordered * ordered / spread).min(1.0);
    Some(p_value(w, n))
}

/// Weights of the differences largest − smallest, second largest − second smallest, and so on.
fn weights(n: usize) -> Vec<f64> {
    if n == 3 {
        return vec![std::f64::consts::FRAC_1_SQRT_2];
    }
    let size = n as f64;
    let scores: Vec<f64> =
        (1..=n / 2).map(|i| -normal_quantile((i as f64 - 0.375) / (size + 0.25))).collect();
    let squares = 2.0 * sum(scores.iter().map(|m| m * m));
    let root = squares.sqrt();
    let u = 1.0 / size.sqrt();
    let first = scores[0] / root
        + polynomial(&[0.0, 0.221_157, -0.147_981, -2.071_190, 4.434_685, -2.706_056], u);
    if n <= 5 {
        let rest = ((squares - 2.0 * scores[0].powi(2)) / (1.0 - 2.0 * first * first)).sqrt();
        let tail = scores[1..].iter().map(|m| m / rest);
        return std::iter::once(first).chain(tail).collect();
    }
    let second = scores[1] / root
        + polynomial(&[0.0, 0.042_981, -0.293_762, -1.752_461, 5.682_633, -3.582_633], u);
    let rest = ((squares - 2.0 * scores[0].powi(2) - 2.0 * scores[1].powi(2))
        / (1.0 - 2.0 * first * first - 2.0 * second * second))
        .sqrt();
    let tail = scores[2..].iter().map(|m| m / rest);
    [first, second].into_iter().chain(tail).collect()
}

fn p_value(w: f64, n: usize) -> f64 {
    let size = n as f64;
    if n == 3 {
        let exact = 6.0 / std::f64::consts::PI * (w.sqrt().asin() - 0.75_f64.sqrt().asin());
        return exact.clamp(0.0, 1.0);
    }
    let (y, mean, sd) = if n <= 11 {
        let gamma = polynomial(&[-2.273, 0.459], size);
        let y = (1.0 - w).ln();
        if y >= gamma {
            return 0.0;
        }
        (
            -(gamma - y).ln(),
            polynomial(&[0.544, -0.399_78, 0.025_054, -6.714e-4], size),
            polynomial(&[1.3822, -0.778_57, 0.062_767, -0.002_032_2], size).exp(),
        )
    } else {
        let log = size.ln();
        (
            (1.0 - w).ln(),
            polynomial(&[-1.5861, -0.310_82, -0.083_751, 0.003_891_5], log),
            polynomial(&[-0.4803, -0.082_676, 0.003_030_2], log).exp(),
        )
    };
    normal_cdf(-(y - mean) / sd)
}

/// Σ cₖ xᵏ.
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |value, c| value * x + c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[f64], jarque_bera_p: f64, shapiro_wilk_p: f64) {
        let found = jarque_bera(values).unwrap();
        assert!((found - jarque_bera_p).abs() < 1e-9, "Jarque–Bera {found}");
        let found = shapiro_wilk(values).unwrap();
        assert!((found - shapiro_wilk_p).abs() < 1e-6, "Shapiro–Wilk {found}");
    }

    // scipy 1.17.1, stats.jarque_bera and stats.shapiro; the latter is single precision inside.
    #[test]
    fn both_tests_give_the_values_of_scipy() {
        check(&[1.0, 2.0, 4.0], 0.837_722_692_875_189_2, 0.636_886_845_028_968_9);
        check(&[0.0, 0.75, 1.0, 1.25, 2.0], 0.939_076_104_516_568_5, 0.977_386_611_401_599_4);
        check(
            &[0.2, 0.4, 0.5, 0.9, 1.1, 1.3, 2.2, 3.9, 9.5],
            0.027_858_447_807_993_46,
            0.001_300_380_354_597_217_5,
        );
        let waves: Vec<f64> =
            (1..=30).map(|k| f64::from(k).sin() * 3.0 + f64::from(k % 7)).collect();
        check(&waves, 0.302_741_256_348_105, 0.102_108_866_639_751_72);
        let skewed: Vec<f64> = (1..=40).map(|k| (f64::from(k) / 8.0).exp()).collect();
        check(&skewed, 0.000_101_891_424_819_546_72, 1.348_600_446_908_479_3e-6);
    }

    #[test]
    fn equal_values_and_two_values_have_no_test() {
        assert_eq!(jarque_bera(&[1.0; 5]), None);
        assert_eq!(shapiro_wilk(&[1.0, 2.0]), None);
    }
}
