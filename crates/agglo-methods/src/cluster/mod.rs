//! Where the clusters are, and by which model they grow.

use crate::catalog::Method;

mod evidence;
mod model;
mod stars;

pub use model::{
    Evidence, Form, Label, Model, Ramp, Rule, Score, label, ranked, robustness, scores,
};
pub use stars::{ClusterIndexParts, cluster_index, star_cut};

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[&stars::STARS, &evidence::EVIDENCE, &model::MODEL];
