//! Gini of a region's location quotients over the industries: how specialized is it?
//!
//! G_r = (2/(n² L̄)) Σₗ l (L₍ₗ₎ − L̄), L = LQ of the region's industries, ascending
//!
//! | symbol | meaning                                         | shape | range           | unit |
//! |--------|-------------------------------------------------|-------|-----------------|------|
//! | L      | location quotients of the region                | I     | ≥ 0             | none |
//! | n      | industries with activity anywhere               | 1     | ≥ 2             | none |
//! | G      | 0 as the country, (n−1)/n one small industry only | 1   | 0 ≤ G < 1       | none |
//!
//! The locational Gini with regions and industries exchanged. Gaps: settled first, by the option
//! `gaps`. Intervals draw the industries anew or leave each out once. Cost: O(I log I) per region and
//! period.
//! Source: REAT `gini.spec` (Wieland 2019), its code compared.

use agglo_core::{Column, Datum, Frame, Text, Undefined};

use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, Mark, Method, OUT_PERIOD, OUT_REGION, OutputTable, Variant, out,
};
use crate::concentration::{LocationalGini, Margins, locational_gini};
use crate::interval::{CONFIDENCE, INTERVAL, Intervals, REGION_INTERVALS, REPLICATES, picked};

/// Gini of specialization of a region with these `values` by industry, against the industries'
/// values `in_all` regions.
///
/// # Errors
/// [`Undefined::TooFew`] for fewer than two industries, [`Undefined::ZeroTotal`] for a region
/// without activity, [`Undefined::ZeroDenominator`] for a value in an industry that is zero in all.
///
/// # Panics
/// When the two are not of one length, or `kind` is not one of `Lorenz` and `LqUnweighted`.
pub fn regional_gini(
    kind: LocationalGini,
    values: &[f64],
    in_all: &[f64],
) -> Result<f64, Undefined> {
    assert_ne!(kind, LocationalGini::KrugmanHalf, "no source halves the Gini of specialization");
    locational_gini(kind, values, in_all).map_err(|why| match why {
        Undefined::SingleRegion => Undefined::TooFew,
        other => other,
    })
}

pub(super) static REGIONAL_GINI: Method = Method {
    id: "regional-gini",
    chapter: Chapter::Status,
    title: Text::new("Gini of specialization", "专业化基尼系数"),
    help: Text::new(
        "How unequal are a region's location quotients?",
        "一个地区各行业的区位商有多不均等？",
    ),
    inputs: &[ACTIVITY],
    options: &[INTERVAL, REPLICATES, CONFIDENCE, GAPS],
    variants: &[
        Variant {
            id: "lq-unweighted",
            help: Text::new(
                "industries unweighted (REAT gini.spec)",
                "行业不加权（同 REAT gini.spec）",
            ),
        },
        Variant {
            id: "lorenz",
            help: Text::new(
                "industries weighted by their size in all regions",
                "行业按全国规模加权",
            ),
        },
    ],
    outputs: &[
        OutputTable {
            name: "regions",
            columns: &[
                OUT_PERIOD,
                OUT_REGION,
                out("gini", "1", "Gini of specialization", "专业化基尼系数"),
                out("n_industries", "1", "Industries", "行业数"),
            ],
        },
        REGION_INTERVALS,
    ],
    formula: "G = 2/(n² L̄) Σ l (L(l) − L̄)   L: location quotients of the region, ascending; n: \
              number of industries",
    source: "REAT gini.spec (Wieland 2019)",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let kind = match call.variant() {
        "lorenz" => LocationalGini::Lorenz,
        _ => LocationalGini::LqUnweighted,
    };
    let (mut period, mut region, mut value, mut n_industries) = (vec![], vec![], vec![], vec![]);
    let mut intervals = Intervals::new(call, &REGION_INTERVALS);
    let notes = call.each_period(|p, activity| {
        let in_all = Margins::of(activity).industries;
        let n = in_all.iter().filter(|total| **total > 0.0).count() as i64;
        for r in 0..activity.n_regions() {
            period.push(i64::from(p));
            region.push(activity.regions().code(r).clone());
            let own = activity.region(r);
            value.push(Datum::from(regional_gini(kind, own, &in_all)));
            n_industries.push(n);
            intervals.add(i64::from(p), activity.regions().code(r), own.len(), |picks| {
                regional_gini(kind, &picked(own, picks), &picked(&in_all, picks))
            })?;
        }
        Ok(())
    })?;
    let frame = Frame::new(vec![
        Column::integer("period", "", period),
        Column::text("region", region),
        Column::number("gini", "1", value),
        Column::integer("n_industries", "1", n_industries),
    ])?;
    Ok(intervals.and(Answer::one("regions", frame))?.noting(notes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[f64], in_all: &[f64], expected: Result<f64, Undefined>) {
        match (regional_gini(LocationalGini::LqUnweighted, values, in_all), expected) {
            (Ok(found), Ok(expected)) => {
                assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
            }
            (found, expected) => assert_eq!(found, expected),
        }
    }

    #[test]
    fn the_structure_of_the_country_gives_zero() {
        check(&[1.0, 2.0, 3.0], &[10.0, 20.0, 30.0], Ok(0.0));
    }

    #[test]
    fn one_of_four_industries_only_gives_three_quarters() {
        check(&[0.0, 0.0, 5.0, 0.0], &[9.0, 8.0, 7.0, 6.0], Ok(0.75));
    }

    #[test]
    fn a_single_industry_and_an_empty_region_have_no_gini() {
        check(&[4.0, 0.0], &[9.0, 0.0], Err(Undefined::TooFew));
        check(&[0.0, 0.0], &[9.0, 4.0], Err(Undefined::ZeroTotal));
    }
}
