//! Herfindahl index of shares: an industry's over the regions, a region's over its industries.
//!
//! H = Σₖ sₖ²        H* = (H − 1/n) / (1 − 1/n)        1/H = effective number
//!
//! | symbol | meaning                                            | shape | range        | unit |
//! |--------|----------------------------------------------------|-------|--------------|------|
//! | s      | shares of an industry's regions, a region's industries | n | ≥ 0, sum 1   | none |
//! | H      | 1/n all alike, 1 all in one                        | 1     | 1/n ≤ H ≤ 1  | none |
//! | 1/H    | number of equal parts with the same H              | 1     | 1 to n       | none |
//!
//! n counts all parts, those at zero too. Gaps: settled first, by the option `gaps`.
//! Cost: one pass over the cells.
//! Source: REAT `herf` (Wieland 2019), EconGeo `herfindahl` (Balland 2017).

use agglo_core::{Column, Datum, Frame, Text, Undefined, sum};

use super::passes::each_industry;
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, Mark, Method, OUT_INDUSTRY, OUT_PERIOD, OUT_REGION, Output,
    OutputTable, Variant, out,
};
use crate::interval::{
    CONFIDENCE, INDUSTRY_INTERVALS, INTERVAL, Intervals, REGION_INTERVALS, REPLICATES, picked,
};

/// Herfindahl index of `values` (any non-negative numbers; only their shares matter).
///
/// # Errors
/// [`Undefined::ZeroTotal`] when they are all zero or there are none.
pub fn herfindahl(values: &[f64]) -> Result<f64, Undefined> {
    let total = sum(values.iter().copied());
    if total <= 0.0 {
        return Err(Undefined::ZeroTotal);
    }
    Ok(sum(values.iter().map(|value| (value / total).powi(2))))
}

/// The Herfindahl index of `values` moved to the range from 0 to 1 whatever their number.
///
/// # Errors
/// [`Undefined::TooFew`] for a single value, and as [`herfindahl`].
pub fn normalized_herfindahl(values: &[f64]) -> Result<f64, Undefined> {
    let h = herfindahl(values)?;
    if values.len() < 2 {
        return Err(Undefined::TooFew);
    }
    let least = 1.0 / values.len() as f64;
    Ok((h - least) / (1.0 - least))
}

const HERFINDAHL_OUT: Output = out("herfindahl", "1", "Herfindahl index", "赫芬达尔指数");
const EFFECTIVE_OUT: Output = out("effective_number", "1", "Effective number", "有效个数");

pub(super) static HERFINDAHL: Method = Method {
    id: "herfindahl",
    chapter: Chapter::Status,
    title: Text::new("Herfindahl index", "赫芬达尔指数"),
    help: Text::new(
        "How few regions hold an industry, and how few industries make up a region?",
        "一个行业集中于多少地区？一个地区依赖多少行业？",
    ),
    inputs: &[ACTIVITY],
    options: &[INTERVAL, REPLICATES, CONFIDENCE, GAPS],
    variants: &[
        Variant {
            id: "raw",
            help: Text::new(
                "sum of squared shares, as REAT herf and EconGeo herfindahl",
                "份额平方和，同 REAT herf 与 EconGeo herfindahl",
            ),
        },
        Variant {
            id: "normalized",
            help: Text::new(
                "moved to 0–1 with n, as REAT herf(coefnorm = TRUE)",
                "按 n 标准化到 0–1，同 REAT herf(coefnorm = TRUE)",
            ),
        },
    ],
    outputs: &[
        OutputTable {
            name: "industries",
            columns: &[OUT_PERIOD, OUT_INDUSTRY, HERFINDAHL_OUT, EFFECTIVE_OUT],
        },
        OutputTable {
            name: "regions",
            columns: &[OUT_PERIOD, OUT_REGION, HERFINDAHL_OUT, EFFECTIVE_OUT],
        },
        INDUSTRY_INTERVALS,
        REGION_INTERVALS,
    ],
    formula: "H = Σ s²   H* = (H − 1/n)/(1 − 1/n)   effective number = 1/H   s: shares; n: number \
              of regions or industries, zeros included",
    source: "REAT herf (Wieland 2019); EconGeo herfindahl (Balland 2017)",
    mark: Mark::Verified,
    run,
};

