//! Geary's C: how far do neighbors differ, compared with any two regions?
//!
//! C = ((n − 1) / (2 S0)) Σᵢⱼ wᵢⱼ (xᵢ − xⱼ)² / Σᵢ zᵢ²      E = 1
//!
//! Var = ((2 S1 + S2)(n − 1) − 4 S0²) / (2 (n + 1) S0²)      (normality)
//! Var = ((n − 1) S1 (n² − 3n + 3 − (n − 1) b₂) − ¼ (n − 1) S2 (n² + 3n − 6 − (n² − n + 2) b₂)
//!       + S0² (n² − 3 − (n − 1)² b₂)) / (n (n − 2)(n − 3) S0²)      (randomization)
//!
//! | symbol | meaning                                                   | shape | range | unit |
//! |--------|-----------------------------------------------------------|-------|-------|------|
//! | x, z   | values, and values less their mean                        | n     | real  | any  |
//! | C      | below 1 neighbors are alike, above 1 they are unlike      | 1     | ≥ 0   | none |
//!
//! The other symbols are those of `moran`. z = (C − 1)/√Var, as in esda; spdep gives (1 − C)/√Var.
//! Gaps and islands: by the options of the same names. Cost: O(B m).
//! Source: Geary (1954), The Incorporated Statistician 5, 115–145; Cliff and Ord (1981), Spatial
//! Processes; esda `Geary`.

use agglo_core::{Text, Undefined, Weights};

use super::global::{self, Kernel, Moments, Prepare, Prepared, Terms, columns, options};
use super::moments::{Assumption, Tested, WeightSums};
use super::read::{TRANSFORM, VALUES, WEIGHTS};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{Chapter, Mark, Method, OutputTable, Variant, out};

/// C of `x` with its moments.
///
/// # Errors
/// As [`moran`](super::moran).
///
/// # Panics
/// When `x` has not one number per region.
pub fn geary(x: &[f64], weights: &Weights, assumption: Assumption) -> Result<Tested, Undefined> {
    global::tested(x, weights, assumption, PARTS)
}

const PARTS: (Prepare, Kernel) = (prepare, squared_differences);

/// Σ wᵢⱼ (xᵢ − xⱼ)².
fn squared_differences(x: &[f64], weights: &Weights) -> f64 {
    (0..x.len())
        .map(|region| {
            let own = x[region];
            weights.row(region).map(|(to, w)| w * (own - x[to]) * (own - x[to])).sum::<f64>()
        })
        .sum()
}

const MOMENTS: Moments = Moments {
    factor: |Terms { n, sums, squares, .. }| (n - 1.0) / (2.0 * sums.s0 * squares),
    expectation: |_| 1.0,
    under_normality: |Terms { n, sums: WeightSums { s0, s1, s2 }, .. }| {
        let s0_squared = s0 * s0;
        ((2.0 * s1 + s2) * (n - 1.0) - 4.0 * s0_squared) / (2.0 * (n + 1.0) * s0_squared)
    },
    under_randomization: |Terms { n, sums: WeightSums { s0, s1, s2 }, b2, .. }| {
        let s0_squared = s0 * s0;
        let a = (n - 1.0) * s1 * (n * n - 3.0 * n + 3.0 - (n - 1.0) * b2);
        let b = (n - 1.0) * s2 * (n * n + 3.0 * n - 6.0 - (n * n - n + 2.0) * b2) / 4.0;
        let c = s0_squared * (n * n - 3.0 - (n - 1.0).powi(2) * b2);
        (a - b + c) / (n * (n - 2.0) * (n - 3.0) * s0_squared)
    },
};

fn prepare(x: &[f64], weights: &Weights, assumption: Assumption) -> Result<Prepared, Undefined> {
    MOMENTS.prepare(x, weights, assumption)
}

const TABLES: &[OutputTable] = &[OutputTable {
    name: "geary",
    columns: &columns(out("geary", "1", "Geary's C", "吉尔里指数")),
}];

pub(super) static GEARY: Method = Method {
    id: "geary",
    chapter: Chapter::Status,
    title: Text::new("Geary's C", "吉尔里指数"),
    help: Text::new(
        "How far do neighbors differ, compared with any two regions?",
        "与任意两地区相比，相邻地区差异有多大？",
    ),
    inputs: &[VALUES, WEIGHTS],
    options: &options(TRANSFORM),
    variants: &[
        Variant {
            id: "randomization",
            help: Text::new(
                "variance over all orders of the values, as spdep geary.test and z_rand of esda",
                "方差取自数值的全部排列，同 spdep geary.test 与 esda z_rand",
            ),
        },
        Variant {
            id: "normality",
            help: Text::new(
                "variance of normal values, as z_norm of esda",
                "方差按正态假设，同 esda z_norm",
            ),
        },
    ],
    outputs: TABLES,
    formula: "C = ((n − 1)/(2 S0)) Σ w(i,j)(x(i) − x(j))² / Σ z²   E = 1   x: values; z: values less \
              their mean; w: weights, S0 their sum; n: regions",
    source: "Geary (1954), The Incorporated Statistician 5, 115–145; Cliff and Ord (1981), Spatial \
             Processes; esda Geary",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    global::answer(call, "geary", &TABLES[0], PARTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::testing::line;

    // Values 1 2 4 7 in a line: squared differences 1, 4, 9, each counted both ways: 28. S0 = 6,
    // Σ z² = 21, so C = (3/12)(28/21) = 1/3.
    #[test]
    fn four_regions_in_a_line() {
        let found = geary(&[1.0, 2.0, 4.0, 7.0], &line(4), Assumption::Normality).unwrap();
        assert!((found.statistic - 1.0 / 3.0).abs() < 1e-15);
        // S1 = 12, S2 = 4(1 + 4 + 4 + 1) = 40: ((24 + 40)·3 − 144)/(2·5·36).
        assert!((found.variance.unwrap() - 48.0 / 360.0).abs() < 1e-15);
    }
}
