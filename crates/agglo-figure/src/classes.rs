//! Class limits for maps.

use crate::scale::drawable;
use crate::words::Words;

/// How values are put into classes.
#[derive(Clone, Debug, PartialEq)]
pub enum Classes {
    /// About equally many values in each of so many classes.
    Quantiles(usize),
    /// So many classes with the least squared deviation inside them (Fisher 1958, exact).
    Jenks(usize),
    /// These limits between classes, whatever the values: the same for every year of a series.
    Pinned(Vec<f64>),
    /// So many quantile classes on each side of a value that has a meaning, such as 1 or 0.
    Around {
        /// The value.
        center: f64,
        /// Classes on each side.
        per_side: usize,
    },
    /// Kinds with names, whose values are 0, 1, 2 in this order.
    Named(Vec<(Words, Tone)>),
}

/// The color of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// High among high ones.
    High,
    /// Low among low ones.
    Low,
    /// High among low ones.
    HighAmongLow,
    /// Low among high ones.
    LowAmongHigh,
    /// Nothing to speak of.
    Neutral,
}

/// The limits between classes, rising: a value's class is the number of limits not above it.
pub fn cuts(values: &[f64], classes: &Classes) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter_map(drawable).collect();
    sorted.sort_by(f64::total_cmp);
    match classes {
        Classes::Pinned(limits) => {
            let mut limits: Vec<f64> = limits.iter().copied().filter_map(drawable).collect();
            limits.sort_by(f64::total_cmp);
            limits.dedup();
            limits
        }
        Classes::Named(kinds) => (1..kinds.len()).map(|kind| kind as f64 - 0.5).collect(),
        Classes::Quantiles(n) => quantiles(&sorted, *n),
        Classes::Jenks(n) => jenks(&sorted, *n),
        Classes::Around { center, per_side } => {
            let center = drawable(*center).unwrap_or(0.0);
            let split = sorted.partition_point(|v| *v < center);
            let mut limits = quantiles(&sorted[..split], *per_side);
            limits.push(center);
            limits.extend(quantiles(&sorted[split..], *per_side));
            limits.dedup();
            limits
        }
    }
}

/// The class of a value.
pub(crate) fn class_of(value: f64, cuts: &[f64]) -> usize {
    cuts.partition_point(|cut| *cut <= value)
}

/// Limits that are values of the data and leave no class empty.
fn quantiles(sorted: &[f64], n: usize) -> Vec<f64> {
    let Some(&least) = sorted.first() else { return Vec::new() };
    let mut limits: Vec<f64> =
        (1..n).map(|k| sorted[(sorted.len() * k / n).min(sorted.len() - 1)]).collect();
    limits.retain(|limit| *limit > least);
    limits.dedup();
    limits
}

/// Fisher's exact grouping of sorted values by dynamic programming, O(classes × values²).
fn jenks(sorted: &[f64], n: usize) -> Vec<f64> {
    let mut values: Vec<(f64, f64)> = Vec::new();
    for &v in sorted {
        match values.last_mut() {
            Some(last) if last.0 == v => last.1 += 1.0,
            _ => values.push((v, 1.0)),
        }
    }
    let m = values.len();
    let n = n.min(m);
    if n < 2 {
        return Vec::new();
    }
    // Centered and scaled, so that neither large nor tiny values lose the squares' digits.
    let middle = sorted[0] / 2.0 + sorted[sorted.len() - 1] / 2.0;
    let half = (sorted[sorted.len() - 1] / 2.0 - sorted[0] / 2.0).max(f64::MIN_POSITIVE);
    let mut sums = vec![(0.0, 0.0, 0.0)];
    for &(v, count) in &values {
        let (w, s, q) = sums[sums.len() - 1];
        let v = (v - middle) / half;
        sums.push((w + count, s + count * v, q + count * v * v));
    }
    let cost = |from: usize, to: usize| {
        let w = sums[to].0 - sums[from].0;
        let s = sums[to].1 - sums[from].1;
        (sums[to].2 - sums[from].2 - s * s / w).max(0.0)
    };
    let mut best: Vec<f64> = (0..=m).map(|to| if to == 0 { 0.0 } else { cost(0, to) }).collect();
    let mut starts: Vec<Vec<usize>> = Vec::new();
    for class in 1..n {
        let mut next = vec![f64::INFINITY; m + 1];
        let mut start = vec![0; m + 1];
        for to in class + 1..=m {
            for (from, before) in best.iter().enumerate().take(to).skip(class) {
                let total = before + cost(from, to);
                if total < next[to] {
                    next[to] = total;
                    start[to] = from;
                }
            }
        }
        best = next;
        starts.push(start);
    }
    let mut limits = Vec::new();
    let mut to = m;
    for start in starts.iter().rev() {
        to = start[to];
        limits.push(values[to].0);
    }
    limits.reverse();
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_put_equally_many_values_in_each_class() {
        let values: Vec<f64> = (0..12).map(f64::from).collect();
        assert_eq!(cuts(&values, &Classes::Quantiles(4)), [3.0, 6.0, 9.0]);
    }

    #[test]
    fn jenks_finds_the_clumps_whatever_the_scale() {
        // Three clumps; any other cut would split one or join two.
        let values = [1.0, 2.0, 1.5, 10.0, 11.0, 50.0, 51.0, 52.0];
        assert_eq!(cuts(&values, &Classes::Jenks(3)), [10.0, 50.0]);
        let huge: Vec<f64> = values.iter().map(|v| v * 1e200).collect();
        assert_eq!(cuts(&huge, &Classes::Jenks(3)), [10.0 * 1e200, 50.0 * 1e200]);
    }

    #[test]
    fn jenks_is_never_worse_than_any_other_grouping() {
        let values = [0.3, 0.9, 1.1, 1.2, 2.5, 2.6, 4.0, 7.5, 7.7, 9.0];
        let spread = |cut: &[f64]| -> f64 {
            (0..=cut.len())
                .map(|class| {
                    let inside: Vec<f64> =
                        values.iter().copied().filter(|v| class_of(*v, cut) == class).collect();
                    let mean = inside.iter().sum::<f64>() / inside.len().max(1) as f64;
                    inside.iter().map(|v| (v - mean).powi(2)).sum::<f64>()
                })
                .sum()
        };
        let found = spread(&cuts(&values, &Classes::Jenks(3)));
        for (k, a) in values.iter().enumerate() {
            for b in &values[k + 1..] {
                assert!(found <= spread(&[*a, *b]) + 1e-12, "{a} {b}");
            }
        }
    }

    #[test]
    fn equal_values_make_one_class_and_a_center_is_always_a_limit() {
        assert!(cuts(&[5.0; 9], &Classes::Quantiles(5)).is_empty());
        assert!(cuts(&[5.0; 9], &Classes::Jenks(5)).is_empty());
        assert_eq!(cuts(&[5.0; 9], &Classes::Around { center: 1.0, per_side: 3 }), [1.0]);
        assert!(cuts(&[], &Classes::Quantiles(5)).is_empty());
    }

    #[test]
    fn a_kind_is_its_own_class() {
        let kind = |name: &str| (Words::same(name), Tone::Neutral);
        let limits = cuts(&[2.0], &Classes::Named(vec![kind("a"), kind("b"), kind("c")]));
        assert_eq!([0.0, 1.0, 2.0].map(|value| class_of(value, &limits)), [0, 1, 2]);
    }
}
