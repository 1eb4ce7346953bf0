//! What a change of a column does to its own region, to the others, and altogether.
//!
//! In y = ρWy + Xb + u a change of x by one in one region moves y by S = (I − ρW)⁻¹ b:
//! direct = b · mean diagonal of (I − ρW)⁻¹, total = b · mean row sum, indirect = total − direct.
//!
//! Errors by the delta method, or from draws of (b, ρ) from their normal distribution.
//! The mean diagonal is exact from the eigenvalues of W; without them it comes from random
//! quadratic forms of the powers of W, and the impacts say so.
//! Source: LeSage and Pace (2009), Introduction to Spatial Econometrics, section 2.7.

use agglo_core::{Seed, Undefined, Weights, sum};
use rand_distr::{Distribution, StandardNormal};

use crate::inference::{cholesky, dot, standard_deviation};

/// Powers of W that are taken one by one; what follows goes on like the last two.
const POWERS: usize = 200;
const SIGNS: u32 = 64;

/// An impact with its error.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Impact {
    /// The impact.
    pub estimate: f64,
    /// Its standard error.
    pub se: Result<f64, Undefined>,
}

/// The impacts of one column.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Impacts {
    /// On the region itself.
    pub direct: Impact,
    /// On all other regions together.
    pub indirect: Impact,
    /// Altogether.
    pub total: Impact,
}

/// The mean diagonal and the mean row sum of (I − ρW)⁻¹ as functions of ρ.
pub struct Multipliers {
    eigenvalues: Option<Vec<(f64, f64)>>,
    /// Mean diagonal of Wᵏ, where there are no eigenvalues.
    diagonals: Vec<f64>,
    /// Mean row sum of Wᵏ.
    sums: Vec<f64>,
}

impl Multipliers {
    /// Those of `weights`.
    pub fn new(weights: &Weights, eigenvalues: Option<&[(f64, f64)]>, seed: Seed) -> Multipliers {
        let n = weights.len();
        let mut power = vec![1.0; n];
        let mut sums = Vec::with_capacity(POWERS);
        for _ in 0..POWERS {
            sums.push(sum(power.iter().copied()) / n as f64);
            power = weights.lag(&power);
        }
        let mut diagonals = vec![0.0; POWERS];
        if eigenvalues.is_none() {
            for draw in 0..SIGNS {
                let mut rng = seed.stream("spatial-impacts", 1, draw);
                let z: Vec<f64> = (0..n).map(|_| StandardNormal.sample(&mut rng)).collect();
                let (size, mut power) = (dot(&z, &z), z.clone());
                for diagonal in &mut diagonals {
                    *diagonal += dot(&z, &power) / size / f64::from(SIGNS);
                    power = weights.lag(&power);
                }
            }
        }
        Multipliers { eigenvalues: eigenvalues.map(<[_]>::to_vec), diagonals, sums }
    }

    /// Mean diagonal of (I − ρW)⁻¹, and its derivative.
    pub fn direct(&self, rho: f64) -> (f64, f64) {
        let Some(values) = &self.eigenvalues else { return geometric(&self.diagonals, rho) };
        let n = values.len() as f64;
        let of = |&(re, im): &(f64, f64)| {
            // 1/(1 − ρω) = (x + iy)/(x² + y²), and ω times its square.
            let (x, y) = (1.0 - rho * re, rho * im);
            let size = x * x + y * y;
            let (a, b) = (x / size, y / size);
            (a, re * (a * a - b * b) - im * 2.0 * a * b)
        };
        (sum(values.iter().map(|v| of(v).0)) / n, sum(values.iter().map(|v| of(v).1)) / n)
    }

    /// Mean row sum of (I − ρW)⁻¹, and its derivative.
    pub fn total(&self, rho: f64) -> (f64, f64) {
        geometric(&self.sums, rho)
    }

    /// The impacts of a column with coefficient `b`; `covariance` is of (b, ρ), row-major.
    pub fn delta(&self, b: f64, rho: f64, covariance: Option<[f64; 4]>) -> Impacts {
        let (direct, direct_slope) = self.direct(rho);
        let (total, total_slope) = self.total(rho);
        let impact = |multiplier: f64, slope: f64| Impact {
            estimate: b * multiplier,
            se: covariance.ok_or(Undefined::TooFew).map(|v| {
                let (of_b, of_rho) = (multiplier, b * slope);
                (of_b * of_b * v[0] + 2.0 * of_b * of_rho * v[1] + of_rho * of_rho * v[3])
                    .max(0.0)
                    .sqrt()
            }),
        };
        Impacts {
            direct: impact(direct, direct_slope),
            indirect: impact(total - direct, total_slope - direct_slope),
            total: impact(total, total_slope),
        }
    }

