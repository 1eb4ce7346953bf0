//! How good the bounds, the imputation and the draws are on a table whose truth is known: cells
//! are hidden, recovered from the others, and compared.
//!
//! | figure            | formula over the n hidden cells that were recovered, truth t, estimate x  |
//! |-------------------|----------------------------------------------------------------------------|
//! | mae               | Σ abs(x − t) / n                                                           |
//! | mape_median       | median of abs(x − t) / abs(t) over the cells with t ≠ 0, as a share        |
//! | rmse              | √( Σ (x − t)² / n )                                                        |
//! | rank_correlation  | Spearman's: Pearson's correlation of mean ranks                            |
//! | coverage_*        | share of cells whose truth is in the interval, half a rounding unit granted |
//! | n_exact           | cells whose two bounds are the same: the table gives them away             |
//!
//! The estimate is that of [`maximum_entropy`](crate::maximum_entropy); intervals at 50 and 90 %
//! are quantiles of [`draws`](crate::draws()). A hidden cell keeps the `lower`, `upper` and `prior`
//! it has in the system. Errors are over all hidden cells, those given away included.

use agglo_core::{Seed, mean};
use rand::RngExt;

use crate::bounds::{BoundsOptions, bounds};
use crate::disclosure::{Cost, Primary, complementary};
use crate::draws::draws;
use crate::entropy::maximum_entropy;
use crate::interval::{Interval, interval};
use crate::system::{BalanceError, System};

/// Which cells are hidden first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Any, by chance.
    Random,
    /// The smallest that are not 0, as a rule on counts would.
    SmallFirst,
    /// The smallest that are not 0, and then what complementary suppression takes with them so
    /// that none can be computed within a tenth of its value: as an office would.
    Protected,
}

/// Which cells may be hidden first; complementary ones may be any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Candidates {
    /// Parts that are no totals.
    Leaves,
    /// Every cell that is in an equation.
    All,
}

/// What is hidden and how often the hidden table is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValidateOptions {
    /// Share of the candidates that is hidden first, above 0 and at most 1.
    pub share: f64,
    /// Which of them.
    pub pattern: Pattern,
    /// Among which cells.
    pub candidates: Candidates,
    /// Draws for the intervals; 0 for none.
    pub draws: usize,
}

/// How near the recovered cells are to the truth; figures that have no value are `None`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Validation {
    /// Hidden cells.
    pub n_hidden: usize,
    /// Hidden cells that stay gaps.
    pub n_gaps: usize,
    /// Hidden cells that the table gives away.
    pub n_exact: usize,
    /// Mean absolute error, in the unit of the table.
    pub mae: Option<f64>,
    /// Median of the absolute relative error, a share.
    pub mape_median: Option<f64>,
    /// Root mean square error, in the unit of the table.
    pub rmse: Option<f64>,
    /// Spearman's correlation of truth and estimate.
    pub rank_correlation: Option<f64>,
    /// Share of truths within the bounds.
    pub coverage_bounds: Option<f64>,
    /// Share of truths within the central half of the draws.
    pub coverage_50: Option<f64>,
    /// Share of truths within the central nine tenths of the draws.
    pub coverage_90: Option<f64>,
    /// Mean width of the bounds, over the cells where both are finite, in the unit of the table.
    pub mean_width_bounds: Option<f64>,
    /// Mean width of the central nine tenths of the draws, in the unit of the table.
    pub mean_width_90: Option<f64>,
}

