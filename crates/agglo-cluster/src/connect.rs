//! A session whose queries run on a cluster.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ballista_core::config::{
    BALLISTA_CLIENT_GRPC_CONNECT_TIMEOUT_SECONDS,
    BALLISTA_CLIENT_GRPC_HTTP2_KEEPALIVE_INTERVAL_SECONDS,
    BALLISTA_CLIENT_GRPC_TCP_KEEPALIVE_SECONDS, BALLISTA_CLIENT_PULL,
};
use ballista_core::extension::{
    BallistaGrpcMetadataInterceptor, SessionConfigExt, SessionStateExt,
};
use ballista_core::planner::BallistaQueryPlanner;
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::address::Address;
use crate::error::ClusterError;
use crate::job::{OnProgress, Planner, Progress, Watch};
use crate::status::{Readiness, Status};
use crate::stores;
use crate::tls::Tls;

/// How a session on a cluster is to be.
#[derive(Clone)]
pub struct Settings {
    /// Parts that rows are divided into between stages; more than there are threads in the cluster
    /// use all of them. Default 16.
    pub partitions: usize,
    /// Rows handled at once; the engine's own when `None`.
    pub batch_size: Option<usize>,
    /// How long a scheduler without executors, or one that has stopped answering, is waited for.
    /// Default 30 s. An address at which nobody listens fails at once.
    pub patience: Duration,
    /// What the cluster calls the jobs of this session in its log.
    pub job_name: String,
    /// Certificates, where the cluster asks for them.
    pub tls: Option<Tls>,
    /// Sent as `authorization: Bearer …`, for a gateway before the scheduler: Ballista itself looks at
    /// no token.
    pub token: Option<String>,
    /// Settings of the engine by name, applied last.
    pub engine: Vec<(String, String)>,
    /// Called on every change, from the thread that waits for the answer.
    pub on_progress: Option<OnProgress>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            partitions: 16,
            batch_size: None,
            patience: Duration::from_secs(30),
            job_name: "agglo".to_owned(),
            tls: None,
            token: None,
            engine: Vec::new(),
            on_progress: None,
        }
    }
}

impl Settings {
    /// The same, with `call` told how far each query is.
    pub fn on_progress(mut self, call: impl Fn(Progress) + Send + Sync + 'static) -> Settings {
        self.on_progress = Some(Arc::new(call));
        self
    }
}

impl fmt::Debug for Settings {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("partitions", &self.partitions)
            .field("patience", &self.patience)
            .field("tls", &self.tls)
            .field("token", &self.token.as_ref().map(|_| "…"))
            .field("engine", &self.engine)
            .finish_non_exhaustive()
    }
}

/// A session whose every query is one job on the cluster at `address`.
///
/// Tables are registered as in any session; their files must be reachable under the same path from
/// here, from the scheduler and from every executor. Tables that lie in this process's memory cannot
/// be sent. A query that fails does so with a [`ClusterError`] inside
/// [`DataFusionError::External`](datafusion::common::DataFusionError::External).
///
/// # Errors
/// When nobody listens there (at once), when the scheduler has no executor within
/// `settings.patience`, when a certificate cannot be used, or a setting of the engine is unknown.
pub async fn connect(
    address: &Address,
    settings: &Settings,
) -> Result<SessionContext, ClusterError> {
    let metadata: HashMap<String, String> = settings
        .token
        .iter()
        .map(|token| ("authorization".to_owned(), format!("Bearer {token}")))
        .collect();
    let tls = settings.tls.as_ref().map(Tls::load).transpose()?.map(|tls| tls.client());
    let interceptor = BallistaGrpcMetadataInterceptor::new(metadata.clone());
    let status = Status::connect(address, tls.as_ref(), interceptor).await?;
    wait_for_executors(address, &status, settings.patience).await?;

    let mut config = SessionConfig::new_with_ballista()
        .with_target_partitions(settings.partitions.max(1))
        .with_ballista_job_name(&settings.job_name)
        .with_ballista_grpc_metadata(metadata)
        // A job that is only waited for has no name until it is over, and cannot be asked about.
        .set_bool(BALLISTA_CLIENT_PULL, true)
        // Two inputs of an exchange that spill into larger files can wait for each other for ever
        // (apache/datafusion#24883).
        .set_usize("datafusion.execution.max_spill_file_size_bytes", 1)
        .set_usize(BALLISTA_CLIENT_GRPC_CONNECT_TIMEOUT_SECONDS, 5)
        .set_usize(BALLISTA_CLIENT_GRPC_TCP_KEEPALIVE_SECONDS, 30)
        .set_usize(BALLISTA_CLIENT_GRPC_HTTP2_KEEPALIVE_INTERVAL_SECONDS, 10);
    if let Some(batch_size) = settings.batch_size {
        config = config.with_batch_size(batch_size);
    }
    if let Some(with_tls) = tls {
        config = config
            .with_ballista_use_tls(true)
            .with_ballista_override_create_grpc_client_endpoint(with_tls);
    }
    for (key, value) in &settings.engine {
        config.options_mut().set(key, value).map_err(|error| ClusterError::Setting {
            key: key.clone(),
            value: value.clone(),
            why: error.strip_backtrace(),
        })?;
    }
    let url = format!("http://{address}");
    let ballista = BallistaQueryPlanner::with_extension(
        url.clone(),
        config.ballista_config(),
        config.ballista_logical_extension_codec(),
    );
    let watch = Watch {
        address: address.to_string(),
        status,
        patience: settings.patience,
        on_progress: settings.on_progress.clone(),
    };
    let config = config.with_ballista_query_planner(Arc::new(Planner { ballista, watch }));
    let refused = |error: datafusion::common::DataFusionError| ClusterError::Stopped {
        role: "session",
        why: error.strip_backtrace(),
    };
    let state = SessionStateBuilder::new()
        .with_default_features()
        .with_config(config)
        .with_runtime_env(stores::runtime(None).map_err(refused)?)
        .build()
        .upgrade_for_ballista(url)
        .map_err(refused)?;
    Ok(SessionContext::new_with_state(state))
}

async fn wait_for_executors(
    address: &Address,
    status: &Status,
    patience: Duration,
) -> Result<(), ClusterError> {
    let begun = Instant::now();
    loop {
        match status.readiness().await {
            Ok(Readiness::Ready | Readiness::Unknown) => return Ok(()),
            Ok(Readiness::NoExecutors) if begun.elapsed() >= patience => {
                return Err(ClusterError::NoExecutors {
                    address: address.to_string(),
                    waited: begun.elapsed(),
                });
            }
            Ok(Readiness::NoExecutors) => {}
            // Something listens that is no scheduler.
            Err(why) => {
                return Err(ClusterError::Unreachable { address: address.to_string(), why });
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
