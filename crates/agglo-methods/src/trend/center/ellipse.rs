//! Weighted center and standard deviational ellipse of places in a plane.

use std::f64::consts::{PI, TAU};

use agglo_core::{Undefined, sum};

/// How long the axes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EllipseScale {
    /// √(2λ): ArcGIS.
    Sqrt2,
    /// √λ: Lefever and Yuill.
    Plain,
    /// √(2λ n/(n − 2)): CrimeStat and R's aspace.
    NMinus2,
}

/// An ellipse; lengths in the unit of the places.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Ellipse {
    /// East of the center.
    pub x: f64,
    /// North of the center.
    pub y: f64,
    /// Half of the long axis.
    pub semi_major: f64,
    /// Half of the short axis.
    pub semi_minor: f64,
    /// The long axis in degrees clockwise from north, 0 to 180; [`Undefined::NoVariation`] when all lies
    /// in one place or no axis is longer.
    pub azimuth: Result<f64, Undefined>,
    /// Root of the mean squared distance from the center.
    pub standard_distance: f64,
    /// Places with weight.
    pub n_places: usize,
}

/// Axes that differ by less than this part of their squares have no direction.
const SAME: f64 = 1e-12;

impl Ellipse {
    /// The ellipse of places `(east, north)` with `weights`; only the shares of those matter.
    ///
    /// # Errors
    /// [`Undefined::ZeroTotal`] when all weights are zero, [`Undefined::Negative`] for a negative one and
    /// [`Undefined::TooFew`] for `NMinus2` with fewer than three places.
    ///
    /// # Panics
    /// When the two are not of one length.
    pub fn of(
        places: &[(f64, f64)],
        weights: &[f64],
        scale: EllipseScale,
    ) -> Result<Ellipse, Undefined> {
        assert_eq!(places.len(), weights.len(), "a weight for every place");
        if weights.iter().any(|weight| *weight < 0.0) {
            return Err(Undefined::Negative);
        }
        let total = sum(weights.iter().copied());
        if total <= 0.0 {
            return Err(Undefined::ZeroTotal);
        }
        let n_places = weights.iter().filter(|weight| **weight > 0.0).count();
        let mean = |of: &dyn Fn(&(f64, f64)) -> f64| {
            sum(places.iter().zip(weights).map(|(place, weight)| weight / total * of(place)))
        };
        let (x, y) = (mean(&|place| place.0), mean(&|place| place.1));
        let xx = mean(&|place| (place.0 - x).powi(2));
        let yy = mean(&|place| (place.1 - y).powi(2));
        let xy = mean(&|place| (place.0 - x) * (place.1 - y));
        let (middle, reach) = (f64::midpoint(xx, yy), ((xx - yy) / 2.0).hypot(xy));
        let (long, short) = (middle + reach, (middle - reach).max(0.0));
        let factor = match scale {
            EllipseScale::Sqrt2 => 2.0,
            EllipseScale::Plain => 1.0,
            EllipseScale::NMinus2 if n_places < 3 => return Err(Undefined::TooFew),
            EllipseScale::NMinus2 => 2.0 * n_places as f64 / (n_places as f64 - 2.0),
        };
        let azimuth = if reach <= SAME * middle {
            Err(Undefined::NoVariation)
        } else {
            let from_east = (2.0 * xy).atan2(xx - yy).to_degrees() / 2.0;
            Ok((90.0 - from_east).rem_euclid(180.0))
        };
        // What rounding leaves of a short axis is none.
        let short = if short <= SAME * long { 0.0 } else { short };
        Ok(Ellipse {
            x,
            y,
            semi_major: (factor * long).sqrt(),
            semi_minor: (factor * short).sqrt(),
            azimuth,
            standard_distance: (2.0 * middle).sqrt(),
            n_places,
        })
    }

    /// π times both half axes.
    pub fn area(&self) -> f64 {
        PI * self.semi_major * self.semi_minor
    }

    /// Whether it is a line or a point.
    pub fn is_degenerate(&self) -> bool {
        self.semi_minor == 0.0
    }

    /// Corners of a polygon of `n` inscribed in it, counterclockwise.
    fn polygon(&self, n: usize) -> Vec<(f64, f64)> {
        let turn = (90.0 - self.azimuth.unwrap_or(0.0)).to_radians();
        let (sine, cosine) = turn.sin_cos();
        (0..n)
            .map(|k| {
                let (s, c) = (TAU * k as f64 / n as f64).sin_cos();
                let (along, across) = (self.semi_major * c, self.semi_minor * s);
                (self.x + along * cosine - across * sine, self.y + along * sine + across * cosine)
            })
            .collect()
    }
}

/// Corners of the polygons that stand for ellipses: their areas are short by 3e-6.
const CORNERS: usize = 1_440;

/// The area that two ellipses share, as a part of what they cover together.
///
/// # Errors
/// [`Undefined::NoVariation`] when either is a line or a point.
pub fn overlap(a: &Ellipse, b: &Ellipse) -> Result<f64, Undefined> {
    if a.is_degenerate() || b.is_degenerate() {
        return Err(Undefined::NoVariation);
    }
    let (first, second) = (a.polygon(CORNERS), b.polygon(CORNERS));
    let shared = area(&clipped(first.clone(), &second)).max(0.0);
    Ok((shared / (area(&first) + area(&second) - shared)).clamp(0.0, 1.0))
}