/// Hides cells of a known table and recovers them; see the head of this page.
///
/// # Errors
/// [`BalanceError::NotKnown`]; [`BalanceError::Option`] for a share out of range; those of
/// [`complementary`] for [`Pattern::Protected`].
pub fn validate(
    system: &System,
    options: &ValidateOptions,
    seed: Seed,
) -> Result<Validation, BalanceError> {
    let truth = system.known_values()?;
    let hidden = hide(system, &truth, options, seed)?;
    let outside = system.hiding(&hidden)?;
    let limits = bounds(&outside, &BoundsOptions::default());
    let imputed = maximum_entropy(&outside);
    let drawn = draws(&outside, options.draws, seed);
    let slack =
        |cell: usize| system.cells()[cell].rounding / 2.0 + 1e-6 * truth[cell].abs().max(1.0);
    let limit = |cell: usize| Interval { lower: limits.lower[cell], upper: limits.upper[cell] };
    let of_draws = |cell: usize, level: f64| {
        let values: Option<Vec<f64>> = drawn.values.iter().map(|table| table[cell]).collect();
        interval(&values?, level)
    };
    let found: Vec<(f64, f64)> =
        hidden.iter().filter_map(|&cell| Some((truth[cell], imputed.values[cell]?))).collect();
    let errors: Vec<f64> = found.iter().map(|(truth, estimate)| (estimate - truth).abs()).collect();
    let relative = found.iter().zip(&errors).filter(|((truth, _), _)| *truth != 0.0);
    let relative: Vec<f64> = relative.map(|((truth, _), error)| error / truth.abs()).collect();
    let squares: Vec<f64> = errors.iter().map(|error| error * error).collect();
    let covered = |intervals: &[(usize, Interval)]| {
        let inside = |(cell, found): &(usize, Interval)| {
            f64::from(u8::from(found.holds(truth[*cell], slack(*cell))))
        };
        mean(&intervals.iter().map(inside).collect::<Vec<_>>())
    };
    let widths = |intervals: &[(usize, Interval)]| {
        let widths = intervals.iter().map(|(_, found)| found.width());
        mean(&widths.filter(|width| width.is_finite()).collect::<Vec<_>>())
    };
    let all: Vec<(usize, Interval)> = hidden.iter().map(|&cell| (cell, limit(cell))).collect();
    let at = |level| -> Vec<(usize, Interval)> {
        hidden.iter().filter_map(|&cell| Some((cell, of_draws(cell, level)?))).collect()
    };
    let (half, most) = (at(0.5), at(0.9));
    Ok(Validation {
        n_hidden: hidden.len(),
        n_gaps: hidden.len() - found.len(),
        n_exact: all.iter().filter(|(cell, found)| found.width() <= slack(*cell)).count(),
        mae: mean(&errors),
        mape_median: interval(&relative, 0.0).map(|median| median.lower),
        rmse: mean(&squares).map(f64::sqrt),
        rank_correlation: spearman(&found),
        coverage_bounds: covered(&all),
        coverage_50: covered(&half),
        coverage_90: covered(&most),
        mean_width_bounds: widths(&all),
        mean_width_90: widths(&most),
    })
}

/// The cells to hide, in their order.
fn hide(
    system: &System,
    truth: &[f64],
    options: &ValidateOptions,
    seed: Seed,
) -> Result<Vec<usize>, BalanceError> {
    if !(options.share > 0.0 && options.share <= 1.0) {
        let allowed = "above 0 and at most 1";
        return Err(BalanceError::Option { option: "share", found: options.share, allowed });
    }
    let mut is_part = vec![false; truth.len()];
    let mut is_total = vec![false; truth.len()];
    for equation in system.equations() {
        is_total[equation.total] = true;
        equation.parts.iter().for_each(|&part| is_part[part] = true);
    }
    let may = |&cell: &usize| match options.candidates {
        Candidates::Leaves => is_part[cell] && !is_total[cell],
        Candidates::All => is_part[cell] || is_total[cell],
    };
    let mut order: Vec<usize> = (0..truth.len()).filter(may).collect();
    match options.pattern {
        Pattern::Random => {
            let mut rng = seed.stream("balance validate", 0, 0);
            for last in (1..order.len()).rev() {
                order.swap(last, rng.random_range(0..=last));
            }
        }
        Pattern::SmallFirst | Pattern::Protected => {
            order.retain(|&cell| truth[cell] != 0.0);
            order.sort_by(|&a, &b| truth[a].abs().total_cmp(&truth[b].abs()).then(a.cmp(&b)));
        }
    }
    order.truncate(((order.len() as f64 * options.share).ceil() as usize).max(1));
    if options.pattern == Pattern::Protected {
        let asked = |&cell: &usize| {
            let distance = truth[cell].abs() / 10.0;
            Primary { cell, above: distance, below: distance }
        };
        let primary: Vec<Primary> = order.iter().map(asked).collect();
        order = complementary(system, &primary, &Cost::LogValue)?.positions();
    }
    order.sort_unstable();
    Ok(order)
}

