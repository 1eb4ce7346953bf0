//! Parts that do not add up to their total: hierarchies of codes, national rows, sectors, shares.
//!
//! A [`Rule`] is a total with its parts, a [`Residual`] is a cell that breaks one. Rules are found
//! by the codes and believed when most cells obey them; [`residuals`] knows neither.

use std::collections::BTreeMap;

use agglo_core::Datum;

use super::Context;
use super::context::{pairs, show};
use super::grid::{Labels, Measure};
use super::impossible::whole_of_share;
use crate::codes;
use crate::diagnostic::Sink;

/// A total and its parts, as places in a slice of cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) total: usize,
    pub(super) parts: Vec<usize>,
}

/// How the parts of one slice compare with their total.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Residual {
    /// Which rule.
    pub(super) rule: usize,
    pub(super) total: f64,
    /// The sum of the parts that are numbers.
    pub(super) sum: f64,
    /// How many parts are no numbers.
    pub(super) n_gaps: usize,
    /// Whether a part is negative, so that gaps could also lower the sum.
    pub(super) negative: bool,
}

impl Residual {
    fn is_within(&self, tolerance: f64) -> bool {
        (self.sum - self.total).abs() <= tolerance
    }
}

/// What each rule says about one slice; rules whose total is no number say nothing.
pub(super) fn residuals<'r>(
    rules: &'r [Rule],
    cells: &'r [Datum],
) -> impl Iterator<Item = Residual> + 'r {
    rules.iter().enumerate().filter_map(|(place, rule)| {
        let total = cells[rule.total].number()?;
        let parts = || rule.parts.iter().map(|&part| cells[part].number());
        Some(Residual {
            rule: place,
            total,
            sum: agglo_core::sum(parts().flatten()),
            n_gaps: parts().filter(Option::is_none).count(),
            negative: parts().flatten().any(|value| value < 0.0),
        })
    })
}

pub(super) fn check(context: &Context<'_>, sink: &mut Sink) {
    sectors(context, sink);
    shares(context, sink);
    if !context.grid.is_statistics() {
        return;
    }
    let (unit, group) = (&context.grid.unit, &context.grid.group);
    for (axis, other) in [(unit, group), (group, unit)] {
        if !matches!(axis.name.as_str(), "region" | "industry") {
            continue;
        }
        let rules = rules(context, axis);
        if rules.is_empty() {
            continue;
        }
        for measure in &context.grid.measures {
            // Rates, shares and prices do not add up.
            if whole_of_share(measure).is_none() {
                along(context, measure, (axis, other), &rules, sink);
            }
        }
    }
}

/// How the cells of one rule do.
#[derive(Default)]
struct Judged {
    /// Cells that obey it.
    obeyed: usize,
    /// Cells whose parts are all numbers.
    all: usize,
    /// Rows of totals that break it.
    broken: Vec<(usize, Residual)>,
}

/// Checks the rules over one axis, slice by slice of the other axis and the period.
fn along(
    context: &Context<'_>,
    measure: &Measure<'_>,
    (axis, other): (&Labels, &Labels),
    rules: &[Rule],
    sink: &mut Sink,
) {
    let limits = &context.input.limits;
    let grid = context.grid;
    let key = |row: usize| (other.ids[row], grid.period[row]);
    let mut order: Vec<usize> = (0..measure.cells.len()).collect();
    order.sort_by_key(|&row| key(row));
    let absent = match grid.table.absent {
        agglo_core::Absent::Zero => Datum::Number(0.0),
        agglo_core::Absent::Missing => Datum::Gap(agglo_core::Gap::Missing),
    };
    let tolerance = |r: &Residual, n: usize| {
        limits.sum_tolerance * r.total.abs() + measure.quantum / 2.0 * (n as f64 + 1.0)
    };
    let mut judged: Vec<Judged> = (0..rules.len()).map(|_| Judged::default()).collect();
    let mut cells = vec![absent; axis.codes.len()];
    let mut rows = vec![usize::MAX; axis.codes.len()];
    for slice in order.chunk_by(|&a, &b| key(a) == key(b)) {
        for &row in slice {
            cells[axis.ids[row] as usize] = measure.cells[row];
            rows[axis.ids[row] as usize] = row;
        }
        for residual in residuals(rules, &cells) {
            let rule = &rules[residual.rule];
            let row = rows[rule.total];
            let slack = tolerance(&residual, rule.parts.len());
            if row == usize::MAX {
                continue;
            }
            let entry = &mut judged[residual.rule];
            // With gaps among the parts, only a sum above the total says anything.
            let above = residual.sum > residual.total + slack && !residual.negative;
            if residual.n_gaps == 0 {
                entry.all += 1;
                entry.obeyed += usize::from(residual.is_within(slack));
            }
            if (residual.n_gaps == 0 && !residual.is_within(slack))
                || (residual.n_gaps > 0 && above)
            {
                entry.broken.push((row, residual));
            }
        }
        for &row in slice {
            cells[axis.ids[row] as usize] = absent;
            rows[axis.ids[row] as usize] = usize::MAX;
        }
    }
    for (place, Judged { obeyed, all, broken }) in judged.into_iter().enumerate() {
        let believed =
            obeyed >= limits.fewest_sums && obeyed as f64 >= limits.sum_support * all as f64;
        if !believed {
            continue;
        }
        for (row, residual) in broken {
            sink.push(codes::SUM_OF_PARTS, || {
                let n_parts = rules[place].parts.len();
                let message = format!(
                    "`{}` of {} is {}, and its {n_parts} parts add up to {} ({}); they do add up \
                     in {obeyed} of {all} cells",
                    measure.name,
                    context.cell(row),
                    show(residual.total),
                    show(residual.sum),
                    difference(residual.sum, residual.total)
                );
                context.at(codes::SUM_OF_PARTS, measure.name, row, message, REMEDY)
            });
        }
    }
}

