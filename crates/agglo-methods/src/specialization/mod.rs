//! How specialized a region is.

use crate::catalog::Method;

mod cluster_index;
mod krugman;
mod location_quotient;
mod normality;
mod plant_bootstrap;
mod regional_gini;
mod standardized;

pub use cluster_index::{ClusterIndex, Stock, cluster_index};
pub use krugman::{KrugmanBenchmark, krugman, krugman_industries, krugman_regions};
pub use location_quotient::{
    location_quotient, location_quotients, log_variance, revealed_symmetric_advantage,
};
pub use regional_gini::regional_gini;
pub use standardized::{NormalityTest, bootstrap_cutoff, standard_scores};

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[
    &location_quotient::LOCATION_QUOTIENT,
    &standardized::STANDARDIZED,
    &krugman::KRUGMAN,
    &regional_gini::REGIONAL_GINI,
    &cluster_index::CLUSTER_INDEX,
];
