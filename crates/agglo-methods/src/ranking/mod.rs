//! Which regions lead, and how sure that is.

use crate::catalog::Method;

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[];
