//! Totals that the source lists and the table keeps apart, against the sum of the table's parts.

use std::collections::{BTreeMap, HashMap};

use agglo_core::{Frame, Key};

use super::Context;
use super::context::show;
use super::grid::Measure;
use super::impossible::whole_of_share;
use super::sums::{REMEDY, difference};
use crate::codes;
use crate::diagnostic::{Diagnostic, Sink};

/// One total with what its parts add up to.
struct Judged {
    row: usize,
    total: f64,
    sum: f64,
    n_parts: usize,
    n_gaps: usize,
}

type Slice = (Option<Key>, Option<i64>);

pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let totals = &context.grid.table.totals;
    if totals.frame.n_rows() == 0 || !context.grid.is_statistics() {
        return;
    }
    for measure in &context.grid.measures {
        if whole_of_share(measure).is_some() || !totals.frame.has(measure.name) {
            continue;
        }
        for (axis, other) in [("region", "industry"), ("industry", "region")] {
            for judged in judge(context, measure, axis, other).into_values() {
                report(context, measure, axis, &judged, sink);
            }
        }
    }
}

/// The other key and the period of each row.
fn slices(frame: &Frame, other: &str) -> Vec<Slice> {
    let others = frame.text(other).unwrap_or_default();
    let periods = frame.integers("period").unwrap_or_default();
    (0..frame.n_rows())
        .map(|row| (others.get(row).cloned().flatten(), periods.get(row).copied()))
        .collect()
}

/// Total code → its cells, for codes of `axis` that the table itself does not have.
fn judge(
    context: &Context<'_>,
    measure: &Measure<'_>,
    axis: &str,
    other: &str,
) -> BTreeMap<Key, Vec<Judged>> {
    let mut judged: BTreeMap<Key, Vec<Judged>> = BTreeMap::new();
    let (frame, totals) = (&context.grid.table.frame, &context.grid.table.totals.frame);
    let (Ok(parts), Ok(codes), Ok(values)) =
        (frame.text(axis), totals.text(axis), totals.numbers(measure.name))
    else {
        return judged;
    };
    let own: std::collections::BTreeSet<&Key> = parts.iter().flatten().collect();
    let mut sums: HashMap<Slice, (f64, usize, usize)> = HashMap::new();
    for (row, slice) in slices(frame, other).into_iter().enumerate() {
        let entry = sums.entry(slice).or_default();
        match measure.cells[row].number() {
            Some(value) => (entry.0, entry.1) = (entry.0 + value, entry.1 + 1),
            None => entry.2 += 1,
        }
    }
    for (row, slice) in slices(totals, other).into_iter().enumerate() {
        let Some(code) = codes[row].as_ref().filter(|code| !own.contains(code)) else { continue };
        if let (Some(total), Some(&(sum, n_parts, n_gaps))) =
            (values[row].number(), sums.get(&slice))
        {
            let cell = Judged { row, total, sum, n_parts, n_gaps };
            judged.entry(code.clone()).or_default().push(cell);
        }
    }
    judged
}

/// Reports the cells that break the sum, where most cells obey it.
fn report(
    context: &Context<'_>,
    measure: &Measure<'_>,
    axis: &str,
    judged: &[Judged],
    sink: &mut Sink,
) {
    let limits = &context.input.limits;
    let slack = |cell: &Judged| {
        limits.sum_tolerance * cell.total.abs()
            + measure.quantum / 2.0 * (cell.n_parts as f64 + 1.0)
    };
    let obeys = |cell: &&Judged| (cell.sum - cell.total).abs() <= slack(cell);
    let whole: Vec<&Judged> = judged.iter().filter(|cell| cell.n_gaps == 0).collect();
    let obeyed = whole.iter().copied().filter(obeys).count();
    if obeyed < limits.fewest_sums || (obeyed as f64) < limits.sum_support * whole.len() as f64 {
        return;
    }
    let totals = &context.grid.table.totals;
    // Gaps can only add to the sum.
    let broken = judged.iter().filter(|cell| {
        if cell.n_gaps == 0 { !obeys(cell) } else { cell.sum > cell.total + slack(cell) }
    });
    for cell in broken {
        sink.push(codes::SUM_OF_PARTS, || {
            let key = |name: &str| {
                let code = totals.frame.text(name).ok()?.get(cell.row)?.clone()?;
                Some(format!("{name} {}", context.label(&code)))
            };
            let period = totals.frame.integers("period").ok();
            let period =
                period.and_then(|periods| periods.get(cell.row).map(|p| format!(" in {p}")));
            let keys: Vec<String> = ["region", "industry"].into_iter().filter_map(key).collect();
            let message = format!(
                "the total `{}` of {}{} is {}, and its {} parts by {axis} add up to {} ({}); they \
                 do add up in {obeyed} of {} cells",
                measure.name,
                keys.join(", "),
                period.unwrap_or_default(),
                show(cell.total),
                cell.n_parts,
                show(cell.sum),
                difference(cell.sum, cell.total),
                whole.len()
            );
            let diagnostic = Diagnostic::new(codes::SUM_OF_PARTS, message, REMEDY)
                .column(measure.name)
                .found(show(cell.total));
            match totals.origins.locate(measure.name, cell.row) {
                Some((file, origin)) => diagnostic
                    .file(&file.path)
                    .row(origin.row)
                    .column(context.heading(&file.path, measure.name)),
                None => diagnostic,
            }
        });
    }
}
