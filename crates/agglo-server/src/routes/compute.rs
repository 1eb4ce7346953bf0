//! One method asked now.

use std::collections::BTreeMap;

use agglo_study::run::Question;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::answers::{ask, more, provenance};
use super::tabular::{self, TableFormat, chosen, table_query};
use super::{Asked, Shared, pairs, periods, seed};
use crate::app::Asking;
use crate::dto::{Computed, Table};
use crate::problem::{Problem, Problems};
use crate::reply::Reply;
use crate::words;

table_query! {
    /// Which method, with which choices.
    ComputeQuery {
        /// A method's id: of several steps of the plan that ask it the first; where none does, it is asked
        /// of the canonical tables of its inputs.
        #[param(example = "gini")]
        method: Option<String>,
        /// A step of the plan, in place of a method.
        step: Option<String>,
        /// The variant; the step's, else the method's first when absent.
        variant: Option<String>,
        /// A choice, as `NAME=VALUE`.
        #[serde(default)]
        option: Vec<String>,
        /// The seed; the study's when absent.
        seed: Option<u64>,
        /// The period, or the periods from one to another: `2015` or `2010..2015`.
        period: Option<String>,
        /// Only rows of the method's first table in which a column has a value: `industry=C`.
        #[serde(default)]
        keep: Vec<String>,
        /// The weight of an indicator, as `CODE=NUMBER`; indicators that are not named have none.
        #[serde(default)]
        weight: Vec<String>,
        /// The table of the answer; the main one when absent, `all` for every one (as JSON).
        table: Option<String>,
    }
}

/// Asks a method of the study's tables; nothing is written. What a run withholds is withheld.
#[utoipa::path(
    get, path = "/compute", tag = "compute", params(ComputeQuery),
    responses(
        (status = 200, content(
            (Table = "application/json"), (String = "text/csv"), (Vec<u8> = "application/vnd.apache.arrow.stream"),
            (Vec<u8> = "application/vnd.apache.parquet"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        Problems,
    ),
)]
pub(super) async fn compute(
    State(app): Shared,
    asking: Asking,
    Asked(query): Asked<ComputeQuery>,
) -> Response {
    let question = match question(&query) {
        Ok(question) => question,
        Err(problem) => return problem.into_response(),
    };
    let asked = query.table();
    if query.table.as_deref() == Some("all") {
        if asked.format.is_some_and(|format| format != TableFormat::Json) {
            return Problem::query("format", "all tables at once are JSON").into_response();
        }
        return app
            .answer(&asking, move |snapshot| {
                let answer = ask(snapshot, &question)?;
                let mut tables: BTreeMap<String, Table> = BTreeMap::new();
                for (name, _) in &answer.answer.tables {
                    let found = answer.found(snapshot, &question, Some(name))?;
                    tables.insert(name.clone(), chosen(found, &asked)?);
                }
                let main = answer.answer.tables.first().map_or("", |(name, _)| name.as_str());
                Reply::json(&Computed {
                    provenance: provenance(snapshot, &answer.record, answer.method, main)?,
                    command: answer.command(snapshot, &question),
                    python: words::measure(&snapshot.root, &answer.record, main, &more(&question)),
                    tables,
                })
            })
            .await;
    }
    let table = query.table.clone();
    tabular::answer(&app, asking, asked, move |snapshot| {
        ask(snapshot, &question)?.found(snapshot, &question, table.as_deref())
    })
    .await
}

/// The weights of indicators.
pub(super) fn weights(texts: &[String]) -> Result<BTreeMap<String, f64>, Problem> {
    let mut weights = BTreeMap::new();
    for (code, text) in pairs("weight", texts)? {
        let weight = text.parse().ok().filter(|w: &f64| w.is_finite() && *w >= 0.0);
        let weight = weight.ok_or_else(|| {
            Problem::query("weight", format!("`{text}` is no weight: a number of zero or more"))
        })?;
        weights.insert(code, weight);
    }
    if !weights.is_empty() && weights.values().all(|weight| *weight == 0.0) {
        return Err(Problem::query("weight", "all weights are zero"));
    }
    Ok(weights)
}

fn question(query: &ComputeQuery) -> Result<Question, Problem> {
    let what = match (&query.step, &query.method) {
        (Some(what), None) | (None, Some(what)) => what.clone(),
        (None, None) => return Err(Problem::query("method", "name a method or a step")),
        (Some(_), Some(_)) => {
            return Err(Problem::query("method", "name a method or a step, not both"));
        }
    };
    let mut keep: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (column, value) in pairs("keep", &query.keep)? {
        keep.entry(column).or_default().push(value);
    }
    Ok(Question {
        what,
        variant: query.variant.clone(),
        options: pairs("option", &query.option)?.into_iter().collect(),
        seed: seed(query.seed)?,
        periods: periods(query.period.as_deref())?,
        keep,
        weights: weights(&query.weight)?,
    })
}
