//! The answers of the last run, read back: what the report, the figures and `explain` draw on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use agglo_core::{Absent, Datum, Frame, Lang, Note, Values};
use agglo_methods::{Answer, Method};

use crate::error::StudyError;
use crate::record::{RunRecord, Status, StepRecord};
use crate::run;
use crate::spec::Spec;

/// One step's answer with its record.
pub struct Finding {
    /// The record.
    pub record: StepRecord,
    /// The method.
    pub method: &'static Method,
    /// The answer; no table unless the step was answered.
    pub answer: Answer,
}

impl Finding {
    /// The main table.
    pub fn main(&self) -> &Frame {
        self.answer.main()
    }

    /// The table of this name.
    pub fn table(&self, name: &str) -> Option<&Frame> {
        self.answer.table(name)
    }
}

/// What cells that the source withheld leave open of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The smallest and the largest it is over the completions; `None` where some completion has no number.
    pub range: Option<(f64, f64)>,
    /// What it is with withheld cells counted as nothing, where the study compares.
    pub without: Option<Datum>,
    /// In how many completions its rank, or its sign, is the same, where it has one.
    pub holds: Option<u64>,
}

impl Finding {
    /// What withheld cells leave open of a number of the table `table`; `None` where they leave nothing.
    pub fn interval(&self, table: &str, column: &str, row: usize) -> Option<Interval> {
        let frame = self.table(&run::interval_table(table))?;
        let cell = |part: &str| frame.numbers(&format!("{column}.{part}")).ok()?.get(row).copied();
        let (lower, upper) = (cell("lower")?, cell("upper")?);
        let own = self.table(table)?.numbers(column).ok()?.get(row).copied()?;
        let range = lower.number().zip(upper.number());
        let without = cell("without");
        let moves = match (range, own) {
            (Some((lower, upper)), Datum::Number(_)) => lower < upper,
            // Only the completions have a number, or only some of them have.
            (Some(_), Datum::Gap(_)) | (None, Datum::Number(_)) => true,
            (None, Datum::Gap(_)) => false,
        };
        let moves = moves || without.is_some_and(|without| !same(without, own));
        let holds = cell("holds").and_then(|count| Some(count.number()? as u64));
        moves.then_some(Interval { range, without, holds })
    }
}

/// Numbers that differ by no more than sums of completions may, and gaps of one kind.
fn same(a: Datum, b: Datum) -> bool {
    match (a.number(), b.number()) {
        (Some(a), Some(b)) => (a - b).abs() <= run::CLOSE * a.abs().max(b.abs()),
        _ => a == b,
    }
}

/// The answers of a study, its names, and what was read.
pub struct Findings {
    /// The study's folder.
    pub root: PathBuf,
    /// The study.
    pub spec: Spec,
    /// The record of the run.
    pub run: RunRecord,
    /// The answers by step.
    findings: BTreeMap<String, Finding>,
    /// The canonical tables.
    pub tables: BTreeMap<String, std::sync::Arc<Frame>>,
    /// The groupings of regions.
    pub groups: BTreeMap<String, std::sync::Arc<Frame>>,
    absent: BTreeMap<String, Absent>,
    names: BTreeMap<(&'static str, String), (String, String)>,
}

impl Findings {
    /// The answers of the last run of the study in `root`.
    ///
    /// # Errors
    /// [`StudyError::NotRun`] before the first run.
    pub fn load(root: &Path) -> Result<Findings, StudyError> {
        let spec = Spec::load(root)?;
        let record = run::last_run(root)?;
        let mut findings = BTreeMap::new();
        for step in &record.steps {
            let Some(method) = agglo_methods::find(&step.method) else { continue };
            let answer = run::load_answer(root, step)?;
            findings.insert(step.step.clone(), Finding { record: step.clone(), method, answer });
        }
        let loaded = run::stored(root, &spec)?;
        let tables = loaded.frames();
        let groups = spec
            .geo
            .groups
            .keys()
            .filter_map(|name| Some((name.clone(), loaded.group(name)?)))
            .collect();
        let absent = tables.keys().map(|name| (name.clone(), loaded.absent(name))).collect();
        let mut names = BTreeMap::new();
        for kind in ["region", "industry"] {
            if let Some(frame) = tables.get(kind) {
                read_names(kind, frame, &mut names);
            }
        }
        Ok(Findings {
            root: root.to_path_buf(),
            spec,
            run: record,
            findings,
            tables,
            groups,
            absent,
            names,
        })
    }

    /// What a cell of a table is that no row lists.
    pub(crate) fn absent(&self, table: &str) -> Absent {
        self.absent.get(table).copied().unwrap_or_default()
    }

    /// The answered step of this name.
    pub fn get(&self, step: &str) -> Option<&Finding> {
        self.findings.get(step).filter(|finding| finding.record.status == Status::Answered)
    }

    /// The step of this name, answered or not.
    pub fn any(&self, step: &str) -> Option<&Finding> {
        self.findings.get(step)
    }

    /// All steps in the plan's order.
    pub fn all(&self) -> impl Iterator<Item = &Finding> {
        self.run.steps.iter().filter_map(|record| self.findings.get(&record.step))
    }

    /// The name of a region or an industry, the code itself where there is none.
    pub fn name<'s>(&'s self, kind: &'static str, code: &'s str, lang: Lang) -> &'s str {
        match self.names.get(&(kind, code.to_owned())) {
            Some((en, zh)) => match lang {
                Lang::En if !en.is_empty() => en,
                Lang::Zh if !zh.is_empty() => zh,
                _ => code,
            },
            None => code,
        }
    }

    /// The name of a group in the grouping `grouping`, the group itself where there is none.
    pub fn group_name<'s>(&'s self, grouping: &str, group: &'s str, lang: Lang) -> &'s str {
        let column = match lang {
            Lang::En => "name",
            Lang::Zh => "name_zh",
        };
        let name = || {
            let frame = self.groups.get(grouping)?;
            let groups = frame.text("group").ok()?;
            let row = groups.iter().position(|cell| cell.as_deref() == Some(group))?;
            frame.text(column).ok()?[row].as_deref()
        };
        name().unwrap_or(group)
    }

    /// Remarks of all steps, each once.
    pub fn notes(&self) -> Vec<&Note> {
        let mut seen = std::collections::BTreeSet::new();
        self.all()
            .flat_map(|finding| &finding.answer.notes)
            .filter(|note| seen.insert(&note.en))
            .collect()
    }
}

fn read_names(
    kind: &'static str,
    frame: &Frame,
    names: &mut BTreeMap<(&'static str, String), (String, String)>,
) {
    let text = |column: &str| match frame.column(column).map(agglo_core::Column::values) {
        Ok(Values::Text(cells)) => cells.clone(),
        _ => vec![None; frame.n_rows()],
    };
    let (plain, en, zh) = (text("name"), text("name_en"), text("name_zh"));
    for (row, code) in text(kind).into_iter().enumerate() {
        let Some(code) = code else { continue };
        let pick = |cells: &[Option<agglo_core::Key>]| {
            cells[row].as_deref().or(plain[row].as_deref()).unwrap_or_default().to_owned()
        };
        names.insert((kind, code.to_string()), (pick(&en), pick(&zh)));
    }
}
