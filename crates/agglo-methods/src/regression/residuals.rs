//! Tests on what a least-squares fit leaves: its shape, its variance, its pattern in space.
//!
//! | test            | H₀                                 | statistic                                     |
//! |-----------------|------------------------------------|-----------------------------------------------|
//! | jarque-bera     | residuals are normal               | n (S²/6 + (K − 3)²/24), χ² with 2             |
//! | breusch-pagan   | variance does not follow the x     | ½ explained squares of u²/σ², χ² with k − 1   |
//! | koenker-bassett | the same, residuals not normal     | n R² of u² on the x, χ² with k − 1            |
//! | moran           | no pattern in space                | (I − E) / √V, normal                          |
//! | lm-lag          | no spatial lag                     | (u'Wy/σ²)² / J                                |
//! | lm-error        | no spatial error                   | (u'Wu/σ²)² / T                                |
//! | lm-lag-robust   | no lag, whatever the error         | (u'Wy/σ² − u'Wu/σ²)² / (J − T)                |
//! | lm-error-robust | no error, whatever the lag         | (u'Wu/σ² − T/J u'Wy/σ²)² / (T (1 − T/J))      |
//! | sarma           | neither                            | lm-lag-robust + lm-error, χ² with 2           |
//!
//! Breusch–Pagan and Koenker–Bassett regress on the x themselves, as R's `bptest`; spreg takes their
//! squares. σ² = u'u/n; T = tr(W'W + WW); J = T + (WXb)'M(WXb)/σ², M the residual maker; of Moran's I the
//! moments E and V are those of regression residuals (Cliff and Ord).
//!
//! Source: Anselin (1988), Geographical Analysis 20, 1–17; Anselin, Bera, Florax and Yoon (1996),
//! Regional Science and Urban Economics 26, 77–104; Cliff and Ord (1981), Spatial Processes,
//! chapter 8; Koenker and Bassett (1982), Econometrica 50, 43–61. As in PySAL spreg.

use agglo_core::{Column, Datum, Frame, FrameError, Undefined, Weights, mean, sum};

use crate::inference::{
    Factored, LeastSquares, chi_squared_upper, dot, least_squares, normal_cdf, norms,
};

/// What is left of y by less than this share of its squares is rounding.
const ROUNDING: f64 = 1e-24;

/// A test by name.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SpatialTest {
    /// Its name, as in the module's table.
    pub name: &'static str,
    /// The statistic.
    pub statistic: Result<f64, Undefined>,
    /// Degrees of freedom of χ²; `None` for a normal statistic.
    pub df: Option<usize>,
}

impl SpatialTest {
    /// P of a statistic at least so far out under the hypothesis.
    ///
    /// # Errors
    /// Why there is no statistic.
    pub fn p_value(&self) -> Result<f64, Undefined> {
        let statistic = self.statistic?;
        Ok(match self.df {
            Some(df) => chi_squared_upper(statistic, df as f64),
            None => 2.0 * normal_cdf(-statistic.abs()),
        })
    }
}

/// Jarque–Bera, Breusch–Pagan and Koenker–Bassett; the last two need a constant among `columns`
/// and another beside it.
pub(super) fn shape_tests(fit: &LeastSquares, columns: &[Vec<f64>], y: &[f64]) -> Vec<SpatialTest> {
    let n = fit.residuals.len() as f64;
    let variance = left_over(fit, y);
    let moment = |power: i32| sum(fit.residuals.iter().map(|u| u.powi(power))) / n;
    let jarque_bera = if variance > 0.0 {
        let skew = moment(3) / variance.powf(1.5);
        let kurtosis = moment(4) / variance.powi(2);
        Ok(n * (skew.powi(2) / 6.0 + (kurtosis - 3.0).powi(2) / 24.0))
    } else {
        Err(Undefined::NoVariation)
    };
    let mut tests = vec![SpatialTest { name: "jarque-bera", statistic: jarque_bera, df: Some(2) }];
    if columns.len() < 2 {
        return tests;
    }
    let squares: Vec<f64> = fit.residuals.iter().map(|u| u * u / variance).collect();
    let explained = (variance > 0.0)
        .then(|| least_squares(columns, &norms(columns), &squares).ok())
        .flatten()
        .map(|of_squares| {
            let total = sum(squares.iter().map(|s| (s - 1.0).powi(2)));
            (total - of_squares.rss(), total)
        })
        .ok_or(Undefined::NoVariation);
    let df = Some(columns.len() - 1);
    tests.push(SpatialTest {
        name: "breusch-pagan",
        statistic: explained.map(|(ess, _)| ess / 2.0),
        df,
    });
    let share = |(ess, total): (f64, f64)| {
        if total > 0.0 { Ok(n * ess / total) } else { Err(Undefined::NoVariation) }
    };
    tests.push(SpatialTest { name: "koenker-bassett", statistic: explained.and_then(share), df });
    tests
}

