//! Exact cells as tables and panels.

use std::sync::Arc;

use agglo_core::{Axis, Column, Datum, Frame, Gap, Key, Panel, Values};
use datafusion::common::DataFusionError;

use super::engine_error;
use super::entry::{Entry, decimal_to_f64};
use super::sheet::Sheet;
use crate::diagnostic::DataError;

/// The groups of a register's rows, in the order of period, region and industry; their sums are exact.
///
/// Memory: 64 bytes for each group of each piece of the rows, on the disk where the engine's memory was short.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cells(pub(super) Sheet<Entry>);

impl Cells {
    /// Rows counted in them, those without a number included.
    pub fn n_rows(&self) -> u64 {
        self.0.n_rows
    }

    /// The cells of several parts as one. Cost: nothing per cell.
    pub fn joined(parts: Vec<Cells>) -> Cells {
        Cells(Sheet::joined(parts.into_iter().map(|part| part.0).collect()))
    }

    /// The cells as a table of these `columns`, as the [module](super) names them; `period` only where the
    /// source has one.
    ///
    /// Cost: 16 bytes for each cell and column.
    ///
    /// # Errors
    /// When a sum does not fit into 38 digits, or what was set down cannot be read.
    pub fn table(&self, columns: &[&str]) -> Result<Frame, DataError> {
        let mut table = CellTable::new(self, columns);
        let mut take = || -> Result<(), DataFusionError> {
            let mut entries = self.0.entries()?;
            while let Some(entry) = entries.next()? {
                table.push(&entry);
            }
            Ok(())
        };
        take().map_err(|error| engine_error(&error))?;
        Ok(table.finish())
    }

    /// The sums as a panel of every region and industry, whose cells are zero where the register has no row.
    ///
    /// Cost: 16 bytes for each region, industry and period.
    ///
    /// # Errors
    /// As [`table`](Cells::table).
    pub fn panel(&self) -> Result<Panel, DataError> {
        let mut periods = Vec::new();
        self.each_panel(|panel| {
            periods.push(panel);
            Ok::<(), DataError>(())
        })?;
        Ok(Panel::stacked(periods))
    }

    /// As [`panel`](Cells::panel), one period after the other.
    ///
    /// # Errors
    /// As [`table`](Cells::table), and what `each` refuses.
    pub fn each_panel<E: From<DataError>>(
        &self,
        mut each: impl FnMut(Panel) -> Result<(), E>,
    ) -> Result<(), E> {
        let failed = |error: DataFusionError| E::from(engine_error(&error));
        let axis = |codes: &[Key]| Arc::new(Axis::new(codes.iter().cloned()));
        let (regions, industries) = (axis(&self.0.regions), axis(&self.0.industries));
        let empty = || vec![Datum::Number(0.0); self.0.regions.len() * self.0.industries.len()];
        let (unit, scale) = (&self.0.measured.unit, u32::from(self.0.measured.scale));
        let of = |period: i32, cells: Vec<Datum>| {
            Panel::of_period(unit, regions.clone(), industries.clone(), period, cells)
        };
        let mut entries = self.0.entries().map_err(failed)?;
        let mut now: Option<(i32, Vec<Datum>)> = None;
        while let Some(entry) = entries.next().map_err(failed)? {
            if now.as_ref().is_some_and(|(period, _)| *period != entry.period)
                && let Some((period, cells)) = now.take()
            {
                each(of(period, cells))?;
            }
            let (_, cells) = now.get_or_insert_with(|| (entry.period, empty()));
            let at = entry.region as usize * self.0.industries.len() + entry.industry as usize;
            cells[at] = number(&entry, entry.sum, scale);
        }
        now.map_or(Ok(()), |(period, cells)| each(of(period, cells)))
    }

    /// As [`table`](Cells::table), one period after the other, so that one of them is in memory at a time.
    ///
    /// # Errors
    /// As [`table`](Cells::table), and what `each` refuses.
    pub fn each_period<E: From<DataError>>(
        &self,
        columns: &[&str],
        mut each: impl FnMut(Frame) -> Result<(), E>,
    ) -> Result<(), E> {
        let failed = |error: DataFusionError| E::from(engine_error(&error));
        let mut entries = self.0.entries().map_err(failed)?;
        let mut table = CellTable::new(self, columns);
        let mut period = None;
        while let Some(entry) = entries.next().map_err(failed)? {
            if period.is_some_and(|period| period != entry.period) {
                each(std::mem::replace(&mut table, CellTable::new(self, columns)).finish())?;
            }
            period = Some(entry.period);
            table.push(&entry);
        }
        if period.is_some() {
            each(table.finish())?;
        }
        Ok(())
    }
}

/// A sum of `entry` as the nearest number, or why there is none.
pub(super) fn number(entry: &Entry, sum: i128, scale: u32) -> Datum {
    if entry.n > 0 {
        Datum::Number(decimal_to_f64(sum, scale))
    } else if entry.suppressed > 0 {
        Datum::Gap(Gap::Suppressed)
    } else {
        Datum::Gap(Gap::Missing)
    }
}

/// Columns of cells, filled cell by cell.
struct CellTable<'c> {
    cells: &'c Cells,
    columns: Vec<(&'static str, Values)>,
}

/// The columns that cells have, in their order.
pub const COLUMNS: [&str; 9] =
    ["region", "industry", "period", "n", "sum", "sum_sq", "max", "gaps", "suppressed"];

impl<'c> CellTable<'c> {
    fn new(cells: &'c Cells, wanted: &[&str]) -> CellTable<'c> {
        let by_period = cells.0.measured.by_period;
        let names = COLUMNS
            .into_iter()
            .filter(|name| wanted.contains(name) && (by_period || *name != "period"));
        let columns = names.map(|name| {
            let values = match name {
                "region" | "industry" => Values::Text(Vec::new()),
                "sum" | "sum_sq" | "max" => Values::Number(Vec::new()),
                _ => Values::Integer(Vec::new()),
            };
            (name, values)
        });
        CellTable { cells, columns: columns.collect() }
    }

    fn push(&mut self, entry: &Entry) {
        let scale = u32::from(self.cells.0.measured.scale);
        let number = |value: i128, scale: u32| number(entry, value, scale);
        for (name, values) in &mut self.columns {
            match values {
                Values::Text(texts) => texts.push(Some(match *name {
                    "region" => self.cells.0.regions[entry.region as usize].clone(),
                    _ => self.cells.0.industries[entry.industry as usize].clone(),
                })),
                Values::Number(numbers) => numbers.push(match *name {
                    "sum" => number(entry.sum, scale),
                    "max" => number(i128::from(entry.max), scale),
                    // An entry that was checked fits.
                    _ => number(entry.sum_sq.cast_signed(), 2 * scale),
                }),
                Values::Integer(integers) => integers.push(Some(match *name {
                    "period" => i64::from(entry.period),
                    "n" => i64::from(entry.n),
                    "gaps" => i64::from(entry.gaps),
                    _ => i64::from(entry.suppressed),
                })),
            }
        }
    }

    fn finish(self) -> Frame {
        let unit = &self.cells.0.measured.unit;
        let column = |(name, values): (&'static str, Values)| {
            let unit = match name {
                "sum" | "max" => unit.clone(),
                "sum_sq" if !unit.is_empty() => format!("{unit}²"),
                "n" | "gaps" | "suppressed" => "rows".to_owned(),
                _ => String::new(),
            };
            Column::new(name, unit, values)
        };
        Frame::new(self.columns.into_iter().map(column).collect()).unwrap_or_default()
    }
}
