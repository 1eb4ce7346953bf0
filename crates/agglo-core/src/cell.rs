//! What is known of a cell besides its number: what it is, between which values it lies, and how
//! its publisher flagged it.

use crate::frame::Key;
use crate::gap::{Datum, Gap};
use crate::lang::{Lang, Text};

/// What a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// A number as the source counted it.
    Observed,
    /// The source says that there is nothing.
    Zero,
    /// Above zero and smaller than half the unit of the table.
    BelowUnit,
    /// Known to the source and withheld.
    Suppressed,
    /// Not in the source.
    Missing,
    /// The question does not arise.
    NotApplicable,
    /// Computed here from the cells around it.
    Imputed,
    /// A number that the source itself calls an estimate, provisional or unreliable.
    EstimatedBySource,
    /// A number that the source counts in another way than the period before.
    Break,
}

impl Status {
    /// All of them, in a fixed order.
    pub const ALL: [Status; 9] = [
        Status::Observed,
        Status::Zero,
        Status::BelowUnit,
        Status::Suppressed,
        Status::Missing,
        Status::NotApplicable,
        Status::Imputed,
        Status::EstimatedBySource,
        Status::Break,
    ];

    /// The stable code written to files and JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Status::Observed => "observed",
            Status::Zero => "zero",
            Status::BelowUnit => "below_unit",
            Status::Suppressed => "suppressed",
            Status::Missing => "missing",
            Status::NotApplicable => "not_applicable",
            Status::Imputed => "imputed",
            Status::EstimatedBySource => "estimated_by_source",
            Status::Break => "break",
        }
    }

    /// The status with this code, if there is one.
    pub fn from_code(code: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.code() == code)
    }

    /// The status in words.
    pub const fn title(self, lang: Lang) -> &'static str {
        let text = match self {
            Status::Observed => Text::new("observed", "实际值"),
            Status::Zero => Text::new("zero", "零"),
            Status::BelowUnit => Text::new("below half the unit", "不足半个计量单位"),
            Status::Suppressed => Text::new("withheld by the source", "来源保密未公布"),
            Status::Missing => Text::new("missing in the source", "来源缺失"),
            Status::NotApplicable => Text::new("not applicable", "不适用"),
            Status::Imputed => Text::new("imputed", "插补值"),
            Status::EstimatedBySource => Text::new("estimated by the source", "来源估计值"),
            Status::Break => Text::new("break in the series", "序列中断"),
        };
        text.get(lang)
    }

    /// The gap that a cell of this status is, where it holds no number.
    pub const fn gap(self) -> Option<Gap> {
        match self {
            Status::BelowUnit => Some(Gap::BelowUnit),
            Status::Suppressed => Some(Gap::Suppressed),
            Status::Missing => Some(Gap::Missing),
            Status::NotApplicable => Some(Gap::NotApplicable),
            _ => None,
        }
    }
}

impl From<Datum> for Status {
    /// What a cell is by its value alone.
    fn from(datum: Datum) -> Status {
        match datum {
            Datum::Number(0.0) => Status::Zero,
            Datum::Number(_) => Status::Observed,
            Datum::Gap(Gap::Suppressed) => Status::Suppressed,
            Datum::Gap(Gap::BelowUnit) => Status::BelowUnit,
            Datum::Gap(Gap::NotApplicable) => Status::NotApplicable,
            Datum::Gap(Gap::Missing | Gap::Undefined(_)) => Status::Missing,
        }
    }
}

/// The values between which a cell lies, both included; `upper` may be infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The smallest it can be.
    pub lower: f64,
    /// The largest it can be.
    pub upper: f64,
}

impl Bounds {
    /// The bounds, where they are bounds: a finite lower end that is not above the upper one.
    pub fn new(lower: f64, upper: f64) -> Option<Bounds> {
        (lower.is_finite() && lower <= upper).then_some(Bounds { lower, upper })
    }

    /// The bounds of a number that was rounded to whole `step`s or carries noise of `share`.
    pub fn around(value: f64, step: f64, share: f64) -> Bounds {
        let half = step / 2.0 + value.abs() * share;
        Bounds { lower: value - half, upper: value + half }
    }
}

/// What a source says of one cell besides its number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mark {
    /// What the cell is, where its value alone does not tell.
    pub status: Option<Status>,
    /// Between which values it lies, where the source says so.
    pub bounds: Option<Bounds>,
    /// The flag as it stands in the source.
    pub flag: Option<Key>,
}

impl Mark {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Mark::default()
    }

    /// What the cell is: as marked, or by its value.
    pub fn status_of(mark: Option<&Mark>, datum: Datum) -> Status {
        mark.and_then(|mark| mark.status).unwrap_or_else(|| datum.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_found_by_its_code() {
        for status in Status::ALL {
            assert_eq!(Status::from_code(status.code()), Some(status));
        }
    }

    #[test]
    fn a_cell_is_what_it_is_marked_as_and_else_what_its_value_says() {
        assert_eq!(Mark::status_of(None, Datum::Number(0.0)), Status::Zero);
        assert_eq!(Mark::status_of(None, Datum::Gap(Gap::Suppressed)), Status::Suppressed);
        let estimate = Mark { status: Some(Status::EstimatedBySource), ..Mark::default() };
        assert_eq!(Mark::status_of(Some(&estimate), Datum::Number(3.0)), Status::EstimatedBySource);
    }

    #[test]
    fn bounds_that_cross_are_none() {
        assert_eq!(Bounds::new(3.0, 2.0), None);
        assert_eq!(Bounds::new(f64::NAN, 2.0), None);
        assert!(Bounds::new(20.0, f64::INFINITY).is_some());
        assert_eq!(Bounds::around(100.0, 10.0, 0.02), Bounds { lower: 93.0, upper: 107.0 });
    }
}
