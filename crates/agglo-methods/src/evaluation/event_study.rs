//! Event study: how did the outcome differ in each year before and after the start?
//!
//! Y_it = α_i + τ_t + Σ_{e ≠ ref} β_e 1[t − g_i = e] + u_it
//!
//! | symbol | meaning                                                  | shape | range    | unit    |
//! |--------|----------------------------------------------------------|-------|----------|---------|
//! | g_i    | the period in which unit i starts; none: never treated   | N     | periods  | period  |
//! | e      | periods since the start, the ends binned when asked      | E     | integers | period  |
//! | β_e    | difference from the reference period, −1                 | E     | any real | outcome |
//! | F      | joint test that β_e = 0 for all e < 0                    | 1     | ≥ 0      | none    |
//!
//! Units that are treated in their first period have no before and are left out. With several
//! starting periods β_e mixes their effects; units that never start are needed unless ends are
//! binned. F = b'V⁻¹b / q with q and the degrees of freedom of t.
//! Gaps: the reference has no standard error; no F without periods before the reference.
//! Cost: O(N E²).
//! Source: Sun and Abraham (2021), Journal of Econometrics 225(2), 175–199 (what β_e mixes).

use std::collections::BTreeMap;

use agglo_core::{Column, Datum, Frame, Gap, Key, Note, Text, Undefined};

use super::outcome::{CLUSTER, CONFIDENCE, GAPS, OUTCOME, Outcomes, PERIOD, PanelFit, UNIT};
use super::{SE_VARIANTS, small_sample};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Input, Mark, Method, OptionKind, OptionSpec, OutputTable, number, optional, out,
    out_key,
};
use crate::inference::{fisher_upper, wald};

const REFERENCE: OptionSpec = OptionSpec {
    name: "reference",
    kind: OptionKind::Integer(-1000, -1),
    default: "-1",
    help: Text::new(
        "period before the start that others are compared with",
        "作为基准的实施前时期",
    ),
};
const LEADS: OptionSpec = OptionSpec {
    name: "leads",
    kind: OptionKind::Integer(0, 1000),
    default: "0",
    help: Text::new(
        "periods before the start, earlier ones binned with the last; 0: all",
        "实施前期数，更早者并入最末一期；0 表示全部",
    ),
};
const LAGS: OptionSpec = OptionSpec {
    name: "lags",
    kind: OptionKind::Integer(0, 1000),
    default: "0",
    help: Text::new(
        "periods after the start, later ones binned with the last; 0: all",
        "实施后期数，更晚者并入最末一期；0 表示全部",
    ),
};
const NEVER: OptionSpec = OptionSpec {
    name: "never",
    kind: OptionKind::Text,
    default: "",
    help: Text::new(
        "a start that means never, such as 0; an empty start always does",
        "表示从未实施的起始值（如 0）；空值始终表示从未实施",
    ),
};

pub(super) static EVENT_STUDY: Method = Method {
    id: "event-study",
    chapter: Chapter::Evaluate,
    title: Text::new("Event study", "事件研究"),
    help: Text::new(
        "How did the outcome change in the years around the start?",
        "政策起始前后各年结果如何变化？",
    ),
    inputs: &[Input {
        table: "outcome",
        required: true,
        columns: &[
            UNIT,
            PERIOD,
            OUTCOME,
            optional(number(
                "start",
                "period in which the unit starts; empty: never",
                "单位开始实施的时期；空表示从未",
            )),
            CLUSTER,
        ],
    }],
    options: &[GAPS, CONFIDENCE, REFERENCE, LEADS, LAGS, NEVER],
    variants: SE_VARIANTS,
    outputs: &[
        OutputTable {
            name: "event",
            columns: &[
                out_key("event_time", "Years since the start", "距起始年数"),
                out("estimate", "outcome", "Difference", "差异"),
                out("se", "outcome", "Standard error", "标准误"),
                out("lower", "outcome", "Lower bound", "下限"),
                out("upper", "outcome", "Upper bound", "上限"),
                out("n", "1", "Observations", "观测数"),
                out("role", "", "Role", "角色"),
            ],
        },
        OutputTable {
            name: "pretrend",
            columns: &[
                out("statistic", "1", "F", "F 值"),
                out("df1", "1", "Numerator degrees", "分子自由度"),
                out("df2", "1", "Denominator degrees", "分母自由度"),
                out("p_value", "1", "p", "p 值"),
            ],
        },
    ],
    formula: "Y(i,t) = α(i) + τ(t) + Σ β(e) 1[t − g(i) = e], e ≠ reference; pre-trend F = b'V⁻¹b / \
              q over all e < 0",
    source: "Sun and Abraham (2021), Journal of Econometrics 225(2), 175–199",
    mark: Mark::Derived,
    run,
};

