//! Where areas lie on the page: one projection for the extent, or the United States with insets.

use std::collections::BTreeMap;

use agglo_core::Text;

use super::areas::{Areas, Ring};
use super::projection::Projection;

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
