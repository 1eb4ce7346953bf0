//! Where areas lie on the page: one projection for the extent, or the United States with insets.

use std::collections::BTreeMap;

use agglo_core::Text;

use super::areas::{Areas, Ring};
use super::projection::Projection;
use crate::words::Words;

/// A set of areas with one projection, and the box it fills.
pub(super) struct Panel<'a> {
    pub(super) codes: Vec<&'a str>,
    projection: Projection,
    scale: f64,
    /// Page place of the projection's origin.
    origin: (f64, f64),
    /// Left, top, right, bottom of an inset's frame; `None` for the main panel.
    pub(super) frame: Option<(f64, f64, f64, f64)>,
    /// What an inset shows.
    pub(super) name: Text,
}

impl Panel<'_> {
    /// A ring on the page; several where the edge of the world cuts it.
    pub(super) fn ring(&self, ring: &Ring) -> Vec<Vec<(f64, f64)>> {
        let place = |&(lon, lat): &(f64, f64)| {
            let (x, y) = self.projection.at(lon, lat);
            (self.origin.0 + x * self.scale, self.origin.1 - y * self.scale)
        };
        self.projection.cut(ring).iter().map(|part| part.iter().map(place).collect()).collect()
    }
}

/// Panels of a width and the height they need.
pub(super) struct Layout<'a> {
    pub(super) panels: Vec<Panel<'a>>,
    pub(super) height: f64,
}

/// States whose areas are not drawn in a map of the United States: islands of the Pacific.
const PACIFIC: [&str; 3] = ["60", "66", "69"];

fn state(code: &str) -> &str {
    code.get(..2).unwrap_or("")
}

/// Whether the codes are FIPS codes that include Alaska and Hawaii as well as other states.
fn is_united_states(areas: &Areas) -> bool {
    let fips = |code: &str| {
        (code.len() == 2 || code.len() == 5) && code.bytes().all(|b| b.is_ascii_digit())
    };
    let lies = |wanted: &str, west: f64, east: f64| {
        areas.areas.iter().filter(|a| state(&a.code) == wanted).any(|a| {
            let first = a.polygons.first().and_then(|p| p.first()).and_then(|r| r.first());
            first.is_some_and(|p| (west..east).contains(&p.0) || p.0 > 170.0)
        })
    };
    areas.areas.iter().all(|a| fips(&a.code))
        && lies("02", -180.0, -125.0)
        && lies("15", -180.0, -150.0)
        && areas.areas.iter().any(|a| !["02", "15"].contains(&state(&a.code)))
}

/// Codes of areas that the layout leaves out.
pub(super) fn left_out(areas: &Areas) -> Vec<&str> {
    if !is_united_states(areas) {
        return Vec::new();
    }
    let codes = areas.areas.iter().map(|a| a.code.as_str());
    codes.filter(|code| PACIFIC.contains(&state(code))).collect()
}

fn rings<'a>(areas: &'a Areas, codes: &'a [&str]) -> impl Iterator<Item = &'a Ring> {
    areas.areas.iter().filter(|a| codes.contains(&a.code.as_str())).flat_map(|a| {
        // Holes never reach beyond their outer ring.
        a.polygons.iter().filter_map(|p| p.first())
    })
}

type Extent = ((f64, f64), (f64, f64));

fn extent_of(points: impl Iterator<Item = (f64, f64)>) -> Option<Extent> {
    points.fold(None, |found: Option<Extent>, (x, y)| {
        let ((x0, x1), (y0, y1)) = found.unwrap_or(((x, x), (y, y)));
        Some(((x0.min(x), x1.max(x)), (y0.min(y), y1.max(y))))
    })
}

fn build<'a>(
    areas: &Areas,
    codes: Vec<&'a str>,
    projection: Projection,
    place: (f64, f64, f64, f64),
) -> Option<(Panel<'a>, f64)> {
    let points = rings(areas, &codes)
        .flat_map(|ring| projection.cut(ring))
        .flatten()
        .map(|p| projection.at(p.0, p.1));
    let ((x0, x1), (y0, y1)) = extent_of(points)?;
    let (left, top, wide, tall) = place;
    let (width, height) = ((x1 - x0).max(1e-9), (y1 - y0).max(1e-9));
    let scale = (wide / width).min(tall / height);
    let left = left + (wide - width * scale) / 2.0;
    let origin = (left - x0 * scale, top + y1 * scale);
    Some((
        Panel { codes, projection, scale, origin, frame: None, name: Text::new("", "") },
        height * scale,
    ))
}

/// An area on the page.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedArea {
    /// The code that values are joined by.
    pub code: String,
    /// Its name.
    pub name: Words,
    /// Its polygons, each an outer ring and its holes; rings are closed, y runs downward.
    pub polygons: Vec<Vec<Vec<(f64, f64)>>>,
    /// The centroid of its largest ring: a place for a label or the end of a flow.
    pub center: (f64, f64),
}

