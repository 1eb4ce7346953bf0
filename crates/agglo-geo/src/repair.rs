//! Rings of any quality to one simple shape, with what was done.
//!
//! 1. A coordinate that is not finite or out of range rejects the feature.
//! 2. Each ring is closed, loses repeated points, and is dropped when no area is left.
//! 3. Outer rings are turned counterclockwise, holes clockwise.
//! 4. Where edges cross, the polygon is rebuilt by the even-odd rule; polygons of one feature that
//!    overlap are united. Where edges only touch, this is done when it changes the area.
//!
//! Rebuilding works on a grid of about 2⁻³⁰ of the shape's extent; corners that were in the file are
//! put back exactly, so that neighbors still meet.

use std::collections::BTreeMap;

use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::{
    Area as _, BooleanOps, BoundingRect, Coord, Intersects, LineString, MultiPolygon, Polygon,
    Rect, unary_union,
};

use crate::codes;
use crate::contact::{Contact, contact};
use crate::raw::{RawShape, Reject, Ring};
use crate::report::RepairKind;

/// How often each thing was done to a shape.
pub(crate) type Done = BTreeMap<RepairKind, u64>;

/// Relative change of area below which a rebuilt shape is the same shape.
const SAME_AREA: f64 = 1e-7;

/// A shape in its final place, made simple.
pub(crate) fn shape(
    raw: RawShape,
    counterclockwise_rule: bool,
    done: &mut Done,
) -> Result<MultiPolygon<f64>, Reject> {
    let polygons = match raw {
        RawShape::Polygons(polygons) => polygons
            .into_iter()
            .filter_map(|rings| polygon(rings, counterclockwise_rule, done))
            .collect(),
        RawShape::Rings(rings) => assembled(rings, done),
        RawShape::Empty => {
            return Err(Reject::new(codes::NO_GEOMETRY, "it has no geometry"));
        }
        RawShape::Points(_) => {
            return Err(Reject::new(codes::WRONG_KIND, "it is a point, not an area"));
        }
        RawShape::Other(kind) => {
            return Err(Reject::new(codes::WRONG_KIND, format!("it is a {kind}, not an area")));
        }
    };
    let shape = simple(MultiPolygon(polygons), done);
    if shape.0.is_empty() {
        return Err(Reject::new(codes::DEGENERATE, "no ring with an area is left"));
    }
    let jumps =
        |ring: &LineString<f64>| ring.lines().any(|edge| (edge.end.x - edge.start.x).abs() > 180.0);
    let beyond = |ring: &LineString<f64>| ring.coords().any(|point| point.x.abs() > 180.0 + 1e-9);
    if shape.0.iter().any(|polygon| jumps(polygon.exterior()) || beyond(polygon.exterior())) {
        done.insert(RepairKind::Antimeridian, 1);
    }
    Ok(shape)
}

/// Rejects coordinates that are no place on Earth.
pub(crate) fn in_range(shape: &RawShape) -> Result<(), Reject> {
    let wrong = shape.coordinates().find(|[x, y]| !(x.abs() <= 360.0 && y.abs() <= 90.0 + 1e-9));
    match wrong {
        Some([x, y]) => Err(Reject::new(
            codes::BAD_COORDINATE,
            format!("the coordinate ({x}, {y}) is no longitude and latitude"),
        )),
        None => Ok(()),
    }
}

fn add(done: &mut Done, kind: RepairKind, n: u64) {
    if n > 0 {
        *done.entry(kind).or_default() += n;
    }
}

/// A closed ring without repeated points, or `None` where it has no area.
fn ring(points: Ring, done: &mut Done) -> Option<LineString<f64>> {
    let mut coords: Vec<Coord<f64>> = Vec::with_capacity(points.len() + 1);
    let mut repeated = 0;
    for [x, y] in points {
        let point = Coord { x, y };
        if coords.last() == Some(&point) {
            repeated += 1;
        } else {
            coords.push(point);
        }
    }
    if coords.first() != coords.last() {
        coords.extend(coords.first().copied());
        add(done, RepairKind::Closed, 1);
    }
    add(done, RepairKind::RepeatedPoints, repeated);
    let line = LineString(coords);
    // A bow tie has two lobes that cancel, and yet covers something.
    if line.0.len() < 4
        || (signed_area(&line) == 0.0 && contact(std::iter::once(&line)) != Contact::Cross)
    {
        add(done, RepairKind::RingsWithoutArea, 1);
        return None;
    }
    Some(line)
}

