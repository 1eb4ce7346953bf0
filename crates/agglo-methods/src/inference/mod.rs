//! Percentiles, ranks, p-values, least squares: written once, used by all methods.

mod agreement;
mod clustered;
mod hac;
mod least_squares;
mod normal;
mod percentile;
mod rank;
mod resample;
mod tail;

pub use agreement::{discordant_pairs, kendall_w, mean_rank_shift, spearman};
pub use clustered::{Counts, SmallSample, clustered_covariance};
pub use hac::long_run_covariance;
pub(crate) use least_squares::dot;
pub use least_squares::{Collinear, LeastSquares, least_squares, wald};
pub use normal::{normal_cdf, normal_quantile};
pub use percentile::{median, percentile, standard_deviation};
pub use rank::ranks_descending;
pub use resample::{Resampling, Spread, resample};
pub use tail::{fisher_upper, student_critical, student_two_sided};
