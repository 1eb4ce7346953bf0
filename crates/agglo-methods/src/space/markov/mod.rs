//! How regions move between classes, and what their neighbors have to do with it.

mod chain;
pub(super) mod lisa;
pub(super) mod spatial;
mod tables;

pub use chain::{
    ChiSquare, Counts, Homogeneity, homogeneity, pooled, probabilities, shorrocks, steady_state,
    transitions,
};
pub use lisa::joint_moves;
pub use spatial::{Classes, quantile_classes};
