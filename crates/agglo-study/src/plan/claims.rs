//! Claims: does the data say what the paper says of it?

use super::{Facts, Plan};
use crate::binding::{Binding, Source};

/// The step of this name in whose answers the strength of clusters stands.
const RANKING: &str = "indicator-ranking";

pub(super) fn plan(facts: &Facts<'_>, plan: &mut Plan) {
    let has = |step: &str| plan.steps.iter().any(|known| known.id == step);
    let mut inputs = Vec::new();
    if facts.n_total_periods() > 1 {
        let series = match &facts.spec.industry.focus {
            Some(focus) if has("gini-focus") => {
                Some(Binding::step("gini-focus", "gini").keep("industry", &[focus]))
            }
            _ if has("composite-gini") => Some(Binding::step("composite-gini", "composite")),
            _ => None,
        };
        let series = series.map(|s| s.take("period", "period").take("value", "gini"));
        inputs.extend(series.map(|series| ("series", series.complete(&["value"]))));
    }
    if has("gini-breaks") {
        let breaks = Binding::step("gini-breaks", "breaks")
            .take("date", "period")
            .all(&["lower", "upper"])
            .complete(&["lower", "upper"]);
        inputs.push(("breaks", breaks));
    }
    let theil = facts.spec.main_group().map(|group| format!("theil-{group}"));
    if let Some(step) = theil.filter(|step| has(step)) {
        let scales = Binding::step(&step, "total").all(&["period", "between", "within"]);
        inputs.push(("scales", scales.complete(&["between", "within"])));
    }
    if has("krugman") && facts.has_columns("region_year", &["gdp", "population", "period"]) {
        let source = Source::Step { step: "krugman".to_owned(), table: "regions".to_owned() };
        let development = Binding::table("region_year")
            .all(&["region", "period"])
            .take("unit", "region")
            .ratio("gdp_per_head", "gdp", "population")
            .between(facts.periods("region_year"))
            .join(source, &["region", "period"], &[("concentration", "krugman")])
            .complete(&["gdp_per_head", "concentration"]);
        inputs.push(("development", development));
    }
    if has("industrialization-stage") && has(RANKING) {
        let score = |step: &str, table: &str| {
            Binding::step(step, table).all(&["region", "score"]).complete(&["score"])
        };
        let ranking = score(RANKING, "ranking").between(facts.latest("indicator"));
        inputs.push(("stage", score("industrialization-stage", "stage")));
        inputs.push(("clusters", ranking));
    }
    if inputs.is_empty() {
        plan.lock("claims", "a series of years, or groups of regions", "多年序列，或地区分组");
    } else {
        plan.add(facts, "claims", "claims", inputs);
    }
}
