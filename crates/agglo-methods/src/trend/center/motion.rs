//! How a center and its ellipse changed between two years.

use std::collections::BTreeMap;

use agglo_core::{Column, Datum, Frame, Key, Undefined};

use super::Row;
use super::ellipse::{Ellipse, overlap};
use super::plane::{Albers, geodesic};
use crate::call::MethodError;

/// What moved between two ellipses.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Motion {
    /// The way of the center, km.
    pub distance: Result<f64, Undefined>,
    /// Its bearing, degrees clockwise from north; [`Undefined::NoVariation`] when it stays.
    pub bearing: Result<f64, Undefined>,
    /// The later area over the earlier: below 1 it gathers.
    pub area_ratio: Result<f64, Undefined>,
    /// The shared area as a part of both together.
    pub overlap: Result<f64, Undefined>,
    /// How far the long axis turned, degrees clockwise, −90 to 90.
    pub turn: Result<f64, Undefined>,
}

impl Motion {
    /// From `before` to `after`, both in a plane of km; with `albers` the way is measured over the
    /// ellipsoid.
    pub fn of(before: &Ellipse, after: &Ellipse, albers: Option<&Albers>) -> Motion {
        let way = match albers {
            Some(albers) => {
                let globe = |ellipse: &Ellipse| albers.unproject(ellipse.x, ellipse.y);
                geodesic(globe(before), globe(after)).ok_or(Undefined::NotIdentified)
            }
            None => {
                let (east, north) = (after.x - before.x, after.y - before.y);
                Ok((east.hypot(north), east.atan2(north).to_degrees().rem_euclid(360.0)))
            }
        };
        // A center that stays has no direction; what rounding moves it by is less than a micrometer.
        let moved = way.and_then(
            |(km, bearing)| {
                if km > 1e-9 { Ok(bearing) } else { Err(Undefined::NoVariation) }
            },
        );
        let area_ratio = if before.is_degenerate() {
            Err(Undefined::ZeroDenominator)
        } else {
            Ok(after.area() / before.area())
        };
        let turn = before.azimuth.and_then(|old| {
            let turned = after.azimuth? - old;
            Ok((turned + 90.0).rem_euclid(180.0) - 90.0)
        });
        Motion {
            distance: way.map(|way| way.0),
            bearing: moved,
            area_ratio,
            overlap: overlap(before, after),
            turn,
        }
    }
}

/// The motion of every industry from each period to the next, and from the first to the last.
pub(super) fn frame(rows: &[Row], albers: Option<&Albers>) -> Result<Frame, MethodError> {
    let mut by_industry: BTreeMap<&Key, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        by_industry.entry(&row.industry).or_default().push(row);
    }
    let (mut from, mut to, mut industry) = (vec![], vec![], vec![]);
    let mut numbers: [Vec<Datum>; 5] = Default::default();
    for (code, mut series) in by_industry {
        series.sort_by_key(|row| row.period);
        let mut spans: Vec<(usize, usize)> = (1..series.len()).map(|t| (t - 1, t)).collect();
        if series.len() > 2 {
            spans.push((0, series.len() - 1));
        }
        for (first, last) in spans {
            let (before, after) = (series[first], series[last]);
            let motion = before
                .ellipse
                .and_then(|before| Ok(Motion::of(&before, &after.ellipse?, albers)))
                .map_err(|_| Undefined::FromGap);
            from.push(before.period);
            to.push(after.period);
            industry.push(code.clone());
            let row = [
                motion.and_then(|motion| motion.distance),
                motion.and_then(|motion| motion.bearing),
                motion.and_then(|motion| motion.area_ratio),
                motion.and_then(|motion| motion.overlap),
                motion.and_then(|motion| motion.turn),
            ];
            for (column, value) in numbers.iter_mut().zip(row) {
                column.push(Datum::from(value));
            }
        }
    }
    let [distance, bearing, area_ratio, shared, turn] = numbers;
    Ok(Frame::new(vec![
        Column::integer("from", "", from),
        Column::integer("to", "", to),
        Column::text("industry", industry),
        Column::number("distance_km", "km", distance),
        Column::number("bearing", "degrees", bearing),
        Column::number("area_ratio", "1", area_ratio),
        Column::number("overlap", "1", shared),
        Column::number("turn", "degrees", turn),
    ])?)
}
