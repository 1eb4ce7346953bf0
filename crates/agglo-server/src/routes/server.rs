//! The server itself, and what happens to the study.

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use super::Shared;
use crate::dto::{Health, Server};
use crate::events::listen;
use crate::problem::Problems;

/// Whether the server is there; needs no token.
#[utoipa::path(get, path = "/health", tag = "server", responses((status = 200, body = Health), Problems))]
pub(super) async fn health() -> Json<Health> {
    Json(Health { status: "ok".to_owned() })
}

/// What the server is, and how the study stands.
#[utoipa::path(get, path = "/server", tag = "server", responses((status = 200, body = Server), Problems))]
pub(super) async fn server(State(app): Shared) -> Json<Server> {
    Json(Server {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        code: agglo_study::run::CODE.to_owned(),
        api: 1,
        watching: app.config.watch,
        token_needed: !app.is_local(),
        page: crate::page::is_here(),
        uptime_s: app.started.elapsed().as_secs(),
        generation: app.snapshot().generation,
        run: app.run_state(),
        langs: agglo_core::Lang::ALL.iter().map(|lang| lang.tag().to_owned()).collect(),
    })
}

/// Server-sent events: `hello`, `run-started`, `run-progress`, `run-finished`, `run-failed`, `changed`, `reloaded`.
#[utoipa::path(
    get, path = "/events", tag = "server",
    responses((status = 200, body = String, content_type = "text/event-stream"), Problems),
)]
pub(super) async fn events(State(app): Shared) -> Response {
    listen(&app)
}
