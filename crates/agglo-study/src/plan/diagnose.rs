//! Diagnose: what holds clusters and regions back.

use super::{Facts, Plan};
use crate::binding::Binding;

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
    let many = || facts.known_periods("activity", &[]).len() > 1;
    let Some(regions) = facts.income().or_else(|| facts.region_totals().filter(|_| many())) else {
        return;
    };
    let regions = regions.complete(&["value"]);
    plan.add(facts, "sigma-convergence", "sigma-convergence", vec![("regions", regions.clone())]);
    plan.add(facts, "beta-convergence", "beta-convergence", vec![("regions", regions.clone())]);
    plan.add(facts, "club-convergence", "club-convergence", vec![("regions", regions.clone())]);
    plan.add(facts, "income-density", "income-density", vec![("regions", regions)]);
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
        &["region", "industry", "period", "output", "value_added", "employment", "fixed_assets"],
    );
    let mut cells = Binding::table("activity").all(&columns).between(facts.latest("activity"));
    if facts.has_column("activity", "rd_expenditure") {
        cells = cells.take("rd", "rd_expenditure");
    }
    let mut inputs = vec![("region_industry", cells)];
    inputs.extend(plan.intensity(facts).map(|binding| ("intensity", binding)));
    plan.add(facts, "primary-stage", "primary-stage", inputs);
}

fn innovation(facts: &Facts<'_>, plan: &mut Plan) {
    const METHOD: &str = "innovation-scorecard";
    let tells =
        ["rd_expenditure", "rd_personnel", "patents", "invention_patents", "new_product_sales"];
    let tells = tells.iter().any(|column| facts.has_column("region_year", column));
    let Some(regions) = facts.own(METHOD, "region_year").filter(|_| tells) else {
        plan.lock(
            METHOD,
            "region_year with R&D, patents or new-product sales",
            "含研发、专利或新产品销售的地区年度表",
        );
        return;
    };
    let regions = regions.between(facts.latest("region_year"));
    plan.add(facts, METHOD, METHOD, vec![("region_year", regions)]);
}
