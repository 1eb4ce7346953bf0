//! Ordinary least squares over regions, with fixed effects, errors by name, and tests on what is left.
//!
//! y = X b + effects + u
//!
//! | symbol  | meaning                                                        | shape | unit   |
//! |---------|----------------------------------------------------------------|-------|--------|
//! | y, X    | what is explained and what explains it, logarithms where asked | n × k | any    |
//! | effects | a constant, or one for each region, period, or both            |       | y      |
//! | u       | what is left                                                   | n     | y      |
//!
//! Errors: classical, HC0 to HC3, clustered, Newey–West and Andrews (see `inference`); t has
//! n − k − effects degrees of freedom, clustered G − 1. With weights ω of the rows, for errors of variance
//! σ²/ω, y and X are multiplied by √ω first (weighted least squares). With a table `weights`, Moran's I of the
//! residuals and the Lagrange multiplier tests for a spatial lag or error; rows of one period are
//! neighbors of that period's rows only.
//! Cost: O(n k²) and O(edges).
//! Source: see `inference` for the errors and `residuals` for the tests.

use agglo_core::{Column, Datum, Frame, Note, Text, Undefined, sum};

use super::estimates::{Coefficient, Reference, coefficient_frame, measure_frame};
use super::observations::{Effects, INTERCEPT, Observations};
use super::options::{
    COEFFICIENTS, CONFIDENCE, FIT, GAPS, LOG, OBSERVATIONS, RESIDUALS, STANDARDIZE, TESTS, WEIGHTS,
    X,
};
use super::residuals::{shape_tests, share_explained, spatial_tests, test_frame};
use super::spatial::neighborhood;
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Input, Mark, Method, OptionKind, OptionSpec, OutputTable, Variant, number, optional,
    out, out_key,
};
use crate::evaluation::TwoWay;
use crate::inference::{
    Counts, Kernel, LeastSquares, SmallSample, Uneven, andrews_bandwidth, classical_covariance,
    clustered_covariance, dependent_covariance, dot, fisher_upper, least_squares, newey_west_lags,
    norms, uneven_covariance, wald,
};

/// Observations that may have weights.
const WEIGHED_OBSERVATIONS: Input = Input {
    columns: &[
        OBSERVATIONS.columns[0],
        OBSERVATIONS.columns[1],
        OBSERVATIONS.columns[2],
        OBSERVATIONS.columns[3],
        OBSERVATIONS.columns[4],
        optional(number(
            "weight",
            "weight of the row's square: the inverse of its variance",
            "该行平方项的权重：方差的倒数",
        )),
    ],
    ..OBSERVATIONS
};

