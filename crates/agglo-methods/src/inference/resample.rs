//! Standard errors and intervals by drawing observations anew, or leaving each out once.
//!
//! Bootstrap: B samples of n with replacement, inside strata where there are any; the standard
//! error is the replicates' standard deviation, the interval their percentiles. Jackknife:
//! se² = (n − 1)/n Σ (θ₍ₖ₎ − θ̄)², the interval by the normal curve.
//!
//! Cost: B or n times the statistic's.
//! Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapters 6, 11 and 13.

use agglo_core::{Cancelled, Datum, Undefined, mean, sum};
use rand::{Rng, RngExt};

use super::{normal_quantile, percentile, standard_deviation};

/// How uncertainty is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resampling {
    /// Samples with replacement, this many.
    Bootstrap(u32),
    /// Each observation left out once.
    Jackknife,
}

/// A statistic's standard error and interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Standard error.
    pub standard_error: Datum,
    /// Lower bound.
    pub lower: Datum,
    /// Upper bound.
    pub upper: Datum,
}

impl Spread {
    /// No standard error and no interval, and why.
    pub fn undefined(why: Undefined) -> Spread {
        let gap = Datum::undefined(why);
        Spread { standard_error: gap, lower: gap, upper: gap }
    }
}

/// Spreads of the statistics that `statistics` computes from the observations at the places it is
/// given; `strata[k]` is the stratum of observation k, and the replicates draw from `stream`.
///
/// A replicate without a value leaves its statistic's replicates; when half of them leave there is
/// no spread.
///
/// # Errors
/// [`Cancelled`] when `step` says so; it is called once a replicate.
pub fn resample<R: Rng>(
    strata: &[usize],
    resampling: Resampling,
    confidence: f64,
    mut stream: impl FnMut(u32) -> R,
    mut step: impl FnMut() -> Result<(), Cancelled>,
    mut statistics: impl FnMut(&[usize]) -> Vec<Result<f64, Undefined>>,
) -> Result<Vec<Spread>, Cancelled> {
    let n = strata.len();
    let all: Vec<usize> = (0..n).collect();
    let estimates = statistics(&all);
    let mut replicates: Vec<Vec<f64>> = vec![Vec::new(); estimates.len()];
    let mut keep = |values: Vec<Result<f64, Undefined>>| {
        for (kept, value) in replicates.iter_mut().zip(values) {
            kept.extend(value);
        }
    };
    let asked = match resampling {
        Resampling::Bootstrap(asked) => {
            let members = members(strata);
            let mut picks = vec![0; n];
            for replicate in 0..asked {
                step()?;
                let mut rng = stream(replicate);
                for (pick, stratum) in picks.iter_mut().zip(strata) {
                    let members = &members[*stratum];
                    *pick = members[rng.random_range(0..members.len())];
                }
                keep(statistics(&picks));
            }
            asked as usize
        }
        Resampling::Jackknife => {
            for left_out in 0..n {
                step()?;
                let rest: Vec<usize> = all.iter().copied().filter(|k| *k != left_out).collect();
                keep(statistics(&rest));
            }
            n
        }
    };
    let spread = |(estimate, values): (Result<f64, Undefined>, &Vec<f64>)| match estimate {
        Err(why) => Spread::undefined(why),
        Ok(_) if values.len() < 2 || 2 * values.len() <= asked => {
            Spread::undefined(Undefined::TooFew)
        }
        Ok(estimate) => match resampling {
            Resampling::Bootstrap(_) => by_percentiles(values, confidence),
            Resampling::Jackknife => left_out(estimate, values, confidence),
        },
    };
    Ok(estimates.into_iter().zip(&replicates).map(spread).collect())
}

fn members(strata: &[usize]) -> Vec<Vec<usize>> {
    let n_strata = strata.iter().max().map_or(0, |last| last + 1);
    let mut members = vec![Vec::new(); n_strata];
    for (place, stratum) in strata.iter().enumerate() {
        members[*stratum].push(place);
    }
    members
}

fn by_percentiles(values: &[f64], confidence: f64) -> Spread {
    let datum = |value: Option<f64>| value.map_or(Undefined::TooFew.into(), Datum::Number);
    let tail = (1.0 - confidence) / 2.0;
    Spread {
        standard_error: datum(standard_deviation(values, 1)),
        lower: datum(percentile(values, tail)),
        upper: datum(percentile(values, 1.0 - tail)),
    }
}

fn left_out(estimate: f64, values: &[f64], confidence: f64) -> Spread {
    let n = values.len() as f64;
    let center = mean(values).unwrap_or_default();
    let error = ((n - 1.0) / n * sum(values.iter().map(|v| (v - center).powi(2)))).sqrt();
    let reach = normal_quantile(f64::midpoint(1.0, confidence)) * error;
    Spread {
        standard_error: Datum::Number(error),
        lower: Datum::Number(estimate - reach),
        upper: Datum::Number(estimate + reach),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agglo_core::Seed;

    const VALUES: [f64; 5] = [1.0, 2.0, 4.0, 8.0, 10.0];

    fn spread(strata: &[usize], resampling: Resampling) -> Spread {
        let mean = |picks: &[usize]| {
            vec![Ok(picks.iter().map(|k| VALUES[*k]).sum::<f64>() / picks.len() as f64)]
        };
        let stream = |replicate| Seed(1).stream("test", 0, replicate);
        resample(strata, resampling, 0.95, stream, || Ok(()), mean).unwrap()[0]
    }

    // Of a mean the jackknife's standard error is sd/√n exactly: sd² = 15, so √3.
    #[test]
    fn the_jackknife_of_a_mean_is_its_textbook_error() {
        let found = spread(&[0; 5], Resampling::Jackknife);
        let error = 3.0_f64.sqrt();
        assert!((found.standard_error.number().unwrap() - error).abs() < 1e-12);
        let lower = 5.0 - 1.959_963_984_540_054 * error;
        assert!((found.lower.number().unwrap() - lower).abs() < 1e-8);
    }

    // The bootstrap knows the population only: sd with n, 12/5, so √(12/5).
    #[test]
    fn the_bootstrap_of_a_mean_comes_close_to_it() {
        let found = spread(&[0; 5], Resampling::Bootstrap(4000));
        assert!((found.standard_error.number().unwrap() - 2.4_f64.sqrt()).abs() < 0.06);
    }

    #[test]
    fn a_stratum_of_one_never_varies() {
        let found = spread(&[0, 1, 2, 3, 4], Resampling::Bootstrap(99));
        assert_eq!(found.standard_error, Datum::Number(0.0));
        assert_eq!(found.lower, Datum::Number(5.0));
    }
}
