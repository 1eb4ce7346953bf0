//! From longitude and latitude to a plane in which areas are true, and ways over the ellipsoid.
//!
//! Source: Snyder (1987), Map Projections: A Working Manual, USGS Professional Paper 1395, 98–103;
//! Vincenty (1975), Survey Review 23(176), 88–93. WGS 84.

/// Semi-major axis, km.
const A: f64 = 6_378.137;
/// Flattening.
const F: f64 = 1.0 / 298.257_223_563;
/// Squared eccentricity.
const E2: f64 = F * (2.0 - F);

/// Albers' equal-area conic projection; degrees in, km out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Albers {
    n: f64,
    c: f64,
    rho0: f64,
    lon0: f64,
    parallels: (f64, f64),
}

/// Where the cone would be a cylinder, one parallel is moved by this many degrees.
const NUDGE: f64 = 0.5;

impl Albers {
    /// With standard parallels `south` and `north` and the meridian `lon0`, all in degrees.
    pub fn new(south: f64, north: f64, lon0: f64) -> Albers {
        // Parallels that mirror each other have no cone between them.
        let north = if (south + north).abs() < 1e-9 { north + NUDGE } else { north };
        let (m1, m2) = (m(south.to_radians()), m(north.to_radians()));
        let (q1, q2) = (q(south.to_radians()), q(north.to_radians()));
        let n = if (north - south).abs() < 1e-9 {
            south.to_radians().sin()
        } else {
            (m1 * m1 - m2 * m2) / (q2 - q1)
        };
        let c = m1 * m1 + n * q1;
        let origin = f64::midpoint(south, north).to_radians();
        let rho0 = A * (c - n * q(origin)).max(0.0).sqrt() / n;
        Albers { n, c, rho0, lon0, parallels: (south, north) }
    }

    /// Fitted to these places, in degrees: parallels a sixth of their span inside it, the meridian in
    /// their middle the short way around.
    pub fn fitted(lon: &[f64], lat: &[f64]) -> Albers {
        let sine: f64 = lon.iter().map(|lon| lon.to_radians().sin()).sum();
        let cosine: f64 = lon.iter().map(|lon| lon.to_radians().cos()).sum();
        let toward = sine.atan2(cosine).to_degrees();
        let ends = |values: &mut dyn Iterator<Item = f64>| {
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
                (low.min(v), high.max(v))
            })
        };
        let (west, east) = ends(&mut lon.iter().map(|lon| turn(lon - toward)));
        let (south, north) = ends(&mut lat.iter().copied());
        let sixth = (north - south) / 6.0;
        Albers::new(south + sixth, north - sixth, turn(toward + f64::midpoint(west, east)))
    }

    /// East and north of the middle of the standard parallels, in km.
    pub fn project(&self, lon: f64, lat: f64) -> (f64, f64) {
        let rho = A * (self.c - self.n * q(lat.to_radians())).max(0.0).sqrt() / self.n;
        let theta = self.n * turn(lon - self.lon0).to_radians();
        (rho * theta.sin(), self.rho0 - rho * theta.cos())
    }

    /// Longitude and latitude of a place in the plane.
    pub fn unproject(&self, x: f64, y: f64) -> (f64, f64) {
        let sign = self.n.signum();
        let (east, south) = (sign * x, sign * (self.rho0 - y));
        let rho = east.hypot(south);
        let q = (self.c - (rho * self.n / A).powi(2)) / self.n;
        let mut phi = (q / 2.0).clamp(-1.0, 1.0).asin();
        let e = E2.sqrt();
        for _ in 0..30 {
            let sine = phi.sin();
            let w = 1.0 - E2 * sine * sine;
            let rest =
                q / (1.0 - E2) - sine / w + ((1.0 - e * sine) / (1.0 + e * sine)).ln() / (2.0 * e);
            let step = w * w / (2.0 * phi.cos()) * rest;
            if !step.is_finite() {
                break;
            }
            phi += step;
            if step.abs() < 1e-15 {
                break;
            }
        }
        (turn(self.lon0 + (east.atan2(south) / self.n).to_degrees()), phi.to_degrees())
    }

    /// In words: parallels and meridian, degrees.
    pub(super) fn describe(&self) -> String {
        format!("{:.2}°/{:.2}°, {:.2}°", self.parallels.0, self.parallels.1, self.lon0)
    }
}

fn m(phi: f64) -> f64 {
    phi.cos() / (1.0 - E2 * phi.sin().powi(2)).sqrt()
}

fn q(phi: f64) -> f64 {
    let (e, sine) = (E2.sqrt(), phi.sin());
    (1.0 - E2)
        * (sine / (1.0 - E2 * sine * sine) - ((1.0 - e * sine) / (1.0 + e * sine)).ln() / (2.0 * e))
}

/// A longitude between −180 and 180.
fn turn(degrees: f64) -> f64 {
    (degrees + 180.0).rem_euclid(360.0) - 180.0
}

