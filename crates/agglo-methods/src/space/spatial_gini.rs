//! Spatial Gini: how much of an inequality lies between neighbors, how much between regions far apart?
//!
//! G = Σᵢⱼ |xᵢ − xⱼ| / (2 n² x̄) = near + far
//! near = Σᵢⱼ wᵢⱼ |xᵢ − xⱼ| / (2 n² x̄)      polarization = (far / near)(pairs near / pairs far)
//!
//! | symbol | meaning                                                       | shape | range  | unit |
//! |--------|---------------------------------------------------------------|-------|--------|------|
//! | x      | values, such as income per head                               | n     | ≥ 0    | any  |
//! | w      | 1 where j is a neighbor of i, else 0                          | n × n | 0 or 1 | none |
//! | far    | what pairs that are no neighbors contribute                   | 1     | 0 to G | none |
//!
//! Under random order the far part is what its number of pairs would have; a larger one says that
//! neighbors are alike. Only who is a neighbor counts, not the weight; a pair that is named one way
//! only counts half. Gaps: by the option. Cost: O(n log n + B m).
//! Source: Rey and Smith (2013), Letters in Spatial and Resource Sciences 6, 55–70; PySAL inequality
//! `Gini_Spatial`, whose `wcg_share` is `far` here and no share.

use agglo_core::{Datum, Text, Undefined, Weights, mean};

use super::local::Scheme;
use super::null::Null;
use super::options::{OUT_MEAN_PERMUTED, OUT_N, OUT_P, OUT_PERMUTATIONS, OUT_SD_PERMUTED, plan};
use super::read::{GAPS, VALUES, WEIGHTS, maps};
use super::significance::{PERMUTATIONS, Tail};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{Chapter, Mark, Method, OUT_PERIOD, OutputTable, Variant, out};
use crate::concentration::gini;
use crate::table::Rows;

/// A Gini coefficient and its two parts.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct SpatialGini {
    /// The whole.
    pub gini: f64,
    /// What neighbors contribute.
    pub near: f64,
    /// What all other pairs contribute.
    pub far: f64,
    /// Mean difference of far pairs over that of near pairs; [`Undefined::ZeroDenominator`] where
    /// neighbors do not differ or all are neighbors.
    pub polarization: Result<f64, Undefined>,
}

/// The decomposition of `x` over who is a neighbor in `weights`.
///
/// # Errors
/// [`Undefined::SingleRegion`], [`Undefined::Negative`], and [`Undefined::ZeroTotal`] when all values
/// are zero.
///
/// # Panics
/// When `x` has not one number per region.
pub fn spatial_gini(x: &[f64], weights: &Weights) -> Result<SpatialGini, Undefined> {
    if x.iter().any(|x| *x < 0.0) {
        return Err(Undefined::Negative);
    }
    let gini = gini(x)?;
    let n = x.len() as f64;
    let Some(center) = mean(x) else { return Err(Undefined::TooFew) };
    let near = near_differences(x, weights) / (2.0 * n * n * center);
    // Where all are neighbors, rounding must not leave a negative rest.
    let far = (gini - near).max(0.0);
    let near_pairs = weights.n_edges() as f64 / 2.0;
    let far_pairs = n * (n - 1.0) / 2.0 - near_pairs;
    let polarization = if near > 0.0 && far_pairs > 0.0 {
        Ok(far / near * near_pairs / far_pairs)
    } else {
        Err(Undefined::ZeroDenominator)
    };
    Ok(SpatialGini { gini, near, far, polarization })
}

/// Σ |xᵢ − xⱼ| over neighbors j of i.
fn near_differences(x: &[f64], weights: &Weights) -> f64 {
    let row = |i: usize| weights.neighbors(i).iter().map(move |&j| (x[i] - x[j as usize]).abs());
    (0..x.len()).map(|i| row(i).sum::<f64>()).sum()
}

