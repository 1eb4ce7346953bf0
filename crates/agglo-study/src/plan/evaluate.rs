//! Plan and evaluate: what could come next, and whether a policy worked.

use super::{Facts, Plan};
use crate::binding::Binding;
use crate::spec::table_name;

/// Below this, co-occurrence of industries says nothing.
const MIN_INDUSTRIES: usize = 10;

pub(super) fn plan(facts: &Facts<'_>, plan: &mut Plan) {
    if facts.n_distinct("activity", "industry") < MIN_INDUSTRIES {
        plan.lock(
            "opportunity-map",
            "activity by ten industries or more",
            "至少十个行业的分行业活动量",
        );
    } else if let Some(cells) = facts.cells(facts.measure_latest()) {
        for method in ["proximity", "relatedness-density", "economic-complexity", "opportunity-map"]
        {
            plan.add(facts, method, method, vec![("activity", cells.clone())]);
        }
    }
    if facts.spec.policy.is_empty() {
        plan.lock(
            "two-way-fixed-effects",
            "a [[policy]] and the table outcome with treated and untreated units",
            "[[policy]] 以及含处理组与对照组的结果表",
        );
        return;
    }
    for policy in &facts.spec.policy {
        let table = table_name("outcome", policy.part.as_deref());
        let panel = |columns: &[&str]| {
            Binding::table(&table)
                .all(&facts.present(&table, columns))
                .take("outcome", &policy.outcome)
                .complete(&["outcome"])
        };
        if facts.has_column(&table, "treated") {
            let inputs = vec![("outcome", panel(&["unit", "period", "treated", "cluster"]))];
            let id = format!("effect-{}", policy.id);
            plan.add(facts, &id, "two-way-fixed-effects", inputs);
        }
        if facts.has_column(&table, "start") {
            let inputs = vec![("outcome", panel(&["unit", "period", "start", "cluster"]))];
            plan.add(facts, &format!("event-{}", policy.id), "event-study", inputs);
        }
    }
}
