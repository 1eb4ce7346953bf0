//! Regression where a region's value, or what is left of it, depends on its neighbors.
//!
//! | for                                        | module          |
//! |--------------------------------------------|-----------------|
//! | the table `weights` as a matrix over rows  | `neighborhood`  |
//! | ln det(I − ρW), exact or approximate       | `determinant`   |
//! | sparse elimination, for it and for solving | `elimination`   |
//! | the maximum of a curve                     | `peak`          |
//! | y = ρWy + Xb + u                           | `lag`, `two_stage` |
//! | direct, indirect, total impacts            | `impacts`       |
//! | y = Xb + u, u = λWu + e                    | `error`, `moments` |
//! | data, fixed effects, measures of fit       | `setting`       |

mod determinant;
mod elimination;
mod error;
mod error_method;
mod impacts;
mod lag;
mod lag_method;
mod moments;
mod neighborhood;
mod peak;
mod setting;
mod two_stage;

pub use determinant::{LogDeterminant, Way};
pub use elimination::Elimination;
pub use error::{ErrorFit, spatial_error};
pub(super) use error_method::SPATIAL_ERROR;
pub use impacts::{Impact, Impacts, Multipliers};
pub use lag::{LagFit, spatial_lag};
pub(super) use lag_method::SPATIAL_LAG;
pub use moments::{MomentsFit, generalized_moments, generalized_moments_uneven};
pub(super) use neighborhood::neighborhood;
pub(crate) use neighborhood::{Edges, standardized};
pub use two_stage::{TwoStageFit, two_stage_lag};

use agglo_core::Undefined;

use crate::call::MethodError;
use crate::inference::Collinear;

/// Why a spatial model has no estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A column repeats others.
    Collinear(Collinear),
    /// Another reason.
    Undefined(Undefined),
}

impl From<Collinear> for Failure {
    fn from(collinear: Collinear) -> Failure {
        Failure::Collinear(collinear)
    }
}

impl From<Undefined> for Failure {
    fn from(why: Undefined) -> Failure {
        Failure::Undefined(why)
    }
}

impl Failure {
    /// The failure as a method's error; `repeated` words the column that repeats others.
    pub(crate) fn into_error(self, repeated: impl FnOnce(usize) -> MethodError) -> MethodError {
        match self {
            Failure::Collinear(Collinear { column }) => repeated(column),
            Failure::Undefined(why) => MethodError::NotIdentified {
                what: format!(
                    "the spatial model has no estimate: {}",
                    agglo_core::Gap::Undefined(why).reason(agglo_core::Lang::En)
                ),
            },
        }
    }
}
