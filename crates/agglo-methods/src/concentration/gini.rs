//! Gini coefficient of an industry's shares over the regions: the "Gini coefficient of industrial
//! space".
//!
//! G = (1 / (2 n² s̄)) Σⱼ Σₖ |sⱼ − sₖ| = (2 / (n² s̄)) Σₗ l (s₍ₗ₎ − s̄), s ascending, s̄ = 1/n
//!
//! | symbol | meaning                                  | shape | range         | unit |
//! |--------|------------------------------------------|-------|---------------|------|
//! | s      | share of each region in the industry     | n     | ≥ 0, sum 1    | none |
//! | G      | 0 all regions alike, (n−1)/n all in one  | 1     | 0 ≤ G ≤ (n−1)/n | none |
//!
//! Zeros are kept: an empty region is information. n must not change over time, so the regions of
//! the whole panel count in every period. Gaps: settled first, by the option `gaps`.
//! Cost: O(n log n) per industry and period.
//! Source: sorted form as in REAT `gini.conc` (Wieland 2019), applied to shares; the measure is
//! usually credited to Wen (2004), Economic Research Journal 2004(2), 84–94.

use agglo_core::{Column, Datum, Frame, Text, Undefined, sum};

use super::passes::{each_industry, regions_vary_note};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, Mark, Method, OUT_INDUSTRY, OUT_PERIOD, OutputTable, Variant, out,
};
use crate::interval::{CONFIDENCE, INDUSTRY_INTERVALS, INTERVAL, Intervals, REPLICATES, picked};

/// Gini coefficient of `values` (any non-negative numbers; only their shares matter).
///
/// # Errors
/// [`Undefined::SingleRegion`] for fewer than two values, [`Undefined::ZeroTotal`] when they are
/// all zero.
pub fn gini(values: &[f64]) -> Result<f64, Undefined> {
    let n = values.len();
    if n < 2 {
        return Err(Undefined::SingleRegion);
    }
    let total = sum(values.iter().copied());
    if total <= 0.0 {
        return Err(Undefined::ZeroTotal);
    }
    let mean = total / n as f64;
    // Empty places come first whatever their number: Σ l (0 − s̄) over them is known, and only the
    // others are sorted. Bits of numbers that are not negative sort as the numbers do.
    let mut sorted: Vec<u64> =
        values.iter().filter(|value| **value > 0.0).map(|value| value.to_bits()).collect();
    sorted.sort_unstable();
    let n_empty = n - sorted.len();
    let empty = -mean * (n_empty * (n_empty + 1)) as f64 / 2.0;
    let ranks = sorted.iter().enumerate();
    let ranked = sum(std::iter::once(empty)
        .chain(ranks.map(|(l, s)| (n_empty + l + 1) as f64 * (f64::from_bits(*s) - mean))));
    Ok(2.0 * ranked / ((n * n) as f64 * mean))
}

pub(super) static GINI: Method = Method {
    id: "gini",
    chapter: Chapter::Status,
    title: Text::new("Gini coefficient of industrial space", "产业空间基尼系数"),
    help: Text::new(
        "How unequally is an industry spread over the regions?",
        "某一行业在各地区之间的分布有多不均等？",
    ),
    inputs: &[ACTIVITY],
    options: &[INTERVAL, REPLICATES, CONFIDENCE, GAPS],
    variants: &[
        Variant {
            id: "absolute",
            help: Text::new(
                "shares over all regions, maximum (n−1)/n",
                "按全部地区的份额计算，最大值为 (n−1)/n",
            ),
        },
        Variant {
            id: "normalized",
            help: Text::new("multiplied by n/(n−1), maximum 1", "乘以 n/(n−1)，最大值为 1"),
        },
    ],
    outputs: &[
        OutputTable {
            name: "gini",
            columns: &[
                OUT_PERIOD,
                OUT_INDUSTRY,
                out("gini", "1", "Gini coefficient", "基尼系数"),
                out("n_regions", "1", "Regions", "地区数"),
            ],
        },
        INDUSTRY_INTERVALS,
    ],
    formula: "G = 2 / (n² s̄) · Σ l (s(l) − s̄)   s: shares of the regions, ascending; s̄ = 1/n; \
              n: number of regions",
    source: "Wen (2004), Economic Research Journal 2004(2), 84–94; sorted form as in REAT \
             gini.conc (Wieland 2019)",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let (mut period, mut industry, mut value, mut n_regions) = (vec![], vec![], vec![], vec![]);
    let normalized = call.variant() == "normalized";
    let scale = |n: usize| if normalized { n as f64 / (n as f64 - 1.0) } else { 1.0 };
    let mut intervals = Intervals::new(call, &INDUSTRY_INTERVALS);
    let notes = call.each_period(|p, activity| {
        let n = activity.n_regions();
        each_industry(activity, |i, values| {
            period.push(i64::from(p));
            industry.push(activity.industries().code(i).clone());
            value.push(Datum::from(gini(values).map(|g| g * scale(n))));
            n_regions.push(n as i64);
            intervals.add(i64::from(p), activity.industries().code(i), n, |picks| {
                gini(&picked(values, picks)).map(|g| g * scale(picks.len()))
            })
        })
    })?;
    let vary = regions_vary_note(n_regions.iter().map(|n| *n as usize));
    let frame = Frame::new(vec![
        Column::integer("period", "", period),
        Column::text("industry", industry),
        Column::number("gini", "1", value),
        Column::integer("n_regions", "1", n_regions),
    ])?;
    Ok(intervals.and(Answer::one("gini", frame))?.noting(notes).noting(vary))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[f64], expected: Result<f64, Undefined>) {
        match (gini(values), expected) {
            (Ok(found), Ok(expected)) => {
                assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
            }
            (found, expected) => assert_eq!(found, expected),
        }
    }

    #[test]
    fn equal_shares_give_zero() {
        check(&[2.0, 2.0, 2.0], Ok(0.0));
    }

    #[test]
    fn everything_in_one_of_five_regions_gives_four_fifths() {
        check(&[100.0, 0.0, 0.0, 0.0, 0.0], Ok(0.8));
    }

    #[test]
    fn one_region_and_an_empty_industry_have_no_gini() {
        check(&[1.0], Err(Undefined::SingleRegion));
        check(&[0.0, 0.0], Err(Undefined::ZeroTotal));
    }

    // Shares .15 .20 .25 .40 and an empty region: columns of the example E5.
    #[test]
    fn the_five_region_example_has_the_published_values() {
        check(&[0.0, 15.0, 20.0, 25.0, 40.0], Ok(0.36));
        check(&[0.0, 70.0, 20.0, 5.0, 5.0], Ok(0.62));
    }
}
