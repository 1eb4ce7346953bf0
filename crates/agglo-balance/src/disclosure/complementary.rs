//! Complementary suppression: the cells that must go so that the primary ones cannot be computed.
//!
//! For each primary cell k, and once upwards (d = +above) and once downwards (d = −below):
//!
//! minimise  Σ_i c_i abs(y_i)   subject to  y_total − Σ y_parts = 0 in every equation,
//! y_k = d,   l_i − a_i ≤ y_i ≤ u_i − a_i
//!
//! a is the table, l and u what an outsider knows of each cell beforehand, c the cost; cells that
//! are withheld already cost nothing. Every cell with y_i ≠ 0 is withheld. The table a + y then
//! agrees with all that is published, so the outsider cannot exclude a_k + d: the protection holds
//! by construction, and no equation is left with one withheld cell, for one y alone cannot sum
//! to 0.
//!
//! A primary cell that an earlier move (or the mean of the table and one) already moves far enough
//! needs no program. The larger protections come first. At the end the complementary cells are
//! tried one by one, the dearest first, and published again where the moves that are needed
//! do without them.
//!
//! Limits: a heuristic; the cost of the withheld set is not the least possible, often some way
//! above it. Each primary cell is protected by itself: two that outsiders may add up are not
//! protected as a sum, and a contributor who knows their own part of a second withheld cell
//! narrows the interval. Cost: at most two linear programs over the whole table per primary cell.
//! Source: Kelly, Golden and Assad (1992), Networks 22(4), 397–417; Fischetti and Salazar (2000),
//! Journal of the American Statistical Association 95(451), 916–928 [M].

use std::collections::BTreeSet;

use super::audit::holds;
use super::rules::Primary;
use crate::lp::{Failure, Program, Sense};
use crate::system::{BalanceError, Relation, System};

/// What it costs to withhold a cell that is not primary.
#[derive(Clone, Debug, PartialEq)]
pub enum Cost {
    /// Each cell the same: few cells are withheld.
    Cells,
    /// 1 + its value: little value is withheld, and totals last.
    Value,
    /// ln(2 + its value): between the two.
    LogValue,
    /// As given, per cell of the system, above 0; ∞ for a cell that must be published.
    Given(Vec<f64>),
}

/// Why a cell is withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// It tells too much itself.
    Primary,
    /// It would give a primary one away.
    Complementary,
}

/// A cell that is withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuppressedCell {
    /// Position of the cell.
    pub cell: usize,
    /// Why it is withheld.
    pub reason: Reason,
}

/// The withheld cells, in their order.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Suppression {
    /// The withheld cells, in their order.
    pub cells: Vec<SuppressedCell>,
    /// Linear programs solved.
    pub programs: usize,
}

impl Suppression {
    /// The positions of all withheld cells.
    pub fn positions(&self) -> Vec<usize> {
        self.cells.iter().map(|found| found.cell).collect()
    }
}

/// The cells to withhold so that no primary one can be computed closer than its protection; see
/// the head of this page.
///
/// # Errors
/// [`BalanceError::NotKnown`] for a system with an unknown cell; [`BalanceError::DoesNotAddUp`];
/// [`BalanceError::Option`] for a protection or a cost out of range; [`BalanceError::Cell`] for a
/// primary cell that is not there; [`BalanceError::CannotProtect`]; [`BalanceError::Solver`].
pub fn complementary(
    system: &System,
    primary: &[Primary],
    cost: &Cost,
) -> Result<Suppression, BalanceError> {
    let values = system.known_values()?;
    holds(system)?;
    let costs = costs(&values, cost)?;
    for asked in primary {
        if asked.cell >= values.len() {
            return Err(BalanceError::Cell { cell: asked.cell, what: "it is not there" });
        }
        let good = asked.above > 0.0
            && asked.above.is_finite()
            && asked.below >= 0.0
            && asked.below.is_finite();
        if !good {
            let found = asked.above.min(asked.below);
            let allowed = "finite, above its value more than 0 and below it at least 0";
            return Err(BalanceError::Option { option: "protection", found, allowed });
        }
    }
    let mut search = Search::new(system, &values, costs, primary);
    let mut order: Vec<&Primary> = primary.iter().collect();
    order.sort_by(|a, b| b.above.total_cmp(&a.above).then(a.cell.cmp(&b.cell)));
    for asked in order {
        search.protect(asked.cell, asked.above)?;
        search.protect(asked.cell, -asked.below)?;
    }
    search.publish_again();
    let is_primary: BTreeSet<usize> = primary.iter().map(|asked| asked.cell).collect();
    let reason = |cell| {
        if is_primary.contains(&cell) { Reason::Primary } else { Reason::Complementary }
    };
    let cells =
        search.withheld().into_iter().map(|cell| SuppressedCell { cell, reason: reason(cell) });
    Ok(Suppression { cells: cells.collect(), programs: search.programs })
}