/// Areas in an equal-area projection on a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// The projection of the main panel.
    pub projection: Text,
    /// Width and height of the page.
    pub size: (f64, f64),
    /// Kilometers per unit of the page in the main panel.
    pub km_per_unit: f64,
    /// Frames of parts at other scales: name, left, top, right, bottom.
    pub insets: Vec<(Text, [f64; 4])>,
    /// The areas, in the order of the file.
    pub areas: Vec<PlacedArea>,
    /// Codes of areas that the page leaves out.
    pub left_out: Vec<String>,
}

/// Radius of the sphere with the Earth's area, in kilometers.
const EARTH_KM: f64 = 6_371.007;

impl Areas {
    /// The areas on a page `width` units wide, with borders rounded to whole units: points closer together
    /// than that become one, and what neighbors share stays shared.
    ///
    /// Cost: one pass over the points.
    pub fn on_page(&self, width: f64) -> Placed {
        let layout = lay_out(self, 0.0, 0.0, width, width * 1.2);
        let mut places: BTreeMap<&str, &Panel<'_>> = BTreeMap::new();
        for panel in &layout.panels {
            places.extend(panel.codes.iter().map(|code| (*code, panel)));
        }
        let areas = self.areas.iter().filter_map(|area| {
            let panel = places.get(area.code.as_str())?;
            let polygons = area.polygons.iter().filter_map(|p| rounded(panel, p));
            let mut polygons: Vec<Vec<Vec<(f64, f64)>>> = polygons.collect();
            if polygons.is_empty() {
                // An area smaller than a unit is drawn as it is, so that it can be found.
                polygons = area.polygons.iter().take(1).map(|p| exact(panel, p)).collect();
            }
            let center = polygons.iter().filter_map(|p| p.first()).map(|ring| centroid(ring));
            let center = center.max_by(|a, b| a.1.total_cmp(&b.1))?.0;
            let (code, name) = (area.code.clone(), area.name.clone());
            Some(PlacedArea { code, name, polygons, center })
        });
        let main = layout.panels.first();
        let insets = layout
            .panels
            .iter()
            .filter_map(|panel| panel.frame.map(|(x0, y0, x1, y1)| (panel.name, [x0, y0, x1, y1])));
        Placed {
            projection: main.map_or(Text::new("", ""), |panel| panel.projection.name()),
            size: (width, layout.height),
            km_per_unit: main.map_or(0.0, |panel| EARTH_KM / panel.scale),
            insets: insets.collect(),
            areas: areas.collect(),
            left_out: left_out(self).into_iter().map(str::to_owned).collect(),
        }
    }
}

/// A polygon in whole units; `None` where nothing of it is left.
fn rounded(panel: &Panel<'_>, polygon: &[Ring]) -> Option<Vec<Vec<(f64, f64)>>> {
    let mut rings = Vec::new();
    for (place, ring) in polygon.iter().enumerate() {
        let before = rings.len();
        for part in panel.ring(ring) {
            let mut points: Vec<(f64, f64)> =
                part.iter().map(|p| (p.0.round(), p.1.round())).collect();
            points.dedup();
            if points.len() > 1 && points.first() == points.last() {
                points.pop();
            }
            if points.len() > 2 {
                points.push(points[0]);
                rings.push(points);
            }
        }
        if place == 0 && rings.len() == before {
            return None;
        }
    }
    Some(rings)
}

fn exact(panel: &Panel<'_>, polygon: &[Ring]) -> Vec<Vec<(f64, f64)>> {
    let parts = polygon.iter().take(1).flat_map(|ring| panel.ring(ring));
    parts
        .map(|mut points| {
            if points.first() != points.last() {
                points.extend(points.first().copied());
            }
            points
        })
        .collect()
}

/// The centroid of a closed ring, and its area.
fn centroid(ring: &[(f64, f64)]) -> ((f64, f64), f64) {
    let (mut twice, mut x, mut y) = (0.0, 0.0, 0.0);
    for pair in ring.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let cross = x0 * y1 - x1 * y0;
        twice += cross;
        x += (x0 + x1) * cross;
        y += (y0 + y1) * cross;
    }
    if twice == 0.0 {
        return (ring.first().copied().unwrap_or_default(), 0.0);
    }
    ((x / (3.0 * twice), y / (3.0 * twice)), twice.abs() / 2.0)
}

/// Lays the areas out at a place of the page, at most `tall` high.
pub(super) fn lay_out(areas: &Areas, left: f64, top: f64, wide: f64, tall: f64) -> Layout<'_> {
    if is_united_states(areas) {
        return united_states(areas, left, top, wide, tall);
    }
    let codes: Vec<&str> = areas.areas.iter().map(|a| a.code.as_str()).collect();
    let all = || rings(areas, &codes).flatten().copied();
    let Some((mut lon, lat)) = extent_of(all()) else {
        return Layout { panels: Vec::new(), height: 0.0 };
    };
    // A map across the 180th meridian is narrower when longitudes run from 0 to 360.
    let turned = extent_of(all().map(|(x, y)| (x.rem_euclid(360.0), y)));
    if let Some((other, _)) = turned
        && other.1 - other.0 < lon.1 - lon.0
    {
        lon = other;
    }
    let projection = Projection::for_extent(lon, lat);
    let found = build(areas, codes.clone(), projection, (left, top, wide, tall));
    let height = found.as_ref().map_or(0.0, |f| f.1);
    Layout { panels: found.into_iter().map(|f| f.0).collect(), height }
}