    /// The impacts of every column, errors from `draws` draws of (b, ρ) with `covariance`; draws of
    /// ρ outside `range` are drawn again.
    pub fn simulated(
        &self,
        b: &[f64],
        rho: f64,
        covariance: Option<&[f64]>,
        range: (f64, f64),
        draws: u32,
        seed: Seed,
    ) -> Vec<Impacts> {
        let k = b.len();
        let mut plain: Vec<Impacts> = b.iter().map(|&b| self.delta(b, rho, None)).collect();
        let Some(lower) = covariance.and_then(|v| cholesky(v, k + 1)) else { return plain };
        let mut drawn = vec![Vec::with_capacity(draws as usize); 3 * k];
        for draw in 0..draws {
            let mut rng = seed.stream("spatial-impacts", 0, draw);
            // A ρ that is ten times outside in a row is not told apart from the end of its range.
            for _ in 0..10 {
                let z: Vec<f64> = (0..=k).map(|_| StandardNormal.sample(&mut rng)).collect();
                let step = |i: usize| sum((0..=i).map(|l| lower[i * (k + 1) + l] * z[l]));
                let drawn_rho = rho + step(k);
                if drawn_rho <= range.0 || drawn_rho >= range.1 {
                    continue;
                }
                let (direct, total) = (self.direct(drawn_rho).0, self.total(drawn_rho).0);
                for (j, b) in b.iter().enumerate() {
                    let value = b + step(j);
                    drawn[3 * j].push(value * direct);
                    drawn[3 * j + 1].push(value * (total - direct));
                    drawn[3 * j + 2].push(value * total);
                }
                break;
            }
        }
        for (j, impacts) in plain.iter_mut().enumerate() {
            let spread =
                |at: usize| standard_deviation(&drawn[3 * j + at], 1).ok_or(Undefined::TooFew);
            impacts.direct.se = spread(0);
            impacts.indirect.se = spread(1);
            impacts.total.se = spread(2);
        }
        plain
    }
}

/// Σ cₖ ρᵏ and its derivative, the terms beyond the last going on by the ratio of the last two.
fn geometric(terms: &[f64], rho: f64) -> (f64, f64) {
    let (mut value, mut slope, mut power) = (0.0, 0.0, 1.0);
    for (k, term) in terms.iter().enumerate() {
        value += term * power;
        if k > 0 {
            slope += k as f64 * term * power / rho_or_one(rho);
        }
        power *= rho;
    }
    let (before, last) = (terms[terms.len() - 2], terms[terms.len() - 1]);
    if before == 0.0 || rho == 0.0 {
        return (value, if rho == 0.0 { terms[1] } else { slope });
    }
    let ratio = last / before;
    let n = terms.len() as f64;
    let first = last * ratio * power;
    let rest = 1.0 - ratio * rho;
    (value + first / rest, slope + first / rho * (n / rest + ratio * rho / (rest * rest)))
}

fn rho_or_one(rho: f64) -> f64 {
    if rho == 0.0 { 1.0 } else { rho }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agglo_core::Axis;

    // Two regions, each the other's only neighbor: (I − ρW)⁻¹ = [[1, ρ], [ρ, 1]]/(1 − ρ²).
    #[test]
    fn two_neighbors_have_the_multipliers_of_their_inverse() {
        let weights =
            Weights::from_edges(Axis::new(["a", "b"]), vec![(0, 1, 1.0), (1, 0, 1.0)]).unwrap();
        let found = Multipliers::new(&weights, Some(&[(1.0, 0.0), (-1.0, 0.0)]), Seed::DEFAULT);
        let rho = 0.5_f64;
        let (direct, slope) = found.direct(rho);
        assert!((direct - 1.0 / 0.75).abs() < 1e-14);
        assert!((slope - 2.0 * rho / 0.75_f64.powi(2)).abs() < 1e-13);
        let (total, slope) = found.total(rho);
        assert!((total - 2.0).abs() < 1e-12 && (slope - 4.0).abs() < 1e-10, "{total} {slope}");
        assert_eq!(found.total(0.0), (1.0, 1.0));
        let impacts = found.delta(3.0, rho, Some([0.01, 0.0, 0.0, 0.0]));
        assert!((impacts.total.estimate - 6.0).abs() < 1e-11);
        assert!((impacts.total.se.unwrap() - 0.2).abs() < 1e-12);
        assert!((impacts.indirect.estimate - (6.0 - 4.0)).abs() < 1e-11);
    }
}
