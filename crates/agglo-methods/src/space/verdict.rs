//! What local statistics come to: p-values, their adjustment, and which regions are named.

use agglo_core::{Datum, Undefined, Weights};

use super::options::{DRAWS, ISLAND, ISLANDS};
use super::read::GAPS;
use super::significance::{ALPHA, Correction, PERMUTATIONS, Tail};
use crate::call::Call;
use crate::catalog::OptionSpec;

/// The options of a local statistic, with its transform of the weights.
pub(super) const fn local_options(transform: OptionSpec) -> [OptionSpec; 8] {
    [GAPS, ISLANDS, transform, PERMUTATIONS, DRAWS, Tail::OPTION, Correction::OPTION, ALPHA]
}

/// How p-values are made, adjusted and read.
#[derive(Clone, Copy)]
pub(super) struct Judgment {
    pub(super) tail: Tail,
    correction: Correction,
    alpha: f64,
}

impl Judgment {
    pub(super) fn of(call: &Call<'_>) -> Judgment {
        Judgment {
            tail: Tail::of(call),
            correction: Correction::of(call),
            alpha: call.option_number("alpha"),
        }
    }

    /// The verdicts on the `n` regions of a map.
    pub(super) fn verdicts(self, n: usize, p_value: impl FnMut(usize) -> Datum) -> Verdicts {
        let p_values: Vec<Datum> = (0..n).map(p_value).collect();
        let adjusted = self.correction.adjust(&p_values);
        Verdicts { p_values, adjusted, alpha: self.alpha }
    }
}

/// The verdicts on the regions of a map.
pub(super) struct Verdicts {
    pub(super) p_values: Vec<Datum>,
    pub(super) adjusted: Vec<Datum>,
    alpha: f64,
}

impl Verdicts {
    /// Whether the adjusted p-value is small enough; `None` where there is none.
    pub(super) fn is_significant(&self, region: usize) -> Option<bool> {
        self.adjusted[region].number().map(|p| p <= self.alpha)
    }
}

/// A number of a region's local statistic; a gap for an island and where the map has no statistic.
pub(super) fn local_number<T>(
    weights: &Weights,
    region: usize,
    found: Result<T, Undefined>,
    number: impl FnOnce(T) -> Datum,
) -> Datum {
    match found {
        _ if weights.neighbors(region).is_empty() => ISLAND,
        Err(why) => Datum::undefined(why),
        Ok(found) => number(found),
    }
}

/// The word for a region: its kind, or why it has none.
pub(super) fn local_word<T>(
    weights: &Weights,
    region: usize,
    found: Result<T, Undefined>,
    word: impl FnOnce(T) -> &'static str,
) -> &'static str {
    match found {
        _ if weights.neighbors(region).is_empty() => "island",
        Err(_) => "undefined",
        Ok(found) => word(found),
    }
}
