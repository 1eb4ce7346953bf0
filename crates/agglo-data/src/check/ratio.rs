//! Regions in which one measure is in another unit than elsewhere: persons among thousands.

use std::f64::consts::LN_10;

use super::Context;
use super::context::{median, scatter, show};
use super::grid::Measure;
use crate::codes;
use crate::diagnostic::Sink;

/// Measures compared with one another; the first ones of a table are its main ones.
const COMPARED: usize = 8;

pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let grid = context.grid;
    // Indicators and evidence keep different things in one column.
    if !grid.is_statistics() || grid.unit.codes.len() < context.input.limits.fewest_series {
        return;
    }
    let of_size = |measure: &&Measure<'_>| {
        !matches!(measure.name, "lon" | "lat" | "x_km" | "y_km" | "lower" | "upper")
            && super::impossible::whole_of_share(measure).is_none()
    };
    let measures: Vec<&Measure<'_>> = grid.measures.iter().filter(of_size).take(COMPARED).collect();
    for (place, above) in measures.iter().enumerate() {
        for below in &measures[place + 1..] {
            pair(context, above, below, sink);
        }
    }
}

/// Compares the median ratio of two measures over the rows of each region.
fn pair(context: &Context<'_>, above: &Measure<'_>, below: &Measure<'_>, sink: &mut Sink) {
    let (grid, limits) = (context.grid, &context.input.limits);
    let mut ratios: Vec<Vec<f64>> = vec![Vec::new(); grid.unit.codes.len()];
    let mut rows = vec![0; grid.unit.codes.len()];
    for row in 0..above.cells.len() {
        if let (Some(a), Some(b)) = (above.cells[row].number(), below.cells[row].number())
            && a > 0.0
            && b > 0.0
        {
            let region = grid.unit.ids[row] as usize;
            if ratios[region].is_empty() {
                rows[region] = row;
            }
            ratios[region].push((a / b).ln());
        }
    }
    let typical: Vec<(usize, f64)> = ratios
        .iter_mut()
        .enumerate()
        .filter_map(|(region, ratios)| Some((region, median(ratios)?)))
        .collect();
    if typical.len() < limits.fewest_series {
        return;
    }
    let mut values: Vec<f64> = typical.iter().map(|(_, value)| *value).collect();
    let Some((center, spread)) = scatter(&mut values) else { return };
    // Where the ratio itself ranges over tens, a thousandfold says less.
    if spread > LN_10 {
        return;
    }
    for (region, value) in typical {
        let tens = ((value - center) / LN_10).round();
        if tens.abs() < f64::from(limits.ratio_tens)
            || (value - center - tens * LN_10).abs() > spread.max(limits.ten_slack) * 2.0
        {
            continue;
        }
        let row = rows[region];
        sink.push(codes::UNIT_SLIP, || {
            let message = format!(
                "`{}` over `{}` is {} for {} {}, and {} in the median of {} others: {} times as \
                 much",
                above.name,
                below.name,
                show(value.exp()),
                grid.unit.name,
                context.label(&grid.unit.codes[region]),
                show(center.exp()),
                ratios.iter().filter(|ratios| !ratios.is_empty()).count() - 1,
                show(10f64.powf(tens))
            );
            let remedy = "one of the two is in another unit here than elsewhere: read this region \
                          with its own block and unit";
            context.at(codes::UNIT_SLIP, above.name, row, message, remedy)
        });
    }
}
