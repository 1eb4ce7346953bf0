//! Which regions and industries a panel has in which years.

use std::collections::BTreeMap;

use agglo_core::Period;

use super::Context;
use super::grid::Labels;
use crate::codes;
use crate::diagnostic::Sink;

/// Changes that a message lists before it only counts.
const LISTED: usize = 6;

pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let grid = context.grid;
    if !grid.is_series() {
        return;
    }
    missing_periods(context, sink);
    for axis in [&grid.unit, &grid.group] {
        if !axis.name.is_empty() && axis.codes.len() > 1 {
            composition(context, axis, sink);
        }
    }
}

/// Periods that no row has, between the first and the last.
fn missing_periods(context: &Context<'_>, sink: &mut Sink) {
    let grid = context.grid;
    for pair in grid.periods.windows(2) {
        let n_missing = (pair[1] - pair[0]) / grid.stride.max(1) - 1;
        if n_missing <= 0 {
            continue;
        }
        sink.push(codes::PERIOD_MISSING, || {
            let message = format!(
                "{n_missing} periods are missing between {} and {}; the table runs from {} to {}",
                pair[0],
                pair[1],
                grid.periods[0],
                grid.periods[grid.periods.len() - 1]
            );
            let remedy = "fine when meant; growth over the hole is not taken for a year's growth";
            context.about(codes::PERIOD_MISSING, "period", None, message, remedy)
        });
    }
}

/// Where a code has numbers.
struct Presence {
    /// The first and last place among the periods, and a row of the last.
    first: usize,
    last: usize,
    row: usize,
    /// For each period whether a row is there, and whether it holds a number.
    listed: Vec<bool>,
    known: Vec<bool>,
}

fn presence(context: &Context<'_>, axis: &Labels) -> Vec<Option<Presence>> {
    let grid = context.grid;
    let mut found: Vec<Option<Presence>> = (0..axis.codes.len()).map(|_| None).collect();
    for (row, period) in grid.period.iter().enumerate() {
        let Some(period) = period else { continue };
        let Ok(place) = grid.periods.binary_search(period) else { continue };
        let entry = found[axis.ids[row] as usize].get_or_insert_with(|| Presence {
            first: usize::MAX,
            last: 0,
            row,
            listed: vec![false; grid.periods.len()],
            known: vec![false; grid.periods.len()],
        });
        entry.listed[place] = true;
        if grid.measures.iter().any(|measure| measure.cells[row].number().is_some()) {
            entry.known[place] = true;
            entry.first = entry.first.min(place);
            if place >= entry.last {
                (entry.last, entry.row) = (place, row);
            }
        }
    }
    found
}

fn composition(context: &Context<'_>, axis: &Labels, sink: &mut Sink) {
    let grid = context.grid;
    let found = presence(context, axis);
    let end = grid.periods.len() - 1;
    // Place among the periods → codes that begin there, codes whose last period is before.
    let mut changes: BTreeMap<usize, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (code, presence) in found.iter().enumerate() {
        let Some(presence) = presence.as_ref().filter(|presence| presence.first != usize::MAX)
        else {
            continue;
        };
        if presence.first > 0 {
            changes.entry(presence.first).or_default().0.push(code);
        }
        if presence.last < end {
            changes.entry(presence.last + 1).or_default().1.push(code);
        }
        holes(context, axis, code, presence, sink);
    }
    changes.retain(|place, _| !context.declares(None, grid.periods[*place]));
    if changes.is_empty() {
        return;
    }
    let present = |place: usize| {
        let within = |p: &&Presence| p.first <= place && place <= p.last;
        found.iter().flatten().filter(within).count()
    };
    sink.push(codes::COMPOSITION, || {
        let names = |codes: &[usize]| {
            let shown: Vec<String> =
                codes.iter().take(LISTED).map(|&code| context.label(&axis.codes[code])).collect();
            let more = codes.len().saturating_sub(LISTED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{}{more}", shown.join(", "))
        };
        let mut text = format!(
            "the {} with numbers change: {} in {}",
            plural(&axis.name),
            present(0),
            grid.periods[0]
        );
        for (place, (begin, ended)) in changes.iter().take(LISTED) {
            text.push_str(&format!(", {} from {}", present(*place), grid.periods[*place]));
            let mut why = Vec::new();
            if !begin.is_empty() {
                why.push(format!("new: {}", names(begin)));
            }
            if !ended.is_empty() {
                why.push(format!("gone: {}", names(ended)));
            }
            text.push_str(&format!(" ({})", why.join("; ")));
        }
        if changes.len() > LISTED {
            text.push_str(&format!(", and {} more changes", changes.len() - LISTED));
        }
        let row = changes.values().flat_map(|(begin, ended)| begin.iter().chain(ended)).next();
        let row = row.and_then(|&code| found[code].as_ref()).map(|presence| presence.row);
        let remedy = "indices over a changing set are not comparable: merge the units, start later, \
                      or declare the change in `breaks`";
        context.about(codes::COMPOSITION, &axis.name, row, text, remedy)
    });
}

/// Periods in the middle that have no row at all for a code; a blank cell speaks for itself.
fn holes(context: &Context<'_>, axis: &Labels, code: usize, presence: &Presence, sink: &mut Sink) {
    let grid = context.grid;
    if grid.table.absent == agglo_core::Absent::Zero {
        return;
    }
    let missing: Vec<Period> = (presence.first..presence.last)
        .filter(|&place| !presence.listed[place])
        .map(|place| grid.periods[place])
        .collect();
    if missing.is_empty() {
        return;
    }
    sink.push(codes::HOLE, || {
        let shown: Vec<String> = missing.iter().take(LISTED).map(ToString::to_string).collect();
        let more = if missing.len() > LISTED { ", …" } else { "" };
        let message = format!(
            "{} {} has no row in {}{more}, and has some before and after",
            axis.name,
            context.label(&axis.codes[code]),
            shown.join(", ")
        );
        let remedy = "look for a lost row or another spelling of the code; if the source lists only \
                      what is there, say `absent = \"zero\"`";
        context.about(codes::HOLE, &axis.name, Some(presence.row), message, remedy)
    });
}

fn plural(key: &str) -> String {
    match key {
        "industry" => "industries".to_owned(),
        "series" => "series".to_owned(),
        _ => format!("{key}s"),
    }
}
