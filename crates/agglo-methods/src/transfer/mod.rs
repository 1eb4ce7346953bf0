//! Which industries moved from where to where.

use crate::catalog::Method;

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[];
