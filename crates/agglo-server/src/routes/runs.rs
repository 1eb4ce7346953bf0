//! Running the study, and comparing runs.

use std::path::PathBuf;
use std::time::Duration;

use agglo_study::record::Status;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use super::study::Nothing;
use super::{Asked, Shared};
use crate::app::Asking;
use crate::dto::{DiffForm, RunAbout, RunList, RunState};
use crate::guard::MOST_BODY;
use crate::history::{self, Kept};
use crate::problem::{Problem, Problems};
use crate::reply::Reply;
use crate::{codes, words};

/// The time in which a body must arrive.
const BODY_TIME: Duration = Duration::from_secs(10);
/// Numbers that moved, shown for a step.
const MOVED: usize = 200;

/// The last run and those kept, newest first, and what is being run.
#[utoipa::path(get, path = "/runs", tag = "runs", responses((status = 200, body = RunList), Problems))]
pub(super) async fn runs(
    State(app): Shared,
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Json<RunList>, Problem> {
    let root = app.config.root.clone();
    let current = app.snapshot().run_id.clone();
    let kept = app.work(move || Ok(history::all(&root))).await?;
    let about = |run: Kept| {
        let count = |status| run.record.steps.iter().filter(|step| step.status == status).count();
        RunAbout {
            current: current.as_ref() == Some(&run.id),
            answered: count(Status::Answered),
            refused: count(Status::Refused),
            failed: count(Status::Failed),
            time: run.time.and_then(history::written),
            id: run.id,
            version: run.record.version,
            code: run.record.code,
            seed: run.record.seed,
        }
    };
    Ok(Json(RunList { runs: kept.into_iter().map(about).collect(), state: app.run_state() }))
}

/// Runs the study; only what changed is computed again. Progress comes as events.
#[utoipa::path(
    post, path = "/runs", tag = "runs", security(("token" = [])),
    responses((status = 202, body = RunState), Problems),
)]
pub(super) async fn start(State(app): Shared, body: Body) -> Response {
    if let Err(problem) = empty(body).await {
        return problem.into_response();
    }
    match app.start_run() {
        Ok(state) => (StatusCode::ACCEPTED, Json(state)).into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// Reads a body that must say nothing: none, blanks, or `{}`.
async fn empty(body: Body) -> Result<(), Problem> {
    let whole = axum::body::to_bytes(body, MOST_BODY as usize);
    let bytes = tokio::time::timeout(BODY_TIME, whole)
        .await
        .map_err(|_| {
            let detail = "the body did not arrive in time";
            Problem::new(StatusCode::REQUEST_TIMEOUT, codes::TOO_LARGE, detail)
        })?
        .map_err(|_| {
            let detail = format!("the body is longer than {MOST_BODY} bytes, or was cut off");
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, codes::TOO_LARGE, detail)
        })?;
    let text = bytes.trim_ascii();
    let says_nothing = text.is_empty()
        || serde_json::from_slice::<Value>(text)
            .is_ok_and(|value| value.as_object().is_some_and(serde_json::Map::is_empty));
    if says_nothing {
        Ok(())
    } else {
        Err(Problem::query("body", "a run takes no choices: they stand in study.toml"))
    }
}

/// What is being run.
#[utoipa::path(get, path = "/runs/state", tag = "runs", responses((status = 200, body = RunState), Problems))]
pub(super) async fn state(State(app): Shared, Asked(Nothing {}): Asked<Nothing>) -> Json<RunState> {
    Json(app.run_state())
}

/// Stops the run after the steps it is at; what is computed by then is not computed again.
#[utoipa::path(
    delete, path = "/runs/state", tag = "runs", security(("token" = [])),
    responses((status = 202, body = RunState), Problems),
)]
pub(super) async fn stop(State(app): Shared) -> Response {
    (StatusCode::ACCEPTED, Json(app.stop_run())).into_response()
}

/// Which runs.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DiffQuery {
    /// The id of the run before.
    before: String,
    /// The id of the run after; the last one when absent.
    after: Option<String>,
    /// Numbers whose relative difference is at most this are the same.
    #[param(minimum = 0)]
    tolerance: Option<f64>,
    /// Numbers that moved, shown for each step; 200 when absent.
    #[param(minimum = 0)]
    limit: Option<usize>,
}

/// What moved between two runs, and why: data, setting, code, or a step before.
#[utoipa::path(
    get, path = "/diff", tag = "runs", params(DiffQuery),
    responses((status = 200, body = DiffForm), Problems),
)]
pub(super) async fn diff(
    State(app): Shared,
    asking: Asking,
    Asked(query): Asked<DiffQuery>,
) -> Response {
    app.answer(&asking, move |snapshot| {
        let tolerance = query.tolerance.unwrap_or_default();
        if !tolerance.is_finite() || tolerance < 0.0 {
            return Err(Problem::query("tolerance", "a number of zero or more"));
        }
        let runs = history::all(&snapshot.root);
        let folder = |id: &str| -> Result<PathBuf, Problem> {
            let known = runs.iter().find(|run| run.id == id);
            known
                .map(|run| run.folder.clone())
                .ok_or_else(|| Problem::unknown("run", id, runs.iter().map(|run| run.id.as_str())))
        };
        let after = match query.after.as_deref() {
            None | Some("current") => snapshot.run_id.clone().ok_or_else(Problem::not_run)?,
            Some(id) => id.to_owned(),
        };
        let (from, to) = (folder(&query.before)?, folder(&after)?);
        let found = agglo_study::diff::diff(&from, &to, tolerance)?;
        let limit = query.limit.unwrap_or(MOVED);
        let mut value = serde_json::to_value(&found).unwrap_or_default();
        if let Some(steps) = value["steps"].as_array_mut() {
            for step in steps {
                let n = step["moved"].as_array().map_or(0, Vec::len);
                step["n_moved"] = n.into();
                if let Some(moved) = step["moved"].as_array_mut() {
                    moved.truncate(limit);
                }
            }
        }
        let way = |folder: &PathBuf| {
            let way = folder.strip_prefix(&snapshot.root).unwrap_or(folder);
            if way.as_os_str().is_empty() { ".".to_owned() } else { way.display().to_string() }
        };
        let (from, to) = (way(&from), way(&to));
        Reply::json(&DiffForm {
            by_cause: found.by_cause().into_iter().map(|(k, n)| (k.to_owned(), n)).collect(),
            diff: value,
            command: format!("agglo diff {} {} --json", words::quoted(&from), words::quoted(&to)),
            python: format!("agglo.diff({}, {})", words::literal(&from), words::literal(&to)),
        })
    })
    .await
}
