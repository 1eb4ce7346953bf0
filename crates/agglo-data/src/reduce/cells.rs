//! Exact cells: runs of entries in the order of their places, merged whenever they are looked at.

use std::cmp::Reverse;
use std::collections::binary_heap::{BinaryHeap, PeekMut};
use std::sync::Arc;

use agglo_core::{Axis, Column, Datum, Frame, Gap, Key, Panel, Values};
use datafusion::common::DataFusionError;

use super::engine_error;
use super::entry::{Entry, Place, decimal_to_f64};
use super::job::Measured;
use super::spill::{Cursor, Entries};
use crate::diagnostic::DataError;
use crate::intern::Interner;

/// The groups of a register's rows, in the order of period, region and industry; their sums are exact.
///
/// Memory: 64 bytes for each group of each piece of the rows, on the disk where the engine's memory was short.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    pub(super) regions: Vec<Key>,
    pub(super) industries: Vec<Key>,
    runs: Vec<Run>,
    pub(super) measured: Measured,
    n_rows: u64,
}

/// Entries in order, whose codes are numbers of their own.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) entries: Arc<Entries>,
    /// The place among the cells' regions of each region here.
    pub(super) regions: Arc<[u32]>,
    /// The place among the cells' industries of each industry here.
    pub(super) industries: Arc<[u32]>,
}

/// What one thread found: texts as they came, and its runs.
#[derive(Default)]
pub(super) struct Found {
    pub(super) regions: Interner,
    pub(super) industries: Interner,
    pub(super) runs: Vec<FoundRun>,
}

/// A run of one part.
pub(super) struct FoundRun {
    pub(super) part: usize,
    pub(super) entries: Entries,
    pub(super) about: About,
}

/// What is known of a run without reading it.
#[derive(Default)]
pub(super) struct About {
    /// The numbers of its regions and industries, once each.
    regions: Vec<u32>,
    industries: Vec<u32>,
    n_rows: u64,
}

impl About {
    pub(super) fn of(entries: &[Entry]) -> About {
        let mut about = About::default();
        let (mut regions, mut industries) = (Vec::new(), Vec::new());
        let mark = |seen: &mut Vec<bool>, list: &mut Vec<u32>, code: u32| {
            if seen.len() <= code as usize {
                seen.resize(code as usize + 1, false);
            }
            if !std::mem::replace(&mut seen[code as usize], true) {
                list.push(code);
            }
        };
        for entry in entries {
            mark(&mut regions, &mut about.regions, entry.region);
            mark(&mut industries, &mut about.industries, entry.industry);
            about.n_rows += u64::from(entry.n) + u64::from(entry.gaps);
        }
        about
    }
}

impl Cells {
    /// The cells of `part` in what all threads found.
    pub(super) fn of(found: &mut [Found], part: usize, measured: &Measured) -> Cells {
        let mut cells = Cells { measured: measured.clone(), ..Cells::default() };
        let (mut regions, mut industries, mut runs) = (Vec::new(), Vec::new(), Vec::new());
        for one in found {
            let texts = |texts: &Interner, codes: &[u32]| -> Vec<(u32, Key)> {
                codes.iter().filter_map(|&code| Some((code, texts.text(code)?.clone()))).collect()
            };
            for run in one.runs.extract_if(.., |run| run.part == part) {
                regions.push(texts(&one.regions, &run.about.regions));
                industries.push(texts(&one.industries, &run.about.industries));
                cells.n_rows += run.about.n_rows;
                runs.push(Arc::new(run.entries));
            }
        }
        let (regions, industries) = (ranked(&regions), ranked(&industries));
        let places = regions.1.into_iter().zip(industries.1);
        (cells.regions, cells.industries) = (regions.0, industries.0);
        let run = |(entries, (regions, industries))| Run { entries, regions, industries };
        cells.runs = runs.into_iter().zip(places).map(run).collect();
        cells
    }

    /// Cells whose entries are in order already.
    pub(super) fn of_entries(
        regions: Interner,
        industries: Interner,
        entries: Vec<Entry>,
        measured: &Measured,
    ) -> Cells {
        let about = About::of(&entries);
        let runs = vec![FoundRun { part: 0, entries: Entries::Memory(entries), about }];
        Cells::of(&mut [Found { regions, industries, runs }], 0, measured)
    }

    /// Rows counted in them, those without a number included.
    pub fn n_rows(&self) -> u64 {
        self.n_rows
    }

    /// The cells of several parts as one. Cost: nothing per cell.
    pub fn joined(parts: Vec<Cells>) -> Cells {
        let measured = parts.first().map(|part| part.measured.clone()).unwrap_or_default();
        let numbered = |codes: &[Key]| -> Vec<(u32, Key)> {
            codes.iter().enumerate().map(|(at, code)| (at as u32, code.clone())).collect()
        };
        let regions = parts.iter().map(|part| numbered(&part.regions)).collect::<Vec<_>>();
        let industries = parts.iter().map(|part| numbered(&part.industries)).collect::<Vec<_>>();
        let (regions, industries) = (ranked(&regions), ranked(&industries));
        let n_rows = parts.iter().map(Cells::n_rows).sum();
        let through = |first: &[u32], then: &[u32]| -> Arc<[u32]> {
            first.iter().map(|&at| then.get(at as usize).copied().unwrap_or(UNUSED)).collect()
        };
        let runs = parts.into_iter().enumerate().flat_map(|(at, part)| {
            let (regions, industries) = (regions.1[at].clone(), industries.1[at].clone());
            part.runs.into_iter().map(move |run| Run {
                entries: run.entries,
                regions: through(&run.regions, &regions),
                industries: through(&run.industries, &industries),
            })
        });
        Cells {
            runs: runs.collect(),
            regions: regions.0,
            industries: industries.0,
            measured,
            n_rows,
        }
    }

