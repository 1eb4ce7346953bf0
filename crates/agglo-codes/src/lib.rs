//! What a code means, and what it became.
//!
//! | for                                                | look at                                |
//! |----------------------------------------------------|----------------------------------------|
//! | the built-in classifications                       | [`classifications`], [`classification`] |
//! | a code as a file writes it, and what it means      | [`Classification::normalize`], [`Classification::code`] |
//! | whether a code holds in a year, and what came after | [`Classification::is_valid`], [`Validity`] |
//! | codes from names in English and Chinese            | [`Classification::find_name`], [`Classification::codes_of_names`] |
//! | how the codes of one edition became those of another | [`crosswalk`], [`Crosswalk`]           |
//! | a table carried over, with the account of it       | [`Crosswalk::apply`], [`Audit`]        |
//!
//! The crate reads no file and knows no clock; its tables are in `data/`, each with its source in
//! `data/SOURCES.md`.
#![forbid(unsafe_code)]

mod apply;
mod audit;
mod bridges;
mod classification;
mod crosswalk;
mod error;
mod names;
mod normalize;
mod tables;

pub use apply::{ApplyOptions, Converted, Unmapped};
pub use audit::{Audit, Crossing, UnmappedCode};
pub use bridges::{crosswalk, crosswalk_by, crosswalks};
pub use classification::{Classification, Code, Validity, classification, classifications};
pub use crosswalk::{CommonUnits, Crosswalk, Link, Unbalanced};
pub use error::CodesError;
pub use names::{NameMatch, NamesFound};
