//! Locational Gini: how unequally an industry is spread over the regions, compared with a
//! benchmark. Three definitions share the name and do not agree; each is a variant here.
//!
//! `lorenz`: G = 1 − Σⱼ (Yⱼ + Yⱼ₋₁)(Xⱼ − Xⱼ₋₁), regions by e/b ascending, from (0, 0)
//! `lq-unweighted`: the absolute Gini of e/b, every region of one weight
//! `krugman-half`: half of `lorenz`
//!
//! | symbol | meaning                                          | shape | range       | unit |
//! |--------|--------------------------------------------------|-------|-------------|------|
//! | e      | activity of the industry in each region          | R     | ≥ 0         | any  |
//! | b      | benchmark of each region; all activity by default| R     | ≥ 0         | any  |
//! | X, Y   | cumulated shares of b and of e                   | R     | 0 to 1      | none |
//! | G      | 0 spread as the benchmark                        | 1     | 0 ≤ G < 1   | none |
//!
//! A region with b = 0 and e = 0 is left out; b = 0 with e > 0 is an error.
//! Gaps: settled first, by the option `gaps`. Cost: O(R log R) per industry and period.
//! Source: REAT `gini.conc` and EconGeo `locational_gini`, both compared with their code.

use agglo_core::{Axis, Column, Datum, Frame, Text, Undefined, sum};

use super::benchmark::{BENCHMARK, Benchmark, data};
use super::gini::gini;
use super::passes::each_industry;
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, Mark, Method, OUT_INDUSTRY, OUT_PERIOD, OutputTable, Variant, out,
};
use crate::interval::{CONFIDENCE, INDUSTRY_INTERVALS, INTERVAL, Intervals, REPLICATES, picked};

/// Which of the definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocationalGini {
    /// The whole area between the Lorenz curve and the diagonal, doubled: 0 to 1.
    Lorenz,
    /// The absolute Gini of the quotients, every region of one weight, as REAT.
    LqUnweighted,
    /// The area itself: 0 to ½, as in Krugman's book and in EconGeo.
    KrugmanHalf,
}

/// Locational Gini of `values` against `benchmark`, and the number of places that count.
///
/// # Errors
/// [`Undefined::ZeroDenominator`] for a value where the benchmark is zero,
/// [`Undefined::SingleRegion`] for fewer than two places, [`Undefined::ZeroTotal`] when the values
/// are all zero.
///
/// # Panics
/// When the two are not of one length.
pub fn locational_gini(
    kind: LocationalGini,
    values: &[f64],
    benchmark: &[f64],
) -> Result<f64, Undefined> {
    assert_eq!(values.len(), benchmark.len(), "a benchmark value for every place");
    if values.iter().zip(benchmark).any(|(e, b)| *b <= 0.0 && *e > 0.0) {
        return Err(Undefined::ZeroDenominator);
    }
    let places = values.iter().zip(benchmark).filter(|(_, b)| **b > 0.0);
    if kind == LocationalGini::LqUnweighted {
        return gini(&places.map(|(e, b)| e / b).collect::<Vec<_>>());
    }
    if n_places(benchmark) < 2 {
        return Err(Undefined::SingleRegion);
    }
    let total = sum(values.iter().copied());
    if total <= 0.0 {
        return Err(Undefined::ZeroTotal);
    }
    let benchmark_total = sum(benchmark.iter().copied());
    // Places without activity come first and add no area, so the others alone are sorted, by the bits
    // of their ratio, which sort as it does.
    let mut places: Vec<(u64, u32)> = values
        .iter()
        .zip(benchmark)
        .enumerate()
        .filter(|(_, (e, _))| **e > 0.0)
        .map(|(place, (e, b))| ((e / b).to_bits(), place as u32))
        .collect();
    places.sort_unstable();
    let mut below = 0.0;
    let twice_area = sum(places.iter().map(|(_, place)| {
        let (e, b) = (values[*place as usize], benchmark[*place as usize]);
        let trapezoid = (2.0 * below + e) / total * (b / benchmark_total);
        below += e;
        trapezoid
    }));
    let whole = (1.0 - twice_area).max(0.0);
    Ok(if kind == LocationalGini::KrugmanHalf { whole / 2.0 } else { whole })
}

/// How many places of `benchmark` count.
pub(crate) fn n_places(benchmark: &[f64]) -> i64 {
    benchmark.iter().filter(|b| **b > 0.0).count() as i64
}

