//! "Agglomeration first, then dispersion": a line that rises to a year and falls after it.
//!
//! y = α + β t + γ max(t − τ, 0); the claim is β > 0 and β + γ < 0. For each τ that leaves
//! max(3, 15 %) of the years on either side, s(τ) = min(t_β, −t_{β+γ}) with Newey–West errors; the
//! statistic is the largest s. Its p-value is the share of bootstrap series, made of a constant and
//! first-order autoregressive errors, with an s at least as large: the constant is the case in
//! which chance shows the pattern most easily, so the test errs on the side of not finding it.
//! With the option `year` only that year is asked.
//! Source: the kink of methods 1.15; Berger (1982), Technometrics 24, 295–300 (min of two t).

use agglo_core::{mean, sum};
use rand::RngExt;

use super::{Finding, Verdict};
use crate::call::{Call, MethodError};
use crate::inference::{
    Kernel, Line, dependent_covariance, least_squares, newey_west_lags, norms, student_two_sided,
};

/// Fewer years have no room for two slopes and an error.
const LEAST: usize = 8;

/// The two slopes over their errors for one turning year.
#[derive(Clone, Copy)]
struct Turn {
    year: f64,
    before: f64,
    after: f64,
    slope_after: f64,
    rss: f64,
}

pub(super) fn answer(call: &Call<'_>) -> Result<Finding, MethodError> {
    let frame = call.frame("series")?;
    let mut points: Vec<(i64, f64)> = Vec::new();
    for (year, value) in frame.integers("period")?.into_iter().zip(frame.numbers("value")?) {
        // A year without a number is a year that was not observed; the calendar keeps its place.
        if let Some(value) = value.number() {
            points.push((year, value));
        }
    }
    points.sort_by_key(|point| point.0);
    if let Some(pair) = points.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(MethodError::Data { what: format!("`series` has two rows for {}", pair[0].0) });
    }
    let n = points.len();
    let (t, y): (Vec<f64>, Vec<f64>) = points.iter().map(|p| (p.0 as f64, p.1)).unzip();
    if n < LEAST {
        return Ok(Finding { n: Some(n), ..Finding::none("too-few-periods") });
    }
    if y.iter().all(|v| *v == y[0]) {
        return Ok(Finding { n: Some(n), ..Finding::none("no-variation") });
    }
    let asked = match call.option("year").trim() {
        "" => None,
        text => Some(text.parse::<i64>().map_err(|_| MethodError::Option {
            method: "claims",
            option: "year".to_owned(),
            found: text.to_owned(),
            allowed: "a year, or nothing".to_owned(),
        })?),
    };
    let margin = 3.max((0.15 * n as f64).ceil() as usize);
    let turns: Vec<f64> = (margin..n - margin)
        .map(|at| t[at])
        .filter(|year| asked.is_none_or(|asked| *year == asked as f64))
        .collect();
    if turns.is_empty() {
        return Ok(Finding { n: Some(n), ..Finding::none("year-out-of-range") });
    }
    let found: Vec<Turn> = turns.iter().filter_map(|&year| fit(&t, &y, year)).collect();
    let rises = |turn: &Turn| turn.before.min(-turn.after);
    let falls = |turn: &Turn| (-turn.before).min(turn.after);
    let best = |of: &dyn Fn(&Turn) -> f64, found: &[Turn]| {
        found.iter().map(of).fold(f64::NEG_INFINITY, f64::max)
    };
    let (rise, fall) = (best(&rises, &found), best(&falls, &found));
    let draws = call.option_integer("draws");
    let (mut as_rise, mut as_fall) = (0_usize, 0_usize);
    let errors = Errors::of(&y);
    for draw in 0..draws {
        call.control().step(draw as u64, draws as u64)?;
        let series = errors.series(n, call, draw as u32);
        let found: Vec<Turn> = turns.iter().filter_map(|&year| fit(&t, &series, year)).collect();
        as_rise += usize::from(best(&rises, &found) >= rise);
        as_fall += usize::from(best(&falls, &found) >= fall);
    }
    let share = |n_as_large: usize| (1 + n_as_large) as f64 / (draws + 1) as f64;
    let alpha = call.option_number("alpha");
    let mut finding = Finding::one_sided(
        alpha,
        (share(as_rise), "rise-then-fall"),
        (share(as_fall), "fall-then-rise"),
    );
    // The year is the one at which the bent line fits best.
    let turn = found.iter().min_by(|a, b| a.rss.total_cmp(&b.rss));
    if finding.verdict == Verdict::NotIdentified
        && let Ok(line) = Line::fit(&t, &y)
        && let Some(way) = one_way(&t, &y, &line, &found, alpha)
    {
        finding.verdict = Verdict::No;
        finding.reason = way;
    }
    Ok(Finding {
        test: "kink, smaller of two t, bootstrap",
        statistic: Some(rise),
        n: Some(n),
        estimate: turn.map(|turn| turn.slope_after),
        year: turn.map(|turn| turn.year as i64),
        ..finding
    })
}

