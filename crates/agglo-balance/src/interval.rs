//! Intervals, and the interval that holds a share of drawn results.

/// Two ends, both of them inside; an end may be infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub lower: f64,
    /// The upper end.
    pub upper: f64,
}

impl Interval {
    /// The one number that the interval holds, if it holds only one.
    pub fn exact(&self) -> Option<f64> {
        (self.lower == self.upper).then_some(self.lower)
    }

    /// Upper less lower.
    pub fn width(&self) -> f64 {
        self.upper - self.lower
    }

    /// Whether `value` is inside, with `slack` at both ends.
    pub fn holds(&self, value: f64, slack: f64) -> bool {
        value >= self.lower - slack && value <= self.upper + slack
    }
}

/// The central interval of `values` that holds the share `level` (0 to 1) of them: the quantiles at
/// (1 − level)/2 and (1 + level)/2, interpolated linearly between order statistics (type 7 of
/// Hyndman and Fan 1996, The American Statistician 50(4), 361–365).
///
/// `None` where there are no values, one is not finite, or the level is not within 0 and 1.
/// Cost: O(n log n).
pub fn interval(values: &[f64], level: f64) -> Option<Interval> {
    if values.is_empty()
        || !values.iter().all(|value| value.is_finite())
        || !(0.0..=1.0).contains(&level)
    {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let tail = (1.0 - level) / 2.0;
    Some(Interval { lower: quantile(&sorted, tail), upper: quantile(&sorted, 1.0 - tail) })
}

/// Quantile of sorted, not empty values.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::{Interval, interval};

    #[test]
    fn half_of_one_to_five_lies_between_two_and_four() {
        let found = interval(&[5.0, 1.0, 4.0, 2.0, 3.0], 0.5);
        assert_eq!(found, Some(Interval { lower: 2.0, upper: 4.0 }));
    }

    #[test]
    fn nothing_a_gap_or_a_level_beyond_one_have_no_interval() {
        assert_eq!(interval(&[], 0.9), None);
        assert_eq!(interval(&[1.0, f64::NAN], 0.9), None);
        assert_eq!(interval(&[1.0], 1.5), None);
    }
}
