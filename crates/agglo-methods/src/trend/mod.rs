//! Growth, turning points, and the stage of industrialization.

use crate::catalog::Method;

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[];
