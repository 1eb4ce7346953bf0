//! Diagnose: what holds clusters and regions back.

use super::{Facts, Plan};
use crate::binding::Binding;

const INNOVATION_COLUMNS: [&str; 8] = [
    "revenue",
    "rd_expenditure",
    "rd_personnel",
    "employment",
    "patents",
    "invention_patents",
    "new_product_sales",
    "joint_patents",
];

pub(super) fn plan(facts: &Facts<'_>, plan: &mut Plan) {
    if facts.n_distinct("activity", "industry") > 1
        && let Some(cells) = facts.cells(facts.measure_span())
    {
        plan.add(
            facts,
            "structural-similarity",
            "structural-similarity",
            vec![("activity", cells.clone())],
        );
        let latest = cells.between(facts.measure_latest());
        plan.add(facts, "duplication", "duplication", vec![("activity", latest)]);
    }
    convergence(facts, plan);
    primary_stage(facts, plan);
    innovation(facts, plan);
}

/// Do regions grow alike? On GDP per head where there is one, else on the measure's totals.
fn convergence(facts: &Facts<'_>, plan: &mut Plan) {
    let keys = ["region", "period"];
    let regions = if facts.has_columns("region_year", &["gdp", "population", "period"]) {
        Binding::table("region_year")
            .all(&keys)
            .ratio("value", "gdp", "population")
            .take("weight", "population")
            .between(facts.periods("region_year"))
    } else if let Some(totals) =
        facts.region_totals().filter(|_| facts.known_periods("activity", &[]).len() > 1)
    {
        totals
    } else {
        return;
    };
    let regions = regions.complete(&["value"]);
    plan.add(facts, "sigma-convergence", "sigma-convergence", vec![("regions", regions.clone())]);
    plan.add(facts, "beta-convergence", "beta-convergence", vec![("regions", regions)]);
}

fn primary_stage(facts: &Facts<'_>, plan: &mut Plan) {
    if !facts.has_columns("activity", &["output", "value_added", "employment"]) {
        plan.lock(
            "primary-stage",
            "activity with output, value_added and employment",
            "含产出、增加值与就业的活动量表",
        );
        return;
    }
    let columns = facts.present(
        "activity",
        &[
            "region",
            "industry",
            "period",
            "output",
            "value_added",
            "employment",
            "fixed_assets",
            "rd",
        ],
    );
    let cells = Binding::table("activity").all(&columns).between(facts.latest("activity"));
    let mut inputs = vec![("region_industry", cells)];
    inputs.extend(plan.intensity(facts).map(|binding| ("intensity", binding)));
    plan.add(facts, "primary-stage", "primary-stage", inputs);
}

fn innovation(facts: &Facts<'_>, plan: &mut Plan) {
    let columns = facts.present("region_year", &INNOVATION_COLUMNS);
    let tells = columns.iter().any(|c| !["revenue", "employment"].contains(c));
    if !tells {
        plan.lock(
            "innovation-scorecard",
            "region_year with R&D, patents or new-product sales",
            "含研发、专利或新产品销售的地区年度表",
        );
        return;
    }
    let regions = Binding::table("region_year")
        .all(&["region", "period"])
        .all(&columns)
        .between(facts.latest("region_year"));
    plan.add(facts, "innovation-scorecard", "innovation-scorecard", vec![("region_year", regions)]);
}
