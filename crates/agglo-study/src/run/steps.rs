//! Asking the plan's questions: known answers are taken, the others computed, in parallel where
//! they do not depend on each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use agglo_core::{Absent, Control, Frame, FrameError, Note, Panel};
use agglo_methods::catalog::{ACTIVITY, Input, Method};
use agglo_methods::{Answer, Call, Inputs, MethodError};

use super::tables::Tables;
use super::world::{self, World, interval_table};
use super::{CODE, RunOptions, answer};
use crate::binding::{Binding, Source, Take};
use crate::error::StudyError;
use crate::harmonize::Withheld;
use crate::plan::{Plan, Step};
use crate::record::{InputRecord, NoteRecord, Status, StepRecord, TableRecord};
use crate::spec::Spec;

struct Run<'a> {
    findings: &'a Path,
    spec: &'a Spec,
    tables: &'a Tables,
    keys: BTreeMap<String, String>,
    plan: &'a Plan,
    /// The steps whose answers differ between worlds, and the worlds besides the main one.
    affected: BTreeSet<String>,
    /// The cells that must not leave; answers in memory hold them, answers on disk do not.
    withheld: Option<Withheld>,
    worlds: Vec<World>,
    answers: Mutex<BTreeMap<(World, String), Arc<Answer>>>,
    panels: Mutex<BTreeMap<(World, String), Arc<Panel>>>,
}

/// Records in the plan's order, and how many steps were computed.
pub(super) fn run(
    findings: &Path,
    spec: &Spec,
    tables: &Tables,
    plan: &Plan,
    options: &RunOptions<'_>,
) -> Result<(Vec<StepRecord>, usize), StudyError> {
    let mut run = Run {
        findings,
        spec,
        tables,
        keys: BTreeMap::new(),
        plan,
        affected: world::affected(plan, tables),
        withheld: tables.withheld(spec)?,
        worlds: world::others(tables),
        answers: Mutex::default(),
        panels: Mutex::default(),
    };
    for step in &plan.steps {
        let key = run.key(step);
        run.keys.insert(step.id.clone(), key);
    }
    let mut records: BTreeMap<String, StepRecord> = plan
        .steps
        .iter()
        .filter_map(|step| answer::known(findings, &step.id))
        .filter(|record| run.keys.get(&record.step) == Some(&record.key))
        .map(|record| (record.step.clone(), record))
        .collect();
    let mut open: Vec<&Step> =
        plan.steps.iter().filter(|step| !records.contains_key(&step.id)).collect();
    let n_computed = open.len();
    let done = AtomicUsize::new(0);
    while !open.is_empty() {
        let (ready, later): (Vec<&Step>, Vec<&Step>) = open
            .into_iter()
            .partition(|step| draws_on(step).all(|other| records.contains_key(other)));
        assert!(!ready.is_empty(), "the plan's steps wait for each other");
        for record in run.batch(&ready, &records, options, &done, n_computed)? {
            records.insert(record.step.clone(), record);
        }
        open = later;
    }
    Ok((plan.steps.iter().filter_map(|step| records.remove(&step.id)).collect(), n_computed))
}

fn draws_on(step: &Step) -> impl Iterator<Item = &str> {
    step.inputs.iter().flat_map(|(_, binding)| binding.sources()).filter_map(
        |source| match source {
            Source::Step { step, .. } => Some(step.as_str()),
            Source::Table(_) | Source::Group(_) => None,
        },
    )
}

