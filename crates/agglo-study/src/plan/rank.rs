//! Rank: who leads, and how sure that is.

use agglo_methods::Options;

use super::{Facts, Plan};
use crate::binding::{Binding, Source};

pub(super) fn plan(facts: &Facts<'_>, plan: &mut Plan) {
    if !facts.has_columns("indicator", &["region", "indicator", "value"])
        || !facts.has_columns("indicator_meta", &["indicator", "direction"])
    {
        plan.lock(
            "indicator-ranking",
            "the tables indicator and indicator_meta",
            "指标表与指标说明表",
        );
        return;
    }
    let keys = facts.present("indicator", &["region", "period"]);
    let values = Binding::table("indicator")
        .all(&keys)
        .all(&["indicator", "value"])
        .between(facts.periods("indicator"));
    let latest = values.clone().between(facts.latest("indicator"));
    let columns = facts.present(
        "indicator_meta",
        &["indicator", "dimension", "direction", "unit", "weight", "transform"],
    );
    let meta = Binding::table("indicator_meta").all(&columns);
    let inputs = |values: Binding| vec![("indicator", values), ("indicator_meta", meta.clone())];
    plan.add(facts, "indicator-ranking", "indicator-ranking", inputs(values));

    let top = facts.spec.rank.top.map(|top| top.to_string());
    let with_top = || top.iter().fold(Options::new(), |o, top| o.with("top", top.clone()));
    let mut interval_inputs = inputs(latest);
    let group = facts.grouping(facts.spec.rank.group.as_deref());
    if let Some(group) = &group {
        let groups = Binding::of(group.clone()).all(&["region", "group"]);
        interval_inputs.push(("groups", groups));
    }
    plan.add_with(facts, "rank-intervals", "rank-intervals", None, with_top(), interval_inputs);
    if let Some(group) = group {
        let source = Source::Step { step: "indicator-ranking".into(), table: "ranking".into() };
        let ranking = Binding::of(source)
            .all(&["region", "rank"])
            .between(facts.latest("indicator"))
            .join(group, &["region"], &[("group", "group")]);
        plan.add_with(
            facts,
            "top-composition",
            "top-composition",
            None,
            with_top(),
            vec![("ranking", ranking)],
        );
    }
}
