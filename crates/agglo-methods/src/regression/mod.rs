//! What goes with what over regions, and over regions that are neighbors.
//!
//! | for                                             | module             |
//! |-------------------------------------------------|--------------------|
//! | the table as columns, logarithms, fixed effects | `observations`     |
//! | coefficients, errors, tests, intervals          | `estimates`        |
//! | least squares, with tests on what it leaves     | `ols`, `residuals` |
//! | weights, log-determinants, lag and error models | `spatial`          |

use crate::catalog::Method;

mod estimates;
mod observations;
mod ols;
mod options;
mod residuals;
pub mod spatial;

pub(crate) use estimates::{Coefficient, Reference};
pub(crate) use options::{LOGDET, STANDARDIZE, WEIGHTS};
pub use residuals::{SpatialTest, spatial_tests};

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[&ols::OLS, &spatial::SPATIAL_LAG, &spatial::SPATIAL_ERROR];