    /// Every cell, its codes by their place in [`Cells::regions`] and [`Cells::industries`].
    pub(super) fn entries(&self) -> Result<Merge<'_>, DataFusionError> {
        Merge::new(&self.runs)
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
            let mut entries = self.entries()?;
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
        let (regions, industries) = (axis(&self.regions), axis(&self.industries));
        let empty = || vec![Datum::Number(0.0); self.regions.len() * self.industries.len()];
        let (unit, scale) = (&self.measured.unit, u32::from(self.measured.scale));
        let of = |period: i32, cells: Vec<Datum>| {
            Panel::of_period(unit, regions.clone(), industries.clone(), period, cells)
        };
        let mut entries = self.entries().map_err(failed)?;
        let mut now: Option<(i32, Vec<Datum>)> = None;
        while let Some(entry) = entries.next().map_err(failed)? {
            if now.as_ref().is_some_and(|(period, _)| *period != entry.period)
                && let Some((period, cells)) = now.take()
            {
                each(of(period, cells))?;
            }
            let (_, cells) = now.get_or_insert_with(|| (entry.period, empty()));
            let at = entry.region as usize * self.industries.len() + entry.industry as usize;
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
        let mut entries = self.entries().map_err(failed)?;
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

impl PartialEq for Cells {
    fn eq(&self, other: &Cells) -> bool {
        let same = || -> Result<bool, DataFusionError> {
            let (mut one, mut two) = (self.entries()?, other.entries()?);
            loop {
                let (a, b) = match (one.next()?, two.next()?) {
                    (Some(a), Some(b)) => (a, b),
                    (a, b) => return Ok(a.is_none() && b.is_none()),
                };
                let codes = |cells: &Cells, entry: &Entry| {
                    let region = cells.regions[entry.region as usize].clone();
                    (region, cells.industries[entry.industry as usize].clone())
                };
                let place = (a.period, 0, 0);
                if a.at(place) != b.at(place) || codes(self, &a) != codes(other, &b) {
                    return Ok(false);
                }
            }
        };
        self.measured == other.measured && same().unwrap_or(false)
    }
}

/// The place of a number that no entry has.
const UNUSED: u32 = u32::MAX;

/// All texts in order, and for each list the places there of its numbers.
fn ranked(lists: &[Vec<(u32, Key)>]) -> (Vec<Key>, Vec<Arc<[u32]>>) {
    let mut all = Interner::default();
    for (_, text) in lists.iter().flatten() {
        all.place(text);
    }
    let places = all.ranks();
    let rank = |list: &Vec<(u32, Key)>| -> Arc<[u32]> {
        let n = list.iter().map(|(code, _)| *code as usize + 1).max().unwrap_or(0);
        let mut ranks = vec![UNUSED; n];
        for (code, text) in list {
            ranks[*code as usize] = all.find(text).map_or(UNUSED, |at| places[at as usize]);
        }
        ranks.into()
    };
    let ranks = lists.iter().map(rank).collect();
    (all.sorted().0, ranks)
}

/// Runs read side by side, entries of one place joined.
pub(super) struct Merge<'c> {
    runs: Vec<(Cursor<'c>, &'c Run)>,
    heads: BinaryHeap<Reverse<(Place, usize)>>,
    /// The entry of each run that its place in `heads` stands for.
    entries: Vec<Entry>,
}

impl<'c> Merge<'c> {
    fn new(runs: &'c [Run]) -> Result<Merge<'c>, DataFusionError> {
        let mut merge = Merge { runs: Vec::new(), heads: BinaryHeap::new(), entries: Vec::new() };
        for run in runs {
            let mut cursor = run.entries.cursor()?;
            if let Some(entry) = run.next(&mut cursor)? {
                merge.heads.push(Reverse((entry.place(), merge.runs.len())));
                merge.entries.push(entry);
                merge.runs.push((cursor, run));
            }
        }
        Ok(merge)
    }

    pub(super) fn next(&mut self) -> Result<Option<Entry>, DataFusionError> {
        let mut found: Option<Entry> = None;
        loop {
            let Some(mut head) = self.heads.peek_mut() else { break };
            let Reverse((place, at)) = *head;
            match &mut found {
                None => found = Some(self.entries[at]),
                Some(entry) if entry.place() == place => entry.join(&self.entries[at])?,
                Some(_) => break,
            }
            let (cursor, run) = &mut self.runs[at];
            match run.next(cursor)? {
                Some(entry) => {
                    *head = Reverse((entry.place(), at));
                    self.entries[at] = entry;
                }
                None => {
                    PeekMut::pop(head);
                }
            }
        }
        found.map(Entry::checked).transpose()
    }
}

impl Run {
    fn next(&self, cursor: &mut Cursor<'_>) -> Result<Option<Entry>, DataFusionError> {
        let ranked = |entry: Entry| {
            let (period, region, industry) = entry.place();
            let (region, industry) =
                (self.regions[region as usize], self.industries[industry as usize]);
            entry.at((period, region, industry))
        };
        Ok(cursor.next()?.map(ranked))
    }
}

/// A sum of `entry` as the nearest number, or why there is none.
fn number(entry: &Entry, sum: i128, scale: u32) -> Datum {
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
        let by_period = cells.measured.by_period;
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
        let scale = u32::from(self.cells.measured.scale);
        let number = |value: i128, scale: u32| number(entry, value, scale);
        for (name, values) in &mut self.columns {
            match values {
                Values::Text(texts) => texts.push(Some(match *name {
                    "region" => self.cells.regions[entry.region as usize].clone(),
                    _ => self.cells.industries[entry.industry as usize].clone(),
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
        let unit = &self.cells.measured.unit;
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