#[derive(Default)]
struct Rows {
    period: Vec<i64>,
    code: Vec<agglo_core::Key>,
    index: Vec<Datum>,
    effective: Vec<Datum>,
}

impl Rows {
    fn frame(self, key: &str) -> Result<Frame, MethodError> {
        Ok(Frame::new(vec![
            Column::integer("period", "", self.period),
            Column::text(key, self.code),
            Column::number("herfindahl", "1", self.index),
            Column::number("effective_number", "1", self.effective),
        ])?)
    }
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let normalized = call.variant() == "normalized";
    let (mut industries, mut regions) = (Rows::default(), Rows::default());
    let index_of = |values: &[f64]| {
        if normalized { normalized_herfindahl(values) } else { herfindahl(values) }
    };
    let mut of_industries = Intervals::new(call, &INDUSTRY_INTERVALS);
    let mut of_regions = Intervals::new(call, &REGION_INTERVALS);
    let push = |rows: &mut Rows, period: i64, code: &agglo_core::Key, values: &[f64]| {
        let raw = herfindahl(values);
        let index = if normalized { normalized_herfindahl(values) } else { raw };
        rows.period.push(period);
        rows.code.push(code.clone());
        rows.index.push(Datum::from(index));
        rows.effective.push(Datum::from(raw.map(|h| 1.0 / h)));
    };
    let notes = call.each_period(|p, activity| {
        let period = i64::from(p);
        let single = activity.n_regions() < 2;
        each_industry(activity, |i, values| {
            push(&mut industries, period, activity.industries().code(i), values);
            if single {
                let gap = Datum::undefined(Undefined::SingleRegion);
                industries.index.last_mut().into_iter().for_each(|index| *index = gap);
                industries.effective.last_mut().into_iter().for_each(|number| *number = gap);
                return Ok(());
            }
            of_industries.add(period, activity.industries().code(i), values.len(), |picks| {
                index_of(&picked(values, picks))
            })
        })?;
        for r in 0..activity.n_regions() {
            let (code, values) = (activity.regions().code(r), activity.region(r));
            push(&mut regions, period, code, values);
            of_regions.add(period, code, values.len(), |picks| index_of(&picked(values, picks)))?;
        }
        Ok(())
    })?;
    let answer = Answer::one("industries", industries.frame("industry")?)
        .and("regions", regions.frame("region")?);
    Ok(of_regions.and(of_industries.and(answer)?)?.noting(notes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[f64], raw: Result<f64, Undefined>, normalized: Result<f64, Undefined>) {
        for (found, expected) in
            [(herfindahl(values), raw), (normalized_herfindahl(values), normalized)]
        {
            match (found, expected) {
                (Ok(found), Ok(expected)) => {
                    assert!((found - expected).abs() < 1e-15, "{found} is not {expected}");
                }
                (found, expected) => assert_eq!(found, expected),
            }
        }
    }

    #[test]
    fn equal_shares_give_one_over_n() {
        check(&[3.0, 3.0, 3.0, 3.0], Ok(0.25), Ok(0.0));
    }

    #[test]
    fn everything_in_one_place_gives_one() {
        check(&[0.0, 7.0], Ok(1.0), Ok(1.0));
    }

    #[test]
    fn a_single_part_has_no_normalized_index_and_nothing_has_none() {
        check(&[7.0], Ok(1.0), Err(Undefined::TooFew));
        check(&[0.0, 0.0], Err(Undefined::ZeroTotal), Err(Undefined::ZeroTotal));
    }
}
