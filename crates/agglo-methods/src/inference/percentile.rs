//! Percentiles with linear interpolation (type 7 of Hyndman and Fan, numpy's default) and spread.

use agglo_core::{mean, sum};

/// The `p`-quantile (0 to 1) of `values`; `None` when there are none.
pub fn percentile(values: &[f64], p: f64) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let place = p.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    Some(sorted[below] + (place - place.floor()) * (sorted[above] - sorted[below]))
}

/// The median; `None` when there are no values.
pub fn median(values: &[f64]) -> Option<f64> {
    percentile(values, 0.5)
}

/// Standard deviation with divisor n − `ddof`; `None` for too few values.
pub fn standard_deviation(values: &[f64], ddof: usize) -> Option<f64> {
    let center = mean(values)?;
    let divisor = values.len().checked_sub(ddof).filter(|n| *n > 0)?;
    Some((sum(values.iter().map(|v| (v - center).powi(2))) / divisor as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eightieth_percentile_of_ten_sizes_lies_between_the_eighth_and_the_ninth() {
        let sizes = [5.0, 8.0, 12.0, 20.0, 30.0, 45.0, 60.0, 80.0, 120.0, 300.0];
        assert!((percentile(&sizes, 0.8).unwrap() - 88.0).abs() < 1e-12);
        assert!((percentile(&sizes, 0.9).unwrap() - 138.0).abs() < 1e-12);
    }

    #[test]
    fn no_values_have_no_percentile() {
        assert_eq!(percentile(&[], 0.5), None);
        assert_eq!(standard_deviation(&[1.0], 1), None);
    }
}
