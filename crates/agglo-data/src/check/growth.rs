//! Growth of every series, and what is left of it when the year's usual growth is taken away.

use agglo_core::Period;

use super::context::scatter;
use super::grid::Measure;
use super::{Grid, Limits};

/// One move of one series between neighboring periods.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    /// The row before and the row of the move.
    pub(super) rows: (usize, usize),
    /// The period of the second row.
    pub(super) period: Period,
    /// Logarithm of the ratio of the two values.
    pub(super) growth: f64,
    /// The same without the median of the group in that period.
    pub(super) own: f64,
    /// How far growth scatters over the group in that period; 0 where too few series move.
    pub(super) across: f64,
    /// How far growth moves because values are rounded, things are counted one by one, and a cell
    /// has few firms.
    pub(super) noise: f64,
}

/// All moves of one measure.
pub(super) struct Growth {
    /// Series by series, in the order of the periods.
    pub(super) moves: Vec<Move>,
    /// Where each series starts in `moves`, and the end.
    pub(super) starts: Vec<usize>,
}

impl Growth {
    pub(super) fn new(grid: &Grid<'_>, measure: &Measure<'_>, limits: &Limits) -> Growth {
        let mut growth = Growth { moves: Vec::new(), starts: vec![0] };
        let firms = grid.firms();
        // One firm more or less moves a cell of few firms by as much as all of them together.
        let lumps = |before: usize, row: usize| -> f64 {
            let n = |row: usize| firms?.cells[row].number().filter(|n| *n > 0.0);
            match (n(before), n(row)) {
                (Some(few), Some(many)) => (1.0 / few + 1.0 / many).sqrt(),
                _ => 0.0,
            }
        };
        let positive = |row: u32| measure.cells[row as usize].number().filter(|v| *v > 0.0);
        for rows in grid.series() {
            for pair in rows.windows(2) {
                let (before, row) = (pair[0] as usize, pair[1] as usize);
                let (Some(from), Some(to)) = (grid.period[before], grid.period[row]) else {
                    continue;
                };
                let (Some(low), Some(high)) = (positive(pair[0]), positive(pair[1])) else {
                    continue;
                };
                if to - from != grid.stride {
                    continue;
                }
                let rounded = measure.quantum / 2.0 * (1.0 / low + 1.0 / high);
                let counted = if measure.counts { (1.0 / low + 1.0 / high).sqrt() } else { 0.0 };
                growth.moves.push(Move {
                    rows: (before, row),
                    period: to,
                    growth: (high / low).ln(),
                    own: (high / low).ln(),
                    across: 0.0,
                    noise: rounded.max(counted).max(lumps(before, row)),
                });
            }
            growth.starts.push(growth.moves.len());
        }
        growth.take_away_the_usual(grid, limits);
        growth
    }

    /// Subtracts from each move the median of its group and period, where there are enough.
    fn take_away_the_usual(&mut self, grid: &Grid<'_>, limits: &Limits) {
        let key = |at: usize| (grid.group.ids[self.moves[at].rows.1], self.moves[at].period);
        let mut order: Vec<usize> = (0..self.moves.len()).collect();
        order.sort_unstable_by_key(|&at| (key(at), at));
        let mut usual = Vec::new();
        for same in order.chunk_by(|&a, &b| key(a) == key(b)) {
            if same.len() >= limits.fewest_series {
                let mut values: Vec<f64> = same.iter().map(|&at| self.moves[at].growth).collect();
                usual.extend(scatter(&mut values).map(|found| (same.to_vec(), found)));
            }
        }
        for (moves, (center, across)) in usual {
            for at in moves {
                self.moves[at].own -= center;
                self.moves[at].across = across;
            }
        }
    }

    /// The moves of each series.
    pub(super) fn series(&self) -> impl Iterator<Item = &[Move]> {
        self.starts.windows(2).map(|pair| &self.moves[pair[0]..pair[1]])
    }
}
