//! Beta convergence: do poor regions grow faster than rich ones?
//!
//! (1/T) ln(y_T / y₀) = a + b ln y₀      λ = −ln(1 + bT) / T      half-life = ln 2 / λ
//!
//! | symbol | meaning                                              | shape | range | unit       |
//! |--------|------------------------------------------------------|-------|-------|------------|
//! | y      | income or output per head at the start and at the end | R    | > 0   | any        |
//! | T      | periods between the two                              | 1     | > 0   | periods    |
//! | b      | below 0: the poor grow faster                        | 1     | real  | 1 / period |
//! | λ      | share of the distance closed per period              | 1     | real  | 1 / period |
//!
//! λ exists only where 1 + bT > 0; the half-life only where λ > 0. Cost: O(R).
//! Source: Barro and Sala-i-Martin (1992), Journal of Political Economy 100(2), 223–251; the
//! regression is that of REAT `betaconv.ols` (Wieland 2019), whose λ leaves the T out of 1 + bT.

use agglo_core::{Column, Datum, Frame, Undefined};

use super::panel::{Balanced, REGION_GAPS, REGIONS};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Mark, Method, OptionKind, OptionSpec, OutputTable, Variant, out, out_key,
};
use crate::inference::Line;
use agglo_core::Text;

/// How λ follows from b.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speed {
    /// −ln(1 + bT) / T.
    Annual,
    /// −ln(1 + b) / T, as REAT prints it.
    Reat,
}

/// The regression with what follows from it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct BetaConvergence {
    /// a, b, their errors and the fit.
    pub line: Line,
    /// λ.
    pub speed: Result<f64, Undefined>,
    /// Periods until half the distance is closed.
    pub half_life: Result<f64, Undefined>,
}

/// Regression of the growth from `start` to `end` over `n_periods` on the logarithm of `start`.
///
/// # Errors
/// [`Undefined::TooFew`], [`Undefined::NoVariation`] when all start alike, and
/// [`Undefined::LogOfZero`] for a value of zero or less.
///
/// # Panics
/// When the two ends have different lengths.
pub fn beta_convergence(
    start: &[f64],
    end: &[f64],
    n_periods: f64,
    speed: Speed,
) -> Result<BetaConvergence, Undefined> {
    if start.iter().chain(end).any(|y| *y <= 0.0) {
        return Err(Undefined::LogOfZero);
    }
    assert_eq!(start.len(), end.len(), "the same regions");
    let x: Vec<f64> = start.iter().map(|y| y.ln()).collect();
    let growth: Vec<f64> =
        start.iter().zip(end).map(|(y0, y1)| (y1 / y0).ln() / n_periods).collect();
    let line = Line::fit(&x, &growth)?;
    let kept = match speed {
        Speed::Annual => 1.0 + line.slope * n_periods,
        Speed::Reat => 1.0 + line.slope,
    };
    let speed = if kept > 0.0 { Ok(-kept.ln() / n_periods) } else { Err(Undefined::NotIdentified) };
    let half_life = match speed {
        Ok(speed) if speed > 0.0 => Ok(std::f64::consts::LN_2 / speed),
        _ => Err(Undefined::NotIdentified),
    };
    Ok(BetaConvergence { line, speed, half_life })
}