fn costs(values: &[f64], cost: &Cost) -> Result<Vec<f64>, BalanceError> {
    let costs: Vec<f64> = match cost {
        Cost::Cells => vec![1.0; values.len()],
        Cost::Value => values.iter().map(|value| 1.0 + value.abs()).collect(),
        Cost::LogValue => values.iter().map(|value| (2.0 + value.abs()).ln()).collect(),
        Cost::Given(costs) => costs.clone(),
    };
    let option = "cost";
    if costs.len() != values.len() {
        let found = costs.len() as f64;
        return Err(BalanceError::Option { option, found, allowed: "one number per cell" });
    }
    match costs.iter().find(|&&cost| cost.is_nan() || cost <= 0.0) {
        Some(&found) => Err(BalanceError::Option { option, found, allowed: "above 0" }),
        None => Ok(costs),
    }
}

/// A move of the table that is needed: from the values, by which primary cells keep their distance.
struct Move {
    /// Cell and step, without zeros.
    steps: Vec<(usize, f64)>,
}

struct Search<'a> {
    system: &'a System,
    values: &'a [f64],
    costs: Vec<f64>,
    /// What each move must do: cell, step, and the move that does it.
    duties: Vec<(usize, f64, usize)>,
    moves: Vec<Move>,
    hidden: Vec<bool>,
    forced: Vec<bool>,
    /// Cells tied by equations, directly or through others: only these can move together.
    blocks: Vec<Block>,
    block_of: Vec<usize>,
    programs: usize,
}

impl<'a> Search<'a> {
    fn new(system: &'a System, values: &'a [f64], costs: Vec<f64>, primary: &[Primary]) -> Self {
        let mut hidden = vec![false; values.len()];
        for asked in primary {
            hidden[asked.cell] = true;
        }
        let forced = hidden.clone();
        let (blocks, block_of) = blocks(system);
        Search {
            system,
            values,
            costs,
            duties: vec![],
            moves: vec![],
            hidden,
            forced,
            blocks,
            block_of,
            programs: 0,
        }
    }

    /// Room of a cell below and above its value, for an outsider.
    fn room(&self, cell: usize) -> (f64, f64) {
        let found = &self.system.cells()[cell];
        ((found.lower - self.values[cell]).min(0.0), (found.upper - self.values[cell]).max(0.0))
    }

    /// Sees to it that `cell` can move by `step`, or as far as its own bounds let it.
    fn protect(&mut self, cell: usize, step: f64) -> Result<(), BalanceError> {
        let (down, up) = self.room(cell);
        let step = step.clamp(down, up);
        if step == 0.0 {
            return Ok(());
        }
        let goes = |found: &Move| {
            let at = found.steps.binary_search_by_key(&cell, |&(cell, _)| cell);
            at.is_ok_and(|at| found.steps[at].1 * step.signum() >= step.abs() * (1.0 - 1e-9))
        };
        if let Some(number) = self.moves.iter().position(goes) {
            self.duties.push((cell, step, number));
            return Ok(());
        }
        let steps = self.cheapest(cell, step)?;
        for &(cell, _) in &steps {
            self.hidden[cell] = true;
        }
        self.duties.push((cell, step, self.moves.len()));
        self.moves.push(Move { steps });
        Ok(())
    }

