//! A region beside others: those most alike, and what every finding says of some.

use std::collections::BTreeMap;

use agglo_core::{Column, Datum, Gap, Values};
use agglo_study::address::cell_text;
use agglo_study::record::{Status, StepRecord};
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answers::{command, provenance};
use super::{Asked, Shared};
use crate::app::Asking;
use crate::dto::{Peer, Peers, Profile, ProfileItem, Words, numbers};
use crate::indexed::Indexed;
use crate::names::codes_of;
use crate::problem::{Problem, Problems};
use crate::query::{self, Condition};
use crate::reply::Reply;
use crate::snapshot::Snapshot;
use crate::words;

/// The step that compares structures.
const SIMILARITY: &str = "structural-similarity";
/// Regions that can be compared at once.
const MOST_REGIONS: usize = 10;

/// Whose peers.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PeersQuery {
    /// The region.
    region: String,
    /// The period; the last when absent.
    period: Option<i64>,
    /// How many.
    #[param(minimum = 1, maximum = 100)]
    k: Option<usize>,
}

/// The regions whose structure of industries is most alike.
#[utoipa::path(
    get, path = "/peers", tag = "compute", params(PeersQuery),
    responses((status = 200, body = Peers), Problems),
)]
pub(super) async fn peers(
    State(app): Shared,
    asking: Asking,
    Asked(query): Asked<PeersQuery>,
) -> Response {
    app.answer(&asking, move |snapshot| Reply::json(&alike(snapshot, &query)?)).await
}

fn alike(snapshot: &Snapshot, query: &PeersQuery) -> Result<Peers, Problem> {
    known(snapshot, &query.region)?;
    let k = query.k.unwrap_or(5);
    if !(1..=100).contains(&k) {
        return Err(Problem::query("k", "1 to 100 peers"));
    }
    let (record, method) = snapshot.answered(SIMILARITY)?;
    let (name, pairs) = snapshot.finding(SIMILARITY, "pairs")?;
    let frame = &pairs.frame;
    let period = query.period.or_else(|| last(&pairs));
    let mut found: Vec<(String, Datum)> = Vec::new();
    let similarity = frame.numbers("similarity").unwrap_or_default();
    for (own, other) in [("region_a", "region_b"), ("region_b", "region_a")] {
        let mut conditions = vec![Condition::is(own, &query.region)];
        if let Some(period) = period {
            conditions.push(Condition::is("period", &period.to_string()));
        }
        for row in query::rows(&pairs, &conditions)? {
            let row = row as usize;
            let code = cell_text(frame, other, row).filter(|code| *code != query.region);
            found.extend(code.map(|code| (code, similarity[row])));
        }
    }
    let value = |datum: &Datum| datum.number().unwrap_or(f64::NEG_INFINITY);
    found.sort_by(|a, b| value(&b.1).total_cmp(&value(&a.1)).then_with(|| a.0.cmp(&b.0)));
    found.dedup_by(|a, b| a.0 == b.0);
    let peers = found.into_iter().take(k);
    Ok(Peers {
        region: query.region.clone(),
        period,
        peers: peers.map(|(code, datum)| Peer { code, similarity: datum.into() }).collect(),
        provenance: provenance(snapshot, record, method, &name)?,
        command: command(snapshot, record, method),
        python: words::finding(&snapshot.root, SIMILARITY, &name),
    })
}

fn known(snapshot: &Snapshot, region: &str) -> Result<(), Problem> {
    let activity = snapshot.table("activity")?;
    let postings = activity.place("region").and_then(|place| activity.postings(place));
    if postings.is_some_and(|postings| !postings.rows(region).is_empty()) {
        return Ok(());
    }
    let codes = codes_of(&activity.frame, "region");
    let problem = Problem::unknown("region", region, codes.iter().map(String::as_str));
    Err(Problem { parameter: Some("region".to_owned()), ..problem })
}

