//! Kernel weights: the nearer the more, nothing beyond a bandwidth.
//!
//! | kernel           | K(z), z = d/h ≤ 1 |
//! |------------------|-------------------|
//! | uniform          | 1/2               |
//! | triangular       | 1 − z             |
//! | Epanechnikov     | 3/4 (1 − z²)      |
//! | quartic          | 15/16 (1 − z²)²   |
//! | Gaussian         | (2π)^(−1/2) exp(−z²/2), cut at z = 1 as libpysal and GeoDa do |
//! | Gaussian to 3 h  | the same, cut at z = 3 |
//!
//! | symbol | meaning                                                 | unit           |
//! |--------|---------------------------------------------------------|----------------|
//! | d      | distance                                                | of the metric  |
//! | h      | bandwidth: one for all, or of each region its own       | of the metric  |
//!
//! Bandwidths that are taken from k nearest neighbors are widened by 10⁻⁷ of themselves, as in
//! libpysal, so that the k-th neighbor has a weight above zero. With bandwidths of their own the
//! weights are not symmetric. Source: libpysal 4.14 `Kernel`.

use agglo_core::Weights;
use rayon::prelude::*;

use super::sites::Sites;

/// The shape of a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// All alike.
    Uniform,
    /// In a straight line to zero.
    Triangular,
    /// A parabola; libpysal calls it quadratic.
    Epanechnikov,
    /// A parabola squared.
    Quartic,
    /// The bell cut at one bandwidth.
    Gaussian,
    /// The bell cut at three bandwidths.
    Gaussian3,
}

impl Kernel {
    /// The names, in the order of the variants.
    pub const NAMES: [&str; 6] =
        ["uniform", "triangular", "epanechnikov", "quartic", "gaussian", "gaussian-3h"];

    /// The kernel of this name.
    pub fn from_name(name: &str) -> Option<Kernel> {
        let all = [
            Kernel::Uniform,
            Kernel::Triangular,
            Kernel::Epanechnikov,
            Kernel::Quartic,
            Kernel::Gaussian,
            Kernel::Gaussian3,
        ];
        Kernel::NAMES.iter().position(|known| *known == name).map(|place| all[place])
    }

    /// The weight at `z` bandwidths.
    pub fn at(self, z: f64) -> f64 {
        if z > self.reach() {
            return 0.0;
        }
        let below = 1.0 - z * z;
        match self {
            Kernel::Uniform => 0.5,
            Kernel::Triangular => 1.0 - z,
            Kernel::Epanechnikov => 0.75 * below,
            Kernel::Quartic => 15.0 / 16.0 * below * below,
            Kernel::Gaussian | Kernel::Gaussian3 => {
                libm::exp(-z * z / 2.0) / (2.0 * std::f64::consts::PI).sqrt()
            }
        }
    }

    /// How many bandwidths it reaches.
    pub const fn reach(self) -> f64 {
        if matches!(self, Kernel::Gaussian3) { 3.0 } else { 1.0 }
    }
}

/// How far a kernel reaches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bandwidth {
    /// The same everywhere, in the unit of the metric.
    Fixed(f64),
    /// The same everywhere: the greatest distance of a region from its k-th nearest.
    FixedNearest(usize),
    /// Of each region, its distance from its k-th nearest.
    Adaptive(usize),
}

/// The weight of a region for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Diagonal {
    /// It is no neighbor of itself.
    None,
    /// K(0), as libpysal by default.
    Kernel,
    /// One, as libpysal with `diagonal = True`.
    One,
}

const WIDENED: f64 = 1.000_000_1;

/// Kernel weights of all regions within the bandwidth.
pub fn kernel(sites: &Sites, shape: Kernel, bandwidth: Bandwidth, diagonal: Diagonal) -> Weights {
    let own = match diagonal {
        Diagonal::None => None,
        Diagonal::Kernel => Some(shape.at(0.0)),
        Diagonal::One => Some(1.0),
    };
    let own = (0..sites.len() as u32).filter_map(|region| own.map(|own| (region, region, own)));
    let weighed = |distance: f64, width: f64| {
        // Regions at one place have a bandwidth of zero, and are at none of it from each other.
        shape.at(if distance == 0.0 { 0.0 } else { distance / width })
    };
    let fixed = |width: f64| -> Vec<(u32, u32, f64)> {
        let pairs = sites.pairs_within(width * shape.reach());
        let both = |(one, other, distance)| {
            let weight = weighed(distance, width);
            [(one, other, weight), (other, one, weight)]
        };
        pairs.into_iter().flat_map(both).collect()
    };
    let mut edges = match bandwidth {
        Bandwidth::Fixed(width) => fixed(width),
        Bandwidth::FixedNearest(k) => {
            let widths = sites.nearest_distances(k).into_iter().filter(|width| width.is_finite());
            fixed(widths.fold(0.0, f64::max) * WIDENED)
        }
        Bandwidth::Adaptive(k) => (0..sites.len())
            .into_par_iter()
            .flat_map_iter(|region| {
                let width = sites.nearest(region, k).last().map_or(0.0, |near| near.1) * WIDENED;
                let near = sites.within(region, width * shape.reach());
                near.into_iter()
                    .map(move |(other, distance)| (region as u32, other, weighed(distance, width)))
            })
            .collect(),
    };
    edges.extend(own);
    super::placed(sites.axis(), edges)
}
