//! Values that cannot be: negative counts, parts above their whole, workers without a workplace.

use super::Context;
use super::context::show;
use super::grid::Measure;
use crate::codes;
use crate::diagnostic::Sink;

/// Part, whole: the first is contained in the second by definition.
const PARTS: &[(&str, &str)] = &[
    ("va_primary", "gdp"),
    ("va_secondary", "gdp"),
    ("va_tertiary", "gdp"),
    ("va_goods", "gdp"),
    ("va_industry", "va_secondary"),
    ("industrial_va", "va_secondary"),
    ("va_manufacturing", "va_secondary"),
    ("va_manufacturing", "va_industry"),
    ("va_manufacturing", "industrial_va"),
    ("va_construction", "va_secondary"),
    ("urban_population", "population"),
    ("employed_primary", "employed_total"),
    ("rd_personnel", "employed_total"),
    ("invention_patents", "patents"),
    ("joint_patents", "patents"),
    ("new_product_sales", "revenue"),
    ("value_added", "output"),
    ("lower", "upper"),
    ("local", "total"),
    ("from_local", "total"),
];

/// What is carried, its carriers: without the second there cannot be the first.
const CARRIED: &[(&str, &str)] = &[
    ("employment", "n_firms"),
    ("employment", "n_plants"),
    ("output", "n_firms"),
    ("revenue", "n_firms"),
    ("value_added", "n_firms"),
];

pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    let grid = context.grid;
    for measure in &grid.measures {
        negative(context, measure, sink);
        share(context, measure, sink);
    }
    for (part, whole) in PARTS {
        if let (Some(part), Some(whole)) = (grid.measure(part), grid.measure(whole))
            && part.unit == whole.unit
        {
            part_above_whole(context, part, whole, sink);
        }
    }
    for (carried, carrier) in CARRIED {
        if let (Some(carried), Some(carrier)) = (grid.measure(carried), grid.measure(carrier)) {
            without_carrier(context, carried, carrier, sink);
        }
    }
    class_bounds(context, sink);
}

fn negative(context: &Context<'_>, measure: &Measure<'_>, sink: &mut Sink) {
    let whole = measure.counts || PARTS.iter().any(|(_, whole)| *whole == measure.name);
    if !whole {
        return;
    }
    for (row, cell) in measure.cells.iter().enumerate() {
        let Some(value) = cell.number().filter(|value| *value < 0.0) else { continue };
        sink.push(codes::IMPOSSIBLE, || {
            let message = format!(
                "`{}` of {} is {}, and cannot be below zero",
                measure.name,
                context.cell(row),
                show(value)
            );
            context.at(codes::IMPOSSIBLE, measure.name, row, message, REMEDY)
        });
    }
}

const REMEDY: &str = "compare with the publication; blank the cell if it is wrong, and say so";

/// The value that a share has when it is the whole: 1, or 100 for percentages.
pub(super) fn whole_of_share(measure: &Measure<'_>) -> Option<f64> {
    let name = measure.name.to_ascii_lowercase();
    let words = || name.split(|c: char| !c.is_ascii_alphanumeric());
    if !words().any(|word| matches!(word, "share" | "shares" | "proportion")) {
        return None;
    }
    let percent = matches!(measure.unit, "percent" | "%" | "pct" | "per cent")
        || words().any(|word| matches!(word, "percent" | "pct"));
    Some(if percent { 100.0 } else { 1.0 })
}

fn share(context: &Context<'_>, measure: &Measure<'_>, sink: &mut Sink) {
    let Some(whole) = whole_of_share(measure) else { return };
    for (row, cell) in measure.cells.iter().enumerate() {
        let Some(value) = cell.number() else { continue };
        let slack = whole * context.input.limits.part_excess;
        if value >= -slack && value <= whole + slack {
            continue;
        }
        sink.push(codes::SHARE_RANGE, || {
            let message = format!(
                "`{}` of {} is {}, and a share lies between 0 and {}",
                measure.name,
                context.cell(row),
                show(value),
                show(whole)
            );
            let remedy = if whole == 1.0 && value > 1.5 {
                "these look like percentages: give the unit as percent"
            } else {
                REMEDY
            };
            context.at(codes::SHARE_RANGE, measure.name, row, message, remedy)
        });
    }
}

fn part_above_whole(
    context: &Context<'_>,
    part: &Measure<'_>,
    whole: &Measure<'_>,
    sink: &mut Sink,
) {
    for row in 0..part.cells.len() {
        let (Some(of_part), Some(of_whole)) = (part.cells[row].number(), whole.cells[row].number())
        else {
            continue;
        };
        let slack = context.input.limits.part_excess * of_whole.abs()
            + f64::midpoint(part.quantum, whole.quantum);
        if of_whole < 0.0 || of_part <= of_whole + slack {
            continue;
        }
        sink.push(codes::PART_ABOVE_WHOLE, || {
            let message = format!(
                "`{}` of {} is {}, above `{}` with {}, of which it is a part",
                part.name,
                context.cell(row),
                show(of_part),
                whole.name,
                show(of_whole)
            );
            let remedy = "one of the two is wrong or of another vintage; take both from one \
                          publication";
            context.at(codes::PART_ABOVE_WHOLE, part.name, row, message, remedy)
        });
    }
}

fn without_carrier(
    context: &Context<'_>,
    carried: &Measure<'_>,
    carrier: &Measure<'_>,
    sink: &mut Sink,
) {
    for row in 0..carried.cells.len() {
        let (Some(value), Some(0.0)) = (carried.cells[row].number(), carrier.cells[row].number())
        else {
            continue;
        };
        if value <= 0.0 {
            continue;
        }
        sink.push(codes::WITHOUT_CARRIER, || {
            let message = format!(
                "`{}` of {} is {}, and `{}` is 0",
                carried.name,
                context.cell(row),
                show(value),
                carrier.name
            );
            let remedy = "the zero may stand for a withheld or missing number: declare its mark";
            context.at(codes::WITHOUT_CARRIER, carried.name, row, message, remedy)
        });
    }
}

/// Employment of a size class against the bounds of the class.
fn class_bounds(context: &Context<'_>, sink: &mut Sink) {
    let measure = |name| context.grid.measure(name);
    let (Some(plants), Some(lower), Some(employment)) =
        (measure("n_plants"), measure("lower"), measure("employment"))
    else {
        return;
    };
    let upper = measure("upper");
    for row in 0..employment.cells.len() {
        let number = |m: &Measure<'_>| m.cells[row].number();
        let (Some(n), Some(low), Some(jobs)) = (number(plants), number(lower), number(employment))
        else {
            continue;
        };
        let most = upper.and_then(number).map_or(f64::INFINITY, |upper| upper * n);
        if jobs >= low * n && jobs <= most {
            continue;
        }
        sink.push(codes::IMPOSSIBLE, || {
            let message = format!(
                "`employment` of {} is {}, and {} establishments of this class have between {} \
                 and {}",
                context.cell(row),
                show(jobs),
                show(n),
                show(low * n),
                if most.is_finite() { show(most) } else { "any number".to_owned() }
            );
            context.at(codes::IMPOSSIBLE, "employment", row, message, REMEDY)
        });
    }
}
