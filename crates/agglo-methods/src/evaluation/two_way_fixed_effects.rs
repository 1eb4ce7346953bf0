//! Two-way fixed effects: what changed in treated units when they were treated, beyond what changed
//! everywhere?
//!
//! Y_it = α_i + τ_t + β D_it + u_it,  β = Σ D̃_it Y_it / Σ D̃²_it
//!
//! | symbol | meaning                                              | shape | range    | unit    |
//! |--------|------------------------------------------------------|-------|----------|---------|
//! | Y      | outcome of unit i in period t                        | N     | any real | outcome |
//! | D      | treated (1) or not (0), or a dose                    | N     | any real | any     |
//! | D̃      | D without unit and period effects                    | N     | any real | any     |
//! | w_it   | D̃_it D_it / Σ D̃²: weight of a treated cell's effect  | N     | sum 1    | none    |
//!
//! With starts at different times and effects that differ, β is a weighted mean of the effects in
//! the treated cells, and some weights may be negative: then β can have the wrong sign. Their
//! share is printed, and the weights are a table of their own.
//! Gaps: no standard error with one cluster. Cost: O(N) per sweep of the effects.
//! Source: de Chaisemartin and D'Haultfœuille (2020), American Economic Review 110(9), 2964–2996;
//! Goodman-Bacon (2021), Journal of Econometrics 225(2), 254–277.

use agglo_core::{Column, Datum, Frame, Key, Text, sum};

use super::outcome::{CLUSTER, CONFIDENCE, GAPS, OUTCOME, Outcomes, PERIOD, PanelFit, UNIT};
use super::{SE_VARIANTS, small_sample};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{Chapter, Input, Mark, Method, OUT_PERIOD, OutputTable, number, out, out_key};
use crate::inference::dot;

pub(super) static TWO_WAY_FIXED_EFFECTS: Method = Method {
    id: "two-way-fixed-effects",
    chapter: Chapter::Evaluate,
    title: Text::new("Two-way fixed effects", "双向固定效应"),
    help: Text::new(
        "Did the outcome of treated units change when they were treated?",
        "受政策影响的单位在政策实施后结果是否改变？",
    ),
    inputs: &[Input {
        table: "outcome",
        required: true,
        columns: &[
            UNIT,
            PERIOD,
            OUTCOME,
            number(
                "treated",
                "1 while treated, 0 otherwise, or a dose",
                "处理期为 1，否则为 0，或处理强度",
            ),
            CLUSTER,
        ],
    }],
    options: &[GAPS, CONFIDENCE],
    variants: SE_VARIANTS,
    outputs: &[
        OutputTable {
            name: "effect",
            columns: &[
                out("estimate", "outcome", "Effect", "效应"),
                out("se", "outcome", "Standard error", "标准误"),
                out("t", "1", "t", "t 值"),
                out("p_value", "1", "p", "p 值"),
                out("lower", "outcome", "Lower bound", "下限"),
                out("upper", "outcome", "Upper bound", "上限"),
                out("n", "1", "Observations", "观测数"),
                out("n_units", "1", "Units", "单位数"),
                out("n_treated_units", "1", "Treated units", "受处理单位数"),
                out("n_periods", "1", "Years", "期数"),
                out("n_clusters", "1", "Clusters", "聚类数"),
                out(
                    "share_negative_weights",
                    "1",
                    "Treated cells with negative weight",
                    "负权重处理单元占比",
                ),
                out("sum_negative_weights", "1", "Sum of negative weights", "负权重之和"),
            ],
        },
        OutputTable {
            name: "weights",
            columns: &[
                out_key("unit", "Unit", "单位"),
                OUT_PERIOD,
                out("weight", "1", "Weight", "权重"),
            ],
        },
    ],
    formula: "Y(i,t) = α(i) + τ(t) + β D(i,t); weight of a treated cell D̃(i,t) D(i,t) / Σ D̃², D̃: \
              D without unit and period effects",
    source: "de Chaisemartin and D'Haultfœuille (2020), AER 110(9), 2964–2996; Goodman-Bacon \
             (2021), Journal of Econometrics 225(2), 254–277; standard errors: Liang and Zeger \
             (1986), Biometrika 73(1), 13–22",
    mark: Mark::Derived,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let data = Outcomes::read(call, "treated", |_, _, treated| treated.gap().is_none())?;
    let treated: Vec<f64> = data.other.iter().filter_map(|d| d.number()).collect();
    let columns = [treated];
    let fit = data.fit(&columns, small_sample(call), |_| "`treated`".to_owned())?;
    let [treated] = &columns;
    let weights = cell_weights(&fit, treated);
    let units: Vec<usize> = weights.iter().map(|(row, _)| data.panel.unit()[*row]).collect();
    let mut treated_units = units.clone();
    treated_units.sort_unstable();
    treated_units.dedup();
    let negative: Vec<f64> = weights.iter().map(|(_, w)| *w).filter(|w| *w < 0.0).collect();
    let found = fit.estimate(0, call.option_number("confidence"));
    let one = |name: &str, unit: &str, value: Datum| Column::number(name, unit, [value]);
    let count = |name: &str, value: usize| Column::integer(name, "1", [value as i64]);
    let effect = Frame::new(vec![
        one("estimate", "outcome", Datum::Number(fit.fit.coefficients[0])),
        one("se", "outcome", found.se),
        one("t", "1", found.t),
        one("p_value", "1", found.p_value),
        one("lower", "outcome", found.lower),
        one("upper", "outcome", found.upper),
        count("n", data.panel.n()),
        count("n_units", data.panel.n_units()),
        count("n_treated_units", treated_units.len()),
        count("n_periods", data.panel.n_periods()),
        count("n_clusters", data.n_clusters),
        one(
            "share_negative_weights",
            "1",
            Datum::ratio(negative.len() as f64, weights.len() as f64),
        ),
        one("sum_negative_weights", "1", Datum::Number(sum(negative.iter().copied()))),
    ])?;
    let codes = units.iter().map(|&unit| Key::clone(data.units.code(unit)));
    let table = Frame::new(vec![
        Column::text("unit", codes),
        Column::integer("period", "", weights.iter().map(|(row, _)| data.when[*row])),
        Column::numbers("weight", "1", weights.iter().map(|(_, weight)| *weight)),
    ])?;
    Ok(Answer::one("effect", effect).and("weights", table).noting(data.notes))
}

