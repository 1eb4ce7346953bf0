//! Is everything still what the lock says: the files read, the answers on disk, and the answers that the
//! program gives when it is asked again?

use std::path::Path;

use serde::Serialize;

use crate::diff::{Moved, Pairs};
use crate::error::StudyError;
use crate::record::{RunRecord, StepRecord};
use crate::run::{self, FINDINGS, LOCK_FILE, RunOptions, last_run, load_answer, lock_text};
use crate::spec::Spec;

/// Something that is not what the lock says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
pub enum Mismatch {
    /// The lock and the record of the run do not agree: one of them was changed.
    Lock,
    /// A file that was read is another, or gone.
    Input {
        /// The file.
        file: String,
        /// Why.
        why: String,
    },
    /// An answer on disk is not the one that was locked.
    Stored {
        /// The step.
        step: String,
        /// Its table, or `answer.json` for its record.
        table: String,
        /// Why.
        why: String,
    },
    /// The program gives another answer.
    Recomputed {
        /// The step.
        step: String,
        /// Its table, where the difference is in one.
        table: Option<String>,
        /// Why.
        why: String,
        /// The first number that moved.
        moved: Option<Moved>,
    },
}

/// What verifying a study found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verified {
    /// Everything that is not what the lock says.
    pub mismatches: Vec<Mismatch>,
    /// Files compared.
    pub n_files: usize,
    /// Tables of answers compared on disk.
    pub n_stored: usize,
    /// Steps recomputed; none where only inputs and files on disk were asked for.
    pub n_recomputed: usize,
    /// The program that made the lock, where it is another.
    pub other_program: Option<String>,
}

/// Compares the study in `root` with its lock, and unless `stored_only` computes everything anew in
/// `scratch`, an empty folder, and compares that too. The study is not touched.
///
/// # Errors
/// [`StudyError::NotRun`] when there is nothing to verify; else when the scratch folder cannot be written.
pub fn verify(
    root: &Path,
    scratch: &Path,
    stored_only: bool,
    options: &RunOptions<'_>,
) -> Result<Verified, StudyError> {
    let record = last_run(root)?;
    let program = |run: &str, code: &str| format!("agglo {run} {code}");
    let mine = program(env!("CARGO_PKG_VERSION"), run::CODE);
    let its = program(&record.version, &record.code);
    let mut verified = Verified {
        mismatches: Vec::new(),
        n_files: 0,
        n_stored: 0,
        n_recomputed: 0,
        other_program: (mine != its).then_some(its),
    };
    let lock = std::fs::read_to_string(root.join(LOCK_FILE)).unwrap_or_default();
    if lock != lock_text(&record) {
        verified.mismatches.push(Mismatch::Lock);
    }
    inputs(root, &record, &mut verified);
    stored(root, &record, &mut verified);
    if !stored_only {
        recomputed(root, scratch, &record, options, &mut verified)?;
    }
    Ok(verified)
}

fn inputs(root: &Path, record: &RunRecord, verified: &mut Verified) {
    let files = record.data.iter().flat_map(|data| &data.files);
    // What lies at an address is compared when it is read anew.
    for (file, hash) in files.filter(|(file, _)| !file.contains("://")) {
        verified.n_files += 1;
        let why = match agglo_data::hash_file(&root.join(file)) {
            Ok(now) if now == *hash => continue,
            Ok(_) => "its content is another".to_owned(),
            Err(error) => {
                error.diagnostics().first().map_or(String::new(), |found| found.message.clone())
            }
        };
        verified.mismatches.push(Mismatch::Input { file: file.clone(), why });
    }
}

fn stored(root: &Path, record: &RunRecord, verified: &mut Verified) {
    for step in &record.steps {
        if run::stored_record(&root.join(FINDINGS), &step.step).as_ref() != Some(step) {
            let why = "its record is not the one of the run".to_owned();
            let (step, table) = (step.step.clone(), "answer.json".to_owned());
            verified.mismatches.push(Mismatch::Stored { step, table, why });
        }
        for table in &step.tables {
            verified.n_stored += 1;
            let file = root.join(FINDINGS).join(&step.step).join(format!("{}.parquet", table.name));
            let why = match agglo_data::read_frame(&file) {
                Ok(frame) if agglo_data::hash_frame(&frame) == table.hash => continue,
                Ok(_) => "its content is another".to_owned(),
                Err(error) => {
                    error.diagnostics().first().map_or(String::new(), |found| found.message.clone())
                }
            };
            let (step, table) = (step.step.clone(), table.name.clone());
            verified.mismatches.push(Mismatch::Stored { step, table, why });
        }
    }
}

fn recomputed(
    root: &Path,
    scratch: &Path,
    record: &RunRecord,
    options: &RunOptions<'_>,
    verified: &mut Verified,
) -> Result<(), StudyError> {
    let mut spec = Spec::load(root)?;
    spec.study.seed = record.seed;
    let anew = match run::run_in(root, scratch, &spec, options) {
        Ok(anew) => anew,
        Err(StudyError::Unsound(found)) => {
            let why = found.first().map_or(String::new(), ToString::to_string);
            let step = "reading".to_owned();
            verified.mismatches.push(Mismatch::Recomputed { step, table: None, why, moved: None });
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    verified.n_recomputed = anew.len();
    let differs = |step: &StepRecord, table: Option<&str>, why: &str, moved: Option<Moved>| {
        let (step, table) = (step.step.clone(), table.map(str::to_owned));
        Mismatch::Recomputed { step, table, why: why.to_owned(), moved }
    };
    for known in &record.steps {
        let Some(now) = anew.iter().find(|step| step.step == known.step) else {
            let why = "it is no longer asked";
            verified.mismatches.push(differs(known, None, why, None));
            continue;
        };
        if known.status != now.status {
            let why = now.reason.as_deref().unwrap_or("it has an answer now");
            verified.mismatches.push(differs(known, None, why, None));
            continue;
        }
        for table in &known.tables {
            let same = now.tables.iter().find(|t| t.name == table.name);
            if same.is_some_and(|now| now.hash == table.hash) {
                continue;
            }
            let moved = first_moved(root, known, scratch, now, &table.name);
            let why = if moved.is_some() { "numbers moved" } else { "its content is another" };
            verified.mismatches.push(differs(known, Some(&table.name), why, moved));
        }
    }
    for now in &anew {
        if !record.steps.iter().any(|known| known.step == now.step) {
            verified.mismatches.push(differs(now, None, "it was not asked then", None));
        }
    }
    Ok(())
}

/// The cell that moved furthest between the stored and the recomputed table.
fn first_moved(
    root: &Path,
    known: &StepRecord,
    scratch: &Path,
    now: &StepRecord,
    name: &str,
) -> Option<Moved> {
    let (old, new) = (load_answer(root, known).ok()?, load_answer(scratch, now).ok()?);
    let main = known.tables.first().is_some_and(|table| table.name == name);
    let pairs = Pairs {
        step: &known.step,
        table: (!main).then(|| name.to_owned()),
        method: agglo_methods::find(&known.method),
        name,
    };
    let mut moved = Vec::new();
    pairs.compare(old.table(name)?, new.table(name)?, 0.0, &mut moved);
    moved.into_iter().max_by(|a, b| a.relative().total_cmp(&b.relative()))
}
