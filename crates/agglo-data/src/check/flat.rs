//! Values carried forward, and zeros that stand for something else.

use std::collections::BTreeMap;

use agglo_core::Period;

use super::Context;
use super::context::show;
use super::grid::Measure;
use crate::codes;
use crate::diagnostic::Sink;

pub(super) fn check(context: &Context<'_>, measure: &Measure<'_>, sink: &mut Sink) {
    zeros(context, measure, sink);
    // A rounded share stays the same for years without anybody carrying it.
    if super::impossible::whole_of_share(measure).is_none() {
        equals(context, measure, sink);
    }
}

/// Zeros between values far from zero.
fn zeros(context: &Context<'_>, measure: &Measure<'_>, sink: &mut Sink) {
    let grid = context.grid;
    let firms = grid.firms();
    // Without a firm there is nothing to count.
    let is_told = |row: usize| firms.is_some_and(|firms| firms.cells[row].number() == Some(0.0));
    for rows in grid.series() {
        let known: Vec<(usize, f64)> = rows
            .iter()
            .filter_map(|&row| Some((row as usize, measure.cells[row as usize].number()?)))
            .collect();
        let mut at = 1;
        while at < known.len() {
            let run = known[at..].iter().take_while(|(_, value)| *value == 0.0).count();
            if run == 0 {
                at += 1;
                continue;
            }
            let (before, after) = (known[at - 1], known.get(at + run).copied());
            if let Some(after) = after
                && !known[at..at + run].iter().all(|(row, _)| is_told(*row))
                && before.1.min(after.1) >= context.input.limits.least_quanta * measure.quantum
            {
                let year = |row: usize| grid.period[row].unwrap_or_default();
                let (first, last) = (known[at].0, known[at + run - 1].0);
                sink.push(codes::ZERO_RUN, || {
                    let when = if run == 1 {
                        format!("in {}", year(first))
                    } else {
                        format!("from {} to {}", year(first), year(last))
                    };
                    let message = format!(
                        "`{}` of {} is 0 {when}, between {} in {} and {} in {}",
                        measure.name,
                        context.keys(first),
                        show(before.1),
                        year(before.0),
                        show(after.1),
                        year(after.0)
                    );
                    let remedy = "a zero often stands for a missing or withheld number: if so, \
                                  blank it or declare the mark";
                    context.at(codes::ZERO_RUN, measure.name, first, message, remedy)
                });
            }
            at += run + 1;
        }
    }
}

/// Equal values in a row, in one series or in most series of a period.
fn equals(context: &Context<'_>, measure: &Measure<'_>, sink: &mut Sink) {
    let (grid, limits) = (context.grid, &context.input.limits);
    let least = limits.least_quanta_equal * measure.quantum;
    let mut runs: Vec<(usize, usize, f64, usize)> = Vec::new();
    // Period → moves of large values, and those of them that do not move.
    let mut years: BTreeMap<Period, (usize, usize, usize)> = BTreeMap::new();
    let (mut n_moves, mut n_equal) = (0_usize, 0_usize);
    for rows in grid.series() {
        let value = |at: usize| measure.cells[rows[at] as usize].number();
        let mut at = 0;
        while at < rows.len() {
            let Some(first) = value(at).filter(|v| v.abs() >= least) else {
                at += 1;
                continue;
            };
            let run = 1 + (at + 1..rows.len()).take_while(|&k| value(k) == Some(first)).count();
            let end = (at + run + 1).min(rows.len());
            for (k, &row) in rows.iter().enumerate().take(end).skip(at + 1) {
                if value(k).is_none() {
                    continue;
                }
                let equal = k < at + run;
                (n_moves, n_equal) = (n_moves + 1, n_equal + usize::from(equal));
                let year = grid.period[row as usize].unwrap_or_default();
                let entry = years.entry(year).or_insert((0, 0, row as usize));
                (entry.0, entry.1) = (entry.0 + 1, entry.1 + usize::from(equal));
            }
            // A series that never moves is an attribute, such as an area; a few firms may well stand
            // still for years.
            let few = grid.firms().and_then(|firms| firms.cells[rows[at] as usize].number());
            let few = few.is_some_and(|n| n < limits.few_firms);
            if run >= limits.equal_run && run < rows.len() && !few {
                runs.push((rows[at] as usize, rows[at + run - 1] as usize, first, run));
            }
            at += run;
        }
    }
    let mut carried = Vec::new();
    for (&year, &(all, equal, row)) in &years {
        // A year carried forward as a whole, in a measure that otherwise moves.
        let elsewhere = (n_equal - equal) as f64 <= limits.slow_measure * (n_moves - all) as f64;
        if all >= limits.fewest_series && equal * 2 > all && elsewhere {
            carried.push(year);
            sink.push(codes::CARRIED_FORWARD, || {
                let message = format!(
                    "`{}` of {equal} of {all} series is the same in {year} as in the period before",
                    measure.name
                );
                context.at(codes::CARRIED_FORWARD, measure.name, row, message, REMEDY)
            });
        }
    }
    if n_equal as f64 > limits.slow_measure * n_moves as f64 {
        return;
    }
    for (first, last, value, run) in runs {
        let year = |row: usize| grid.period[row].unwrap_or_default();
        if carried.iter().any(|&carried| year(first) < carried && carried <= year(last)) {
            continue;
        }
        sink.push(codes::CARRIED_FORWARD, || {
            let message = format!(
                "`{}` of {} is {} in all {run} periods from {} to {}",
                measure.name,
                context.keys(first),
                show(value),
                year(first),
                year(last)
            );
            context.at(codes::CARRIED_FORWARD, measure.name, last, message, REMEDY)
        });
    }
}

const REMEDY: &str = "a figure carried forward is no observation: compare with the publication, \
                      and blank what was not observed";
