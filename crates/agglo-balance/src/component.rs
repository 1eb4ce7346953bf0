//! The withheld cells that hang together, with what the known ones leave for their sums.

use std::collections::BTreeMap;

use crate::System;

/// One sum over withheld cells of a component: `floor ≤ Σ sign · x ≤ ceiling`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// The place of the equation in the system.
    pub(crate) equation: usize,
    /// The place of the cell in the component, and +1 for a part or −1 for the total.
    pub(crate) terms: Vec<(usize, f64)>,
    pub(crate) floor: f64,
    pub(crate) ceiling: f64,
}

/// Withheld cells that share sums, directly or through others.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Component {
    /// The places of the cells in the system.
    pub(crate) cells: Vec<usize>,
    pub(crate) lower: Vec<f64>,
    pub(crate) upper: Vec<f64>,
    pub(crate) rows: Vec<Row>,
}

/// The components of a system, in the order of their first cells. Cost: near linear.
pub(crate) fn components(system: &System) -> Vec<Component> {
    let n = system.cells.len();
    let mut parent: Vec<usize> = (0..n).collect();
    let unknown = |at: &usize| system.cells[*at].value.is_none();
    for equation in &system.equations {
        let mut cells = equation.parts.iter().chain([&equation.total]).copied().filter(unknown);
        if let Some(first) = cells.next() {
            for other in cells {
                let (a, b) = (find(&mut parent, first), find(&mut parent, other));
                parent[a.max(b)] = a.min(b);
            }
        }
    }
    let mut places: BTreeMap<usize, Component> = BTreeMap::new();
    let mut within = vec![0; n];
    for at in (0..n).filter(unknown) {
        let root = find(&mut parent, at);
        let component = places.entry(root).or_insert_with(|| Component {
            cells: Vec::new(),
            lower: Vec::new(),
            upper: Vec::new(),
            rows: Vec::new(),
        });
        within[at] = component.cells.len();
        component.cells.push(at);
        component.lower.push(system.cells[at].lower);
        component.upper.push(system.cells[at].upper);
    }
    for (place, equation) in system.equations.iter().enumerate() {
        let mut terms = Vec::new();
        let mut left = 0.0;
        let signed = equation.parts.iter().map(|&at| (at, 1.0));
        for (at, sign) in signed.chain([(equation.total, -1.0)]) {
            match system.cells[at].value {
                Some(value) => left -= sign * value,
                None => terms.push((at, sign)),
            }
        }
        let Some(&(first, _)) = terms.first() else { continue };
        let slack = system.tolerance(equation);
        let root = find(&mut parent, first);
        if let Some(component) = places.get_mut(&root) {
            component.rows.push(Row {
                equation: place,
                terms: terms.into_iter().map(|(at, sign)| (within[at], sign)).collect(),
                floor: if equation.whole { left - slack } else { f64::NEG_INFINITY },
                ceiling: left + slack,
            });
        }
    }
    places.into_values().collect()
}

fn find(parent: &mut [usize], at: usize) -> usize {
    let mut root = at;
    while parent[root] != root {
        root = parent[root];
    }
    let mut at = at;
    while parent[at] != root {
        at = std::mem::replace(&mut parent[at], root);
    }
    root
}

impl Component {
    /// The size of its numbers, by which programs are scaled.
    pub(crate) fn scale(&self) -> f64 {
        let ends = self.lower.iter().chain(&self.upper).copied();
        let sums = self.rows.iter().flat_map(|row| [row.floor, row.ceiling]);
        ends.chain(sums).filter(|x| x.is_finite()).fold(1.0, |a: f64, b| a.max(b.abs()))
    }

    /// Narrows the cells' bounds by the sums until nothing moves; the places of the equations that
    /// cannot hold come back. Interval propagation: a cell is at most what its sum leaves when the
    /// others are smallest, and at least what it leaves when they are largest.
    pub(crate) fn propagate(&mut self) -> Vec<usize> {
        let mut broken = Vec::new();
        // Every pass narrows something by a part of its width, or is the last.
        for _ in 0..200 {
            let mut moved = false;
            broken.clear();
            for row in &self.rows {
                moved |= narrow(row, &mut self.lower, &mut self.upper, &mut broken);
            }
            if !moved {
                break;
            }
        }
        broken.sort_unstable();
        broken.dedup();
        broken
    }
}

/// Narrows the cells of one row; says whether one moved by more than a thousandth of its width.
fn narrow(row: &Row, lower: &mut [f64], upper: &mut [f64], broken: &mut Vec<usize>) -> bool {
    let ends = |at: usize, sign: f64, lower: &[f64], upper: &[f64]| {
        if sign > 0.0 { (lower[at], upper[at]) } else { (-upper[at], -lower[at]) }
    };
    // Infinite ends are counted apart, so that one of them leaves the others' bounds finite.
    let (mut least, mut most, mut open_below, mut open_above) = (0.0, 0.0, 0usize, 0usize);
    for &(at, sign) in &row.terms {
        let (low, high) = ends(at, sign, lower, upper);
        if low.is_finite() {
            least += low;
        } else {
            open_below += 1;
        }
        if high.is_finite() { most += high } else { open_above += 1 }
    }
    let size = least.abs().max(most.abs()).max(1.0);
    if (open_below == 0 && least > row.ceiling + 1e-9 * size)
        || (open_above == 0 && most < row.floor - 1e-9 * size)
    {
        broken.push(row.equation);
        return false;
    }
    let mut moved = false;
    for &(at, sign) in &row.terms {
        let (low, high) = ends(at, sign, lower, upper);
        let others_least = match (open_below, low.is_finite()) {
            (0, _) => Some(least - low),
            (1, false) => Some(least),
            _ => None,
        };
        let others_most = match (open_above, high.is_finite()) {
            (0, _) => Some(most - high),
            (1, false) => Some(most),
            _ => None,
        };
        let new_high = others_least.map_or(high, |others| high.min(row.ceiling - others));
        let new_low = others_most.map_or(low, |others| low.max(row.floor - others));
        let (new_low, new_high) = (new_low.min(new_high.max(low)), new_high.max(new_low.min(high)));
        let width = if high.is_finite() && low.is_finite() { high - low } else { f64::INFINITY };
        let step = 1e-3 * width.min(size);
        let narrowed = (high.is_infinite() && new_high.is_finite())
            || (low.is_infinite() && new_low.is_finite())
            || high - new_high > step.max(1e-9 * size)
            || new_low - low > step.max(1e-9 * size);
        if new_high < high || new_low > low {
            let (new_low, new_high) = (new_low.max(low), new_high.min(high));
            if sign > 0.0 {
                (lower[at], upper[at]) = (new_low, new_high);
            } else {
                (lower[at], upper[at]) = (-new_high, -new_low);
            }
            if low.is_finite() {
                least += new_low - low;
            } else if new_low.is_finite() {
                least += new_low;
                open_below -= 1;
            }
            if high.is_finite() {
                most += new_high - high;
            } else if new_high.is_finite() {
                most += new_high;
                open_above -= 1;
            }
        }
        moved |= narrowed;
    }
    moved
}
