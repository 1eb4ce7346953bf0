//! "With 2004 as the boundary": the interval of a break holds the year, and no other break is near.
//!
//! Yes: a break's interval holds the year and is no wider than ten years, so that it says something.
//! No: every interval that is known leaves the year out. Breaks without an interval count by their
//! date alone and can say neither.

use super::{Finding, Verdict};
use crate::call::{Call, MethodError};

/// An interval wider than this holds too many years to name one.
const WIDEST: f64 = 10.0;

pub(super) fn answer(call: &Call<'_>) -> Result<Finding, MethodError> {
    let Ok(year) = call.option("year").trim().parse::<i64>() else {
        return Ok(Finding::none("no-year-asked"));
    };
    let frame = call.frame("breaks")?;
    let dates = frame.integers("date")?;
    let none = vec![None; dates.len()];
    let column = |name: &str| -> Result<Vec<Option<f64>>, MethodError> {
        if !frame.has(name) {
            return Ok(none.clone());
        }
        Ok(frame.numbers(name)?.into_iter().map(agglo_core::Datum::number).collect())
    };
    let (lower, upper) = (column("lower")?, column("upper")?);
    let n = dates.len();
    if n == 0 {
        return Ok(Finding {
            n: Some(0),
            test: "interval of the break",
            ..Finding::none("no-break")
        });
    }
    let asked = year as f64;
    let intervals: Vec<(i64, Option<(f64, f64)>)> =
        dates.iter().zip(lower.into_iter().zip(upper)).map(|(d, (a, b))| (*d, a.zip(b))).collect();
    let holds = intervals.iter().find(|(_, interval)| {
        interval.is_some_and(|(a, b)| a <= asked && asked <= b && b - a <= WIDEST)
    });
    let nearest = intervals.iter().min_by_key(|(date, _)| (date - year).abs());
    let finding = |verdict, reason, date: i64| Finding {
        verdict,
        test: "interval of the break",
        n: Some(n),
        estimate: Some((date - year) as f64),
        year: Some(date),
        ..Finding::none(reason)
    };
    let Some((near, _)) = nearest else { return Ok(Finding::none("no-break")) };
    Ok(match holds {
        Some((date, _)) => finding(Verdict::Yes, "interval-holds-the-year", *date),
        None if intervals.iter().all(|(_, i)| i.is_some_and(|(a, b)| asked < a || b < asked)) => {
            finding(Verdict::No, "break-in-another-year", *near)
        }
        None => finding(Verdict::NotIdentified, "interval-too-wide-or-unknown", *near),
    })
}