/// Pearson's correlation of the mean ranks; `None` below two pairs or without variation.
fn spearman(pairs: &[(f64, f64)]) -> Option<f64> {
    let a = ranks(&pairs.iter().map(|pair| pair.0).collect::<Vec<_>>());
    let b = ranks(&pairs.iter().map(|pair| pair.1).collect::<Vec<_>>());
    let (mean_a, mean_b) = (mean(&a)?, mean(&b)?);
    let product = |x: &[f64], mx: f64, y: &[f64], my: f64| -> f64 {
        x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum()
    };
    let (aa, bb) = (product(&a, mean_a, &a, mean_a), product(&b, mean_b, &b, mean_b));
    (aa > 0.0 && bb > 0.0).then(|| product(&a, mean_a, &b, mean_b) / (aa * bb).sqrt())
}

/// Ranks from 1, ties at their mean.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    while from < order.len() {
        let tied = order[from..].iter().take_while(|&&x| values[x] == values[order[from]]).count();
        for &x in &order[from..from + tied] {
            ranks[x] = from as f64 + (tied + 1) as f64 / 2.0;
        }
        from += tied;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::{Candidates, Pattern, ValidateOptions, ranks, spearman, validate};
    use crate::{BalanceError, Cell, Equation, System};
    use agglo_core::Seed;

    fn options(pattern: Pattern) -> ValidateOptions {
        ValidateOptions { share: 0.5, pattern, candidates: Candidates::Leaves, draws: 50 }
    }

    #[test]
    fn two_of_four_hidden_without_a_prior_are_taken_to_be_equal() {
        let cells = [100.0, 4.0, 6.0, 40.0, 50.0].map(Cell::known).to_vec();
        let system = System::new(cells, vec![Equation::new("t", 0, vec![1, 2, 3, 4])]).unwrap();
        let found = validate(&system, &options(Pattern::SmallFirst), Seed(1)).unwrap();
        // 4 and 6 hidden, 10 left for both: 5 each, off by 1, that is by 1/4 and by 1/6.
        assert_eq!((found.n_hidden, found.n_gaps, found.n_exact), (2, 0, 0));
        assert!((found.mae.unwrap() - 1.0).abs() < 1e-8);
        assert!((found.mape_median.unwrap() - 5.0 / 24.0).abs() < 1e-8);
        assert_eq!((found.coverage_bounds, found.mean_width_bounds), (Some(1.0), Some(10.0)));
    }

    #[test]
    fn ranks_of_ties_are_means_and_a_reversed_order_correlates_at_minus_one() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0]), [2.5, 1.0, 2.5]);
        assert_eq!(spearman(&[(1.0, 9.0), (2.0, 5.0), (3.0, 4.0)]), Some(-1.0));
        assert_eq!(spearman(&[(1.0, 9.0)]), None);
    }

    #[test]
    fn a_share_of_nothing_is_refused() {
        let system = System::new(vec![Cell::known(1.0)], vec![]).unwrap();
        let none = ValidateOptions { share: 0.0, ..options(Pattern::Random) };
        assert!(matches!(validate(&system, &none, Seed(1)), Err(BalanceError::Option { .. })));
    }
}
