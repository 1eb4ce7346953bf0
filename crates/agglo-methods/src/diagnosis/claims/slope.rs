//! "Concentration declines with development": its slope on ln GDP per head.
//!
//! Several units: concentration on ln GDP per head with effects of unit and year, errors clustered
//! by unit (CR1), t with G − 1 degrees. One unit: changes on changes, since two series that both
//! trend go together for no reason; Newey–West errors, t with n − 2 degrees.
//! Source: Liang and Zeger (1986), Biometrika 73, 13–22; Newey and West (1987), Econometrica 55,
//! 703–708.

use agglo_core::{Axis, Key};

use super::Finding;
use crate::call::{Call, MethodError};
use crate::evaluation::TwoWay;
use crate::inference::{
    Counts, Kernel, SmallSample, clustered_covariance, dependent_covariance, least_squares,
    newey_west_lags, norms, student_two_sided,
};

const LEAST_CHANGES: usize = 6;
/// Fewer clusters do not carry a clustered error.
const LEAST_UNITS: usize = 5;

pub(super) fn answer(call: &Call<'_>) -> Result<Finding, MethodError> {
    let frame = call.frame("development")?;
    let mut rows: Vec<(Key, i64, f64, f64)> = Vec::new();
    let cells = frame.numbers("concentration")?.into_iter().zip(frame.numbers("gdp_per_head")?);
    let keys = frame.keys("unit")?.into_iter().zip(frame.integers("period")?);
    for ((unit, period), (concentration, gdp)) in keys.zip(cells) {
        let Some((concentration, gdp)) = concentration.number().zip(gdp.number()) else { continue };
        if gdp <= 0.0 {
            return Err(MethodError::Data {
                what: format!("`development`, {unit} {period}: {gdp} has no logarithm"),
            });
        }
        rows.push((unit, period, concentration, gdp.ln()));
    }
    rows.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    if let Some(pair) = rows.windows(2).find(|p| (&p[0].0, p[0].1) == (&p[1].0, p[1].1)) {
        return Err(MethodError::Data {
            what: format!("`development` has two rows for `{}`, period {}", pair[0].0, pair[0].1),
        });
    }
    let units = Axis::new(rows.iter().map(|row| row.0.clone()));
    let found = match units.len() {
        0 => return Ok(Finding::none("no-data")),
        1 => changes(&rows),
        n if n < LEAST_UNITS => {
            return Ok(Finding { n: Some(rows.len()), ..Finding::none("too-few-units") });
        }
        _ => panel(&rows, &units),
    };
    let (slope, se, df, n, test) = match found {
        Ok(found) => found,
        Err((n, reason)) => return Ok(Finding { n: Some(n), ..Finding::none(reason) }),
    };
    let t = slope / se;
    let half = student_two_sided(t, df) / 2.0;
    let (down, up) = if t < 0.0 { (half, 1.0 - half) } else { (1.0 - half, half) };
    let finding = Finding::one_sided(
        call.option_number("alpha"),
        (down, "falls-with-development"),
        (up, "rises-with-development"),
    );
    Ok(Finding { test, statistic: Some(t), n: Some(n), estimate: Some(slope), ..finding })
}

/// Slope, its error, degrees of freedom, observations, the test; or why there is none.
type Slope = Result<(f64, f64, f64, usize, &'static str), (usize, &'static str)>;

fn panel(rows: &[(Key, i64, f64, f64)], units: &Axis) -> Slope {
    let n = rows.len();
    let mut when: Vec<i64> = rows.iter().map(|row| row.1).collect();
    when.sort_unstable();
    when.dedup();
    let unit: Vec<usize> = rows.iter().map(|row| units.place(&row.0).unwrap_or_default()).collect();
    let period = rows.iter().map(|row| when.partition_point(|p| *p < row.1)).collect();
    let panel = TwoWay::new(unit.clone(), period, units.len(), when.len());
    let y: Vec<f64> = rows.iter().map(|row| row.2).collect();
    let x: Vec<f64> = rows.iter().map(|row| row.3).collect();
    let (Ok(within_y), Ok(within_x)) = (panel.within(&y), panel.within(&x)) else {
        return Err((n, "effects-not-separable"));
    };
    let columns = [within_x];
    let fit = least_squares(&columns, &norms(&[x]), &within_y)
        .map_err(|_| (n, "development-does-not-vary"))?;
    let counts = Counts {
        n,
        n_clusters: units.len(),
        n_slopes: 1,
        n_free_effects: panel.n_free_effects(&unit),
        n_effects: panel.n_effects(),
    };
    let small = SmallSample::Cr1;
    let (Some(factor), Some(df)) = (small.factor(counts), small.degrees(counts)) else {
        return Err((n, "too-few-units"));
    };
    let se = clustered_covariance(&fit, &columns, &unit, units.len(), factor)[0].sqrt();
    if se <= 1e-12 * fit.coefficients[0].abs() {
        return Err((n, "no-variation"));
    }
    Ok((fit.coefficients[0], se, df, n, "two-way fixed effects, clustered t"))
}

fn changes(rows: &[(Key, i64, f64, f64)]) -> Slope {
    let pairs: Vec<(f64, f64)> =
        rows.windows(2).map(|pair| (pair[1].3 - pair[0].3, pair[1].2 - pair[0].2)).collect();
    let n = pairs.len();
    if n < LEAST_CHANGES {
        return Err((n, "too-few-periods"));
    }
    let (x, y): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
    let columns = [vec![1.0; n], x];
    let fit = least_squares(&columns, &norms(&columns), &y)
        .map_err(|_| (n, "development-does-not-vary"))?;
    let kernel = Kernel::Bartlett { lags: newey_west_lags(n) };
    let factor = n as f64 / (n - 2) as f64;
    let se = (factor * dependent_covariance(&fit, &columns, &[n], kernel)[3]).sqrt();
    if se <= 1e-12 * fit.coefficients[1].abs() {
        return Err((n, "no-variation"));
    }
    Ok((fit.coefficients[1], se, (n - 2) as f64, n, "changes on changes, Newey-West t"))
}
