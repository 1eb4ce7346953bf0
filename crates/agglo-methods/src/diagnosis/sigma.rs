//! Sigma convergence: does the spread of income over the regions shrink?
//!
//! σₜ = sd of ln yₜ      cvₜ = sd of yₜ / mean of yₜ      trend: σₜ = a + b t
//!
//! | symbol | meaning                                   | shape | range | unit            |
//! |--------|-------------------------------------------|-------|-------|-----------------|
//! | y      | income or output per head                 | R × T | > 0   | any             |
//! | σ, cv  | spread of one period                      | T     | ≥ 0   | none            |
//! | b      | below 0 convergence, above 0 divergence   | 1     | real  | 1 / period      |
//!
//! The regions must be the same in every period; those with a value that has no logarithm are
//! refused or left out of all periods. Cost: O(R T).
//! Source: REAT `sigmaconv` and `sigmaconv.t` (Wieland 2019), which divide by n where the default
//! here divides by n − 1.

use agglo_core::{Column, Datum, Frame, Undefined, mean, sum};

use super::panel::{Balanced, Point, REGION_GAPS, REGIONS};
use super::thresholds::{THRESHOLDS, by_convention};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Mark, Method, OUT_PERIOD, OptionKind, OptionSpec, OutputTable, Variant, out, out_key,
};
use crate::inference::{
    Kernel, Line, andrews_bandwidth, dependent_covariance, least_squares, newey_west_lags, norms,
};
use agglo_core::Text;

/// How the spread of a period is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// Divisor n − 1.
    Sample,
    /// Divisor n.
    Population,
    /// Weighted, about the weighted mean.
    Weighted,
    /// Weighted deviations from the unweighted mean, over the weighted mean: what `williamson` of
    /// REAT 3.0.3 gives.
    WeightedAboutPlainMean,
}

/// Standard deviation of `values` about their mean, and the mean that the coefficient of variation
/// divides by.
///
/// # Errors
/// [`Undefined::TooFew`] for fewer than two values, [`Undefined::ZeroTotal`] for weights that sum
/// to zero.
///
/// # Panics
/// When values and weights have different lengths.
pub fn spread(values: &[f64], weights: &[f64], how: Spread) -> Result<(f64, f64), Undefined> {
    assert_eq!(values.len(), weights.len(), "one weight for each value");
    let n = values.len();
    let (Some(plain), true) = (mean(values), n > 1) else {
        return Err(Undefined::TooFew);
    };
    let total = sum(weights.iter().copied());
    let weighted = matches!(how, Spread::Weighted | Spread::WeightedAboutPlainMean);
    if weighted && total <= 0.0 {
        return Err(Undefined::ZeroTotal);
    }
    let weighted_mean = || sum(values.iter().zip(weights).map(|(v, w)| v * w)) / total;
    let (center, divisor) = match how {
        Spread::Sample | Spread::Population => (plain, plain),
        Spread::Weighted => (weighted_mean(), weighted_mean()),
        Spread::WeightedAboutPlainMean => (plain, weighted_mean()),
    };
    let squares = |weight: &dyn Fn(f64) -> f64| {
        sum(values.iter().zip(weights).map(|(v, &w)| weight(w) * (v - center).powi(2)))
    };
    let variance = match how {
        Spread::Sample => squares(&|_| 1.0) / (n - 1) as f64,
        Spread::Population => squares(&|_| 1.0) / n as f64,
        Spread::Weighted | Spread::WeightedAboutPlainMean => squares(&|w| w) / total,
    };
    Ok((variance.sqrt(), divisor))
}

