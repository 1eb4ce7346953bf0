//! Getis and Ord's local G and G*: where are the hot spots and the cold spots?
//!
//! Gᵢ = Σⱼ wᵢⱼ xⱼ / Σⱼ xⱼ      z = (Σⱼ wᵢⱼ xⱼ − x̄ Wᵢ) / (s √((N Qᵢ − Wᵢ²) / (N − 1)))
//!
//! | symbol | meaning                                                          | shape | range | unit |
//! |--------|------------------------------------------------------------------|-------|-------|------|
//! | x      | values                                                           | n     | real  | any  |
//! | W, Q   | sum of a row's weights, and of their squares                     | n     | ≥ 0   | none |
//! | N      | G*: all n regions, i among them; G: the n − 1 others             | 1     | ≥ 2   | none |
//! | x̄, s   | mean and deviation (divisor N) of those N                        | 1     | real  | any  |
//! | z      | above 0 a hot spot, below 0 a cold one                           | n     | real  | none |
//!
//! G* gives the region the largest weight of its row (1 where all weigh 1) before the transform.
//! G itself is a share and needs values of zero or more; z does not. Gaps and islands: by the
//! options. Cost and memory: see `space/local/mod.rs`.
//! Source: Ord and Getis (1995), Geographical Analysis 27(4), 286–306; spdep `localG`.

use agglo_core::{Datum, Text, Undefined, Weights, sum};

use super::local::lag_tallies;
use super::moments::deviations;
use super::options::{
    OUT_CLUSTER, OUT_N_NEIGHBORS, OUT_P, OUT_P_ADJUSTED, OUT_P_NORMAL, OUT_Z, plan, scheme,
};
use super::read::{TRANSFORM_BINARY, Transform, VALUES, WEIGHTS, maps};
use super::verdict::{Judgment, local_options};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{Chapter, Mark, Method, OUT_PERIOD, OUT_REGION, OutputTable, Variant, out};
use crate::table::Rows;

/// Whether a region counts among its own neighbors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    /// G*.
    Included,
    /// G.
    Excluded,
}

/// Local G of one region.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct LocalG {
    /// The share Σ w x / Σ x; [`Undefined::Negative`] with values below zero.
    pub share: Result<f64, Undefined>,
    /// The standardized statistic; [`Undefined::TooFew`] for a region without neighbors or with all
    /// others as neighbors of one weight.
    pub z: Result<f64, Undefined>,
}

/// `weights` with each region a neighbor of itself by the largest weight of its row, 1 for islands.
pub fn with_largest_own(weights: &Weights) -> Weights {
    let own = |region: usize| {
        let largest = weights.row(region).filter(|(to, _)| *to != region).map(|edge| edge.1);
        largest.reduce(f64::max).unwrap_or(1.0)
    };
    let others = weights.edges().filter(|(from, to, _)| from != to);
    let selves = (0..weights.len()).map(|region| (region as u32, region as u32, own(region)));
    Weights::from_edges(weights.axis().clone(), others.chain(selves).collect())
        .unwrap_or_else(|_| weights.clone())
}

/// G of every region of `x`; for G* the weights hold the regions' own.
///
/// # Errors
/// [`Undefined::TooFew`] for fewer than two regions, [`Undefined::NoVariation`] when all are equal.
///
/// # Panics
/// When `x` has not one number per region.
pub fn local_g(x: &[f64], weights: &Weights, own: Own) -> Result<Vec<LocalG>, Undefined> {
    let (z, squares) = deviations(x)?;
    let is_negative = x.iter().any(|x| *x < 0.0);
    let total = sum(x.iter().copied());
    let n = x.len() as f64;
    // Values less their mean sum to zero, so leaving out one region shifts the mean by −z/(n − 1).
    let of = |region: usize| {
        let (count, mean, left_squares, left_total) = match own {
            Own::Included => (n, 0.0, squares, total),
            Own::Excluded => {
                (n - 1.0, -z[region] / (n - 1.0), squares - z[region].powi(2), total - x[region])
            }
        };
        let row_total: f64 = weights.values(region).iter().sum();
        let row_squares: f64 = weights.values(region).iter().map(|w| w * w).sum();
        let lag: f64 = weights.row(region).map(|(to, w)| w * z[to]).sum();
        let variance = left_squares / count - mean * mean;
        let spread = (count * row_squares - row_total * row_total) / (count - 1.0);
        let share = if is_negative {
            Err(Undefined::Negative)
        } else if left_total <= 0.0 {
            Err(Undefined::ZeroTotal)
        } else {
            Ok(weights.row(region).map(|(to, w)| w * x[to]).sum::<f64>() / left_total)
        };
        // Rounding leaves a trace of what is zero in fact.
        let z = if variance <= 1e-12 * squares / n {
            Err(Undefined::NoVariation)
        } else if row_total <= 0.0 || spread <= 1e-12 * row_squares {
            Err(Undefined::TooFew)
        } else {
            Ok((lag - mean * row_total) / (variance * spread).sqrt())
        };
        LocalG { share, z }
    };
    Ok((0..x.len()).map(of).collect())
}

