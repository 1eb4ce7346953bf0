//! Which industries moved from where to where.

use crate::catalog::Method;

mod entry_exit;
mod factor_intensity;
mod industrial_gradient;
mod location_quotient_change;
mod share_change;
mod shift_share;
mod transfer_regions;
mod window;

pub use factor_intensity::{Classification, Intensity, by_data, by_table};
pub use industrial_gradient::{Gradient, industrial_gradient};
pub use location_quotient_change::{QuotientChange, quotient_change};
pub use share_change::{ShareChange, Tolerance, share_change};
pub use shift_share::{Parts, shift_share};
pub use transfer_regions::{State, class_of};
pub(crate) use window::over_common_axes;

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[
    &share_change::SHARE_CHANGE,
    &location_quotient_change::LOCATION_QUOTIENT_CHANGE,
    &industrial_gradient::INDUSTRIAL_GRADIENT,
    &shift_share::SHIFT_SHARE,
    &transfer_regions::TRANSFER_REGIONS,
    &factor_intensity::FACTOR_INTENSITY,
    &entry_exit::ENTRY_EXIT,
];
