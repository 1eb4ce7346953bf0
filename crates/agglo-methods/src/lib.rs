//! The statistics of agglo: pure, synchronous, seeded; and the catalogue that names them.
//!
//! This crate must not know of files, clocks, threads it did not ask for, Arrow or any engine.
//!
//! | question                                                    | module              |
//! |-------------------------------------------------------------|---------------------|
//! | how concentrated is each industry over the regions?         | [`concentration`]   |
//! | how specialized is each region?                             | [`specialization`]  |
//! | how unequal, how polarized are the regions?                 | [`inequality`]      |
//! | how much of an inequality lies between groups of regions?   | [`decomposition`]   |
//! | do neighbors resemble each other, and where?               | [`space`]           |
//! | growth, turning points, stage of industrialization          | [`trend`]           |
//! | which industries moved from where to where?                 | [`transfer`]        |
//! | where are the clusters, and by which model do they grow?    | [`cluster`]         |
//! | what holds them back?                                       | [`diagnosis`]       |
//! | which regions lead, and how sure is that?                   | [`ranking`]         |
//! | which industries belong together, what could come next?     | [`relatedness`]     |
//! | did a policy work?                                          | [`evaluation`]      |
//! | what goes with what, over regions that are neighbors?       | [`regression`]      |
//! | which regions are neighbors?                                | [`space`]           |
//! | p-values, percentiles, least squares: written once          | [`inference`]       |
//! | which rows of its tables does a number rest on?             | [`reach`]           |
//!
//! [`catalog`] has one row per method; every surface is generated from it.
#![forbid(unsafe_code)]

pub mod call;
pub mod catalog;
pub mod cluster;
pub mod concentration;
pub mod decomposition;
pub mod diagnosis;
pub mod evaluation;
pub mod inequality;
pub mod inference;
mod interval;
pub mod ranking;
pub mod reach;
pub mod regression;
pub mod relatedness;
pub mod space;
pub mod specialization;
mod table;
pub mod transfer;
pub mod trend;
pub mod worked;

pub use call::{Answer, Call, Inputs, MethodError, Options};
pub use catalog::{Chapter, Method, find, methods};
