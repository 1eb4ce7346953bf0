//! A study as its last run left it: read piece by piece as pieces are asked for, and let go of when a
//! later run has taken its place.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use agglo_core::Frame;
use agglo_figure::Figure;
use agglo_methods::Method;
use agglo_study::record::{RunRecord, Status, StepRecord};
use agglo_study::run::{Desk, TABLES};
use agglo_study::spec::Spec;
use agglo_study::{Findings, run};

use crate::cache::Cache;
use crate::indexed::Indexed;
use crate::names::Names;
use crate::problem::Problem;

/// Bytes of tables kept in memory between requests, about.
const TABLE_BYTES: usize = 768 << 20;

type Lazy<T> = OnceLock<Result<Arc<T>, Problem>>;

/// A figure of the report with the section it stands in.
pub(crate) struct Drawn {
    pub(crate) id: String,
    pub(crate) section: String,
    pub(crate) figure: Figure,
    pub(crate) steps: Vec<String>,
}

/// A study at one time.
pub(crate) struct Snapshot {
    /// The study's folder.
    pub(crate) root: PathBuf,
    /// The address of the server.
    pub(crate) url: String,
    /// Counts the states that this server has seen.
    pub(crate) generation: u64,
    /// The study file.
    pub(crate) spec: Result<Spec, Problem>,
    /// The last run; `None` before the first.
    pub(crate) run: Option<RunRecord>,
    /// The id of the last run.
    pub(crate) run_id: Option<String>,
    tables: Cache<OnceLock<Result<Arc<Indexed>, Problem>>>,
    desk: Lazy<Desk>,
    findings: Lazy<Findings>,
    figures: Lazy<Vec<Drawn>>,
    regions: OnceLock<Names>,
    industries: OnceLock<Names>,
}

impl Snapshot {
    /// The study in `root` as it is now. Cost: two small files.
    pub(crate) fn take(root: &Path, url: String, generation: u64) -> Snapshot {
        let bytes = std::fs::read(root.join(run::RUN_FILE)).ok();
        let record = bytes.as_ref().and_then(|bytes| serde_json::from_slice(bytes).ok());
        let id = bytes.as_ref().map(|bytes| crate::history::id_of(bytes));
        Snapshot {
            root: root.to_path_buf(),
            url,
            generation,
            spec: Spec::load(root).map_err(Problem::from),
            run_id: id.filter(|_| record.is_some()),
            run: record,
            tables: Cache::new(TABLE_BYTES),
            desk: OnceLock::new(),
            findings: OnceLock::new(),
            figures: OnceLock::new(),
            regions: OnceLock::new(),
            industries: OnceLock::new(),
        }
    }

    /// The study file.
    pub(crate) fn spec(&self) -> Result<&Spec, Problem> {
        self.spec.as_ref().map_err(Clone::clone)
    }

    /// The record of the last run.
    pub(crate) fn run(&self) -> Result<&RunRecord, Problem> {
        self.run.as_ref().ok_or_else(Problem::not_run)
    }

    /// The record of a step, answered or not.
    pub(crate) fn step(&self, step: &str) -> Result<&StepRecord, Problem> {
        let run = self.run()?;
        let known = run.steps.iter().find(|record| record.step == step);
        known.ok_or_else(|| {
            let names = run.steps.iter().map(|record| record.step.as_str());
            Problem::unknown("step", step, names)
        })
    }

    /// The record of a step that has an answer, with its method.
    pub(crate) fn answered(&self, step: &str) -> Result<(&StepRecord, &'static Method), Problem> {
        let record = self.step(step)?;
        if record.status != Status::Answered {
            let reason = record.reason.as_deref().unwrap_or("no reason was written down");
            return Err(Problem::refused(format!("`{step}` has no answer: {reason}")));
        }
        let method = agglo_methods::find(&record.method);
        let method = method.ok_or_else(|| {
            Problem::not_found(format!("this agglo has no method `{}`", record.method))
        })?;
        Ok((record, method))
    }

