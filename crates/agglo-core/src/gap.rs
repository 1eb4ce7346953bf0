//! A number, or the reason why there is none.
//!
//! Zero, missing, suppressed, below the unit and undefined are different things and stay so from
//! the source cell to the rank; no NaN stands for any of them.

use crate::lang::{Lang, Text};

/// Why a cell holds no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Gap {
    /// Not in the source: blank, `NA`, `:` or `…`.
    Missing,
    /// Known to the source and withheld, as `(D)` or `c`.
    Suppressed,
    /// Above zero and smaller than half the unit of the table.
    BelowUnit,
    /// The question does not arise for this cell.
    NotApplicable,
    /// The formula has no value here.
    Undefined(Undefined),
}

/// Why a formula has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Undefined {
    /// A ratio over zero.
    ZeroDenominator,
    /// The region or industry has no activity at all.
    ZeroTotal,
    /// Concentration needs more than one region.
    SingleRegion,
    /// One establishment cannot be compared with chance.
    SingleUnit,
    /// Too few observations for the statistic.
    TooFew,
    /// The values are not close enough to normal for the test asked for.
    NotNormal,
    /// A negative value where shares need none.
    Negative,
    /// The logarithm of zero.
    LogOfZero,
    /// All values are the same.
    NoVariation,
    /// The data cannot separate this effect from another.
    NotIdentified,
    /// Inputs that the rule asks for are absent.
    NotEnoughEvidence,
    /// A value this one is computed from is itself a gap.
    FromGap,
}

impl Gap {
    /// All gaps, in a fixed order.
    pub const ALL: [Gap; 16] = [
        Gap::Missing,
        Gap::Suppressed,
        Gap::BelowUnit,
        Gap::NotApplicable,
        Gap::Undefined(Undefined::ZeroDenominator),
        Gap::Undefined(Undefined::ZeroTotal),
        Gap::Undefined(Undefined::SingleRegion),
        Gap::Undefined(Undefined::SingleUnit),
        Gap::Undefined(Undefined::TooFew),
        Gap::Undefined(Undefined::NotNormal),
        Gap::Undefined(Undefined::Negative),
        Gap::Undefined(Undefined::LogOfZero),
        Gap::Undefined(Undefined::NoVariation),
        Gap::Undefined(Undefined::NotIdentified),
        Gap::Undefined(Undefined::NotEnoughEvidence),
        Gap::Undefined(Undefined::FromGap),
    ];

    /// The stable code written to files and JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Gap::Missing => "missing",
            Gap::Suppressed => "suppressed",
            Gap::BelowUnit => "below_unit",
            Gap::NotApplicable => "not_applicable",
            Gap::Undefined(why) => match why {
                Undefined::ZeroDenominator => "zero_denominator",
                Undefined::ZeroTotal => "zero_total",
                Undefined::SingleRegion => "single_region",
                Undefined::SingleUnit => "single_unit",
                Undefined::TooFew => "too_few",
                Undefined::NotNormal => "not_normal",
                Undefined::Negative => "negative",
                Undefined::LogOfZero => "log_of_zero",
                Undefined::NoVariation => "no_variation",
                Undefined::NotIdentified => "not_identified",
                Undefined::NotEnoughEvidence => "not_enough_evidence",
                Undefined::FromGap => "from_gap",
            },
        }
    }

    /// The gap with this code, if there is one.
    pub fn from_code(code: &str) -> Option<Gap> {
        Gap::ALL.into_iter().find(|gap| gap.code() == code)
    }

    /// The reason in words.
    pub const fn reason(self, lang: Lang) -> &'static str {
        let text = match self {
            Gap::Missing => Text::new("missing in the source", "来源缺失"),
            Gap::Suppressed => Text::new("withheld by the source", "来源保密未公布"),
            Gap::BelowUnit => Text::new("below half the unit", "不足半个计量单位"),
            Gap::NotApplicable => Text::new("not applicable", "不适用"),
            Gap::Undefined(why) => match why {
                Undefined::ZeroDenominator => Text::new("ratio over zero", "分母为零"),
                Undefined::ZeroTotal => Text::new("no activity at all", "总量为零"),
                Undefined::SingleRegion => Text::new("needs more than one region", "仅有一个地区"),
                Undefined::SingleUnit => {
                    Text::new("needs more than one establishment", "仅有一个企业单位")
                }
                Undefined::TooFew => Text::new("too few observations", "观测值太少"),
                Undefined::NotNormal => Text::new("not close to normal", "不服从正态分布"),
                Undefined::Negative => Text::new("negative value", "出现负值"),
                Undefined::LogOfZero => Text::new("logarithm of zero", "零的对数无定义"),
                Undefined::NoVariation => Text::new("all values are equal", "数值没有差异"),
                Undefined::NotIdentified => Text::new("not identified", "无法识别"),
                Undefined::NotEnoughEvidence => Text::new("not enough evidence", "证据不足"),
                Undefined::FromGap => Text::new("computed from a gap", "所依据的数值缺失"),
            },
        };
        text.get(lang)
    }
}

/// A number, or the reason why there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Datum {
    /// A finite number.
    Number(f64),
    /// No number, and why.
    Gap(Gap),
}

impl Datum {
    /// The number, or `otherwise` when `value` is not finite.
    pub fn finite(value: f64, otherwise: Undefined) -> Datum {
        if value.is_finite() { Datum::Number(value) } else { Datum::Gap(Gap::Undefined(otherwise)) }
    }

    /// `numerator / denominator`, a gap when the denominator is zero.
    pub fn ratio(numerator: f64, denominator: f64) -> Datum {
        if denominator == 0.0 {
            Datum::Gap(Gap::Undefined(Undefined::ZeroDenominator))
        } else {
            Datum::finite(numerator / denominator, Undefined::ZeroDenominator)
        }
    }

    /// A formula's gap.
    pub const fn undefined(why: Undefined) -> Datum {
        Datum::Gap(Gap::Undefined(why))
    }

    /// The number, if there is one.
    pub const fn number(self) -> Option<f64> {
        match self {
            Datum::Number(value) => Some(value),
            Datum::Gap(_) => None,
        }
    }

    /// The gap, if there is one.
    pub const fn gap(self) -> Option<Gap> {
        match self {
            Datum::Number(_) => None,
            Datum::Gap(gap) => Some(gap),
        }
    }

    /// Applies `f` to the number; a gap stays what it is.
    pub fn map(self, f: impl FnOnce(f64) -> f64) -> Datum {
        match self {
            Datum::Number(value) => Datum::finite(f(value), Undefined::NotIdentified),
            Datum::Gap(gap) => Datum::Gap(gap),
        }
    }
}

impl From<Undefined> for Datum {
    fn from(why: Undefined) -> Datum {
        Datum::undefined(why)
    }
}

impl From<Result<f64, Undefined>> for Datum {
    fn from(result: Result<f64, Undefined>) -> Datum {
        match result {
            Ok(value) => Datum::finite(value, Undefined::NotIdentified),
            Err(why) => Datum::undefined(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gap_is_found_by_its_code() {
        for gap in Gap::ALL {
            assert_eq!(Gap::from_code(gap.code()), Some(gap));
        }
    }

    #[test]
    fn a_ratio_over_zero_is_a_gap_and_not_infinity() {
        assert_eq!(Datum::ratio(1.0, 0.0), Datum::undefined(Undefined::ZeroDenominator));
        assert_eq!(Datum::ratio(1.0, 4.0), Datum::Number(0.25));
    }
}
