//! "Large dispersion, small concentration": what is concentrated is so within large areas, not
//! between them.
//!
//! The difference d = within − between, in one measure: the two parts of Theil's index, or an index
//! taken over small areas inside large ones and over the large ones. Several units (industries):
//! their means over time, and the share of sign changes of the d that give as large a mean (all
//! 2ⁿ up to twelve units, draws beyond). One unit over time: the mean of d over its Newey–West
//! error, t with n − 1 degrees.
//! Source: Fisher (1935), The Design of Experiments, chapter 3 (changing signs).

use std::collections::BTreeMap;

use agglo_core::{Key, mean, sum};
use rand::RngExt;

use super::Finding;
use crate::call::{Call, MethodError};
use crate::inference::{Kernel, long_run_variance, newey_west_lags, student_two_sided};

/// The most units for which every sign change is tried.
const ENUMERATED: usize = 12;
const LEAST_UNITS: usize = 5;
const LEAST_PERIODS: usize = 6;

pub(super) fn answer(call: &Call<'_>) -> Result<Finding, MethodError> {
    let frame = call.frame("scales")?;
    let n_rows = frame.n_rows();
    let units = if frame.has("unit") { frame.keys("unit")? } else { vec![Key::from(""); n_rows] };
    let periods = if frame.has("period") { frame.integers("period")? } else { vec![0; n_rows] };
    let mut by_unit: BTreeMap<Key, BTreeMap<i64, f64>> = BTreeMap::new();
    let cells = frame.numbers("between")?.into_iter().zip(frame.numbers("within")?);
    for (row, (between, within)) in cells.enumerate() {
        let Some((between, within)) = between.number().zip(within.number()) else { continue };
        let unit = by_unit.entry(units[row].clone()).or_default();
        if unit.insert(periods[row], within - between).is_some() {
            return Err(MethodError::Data {
                what: format!(
                    "`scales` has two rows for `{}`, period {}",
                    units[row], periods[row]
                ),
            });
        }
    }
    let alpha = call.option_number("alpha");
    let means: Vec<f64> = by_unit
        .values()
        .filter_map(|unit| mean(&unit.values().copied().collect::<Vec<f64>>()))
        .collect();
    let finding = |up: f64, down: f64| {
        Finding::one_sided(
            alpha,
            (up, "more-within-than-between"),
            (down, "more-between-than-within"),
        )
    };
    if means.len() == 1 {
        let series: Vec<f64> = by_unit.values().flat_map(|unit| unit.values().copied()).collect();
        let n = series.len();
        if n < LEAST_PERIODS {
            return Ok(Finding { n: Some(n), ..Finding::none("too-few-periods") });
        }
        let kernel = Kernel::Bartlett { lags: newey_west_lags(n) };
        let center = means[0];
        let variance = long_run_variance(&series, kernel).unwrap_or(0.0);
        let se = (variance / (n - 1) as f64).sqrt();
        if se <= 1e-12 * center.abs() {
            return Ok(Finding { n: Some(n), ..Finding::none("no-variation") });
        }
        let t = center / se;
        let half = student_two_sided(t, (n - 1) as f64) / 2.0;
        let (up, down) = if t > 0.0 { (half, 1.0 - half) } else { (1.0 - half, half) };
        return Ok(Finding {
            test: "mean difference over its Newey-West error",
            statistic: Some(t),
            n: Some(n),
            estimate: Some(center),
            ..finding(up, down)
        });
    }
    let n = means.len();
    if n < LEAST_UNITS {
        return Ok(Finding { n: Some(n), ..Finding::none("too-few-units") });
    }
    let total = sum(means.iter().copied());
    let (mut up, mut down, mut all) = (0_usize, 0_usize, 0_usize);
    // The same total must count as such in whichever order it is added up.
    let slack = 1e-12 * sum(means.iter().map(|d| d.abs()));
    let mut count = |signs: &dyn Fn(usize) -> bool| {
        let drawn = sum(means.iter().enumerate().map(|(at, d)| if signs(at) { *d } else { -d }));
        up += usize::from(drawn >= total - slack);
        down += usize::from(drawn <= total + slack);
        all += 1;
    };
    if n <= ENUMERATED {
        for pattern in 0..1_u32 << n {
            count(&|at| pattern >> at & 1 == 1);
        }
    } else {
        count(&|_| true);
        for draw in 0..call.option_integer("draws") {
            let mut rng = call.seed().stream("claims", 2, draw as u32);
            let signs: Vec<bool> = (0..n).map(|_| rng.random::<bool>()).collect();
            count(&|at| signs[at]);
        }
    }
    Ok(Finding {
        test: "changing signs",
        statistic: Some(total / n as f64),
        n: Some(n),
        estimate: Some(total / n as f64),
        ..finding(up as f64 / all as f64, down as f64 / all as f64)
    })
}
