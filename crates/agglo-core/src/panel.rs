//! Regions × industries × periods of one measure, with a gap wherever there is no number.

use std::sync::Arc;

use crate::Period;
use crate::activity::{Activity, Completed, GapPolicy};
use crate::axis::Axis;
use crate::frame::{Column, Frame, FrameError, Key};
use crate::gap::{Datum, Gap};

/// What a cell is that the long table does not list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Absent {
    /// Not known.
    #[default]
    Missing,
    /// Zero: the source lists only what is there.
    Zero,
}

/// What is wrong with the cells of a panel.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PanelError {
    /// The table lacks a column or has the wrong kind in it.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// Two rows with the same key.
    #[error(
        "two rows for region `{region}`, industry `{industry}`, period {period} \
         (rows {first} and {second} of the data)"
    )]
    Duplicate {
        /// The region.
        region: Key,
        /// The industry.
        industry: Key,
        /// The period.
        period: Period,
        /// The earlier row, counted from 1.
        first: usize,
        /// The later row, counted from 1.
        second: usize,
    },
    /// A gap where the policy allows none.
    #[error(
        "{n_gaps} cells hold no number in period {period}; the first is region `{region}`, \
         industry `{industry}`: {reason}"
    )]
    Gaps {
        /// How many.
        n_gaps: usize,
        /// The period.
        period: Period,
        /// The first region concerned.
        region: Key,
        /// The first industry concerned.
        industry: Key,
        /// Why its cell is empty.
        reason: &'static str,
    },
    /// A negative value where shares are to be formed.
    #[error(
        "the value of region `{region}`, industry `{industry}`, period {period} is {value}, \
         and shares need values of zero or more"
    )]
    Negative {
        /// The region.
        region: Key,
        /// The industry.
        industry: Key,
        /// The period.
        period: Period,
        /// The value.
        value: f64,
    },
    /// No such period.
    #[error("there is no period {period}; the table covers {first} to {last}")]
    NoPeriod {
        /// The period asked for.
        period: Period,
        /// The first there is.
        first: Period,
        /// The last there is.
        last: Period,
    },
    /// No rows.
    #[error("the table has no rows")]
    Empty,
}

/// Regions × industries × periods of one measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    unit: String,
    regions: Arc<Axis>,
    industries: Arc<Axis>,
    periods: Vec<Period>,
    /// Period-major, then region, then industry.
    cells: Vec<Datum>,
}

/// The code of the only industry of a table without an industry column.
const ALL_INDUSTRIES: &str = "total";

impl Panel {
    /// The panel in the columns `region`, `industry` (optional), `period` (optional) and `value`.
    ///
    /// Cost: O(n log n) in the rows, one [`Datum`] per region × industry × period.
    ///
    /// # Errors
    /// [`PanelError::Duplicate`] for two rows with one key, [`PanelError::Empty`], and
    /// [`PanelError::Frame`] where a column is missing or of the wrong kind.
    pub fn from_frame(frame: &Frame, absent: Absent) -> Result<Panel, PanelError> {
        let n_rows = frame.n_rows();
        let (regions, region) = frame.coded("region")?.into_parts();
        let (industries, industry) = if frame.has("industry") {
            frame.coded("industry")?.into_parts()
        } else {
            (vec![Key::from(ALL_INDUSTRIES)], vec![0; n_rows])
        };
        let period: Vec<i64> =
            if frame.has("period") { frame.integers("period")? } else { vec![0; n_rows] };
        let value = frame.numbers("value")?;
        if value.is_empty() {
            return Err(PanelError::Empty);
        }
        let mut periods: Vec<Period> = Vec::new();
        for &p in &period {
            if periods.last() != Some(&(p as Period)) {
                periods.push(p as Period);
            }
        }
        periods.sort_unstable();
        periods.dedup();

        let n_cells = periods.len() * regions.len() * industries.len();
        let mut rows = vec![usize::MAX; n_cells];
        let fill = match absent {
            Absent::Missing => Datum::Gap(Gap::Missing),
            Absent::Zero => Datum::Number(0.0),
        };
        let mut cells = vec![fill; n_cells];
        for row in 0..n_rows {
            let period_idx = periods.partition_point(|&p| i64::from(p) < period[row]);
            let (region_idx, industry_idx) = (region[row] as usize, industry[row] as usize);
            let place = (period_idx * regions.len() + region_idx) * industries.len() + industry_idx;
            if rows[place] != usize::MAX {
                return Err(PanelError::Duplicate {
                    region: regions[region_idx].clone(),
                    industry: industries[industry_idx].clone(),
                    period: periods[period_idx],
                    first: rows[place] + 1,
                    second: row + 1,
                });
            }
            rows[place] = row;
            cells[place] = value[row];
        }
        Ok(Panel {
            unit: frame.column("value")?.unit().to_owned(),
            regions: Arc::new(Axis::new(regions)),
            industries: Arc::new(Axis::new(industries)),
            periods,
            cells,
        })
    }

