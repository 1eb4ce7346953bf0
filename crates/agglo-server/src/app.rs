//! What all requests share: the study as it is, answers kept in memory, the run that is going on.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Instant, SystemTime};

use agglo_core::Control;
use agglo_study::StudyError;
use agglo_study::record::Status;
use agglo_study::run::{Engine, RunOptions};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::sync::{OnceCell, Semaphore};

use crate::cache::Cache;
use crate::codes;
use crate::dto::{Ended, RunState};
use crate::events::{Event, Events};
use crate::history;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::Snapshot;

/// Bytes of answers kept in memory, about.
const ANSWER_BYTES: usize = 128 << 20;
/// Requests that may wait for a free thread.
const MOST_WAITING: usize = 2_000;
/// Answers change only with the study, and asking whether it did is cheap.
const ASK_AGAIN: &str = "no-cache";

/// How the server is run.
pub struct Config {
    /// The study's folder.
    pub root: PathBuf,
    /// Where to listen.
    pub host: std::net::IpAddr,
    /// The port; any free one when zero.
    pub port: u16,
    /// The token that changes need.
    pub token: String,
    /// Names under which a proxy reaches this server, besides its own address.
    pub allowed_hosts: Vec<String>,
    /// Whether a change of a file starts a run.
    pub watch: bool,
    /// Threads of a run; as many as there are cores when zero.
    pub threads: usize,
    /// The seed in place of the study's.
    pub seed: Option<u64>,
    /// What reduces a register.
    pub engine: Engine,
}

type Slot = OnceCell<Arc<Reply>>;

/// What all requests share.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) address: std::net::SocketAddr,
    pub(crate) started: Instant,
    pub(crate) events: Events,
    snapshot: RwLock<Arc<Snapshot>>,
    generation: AtomicU64,
    answers: Cache<Slot>,
    threads: Arc<Semaphore>,
    waiting: AtomicUsize,
    run: Mutex<RunState>,
    stop: AtomicBool,
    token: blake3::Hash,
}

impl App {
    /// The server of a study at `address`.
    pub(crate) fn new(config: Config, address: std::net::SocketAddr) -> App {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let generation = 1;
        App {
            snapshot: RwLock::new(Arc::new(Snapshot::take(
                &config.root,
                format!("http://{address}"),
                generation,
            ))),
            token: blake3::hash(config.token.as_bytes()),
            config,
            address,
            started: Instant::now(),
            events: Events::new(),
            generation: AtomicU64::new(generation),
            answers: Cache::new(ANSWER_BYTES),
            threads: Arc::new(Semaphore::new(cores.max(2))),
            waiting: AtomicUsize::new(0),
            run: Mutex::new(RunState::idle(None)),
            stop: AtomicBool::new(false),
        }
    }

    /// Whether `token` is the one that was printed; takes as long for every wrong one.
    pub(crate) fn is_token(&self, token: &str) -> bool {
        blake3::hash(token.as_bytes()) == self.token
    }

    /// Whether this is reached from this machine only.
    pub(crate) fn is_local(&self) -> bool {
        self.config.host.is_loopback()
    }

    /// The study as it is now.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks at the study anew.
    pub(crate) fn reload(&self) -> u64 {
        let generation = self.generation.fetch_add(1, Ordering::SeqCst) + 1;
        let url = format!("http://{}", self.address);
        let fresh = Arc::new(Snapshot::take(&self.config.root, url, generation));
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        self.answers.clear();
        generation
    }

    /// What is being run.
    pub(crate) fn run_state(&self) -> RunState {
        self.run().clone()
    }

