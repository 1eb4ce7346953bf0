//! A query on its way through a cluster: watched, its progress told, its failure put in words.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use ballista_core::execution_plans::DistributedQueryExec;
use ballista_core::planner::BallistaQueryPlanner;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::Session;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::context::QueryPlanner;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, displayable,
};
use datafusion_proto::protobuf::LogicalPlanNode;
use futures::StreamExt;
use futures::future::{Either, select};

use crate::error::ClusterError;
use crate::status::{Readiness, Standing, Status};

/// How often a running job is asked how it stands.
const ASK_EVERY: Duration = Duration::from_millis(500);

type Distributed = DistributedQueryExec<LogicalPlanNode>;

/// How far a query is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// The cluster has it and has not begun.
    Queued,
    /// It runs. A scheduler tells of a stage when all its tasks are done, and not how many stages are
    /// still to come: it plans them as it goes.
    Running {
        /// Stages that are done.
        stages_done: usize,
        /// Tasks of those stages.
        tasks_done: usize,
    },
    /// It is done, and its rows are being fetched.
    Done,
}

/// What is called on every change.
pub(crate) type OnProgress = Arc<dyn Fn(Progress) + Send + Sync>;

/// What a job needs beside its plan.
#[derive(Clone)]
pub(crate) struct Watch {
    pub(crate) address: String,
    pub(crate) status: Status,
    pub(crate) patience: Duration,
    pub(crate) on_progress: Option<OnProgress>,
}

/// Plans a query as one job on the cluster.
pub(crate) struct Planner {
    pub(crate) ballista: BallistaQueryPlanner<LogicalPlanNode>,
    pub(crate) watch: Watch,
}

impl fmt::Debug for Planner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ballista.fmt(f)
    }
}

#[async_trait]
impl QueryPlanner for Planner {
    async fn create_physical_plan(
        &self,
        plan: &LogicalPlan,
        session: &dyn Session,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let inner = self.ballista.create_physical_plan(plan, session).await?;
        // What Ballista answers by itself, such as an empty relation, is no job.
        if inner.downcast_ref::<Distributed>().is_none() {
            return Ok(inner);
        }
        let must_have_rows = must_have_rows(plan);
        Ok(Arc::new(Job { inner, watch: self.watch.clone(), must_have_rows }))
    }
}

/// Whether no rows at all would be wrong: groups of whole tables.
fn must_have_rows(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Projection(projection) => must_have_rows(&projection.input),
        LogicalPlan::SubqueryAlias(alias) => must_have_rows(&alias.input),
        LogicalPlan::Sort(sort) if sort.fetch.is_none() => must_have_rows(&sort.input),
        LogicalPlan::Aggregate(groups) => !groups.group_expr.is_empty() && is_whole(&groups.input),
        _ => false,
    }
}

fn is_whole(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Projection(projection) => is_whole(&projection.input),
        LogicalPlan::SubqueryAlias(alias) => is_whole(&alias.input),
        LogicalPlan::TableScan(scan) => scan.filters.is_empty() && scan.fetch.is_none(),
        _ => false,
    }
}

struct Job {
    inner: Arc<dyn ExecutionPlan>,
    watch: Watch,
    must_have_rows: bool,
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Job({})", displayable(self.inner.as_ref()).one_line())
    }
}

impl DisplayAs for Job {
    fn fmt_as(&self, form: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt_as(form, f)
    }
}

impl ExecutionPlan for Job {
    fn name(&self) -> &'static str {
        "Job"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.inner.properties()
    }

    fn schema(&self) -> SchemaRef {
        self.inner.schema()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(
        self: Arc<Self>,
        _children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let batches = self.inner.execute(partition, context)?;
        let (inner, watch) = (Arc::clone(&self.inner), self.watch.clone());
        let job_id = move || {
            let job = inner.downcast_ref::<Distributed>()?.job_id()?;
            Some(job.to_string())
        };
        let watched = Some(Box::pin(watched(watch.clone(), job_id.clone())));
        let start = Some((batches, watched, self.must_have_rows));
        let stream = futures::stream::unfold(start, move |running| {
            let (watch, job_id) = (watch.clone(), job_id.clone());
            async move {
                let (mut batches, mut watched, mut rows_missing) = running?;
                let next = match &mut watched {
                    None => batches.next().await,
                    Some(watched) => match select(pin!(batches.next()), watched).await {
                        Either::Left((next, _)) => next,
                        Either::Right((error, _)) => return Some((Err(external(error)), None)),
                    },
                };
                // Once rows come, the scheduler has done its part.
                if watched.take().is_some() && !matches!(next, Some(Err(_))) {
                    watch.tell(Progress::Done);
                }
                match next {
                    Some(Ok(batch)) => {
                        rows_missing &= batch.num_rows() == 0;
                        Some((Ok(batch), Some((batches, watched, rows_missing))))
                    }
                    Some(Err(error)) => {
                        Some((Err(external(in_words(&watch.address, job_id(), &error))), None))
                    }
                    None if rows_missing => {
                        let nothing = ClusterError::NothingRead { address: watch.address };
                        Some((Err(external(nothing)), None))
                    }
                    None => None,
                }
            }
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), stream)))
    }
}

