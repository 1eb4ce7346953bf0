//! What moved between two runs, and why: data, settings, the program, or a step before.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use agglo_core::{Datum, Frame, Gap, Values};
use agglo_methods::Method;
use serde::Serialize;

use crate::address::{Address, cell_text};
use crate::error::StudyError;
use crate::record::{RunRecord, StepRecord};
use crate::run::{last_run, load_answer};

/// Why a step's numbers moved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", tag = "cause")]
pub enum Cause {
    /// The rows it reads are others.
    Data {
        /// The table or grouping.
        source: String,
    },
    /// A choice is another.
    Setting {
        /// The choice.
        name: String,
        /// What it was.
        before: String,
        /// What it is.
        after: String,
    },
    /// The program is another.
    Code {
        /// Version and hash before.
        before: String,
        /// Version and hash after.
        after: String,
    },
    /// A step it draws on moved.
    Step {
        /// That step.
        step: String,
    },
}

/// What stands in a cell of an answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Stands {
    /// A number.
    Number(f64),
    /// Words, such as a verdict.
    Words(String),
    /// No number.
    Gap {
        /// The code of the reason.
        gap: &'static str,
    },
    /// There is no such row or column.
    Nothing,
}

impl fmt::Display for Stands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stands::Number(value) => write!(f, "{value}"),
            Stands::Words(words) => write!(f, "`{words}`"),
            Stands::Gap { gap } => write!(f, "({gap})"),
            Stands::Nothing => f.write_str("(not there)"),
        }
    }
}

/// A cell that moved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moved {
    /// Its address, for `agglo explain` in either study.
    pub address: String,
    /// What it was.
    pub before: Stands,
    /// What it is.
    pub after: Stands,
}

impl Moved {
    /// By how much, as a part of what it was; infinite from or to a gap, words or zero.
    pub fn relative(&self) -> f64 {
        match (&self.before, &self.after) {
            (Stands::Number(before), Stands::Number(after)) if *before != 0.0 => {
                ((after - before) / before).abs()
            }
            _ => f64::INFINITY,
        }
    }
}

/// A step whose numbers moved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MovedStep {
    /// The step.
    pub step: String,
    /// Why.
    pub causes: Vec<Cause>,
    /// Cells compared.
    pub n_compared: usize,
    /// The cells that moved, the furthest first.
    pub moved: Vec<Moved>,
}

/// A file that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedFile {
    /// The `[[data]]` block.
    pub block: String,
    /// The file.
    pub file: String,
    /// Its hash before; `None` where it was not read.
    pub before: Option<String>,
    /// Its hash after.
    pub after: Option<String>,
}

/// What moved between two runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Diff {
    /// The files that are others.
    pub files: Vec<ChangedFile>,
    /// The program before and after, where it is another.
    pub code: Option<(String, String)>,
    /// The steps with numbers that moved.
    pub steps: Vec<MovedStep>,
    /// Steps only the second run has.
    pub added: Vec<String>,
    /// Steps only the first run has.
    pub removed: Vec<String>,
    /// Steps with the same numbers.
    pub n_same: usize,
}

impl Diff {
    /// Whether no number moved and no step came or went.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.added.is_empty() && self.removed.is_empty()
    }

    /// How many numbers moved for each kind of cause, `data`, `setting`, `code` or `step`; a step with
    /// several causes counts for each.
    pub fn by_cause(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for step in &self.steps {
            let kinds: BTreeSet<&'static str> = step.causes.iter().map(Cause::kind).collect();
            for kind in kinds {
                *counts.entry(kind).or_insert(0) += step.moved.len();
            }
        }
        counts
    }
}

impl Cause {
    /// The kind of cause in one word.
    pub const fn kind(&self) -> &'static str {
        match self {
            Cause::Data { .. } => "data",
            Cause::Setting { .. } => "setting",
            Cause::Code { .. } => "code",
            Cause::Step { .. } => "step",
        }
    }
}

/// Compares the last runs of the studies in `before` and `after`, each a study's folder, or the
/// `run.json` or `agglo.lock` in it; numbers whose relative difference is at most `tolerance` are the
/// same.
///
/// # Errors
/// When a study was not run, or an answer cannot be read.
pub fn diff(before: &Path, after: &Path, tolerance: f64) -> Result<Diff, StudyError> {
    let (before, after) = (folder(before), folder(after));
    let (old, new) = (last_run(before)?, last_run(after)?);
    let program = |run: &RunRecord| format!("{} {}", run.version, run.code);
    let mut diff = Diff {
        files: files(&old, &new),
        code: (old.code != new.code).then(|| (program(&old), program(&new))),
        ..Diff::default()
    };
    let steps = |run: &RunRecord| -> BTreeMap<String, StepRecord> {
        run.steps.iter().map(|step| (step.step.clone(), step.clone())).collect()
    };
    let (old_steps, new_steps) = (steps(&old), steps(&new));
    diff.removed = old_steps.keys().filter(|s| !new_steps.contains_key(*s)).cloned().collect();
    let mut moved_steps: BTreeSet<String> = BTreeSet::new();
    for record in &new.steps {
        let Some(known) = old_steps.get(&record.step) else {
            diff.added.push(record.step.clone());
            continue;
        };
        let hashes = |step: &StepRecord| -> Vec<(String, String)> {
            step.tables.iter().map(|table| (table.name.clone(), table.hash.clone())).collect()
        };
        if hashes(known) == hashes(record) && known.status == record.status {
            diff.n_same += 1;
            continue;
        }
        let (n_compared, moved) = numbers(before, known, after, record, tolerance)?;
        if moved.is_empty() && known.status == record.status {
            diff.n_same += 1;
            continue;
        }
        let causes = Causes {
            files_changed: !diff.files.is_empty(),
            code: diff.code.as_ref(),
            moved: &moved_steps,
        }
        .of(known, record);
        moved_steps.insert(record.step.clone());
        diff.steps.push(MovedStep { step: record.step.clone(), causes, n_compared, moved });
    }
    Ok(diff)
}

