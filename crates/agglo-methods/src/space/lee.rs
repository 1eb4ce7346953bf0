//! Lee's L: do two variables go together once both are smoothed over the neighbors?
//!
//! L = n Σᵢ (Σⱼ wᵢⱼ zⱼ)(Σⱼ wᵢⱼ yⱼ) / (Σᵢ (Σⱼ wᵢⱼ)² √(Σ z² Σ y²))
//! Lᵢ = n (Σⱼ wᵢⱼ zⱼ)(Σⱼ wᵢⱼ yⱼ) / √(Σ z² Σ y²)      SSS = L of a variable with itself
//!
//! | symbol | meaning                                                        | shape | range    | unit |
//! |--------|----------------------------------------------------------------|-------|----------|------|
//! | z, y   | the two variables less their means                             | n     | real     | any  |
//! | L      | correlation of the smoothed variables, damped by their smoothness | 1  | −1 to 1  | none |
//! | SSS    | spatial smoothing scalar: the share of a variance that smoothing leaves | 1 | 0 to 1 | none |
//!
//! The bounds hold where the rows of W sum to one. Permutations deal the pairs to the regions, so the
//! correlation in place stays as it is. A local p deals the others' pairs to a region's neighbors and
//! keeps its own pair where the region counts in its smoothing; `quadrant` has the signs of the two
//! smoothed variables, the value's first. Gaps and islands: by the options. Cost: O(B m).
//! Source: Lee (2001), Journal of Geographical Systems 3, 369–385; esda `Spatial_Pearson`; spdep `lee`.

use agglo_core::{Datum, Text, Undefined, Weights, sum};

use super::bivariate::{OUT_CORRELATION, PAIRS, correlation};
use super::local::{Scheme, product_tallies};
use super::local_g::with_largest_own;
use super::local_moran::quadrant;
use super::moments::{Deviations, deviations};
use super::null::Null;
use super::options::{
    DRAWS, ISLANDS, OUT_CLUSTER, OUT_MEAN_PERMUTED, OUT_N, OUT_N_NEIGHBORS, OUT_P, OUT_P_ADJUSTED,
    OUT_PERMUTATIONS, OUT_QUADRANT, OUT_SD_PERMUTED, plan, scheme,
};
use super::read::{GAPS, TRANSFORM, Transform, WEIGHTS, maps};
use super::significance::{ALPHA, Correction, PERMUTATIONS, Tail};
use super::verdict::{Judgment, local_number, local_word};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Mark, Method, OUT_PERIOD, OUT_REGION, OptionKind, OptionSpec, OutputTable, Variant,
    out,
};
use crate::table::Rows;

/// L of two variables, with the smoothing scalar of each.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Lee {
    /// L of the two.
    pub l: f64,
    /// L of the first with itself.
    pub smoothing_x: f64,
    /// L of the second with itself.
    pub smoothing_y: f64,
}

/// L of `x` and `y`.
///
/// # Errors
/// [`Undefined::TooFew`], [`Undefined::NoVariation`] when one of them is constant and
/// [`Undefined::ZeroTotal`] when no region has a neighbor.
///
/// # Panics
/// When `x` or `y` has not one number per region.
pub fn lee(x: &[f64], y: &[f64], weights: &Weights) -> Result<Lee, Undefined> {
    let (x, y) = (deviations(x)?, deviations(y)?);
    let of = |a: &Deviations, b: &Deviations| {
        Ok(scale(a, b, weights)?
            * smoothed_products(a.0.iter().copied().zip(b.0.iter().copied()), weights))
    };
    Ok(Lee { l: of(&x, &y)?, smoothing_x: of(&x, &x)?, smoothing_y: of(&y, &y)? })
}

