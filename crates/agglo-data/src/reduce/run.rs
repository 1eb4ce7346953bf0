//! The engine at work: the rows cut into pieces, each piece on one thread from file to groups.
//!
//! Sums are exact, so pieces may be added in any order. Every thread scans whole pieces with an engine of its
//! own and groups their rows itself; nothing is handed between threads but finished groups. A cluster groups
//! the rows by plain SQL.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use agglo_core::Control;
use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::DataFusionError;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::datasource::physical_plan::{FileScanConfig, FileScanConfigBuilder};
use datafusion::datasource::source::DataSourceExec;
use datafusion::execution::TaskContext;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::{CsvReadOptions, ParquetReadOptions, SessionConfig, SessionContext};
use futures::TryStreamExt as _;

use super::Engine;
use super::engine::Room;
use super::entry::{Entry, Record};
use super::job::{Format, Job, Part, Rows};
use super::lens::{Grouping, Kind, Lens};
use super::reduced::Reduced;
use super::scan::Scan;
use super::sheet::{About, Found, FoundRun};
use super::spill::Entries;
use super::stream::Stream;

/// What one thread does from beginning to end.
struct Piece {
    /// The part of the job that it belongs to.
    part: usize,
    /// Its rows, in shares after each of which it is said how far the work is; none where they are streamed.
    shares: Vec<Arc<dyn ExecutionPlan>>,
}

/// Shares that a piece is cut into, if it is large.
const SHARES: usize = 16;

/// What one thread found.
pub(super) struct Findings {
    pub(super) cells: Found<Entry>,
    pub(super) further: Vec<Lens>,
}

/// What a thread shares with the others.
struct Common<'c> {
    room: Option<Room>,
    stop: AtomicBool,
    n_done: AtomicU64,
    n_shares: u64,
    control: &'c Control<'c>,
}

impl Job {
    /// What each part in `wanted` is reduced to, or `None` when a row needs the careful reader.
    pub(super) fn run(
        &self,
        engine: &Engine,
        wanted: &[usize],
        control: &Control<'_>,
    ) -> Result<Option<Vec<Reduced>>, DataFusionError> {
        let found = match &engine.cluster {
            Some(cluster) if !self.is_streamed() => on_a_thread(|| {
                let runtime = super::runtime()?;
                runtime.block_on(async {
                    let context = cluster.session().await?;
                    self.on_cluster(&context, wanted, control).await
                })
            })?,
            _ => self.embedded(engine, wanted, control)?,
        };
        let Some(mut found) = found else { return Ok(None) };
        let reduced = |&part: &usize| Reduced::of(&mut found, part, self);
        Ok(Some(wanted.iter().map(reduced).collect()))
    }

    /// Whether its rows are read here, where a cluster cannot reach them.
    fn is_streamed(&self) -> bool {
        self.parts.iter().any(|part| matches!(part.rows, Rows::Stream(_)))
    }

    async fn on_cluster(
        &self,
        context: &SessionContext,
        wanted: &[usize],
        control: &Control<'_>,
    ) -> Result<Option<Vec<Findings>>, DataFusionError> {
        let mut scan = Scan::new(self);
        for (n_done, &part) in wanted.iter().enumerate() {
            step(control, n_done as u64, wanted.len() as u64)?;
            let of = &self.parts[part];
            let schema = self.open(context, of).await?;
            let mut questions = vec![(None, self.sums_sql(of, &schema, None))];
            for (at, further) in self.further.iter().enumerate() {
                let question = if further.is_top() {
                    self.tops_sql(of, &schema)
                } else {
                    self.sums_sql(of, &schema, Some(further))
                };
                questions.push((Some(at), question));
            }
            for (lens, question) in questions {
                for batch in context.sql(&question).await?.collect().await? {
                    if !scan.sums(of, lens, &batch)? {
                        return Ok(None);
                    }
                }
            }
            set_down(&mut scan, part, None)?;
        }
        Ok(Some(vec![scan.into()]))
    }

