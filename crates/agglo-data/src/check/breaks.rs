//! Years in which many series break at once, and years in which a unit slipped for all of them.

use std::f64::consts::LN_10;

use agglo_core::Period;

use super::Context;
use super::context::{percent, scatter, show, spread};
use super::grid::Measure;
use super::growth::{Growth, Move};
use crate::codes;
use crate::diagnostic::Sink;

/// One period over all series.
struct Year {
    period: Period,
    n: usize,
    /// Median growth over the series.
    common: f64,
    /// Scatter of what the year's usual growth leaves.
    scatter: f64,
    /// The row whose move is the largest.
    row: usize,
}

/// Reports undeclared breaks and slips of a whole year.
pub(super) fn check(
    context: &Context<'_>,
    measure: &Measure<'_>,
    growth: &Growth,
    sink: &mut Sink,
) {
    // Growth of different indicators has nothing in common.
    if matches!(context.grid.table.name.as_str(), "indicator" | "series") {
        return;
    }
    let limits = &context.input.limits;
    let years = years(growth, limits.fewest_series);
    for (place, year) in years.iter().enumerate() {
        if context.declares(Some(measure.name), year.period) {
            continue;
        }
        if let Some(tens) = tens(year, limits.ten_slack) {
            // The way back of a slipped year is told with the slip.
            let back = place > 0 && self::tens(&years[place - 1], limits.ten_slack) == Some(-tens);
            if !back {
                slip(context, measure, year, tens, sink);
            }
            continue;
        }
        let near: Vec<&Year> = years
            .iter()
            .filter(|other| {
                let distance = (other.period - year.period).abs();
                distance > 0 && distance <= limits.break_window * context.grid.stride
            })
            .collect();
        if near.len() < limits.fewest_steps - 1 {
            continue;
        }
        let mut scatters: Vec<f64> = near.iter().map(|other| other.scatter).collect();
        let mut commons: Vec<f64> = near.iter().map(|other| other.common).collect();
        let usual = super::context::median(&mut scatters).unwrap_or_default();
        let Some((usual_common, common_scatter)) = scatter(&mut commons) else { continue };
        let ratio = year.scatter / usual.max(limits.least_scatter / 2.0);
        let shift = year.common - usual_common;
        let shift_score = shift / common_scatter.max(limits.least_scatter);
        if ratio >= limits.break_ratio {
            sink.push(codes::UNDECLARED_BREAK, || {
                let message = format!(
                    "`{}` breaks in {}: growth of {} series scatters by {} around its median, and \
                     by {} in the years around; the largest move is {}",
                    measure.name,
                    year.period,
                    year.n,
                    spread(year.scatter),
                    spread(usual),
                    largest(context, measure, growth, year)
                );
                found(context, measure, year, message)
            });
        } else if shift_score.abs() >= limits.break_shift && shift.abs() >= limits.least_move {
            sink.push(codes::UNDECLARED_BREAK, || {
                let message = format!(
                    "`{}` breaks in {}: median growth of {} series is {}, and {} in the years \
                     around; the largest move is {}",
                    measure.name,
                    year.period,
                    year.n,
                    percent(year.common),
                    percent(usual_common),
                    largest(context, measure, growth, year)
                );
                found(context, measure, year, message)
            });
        }
    }
}

fn found(
    context: &Context<'_>,
    measure: &Measure<'_>,
    year: &Year,
    message: String,
) -> crate::diagnostic::Diagnostic {
    let remedy = "two vintages, another scope or other borders meet here: declare it in `breaks` \
                  of the block, or use one vintage";
    context.at(codes::UNDECLARED_BREAK, measure.name, year.row, message, remedy)
}

fn largest(context: &Context<'_>, measure: &Measure<'_>, growth: &Growth, year: &Year) -> String {
    let value = |row: usize| show(measure.cells[row].number().unwrap_or_default());
    let of_row = |m: &&Move| m.rows.1 == year.row;
    match growth.moves.iter().find(of_row) {
        Some(m) => {
            format!("{}, from {} to {}", context.keys(year.row), value(m.rows.0), value(m.rows.1))
        }
        None => context.keys(year.row),
    }
}

fn slip(context: &Context<'_>, measure: &Measure<'_>, year: &Year, tens: i32, sink: &mut Sink) {
    sink.push(codes::UNIT_SLIP, || {
        let message = format!(
            "`{}` of {} is {} times that of the period before in the median of {} series: another \
             unit than the rest",
            measure.name,
            year.period,
            show(10f64.powi(tens)),
            year.n
        );
        let remedy = "find the unit in the head of the table, and read this period with its own \
                      block and unit";
        context.at(codes::UNIT_SLIP, measure.name, year.row, message, remedy)
    });
}

/// The power of ten by which the whole year grew, if it did.
fn tens(year: &Year, slack: f64) -> Option<i32> {
    let tens = (year.common / LN_10).round();
    (tens != 0.0 && (year.common - tens * LN_10).abs() < slack).then_some(tens as i32)
}

fn years(growth: &Growth, fewest: usize) -> Vec<Year> {
    let mut order: Vec<usize> = (0..growth.moves.len()).collect();
    let period = |at: usize| growth.moves[at].period;
    order.sort_unstable_by_key(|&at| (period(at), at));
    let mut years = Vec::new();
    for same in order.chunk_by(|&a, &b| period(a) == period(b)) {
        let moves = || same.iter().map(|&at| &growth.moves[at]);
        let mut grown: Vec<f64> = moves().map(|m| m.growth).collect();
        let mut own: Vec<f64> = moves().map(|m| m.own).collect();
        let largest = moves().max_by(|a, b| a.own.abs().total_cmp(&b.own.abs()));
        if let (Some((common, _)), Some((_, spread)), Some(largest)) =
            (scatter(&mut grown), scatter(&mut own), largest)
            && same.len() >= fewest
        {
            years.push(Year {
                period: period(same[0]),
                n: same.len(),
                common,
                scatter: spread,
                row: largest.rows.1,
            });
        }
    }
    years
}
