//! What can be wrong with a crosswalk or with a table that is to cross it.

use agglo_core::FrameError;

/// Why a conversion was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CodesError {
    /// Codes of the table split into several and nobody knows in which shares.
    #[error(
        "crosswalk `{crosswalk}` splits {} and the shares are not known: give weights \
         (`from`, `to`, `weight`, adding up to 1 for a code), or convert both sides to the common \
         units, which need none",
        listed(codes)
    )]
    SplitWithoutWeight {
        /// The crosswalk.
        crosswalk: String,
        /// The codes that split, each with its targets.
        codes: Vec<(String, Vec<String>)>,
    },
    /// Weights of a code that do not add up to 1.
    #[error("crosswalk `{crosswalk}`: the weights of {} do not add up to 1", sums(codes))]
    Unbalanced {
        /// The crosswalk.
        crosswalk: String,
        /// The codes, each with the sum of its weights.
        codes: Vec<(String, f64)>,
    },
    /// Codes of the table that the crosswalk does not know.
    #[error("crosswalk `{crosswalk}` does not know {}; correct them, or set them aside", codes.join(", "))]
    Unmapped {
        /// The crosswalk.
        crosswalk: String,
        /// The codes as the table writes them.
        codes: Vec<String>,
    },
    /// Two crosswalks that do not meet.
    #[error("`{first}` ends in {ends}, but `{second}` starts from {starts}")]
    DoNotMeet {
        /// The first crosswalk.
        first: String,
        /// Where it ends.
        ends: String,
        /// The second crosswalk.
        second: String,
        /// Where it starts.
        starts: String,
    },
    /// A link given twice with different weights, or a weight outside 0 to 1.
    #[error("line {line} of the crosswalk: {found}: {why}")]
    Link {
        /// The line, counted from 1 with the heading.
        line: usize,
        /// What stands there.
        found: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The crosswalk's file is not a table of links.
    #[error("the crosswalk's columns are {have}; it needs `from` and `to`, and may have `weight`")]
    Columns {
        /// The columns there are.
        have: String,
    },
    /// The crosswalk's file is not CSV.
    #[error("the crosswalk cannot be read as CSV: {0}")]
    Csv(String),
    /// The table lacks a column, or holds another kind of value.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

fn listed(codes: &[(String, Vec<String>)]) -> String {
    let one =
        |(code, targets): &(String, Vec<String>)| format!("{code} into {}", targets.join(", "));
    codes.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn sums(codes: &[(String, f64)]) -> String {
    codes.iter().map(|(code, sum)| format!("{code} ({sum})")).collect::<Vec<_>>().join(", ")
}