/// Twice the area is summed about the first corner, so that far-off coordinates do not cancel.
fn signed_area(ring: &LineString<f64>) -> f64 {
    let Some(origin) = ring.0.first() else { return 0.0 };
    let double: f64 = ring
        .lines()
        .map(|edge| {
            (edge.start.x - origin.x) * (edge.end.y - origin.y)
                - (edge.end.x - origin.x) * (edge.start.y - origin.y)
        })
        .sum();
    double / 2.0
}

/// The ring turned so that its signed area has the wanted sign, and whether it was turned.
fn turned(mut ring: LineString<f64>, counterclockwise: bool) -> (LineString<f64>, bool) {
    let area = signed_area(&ring);
    let wrong = if counterclockwise { area < 0.0 } else { area > 0.0 };
    if wrong {
        ring.0.reverse();
    }
    (ring, wrong)
}

fn polygon(rings: Vec<Ring>, rule: bool, done: &mut Done) -> Option<Polygon<f64>> {
    let mut rings = rings.into_iter();
    let outer = ring(rings.next()?, done)?;
    let (outer, was_turned) = turned(outer, true);
    let mut n_turned = u64::from(was_turned);
    let outer = Polygon::new(outer, Vec::new());
    let mut holes = Vec::new();
    for hole in rings {
        let Some(hole) = ring(hole, done) else { continue };
        let (hole, was_turned) = turned(hole, false);
        if outside(&hole, &outer) {
            add(done, RepairKind::HoleOutside, 1);
            continue;
        }
        n_turned += u64::from(was_turned);
        holes.push(hole);
    }
    if rule {
        add(done, RepairKind::Turned, n_turned);
    }
    Some(Polygon::new(outer.into_inner().0, holes))
}

/// Whether no corner of a hole lies inside `outer`, and no edge of one meets the other.
fn outside(hole: &LineString<f64>, outer: &Polygon<f64>) -> bool {
    let (Some(one), Some(two)) = (hole.bounding_rect(), outer.bounding_rect()) else { return true };
    if !one.intersects(&two) {
        return true;
    }
    let inside = hole.coords().any(|point| outer.coordinate_position(point) == CoordPos::Inside);
    !inside && contact([hole, outer.exterior()].into_iter()) < Contact::Cross
}

/// Polygons from rings whose direction alone tells outer ones from holes.
///
/// Each hole goes to the smallest outer ring around it.
fn assembled(rings: Vec<Ring>, done: &mut Done) -> Vec<Polygon<f64>> {
    let mut outers: Vec<(Polygon<f64>, Rect<f64>, f64)> = Vec::new();
    let mut holes = Vec::new();
    let n_rings = rings.len();
    for points in rings {
        let Some(ring) = ring(points, done) else { continue };
        // A Shapefile's outer rings run clockwise; a lone ring is an outer one whichever way it runs.
        if signed_area(&ring) > 0.0 && n_rings > 1 {
            holes.push(turned(ring, false).0);
        } else if let Some(bounds) = ring.bounding_rect() {
            let (ring, _) = turned(ring, true);
            let area = signed_area(&ring);
            outers.push((Polygon::new(ring, Vec::new()), bounds, area));
        }
    }
    let mut placed: Vec<Vec<LineString<f64>>> = vec![Vec::new(); outers.len()];
    let mut lone = Vec::new();
    for hole in holes {
        let around = |outer: &(Polygon<f64>, Rect<f64>, f64)| {
            hole.bounding_rect().is_some_and(|bounds| bounds.intersects(&outer.1))
                && !outside(&hole, &outer.0)
        };
        let home = (0..outers.len())
            .filter(|at| around(&outers[*at]))
            .min_by(|one, other| outers[*one].2.total_cmp(&outers[*other].2));
        match home {
            Some(home) => placed[home].push(hole),
            None => lone.push(hole),
        }
    }
    // Some programs write all rings the other way around: then nothing is a hole of anything.
    add(done, RepairKind::HoleOutside, lone.len() as u64);
    let mut polygons: Vec<Polygon<f64>> = outers
        .into_iter()
        .zip(placed)
        .map(|((outer, _, _), holes)| Polygon::new(outer.into_inner().0, holes))
        .collect();
    polygons.extend(lone.into_iter().map(|ring| Polygon::new(turned(ring, true).0, Vec::new())));
    polygons
}

