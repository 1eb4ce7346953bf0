//! How concentrated an industry is over the regions.

use crate::catalog::Method;

mod gini;

pub use gini::gini;

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[&gini::GINI];
