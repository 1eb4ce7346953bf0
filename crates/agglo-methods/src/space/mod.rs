//! Who is whose neighbor, and what follows from it.

use crate::catalog::Method;

pub mod weights;

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[&weights::SPATIAL_WEIGHTS];