/// The series goes one way throughout: its slope is significant, and so are both of the bent line,
/// with the same sign.
fn one_way(t: &[f64], y: &[f64], line: &Line, found: &[Turn], alpha: f64) -> Option<&'static str> {
    let columns = [vec![1.0; t.len()], t.to_vec()];
    let fit = least_squares(&columns, &norms(&columns), y).ok()?;
    let kernel = Kernel::Bartlett { lags: newey_west_lags(t.len()) };
    let se = dependent_covariance(&fit, &columns, &[t.len()], kernel)[3].sqrt();
    if student_two_sided(line.slope / se, (t.len() - 2) as f64) >= alpha {
        return None;
    }
    let sign = line.slope.signum();
    let turn = found.iter().min_by(|a, b| a.rss.total_cmp(&b.rss))?;
    (turn.before * sign > 0.0 && turn.after * sign > 0.0).then_some(if sign > 0.0 {
        "rises-throughout"
    } else {
        "falls-throughout"
    })
}

fn fit(t: &[f64], y: &[f64], year: f64) -> Option<Turn> {
    let first = t[0];
    let columns = [
        vec![1.0; t.len()],
        t.iter().map(|t| t - first).collect::<Vec<f64>>(),
        t.iter().map(|t| (t - year).max(0.0)).collect(),
    ];
    let fit = least_squares(&columns, &norms(&columns), y).ok()?;
    let kernel = Kernel::Bartlett { lags: newey_west_lags(t.len()) };
    let v = dependent_covariance(&fit, &columns, &[t.len()], kernel);
    let factor = t.len() as f64 / (t.len() as f64 - 3.0);
    let after = fit.coefficients[1] + fit.coefficients[2];
    let variance_after = v[4] + 2.0 * v[5] + v[8];
    // A bent line that fits exactly has slopes without error: as sure as can be.
    let over = |slope: f64, variance: f64| {
        let se = (factor * variance).max(0.0).sqrt();
        if se > 1e-12 * slope.abs() { slope / se } else { slope.signum() * 1e12 }
    };
    Some(Turn {
        year,
        before: over(fit.coefficients[1], v[4]),
        after: over(after, variance_after),
        slope_after: after,
        rss: fit.rss(),
    })
}

/// A constant with first-order autoregressive errors, as the series has them about its bent line's
/// straight forebear: ρ of the series about its mean, innovations resampled.
struct Errors {
    rho: f64,
    innovations: Vec<f64>,
}

impl Errors {
    fn of(y: &[f64]) -> Errors {
        let center = mean(y).unwrap_or(0.0);
        let u: Vec<f64> = y.iter().map(|y| y - center).collect();
        let n = u.len();
        let under = sum(u[..n - 1].iter().map(|u| u * u));
        let over = sum((1..n).map(|t| u[t] * u[t - 1]));
        // A series that wanders is near one; it must stay below to have a level at all.
        let rho = if under > 0.0 { (over / under).clamp(-0.95, 0.95) } else { 0.0 };
        let raw: Vec<f64> = (1..n).map(|t| u[t] - rho * u[t - 1]).collect();
        let middle = mean(&raw).unwrap_or(0.0);
        Errors { rho, innovations: raw.iter().map(|e| e - middle).collect() }
    }

    fn series(&self, n: usize, call: &Call<'_>, draw: u32) -> Vec<f64> {
        const BURN_IN: usize = 100;
        let mut rng = call.seed().stream("claims", 0, draw);
        let mut u = 0.0;
        let mut series = Vec::with_capacity(n);
        for at in 0..BURN_IN + n {
            u = self.rho * u + self.innovations[rng.random_range(0..self.innovations.len())];
            if at >= BURN_IN {
                series.push(u);
            }
        }
        series
    }
}
