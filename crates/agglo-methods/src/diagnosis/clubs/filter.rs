//! The Hodrick–Prescott trend: near the series and smooth.
//!
//! The trend τ makes Σ (y − τ)² + λ Σ (Δ²τ)² least: (I + λ D'D) τ = y, D the second differences.
//!
//! Cost: O(T), by elimination in five bands.
//! Source: Hodrick and Prescott (1997), Journal of Money, Credit and Banking 29, 1–16; λ = 6.25 for
//! years: Ravn and Uhlig (2002), Review of Economics and Statistics 84, 371–376.

/// The trend of `series` with smoothing `lambda`; a series of fewer than three stays as it is.
pub fn hodrick_prescott(series: &[f64], lambda: f64) -> Vec<f64> {
    let n = series.len();
    if n < 3 {
        return series.to_vec();
    }
    // Rows of I + λD'D: the diagonal and the two bands above it.
    let mut bands = vec![[1.0, 0.0, 0.0]; n];
    for row in 0..n - 2 {
        for (i, a) in [1.0, -2.0, 1.0].into_iter().enumerate() {
            for (j, b) in [1.0, -2.0, 1.0].into_iter().enumerate().skip(i) {
                bands[row + i][j - i] += lambda * a * b;
            }
        }
    }
    let mut trend = series.to_vec();
    for row in 0..n {
        let pivots = bands[row];
        for below in 1..3.min(n - row) {
            let factor = pivots[below] / pivots[0];
            for column in below..3 {
                bands[row + below][column - below] -= factor * pivots[column];
            }
            trend[row + below] -= factor * trend[row];
        }
    }
    for row in (0..n).rev() {
        for above in 1..3.min(n - row) {
            trend[row] -= bands[row][above] * trend[row + above];
        }
        trend[row] /= bands[row][0];
    }
    trend
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_its_own_trend() {
        let line: Vec<f64> = (0..9).map(|t| 3.0 + 0.5 * f64::from(t)).collect();
        for (found, expected) in hodrick_prescott(&line, 6.25).iter().zip(&line) {
            assert!((found - expected).abs() < 1e-13);
        }
        assert_eq!(hodrick_prescott(&[1.0, 5.0], 6.25), [1.0, 5.0]);
    }

    // statsmodels 0.15.0: hpfilter([1, 3, 2, 5, 4], lamb=6.25)[1]
    #[test]
    fn five_years_have_the_trend_of_statsmodels() {
        let found = hodrick_prescott(&[1.0, 3.0, 2.0, 5.0, 4.0], 6.25);
        let expected = [
            1.362_392_342_732_785,
            2.222_347_220_429_213,
            3.024_319_323_288_394_5,
            3.834_750_321_204_408_5,
            4.556_190_792_345_192,
        ];
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
        }
    }
}
