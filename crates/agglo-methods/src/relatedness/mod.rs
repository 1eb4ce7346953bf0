//! Which industries belong together, and what a region could grow next.

use crate::catalog::Method;

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[];