/// n / (Σ (Σ w)² √(Σ z² Σ y²)).
fn scale(x: &Deviations, y: &Deviations, weights: &Weights) -> Result<f64, Undefined> {
    let rows = (0..weights.len()).map(|region| weights.values(region).iter().sum::<f64>().powi(2));
    let total = sum(rows);
    if total <= 0.0 {
        return Err(Undefined::ZeroTotal);
    }
    Ok(x.0.len() as f64 / (total * (x.1 * y.1).sqrt()))
}

/// Σᵢ (Σⱼ wᵢⱼ zⱼ)(Σⱼ wᵢⱼ yⱼ).
fn smoothed_products(pairs: impl Iterator<Item = (f64, f64)>, weights: &Weights) -> f64 {
    let pairs: Vec<(f64, f64)> = pairs.collect();
    (0..pairs.len()).map(|region| smoothed(&pairs, weights, region)).sum()
}

/// The product of both lags of a region.
fn smoothed(pairs: &[(f64, f64)], weights: &Weights, region: usize) -> f64 {
    let (x, y) = lags(pairs, weights, region);
    x * y
}

fn lags(pairs: &[(f64, f64)], weights: &Weights, region: usize) -> (f64, f64) {
    weights
        .row(region)
        .fold((0.0, 0.0), |(x, y), (to, w)| (x + w * pairs[to].0, y + w * pairs[to].1))
}

const TABLES: &[OutputTable] = &[
    OutputTable {
        name: "lee",
        columns: &[
            OUT_PERIOD,
            out("lee", "1", "Lee's L", "Lee L 统计量"),
            out("smoothing_value", "1", "Smoothing scalar of the value", "数值平滑系数"),
            out("smoothing_other", "1", "Smoothing scalar of the other", "另一变量平滑系数"),
            OUT_MEAN_PERMUTED,
            OUT_SD_PERMUTED,
            OUT_P,
            OUT_PERMUTATIONS,
            OUT_CORRELATION,
            OUT_N,
        ],
    },
    OutputTable {
        name: "local",
        columns: &[
            OUT_PERIOD,
            OUT_REGION,
            out("local_lee", "1", "Local L", "局部 L 统计量"),
            OUT_P,
            OUT_P_ADJUSTED,
            OUT_QUADRANT,
            OUT_CLUSTER,
            OUT_N_NEIGHBORS,
        ],
    },
];

