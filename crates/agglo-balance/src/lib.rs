//! Tables whose cells add up: checks, bounds and imputation of withheld cells, disclosure control.
//!
//! This crate must not know of files, clocks, threads, or where a table came from.
//!
//! | for                                              | look at                                     |
//! |--------------------------------------------------|---------------------------------------------|
//! | cells, and the equations between them            | [`System`], [`from_rows`](SystemBuilder::from_rows) |
//! | sums that do not hold                            | [`check`]                                   |
//! | what a withheld cell can be                      | [`bounds`]                                  |
//! | one value for each withheld cell                 | [`maximum_entropy`], [`linear_program`]   |
//! | many values for each, and intervals of results   | [`draws`], [`interval`]                     |
//! | how far imputed cells are from the truth         | [`validate`]                                |
//! | which cells must not be published                | [`primary`]                                 |
//! | which others must go with them                   | [`complementary`], [`audit`]                |
#![forbid(unsafe_code)]

mod bounds;
mod builder;
mod check;
mod component;
mod disclosure;
mod draws;
mod entropy;
mod interval;
mod lp;
mod null_space;
mod program;
mod system;
mod validate;

pub use bounds::{Bounds, BoundsOptions, Conflict, How, bounds};
pub use builder::{Absent, Dimension, Hierarchy, Row, SystemBuilder};
pub use check::{Violation, check};
pub use disclosure::{
    Audited, Contributions, Cost, CountProtection, Primary, Reason, Rules, SensitiveBy,
    SuppressedCell, Suppression, Verdict, ZeroPolicy, audit, complementary, primary,
};
pub use draws::{DrawHow, Draws, draws};
pub use entropy::{Imputed, Unfilled, Why, maximum_entropy};
pub use interval::{Interval, interval};
pub use program::{Deviation, linear_program};
pub use system::{BalanceError, Cell, Equation, Relation, System};
pub use validate::{Candidates, Pattern, ValidateOptions, Validation, validate};
