//! Getis and Ord's general G: do high values, or low ones, lie beside each other?
//!
//! G = Σᵢⱼ wᵢⱼ xᵢ xⱼ / Σᵢ Σⱼ≠ᵢ xᵢ xⱼ      E = S0 / (n (n − 1))
//!
//! Var = (B0 m₂² + B1 m₄ + B2 m₁² m₂ + B3 m₁ m₃ + B4 m₁⁴) / ((m₁² − m₂)² n (n − 1)(n − 2)(n − 3)) − E²
//!
//! with mₖ = Σ xᵏ, B0 = (n² − 3n + 3) S1 − n S2 + 3 S0², B1 = −((n² − n) S1 − 2n S2 + 6 S0²),
//! B2 = −(2n S1 − (n + 3) S2 + 6 S0²), B3 = 4 (n − 1) S1 − 2 (n + 1) S2 + 8 S0², B4 = S1 − S2 + S0².
//!
//! | symbol | meaning                                                    | shape | range | unit |
//! |--------|------------------------------------------------------------|-------|-------|------|
//! | x      | values of a measure with a zero of its own                 | n     | ≥ 0   | any  |
//! | G      | above E high values lie together, below E low ones         | 1     | ≥ 0   | none |
//!
//! The weights count each neighbor once unless `transform` says otherwise. Values below zero are
//! refused: G of them has no meaning. Gaps and islands: by the options. Cost: O(B m).
//! Source: Getis and Ord (1992), Geographical Analysis 24(3), 189–206, with the signs of esda `G` and
//! spdep `globalG.test`.

use agglo_core::{Text, Undefined, Weights, sum};

use super::global::{self, Kernel, Prepare, Prepared, columns, options};
use super::moments::{Assumption, Tested, WeightSums, deviations};
use super::moran::cross_products;
use super::read::{TRANSFORM_BINARY, VALUES, WEIGHTS};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{Chapter, Mark, Method, OutputTable, Variant, out};

/// G of `x` with its moments over all orders of the values.
///
/// # Errors
/// As [`moran`](super::moran); [`Undefined::Negative`] for a value below zero.
///
/// # Panics
/// When `x` has not one number per region.
pub fn general_g(x: &[f64], weights: &Weights) -> Result<Tested, Undefined> {
    global::tested(x, weights, Assumption::Randomization, PARTS)
}

const PARTS: (Prepare, Kernel) = (prepare, cross_products);

fn prepare(x: &[f64], weights: &Weights, _: Assumption) -> Result<Prepared, Undefined> {
    deviations(x)?;
    if x.iter().any(|x| *x < 0.0) {
        return Err(Undefined::Negative);
    }
    let WeightSums { s0, s1, s2 } = WeightSums::of(weights);
    let power = |k: i32| sum(x.iter().map(|x| x.powi(k)));
    let (m1, m2, m3, m4) = (power(1), power(2), power(3), power(4));
    let pairs = m1 * m1 - m2;
    if s0 <= 0.0 || pairs <= 0.0 {
        return Err(Undefined::ZeroTotal);
    }
    let n = x.len() as f64;
    let expectation = s0 / (n * (n - 1.0));
    let b0 = (n * n - 3.0 * n + 3.0) * s1 - n * s2 + 3.0 * s0 * s0;
    let b1 = -((n * n - n) * s1 - 2.0 * n * s2 + 6.0 * s0 * s0);
    let b2 = -(2.0 * n * s1 - (n + 3.0) * s2 + 6.0 * s0 * s0);
    let b3 = 4.0 * (n - 1.0) * s1 - 2.0 * (n + 1.0) * s2 + 8.0 * s0 * s0;
    let b4 = s1 - s2 + s0 * s0;
    let above = b0 * m2 * m2 + b1 * m4 + b2 * m1 * m1 * m2 + b3 * m1 * m3 + b4 * m1.powi(4);
    let below = pairs * pairs * n * (n - 1.0) * (n - 2.0) * (n - 3.0);
    let variance = if x.len() < 4 {
        Err(Undefined::TooFew)
    } else {
        Ok(above / below - expectation * expectation)
    };
    Ok(Prepared { values: x.to_vec(), factor: 1.0 / pairs, expectation, variance })
}

const TABLES: &[OutputTable] = &[OutputTable {
    name: "getis_ord",
    columns: &columns(out("general_g", "1", "General G", "全局 G 统计量")),
}];

pub(super) static GETIS_ORD: Method = Method {
    id: "getis-ord",
    chapter: Chapter::Status,
    title: Text::new("Getis–Ord general G", "Getis–Ord 全局 G 统计量"),
    help: Text::new(
        "Do high values, or low ones, lie beside each other?",
        "高值或低值是否彼此相邻？",
    ),
    inputs: &[VALUES, WEIGHTS],
    options: &options(TRANSFORM_BINARY),
    variants: &[Variant {
        id: "getis-ord",
        help: Text::new(
            "variance over all orders of the values, as esda G and spdep globalG.test",
            "方差取自数值的全部排列，同 esda G 与 spdep globalG.test",
        ),
    }],
    outputs: TABLES,
    formula: "G = Σ w(i,j) x(i) x(j) / Σ over i ≠ j of x(i) x(j)   E = S0/(n(n − 1))   x: values, zero \
              or more; w: weights, S0 their sum; n: regions",
    source: "Getis and Ord (1992), Geographical Analysis 24(3), 189–206; esda G; spdep globalG.test",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    global::answer(call, "getis-ord", &TABLES[0], PARTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::testing::line;

    // 1 2 4 7 in a line: neighbors' products 2 + 8 + 28 = 38, both ways 76; all pairs 14² − 70 = 126.
    #[test]
    fn four_regions_in_a_line() {
        let found = general_g(&[1.0, 2.0, 4.0, 7.0], &line(4)).unwrap();
        assert!((found.statistic - 76.0 / 126.0).abs() < 1e-15);
        assert!((found.expectation - 0.5).abs() < 1e-15);
    }

    #[test]
    fn a_value_below_zero_has_no_g() {
        assert_eq!(general_g(&[-1.0, 2.0, 4.0, 7.0], &line(4)), Err(Undefined::Negative));
    }
}
