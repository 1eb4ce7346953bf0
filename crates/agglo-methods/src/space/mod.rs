//! Do neighbors resemble each other, where do they, and how do they move together?
//!
//! | question                                                     | method                     |
//! |--------------------------------------------------------------|----------------------------|
//! | which regions are neighbors?                                 | [`weights`]                |
//! | are values of neighbors alike on the whole?                  | [`moran`], [`geary`]       |
//! | where are the clusters and the outliers?                     | [`local_moran`], [`local_geary`] |
//! | do high values, or low ones, lie together?                   | [`general_g`], [`local_g`] |
//! | do regions of a class touch each other more than by chance?  | [`join_counts`]            |
//! | does one variable go with another one's neighbors?           | [`bivariate_moran`], [`lee`] |
//! | rates of small populations                                   | [`rate_prior`]             |
//! | how much of an inequality lies between neighbors?            | [`spatial_gini`]           |
//! | do neighbors decide how a region moves between classes?      | [`transitions`], [`homogeneity`] |

use crate::catalog::Method;

mod bivariate;
mod empirical_bayes;
mod geary;
mod getis_ord;
mod global;
mod join_count;
mod lee;
mod local;
mod local_g;
mod local_geary;
mod local_moran;
mod markov;
mod moments;
mod moran;
mod null;
mod options;
mod read;
mod significance;
mod spatial_gini;
#[cfg(test)]
mod testing;
mod verdict;
pub mod weights;

pub use bivariate::bivariate_moran;
pub use empirical_bayes::{Prior, rate_prior};
pub use geary::geary;
pub use getis_ord::general_g;
pub use join_count::{Joins, join_counts};
pub use lee::{Lee, lee};
pub use local::{Plan, Scheme, difference_tallies, lag_tallies, product_tallies};
pub use local_g::{LocalG, Own, local_g, with_largest_own};
pub use local_geary::{LocalGeary, local_geary};
pub use local_moran::{Conditioning, Divisor, LocalMoran, local_moran};
pub use markov::{
    ChiSquare, Classes, Counts, Homogeneity, homogeneity, joint_moves, pooled, probabilities,
    quantile_classes, shorrocks, steady_state, transitions,
};
pub use moments::{Assumption, Tested, WeightSums};
pub use moran::moran;
pub use null::Null;
pub use read::Transform;
pub use significance::{Correction, Tail, Tally};
pub use spatial_gini::{SpatialGini, spatial_gini};

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[
    &weights::SPATIAL_WEIGHTS,
    &moran::MORAN,
    &local_moran::LOCAL_MORAN,
    &geary::GEARY,
    &local_geary::LOCAL_GEARY,
    &getis_ord::GETIS_ORD,
    &local_g::GETIS_ORD_LOCAL,
    &join_count::JOIN_COUNT,
    &bivariate::BIVARIATE_MORAN,
    &lee::LEE,
    &empirical_bayes::EMPIRICAL_BAYES,
    &spatial_gini::SPATIAL_GINI,
    &markov::spatial::SPATIAL_MARKOV,
    &markov::lisa::LISA_MARKOV,
];
