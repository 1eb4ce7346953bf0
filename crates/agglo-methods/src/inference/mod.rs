//! Percentiles, ranks, p-values, least squares: written once, used by all methods.

mod agreement;
mod clustered;
mod least_squares;
mod line;
mod normal;
mod percentile;
mod rank;
mod resample;
mod robust;
mod tail;

pub use agreement::{discordant_pairs, kendall_w, mean_rank_shift, spearman};
pub use clustered::{Counts, SmallSample, clustered_covariance};
pub use least_squares::{COLLINEAR, Collinear, Factored, LeastSquares, least_squares, norms, wald};
pub(crate) use least_squares::{cholesky, dot, inverse_positive};
pub use line::Line;
pub use normal::{normal_cdf, normal_quantile};
pub use percentile::{median, percentile, standard_deviation};
pub use rank::ranks_descending;
pub use resample::{Resampling, Spread, resample};
pub use robust::{
    Kernel, Uneven, andrews_bandwidth, classical_covariance, dependent_covariance,
    long_run_variance, newey_west_lags, quadratic_spectral, uneven_covariance,
};
pub use tail::{chi_squared_upper, fisher_upper, student_critical, student_two_sided};
