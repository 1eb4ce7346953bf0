//! Spatial weights: who is whose neighbor, by how much, from points, groups, files and other weights.
//!
//! | neighbors of a region are                            | look at                                  |
//! |------------------------------------------------------|------------------------------------------|
//! | its k nearest                                        | [`nearest`]                              |
//! | all within a distance, or the smallest that leaves none alone | [`distance_band`], [`smallest_band`] |
//! | all within a distance, the nearer the more           | [`inverse_distance`], [`kernel`]         |
//! | all of its group                                     | [`block`]                                |
//! | the neighbors of its neighbors                       | [`higher_order`]                         |
//! | those of two weights, or of both                     | [`union`], [`intersection`]              |
//! | said by a file                                       | [`FileWeights`]                          |
//!
//! Neighbors by borders are a matter of shapes and made where shapes are read; they come as
//! [`agglo_core::Weights`] too. [`settle_islands`] says what becomes of regions without a neighbor.

use std::sync::Arc;

use agglo_core::{Axis, Weights};

mod band;
mod combine;
mod file;
mod islands;
mod kernel;
mod nearest;
mod row;
mod sites;

pub use band::{BandError, distance_band, inverse_distance, smallest_band};
pub use combine::{LowerOrders, binary, block, higher_order, intersection, union};
pub use file::{FileError, FileWeights, to_csv, to_gal, to_gwt};
pub use islands::{IslandError, Islands, Settled, components, settle_islands};
pub use kernel::{Bandwidth, Diagonal, Kernel, kernel};
pub use nearest::nearest;
pub use sites::{EARTH_RADIUS_KM, Metric, SiteError, Sites};

pub(crate) use row::SPATIAL_WEIGHTS;

/// Weights of edges that are known to be distinct, within the axis, finite and not negative.
fn placed(axis: &Arc<Axis>, edges: Vec<(u32, u32, f64)>) -> Weights {
    Weights::from_edges(axis.clone(), edges).unwrap_or_else(|error| panic!("no edges: {error}"))
}
