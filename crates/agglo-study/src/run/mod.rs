//! Running a study: read, plan, ask every question whose answer is not known yet, write down.
//!
//! A step's key is the hash of everything its answer depends on: method, variant, options, seed,
//! the content of its inputs, and the program's source. `findings/STEP/answer.json` holds the key;
//! where it is the wanted one, nothing is computed. Answers appear whole (written beside and
//! renamed), so a run that was killed goes on where it stopped.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use agglo_core::Control;
pub use agglo_data::reduce::Engine;

use crate::error::StudyError;
use crate::plan::{Facts, Plan};
use crate::record::{LockedRecord, RunRecord, Status, StepRecord};
use crate::spec::Spec;

mod answer;
mod checks;
mod lock;
mod register;
mod steps;
mod tables;
mod used;
mod world;

pub(crate) use answer::known as stored_record;
pub use answer::{CrosswalkAudit, crosswalk_audits, load_answer};
pub(crate) use lock::text as lock_text;
pub use tables::{CheckReport, Tables, check, load, stored};
pub(crate) use world::CLOSE;
pub use world::interval_table;

/// The folder of answers in a study.
pub const FINDINGS: &str = "findings";
/// The folder of canonical tables in a study.
pub const TABLES: &str = "tables";
/// What was run, in a study.
pub const RUN_FILE: &str = "run.json";
/// The exact inputs and outputs, in a study.
pub const LOCK_FILE: &str = "agglo.lock";

/// A hash of the program's source, so that answers of other code are not taken for ours.
pub const CODE: &str = env!("AGGLO_CODE_HASH");

/// What a run did.
#[derive(Debug)]
pub struct Outcome {
    /// The record, as written to `run.json`.
    pub record: RunRecord,
    /// How many steps were computed; the others were known.
    pub n_computed: usize,
    /// How many tables were read anew.
    pub n_tables_read: usize,
}

impl Outcome {
    /// How many steps ended so.
    pub fn count(&self, status: Status) -> usize {
        self.record.steps.iter().filter(|step| step.status == status).count()
    }
}

/// How a study is run.
#[derive(Clone, Copy)]
pub struct RunOptions<'a> {
    /// Threads; as many as there are cores when zero.
    pub threads: usize,
    /// The seed in place of the study's.
    pub seed: Option<u64>,
    /// What reduces a register.
    pub engine: &'a Engine,
    /// Progress in steps, and cancelling.
    pub control: Control<'a>,
}

/// Runs the study in `root`.
///
/// # Errors
/// [`StudyError::Unsound`] when the data hold errors, [`StudyError::Busy`] when another run works
/// here, and whatever reading and writing may meet. A step that fails does not stop the others; it
/// is recorded.
pub fn run(root: &Path, options: &RunOptions<'_>) -> Result<Outcome, StudyError> {
    let mut spec = Spec::load(root)?;
    if let Some(seed) = options.seed {
        spec.study.seed = seed;
    }
    let findings = root.join(FINDINGS);
    agglo_data::create_folder(&findings)?;
    let _lock = lock_study(&findings)?;
    answer::sweep(&findings)?;

    let tables = tables::load(root, &spec, options.engine, &options.control)?;
    if !tables.errors().is_empty() {
        return Err(StudyError::Unsound(tables.errors().to_vec()));
    }
    let frames: BTreeMap<String, Arc<agglo_core::Frame>> = tables.frames();
    let plan = Plan::sound(&Facts { spec: &spec, tables: &frames }, root)?;
    let (records, n_computed) = steps::run(&findings, &spec, &tables, &plan, options)?;
    answer::forget_others(&findings, &records)?;

    let record = RunRecord {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        code: CODE.to_owned(),
        study: spec.study.id.clone(),
        seed: spec.study.seed,
        data: tables.records().to_vec(),
        steps: records,
        locked: plan
            .locked
            .iter()
            .map(|locked| LockedRecord {
                method: locked.method.id.to_owned(),
                en: locked.needs.en.to_owned(),
                zh: locked.needs.zh.to_owned(),
            })
            .collect(),
    };
    let mut json = serde_json::to_string_pretty(&record).unwrap_or_default();
    json.push('\n');
    agglo_data::write_if_changed(&root.join(RUN_FILE), json.as_bytes())?;
    agglo_data::write_if_changed(&root.join(LOCK_FILE), lock::text(&record).as_bytes())?;
    Ok(Outcome { record, n_computed, n_tables_read: tables.n_read() })
}

/// Computes the study in `root` anew into the folder `out`, and gives the steps; neither the study nor
/// what it holds is written to.
///
/// # Errors
/// As [`run`].
pub(crate) fn run_in(
    root: &Path,
    out: &Path,
    spec: &Spec,
    options: &RunOptions<'_>,
) -> Result<Vec<StepRecord>, StudyError> {
    let findings = out.join(FINDINGS);
    agglo_data::create_folder(&findings)?;
    let tables = tables::read_only(root, spec, options.engine)?;
    if !tables.errors().is_empty() {
        return Err(StudyError::Unsound(tables.errors().to_vec()));
    }
    let frames = tables.frames();
    let plan = Plan::sound(&Facts { spec, tables: &frames }, root)?;
    Ok(steps::run(&findings, spec, &tables, &plan, options)?.0)
}

/// Holds the study for this run; the operating system lets go of it even after a kill.
fn lock_study(findings: &Path) -> Result<File, StudyError> {
    let path = findings.join(".lock");
    let file = File::create(&path).map_err(|error| agglo_data::DataError::io(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StudyError::Busy),
        Err(std::fs::TryLockError::Error(error)) => {
            Err(agglo_data::DataError::io(&path, &error).into())
        }
    }
}

/// The record of the last run of the study in `root`.
///
/// # Errors
/// [`StudyError::NotRun`] and [`StudyError::Record`].
pub fn last_run(root: &Path) -> Result<RunRecord, StudyError> {
    let path = root.join(RUN_FILE);
    let text = std::fs::read_to_string(&path).map_err(|_| StudyError::NotRun)?;
    serde_json::from_str(&text).map_err(|error| StudyError::Record {
        file: path.display().to_string(),
        why: error.to_string(),
    })
}