/// Starting periods by unit; `None` never starts.
fn starts(call: &Call<'_>) -> Result<BTreeMap<Key, Option<i64>>, MethodError> {
    let frame = call.frame("outcome")?;
    if !frame.has("start") {
        return Err(MethodError::NotIdentified {
            what: "the table has no column `start`, so no unit is known to be treated".to_owned(),
        });
    }
    let never: Option<f64> = match call.option("never").trim() {
        "" => None,
        text => Some(text.parse().map_err(|_| MethodError::Data {
            what: format!("`never = {text}` is no number, and starts are numbers"),
        })?),
    };
    let mut starts: BTreeMap<Key, Option<i64>> = BTreeMap::new();
    for (unit, start) in frame.keys("unit")?.into_iter().zip(frame.numbers("start")?) {
        let start = start.number().filter(|start| Some(*start) != never).map(|s| s.round() as i64);
        if let Some(earlier) = starts.insert(unit.clone(), start)
            && earlier != start
        {
            return Err(MethodError::Data {
                what: format!("unit `{unit}` has two different starts"),
            });
        }
    }
    Ok(starts)
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let starts = starts(call)?;
    let frame = call.frame("outcome")?;
    let mut first: BTreeMap<Key, i64> = BTreeMap::new();
    for (unit, period) in frame.keys("unit")?.into_iter().zip(frame.integers("period")?) {
        let earliest = first.entry(unit).or_insert(period);
        *earliest = (*earliest).min(period);
    }
    let always = |unit: &Key| starts[unit].is_some_and(|start| start <= first[unit]);
    let n_always = first.keys().filter(|unit| always(unit)).count();
    let data = Outcomes::read(call, "start", |unit, _, _| !always(unit))?;

    let reference: i64 = call.option("reference").parse().unwrap_or(-1);
    let event = |row: usize| -> Option<i64> {
        let start = starts[data.units.code(data.panel.unit()[row])]?;
        let since = data.when[row] - start;
        let since = match call.option_integer("leads") as i64 {
            0 => since,
            leads => since.max(-leads),
        };
        Some(match call.option_integer("lags") as i64 {
            0 => since,
            lags => since.min(lags),
        })
    };
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    let events: Vec<Option<i64>> = (0..data.panel.n()).map(event).collect();
    for e in events.iter().flatten() {
        *counts.entry(*e).or_default() += 1;
    }
    if counts.is_empty() || !counts.contains_key(&reference) {
        return Err(MethodError::NotIdentified {
            what: format!("no treated unit is observed at the reference, {reference}"),
        });
    }
    let times: Vec<i64> = counts.keys().copied().filter(|e| *e != reference).collect();
    let columns: Vec<Vec<f64>> = times
        .iter()
        .map(|time| events.iter().map(|e| f64::from(*e == Some(*time))).collect())
        .collect();
    let fit = data.fit(&columns, small_sample(call), |column| {
        format!(
            "event time {} (without units that never start, bin the ends with `leads` and `lags`)",
            times[column]
        )
    })?;
    let answer = Answer::one("event", event_table(call, &fit, &times, &counts, reference)?)
        .and("pretrend", pretrend_table(&fit, &times)?)
        .noting(cohort_notes(&data, &starts, n_always));
    Ok(answer.noting(data.notes))
}

