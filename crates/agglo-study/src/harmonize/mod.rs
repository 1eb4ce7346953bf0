//! Between reading and measuring: codes of one edition, prices of one year, withheld cells.
//!
//! What is read stays as it is in `tables/NAME.parquet`; what the methods see stands beside it in
//! `tables/NAME.used.parquet` where the two differ.

mod deflate;
mod hierarchy;
mod suppression;

use std::sync::Arc;

use agglo_core::{Frame, Note, Seed};
use agglo_data::{DataError, Diagnostic, Table};

use crate::spec::Spec;

/// A table as the methods see it.
pub(crate) struct Harmonized {
    /// The table.
    pub(crate) table: Table,
    /// It with all withheld cells filled in, once for each completion.
    pub(crate) completions: Vec<Arc<Frame>>,
    /// It with withheld cells counted as nothing, where the study compares.
    pub(crate) without: Option<Arc<Frame>>,
    /// What was done, for the report.
    pub(crate) notes: Vec<Note>,
}

/// What the study says of the table `name`, done; `None` where it says nothing.
///
/// `deflator` is the table of price indices, where the study has one.
///
/// # Errors
/// When a section names what is not there.
pub(crate) fn harmonize(
    spec: &Spec,
    name: &str,
    table: &Table,
    deflator: Option<&Frame>,
) -> Result<Option<Harmonized>, DataError> {
    let seed = Seed(spec.study.seed);
    let mut now = table.clone();
    let mut notes = Vec::new();
    for section in spec.deflate.iter().filter(|section| section.table == name) {
        let refuse = |message: String| {
            let remedy = "name measures of the table and a series of the table `deflator`";
            DataError::from(Diagnostic::new(agglo_data::BAD_SETTING, message, remedy))
        };
        let deflator =
            deflator.ok_or_else(|| refuse("[[deflate]] needs a table `deflator`".to_owned()))?;
        let (frame, note) = deflate::deflate(section, &now.frame, &mut now.marks, deflator)
            .map_err(|error| refuse(format!("[[deflate]]: {error}")))?;
        now.totals.frame =
            deflate::deflate(section, &now.totals.frame, &mut now.totals.marks, deflator)
                .map_or(now.totals.frame, |(frame, _)| frame);
        now.frame = frame;
        notes.push(note);
    }
    if let Some(completed) = suppression::complete(&spec.suppression, &now, seed) {
        notes.extend(completed.notes);
        let (completions, without) = (completed.completions, completed.without);
        return Ok(Some(Harmonized { table: completed.table, completions, without, notes }));
    }
    let changed = !notes.is_empty();
    Ok(changed.then_some(Harmonized { table: now, completions: Vec::new(), without: None, notes }))
}
