//! How many peaks does a distribution have beyond chance? Silverman's test, and Hall and York's.
//!
//! h_k = least h with at most k modes of f(x) = Σ φ((x − xᵢ)/h)/(n h)
//!
//! | test       | replicates x* drawn from f at h_k                       | p                             |
//! |------------|----------------------------------------------------------|-------------------------------|
//! | silverman  | x̄ + (x_I − x̄ + h_k ε)/√(1 + h_k²/s²), s² by n            | share with more than k modes at h_k |
//! | hall-york  | x_I + h₁ ε, k = 1                                        | least α with P(h₁* ≤ λ_α h₁) ≥ 1 − α |
//!
//! λ_α = (a₁α³ + a₂α² + a₃α + a₄)/(α³ + a₅α² + a₆α + a₇). Silverman's test of one mode rejects too
//! seldom; Hall and York's λ makes up for it, for values on a bounded interval. For the Gaussian kernel
//! the number of modes never rises with h, so h_k is found by bisection.
//! Cost: O(B n cells), hall-york a dozen times that.
//! Source: Silverman (1981), JRSS B 43(1), 97–99; Efron and Tibshirani (1993), An Introduction to the
//! Bootstrap, section 16.5; Hall and York (2001), Statistica Sinica 11, 515–536, the coefficients of λ
//! from memory of R's multimode.

use agglo_core::{Seed, Undefined, mean};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

use crate::inference::standard_deviation;

/// Places at which a density is looked at for modes.
const CELLS: usize = 512;
/// How exactly a critical bandwidth is found, relative to itself.
const PRECISION: f64 = 1e-3;
/// a₁ to a₇.
const LAMBDA: [f64; 7] = [0.940_29, -1.599_14, 0.176_95, 0.489_71, -1.777_93, 0.361_62, 0.424_23];

/// A test of the number of modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModeTest {
    /// Silverman's.
    Silverman,
    /// Hall and York's, of one mode.
    HallYork,
}

/// How many modes the Gaussian kernel density of `values` has, seen at 512 places.
pub fn count_modes(values: &[f64], h: f64) -> usize {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let step = (high - low) / (CELLS - 1) as f64;
    let height = |cell: usize| {
        let x = low + step * cell as f64;
        let bump = |v: &f64| {
            let z = (x - v) / h;
            // Beyond, the normal density is nothing beside the others.
            if z.abs() > 9.0 { 0.0 } else { (-z * z / 2.0).exp() }
        };
        values.iter().map(bump).sum::<f64>()
    };
    let (mut n_modes, mut rises, mut before) = (0, true, f64::NEG_INFINITY);
    for here in (0..CELLS).map(height).chain([f64::NEG_INFINITY]) {
        if here > before {
            rises = true;
        } else if here < before && rises {
            rises = false;
            n_modes += 1;
        }
        before = here;
    }
    n_modes
}

/// The least bandwidth with at most `k` modes, within `precision` of itself.
///
/// # Errors
/// [`Undefined::TooFew`] for fewer than two values, [`Undefined::NoVariation`] when all are equal,
/// [`Undefined::NotIdentified`] when there are never more than `k` modes.
pub fn critical_bandwidth(values: &[f64], k: usize, precision: f64) -> Result<f64, Undefined> {
    if values.len() < 2 {
        return Err(Undefined::TooFew);
    }
    let spread = standard_deviation(values, 0).ok_or(Undefined::TooFew)?;
    if spread <= 0.0 {
        return Err(Undefined::NoVariation);
    }
    let (mut low, mut high) = (spread, spread);
    while count_modes(values, high) > k {
        high *= 2.0;
    }
    while count_modes(values, low) <= k {
        low /= 2.0;
        // Bumps narrower than the cells they are looked at through.
        if low < 1e-4 * spread {
            return Err(Undefined::NotIdentified);
        }
    }
    while high - low > precision * low {
        let middle = f64::midpoint(low, high);
        if count_modes(values, middle) > k { low = middle } else { high = middle }
    }
    Ok(high)
}

