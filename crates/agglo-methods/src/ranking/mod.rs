//! Which regions lead, and how sure that is.

use crate::catalog::Method;

mod indicator_ranking;
mod indicators;
mod normalize;
mod rank_intervals;
mod topsis;
mod tree;
mod weights;

pub use normalize::{Normalization, normalize};
pub use topsis::{Topsis, topsis, vector_normalized, weighted_sum};
pub use tree::{Direction, TreeIndicator, indicator_tree};
pub use weights::{entropy, entropy_weights};

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[
    &indicator_ranking::INDICATOR_RANKING,
    &rank_intervals::RANK_INTERVALS,
    &topsis::TOPSIS,
    &weights::ENTROPY_WEIGHTS,
];
