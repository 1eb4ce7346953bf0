//! Equal-area projections: equal areas on the ground are equal on the page, which a choropleth
//! needs.
//!
//! Sources: Snyder (1987), Map Projections: A Working Manual, USGS Professional Paper 1395, for the
//! Albers and Lambert formulas on the sphere; Šavrič, Patterson and Jenny (2019), The Equal Earth
//! map projection, International Journal of Geographical Information Science 33(3).

use agglo_core::Text;

/// A projection of degrees to the unit sphere's plane, y upward.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Projection {
    /// Conic, for extents wider than tall in middle latitudes.
    Albers { n: f64, c: f64, rho0: f64, lon0: f64 },
    /// Azimuthal, for compact extents and near the poles.
    Lambert { lat0: f64, lon0: f64 },
    /// For the whole Earth.
    EqualEarth { lon0: f64 },
}

impl Projection {
    /// The projection for an extent in degrees.
    pub(crate) fn for_extent(lon: (f64, f64), lat: (f64, f64)) -> Projection {
        let middle = (f64::midpoint(lon.0, lon.1), f64::midpoint(lat.0, lat.1));
        let (wide, tall) = (lon.1 - lon.0, lat.1 - lat.0);
        if wide > 150.0 && tall > 60.0 {
            return Projection::EqualEarth { lon0: if wide > 300.0 { 0.0 } else { middle.0 } };
        }
        let one_side = lat.0 > 5.0 || lat.1 < -5.0;
        if wide > 20.0 && one_side && middle.1.abs() > 15.0 && lat.0.abs().max(lat.1.abs()) < 72.0 {
            let sixth = tall / 6.0;
            return Projection::albers((lat.0 + sixth, lat.1 - sixth), middle.0, middle.1);
        }
        Projection::Lambert { lat0: middle.1.to_radians(), lon0: middle.0 }
    }

    pub(crate) fn albers(parallels: (f64, f64), lon0: f64, lat0: f64) -> Projection {
        let (s1, s2) = (parallels.0.to_radians().sin(), parallels.1.to_radians().sin());
        let n = f64::midpoint(s1, s2);
        let c = parallels.0.to_radians().cos().powi(2) + 2.0 * n * s1;
        let rho0 = (c - 2.0 * n * lat0.to_radians().sin()).max(0.0).sqrt() / n;
        Projection::Albers { n, c, rho0, lon0 }
    }

    /// Its name.
    pub(crate) const fn name(&self) -> Text {
        match self {
            Projection::Albers { .. } => {
                Text::new("Albers equal-area conic", "阿尔伯斯等积圆锥投影")
            }
            Projection::Lambert { .. } => {
                Text::new("Lambert azimuthal equal-area", "兰勃特等积方位投影")
            }
            Projection::EqualEarth { .. } => Text::new("Equal Earth", "等积地球投影"),
        }
    }

    /// The ring in the parts into which the edge of a world map cuts it, in degrees that
    /// [`Projection::at`] takes.
    pub(crate) fn cut(&self, ring: &[(f64, f64)]) -> Vec<Vec<(f64, f64)>> {
        let Projection::EqualEarth { lon0 } = *self else { return vec![ring.to_vec()] };
        // Longitudes that run on across the 180th meridian instead of jumping back.
        let mut shift = 0.0;
        let mut whole: Vec<(f64, f64)> = Vec::with_capacity(ring.len());
        for (k, &(lon, lat)) in ring.iter().enumerate() {
            if k > 0 {
                let step = lon - ring[k - 1].0;
                if step > 180.0 {
                    shift -= 360.0;
                } else if step < -180.0 {
                    shift += 360.0;
                }
            }
            whole.push((lon + shift, lat));
        }
        if shift != 0.0 {
            // The ring goes around a pole; files draw it along the edge, where it may stay.
            return vec![ring.to_vec()];
        }
        let (west, east) = (lon0 - 180.0, lon0 + 180.0);
        [-360.0, 0.0, 360.0]
            .into_iter()
            .map(|turn| {
                let moved: Vec<_> = whole.iter().map(|p| (p.0 + turn, p.1)).collect();
                half_plane(&half_plane(&moved, west, 1.0), east, -1.0)
            })
            .filter(|part| part.len() > 2)
            .collect()
    }

