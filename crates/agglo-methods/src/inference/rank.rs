//! Ranks: 1 is best, ties share the average rank.

/// Ranks of `values`, the largest first; ties get the average of the ranks they cover.
pub fn ranks_descending(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let mut end = start + 1;
        while end < order.len() && values[order[end]] == values[order[start]] {
            end += 1;
        }
        for &place in &order[start..end] {
            ranks[place] = (start + 1 + end) as f64 / 2.0;
        }
        start = end;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::ranks_descending;

    #[test]
    fn two_equal_values_share_the_rank_between_them() {
        assert_eq!(ranks_descending(&[3.0, 9.0, 3.0, 1.0]), [2.5, 1.0, 2.5, 4.0]);
    }
}
