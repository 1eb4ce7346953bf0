//! From a study file to findings: what to read, what to ask, what was answered.
//!
//! This crate must not know of figures, pages, terminals or HTTP.
//!
//! | for                                              | look at               |
//! |--------------------------------------------------|-----------------------|
//! | the study file                                   | [`spec`]              |
//! | which questions its tables allow                 | [`plan`]              |
//! | how a method's table is cut from a study's table | [`binding`]           |
//! | reading, asking, writing down                    | [`run`](run::run)     |
//! | the answers read back                            | [`Findings`]          |
//! | the address of a number, and its explanation     | [`address`]           |
//! | what moved between two runs, and why              | [`diff`]              |
//! | whether everything is still what the lock says    | [`verify`]            |
//! | a study started from files                       | [`init`]              |

pub mod address;
pub mod binding;
pub mod boundaries;
pub mod diff;
mod error;
mod findings;
mod harmonize;
pub mod init;
pub mod plan;
pub mod record;
pub mod run;
pub mod space;
pub mod spec;
pub mod verify;

pub use agglo_geo::codes as geo_codes;
pub use error::StudyError;
pub use findings::{Finding, Findings, Interval};
