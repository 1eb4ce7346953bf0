//! `agglo cluster`: the processes that make a cluster, each an ordinary Ballista one.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use agglo_cluster::{Address, ClusterError, ExecutorOptions, SchedulerOptions, Tls, Verbosity};
use clap::{Args, Subcommand};

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
--threads says how many tasks run at a time; they share --memory and spill beyond their share.
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
    /// Memory of all tasks together, such as 24GiB; seven tenths of the machine's when absent.
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    memory: Option<u64>,
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
            options.memory = args.memory;
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

/// A size such as `512MiB`, `24GiB`, `8GB` or a number of bytes.
fn bytes(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "t" | "tib" => 1 << 40,
        other => return Err(format!("`{other}` is no unit; write 512MiB, 24GiB or 8GB")),
    };
    let number: u64 =
        number.parse().map_err(|_| format!("`{text}` is no size; write 512MiB or 24GiB"))?;
    number
        .checked_mul(unit)
        .filter(|size| *size > 0)
        .ok_or_else(|| format!("`{text}` is no memory"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_in_either_kind_of_unit_and_nothing_is_no_size() {
        assert_eq!(bytes("512MiB"), Ok(512 << 20));
        assert_eq!(bytes("24 GiB"), Ok(24 << 30));
        assert_eq!(bytes("8gb"), Ok(8_000_000_000));
        assert_eq!(bytes("4096"), Ok(4096));
        for wrong in ["", "GiB", "1.5GiB", "-1", "12parsec", "0", "99999999999TiB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }
}