/// The same area with no edge crossing another.
pub(crate) fn simple(shape: MultiPolygon<f64>, done: &mut Done) -> MultiPolygon<f64> {
    let rings = shape
        .0
        .iter()
        .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    let found = match contact(rings) {
        Contact::Apart if nested(&shape) => Contact::Touch,
        found => found,
    };
    match found {
        Contact::Apart => shape,
        Contact::Unchecked => {
            add(done, RepairKind::Unchecked, 1);
            shape
        }
        Contact::Touch | Contact::Cross => {
            let rebuilt = united(&shape);
            let (before, after) = (shape.unsigned_area(), rebuilt.unsigned_area());
            if found == Contact::Touch && (before - after).abs() <= SAME_AREA * before {
                return shape;
            }
            add(done, RepairKind::Rebuilt, 1);
            rebuilt
        }
    }
}

/// Whether a polygon lies inside another one, which would count its area twice.
pub(crate) fn nested(shape: &MultiPolygon<f64>) -> bool {
    let mut boxes: Vec<(Rect<f64>, &Polygon<f64>)> =
        shape.0.iter().filter_map(|polygon| Some((polygon.bounding_rect()?, polygon))).collect();
    boxes.sort_by(|one, other| one.0.min().x.total_cmp(&other.0.min().x));
    boxes.iter().enumerate().any(|(at, (outer, polygon))| {
        boxes[at + 1..].iter().take_while(|(inner, _)| inner.min().x <= outer.max().x).any(
            |(inner, other)| {
                let first = |polygon: &Polygon<f64>| polygon.exterior().0.first().copied();
                let inside = |point: Option<Coord<f64>>, polygon: &Polygon<f64>| {
                    point.is_some_and(|p| polygon.coordinate_position(&p) == CoordPos::Inside)
                };
                inner.intersects(outer)
                    && (inside(first(other), polygon) || inside(first(polygon), other))
            },
        )
    })
}

/// Each polygon by the even-odd rule, and their union; corners of `shape` are kept exactly.
pub(crate) fn united(shape: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let nothing = MultiPolygon::<f64>(Vec::new());
    let each: Vec<Polygon<f64>> =
        shape.0.iter().flat_map(|polygon| polygon.union(&nothing).0).collect();
    let all = if each.len() > 1 { unary_union(&each) } else { MultiPolygon(each) };
    snapped(all, shape)
}

/// Corners that the grid has moved go back to where the file had them.
fn snapped(shape: MultiPolygon<f64>, source: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let Some(bounds) = source.bounding_rect() else { return shape };
    let reach = bounds.width().max(bounds.height()) * 1e-8;
    if reach <= 0.0 {
        return shape;
    }
    let cell = |point: Coord<f64>| {
        let place = |value: f64, low: f64| ((value - low) / reach / 2.0).round() as i64;
        (place(point.x, bounds.min().x), place(point.y, bounds.min().y))
    };
    let mut known: BTreeMap<(i64, i64), Vec<Coord<f64>>> = BTreeMap::new();
    for polygon in &source.0 {
        for line in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            for point in line.coords() {
                known.entry(cell(*point)).or_default().push(*point);
            }
        }
    }
    let nearest = |point: Coord<f64>| -> Coord<f64> {
        let (x, y) = cell(point);
        let mut best = (reach, point);
        for key in (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy))) {
            for candidate in known.get(&key).into_iter().flatten() {
                let distance = (candidate.x - point.x).abs().max((candidate.y - point.y).abs());
                if distance < best.0 {
                    best = (distance, *candidate);
                }
            }
        }
        best.1
    };
    let line = |line: &LineString<f64>| {
        let mut coords: Vec<Coord<f64>> = line.coords().map(|point| nearest(*point)).collect();
        coords.dedup();
        LineString(coords)
    };
    let whole = |line: &LineString<f64>| line.0.len() >= 4 && signed_area(line) != 0.0;
    let polygons = shape.0.iter().filter_map(|polygon| {
        let outer = line(polygon.exterior());
        let holes = polygon.interiors().iter().map(line).filter(whole);
        whole(&outer).then(|| {
            let holes = holes.map(|hole| turned(hole, false).0).collect();
            Polygon::new(turned(outer, true).0, holes)
        })
    });
    MultiPolygon(polygons.collect())
}