pub(super) const REMEDY: &str = "compare the total and the parts with the publication";

pub(super) fn difference(sum: f64, total: f64) -> String {
    if total == 0.0 {
        return format!("{:+}", sum - total);
    }
    format!("{:+.1} %", (sum / total - 1.0) * 100.0)
}

/// Names that total rows carry.
const TOTAL_NAMES: [&str; 14] = [
    "total", "all", "全国", "合计", "总计", "全省", "全市", "00000", "000000", "00", "------",
    "nation", "country", "national",
];

/// Totals over an axis: a parent named by the industry table, a code that other codes extend, a
/// row called the total.
fn rules(context: &Context<'_>, axis: &Labels) -> Vec<Rule> {
    let mut parents = vec![None; axis.codes.len()];
    let place = |code: &str| axis.codes.binary_search_by(|have| have.as_ref().cmp(code)).ok();
    if let Some(industries) = context.input.industries.filter(|_| axis.name == "industry") {
        for (code, parent) in pairs(industries, "industry", "parent") {
            if let (Some(code), Some(parent)) = (place(code), place(parent)) {
                parents[code] = Some(parent);
            }
        }
    }
    if parents.iter().all(Option::is_none) {
        parents = by_prefix(axis);
    }
    let total = axis
        .codes
        .iter()
        .position(|code| TOTAL_NAMES.contains(&code.trim().to_lowercase().as_str()));
    let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (code, parent) in parents.iter().enumerate() {
        match parent.or(total) {
            Some(parent) if parent != code => parts.entry(parent).or_default().push(code),
            _ => {}
        }
    }
    // One part says nothing: a code and its only extension are the same thing twice.
    let several = parts.into_iter().filter(|(_, parts)| parts.len() > 1);
    several.map(|(total, parts)| Rule { total, parts }).collect()
}

/// The nearest code that each code extends, padding left out: `2361//` extends `236///`, `110100`
/// extends `110000`, `311` extends `31-33`.
fn by_prefix(axis: &Labels) -> Vec<Option<usize>> {
    let digits = |code: &str| !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit());
    let padded = axis.codes.first().is_some_and(|first| {
        axis.codes.iter().all(|code| digits(code) && code.len() == first.len())
    });
    let stem = |code: &str| -> String {
        let code = code.trim().trim_end_matches(['-', '/']);
        if padded { code.trim_end_matches('0').to_owned() } else { code.to_owned() }
    };
    let mut stems: BTreeMap<String, usize> = BTreeMap::new();
    for (place, code) in axis.codes.iter().enumerate() {
        let stem = stem(code);
        if let Some((low, high)) = range(&stem) {
            for number in low..=high {
                stems.entry(number.to_string()).or_insert(place);
            }
        } else {
            stems.insert(stem, place);
        }
    }
    let parent = |(place, code): (usize, &agglo_core::Key)| {
        let stem = stem(code);
        if range(&stem).is_some() {
            return None;
        }
        let ends = stem.char_indices().map(|(end, _)| end).skip(1);
        ends.collect::<Vec<_>>()
            .into_iter()
            .rev()
            .find_map(|end| stems.get(&stem[..end]).copied().filter(|&parent| parent != place))
    };
    axis.codes.iter().enumerate().map(parent).collect()
}

/// The numbers of a code such as `31-33`.
fn range(code: &str) -> Option<(u32, u32)> {
    let (low, high) = code.split_once('-')?;
    let (low, high) = (low.parse().ok()?, high.parse().ok()?);
    (low < high && high - low < 10).then_some((low, high))
}

/// Whole and the parts that make it up, in one row.
const SECTORS: &[(&str, &[&str])] = &[
    ("gdp", &["va_primary", "va_secondary", "va_tertiary"]),
    ("va_goods", &["va_primary", "va_secondary"]),
];

