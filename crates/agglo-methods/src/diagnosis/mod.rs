//! What holds a cluster or a region back.

use crate::catalog::Method;

mod beta;
mod claims;
pub mod clubs;
mod composition;
mod density;
mod duplication;
mod innovation;
mod modality;
mod panel;
mod primary_stage;
mod sigma;
mod similarity;
pub(crate) mod thresholds;

pub use beta::{BetaConvergence, Speed, beta_convergence};
pub use composition::hypergeometric_tails;
pub use density::{Bandwidth, kernel_density, modes};
pub use duplication::{Choice, Duplication, duplication};
pub use modality::{ModeTest, count_modes, critical_bandwidth, mode_test};
pub use sigma::{Spread, spread};
pub use similarity::{Similarity, structural_similarity};
pub use thresholds::Severity;

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[
    &similarity::SIMILARITY,
    &duplication::DUPLICATION,
    &primary_stage::PRIMARY_STAGE,
    &composition::COMPOSITION,
    &sigma::SIGMA,
    &beta::BETA,
    &clubs::CLUBS,
    &density::DENSITY,
    &claims::CLAIMS,
    &innovation::INNOVATION,
];
