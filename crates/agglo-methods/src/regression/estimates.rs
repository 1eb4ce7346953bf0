//! Coefficients with their errors, tests and intervals.

use agglo_core::{Column, Datum, Frame, FrameError, Undefined};

use crate::inference::{normal_cdf, normal_quantile, student_critical, student_two_sided};

/// The distribution that a coefficient over its error is compared with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reference {
    Normal,
    /// Student's t with so many degrees of freedom.
    Student(f64),
}

impl Reference {
    pub(crate) fn two_sided(self, statistic: f64) -> f64 {
        match self {
            Reference::Normal => 2.0 * normal_cdf(-statistic.abs()),
            Reference::Student(df) => student_two_sided(statistic, df),
        }
    }

    fn critical(self, confidence: f64) -> f64 {
        match self {
            Reference::Normal => normal_quantile(f64::midpoint(1.0, confidence)),
            Reference::Student(df) => student_critical(confidence, df),
        }
    }
}

/// One coefficient.
#[derive(Clone, Debug)]
pub(crate) struct Coefficient {
    pub(crate) term: String,
    pub(crate) estimate: f64,
    /// `None` where the data leave no error to measure.
    pub(crate) se: Option<f64>,
}

impl Coefficient {
    /// Coefficients from estimates and the diagonal of a row-major covariance.
    pub(crate) fn list(
        terms: &[String],
        estimates: &[f64],
        covariance: Option<&[f64]>,
    ) -> Vec<Coefficient> {
        let k = estimates.len();
        let se = |j: usize| covariance.map(|v| v[j * k + j].max(0.0).sqrt());
        terms
            .iter()
            .zip(estimates)
            .enumerate()
            .map(|(j, (term, &estimate))| Coefficient { term: term.clone(), estimate, se: se(j) })
            .collect()
    }

    pub(crate) fn p_value(&self, reference: Reference) -> Datum {
        match self.se {
            None => Datum::undefined(Undefined::TooFew),
            Some(se) => Datum::ratio(self.estimate, se).map(|t| reference.two_sided(t)),
        }
    }
}

/// The table of coefficients, with its first key column named `key`.
pub(crate) fn coefficient_frame(
    key: &str,
    coefficients: &[Coefficient],
    reference: Reference,
    confidence: f64,
) -> Result<Frame, FrameError> {
    let reach = reference.critical(confidence);
    let too_few = Datum::undefined(Undefined::TooFew);
    let with_se = |of: &dyn Fn(f64, f64) -> Datum| -> Vec<Datum> {
        coefficients.iter().map(|c| c.se.map_or(too_few, |se| of(c.estimate, se))).collect()
    };
    Frame::new(vec![
        Column::text(key, coefficients.iter().map(|c| c.term.as_str())),
        Column::numbers("estimate", "y/term", coefficients.iter().map(|c| c.estimate)),
        Column::number("se", "y/term", with_se(&|_, se| Datum::Number(se))),
        Column::number("statistic", "1", with_se(&Datum::ratio)),
        Column::number("p_value", "1", coefficients.iter().map(|c| c.p_value(reference))),
        Column::number("lower", "y/term", with_se(&|b, se| Datum::Number(b - reach * se))),
        Column::number("upper", "y/term", with_se(&|b, se| Datum::Number(b + reach * se))),
    ])
}

/// A table of named measures.
pub(super) fn measure_frame(measures: &[(&str, Datum)]) -> Result<Frame, FrameError> {
    Frame::new(vec![
        Column::text("measure", measures.iter().map(|(name, _)| *name)),
        Column::number("value", "1", measures.iter().map(|(_, value)| *value)),
    ])
}
