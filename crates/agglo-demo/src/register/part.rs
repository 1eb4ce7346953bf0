//! One file of the register: the rows of some plants in one year, and what they add up to.

use std::io::{self, Write};

use agglo_core::Control;

use crate::error::DemoError;

use super::plan::RegisterFormat;
use super::world::{Row, World};
use super::{csv_rows, parquet_rows};

/// The part of the register that a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Index of the year.
    pub(super) t: usize,
    /// Number of the part within the year.
    pub(super) number: u64,
}

impl Part {
    /// Its file, relative to the folder.
    pub(super) fn path(self, world: &World) -> String {
        let plan = &world.plan;
        format!(
            "data/plants/year={}/part-{:04}.{}",
            plan.year(self.t),
            self.number,
            plan.format.extension()
        )
    }

    /// A name of its own for the files beside it.
    pub(super) fn name(self, world: &World) -> String {
        format!("{}-{:04}", world.plan.year(self.t), self.number)
    }
}

/// Rows handed to a file at once.
pub(super) const BATCH: usize = 16_384;

/// Takes the rows of a part.
pub(super) trait Rows {
    /// Writes some rows.
    fn write(&mut self, rows: &[Row]) -> io::Result<()>;
    /// Writes what is left and closes the file's own structure.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// Plants, jobs, output and value added, the last two in hundredths of a thousand crowns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) plants: u64,
    pub(super) jobs: u64,
    pub(super) output: u64,
    pub(super) value_added: u64,
}

impl Sums {
    #[inline]
    fn count(&mut self, row: &Row) {
        self.plants += 1;
        self.jobs += row.jobs as u64;
        self.output += row.output as u64;
        self.value_added += row.value_added as u64;
    }

    pub(super) fn add(&mut self, other: Sums) {
        self.plants += other.plants;
        self.jobs += other.jobs;
        self.output += other.output;
        self.value_added += other.value_added;
    }
}

/// A plant that moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Move {
    pub(super) plant: u64,
    pub(super) from: u16,
    pub(super) to: u16,
    pub(super) industry: u16,
    pub(super) jobs: u64,
}

/// What the rows of a part add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) regions: Vec<Sums>,
    pub(super) industries: Vec<Sums>,
    pub(super) moves: Vec<Move>,
}

impl Tally {
    pub(super) fn new(world: &World) -> Tally {
        Tally {
            regions: vec![Sums::default(); world.country.regions.len()],
            industries: vec![Sums::default(); world.industries.all.len()],
            moves: Vec::new(),
        }
    }

    #[inline]
    fn count(&mut self, row: &Row) {
        self.regions[usize::from(row.region)].count(row);
        self.industries[usize::from(row.industry)].count(row);
        if let (true, Some(from)) = (row.arrives, row.previous) {
            self.moves.push(Move {
                plant: row.plant as u64,
                from,
                to: row.region,
                industry: row.industry,
                jobs: row.jobs as u64,
            });
        }
    }

    /// All regions together.
    pub(super) fn total(&self) -> Sums {
        let mut total = Sums::default();
        self.regions.iter().for_each(|&sums| total.add(sums));
        total
    }

    /// One fact a line, closed by a line that a cut file lacks.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        for (what, list) in [("region", &self.regions), ("industry", &self.industries)] {
            for s in list {
                text.push_str(&format!(
                    "{what} {} {} {} {}\n",
                    s.plants, s.jobs, s.output, s.value_added
                ));
            }
        }
        for m in &self.moves {
            text.push_str(&format!(
                "move {} {} {} {} {}\n",
                m.plant, m.from, m.to, m.industry, m.jobs
            ));
        }
        text.push_str("end\n");
        text
    }

    /// The tally that [`Tally::to_text`] wrote, or `None` where the text is no such thing.
    pub(super) fn from_text(text: &str, world: &World) -> Option<Tally> {
        let mut tally = Tally::default();
        let mut ended = false;
        for line in text.lines() {
            let mut words = line.split(' ');
            let what = words.next()?;
            let numbers = words.map(str::parse::<u64>).collect::<Result<Vec<_>, _>>().ok()?;
            match (what, numbers.as_slice()) {
                ("region" | "industry", &[plants, jobs, output, value_added]) => {
                    let list = match what {
                        "region" => &mut tally.regions,
                        _ => &mut tally.industries,
                    };
                    list.push(Sums { plants, jobs, output, value_added });
                }
                ("move", &[plant, from, to, industry, jobs]) => tally.moves.push(Move {
                    plant,
                    from: from.try_into().ok()?,
                    to: to.try_into().ok()?,
                    industry: industry.try_into().ok()?,
                    jobs,
                }),
                ("end", &[]) => ended = true,
                _ => return None,
            }
        }
        let whole = tally.regions.len() == world.country.regions.len()
            && tally.industries.len() == world.industries.all.len();
        (ended && whole).then_some(tally)
    }
}

/// Writes the rows of `part` to `out` and adds them up; `step` is told of plants looked at.
pub(super) fn write<W: Write + Send + 'static>(
    world: &World,
    part: Part,
    out: W,
    step: &dyn Fn(u64) -> Result<(), DemoError>,
) -> Result<Tally, DemoError> {
    let failed = |source| DemoError::Write { path: part.path(world), source };
    let mut file: Box<dyn Rows> = match world.plan.format {
        RegisterFormat::Parquet => {
            Box::new(parquet_rows::ParquetRows::new(world, part.t, out).map_err(failed)?)
        }
        RegisterFormat::Csv => {
            Box::new(csv_rows::CsvRows::new(world, part.t, out).map_err(failed)?)
        }
    };
    let mut tally = Tally::new(world);
    let mut rows = Vec::with_capacity(BATCH);
    let mut plants = world.plan.plants_of_part(part.number);
    while !plants.is_empty() {
        let upto = (plants.start + BATCH as u64).min(plants.end);
        rows.clear();
        for k in plants.start..upto {
            if let Some(row) = world.row(k, part.t) {
                tally.count(&row);
                rows.push(row);
            }
        }
        file.write(&rows).map_err(failed)?;
        step(upto - plants.start)?;
        plants.start = upto;
    }
    file.finish().map_err(failed)?;
    Ok(tally)
}

/// Writes the file of one part of the register by itself, and answers how many rows it has: the
/// same bytes as in a whole run.
///
/// # Errors
/// As [`write_register`](super::write_register) for the plan, [`DemoError::NoPart`] where there is
/// no such part, [`DemoError::Write`] when `out` fails.
pub fn write_register_part<W: Write + Send + 'static>(
    plan: &super::RegisterPlan,
    year: i32,
    number: u64,
    out: W,
    control: &Control<'_>,
) -> Result<u64, DemoError> {
    plan.check()?;
    let t = usize::try_from(i64::from(year) - i64::from(plan.first_year)).ok();
    let Some(t) = t.filter(|&t| t < plan.n_years() && number < plan.parts_per_year()) else {
        return Err(DemoError::NoPart { year, number });
    };
    let step = |_| control.step(0, plan.plants).map_err(|_| DemoError::Cancelled);
    write(&World::new(plan), Part { t, number }, out, &step).map(|tally| tally.total().plants)
}
