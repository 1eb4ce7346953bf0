//! A register of plants of any size, drawn as a stream.
//!
//! Each plant's life is a function of the seed and its number, so any file can be written alone, on
//! any thread, in the same bytes, and memory does not grow with the plants: a writer holds one row
//! group, and beside it stand the sums by region and by industry.
//!
//! | for                                      | look at                    |
//! |------------------------------------------|----------------------------|
//! | how large, when, which seed, which files | [`RegisterPlan`]           |
//! | the whole folder, with its study file    | [`write_register`]         |
//! | one file alone                           | [`write_register_part`]    |
//!
//! Columns are those of the canonical table `plant`; `period` is called `year`. A plant that moved
//! says from where; `closed_year` is known from the start, and empty while open.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use agglo_core::Control;

use crate::error::DemoError;
use crate::sink::{Sink, Table, cells, put};

mod country;
mod csv_rows;
mod folder;
mod industries;
mod names;
mod parquet_rows;
mod part;
mod plan;
mod random;
mod study;
mod tables;
mod truth;
mod world;

pub use part::write_register_part;
pub use plan::{RegisterFormat, RegisterPlan};

use folder::Work;
use part::{Part, Sums};
use world::World;

/// Columns of the register, in the order of the file.
const COLUMNS: [&str; 14] = [
    "plant",
    "parent_id",
    "year",
    "region",
    "industry",
    "employment",
    "output",
    "value_added",
    "x_km",
    "y_km",
    "opened_year",
    "closed_year",
    "previous_region",
    "origin",
];

/// What the column `origin` says of a plant that has not moved, and of one that has.
const ORIGINS: [&str; 2] = ["local", "transferred"];

/// What a run has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegisterSummary {
    /// Establishment-years, in this run and in an earlier one that it continued.
    pub rows: u64,
    /// Files that hold them.
    pub files: u64,
    /// Files that an earlier run had finished.
    pub kept: u64,
}

/// Where plants went: from, to and industry, with how many and their jobs.
type Flows = BTreeMap<(u16, u16, u16), (u64, u64)>;

/// The exact sums of the whole register, hundredths of a thousand crowns where money.
struct Totals {
    /// By year and region.
    regions: Vec<Vec<Sums>>,
    /// By year and industry.
    industries: Vec<Vec<Sums>>,
    flows: Flows,
}

impl Totals {
    fn year(&self, t: usize) -> Sums {
        let mut total = Sums::default();
        self.regions[t].iter().for_each(|&sums| total.add(sums));
        total
    }
}

/// Writes a register below `dir`, with small tables, a study file and `truth.json`.
///
/// `threads` is how many files are written at once, all cores when 0; the bytes do not depend on
/// it. `control` counts plants looked at in each year, plants × years in all. Memory: some 20 MB
/// for each thread, and 32 bytes for each year and region or industry. Time: some microseconds for
/// a row and thread.
///
/// A folder that a killed run of the same plan left is continued, file by file.
///
/// # Errors
/// [`DemoError::PlanTooSmall`], [`DemoError::PlanTooLarge`] and [`DemoError::YearsOutOfRange`]
/// before anything is written; [`DemoError::NotEmpty`], [`DemoError::OtherRun`] and
/// [`DemoError::InUse`] where `dir` is not free; [`DemoError::Write`] when a file cannot be;
/// [`DemoError::Cancelled`] when `control` says so.
pub fn write_register(
    plan: &RegisterPlan,
    dir: &Path,
    threads: usize,
    control: &Control<'_>,
) -> Result<RegisterSummary, DemoError> {
    plan.check()?;
    let work = Work::open(dir, &plan.settings())?;
    let world = World::new(plan);
    let parts: Vec<Part> = (0..plan.n_years())
        .flat_map(|t| (0..plan.parts_per_year()).map(move |number| Part { t, number }))
        .collect();
    let kept = draw(&world, &parts, &work, threads, control)?;
    let mut stage = work.stage()?;
    let totals = add_up(&world, &parts, &work, &mut stage)?;
    let clusters = tables::write(&world, &totals, &mut stage)?;
    put(&mut stage, study::FILE, study::text(&world).as_bytes())?;
    put(&mut stage, truth::FILE, truth::text(&world, &totals, &clusters).as_bytes())?;
    work.finish(truth::FILE)?;
    let rows = (0..plan.n_years()).map(|t| totals.year(t).plants).sum();
    Ok(RegisterSummary { rows, files: parts.len() as u64, kept })
}

/// Writes the parts that are not finished yet, and answers how many were.
fn draw(
    world: &World,
    parts: &[Part],
    work: &Work,
    threads: usize,
    control: &Control<'_>,
) -> Result<u64, DemoError> {
    let threads = match threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        n => n,
    };
    let (next, kept) = (AtomicUsize::new(0), AtomicU64::new(0));
    let (done, total) = (AtomicU64::new(0), world.plan.plants * u64::from(world.plan.years));
    let stop = AtomicBool::new(false);
    let failure = OnceLock::new();
    let step = |plants: u64| {
        if stop.load(Ordering::Relaxed) {
            return Err(DemoError::Cancelled);
        }
        let done = done.fetch_add(plants, Ordering::Relaxed) + plants;
        control.step(done, total).map_err(|_| DemoError::Cancelled)
    };
    let run = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(&part) = parts.get(at) else { return };
            let outcome = if work.finished(part, world).is_some() {
                kept.fetch_add(1, Ordering::Relaxed);
                let plants = world.plan.plants_of_part(part.number);
                step(plants.end - plants.start)
            } else {
                work.write(part, world, &step)
            };
            if let Err(error) = outcome {
                // Only the first counts: the others are cancelled because of it.
                let _ = failure.set(error);
                stop.store(true, Ordering::Relaxed);
                return;
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(parts.len()) {
            scope.spawn(run);
        }
        run();
    });
    match failure.into_inner() {
        Some(error) => Err(error),
        None => Ok(kept.into_inner()),
    }
}

/// Adds the parts up, one at a time, and writes the moves in their order.
fn add_up(
    world: &World,
    parts: &[Part],
    work: &Work,
    sink: &mut dyn Sink,
) -> Result<Totals, DemoError> {
    let mut moves = Table::create(
        sink,
        "data/relocations.csv",
        &["firm", "year", "from", "to", "industry", "employment"],
    )?;
    let years = world.plan.n_years();
    let mut totals = Totals {
        regions: vec![vec![Sums::default(); world.country.regions.len()]; years],
        industries: vec![vec![Sums::default(); world.industries.all.len()]; years],
        flows: Flows::new(),
    };
    for &part in parts {
        let tally = work.tally(part, world).ok_or_else(|| DemoError::Write {
            path: part.path(world),
            source: std::io::Error::other("its sums have gone while the run was at work"),
        })?;
        let add = |into: &mut [Sums], from: &[Sums]| {
            into.iter_mut().zip(from).for_each(|(sums, &more)| sums.add(more));
        };
        add(&mut totals.regions[part.t], &tally.regions);
        add(&mut totals.industries[part.t], &tally.industries);
        for m in &tally.moves {
            let region = |r: u16| &world.country.regions[usize::from(r)].code;
            moves.row(cells![
                m.plant,
                world.plan.year(part.t),
                region(m.from),
                region(m.to),
                world.industries.all[usize::from(m.industry)].code,
                m.jobs
            ])?;
            let (plants, jobs) = totals.flows.entry((m.from, m.to, m.industry)).or_default();
            *plants += 1;
            *jobs += m.jobs;
        }
    }
    moves.finish()?;
    Ok(totals)
}

#[cfg(test)]
mod tests;
