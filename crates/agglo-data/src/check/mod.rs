//! What can be wrong with tables that were read without an error.
//!
//! Each check is one module and looks at one table laid out as series ([`grid`]). A check never
//! changes a value; its findings are warnings and notes that name the numbers they rest on.

use agglo_core::{Frame, Period};

use crate::diagnostic::{Diagnostic, Sink};
use crate::spec::ReadSpec;
use crate::store::Table;

mod apart;
mod breaks;
mod context;
mod coverage;
mod fix;
mod flat;
mod grid;
mod growth;
mod impossible;
mod known;
mod limits;
mod names;
mod outlier;
mod panel;
mod ratio;
mod sums;
mod totals;

use context::Context;
pub use coverage::{CellCounts, Coverage, CoverageAxis};
pub use fix::offer_fixes;
use grid::Grid;
pub use known::check_codes;
pub use limits::Limits;
pub use totals::totals_among_parts;

/// A break of a series that the study file declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredBreak {
    /// The canonical table.
    pub table: String,
    /// The measures concerned; all when empty.
    pub measures: Vec<String>,
    /// The first period of the new series.
    pub period: Period,
}

/// What is to be checked.
#[derive(Clone, Copy, Debug, Default)]
pub struct CheckInput<'a> {
    /// The tables.
    pub tables: &'a [&'a Table],
    /// The sources they were read from, where known: findings then name the headings of the files
    /// and may offer a [`Fix`](crate::Fix).
    pub sources: &'a [ReadSpec],
    /// The declared breaks.
    pub breaks: &'a [DeclaredBreak],
    /// The table of regions, with `region` and perhaps `name`.
    pub regions: Option<&'a Frame>,
    /// The table of industries, with `industry` and perhaps `name` and `parent`.
    pub industries: Option<&'a Frame>,
    /// The thresholds.
    pub limits: Limits,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CheckResult {
    /// The findings, table by table.
    pub diagnostics: Vec<Diagnostic>,
    /// Which cells hold a number.
    pub coverage: Vec<Coverage>,
}

/// Checks tables: impossible values, totals, sums, outliers, units, breaks, panels, codes, coverage.
///
/// Cost: O(n log n) in the rows of each table and measure, memory of a few words per row.
pub fn check(input: &CheckInput<'_>) -> CheckResult {
    let mut result = CheckResult::default();
    for table in input.tables {
        let mut sink = Sink::listing(input.limits.listed);
        let has_codes = !matches!(table.name.as_str(), "region" | "industry");
        if has_codes {
            result.diagnostics.extend(check_codes(table, input.regions, input.industries));
        }
        let grid = Grid::new(table);
        let context = Context::new(input, &grid);
        names::check(&context, &mut sink);
        totals::check(&context, &mut sink);
        impossible::check(&context, &mut sink);
        sums::check(&context, &mut sink);
        apart::check(&context, &mut sink);
        panel::check(&context, &mut sink);
        ratio::check(&context, &mut sink);
        if grid.is_series() {
            for measure in &grid.measures {
                let growth = growth::Growth::new(&grid, measure, &input.limits);
                breaks::check(&context, measure, &growth, &mut sink);
                outlier::check(&context, measure, &growth, &mut sink);
                flat::check(&context, measure, &mut sink);
            }
        }
        result.diagnostics.extend(sink.into_vec());
        result.coverage.extend(coverage::of(&grid));
    }
    result
}