    /// A panel of one period; `cells` by region, then industry.
    ///
    /// # Panics
    /// When there is not one cell for every region and industry.
    pub fn of_period(
        unit: &str,
        regions: Arc<Axis>,
        industries: Arc<Axis>,
        period: Period,
        cells: Vec<Datum>,
    ) -> Panel {
        assert_eq!(
            cells.len(),
            regions.len() * industries.len(),
            "one cell per region and industry"
        );
        Panel { unit: unit.to_owned(), regions, industries, periods: vec![period], cells }
    }

    /// Panels over the same regions and industries as one, in the order of their periods, which are distinct.
    ///
    /// # Panics
    /// When their regions or industries differ.
    pub fn stacked(mut panels: Vec<Panel>) -> Panel {
        panels.sort_by(|one, other| one.periods.cmp(&other.periods));
        let mut panels = panels.into_iter();
        let Some(mut all) = panels.next() else {
            let none = Arc::new(Axis::new(Vec::<Arc<str>>::new()));
            let (regions, industries) = (none.clone(), none);
            return Panel {
                unit: String::new(),
                regions,
                industries,
                periods: vec![],
                cells: vec![],
            };
        };
        for panel in panels {
            assert!(
                all.regions == panel.regions && all.industries == panel.industries,
                "panels of the same regions and industries"
            );
            all.periods.extend(panel.periods);
            all.cells.extend(panel.cells);
        }
        all
    }

    /// The panel as a long table `region, industry, period, value`.
    pub fn to_frame(&self) -> Frame {
        let n_cells = self.cells.len();
        let mut region = Vec::with_capacity(n_cells);
        let mut industry = Vec::with_capacity(n_cells);
        let mut period = Vec::with_capacity(n_cells);
        for &p in &self.periods {
            for r in self.regions.codes() {
                for i in self.industries.codes() {
                    region.push(r.clone());
                    industry.push(i.clone());
                    period.push(i64::from(p));
                }
            }
        }
        Frame::new(vec![
            Column::text("region", region),
            Column::text("industry", industry),
            Column::integer("period", "", period),
            Column::number("value", self.unit.clone(), self.cells.iter().copied()),
        ])
        .unwrap_or_default()
    }

    /// The unit of the values.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// The regions.
    pub fn regions(&self) -> &Arc<Axis> {
        &self.regions
    }

    /// The industries.
    pub fn industries(&self) -> &Arc<Axis> {
        &self.industries
    }

    /// The periods in order.
    pub fn periods(&self) -> &[Period] {
        &self.periods
    }

    /// One cell, by place.
    pub fn cell(&self, period_idx: usize, region_idx: usize, industry_idx: usize) -> Datum {
        self.cells
            [(period_idx * self.regions.len() + region_idx) * self.industries.len() + industry_idx]
    }