const TABLES: &[OutputTable] = &[OutputTable {
    name: "spatial_gini",
    columns: &[
        OUT_PERIOD,
        out("gini", "1", "Gini", "基尼系数"),
        out("near", "1", "Between neighbors", "相邻地区间"),
        out("far", "1", "Between others", "非相邻地区间"),
        out("near_share", "1", "Share between neighbors", "相邻地区间占比"),
        out("polarization", "1", "Polarization", "空间极化指数"),
        OUT_MEAN_PERMUTED,
        OUT_SD_PERMUTED,
        OUT_P,
        OUT_PERMUTATIONS,
        OUT_N,
    ],
}];

pub(super) static SPATIAL_GINI: Method = Method {
    id: "spatial-gini",
    chapter: Chapter::Status,
    title: Text::new("Spatial Gini", "空间基尼分解"),
    help: Text::new(
        "How much of an inequality lies between neighbors, how much between regions far apart?",
        "不平等中有多少在相邻地区间，多少在不相邻地区间？",
    ),
    inputs: &[VALUES, WEIGHTS],
    options: &[GAPS, PERMUTATIONS, Tail::OPTION],
    variants: &[Variant {
        id: "rey-smith",
        help: Text::new(
            "as PySAL Gini_Spatial; p of the part between others, islands included",
            "同 PySAL Gini_Spatial；p 值针对非相邻部分，含孤立地区",
        ),
    }],
    outputs: TABLES,
    formula: "G = Σ |x(i) − x(j)|/(2 n² x̄) = near + far   near: the terms of neighbors; polarization \
              = (far/near)(pairs near/pairs far)   x: values; n: regions",
    source: "Rey and Smith (2013), Letters in Spatial and Resource Sciences 6, 55–70; PySAL inequality \
             Gini_Spatial",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let (maps, notes) = maps(call, &["value"])?;
    let tail = Tail::of(call);
    let mut rows = Rows::new(&TABLES[0]);
    for map in &maps {
        let x = &map.columns[0];
        let found = spatial_gini(x, &map.weights);
        let mut permuted = [Datum::from(found.map(|found| found.far)); 3];
        let mut n_permutations = 0;
        if let Ok(found) = found {
            let n = x.len() as f64;
            let scale = 2.0 * n * n * mean(x).unwrap_or_default();
            let far = |x: &[f64]| found.gini - near_differences(x, &map.weights) / scale;
            let plan = plan(call, "spatial-gini", map.period, Scheme::Shared);
            let null = Null::draw(x, &plan, |x| vec![far(x)])?;
            let summary = null.summary(0, far(x), tail);
            permuted = [summary.mean, summary.sd, summary.p_value];
            n_permutations = summary.n;
        }
        let [mean, sd, p_value] = permuted;
        let share = match found {
            Ok(found) => Datum::ratio(found.near, found.gini),
            Err(why) => Datum::undefined(why),
        };
        rows.push([
            map.period.into(),
            found.map(|found| found.gini).into(),
            found.map(|found| found.near).into(),
            found.map(|found| found.far).into(),
            share.into(),
            found.and_then(|found| found.polarization).into(),
            mean.into(),
            sd.into(),
            p_value.into(),
            n_permutations.into(),
            map.n().into(),
        ]);
    }
    Ok(Answer::one(TABLES[0].name, rows.frame()?).noting(notes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::testing::line;

    // 1 2 4 7: differences of neighbors 1 + 2 + 3 = 6, of others 3 + 5 + 6 = 14; 2 n² x̄ = 112, each
    // pair twice. Mean differences 2 and 14/3.
    #[test]
    fn four_regions_in_a_line() {
        let found = spatial_gini(&[1.0, 2.0, 4.0, 7.0], &line(4)).unwrap();
        assert!((found.gini - 40.0 / 112.0).abs() < 1e-15);
        assert!((found.near - 12.0 / 112.0).abs() < 1e-15);
        assert!((found.far - 28.0 / 112.0).abs() < 1e-15);
        assert!((found.polarization.unwrap() - 14.0 / 3.0 / 2.0).abs() < 1e-14);
    }

    #[test]
    fn neighbors_that_do_not_differ_leave_no_polarization() {
        let found = spatial_gini(&[3.0, 3.0], &line(2)).unwrap();
        assert_eq!(found.polarization, Err(Undefined::ZeroDenominator));
    }
}
