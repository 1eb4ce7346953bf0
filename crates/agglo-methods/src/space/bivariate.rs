//! Bivariate Moran's I: does one variable go with another one among the neighbors?
//!
//! I = (n / S0) Σᵢ zᵢ Σⱼ wᵢⱼ yⱼ / √(Σ z² Σ y²)
//! Iᵢ = zᵢ Σⱼ wᵢⱼ yⱼ / √(m_z m_y)      m = Σ z²/n  or  Σ z²/(n − 1)
//!
//! | symbol | meaning                                                    | shape | range | unit |
//! |--------|------------------------------------------------------------|-------|-------|------|
//! | z, y   | the two variables less their means                         | n     | real  | any  |
//! | w      | weight of neighbor j for region i, S0 their sum            | n × n | ≥ 0   | none |
//! | I      | above 0: high beside high of the other                     | 1     | real  | none |
//!
//! Permutations deal the other variable to the regions anew. That breaks its tie to the region's own
//! value too: where the two variables go together in place, I differs from its permutations without
//! any effect of neighbors, so read it beside their correlation r.
//! Gaps and islands: by the options. Cost: O(B m).
//! Source: Anselin, Syabri and Smirnov (2002); Lee (2001), Journal of Geographical Systems 3, 369–385,
//! on what it confounds; esda `Moran_BV`, `Moran_Local_BV`.

use agglo_core::{Datum, Text, Undefined, Weights};

use super::local::{Scheme, lag_tallies};
use super::local_moran::{Divisor, quadrant};
use super::moments::{Deviations, deviations};
use super::null::Null;
use super::options::{
    OUT_CLUSTER, OUT_MEAN_PERMUTED, OUT_N, OUT_N_NEIGHBORS, OUT_P, OUT_P_ADJUSTED,
    OUT_PERMUTATIONS, OUT_QUADRANT, OUT_SD_PERMUTED, plan, scheme,
};
use super::read::{TRANSFORM, Transform, VALUE, WEIGHTS, maps, values_with};
use super::verdict::{Judgment, local_number, local_options, local_word};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Input, InputColumn, Mark, Method, OUT_PERIOD, OUT_REGION, Output, OutputTable, PERIOD,
    REGION, Variant, number, out,
};
use crate::table::Rows;

/// The other variable of a region.
pub(super) const OTHER: InputColumn =
    number("other", "the other variable of the region", "地区的另一变量");

/// The table of two variables.
pub(super) const PAIRS: Input = values_with(&[REGION, PERIOD, VALUE, OTHER]);

pub(super) const OUT_CORRELATION: Output =
    out("correlation", "1", "Correlation in place", "同地相关系数");

/// I of `x` with the neighbors' `y`.
///
/// # Errors
/// [`Undefined::TooFew`], [`Undefined::NoVariation`] when one of them is constant and
/// [`Undefined::ZeroTotal`] when no region has a neighbor.
///
/// # Panics
/// When `x` or `y` has not one number per region.
pub fn bivariate_moran(x: &[f64], y: &[f64], weights: &Weights) -> Result<f64, Undefined> {
    let (x, y) = (deviations(x)?, deviations(y)?);
    Ok(scale(&x, &y, weights)? * products(&x.0, &y.0, weights))
}

/// n / (S0 √(Σ z² Σ y²)).
fn scale(x: &Deviations, y: &Deviations, weights: &Weights) -> Result<f64, Undefined> {
    let total: f64 = weights.edges().map(|edge| edge.2).sum();
    if total <= 0.0 {
        return Err(Undefined::ZeroTotal);
    }
    Ok(x.0.len() as f64 / (total * (x.1 * y.1).sqrt()))
}

fn products(z: &[f64], y: &[f64], weights: &Weights) -> f64 {
    (0..z.len()).map(|i| z[i] * weights.row(i).map(|(j, w)| w * y[j]).sum::<f64>()).sum()
}

/// Pearson's r of two variables.
pub(super) fn correlation(x: &[f64], y: &[f64]) -> Result<f64, Undefined> {
    let (x, x_squares) = deviations(x)?;
    let (y, y_squares) = deviations(y)?;
    let both = agglo_core::sum(x.iter().zip(&y).map(|(x, y)| x * y));
    Ok(both / (x_squares * y_squares).sqrt())
}

const TABLES: &[OutputTable] = &[
    OutputTable {
        name: "bivariate_moran",
        columns: &[
            OUT_PERIOD,
            out("bivariate_moran", "1", "Bivariate Moran's I", "双变量莫兰指数"),
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
            out("local_moran", "1", "Local bivariate I", "局部双变量莫兰指数"),
            OUT_P,
            OUT_P_ADJUSTED,
            OUT_QUADRANT,
            OUT_CLUSTER,
            OUT_N_NEIGHBORS,
        ],
    },
];