/// The study's folder, of which a file in it may be named instead.
fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if path.is_file() && parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) if path.is_file() => parent,
        _ => path,
    }
}

fn files(old: &RunRecord, new: &RunRecord) -> Vec<ChangedFile> {
    let hashes = |run: &RunRecord| -> BTreeMap<(String, String), String> {
        let all = run.data.iter().flat_map(|data| {
            data.files.iter().map(|(file, hash)| ((data.name.clone(), file.clone()), hash.clone()))
        });
        all.collect()
    };
    let (old, new) = (hashes(old), hashes(new));
    let names: BTreeSet<&(String, String)> = old.keys().chain(new.keys()).collect();
    names
        .into_iter()
        .filter(|name| old.get(*name) != new.get(*name))
        .map(|name| ChangedFile {
            block: name.0.clone(),
            file: name.1.clone(),
            before: old.get(name).cloned(),
            after: new.get(name).cloned(),
        })
        .collect()
}

/// What the causes are told by, besides the two records of a step.
struct Causes<'a> {
    files_changed: bool,
    code: Option<&'a (String, String)>,
    moved: &'a BTreeSet<String>,
}

impl Causes<'_> {
    fn of(&self, old: &StepRecord, new: &StepRecord) -> Vec<Cause> {
        let mut causes = settings(old, new);
        let (mut drawn, mut read_otherwise) = (BTreeSet::new(), false);
        for (table, input) in &new.inputs {
            let same = old.inputs.get(table).is_some_and(|known| known.content == input.content);
            match input.source.strip_prefix("step ") {
                Some(step) => {
                    let step = step.split(':').next().unwrap_or(step);
                    if self.moved.contains(step) {
                        drawn.insert(Cause::Step { step: step.to_owned() });
                    }
                }
                None if same => {}
                None if self.files_changed => {
                    causes.insert(Cause::Data { source: input.source.clone() });
                }
                None => {
                    // The files are the same and the rows are not: they are read in another way.
                    read_otherwise = true;
                    if self.code.is_none() {
                        causes.insert(Cause::Setting {
                            name: format!("how {} is made", input.source),
                            before: old.inputs.get(table).map_or("", |i| &i.content).to_owned(),
                            after: input.content.clone(),
                        });
                    }
                }
            }
        }
        // Where the data or a choice and the program are others, nobody can tell them apart; a step
        // that only draws on a moved one needs no further cause.
        if let Some((before, after)) = self.code
            && (drawn.is_empty() || !causes.is_empty() || read_otherwise)
        {
            causes.insert(Cause::Code { before: before.clone(), after: after.clone() });
        }
        causes.extend(drawn);
        causes.into_iter().collect()
    }
}

/// The choices that are others.
fn settings(old: &StepRecord, new: &StepRecord) -> BTreeSet<Cause> {
    let mut causes = BTreeSet::new();
    let mut setting = |name: &str, before: &str, after: &str| {
        if before != after {
            let [name, before, after] = [name, before, after].map(str::to_owned);
            causes.insert(Cause::Setting { name, before, after });
        }
    };
    setting("variant", &old.variant, &new.variant);
    setting("seed", &old.seed.to_string(), &new.seed.to_string());
    let names: BTreeSet<&String> = old.options.keys().chain(new.options.keys()).collect();
    for name in names {
        let value = |step: &StepRecord| step.options.get(name).cloned().unwrap_or_default();
        setting(name, &value(old), &value(new));
    }
    for (table, input) in &new.inputs {
        let Some(known) = old.inputs.get(table) else { continue };
        let choices = |input: &crate::record::InputRecord| {
            format!("{:?}", (&input.columns, input.periods, &input.keep, &input.sum_by))
        };
        setting(&format!("input {table}"), &choices(known), &choices(input));
    }
    causes
}

