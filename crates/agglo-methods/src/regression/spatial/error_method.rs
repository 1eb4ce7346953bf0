//! The method `spatial-error`.

use agglo_core::Text;

use super::determinant::{LogDeterminant, Way};
use super::error::spatial_error;
use super::lag_method::{NEEDED_WEIGHTS, way_note};
use super::moments::{generalized_moments, generalized_moments_uneven};
use super::setting::{EFFECTS, Setting};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{Chapter, Mark, Method, Variant};
use crate::regression::estimates::{Coefficient, measure_frame};
use crate::regression::options::{
    COEFFICIENTS, CONFIDENCE, FIT, GAPS, LOG, LOGDET, OBSERVATIONS, RESIDUALS, STANDARDIZE, X,
};

pub(in crate::regression) static SPATIAL_ERROR: Method = Method {
    id: "spatial-error",
    chapter: Chapter::Diagnose,
    title: Text::new("Spatial error model", "空间误差模型"),
    help: Text::new(
        "How does a regional variable go with others when what is left depends on the neighbors?",
        "残差依赖于相邻地区时，某一地区变量与其他变量如何相关？",
    ),
    inputs: &[OBSERVATIONS, NEEDED_WEIGHTS],
    options: &[X, LOG, EFFECTS, STANDARDIZE, LOGDET, CONFIDENCE, GAPS],
    variants: &[
        Variant { id: "ml", help: Text::new("maximum likelihood", "极大似然") },
        Variant {
            id: "gm",
            help: Text::new(
                "generalized moments of 1999, as spreg GM_Error: λ without an error",
                "1999 年广义矩，同 spreg GM_Error：λ 无标准误",
            ),
        },
        Variant {
            id: "gm-het",
            help: Text::new(
                "generalized moments under uneven variances, as spreg GM_Error_Het",
                "异方差稳健广义矩，同 spreg GM_Error_Het",
            ),
        },
    ],
    outputs: &[COEFFICIENTS, FIT, RESIDUALS],
    formula: "y = X b + u, u = λ W u + e",
    source: "Ord (1975), JASA 70, 120–126; Kelejian and Prucha (1999), International Economic \
             Review 40, 509–533, and (2010), Journal of Econometrics 157, 53–67; Arraiz, Drukker, \
             Kelejian and Prucha (2010), Journal of Regional Science 50, 592–614",
    mark: Mark::Verified,
    run,
};

/// What the estimators have in common.
struct Found {
    coefficients: Vec<f64>,
    lambda: f64,
    variance: f64,
    /// Of b.
    covariance: Option<Vec<f64>>,
    lambda_se: Option<f64>,
    residuals: Vec<f64>,
    log_likelihood: Option<f64>,
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let setting = Setting::read(call)?;
    let Setting { data, weights, .. } = &setting;
    let failed = |failure: super::Failure| setting.failed(failure);
    let mut notes = Vec::new();
    let found = if call.variant() == "ml" {
        let way = Way::named(call.option("logdet"));
        let determinant =
            LogDeterminant::new(weights, way, call.seed()).map_err(|why| failed(why.into()))?;
        notes.push(way_note(&determinant));
        let fit = spatial_error(&data.columns, &data.y, weights, &determinant, call.seed())
            .map_err(failed)?;
        let k = fit.coefficients.len();
        let of_b = |v: &Vec<f64>| (0..k * k).map(|at| v[at / k * (k + 1) + at % k]).collect();
        Found {
            covariance: fit.covariance.as_ref().map(of_b),
            lambda_se: fit.covariance.as_ref().map(|v| v[v.len() - 1].sqrt()),
            coefficients: fit.coefficients,
            lambda: fit.lambda,
            variance: fit.variance,
            residuals: fit.residuals,
            log_likelihood: Some(fit.log_likelihood),
        }
    } else {
        let by =
            if call.variant() == "gm" { generalized_moments } else { generalized_moments_uneven };
        let fit = by(&data.columns, &data.y, weights).map_err(failed)?;
        Found {
            coefficients: fit.coefficients,
            lambda: fit.lambda,
            variance: fit.variance,
            covariance: Some(fit.covariance),
            lambda_se: fit.lambda_se,
            residuals: fit.residuals,
            log_likelihood: None,
        }
    };
    let mut coefficients =
        Coefficient::list(&data.terms, &found.coefficients, found.covariance.as_deref());
    coefficients.push(Coefficient {
        term: "lambda".to_owned(),
        estimate: found.lambda,
        se: found.lambda_se,
    });
    // As spreg counts: the coefficients without λ.
    let fit = setting.measures(found.coefficients.len(), found.variance, found.log_likelihood);
    let answer = setting.answer(call, &coefficients, &found.residuals, |answer| {
        Ok(answer.and("fit", measure_frame(&fit)?))
    })?;
    Ok(answer.noting(notes))
}
