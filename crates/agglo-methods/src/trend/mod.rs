//! Growth, turning points, the center's way, and the stage of industrialization.

use crate::catalog::Method;

mod breaks;
mod center;
pub(crate) mod constants;
pub mod growth;
mod stage;

pub use breaks::{Candidate, DateInterval, Design, Shape, date_interval};
pub use center::{Albers, Ellipse, EllipseScale, Motion, geodesic, overlap};
pub use stage::{Conversion, PRICE_YEARS, StageScale, half_of, income_usd, label_of};

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[
    &growth::GROWTH,
    &breaks::STRUCTURAL_BREAKS,
    &center::CENTER_OF_GRAVITY,
    &stage::INDUSTRIALIZATION_STAGE,
];
