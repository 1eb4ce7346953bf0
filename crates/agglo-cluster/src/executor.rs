//! A process that does the tasks of jobs.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow_flight::flight_service_server::FlightServiceServer;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::error::BallistaError;
use ballista_core::extension::{BallistaGrpcMetadataInterceptor, SessionConfigExt};
use ballista_core::utils::create_grpc_server;
use ballista_executor::ArrowFlightServerProvider;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_executor::flight_service::BallistaFlightService;
use datafusion::prelude::SessionConfig;
use tokio::net::TcpListener;

use crate::address::Address;
use crate::error::ClusterError;
use crate::folder::WorkFolder;
use crate::scheduler::{LONGEST_MESSAGE, STACK};
use crate::status::Status;
use crate::stores;
use crate::tls::{Loaded, Tls};

/// How an executor is to be.
#[derive(Clone, Debug)]
pub struct ExecutorOptions {
    /// Where the scheduler listens.
    pub scheduler: Address,
    /// How long a scheduler that does not answer yet is waited for. Default 60 s.
    pub patience: Duration,
    /// The address to listen on for others who fetch what this executor computed.
    pub bind: IpAddr,
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// The name by which the others reach it; when `None`, the address that the scheduler sees.
    pub external_host: Option<String>,
    /// Tasks at a time; all cores when `None`.
    pub threads: Option<usize>,
    /// Bytes for the tasks together, each of which gets its share and spills beyond; seven tenths of
    /// the machine's or container's when `None`.
    pub memory: Option<u64>,
    /// The folder for intermediate data and spills; a folder of its own in it is kept while the
    /// executor lives, and removed.
    pub work_dir: PathBuf,
    /// Certificates, where the cluster asks for them.
    pub tls: Option<Tls>,
}

impl ExecutorOptions {
    /// An executor on loopback for `scheduler`, with a free port and the machine's cores and memory.
    pub fn new(scheduler: Address) -> ExecutorOptions {
        ExecutorOptions {
            scheduler,
            patience: Duration::from_mins(1),
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            external_host: None,
            threads: None,
            memory: None,
            work_dir: std::env::temp_dir().join("agglo-cluster"),
            tls: None,
        }
    }
}

/// Runs an executor until it is told to stop (Ctrl-C, SIGTERM); tasks that run are finished first.
/// `listening` is called once with the address it can be reached at.
///
/// # Errors
/// When the scheduler does not answer within `options.patience`, the port is taken, the folder or a
/// certificate cannot be used, or the service breaks.
pub fn executor(
    options: &ExecutorOptions,
    listening: impl FnOnce(SocketAddr),
) -> Result<(), ClusterError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("executor")
        .thread_stack_size(STACK)
        .build()
        .map_err(|error| stopped(error.to_string()))?;
    let folder = WorkFolder::create(&options.work_dir)?;
    let result = runtime.block_on(run(options, &folder, listening));
    runtime.shutdown_timeout(Duration::from_secs(2));
    result
}

async fn run(
    options: &ExecutorOptions,
    folder: &WorkFolder,
    listening: impl FnOnce(SocketAddr),
) -> Result<(), ClusterError> {
    let tls = options.tls.as_ref().map(Tls::load).transpose()?;
    if tls.is_some() && options.external_host.is_none() && options.bind.is_unspecified() {
        return Err(stopped(
            "with TLS, --external-host must say by which name of its certificate it is reached"
                .to_owned(),
        ));
    }
    wait_for_scheduler(options, tls.as_ref()).await?;
    let address = free_address(SocketAddr::new(options.bind, options.port)).await?;
    let external_host = options
        .external_host
        .clone()
        .or_else(|| (!options.bind.is_unspecified()).then(|| options.bind.to_string()));
    let work_dir = folder.path().to_str().ok_or_else(|| ClusterError::WorkFolder {
        folder: folder.path().display().to_string(),
        why: "its name is no UTF-8".to_owned(),
    })?;
    let spill_to = work_dir.to_owned();
    let config_tls = tls.clone();
    let config = ExecutorProcessConfig {
        bind_host: bracketed(options.bind),
        external_host,
        port: address.port(),
        grpc_port: address.port(),
        scheduler_host: options.scheduler.host(),
        scheduler_port: options.scheduler.port(),
        vcores: options.threads.unwrap_or(0),
        task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
        work_dir: Some(work_dir.to_owned()),
        memory_pool_size: options.memory,
        grpc_max_decoding_message_size: LONGEST_MESSAGE,
        grpc_max_encoding_message_size: LONGEST_MESSAGE,
        override_runtime_producer: Some(Arc::new(move |_| stores::runtime(Some(&spill_to)))),
        override_config_producer: Some(Arc::new(move || session_config(config_tls.as_ref()))),
        override_create_grpc_client_endpoint: tls.as_ref().map(Loaded::client),
        override_arrow_flight_service: tls.map(flight_with_tls),
        ..ExecutorProcessConfig::default()
    };
    listening(address);
    start_executor_process(Arc::new(config)).await.map_err(|error| stopped(error.to_string()))
}

/// Ballista's own wait for a scheduler has no end.
async fn wait_for_scheduler(
    options: &ExecutorOptions,
    tls: Option<&Loaded>,
) -> Result<(), ClusterError> {
    let begun = Instant::now();
    let tls = tls.map(Loaded::client);
    loop {
        let interceptor = BallistaGrpcMetadataInterceptor::default();
        match Status::connect(&options.scheduler, tls.as_ref(), interceptor).await {
            Ok(_) => return Ok(()),
            Err(error) if begun.elapsed() >= options.patience => return Err(error),
            Err(error) => log::warn!("{error}; waiting"),
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// The address with a port that is free, which an executor must know before it announces itself.
async fn free_address(asked: SocketAddr) -> Result<SocketAddr, ClusterError> {
    let refused = |error: std::io::Error| ClusterError::Listen {
        address: asked.to_string(),
        why: error.to_string(),
    };
    TcpListener::bind(asked).await.map_err(refused)?.local_addr().map_err(refused)
}

fn bracketed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

fn session_config(tls: Option<&Loaded>) -> SessionConfig {
    let config = SessionConfig::new_with_ballista();
    match tls {
        None => config,
        Some(tls) => config
            .with_ballista_use_tls(true)
            .with_ballista_override_create_grpc_client_endpoint(tls.client()),
    }
}

/// Ballista serves what an executor computed without TLS only, so the same service is served here.
fn flight_with_tls(tls: Loaded) -> Arc<ArrowFlightServerProvider> {
    Arc::new(move |work_dir, address, mut shutdown, config| {
        let tls = tls.server();
        tokio::spawn(async move {
            let longest = LONGEST_MESSAGE as usize;
            let service = FlightServiceServer::new(BallistaFlightService::new(work_dir))
                .max_decoding_message_size(longest)
                .max_encoding_message_size(longest);
            create_grpc_server(&config)
                .tls_config(tls)
                .map_err(BallistaError::TonicError)?
                .add_service(service)
                .serve_with_shutdown(address, shutdown.recv())
                .await
                .map_err(BallistaError::TonicError)
        })
    })
}

fn stopped(why: String) -> ClusterError {
    ClusterError::Stopped { role: "executor", why }
}