    fn embedded(
        &self,
        engine: &Engine,
        wanted: &[usize],
        control: &Control<'_>,
    ) -> Result<Option<Vec<Findings>>, DataFusionError> {
        let threads = engine.n_threads();
        let context = engine.session();
        let pieces = on_a_thread(|| {
            let each = threads.div_ceil(wanted.len().max(1));
            super::runtime()?.block_on(self.pieces(&context, wanted, each))
        })?;
        let common = Common {
            room: engine.room()?,
            stop: AtomicBool::new(false),
            n_done: AtomicU64::new(0),
            n_shares: pieces.iter().map(|piece| piece.shares.len().max(1) as u64).sum(),
            control,
        };
        let queue = Mutex::new(pieces.into_iter());
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work = || -> Result<Option<Findings>, DataFusionError> {
            let runtime = super::runtime()?;
            let mut scan = Scan::new(self);
            while let Some(piece) = next().filter(|_| !common.stop.load(Ordering::Relaxed)) {
                let done = match &self.parts[piece.part].rows {
                    Rows::Stream(stream) => self.stream(stream, piece.part, &mut scan, &common),
                    _ => runtime.block_on(piece.run(&mut scan, context.task_ctx(), &common)),
                };
                match done {
                    Ok(true) => {}
                    other => {
                        common.stop.store(true, Ordering::Relaxed);
                        return other.map(|_| None);
                    }
                }
            }
            Ok(Some(scan.into()))
        };
        let found: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            threads.into_iter().map(|thread| joined(thread.join())).collect()
        });
        // An error says more than a row that was not understood.
        let found = found.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(found.into_iter().collect())
    }

    /// The rows of `part` as the table `t`, and its columns.
    async fn open(
        &self,
        context: &SessionContext,
        part: &Part,
    ) -> Result<SchemaRef, DataFusionError> {
        let rows = match &part.rows {
            Rows::Memory(batch) => context.read_batch(batch.clone())?,
            Rows::Stream(_) => return Err(DataFusionError::NotImplemented("a stream".into())),
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
        let schema = rows.schema().inner().clone();
        context.deregister_table("t")?;
        context.register_table("t", rows.into_view())?;
        Ok(schema)
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
            if let Rows::Stream(_) = self.parts[part].rows {
                pieces.push(Piece { part, shares: Vec::new() });
                continue;
            }
            let schema = self.open(context, &self.parts[part]).await?;
            let question = context.sql(&self.rows_sql(&self.parts[part], &schema)).await?;
            let plan = question.create_physical_plan().await?;
            let shares = cut(plan, each * SHARES, context)?;
            let length = shares.len().div_ceil(each);
            let piece = |shares: &[_]| Piece { part, shares: shares.to_vec() };
            pieces.extend(shares.chunks(length).map(piece));
        }
        Ok(pieces)
    }
}

impl Job {
    /// Sets the groups of `stream`, which is `part`, down in `scan`; `false` when a row was not understood, or
    /// all are to stop.
    fn stream(
        &self,
        stream: &Stream,
        part: usize,
        scan: &mut Scan<'_>,
        common: &Common<'_>,
    ) -> Result<bool, DataFusionError> {
        let runtime = super::runtime()?;
        let context =
            SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
        let question = |batch: RecordBatch| async {
            let question = self.rows_sql(&self.parts[part], &batch.schema());
            context.deregister_table("t")?;
            context.register_batch("t", batch)?;
            context.sql(&question).await?.collect().await
        };
        let mut each = |batch: RecordBatch| {
            for batch in runtime.block_on(question(batch))? {
                if common.stop.load(Ordering::Relaxed) || !scan.rows(part, &batch)? {
                    return Ok(false);
                }
            }
            if common.room.as_ref().is_some_and(|room| scan.bytes() > room.at_hand) {
                set_down(scan, part, common.room.as_ref())?;
            }
            Ok(true)
        };
        if !stream.each_batch(self, &mut each)? {
            return Ok(false);
        }
        let n_done = common.n_done.fetch_add(1, Ordering::Relaxed) + 1;
        step(common.control, n_done, common.n_shares)?;
        set_down(scan, part, common.room.as_ref())?;
        Ok(true)
    }
}

impl Piece {
    /// Sets the groups of the piece down in `scan`; `false` when a row was not understood, or all are to stop.
    async fn run(
        &self,
        scan: &mut Scan<'_>,
        context: Arc<TaskContext>,
        common: &Common<'_>,
    ) -> Result<bool, DataFusionError> {
        for share in &self.shares {
            let mut batches = execute_stream(share.clone(), context.clone())?;
            while let Some(batch) = batches.try_next().await? {
                if common.stop.load(Ordering::Relaxed) || !scan.rows(self.part, &batch)? {
                    return Ok(false);
                }
                if common.room.as_ref().is_some_and(|room| scan.bytes() > room.at_hand) {
                    set_down(scan, self.part, common.room.as_ref())?;
                }
            }
            let n_done = common.n_done.fetch_add(1, Ordering::Relaxed) + 1;
            step(common.control, n_done, common.n_shares)?;
        }
        set_down(scan, self.part, common.room.as_ref())?;
        Ok(true)
    }
}

/// Sets the groups that `scan` has at hand down as runs of `part`.
fn set_down(scan: &mut Scan<'_>, part: usize, room: Option<&Room>) -> Result<(), DataFusionError> {
    scan.cells.set_down(part, room)?;
    scan.lenses.iter_mut().try_for_each(|lens| match &mut lens.kind {
        Kind::Sums(groups) => groups.set_down(part, room),
        Kind::Tops(groups) => groups.set_down(part, room),
    })
}

impl<R: Record> Grouping<R> {
    fn set_down(&mut self, part: usize, room: Option<&Room>) -> Result<(), DataFusionError> {
        let entries = self.sorted();
        let about = About::of(&entries);
        let entries = match room {
            Some(room) => room.keep(entries)?,
            None => Entries::in_memory(entries),
        };
        self.found.runs.push(FoundRun { part, entries, about });
        Ok(())
    }
}

impl From<Scan<'_>> for Findings {
    fn from(scan: Scan<'_>) -> Findings {
        Findings { cells: scan.cells.found, further: scan.lenses }
    }
}

fn step(control: &Control<'_>, n_done: u64, n: u64) -> Result<(), DataFusionError> {
    control.step(n_done, n).map_err(|stopped| DataFusionError::External(Box::new(stopped)))
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