    /// A table of a step's answer; the main one for `main`.
    pub(crate) fn finding(
        &self,
        step: &str,
        table: &str,
    ) -> Result<(String, Arc<Indexed>), Problem> {
        let (record, _) = self.answered(step)?;
        let known = match table {
            "main" => record.tables.first(),
            _ => record.tables.iter().find(|known| known.name == table),
        };
        let known = known.ok_or_else(|| {
            let names = record.tables.iter().map(|table| table.name.as_str());
            Problem::unknown(&format!("table of `{step}`"), table, names)
        })?;
        let name = known.name.clone();
        let frame = self.cached(&format!("finding {step} {name}"), || {
            Ok(Arc::new(run::load_table(&self.answers(), step, &name)?))
        })?;
        Ok((name, frame))
    }

    /// The folder with the answers of this run: the kept one, where the study's own may be on its way to
    /// the next.
    fn answers(&self) -> PathBuf {
        let kept = self.run_id.as_ref().map(|id| self.root.join(crate::history::RUNS).join(id));
        kept.filter(|folder| folder.exists()).unwrap_or_else(|| self.root.clone())
    }

    /// A canonical table as it may leave.
    pub(crate) fn table(&self, name: &str) -> Result<Arc<Indexed>, Problem> {
        let desk = self.desk()?;
        if desk.keeps_in(name) {
            return Err(Problem::withheld(format!(
                "the table `{name}` holds single establishments and does not leave"
            )));
        }
        self.cached(&format!("table {name}"), || {
            desk.table(name).ok_or_else(|| {
                let names = desk.tables();
                Problem::unknown("table", name, names.iter().map(String::as_str))
            })
        })
    }

    fn cached(
        &self,
        name: &str,
        read: impl FnOnce() -> Result<Arc<Frame>, Problem>,
    ) -> Result<Arc<Indexed>, Problem> {
        let slot = self.tables.get_or(name, OnceLock::new);
        let found = slot.get_or_init(|| read().map(|frame| Arc::new(Indexed::new(frame)))).clone();
        match &found {
            Ok(table) => self.tables.weigh(name, table.size()),
            Err(_) => self.tables.forget(name),
        }
        found
    }

    /// The study's tables with its plan, ready for questions.
    pub(crate) fn desk(&self) -> Result<Arc<Desk>, Problem> {
        let open = || Ok(Arc::new(Desk::open(&self.root)?));
        self.desk.get_or_init(open).clone()
    }

    /// All findings at once, as the report and `explain` read them.
    pub(crate) fn findings(&self) -> Result<Arc<Findings>, Problem> {
        let load = || Ok(Arc::new(Findings::load(&self.root)?));
        self.findings.get_or_init(load).clone()
    }

    /// The report's figures.
    pub(crate) fn figures(&self) -> Result<Arc<Vec<Drawn>>, Problem> {
        let draw = || {
            let findings = self.findings()?;
            let document = agglo_report::chapter::report(&findings);
            let mut drawn = Vec::new();
            for section in &document.sections {
                let figures = section.blocks.iter().filter_map(|block| match block {
                    agglo_report::document::Block::Figure(figure) => Some(figure),
                    _ => None,
                });
                drawn.extend(figures.map(|block| Drawn {
                    id: block.id.clone(),
                    section: section.id.clone(),
                    figure: block.figure.clone(),
                    steps: block.origin.steps.clone(),
                }));
            }
            Ok(Arc::new(drawn))
        };
        self.figures.get_or_init(draw).clone()
    }

    /// The names of regions.
    pub(crate) fn regions(&self) -> &Names {
        self.regions.get_or_init(|| self.names("region"))
    }

    /// The names of industries.
    pub(crate) fn industries(&self) -> &Names {
        self.industries.get_or_init(|| self.names("industry"))
    }

    fn names(&self, kind: &str) -> Names {
        let file = |end: &str| self.root.join(TABLES).join(format!("{kind}{end}.parquet"));
        let used = file(".used");
        let path = if used.exists() { used } else { file("") };
        let table = agglo_data::read_table(&path);
        table.map(|table| Names::read(kind, &table.frame)).unwrap_or_default()
    }
}