    fn run(&self) -> MutexGuard<'_, RunState> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does `work` on a thread of its own, when one is free.
    ///
    /// # Errors
    /// What `work` says; A1007 where too many wait, A1012 where it panics.
    pub(crate) async fn work<T: Send + 'static>(
        self: &Arc<App>,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= MOST_WAITING {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(busy());
        }
        let permit = self.threads.clone().acquire_owned().await;
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        let permit = permit.map_err(|_| busy())?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        done.await.unwrap_or_else(|_| Err(Problem::internal("the answer could not be made")))
    }

    /// The answer of this name, from memory or made by `make` from the study as it is; made once, however
    /// many ask for it at the same time.
    pub(crate) async fn answer(
        self: &Arc<App>,
        asked: &Asking,
        make: impl FnOnce(&Snapshot) -> Result<Reply, Problem> + Send + 'static,
    ) -> Response {
        let snapshot = self.snapshot();
        let name = format!("{} {}", snapshot.generation, asked.name);
        let slot = self.answers.get_or(&name, Slot::new);
        let made = slot
            .get_or_try_init(|| {
                self.work(move || make(&snapshot).map(|reply| Arc::new(reply.prepare())))
            })
            .await;
        match made {
            Ok(reply) => {
                self.answers.weigh(&name, reply.size());
                reply.respond(&asked.method, &asked.headers, ASK_AGAIN)
            }
            Err(problem) => {
                self.answers.forget(&name);
                problem.into_response()
            }
        }
    }

    /// Starts a run on a thread of its own.
    ///
    /// # Errors
    /// A1008 where one is going on.
    pub(crate) fn start_run(self: &Arc<App>) -> Result<RunState, Problem> {
        let state = {
            let mut run = self.run();
            if run.state == "running" {
                return Err(Problem::new(
                    StatusCode::CONFLICT,
                    codes::RUNNING,
                    "a run is going on already",
                ));
            }
            let last = run.last.take();
            *run = RunState {
                state: "running".to_owned(),
                started: history::written(SystemTime::now()),
                ..RunState::idle(last)
            };
            run.clone()
        };
        self.stop.store(false, Ordering::SeqCst);
        self.events.send(Event::RunStarted);
        let app = self.clone();
        std::thread::spawn(move || app.run_now());
        Ok(state)
    }

    /// Asks the run to stop; it does after the step it is at.
    pub(crate) fn stop_run(&self) -> RunState {
        self.stop.store(true, Ordering::SeqCst);
        self.run_state()
    }

    fn run_now(&self) {
        let root = &self.config.root;
        // What is there is kept and read first: it can be compared with, and goes on being served
        // while files change under it.
        let kept = history::keep(root);
        let before = self.snapshot();
        let _ = (before.findings(), before.desk());
        let progress = |done: u64, total: u64| {
            {
                let mut run = self.run();
                (run.done, run.total) = (done.max(run.done), total);
            }
            self.events.send(Event::RunProgress { done, total });
        };
        let options = RunOptions {
            threads: self.config.threads,
            seed: self.config.seed,
            engine: &self.config.engine,
            control: Control::new(&progress, &self.stop),
        };
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            agglo_study::run::run(root, &options)
        }));
        let generation = self.reload();
        let ended = match outcome {
            Ok(Ok(outcome)) => {
                let kept = kept.and_then(|()| history::keep(root));
                Ended {
                    ok: kept.is_ok(),
                    answered: outcome.count(Status::Answered),
                    refused: outcome.count(Status::Refused),
                    failed: outcome.count(Status::Failed),
                    computed: outcome.n_computed,
                    problem: kept.err().map(|error| {
                        Problem::internal(format!("the run could not be kept below runs/: {error}"))
                    }),
                }
            }
            Ok(Err(StudyError::Cancelled)) => without(None),
            Ok(Err(error)) => without(Some(error.into())),
            Err(_) => without(Some(Problem::internal("the run came to an end that it should not"))),
        };
        let event = match (&ended.problem, ended.ok) {
            (Some(problem), _) => Event::RunFailed(Box::new(problem.clone())),
            (None, _) => Event::RunFinished { ended: ended.clone(), generation },
        };
        *self.run() = RunState::idle(Some(ended));
        self.events.send(event);
    }
}

fn without(problem: Option<Problem>) -> Ended {
    let (answered, refused, failed, computed) = (0, 0, 0, 0);
    Ended { ok: false, answered, refused, failed, computed, problem }
}

fn busy() -> Problem {
    let detail = "more requests wait for an answer than this server takes";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, codes::BUSY, detail)
}

/// Who asks for an answer of which name.
pub(crate) struct Asking {
    /// The route, the query, and the format: everything the answer depends on besides the study.
    pub(crate) name: String,
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
}
