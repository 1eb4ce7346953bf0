//! Questions of one's own to a study that was run: one of its methods asked again with other choices.
//!
//! Nothing is written, and what must not leave does not: an answer loses what a run's answer loses, and
//! choices that would let a withheld cell be found by subtraction are refused.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use agglo_core::{Column, Control, Datum, Frame, Key, Panel, Period, Seed, Values};
use agglo_methods::catalog::Method;
use agglo_methods::{Answer, Call, MethodError};

use super::steps::Run;
use super::tables::Tables;
use super::world::World;
use super::{FINDINGS, answer, tables};
use crate::binding::{Binding, Source};
use crate::error::StudyError;
use crate::harmonize::{SINGLE, Withheld};
use crate::plan::{self, Facts, Plan, Step};
use crate::record::{NoteRecord, RunRecord, Status, StepRecord, TableRecord};
use crate::spec::Spec;

/// Panels and answers kept between questions.
const MOST_KEPT: usize = 24;

/// One question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// A step of the plan, or a method's id: of several steps the first that asks it.
    pub what: String,
    /// The variant; the step's, else the method's first when absent.
    pub variant: Option<String>,
    /// Options in place of the step's.
    pub options: BTreeMap<String, String>,
    /// The seed; the study's when absent.
    pub seed: Option<u64>,
    /// The periods kept, both ends included.
    pub periods: Option<(Period, Period)>,
    /// Column of the first table = the values kept.
    pub keep: BTreeMap<String, Vec<String>>,
    /// Weights of indicators, in place of all that the study gives; one that is not named has none.
    pub weights: BTreeMap<String, f64>,
}