pub(super) static BIVARIATE_MORAN: Method = Method {
    id: "bivariate-moran",
    chapter: Chapter::Status,
    title: Text::new("Bivariate Moran's I", "双变量莫兰指数"),
    help: Text::new(
        "Does one variable go with another one among the neighbors?",
        "一个变量是否与邻近地区的另一变量相关？",
    ),
    inputs: &[PAIRS, WEIGHTS],
    options: &local_options(TRANSFORM),
    variants: &[
        Variant {
            id: "divisor-n",
            help: Text::new("local squares divided by n", "局部统计量平方和除以 n"),
        },
        Variant {
            id: "divisor-n-1",
            help: Text::new(
                "local squares divided by n − 1, as esda Moran_Local_BV",
                "局部统计量平方和除以 n − 1，同 esda Moran_Local_BV",
            ),
        },
    ],
    outputs: TABLES,
    formula: "I = (n/S0) Σ z(i) w(i,j) y(j)/√(Σ z² Σ y²)   z, y: the two variables less their means; \
              w: weights, S0 their sum; n: regions",
    source: "Anselin, Syabri and Smirnov (2002); Lee (2001), Journal of Geographical Systems 3, \
             369–385; esda Moran_BV, Moran_Local_BV",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let (maps, notes) = maps(call, &["value", "other"])?;
    let divisor = if call.variant() == "divisor-n-1" { Divisor::NLessOne } else { Divisor::N };
    let (transform, judgment) = (Transform::of(call), Judgment::of(call));
    let tail = judgment.tail;
    let mut rows = Rows::new(&TABLES[0]);
    let mut locals = Rows::new(&TABLES[1]);
    for map in &maps {
        let map = map.settled(call);
        let (x, y) = (&map.columns[0], &map.columns[1]);
        let weights = transform.apply(&map.weights);
        let parts = deviations(x).and_then(|x| Ok((x, deviations(y)?)));
        let factor = parts.as_ref().map_err(|why| *why);
        let factor = factor.and_then(|(x, y)| scale(x, y, &weights));
        let mut numbers = [Datum::from(factor); 4];
        let mut n_permutations = 0;
        if let (Ok(factor), Ok(((z, _), (y, _)))) = (factor, &parts) {
            let plan = plan(call, "bivariate-moran", map.period, Scheme::Shared);
            let observed = factor * products(z, y, &weights);
            let null = Null::draw(y, &plan, |y| vec![factor * products(z, y, &weights)])?;
            let summary = null.summary(0, observed, tail);
            numbers = [Datum::Number(observed), summary.mean, summary.sd, summary.p_value];
            n_permutations = summary.n;
        }
        let [observed, mean, sd, p_value] = numbers;
        rows.push([
            map.period.into(),
            observed.into(),
            mean.into(),
            sd.into(),
            p_value.into(),
            n_permutations.into(),
            correlation(x, y).into(),
            map.n().into(),
        ]);
        let tallies = match &parts {
            Ok(_) => lag_tallies(
                y,
                &weights,
                &plan(call, "bivariate-moran local", map.period, scheme(call)),
            )?,
            Err(_) => Vec::new(),
        };
        let parts = parts.as_ref().map_err(|why| *why);
        let lag =
            |region: usize, y: &[f64]| weights.row(region).map(|(to, w)| w * y[to]).sum::<f64>();
        let verdicts = judgment.verdicts(map.n(), |region| {
            local_number(&weights, region, parts, |((z, _), _)| {
                tallies[region].times(z[region]).p_value(tail)
            })
        });
        for region in 0..map.n() {
            let statistic =
                local_number(&weights, region, parts, |((z, z_squares), (y, y_squares))| {
                    let scale = (z_squares * y_squares).sqrt() / divisor.of(x.len());
                    Datum::Number(z[region] * lag(region, y) / scale)
                });
            let name = local_word(&weights, region, parts, |((z, _), (y, _))| {
                quadrant(z[region], lag(region, y))
            });
            let cluster = match verdicts.is_significant(region) {
                Some(false) => "not-significant",
                _ => name,
            };
            locals.push([
                map.period.into(),
                map.regions().code(region).into(),
                statistic.into(),
                verdicts.p_values[region].into(),
                verdicts.adjusted[region].into(),
                name.into(),
                cluster.into(),
                weights.neighbors(region).len().into(),
            ]);
        }
    }
    Ok(Answer::one(TABLES[0].name, rows.frame()?)
        .and(TABLES[1].name, locals.frame()?)
        .noting(notes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::testing::line;

    #[test]
    fn a_variable_with_itself_is_moran() {
        let x = [1.0, 2.0, 4.0, 7.0];
        let weights = line(4).row_standardized();
        let found = bivariate_moran(&x, &x, &weights).unwrap();
        assert!((found - 7.5 / 21.0).abs() < 1e-15);
    }

    #[test]
    fn a_constant_goes_with_nothing() {
        let found = bivariate_moran(&[1.0, 2.0, 3.0], &[1.0; 3], &line(3));
        assert_eq!(found, Err(Undefined::NoVariation));
    }
}
