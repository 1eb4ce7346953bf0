//! Figures that do not fit the past of their own series, judged by the year's usual growth.

use super::Context;
use super::context::{percent, scatter, show, spread};
use super::grid::Measure;
use super::growth::{Growth, Move};
use crate::codes;
use crate::diagnostic::Sink;

/// What is odd about a move.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// The value leaves its series and comes back with the next move.
    Spike(Move),
    /// The value moves and stays.
    Step,
}

struct Odd {
    at: Move,
    kind: Kind,
    /// The move, and the way back, in scatters.
    scores: (f64, f64),
    scatter: f64,
}

/// Reports spikes, steps and slips of the decimal point, the most striking first.
pub(super) fn check(
    context: &Context<'_>,
    measure: &Measure<'_>,
    growth: &Growth,
    sink: &mut Sink,
) {
    let mut found: Vec<Odd> = growth.series().flat_map(|moves| odd_ones(context, moves)).collect();
    let (n, all) = (found.len(), growth.moves.len());
    let limits = &context.input.limits;
    if n > limits.always_listed && n as f64 > limits.jumpy * all as f64 {
        sink.push(codes::JUMPY, || {
            let message = format!(
                "{n} of {all} moves of `{}` are far from the usual: its cells are too small for \
                 a judgement by their past, and none is listed",
                measure.name
            );
            let remedy = "look at a coarser level; with the number of firms in the table, cells of \
                          few firms are judged by it";
            context.about(codes::JUMPY, measure.name, None, message, remedy)
        });
        return;
    }
    found.sort_by(|a, b| {
        let score = |odd: &Odd| odd.scores.0.abs().max(odd.scores.1.abs());
        score(b).total_cmp(&score(a)).then(a.at.rows.cmp(&b.at.rows))
    });
    for odd in found {
        report(context, measure, &odd, sink);
    }
}

fn odd_ones(context: &Context<'_>, moves: &[Move]) -> Vec<Odd> {
    let limits = &context.input.limits;
    let mut found = Vec::new();
    let mut at = 0;
    while at < moves.len() {
        let this = moves[at];
        let next = moves.get(at + 1).filter(|next| next.rows.0 == this.rows.1).copied();
        let Some(own) = own_scatter(context, moves, at) else { break };
        let scale = |m: &Move| own.max(m.across).max(m.noise).max(limits.least_scatter);
        let score = this.own / scale(&this);
        let back = next.map_or(0.0, |next| next.own / scale(&next));
        let moved = this.own.abs();
        let returned = next.map_or(0.0, |next| -next.own * this.own.signum());
        let (larger, smaller) = (score.abs().max(back.abs()), score.abs().min(back.abs()));
        let is_spike = returned > 0.0
            && smaller >= limits.spike_return
            && larger >= limits.spike
            && (moved - returned).abs() < 0.5 * moved.max(returned)
            && moved.max(returned) >= limits.least_move;
        if let (true, Some(next)) = (is_spike, next) {
            let scores = (score, back);
            found.push(Odd { at: this, kind: Kind::Spike(next), scores, scatter: scale(&this) });
            at += 2;
            continue;
        }
        if score.abs() >= limits.step && moved >= limits.least_move {
            let scores = (score, 0.0);
            found.push(Odd { at: this, kind: Kind::Step, scores, scatter: scale(&this) });
        }
        at += 1;
    }
    found
}

/// How far the series itself scatters around the move `at`, this one and the next left out.
fn own_scatter(context: &Context<'_>, moves: &[Move], at: usize) -> Option<f64> {
    let limits = &context.input.limits;
    let others = || moves.iter().enumerate().filter(|(k, _)| *k != at && *k != at + 1);
    let years = limits.window * context.grid.stride;
    let near = |m: &Move| (m.period - moves[at].period).abs() <= years;
    let mut values: Vec<f64> = others().filter(|(_, m)| near(m)).map(|(_, m)| m.own).collect();
    if values.len() < limits.fewest_steps {
        values = others().map(|(_, m)| m.own).collect();
    }
    if values.len() < limits.fewest_steps {
        return None;
    }
    scatter(&mut values).map(|(_, spread)| spread)
}

fn report(context: &Context<'_>, measure: &Measure<'_>, odd: &Odd, sink: &mut Sink) {
    let value = |row: usize| measure.cells[row].number().unwrap_or_default();
    let year = |row: usize| context.grid.period[row].unwrap_or_default();
    let (before, row) = odd.at.rows;
    let name = measure.name;
    let usual = |m: &Move| m.growth - m.own;
    match odd.kind {
        Kind::Spike(next) => {
            let after = next.rows.1;
            let expected = f64::midpoint(
                value(before).ln() + usual(&odd.at),
                value(after).ln() - usual(&next),
            )
            .exp();
            let off = (value(row) / expected).ln();
            let tens = (off / std::f64::consts::LN_10).round();
            let slip = tens != 0.0
                && (off - tens * std::f64::consts::LN_10).abs() < context.input.limits.ten_slack;
            let neighbors = format!(
                "{} in {} and {} in {}",
                show(value(before)),
                year(before),
                show(value(after)),
                year(after)
            );
            if slip {
                sink.push(codes::UNIT_SLIP, || {
                    let message = format!(
                        "`{name}` of {} is {}, {} times what its neighbors {neighbors} suggest ({})",
                        context.cell(row),
                        show(value(row)),
                        show(10f64.powf(tens)),
                        show(expected)
                    );
                    let remedy = "compare with the publication: a decimal point or a unit slipped";
                    context.at(codes::UNIT_SLIP, name, row, message, remedy)
                });
            } else {
                sink.push(codes::OUTLIER, || {
                    let message = format!(
                        "`{name}` of {} is {}, between {neighbors}; the series and the year's \
                         usual growth suggest {} (moves of {:.1} and {:.1} times the usual scatter \
                         of {})",
                        context.cell(row),
                        show(value(row)),
                        show(expected),
                        odd.scores.0,
                        odd.scores.1,
                        spread(odd.scatter)
                    );
                    let remedy = "compare with the publication; blank the cell if it is wrong, and \
                                  say so";
                    context.at(codes::OUTLIER, name, row, message, remedy)
                });
            }
        }
        Kind::Step => sink.push(codes::LEVEL_STEP, || {
            let message = format!(
                "`{name}` of {} moves from {} to {} in {} ({}; usual that year: {}), {:.1} times \
                 its usual scatter of {}, and does not come back",
                context.keys(row),
                show(value(before)),
                show(value(row)),
                year(row),
                percent(odd.at.growth),
                percent(usual(&odd.at)),
                odd.scores.0.abs(),
                spread(odd.scatter)
            );
            let remedy = "a revision, a change of borders or scope, or an error: if the series \
                          breaks here, declare it in `breaks`";
            context.at(codes::LEVEL_STEP, name, row, message, remedy)
        }),
    }
}