pub(super) static OLS: Method = Method {
    id: "ols",
    chapter: Chapter::Diagnose,
    title: Text::new("Linear regression", "线性回归"),
    help: Text::new(
        "How does a regional variable go with others, and is what is left a pattern in space?",
        "某一地区变量与其他变量如何相关，残差是否存在空间格局？",
    ),
    inputs: &[WEIGHED_OBSERVATIONS, WEIGHTS],
    options: &[
        X,
        LOG,
        OptionSpec {
            name: "weigh",
            kind: OptionKind::Choice(&["no", "yes"]),
            default: "no",
            help: Text::new(
                "squares weighed by the column `weight`, the inverse of each row's variance, as \
                 statsmodels WLS; without fixed effects",
                "按 weight 列（各行方差的倒数）加权的最小二乘，同 statsmodels WLS；不可与固定效应并用",
            ),
        },
        OptionSpec {
            name: "effects",
            kind: OptionKind::Choice(&Effects::NAMES),
            default: "none",
            help: Text::new("fixed effects", "固定效应"),
        },
        OptionSpec {
            name: "lags",
            kind: OptionKind::Integer(0, 1000),
            default: "0",
            help: Text::new(
                "lags of `newey-west`; 0: the rule of thumb 4 (T/100)^(2/9)",
                "newey-west 的滞后阶数；0 表示经验法则 4 (T/100)^(2/9)",
            ),
        },
        CONFIDENCE,
        GAPS,
        STANDARDIZE,
    ],
    variants: &[
        Variant {
            id: "hc1",
            help: Text::new("uneven variances, times n/(n−k)", "异方差稳健，乘以 n/(n−k)"),
        },
        Variant {
            id: "hc0", help: Text::new("uneven variances, no factor", "异方差稳健，无修正")
        },
        Variant {
            id: "hc2",
            help: Text::new("uneven variances, by 1/(1−h)", "异方差稳健，除以 1−h"),
        },
        Variant {
            id: "hc3",
            help: Text::new("uneven variances, by 1/(1−h)²", "异方差稳健，除以 (1−h)²"),
        },
        Variant { id: "classical", help: Text::new("one variance for all rows", "同方差") },
        Variant {
            id: "cr1",
            help: Text::new(
                "clustered, times G/(G−1), t with G−1 degrees",
                "聚类稳健，乘以 G/(G−1)，t 自由度 G−1",
            ),
        },
        Variant { id: "cr0", help: Text::new("clustered, no factor", "聚类稳健，无修正") },
        Variant {
            id: "cr1s",
            help: Text::new(
                "clustered, G/(G−1) · (n−1)/(n−k), as Stata and statsmodels",
                "聚类稳健，G/(G−1) · (n−1)/(n−k)，同 Stata 与 statsmodels",
            ),
        },
        Variant {
            id: "newey-west",
            help: Text::new(
                "dependence in time within a region, Bartlett weights, no factor",
                "地区内时间相关，Bartlett 权重，无修正",
            ),
        },
        Variant {
            id: "andrews",
            help: Text::new(
                "dependence in time within a region, quadratic spectral weights and Andrews' \
                 bandwidth, times n/(n−k), as vcovHAC of R's sandwich",
                "地区内时间相关，二次谱权重与 Andrews 带宽，乘以 n/(n−k)，同 R sandwich 的 vcovHAC",
            ),
        },
    ],
    outputs: &[
        COEFFICIENTS,
        FIT,
        TESTS,
        OutputTable {
            name: "moran",
            columns: &[
                out_key("statistic", "Statistic", "统计量"),
                out("value", "1", "Moran's I of the residuals", "残差莫兰指数"),
            ],
        },
        RESIDUALS,
    ],
    formula: "y = X b + effects + u; b = (X'X)⁻¹ X'y; V = (X'X)⁻¹ M (X'X)⁻¹, M by the variant; with \
              weights Moran's I of u, LM-lag, LM-error, their robust forms, SARMA; weighed: y and X times \
              the root of the weight",
    source: "MacKinnon and White (1985), Journal of Econometrics 29, 305–325; Newey and West \
             (1987), Econometrica 55, 703–708; Andrews (1991), Econometrica 59, 817–858; Anselin, \
             Bera, Florax and Yoon (1996), Regional Science and Urban Economics 26, 77–104",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let weighs = call.option("weigh") == "yes";
    let mut data = Observations::read_with(call, weighs)?;
    let effects = Effects::named(call.option("effects"));
    if effects != Effects::None && data.terms.len() == 1 {
        return Err(MethodError::NotIdentified {
            what: "with fixed effects there must be a column in `x`".to_owned(),
        });
    }
    if effects != Effects::None && weighs {
        return Err(MethodError::NotIdentified {
            what: "fixed effects are taken out by means that `weigh` does not weigh: give them as \
                   columns in `x`, or leave one of the two out"
                .to_owned(),
        });
    }
    let given = data.y.clone();
    let roots: Vec<f64> = data.weights.iter().flatten().map(|w| w.sqrt()).collect();
    for values in std::iter::once(&mut data.y).chain(&mut data.columns) {
        values.iter_mut().zip(&roots).for_each(|(value, root)| *value *= root);
    }
    let scales = norms(&data.columns);
    let plain_y = data.y.clone();
    let panel = data.take_out(effects)?;
    let scales = &scales[scales.len() - data.columns.len()..];
    let n_absorbed = panel.as_ref().map_or(0, TwoWay::n_effects);
    data.need(data.columns.len() + n_absorbed)?;
    let fit = least_squares(&data.columns, scales, &data.y)
        .map_err(|repeated| data.repeated(repeated.column))?;
    let (covariance, df) = covariance(call, &fit, &data, panel.as_ref())?;
    let confidence = call.option_number("confidence");
    let reference = Reference::Student(df.unwrap_or(1.0));
    let covariance = covariance.filter(|_| df.is_some());
    let coefficients = Coefficient::list(&data.terms, &fit.coefficients, covariance.as_deref());
    let mut tests = if effects == Effects::None && !weighs {
        shape_tests(&fit, &data.columns, &plain_y)
    } else {
        shape_tests(&fit, &[], &plain_y)
    };
    let mut notes = data.notes.clone();
    let mut moran = Vec::new();
    if call.has(WEIGHTS.table) && weighs {
        notes.push(Note::new(
            "no-tests-in-space",
            "with `weigh` the tests of neighbors were left out: they hold for errors of one variance",
            "加权时未做空间检验：其前提为同方差",
        ));
    } else if call.has(WEIGHTS.table) {
        let (weights, said) = neighborhood(call, &data)?;
        let (value, spatial) = spatial_tests(&fit, &data.columns, &data.y, &weights);
        moran.push(value);
        tests.extend(spatial);
        notes.extend(said);
    }
    let unweighed = |at: usize| roots.get(at).map_or(1.0, |root| 1.0 / root);
    let left: Vec<f64> =
        fit.residuals.iter().enumerate().map(|(at, u)| u * unweighed(at)).collect();
    let fitted: Vec<f64> = given.iter().zip(&left).map(|(y, u)| y - u).collect();
    Ok(Answer::one(
        "coefficients",
        coefficient_frame("term", &coefficients, reference, confidence)?,
    )
    .and("fit", fit_frame(&fit, &data, &plain_y, covariance.as_deref(), df, n_absorbed)?)
    .and("tests", test_frame(&tests, confidence)?)
    .and(
        "moran",
        Frame::new(vec![
            Column::text("statistic", moran.iter().map(|_| "I")),
            Column::number("value", "1", moran.iter().map(|value| Datum::from(*value))),
        ])?,
    )
    .and("residuals", data.residual_frame(&fitted, &left)?)
    .noting(notes))
}

