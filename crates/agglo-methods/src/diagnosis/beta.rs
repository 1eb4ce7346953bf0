//! Beta convergence: do poor regions grow faster than rich ones?
//!
//! (1/T) ln(y_T / y₀) = a + b ln y₀ + controls      λ = −ln(1 + bT) / T      half-life = ln 2 / λ
//!
//! | symbol   | meaning                                               | shape | range | unit       |
//! |----------|-------------------------------------------------------|-------|-------|------------|
//! | y        | income or output per head at the start and at the end | R     | > 0   | any        |
//! | T        | periods between the two                               | 1     | > 0   | periods    |
//! | b        | below 0: the poor grow faster                         | 1     | real  | 1 / period |
//! | λ        | share of the distance closed per period               | 1     | real  | 1 / period |
//! | controls | columns at the start, which let each region have a path of its own (conditional) |
//!
//! Nonlinear least squares of (1/T) ln(y_T/y₀) = a − ((1 − e^(−λT))/T) ln y₀ + controls has the same
//! fit, for b takes every value that its coefficient can take: λ is that of b, and the error of λ is
//! se(b) / (1 + bT), the delta method and the Gauss–Newton matrix being the same at the minimum. So
//! it is not computed twice; REAT's `betaconv.nls` calls this λ its beta.
//!
//! With `spatial = lag` the growth of the neighbors stands on the right, with `spatial = error` the
//! neighbors' residuals; both by maximum likelihood.
//!
//! λ exists only where 1 + bT > 0; the half-life only where λ > 0. Cost: O(R), spatial as the
//! methods `spatial-lag` and `spatial-error`.
//! Source: Barro and Sala-i-Martin (1992), Journal of Political Economy 100(2), 223–251; the
//! regression is that of REAT `betaconv.ols` (Wieland 2019), whose λ leaves the T out of 1 + bT;
//! Rey and Montouri (1999), Regional Studies 33, 143–156 (spatial).

use std::collections::BTreeMap;

use agglo_core::{Column, Datum, Frame, Gap, Key, Note, Text, Undefined};

use super::panel::{Balanced, REGION_GAPS, REGIONS};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Input, Mark, Method, OptionKind, OptionSpec, OutputTable, PERIOD, REGION, Variant,
    listed, names, number, optional, out, out_key,
};
use crate::inference::{Line, classical_covariance, least_squares, norms};
use crate::regression::spatial::{
    Edges, LogDeterminant, Way, spatial_error, spatial_lag, standardized,
};
use crate::regression::{Coefficient, LOGDET, Reference, STANDARDIZE, WEIGHTS};

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
    let (speed, half_life) = speed.of(line.slope, n_periods);
    Ok(BetaConvergence { line, speed, half_life })
}

impl Speed {
    /// 1 + bT, or what the variant takes for it.
    fn kept(self, slope: f64, n_periods: f64) -> f64 {
        match self {
            Speed::Annual => 1.0 + slope * n_periods,
            Speed::Reat => 1.0 + slope,
        }
    }

    /// λ and the half-life of a slope.
    fn of(self, slope: f64, n_periods: f64) -> (Result<f64, Undefined>, Result<f64, Undefined>) {
        let kept = self.kept(slope, n_periods);
        let speed =
            if kept > 0.0 { Ok(-kept.ln() / n_periods) } else { Err(Undefined::NotIdentified) };
        let half_life = match speed {
            Ok(speed) if speed > 0.0 => Ok(std::f64::consts::LN_2 / speed),
            _ => Err(Undefined::NotIdentified),
        };
        (speed, half_life)
    }

    /// The error of λ from that of the slope.
    fn error(self, slope: f64, se: f64, n_periods: f64) -> Result<f64, Undefined> {
        let kept = self.kept(slope, n_periods);
        let per = match self {
            Speed::Annual => 1.0,
            Speed::Reat => n_periods,
        };
        if kept > 0.0 { Ok(se / (kept * per)) } else { Err(Undefined::NotIdentified) }
    }
}

