//! Which further cells must be withheld so that no sum gives an unsafe one away.
//!
//! Greedy, with the attacker as the judge: while the sums leave some unsafe cell too narrow an interval,
//! the cheapest cell beside it in one of its sums is withheld too; at the end every unsafe cell has been
//! audited by the two linear programs of the attacker, who knows the published cells, the sums, and that
//! no cell is negative. It need not be the smallest pattern: finding that is NP-hard (Kelly, Golden and
//! Assad 1992; Fischetti and Salazar 2003).

use std::collections::BTreeSet;

use microlp::OptimizationDirection::{Maximize, Minimize};

use crate::component::{Component, components};
use crate::program::Program;
use crate::{Cell, System};

/// An unsafe cell, and how well it must be hidden.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Protection {
    /// The place of the cell.
    pub cell: usize,
    /// How far the attacker's interval must reach below and above the cell, in its unit.
    pub width: f64,
}

/// The cells that are withheld.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suppression {
    /// The unsafe ones.
    pub primary: BTreeSet<usize>,
    /// Those withheld to protect them.
    pub complementary: BTreeSet<usize>,
    /// Unsafe cells that could not be protected: no cell is left to withhold beside them.
    pub unprotected: BTreeSet<usize>,
}

/// What an attacker learns of an unsafe cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Audited {
    /// The place of the cell.
    pub cell: usize,
    /// The smallest it can be.
    pub lower: f64,
    /// The largest it can be.
    pub upper: f64,
    /// Whether that is wide enough.
    pub protected: bool,
}

/// The suppression pattern that protects `primary`.
///
/// All cells of `system` must be known. `cost` says how much is lost by withholding a cell, `None` that
/// it must be published. Cost: two linear programs per unsafe cell and round.
pub fn complementary(
    system: &System,
    primary: &[Protection],
    cost: &dyn Fn(usize) -> Option<f64>,
) -> Suppression {
    let mut found = Suppression {
        primary: primary.iter().map(|protection| protection.cell).collect(),
        ..Suppression::default()
    };
    let beside = beside(system);
    let taken = |found: &Suppression, at: usize| {
        found.primary.contains(&at) || found.complementary.contains(&at)
    };
    let companion = |found: &Suppression, place: usize| {
        let equation = &system.equations[place];
        let cells = equation.parts.iter().chain([&equation.total]).copied();
        let free = cells.filter(|&at| !taken(found, at));
        let priced = free.filter_map(|at| Some((cost(at)?, at)));
        priced.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))).map(|(_, at)| at)
    };
    let n_taken = |found: &Suppression, place: usize| {
        let equation = &system.equations[place];
        let cells = equation.parts.iter().chain([&equation.total]);
        cells.filter(|at| taken(found, **at)).count()
    };
    // A sum with one withheld cell gives it away; withholding another may leave one alone elsewhere.
    let mut hopeless: BTreeSet<usize> = BTreeSet::new();
    loop {
        let mut open: BTreeSet<usize> = (0..system.equations.len()).collect();
        while let Some(place) = open.pop_first() {
            if n_taken(&found, place) != 1 || hopeless.contains(&place) {
                continue;
            }
            match companion(&found, place) {
                Some(at) => {
                    found.complementary.insert(at);
                    open.extend(beside[at].iter().copied());
                }
                None => {
                    hopeless.insert(place);
                }
            }
        }
        let withheld: BTreeSet<usize> =
            found.primary.union(&found.complementary).copied().collect();
        let open: Vec<Protection> = primary
            .iter()
            .copied()
            .filter(|protection| !found.unprotected.contains(&protection.cell))
            .collect();
        let audited = audit(system, &withheld, &open);
        let weak: Vec<usize> =
            audited.iter().filter(|audit| !audit.protected).map(|audit| audit.cell).collect();
        if weak.is_empty() {
            return found;
        }
        for cell in weak {
            // The sum in which fewest cells are withheld protects least.
            let mut places = beside[cell].clone();
            places.sort_by_key(|&place| (n_taken(&found, place), place));
            match places.into_iter().find_map(|place| companion(&found, place)) {
                Some(at) => {
                    found.complementary.insert(at);
                }
                None => {
                    found.unprotected.insert(cell);
                }
            }
        }
    }
}