/// The part of `polygon` inside the convex, counterclockwise `window`, edge by edge (Sutherland and
/// Hodgman).
fn clipped(mut polygon: Vec<(f64, f64)>, window: &[(f64, f64)]) -> Vec<(f64, f64)> {
    for (k, a) in window.iter().enumerate() {
        let b = window[(k + 1) % window.len()];
        let side = |p: &(f64, f64)| (b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0);
        let mut kept = Vec::with_capacity(polygon.len() + 1);
        for (l, from) in polygon.iter().enumerate() {
            let to = &polygon[(l + 1) % polygon.len()];
            let (here, there) = (side(from), side(to));
            if here >= 0.0 {
                kept.push(*from);
            }
            if (here >= 0.0) != (there >= 0.0) {
                let part = here / (here - there);
                kept.push((from.0 + part * (to.0 - from.0), from.1 + part * (to.1 - from.1)));
            }
        }
        polygon = kept;
    }
    polygon
}

fn area(polygon: &[(f64, f64)]) -> f64 {
    let Some(origin) = polygon.first() else { return 0.0 };
    let edge = |k: usize| {
        let (a, b) = (polygon[k], polygon[(k + 1) % polygon.len()]);
        (a.0 - origin.0) * (b.1 - origin.1) - (b.0 - origin.0) * (a.1 - origin.1)
    };
    sum((0..polygon.len()).map(edge)) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: [(f64, f64); 5] = [(0.0, 0.0), (4.0, 0.0), (4.0, 2.0), (0.0, 2.0), (2.0, 1.0)];
    const WEIGHTS: [f64; 5] = [1.0, 1.0, 3.0, 1.0, 2.0];

    #[track_caller]
    fn check(found: f64, expected: f64, tolerance: f64) {
        assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
    }

    #[test]
    fn five_places_have_the_published_ellipse() {
        let found = Ellipse::of(&PLACES, &WEIGHTS, EllipseScale::Sqrt2).unwrap();
        check(found.x, 2.5, 1e-12);
        check(found.y, 1.25, 1e-12);
        check(found.semi_major, 2.373_211, 5e-7);
        check(found.semi_minor, 1.114_840, 5e-7);
        check(found.area(), 8.311_872_882_07, 1e-10);
        check(found.azimuth.unwrap(), 80.008_446_739_1, 1e-10);
        let plain = Ellipse::of(&PLACES, &WEIGHTS, EllipseScale::Plain).unwrap();
        check(plain.semi_major, 1.678_114, 5e-7);
        check(plain.semi_minor, 0.788_311, 5e-7);
        let corrected = Ellipse::of(&PLACES, &WEIGHTS, EllipseScale::NMinus2).unwrap();
        check(corrected.semi_major, found.semi_major * (5.0_f64 / 3.0).sqrt(), 1e-12);
    }

    #[test]
    fn axes_along_the_compass_have_its_azimuths() {
        let azimuth = |places: &[(f64, f64)]| {
            Ellipse::of(places, &[1.0; 4], EllipseScale::Sqrt2).unwrap().azimuth
        };
        check(azimuth(&[(-3.0, 0.0), (3.0, 0.0), (0.0, 1.0), (0.0, -1.0)]).unwrap(), 90.0, 1e-12);
        check(azimuth(&[(-1.0, 0.0), (1.0, 0.0), (0.0, 3.0), (0.0, -3.0)]).unwrap(), 0.0, 1e-12);
        let round = azimuth(&[(-1.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, -1.0)]);
        assert_eq!(round, Err(Undefined::NoVariation));
    }

    #[test]
    fn a_line_and_a_point_are_degenerate() {
        let line =
            Ellipse::of(&[(0.0, 0.0), (1.0, 1.0)], &[1.0, 2.0], EllipseScale::Sqrt2).unwrap();
        assert!(line.is_degenerate());
        check(line.azimuth.unwrap(), 45.0, 1e-9);
        let point =
            Ellipse::of(&[(0.0, 0.0), (1.0, 1.0)], &[0.0, 2.0], EllipseScale::Sqrt2).unwrap();
        assert_eq!((point.x, point.area(), point.n_places), (1.0, 0.0, 1));
        assert_eq!(overlap(&line, &point), Err(Undefined::NoVariation));
        let none = Ellipse::of(&PLACES, &[0.0; 5], EllipseScale::Sqrt2);
        assert_eq!(none, Err(Undefined::ZeroTotal));
    }

    // Circles of radius 1 whose centers are 1 apart share 2π/3 − √3/2.
    #[test]
    fn two_circles_share_their_lens() {
        let circle = |x: f64| Ellipse {
            x,
            y: 0.0,
            semi_major: 1.0,
            semi_minor: 1.0,
            azimuth: Err(Undefined::NoVariation),
            standard_distance: 1.0,
            n_places: 4,
        };
        let lens = 2.0 * PI / 3.0 - 3.0_f64.sqrt() / 2.0;
        let expected = lens / (2.0 * PI - lens);
        check(overlap(&circle(0.0), &circle(1.0)).unwrap(), expected, 1e-5);
        check(overlap(&circle(0.0), &circle(0.0)).unwrap(), 1.0, 1e-9);
        assert_eq!(overlap(&circle(0.0), &circle(2.5)), Ok(0.0));
    }
}
