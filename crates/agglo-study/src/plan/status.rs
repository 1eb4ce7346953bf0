//! Status: how concentrated, how specialized, since when, at what stage.

use agglo_core::Period;
use agglo_methods::Options;

use super::{Facts, Plan};
use crate::binding::{Binding, Source};

pub(super) fn plan(facts: &Facts<'_>, plan: &mut Plan) {
    growth(facts, plan);
    if let Some(all) = facts.cells(facts.measure_span()) {
        let latest = || facts.cells(facts.measure_latest()).unwrap_or_else(|| all.clone());
        let cells = |plan: &mut Plan, method: &str| {
            plan.add(facts, method, method, vec![("activity", all.clone())]);
        };
        let latest_cells = |plan: &mut Plan, method: &str| {
            plan.add(facts, method, method, vec![("activity", latest())]);
        };
        if facts.n_distinct("activity", "industry") > 1 {
            latest_cells(plan, "location-quotient");
            latest_cells(plan, "standardized-location-quotient");
            cells(plan, "krugman");
            cells(plan, "hoover");
            let mut inputs = vec![("activity", all.clone())];
            if facts.has_columns("benchmark", &["region", "benchmark"]) {
                let keys = facts.present("benchmark", &["region", "period", "benchmark"]);
                inputs.push(("benchmark", Binding::table("benchmark").all(&keys)));
            }
            plan.add(facts, "locational-gini", "locational-gini", inputs);
            plan.add(facts, "coagglomeration", "coagglomeration", vec![("activity", latest())]);
            cluster_index(facts, plan);
        } else {
            plan.lock(
                "location-quotient",
                "activity by industry: with one industry there is nothing to compare",
                "分行业的活动量：仅有一个行业时无从比较",
            );
        }
        cells(plan, "herfindahl");
        cells(plan, "gini");
        cells(plan, "composite-gini");
        if let Some(focus) = facts.focus_cells() {
            plan.add(facts, "gini-focus", "gini", vec![("activity", focus)]);
        }
        breaks(facts, plan);
        inequality(facts, plan);
    }
    plants(facts, plan);
    stage(facts, plan);
}

fn growth(facts: &Facts<'_>, plan: &mut Plan) {
    if facts.has_columns("series", &["period", "value"]) {
        let columns = facts.present("series", &["series", "period", "value", "price_index"]);
        let series = Binding::table("series").all(&columns).between(facts.periods("series"));
        plan.add(facts, "growth", "growth", vec![("series", series)]);
    }
    if !facts.has_column("activity", "period") {
        return;
    }
    if let Some(totals) = facts.focus_cells().or_else(|| facts.cells(facts.measure_span())) {
        let totals = totals.sum_by(&["period"]).complete(&["value"]);
        plan.add(facts, "growth-total", "growth", vec![("series", totals)]);
    }
    let (Some(measure), true) = (facts.measure(), facts.has_column("activity", "industry")) else {
        return;
    };
    let by_industry = Binding::table("activity")
        .take("period", "period")
        .take("series", "industry")
        .take("value", &measure)
        .between(facts.measure_span())
        .known("value")
        .sum_by(&["series", "period"])
        .complete(&["value"]);
    plan.add(facts, "growth-by-industry", "growth", vec![("series", by_industry)]);
}

/// Density, stock and number of firms together.
fn cluster_index(facts: &Facts<'_>, plan: &mut Plan) {
    const METHOD: &str = "cluster-index";
    let keys = facts.present("activity", &["region", "industry", "period"]);
    let span = facts.span("activity", &["n_firms"]).map(|(_, to)| (to, to));
    let (Some(cells), Some(region), Some(_)) = (facts.cells(span), sizes(facts, span), span) else {
        plan.lock(
            METHOD,
            "activity with n_firms, and region with area_km2 and population",
            "含企业数 n_firms 的活动量表，及含面积与人口的地区表",
        );
        return;
    };
    let firms = Binding::table("activity").all(&keys).take("value", "n_firms").between(span);
    plan.add(
        facts,
        METHOD,
        METHOD,
        vec![("activity", cells), ("firms", firms), ("region", region)],
    );
}

/// Area and population of the regions: the table `region` has both, or the first beside the population of
/// the year in `region_year`.
fn sizes(facts: &Facts<'_>, span: Option<(Period, Period)>) -> Option<Binding> {
    if facts.has_columns("region", &["region", "area_km2", "population"]) {
        return Some(Binding::table("region").all(&["region", "area_km2", "population"]));
    }
    let year = span.map(|(_, to)| to)?;
    let is_known = facts.known_periods("region_year", &["population"]).contains_key(&year);
    (is_known && facts.has_columns("region", &["region", "area_km2"])).then(|| {
        Binding::table("region_year").all(&["region", "population"]).between(span).join(
            Source::Table("region".to_owned()),
            &["region"],
            &[("area_km2", "area_km2")],
        )
    })
}

/// Breaks in the concentration of the focus industry, or of all industries together.
fn breaks(facts: &Facts<'_>, plan: &mut Plan) {
    let measure = match facts.spec.industry.focus {
        Some(_) => facts.focus_measure(),
        None => facts.measure(),
    };
    let Some(measure) = measure.filter(|_| facts.has_column("activity", "period")) else { return };
    if facts.known_periods("activity", &[&measure]).len() < 10 {
        plan.lock(
            "structural-breaks",
            "ten years or more: breaks cannot be told from noise in a shorter series",
            "至少十年的序列：更短的序列无法区分断点与噪声",
        );
        return;
    }
    let series = match &facts.spec.industry.focus {
        Some(focus) => Binding::step("gini-focus", "gini").keep("industry", &[focus]),
        None => Binding::step("composite-gini", "composite"),
    };
    let series = series.take("period", "period").take("value", "gini").complete(&["value"]);
    plan.add(facts, "gini-breaks", "structural-breaks", vec![("series", series)]);
}