fn external(error: ClusterError) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

impl Watch {
    fn tell(&self, progress: Progress) {
        if let Some(on_progress) = &self.on_progress {
            on_progress(progress);
        }
    }
}

/// Tells progress for as long as the job may go on, and ends with why it may not.
async fn watched(watch: Watch, job_id: impl Fn() -> Option<String>) -> ClusterError {
    let mut last = None;
    let (mut answered, mut had_executors) = (Instant::now(), Instant::now());
    loop {
        tokio::time::sleep(ASK_EVERY).await;
        let Some(job) = job_id() else { continue };
        let standing = match watch.status.job(&job).await {
            Ok(standing) => standing,
            Err(_) if answered.elapsed() < watch.patience => continue,
            Err(why) => return ClusterError::Lost { address: watch.address, why },
        };
        answered = Instant::now();
        let progress = match standing {
            Standing::Queued => Some(Progress::Queued),
            Standing::Running { stages_done, tasks_done } => {
                Some(Progress::Running { stages_done, tasks_done })
            }
            Standing::Over => None,
        };
        if let Some(progress) = progress
            && last != Some(progress)
        {
            watch.tell(progress);
            last = Some(progress);
        }
        if watch.status.readiness().await != Ok(Readiness::NoExecutors) {
            had_executors = Instant::now();
        } else if had_executors.elapsed() >= watch.patience {
            watch.status.cancel(&job).await;
            return ClusterError::NoExecutors {
                address: watch.address,
                waited: had_executors.elapsed(),
            };
        }
    }
}

/// What Ballista's client says is the text of an error within an error.
fn in_words(address: &str, job: Option<String>, error: &DataFusionError) -> ClusterError {
    let (address, text) = (address.to_owned(), error.strip_backtrace());
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&["must have the same major version", "protocol version"]) {
        return ClusterError::Release { address, why: shortened(&text) };
    }
    if let Some((_, why)) = text.split_once("failed: ")
        && text.contains("Job ")
    {
        let job = job.unwrap_or_default();
        return ClusterError::Job { address, job, why: shortened(why) };
    }
    let broken = [
        "transport error",
        "h2 protocol",
        "error reading a body",
        "Stream closed",
        "tcp connect",
        "Unavailable",
    ];
    match job {
        // Fetching what was computed.
        Some(job) if says(&["scheduler or executor at"]) => {
            ClusterError::Job { address, job, why: shortened(&text) }
        }
        _ if says(&broken) => ClusterError::Lost { address, why: shortened(&text) },
        Some(job) => ClusterError::Job { address, job, why: shortened(&text) },
        None => ClusterError::Unreachable { address, why: shortened(&text) },
    }
}

/// Without the wrappings of each layer, and not longer than a screen.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 600;
    let mut text = text.trim();
    while let Some(rest) = ["Execution error: ", "External error: ", "Arrow error: "]
        .iter()
        .find_map(|wrapping| text.strip_prefix(wrapping))
    {
        text = rest;
    }
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worded(job: Option<&str>, text: &str) -> ClusterError {
        in_words("h:1", job.map(str::to_owned), &DataFusionError::Execution(text.to_owned()))
    }

    #[test]
    fn what_the_client_says_becomes_one_of_a_few_plain_errors() {
        let failed = worded(Some("j1"), "Job j1 failed: Task failed: no such file");
        assert_eq!(
            failed.to_string(),
            "job j1 failed on the cluster at h:1: Task failed: no such file"
        );
        let lost = worded(Some("j1"), "code: 'Unknown error', message: \"transport error\"");
        assert!(matches!(lost, ClusterError::Lost { .. }), "{lost:?}");
        let lost = worded(None, "Stream closed without job completing");
        assert!(matches!(lost, ClusterError::Lost { .. }), "{lost:?}");
        let other = worded(
            None,
            "Ballista client 55.0.0 cannot be used with scheduler 1.0.0. The client and the \
             scheduler must have the same major version.",
        );
        assert!(matches!(other, ClusterError::Release { .. }), "{other:?}");
    }

    #[test]
    fn a_long_reason_is_cut() {
        let ClusterError::Job { why, .. } = worded(Some("j"), &"x".repeat(2000)) else { panic!() };
        assert_eq!(why.chars().count(), 601);
    }
}
