//! Transfer: what moved from where to where.

use agglo_core::Period;
use agglo_methods::Options;

use super::{Facts, Plan};
use crate::binding::Binding;

pub(super) fn plan(facts: &Facts<'_>, plan: &mut Plan) {
    let Some((from, to)) = facts.measure_span().filter(|(from, to)| from < to) else {
        plan.lock("share-change", "activity of two years or more", "至少两个年份的活动量");
        return;
    };
    let Some(cells) = facts.cells(Some((from, to))) else { return };
    let (followed, followed_span) = match facts.focus_cells() {
        Some(focus) => {
            let span = focus.periods.unwrap_or((from, to));
            (focus, span)
        }
        None => (cells.clone(), (from, to)),
    };
    let span = |(from, to): (Period, Period)| {
        Options::new().with("from", from.to_string()).with("to", to.to_string())
    };
    let inputs = vec![("activity", followed.clone())];
    plan.add_with(facts, "share-change", "share-change", None, span(followed_span), inputs);
    for (id, method, variant) in [
        ("location-quotient-change", "location-quotient-change", None),
        ("shift-share", "shift-share", Some("classic")),
        ("shift-share-esteban-marquillas", "shift-share", Some("esteban-marquillas")),
    ] {
        if facts.n_distinct("activity", "industry") > 1 {
            let inputs = vec![("activity", cells.clone())];
            plan.add_with(facts, id, method, variant, span((from, to)), inputs);
        }
    }
    entry_exit(facts, plan);
    gradient(facts, plan);
    intensity(facts, plan);
    windows(facts, plan, &followed, followed_span);
}

fn entry_exit(facts: &Facts<'_>, plan: &mut Plan) {
    const METHOD: &str = "entry-exit";
    let Some(turnover) = facts.own(METHOD, "turnover") else { return };
    // A register either lists an establishment in the year of its closing, or in the year before for the last
    // time.
    let closing = facts.any_above_zero("turnover", "exits");
    let variant = if closing { "active-population" } else { "previous-population" };
    let inputs = vec![("turnover", turnover.between(facts.periods("turnover")))];
    plan.add_with(facts, METHOD, METHOD, Some(variant), Options::new(), inputs);
}

fn gradient(facts: &Facts<'_>, plan: &mut Plan) {
    if !facts.has_columns("activity", &["industry", "value_added", "employment"]) {
        plan.lock(
            "industrial-gradient",
            "activity with both value_added and employment",
            "同时含增加值与就业的活动量表",
        );
        return;
    }
    let keys = facts.present("activity", &["region", "industry", "period"]);
    let cells = Binding::table("activity")
        .all(&keys)
        .all(&["value_added", "employment"])
        .between(facts.latest("activity"));
    plan.add(facts, "industrial-gradient", "industrial-gradient", vec![("gradient", cells)]);
}

fn intensity(facts: &Facts<'_>, plan: &mut Plan) {
    if facts.has_column("intensity", "intensity") || !facts.has("industry") {
        return;
    }
    let columns = facts.present(
        "industry",
        &["industry", "fixed_assets", "employment", "rd_expenditure", "revenue"],
    );
    if columns.len() < 5 {
        return;
    }
    let industries = Binding::table("industry").all(&columns);
    plan.add_with(
        facts,
        "factor-intensity",
        "factor-intensity",
        Some("data"),
        Options::new(),
        vec![("industries", industries)],
    );
}

/// Regions or groups that send, receive, or change from one to the other, window by window.
fn windows(facts: &Facts<'_>, plan: &mut Plan, cells: &Binding, (from, to): (Period, Period)) {
    let spec = &facts.spec.transfer;
    let mut windows = spec.windows.clone();
    if windows.is_empty() {
        if to - from < 4 {
            windows = vec![(from, to)];
        } else {
            let middle = from + (to - from) / 2;
            windows = vec![(from, middle), (middle, to)];
        }
    }
    let text = windows.iter().map(|(a, b)| format!("{a}-{b}")).collect::<Vec<_>>().join(",");
    let mut inputs = vec![("activity", cells.clone())];
    if let Some(group) = facts.grouping(spec.group.as_deref()) {
        inputs.push(("groups", Binding::of(group).all(&["region", "group"])));
    }
    inputs.extend(plan.intensity(facts).map(|binding| ("intensity", binding)));
    let options = Options::new().with("windows", text);
    plan.add_with(facts, "transfer-regions", "transfer-regions", None, options, inputs);
}
