//! Places of regions, and how far apart they are.
//!
//! | metric       | distance                                                  | unit                |
//! |--------------|-----------------------------------------------------------|---------------------|
//! | geodesic     | shortest line on the WGS 84 ellipsoid                     | kilometers          |
//! | great circle | on a sphere with the Earth's mean radius, by haversines   | kilometers          |
//! | planar       | straight line                                             | that of x and y     |
//!
//! The great circle differs from the geodesic by up to 0.56 percent, by direction and latitude.
//! Sources: Karney (2013), Algorithms for geodesics, Journal of Geodesy 87, 43–55, as in
//! GeographicLib; mean radius R₁ of the GRS 80 ellipsoid, Moritz (2000), Journal of Geodesy 74.

use std::sync::Arc;

use agglo_core::Axis;
use geographiclib_rs::{Geodesic, InverseGeodesic};
use rayon::prelude::*;
use rstar::RTree;
use rstar::primitives::GeomWithData;

/// The mean radius of the Earth that great circles are drawn on.
pub const EARTH_RADIUS_KM: f64 = 6_371.008_8;

const WGS84_AXIS_KM: f64 = 6_378.137;
const WGS84_ECCENTRICITY_SQUARED: f64 = 0.006_694_379_990_141_317;

/// Bits of a distance below which two are the same: they agree to about ten digits.
const TIE_BITS: u32 = 19;

/// How distances are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Along the WGS 84 ellipsoid, kilometers; coordinates are degrees.
    Geodesic,
    /// Along a sphere, kilometers; coordinates are degrees.
    GreatCircle,
    /// Straight, in the unit of the coordinates.
    Planar,
}

/// Why some coordinates are no places.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SiteError {
    /// A coordinate that is not finite.
    #[error("{region} has a coordinate that is not a finite number")]
    NotFinite {
        /// The region.
        region: String,
    },
    /// A coordinate that is no longitude and latitude.
    #[error(
        "{region} lies at ({x}, {y}), which is no longitude (±360) and latitude (±90); give \
         projected coordinates as x and y"
    )]
    NotDegrees {
        /// The region.
        region: String,
        /// Its first coordinate.
        x: f64,
        /// Its second coordinate.
        y: f64,
    },
    /// Not one place for each region.
    #[error("{found} places for {regions} regions")]
    Number {
        /// Number of regions.
        regions: usize,
        /// Number of places.
        found: usize,
    },
}

type Indexed<const D: usize> = GeomWithData<[f64; D], u32>;

enum Tree {
    Plane(RTree<Indexed<2>>),
    /// Earth-centered coordinates: what is straight through the Earth is never longer than what is
    /// along its surface.
    Globe(RTree<Indexed<3>>, Vec<[f64; 3]>),
}

/// One place for each region of an axis, with an index by where they are.
pub struct Sites {
    axis: Arc<Axis>,
    places: Vec<[f64; 2]>,
    metric: Metric,
    geodesic: Geodesic,
    tree: Tree,
}

impl Sites {
    /// Places in the order of `axis`: x and y, or longitude and latitude in degrees.
    ///
    /// # Errors
    /// [`SiteError`]. Cost: O(n log n).
    pub fn new(
        axis: impl Into<Arc<Axis>>,
        places: Vec<[f64; 2]>,
        metric: Metric,
    ) -> Result<Sites, SiteError> {
        let axis = axis.into();
        if axis.len() != places.len() {
            return Err(SiteError::Number { regions: axis.len(), found: places.len() });
        }
        for (&[x, y], code) in places.iter().zip(axis.codes()) {
            if !(x.is_finite() && y.is_finite()) {
                return Err(SiteError::NotFinite { region: code.to_string() });
            }
            if metric != Metric::Planar && (x.abs() > 360.0 || y.abs() > 90.0) {
                return Err(SiteError::NotDegrees { region: code.to_string(), x, y });
            }
        }
        let tree = match metric {
            Metric::Planar => Tree::Plane(indexed(&places)),
            Metric::Geodesic | Metric::GreatCircle => {
                let inside: Vec<[f64; 3]> = places.iter().map(|&at| centered(at, metric)).collect();
                Tree::Globe(indexed(&inside), inside)
            }
        };
        Ok(Sites { axis, places, metric, geodesic: Geodesic::wgs84(), tree })
    }

    /// The regions.
    pub fn axis(&self) -> &Arc<Axis> {
        &self.axis
    }

    /// Number of regions.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is no region.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// How distances are measured.
    pub fn metric(&self) -> Metric {
        self.metric
    }

    /// How far apart two regions are; the same to the last bit in either direction.
    pub fn distance(&self, one: usize, other: usize) -> f64 {
        let ([x1, y1], [x2, y2]) = (self.places[one.min(other)], self.places[one.max(other)]);
        match self.metric {
            Metric::Planar => libm::hypot(x2 - x1, y2 - y1),
            Metric::Geodesic => {
                let meters: f64 = self.geodesic.inverse(y1, x1, y2, x2);
                meters / 1_000.0
            }
            Metric::GreatCircle => {
                let half = |degrees: f64| libm::sin(degrees.to_radians() / 2.0).powi(2);
                let cosines = libm::cos(y1.to_radians()) * libm::cos(y2.to_radians());
                let haversine = half(y2 - y1) + cosines * half(x2 - x1);
                2.0 * EARTH_RADIUS_KM * libm::asin(haversine.sqrt().min(1.0))
            }
        }
    }

