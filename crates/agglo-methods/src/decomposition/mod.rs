//! How much of an inequality lies between groups of regions, and within them.

use crate::catalog::Method;

mod dagum;
mod generalized_entropy;

pub use dagum::{DagumGini, GroupGini, PairGini, dagum_gini};
pub use generalized_entropy::{
    EntropyDecomposition, EntropyNode, GroupEntropy, NestedEntropy, decompose_entropy,
    generalized_entropy, nested_entropy,
};

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[&generalized_entropy::GENERALIZED_ENTROPY, &dagum::DAGUM];
