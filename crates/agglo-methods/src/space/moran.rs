//! Moran's I: are the values of neighbors alike on the whole?
//!
//! I = (n / S0) Σᵢ zᵢ Σⱼ wᵢⱼ zⱼ / Σᵢ zᵢ²      E = −1/(n − 1)
//!
//! Var = (n² S1 − n S2 + 3 S0²) / ((n² − 1) S0²) − E²      (normality)
//! Var = (n((n² − 3n + 3) S1 − n S2 + 3 S0²) − b₂((n² − n) S1 − 2n S2 + 6 S0²))
//!       / ((n − 1)(n − 2)(n − 3) S0²) − E²      (randomization)
//!
//! | symbol     | meaning                                               | shape | range      | unit |
//! |------------|-------------------------------------------------------|-------|------------|------|
//! | z          | values less their mean                                | n     | real       | any  |
//! | w          | weight of neighbor j for region i                     | n × n | ≥ 0        | none |
//! | S0, S1, S2 | sums over the weights, see [`WeightSums`]             | 1     | ≥ 0        | none |
//! | b₂         | kurtosis n Σ z⁴ / (Σ z²)²                             | 1     | ≥ 1        | none |
//! | I          | above E like beside like, below E unlike beside unlike | 1    | real       | none |
//!
//! Gaps and islands: by the options of the same names. Cost: O(B m) for m edges, B permutations.
//! Source: Moran (1950), Biometrika 37, 17–23; Cliff and Ord (1981), Spatial Processes; esda `Moran`.

use agglo_core::{Text, Undefined, Weights};

use super::global::{self, Kernel, Moments, Prepare, Prepared, Terms, columns, options};
use super::moments::{Assumption, Tested, WeightSums};
use super::read::{TRANSFORM, VALUES, WEIGHTS};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{Chapter, Mark, Method, OutputTable, Variant, out};

/// I of `x` with its moments.
///
/// # Errors
/// [`Undefined::TooFew`] for fewer than two regions, [`Undefined::NoVariation`] when all values are
/// equal, [`Undefined::ZeroTotal`] when no region has a neighbor.
///
/// # Panics
/// When `x` has not one number per region.
pub fn moran(x: &[f64], weights: &Weights, assumption: Assumption) -> Result<Tested, Undefined> {
    global::tested(x, weights, assumption, PARTS)
}

const PARTS: (Prepare, Kernel) = (prepare, cross_products);

/// Σ zᵢ Σ wᵢⱼ zⱼ.
pub(super) fn cross_products(z: &[f64], weights: &Weights) -> f64 {
    (0..z.len())
        .map(|region| z[region] * weights.row(region).map(|(to, w)| w * z[to]).sum::<f64>())
        .sum()
}

const MOMENTS: Moments = Moments {
    factor: |Terms { n, sums, squares, .. }| n / (sums.s0 * squares),
    expectation: |terms| -1.0 / (terms.n - 1.0),
    under_normality: |Terms { n, sums: WeightSums { s0, s1, s2 }, .. }| {
        let expectation = -1.0 / (n - 1.0);
        let square = (n * n * s1 - n * s2 + 3.0 * s0 * s0) / ((n * n - 1.0) * s0 * s0);
        square - expectation * expectation
    },
    under_randomization: |Terms { n, sums: WeightSums { s0, s1, s2 }, b2, .. }| {
        let a = n * ((n * n - 3.0 * n + 3.0) * s1 - n * s2 + 3.0 * s0 * s0);
        let b = b2 * ((n * n - n) * s1 - 2.0 * n * s2 + 6.0 * s0 * s0);
        let expectation = -1.0 / (n - 1.0);
        let square = (a - b) / ((n - 1.0) * (n - 2.0) * (n - 3.0) * s0 * s0);
        square - expectation * expectation
    },
};

fn prepare(x: &[f64], weights: &Weights, assumption: Assumption) -> Result<Prepared, Undefined> {
    MOMENTS.prepare(x, weights, assumption)
}

const TABLES: &[OutputTable] = &[OutputTable {
    name: "moran",
    columns: &columns(out("moran", "1", "Moran's I", "莫兰指数")),
}];

pub(super) static MORAN: Method = Method {
    id: "moran",
    chapter: Chapter::Status,
    title: Text::new("Moran's I", "莫兰指数"),
    help: Text::new(
        "Are the values of neighboring regions alike on the whole?",
        "相邻地区的数值总体上是否相似？",
    ),
    inputs: &[VALUES, WEIGHTS],
    options: &options(TRANSFORM),
    variants: &[
        Variant {
            id: "randomization",
            help: Text::new(
                "variance over all orders of the values, as spdep moran.test and z_rand of esda",
                "方差取自数值的全部排列，同 spdep moran.test 与 esda z_rand",
            ),
        },
        Variant {
            id: "normality",
            help: Text::new(
                "variance of normal values, as spdep moran.test(randomisation = FALSE) and z_norm of \
                 esda",
                "方差按正态假设，同 spdep moran.test(randomisation = FALSE) 与 esda z_norm",
            ),
        },
    ],
    outputs: TABLES,
    formula: "I = (n/S0) Σ z(i) w(i,j) z(j) / Σ z²   E = −1/(n − 1)   z: values less their mean; w: \
              weights, S0 their sum; n: regions",
    source: "Moran (1950), Biometrika 37, 17–23; Cliff and Ord (1981), Spatial Processes; esda Moran",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    global::answer(call, "moran", &TABLES[0], PARTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::testing::line;

    // Four regions in a line, 1 2 4 7: z = −2.5, −1.5, .5, 3.5 and Σ z² = 21. Row-standardized lags
    // −1.5, −1, 1, .5: Σ z lag = 3.75 + 1.5 + .5 + 1.75 = 7.5, so I = 7.5/21. Binary: S0 = 6 and
    // Σ z w z = 2(3.75 − .75 + 1.75) = 9.5, so I = (4/6)(9.5/21).
    #[test]
    fn four_regions_in_a_line() {
        let x = [1.0, 2.0, 4.0, 7.0];
        let row = moran(&x, &line(4).row_standardized(), Assumption::Normality).unwrap();
        assert!((row.statistic - 7.5 / 21.0).abs() < 1e-15);
        assert!((row.expectation + 1.0 / 3.0).abs() < 1e-15);
        assert!((row.variance.unwrap() - 0.172_222_222_222).abs() < 1e-12);
        let binary = moran(&x, &line(4), Assumption::Randomization).unwrap();
        assert!((binary.statistic - 4.0 / 6.0 * 9.5 / 21.0).abs() < 1e-15);
    }

    #[test]
    fn what_has_no_answer_says_why() {
        let of = |x: &[f64], n| moran(x, &line(n), Assumption::Normality).map(|t| t.variance);
        assert_eq!(of(&[2.0; 4], 4), Err(Undefined::NoVariation));
        assert_eq!(of(&[2.0], 1), Err(Undefined::TooFew));
        assert_eq!(of(&[1.0, 2.0, 4.0], 3), Ok(Err(Undefined::TooFew)));
        let none = Weights::from_edges(line(3).axis().clone(), Vec::new()).unwrap();
        let found = moran(&[1.0, 2.0, 3.0], &none, Assumption::Normality);
        assert_eq!(found, Err(Undefined::ZeroTotal));
    }
}