pub(super) static LOCATIONAL_GINI: Method = Method {
    id: "locational-gini",
    chapter: Chapter::Status,
    title: Text::new("Locational Gini", "区位基尼系数"),
    help: Text::new(
        "How unequally is an industry spread compared with all activity, people or area?",
        "与总体活动、人口或面积相比，一个行业分布得多不均等？",
    ),
    inputs: &[ACTIVITY, BENCHMARK],
    options: &[INTERVAL, REPLICATES, CONFIDENCE, GAPS],
    variants: &[
        Variant {
            id: "lorenz",
            help: Text::new(
                "area of the Lorenz curve, regions weighted by the benchmark (EconGeo hoover_gini)",
                "洛伦兹曲线面积，地区按对照量加权（同 EconGeo hoover_gini）",
            ),
        },
        Variant {
            id: "lq-unweighted",
            help: Text::new(
                "Gini of the location quotients, regions unweighted (REAT gini.conc)",
                "区位商的基尼系数，地区不加权（同 REAT gini.conc）",
            ),
        },
        Variant {
            id: "krugman-half",
            help: Text::new(
                "half of the Lorenz area, maximum 0.5 (EconGeo locational_gini)",
                "洛伦兹面积的一半，最大值 0.5（同 EconGeo locational_gini）",
            ),
        },
    ],
    outputs: &[
        OutputTable {
            name: "locational_gini",
            columns: &[
                OUT_PERIOD,
                OUT_INDUSTRY,
                out("gini", "1", "Locational Gini", "区位基尼系数"),
                out("n_regions", "1", "Regions", "地区数"),
            ],
        },
        INDUSTRY_INTERVALS,
    ],
    formula: "G = 1 − Σ (Y(j) + Y(j−1))(X(j) − X(j−1))   X, Y: cumulated shares of the benchmark \
              and of the industry, regions by their ratio ascending",
    source: "REAT gini.conc (Wieland 2019); EconGeo locational_gini (Balland 2017); Krugman \
             (1991), Geography and Trade, appendix",
    mark: Mark::Verified,
    run,
};

/// The variant of this name.
pub(crate) fn kind(variant: &str) -> LocationalGini {
    match variant {
        "lq-unweighted" => LocationalGini::LqUnweighted,
        "krugman-half" => LocationalGini::KrugmanHalf,
        _ => LocationalGini::Lorenz,
    }
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let kind = kind(call.variant());
    let given = Benchmark::read(call)?;
    let (mut period, mut industry, mut value, mut n_regions) = (vec![], vec![], vec![], vec![]);
    let mut intervals = Intervals::new(call, &INDUSTRY_INTERVALS);
    let notes = call.each_period(|p, activity| {
        let benchmark = match &given {
            Some(given) => given.of(i64::from(p), activity.regions())?,
            None => activity.region_totals(),
        };
        let n = n_places(&benchmark);
        each_industry(activity, |i, values| {
            let code = activity.industries().code(i);
            refuse_zero_benchmark(values, &benchmark, activity.regions(), code)?;
            period.push(i64::from(p));
            industry.push(code.clone());
            value.push(Datum::from(locational_gini(kind, values, &benchmark)));
            n_regions.push(n);
            intervals.add(i64::from(p), code, values.len(), |picks| {
                locational_gini(kind, &picked(values, picks), &picked(&benchmark, picks))
            })
        })
    })?;
    let frame = Frame::new(vec![
        Column::integer("period", "", period),
        Column::text("industry", industry),
        Column::number("gini", "1", value),
        Column::integer("n_regions", "1", n_regions),
    ])?;
    Ok(intervals.and(Answer::one("locational_gini", frame))?.noting(notes))
}

fn refuse_zero_benchmark(
    values: &[f64],
    benchmark: &[f64],
    regions: &Axis,
    industry: &str,
) -> Result<(), MethodError> {
    match values.iter().zip(benchmark).position(|(e, b)| *b <= 0.0 && *e > 0.0) {
        None => Ok(()),
        Some(r) => Err(data(format!(
            "region `{}` has industry `{industry}` and a benchmark of zero; give it a benchmark \
             or leave the region out",
            regions.code(r)
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: LocationalGini, e: &[f64], b: &[f64], expected: Result<f64, Undefined>) {
        match (locational_gini(kind, e, b), expected) {
            (Ok(found), Ok(expected)) => {
                assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
            }
            (found, expected) => assert_eq!(found, expected),
        }
    }

    // e/b = .2, .67, 3.5. Y = .1 .3 1, X = .5 .8 1: 1 − (.1·.5 + .4·.3 + 1.3·.2) = .57.
    #[test]
    fn three_definitions_give_three_numbers() {
        let (e, b) = ([10.0, 20.0, 70.0], [50.0, 30.0, 20.0]);
        check(LocationalGini::Lorenz, &e, &b, Ok(0.57));
        check(LocationalGini::KrugmanHalf, &e, &b, Ok(0.285));
        check(LocationalGini::LqUnweighted, &e, &b, Ok(0.503_816_793_893_129_8));
    }

    #[test]
    fn a_region_without_benchmark_and_activity_does_not_count() {
        let (e, b) = ([10.0, 20.0, 0.0, 70.0], [50.0, 30.0, 0.0, 20.0]);
        check(LocationalGini::Lorenz, &e, &b, Ok(0.57));
        assert_eq!(n_places(&b), 3);
    }

    #[test]
    fn activity_over_a_benchmark_of_zero_is_undefined() {
        let zero = Err(Undefined::ZeroDenominator);
        check(LocationalGini::Lorenz, &[1.0, 1.0, 1.0], &[0.0, 1.0, 1.0], zero);
    }

    #[test]
    fn one_region_and_an_empty_industry_have_no_gini() {
        check(LocationalGini::Lorenz, &[1.0, 0.0], &[1.0, 0.0], Err(Undefined::SingleRegion));
        check(LocationalGini::Lorenz, &[0.0, 0.0], &[1.0, 1.0], Err(Undefined::ZeroTotal));
        check(LocationalGini::LqUnweighted, &[1.0], &[1.0], Err(Undefined::SingleRegion));
    }
}
