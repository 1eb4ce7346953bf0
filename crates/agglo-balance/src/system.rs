//! Cells and the equations between them.

use agglo_core::sum;
use thiserror::Error;

use crate::interval::Interval;

/// What is wrong with a system, or with what is asked of it.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum BalanceError {
    /// A number of a cell is not a number, or its bounds cross.
    #[error("cell {cell}: {what}")]
    Cell {
        /// Position of the cell.
        cell: usize,
        /// What is wrong, in words.
        what: &'static str,
    },
    /// An equation names a cell that is not there, or one cell twice, or has no parts.
    #[error("equation \"{label}\": {what}")]
    Equation {
        /// The equation.
        label: String,
        /// What is wrong, in words.
        what: &'static str,
    },
    /// A row of a table has another number of keys than the table has dimensions.
    #[error("row {row} has {found} keys, and the table has {expected} dimensions")]
    Keys {
        /// Position of the row, from 0.
        row: usize,
        /// Keys of the row.
        found: usize,
        /// Dimensions of the table.
        expected: usize,
    },
    /// Two rows have the same keys.
    #[error("rows {first} and {second} have the same keys ({keys})")]
    SameKeys {
        /// The earlier row.
        first: usize,
        /// The later row.
        second: usize,
        /// The keys, joined.
        keys: String,
    },
    /// A hierarchy leads from a key back to itself.
    #[error("the hierarchy of \"{dimension}\" leads from \"{key}\" back to itself")]
    Cycle {
        /// Name of the dimension.
        dimension: String,
        /// The key met twice.
        key: String,
    },
    /// An option is outside its range.
    #[error("{option} is {found}; it must be {allowed}")]
    Option {
        /// Name of the option.
        option: &'static str,
        /// Its value.
        found: f64,
        /// Its range, in words.
        allowed: &'static str,
    },
    /// A step needs every cell known, and this one is not.
    #[error("cell {cell} has no value, and this step needs every cell known")]
    NotKnown {
        /// Position of the cell.
        cell: usize,
    },
    /// A rule needs more of the largest contributions than are given.
    #[error(
        "cell {cell} has {count} contributors; the rule needs the largest {needed}, given are {found}"
    )]
    TooFewContributors {
        /// Position of the cell.
        cell: usize,
        /// Contributors of the cell.
        count: u32,
        /// How many of the largest the rule needs.
        needed: usize,
        /// How many are given.
        found: usize,
    },
    /// No set of cells protects this one, whatever else is withheld.
    #[error(
        "cell {cell} cannot be protected by {required}: withholding every other cell that can move is not enough"
    )]
    CannotProtect {
        /// Position of the cell.
        cell: usize,
        /// How far its value must be able to move.
        required: f64,
    },
    /// The table itself does not add up, so nothing can be said of what hides in it.
    #[error(
        "equation \"{label}\" does not hold, off by {gap}; disclosure control needs a table that adds up"
    )]
    DoesNotAddUp {
        /// The equation.
        label: String,
        /// Total less parts.
        gap: f64,
    },
    /// The solver of linear programs failed.
    #[error("the linear program of cell {cell} failed: {message}")]
    Solver {
        /// Position of the cell.
        cell: usize,
        /// The solver's words.
        message: String,
    },
}

/// One cell of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// The published value, in the unit of the table; `None` where it is withheld or missing.
    pub value: Option<f64>,
    /// What the true value cannot be below, whoever looks; may be −∞. Not used where `value` is known.
    pub lower: f64,
    /// What the true value cannot be above; may be ∞. Not used where `value` is known.
    pub upper: f64,
    /// A first guess of an unknown value, above `lower`; from other years, or from establishment counts.
    pub prior: Option<f64>,
    /// The unit that the source rounds to (1 for whole numbers, 5 for fives); 0 for exact values.
    pub rounding: f64,
}

impl Cell {
    /// A published value, exact.
    pub fn known(value: f64) -> Cell {
        Cell { value: Some(value), lower: 0.0, upper: f64::INFINITY, prior: None, rounding: 0.0 }
    }

    /// A cell without a value that lies between `lower` and `upper`.
    pub fn between(lower: f64, upper: f64) -> Cell {
        Cell { value: None, lower, upper, prior: None, rounding: 0.0 }
    }

    /// A cell of which only is known that it is not negative.
    pub fn unknown() -> Cell {
        Cell::between(0.0, f64::INFINITY)
    }

    /// The same cell with a first guess.
    pub fn with_prior(mut self, prior: f64) -> Cell {
        self.prior = Some(prior);
        self
    }

    /// The same cell, rounded by its source to multiples of `unit`.
    pub fn rounded_to(mut self, unit: f64) -> Cell {
        self.rounding = unit;
        self
    }

    /// The value as a point, or the bounds.
    pub(crate) fn range(&self) -> Interval {
        match self.value {
            Some(value) => Interval { lower: value, upper: value },
            None => Interval { lower: self.lower, upper: self.upper },
        }
    }
}

