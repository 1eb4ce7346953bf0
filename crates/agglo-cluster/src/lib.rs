//! The engine on many machines: a session on a Ballista cluster, and the scheduler and executors
//! that make one.
//!
//! This crate knows addresses, ports, processes and object stores. It must not know what is asked
//! of the engine: whoever connects gets an ordinary session and runs plain SQL on it, so executors
//! need no code of ours.
//!
//! | for                                              | look at                                  |
//! |--------------------------------------------------|------------------------------------------|
//! | where a cluster listens, from `ballista://…`     | [`Address`]                              |
//! | what can go wrong, and what to do                | [`ClusterError`]                         |
//! | a session whose queries run on the cluster       | `connect`, `Settings`, `Progress`        |
//! | the process that plans and hands out work        | `scheduler`, `SchedulerOptions`          |
//! | the processes that do it                         | `executor`, `ExecutorOptions`            |
//! | buckets, for all three                           | `stores::runtime`                        |
//!
//! All but the first two stand behind the feature `ballista`, because it brings the whole of
//! Ballista and of DataFusion into the build.

mod address;
mod error;

#[cfg(feature = "ballista")]
mod connect;
#[cfg(feature = "ballista")]
mod executor;
#[cfg(feature = "ballista")]
mod folder;
#[cfg(feature = "ballista")]
mod job;
#[cfg(feature = "ballista")]
mod logging;
#[cfg(feature = "ballista")]
mod scheduler;
#[cfg(feature = "ballista")]
mod status;
#[cfg(feature = "ballista")]
pub mod stores;
#[cfg(feature = "ballista")]
mod tls;

pub use address::{Address, DEFAULT_PORT};
pub use error::ClusterError;

#[cfg(feature = "ballista")]
pub use connect::{Settings, connect};
#[cfg(feature = "ballista")]
pub use datafusion;
#[cfg(feature = "ballista")]
pub use executor::{ExecutorOptions, executor};
#[cfg(feature = "ballista")]
pub use job::Progress;
#[cfg(feature = "ballista")]
pub use logging::{Verbosity, log_to_stderr};
#[cfg(feature = "ballista")]
pub use scheduler::{SchedulerOptions, scheduler};
#[cfg(feature = "ballista")]
pub use tls::Tls;
