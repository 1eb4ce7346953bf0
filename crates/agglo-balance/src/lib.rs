//! Tables whose cells add up: what a withheld cell can be, what it most likely is, and which cells must
//! be withheld so that no sum gives another away.
//!
//! This crate must not know of files, studies or figures.
//!
//! | for                                         | look at                                    |
//! |---------------------------------------------|--------------------------------------------|
//! | cells and the sums that tie them            | [`System`], [`SystemBuilder`]              |
//! | sums that do not hold                       | [`check`]                                  |
//! | between which values a withheld cell lies   | [`bounds`]                                 |
//! | one value for it                            | [`maximum_entropy`], [`linear_program`]    |
//! | many values for it, for intervals           | [`draws`]                                  |
//! | how good that is, on known cells            | [`validate`]                               |
//! | cells that must not be published            | [`Rules`], [`complementary`], [`audit`]    |
#![forbid(unsafe_code)]

mod bounds;
mod check;
mod complementary;
mod component;
mod disclosure;
mod draws;
mod entropy;
mod program;
mod system;
mod validate;

pub use bounds::{BoundsOptions, Found, How, bounds};
pub use check::{Violation, check};
pub use complementary::{Audited, Protection, Suppression, audit, complementary};
pub use disclosure::{Contributions, Dominance, Rules, Verdict};
pub use draws::draws;
pub use entropy::{Imputed, maximum_entropy};
pub use program::linear_program;
pub use system::{Cell, Equation, System, SystemBuilder};
pub use validate::{Pattern, Validation, validate};
