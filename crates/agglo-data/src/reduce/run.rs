//! The engine at work: the rows cut into pieces, each piece on one thread from file to groups.
//!
//! Sums are exact, so pieces may be added in any order. Every thread drives an engine of its own over
//! whole pieces; nothing is handed between threads but finished groups. That costs one more hash table
//! per thread and saves the exchange of rows between them, which was the larger part of the work.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::DataFusionError;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::datasource::physical_plan::{FileScanConfig, FileScanConfigBuilder};
use datafusion::datasource::source::DataSourceExec;
use datafusion::execution::TaskContext;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::{CsvReadOptions, DataFrame, ParquetReadOptions, SessionContext};
use futures::TryStreamExt as _;

use super::Engine;
use super::groups::{Cells, Groups};
use super::job::{Format, Job, Part, Rows};

/// What one thread does from beginning to end.
struct Piece {
    /// The part of the job that it belongs to.
    part: usize,
    plan: Arc<dyn ExecutionPlan>,
    context: Arc<TaskContext>,
}

impl Job {
    /// The cells of each part in `wanted`, or `None` when a row needs the careful reader.
    pub(super) fn run(
        &self,
        engine: &Engine,
        wanted: &[usize],
    ) -> Result<Option<Vec<Cells>>, DataFusionError> {
        let found = match &engine.cluster {
            Some(cluster) => on_a_thread(|| {
                let runtime = super::runtime()?;
                runtime.block_on(async {
                    let context = cluster.session().await?;
                    self.on_cluster(&context, wanted).await
                })
            })?,
            None => self.embedded(engine, wanted)?,
        };
        let Some(found) = found else { return Ok(None) };
        let mut parts: Vec<Vec<Groups>> = wanted.iter().map(|_| Vec::new()).collect();
        for (part, groups) in found {
            if let Some(place) = wanted.iter().position(|&want| want == part) {
                parts[place].push(groups);
            }
        }
        let cells = |pieces| Cells::of(pieces, self.measured.clone());
        parts.into_iter().map(cells).collect::<Result<_, _>>().map(Some)
    }

    async fn on_cluster(
        &self,
        context: &SessionContext,
        wanted: &[usize],
    ) -> Result<Option<Vec<(usize, Groups)>>, DataFusionError> {
        let mut found = Vec::new();
        for &part in wanted {
            let mut groups = Groups::default();
            for batch in self.question(context, &self.parts[part]).await?.collect().await? {
                if !groups.take(self, &batch)? {
                    return Ok(None);
                }
            }
            found.push((part, groups));
        }
        Ok(Some(found))
    }

