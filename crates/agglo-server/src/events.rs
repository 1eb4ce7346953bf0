//! What happens to the study, told to whoever listens.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::Stream;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::broadcast;

use crate::app::App;
use crate::dto::Ended;
use crate::problem::Problem;

/// Events that a slow listener may be behind.
const BACKLOG: usize = 256;
/// Listeners at once.
const MOST_LISTENERS: usize = 512;
/// A comment goes out so often, so that nobody takes the line for dead.
const ALIVE: Duration = Duration::from_secs(15);

/// What happened.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A run was started.
    RunStarted,
    /// So many steps are done.
    RunProgress { done: u64, total: u64 },
    /// A run came to its end, or was stopped.
    RunFinished { ended: Ended, generation: u64 },
    /// A run did not come to its end.
    RunFailed(Box<Problem>),
    /// Files that the study reads changed.
    Changed { generation: u64, files: Vec<String> },
    /// Another program ran the study.
    Reloaded { generation: u64 },
}

impl Event {
    fn name(&self) -> &'static str {
        match self {
            Event::RunStarted => "run-started",
            Event::RunProgress { .. } => "run-progress",
            Event::RunFinished { .. } => "run-finished",
            Event::RunFailed(_) => "run-failed",
            Event::Changed { .. } => "changed",
            Event::Reloaded { .. } => "reloaded",
        }
    }

    fn data(&self) -> Value {
        match self {
            Event::RunStarted => json!({}),
            Event::RunProgress { done, total } => json!({ "done": done, "total": total }),
            Event::RunFinished { ended, generation } => json!({
                "ok": ended.ok, "answered": ended.answered, "refused": ended.refused,
                "failed": ended.failed, "computed": ended.computed, "generation": generation,
            }),
            Event::RunFailed(problem) => serde_json::to_value(problem).unwrap_or_default(),
            Event::Changed { generation, files } => {
                json!({ "generation": generation, "files": files })
            }
            Event::Reloaded { generation } => json!({ "generation": generation }),
        }
    }
}

/// Where events go out.
pub(crate) struct Events {
    sender: broadcast::Sender<Event>,
    listeners: Arc<AtomicUsize>,
}

struct Seat(Arc<AtomicUsize>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Events {
    /// Nobody listens yet.
    pub(crate) fn new() -> Events {
        Events { sender: broadcast::Sender::new(BACKLOG), listeners: Arc::default() }
    }

    /// Tells everybody.
    pub(crate) fn send(&self, event: Event) {
        // Nobody listening is no error.
        let _ = self.sender.send(event);
    }
}

#[derive(Serialize)]
struct Hello<'a> {
    generation: u64,
    run: &'a crate::dto::RunState,
}

fn hello(app: &App) -> Value {
    let (generation, run) = (app.snapshot().generation, app.run_state());
    serde_json::to_value(Hello { generation, run: &run }).unwrap_or_default()
}

/// Events from now on, after a `hello` that says how things stand.
pub(crate) fn listen(app: &Arc<App>) -> Response {
    let seat = Seat(app.events.listeners.clone());
    if app.events.listeners.fetch_add(1, Ordering::Relaxed) >= MOST_LISTENERS {
        let detail = format!("{MOST_LISTENERS} pages listen already");
        let status = axum::http::StatusCode::SERVICE_UNAVAILABLE;
        return Problem::new(status, crate::codes::BUSY, detail).into_response();
    }
    let stream = stream(app.clone(), app.events.sender.subscribe(), seat);
    Sse::new(stream).keep_alive(KeepAlive::new().interval(ALIVE).text("alive")).into_response()
}

fn stream(
    app: Arc<App>,
    receiver: broadcast::Receiver<Event>,
    seat: Seat,
) -> impl Stream<Item = Result<sse::Event, Infallible>> {
    let first = Some(hello(&app));
    futures::stream::unfold((app, receiver, first, 0u64, seat), |state| async move {
        let (app, mut receiver, first, id, seat) = state;
        let (name, data) = match first {
            Some(data) => ("hello", data),
            None => match receiver.recv().await {
                Ok(event) => (event.name(), event.data()),
                // Whoever missed some is told how things stand now.
                Err(broadcast::error::RecvError::Lagged(_)) => ("hello", hello(&app)),
                Err(broadcast::error::RecvError::Closed) => return None,
            },
        };
        let event = sse::Event::default().event(name).id(id.to_string()).data(data.to_string());
        Some((Ok(event), (app, receiver, None, id + 1, seat)))
    })
}
