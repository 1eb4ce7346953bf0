//! Answers on disk: `findings/STEP/answer.json` and one Parquet file per table.

use std::fs;
use std::path::Path;

use agglo_core::{Frame, Note};
use agglo_data::DataError;
use agglo_methods::Answer;

use super::TABLES;
use crate::error::StudyError;
use crate::record::StepRecord;
use crate::spec::{CrosswalkSpec, Spec};

const ANSWER_FILE: &str = "answer.json";
/// Folders of answers that are being written begin so; what is left of them is swept away.
const BESIDE: &str = ".new-";

/// The record of a step, if its answer is whole.
pub(crate) fn known(findings: &Path, step: &str) -> Option<StepRecord> {
    let text = fs::read_to_string(findings.join(step).join(ANSWER_FILE)).ok()?;
    serde_json::from_str(&text).ok()
}

/// Writes a step's record and tables beside, and puts them in place in one move.
pub(super) fn write(
    findings: &Path,
    record: &StepRecord,
    answer: &Answer,
) -> Result<(), DataError> {
    let beside = findings.join(format!("{BESIDE}{}", record.step));
    let place = findings.join(&record.step);
    agglo_data::create_folder(&beside)?;
    for (name, frame) in &answer.tables {
        agglo_data::write_frame(&beside.join(format!("{name}.parquet")), frame)?;
    }
    let mut json = serde_json::to_string_pretty(record).unwrap_or_default();
    json.push('\n');
    agglo_data::write_atomic(&beside.join(ANSWER_FILE), json.as_bytes())?;
    if place.exists() {
        fs::remove_dir_all(&place).map_err(|error| DataError::io(&place, &error))?;
    }
    fs::rename(&beside, &place).map_err(|error| DataError::io(&place, &error))
}

/// Removes what a killed run left half-written.
pub(super) fn sweep(findings: &Path) -> Result<(), DataError> {
    remove_folders(findings, |name| name.starts_with(BESIDE))
}

/// Removes the answers of steps that are no longer asked.
pub(super) fn forget_others(findings: &Path, asked: &[StepRecord]) -> Result<(), DataError> {
    remove_folders(findings, |name| !asked.iter().any(|record| record.step == name))
}

fn remove_folders(findings: &Path, unwanted: impl Fn(&str) -> bool) -> Result<(), DataError> {
    let entries = fs::read_dir(findings).map_err(|error| DataError::io(findings, &error))?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() && entry.file_name().to_str().is_some_and(&unwanted) {
            fs::remove_dir_all(&path).map_err(|error| DataError::io(&path, &error))?;
        }
    }
    Ok(())
}

/// The answer of a step of the study in `root`, as its record lists it.
///
/// # Errors
/// [`StudyError::Data`] when a table cannot be read.
pub fn load_answer(root: &Path, record: &StepRecord) -> Result<Answer, StudyError> {
    let mut answer = Answer::default();
    for table in &record.tables {
        let frame = load_table(root, &record.step, &table.name)?;
        answer.tables.push((table.name.clone(), frame));
    }
    answer.notes = record.notes.iter().map(Note::from).collect();
    Ok(answer)
}

/// One table of the answer of a step, however many others it has.
pub(super) fn load_table(root: &Path, step: &str, table: &str) -> Result<Frame, DataError> {
    let folder = root.join(super::FINDINGS).join(step);
    agglo_data::read_frame(&folder.join(format!("{table}.parquet")))
}

/// The audit of one `[[crosswalk]]`, as the last run wrote it.
#[derive(Clone, Debug)]
pub struct CrosswalkAudit {
    /// What the study says of it.
    pub crosswalk: CrosswalkSpec,
    /// Its file, from the study's folder.
    pub file: String,
    /// Its rows: `what`, `code`, `measure`, `period`, `codes`, `value`, `share`.
    pub frame: Frame,
}

/// The name of the file below `tables/` with the audit of the crosswalk at `place` (from 1) among those
/// of the table `name`.
pub(super) fn audit_file(name: &str, place: usize) -> String {
    format!("{name}.crosswalk-{place}.parquet")
}

/// The audits of the study in `root`, in the order of its file; none for a crosswalk that was not run.
///
/// # Errors
/// [`StudyError::Data`] when an audit cannot be read.
pub fn crosswalk_audits(root: &Path, spec: &Spec) -> Result<Vec<CrosswalkAudit>, StudyError> {
    let mut audits = Vec::new();
    for (at, crosswalk) in spec.crosswalk.iter().enumerate() {
        let before = spec.crosswalk[..at].iter();
        let place = 1 + before.filter(|other| other.table == crosswalk.table).count();
        let file = audit_file(&crosswalk.table, place);
        let path = root.join(TABLES).join(&file);
        if path.exists() {
            let frame = agglo_data::read_frame(&path)?;
            let file = format!("{TABLES}/{file}");
            audits.push(CrosswalkAudit { crosswalk: crosswalk.clone(), file, frame });
        }
    }
    Ok(audits)
}
