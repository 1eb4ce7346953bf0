//! Local Geary's c: which regions differ little, or much, from their neighbors?
//!
//! cᵢ = Σⱼ wᵢⱼ (xᵢ − xⱼ)² / m₂      E = Wᵢ (n zᵢ² + Σ z²) / ((n − 1) m₂)
//!
//! | symbol | meaning                                                     | shape | range | unit |
//! |--------|-------------------------------------------------------------|-------|-------|------|
//! | x, z   | values, and values less their mean                          | n     | real  | any  |
//! | m₂     | Σ z² / n (esda) or Σ z² / (n − 1) (GeoDa)                   | 1     | > 0   | any² |
//! | W      | sum of a row's weights                                      | n     | ≥ 0   | none |
//! | cᵢ     | below E like its neighbors, above E unlike them             | n     | ≥ 0   | none |
//!
//! E is the mean over all neighborhoods, the region's own value held. Gaps and islands: by the
//! options. Cost: O(B m).
//! Source: Anselin (1995), Geographical Analysis 27(2), 93–115; Anselin (2019), Geographical Analysis
//! 51(2), 133–150; esda `Geary_Local`.

use agglo_core::{Datum, Text, Undefined, Weights};

use super::local::difference_tallies;
use super::local_moran::{Divisor, quadrant};
use super::moments::deviations;
use super::options::{
    OUT_CLUSTER, OUT_EXPECTATION, OUT_N_NEIGHBORS, OUT_P, OUT_P_ADJUSTED, plan, scheme,
};
use super::read::{TRANSFORM, Transform, VALUES, WEIGHTS, maps};
use super::verdict::{Judgment, local_number, local_options, local_word};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{Chapter, Mark, Method, OUT_PERIOD, OUT_REGION, OutputTable, Variant, out};
use crate::table::Rows;

/// Local Geary's c of one region.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct LocalGeary {
    /// The value less the mean.
    pub z: f64,
    /// Σ w z over the neighbors.
    pub lag: f64,
    /// The statistic.
    pub statistic: f64,
    /// Its mean over all neighborhoods.
    pub expectation: f64,
}

/// cᵢ of every region of `x`.
///
/// # Errors
/// [`Undefined::TooFew`] for fewer than two regions, [`Undefined::NoVariation`] when all are equal.
///
/// # Panics
/// When `x` has not one number per region.
pub fn local_geary(
    x: &[f64],
    weights: &Weights,
    divisor: Divisor,
) -> Result<Vec<LocalGeary>, Undefined> {
    let (z, squares) = deviations(x)?;
    let n = x.len() as f64;
    let m2 = squares / divisor.of(x.len());
    let of = |region: usize| {
        let own = z[region];
        let total: f64 = weights.values(region).iter().sum();
        let unlike: f64 = weights.row(region).map(|(to, w)| w * (own - z[to]).powi(2)).sum();
        LocalGeary {
            z: own,
            lag: weights.row(region).map(|(to, w)| w * z[to]).sum(),
            statistic: unlike / m2,
            expectation: total * (n * own * own + squares) / ((n - 1.0) * m2),
        }
    };
    Ok((0..x.len()).map(of).collect())
}

const TABLES: &[OutputTable] = &[OutputTable {
    name: "local_geary",
    columns: &[
        OUT_PERIOD,
        OUT_REGION,
        out("local_geary", "1", "Local Geary's c", "局部吉尔里指数"),
        OUT_EXPECTATION,
        OUT_P,
        OUT_P_ADJUSTED,
        OUT_CLUSTER,
        OUT_N_NEIGHBORS,
    ],
}];

