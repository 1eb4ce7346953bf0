//! A question that the plan does not ask, bound to the study's tables all the same.

use agglo_methods::catalog::{ACTIVITY, Method};

use super::{Facts, Plan, Step};

/// The step that asks `method` of the canonical tables its inputs are named after; what is lacking otherwise.
///
/// # Errors
/// The name of the first table that the method cannot do without and the study does not have.
pub(crate) fn step(facts: &Facts<'_>, method: &'static Method) -> Result<Step, &'static str> {
    let mut inputs = Vec::new();
    for input in method.inputs {
        let binding = if input.table == ACTIVITY.table {
            facts.cells(facts.measure_span())
        } else {
            facts.own(method.id, input.table)
        };
        match binding {
            Some(binding) => inputs.push((input.table, binding)),
            None if input.required => return Err(input.table),
            None => {}
        }
    }
    let mut plan = Plan::default();
    plan.add(facts, method.id, method.id, inputs);
    Ok(plan.steps.remove(0))
}