/// u'u/n, or zero where the columns explain y but for rounding.
fn left_over(fit: &LeastSquares, y: &[f64]) -> f64 {
    let rss = fit.rss();
    if rss <= ROUNDING * dot(y, y) { 0.0 } else { rss / y.len() as f64 }
}

/// Moran's I of the residuals, and the tests for lag and error.
///
/// # Panics
/// When `columns`, `y` and `weights` have different numbers of rows.
pub fn spatial_tests(
    fit: &LeastSquares,
    columns: &[Vec<f64>],
    y: &[f64],
    weights: &Weights,
) -> (Result<f64, Undefined>, Vec<SpatialTest>) {
    let u = &fit.residuals;
    let variance = left_over(fit, y);
    let fitted: Vec<f64> = y.iter().zip(u).map(|(y, u)| y - u).collect();
    let (lag_u, lag_y, lag_fit) = (weights.lag(u), weights.lag(y), weights.lag(&fitted));
    let turned = weights.transposed();
    let squares = sum(weights.edges().map(|(_, _, w)| w * w));
    let trace = squares + product_trace(weights);
    let named = |name, statistic, df| SpatialTest { name, statistic, df };
    if variance <= 0.0 || trace <= 0.0 {
        let why = if variance <= 0.0 { Undefined::NoVariation } else { Undefined::ZeroTotal };
        let names = ["moran", "lm-lag", "lm-error", "lm-lag-robust", "lm-error-robust", "sarma"];
        return (Err(why), names.into_iter().map(|name| named(name, Err(why), Some(1))).collect());
    }
    let (moran, z) = moran(fit, columns, weights, &turned, dot(u, &lag_u));
    let of_error = dot(u, &lag_u) / variance;
    let of_lag = dot(u, &lag_y) / variance;
    let maker = Factored::new(columns, &norms(columns), 0.0).ok();
    let left = maker.map_or_else(|| lag_fit.clone(), |maker| maker.residuals(&lag_fit));
    let j = trace + dot(&left, &left) / variance;
    // Where WXb lies within the columns, a lag and an error cannot be told apart.
    let apart = |value: f64| {
        if j - trace > 1e-10 * trace { Ok(value) } else { Err(Undefined::NotIdentified) }
    };
    let lag_robust = apart((of_lag - of_error).powi(2) / (j - trace));
    let error_robust = apart((of_error - trace / j * of_lag).powi(2) / (trace * (1.0 - trace / j)));
    let lm_error = of_error.powi(2) / trace;
    let tests = vec![
        named("moran", z, None),
        named("lm-lag", Ok(of_lag.powi(2) / j), Some(1)),
        named("lm-error", Ok(lm_error), Some(1)),
        named("lm-lag-robust", lag_robust, Some(1)),
        named("lm-error-robust", error_robust, Some(1)),
        named("sarma", lag_robust.map(|robust| robust + lm_error), Some(2)),
    ];
    (Ok(moran), tests)
}

