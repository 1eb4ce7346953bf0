//! Covariance of least-squares coefficients when observations of one cluster move together.
//!
//! V = c · (X'X)⁻¹ (Σ_g X_g'u_g u_g'X_g) (X'X)⁻¹
//!
//! | symbol | meaning                                                        |
//! |--------|----------------------------------------------------------------|
//! | g      | cluster, G of them                                             |
//! | c      | small-sample factor; packages differ in nothing else           |
//! | N      | observations                                                   |
//! | k      | slopes, with the absorbed effects that a package counts        |
//!
//! t has G − 1 degrees of freedom, in linearmodels N − k.
//!
//! Source: Liang and Zeger (1986), Biometrika 73(1), 13–22; the factors are those of the packages.

use agglo_core::sum;

use super::least_squares::LeastSquares;

/// The small-sample factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmallSample {
    /// c = 1.
    Cr0,
    /// c = G / (G − 1).
    Cr1,
    /// c = G / (G − 1) · (N − 1) / (N − k), k without effects nested in the clusters.
    Pyfixest,
    /// c = N / (N − k), k with every absorbed effect.
    Linearmodels,
}

/// The counts a factor is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Observations.
    pub n: usize,
    /// Clusters.
    pub n_clusters: usize,
    /// Slopes.
    pub n_slopes: usize,
    /// Absorbed effects not nested in the clusters.
    pub n_free_effects: usize,
    /// All absorbed effects.
    pub n_effects: usize,
}

impl SmallSample {
    /// The factor c; `None` when too few clusters or observations are left.
    pub fn factor(self, counts: Counts) -> Option<f64> {
        let Counts { n, n_clusters, n_slopes, n_free_effects, n_effects } = counts;
        let clusters = || {
            let g = n_clusters as f64;
            (n_clusters > 1).then(|| g / (g - 1.0))
        };
        let free = |effects: usize| n.checked_sub(n_slopes + effects).filter(|free| *free > 0);
        match self {
            SmallSample::Cr0 => Some(1.0),
            SmallSample::Cr1 => clusters(),
            SmallSample::Pyfixest => {
                Some(clusters()? * (n as f64 - 1.0) / free(n_free_effects)? as f64)
            }
            SmallSample::Linearmodels => Some(n as f64 / free(n_effects)? as f64),
        }
    }

    /// Degrees of freedom of t; `None` when none are left.
    pub fn degrees(self, counts: Counts) -> Option<f64> {
        let left = match self {
            SmallSample::Linearmodels => counts.n.checked_sub(counts.n_slopes + counts.n_effects),
            _ => counts.n_clusters.checked_sub(1),
        };
        left.filter(|df| *df > 0).map(|df| df as f64)
    }
}

/// The covariance, row-major, times `factor`; `cluster[row]` is below `n_clusters`.
pub fn clustered_covariance(
    fit: &LeastSquares,
    columns: &[Vec<f64>],
    cluster: &[usize],
    n_clusters: usize,
    factor: f64,
) -> Vec<f64> {
    let k = columns.len();
    let mut scores = vec![0.0; n_clusters * k];
    for (j, column) in columns.iter().enumerate() {
        for (row, x) in column.iter().enumerate() {
            scores[cluster[row] * k + j] += x * fit.residuals[row];
        }
    }
    // One row of the bread times a cluster's score is that cluster's pull on one coefficient.
    let pulls: Vec<f64> = (0..n_clusters * k)
        .map(|place| {
            let (g, i) = (place / k, place % k);
            sum((0..k).map(|j| fit.bread[i * k + j] * scores[g * k + j]))
        })
        .collect();
    (0..k * k)
        .map(|place| {
            let (i, j) = (place / k, place % k);
            factor * sum((0..n_clusters).map(|g| pulls[g * k + i] * pulls[g * k + j]))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::least_squares;

    // A mean of (1, 3 | 4, 8): residuals (−3, −1 | 0, 4), score sums −4 and 4, bread 1/4:
    // V = (16 + 16) / 16 = 2.
    #[test]
    fn the_mean_of_two_clusters_has_variance_two() {
        let columns = [vec![1.0; 4]];
        let fit = least_squares(&columns, &[2.0], &[1.0, 3.0, 4.0, 8.0]).unwrap();
        let found = clustered_covariance(&fit, &columns, &[0, 0, 1, 1], 2, 1.0);
        assert!((found[0] - 2.0).abs() < 1e-14);
    }

    #[test]
    fn each_factor_counts_what_its_package_counts() {
        let counts = Counts { n: 20, n_clusters: 5, n_slopes: 1, n_free_effects: 4, n_effects: 8 };
        assert_eq!(SmallSample::Cr0.factor(counts), Some(1.0));
        assert_eq!(SmallSample::Cr1.factor(counts), Some(1.25));
        assert_eq!(SmallSample::Pyfixest.factor(counts), Some(1.25 * 19.0 / 15.0));
        assert_eq!(SmallSample::Linearmodels.factor(counts), Some(20.0 / 11.0));
        assert_eq!(SmallSample::Cr1.factor(Counts { n_clusters: 1, ..counts }), None);
        assert_eq!(SmallSample::Cr1.degrees(counts), Some(4.0));
        assert_eq!(SmallSample::Linearmodels.degrees(counts), Some(11.0));
    }
}