const TABLES: &[OutputTable] = &[OutputTable {
    name: "local_g",
    columns: &[
        OUT_PERIOD,
        OUT_REGION,
        out("share", "1", "G (share)", "G（份额）"),
        OUT_Z,
        OUT_P_NORMAL,
        OUT_P,
        OUT_P_ADJUSTED,
        OUT_CLUSTER,
        OUT_N_NEIGHBORS,
    ],
}];

pub(super) static GETIS_ORD_LOCAL: Method = Method {
    id: "getis-ord-local",
    chapter: Chapter::Status,
    title: Text::new("Getis–Ord local G", "Getis–Ord 局部 G 统计量"),
    help: Text::new("Where are the hot spots and the cold spots?", "热点与冷点在何处？"),
    inputs: &[VALUES, WEIGHTS],
    options: &local_options(TRANSFORM_BINARY),
    variants: &[
        Variant {
            id: "g-star",
            help: Text::new(
                "G*: the region among its neighbors, as spdep localG with self and esda star = True",
                "G*：地区计入自身邻域，同 spdep localG（含自身）与 esda star = True",
            ),
        },
        Variant {
            id: "g",
            help: Text::new(
                "G: the neighbors only, compared with all other regions",
                "G：仅邻近地区，与其余地区相比",
            ),
        },
    ],
    outputs: TABLES,
    formula: "G(i) = Σ w(i,j) x(j)/Σ x(j)   z = (Σ w x − x̄ W)/(s √((N Q − W²)/(N − 1)))   W, Q: sum of \
              the weights of i and of their squares; x̄, s: mean and deviation of the N regions, i \
              among them for G*, without it for G",
    source: "Ord and Getis (1995), Geographical Analysis 27(4), 286–306; spdep localG",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let (maps, notes) = maps(call, &["value"])?;
    let own = if call.variant() == "g" { Own::Excluded } else { Own::Included };
    let (transform, judgment) = (Transform::of(call), Judgment::of(call));
    let permutes = call.option_integer("permutations") > 0;
    let mut rows = Rows::new(&TABLES[0]);
    for map in &maps {
        let map = map.settled(call);
        let x = &map.columns[0];
        let others = transform.apply(&map.weights);
        let found = match own {
            Own::Excluded => local_g(x, &others, own),
            Own::Included => local_g(x, &transform.apply(&with_largest_own(&map.weights)), own),
        };
        // A region's own value is held, so its neighbors alone decide the rank.
        let tallies = match &found {
            Ok(_) => {
                lag_tallies(x, &others, &plan(call, "getis-ord-local", map.period, scheme(call)))?
            }
            Err(_) => Vec::new(),
        };
        let local = |region: usize| found.as_ref().map(|found| found[region]).map_err(|why| *why);
        let p_normal = |region: usize| {
            local(region)
                .and_then(|local| local.z)
                .map_or_else(Datum::from, |z| judgment.tail.normal(z))
        };
        let p_value = |region: usize| match &found {
            Ok(_) if permutes => tallies[region].p_value(judgment.tail),
            _ => p_normal(region),
        };
        let verdicts = judgment.verdicts(map.n(), p_value);
        for region in 0..map.n() {
            let z = local(region).and_then(|local| local.z);
            let cluster = match (z, verdicts.is_significant(region)) {
                (Ok(z), Some(true)) => {
                    if z > 0.0 {
                        "hot"
                    } else {
                        "cold"
                    }
                }
                (Err(_), _) => "undefined",
                _ => "not-significant",
            };
            rows.push([
                map.period.into(),
                map.regions().code(region).into(),
                local(region).and_then(|local| local.share).into(),
                z.into(),
                p_normal(region).into(),
                verdicts.p_values[region].into(),
                verdicts.adjusted[region].into(),
                cluster.into(),
                others.neighbors(region).len().into(),
            ]);
        }
    }
    Ok(Answer::one(TABLES[0].name, rows.frame()?).noting(notes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::testing::line;

    const X: [f64; 4] = [1.0, 2.0, 4.0, 7.0];

    #[test]
    fn four_regions_in_a_line() {
        let found = local_g(&X, &with_largest_own(&line(4)), Own::Included).unwrap();
        let expected = [-1.511_857_892_04, -1.527_525_231_65, 1.091_089_450_18, 1.511_857_892_04];
        for (found, expected) in found.iter().zip(expected) {
            assert!((found.z.unwrap() - expected).abs() < 1e-8, "{found:?}");
        }
        // Region 2: 1 + 2 + 4 of 14.
        assert_eq!(found[1].share, Ok(0.5));
    }

    // Region 2 without itself: neighbors 1 and 4 of (1, 4, 7), mean 4, s² = 6; Σ w x = 5, W = Q = 2:
    // (5 − 8)/(√6 √((6 − 4)/2)).
    #[test]
    fn g_compares_with_the_others() {
        let found = local_g(&X, &line(4), Own::Excluded).unwrap();
        assert!((found[1].z.unwrap() + 3.0 / 6.0_f64.sqrt()).abs() < 1e-14);
        assert!((found[1].share.unwrap() - 5.0 / 12.0).abs() < 1e-15);
    }

    #[test]
    fn all_others_as_neighbors_leave_nothing_to_compare() {
        let found = local_g(&[1.0, 2.0, 5.0], &line(3), Own::Excluded).unwrap();
        assert_eq!(found[1].z, Err(Undefined::TooFew));
        assert!(found[0].z.is_ok());
    }
}