/// How many cells two answers have, and those that moved.
fn numbers(
    before: &Path,
    old: &StepRecord,
    after: &Path,
    new: &StepRecord,
    tolerance: f64,
) -> Result<(usize, Vec<Moved>), StudyError> {
    let (old_answer, new_answer) = (load_answer(before, old)?, load_answer(after, new)?);
    let method = agglo_methods::find(&new.method);
    let (mut n_compared, mut moved) = (0, Vec::new());
    let main = new.tables.first().map(|table| table.name.clone());
    for (name, frame) in &new_answer.tables {
        let empty = Frame::default();
        let known = old_answer.table(name).unwrap_or(&empty);
        let shown = (main.as_ref() != Some(name)).then(|| name.clone());
        let pairs = Pairs { step: &new.step, table: shown, method, name };
        n_compared += pairs.compare(known, frame, tolerance, &mut moved);
    }
    for (name, known) in old_answer.tables.iter().filter(|t| new_answer.table(&t.0).is_none()) {
        let pairs = Pairs { step: &old.step, table: Some(name.clone()), method, name };
        n_compared += pairs.compare(known, &Frame::default(), tolerance, &mut moved);
    }
    moved.sort_by(|a, b| {
        b.relative().total_cmp(&a.relative()).then_with(|| a.address.cmp(&b.address))
    });
    Ok((n_compared, moved))
}

/// Two answers' tables of one name.
pub(crate) struct Pairs<'a> {
    pub(crate) step: &'a str,
    /// The table, where it is not the main one.
    pub(crate) table: Option<String>,
    pub(crate) method: Option<&'static Method>,
    pub(crate) name: &'a str,
}

impl Pairs<'_> {
    /// Adds the numbers that differ by more than `tolerance` to `moved`; says how many were compared.
    pub(crate) fn compare(
        &self,
        old: &Frame,
        new: &Frame,
        tolerance: f64,
        moved: &mut Vec<Moved>,
    ) -> usize {
        let keys = self.keys(if new.columns().is_empty() { old } else { new });
        let (old_rows, new_rows) = (rows_by_key(old, &keys), rows_by_key(new, &keys));
        let all: BTreeSet<&(Vec<String>, usize)> = old_rows.keys().chain(new_rows.keys()).collect();
        let mut columns: Vec<&str> = Vec::new();
        for column in new.columns().iter().chain(old.columns()) {
            let name = column.name();
            if !columns.contains(&name) && !keys.iter().any(|key| key == name) {
                columns.push(name);
            }
        }
        let mut n_compared = 0;
        for column in columns {
            for &place in &all {
                let before = stands(old, column, old_rows.get(place).copied());
                let after = stands(new, column, new_rows.get(place).copied());
                n_compared += 1;
                let same = match (&before, &after) {
                    (Stands::Number(a), Stands::Number(b)) => {
                        a == b || (a - b).abs() <= tolerance * a.abs().max(b.abs())
                    }
                    (a, b) => a == b,
                };
                if !same {
                    let address = Address {
                        step: self.step.to_owned(),
                        table: self.table.clone(),
                        column: column.to_owned(),
                        keys: keys.iter().cloned().zip(place.0.iter().cloned()).collect(),
                    };
                    moved.push(Moved { address: address.to_string(), before, after });
                }
            }
        }
        n_compared
    }

    /// The key columns of the table; all text columns where the catalogue names none.
    fn keys(&self, frame: &Frame) -> Vec<String> {
        let plain = self.name.strip_suffix("-intervals").unwrap_or(self.name);
        let outputs = self.method.into_iter().flat_map(|method| method.outputs);
        let known: Vec<String> = outputs
            .filter(|table| table.name == plain)
            .flat_map(|table| table.columns)
            .filter(|column| column.key && frame.has(column.name))
            .map(|column| column.name.to_owned())
            .collect();
        if !known.is_empty() {
            return known;
        }
        let texts = frame.columns().iter().filter(|c| matches!(c.values(), Values::Text(_)));
        texts.map(|column| column.name().to_owned()).collect()
    }
}

/// The rows by the texts of their keys, and by their order where several have the same.
fn rows_by_key(frame: &Frame, keys: &[String]) -> BTreeMap<(Vec<String>, usize), usize> {
    let mut seen: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    let text = |name: &String, row| cell_text(frame, name, row).unwrap_or_default();
    let place = |row| {
        let key: Vec<String> = keys.iter().map(|name| text(name, row)).collect();
        let nth = seen.entry(key.clone()).or_insert(0);
        *nth += 1;
        ((key, *nth), row)
    };
    (0..frame.n_rows()).map(place).collect()
}

fn stands(frame: &Frame, column: &str, row: Option<usize>) -> Stands {
    let (Some(row), Ok(column)) = (row, frame.column(column)) else { return Stands::Nothing };
    let gap = |why: Gap| Stands::Gap { gap: why.code() };
    match column.values() {
        Values::Text(cells) => match &cells[row] {
            Some(words) => Stands::Words(words.to_string()),
            None => gap(Gap::Missing),
        },
        Values::Integer(cells) => match cells[row] {
            Some(value) => Stands::Number(value as f64),
            None => gap(Gap::Missing),
        },
        Values::Number(cells) => match cells[row] {
            Datum::Number(value) => Stands::Number(value),
            Datum::Gap(why) => gap(why),
        },
    }
}
