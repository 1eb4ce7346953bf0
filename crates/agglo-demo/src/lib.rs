//! The built-in studies: published figures of China, and a generator of an artificial country
//! whose truth is known.
//!
//! This crate must not know of any statistic or of the study file's parser.
//!
//! | for                                     | look at                       |
//! |-----------------------------------------|-------------------------------|
//! | which studies there are                 | [`studies`], [`BuiltIn`]      |
//! | one of them as a folder                 | [`write()`]                   |
//! | an artificial country of any size       | [`generate`], [`Plan`]        |
//! | what was planted in it                  | [`Truth`], `truth.json`       |
//! | a register of any size, streamed        | [`write_register`], [`RegisterPlan`] |
//! | where its tables go                     | [`Sink`], [`Folder`], [`Memory`] |
#![forbid(unsafe_code)]

mod artificial;
mod error;
mod register;
mod sink;
mod studies;

pub use artificial::{
    ARTIFICIAL_STUDY, ClusterTruth, Flow, GroupTruth, IndustryTruth, Plan, PolicyTruth, Truth,
    generate,
};
pub use error::DemoError;
pub use register::{
    RegisterFormat, RegisterPlan, RegisterSummary, write_register, write_register_part,
};
pub use sink::{Folder, Memory, Sink};
pub use studies::{BuiltIn, Files, studies, write, write_artificial};
