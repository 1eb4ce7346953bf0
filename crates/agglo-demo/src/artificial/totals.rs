//! Whole-number totals over the plants, and the tables made of them.

use crate::error::DemoError;
use crate::sink::{Sink, Table, cells};

use super::geography::{Group, REGIONS};
use super::industries::INDUSTRIES;
use super::plan::Plan;

/// One region × industry × year.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cell {
    pub(super) jobs: u64,
    pub(super) output: u64,
    pub(super) value_added: u64,
    pub(super) plants: u64,
}

/// Lower and upper bound of the size classes; the last one is open.
const CLASSES: [(u64, Option<u64>); 7] = [
    (1, Some(9)),
    (10, Some(19)),
    (20, Some(49)),
    (50, Some(99)),
    (100, Some(249)),
    (250, Some(999)),
    (1000, None),
];

/// Sums of integers, so that no order of adding changes them.
pub(super) struct Totals {
    shape: (usize, usize, usize),
    cells: Vec<Cell>,
    /// Plants and jobs of each industry × year × size class.
    classes: Vec<(u64, u64)>,
}

impl Totals {
    pub(super) fn new(regions: usize, industries: usize, years: usize) -> Totals {
        Totals {
            shape: (regions, industries, years),
            cells: vec![Cell::default(); regions * industries * years],
            classes: vec![(0, 0); industries * years * CLASSES.len()],
        }
    }

    pub(super) fn add(
        &mut self,
        r: usize,
        i: usize,
        t: usize,
        jobs: u64,
        output: u64,
        value_added: u64,
    ) {
        let at = self.at(r, i, t);
        let cell = &mut self.cells[at];
        cell.jobs += jobs;
        cell.output += output;
        cell.value_added += value_added;
        cell.plants += 1;
        let class = CLASSES.iter().rposition(|&(lower, _)| jobs >= lower).unwrap_or(0);
        let (_, _, years) = self.shape;
        let (plants, in_class) = &mut self.classes[(i * years + t) * CLASSES.len() + class];
        *plants += 1;
        *in_class += jobs;
    }

    fn at(&self, r: usize, i: usize, t: usize) -> usize {
        let (_, industries, years) = self.shape;
        (r * industries + i) * years + t
    }

    pub(super) fn cell(&self, r: usize, i: usize, t: usize) -> Cell {
        self.cells[self.at(r, i, t)]
    }

    /// All industries of a region.
    pub(super) fn region(&self, r: usize, t: usize) -> Cell {
        add_up((0..self.shape.1).map(|i| self.cell(r, i, t)))
    }

    /// All regions of an industry.
    pub(super) fn industry(&self, i: usize, t: usize) -> Cell {
        add_up((0..self.shape.0).map(|r| self.cell(r, i, t)))
    }

    /// Research of a region's industry, thousand crowns: the industry's rate times the region's
    /// level.
    pub(super) fn research(&self, r: usize, i: usize, t: usize) -> u64 {
        let rate = INDUSTRIES[i].research_basis_points() * innovation_percent(REGIONS[r].group);
        self.cell(r, i, t).output * rate / 1_000_000
    }

    pub(super) fn write(&self, plan: &Plan, sink: &mut dyn Sink) -> Result<(), DemoError> {
        let mut activity = Table::create(
            sink,
            "data/activity.csv",
            &[
                "region",
                "industry",
                "year",
                "employment",
                "output",
                "value_added",
                "plants",
                "fixed_assets",
                "rd_expenditure",
            ],
        )?;
        let mut classes = Table::create(
            sink,
            "data/size_classes.csv",
            &["industry", "year", "class", "lower", "upper", "plants", "employment"],
        )?;
        let (_, _, years) = self.shape;
        for t in 0..years {
            for (r, region) in REGIONS.iter().enumerate() {
                for (i, industry) in INDUSTRIES.iter().enumerate() {
                    let cell = self.cell(r, i, t);
                    activity.row(cells![
                        region.code,
                        industry.code,
                        plan.year(t),
                        cell.jobs,
                        cell.output,
                        cell.value_added,
                        cell.plants,
                        cell.jobs * industry.assets_per_job(),
                        self.research(r, i, t)
                    ])?;
                }
            }
            for (i, industry) in INDUSTRIES.iter().enumerate() {
                for (c, (lower, upper)) in CLASSES.iter().enumerate() {
                    let (plants, jobs) = self.classes[(i * years + t) * CLASSES.len() + c];
                    let upper = upper.map_or(String::new(), |upper| upper.to_string());
                    classes.row(cells![
                        industry.code,
                        plan.year(t),
                        c + 1,
                        lower,
                        upper,
                        plants,
                        jobs
                    ])?;
                }
            }
        }
        activity.finish()?;
        classes.finish()
    }
}

fn add_up(cells: impl Iterator<Item = Cell>) -> Cell {
    cells.fold(Cell::default(), |sum, cell| Cell {
        jobs: sum.jobs + cell.jobs,
        output: sum.output + cell.output,
        value_added: sum.value_added + cell.value_added,
        plants: sum.plants + cell.plants,
    })
}

/// Innovation of a group's regions, percent of the industry's ordinary level.
pub(super) const fn innovation_percent(group: Group) -> u64 {
    match group {
        Group::Coast => 130,
        Group::North => 100,
        Group::Heart => 80,
        Group::West => 40,
    }
}