/// What an attacker who sees all cells but `withheld` learns of the cells in `protections`.
///
/// Cost: two linear programs per cell, in its component.
pub fn audit(
    system: &System,
    withheld: &BTreeSet<usize>,
    protections: &[Protection],
) -> Vec<Audited> {
    let published: Vec<Cell> = system
        .cells
        .iter()
        .enumerate()
        .map(
            |(at, cell)| {
                if withheld.contains(&at) { Cell::unknown(0.0, f64::INFINITY) } else { *cell }
            },
        )
        .collect();
    let published = System { cells: published, equations: system.equations.clone() };
    let mut place = vec![None; system.cells.len()];
    let mut components = components(&published);
    for (which, component) in components.iter_mut().enumerate() {
        component.propagate();
        for (within, &at) in component.cells.iter().enumerate() {
            place[at] = Some((which, within));
        }
    }
    let learn = |protection: &Protection| {
        let value = system.cells[protection.cell].value.unwrap_or_default();
        let Some((which, within)) = place[protection.cell] else {
            let cell = protection.cell;
            return Audited { cell, lower: value, upper: value, protected: false };
        };
        let (lower, upper) = ends(&components[which], within);
        let (below, above) = (value - lower, upper - value);
        // A cell smaller than its width cannot be hidden below zero.
        let enough_below = below >= protection.width.min(value) * (1.0 - 1e-6);
        let enough_above = above >= protection.width * (1.0 - 1e-6) && upper > lower;
        Audited { cell: protection.cell, lower, upper, protected: enough_below && enough_above }
    };
    protections.iter().map(learn).collect()
}

/// The attacker's interval; a program without an answer counts as no protection.
fn ends(component: &Component, within: usize) -> (f64, f64) {
    if component.rows.is_empty() {
        return (component.lower[within], component.upper[within]);
    }
    let program = Program::new(component);
    match (program.end(within, Minimize), program.end(within, Maximize)) {
        (Some(lower), Some(upper)) => {
            (lower.max(component.lower[within]), upper.min(component.upper[within]))
        }
        _ => (0.0, 0.0),
    }
}

/// The equations of every cell.
fn beside(system: &System) -> Vec<Vec<usize>> {
    let mut beside = vec![Vec::new(); system.cells.len()];
    for (place, equation) in system.equations.iter().enumerate() {
        for &at in equation.parts.iter().chain([&equation.total]) {
            beside[at].push(place);
        }
    }
    beside
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemBuilder;
    use agglo_core::Key;
    use std::collections::BTreeMap;

    /// Regions × industries with all margins.
    fn table(cells: &[&[f64]]) -> System {
        let under = |n: usize| -> BTreeMap<Key, Key> {
            (0..n).map(|at| (Key::from(at.to_string()), Key::from("all"))).collect()
        };
        let (n, m) = (cells.len(), cells[0].len());
        let mut builder =
            SystemBuilder::new(vec![("region".into(), under(n)), ("industry".into(), under(m))]);
        let key = |at: usize, n: usize| {
            if at == n { Key::from("all") } else { Key::from(at.to_string()) }
        };
        for r in 0..=n {
            for i in 0..=m {
                let sum: f64 = (0..n)
                    .filter(|&row| r == n || row == r)
                    .flat_map(|row| (0..m).map(move |column| (row, column)))
                    .filter(|&(_, column)| i == m || column == i)
                    .map(|(row, column)| cells[row][column])
                    .sum();
                builder.row(vec![key(r, n), key(i, m)], Cell::known(sum));
            }
        }
        builder.build(false)
    }

    #[test]
    fn a_lone_withheld_cell_is_given_away_by_its_margin_and_then_is_not() {
        let system = table(&[&[3.0, 20.0, 30.0], &[40.0, 50.0, 60.0], &[7.0, 80.0, 90.0]]);
        let unsafe_cell = Protection { cell: 0, width: 0.3 };
        let leaked = audit(&system, &BTreeSet::from([0]), &[unsafe_cell]);
        assert!(!leaked[0].protected && (leaked[0].upper - leaked[0].lower) < 1e-6);
        let size = |at: usize| system.cells[at].value;
        let found = complementary(&system, &[unsafe_cell], &size);
        assert!(found.unprotected.is_empty());
        let withheld: BTreeSet<usize> =
            found.primary.union(&found.complementary).copied().collect();
        let audited = audit(&system, &withheld, &[unsafe_cell]);
        assert!(audited[0].protected, "{audited:?} {found:?}");
        assert!(found.complementary.len() >= 3);
    }

    #[test]
    fn a_cell_that_cannot_be_hidden_is_said() {
        let system = table(&[&[3.0, 20.0]]);
        let found = complementary(&system, &[Protection { cell: 0, width: 0.3 }], &|_| None);
        assert_eq!(found.unprotected, BTreeSet::from([0]));
    }
}
