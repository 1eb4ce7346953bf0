//! Regressions and pairs of variables that the study file asks for.

use agglo_methods::Options;

use super::variables::{role, table};
use super::{Facts, Plan};
use crate::binding::Binding;
use crate::space::TABLE;
use crate::spec::{PairSpec, PeriodChoice, RegressionModel, RegressionSpec};

pub(super) fn plan(facts: &Facts<'_>, plan: &mut Plan) {
    for regression in &facts.spec.measure.regression {
        if let Err(why) = add_regression(facts, plan, regression) {
            plan.faults.push(format!("[[measure.regression]] \"{}\": {why}", regression.id));
        }
    }
    for pair in &facts.spec.space.pair {
        if let Err(why) = add_pair(facts, plan, pair) {
            plan.faults.push(format!("[[space.pair]] \"{}\": {why}", pair.id));
        }
    }
}

/// The neighbors, each with its weight, where the study has any.
fn weights(facts: &Facts<'_>) -> Option<Binding> {
    let columns = ["region", "neighbor", "weight"];
    let rows = if facts.has_columns(TABLE, &columns) {
        Binding::table(TABLE)
    } else {
        // Where the table names no weights, the step that reads it gives them.
        Binding::step("spatial-weights", "edges")
    };
    facts.has(TABLE).then(|| rows.all(&columns))
}

/// Rows with a gap are left out, unless the study says that a gap is an error.
fn gaps(facts: &Facts<'_>, left_out: &str) -> Options {
    match facts.spec.missing.gaps.as_str() {
        "error" => Options::new(),
        _ => Options::new().with("gaps", left_out),
    }
}

fn add_regression(
    facts: &Facts<'_>,
    plan: &mut Plan,
    regression: &RegressionSpec,
) -> Result<(), String> {
    let RegressionSpec { id, y, x, log, model, errors, effects, .. } = regression;
    let mut roles = vec![("y".to_owned(), y.as_str())];
    roles.extend(x.iter().map(|name| (role(name), name.as_str())));
    let period = regression.period.map(PeriodChoice::span);
    let observations = table(facts, &plan.steps, &roles, period)?;
    let mut inputs = vec![("observations", observations)];
    match (weights(facts), model) {
        (Some(weights), _) => inputs.push(("weights", weights)),
        (None, RegressionModel::Ols) => {}
        (None, _) => {
            return Err(
                "this model needs neighbors: boundaries, coordinates, or a file of weights"
                    .to_owned(),
            );
        }
    }
    let logs: Vec<String> =
        log.iter().map(|name| if name == y { "y".to_owned() } else { role(name) }).collect();
    let names: Vec<String> = x.iter().map(|name| role(name)).collect();
    let mut options = gaps(facts, "drop-rows").with("x", names.join(","));
    if !logs.is_empty() {
        options = options.with("log", logs.join(","));
    }
    if let Some(effects) = effects {
        options = options.with("effects", effects.clone());
    }
    let step = format!("regression-{id}");
    plan.add_with(facts, &step, model.method(), errors.as_deref(), options, inputs);
    Ok(())
}

