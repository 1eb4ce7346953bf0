//! Industrial gradient coefficient: who is specialized *and* productive enough to send an industry
//! on, who stands below.
//!
//! IGCᵢᵣ = LQᵢᵣ · CPORᵢᵣ        CPOR = (VAᵢᵣ/VAᵢ)/(Lᵢᵣ/Lᵢ)
//!
//! | symbol | meaning                                               | shape | range | unit  |
//! |--------|-------------------------------------------------------|-------|-------|-------|
//! | VA     | value added                                           | R × I | ≥ 0   | money |
//! | L      | employment                                            | R × I | ≥ 0   | persons |
//! | LQ     | location quotient of value added                      | R × I | ≥ 0   | none  |
//! | CPOR   | labor productivity relative to the industry           | R × I | ≥ 0   | none  |
//! | CCOR   | output per capital relative to the industry           | R × I | ≥ 0   | none  |
//!
//! Above 1 a high gradient (a potential sender), below 1 a low one. The variant `with-capital`
//! multiplies by CCOR. Gaps: option `gaps`; no employment, no coefficient. Cost: O(RI).
//! Source: Dai (2003), from memory; with capital Chen and Xiong (2007).

use agglo_core::{Absent, Column, Datum, Frame, Panel, Text};

use super::window::aligned;
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, GAPS, INDUSTRY, Input, Mark, Method, OUT_INDUSTRY, OUT_PERIOD, OUT_REGION,
    OutputTable, PERIOD, REGION, Variant, number, optional, out,
};

/// The coefficient of one cell with its parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gradient {
    /// Location quotient of value added.
    pub lq: Datum,
    /// Relative labor productivity.
    pub relative_productivity: Datum,
    /// Relative output per capital, where capital is given.
    pub relative_capital_return: Option<Datum>,
    /// Their product.
    pub gradient: Datum,
}

/// Gradient of a cell. `value_added` and `employment` hold the cell and the industry, `all` the
/// region's and the nation's total value added, `capital` the cell and the industry.
pub fn industrial_gradient(
    value_added: [f64; 2],
    employment: [f64; 2],
    all: [f64; 2],
    capital: Option<[f64; 2]>,
) -> Gradient {
    let share = |[part, whole]: [f64; 2]| Datum::ratio(part, whole);
    let lq = over(share(value_added), share(all));
    let relative_productivity = over(share(value_added), share(employment));
    let relative_capital_return = capital.map(|k| over(share(value_added), share(k)));
    let product = times(lq, relative_productivity);
    let gradient = relative_capital_return.map_or(product, |capital| times(product, capital));
    Gradient { lq, relative_productivity, relative_capital_return, gradient }
}

fn over(a: Datum, b: Datum) -> Datum {
    both(a, b, Datum::ratio)
}

fn times(a: Datum, b: Datum) -> Datum {
    both(a, b, |a, b| Datum::Number(a * b))
}

fn both(a: Datum, b: Datum, f: impl Fn(f64, f64) -> Datum) -> Datum {
    match (a, b) {
        (Datum::Number(a), Datum::Number(b)) => f(a, b),
        (gap @ Datum::Gap(_), _) | (_, gap @ Datum::Gap(_)) => gap,
    }
}