pub(super) static BETA: Method = Method {
    id: "beta-convergence",
    chapter: Chapter::Diagnose,
    title: Text::new("Beta convergence", "β 收敛"),
    help: Text::new("Do poor regions grow faster than rich ones?", "落后地区是否增长更快？"),
    inputs: &[
        Input {
            table: REGIONS.table,
            required: true,
            columns: &[
                REGION,
                PERIOD,
                number("value", "income or output per head", "人均收入或人均产出"),
                optional(number(
                    "weight",
                    "weight of the region, such as population",
                    "权重，如人口",
                )),
                listed(
                    "controls",
                    "columns that each region's own path depends on",
                    "条件收敛的控制变量列",
                ),
            ],
        },
        WEIGHTS,
    ],
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
        OptionSpec {
            name: "controls",
            kind: OptionKind::Text,
            default: "",
            help: Text::new(
                "columns of the first period that condition the path: a list a,b,c",
                "条件收敛的控制变量（取起始年），逗号分隔",
            ),
        },
        OptionSpec {
            name: "spatial",
            kind: OptionKind::Choice(&["none", "lag", "error"]),
            default: "none",
            help: Text::new(
                "neighbors' growth on the right, or their residuals; needs the table `weights`",
                "右侧加入相邻地区增长或残差；需 weights 表",
            ),
        },
        STANDARDIZE,
        LOGDET,
    ],
    variants: &[
        Variant {
            id: "annual",
            help: Text::new(
                "speed −ln(1 + bT)/T; the same as nonlinear least squares",
                "收敛速度 −ln(1 + bT)/T；与非线性最小二乘相同",
            ),
        },
        Variant {
            id: "reat",
            help: Text::new(
                "speed −ln(1 + b)/T, as REAT betaconv.ols prints it",
                "收敛速度 −ln(1 + b)/T，同 REAT betaconv.ols",
            ),
        },
    ],
    outputs: &[
        OutputTable {
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
                out("speed_se", "1/period", "Standard error of the speed", "收敛速度标准误"),
                out("half_life", "periods", "Half-life", "半衰期"),
                out("r2", "1", "R²", "R²"),
                out("n", "1", "Regions", "地区数"),
            ],
        },
        OutputTable {
            name: "terms",
            columns: &[
                out_key("term", "Term", "项"),
                out("estimate", "1/period", "Coefficient", "系数"),
                out("se", "1/period", "Standard error", "标准误"),
                out("p_value", "1", "p", "p 值"),
            ],
        },
    ],
    formula: "(1/T) ln(y(T)/y(0)) = a + b ln y(0) + controls;  λ = −ln(1 + bT)/T;  half-life = ln 2 / λ",
    source: "Barro and Sala-i-Martin (1992), Journal of Political Economy 100(2), 223–251; \
             regression as in REAT betaconv.ols (Wieland 2019); Rey and Montouri (1999), Regional \
             Studies 33, 143–156",
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
    let growth = Growth::of(call, &data, from, to)?;
    let fit = growth.fit(call, &data);
    let speed = if call.variant() == "reat" { Speed::Reat } else { Speed::Annual };
    let n_periods = (to - from) as f64;
    let (fit, mut notes) = match fit {
        Ok((fit, notes)) => (Ok(fit), notes),
        Err(Unfit::Undefined(why)) => (Err(why), Vec::new()),
        Err(Unfit::Method(error)) => return Err(error),
    };
    notes.extend(data.notes.iter().cloned());
    let part =
        |of: &dyn Fn(&Fit) -> Datum| [fit.as_ref().map_or_else(|why| Datum::undefined(*why), of)];
    let slope = |fit: &Fit| fit.terms[1].estimate;
    let no_error = Datum::undefined(Undefined::NoVariation);
    let error_of = |term: &Coefficient| term.se.map_or(no_error, Datum::Number);
    let frame = Frame::new(vec![
        Column::integer("from", "", [from]),
        Column::integer("to", "", [to]),
        Column::number("intercept", "1/period", part(&|f| Datum::Number(f.terms[0].estimate))),
        Column::number("intercept_se", "1/period", part(&|f| error_of(&f.terms[0]))),
        Column::number("slope", "1/period", part(&|f| Datum::Number(slope(f)))),
        Column::number("se", "1/period", part(&|f| error_of(&f.terms[1]))),
        Column::number("p_value", "1", part(&|f| f.p_value(1))),
        Column::number("speed", "1/period", part(&|f| speed.of(slope(f), n_periods).0.into())),
        Column::number(
            "speed_se",
            "1/period",
            part(&|f| match f.terms[1].se {
                Some(se) => speed.error(slope(f), se, n_periods).into(),
                None => no_error,
            }),
        ),
        Column::number("half_life", "periods", part(&|f| speed.of(slope(f), n_periods).1.into())),
        Column::number("r2", "1", part(&|f| f.r2)),
        Column::integer("n", "1", [data.regions.len() as i64]),
    ])?;
    let extra = fit.as_ref().map_or(&[][..], |fit| &fit.terms[2..]);
    let terms = Frame::new(vec![
        Column::text("term", extra.iter().map(|term| term.term.as_str())),
        Column::numbers("estimate", "1/period", extra.iter().map(|term| term.estimate)),
        Column::number("se", "1/period", extra.iter().map(error_of)),
        Column::number(
            "p_value",
            "1",
            (2..2 + extra.len()).map(|at| {
                fit.as_ref().map_or_else(|why| Datum::undefined(*why), |fit| fit.p_value(at))
            }),
        ),
    ])?;
    Ok(Answer::one("beta", frame).and("terms", terms).noting(notes))
}

/// The regression: a, b, the controls, and ρ or λ of the neighbors.
struct Fit {
    terms: Vec<Coefficient>,
    reference: Reference,
    r2: Datum,
}

impl Fit {
    fn p_value(&self, at: usize) -> Datum {
        let term = &self.terms[at];
        match term.se {
            Some(se) if se > f64::EPSILON * term.estimate.abs() => term.p_value(self.reference),
            _ => Datum::undefined(Undefined::NoVariation),
        }
    }
}

