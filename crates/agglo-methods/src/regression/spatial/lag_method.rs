//! The method `spatial-lag`.

use agglo_core::{Column, Datum, Frame, Text, Undefined};

use super::determinant::{LogDeterminant, Way};
use super::impacts::{Impact, Impacts, Multipliers};
use super::lag::spatial_lag;
use super::setting::{EFFECTS, Setting};
use super::two_stage::two_stage_lag;
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Input, Mark, Method, OptionKind, OptionSpec, OutputTable, Variant, out, out_key,
};
use crate::regression::estimates::{Coefficient, Reference, measure_frame};
use crate::regression::observations::INTERCEPT;
use crate::regression::options::{
    COEFFICIENTS, CONFIDENCE, FIT, GAPS, LOG, LOGDET, OBSERVATIONS, RESIDUALS, STANDARDIZE, TESTS,
    WEIGHTS, X,
};
use crate::regression::residuals::{SpatialTest, test_frame};

pub(super) const NEEDED_WEIGHTS: Input = Input { required: true, ..WEIGHTS };

pub(in crate::regression) static SPATIAL_LAG: Method = Method {
    id: "spatial-lag",
    chapter: Chapter::Diagnose,
    title: Text::new("Spatial lag model", "空间滞后模型"),
    help: Text::new(
        "Does a region's value depend on its neighbors' values, and what do changes spill over?",
        "某地区的数值是否取决于相邻地区的数值，变化如何外溢？",
    ),
    inputs: &[OBSERVATIONS, NEEDED_WEIGHTS],
    options: &[
        X,
        LOG,
        EFFECTS,
        STANDARDIZE,
        LOGDET,
        OptionSpec {
            name: "instruments",
            kind: OptionKind::Integer(1, 5),
            default: "1",
            help: Text::new(
                "highest power of W in the instruments of two-stage least squares",
                "两阶段最小二乘工具变量中 W 的最高次幂",
            ),
        },
        OptionSpec {
            name: "impact_errors",
            kind: OptionKind::Choice(&["delta", "simulated"]),
            default: "delta",
            help: Text::new(
                "errors of the impacts: the delta method, or draws",
                "效应标准误：德尔塔法或模拟抽样",
            ),
        },
        OptionSpec {
            name: "draws",
            kind: OptionKind::Integer(100, 100_000),
            default: "1000",
            help: Text::new("draws for simulated errors", "模拟抽样次数"),
        },
        CONFIDENCE,
        GAPS,
    ],
    variants: &[
        Variant { id: "ml", help: Text::new("maximum likelihood", "极大似然") },
        Variant {
            id: "2sls",
            help: Text::new(
                "two-stage least squares, as spreg GM_Lag",
                "两阶段最小二乘，同 spreg GM_Lag",
            ),
        },
        Variant {
            id: "2sls-robust",
            help: Text::new(
                "two-stage least squares with White's errors",
                "两阶段最小二乘，White 标准误",
            ),
        },
    ],
    outputs: &[
        COEFFICIENTS,
        OutputTable {
            name: "impacts",
            columns: &[
                out_key("term", "Term", "项"),
                out_key("impact", "Impact", "效应"),
                out("estimate", "y/term", "Estimate", "估计值"),
                out("se", "y/term", "Standard error", "标准误"),
                out("p_value", "1", "p", "p 值"),
            ],
        },
        FIT,
        TESTS,
        RESIDUALS,
    ],
    formula: "y = ρ W y + X b + u; direct = b · mean diagonal of (I − ρW)⁻¹, total = b · its mean \
              row sum, indirect = total − direct; Anselin–Kelejian (u'Wu/σ²)²/(T + 4 a/σ²), T = tr(W'W + \
              WW), a = (u'WZ)(Ẑ'Ẑ)⁻¹(u'WZ)'",
    source: "Ord (1975), JASA 70, 120–126; Anselin (1988), Spatial Econometrics; Kelejian and \
             Prucha (1998), JREFE 17, 99–121; Anselin and Kelejian (1997), International Regional \
             Science Review 20, 153–182; LeSage and Pace (2009), Introduction to Spatial \
             Econometrics",
    mark: Mark::Verified,
    run,
};

