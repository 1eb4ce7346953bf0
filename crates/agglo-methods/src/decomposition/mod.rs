//! How much of an inequality lies between groups of regions, and within them.

use crate::catalog::Method;

mod generalized_entropy;

pub use generalized_entropy::{
    EntropyDecomposition, GroupEntropy, decompose_entropy, generalized_entropy,
};

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[&generalized_entropy::GENERALIZED_ENTROPY];
