//! Which cells of a panel hold a number, and what the others hold.

use agglo_core::{Absent, Datum, Gap, Key, Period};

use super::Grid;
use super::grid::{Labels, Measure};

/// The axis whose codes are the rows of a [`Coverage`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoverageAxis {
    /// Regions, or the first key of a table without regions; a cell pools all industries.
    Region,
    /// Industries; a cell pools all regions.
    Industry,
}

/// How the cells of one row and period are filled; the counts add up to `expected`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CellCounts {
    /// Cells that the panel has room for.
    pub expected: u32,
    /// Numbers, zeros included.
    pub numbers: u32,
    /// Of which zeros.
    pub zeros: u32,
    /// Blank or marked as missing.
    pub missing: u32,
    /// Withheld by the source.
    pub suppressed: u32,
    /// Above zero and below the unit.
    pub below_unit: u32,
    /// Not applicable.
    pub not_applicable: u32,
    /// Without a row in the source.
    pub absent: u32,
}

impl CellCounts {
    /// Numbers over cells, from 0 to 1; `None` where no cell is expected.
    pub fn share(&self) -> Option<f64> {
        (self.expected > 0).then(|| f64::from(self.numbers) / f64::from(self.expected))
    }

    /// The commonest gap of a cell group; `None` when no row is there at all.
    pub fn gap(&self) -> Option<Gap> {
        let kinds = [
            (self.suppressed, Gap::Suppressed),
            (self.missing, Gap::Missing),
            (self.below_unit, Gap::BelowUnit),
            (self.not_applicable, Gap::NotApplicable),
        ];
        let most = kinds.iter().map(|(n, _)| *n).max().unwrap_or_default();
        kinds.iter().find(|(n, _)| *n == most && most > 0).map(|(_, gap)| *gap)
    }

    fn add(&mut self, cell: Datum) {
        match cell {
            Datum::Number(value) => {
                self.numbers += 1;
                self.zeros += u32::from(value == 0.0);
            }
            Datum::Gap(Gap::Missing | Gap::Undefined(_)) => self.missing += 1,
            Datum::Gap(Gap::Suppressed) => self.suppressed += 1,
            Datum::Gap(Gap::BelowUnit) => self.below_unit += 1,
            Datum::Gap(Gap::NotApplicable) => self.not_applicable += 1,
        }
    }
}

/// Which cells of a table hold a number: rows by periods.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// The canonical table.
    pub table: String,
    /// The measures; those that are filled alike stand together.
    pub measures: Vec<String>,
    /// What the rows are.
    pub axis: CoverageAxis,
    /// The codes of the rows.
    pub rows: Vec<Key>,
    /// The columns; empty for a table without periods, which then has one column.
    pub periods: Vec<Period>,
    /// The cells, row by row.
    pub cells: Vec<CellCounts>,
}

impl Coverage {
    /// Columns of [`Coverage::cells`].
    pub fn n_columns(&self) -> usize {
        self.periods.len().max(1)
    }

    /// The cells of one row.
    pub fn row(&self, row: usize) -> &[CellCounts] {
        let n = self.n_columns();
        &self.cells[row * n..(row + 1) * n]
    }

    /// All cells together.
    pub fn total(&self) -> CellCounts {
        let mut total = CellCounts::default();
        for cell in &self.cells {
            total.expected += cell.expected;
            total.numbers += cell.numbers;
            total.zeros += cell.zeros;
            total.missing += cell.missing;
            total.suppressed += cell.suppressed;
            total.below_unit += cell.below_unit;
            total.not_applicable += cell.not_applicable;
            total.absent += cell.absent;
        }
        total
    }
}

/// The coverages of a table of statistics: by region, and by industry where it has industries.
pub(super) fn of(grid: &Grid<'_>) -> Vec<Coverage> {
    if !grid.is_statistics() || grid.unit.codes.is_empty() || grid.periods.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<Coverage> = Vec::new();
    for measure in &grid.measures {
        let axes = [
            (CoverageAxis::Region, &grid.unit, &grid.group),
            (CoverageAxis::Industry, &grid.group, &grid.unit),
        ];
        for (axis, rows, others) in axes {
            if axis == CoverageAxis::Industry && rows.name != "industry" {
                continue;
            }
            let cells = cells(grid, measure, rows, others);
            match found.iter_mut().find(|have| have.axis == axis && have.cells == cells) {
                Some(have) => have.measures.push(measure.name.to_owned()),
                None => found.push(Coverage {
                    table: grid.table.name.clone(),
                    measures: vec![measure.name.to_owned()],
                    axis,
                    rows: rows.codes.clone(),
                    periods: grid.periods.clone(),
                    cells,
                }),
            }
        }
    }
    found
}

fn cells(
    grid: &Grid<'_>,
    measure: &Measure<'_>,
    rows: &Labels,
    others: &Labels,
) -> Vec<CellCounts> {
    let n_periods = grid.periods.len();
    let expected = others.codes.len().max(1) as u32;
    let mut cells = vec![CellCounts::default(); rows.codes.len() * n_periods];
    for (row, period) in grid.period.iter().enumerate() {
        let Some(period) = period else { continue };
        let Ok(place) = grid.periods.binary_search(period) else { continue };
        cells[rows.ids[row] as usize * n_periods + place].add(measure.cells[row]);
    }
    for cell in &mut cells {
        let listed =
            cell.numbers + cell.missing + cell.suppressed + cell.below_unit + cell.not_applicable;
        cell.expected = expected.max(listed);
        let absent = cell.expected - listed;
        if grid.table.absent == Absent::Zero {
            (cell.numbers, cell.zeros) = (cell.numbers + absent, cell.zeros + absent);
        } else {
            cell.absent = absent;
        }
    }
    cells
}