/// tr(WW) = Σ w_ij w_ji.
pub(super) fn product_trace(weights: &Weights) -> f64 {
    sum((0..weights.len()).flat_map(|i| {
        weights.row(i).filter_map(move |(j, w)| {
            let back = weights.neighbors(j).binary_search(&(i as u32)).ok()?;
            Some(w * weights.values(j)[back])
        })
    }))
}

/// I, and its distance from what residuals of these columns would give by chance.
fn moran(
    fit: &LeastSquares,
    columns: &[Vec<f64>],
    weights: &Weights,
    turned: &Weights,
    cross: f64,
) -> (f64, Result<f64, Undefined>) {
    let (n, k) = (fit.residuals.len(), columns.len());
    let total = sum(weights.edges().map(|(_, _, w)| w));
    let moran = n as f64 / total * cross / fit.rss();
    let Some(freedom) = n.checked_sub(k).filter(|df| *df > 0) else {
        return (moran, Err(Undefined::TooFew));
    };
    let freedom = freedom as f64;
    // S₁ = ½ Σ (w_ij + w_ji)² = Σ w² + Σ w_ij w_ji.
    let s1 = sum(weights.edges().map(|(_, _, w)| w * w)) + product_trace(weights);
    let both = |x: &[f64]| -> Vec<f64> {
        weights.lag(x).iter().zip(turned.lag(x)).map(|(a, b)| a + b).collect()
    };
    let times = |over: &dyn Fn(&[f64]) -> Vec<f64>| -> Vec<f64> {
        let lagged: Vec<Vec<f64>> = columns.iter().map(|x| over(x)).collect();
        (0..k * k)
            .map(|place| {
                let (i, j) = (place / k, place % k);
                sum((0..k).map(|l| fit.bread[i * k + l] * dot(&columns[l], &lagged[j])))
            })
            .collect()
    };
    // Only the symmetric part of W is in u'Wu.
    let a = times(&|x| both(x).iter().map(|sum| sum / 2.0).collect());
    let b = times(&|x| both(&both(x)));
    let trace = |m: &[f64]| sum((0..k).map(|i| m[i * k + i]));
    let trace_aa = sum((0..k * k).map(|place| a[place] * a[place % k * k + place / k]));
    let expected = -(n as f64) * trace(&a) / (freedom * total);
    let scale = (n as f64).powi(2) / (total.powi(2) * freedom * (freedom + 2.0));
    let variance = scale * (s1 + 2.0 * trace_aa - trace(&b) - 2.0 * trace(&a).powi(2) / freedom);
    let z = (moran - expected) / variance.sqrt();
    (moran, if z.is_finite() { Ok(z) } else { Err(Undefined::NotIdentified) })
}

/// The table of tests, each read at the level 1 − `confidence`.
pub(super) fn test_frame(tests: &[SpatialTest], confidence: f64) -> Result<Frame, FrameError> {
    let reading = |test: &SpatialTest| match test.p_value() {
        Ok(p) if p < 1.0 - confidence => "rejected",
        Ok(_) => "not rejected",
        Err(_) => "not identified",
    };
    let df = |test: &SpatialTest| match test.df {
        Some(df) => Datum::Number(df as f64),
        None => Datum::Gap(agglo_core::Gap::NotApplicable),
    };
    Frame::new(vec![
        Column::text("test", tests.iter().map(|test| test.name)),
        Column::number("statistic", "1", tests.iter().map(|test| Datum::from(test.statistic))),
        Column::number("df", "1", tests.iter().map(df)),
        Column::number("p_value", "1", tests.iter().map(|test| Datum::from(test.p_value()))),
        Column::text("reading", tests.iter().map(reading)),
    ])
}

/// 1 − residual over total squares about the mean; `None` when y does not vary.
pub(super) fn share_explained(y: &[f64], residuals: &[f64]) -> Option<f64> {
    let center = mean(y)?;
    let total = sum(y.iter().map(|y| (y - center).powi(2)));
    (total > 0.0).then(|| 1.0 - dot(residuals, residuals) / total)
}
