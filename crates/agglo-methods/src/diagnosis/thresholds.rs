//! Thresholds by convention: read from options or data files, printed with every answer.

use agglo_core::{Column, Frame, FrameError, Note};

use crate::call::Call;
use crate::catalog::{OutputTable, out, out_key};

/// The rows of an embedded table of constants, split at commas, without its heading.
pub(crate) fn rows(csv: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    csv.lines().skip(1).map(|line| line.split(',').collect())
}

/// The number in a cell of an embedded table.
///
/// # Panics
/// When the cell holds no number: the tables are part of the program.
pub(crate) fn constant(cell: &str) -> f64 {
    cell.parse().unwrap_or_else(|_| panic!("`{cell}` in an embedded table is no number"))
}

/// The table that lists the thresholds which held.
pub(super) const THRESHOLDS: OutputTable = OutputTable {
    name: "thresholds",
    columns: &[
        out_key("criterion", "Criterion", "准则"),
        out("value", "1", "Value", "取值"),
        out("mark", "", "Mark", "标记"),
    ],
};

/// The thresholds `names`, which are number options of the method, as a table and as a note.
pub(super) fn by_convention(call: &Call<'_>, names: &[&str]) -> Result<(Frame, Note), FrameError> {
    let values: Vec<f64> = names.iter().map(|name| call.option_number(name)).collect();
    let list = names.iter().zip(&values).map(|(name, value)| format!("{name} = {value}"));
    let list = list.collect::<Vec<_>>().join(", ");
    let frame = Frame::new(vec![
        Column::text("criterion", names.iter().copied()),
        Column::numbers("value", "1", values),
        Column::text("mark", names.iter().map(|_| "A")),
    ])?;
    let note = Note::new(
        "convention",
        format!("thresholds are agglo's own convention [A], each an option: {list}"),
        format!("阈值为 agglo 约定 [A]，均可用选项修改：{list}"),
    );
    Ok((frame, note))
}

/// A grade of severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing to see.
    None,
    /// Worth watching.
    Watch,
    /// A problem.
    Problem,
}

impl Severity {
    /// [`Severity::Problem`] or [`Severity::Watch`] where `value` reaches the cut.
    pub fn rising(value: f64, watch: f64, problem: f64) -> Severity {
        if value >= problem {
            Severity::Problem
        } else if value >= watch {
            Severity::Watch
        } else {
            Severity::None
        }
    }

    /// [`Severity::Problem`] or [`Severity::Watch`] where `value` lies below the cut.
    pub fn falling(value: f64, watch: f64, problem: f64) -> Severity {
        if value < problem {
            Severity::Problem
        } else if value < watch {
            Severity::Watch
        } else {
            Severity::None
        }
    }

    /// The word printed.
    pub const fn id(self) -> &'static str {
        match self {
            Severity::None => "none",
            Severity::Watch => "watch",
            Severity::Problem => "problem",
        }
    }
}

/// The word printed where a grade cannot be given.
pub(super) const UNKNOWN: &str = "unknown";

/// A yes, a no, or neither for want of data.
pub(crate) const fn yes_no(value: Option<bool>) -> &'static str {
    match value {
        Some(true) => "yes",
        Some(false) => "no",
        None => UNKNOWN,
    }
}
