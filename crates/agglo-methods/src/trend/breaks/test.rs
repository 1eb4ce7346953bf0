//! Tests of the number of breaks, and the rules that choose it.

use agglo_core::{Column, Datum, Gap, Undefined};

use super::bootstrap::{Draws, p_value};
use super::design::{Candidate, Design, Shape};
use crate::call::{Call, MethodError};
use crate::trend::constants;

/// The critical values hold for this trim.
const TABLED_TRIM: f64 = 0.15;
const CRITICAL_VALUES: &str = include_str!("../../../data/supf_critical_values.csv");

/// The tests of each number of breaks, `None` where there is none.
pub(super) struct Tests {
    /// Probability of a largest F of this size without any break.
    pub(super) any_break: Option<f64>,
    sup_f: Vec<Option<f64>>,
    p_value: Vec<Option<f64>>,
    sequential_f: Vec<Option<f64>>,
    sequential_p: Vec<Option<f64>>,
}

impl Tests {
    pub(super) fn of(
        design: &Design<'_>,
        candidates: &[Candidate],
        draws: &[Draws],
        scale: f64,
    ) -> Tests {
        let f = |fewer: usize, more: usize| {
            design.f_statistic(&candidates[fewer], &candidates[more], scale)
        };
        let numbers = 1..candidates.len();
        let sup_f: Vec<Option<f64>> =
            std::iter::once(None).chain(numbers.clone().map(|m| f(0, m))).collect();
        let sequential_f: Vec<Option<f64>> =
            std::iter::once(None).chain(numbers.map(|m| f(m - 1, m))).collect();
        let p = sup_f.iter().enumerate().map(|(m, f)| {
            let none = &draws.first()?.against_none;
            Some(p_value((*f)?, none.iter().map(|by_number| by_number[m - 1])))
        });
        let one_more = sequential_f.iter().enumerate().map(|(m, f)| {
            let f = (*f)?;
            Some(p_value(f, draws.get(m - 1)?.one_more.iter().copied()))
        });
        let tested = 1..candidates.len();
        let largest = sup_f.iter().flatten().copied().max_by(f64::total_cmp);
        let any_break = largest.zip(draws.first()).map(|(largest, none)| {
            let drawn = |by_number: &Vec<f64>| {
                by_number[..tested.len()].iter().copied().max_by(f64::total_cmp).unwrap_or(0.0)
            };
            p_value(largest, none.against_none.iter().map(drawn))
        });
        Tests {
            any_break,
            p_value: p.collect(),
            sequential_p: one_more.collect(),
            sup_f,
            sequential_f,
        }
    }

    /// No break unless some number of breaks is significant; then the largest number whose last
    /// break is, and at least one. A fall and a rise can cancel, so the first step is not a test.
    fn sequential(&self, level: f64) -> Option<usize> {
        if self.sup_f.len() < 2 {
            return Some(0);
        }
        if self.any_break? >= level {
            return Some(0);
        }
        let significant = |p: &Option<f64>| p.is_some_and(|p| p < level);
        Some(self.sequential_p.iter().rposition(significant).unwrap_or(1))
    }

    pub(super) fn columns(&self, call: &Call<'_>, shape: Shape) -> Vec<Column> {
        let n = self.sup_f.len();
        let name = if shape == Shape::Level { "level" } else { "trend" };
        let tabled = shape != Shape::Kink && call.option_number("trim") == TABLED_TRIM;
        let rows = constants::rows(CRITICAL_VALUES);
        let critical = |m: usize| {
            let row = rows.iter().find(|row| {
                constants::text(row, "shape") == name
                    && constants::number(row, "n_breaks") == Some(m as f64)
            });
            let value = row.filter(|_| tabled).and_then(|row| constants::number(row, "critical_5"));
            value.map_or(Datum::Gap(Gap::NotApplicable), Datum::Number)
        };
        let statistic = |values: &[Option<f64>]| -> Vec<Datum> {
            let datum = |m: usize| match values[m] {
                _ if m == 0 => Datum::Gap(Gap::NotApplicable),
                Some(value) => Datum::finite(value, Undefined::ZeroDenominator),
                None => Datum::undefined(Undefined::NoVariation),
            };
            (0..n).map(datum).collect()
        };
        let share = |values: &[Option<f64>]| -> Vec<Datum> {
            let gap = Datum::Gap(Gap::NotApplicable);
            values.iter().map(|value| value.map_or(gap, Datum::Number)).collect()
        };
        vec![
            Column::number("sup_f", "1", statistic(&self.sup_f)),
            Column::number("critical_5", "1", (0..n).map(critical)),
            Column::number("p_value", "1", share(&self.p_value)),
            Column::number("sequential_f", "1", statistic(&self.sequential_f)),
            Column::number("sequential_p", "1", share(&self.sequential_p)),
        ]
    }
}

/// The numbers of breaks that the three rules choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Choices {
    pub(super) bic: usize,
    pub(super) lwz: usize,
    /// None without a bootstrap.
    pub(super) sequential: Option<usize>,
}

impl Choices {
    pub(super) fn of(
        design: &Design<'_>,
        candidates: &[Candidate],
        tests: &Tests,
        scale: f64,
        level: f64,
    ) -> Choices {
        Choices {
            bic: least(design, candidates, "bic", scale),
            lwz: least(design, candidates, "lwz", scale),
            sequential: tests.sequential(level),
        }
    }

    pub(super) fn by(self, criterion: &str) -> Result<usize, MethodError> {
        match criterion {
            "sequential" => self.sequential.ok_or_else(|| MethodError::Data {
                what: "criterion = sequential needs bootstrap replicates".to_owned(),
            }),
            "lwz" => Ok(self.lwz),
            _ => Ok(self.bic),
        }
    }

    pub(super) fn agree(self) -> bool {
        self.bic == self.lwz && self.sequential.is_none_or(|sequential| sequential == self.bic)
    }
}

/// The number of breaks with the least criterion; an exact fit wins over all that are not.
pub(super) fn least(
    design: &Design<'_>,
    candidates: &[Candidate],
    criterion: &str,
    scale: f64,
) -> usize {
    if let Some(exact) = candidates.iter().position(|candidate| candidate.ssr <= scale) {
        return exact;
    }
    let value = |m: &usize| match criterion {
        "lwz" => design.lwz(&candidates[*m]),
        _ => design.bic(&candidates[*m]),
    };
    (0..candidates.len()).min_by(|a, b| value(a).total_cmp(&value(b))).unwrap_or(0)
}