    /// The place of `period`.
    ///
    /// # Errors
    /// [`PanelError::NoPeriod`].
    pub fn period_idx(&self, period: Period) -> Result<usize, PanelError> {
        self.periods.binary_search(&period).map_err(|_| PanelError::NoPeriod {
            period,
            first: self.periods.first().copied().unwrap_or_default(),
            last: self.periods.last().copied().unwrap_or_default(),
        })
    }

    /// The same panel without the periods that hold a gap, and those periods.
    pub fn gapless(&self) -> (Panel, Vec<Period>) {
        let width = self.regions.len() * self.industries.len();
        let whole = |cells: &[Datum]| cells.iter().all(|cell| cell.number().is_some());
        let (mut kept, mut dropped, mut cells) = (Vec::new(), Vec::new(), Vec::new());
        for (place, &period) in self.periods.iter().enumerate() {
            let slice = &self.cells[place * width..(place + 1) * width];
            if whole(slice) {
                kept.push(period);
                cells.extend_from_slice(slice);
            } else {
                dropped.push(period);
            }
        }
        (Panel { periods: kept, cells, ..self.clone() }, dropped)
    }

    /// One period without gaps, by `policy`, with what the policy did.
    ///
    /// # Errors
    /// [`PanelError::Gaps`] when the policy is [`GapPolicy::Error`] and there are gaps,
    /// [`PanelError::Negative`] for a negative value.
    pub fn complete(&self, period_idx: usize, policy: GapPolicy) -> Result<Completed, PanelError> {
        Activity::from_panel(self, period_idx, policy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(rows: &[(&str, &str, i64, f64)]) -> Frame {
        Frame::new(vec![
            Column::text("region", rows.iter().map(|r| r.0)),
            Column::text("industry", rows.iter().map(|r| r.1)),
            Column::integer("period", "", rows.iter().map(|r| r.2)),
            Column::numbers("value", "persons", rows.iter().map(|r| r.3)),
        ])
        .unwrap()
    }

    #[test]
    fn a_cell_that_is_not_listed_is_missing_and_not_zero() {
        let frame = frame(&[("a", "x", 2000, 1.0), ("b", "y", 2000, 2.0)]);
        let panel = Panel::from_frame(&frame, Absent::Missing).unwrap();
        assert_eq!(panel.cell(0, 0, 1), Datum::Gap(Gap::Missing));
        let panel = Panel::from_frame(&frame, Absent::Zero).unwrap();
        assert_eq!(panel.cell(0, 0, 1), Datum::Number(0.0));
    }

    #[test]
    fn two_rows_with_one_key_are_named() {
        let frame = frame(&[("a", "x", 2000, 1.0), ("a", "x", 2000, 2.0)]);
        let error = Panel::from_frame(&frame, Absent::Missing).unwrap_err();
        assert!(matches!(error, PanelError::Duplicate { first: 1, second: 2, .. }));
    }

    #[test]
    fn a_period_with_a_gap_is_left_out_whole() {
        let rows = [("a", "x", 2000, 1.0), ("b", "x", 2000, 2.0), ("a", "x", 2001, 3.0)];
        let panel = Panel::from_frame(&frame(&rows), Absent::Missing).unwrap();
        let (kept, dropped) = panel.gapless();
        assert_eq!((kept.periods(), &dropped[..]), (&[2000][..], &[2001][..]));
        assert_eq!(kept.cell(0, 1, 0), Datum::Number(2.0));
    }

    #[test]
    fn a_panel_comes_back_from_its_long_table() {
        let rows = [("a", "x", 2000, 1.0), ("a", "y", 2000, 0.0), ("b", "x", 2000, 3.0)];
        let panel = Panel::from_frame(&frame(&rows), Absent::Missing).unwrap();
        assert_eq!(Panel::from_frame(&panel.to_frame(), Absent::Missing).unwrap(), panel);
    }
}