pub(super) static INDUSTRIAL_GRADIENT: Method = Method {
    id: "industrial-gradient",
    chapter: Chapter::Transfer,
    title: Text::new("Industrial gradient coefficient", "产业梯度系数"),
    help: Text::new(
        "Which regions could send an industry on, and which stand below?",
        "哪些地区处于产业高梯度、可能转出，哪些处于低梯度？",
    ),
    inputs: &[Input {
        table: "gradient",
        required: true,
        columns: &[
            REGION,
            INDUSTRY,
            PERIOD,
            number("value_added", "value added", "增加值"),
            number("employment", "persons employed", "就业人数"),
            optional(number(
                "fixed_assets",
                "fixed assets, for `with-capital`",
                "固定资产（with-capital 用）",
            )),
        ],
    }],
    options: &[GAPS],
    variants: &[
        Variant {
            id: "labor",
            help: Text::new(
                "location quotient times relative labor productivity",
                "区位商乘以比较劳动生产率",
            ),
        },
        Variant {
            id: "with-capital",
            help: Text::new("times the relative return on capital too", "再乘以比较资本产出率"),
        },
    ],
    outputs: &[OutputTable {
        name: "gradient",
        columns: &[
            OUT_PERIOD,
            OUT_REGION,
            OUT_INDUSTRY,
            out("lq", "1", "Location quotient", "区位商"),
            out("relative_productivity", "1", "Relative productivity", "比较劳动生产率"),
            out("relative_capital_return", "1", "Relative capital return", "比较资本产出率"),
            out("gradient", "1", "Gradient", "产业梯度系数"),
            out("level", "", "Level", "梯度"),
        ],
    }],
    formula: "IGC = LQ · (VAir/VAi)/(Lir/Li)   LQ: location quotient of value added; VA: value \
              added; L: employment; with capital: times (VAir/VAi)/(Kir/Ki)",
    source: "Dai (2003); with capital Chen and Xiong (2007)",
    mark: Mark::Memory,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let frame = call.frame("gradient")?;
    let panel_of = |measure: &str| -> Result<Panel, MethodError> {
        let value = frame.column(measure)?.renamed("value");
        Ok(Panel::from_frame(&frame.clone().with(value)?, Absent::Missing)?)
    };
    let (value_added, employment) = (panel_of("value_added")?, panel_of("employment")?);
    let with_capital = call.variant() == "with-capital";
    let capital = with_capital.then(|| panel_of("fixed_assets")).transpose()?;

    let (mut period, mut region, mut industry) = (vec![], vec![], vec![]);
    let mut found: Vec<Gradient> = Vec::new();
    let mut notes = Vec::new();
    for (idx, &year) in value_added.periods().iter().enumerate() {
        call.control().step(idx as u64, value_added.periods().len() as u64)?;
        let mut wanted = vec![(&value_added, idx), (&employment, idx)];
        wanted.extend(capital.as_ref().map(|panel| (panel, idx)));
        let (measures, remarks) = aligned(call, &wanted)?;
        notes.extend(remarks);
        let totals: Vec<Vec<f64>> =
            measures.iter().map(agglo_core::Activity::industry_totals).collect();
        let total_of = |measure: usize, industry: usize| totals[measure][industry];
        let (by_region, all) = (measures[0].region_totals(), measures[0].total());
        for (r, region_total) in by_region.iter().enumerate() {
            for i in 0..measures[0].n_industries() {
                let pair = |measure: usize| [measures[measure].value(r, i), total_of(measure, i)];
                period.push(i64::from(year));
                region.push(measures[0].regions().code(r).clone());
                industry.push(measures[0].industries().code(i).clone());
                found.push(industrial_gradient(
                    pair(0),
                    pair(1),
                    [*region_total, all],
                    with_capital.then(|| pair(2)),
                ));
            }
        }
    }
    let not_asked = Datum::Gap(agglo_core::Gap::NotApplicable);
    let level =
        |g: &Gradient| g.gradient.number().map(|g| if g > 1.0 { "high" } else { "low" }.into());
    let frame = Frame::new(vec![
        Column::integer("period", "", period),
        Column::text("region", region),
        Column::text("industry", industry),
        Column::number("lq", "1", found.iter().map(|g| g.lq)),
        Column::number("relative_productivity", "1", found.iter().map(|g| g.relative_productivity)),
        Column::number(
            "relative_capital_return",
            "1",
            found.iter().map(|g| g.relative_capital_return.unwrap_or(not_asked)),
        ),
        Column::number("gradient", "1", found.iter().map(|g| g.gradient)),
        Column::new("level", "", agglo_core::Values::Text(found.iter().map(level).collect())),
    ])?;
    Ok(Answer::one("gradient", frame).noting(notes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(datum: Datum, expected: f64) {
        assert!((datum.number().unwrap() - expected).abs() < 5e-7, "{datum:?} is not {expected}");
    }

    // Value added 60, 25, 15 with 50, 30, 20 persons; the regions' totals are 90, 65, 45.
    #[test]
    fn the_worked_example_has_one_high_gradient() {
        for (cell, persons, region, lq, productivity, gradient) in [
            (60.0, 50.0, 90.0, 1.333_333, 1.2, 1.6),
            (25.0, 30.0, 65.0, 0.769_231, 0.833_333, 0.641_026),
            (15.0, 20.0, 45.0, 0.666_667, 0.75, 0.5),
        ] {
            let found = industrial_gradient([cell, 100.0], [persons, 100.0], [region, 200.0], None);
            check(found.lq, lq);
            check(found.relative_productivity, productivity);
            check(found.gradient, gradient);
        }
    }

    #[test]
    fn capital_multiplies_and_no_employment_leaves_a_gap() {
        let found =
            industrial_gradient([60.0, 100.0], [50.0, 100.0], [90.0, 200.0], Some([40.0, 100.0]));
        check(found.gradient, 2.4);
        let found = industrial_gradient([60.0, 100.0], [0.0, 100.0], [90.0, 200.0], None);
        assert_eq!(found.gradient.number(), None);
    }
}
