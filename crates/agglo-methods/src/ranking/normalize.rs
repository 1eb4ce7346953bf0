//! Normalization of indicators over the whole panel, so that scores of different years compare.
//!
//! min–max: (x − min) / (max − min); z: (x − x̄) / s, s with n − 1; both reversed where less is
//! better.
//!
//! Gaps: none for a column without variation. Cost: O(rows).
//! Source: OECD and JRC (2008), Handbook on Constructing Composite Indicators, chapter 5.

use agglo_core::mean;

use super::tree::Direction;
use crate::inference::standard_deviation;

/// How indicators become comparable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalization {
    /// 0 the worst, 1 the best.
    MinMax,
    /// Standard deviations from the mean.
    Z,
}

/// `column` normalized, more is better; `None` when it does not vary.
pub fn normalize(column: &[f64], kind: Normalization, direction: Direction) -> Option<Vec<f64>> {
    let (center, scale) = match kind {
        Normalization::MinMax => {
            let low = column.iter().copied().fold(f64::INFINITY, f64::min);
            let high = column.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            match direction {
                Direction::Benefit => (low, high - low),
                Direction::Cost => (high, low - high),
            }
        }
        Normalization::Z => {
            let sd = standard_deviation(column, 1)?;
            (mean(column)?, if direction == Direction::Cost { -sd } else { sd })
        }
    };
    (scale != 0.0 && scale.is_finite()).then(|| {
        // Without the addition a cost's best value would be minus zero.
        column.iter().map(|x| (x - center) / scale + 0.0).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_is_one_whichever_way_an_indicator_points() {
        let column = [5.0, 4.0, 7.0, 2.0];
        let found = normalize(&column, Normalization::MinMax, Direction::Cost).unwrap();
        assert_eq!(found, [0.4, 0.6, 0.0, 1.0]);
        let z = normalize(&[1.0, 2.0, 3.0], Normalization::Z, Direction::Benefit).unwrap();
        assert_eq!(z, [-1.0, 0.0, 1.0]);
        assert_eq!(normalize(&[2.0, 2.0], Normalization::MinMax, Direction::Benefit), None);
    }
}
