//! Between reading and measuring: codes of one edition, prices of one year, withheld cells.
//!
//! What is read stays as it is in `tables/NAME.parquet`; what the methods see stands beside it in
//! `tables/NAME.used.parquet` where the two differ.

mod crosswalk;
mod deflate;
mod disclosure;
mod hierarchy;
mod names;
mod suppression;

pub(crate) use disclosure::{SINGLE, Withheld};
pub(crate) use names::{check_editions, to_codes};

use std::path::Path;
use std::sync::Arc;

use agglo_core::{Column, Frame, Note, Seed};
use agglo_data::{DataError, Diagnostic, Table};

use crate::spec::Spec;

/// For every row, the rows it is made of and the share of each.
pub(crate) type Trace = Vec<Vec<(u32, f64)>>;

/// A table as the methods see it.
pub(crate) struct Harmonized {
    /// The table.
    pub(crate) table: Table,
    /// It with all withheld cells filled in, once for each completion.
    pub(crate) completions: Vec<Arc<Frame>>,
    /// It with withheld cells counted as nothing, where the study compares.
    pub(crate) without: Option<Arc<Frame>>,
    /// The way of its rows back to the table as it was read, where they are others.
    pub(crate) trace: Option<Trace>,
    /// The account of every crosswalk.
    pub(crate) audits: Vec<Frame>,
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
    root: &Path,
    spec: &Spec,
    name: &str,
    table: &Table,
    deflator: Option<&Frame>,
) -> Result<Option<Harmonized>, DataError> {
    let seed = Seed(spec.study.seed);
    let mut now = table.clone();
    let mut notes = Vec::new();
    let mut audits = Vec::new();
    let mut trace: Option<Trace> = None;
    for section in spec.crosswalk.iter().filter(|section| section.table == name) {
        let walked = crosswalk::walk(section, root, &now).map_err(|message| {
            let remedy =
                "give a file of from, to, weight; or common = true; or unmapped = \"keep\"";
            let message = format!("[[crosswalk]] {} → {}: {message}", section.from, section.to);
            DataError::from(Diagnostic::new(agglo_data::BAD_SETTING, message, remedy))
        })?;
        now = walked.table;
        trace = Some(match trace {
            Some(before) => walked.trace.iter().map(|sources| through(&before, sources)).collect(),
            None => walked.trace,
        });
        audits.push(walked.audit);
        notes.push(walked.note);
    }
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
        let table = completed.table;
        return Ok(Some(Harmonized { table, completions, without, trace, audits, notes }));
    }
    let changed = !notes.is_empty();
    let (completions, without) = (Vec::new(), None);
    Ok(changed.then_some(Harmonized { table: now, completions, without, trace, audits, notes }))
}

/// The sources of a row's sources.
fn through(before: &Trace, sources: &[(u32, f64)]) -> Vec<(u32, f64)> {
    let share = |&(row, share): &(u32, f64)| {
        before[row as usize].iter().map(move |&(source, part)| (source, part * share))
    };
    sources.iter().flat_map(share).collect()
}

/// The trace as a table: a row, a row it is made of, and the share of that.
pub(crate) fn trace_frame(trace: &Trace) -> Frame {
    let links = || {
        trace.iter().enumerate().flat_map(|(row, sources)| {
            sources.iter().map(move |&(source, share)| (row as i64, i64::from(source), share))
        })
    };
    Frame::new(vec![
        Column::integer("row", "", links().map(|link| link.0)),
        Column::integer("source", "", links().map(|link| link.1)),
        Column::numbers("share", "1", links().map(|link| link.2)),
    ])
    .unwrap_or_default()
}

/// What [`trace_frame`] wrote.
pub(crate) fn trace_of(frame: &Frame) -> Option<Trace> {
    let (rows, sources) = (frame.integers("row").ok()?, frame.integers("source").ok()?);
    let shares = frame.numbers("share").ok()?;
    let n = rows.last().map_or(0, |row| *row as usize + 1);
    let mut trace: Trace = vec![Vec::new(); n];
    for ((row, source), share) in rows.into_iter().zip(sources).zip(shares) {
        trace[row as usize].push((source as u32, share.number()?));
    }
    Some(trace)
}