/// Why there is no fit.
enum Unfit {
    Undefined(Undefined),
    Method(MethodError),
}

impl From<MethodError> for Unfit {
    fn from(error: MethodError) -> Unfit {
        Unfit::Method(error)
    }
}

/// Growth and what it is regressed on.
struct Growth {
    growth: Vec<f64>,
    terms: Vec<String>,
    columns: Vec<Vec<f64>>,
}

impl Growth {
    fn of(call: &Call<'_>, data: &Balanced, from: i64, to: i64) -> Result<Growth, MethodError> {
        let starts: Vec<f64> = data.points[0].iter().map(|p| p.value).collect();
        let n_periods = (to - from) as f64;
        let growth = data.points[1].iter().zip(&starts);
        let growth = growth.map(|(end, start)| (end.value / start).ln() / n_periods).collect();
        let mut terms = vec!["intercept".to_owned(), "ln start".to_owned()];
        let mut columns =
            vec![vec![1.0; starts.len()], starts.iter().map(|y| y.ln()).collect::<Vec<f64>>()];
        let frame = call.frame("regions")?;
        for name in names(call.option("controls")) {
            let cells = frame.numbers(&name)?;
            let rows = frame.keys("region")?.into_iter().zip(frame.integers("period")?);
            let at_start: BTreeMap<Key, Datum> = rows
                .zip(cells)
                .filter(|((_, period), _)| *period == from)
                .map(|((region, _), cell)| (region, cell))
                .collect();
            let mut column = Vec::with_capacity(starts.len());
            for region in &data.regions {
                let cell = at_start.get(region).copied().unwrap_or(Datum::Gap(Gap::Missing));
                column.push(cell.number().ok_or_else(|| MethodError::Data {
                    what: format!("region `{region}`, period {from}: `{name}` is no number"),
                })?);
            }
            terms.push(name);
            columns.push(column);
        }
        Ok(Growth { growth, terms, columns })
    }

    fn fit(&self, call: &Call<'_>, data: &Balanced) -> Result<(Fit, Vec<Note>), Unfit> {
        let (n, k) = (self.growth.len(), self.columns.len());
        if n <= k {
            return Err(Unfit::Undefined(Undefined::TooFew));
        }
        let repeated = |column: usize| match self.terms.get(column) {
            Some(name) if column > 1 => Unfit::Method(MethodError::NotIdentified {
                what: format!(
                    "`{name}` is a combination of {}: leave one of them out",
                    self.terms[..column].join(", ")
                ),
            }),
            _ => Unfit::Undefined(Undefined::NoVariation),
        };
        let plain = least_squares(&self.columns, &norms(&self.columns), &self.growth)
            .map_err(|found| repeated(found.column))?;
        let r2 = |residuals: &[f64]| {
            let center = agglo_core::mean(&self.growth).unwrap_or(0.0);
            let total = agglo_core::sum(self.growth.iter().map(|g| (g - center).powi(2)));
            let left = agglo_core::sum(residuals.iter().map(|u| u * u));
            Datum::Number(if total > 0.0 { 1.0 - left / total } else { 0.0 })
        };
        let spatial = call.option("spatial");
        if spatial == "none" {
            let covariance = classical_covariance(&plain, 0);
            let fit = Fit {
                terms: Coefficient::list(&self.terms, &plain.coefficients, covariance.as_deref()),
                reference: Reference::Student((n - k) as f64),
                r2: r2(&plain.residuals),
            };
            return Ok((fit, Vec::new()));
        }
        let rows: BTreeMap<&Key, usize> =
            data.regions.iter().enumerate().map(|(row, region)| (region, row)).collect();
        let (weights, notes) =
            Edges::read(call)?.over(n, &[rows], |row| data.regions[row].clone())?;
        let weights = standardized(call, weights);
        let failed = |failure: crate::regression::spatial::Failure| match failure {
            crate::regression::spatial::Failure::Collinear(found) => repeated(found.column),
            crate::regression::spatial::Failure::Undefined(why) => Unfit::Undefined(why),
        };
        let determinant =
            LogDeterminant::new(&weights, Way::named(call.option("logdet")), call.seed())
                .map_err(Unfit::Undefined)?;
        let mut terms = self.terms.clone();
        let (estimates, covariance, residuals) = if spatial == "lag" {
            let fit = spatial_lag(&self.columns, &self.growth, &weights, &determinant, call.seed())
                .map_err(failed)?;
            terms.push("rho".to_owned());
            let mut estimates = fit.coefficients;
            estimates.push(fit.rho);
            (estimates, fit.covariance, fit.residuals)
        } else {
            let fit =
                spatial_error(&self.columns, &self.growth, &weights, &determinant, call.seed())
                    .map_err(failed)?;
            terms.push("lambda".to_owned());
            let mut estimates = fit.coefficients;
            estimates.push(fit.lambda);
            (estimates, fit.covariance, fit.residuals)
        };
        let list = Coefficient::list(&terms, &estimates, covariance.as_deref());
        Ok((Fit { terms: list, reference: Reference::Normal, r2: r2(&residuals) }, notes))
    }
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