/// Way from one place to another over the ellipsoid: km, and the bearing at the start in degrees
/// clockwise from north; `None` for places that face each other across the globe, where the
/// iteration does not end.
pub fn geodesic(from: (f64, f64), to: (f64, f64)) -> Option<(f64, f64)> {
    let b = A * (1.0 - F);
    let reduced = |lat: f64| ((1.0 - F) * lat.to_radians().tan()).atan();
    let (u1, u2) = (reduced(from.1), reduced(to.1));
    let l = turn(to.0 - from.0).to_radians();
    let mut lambda = l;
    for _ in 0..200 {
        let (sl, cl) = lambda.sin_cos();
        let along = (u2.cos() * sl, u1.cos() * u2.sin() - u1.sin() * u2.cos() * cl);
        let sine = along.0.hypot(along.1);
        if sine == 0.0 {
            return Some((0.0, 0.0));
        }
        let cosine = u1.sin() * u2.sin() + u1.cos() * u2.cos() * cl;
        let sigma = sine.atan2(cosine);
        let alpha = u1.cos() * u2.cos() * sl / sine;
        let cos2 = 1.0 - alpha * alpha;
        let middle = if cos2 > 0.0 { cosine - 2.0 * u1.sin() * u2.sin() / cos2 } else { 0.0 };
        let c = F / 16.0 * cos2 * (4.0 + F * (4.0 - 3.0 * cos2));
        let wave = middle + c * cosine * (2.0 * middle * middle - 1.0);
        let next = l + (1.0 - c) * F * alpha * (sigma + c * sine * wave);
        let done = (next - lambda).abs() < 1e-13;
        lambda = next;
        if done {
            let u = cos2 * (A * A - b * b) / (b * b);
            let big_a = 1.0 + u / 16_384.0 * (4_096.0 + u * (-768.0 + u * (320.0 - 175.0 * u)));
            let big_b = u / 1_024.0 * (256.0 + u * (-128.0 + u * (74.0 - 47.0 * u)));
            let square = 2.0 * middle * middle - 1.0;
            let delta = big_b
                * sine
                * (middle
                    + big_b / 4.0
                        * (cosine * square
                            - big_b / 6.0
                                * middle
                                * (4.0 * sine * sine - 3.0)
                                * (4.0 * middle * middle - 3.0)));
            let bearing = along.0.atan2(along.1).to_degrees().rem_euclid(360.0);
            return Some((b * big_a * (sigma - delta), bearing));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(found: f64, expected: f64, tolerance: f64) {
        assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
    }

    #[test]
    fn a_place_comes_back_from_the_plane() {
        for (south, north, lon0) in [(25.0, 47.0, 105.0), (-20.0, -40.0, 135.0), (-3.0, 3.0, 0.0)] {
            let albers = Albers::new(south, north, lon0);
            for (lon, lat) in [(lon0 + 20.0, south + 5.0), (lon0 - 33.0, north), (lon0, 0.0)] {
                let (x, y) = albers.project(lon, lat);
                let (back_lon, back_lat) = albers.unproject(x, y);
                check(back_lon, lon, 1e-9);
                check(back_lat, lat, 1e-9);
            }
        }
    }

    // The area between the parallels 30° and 31° and one degree of longitude, by the formula of the
    // ellipsoid: b²/2 · Δλ · (…) equals A² Δλ (q₂ − q₁)/2.
    #[test]
    fn a_cell_of_one_degree_keeps_its_area() {
        let albers = Albers::new(25.0, 47.0, 105.0);
        let n = 400;
        let mut corners = Vec::new();
        for k in 0..n {
            let part = f64::from(k) / f64::from(n);
            corners.push(albers.project(110.0 + part, 30.0));
        }
        for k in 0..n {
            corners.push(albers.project(111.0, 30.0 + f64::from(k) / f64::from(n)));
        }
        for k in 0..n {
            corners.push(albers.project(111.0 - f64::from(k) / f64::from(n), 31.0));
        }
        for k in 0..n {
            corners.push(albers.project(110.0, 31.0 - f64::from(k) / f64::from(n)));
        }
        let area: f64 = (0..corners.len())
            .map(|k| {
                let (a, b) = (corners[k], corners[(k + 1) % corners.len()]);
                (a.0 * b.1 - b.0 * a.1) / 2.0
            })
            .sum();
        let true_area =
            A * A * 1.0_f64.to_radians() * (q(31.0_f64.to_radians()) - q(30.0_f64.to_radians()))
                / 2.0;
        check(area / true_area, 1.0, 1e-6);
    }

    #[test]
    fn the_middle_of_places_about_the_date_line_lies_there() {
        let albers = Albers::fitted(&[170.0, -170.0], &[-15.0, -20.0]);
        let (x, _) = albers.project(180.0, -17.0);
        check(x, 0.0, 1e-6);
    }

    // Vincenty's own line from Flinders Peak to Buninyong is on another ellipsoid; on WGS 84 a
    // degree of the equator is A π/180, and the quarter meridian 10,001.965729 km.
    #[test]
    fn ways_along_the_equator_and_a_meridian_have_their_known_length() {
        let (km, bearing) = geodesic((10.0, 0.0), (11.0, 0.0)).unwrap();
        check(km, A * 1.0_f64.to_radians(), 1e-9);
        check(bearing, 90.0, 1e-9);
        let (km, bearing) = geodesic((0.0, 0.0), (0.0, 90.0)).unwrap();
        check(km, 10_001.965_729, 1e-5);
        check(bearing, 0.0, 1e-9);
        assert_eq!(geodesic((3.0, 4.0), (3.0, 4.0)), Some((0.0, 0.0)));
    }
}