fn add_pair(facts: &Facts<'_>, plan: &mut Plan, pair: &PairSpec) -> Result<(), String> {
    let weights = weights(facts)
        .ok_or("there are no neighbors: give boundaries, coordinates, or a file of weights")?;
    let roles =
        [("value".to_owned(), pair.value.as_str()), ("other".to_owned(), pair.other.as_str())];
    let values = table(facts, &plan.steps, &roles, pair.period.map(PeriodChoice::span))?;
    for method in ["bivariate-moran", "lee"] {
        let mut options = gaps(facts, "drop-regions");
        if let Some(n) = facts.spec.space.permutations {
            options = options.with("permutations", n.to_string());
        }
        let inputs = vec![("values", values.clone()), ("weights", weights.clone())];
        plan.add_with(facts, &format!("{method}-{}", pair.id), method, None, options, inputs);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use agglo_core::{Column, Frame, FrameError};

    use super::*;
    use crate::binding::Source;
    use crate::plan::Plan;

    fn tables() -> BTreeMap<String, Arc<Frame>> {
        let years = Frame::new(vec![
            Column::text("region", ["a", "b", "a", "b"]),
            Column::integer("period", "", [2019, 2019, 2020, 2020]),
            Column::numbers("gdp", "CNY", [10.0, 20.0, 12.0, 30.0]),
            Column::numbers("population", "persons", [2.0, 5.0, 3.0, 5.0]),
        ]);
        let activity = Frame::new(vec![
            Column::text("region", ["a", "b", "a", "b"]),
            Column::text("industry", ["i", "i", "j", "j"]),
            Column::integer("period", "", [2020, 2020, 2020, 2020]),
            Column::numbers("employment", "persons", [1.0, 2.0, 3.0, 4.0]),
        ]);
        [("region_year", years), ("activity", activity)]
            .map(|(name, frame)| (name.to_owned(), Arc::new(frame.unwrap())))
            .into()
    }

    fn made(blocks: &str) -> Plan {
        let text = format!("[study]\nid = \"s\"\ntitle = {{ en = \"S\" }}\n{blocks}");
        let spec = toml::from_str(&text).unwrap();
        Plan::new(&Facts { spec: &spec, tables: &tables() })
    }

    fn regression(rest: &str) -> Plan {
        made(&format!("[[measure.regression]]\nid = \"r\"\n{rest}"))
    }

    #[test]
    fn a_ratio_and_a_total_stand_in_one_table_of_the_last_common_year() {
        let plan = regression("y = \"total\"\nx = [\"gdp / population\"]\nlog = [\"total\"]");
        assert!(plan.faults.is_empty(), "{:?}", plan.faults);
        let step = plan.steps.iter().find(|step| step.id == "regression-r").unwrap();
        let tables = tables();
        let fetch = |source: &Source| match source {
            Source::Table(name) => Ok(tables[name].clone()),
            _ => Err(FrameError::NoColumn { column: String::new(), have: String::new() }),
        };
        let frame = step.inputs[0].1.cut(&fetch).unwrap();
        let numbers = |name: &str| -> Vec<f64> {
            frame.numbers(name).unwrap().iter().filter_map(|d| d.number()).collect()
        };
        assert_eq!(frame.integers("period").unwrap(), [2020, 2020]);
        assert_eq!(numbers("y"), [4.0, 6.0]);
        assert_eq!(numbers("gdp/population"), [4.0, 6.0]);
        let options: BTreeMap<&str, &str> = step.options.iter().collect();
        assert_eq!((options["x"], options["log"]), ("gdp/population", "y"));
    }

    #[test]
    fn what_another_step_finds_is_looked_up_by_region_and_year() {
        let lq = "y = \"location-quotient.lq@industry=i\"\nx = [\"gdp\"]";
        let plan = regression(lq);
        assert!(plan.faults.is_empty(), "{:?}", plan.faults);
        let step = plan.steps.iter().find(|step| step.id == "regression-r").unwrap();
        let join = &step.inputs[0].1.joins[0];
        assert_eq!(join.on, ["region", "period"]);
        assert_eq!(join.keep, [("industry".to_owned(), "i".to_owned())]);
    }

    #[test]
    fn an_unknown_variable_is_answered_with_those_there_are() {
        let fault = |rest: &str| regression(rest).faults.join("; ");
        let unknown = fault("y = \"total\"\nx = [\"wages\"]");
        assert!(
            unknown.contains("no variable `wages`: there are gdp, population, total"),
            "{unknown}"
        );
        let open = fault("y = \"location-quotient.lq\"\nx = [\"gdp\"]");
        assert!(open.contains("@industry=…"), "{open}");
        let column = fault("y = \"krugman:regions.gini\"\nx = [\"gdp\"]");
        assert!(column.contains("has the columns krugman"), "{column}");
        let step = fault("y = \"theory.truth\"\nx = [\"gdp\"]");
        assert!(step.contains("no step `theory`"), "{step}");
        let model = fault("y = \"total\"\nx = [\"gdp\"]\nmodel = \"spatial-lag\"");
        assert!(model.contains("needs neighbors"), "{model}");
    }
}