pub(super) static SIGMA: Method = Method {
    id: "sigma-convergence",
    chapter: Chapter::Diagnose,
    title: Text::new("Sigma convergence", "σ 收敛"),
    help: Text::new(
        "Does the spread of income over the regions shrink?",
        "各地区收入差距是否缩小？",
    ),
    inputs: &[REGIONS],
    options: &[
        REGION_GAPS,
        OptionSpec {
            name: "alpha",
            kind: OptionKind::Number(0.0, 1.0),
            default: "0.05",
            help: Text::new("p-value below which the trend is called one", "判定趋势的显著性水平"),
        },
        OptionSpec {
            name: "trend_errors",
            kind: OptionKind::Choice(&["classical", "newey-west", "andrews"]),
            default: "classical",
            help: Text::new(
                "error of the slope; the last two allow for spreads of neighboring years that \
                 depend on each other, times n/(n−2)",
                "斜率标准误；后两者允许相邻年份相关，乘以 n/(n−2)",
            ),
        },
    ],
    variants: &[
        Variant {
            id: "sample",
            help: Text::new("standard deviation with n − 1", "标准差分母为 n − 1"),
        },
        Variant {
            id: "population",
            help: Text::new(
                "standard deviation with n, as REAT sigmaconv",
                "标准差分母为 n，同 REAT sigmaconv",
            ),
        },
        Variant {
            id: "weighted",
            help: Text::new(
                "weighted, about the weighted mean: the cv is Williamson's index",
                "加权，围绕加权均值：变异系数即威廉森指数",
            ),
        },
        Variant {
            id: "weighted-plain-mean",
            help: Text::new(
                "weighted about the unweighted mean, over the weighted one, as REAT williamson",
                "围绕未加权均值加权，再除以加权均值，同 REAT williamson",
            ),
        },
    ],
    outputs: &[
        OutputTable {
            name: "sigma",
            columns: &[
                OUT_PERIOD,
                out("sd_log", "1", "Standard deviation of logarithms", "对数标准差"),
                out("cv", "1", "Coefficient of variation", "变异系数"),
                out("n", "1", "Regions", "地区数"),
            ],
        },
        OutputTable {
            name: "trend",
            columns: &[
                out_key("from", "From", "起始年"),
                out_key("to", "To", "终止年"),
                out("slope", "1/period", "Change of the deviation per period", "每期变化"),
                out("se", "1/period", "Standard error", "标准误"),
                out("p_value", "1", "p-value", "p 值"),
                out("n_periods", "1", "Periods", "期数"),
                out("reading", "", "Reading", "判读"),
            ],
        },
        THRESHOLDS,
    ],
    formula: "σ(t) = sd of ln y(r,t) over the regions; trend σ(t) = a + b t by least squares",
    source: "REAT sigmaconv, sigmaconv.t and williamson (Wieland 2019)",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let how = match call.variant() {
        "population" => Spread::Population,
        "weighted" => Spread::Weighted,
        "weighted-plain-mean" => Spread::WeightedAboutPlainMean,
        _ => Spread::Sample,
    };
    let weighted = matches!(how, Spread::Weighted | Spread::WeightedAboutPlainMean);
    let data = Balanced::read(call, None, weighted)?;
    let of = |points: &[Point], value: fn(f64) -> f64| {
        let values: Vec<f64> = points.iter().map(|p| value(p.value)).collect();
        let weights: Vec<f64> = points.iter().map(|p| p.weight).collect();
        spread(&values, &weights, how)
    };
    let deviations: Vec<Result<f64, Undefined>> =
        data.points.iter().map(|points| of(points, f64::ln).map(|(sd, _)| sd)).collect();
    let sigma = Frame::new(vec![
        Column::integer("period", "", data.periods.iter().copied()),
        Column::number("sd_log", "1", deviations.iter().map(|sd| Datum::from(*sd))),
        Column::number(
            "cv",
            "1",
            data.points.iter().map(|points| {
                Datum::from(of(points, |value| value).map(|(sd, center)| sd / center))
            }),
        ),
        Column::integer("n", "1", data.periods.iter().map(|_| data.regions.len() as i64)),
    ])?;
    let (thresholds, note) = by_convention(call, &["alpha"])?;
    let trend = trend_frame(call, &data.periods, &deviations)?;
    Ok(Answer::one("sigma", sigma)
        .and("trend", trend)
        .and("thresholds", thresholds)
        .noting(data.notes)
        .noting([note]))
}

fn trend_frame(
    call: &Call<'_>,
    periods: &[i64],
    deviations: &[Result<f64, Undefined>],
) -> Result<Frame, MethodError> {
    let known: Vec<(f64, f64)> = periods
        .iter()
        .zip(deviations)
        .filter_map(|(&period, sd)| sd.ok().map(|sd| (period as f64, sd)))
        .collect();
    let (t, sd): (Vec<f64>, Vec<f64>) = known.into_iter().unzip();
    let line = Line::fit(&t, &sd).map(|line| match call.option("trend_errors") {
        "classical" => line,
        named => {
            Line { slope_se: dependent_error(&t, &sd, named).unwrap_or(line.slope_se), ..line }
        }
    });
    let p_value = line.and_then(|line| line.slope_p());
    let alpha = call.option_number("alpha");
    let reading = match (line, p_value) {
        (Ok(line), Ok(p)) if p < alpha && line.slope < 0.0 => "convergence",
        (Ok(line), Ok(p)) if p < alpha && line.slope > 0.0 => "divergence",
        (Ok(_), Ok(_)) => "no trend",
        _ => "not enough periods",
    };
    let ends = periods.first().zip(periods.last());
    Ok(Frame::new(vec![
        Column::integer("from", "", ends.map(|(first, _)| *first)),
        Column::integer("to", "", ends.map(|(_, last)| *last)),
        Column::number("slope", "1/period", ends.map(|_| Datum::from(line.map(|l| l.slope)))),
        Column::number("se", "1/period", ends.map(|_| Datum::from(line.map(|l| l.slope_se)))),
        Column::number("p_value", "1", ends.map(|_| Datum::from(p_value))),
        Column::integer("n_periods", "1", ends.map(|_| t.len() as i64)),
        Column::text("reading", ends.map(|_| reading)),
    ])?)
}

/// The slope's error under dependence in time, times n / (n − 2).
fn dependent_error(t: &[f64], sd: &[f64], named: &str) -> Option<f64> {
    let columns = [vec![1.0; t.len()], t.to_vec()];
    let fit = least_squares(&columns, &norms(&columns), sd).ok()?;
    let kernel = match named {
        "andrews" => Kernel::QuadraticSpectral { bandwidth: andrews_bandwidth(&fit, &columns)? },
        _ => Kernel::Bartlett { lags: newey_west_lags(t.len()) },
    };
    let factor = t.len() as f64 / (t.len() - 2) as f64;
    Some((factor * dependent_covariance(&fit, &columns, &[t.len()], kernel)[3]).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], how: Spread, expected: f64) {
        let logs: Vec<f64> = values.iter().map(|v| v.ln()).collect();
        let (found, _) = spread(&logs, &vec![1.0; values.len()], how).unwrap();
        assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
    }

    #[test]
    fn four_regions_have_the_published_spread() {
        check(&[10.0, 20.0, 40.0, 80.0], Spread::Sample, 0.894_849);
        check(&[20.0, 34.0, 60.0, 110.0], Spread::Sample, 0.733_896);
    }

    #[test]
    fn equal_weights_give_the_population_spread() {
        let population = 0.894_849 * (3.0_f64 / 4.0).sqrt();
        check(&[10.0, 20.0, 40.0, 80.0], Spread::Population, population);
        check(&[10.0, 20.0, 40.0, 80.0], Spread::Weighted, population);
    }

    #[test]
    fn one_region_has_no_spread() {
        assert_eq!(spread(&[1.0], &[1.0], Spread::Sample), Err(Undefined::TooFew));
    }
}
