//! How specialized a region is.

use crate::catalog::Method;

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[];