impl Question {
    /// Whether it asks for anything but what the plan asks.
    fn differs(&self) -> bool {
        *self != Question { what: self.what.clone(), ..Question::default() }
    }
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Neither a step nor a method.
    #[error("`{0}` is neither a step of this study nor a method")]
    Unknown(String),
    /// A table that the method cannot do without is not there.
    #[error("`{method}` needs the table `{table}`, which this study does not have")]
    Needs {
        /// The method.
        method: &'static str,
        /// The table.
        table: &'static str,
    },
    /// The rules of `[disclosure]` forbid it.
    #[error("{0}")]
    Withheld(&'static str),
    /// What the method says.
    #[error(transparent)]
    Method(#[from] MethodError),
}

/// A study's tables, with its plan, ready for questions.
pub struct Desk {
    findings: PathBuf,
    spec: Spec,
    tables: Tables,
    plan: Plan,
    run: RunRecord,
    records: BTreeMap<String, StepRecord>,
    withheld: Option<Withheld>,
    answers: Mutex<BTreeMap<(World, String), Arc<Answer>>>,
    panels: Mutex<BTreeMap<(World, String), Arc<Panel>>>,
}

impl Desk {
    /// The study in `root` as its last run saw it.
    ///
    /// Cost: reading every table; under `[disclosure]` also finding the cells that are withheld.
    ///
    /// # Errors
    /// [`StudyError::NotRun`] before the first run, and what reading the tables may meet.
    pub fn open(root: &Path) -> Result<Desk, StudyError> {
        let spec = Spec::load(root)?;
        let run = super::last_run(root)?;
        let tables = tables::stored(root, &spec)?;
        let frames = tables.frames();
        let plan = Plan::new(&Facts { spec: &spec, tables: &frames });
        let withheld = tables.withheld(&spec)?;
        let records = run.steps.iter().map(|step| (step.step.clone(), step.clone())).collect();
        let findings = root.join(FINDINGS);
        let (answers, panels) = (Mutex::default(), Mutex::default());
        Ok(Desk { findings, spec, tables, plan, run, records, withheld, answers, panels })
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// A canonical table as it may leave, with what is withheld as gaps; `None` where there is no such
    /// table, or none of its rows may leave.
    pub fn table(&self, name: &str) -> Option<Arc<Frame>> {
        let frame = self.tables.frame(name)?;
        let Some(withheld) = &self.withheld else { return Some(frame) };
        if self.keeps_in(name) {
            return None;
        }
        Some(Arc::new(withheld.mask(&frame, &[]).0))
    }

    /// A grouping of regions, as `region, group`.
    pub fn group(&self, name: &str) -> Option<Arc<Frame>> {
        self.tables.group(name)
    }

    /// The names of the canonical tables, those that may not leave among them.
    pub fn tables(&self) -> Vec<String> {
        self.tables.frames().into_keys().collect()
    }

    /// Whether `[disclosure]` keeps the whole table in.
    pub fn keeps_in(&self, name: &str) -> bool {
        let base = name.split('-').next().unwrap_or(name);
        self.withheld.is_some() && (SINGLE.contains(&base) || base == "cell")
    }

    /// Whether the study's tables allow `method` to be asked; the table it lacks otherwise.
    ///
    /// # Errors
    /// The name of a table.
    pub fn allows(&self, method: &'static Method) -> Result<(), &'static str> {
        if self.plan.steps.iter().any(|step| step.method.id == method.id) {
            return Ok(());
        }
        let frames = self.tables.frames();
        plan::own::step(&Facts { spec: &self.spec, tables: &frames }, method).map(|_| ())
    }

    /// Asks, and gives the answer with its record as a run would write it; the ranges over completions of
    /// withheld cells are not among its tables.
    ///
    /// # Errors
    /// [`AskError`].
    pub fn ask(&self, question: &Question) -> Result<(StepRecord, Answer), AskError> {
        let known = self.step(&question.what)?;
        self.permit(&known, question)?;
        let step = asked(&known, question);
        let seed = question.seed.unwrap_or(self.spec.study.seed);
        self.forget();
        let run = self.run();
        let mut inputs = run.inputs(World::Main, &step, &self.records)?;
        if !question.weights.is_empty() {
            let meta = self.weighted(&run, &step, &question.weights)?;
            inputs = inputs.with(META, meta);
        }
        let call = Call::new(
            step.method,
            step.variant.as_deref(),
            &inputs,
            &step.options,
            Seed(seed),
            Control::none(),
        )?;
        let answer = run.published(step.method, &call.run()?);
        let record = self.record(&run, &step, seed, call.variant(), &answer);
        Ok((record, answer))
    }

    fn step(&self, what: &str) -> Result<Step, AskError> {
        let steps = || self.plan.steps.iter();
        let known =
            steps().find(|s| s.id == what).or_else(|| steps().find(|s| s.method.id == what));
        if let Some(step) = known {
            return Ok(step.clone());
        }
        let unknown = || AskError::Unknown(what.to_owned());
        let method = agglo_methods::find(what).ok_or_else(unknown)?;
        let frames = self.tables.frames();
        plan::own::step(&Facts { spec: &self.spec, tables: &frames }, method)
            .map_err(|table| AskError::Needs { method: method.id, table })
    }

    /// Refuses what would tell of single firms: a part of the rows can be subtracted from all of them.
    fn permit(&self, step: &Step, question: &Question) -> Result<(), AskError> {
        if self.withheld.is_none() {
            return Ok(());
        }
        if !question.keep.is_empty() {
            let why =
                "part of the rows could be subtracted from all of them: [disclosure] forbids it";
            return Err(AskError::Withheld(why));
        }
        let planned = self.plan.steps.iter().any(|known| known.id == step.id);
        if (question.differs() || !planned) && self.draws_on_single(step, &mut BTreeSet::new()) {
            let why = "it rests on single establishments: [disclosure] allows what the run asked and no more";
            return Err(AskError::Withheld(why));
        }
        Ok(())
    }

    fn draws_on_single(&self, step: &Step, seen: &mut BTreeSet<String>) -> bool {
        let sources: Vec<&Source> = step.inputs.iter().flat_map(|(_, b)| b.sources()).collect();
        sources.into_iter().any(|source| match source {
            Source::Table(name) => self.keeps_in(name),
            Source::Group(_) => false,
            Source::Step { step, .. } => {
                let other = self.plan.steps.iter().find(|known| known.id == *step);
                seen.insert(step.clone())
                    && other.is_some_and(|other| self.draws_on_single(other, seen))
            }
        })
    }

    fn run(&self) -> Run<'_> {
        Run {
            findings: &self.findings,
            spec: &self.spec,
            tables: &self.tables,
            keys: BTreeMap::new(),
            plan: &self.plan,
            affected: BTreeSet::new(),
            withheld: self.withheld.as_ref(),
            worlds: Vec::new(),
            answers: &self.answers,
            panels: &self.panels,
        }
    }

    /// Keeps the memory of many different questions bounded.
    fn forget(&self) {
        if let Ok(mut panels) = self.panels.lock()
            && panels.len() > MOST_KEPT
        {
            panels.clear();
        }
        if let Ok(mut answers) = self.answers.lock()
            && answers.len() > MOST_KEPT
        {
            answers.clear();
        }
    }

    /// The table of indicators with these weights and no others.
    fn weighted(
        &self,
        run: &Run<'_>,
        step: &Step,
        weights: &BTreeMap<String, f64>,
    ) -> Result<Frame, AskError> {
        let binding = |table: &str| step.inputs.iter().find(|(name, _)| name == table);
        let indicators = |(_, binding): &(String, Binding)| -> Result<Vec<Key>, MethodError> {
            let cut = run.cut(World::Main, binding, &self.records)?;
            Ok(cut.coded("indicator")?.codes().to_vec())
        };
        let values = binding("indicator").ok_or(MethodError::Data {
            what: format!("`{}` takes no weights of indicators", step.method.id),
        })?;
        let known = indicators(values)?;
        if let Some(other) = weights.keys().find(|code| !known.iter().any(|k| **k == ***code)) {
            let list = known.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(", ");
            let what = format!("there is no indicator `{other}`; the study has {list}");
            return Err(MethodError::Data { what }.into());
        }
        let meta = match binding(META) {
            Some((_, binding)) => run.cut(World::Main, binding, &self.records)?,
            None => Frame::new(vec![Column::new(
                "indicator",
                "",
                Values::Text(known.into_iter().map(Some).collect()),
            )])
            .map_err(MethodError::from)?,
        };
        let codes = meta.keys("indicator").map_err(MethodError::from)?;
        let own = codes.iter().map(|code| weights.get(&**code).copied().unwrap_or(0.0));
        let column = Column::number("weight", "1", own.map(Datum::Number));
        Ok(meta.with(column).map_err(MethodError::from)?)
    }

    fn record(
        &self,
        run: &Run<'_>,
        step: &Step,
        seed: u64,
        variant: &str,
        answer: &Answer,
    ) -> StepRecord {
        let mut inputs: BTreeMap<_, _> = step
            .inputs
            .iter()
            .map(|(table, binding)| (table.clone(), run.describe(binding)))
            .collect();
        let contents = self.run.steps.iter().flat_map(|step| step.inputs.values());
        let contents: BTreeMap<&str, &str> =
            contents.map(|input| (input.source.as_str(), input.content.as_str())).collect();
        for input in inputs.values_mut() {
            let content = contents.get(input.source.as_str()).copied();
            content.unwrap_or_default().clone_into(&mut input.content);
        }
        let options = step.options.resolved(step.method).into_iter();
        StepRecord {
            step: step.id.clone(),
            method: step.method.id.to_owned(),
            variant: variant.to_owned(),
            options: options.map(|(name, value)| (name.to_owned(), value)).collect(),
            seed,
            key: String::new(),
            status: Status::Answered,
            reason: None,
            inputs,
            tables: answer.tables.iter().map(|(name, frame)| table_record(name, frame)).collect(),
            notes: answer.notes.iter().map(NoteRecord::from).collect(),
        }
    }
}

/// The table of what the indicators are.
const META: &str = "indicator_meta";

fn table_record(name: &str, frame: &Frame) -> TableRecord {
    let hash = agglo_data::hash_frame(frame);
    TableRecord { name: name.to_owned(), rows: frame.n_rows(), hash }
}

/// The step with the choices of the question.
fn asked(known: &Step, question: &Question) -> Step {
    let mut step = known.clone();
    if let Some(variant) = &question.variant {
        step.variant = Some(variant.clone());
    }
    for (name, value) in &question.options {
        step.options = step.options.with(name, value.clone());
    }
    if !question.weights.is_empty() && !question.options.contains_key("weights") {
        step.options = step.options.with("weights", "given");
    }
    if let Some((from, to)) = question.periods {
        for (_, binding) in &mut step.inputs {
            if !matches!(binding.source, Source::Step { .. }) {
                let within = binding.periods.map_or((from, to), |p| (p.0.max(from), p.1.min(to)));
                binding.periods = Some(within);
            }
        }
    }
    if let Some((_, binding)) = step.inputs.first_mut() {
        for (column, values) in &question.keep {
            binding.keep.push((column.clone(), values.clone()));
        }
    }
    step
}

/// One table of the answer of a step; `root` is the study, or a folder that keeps an earlier run of it.
///
/// # Errors
/// [`StudyError::Data`] when the table cannot be read.
pub fn load_table(root: &Path, step: &str, table: &str) -> Result<Frame, StudyError> {
    Ok(answer::load_table(root, step, table)?)
}