impl Run<'_> {
    /// The hash of everything the step's answer depends on; its sources have theirs already.
    fn key(&self, step: &Step) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut add = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        add(CODE);
        add(step.method.id);
        add(variant(step));
        add(&format!("{:?}", step.options.resolved(step.method)));
        add(&self.spec.study.seed.to_string());
        if let Some(disclosure) = &self.spec.disclosure {
            add(&format!("{disclosure:?}"));
            add(self.tables.key("plant"));
        }
        for (table, binding) in &step.inputs {
            add(table);
            add(&format!("{binding:?}"));
            for source in binding.sources() {
                add(self.content(source));
            }
        }
        hasher.finalize().to_hex().to_string()
    }

    /// The hash of a source's content; of another step, that of all its answer depends on.
    fn content(&self, source: &Source) -> &str {
        match source {
            Source::Table(name) => self.tables.key(name),
            Source::Group(name) => self.tables.group_key(name),
            Source::Step { step, .. } => self.keys.get(step).map_or("", String::as_str),
        }
    }

    /// What a method reads, in words and by hash.
    fn describe(&self, binding: &Binding) -> InputRecord {
        let mut columns: BTreeMap<String, String> = binding
            .columns
            .iter()
            .chain(&binding.made)
            .map(|(role, take)| (role.clone(), in_words(take)))
            .collect();
        for join in &binding.joins {
            for (role, name) in &join.columns {
                columns.insert(role.clone(), format!("{}: {name}", join.source));
            }
        }
        InputRecord {
            source: binding.source.to_string(),
            content: self.content(&binding.source).to_owned(),
            columns,
            periods: binding.periods,
            keep: binding.keep.iter().cloned().collect(),
            sum_by: binding.sum_by.clone(),
        }
    }

    fn batch(
        &self,
        ready: &[&Step],
        records: &BTreeMap<String, StepRecord>,
        options: &RunOptions<'_>,
        done: &AtomicUsize,
        total: usize,
    ) -> Result<Vec<StepRecord>, StudyError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if options.threads == 0 { cores } else { options.threads };
        let next = AtomicUsize::new(0);
        let results = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..threads.min(ready.len()).max(1) {
                scope.spawn(|| {
                    while let Some(step) = ready.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let result = self.ask(step, records);
                        if let Ok(mut results) = results.lock() {
                            results.push(result);
                        }
                        let n_done = done.fetch_add(1, Ordering::Relaxed) + 1;
                        if options.control.step(n_done as u64, total as u64).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        results.into_inner().unwrap_or_default().into_iter().collect()
    }

    fn ask(
        &self,
        step: &Step,
        records: &BTreeMap<String, StepRecord>,
    ) -> Result<StepRecord, StudyError> {
        let mut record = StepRecord {
            step: step.id.clone(),
            method: step.method.id.to_owned(),
            variant: variant(step).to_owned(),
            options: step
                .options
                .resolved(step.method)
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            seed: self.spec.study.seed,
            key: self.keys[&step.id].clone(),
            status: Status::Answered,
            reason: None,
            inputs: step
                .inputs
                .iter()
                .map(|(table, binding)| (table.clone(), self.describe(binding)))
                .collect(),
            tables: Vec::new(),
            notes: Vec::new(),
        };
        let missing = draws_on(step).find(|other| {
            records.get(*other).is_none_or(|record| record.status != Status::Answered)
        });
        let result = match missing {
            Some(other) => Err(MethodError::NotIdentified {
                what: format!("the step `{other}`, which this one draws on, has no answer"),
            }),
            None => self
                .compute(World::Main, step, records)
                .and_then(|answer| self.with_intervals(step, answer, records)),
        };
        let answer = match result {
            Ok(answer) => answer,
            Err(error) => {
                record.status = match error {
                    MethodError::NotIdentified { .. } => Status::Refused,
                    _ => Status::Failed,
                };
                record.reason = Some(error.to_string());
                Answer::default()
            }
        };
        let published = self.published(step.method, &answer);
        record.notes = published.notes.iter().map(NoteRecord::from).collect();
        record.tables = published
            .tables
            .iter()
            .map(|(name, frame)| TableRecord {
                name: name.clone(),
                rows: frame.n_rows(),
                hash: agglo_data::hash_frame(frame),
            })
            .collect();
        answer::write(self.findings, &record, &published)?;
        if let Ok(mut answers) = self.answers.lock() {
            answers.insert((World::Main, step.id.clone()), Arc::new(answer));
        }
        Ok(record)
    }

    /// What may leave of an answer.
    fn published(&self, method: &Method, answer: &Answer) -> Answer {
        let Some(withheld) = &self.withheld else { return answer.clone() };
        let mut published = answer.clone();
        let mut n_rows = 0;
        for (name, frame) in &mut published.tables {
            // A table of intervals has the keys of the table it stands beside.
            let output =
                method.outputs.iter().find(|o| o.name == name || *name == interval_table(o.name));
            let (masked, n) = withheld.mask(frame, output.map_or(&[], |output| output.columns));
            *frame = masked;
            n_rows += n;
        }
        if n_rows > 0 {
            published.notes.push(Note::new(
                "withheld-by-rule",
                format!("{n_rows} rows are withheld by the rules of [disclosure]"),
                format!("按保密规则隐去 {n_rows} 行数值"),
            ));
        }
        published
    }

    fn compute(
        &self,
        world: World,
        step: &Step,
        records: &BTreeMap<String, StepRecord>,
    ) -> Result<Answer, MethodError> {
        let inputs = self.inputs(world, step, records)?;
        let (variant, seed) = (step.variant.as_deref(), self.spec.seed());
        Call::new(step.method, variant, &inputs, &step.options, seed, Control::none())?.run()
    }

    /// `answer` with the range of its numbers over the completions of withheld cells.
    fn with_intervals(
        &self,
        step: &Step,
        mut answer: Answer,
        records: &BTreeMap<String, StepRecord>,
    ) -> Result<Answer, MethodError> {
        if !self.affected.contains(&step.id) || self.worlds.is_empty() {
            return Ok(answer);
        }
        let mut completions = Vec::new();
        let mut without = None;
        for &world in &self.worlds {
            let other = Arc::new(self.compute(world, step, records)?);
            if let Ok(mut answers) = self.answers.lock() {
                answers.insert((world, step.id.clone()), other.clone());
            }
            match world {
                World::Without => without = Some(other),
                World::Main | World::Completion(_) => completions.push(other),
            }
        }
        let mut tables = Vec::new();
        for (name, main) in &answer.tables {
            let frames: Vec<&Frame> =
                completions.iter().filter_map(|other| other.table(name)).collect();
            let without = without.as_ref().and_then(|other| other.table(name));
            if frames.len() == completions.len()
                && let Some(table) = world::intervals(step.method, name, main, &frames, without)
            {
                tables.push((interval_table(name), table));
            }
        }
        if !tables.is_empty() {
            let n = completions.len();
            answer.notes.push(Note::new(
                "withheld-cells",
                format!(
                    "Rests on cells that the source withheld: the range of every number over {n} \
                     completions of the table stands beside it"
                ),
                format!("部分依据来源未公布的单元格：各数值在 {n} 次补全中的范围列于旁表"),
            ));
        }
        answer.tables.extend(tables);
        Ok(answer)
    }

    fn inputs(
        &self,
        world: World,
        step: &Step,
        records: &BTreeMap<String, StepRecord>,
    ) -> Result<Inputs, MethodError> {
        let mut inputs = Inputs::new();
        for (table, binding) in &step.inputs {
            let optional = is_optional(step.method, table, binding);
            let is_absent = |from: &str| self.answer(world, from, records).is_none();
            if optional.is_some_and(is_absent) {
                continue;
            }
            // No row of the other step is left: the method does without.
            let is_spare = |error: &MethodError| {
                optional.is_some() && matches!(error, MethodError::NotIdentified { .. })
            };
            inputs = if table == ACTIVITY.table {
                match self.panel(world, binding, records) {
                    Err(error) if is_spare(&error) => continue,
                    panel => inputs.with_panel(table, panel?),
                }
            } else {
                match self.cut(world, binding, records) {
                    Err(error) if is_spare(&error) => continue,
                    frame => inputs.with(table, frame?),
                }
            };
        }
        Ok(inputs)
    }

    /// The panel of a binding, made once however many methods ask for it.
    fn panel(
        &self,
        world: World,
        binding: &Binding,
        records: &BTreeMap<String, StepRecord>,
    ) -> Result<Arc<Panel>, MethodError> {
        let name = (world, format!("{binding:?}"));
        if let Some(panel) = self.panels.lock().ok().and_then(|panels| panels.get(&name).cloned()) {
            return Ok(panel);
        }
        let absent = match &binding.source {
            Source::Table(table) => self.tables.absent(table),
            Source::Group(_) | Source::Step { .. } => Absent::Missing,
        };
        let panel = Panel::from_frame(&self.cut(world, binding, records)?, absent)?;
        let panel = Arc::new(panel);
        if let Ok(mut panels) = self.panels.lock() {
            panels.insert(name, panel.clone());
        }
        Ok(panel)
    }

    fn cut(
        &self,
        world: World,
        binding: &Binding,
        records: &BTreeMap<String, StepRecord>,
    ) -> Result<Frame, MethodError> {
        let frame = binding.cut(&|source| self.fetch(world, source, records))?;
        if frame.n_rows() == 0 {
            return Err(MethodError::NotIdentified {
                what: format!("no row of {} is left to compute from", binding.source),
            });
        }
        Ok(frame)
    }

    fn fetch(
        &self,
        world: World,
        source: &Source,
        records: &BTreeMap<String, StepRecord>,
    ) -> Result<Arc<Frame>, FrameError> {
        let absent = || FrameError::NoColumn { column: source.to_string(), have: String::new() };
        match source {
            Source::Table(name) => self.tables.frame_in(world, name).ok_or_else(absent),
            Source::Group(name) => self.tables.group(name).ok_or_else(absent),
            Source::Step { step, table } => {
                let answer = self.answer(world, step, records).ok_or_else(absent)?;
                answer.table(table).cloned().map(Arc::new).ok_or_else(absent)
            }
        }
    }

    /// Another step's answer: from memory, from disk, or in another world computed anew.
    fn answer(
        &self,
        world: World,
        step: &str,
        records: &BTreeMap<String, StepRecord>,
    ) -> Option<Arc<Answer>> {
        let world = if self.affected.contains(step) { world } else { World::Main };
        let place = (world, step.to_owned());
        if let Some(answer) = self.answers.lock().ok()?.get(&place) {
            return Some(answer.clone());
        }
        let whole_on_disk = self.withheld.is_none();
        let answer = if world == World::Main && whole_on_disk {
            let root = self.findings.parent()?;
            answer::load_answer(root, records.get(step)?).ok()?
        } else {
            let step = self.plan.steps.iter().find(|known| known.id == step)?;
            self.compute(world, step, records).ok()?
        };
        let answer = Arc::new(answer);
        self.answers.lock().ok()?.insert(place, answer.clone());
        Some(answer)
    }
}

/// The step that the table is from, where the method can do without the table.
fn is_optional<'b>(method: &Method, table: &str, binding: &'b Binding) -> Option<&'b str> {
    let Source::Step { step, .. } = &binding.source else { return None };
    let can_do_without = |input: &Input| input.table == table && !input.required;
    method.inputs.iter().any(can_do_without).then_some(step.as_str())
}

/// How a column is made, as the record says it.
fn in_words(take: &Take) -> String {
    match take {
        Take::Column(name) => name.clone(),
        Take::Ratio(over, under) => format!("{over} / {under}"),
        Take::Words(words) => format!("\"{words}\""),
    }
}

fn variant(step: &Step) -> &str {
    step.variant.as_deref().unwrap_or(step.method.variants[0].id)
}