/// How a total stands to its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    /// All parts are listed: total = Σ parts.
    Equal,
    /// Some parts are not listed and none is negative: total ≥ Σ parts.
    AtLeast,
}

/// One total and its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Equation {
    /// Its name for a reader.
    pub label: String,
    /// Position of the total among the cells.
    pub total: usize,
    /// Positions of the parts.
    pub parts: Vec<usize>,
    /// What total and Σ parts may differ by beyond rounding, in the unit of the table.
    pub tolerance: f64,
    /// Whether the parts are all there.
    pub relation: Relation,
}

impl Equation {
    /// total = Σ parts, exactly up to rounding.
    pub fn new(label: impl Into<String>, total: usize, parts: Vec<usize>) -> Equation {
        Equation { label: label.into(), total, parts, tolerance: 0.0, relation: Relation::Equal }
    }

    /// Total first, then parts.
    pub(crate) fn cells(&self) -> impl Iterator<Item = usize> + '_ {
        std::iter::once(self.total).chain(self.parts.iter().copied())
    }
}

/// Cells and the equations between them; checked when made.
#[derive(Clone, Debug, PartialEq)]
pub struct System {
    cells: Vec<Cell>,
    equations: Vec<Equation>,
}

impl System {
    /// A system of `cells` under `equations`.
    ///
    /// # Errors
    /// [`BalanceError::Cell`] for a NaN, an infinite value, crossed bounds, negative rounding, or a
    /// prior that is not above the lower bound (where the bounds leave room);
    /// [`BalanceError::Equation`] for positions out of range, a cell twice, no parts, or a negative
    /// tolerance.
    pub fn new(cells: Vec<Cell>, equations: Vec<Equation>) -> Result<System, BalanceError> {
        for (position, cell) in cells.iter().enumerate() {
            check_cell(position, cell)?;
        }
        let mut seen_in = vec![usize::MAX; cells.len()];
        for (number, equation) in equations.iter().enumerate() {
            let wrong = |what| Err(BalanceError::Equation { label: equation.label.clone(), what });
            if equation.parts.is_empty() {
                return wrong("it has no parts");
            }
            if !(equation.tolerance >= 0.0 && equation.tolerance.is_finite()) {
                return wrong("its tolerance must be a number from 0");
            }
            for cell in equation.cells() {
                match seen_in.get_mut(cell) {
                    None => return wrong("it names a cell that is not there"),
                    Some(seen) if *seen == number => return wrong("it names a cell twice"),
                    Some(seen) => *seen = number,
                }
            }
        }
        Ok(System { cells, equations })
    }

    /// The cells, in the order given.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The equations, in the order given.
    pub fn equations(&self) -> &[Equation] {
        &self.equations
    }

    /// The same equations with the cells `hidden` made unknown, their bounds and priors as they are.
    ///
    /// # Errors
    /// [`BalanceError::Cell`] for a position out of range.
    pub fn hiding(&self, hidden: &[usize]) -> Result<System, BalanceError> {
        let mut system = self.clone();
        for &cell in hidden {
            match system.cells.get_mut(cell) {
                Some(cell) => cell.value = None,
                None => return Err(BalanceError::Cell { cell, what: "it is not there" }),
            }
        }
        Ok(system)
    }

    /// What total and Σ parts of `equation` may differ by: its tolerance and half of each cell's
    /// rounding unit.
    pub fn allowed(&self, equation: &Equation) -> f64 {
        equation.tolerance + sum(equation.cells().map(|cell| self.cells[cell].rounding / 2.0))
    }

    /// All values.
    pub(crate) fn known_values(&self) -> Result<Vec<f64>, BalanceError> {
        let value =
            |(cell, found): (usize, &Cell)| found.value.ok_or(BalanceError::NotKnown { cell });
        self.cells.iter().enumerate().map(value).collect()
    }
}

fn check_cell(position: usize, cell: &Cell) -> Result<(), BalanceError> {
    let wrong = |what| Err(BalanceError::Cell { cell: position, what });
    if cell.value.is_some_and(|value| !value.is_finite()) {
        return wrong("its value must be finite");
    }
    // Written so that a NaN fails.
    if !(cell.lower <= cell.upper && cell.lower < f64::INFINITY && cell.upper > f64::NEG_INFINITY) {
        return wrong("its lower bound must not be above its upper bound");
    }
    if !(cell.rounding >= 0.0 && cell.rounding.is_finite()) {
        return wrong("its rounding unit must be a number from 0");
    }
    if let Some(prior) = cell.prior {
        let room = cell.lower < cell.upper;
        if !prior.is_finite() || (room && prior <= cell.lower.min(0.0)) {
            return wrong("its prior must be finite, and above 0 or above a negative lower bound");
        }
    }
    Ok(())
}