/// The weight of every treated observation.
fn cell_weights(fit: &PanelFit, treated: &[f64]) -> Vec<(usize, f64)> {
    let within = &fit.regressors[0];
    let total = dot(within, within);
    let cells = treated.iter().enumerate().filter(|(_, d)| **d != 0.0);
    cells.map(|(row, d)| (row, within[row] * d / total)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::{Inputs, Options, ask};

    #[track_caller]
    fn check(variant: &str, rows: &[(&str, i64, f64, f64)], expected: &[(&str, f64)]) -> Answer {
        let frame = Frame::new(vec![
            Column::text("unit", rows.iter().map(|r| r.0)),
            Column::integer("period", "", rows.iter().map(|r| r.1)),
            Column::numbers("outcome", "1", rows.iter().map(|r| r.2)),
            Column::numbers("treated", "1", rows.iter().map(|r| r.3)),
        ]);
        let inputs = Inputs::new().with("outcome", frame.unwrap());
        let answer = ask("two-way-fixed-effects", Some(variant), &inputs, &Options::new()).unwrap();
        for (column, value) in expected {
            let found = answer.main().numbers(column).unwrap()[0].number().unwrap();
            assert!((found - value).abs() < 1e-12, "{column}: {found} is not {value}");
        }
        answer
    }

    // Treated 5 → 9 and 6 → 11, untreated 4 → 5 and 5 → 7: gains 4 and 5 against 1 and 2, so 3.
    // D̃ = ±1/4, Σ D̃² = 1/2; residuals ±1/4, so each unit scores ±2/16, and CR0 is
    // √(4 · (1/8)²) / (1/2) = 1/2.
    const TWO_BY_TWO: [(&str, i64, f64, f64); 8] = [
        ("a", 1, 5.0, 0.0),
        ("a", 2, 9.0, 1.0),
        ("b", 1, 6.0, 0.0),
        ("b", 2, 11.0, 1.0),
        ("c", 1, 4.0, 0.0),
        ("c", 2, 5.0, 0.0),
        ("d", 1, 5.0, 0.0),
        ("d", 2, 7.0, 0.0),
    ];

    #[test]
    fn two_groups_and_two_periods_give_the_difference_of_gains() {
        let expected =
            [("estimate", 3.0), ("se", 0.5), ("n_clusters", 4.0), ("share_negative_weights", 0.0)];
        check("cr0", &TWO_BY_TWO, &expected);
        check("cr1", &TWO_BY_TWO, &[("se", (4.0_f64 / 3.0).sqrt() / 2.0)]);
    }

    #[test]
    fn a_unit_that_is_always_treated_does_not_identify_an_effect() {
        let frame = Frame::new(vec![
            Column::text("unit", ["a", "a", "b", "b"]),
            Column::integer("period", "", [1, 2, 1, 2]),
            Column::numbers("outcome", "1", [1.0, 2.0, 3.0, 4.0]),
            Column::numbers("treated", "1", [1.0, 1.0, 0.0, 0.0]),
        ]);
        let inputs = Inputs::new().with("outcome", frame.unwrap());
        let error = ask("two-way-fixed-effects", None, &inputs, &Options::new()).unwrap_err();
        assert!(matches!(error, MethodError::NotIdentified { .. }));
    }

    // Unit a starts in 2, unit b in 3; nobody stays untreated. In a's last period it is compared
    // with b, which was just treated: that cell's weight is negative.
    #[test]
    fn staggered_starts_without_controls_have_negative_weights() {
        let rows: Vec<(&str, i64, f64, f64)> = [("a", 2), ("b", 3)]
            .iter()
            .flat_map(|&(unit, start)| {
                (1..=3).map(move |t| (unit, t, t as f64, f64::from(t >= start)))
            })
            .collect();
        let answer = check("cr0", &rows, &[("share_negative_weights", 1.0 / 3.0)]);
        let weights = answer.table("weights").unwrap().numbers("weight").unwrap();
        let total = sum(weights.iter().filter_map(|w| w.number()));
        assert!((total - 1.0).abs() < 1e-12);
    }
}
