//! Identify and classify: where the clusters are, and by which model they grow.

use agglo_methods::Options;

use super::{Facts, Plan};
use crate::binding::Binding;

/// Tables from which evidence on a cluster's model is drawn.
const EVIDENCE_TABLES: [&str; 5] =
    ["firm", "market", "procurement", "leader_purchase", "cluster_register"];

pub(super) fn plan(facts: &Facts<'_>, plan: &mut Plan) {
    stars(facts, plan);
    models(facts, plan);
}

fn stars(facts: &Facts<'_>, plan: &mut Plan) {
    if facts.n_distinct("activity", "industry") < 2 {
        plan.lock("star-clusters", "activity by industry", "分行业的活动量");
        return;
    }
    let Some(cells) = facts.cells(facts.measure_span()) else { return };
    let mut inputs = vec![("activity", cells)];
    if facts.has_columns("activity", &["value_added", "employment"]) {
        let keys = facts.present("activity", &["region", "industry", "period"]);
        let productivity = Binding::table("activity")
            .all(&keys)
            .ratio("productivity", "value_added", "employment")
            .between(facts.periods("activity"));
        inputs.push(("productivity", productivity));
    }
    let scheme = facts.spec.cluster.scheme.as_deref();
    plan.add_with(facts, "star-clusters", "star-clusters", scheme, Options::new(), inputs);
}

fn models(facts: &Facts<'_>, plan: &mut Plan) {
    let inputs: Vec<(&str, Binding)> = EVIDENCE_TABLES
        .into_iter()
        .filter_map(|table| Some((table, facts.own("cluster-evidence", table)?)))
        .collect();
    if inputs.is_empty() {
        plan.lock(
            "development-model",
            "a cluster_register, and firms, markets, procurement or leaders' purchases as evidence",
            "集群名录，以及企业、专业市场、采购或龙头企业采购作为证据",
        );
        return;
    }
    plan.add(facts, "cluster-evidence", "cluster-evidence", inputs);
    let evidence = Binding::step("cluster-evidence", "evidence").all(&[
        "cluster",
        "indicator",
        "value",
        "source",
    ]);
    plan.add(facts, "development-model", "development-model", vec![("evidence", evidence)]);
}