/// The lower states in Albers' projection, with Alaska, Hawaii and the Caribbean below at other
/// scales, framed so that nobody takes them for neighbors.
fn united_states(areas: &Areas, left: f64, top: f64, wide: f64, tall: f64) -> Layout<'_> {
    let mut sets: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for area in &areas.areas {
        let set = match state(&area.code) {
            "02" => "alaska",
            "15" => "hawaii",
            "72" | "78" => "caribbean",
            code if PACIFIC.contains(&code) => continue,
            _ => "lower",
        };
        sets.entry(set).or_default().push(&area.code);
    }
    let mut panels = Vec::new();
    let lower = Projection::albers((29.5, 45.5), -96.0, 37.5);
    let codes = sets.remove("lower").unwrap_or_default();
    let main = build(areas, codes, lower, (left, top, wide, tall));
    let mut height = main.as_ref().map_or(0.0, |m| m.1);
    panels.extend(main.map(|m| m.0));
    let insets = [
        (
            "alaska",
            Text::new("Alaska", "阿拉斯加"),
            Projection::albers((55.0, 65.0), -154.0, 50.0),
            0.0,
            0.21,
            0.165,
        ),
        (
            "hawaii",
            Text::new("Hawaii", "夏威夷"),
            Projection::albers((8.0, 18.0), -157.0, 13.0),
            0.225,
            0.13,
            0.09,
        ),
        (
            "caribbean",
            Text::new("Puerto Rico", "波多黎各"),
            Projection::albers((8.0, 18.0), -66.0, 13.0),
            0.86,
            0.14,
            0.07,
        ),
    ];
    // The lower left corner of the conic map is sea; the frames reach a little below it.
    let base = top + height + wide * 0.035;
    for (set, name, projection, start, part_wide, part_tall) in insets {
        let Some(codes) = sets.remove(set) else { continue };
        let (w, h) = (wide * part_wide, wide * part_tall);
        let (x0, y0) = (left + wide * start, base - h);
        let pad = 3.0;
        let place = (x0 + pad, y0 + pad, w - 2.0 * pad, h - 2.0 * pad);
        if let Some((mut panel, used)) = build(areas, codes, projection, place) {
            let y0 = base - used - 2.0 * pad;
            panel.origin.1 += y0 + pad - place.1;
            panel.frame = Some((x0, y0, x0 + w, base));
            panel.name = name;
            panels.push(panel);
            height = height.max(base - top);
        }
    }
    Layout { panels, height }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::areas::Area;

    fn square(code: &str, west: f64, south: f64, side: f64) -> Area {
        let (east, north) = (west + side, south + side);
        let ring = vec![(west, south), (east, south), (east, north), (west, north), (west, south)];
        Area { code: code.into(), name: Words::same(code), polygons: vec![vec![ring]] }
    }

    #[test]
    fn neighbors_share_their_border_on_the_page_and_north_is_up() {
        let areas =
            Areas { areas: vec![square("west", 10.0, 40.0, 5.0), square("east", 15.0, 40.0, 5.0)] };
        let placed = areas.on_page(1000.0);
        let ring = |place: usize| &placed.areas[place].polygons[0][0];
        let shared = ring(0).iter().filter(|point| ring(1).contains(point)).count();
        assert_eq!(shared, 2, "{placed:?}");
        for ring in [ring(0), ring(1)] {
            assert_eq!(ring.first(), ring.last());
            assert!(ring.iter().all(|p| p.0.fract() == 0.0 && p.1.fract() == 0.0));
        }
        // The third point of each square is its north-eastern corner, the second its south-eastern one.
        assert!(ring(0)[2].1 < ring(0)[1].1);
        assert!(placed.areas[0].center.0 < placed.areas[1].center.0);
        assert_eq!(placed.size.0, 1000.0);
    }

    #[test]
    fn an_island_smaller_than_a_unit_is_still_there() {
        let areas = Areas {
            areas: vec![square("land", 0.0, 40.0, 10.0), square("rock", 12.0, 40.0, 1e-5)],
        };
        let placed = areas.on_page(500.0);
        let rock = placed.areas.iter().find(|area| area.code == "rock").unwrap();
        assert_eq!(rock.polygons.len(), 1);
        assert!(rock.polygons[0][0].len() >= 4);
    }

    #[test]
    fn equal_areas_on_the_ground_are_equal_on_the_page() {
        // A degree of longitude at 60° is half of one at the equator.
        let areas =
            Areas { areas: vec![square("south", 0.0, 0.0, 2.0), square("north", 0.0, 60.0, 2.0)] };
        let placed = areas.on_page(20_000.0);
        let area = |place: usize| centroid(&placed.areas[place].polygons[0][0]).1;
        let band = |south: f64| (south + 2.0).to_radians().sin() - south.to_radians().sin();
        let expected = band(60.0) / band(0.0);
        assert!((area(1) / area(0) - expected).abs() < 0.002, "{} {expected}", area(1) / area(0));
    }
}