/// The least bandwidth with at most `k` modes, and p of the hypothesis that there are no more, from
/// `replicates` draws that depend on `seed`, `unit` and `k` only.
///
/// # Errors
/// Those of [`critical_bandwidth`].
///
/// # Panics
/// When Hall and York's test is asked for more than one mode.
pub fn mode_test(
    values: &[f64],
    k: usize,
    test: ModeTest,
    replicates: u32,
    (seed, unit): (Seed, u32),
) -> Result<(f64, f64), Undefined> {
    assert!(k == 1 || test == ModeTest::Silverman, "Hall and York test one mode");
    let h = critical_bandwidth(values, k, 1e-6)?;
    let (center, spread) =
        mean(values).zip(standard_deviation(values, 0)).ok_or(Undefined::TooFew)?;
    let shrink = match test {
        ModeTest::Silverman => 1.0 / (1.0 + (h / spread).powi(2)).sqrt(),
        ModeTest::HallYork => 1.0,
    };
    let name = format!("modes/{k}");
    let draw = |replicate: u32| -> Vec<f64> {
        let mut rng = seed.stream(&name, unit, replicate);
        (0..values.len())
            .map(|_| {
                let kept = values[rng.random_range(0..values.len())];
                let noise: f64 = StandardNormal.sample(&mut rng);
                center + shrink * (kept - center + h * noise)
            })
            .collect()
    };
    let draws = (0..replicates).into_par_iter();
    let p = match test {
        ModeTest::Silverman => {
            let n_more = draws.filter(|replicate| count_modes(&draw(*replicate), h) > k).count();
            (n_more as f64 + 1.0) / (f64::from(replicates) + 1.0)
        }
        ModeTest::HallYork => {
            // A draw without a bandwidth has one mode at any.
            let ratio =
                |replicate| critical_bandwidth(&draw(replicate), k, PRECISION).unwrap_or(0.0) / h;
            let mut ratios: Vec<f64> = draws.map(ratio).collect();
            ratios.sort_unstable_by(f64::total_cmp);
            hall_york_p(&ratios)
        }
    };
    Ok((h, p))
}

/// λ at level `alpha`.
fn lambda(alpha: f64) -> f64 {
    let [a1, a2, a3, a4, a5, a6, a7] = LAMBDA;
    let above = ((a1 * alpha + a2) * alpha + a3) * alpha + a4;
    above / (((alpha + a5) * alpha + a6) * alpha + a7)
}

/// The least of a thousand levels at which the sorted ratios h*/h reject.
fn hall_york_p(ratios: &[f64]) -> f64 {
    let rejects = |alpha: &f64| {
        let n_within = ratios.partition_point(|ratio| *ratio <= lambda(*alpha));
        n_within as f64 >= (1.0 - alpha) * ratios.len() as f64
    };
    (1..1000).map(|step| f64::from(step) / 1000.0).find(rejects).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Percentages of silica in 22 chondrite meteorites (Good and Gaskins 1980, JASA 75, 42–56).
    const CHONDRITES: [f64; 22] = [
        20.77, 22.56, 22.71, 22.99, 26.39, 27.08, 27.32, 27.33, 27.57, 27.81, 28.69, 29.36, 30.25,
        31.89, 32.88, 33.23, 33.28, 33.40, 33.52, 33.83, 33.95, 34.82,
    ];

    // SciPy 1.17.1, gaussian_kde(x, bw_method = h / x.std(ddof = 1)) on 20,001 places, argrelmax, h by
    // bisection; Silverman (1981) prints 2.39, 1.83 and .68.
    #[test]
    fn the_critical_bandwidths_of_the_chondrites_are_those_of_scipy() {
        for (k, expected) in [(1, 2.398_753), (2, 1.833_041), (3, 0.685_768)] {
            let found = critical_bandwidth(&CHONDRITES, k, 1e-6).unwrap();
            assert!((found / expected - 1.0).abs() < 2e-3, "{k} modes: {found} is not {expected}");
        }
    }

    // By SciPy likewise, 1,000 draws of x̄ + (x_I − x̄ + h ε)/√(1 + h²/s²), numpy default_rng(1).
    #[test]
    fn one_and_two_modes_of_the_chondrites_are_doubted_as_by_scipy() {
        let p = |k| mode_test(&CHONDRITES, k, ModeTest::Silverman, 499, (Seed(1), 0)).unwrap().1;
        let found = [1, 2, 3].map(p);
        for (found, expected) in found.into_iter().zip([0.174, 0.041, 0.642]) {
            let reach = 5.0 * (expected * (1.0 - expected) * (1.0 / 499.0 + 1e-3_f64)).sqrt();
            assert!((found - expected).abs() < reach, "{found} is not {expected}");
        }
    }

    // Two bumps at ±1 of one width join at h = 1, where the second derivative between them is zero.
    #[test]
    fn two_values_join_where_they_are_two_bandwidths_apart() {
        let found = critical_bandwidth(&[-1.0, 1.0], 1, 1e-6).unwrap();
        assert!((found - 1.0).abs() < 0.01, "{found}");
        assert_eq!(critical_bandwidth(&[-1.0, 1.0], 2, 1e-6), Err(Undefined::NotIdentified));
        assert_eq!(critical_bandwidth(&[1.0, 1.0], 1, 1e-6), Err(Undefined::NoVariation));
        assert_eq!(critical_bandwidth(&[1.0], 1, 1e-6), Err(Undefined::TooFew));
    }

    #[test]
    fn hall_and_yorks_lambda_is_that_of_their_paper_at_five_percent() {
        assert!((lambda(0.05) - 1.13).abs() < 0.005, "{}", lambda(0.05));
        // All ratios far below: the least level; far above: none.
        assert_eq!(hall_york_p(&[0.1; 99]), 0.001);
        assert_eq!(hall_york_p(&[9.0; 99]), 1.0);
    }
}
