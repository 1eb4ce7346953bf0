//! Hoover's localization index: the share of an industry that would have to move for its regions
//! to have the benchmark's shares.
//!
//! HL = ½ Σᵣ |sᵣ − xᵣ|
//!
//! | symbol | meaning                                          | shape | range        | unit |
//! |--------|--------------------------------------------------|-------|--------------|------|
//! | s      | share of each region in the industry             | R     | ≥ 0, sum 1   | none |
//! | x      | share of each region in the benchmark            | R     | ≥ 0, sum 1   | none |
//! | HL     | 0 as the benchmark, towards 1 elsewhere          | 1     | 0 ≤ HL < 1   | none |
//!
//! The benchmark is all activity, the industry included. Gaps: settled first, by the option `gaps`.
//! Cost: two passes over the cells.
//! Source: Hoover (1936), Review of Economics and Statistics 18(4), 162–171; REAT `hoover`.

use agglo_core::{Column, Datum, Frame, Text, Undefined, sum};

use super::benchmark::{BENCHMARK, Benchmark};
use super::passes::each_industry;
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, Mark, Method, OUT_INDUSTRY, OUT_PERIOD, OutputTable, Variant, out,
};
use crate::interval::{CONFIDENCE, INDUSTRY_INTERVALS, INTERVAL, Intervals, REPLICATES, picked};

/// Hoover index of `values` against `benchmark`, place by place; only the shares of both matter.
///
/// # Errors
/// [`Undefined::SingleRegion`] for fewer than two places, [`Undefined::ZeroTotal`] when either
/// side is all zero.
///
/// # Panics
/// When the two are not of one length.
pub fn hoover(values: &[f64], benchmark: &[f64]) -> Result<f64, Undefined> {
    assert_eq!(values.len(), benchmark.len(), "a benchmark value for every place");
    if values.len() < 2 {
        return Err(Undefined::SingleRegion);
    }
    dissimilarity(values, benchmark).map(|distance| distance / 2.0)
}

/// The index of `values` against the `shares` of a benchmark, which sum to 1.
fn hoover_to(values: &[f64], shares: &[f64]) -> Result<f64, Undefined> {
    if values.len() < 2 {
        return Err(Undefined::SingleRegion);
    }
    let total = sum(values.iter().copied());
    if total <= 0.0 {
        return Err(Undefined::ZeroTotal);
    }
    Ok(sum(values.iter().zip(shares).map(|(e, x)| (e / total - x).abs())) / 2.0)
}

/// Σ|aₖ − bₖ| over the shares of both, between 0 and 2.
///
/// # Errors
/// [`Undefined::ZeroTotal`] when either side is all zero.
pub(crate) fn dissimilarity(a: &[f64], b: &[f64]) -> Result<f64, Undefined> {
    let (total_a, total_b) = (sum(a.iter().copied()), sum(b.iter().copied()));
    if total_a <= 0.0 || total_b <= 0.0 {
        return Err(Undefined::ZeroTotal);
    }
    Ok(sum(a.iter().zip(b).map(|(a, b)| (a / total_a - b / total_b).abs())))
}

pub(super) static HOOVER: Method = Method {
    id: "hoover",
    chapter: Chapter::Status,
    title: Text::new("Hoover localization index", "胡佛地方化指数"),
    help: Text::new(
        "What share of an industry would have to move to be spread like the rest?",
        "一个行业需要迁移多大份额才能与总体分布一致？",
    ),
    inputs: &[ACTIVITY, BENCHMARK],
    options: &[INTERVAL, REPLICATES, CONFIDENCE, GAPS],
    variants: &[
        Variant {
            id: "relative",
            help: Text::new(
                "against the table `benchmark`, or all activity where none is given",
                "对照 `benchmark` 表；未给出时对照全部活动",
            ),
        },
        Variant {
            id: "equal-shares",
            help: Text::new(
                "against equal shares of all regions, as REAT hoover without weights",
                "对照各地区均等份额，同不加权的 REAT hoover",
            ),
        },
    ],
    outputs: &[
        OutputTable {
            name: "industries",
            columns: &[
                OUT_PERIOD,
                OUT_INDUSTRY,
                out("hoover", "1", "Hoover index", "胡佛指数"),
                out("n_regions", "1", "Regions", "地区数"),
            ],
        },
        INDUSTRY_INTERVALS,
    ],
    formula: "HL = ½ Σ |s − x|   s, x: shares of the regions in the industry and in the benchmark",
    source: "Hoover (1936), Review of Economics and Statistics 18(4), 162–171; REAT hoover \
             (Wieland 2019)",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let given = Benchmark::read(call)?;
    let (mut period, mut industry, mut value, mut n_regions) = (vec![], vec![], vec![], vec![]);
    let mut intervals = Intervals::new(call, &INDUSTRY_INTERVALS);
    let notes = call.each_period(|p, activity| {
        let benchmark = match (call.variant(), &given) {
            ("equal-shares", _) => vec![1.0; activity.n_regions()],
            (_, Some(given)) => given.of(i64::from(p), activity.regions())?,
            (_, None) => activity.region_totals(),
        };
        let total = sum(benchmark.iter().copied());
        let shares: Vec<f64> = benchmark.iter().map(|b| b / total).collect();
        each_industry(activity, |i, values| {
            period.push(i64::from(p));
            industry.push(activity.industries().code(i).clone());
            value.push(Datum::from(if total > 0.0 {
                hoover_to(values, &shares)
            } else {
                hoover(values, &benchmark)
            }));
            n_regions.push(activity.n_regions() as i64);
            let code = activity.industries().code(i);
            intervals.add(i64::from(p), code, values.len(), |picks| {
                hoover(&picked(values, picks), &picked(&benchmark, picks))
            })
        })
    })?;
    let frame = Frame::new(vec![
        Column::integer("period", "", period),
        Column::text("industry", industry),
        Column::number("hoover", "1", value),
        Column::integer("n_regions", "1", n_regions),
    ])?;
    Ok(intervals.and(Answer::one("industries", frame))?.noting(notes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[f64], benchmark: &[f64], expected: Result<f64, Undefined>) {
        match (hoover(values, benchmark), expected) {
            (Ok(found), Ok(expected)) => {
                assert!((found - expected).abs() < 1e-15, "{found} is not {expected}");
            }
            (found, expected) => assert_eq!(found, expected),
        }
    }

    #[test]
    fn the_shares_of_the_benchmark_give_zero() {
        check(&[1.0, 3.0], &[10.0, 30.0], Ok(0.0));
    }

    // Shares .1 .2 .7 against .5 .3 .2: the third region has .5 too much.
    #[test]
    fn half_of_the_industry_would_have_to_move() {
        check(&[10.0, 20.0, 70.0], &[50.0, 30.0, 20.0], Ok(0.5));
    }

    #[test]
    fn one_region_and_an_empty_industry_have_no_index() {
        check(&[1.0], &[1.0], Err(Undefined::SingleRegion));
        check(&[0.0, 0.0], &[1.0, 1.0], Err(Undefined::ZeroTotal));
    }
}