    /// The `k` nearest other regions with their distances, the nearest first; fewer where there are
    /// fewer. Distances that agree to ten digits are ties, and the smaller code goes first.
    pub fn nearest(&self, region: usize, k: usize) -> Vec<(u32, f64)> {
        let mut found: Vec<(u32, f64)> = Vec::with_capacity(k + 2);
        // The k nearest so far, as their distances; what lies straight beyond the last of them lies
        // beyond it along the surface too.
        let mut best: Vec<f64> = Vec::with_capacity(k + 1);
        let slack = self.slack();
        let mut take = |straight_2: f64, other: u32| {
            let beyond = |&last: &f64| straight_2.sqrt() > last * (1.0 + 1e-9) + slack;
            if best.len() == k && best.last().is_none_or(beyond) {
                return false;
            }
            if other as usize != region {
                let distance = self.distance(region, other as usize);
                found.push((other, distance));
                let at = best.partition_point(|&known| known <= distance);
                if at < k {
                    best.insert(at, distance);
                    best.truncate(k);
                }
            }
            true
        };
        match &self.tree {
            Tree::Plane(tree) => {
                let mut near = tree.nearest_neighbor_iter_with_distance_2(&self.places[region]);
                while near.next().is_some_and(|(entry, distance_2)| take(distance_2, entry.data)) {}
            }
            Tree::Globe(tree, inside) => {
                let mut near = tree.nearest_neighbor_iter_with_distance_2(&inside[region]);
                while near.next().is_some_and(|(entry, distance_2)| take(distance_2, entry.data)) {}
            }
        }
        found.sort_unstable_by_key(|&(other, distance)| (rounded(distance), other));
        found.truncate(k);
        found
    }

    /// The distance of every region from its `k`-th nearest, or from the last where there are fewer;
    /// infinite where there is none.
    pub fn nearest_distances(&self, k: usize) -> Vec<f64> {
        let last = |region| self.nearest(region, k).last().map_or(f64::INFINITY, |near| near.1);
        (0..self.len()).into_par_iter().map(last).collect()
    }

    /// The other regions no farther than `radius` from a region, by place, with their distances.
    pub fn within(&self, region: usize, radius: f64) -> Vec<(u32, f64)> {
        self.selected(region, radius, |other| other != region)
    }

    fn selected(
        &self,
        region: usize,
        radius: f64,
        select: impl Fn(usize) -> bool,
    ) -> Vec<(u32, f64)> {
        let reach = radius * (1.0 + 1e-9) + self.slack();
        let mut found: Vec<(u32, f64)> = Vec::new();
        let mut take = |other: u32| {
            if select(other as usize) {
                let distance = self.distance(region, other as usize);
                if distance <= radius {
                    found.push((other, distance));
                }
            }
        };
        match &self.tree {
            Tree::Plane(tree) => tree
                .locate_within_distance(self.places[region], reach * reach)
                .for_each(|entry| take(entry.data)),
            Tree::Globe(tree, inside) => tree
                .locate_within_distance(inside[region], reach * reach)
                .for_each(|entry| take(entry.data)),
        }
        found.sort_unstable_by_key(|near| near.0);
        found
    }

    /// How much a distance through the Earth may be off: coordinates are good to a nanometer.
    fn slack(&self) -> f64 {
        if self.metric == Metric::Planar { 0.0 } else { 1e-10 }
    }

    /// Every pair of regions no farther apart than `radius`, with its distance, in order.
    pub fn pairs_within(&self, radius: f64) -> Vec<(u32, u32, f64)> {
        (0..self.len())
            .into_par_iter()
            .flat_map_iter(|one| {
                let later = self.selected(one, radius, |other| other > one);
                later.into_iter().map(move |(other, distance)| (one as u32, other, distance))
            })
            .collect()
    }
}

fn indexed<const D: usize>(places: &[[f64; D]]) -> RTree<Indexed<D>>
where
    [f64; D]: rstar::Point<Scalar = f64>,
{
    let entry = |(place, &at): (usize, &[f64; D])| GeomWithData::new(at, place as u32);
    RTree::bulk_load(places.iter().enumerate().map(entry).collect())
}

/// Kilometers from the center of the Earth.
fn centered([longitude, latitude]: [f64; 2], metric: Metric) -> [f64; 3] {
    let (lambda, phi) = (longitude.to_radians(), latitude.to_radians());
    let (sine, cosine) = (libm::sin(phi), libm::cos(phi));
    let (radius, flat) = if metric == Metric::GreatCircle {
        (EARTH_RADIUS_KM, 0.0)
    } else {
        let root = (1.0 - WGS84_ECCENTRICITY_SQUARED * sine * sine).sqrt();
        (WGS84_AXIS_KM / root, WGS84_ECCENTRICITY_SQUARED)
    };
    let (x, y) = (libm::cos(lambda), libm::sin(lambda));
    [radius * cosine * x, radius * cosine * y, radius * (1.0 - flat) * sine]
}

/// A distance whose last digits are cut, as bits that are ordered as distances are.
fn rounded(distance: f64) -> u64 {
    (distance.to_bits() + (1 << (TIE_BITS - 1))) >> TIE_BITS
}
