//! How unequal values are: by their ranks, and by the curve of Lorenz.

use super::{Worked, show};

/// The Gini coefficient of `values` by their ranks, its steps said to `worked`.
pub(super) fn gini_of(
    values: &[f64],
    name: &dyn Fn(usize) -> String,
    unit: &str,
    worked: &mut Worked,
) -> Option<f64> {
    let (n, total) = (values.len() as f64, values.iter().sum::<f64>());
    if total <= 0.0 || n < 2.0 {
        return None;
    }
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    worked.say(format!("Σ e_r = {} {unit}", show(total)));
    worked.say(format!("s̄ = 1/{n} = {}", show(1.0 / n)));
    let terms: Vec<String> = order
        .iter()
        .enumerate()
        .map(|(l, &r)| {
            let share = show(values[r] / total);
            format!("{}·({share} − {}) [{}]", l + 1, show(1.0 / n), name(r))
        })
        .collect();
    let sum: f64 = order
        .iter()
        .enumerate()
        .map(|(l, &r)| (l + 1) as f64 * (values[r] / total - 1.0 / n))
        .sum();
    worked.sum("Σ l·(s(l) − s̄)", &terms, sum);
    let gini = 2.0 * sum / n;
    worked.say(format!("G = 2/({n}² · {}) · {} = {}", show(1.0 / n), show(sum), show(gini)));
    Some(gini)
}

/// The area above the Lorenz curve of `values` over `benchmark`, doubled.
pub(super) fn lorenz(
    values: &[f64],
    benchmark: &[f64],
    name: &dyn Fn(usize) -> String,
    worked: &mut Worked,
) -> Option<f64> {
    let mut places: Vec<usize> = (0..values.len()).filter(|&k| benchmark[k] > 0.0).collect();
    places.sort_by(|&a, &b| (values[a] / benchmark[a]).total_cmp(&(values[b] / benchmark[b])));
    let total = |of: &[f64]| places.iter().map(|&k| of[k]).sum::<f64>();
    let (all, all_benchmark) = (total(values), total(benchmark));
    if all <= 0.0 || places.len() < 2 {
        return None;
    }
    let (mut below, mut sum, mut terms) = (0.0, 0.0, Vec::new());
    for &k in &places {
        let above = below + values[k] / all;
        let width = benchmark[k] / all_benchmark;
        terms.push(format!("({} + {})·{} [{}]", show(above), show(below), show(width), name(k)));
        sum += (above + below) * width;
        below = above;
    }
    worked.say(format!("Σ e = {}, Σ b = {}", show(all), show(all_benchmark)));
    worked.sum("Σ (Y(j) + Y(j−1))·(X(j) − X(j−1))", &terms, sum);
    let gini = (1.0 - sum).max(0.0);
    worked.say(format!("G = 1 − {} = {}", show(sum), show(gini)));
    Some(gini)
}