/// Generalized entropy of the regions' totals, decomposed by each grouping.
fn inequality(facts: &Facts<'_>, plan: &mut Plan) {
    let Some(totals) = facts.region_totals() else { return };
    let measure = facts.totals_measure();
    let known = |table, column: &str| facts.known_periods(table, &[column]);
    // Weights must cover every year, or the series would change its meaning on the way.
    let weighed = measure.is_some_and(|measure| {
        let population = known("region_year", "population");
        !population.is_empty()
            && known("activity", &measure).keys().all(|period| population.contains_key(period))
    });
    let weigh = |binding: Binding| {
        if weighed {
            let source = Source::Table("region_year".to_owned());
            binding.join(source, &["region", "period"], &[("weight", "population")])
        } else {
            binding
        }
    };
    plan.add(facts, "inequality", "inequality", vec![("regions", weigh(totals.clone()))]);
    let mut any = false;
    for (name, group) in &facts.spec.geo.groups {
        if group.overlapping {
            continue;
        }
        any = true;
        let source = Source::Group(name.clone());
        let regions = weigh(totals.clone().join(source, &["region"], &[("group", "group")]));
        let id = format!("theil-{name}");
        plan.add(facts, &id, "generalized-entropy", vec![("regions", regions.clone())]);
        plan.add(facts, &format!("dagum-{name}"), "dagum", vec![("regions", regions.clone())]);
        plan.add(
            facts,
            &format!("polarization-{name}"),
            "polarization",
            vec![("regions", regions)],
        );
    }
    if !any {
        plan.add(facts, "theil", "generalized-entropy", vec![("regions", weigh(totals))]);
        plan.lock(
            "generalized-entropy",
            "a grouping of regions, to split inequality into between and within",
            "地区分组，用于把不平等分解为组间与组内",
        );
    }
}

/// Concentration beyond what few large plants would give by chance, and in the largest of them.
fn plants(facts: &Facts<'_>, plan: &mut Plan) {
    const RATIO: &str = "concentration-ratio";
    // The part of the largest and the total of its industry would give a single establishment away.
    if let Some(largest) = facts.own(RATIO, "top_unit").filter(|_| facts.spec.disclosure.is_none())
    {
        let largest = largest.between(facts.latest("top_unit"));
        plan.add(facts, RATIO, RATIO, vec![("top_unit", largest)]);
    }
    if facts.has_columns("plant", &["region", "industry"]) {
        let Some(size) = ["employment", "value", "output"]
            .into_iter()
            .find(|column| facts.has_column("plant", column))
        else {
            return;
        };
        let keys = facts.present("plant", &["plant", "region", "industry", "period"]);
        let plants = Binding::table("plant")
            .all(&keys)
            .take("value", size)
            .between(facts.latest("plant"))
            .complete(&["value"]);
        plan.add(facts, "ellison-glaeser", "ellison-glaeser", vec![("plant", plants.clone())]);
        plan.add(facts, "maurel-sedillot", "maurel-sedillot", vec![("plant", plants)]);
    } else if facts.has_columns("cell", &["region", "industry", "n", "sum", "sum_sq"]) {
        let keys = ["region", "industry", "period", "n", "sum", "sum_sq"];
        let cells = Binding::table("cell")
            .all(&facts.present("cell", &keys))
            .between(facts.latest("cell"))
            .complete(&["sum"]);
        for method in ["ellison-glaeser", "maurel-sedillot"] {
            let inputs = vec![("cell", cells.clone())];
            plan.add_with(facts, method, method, Some("cells"), Options::new(), inputs);
        }
    } else if facts.has_columns("size_class", &["industry", "class", "n_plants"])
        && facts.has("activity")
    {
        let columns = facts.present(
            "size_class",
            &["industry", "period", "class", "lower", "upper", "n_plants", "value"],
        );
        let sizes = Binding::table("size_class").all(&columns).between(facts.periods("activity"));
        let Some(cells) = facts.cells(facts.measure_latest()) else { return };
        for method in ["ellison-glaeser", "maurel-sedillot"] {
            let inputs = vec![("size_class", sizes.clone()), ("activity", cells.clone())];
            let variant = Some("size-class-uniform");
            plan.add_with(facts, method, method, variant, Options::new(), inputs);
        }
    } else {
        plan.lock(
            "ellison-glaeser",
            "plants with their size, or plant counts by size class",
            "企业规模数据，或分规模组的企业数",
        );
    }
}

fn stage(facts: &Facts<'_>, plan: &mut Plan) {
    const METHOD: &str = "industrialization-stage";
    let columns = ["gdp", "gdp_per_capita", "gdp_per_capita_usd", "population", "va_primary"];
    let any = columns.iter().any(|column| facts.has_column("region_year", column));
    let Some(regions) = facts.own(METHOD, "region_year").filter(|_| any) else {
        plan.lock(
            METHOD,
            "region_year with GDP and population, value added by sector, urban population, \
             employment by sector",
            "地区年度表：地区生产总值与人口、三次产业增加值、城镇人口、分产业就业",
        );
        return;
    };
    let names: Vec<String> = regions.columns.iter().map(|(role, _)| role.clone()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let regions = regions.between(facts.fullest("region_year", &names));
    plan.add(facts, METHOD, METHOD, vec![("region_year", regions)]);
}