pub(super) static LOCAL_GEARY: Method = Method {
    id: "local-geary",
    chapter: Chapter::Status,
    title: Text::new("Local Geary's c", "局部吉尔里指数"),
    help: Text::new(
        "Which regions differ little, or much, from their neighbors?",
        "哪些地区与其邻近地区差异小，哪些差异大？",
    ),
    inputs: &[VALUES, WEIGHTS],
    options: &local_options(TRANSFORM),
    variants: &[
        Variant {
            id: "divisor-n",
            help: Text::new(
                "squares divided by n, as esda Geary_Local",
                "平方和除以 n，同 esda Geary_Local",
            ),
        },
        Variant {
            id: "divisor-n-1",
            help: Text::new("squares divided by n − 1, as GeoDa", "平方和除以 n − 1，同 GeoDa"),
        },
    ],
    outputs: TABLES,
    formula: "c(i) = Σ w(i,j)(x(i) − x(j))²/m2   E = W(i)(n z(i)² + Σ z²)/((n − 1) m2)   x: values; \
              z: values less their mean; m2 = Σ z²/n or Σ z²/(n − 1); w: weights, W a row's sum",
    source: "Anselin (1995), Geographical Analysis 27(2), 93–115; Anselin (2019), Geographical \
             Analysis 51(2), 133–150; esda Geary_Local",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let (maps, notes) = maps(call, &["value"])?;
    let divisor = if call.variant() == "divisor-n-1" { Divisor::NLessOne } else { Divisor::N };
    let (transform, judgment) = (Transform::of(call), Judgment::of(call));
    let mut rows = Rows::new(&TABLES[0]);
    for map in &maps {
        let map = map.settled(call);
        let (x, weights) = (&map.columns[0], transform.apply(&map.weights));
        let found = local_geary(x, &weights, divisor);
        let tallies = match &found {
            Ok(_) => difference_tallies(
                x,
                &weights,
                &plan(call, "local-geary", map.period, scheme(call)),
            )?,
            Err(_) => Vec::new(),
        };
        let of = |region: usize, number: fn(LocalGeary) -> Datum| {
            local_number(&weights, region, at(&found, region), number)
        };
        let verdicts = judgment.verdicts(map.n(), |region| {
            let p_value = |_| tallies[region].p_value(judgment.tail);
            local_number(&weights, region, at(&found, region), p_value)
        });
        for region in 0..map.n() {
            let cluster = local_word(&weights, region, at(&found, region), |local| match verdicts
                .is_significant(region)
            {
                Some(true) => association(local),
                _ => "not-significant",
            });
            rows.push([
                map.period.into(),
                map.regions().code(region).into(),
                of(region, |local| Datum::Number(local.statistic)).into(),
                of(region, |local| Datum::Number(local.expectation)).into(),
                verdicts.p_values[region].into(),
                verdicts.adjusted[region].into(),
                cluster.into(),
                weights.neighbors(region).len().into(),
            ]);
        }
    }
    Ok(Answer::one(TABLES[0].name, rows.frame()?).noting(notes))
}

fn at(found: &Result<Vec<LocalGeary>, Undefined>, region: usize) -> Result<LocalGeary, Undefined> {
    found.as_ref().map(|found| found[region]).map_err(|why| *why)
}

/// What a significant c says; alike regions are high or low ones where their neighbors are so too.
fn association(local: LocalGeary) -> &'static str {
    if local.statistic > local.expectation {
        return "unlike";
    }
    match quadrant(local.z, local.lag) {
        same @ ("HH" | "LL") => same,
        _ => "alike",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::testing::line;

    // 1 2 4 7, Σ z² = 21, m₂ = 21/4: rows 1, (1 + 4)/2, (4 + 9)/2, 9 over 5.25.
    #[test]
    fn four_regions_in_a_line() {
        let weights = line(4).row_standardized();
        let found = local_geary(&[1.0, 2.0, 4.0, 7.0], &weights, Divisor::N).unwrap();
        for (found, unlike) in found.iter().zip([1.0, 2.5, 6.5, 9.0]) {
            assert!((found.statistic - unlike / 5.25).abs() < 1e-15);
        }
        // From region 2: (1 + 4 + 25)/3 = 10 on average.
        assert!((found[1].expectation - 10.0 / 5.25).abs() < 1e-15);
    }
}
