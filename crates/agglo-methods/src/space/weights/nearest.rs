//! k nearest neighbors.

use agglo_core::Weights;
use rayon::prelude::*;

use super::sites::Sites;

/// The `k` nearest regions of every region, each with the weight 1; all others where there are fewer.
///
/// Exactly k whatever the ties: at equal distances, to ten digits, the smaller code goes first. Not
/// symmetric: see [`union`](super::union) and [`intersection`](super::intersection) with
/// [`Weights::transposed`].
pub fn nearest(sites: &Sites, k: usize) -> Weights {
    let row = |region: usize| {
        let near = sites.nearest(region, k);
        near.into_iter().map(move |(other, _)| (region as u32, other, 1.0))
    };
    let edges = (0..sites.len()).into_par_iter().flat_map_iter(row).collect();
    super::placed(sites.axis(), edges)
}
