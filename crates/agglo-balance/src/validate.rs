//! How good imputation is: known cells are hidden, recovered and compared.

use agglo_core::Seed;
use rand::RngExt as _;
use rand::seq::SliceRandom as _;

use crate::{BoundsOptions, System, bounds, draws, maximum_entropy};

/// Which cells are hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Any.
    Random,
    /// The smaller a cell, the likelier, as offices withhold.
    SmallFirst,
}

/// How well hidden cells were recovered.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Validation {
    /// Cells hidden.
    pub n_hidden: usize,
    /// Of these, cells for which the sums left a value.
    pub n_recovered: usize,
    /// Mean absolute error, in the unit of the table.
    pub mean_absolute_error: f64,
    /// The sum of absolute errors over the sum of the hidden cells.
    pub relative_error: f64,
    /// The part of hidden cells inside their bounds; 1 unless the table contradicts itself.
    pub bounds_coverage: f64,
    /// The part of hidden cells inside the range of the draws.
    pub draws_coverage: f64,
    /// The width of that range over the cell, in the middle of all cells above zero.
    pub median_relative_width: f64,
}

/// Hides a `share` of the known cells that are parts of some sum, recovers them by maximum entropy, and
/// compares. `ranges` gives the bounds within which a hidden cell would be published; nothing to
/// infinity where it is `None`. Cost: one imputation and `n_draws` projections.
pub fn validate(
    system: &System,
    share: f64,
    pattern: Pattern,
    ranges: Option<&dyn Fn(f64) -> (f64, f64)>,
    n_draws: usize,
    seed: Seed,
) -> Validation {
    let mut random = seed.stream("validation", 0, 0);
    let mut is_part = vec![false; system.cells.len()];
    let mut is_total = vec![false; system.cells.len()];
    for equation in &system.equations {
        equation.parts.iter().for_each(|&at| is_part[at] = true);
        is_total[equation.total] = true;
    }
    let known = |at: &usize| system.cells[*at].value.is_some_and(|value| value > 0.0);
    let mut places: Vec<usize> =
        (0..system.cells.len()).filter(|&at| is_part[at] && !is_total[at]).filter(known).collect();
    let n_hidden = (share * places.len() as f64).round() as usize;
    match pattern {
        Pattern::Random => places.shuffle(&mut random),
        Pattern::SmallFirst => {
            let size = |at: usize| system.cells[at].value.unwrap_or_default();
            let mut keyed: Vec<(f64, usize)> = places
                .iter()
                .map(|&at| (size(at) * -(1.0 - random.random::<f64>()).ln(), at))
                .collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            places = keyed.into_iter().map(|(_, at)| at).collect();
        }
    }
    places.truncate(n_hidden);
    let mut hidden = system.clone();
    let mut truth = Vec::new();
    for &at in &places {
        let value = system.cells[at].value.unwrap_or_default();
        let (lower, upper) = ranges.map_or((0.0, f64::INFINITY), |ranges| ranges(value));
        let cell = &mut hidden.cells[at];
        (cell.value, cell.lower, cell.upper) = (None, lower, upper);
        truth.push(value);
    }
    compare(&hidden, &places, &truth, n_draws, seed)
}

fn compare(
    hidden: &System,
    places: &[usize],
    truth: &[f64],
    n_draws: usize,
    seed: Seed,
) -> Validation {
    let imputed = maximum_entropy(hidden);
    let found = bounds(hidden, BoundsOptions { max_component: 0 });
    let draws = draws(hidden, n_draws, seed);
    let mut result = Validation { n_hidden: places.len(), ..Validation::default() };
    let (mut errors, mut total, mut in_bounds, mut in_draws) = (0.0, 0.0, 0usize, 0usize);
    let mut widths = Vec::new();
    for (&at, &value) in places.iter().zip(truth) {
        let Some(guess) = imputed.values[at] else { continue };
        result.n_recovered += 1;
        errors += (guess - value).abs();
        total += value;
        let slack = 1e-6 * value.abs().max(1.0);
        in_bounds +=
            usize::from(found.bounds[at].is_some_and(|bounds| {
                bounds.lower - slack <= value && value <= bounds.upper + slack
            }));
        let drawn = draws.iter().filter_map(|draw| draw[at]);
        let (low, high) =
            drawn.fold((f64::INFINITY, f64::NEG_INFINITY), |r, x| (r.0.min(x), r.1.max(x)));
        in_draws += usize::from(low - slack <= value && value <= high + slack);
        if value > 0.0 && low <= high {
            widths.push((high - low) / value);
        }
    }
    let n = result.n_recovered as f64;
    if n > 0.0 {
        result.mean_absolute_error = errors / n;
        result.relative_error = errors / total;
        result.bounds_coverage = in_bounds as f64 / n;
        result.draws_coverage = in_draws as f64 / n;
    }
    widths.sort_by(f64::total_cmp);
    result.median_relative_width = widths.get(widths.len() / 2).copied().unwrap_or_default();
    result
}
