//! The words agglo is written in: axes, panels, gaps, frames, seeds, languages.
//!
//! This crate must not know of files, clocks, threads, Arrow or any statistic.
//!
//! | for                                             | look at            |
//! |-------------------------------------------------|--------------------|
//! | a number, or the reason why there is none       | [`Datum`], [`Gap`] |
//! | what a source says of a cell besides its number | [`Mark`], [`Status`], [`Bounds`] |
//! | region × industry × period values               | [`Panel`]          |
//! | one period without gaps, ready for a formula    | [`Activity`]       |
//! | who is whose neighbor, and by how much          | [`Weights`]        |
//! | any other table in or out of a method           | [`Frame`]          |
//! | the texts of a column as small numbers          | [`Coded`]          |
//! | reproducible random numbers                     | [`Seed`]           |
//! | progress and cancelling                         | [`Control`]        |
//! | text in both languages                          | [`Text`], [`Lang`] |
//! | what a reader must know though the run went on  | [`Note`]           |
#![forbid(unsafe_code)]

mod activity;
mod axis;
mod cell;
mod coded;
mod control;
mod frame;
mod gap;
mod lang;
mod note;
mod panel;
mod seed;
mod sum;
mod weights;

pub use activity::{Activity, Completed, GapPolicy};
pub use axis::Axis;
pub use cell::{Bounds, Mark, Status};
pub use coded::Coded;
pub use control::{Cancelled, Control};
pub use frame::{Column, Frame, FrameError, Key, Values};
pub use gap::{Datum, Gap, Undefined};
pub use lang::{Lang, Text};
pub use note::Note;
pub use panel::{Absent, Panel, PanelError};
pub use seed::Seed;
pub use sum::{mean, sum};
pub use weights::{Weights, WeightsError};

/// A calendar year, or whatever whole number the input counts periods with.
pub type Period = i32;
