//! Space: are neighbors alike, where, and does it last; where the middle lies and where it goes.

use agglo_methods::Options;

use super::{Facts, Plan};
use crate::binding::Binding;
use crate::space::TABLE;

/// Fewer maps than this say nothing of how regions move between states.
const LEAST_MAPS: usize = 5;

pub(super) fn plan(facts: &Facts<'_>, plan: &mut Plan) {
    neighbors(facts, plan);
    center(facts, plan);
}

fn neighbors(facts: &Facts<'_>, plan: &mut Plan) {
    if !facts.has(TABLE) {
        plan.lock(
            "moran",
            "boundaries, coordinates of the regions, or a table or file of neighbors",
            "边界文件、地区坐标，或邻近关系表",
        );
        return;
    }
    let columns = facts.present(TABLE, &["region", "neighbor", "weight"]);
    let weights = Binding::table(TABLE).all(&columns);
    let edges = vec![("edges", weights.clone())];
    let (id, edge_list) = ("spatial-weights", Some("edges"));
    plan.add_with(facts, id, id, edge_list, Options::new(), edges);
    let Some(totals) = facts.region_totals() else { return };
    let mut add = |id: &str, values: Binding| {
        let options = match facts.spec.space.permutations {
            Some(n) => Options::new().with("permutations", n.to_string()),
            None => Options::new(),
        };
        let inputs = vec![("values", values), ("weights", weights.clone())];
        plan.add_with(facts, id, id, None, options, inputs);
    };
    let span = facts.totals_span();
    let latest = totals.clone().between(span.map(|(_, to)| (to, to)));
    add("moran", totals.clone());
    add("local-moran", latest.clone());
    add("getis-ord-local", latest);
    add("spatial-gini", totals.clone());
    if facts.n_total_periods() < LEAST_MAPS {
        return;
    }
    add("lisa-markov", totals.clone());
    let income = facts.income().map(|income| income.gapless("value"));
    add("spatial-markov", income.unwrap_or(totals));
}

/// The middle of the measure over time.
fn center(facts: &Facts<'_>, plan: &mut Plan) {
    let columns = facts.present("region", &["region", "x_km", "y_km", "lon", "lat"]);
    let has = |pair: [&str; 2]| pair.iter().all(|column| columns.contains(column));
    if !has(["lon", "lat"]) && !has(["x_km", "y_km"]) {
        plan.lock(
            "center-of-gravity",
            "the table region with lon and lat, or x_km and y_km",
            "含 lon、lat 或 x_km、y_km 的地区表",
        );
        return;
    }
    let Some(cells) = facts.focus_cells().or_else(|| facts.cells(facts.measure_span())) else {
        return;
    };
    let places = Binding::table("region").all(&columns);
    let inputs = vec![("activity", cells), ("region", places)];
    plan.add(facts, "center-of-gravity", "center-of-gravity", inputs);
}