/// The covariance that the variant names, `None` where the data leave none, and the degrees of
/// freedom of t.
fn covariance(
    call: &Call<'_>,
    fit: &LeastSquares,
    data: &Observations,
    panel: Option<&TwoWay>,
) -> Result<(Option<Vec<f64>>, Option<f64>), MethodError> {
    let columns = &data.columns;
    let n_absorbed = panel.map_or(0, TwoWay::n_effects);
    let left = fit.freedom().and_then(|df| df.checked_sub(n_absorbed)).filter(|df| *df > 0);
    let left = left.map(|df| df as f64);
    let uneven = |how| uneven_covariance(fit, columns, how, n_absorbed);
    let clustered = |small: SmallSample| {
        let counts = Counts {
            n: data.n(),
            n_clusters: data.n_clusters,
            n_slopes: columns.len(),
            n_free_effects: panel.map_or(0, |panel| panel.n_free_effects(&data.cluster)),
            n_effects: n_absorbed,
        };
        let covariance = small.factor(counts).map(|factor| {
            clustered_covariance(fit, columns, &data.cluster, data.n_clusters, factor)
        });
        (covariance, small.degrees(counts))
    };
    let dependent = |kernel: Kernel, factor: f64| {
        let plain = dependent_covariance(fit, columns, &data.region_ends(), kernel);
        Some(plain.into_iter().map(|v| v * factor).collect())
    };
    let ends = data.region_ends();
    let longest = ends
        .iter()
        .scan(0, |start, &end| Some(end - std::mem::replace(start, end)))
        .max()
        .unwrap_or(0);
    if matches!(call.variant(), "newey-west" | "andrews") && longest < 3 {
        return Err(MethodError::NotIdentified {
            what: format!(
                "`{}` needs regions with at least three periods, and the longest has {longest}",
                call.variant()
            ),
        });
    }
    Ok(match call.variant() {
        "classical" => (classical_covariance(fit, n_absorbed), left),
        "hc0" => (uneven(Uneven::Hc0), left),
        "hc2" => (uneven(Uneven::Hc2), left),
        "hc3" => (uneven(Uneven::Hc3), left),
        "cr1" => clustered(SmallSample::Cr1),
        "cr0" => clustered(SmallSample::Cr0),
        "cr1s" => clustered(SmallSample::Pyfixest),
        "newey-west" => {
            let lags = match call.option_integer("lags") {
                0 => newey_west_lags(longest),
                lags => lags,
            };
            (dependent(Kernel::Bartlett { lags }, 1.0), left)
        }
        "andrews" => {
            let factor = left.map_or(1.0, |left| data.n() as f64 / left);
            let kernel = andrews_bandwidth(fit, columns)
                .map_or(Kernel::Bartlett { lags: 0 }, |bandwidth| Kernel::QuadraticSpectral {
                    bandwidth,
                });
            (dependent(kernel, factor), left)
        }
        _ => (uneven(Uneven::Hc1), left),
    })
}

