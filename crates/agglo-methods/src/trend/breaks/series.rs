//! The yearly series as given, in order of time, its gaps refused or left out.

use agglo_core::Datum;

use super::design::Candidate;
use crate::call::{Call, MethodError};

/// The series in order of time.
pub(super) struct Series {
    pub(super) periods: Vec<i64>,
    pub(super) x: Vec<f64>,
    pub(super) y: Vec<f64>,
    pub(super) unit: String,
    pub(super) left_out: Vec<i64>,
}

impl Series {
    pub(super) fn read(call: &Call<'_>) -> Result<Series, MethodError> {
        let frame = call.frame("series")?;
        if frame.has("series") {
            let mut names: Vec<_> = frame.text("series")?.iter().flatten().collect();
            names.sort_unstable();
            names.dedup();
            if let [first, second, ..] = names[..] {
                return Err(MethodError::Data {
                    what: format!(
                        "the table holds several series (`{first}`, `{second}`, …); keep one of them"
                    ),
                });
            }
        }
        let mut rows: Vec<(i64, Datum)> =
            frame.integers("period")?.into_iter().zip(frame.numbers("value")?).collect();
        rows.sort_by_key(|(period, _)| *period);
        if let Some(pair) = rows.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let period = pair[0].0;
            return Err(MethodError::Data {
                what: format!("the year {period} stands twice; keep one value a year"),
            });
        }
        let listed: Vec<(i64, f64)> =
            rows.iter().filter_map(|(period, value)| Some((*period, value.number()?))).collect();
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Err(MethodError::NotIdentified { what: "the series has no value".to_owned() });
        };
        let known: Vec<i64> = listed.iter().map(|(period, _)| *period).collect();
        let left_out: Vec<i64> =
            (first.0..=last.0).filter(|period| known.binary_search(period).is_err()).collect();
        if let Some(year) = left_out.first() {
            let calendar = call.option("missing_years") == "calendar";
            if !calendar || call.variant() == "level" {
                let remedy = if calendar {
                    "a break of level cannot be dated across it; take the variant `trend`"
                } else {
                    "fill it, or set missing_years = calendar"
                };
                return Err(MethodError::Data {
                    what: format!("the year {year} has no value: {remedy}"),
                });
            }
        }
        Ok(Series {
            x: known.iter().map(|&period| period as f64).collect(),
            y: listed.iter().map(|(_, value)| *value).collect(),
            periods: known,
            unit: frame.column("value")?.unit().to_owned(),
            left_out,
        })
    }

    /// The year that ends after `n` observations, held inside the series.
    pub(super) fn period_after(&self, n: i64) -> i64 {
        let place = (n - 1).clamp(0, self.periods.len() as i64 - 1);
        self.periods[place as usize]
    }

    /// The years of a fit's breaks, as words.
    pub(super) fn years(&self, candidate: &Candidate) -> String {
        let years = candidate.breaks.iter().map(|&k| self.period_after(k as i64).to_string());
        years.collect::<Vec<_>>().join(", ")
    }
}
