//! Every threshold of the checks, with its reason.

/// The thresholds of [`check`](super::check()); [`Limits::default`] gives those that `agglo check`
/// uses.
///
/// They are agglo's own convention: no publication fixes them. They were set on the provincial
/// series of China, whose errors are known; `docs/guide/check.md` says what they find there.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// A part may exceed its whole by this part of the whole: both are rounded, and often revised
    /// at different times.
    pub part_excess: f64,
    /// Parts and their total may differ by this part of the total: the usual rounding of published
    /// tables.
    pub sum_tolerance: f64,
    /// Percentage shares of a whole may add up to 100 give or take this: three or four shares
    /// rounded to whole percents.
    pub share_sum_tolerance: f64,
    /// A rule "these parts add up to that total" is taken as meant when at least this part of its
    /// cells obeys it; the others are reported.
    pub sum_support: f64,
    /// And when at least this many cells obey it: fewer could be chance.
    pub fewest_sums: usize,
    /// Years on either side from which a series' own scatter is taken: long enough for a median,
    /// short enough to follow an economy that becomes calmer.
    pub window: i32,
    /// The fewest years of growth that make a scatter.
    pub fewest_steps: usize,
    /// The fewest series that make a cross-section of one year.
    pub fewest_series: usize,
    /// Growth is never taken as scattering less than this: two percent a year is ordinary life.
    pub least_scatter: f64,
    /// A figure that leaves its series and comes back in the next year is odd when one of the two
    /// moves is this many scatters.
    pub spike: f64,
    /// And the other at least this many.
    pub spike_return: f64,
    /// A move that stays is odd beyond this many scatters; more than for a spike, since real
    /// events stay too.
    pub step: f64,
    /// Where more than this part of all moves is odd, the measure jumps by nature, as cells of few
    /// plants do; then none is listed.
    pub jumpy: f64,
    /// So many odd moves are listed however few moves there are.
    pub always_listed: usize,
    /// Moves smaller than this, in logarithms, are not worth a look, however calm the series.
    pub least_move: f64,
    /// A factor is taken for a power of ten when its logarithm is this close to one.
    pub ten_slack: f64,
    /// The fewest tens by which one region's ratio of two measures must be off: ratios differ
    /// tenfold between regions in earnest, a thousandfold never.
    pub ratio_tens: i32,
    /// A year breaks the series when growth scatters this many times as much over the regions as
    /// in the years around it.
    pub break_ratio: f64,
    /// Or when the median growth itself lies this many scatters away from that of the years around.
    pub break_shift: f64,
    /// Years on either side that a break is compared with.
    pub break_window: i32,
    /// The fewest steps of the smallest unit in a value that make a zero beside it remarkable.
    pub least_quanta: f64,
    /// The fewest that make equal values remarkable: a small workplace has the same staff for years.
    pub least_quanta_equal: f64,
    /// This many equal values in a row look carried forward.
    pub equal_run: usize,
    /// Cells of fewer firms than this may stand still without anybody carrying them forward.
    pub few_firms: f64,
    /// A measure in which this part of all moves is zero changes slowly by nature.
    pub slow_measure: f64,
    /// Findings of one code and table that are listed before the rest is only counted.
    pub listed: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            part_excess: 0.001,
            sum_tolerance: 0.005,
            share_sum_tolerance: 0.5,
            sum_support: 0.8,
            fewest_sums: 4,
            window: 8,
            fewest_steps: 5,
            fewest_series: 8,
            least_scatter: 0.02,
            spike: 6.0,
            spike_return: 3.0,
            step: 9.0,
            jumpy: 0.01,
            always_listed: 10,
            least_move: 0.15,
            ten_slack: 0.25,
            ratio_tens: 3,
            break_ratio: 3.0,
            break_shift: 8.0,
            break_window: 5,
            least_quanta: 100.0,
            least_quanta_equal: 1000.0,
            equal_run: 3,
            few_firms: 50.0,
            slow_measure: 0.2,
            listed: 40,
        }
    }
}