fn event_table(
    call: &Call<'_>,
    fit: &PanelFit,
    times: &[i64],
    counts: &BTreeMap<i64, usize>,
    reference: i64,
) -> Result<Frame, MethodError> {
    let (mut estimate, mut se, mut lower, mut upper) = (vec![], vec![], vec![], vec![]);
    let mut role = Vec::new();
    for time in counts.keys() {
        if let Ok(column) = times.binary_search(time) {
            let found = fit.estimate(column, call.option_number("confidence"));
            estimate.push(Datum::Number(fit.fit.coefficients[column]));
            se.push(found.se);
            lower.push(found.lower);
            upper.push(found.upper);
            role.push(if *time < 0 { "before" } else { "after" });
        } else {
            debug_assert_eq!(*time, reference);
            estimate.push(Datum::Number(0.0));
            for bound in [&mut se, &mut lower, &mut upper] {
                bound.push(Datum::Gap(Gap::NotApplicable));
            }
            role.push("reference");
        }
    }
    Ok(Frame::new(vec![
        Column::integer("event_time", "", counts.keys().copied()),
        Column::number("estimate", "outcome", estimate),
        Column::number("se", "outcome", se),
        Column::number("lower", "outcome", lower),
        Column::number("upper", "outcome", upper),
        Column::integer("n", "1", counts.values().map(|n| *n as i64)),
        Column::text("role", role),
    ])?)
}

/// The joint test that nothing happened before the start.
fn pretrend_table(fit: &PanelFit, times: &[i64]) -> Result<Frame, MethodError> {
    let q = times.iter().take_while(|e| **e < 0).count();
    let k = times.len();
    let statistic = match (&fit.covariance, fit.degrees) {
        _ if q == 0 => Err(Undefined::NotEnoughEvidence),
        (Some(all), Some(_)) => {
            let before: Vec<f64> = (0..q * q).map(|place| all[place / q * k + place % q]).collect();
            wald(&fit.fit.coefficients[..q], &before)
                .map(|squared| squared / q as f64)
                .ok_or(Undefined::TooFew)
        }
        _ => Err(Undefined::TooFew),
    };
    let degrees = fit.degrees.map_or(Datum::undefined(Undefined::TooFew), Datum::Number);
    let p_value = match fit.degrees {
        Some(df) => statistic.map(|f| fisher_upper(f, q as f64, df)),
        None => Err(Undefined::TooFew),
    };
    Ok(Frame::new(vec![
        Column::number("statistic", "1", [Datum::from(statistic)]),
        Column::integer("df1", "1", [q as i64]),
        Column::number("df2", "1", [degrees]),
        Column::number("p_value", "1", [Datum::from(p_value)]),
    ])?)
}

fn cohort_notes(
    data: &Outcomes,
    starts: &BTreeMap<Key, Option<i64>>,
    n_always: usize,
) -> Vec<Note> {
    let mut notes = Vec::new();
    if n_always > 0 {
        notes.push(Note::new(
            "always-treated-dropped",
            format!("{n_always} units treated from their first period on were left out"),
            format!("剔除自首期起即受处理的单位 {n_always} 个"),
        ));
    }
    let mut cohorts: Vec<i64> = data.units.codes().iter().filter_map(|unit| starts[unit]).collect();
    let n_never = data.units.len() - cohorts.len();
    cohorts.sort_unstable();
    cohorts.dedup();
    if cohorts.len() > 1 {
        let n = cohorts.len();
        notes.push(Note::new(
            "staggered-starts",
            format!(
                "units start in {n} different periods: each coefficient mixes their effects, and \
                 effects that differ by cohort can contaminate other event times"
            ),
            format!(
                "各单位分 {n} 个时期起始：每个系数混合了不同批次的效应，批次间差异可能影响其他时点"
            ),
        ));
    }
    if n_never == 0 {
        notes.push(Note::new(
            "no-never-treated",
            "no unit stays untreated: later starters serve as the comparison",
            "没有从未受处理的单位：以较晚起始者作为对照",
        ));
    }
    notes
}
