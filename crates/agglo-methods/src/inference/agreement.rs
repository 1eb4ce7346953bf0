//! How far several rankings of the same items agree.

use agglo_core::{mean, sum};

/// Mean absolute difference between two rankings; `None` when they are empty.
pub fn mean_rank_shift(a: &[f64], b: &[f64]) -> Option<f64> {
    let shifts: Vec<f64> = a.iter().zip(b).map(|(x, y)| (x - y).abs()).collect();
    mean(&shifts)
}

/// Spearman's ρ of two rankings (ties averaged); `None` when one of them does not vary.
pub fn spearman(a: &[f64], b: &[f64]) -> Option<f64> {
    let (mean_a, mean_b) = (mean(a)?, mean(b)?);
    let cross = sum(a.iter().zip(b).map(|(x, y)| (x - mean_a) * (y - mean_b)));
    let spread = |values: &[f64], center: f64| sum(values.iter().map(|v| (v - center).powi(2)));
    let scale = (spread(a, mean_a) * spread(b, mean_b)).sqrt();
    (scale > 0.0).then(|| (cross / scale).clamp(-1.0, 1.0))
}

/// Kendall's W of m rankings of n items, corrected for ties: 0 no agreement, 1 the same ranking.
///
/// W = 12 S / (m² (n³ − n) − m Σ (t³ − t)), S the squared deviations of the items' rank sums.
/// `None` for fewer than two rankings or items, or when every ranking ties every item.
pub fn kendall_w(rankings: &[Vec<f64>]) -> Option<f64> {
    let m = rankings.len() as f64;
    let n_items = rankings.first()?.len();
    if rankings.len() < 2 || n_items < 2 {
        return None;
    }
    let sums: Vec<f64> = (0..n_items).map(|i| sum(rankings.iter().map(|r| r[i]))).collect();
    let center = mean(&sums)?;
    let spread = sum(sums.iter().map(|s| (s - center).powi(2)));
    let ties = sum(rankings.iter().map(|ranking| {
        let mut sorted = ranking.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        sum(sorted.chunk_by(|a, b| a == b).map(|run| {
            let t = run.len() as f64;
            t * t * t - t
        }))
    }));
    let n = n_items as f64;
    let most = m * m * (n * n * n - n) - m * ties;
    (most > 0.0).then(|| 12.0 * spread / most)
}

/// Pairs of items that `a` and `b` order the opposite way; ties in either count as no order.
///
/// Cost: O(n log n), by counting inversions while merging.
pub fn discordant_pairs(a: &[f64], b: &[f64]) -> u64 {
    let mut order: Vec<usize> = (0..a.len()).collect();
    order.sort_by(|&i, &j| a[i].total_cmp(&a[j]).then(b[i].total_cmp(&b[j])));
    let mut values: Vec<f64> = order.iter().map(|&i| b[i]).collect();
    inversions(&mut values)
}

/// Sorts `values` and counts the pairs that stood the wrong way round.
fn inversions(values: &mut [f64]) -> u64 {
    let n = values.len();
    if n < 2 {
        return 0;
    }
    let (left, right) = values.split_at_mut(n / 2);
    let mut count = inversions(left) + inversions(right);
    let mut merged = Vec::with_capacity(n);
    let (mut i, mut j) = (0, 0);
    while i < left.len() || j < right.len() {
        if j == right.len() || (i < left.len() && left[i] <= right[j]) {
            merged.push(left[i]);
            i += 1;
        } else {
            count += (left.len() - i) as u64;
            merged.push(right[j]);
            j += 1;
        }
    }
    values.copy_from_slice(&merged);
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reversed_ranking_disagrees_on_every_pair_and_ties_on_none() {
        assert_eq!(discordant_pairs(&[1.0, 2.0, 3.0, 4.0], &[4.0, 3.0, 2.0, 1.0]), 6);
        assert_eq!(discordant_pairs(&[1.0, 1.0, 2.0], &[3.0, 2.0, 2.5]), 1);
        assert_eq!(discordant_pairs(&[1.0, 2.0, 3.0], &[5.0, 5.0, 5.0]), 0);
    }

    #[test]
    fn three_rankings_of_four_items_agree_to_seven_ninths() {
        let rankings =
            [vec![1.0, 2.0, 3.0, 4.0], vec![2.0, 1.0, 3.0, 4.0], vec![1.0, 3.0, 2.0, 4.0]];
        assert!((kendall_w(&rankings).unwrap() - 7.0 / 9.0).abs() < 1e-14);
        assert_eq!(mean_rank_shift(&rankings[0], &rankings[1]), Some(0.5));
    }

    #[test]
    fn two_rankings_have_w_from_rho() {
        let (a, b) = (vec![1.0, 2.5, 2.5, 4.0], vec![2.0, 1.0, 3.0, 4.0]);
        let rho = spearman(&a, &b).unwrap();
        assert!(rho > 0.0 && rho < 1.0);
        assert_eq!(kendall_w(&[a.clone(), a]), Some(1.0));
        assert_eq!(spearman(&[1.5, 1.5], &[1.0, 2.0]), None);
        assert_eq!(kendall_w(&[b]), None);
    }
}
