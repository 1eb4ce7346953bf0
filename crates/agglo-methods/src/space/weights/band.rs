//! Neighbors within a distance: all alike, or the nearer the more.
//!
//! | weight           | of a pair d apart, d ≤ threshold | range  |
//! |------------------|----------------------------------|--------|
//! | distance band    | 1                                | 1      |
//! | inverse distance | d⁻ᵖ                              | above 0 |
//!
//! Both are symmetric. Gaps: none may be left. Cost: O(n log n) and O(1) for each pair.
//! Source: libpysal 4.14 `DistanceBand` (binary; `alpha` = −p).

use agglo_core::Weights;

use super::sites::Sites;

/// Why distances are no weights.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BandError {
    /// Two regions at one place, whose inverse distance is no number.
    #[error(
        "{one} and {other} lie at one place, so their inverse distance is no number; unite them, or \
         take a distance band, a kernel or nearest neighbors"
    )]
    OnePlace {
        /// The first.
        one: String,
        /// The second.
        other: String,
    },
}

/// The smallest distance band in which every region has a neighbor: the greatest distance of a region
/// from its nearest. `None` with fewer than two regions.
pub fn smallest_band(sites: &Sites) -> Option<f64> {
    let greatest = sites.nearest_distances(1).into_iter().fold(f64::NEG_INFINITY, f64::max);
    greatest.is_finite().then_some(greatest)
}

/// All regions no farther than `threshold`, each with the weight 1.
pub fn distance_band(sites: &Sites, threshold: f64) -> Weights {
    let pairs = sites.pairs_within(threshold);
    Weights::from_pairs(sites.axis().clone(), pairs.iter().map(|&(one, other, _)| (one, other)))
}

/// All regions no farther than `threshold`, weighted by distance to the power of `−power`.
///
/// # Errors
/// [`BandError::OnePlace`].
pub fn inverse_distance(sites: &Sites, threshold: f64, power: f64) -> Result<Weights, BandError> {
    let code = |place: u32| sites.axis().code(place as usize).to_string();
    let mut edges = Vec::new();
    for (one, other, distance) in sites.pairs_within(threshold) {
        let weight = inverse(distance, power)
            .ok_or_else(|| BandError::OnePlace { one: code(one), other: code(other) })?;
        edges.extend([(one, other, weight), (other, one, weight)]);
    }
    Ok(super::placed(sites.axis(), edges))
}

pub(super) fn inverse(distance: f64, power: f64) -> Option<f64> {
    let weight = libm::pow(distance, -power);
    (distance > 0.0 && weight.is_finite()).then_some(weight)
}
