//! The regional benchmark an industry is compared with, where it is not the regions' own totals.

use std::collections::BTreeMap;

use agglo_core::{Axis, Datum, Key, Lang};

use crate::call::{Call, MethodError};
use crate::catalog::{Input, PERIOD, REGION, number};

/// The optional table of a benchmark.
pub(crate) const BENCHMARK: Input = Input {
    table: "benchmark",
    required: false,
    columns: &[
        REGION,
        PERIOD,
        number(
            "benchmark",
            "population, area or whatever else an industry is compared with",
            "作为对照的人口、面积或其他量",
        ),
    ],
};

/// Benchmark values by region, for every period or for each.
pub(crate) struct Benchmark {
    values: BTreeMap<(Option<i64>, Key), f64>,
    has_periods: bool,
}

impl Benchmark {
    /// The table `benchmark`, if it was given.
    ///
    /// # Errors
    /// [`MethodError::Data`] for a gap, a negative value or a region that stands twice.
    pub(crate) fn read(call: &Call<'_>) -> Result<Option<Benchmark>, MethodError> {
        if !call.has("benchmark") {
            return Ok(None);
        }
        let frame = call.frame("benchmark")?;
        let (regions, numbers) = (frame.keys("region")?, frame.numbers("benchmark")?);
        let has_periods = frame.has("period");
        let periods: Vec<Option<i64>> = if has_periods {
            frame.integers("period")?.into_iter().map(Some).collect()
        } else {
            vec![None; regions.len()]
        };
        let mut values = BTreeMap::new();
        for ((region, period), datum) in regions.into_iter().zip(periods).zip(numbers) {
            let value = match datum {
                Datum::Number(value) if value >= 0.0 => value,
                Datum::Number(value) => {
                    return Err(data(format!("the benchmark of region `{region}` is {value}")));
                }
                Datum::Gap(gap) => {
                    let reason = gap.reason(Lang::En);
                    return Err(data(format!(
                        "the benchmark of region `{region}` holds no number: {reason}"
                    )));
                }
            };
            if values.insert((period, region.clone()), value).is_some() {
                return Err(data(format!("the benchmark of region `{region}` stands twice")));
            }
        }
        Ok(Some(Benchmark { values, has_periods }))
    }

    /// The values of `regions` in `period`.
    ///
    /// # Errors
    /// [`MethodError::Data`] when a region has none.
    pub(crate) fn of(&self, period: i64, regions: &Axis) -> Result<Vec<f64>, MethodError> {
        regions.codes().iter().map(|region| self.value(period, region)).collect()
    }

    /// The regions that have a value in `period`.
    pub(crate) fn regions(&self, period: i64) -> impl Iterator<Item = &Key> {
        let period = self.has_periods.then_some(period);
        self.values.keys().filter(move |(p, _)| *p == period).map(|(_, region)| region)
    }

    /// The value of `region` in `period`; zero is a value, absence is not.
    pub(crate) fn find(&self, period: i64, region: &Key) -> Option<f64> {
        self.values.get(&(self.has_periods.then_some(period), region.clone())).copied()
    }

    fn value(&self, period: i64, region: &Key) -> Result<f64, MethodError> {
        self.find(period, region).ok_or_else(|| {
            data(format!("the benchmark lacks region `{region}` in period {period}; add its row"))
        })
    }
}

/// A [`MethodError::Data`].
pub(crate) fn data(what: String) -> MethodError {
    MethodError::Data { what }
}

/// Refuses a table in which a region stands twice.
pub(crate) fn once(table: &str, regions: &[Key]) -> Result<(), MethodError> {
    let mut seen = std::collections::BTreeSet::new();
    match regions.iter().find(|region| !seen.insert(*region)) {
        None => Ok(()),
        Some(region) => Err(data(format!(
            "region `{region}` stands twice in the table `{table}`; keep one row"
        ))),
    }
}
