//! What can go wrong between here and a cluster, in words.

use std::time::Duration;

/// Why a cluster could not be reached, started or used.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// The address is none.
    #[error("`{text}` is no address of a cluster: {why}")]
    Address {
        /// What was given.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// Nothing answers at the address.
    #[error("no scheduler answers at {address} ({why})")]
    Unreachable {
        /// Host and port.
        address: String,
        /// What the connection ended with.
        why: String,
    },
    /// The scheduler answers and has nobody to do the work.
    #[error("the scheduler at {address} has had no executor for {} seconds", waited.as_secs())]
    NoExecutors {
        /// Host and port of the scheduler.
        address: String,
        /// How long one was waited for.
        waited: Duration,
    },
    /// The connection broke while a job ran.
    #[error("the scheduler at {address} went away while a job ran ({why})")]
    Lost {
        /// Host and port.
        address: String,
        /// What the connection ended with.
        why: String,
    },
    /// The cluster gave the job up.
    #[error("job {job} failed on the cluster at {address}: {why}")]
    Job {
        /// Host and port of the scheduler.
        address: String,
        /// The cluster's name of the job.
        job: String,
        /// The cluster's reason.
        why: String,
    },
    /// A grouped query without any condition had no group: the cluster saw no rows.
    #[error("the cluster at {address} found no rows in the files that were named")]
    NothingRead {
        /// Host and port of the scheduler.
        address: String,
    },
    /// Both ends are of different releases.
    #[error("the cluster at {address} is of another release: {why}")]
    Release {
        /// Host and port of the scheduler.
        address: String,
        /// Both versions.
        why: String,
    },
    /// A setting of the engine is unknown, or its value is.
    #[error("setting {key} = `{value}`: {why}")]
    Setting {
        /// The setting's name.
        key: String,
        /// The value given.
        value: String,
        /// What is wrong with it.
        why: String,
    },
    /// A certificate or key cannot be used.
    #[error("TLS: {file}: {why}")]
    Tls {
        /// The file.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// A port cannot be listened on.
    #[error("cannot listen on {address}: {why}")]
    Listen {
        /// Host and port.
        address: String,
        /// The system's reason.
        why: String,
    },
    /// The folder for intermediate data cannot be used.
    #[error("work folder {folder}: {why}")]
    WorkFolder {
        /// The folder.
        folder: String,
        /// What is wrong with it.
        why: String,
    },
    /// The scheduler or executor stopped by itself.
    #[error("{role} stopped: {why}")]
    Stopped {
        /// `scheduler` or `executor`.
        role: &'static str,
        /// Its reason.
        why: String,
    },
}

impl ClusterError {
    /// What to do about it.
    pub fn remedy(&self) -> String {
        match self {
            ClusterError::Address { .. } => {
                "write it as ballista://host:port, for example ballista://10.0.0.5:50050".to_owned()
            }
            ClusterError::Unreachable { address, .. } => format!(
                "start one there with `agglo cluster scheduler --bind ADDRESS`, and see that {address} can be \
                 reached from here (firewall, port, --bind 127.0.0.1 listens to its own machine only); \
                 where the cluster uses TLS, give --tls-ca"
            ),
            ClusterError::NoExecutors { address, .. } => format!(
                "start at least one with `agglo cluster executor --scheduler {address}` and look into its log"
            ),
            ClusterError::Lost { .. } => {
                "nothing was written; a scheduler keeps its jobs in memory, so start it again and run again"
                    .to_owned()
            }
            ClusterError::Job { why, .. } => job_remedy(why).to_owned(),
            ClusterError::NothingRead { .. } => {
                "unless they are empty, the scheduler does not see them: Ballista takes a folder that is not \
                 there for an empty one; mount it under the same path on every machine of the cluster"
                    .to_owned()
            }
            ClusterError::Release { .. } => {
                "use the same release of agglo on every machine of the cluster and here".to_owned()
            }
            ClusterError::Setting { .. } => {
                "names and values are those of DataFusion (datafusion.…) and Ballista (ballista.…)".to_owned()
            }
            ClusterError::Tls { .. } => {
                "certificates, keys and authorities are files in PEM format".to_owned()
            }
            ClusterError::Listen { .. } => {
                "choose another port, or end the program that has this one; --bind takes an IP address of \
                 this machine, or 0.0.0.0 for all"
                    .to_owned()
            }
            ClusterError::WorkFolder { .. } => {
                "give --work-dir a folder that only this executor uses, on a disk with room".to_owned()
            }
            ClusterError::Stopped { .. } => "its log says what came before".to_owned(),
        }
    }
}

fn job_remedy(why: &str) -> &'static str {
    let why = why.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| why.contains(word));
    if says(&["scheduler or executor at"]) {
        "an executor died with its results, or cannot be reached from here: open its port, or start the \
         scheduler with --proxy-results; then run again"
    } else if says(&["notfound", "not found", "no such file"]) {
        "the scheduler, every executor and this machine must see the files under the same path: use a \
         shared folder or an object store"
    } else if says(&["resourcesexhausted", "resources exhausted", "failed to allocate"]) {
        "give the executors more memory (--memory) or fewer threads (--threads), which share it"
    } else if says(&["no space left"]) {
        "the work folder of an executor (--work-dir) has no room left"
    } else if says(&["all executors were lost"]) {
        "start executors again and run again"
    } else if says(&["permission", "denied", "credential", "forbidden"]) {
        "every machine of the cluster needs the right to read: the same AWS_… variables, or the same user"
    } else {
        "the logs of the scheduler and executors say more"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_misses_a_file_says_that_every_machine_needs_it() {
        let why =
            "Object at location /data/a.parquet not found: No such file or directory".to_owned();
        let error = ClusterError::Job { address: "h:1".to_owned(), job: "abc".to_owned(), why };
        assert!(error.remedy().contains("same path"), "{}", error.remedy());
        assert!(error.to_string().contains("abc"), "{error}");
    }
}