    /// The place of a point in degrees.
    pub(crate) fn at(&self, lon: f64, lat: f64) -> (f64, f64) {
        let turned = |lon0: f64| {
            let away = (lon - lon0).rem_euclid(360.0);
            if away > 180.0 { (away - 360.0).to_radians() } else { away.to_radians() }
        };
        let lat = lat.clamp(-90.0, 90.0).to_radians();
        match *self {
            Projection::Albers { n, c, rho0, lon0 } => {
                let rho = (c - 2.0 * n * lat.sin()).max(0.0).sqrt() / n;
                let theta = n * turned(lon0);
                (rho * theta.sin(), rho0 - rho * theta.cos())
            }
            Projection::Lambert { lat0, lon0 } => {
                let away = turned(lon0);
                let denominator =
                    1.0 + lat0.sin() * lat.sin() + lat0.cos() * lat.cos() * away.cos();
                let k = (2.0 / denominator.max(1e-9)).sqrt();
                let y = lat0.cos() * lat.sin() - lat0.sin() * lat.cos() * away.cos();
                (k * lat.cos() * away.sin(), k * y)
            }
            Projection::EqualEarth { lon0 } => {
                let (a1, a2, a3, a4) = (1.340_264, -0.081_106, 0.000_893, 0.003_796);
                let root = 3f64.sqrt() / 2.0;
                let t = (root * lat.sin()).asin();
                let t2 = t * t;
                let t6 = t2 * t2 * t2;
                let slope = a1 + 3.0 * a2 * t2 + t6 * (7.0 * a3 + 9.0 * a4 * t2);
                // Rings were cut at the edge of the world, so that both edges keep their side.
                let x = (lon - lon0).clamp(-180.0, 180.0).to_radians() * t.cos() / (root * slope);
                (x, t * (a1 + a2 * t2 + t6 * (a3 + a4 * t2)))
            }
        }
    }
}

/// The part of a ring on one side of a meridian (Sutherland and Hodgman's rule).
fn half_plane(ring: &[(f64, f64)], meridian: f64, side: f64) -> Vec<(f64, f64)> {
    let inside = |p: (f64, f64)| (p.0 - meridian) * side >= 0.0;
    let mut kept = Vec::new();
    for (k, &to) in ring.iter().enumerate() {
        let from = ring[(k + ring.len() - 1) % ring.len()];
        if inside(from) != inside(to) {
            let part = (meridian - from.0) / (to.0 - from.0);
            kept.push((meridian, from.1 + part * (to.1 - from.1)));
        }
        if inside(to) {
            kept.push(to);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Area on the page of a small square on the sphere, over its area on the sphere.
    fn ratio(projection: Projection, lon: f64, lat: f64) -> f64 {
        let d = 1e-4;
        let corners =
            [(0.0, 0.0), (d, 0.0), (d, d), (0.0, d)].map(|(a, b)| projection.at(lon + a, lat + b));
        let twice: f64 = (0..4)
            .map(|k| {
                let ((x0, y0), (x1, y1)) = (corners[k], corners[(k + 1) % 4]);
                x0 * y1 - x1 * y0
            })
            .sum();
        let d = d.to_radians();
        (twice / 2.0) / (d * d * (lat + 0.000_05).to_radians().cos())
    }

    #[test]
    fn equal_areas_stay_equal_everywhere() {
        let projections = [
            Projection::albers((29.5, 45.5), -96.0, 37.5),
            Projection::Lambert { lat0: 0.9, lon0: 10.0 },
            Projection::EqualEarth { lon0: 0.0 },
        ];
        for projection in projections {
            for (lon, lat) in [(-100.0, 30.0), (-80.0, 48.0), (10.0, 5.0), (60.0, 66.0)] {
                let found = ratio(projection, lon, lat);
                assert!((found - 1.0).abs() < 1e-3, "{projection:?} {lon} {lat}: {found}");
            }
        }
    }

    #[test]
    fn a_ring_across_the_edge_of_the_world_is_cut_in_two() {
        let ring = [(170.0, 0.0), (-170.0, 0.0), (-170.0, 10.0), (170.0, 10.0), (170.0, 0.0)];
        let parts = Projection::EqualEarth { lon0: 0.0 }.cut(&ring);
        assert_eq!(parts.len(), 2);
        for part in parts {
            let lons: Vec<f64> = part.iter().map(|p| p.0).collect();
            let (low, high) = (
                lons.iter().copied().fold(f64::MAX, f64::min),
                lons.iter().copied().fold(f64::MIN, f64::max),
            );
            assert_eq!(high - low, 10.0);
        }
    }

    #[test]
    fn the_printed_example_of_albers_is_met() {
        // Snyder (1987, p. 291): parallels 29.5 and 45.5, center (-96, 23), point (-75, 35), R = 1.
        let (x, y) = Projection::albers((29.5, 45.5), -96.0, 23.0).at(-75.0, 35.0);
        assert!((x - 0.295_272_0).abs() < 1e-7 && (y - 0.241_677_4).abs() < 1e-7, "{x} {y}");
    }
}