fn sectors(context: &Context<'_>, sink: &mut Sink) {
    let limits = &context.input.limits;
    for (whole, parts) in SECTORS {
        let Some(whole) = context.grid.measure(whole) else { continue };
        let parts: Vec<&Measure<'_>> =
            parts.iter().filter_map(|part| context.grid.measure(part)).collect();
        if parts.len() < 2 || parts.iter().any(|part| part.unit != whole.unit) {
            continue;
        }
        let complete = parts.len() == if whole.name == "gdp" { 3 } else { 2 };
        let names: Vec<String> = parts.iter().map(|part| format!("`{}`", part.name)).collect();
        for row in 0..whole.cells.len() {
            let values: Vec<f64> = parts.iter().filter_map(|p| p.cells[row].number()).collect();
            let Some(total) = whole.cells[row].number() else { continue };
            let sum = agglo_core::sum(values.iter().copied());
            let slack = 2.0 * limits.sum_tolerance * total.abs()
                + whole.quantum * (values.len() as f64 + 1.0) / 2.0;
            let all = complete && values.len() == parts.len();
            let wrong = if all { (sum - total).abs() > slack } else { sum > total + slack };
            if !wrong || values.len() < 2 {
                continue;
            }
            sink.push(codes::SUM_OF_PARTS, || {
                let message = format!(
                    "`{}` of {} is {}, and {} add up to {} ({})",
                    whole.name,
                    context.cell(row),
                    show(total),
                    names.join(" + "),
                    show(sum),
                    difference(sum, total)
                );
                context.at(codes::SUM_OF_PARTS, whole.name, row, message, REMEDY)
            });
        }
    }
}

/// Shares that make up a whole in nearly every row, and the rows where they do not.
fn shares(context: &Context<'_>, sink: &mut Sink) {
    let limits = &context.input.limits;
    let shares: Vec<(&Measure<'_>, f64)> = context
        .grid
        .measures
        .iter()
        .filter_map(|m| whole_of_share(m).map(|whole| (m, whole)))
        .collect();
    let [(first, whole), _, ..] = shares[..] else { return };
    if shares.iter().any(|(_, other)| *other != whole) {
        return;
    }
    let sum = |row: usize| -> Option<f64> {
        let values: Option<Vec<f64>> = shares.iter().map(|(m, _)| m.cells[row].number()).collect();
        values.map(agglo_core::sum)
    };
    let slack = limits.share_sum_tolerance * whole / 100.0;
    let sums: Vec<(usize, f64)> =
        (0..first.cells.len()).filter_map(|row| Some((row, sum(row)?))).collect();
    let obeyed = sums.iter().filter(|(_, sum)| (sum - whole).abs() <= slack).count();
    if obeyed < limits.fewest_sums || (obeyed as f64) < limits.sum_support * sums.len() as f64 {
        return;
    }
    let names: Vec<String> = shares.iter().map(|(m, _)| format!("`{}`", m.name)).collect();
    for (row, sum) in sums.iter().copied().filter(|(_, sum)| (sum - whole).abs() > slack) {
        sink.push(codes::SHARES_OF_WHOLE, || {
            let message = format!(
                "the shares {} of {} add up to {} instead of {}; they do add up in {obeyed} of {} \
                 rows",
                names.join(", "),
                context.cell(row),
                show(sum),
                show(whole),
                sums.len()
            );
            context.at(codes::SHARES_OF_WHOLE, first.name, row, message, REMEDY)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agglo_core::{Gap, Key};

    fn labels(codes: &[&str]) -> Labels {
        Labels {
            name: "industry".to_owned(),
            codes: codes.iter().map(|&code| Key::from(code)).collect(),
            ids: Vec::new(),
        }
    }

    #[test]
    fn codes_know_the_codes_they_extend() {
        let parents = by_prefix(&labels(&["23----", "236///", "2361//", "31-33", "321"]));
        assert_eq!(parents, [None, Some(0), Some(1), None, Some(3)]);
        let parents = by_prefix(&labels(&["110000", "110100", "110101", "120000"]));
        assert_eq!(parents, [None, Some(0), Some(1), None]);
    }

    #[test]
    fn a_gap_among_the_parts_leaves_the_sum_open_and_is_counted() {
        let rules = [Rule { total: 0, parts: vec![1, 2] }];
        let cells = [Datum::Number(10.0), Datum::Number(4.0), Datum::Gap(Gap::Suppressed)];
        let found: Vec<Residual> = residuals(&rules, &cells).collect();
        assert_eq!((found[0].sum, found[0].n_gaps), (4.0, 1));
        let cells = [Datum::Gap(Gap::Missing), Datum::Number(4.0), Datum::Number(6.0)];
        assert_eq!(residuals(&rules, &cells).count(), 0, "no total, nothing to compare");
    }
}