    fn embedded(
        &self,
        engine: &Engine,
        wanted: &[usize],
    ) -> Result<Option<Vec<(usize, Groups)>>, DataFusionError> {
        let threads = engine.n_threads();
        let session = engine.session()?;
        let context = session.context();
        let pieces = on_a_thread(|| {
            let each = threads.div_ceil(wanted.len().max(1));
            super::runtime()?.block_on(self.pieces(context, wanted, each))
        })?;
        let queue = Mutex::new(pieces.into_iter());
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        let stop = AtomicBool::new(false);
        let work = || -> Result<Option<Vec<(usize, Groups)>>, DataFusionError> {
            let runtime = super::runtime()?;
            let mut done = Vec::new();
            while let Some(piece) = next().filter(|_| !stop.load(Ordering::Relaxed)) {
                let found = runtime.block_on(piece.run(self, &stop));
                match found {
                    Ok(Some(groups)) => done.push((piece.part, groups)),
                    other => {
                        stop.store(true, Ordering::Relaxed);
                        return other.map(|_| None);
                    }
                }
            }
            Ok(Some(done))
        };
        let found: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            threads.into_iter().map(|thread| joined(thread.join())).collect()
        });
        let mut all = Vec::new();
        let mut plain = true;
        for groups in found {
            match groups? {
                Some(groups) => all.extend(groups),
                None => plain = false,
            }
        }
        Ok((plain && !stop.into_inner()).then_some(all))
    }

    /// The question to `part`, not asked yet.
    async fn question(
        &self,
        context: &SessionContext,
        part: &Part,
    ) -> Result<DataFrame, DataFusionError> {
        let rows = match &part.rows {
            Rows::Memory(batch) => context.read_batch(batch.clone())?,
            Rows::Files { format: Format::Parquet, paths, extension } => {
                let options =
                    ParquetReadOptions { file_extension: extension, ..Default::default() };
                context.read_parquet(paths.clone(), options).await?
            }
            Rows::Files {
                format: Format::Csv { n_columns, delimiter, quotes },
                paths,
                extension,
            } => {
                let field = |column| Field::new(format!("c{column}"), DataType::Utf8, true);
                let schema = Schema::new((0..*n_columns).map(field).collect::<Vec<_>>());
                let options = CsvReadOptions::new()
                    .has_header(true)
                    .delimiter(*delimiter)
                    .schema(&schema)
                    .file_extension(extension)
                    .newlines_in_values(*quotes);
                context.read_csv(paths.clone(), options).await?
            }
        };
        let measure = rows.schema().field_with_unqualified_name(&self.measure)?.data_type().clone();
        let is_text = match &measure {
            DataType::Dictionary(_, values) => values.is_string(),
            other => other.is_string(),
        };
        context.deregister_table("t")?;
        context.register_table("t", rows.into_view())?;
        context.sql(&self.sql(part, is_text)).await
    }

    /// Every part in `wanted` cut into up to `each` pieces of about the same size.
    async fn pieces(
        &self,
        context: &SessionContext,
        wanted: &[usize],
        each: usize,
    ) -> Result<Vec<Piece>, DataFusionError> {
        let mut pieces = Vec::new();
        for &part in wanted {
            let question = self.question(context, &self.parts[part]).await?;
            let plan = question.create_physical_plan().await?;
            let piece = |plan| Piece { part, plan, context: context.task_ctx() };
            pieces.extend(cut(plan, each, context)?.into_iter().map(piece));
        }
        Ok(pieces)
    }
}

impl Piece {
    async fn run(&self, job: &Job, stop: &AtomicBool) -> Result<Option<Groups>, DataFusionError> {
        let mut groups = Groups::default();
        let mut batches = execute_stream(self.plan.clone(), self.context.clone())?;
        while let Some(batch) = batches.try_next().await? {
            if stop.load(Ordering::Relaxed) || !groups.take(job, &batch)? {
                return Ok(None);
            }
        }
        Ok(Some(groups))
    }
}

/// The plan over up to `n` shares of its files, by ranges of bytes; small files stay whole.
fn cut(
    plan: Arc<dyn ExecutionPlan>,
    n: usize,
    context: &SessionContext,
) -> Result<Vec<Arc<dyn ExecutionPlan>>, DataFusionError> {
    let mut shares = Vec::new();
    let state = context.state();
    plan.apply(|node| {
        if let Some(scan) = node.downcast_ref::<DataSourceExec>() {
            let cut = scan.repartitioned(n, state.config_options())?;
            let scan = cut.as_ref().and_then(|plan| plan.downcast_ref()).unwrap_or(scan);
            if let Some(config) = scan.data_source().downcast_ref::<FileScanConfig>() {
                shares.extend(config.file_groups.iter().map(|group| {
                    FileScanConfigBuilder::from(config.clone())
                        .with_file_groups(vec![group.clone()])
                        .build()
                }));
            }
        }
        Ok(datafusion::common::tree_node::TreeNodeRecursion::Continue)
    })?;
    if shares.len() < 2 {
        return Ok(vec![plan]);
    }
    shares
        .into_iter()
        .map(|share| {
            let over_share = |node: Arc<dyn ExecutionPlan>| {
                Ok(if node.downcast_ref::<DataSourceExec>().is_some() {
                    Transformed::yes(DataSourceExec::from_data_source(share.clone()) as _)
                } else {
                    Transformed::no(node)
                })
            };
            plan.clone().transform_down(over_share).map(|changed| changed.data)
        })
        .collect()
}

/// On a thread of its own, because the caller may already be inside a runtime.
fn on_a_thread<T: Send>(
    work: impl FnOnce() -> Result<T, DataFusionError> + Send,
) -> Result<T, DataFusionError> {
    joined(std::thread::scope(|scope| scope.spawn(work).join()))
}

fn joined<T>(
    result: std::thread::Result<Result<T, DataFusionError>>,
) -> Result<T, DataFusionError> {
    result.unwrap_or_else(|_| Err(DataFusionError::Execution("the engine panicked".into())))
}
