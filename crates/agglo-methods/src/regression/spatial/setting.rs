//! What the spatial models share: their data, effects, and measures of fit.

use agglo_core::{Datum, Gap, Note, Text, Weights};

use super::Failure;
use super::neighborhood::neighborhood;
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{OptionKind, OptionSpec};
use crate::evaluation::TwoWay;
use crate::inference::{LeastSquares, chi_squared_upper, least_squares, norms};
use crate::regression::estimates::{Coefficient, Reference, coefficient_frame};
use crate::regression::observations::{Effects, Observations};

pub(super) const EFFECTS: OptionSpec = OptionSpec {
    name: "effects",
    kind: OptionKind::Choice(&Effects::NAMES),
    default: "none",
    help: Text::new(
        "fixed effects: of regions, by deviations from their means, as spreg Panel_FE_Lag and \
         Panel_FE_Error; of periods, by columns",
        "固定效应：地区效应取离差（同 spreg Panel_FE_Lag、Panel_FE_Error），时期效应为虚拟变量",
    ),
};

/// The data of a spatial model.
pub(super) struct Setting {
    pub(super) data: Observations,
    pub(super) weights: Weights,
    /// What was said of the weights.
    pub(super) said: Vec<Note>,
    /// The model without the neighbors.
    pub(super) plain: LeastSquares,
    /// Columns that explain y; those of periods follow.
    pub(super) n_own: usize,
    given: Vec<f64>,
    /// Periods of each region, where its effect was taken out.
    n_periods: Option<usize>,
}

impl Setting {
    /// Reads the tables and takes the effects out.
    ///
    /// Deviations from regions' means commute with the lag where every region has every period, so
    /// the model without effects holds for them.
    pub(super) fn read(call: &Call<'_>) -> Result<Setting, MethodError> {
        let mut data = Observations::read(call)?;
        let effects = Effects::named(call.option("effects"));
        let given = data.y.clone();
        let is_within = matches!(effects, Effects::Region | Effects::Both);
        let n_own = data.columns.len() - usize::from(is_within);
        if is_within && n_own == 0 {
            return Err(MethodError::NotIdentified {
                what: "with effects of regions there must be a column in `x`".to_owned(),
            });
        }
        if matches!(effects, Effects::Period | Effects::Both) {
            data.add_periods();
        }
        let n_periods = if is_within { Some(data.n_periods()?) } else { None };
        let panel = if is_within { data.take_out(Effects::Region)? } else { None };
        data.need(data.columns.len() + 2 + panel.as_ref().map_or(0, TwoWay::n_effects))?;
        let (weights, said) = neighborhood(call, &data)?;
        let plain = least_squares(&data.columns, &norms(&data.columns), &data.y)
            .map_err(|repeated| data.repeated(repeated.column))?;
        Ok(Setting { data, weights, said, plain, n_own, given, n_periods })
    }

    /// A failure as the method's error.
    pub(super) fn failed(&self, failure: Failure) -> MethodError {
        failure.into_error(|column| self.data.repeated(column))
    }

    /// Measures of a fit with `n_parameters` coefficients.
    pub(super) fn measures(
        &self,
        n_parameters: usize,
        variance: f64,
        log_likelihood: Option<f64>,
    ) -> Vec<(&'static str, Datum)> {
        let (n, k) = (self.data.n(), n_parameters as f64);
        let height = log_likelihood.map_or(Datum::Gap(Gap::NotApplicable), Datum::Number);
        let by_ols = super::lag::gaussian(n, self.plain.rss() / n as f64);
        let ratio = height.map(|height| 2.0 * (height - by_ols));
        let mut measures =
            vec![("n", Datum::Number(n as f64)), ("sigma2", Datum::Number(variance))];
        if let Some(n_periods) = self.n_periods {
            // A region's mean takes one period of each away.
            let t = n_periods as f64;
            measures.push(("sigma2_corrected", Datum::Number(variance * t / (t - 1.0))));
        }
        measures.extend([
            ("log_likelihood", height),
            ("aic", height.map(|height| 2.0 * k - 2.0 * height)),
            ("bic", height.map(|height| (n as f64).ln() * k - 2.0 * height)),
            ("lr_ols", ratio),
            ("lr_ols_p_value", ratio.map(|ratio| chi_squared_upper(ratio, 1.0))),
        ]);
        measures
    }

    /// The answer's first table and its last, what was left.
    pub(super) fn answer(
        &self,
        call: &Call<'_>,
        coefficients: &[Coefficient],
        residuals: &[f64],
        middle: impl FnOnce(Answer) -> Result<Answer, MethodError>,
    ) -> Result<Answer, MethodError> {
        let confidence = call.option_number("confidence");
        let fitted: Vec<f64> = self.given.iter().zip(residuals).map(|(y, u)| y - u).collect();
        let first = Answer::one(
            "coefficients",
            coefficient_frame("term", coefficients, Reference::Normal, confidence)?,
        );
        Ok(middle(first)?
            .and("residuals", self.data.residual_frame(&fitted, residuals)?)
            .noting(self.data.notes.clone())
            .noting(self.said.clone()))
    }
}
