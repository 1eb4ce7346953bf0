//! `agglo cluster`: the processes that make a cluster, each an ordinary Ballista one.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use agglo_cluster::datafusion::common::DataFusionError;
use agglo_cluster::datafusion::prelude::SessionContext;
use agglo_cluster::{Address, ClusterError, ExecutorOptions, SchedulerOptions, Tls, Verbosity};
use agglo_data::reduce::Engine;
use clap::{Args, Subcommand};
use futures::future::BoxFuture;

use crate::failure::{Failure, code};
use crate::output;
use crate::settings::Settings;

/// Which process.
#[derive(Subcommand)]
pub(crate) enum Role {
    /// Plan jobs and hand out their tasks; one per cluster.
    #[command(after_long_help = "\
Examples:
  agglo cluster scheduler                                   for executors on this machine
  agglo cluster scheduler --bind 0.0.0.0                    for other machines, in a network you trust
  agglo cluster scheduler --bind 0.0.0.0 --external-host scheduler.example.org \\
      --tls-ca ca.pem --tls-cert scheduler.pem --tls-key scheduler.key

Whoever reaches the port can run jobs and read what they read, unless certificates are asked for.
Jobs are kept in memory: those that run when a scheduler stops are lost. Ctrl-C or SIGTERM stops it.
Buckets (s3://…) are opened with the AWS_… variables of this process.")]
    Scheduler(SchedulerArgs),
    /// Do the tasks of jobs; as many as there are machines.
    #[command(after_long_help = "\
Examples:
  agglo cluster executor                                    beside a scheduler on this machine
  agglo cluster executor --scheduler 10.0.0.5:50050 --bind 0.0.0.0 --memory 24GiB --threads 8

Files must lie under the same path here as on the scheduler and on the machine that asks: a shared
folder, or a bucket (s3://…), opened with the AWS_… variables of this process.
--threads says how many tasks run at a time; they share --memory, seven
tenths of the machine's when absent, and spill beyond their share.
Ctrl-C or SIGTERM stops it when the tasks that run are done; its work folder is then removed.")]
    Executor(ExecutorArgs),
}

#[derive(Args)]
pub(crate) struct SchedulerArgs {
    /// IP address to listen on; 0.0.0.0 for all of this machine's.
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    bind: IpAddr,
    /// Port to listen on; 0 for a free one.
    #[arg(long, value_name = "PORT", default_value_t = agglo_cluster::DEFAULT_PORT)]
    port: u16,
    /// Name or address by which others reach it; that of --bind when absent.
    #[arg(long, value_name = "NAME")]
    external_host: Option<String>,
    /// Seconds after which a silent executor is lost and its tasks are done again by others.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    executor_timeout: u64,
    /// Seconds for which the intermediate files of a finished job are kept.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    keep_job_data: u64,
    /// Let clients that cannot reach the executors fetch results through the scheduler.
    #[arg(long)]
    proxy_results: bool,
    #[command(flatten)]
    tls: TlsArgs,
}

#[derive(Args)]
pub(crate) struct ExecutorArgs {
    /// Where the scheduler listens.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50050")]
    scheduler: Address,
    /// Seconds to wait for a scheduler that does not answer yet.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
    /// IP address to listen on; 0.0.0.0 for all of this machine's.
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    bind: IpAddr,
    /// Port from which others fetch what was computed here; 0 for a free one.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// Name or address by which others reach it; the one the scheduler sees when absent.
    #[arg(long, value_name = "NAME")]
    external_host: Option<String>,
    /// Folder for intermediate data and spills; the system's temporary one when absent.
    #[arg(long, value_name = "DIR")]
    work_dir: Option<PathBuf>,
    #[command(flatten)]
    tls: TlsArgs,
}

/// Certificates in PEM format; all three or none.
#[derive(Args)]
pub(crate) struct TlsArgs {
    /// Authority that signed the certificates of this cluster; only who has one is let in.
    #[arg(long, value_name = "FILE", requires_all = ["tls_cert", "tls_key"])]
    tls_ca: Option<PathBuf>,
    /// Certificate of this process, for the name by which others reach it.
    #[arg(long, value_name = "FILE", requires = "tls_ca")]
    tls_cert: Option<PathBuf>,
    /// Key of that certificate.
    #[arg(long, value_name = "FILE", requires = "tls_ca")]
    tls_key: Option<PathBuf>,
}

impl TlsArgs {
    fn files(self) -> Option<Tls> {
        Some(Tls { ca: self.tls_ca?, cert: self.tls_cert?, key: self.tls_key? })
    }
}

/// Runs the process until it is told to stop.
pub(crate) fn run(role: Role, settings: &Settings) -> Result<ExitCode, Failure> {
    agglo_cluster::log_to_stderr(match (settings.quiet, settings.verbose) {
        (true, _) => Verbosity::Warnings,
        (false, 0) => Verbosity::Jobs,
        (false, _) => Verbosity::Everything,
    });
    match role {
        Role::Scheduler(args) => {
            let options = SchedulerOptions {
                bind: args.bind,
                port: args.port,
                external_host: args.external_host,
                executor_timeout: Duration::from_secs(args.executor_timeout),
                keep_job_data: Duration::from_secs(args.keep_job_data),
                proxy_results: args.proxy_results,
                tls: args.tls.files(),
            };
            agglo_cluster::scheduler(&options, |at| listening("scheduler", at))?;
        }
        Role::Executor(args) => {
            let mut options = ExecutorOptions::new(args.scheduler);
            options.patience = Duration::from_secs(args.wait);
            options.bind = args.bind;
            options.port = args.port;
            options.external_host = args.external_host;
            options.threads = Some(settings.threads.value).filter(|threads| *threads > 0);
            options.memory = settings.memory.value;
            options.tls = args.tls.files();
            if let Some(folder) = args.work_dir {
                options.work_dir = folder;
            }
            agglo_cluster::executor(&options, |at| listening("executor", at))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Said even when asked to be quiet: a port that was chosen must be known.
fn listening(role: &str, at: SocketAddr) {
    output::say(&format!("{role} listening on {at}"));
}

/// The cluster of `--engine`.
#[derive(Debug)]
struct Remote {
    address: Address,
    settings: agglo_cluster::Settings,
}

impl agglo_data::reduce::Cluster for Remote {
    fn session(&self) -> BoxFuture<'_, Result<SessionContext, DataFusionError>> {
        Box::pin(async {
            let session = agglo_cluster::connect(&self.address, &self.settings).await;
            session.map_err(|error| DataFusionError::External(Box::new(error)))
        })
    }
}

/// `engine` with the cluster at `address` in place of this process.
pub(crate) fn on_cluster(engine: Engine, address: &str) -> Result<Engine, Failure> {
    let address: Address = address.parse()?;
    let mut settings = agglo_cluster::Settings::default();
    settings.batch_size = engine.batch_size;
    let files =
        ["AGGLO_CLUSTER_CA", "AGGLO_CLUSTER_CERT", "AGGLO_CLUSTER_KEY"].map(std::env::var_os);
    if let [Some(ca), Some(cert), Some(key)] = files {
        settings.tls = Some(Tls { ca: ca.into(), cert: cert.into(), key: key.into() });
    }
    settings.token = std::env::var("AGGLO_CLUSTER_TOKEN").ok();
    let cluster = Arc::new(Remote { address, settings });
    Ok(Engine { cluster: Some(cluster), ..engine })
}

impl From<ClusterError> for Failure {
    fn from(error: ClusterError) -> Failure {
        let code = match &error {
            ClusterError::Address { .. } | ClusterError::Setting { .. } => code::USAGE,
            _ => code::DATA,
        };
        Failure { code, message: format!("error: {error}\n  = help: {}", error.remedy()) }
    }
}
