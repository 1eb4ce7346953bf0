//! Growth, turning points, and the stage of industrialization.

use crate::catalog::Method;

pub mod growth;

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[&growth::GROWTH];
