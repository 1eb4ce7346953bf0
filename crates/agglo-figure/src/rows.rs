//! Named rows down a page: their order, their labels, their heights.

use crate::sheet::{Anchor, LABEL, MARGIN, Sheet};
use crate::text::{widest, wrap};

/// Places by rising value; rows without a number come last, in the order given.
pub(crate) fn rank_rows(values: impl IntoIterator<Item = Option<f64>>) -> Vec<usize> {
    let values: Vec<Option<f64>> = values.into_iter().collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| match (values[a], values[b]) {
        (Some(x), Some(y)) => x.total_cmp(&y),
        (a, b) => a.is_none().cmp(&b.is_none()),
    });
    order
}

/// Labels at the left of rows, wrapped so that they leave room for the marks.
pub(crate) struct RowLabels {
    lines: Vec<Vec<String>>,
    tops: Vec<f64>,
    heights: Vec<f64>,
    /// Where the marks may start.
    pub(crate) left: f64,
}

impl RowLabels {
    pub(crate) fn new(sheet: &Sheet, names: &[&str], least: f64) -> RowLabels {
        let room = sheet.width() * if sheet.theme.narrow() { 0.32 } else { 0.3 };
        let lines: Vec<Vec<String>> = names.iter().map(|n| wrap(n, LABEL, room)).collect();
        let heights: Vec<f64> =
            lines.iter().map(|l| (l.len() as f64 * 14.0 + 4.0).max(least)).collect();
        let mut tops = vec![0.0];
        tops.extend(heights.iter().scan(0.0, |sum, h| {
            *sum += h;
            Some(*sum)
        }));
        let left = MARGIN + lines.iter().map(|l| widest(l, LABEL)).fold(0.0, f64::max);
        RowLabels { lines, tops, heights, left }
    }

    pub(crate) fn height(&self) -> f64 {
        self.tops.last().copied().unwrap_or(0.0)
    }

    /// Writes the label of a row and returns the row's middle.
    pub(crate) fn draw(&self, sheet: &mut Sheet, place: usize, top: f64) -> f64 {
        let middle = top + self.tops[place] + self.heights[place] / 2.0;
        let lines = &self.lines[place];
        for (row, text) in lines.iter().enumerate() {
            let rise = (row as f64 - (lines.len() as f64 - 1.0) / 2.0) * 14.0;
            sheet.text(self.left, middle + rise + 4.2, LABEL, Anchor::End, sheet.theme.ink, text);
        }
        middle
    }
}