pub(super) static BETA: Method = Method {
    id: "beta-convergence",
    chapter: Chapter::Diagnose,
    title: Text::new("Beta convergence", "β 收敛"),
    help: Text::new("Do poor regions grow faster than rich ones?", "落后地区是否增长更快？"),
    inputs: &[REGIONS],
    options: &[
        REGION_GAPS,
        OptionSpec {
            name: "from",
            kind: OptionKind::Text,
            default: "",
            help: Text::new("first period; the earliest when empty", "起始年份，空则取最早"),
        },
        OptionSpec {
            name: "to",
            kind: OptionKind::Text,
            default: "",
            help: Text::new("last period; the latest when empty", "终止年份，空则取最晚"),
        },
    ],
    variants: &[
        Variant {
            id: "annual", help: Text::new("speed −ln(1 + bT)/T", "收敛速度 −ln(1 + bT)/T")
        },
        Variant {
            id: "reat",
            help: Text::new(
                "speed −ln(1 + b)/T, as REAT betaconv.ols prints it",
                "收敛速度 −ln(1 + b)/T，同 REAT betaconv.ols",
            ),
        },
    ],
    outputs: &[OutputTable {
        name: "beta",
        columns: &[
            out_key("from", "From", "起始年"),
            out_key("to", "To", "终止年"),
            out("intercept", "1/period", "Intercept", "截距"),
            out("intercept_se", "1/period", "Standard error of the intercept", "截距标准误"),
            out("slope", "1/period", "Slope b", "斜率 b"),
            out("se", "1/period", "Standard error of b", "b 的标准误"),
            out("p_value", "1", "p-value of b = 0", "b = 0 的 p 值"),
            out("speed", "1/period", "Speed of convergence", "收敛速度"),
            out("half_life", "periods", "Half-life", "半衰期"),
            out("r2", "1", "R²", "R²"),
            out("n", "1", "Regions", "地区数"),
        ],
    }],
    formula: "(1/T) ln(y(T)/y(0)) = a + b ln y(0);  λ = −ln(1 + bT)/T;  half-life = ln 2 / λ",
    source: "Barro and Sala-i-Martin (1992), Journal of Political Economy 100(2), 223–251; \
             regression as in REAT betaconv.ols (Wieland 2019)",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let all = call.frame("regions")?.integers("period")?;
    let (Some(first), Some(last)) = (all.iter().min(), all.iter().max()) else {
        return Err(MethodError::Data { what: "the table `regions` has no rows".to_owned() });
    };
    let from = chosen_period(call, "from", *first, &all)?;
    let to = chosen_period(call, "to", *last, &all)?;
    if from >= to {
        return Err(MethodError::NotIdentified {
            what: format!("convergence needs two periods, and {from} to {to} is not a span"),
        });
    }
    let data = Balanced::read(call, Some(&[from, to]), false)?;
    let ends: Vec<Vec<f64>> =
        data.points.iter().map(|points| points.iter().map(|p| p.value).collect()).collect();
    let speed = if call.variant() == "reat" { Speed::Reat } else { Speed::Annual };
    let found = beta_convergence(&ends[0], &ends[1], (to - from) as f64, speed);
    let part = |of: fn(&BetaConvergence) -> Result<f64, Undefined>| {
        [Datum::from(found.as_ref().map_err(|why| *why).and_then(of))]
    };
    let frame = Frame::new(vec![
        Column::integer("from", "", [from]),
        Column::integer("to", "", [to]),
        Column::number("intercept", "1/period", part(|b| Ok(b.line.intercept))),
        Column::number("intercept_se", "1/period", part(|b| Ok(b.line.intercept_se))),
        Column::number("slope", "1/period", part(|b| Ok(b.line.slope))),
        Column::number("se", "1/period", part(|b| Ok(b.line.slope_se))),
        Column::number("p_value", "1", part(|b| b.line.slope_p())),
        Column::number("speed", "1/period", part(|b| b.speed)),
        Column::number("half_life", "periods", part(|b| b.half_life)),
        Column::number("r2", "1", part(|b| Ok(b.line.r2))),
        Column::integer("n", "1", [data.regions.len() as i64]),
    ])?;
    Ok(Answer::one("beta", frame).noting(data.notes))
}

/// The period that the option `name` names, `otherwise` when it is empty.
fn chosen_period(
    call: &Call<'_>,
    name: &str,
    otherwise: i64,
    all: &[i64],
) -> Result<i64, MethodError> {
    let text = call.option(name);
    if text.is_empty() {
        return Ok(otherwise);
    }
    text.parse().ok().filter(|period| all.contains(period)).ok_or_else(|| MethodError::Option {
        method: BETA.id,
        option: name.to_owned(),
        found: text.to_owned(),
        allowed: "a period of the table".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, tolerance: f64) {
        assert!((found - expected).abs() < tolerance, "{found} is not {expected}");
    }

    #[test]
    fn four_regions_have_the_published_speed() {
        let (start, end) = ([10.0, 20.0, 40.0, 80.0], [20.0, 34.0, 60.0, 110.0]);
        let beta = beta_convergence(&start, &end, 10.0, Speed::Annual).unwrap();
        close(beta.line.intercept, 0.108_930, 1e-6);
        close(beta.line.slope, -0.018_023, 1e-6);
        close(beta.speed.unwrap(), 0.019_873, 1e-6);
        close(beta.half_life.unwrap(), 34.879, 5e-4);
    }

    #[test]
    fn divergence_has_a_negative_speed_and_no_half_life() {
        let beta =
            beta_convergence(&[1.0, 2.0, 4.0], &[1.0, 3.0, 9.0], 1.0, Speed::Annual).unwrap();
        assert!(beta.speed.unwrap() < 0.0);
        assert_eq!(beta.half_life, Err(Undefined::NotIdentified));
    }

    // b = −2: the ranking of the regions turned round within the span, and 1 + bT is −1.
    #[test]
    fn a_slope_below_minus_one_over_t_has_no_speed() {
        let beta =
            beta_convergence(&[1.0, 2.0, 4.0], &[16.0, 4.0, 1.0], 1.0, Speed::Annual).unwrap();
        assert_eq!(beta.speed, Err(Undefined::NotIdentified));
    }
}
