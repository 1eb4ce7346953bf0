//! All that a scan of a register answers.

use std::path::{Path, PathBuf};

use agglo_core::Frame;

use super::cells::Cells;
use super::engine_error;
use super::entry::Entry;
use super::job::Job;
use super::lens::Kind;
use super::run::Findings;
use super::sheet::Sheet;
use super::statistic::Statistic;
use super::tables;
use super::top::Top;
use crate::diagnostic::DataError;

/// The cells of a register, or a part of one, and the further statistics that were asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reduced {
    /// The sums by region, industry and period.
    pub cells: Cells,
    further: Vec<(Statistic, Groups)>,
}

/// A statistic and its groups in every part.
type Gathered = (Statistic, Vec<Sheet<Entry>>, Vec<Sheet<Top>>);

#[derive(Clone, Debug, PartialEq)]
enum Groups {
    Sums(Sheet<Entry>),
    Tops(Sheet<Top>),
}

impl Reduced {
    /// What all threads found of `part`.
    pub(super) fn of(found: &mut [Findings], part: usize, job: &Job) -> Reduced {
        let measured = &job.measured;
        let cells = Sheet::of(found.iter_mut().map(|one| &mut one.cells), part, measured);
        let further = job.further.iter().enumerate().map(|(at, further)| {
            let kinds = found.iter_mut().map(|one| &mut one.further[at].kind);
            let groups = if further.is_top() {
                let tops = kinds.filter_map(|kind| match kind {
                    Kind::Tops(all) => Some(&mut all.found),
                    Kind::Sums(_) => None,
                });
                Groups::Tops(Sheet::of(tops, part, measured))
            } else {
                let sums = kinds.filter_map(|kind| match kind {
                    Kind::Sums(all) => Some(&mut all.found),
                    Kind::Tops(_) => None,
                });
                Groups::Sums(Sheet::of(sums, part, measured))
            };
            (further.statistic.clone(), groups)
        });
        let further = further.collect();
        Reduced { cells: Cells(cells), further }
    }

    /// Several parts, of which the same was asked, as one. Cost: nothing per group.
    pub fn joined(parts: Vec<Reduced>) -> Reduced {
        let mut cells = Vec::new();
        let mut further: Vec<Gathered> = Vec::new();
        for part in parts {
            cells.push(part.cells);
            for (at, (statistic, groups)) in part.further.into_iter().enumerate() {
                if further.len() == at {
                    further.push((statistic, Vec::new(), Vec::new()));
                }
                match groups {
                    Groups::Sums(sums) => further[at].1.push(sums),
                    Groups::Tops(tops) => further[at].2.push(tops),
                }
            }
        }
        let further = further.into_iter().map(|(statistic, sums, tops)| {
            let groups = match statistic {
                Statistic::TopUnits => Groups::Tops(Sheet::joined(tops)),
                _ => Groups::Sums(Sheet::joined(sums)),
            };
            (statistic, groups)
        });
        Reduced { cells: Cells::joined(cells), further: further.collect() }
    }

    /// Every further statistic as the canonical table that it [becomes](Statistic::table).
    ///
    /// Cost: 16 bytes for each row and column.
    ///
    /// # Errors
    /// When a sum does not fit into 38 digits, or what was set down cannot be read.
    pub fn tables(&self) -> Result<Vec<(&'static str, Frame)>, DataError> {
        let table = |(statistic, groups): &(Statistic, Groups)| {
            let frame = match groups {
                Groups::Sums(sums) => tables::sums(statistic, sums),
                Groups::Tops(tops) => tables::tops(tops, &self.cells),
            };
            Ok((statistic.table(), frame.map_err(|error| engine_error(&error))?))
        };
        self.further.iter().map(table).collect()
    }

    /// Writes all groups to Parquet files in `folder` whose names begin with `stem`; the same groups give the
    /// same bytes.
    ///
    /// # Errors
    /// When a sum does not fit into 38 digits, or a file cannot be written.
    pub fn write(&self, folder: &Path, stem: &str) -> Result<(), DataError> {
        for (statistic, groups) in &self.further {
            let path = file(folder, stem, Some(statistic));
            match groups {
                Groups::Sums(sums) => sums.write(&path)?,
                Groups::Tops(tops) => tops.write(&path)?,
            }
        }
        self.cells.0.write(&file(folder, stem, None))
    }

    /// Reads what [`write`](Reduced::write) wrote; `None` where that cannot be had.
    pub fn read(folder: &Path, stem: &str, statistics: &[Statistic]) -> Option<Reduced> {
        let groups = |statistic: &Statistic| {
            let path = file(folder, stem, Some(statistic));
            let groups = match statistic {
                Statistic::TopUnits => Groups::Tops(Sheet::read(&path)?),
                _ => Groups::Sums(Sheet::read(&path)?),
            };
            Some((statistic.clone(), groups))
        };
        let further = statistics.iter().map(groups).collect::<Option<_>>()?;
        Some(Reduced { cells: Cells(Sheet::read(&file(folder, stem, None))?), further })
    }
}

fn file(folder: &Path, stem: &str, statistic: Option<&Statistic>) -> PathBuf {
    let name = statistic.map_or("cells", Statistic::id);
    folder.join(format!("{stem}.{name}.parquet"))
}