/// What the estimators have in common.
struct Found {
    coefficients: Vec<f64>,
    rho: f64,
    variance: f64,
    covariance: Option<Vec<f64>>,
    residuals: Vec<f64>,
    log_likelihood: Option<f64>,
    n_instruments: Option<usize>,
    tests: Vec<SpatialTest>,
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let setting = Setting::read(call)?;
    let Setting { data, weights, .. } = &setting;
    let failed = |failure: super::Failure| setting.failed(failure);
    let determinant = LogDeterminant::new(weights, Way::named(call.option("logdet")), call.seed())
        .map_err(|why| failed(why.into()))?;
    let found = if call.variant() == "ml" {
        let fit = spatial_lag(&data.columns, &data.y, weights, &determinant, call.seed())
            .map_err(failed)?;
        Found {
            coefficients: fit.coefficients,
            rho: fit.rho,
            variance: fit.variance,
            covariance: fit.covariance,
            residuals: fit.residuals,
            log_likelihood: Some(fit.log_likelihood),
            n_instruments: None,
            tests: Vec::new(),
        }
    } else {
        let lags = call.option_integer("instruments");
        let is_robust = call.variant() == "2sls-robust";
        let fit =
            two_stage_lag(&data.columns, &data.y, weights, lags, is_robust).map_err(failed)?;
        let name = "anselin-kelejian";
        Found {
            coefficients: fit.coefficients,
            rho: fit.rho,
            variance: fit.variance,
            covariance: fit.covariance,
            residuals: fit.residuals,
            log_likelihood: None,
            n_instruments: Some(fit.n_instruments),
            tests: vec![SpatialTest { name, statistic: fit.anselin_kelejian, df: Some(1) }],
        }
    };
    let mut terms = data.terms.clone();
    terms.push("rho".to_owned());
    let mut estimates = found.coefficients.clone();
    estimates.push(found.rho);
    let coefficients = Coefficient::list(&terms, &estimates, found.covariance.as_deref());
    let mut fit = setting.measures(estimates.len(), found.variance, found.log_likelihood);
    let none = Datum::Gap(agglo_core::Gap::NotApplicable);
    fit.extend([
        ("instruments", found.n_instruments.map_or(none, |n| Datum::Number(n as f64))),
        ("rho_low", Datum::Number(determinant.range.0)),
        ("rho_high", Datum::Number(determinant.range.1)),
    ]);
    let tests = test_frame(&found.tests, call.option_number("confidence"))?;
    let answer = setting.answer(call, &coefficients, &found.residuals, |answer| {
        let answer = answer
            .and("impacts", impact_frame(call, &setting, &found, &determinant)?)
            .and("fit", measure_frame(&fit)?);
        Ok(if found.tests.is_empty() { answer } else { answer.and("tests", tests) })
    })?;
    Ok(answer.noting([way_note(&determinant)]))
}

/// How the log-determinant was taken.
pub(super) fn way_note(determinant: &LogDeterminant<'_>) -> agglo_core::Note {
    let way = determinant.way();
    agglo_core::Note::new(
        "log-determinant",
        format!("log-determinant by `{way}`"),
        format!("对数行列式方法：{way}"),
    )
}

fn impact_frame(
    call: &Call<'_>,
    Setting { data, weights, n_own, .. }: &Setting,
    found: &Found,
    determinant: &LogDeterminant<'_>,
) -> Result<Frame, MethodError> {
    let from = usize::from(data.terms.first().is_some_and(|term| term == INTERCEPT));
    let k = found.coefficients.len();
    let (low, high) = determinant.range;
    let names = ["direct", "indirect", "total"];
    let terms: Vec<&str> = data.terms[from..*n_own].iter().map(String::as_str).collect();
    let impacts: Vec<Impacts> = if found.rho > low && found.rho < high {
        let multipliers = Multipliers::new(weights, determinant.eigenvalues(), call.seed());
        if call.option("impact_errors") == "simulated" {
            let draws = call.option_integer("draws") as u32;
            let covariance = found.covariance.as_deref();
            multipliers
                .simulated(
                    &found.coefficients,
                    found.rho,
                    covariance,
                    determinant.range,
                    draws,
                    call.seed(),
                )
                .split_off(from)
        } else {
            (from..*n_own)
                .map(|j| {
                    let pair = found.covariance.as_ref().map(|v| {
                        let at = |i: usize, l: usize| v[i * (k + 1) + l];
                        [at(j, j), at(j, k), at(k, j), at(k, k)]
                    });
                    multipliers.delta(found.coefficients[j], found.rho, pair)
                })
                .collect()
        }
    } else {
        Vec::new()
    };
    let cell = |at: usize, of: &dyn Fn(&Impact) -> Datum| match impacts.get(at / 3) {
        // Beyond its range the sum of all spillovers does not exist.
        None => Datum::undefined(Undefined::NotIdentified),
        Some(impacts) => of([&impacts.direct, &impacts.indirect, &impacts.total][at % 3]),
    };
    let n = 3 * terms.len();
    let column = |of: &dyn Fn(&Impact) -> Datum| (0..n).map(|at| cell(at, of)).collect::<Vec<_>>();
    Ok(Frame::new(vec![
        Column::text("term", (0..n).map(|at| terms[at / 3])),
        Column::text("impact", (0..n).map(|at| names[at % 3])),
        Column::number("estimate", "y/term", column(&|impact| Datum::Number(impact.estimate))),
        Column::number("se", "y/term", column(&|impact| Datum::from(impact.se))),
        Column::number(
            "p_value",
            "1",
            column(&|impact| match impact.se {
                Err(why) => Datum::undefined(why),
                Ok(se) => Datum::ratio(impact.estimate, se).map(|z| Reference::Normal.two_sided(z)),
            }),
        ),
    ])?)
}