/// The last period of a table.
fn last(table: &Indexed) -> Option<i64> {
    match table.frame.column("period").map(Column::values) {
        Ok(Values::Integer(cells)) => cells.iter().flatten().copied().max(),
        _ => None,
    }
}

/// Which regions.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ProfileQuery {
    /// A region; 1 to 10 of them.
    #[serde(default)]
    region: Vec<String>,
}

/// Every number that the findings give for a region by itself, at its last period, for some regions.
#[utoipa::path(
    get, path = "/profile", tag = "compute", params(ProfileQuery),
    responses((status = 200, body = Profile), Problems),
)]
pub(super) async fn profile(
    State(app): Shared,
    asking: Asking,
    Asked(query): Asked<ProfileQuery>,
) -> Response {
    app.answer(&asking, move |snapshot| {
        let regions = query.region;
        if regions.is_empty() || regions.len() > MOST_REGIONS {
            return Err(Problem::query("region", format!("name 1 to {MOST_REGIONS} regions")));
        }
        for region in &regions {
            known(snapshot, region)?;
        }
        let mut items = Vec::new();
        for record in &snapshot.run()?.steps {
            items.extend(items_of(snapshot, record, &regions)?);
        }
        Reply::json(&Profile {
            command: "agglo list steps".to_owned(),
            python: format!("{}.findings()", words::study(&snapshot.root)),
            regions,
            items,
        })
    })
    .await
}

/// The numbers of the tables of one step whose rows are regions, and regions by period.
fn items_of(
    snapshot: &Snapshot,
    record: &StepRecord,
    regions: &[String],
) -> Result<Vec<ProfileItem>, Problem> {
    let mut items = Vec::new();
    let Some(method) = agglo_methods::find(&record.method) else { return Ok(items) };
    if record.status != Status::Answered {
        return Ok(items);
    }
    for output in method.outputs {
        let keys: Vec<&str> = output.columns.iter().filter(|c| c.key).map(|c| c.name).collect();
        let by_region =
            keys == ["region"] || keys == ["period", "region"] || keys == ["region", "period"];
        if !by_region || !record.tables.iter().any(|table| table.name == output.name) {
            continue;
        }
        let (_, table) = snapshot.finding(&record.step, output.name)?;
        let period = last(&table);
        let mut conditions = Vec::new();
        if let Some(period) = period {
            conditions.push(Condition::is("period", &period.to_string()));
        }
        let rows = query::rows(&table, &conditions)?;
        let by_code: BTreeMap<String, usize> = rows
            .into_iter()
            .filter_map(|row| {
                Some((cell_text(&table.frame, "region", row as usize)?, row as usize))
            })
            .collect();
        let columns = output.columns.iter().filter(|column| !column.key);
        for column in columns {
            let Ok(cells) = table.frame.numbers(column.name) else { continue };
            let all: Vec<f64> = by_code.values().filter_map(|&row| cells[row].number()).collect();
            let own = || {
                regions.iter().map(|region| {
                    by_code.get(region).map_or(Datum::Gap(Gap::Missing), |&row| cells[row])
                })
            };
            let above = |value: f64| 1 + all.iter().filter(|other| **other > value).count();
            let mut gaps = BTreeMap::new();
            let address = |region: &String| {
                let period = period.map(|period| format!("period={period},")).unwrap_or_default();
                let (step, table) = (&record.step, output.name);
                format!("{step}:{table}.{}@{period}region={region}", column.name)
            };
            items.push(ProfileItem {
                step: record.step.clone(),
                table: output.name.to_owned(),
                column: column.name.to_owned(),
                title: column.title.into(),
                method: Words::from(method.title),
                chapter: method.chapter.id().to_owned(),
                unit: table.frame.column(column.name).map_or("", Column::unit).to_owned(),
                period,
                places: own().map(|datum| datum.number().map(above)).collect(),
                values: numbers(own(), &mut gaps),
                gaps,
                n_regions: all.len(),
                addresses: regions.iter().map(address).collect(),
            });
        }
    }
    Ok(items)
}
