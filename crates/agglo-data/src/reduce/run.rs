//! The engine at work, and the one door from its exact decimals to numbers.

use std::sync::Arc;

use agglo_core::{Column, Datum, Frame, Gap, Key, Values};
use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::DataFusionError;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{CsvReadOptions, ParquetReadOptions, SessionConfig, SessionContext};

use super::Engine;
use super::job::{Job, Rows};
use super::sums::{SumColumns, Sums, decimal_to_f64};
use crate::intern::Interner;
use crate::number::whole_number;
use crate::source::Cell;

type Cells = Vec<((Key, Key, Option<i64>), Sums)>;
/// Region and industry by number.
type Group = ((u32, u32, Option<i64>), Sums);

impl Job {
    /// The cells, or `None` when a row needs the careful reader.
    pub(super) fn run(&self, engine: Engine) -> Result<Option<Frame>, DataFusionError> {
        let threads = engine
            .threads
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
            .max(1);
        // A thread of its own, because the caller may already be inside a runtime. One worker drives
        // all partitions: with several, a run was seen to wait forever for a wake-up that had been
        // lost between them; `threads` sets the partitions.
        let work = || -> Result<Vec<RecordBatch>, DataFusionError> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(self.batches(threads, engine))
        };
        let batches = std::thread::scope(|scope| scope.spawn(work).join());
        let batches = batches
            .unwrap_or_else(|_| Err(DataFusionError::Execution("the engine panicked".into())))?;
        self.frame(&batches)
    }

    async fn batches(
        &self,
        threads: usize,
        engine: Engine,
    ) -> Result<Vec<RecordBatch>, DataFusionError> {
        let mut config = SessionConfig::new().with_target_partitions(threads);
        if let Some(batch_size) = engine.batch_size {
            config = config.with_batch_size(batch_size);
        }
        let mut environment = RuntimeEnvBuilder::new();
        if let Some(memory) = engine.memory {
            environment = environment.with_memory_pool(Arc::new(FairSpillPool::new(memory)));
        }
        let context = SessionContext::new_with_config_rt(config, environment.build_arc()?);
        let rows = match &self.rows {
            Rows::Memory(batch) => context.read_batch(batch.clone())?,
            Rows::Parquet { paths, extension } => {
                let options =
                    ParquetReadOptions { file_extension: extension, ..Default::default() };
                context.read_parquet(paths.clone(), options).await?
            }
            Rows::Csv { paths, n_columns, delimiter, quotes, extension } => {
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
        context.register_table("t", rows.into_view())?;
        context.sql(&self.sql(is_text)).await?.collect().await
    }

    /// The one door from exact decimals to numbers.
    fn frame(&self, batches: &[RecordBatch]) -> Result<Option<Frame>, DataFusionError> {
        let (mut regions, mut industries) = (Interner::default(), Interner::default());
        let mut groups = Vec::new();
        for batch in batches {
            let texts = |at: usize| -> Result<StringArray, DataFusionError> {
                Ok(cast(batch.column(at), &DataType::Utf8)?.as_string::<i32>().clone())
            };
            let n_keys = self.keys.len();
            let keys =
                (0..n_keys + self.filters.len()).map(texts).collect::<Result<Vec<_>, _>>()?;
            let sums = SumColumns::new(batch, n_keys + self.filters.len(), self.scale)?;
            for row in 0..batch.num_rows() {
                let text = |at: usize| {
                    if keys[at].is_valid(row) { keys[at].value(row).trim() } else { "" }
                };
                let kept = self
                    .filters
                    .iter()
                    .enumerate()
                    .all(|(at, (_, kept))| kept.iter().any(|value| value == text(n_keys + at)));
                if !kept {
                    continue;
                }
                let (mut region, mut industry, mut period) = ("", "", None);
                for (at, key) in self.keys.iter().enumerate() {
                    match key.name {
                        "region" => region = text(at),
                        "industry" => industry = text(at),
                        _ => match whole_number(Cell::Text(text(at))) {
                            Some(year) if i32::try_from(year).is_ok() => period = Some(year),
                            _ => return Ok(None),
                        },
                    }
                }
                let Some(row) = sums.row(row)? else { return Ok(None) };
                if region.is_empty() || industry.is_empty() {
                    return Ok(None);
                }
                groups.push(((regions.place(region), industries.place(industry), period), row));
            }
        }
        self.to_frame(&merged(groups, regions, industries)?).map(Some)
    }

    fn to_frame(&self, cells: &Cells) -> Result<Frame, DataFusionError> {
        let scale = u32::from(self.scale);
        let number = |sums: &Sums, value: i128, scale: u32| {
            if sums.n > 0 {
                Datum::Number(decimal_to_f64(value, scale))
            } else if sums.suppressed > 0 {
                Datum::Gap(Gap::Suppressed)
            } else {
                Datum::Gap(Gap::Missing)
            }
        };
        let mut columns = vec![
            Column::text("region", cells.iter().map(|(key, _)| key.0.clone())),
            Column::text("industry", cells.iter().map(|(key, _)| key.1.clone())),
        ];
        if self.keys.iter().any(|key| key.name == "period") {
            let periods = cells.iter().map(|(key, _)| key.2).collect();
            columns.push(Column::new("period", "", Values::Integer(periods)));
        }
        let squared = if self.unit.is_empty() { String::new() } else { format!("{}²", self.unit) };
        let sums = || cells.iter().map(|(_, sums)| sums);
        columns.extend([
            Column::integer("n", "rows", sums().map(|s| s.n)),
            Column::number("sum", self.unit.as_str(), sums().map(|s| number(s, s.sum, scale))),
            Column::number("sum_sq", squared, sums().map(|s| number(s, s.sum_sq, 2 * scale))),
            Column::number("max", self.unit.as_str(), sums().map(|s| number(s, s.max, scale))),
            Column::integer("gaps", "rows", sums().map(|s| s.gaps)),
            Column::integer("suppressed", "rows", sums().map(|s| s.suppressed)),
        ]);
        Frame::new(columns).map_err(|error| {
            DataFusionError::Execution(format!("{} cells: {error}", self.measure_name))
        })
    }
}

/// The groups in the order of their keys; groups whose keys differ only in blanks at the ends, or
/// in a filtered column, become one.
fn merged(
    mut groups: Vec<Group>,
    regions: Interner,
    industries: Interner,
) -> Result<Cells, DataFusionError> {
    let ((regions, region_ranks), (industries, industry_ranks)) =
        (regions.sorted(), industries.sorted());
    for ((region, industry, _), _) in &mut groups {
        *region = region_ranks[*region as usize];
        *industry = industry_ranks[*industry as usize];
    }
    groups.sort_unstable_by_key(|(key, _)| *key);
    let mut cells: Cells = Vec::with_capacity(groups.len());
    let mut last = None;
    for (key, sums) in groups {
        if last == Some(key)
            && let Some((_, cell)) = cells.last_mut()
        {
            cell.add(&sums)?;
            continue;
        }
        last = Some(key);
        let (region, industry) = (&regions[key.0 as usize], &industries[key.1 as usize]);
        cells.push(((region.clone(), industry.clone(), key.2), sums));
    }
    Ok(cells)
}