pub(super) static LEE: Method = Method {
    id: "lee",
    chapter: Chapter::Status,
    title: Text::new("Lee's L", "Lee L 统计量"),
    help: Text::new(
        "Do two variables go together once both are smoothed over the neighbors?",
        "两个变量经邻域平滑后是否相关？",
    ),
    inputs: &[PAIRS, WEIGHTS],
    options: &[
        GAPS,
        ISLANDS,
        TRANSFORM,
        OptionSpec {
            name: "own",
            kind: OptionKind::Choice(&["exclude", "include"]),
            default: "exclude",
            help: Text::new(
                "whether a region counts in its own smoothing, by the largest weight of its row, as \
                 in Lee's paper",
                "地区是否计入自身平滑（取该行最大权重，同 Lee 原文）",
            ),
        },
        PERMUTATIONS,
        DRAWS,
        Tail::OPTION,
        Correction::OPTION,
        ALPHA,
    ],
    variants: &[Variant {
        id: "lee",
        help: Text::new(
            "as esda Spatial_Pearson and spdep lee",
            "同 esda Spatial_Pearson 与 spdep lee",
        ),
    }],
    outputs: TABLES,
    formula: "L = n Σ (Σ w(i,j) z(j))(Σ w(i,j) y(j))/(Σ (Σ w(i,j))² √(Σ z² Σ y²))   z, y: the two \
              variables less their means; w: weights; n: regions",
    source: "Lee (2001), Journal of Geographical Systems 3, 369–385; esda Spatial_Pearson; spdep lee",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let (maps, notes) = maps(call, &["value", "other"])?;
    let (transform, judgment) = (Transform::of(call), Judgment::of(call));
    let tail = judgment.tail;
    let own = call.option("own") == "include";
    let mut rows = Rows::new(&TABLES[0]);
    let mut locals = Rows::new(&TABLES[1]);
    for map in &maps {
        let map = map.settled(call);
        let (x, y) = (&map.columns[0], &map.columns[1]);
        let weights = if own {
            transform.apply(&with_largest_own(&map.weights))
        } else {
            transform.apply(&map.weights)
        };
        let parts = deviations(x).and_then(|x| Ok((x, deviations(y)?)));
        let factor = parts.as_ref().map_err(|why| *why);
        let factor = factor.and_then(|(x, y)| scale(x, y, &weights));
        let mut numbers = [Datum::from(factor); 3];
        let mut n_permutations = 0;
        if let (Ok(factor), Ok((x, y))) = (factor, &parts) {
            let pairs: Vec<(f64, f64)> = x.0.iter().copied().zip(y.0.iter().copied()).collect();
            let statistic =
                |pairs: &[(f64, f64)]| factor * smoothed_products(pairs.iter().copied(), &weights);
            let shared = plan(call, "lee", map.period, Scheme::Shared);
            let null = Null::draw(&pairs, &shared, |pairs| vec![statistic(pairs)])?;
            let summary = null.summary(0, statistic(&pairs), tail);
            numbers = [summary.mean, summary.sd, summary.p_value];
            n_permutations = summary.n;
            let local = x.0.len() as f64 / (x.1 * y.1).sqrt();
            let tallies = product_tallies(
                &x.0,
                &y.0,
                &weights,
                &plan(call, "lee local", map.period, scheme(call)),
            )?;
            let number = |region: usize, of: &dyn Fn() -> Datum| {
                local_number(&weights, region, Ok(()), |()| of())
            };
            let verdicts = judgment
                .verdicts(map.n(), |region| number(region, &|| tallies[region].p_value(tail)));
            for region in 0..map.n() {
                let statistic = || Datum::Number(local * smoothed(&pairs, &weights, region));
                let name = local_word(&weights, region, Ok(()), |()| {
                    let (x, y) = lags(&pairs, &weights, region);
                    quadrant(x, y)
                });
                let cluster = match verdicts.is_significant(region) {
                    Some(false) => "not-significant",
                    _ => name,
                };
                locals.push([
                    map.period.into(),
                    map.regions().code(region).into(),
                    number(region, &statistic).into(),
                    verdicts.p_values[region].into(),
                    verdicts.adjusted[region].into(),
                    name.into(),
                    cluster.into(),
                    weights.neighbors(region).len().into(),
                ]);
            }
        }
        let found = lee(x, y, &weights);
        let [mean, sd, p_value] = numbers;
        rows.push([
            map.period.into(),
            found.map(|found| found.l).into(),
            found.map(|found| found.smoothing_x).into(),
            found.map(|found| found.smoothing_y).into(),
            mean.into(),
            sd.into(),
            p_value.into(),
            n_permutations.into(),
            correlation(x, y).into(),
            map.n().into(),
        ]);
    }
    Ok(Answer::one(TABLES[0].name, rows.frame()?)
        .and(TABLES[1].name, locals.frame()?)
        .noting(notes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::testing::line;

    // z = −2.5 −1.5 .5 3.5 with row-standardized lags −1.5 −1 1 .5: Σ lag² = 2.25 + 1 + 1 + .25 = 4.5,
    // and the rows sum to one, so the smoothing scalar is 4.5/21.
    #[test]
    fn the_smoothing_scalar_of_four_regions() {
        let x = [1.0, 2.0, 4.0, 7.0];
        let found = lee(&x, &[7.0, 4.0, 2.0, 1.0], &line(4).row_standardized()).unwrap();
        assert!((found.smoothing_x - 4.5 / 21.0).abs() < 1e-15);
        // The other one is the mirror image: lags .5 1 −1 −1.5: −.75 − 1 − 1 − .75.
        assert!((found.l + 3.5 / 21.0).abs() < 1e-15);
    }
}
