//! The process that plans jobs and hands out their tasks.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use arrow_flight::flight_service_server::FlightServiceServer;
use axum::http::StatusCode;
use axum::routing::get;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::extension::BallistaConfigGrpcEndpoint;
use ballista_core::flight_proxy_service::BallistaFlightProxyService;
use ballista_core::serde::protobuf::scheduler_grpc_server::SchedulerGrpcServer;
use ballista_core::utils::default_session_builder;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::{create_scheduler, start_grpc_service_with_listener};
use ballista_scheduler::scheduler_server::SchedulerServer;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::prelude::SessionConfig;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use tokio::net::TcpListener;
use tonic::service::{Routes, RoutesBuilder};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use crate::address::DEFAULT_PORT;
use crate::error::ClusterError;
use crate::stores;
use crate::tls::{Loaded, Tls};

/// Bytes of a message: plans grow with the number of files they name.
pub(crate) const LONGEST_MESSAGE: u32 = 64 << 20;
/// Plans are walked by functions that call themselves.
pub(crate) const STACK: usize = 32 << 20;
/// Between looks for executors that fell silent.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How a scheduler is to be.
#[derive(Clone, Debug)]
pub struct SchedulerOptions {
    /// The address to listen on; loopback unless said otherwise, since whoever reaches it can run jobs.
    pub bind: IpAddr,
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// The name by which executors and clients reach it; `bind` when `None`.
    pub external_host: Option<String>,
    /// An executor that is silent for longer is lost, and its tasks are done again by others.
    /// Default 30 s.
    pub executor_timeout: Duration,
    /// How long the intermediate files of a job that is done are kept. Default 5 minutes.
    pub keep_job_data: Duration,
    /// Whether clients fetch results through the scheduler, because they cannot reach the executors.
    pub proxy_results: bool,
    /// Certificates, for a cluster that only those who have one may use.
    pub tls: Option<Tls>,
}

impl Default for SchedulerOptions {
    fn default() -> SchedulerOptions {
        SchedulerOptions {
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: DEFAULT_PORT,
            external_host: None,
            executor_timeout: Duration::from_secs(30),
            keep_job_data: Duration::from_mins(5),
            proxy_results: false,
            tls: None,
        }
    }
}

/// Runs a scheduler until it is told to stop (Ctrl-C, SIGTERM). `listening` is called once with the
/// address it can be reached at.
///
/// Its state is in memory: jobs that run when it stops are lost.
///
/// # Errors
/// When the port is taken, a certificate cannot be used, or the service breaks.
pub fn scheduler(
    options: &SchedulerOptions,
    listening: impl FnOnce(SocketAddr),
) -> Result<(), ClusterError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("scheduler")
        .thread_stack_size(STACK)
        .build()
        .map_err(|error| stopped(&error))?;
    let result = runtime.block_on(async {
        futures::future::select(Box::pin(serve(options, listening)), Box::pin(told_to_stop()))
            .await
            .factor_first()
            .0
    });
    runtime.shutdown_timeout(Duration::from_secs(2));
    result
}

async fn serve(
    options: &SchedulerOptions,
    listening: impl FnOnce(SocketAddr),
) -> Result<(), ClusterError> {
    let tls = options.tls.as_ref().map(Tls::load).transpose()?;
    let asked = SocketAddr::new(options.bind, options.port);
    let refused = |error: std::io::Error| ClusterError::Listen {
        address: asked.to_string(),
        why: error.to_string(),
    };
    let listener = TcpListener::bind(asked).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;

    let config = Arc::new(SchedulerConfig {
        bind_host: options.bind.to_string(),
        bind_port: address.port(),
        external_host: options.external_host.clone().unwrap_or_else(|| options.bind.to_string()),
        scheduling_policy: TaskSchedulingPolicy::PullStaged,
        executor_timeout_seconds: options.executor_timeout.as_secs().max(1),
        no_executors_grace_period_seconds: options.executor_timeout.as_secs().max(1),
        expire_dead_executor_interval_seconds: LOOK_EVERY
            .as_secs()
            .min(options.executor_timeout.as_secs().div_ceil(2))
            .max(1),
        finished_job_data_clean_up_interval_seconds: options.keep_job_data.as_secs().max(1),
        enable_embedded_flight_proxy: options.proxy_results,
        grpc_server_max_decoding_message_size: LONGEST_MESSAGE,
        grpc_server_max_encoding_message_size: LONGEST_MESSAGE,
        grpc_client_max_message_size: LONGEST_MESSAGE,
        override_session_builder: Some(Arc::new(session)),
        override_create_grpc_client_endpoint: tls.as_ref().map(Loaded::client),
        use_tls: tls.is_some(),
        ..SchedulerConfig::default()
    });
    config.validate().map_err(|error| stopped(&error))?;
    let cluster =
        BallistaCluster::new_from_config(&config).await.map_err(|error| stopped(&error))?;
    let server = create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, config)
        .await
        .map_err(|error| stopped(&error))?;
    listening(address);
    match tls {
        None => start_grpc_service_with_listener(listener, server)
            .await
            .map_err(|error| stopped(&error)),
        Some(tls) => serve_with_tls(listener, server, &tls).await,
    }
}

/// Ballista serves without TLS only, so the same services are served here.
async fn serve_with_tls(
    listener: TcpListener,
    server: SchedulerServer<LogicalPlanNode, PhysicalPlanNode>,
    tls: &Loaded,
) -> Result<(), ClusterError> {
    let longest = LONGEST_MESSAGE as usize;
    let config = Arc::clone(&server.state.config);
    let proxy = config.enable_embedded_flight_proxy.then(|| {
        let endpoint = Arc::new(BallistaConfigGrpcEndpoint::new(tls.client()));
        FlightServiceServer::new(BallistaFlightProxyService::new(
            longest,
            longest,
            true,
            Some(endpoint),
        ))
        .max_decoding_message_size(longest)
        .max_encoding_message_size(longest)
    });
    let jobs = SchedulerGrpcServer::new(server.clone())
        .max_decoding_message_size(longest)
        .max_encoding_message_size(longest);
    let mut routes = RoutesBuilder::default();
    routes.add_service(jobs);
    if let Some(proxy) = proxy {
        routes.add_service(proxy);
    }
    let pages = routes
        .routes()
        .into_axum_router()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(move || std::future::ready(ready(server.is_ready()))));
    Server::builder()
        .tls_config(tls.server())
        .map_err(|error| stopped(&error))?
        .add_routes(Routes::from(pages))
        .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)))
        .await
        .map_err(|error| stopped(&error))
}

fn ready(is_ready: bool) -> (StatusCode, &'static str) {
    if is_ready {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "no executors")
    }
}

/// The scheduler lists and opens files when it plans, so it must know buckets too.
fn session(config: SessionConfig) -> datafusion::common::Result<SessionState> {
    let state = default_session_builder(config)?;
    Ok(SessionStateBuilder::new_from_existing(state)
        .with_runtime_env(stores::runtime(None)?)
        .build())
}

fn stopped(error: &dyn std::error::Error) -> ClusterError {
    ClusterError::Stopped { role: "scheduler", why: error.to_string() }
}

/// Ends when the process is asked to.
async fn told_to_stop() -> Result<(), ClusterError> {
    let ctrl_c = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).map_err(|error| stopped(&error))?;
        futures::future::select(Box::pin(ctrl_c), Box::pin(terminate.recv())).await;
    }
    #[cfg(not(unix))]
    ctrl_c.await.map_err(|error| stopped(&error))?;
    log::info!("asked to stop");
    Ok(())
}