fn fit_frame(
    fit: &LeastSquares,
    data: &Observations,
    plain_y: &[f64],
    covariance: Option<&[f64]>,
    df: Option<f64>,
    n_absorbed: usize,
) -> Result<Frame, MethodError> {
    let (n, k) = (data.n() as f64, data.columns.len());
    let left = n - (k + n_absorbed) as f64;
    let gap = |why: Undefined| Datum::undefined(why);
    let constant = gap(Undefined::NoVariation);
    let explained = match &data.weights {
        None => share_explained(plain_y, &fit.residuals),
        Some(weights) => weighed_share(plain_y, weights, fit.rss()),
    };
    let explained = explained.map_or(constant, Datum::Number);
    let of_weights = sum(data.weights.iter().flatten().map(|w| w.ln() / 2.0));
    let within = if n_absorbed == 0 {
        Datum::Gap(agglo_core::Gap::NotApplicable)
    } else {
        Datum::ratio(fit.rss(), dot(&data.y, &data.y)).map(|left| 1.0 - left)
    };
    let log_likelihood = if fit.rss() > 0.0 {
        let spread = (2.0 * std::f64::consts::PI).ln() + (fit.rss() / n).ln();
        Datum::Number(-n / 2.0 * (spread + 1.0) + of_weights)
    } else {
        constant
    };
    // The joint test that all slopes are zero, by the covariance of the variant.
    let from = usize::from(data.terms.first().is_some_and(|term| term == INTERCEPT));
    let q = k - from;
    let slopes = |v: &[f64]| -> Vec<f64> {
        (0..q * q).map(|place| v[(from + place / q) * k + from + place % q]).collect()
    };
    let joint = (q > 0)
        .then(|| covariance.and_then(|v| wald(&fit.coefficients[from..], &slopes(v))))
        .flatten()
        .map(|squared| squared / q as f64);
    let f = joint.map_or(gap(Undefined::NotIdentified), Datum::Number);
    let parameters = (k + n_absorbed) as f64;
    Ok(measure_frame(&[
        ("n", Datum::Number(n)),
        ("coefficients", Datum::Number(k as f64)),
        ("effects", Datum::Number(n_absorbed as f64)),
        ("r2", explained),
        ("r2_adjusted", explained.map(|r2| 1.0 - (1.0 - r2) * (n - 1.0) / left)),
        ("r2_within", within),
        ("sigma", Datum::Number((fit.rss() / left).sqrt())),
        ("log_likelihood", log_likelihood),
        ("aic", log_likelihood.map(|ll| 2.0 * parameters - 2.0 * ll)),
        ("bic", log_likelihood.map(|ll| n.ln() * parameters - 2.0 * ll)),
        ("f", f),
        (
            "f_p_value",
            match df {
                Some(df) => f.map(|f| fisher_upper(f, q as f64, df)),
                None => gap(Undefined::TooFew),
            },
        ),
    ])?)
}

/// 1 − residual over total squares about the weighed mean, of y times the roots of the weights.
fn weighed_share(y: &[f64], weights: &[f64], rss: f64) -> Option<f64> {
    let weight = sum(weights.iter().copied());
    let center = sum(y.iter().zip(weights).map(|(y, w)| y * w.sqrt())) / weight;
    let total = sum(y.iter().zip(weights).map(|(y, w)| (y - center * w.sqrt()).powi(2)));
    (total > 0.0).then(|| 1.0 - rss / total)
}
