//! Percentiles, ranks, p-values, least squares: written once, used by all methods.

mod normal;
mod percentile;
mod rank;

pub use normal::{normal_cdf, normal_quantile};
pub use percentile::{median, percentile, standard_deviation};
pub use rank::ranks_descending;