    /// The cheapest move of the table in which `cell` moves by `step`.
    fn cheapest(&mut self, cell: usize, step: f64) -> Result<Vec<(usize, f64)>, BalanceError> {
        let solver = |message| BalanceError::Solver { cell, message };
        // Steps are counted in units of the one that is asked for.
        let unit = step.abs();
        let mut bounds = Vec::new();
        let mut objective = Vec::new();
        // Up and down are variables of their own, so that both cost.
        let block = &self.blocks[self.block_of[cell]];
        let mut up_down = vec![None; self.values.len()];
        for &other in &block.cells {
            let (down, up) = self.room(other);
            let cost = if self.hidden[other] { 0.0 } else { self.costs[other] };
            let fixed = other == cell;
            if cost.is_infinite() || (down == 0.0 && up == 0.0) {
                continue;
            }
            let limit = |room: f64| if fixed { 0.0 } else { room / unit };
            let first = bounds.len();
            if fixed {
                bounds.push((step.signum(), step.signum()));
                bounds.push((0.0, 0.0));
            } else {
                bounds.push((0.0, limit(up)));
                bounds.push((0.0, limit(-down)));
            }
            objective.extend([(first, cost), (first + 1, cost)]);
            up_down[other] = Some(first);
        }
        let mut program = Program::new(bounds, 1.0);
        for &number in &block.equations {
            let equation = &self.system.equations()[number];
            let mut terms = Vec::with_capacity(2 * equation.parts.len() + 2);
            for other in equation.cells() {
                if let Some(first) = up_down[other] {
                    let sign = if other == equation.total { 1.0 } else { -1.0 };
                    terms.extend([(first, sign), (first + 1, -sign)]);
                }
            }
            let room = match equation.relation {
                Relation::Equal => 0.0,
                Relation::AtLeast => f64::INFINITY,
            };
            if !terms.is_empty() {
                program.row(terms, 0.0, room);
            }
        }
        self.programs += 1;
        let point = program.solve(Sense::Least, &objective).map_err(|failure| match failure {
            Failure::Infeasible => BalanceError::CannotProtect { cell, required: unit },
            Failure::Unbounded => solver("unbounded".to_owned()),
            Failure::Solver(message) => solver(message),
        })?;
        let moved = |(other, first): (usize, &Option<usize>)| {
            let first = (*first)?;
            let by = (point[first] - point[first + 1]) * unit;
            (by.abs() > 1e-7 * unit).then_some((other, by))
        };
        Ok(up_down.iter().enumerate().filter_map(moved).collect())
    }

    /// Drops the moves that no primary cell needs any more, where another does the same duty, and
    /// with them the cells that only they used; the dearest cells are tried first.
    fn publish_again(&mut self) {
        let mut cells = self.withheld();
        cells.retain(|&cell| !self.forced[cell]);
        cells.sort_by(|&a, &b| self.costs[b].total_cmp(&self.costs[a]).then(a.cmp(&b)));
        let mut alive = vec![true; self.moves.len()];
        for cell in cells {
            let uses = |found: &Move| found.steps.binary_search_by_key(&cell, |&(c, _)| c).is_ok();
            let without: Vec<bool> = self
                .moves
                .iter()
                .zip(&alive)
                .map(|(found, &alive)| alive && !uses(found))
                .collect();
            let done = |&(cell, step, _): &(usize, f64, usize)| {
                self.moves.iter().zip(&without).any(|(found, &alive)| {
                    let at = found.steps.binary_search_by_key(&cell, |&(c, _)| c);
                    alive
                        && at.is_ok_and(|at| {
                            found.steps[at].1 * step.signum() >= step.abs() * (1.0 - 1e-9)
                        })
                })
            };
            if self.duties.iter().all(done) {
                alive = without;
            }
        }
        self.hidden.clone_from(&self.forced);
        for (found, _) in self.moves.iter().zip(&alive).filter(|&(_, &alive)| alive) {
            for &(cell, _) in &found.steps {
                self.hidden[cell] = true;
            }
        }
    }

    fn withheld(&self) -> Vec<usize> {
        (0..self.hidden.len()).filter(|&cell| self.hidden[cell]).collect()
    }
}

/// Cells that equations tie together, and those equations.
struct Block {
    cells: Vec<usize>,
    equations: Vec<usize>,
}

/// The blocks, in the order of their first cells, and the block of each cell.
fn blocks(system: &System) -> (Vec<Block>, Vec<usize>) {
    let n = system.cells().len();
    let mut equations_of = vec![Vec::new(); n];
    for (number, equation) in system.equations().iter().enumerate() {
        equation.cells().for_each(|cell| equations_of[cell].push(number));
    }
    let mut block_of = vec![usize::MAX; n];
    let mut seen = vec![false; system.equations().len()];
    let mut blocks = Vec::new();
    for first in 0..n {
        if block_of[first] != usize::MAX {
            continue;
        }
        let mut block = Block { cells: vec![first], equations: Vec::new() };
        block_of[first] = blocks.len();
        let mut next = 0;
        while let Some(&cell) = block.cells.get(next) {
            next += 1;
            for &number in &equations_of[cell] {
                if std::mem::replace(&mut seen[number], true) {
                    continue;
                }
                block.equations.push(number);
                for other in system.equations()[number].cells() {
                    if block_of[other] == usize::MAX {
                        block_of[other] = blocks.len();
                        block.cells.push(other);
                    }
                }
            }
        }
        block.cells.sort_unstable();
        block.equations.sort_unstable();
        blocks.push(block);
    }
    (blocks, block_of)
}
