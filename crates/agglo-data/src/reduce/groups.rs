//! Exact groups of rows, and the one door from their decimals to numbers.

use std::sync::Arc;

use agglo_core::{Column, Datum, Frame, Gap, Key, Values};
use arrow::array::{
    Array, ArrayRef, AsArray, Decimal128Array, Int32Array, Int64Array, RecordBatch, StringArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Int32Type, Int64Type};
use datafusion::common::DataFusionError;

use super::job::{Job, Measured};
use super::sums::{SumColumns, Sums, decimal_to_f64};
use crate::intern::Interner;
use crate::number::whole_number;
use crate::source::Cell;

/// Region and industry by number, and the period.
type GroupKey = (u32, u32, Option<i32>);

/// Groups of one piece of the rows.
#[derive(Default)]
pub(super) struct Groups {
    regions: Interner,
    industries: Interner,
    groups: Vec<(GroupKey, Sums)>,
}

/// Groups of rows in the order of their keys, each key once; their sums are exact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cells {
    regions: Vec<Key>,
    industries: Vec<Key>,
    groups: Vec<(GroupKey, Sums)>,
    pub(super) measured: Measured,
}

impl Groups {
    /// Takes the groups of one answer; `false` when it holds rows that the engine did not understand.
    pub(super) fn take(&mut self, job: &Job, batch: &RecordBatch) -> Result<bool, DataFusionError> {
        let texts = |at: usize| -> Result<StringArray, DataFusionError> {
            Ok(cast(batch.column(at), &DataType::Utf8)?.as_string::<i32>().clone())
        };
        let n_keys = job.keys.len();
        let keys = (0..n_keys + job.filters.len()).map(texts).collect::<Result<Vec<_>, _>>()?;
        let sums = SumColumns::new(batch, n_keys + job.filters.len(), job.measured.scale)?;
        for row in 0..batch.num_rows() {
            let text =
                |at: usize| if keys[at].is_valid(row) { keys[at].value(row).trim() } else { "" };
            let kept = job
                .filters
                .iter()
                .enumerate()
                .all(|(at, filter)| filter.kept.iter().any(|value| value == text(n_keys + at)));
            if !kept {
                continue;
            }
            let (mut region, mut industry, mut period) = ("", "", None);
            for (at, key) in job.keys.iter().enumerate() {
                match key.name {
                    "region" => region = text(at),
                    "industry" => industry = text(at),
                    _ => {
                        let year = whole_number(Cell::Text(text(at)));
                        match year.and_then(|year| i32::try_from(year).ok()) {
                            Some(year) => period = Some(year),
                            None => return Ok(false),
                        }
                    }
                }
            }
            let Some(sums) = sums.row(row)? else { return Ok(false) };
            if region.is_empty() || industry.is_empty() {
                return Ok(false);
            }
            let key = (self.regions.place(region), self.industries.place(industry), period);
            self.groups.push((key, sums));
        }
        Ok(true)
    }
}

impl Cells {
    /// All pieces as one; groups of one key become one group, in whatever pieces they were.
    ///
    /// # Errors
    /// When a sum does not fit into 38 digits.
    pub(super) fn of(pieces: Vec<Groups>, measured: Measured) -> Result<Cells, DataFusionError> {
        let (mut regions, mut industries) = (Interner::default(), Interner::default());
        let mut all: Vec<(GroupKey, Sums)> = Vec::new();
        for piece in pieces {
            let region_places = regions.places_of(&piece.regions);
            let industry_places = industries.places_of(&piece.industries);
            let start = all.len();
            // The first piece is often the whole, and groups are the larger part of the memory.
            if start == 0 {
                all = piece.groups;
            } else {
                all.extend(piece.groups);
            }
            for ((region, industry, _), _) in &mut all[start..] {
                *region = region_places[*region as usize];
                *industry = industry_places[*industry as usize];
            }
        }
        let ((regions, region_ranks), (industries, industry_ranks)) =
            (regions.sorted(), industries.sorted());
        for ((region, industry, _), _) in &mut all {
            *region = region_ranks[*region as usize];
            *industry = industry_ranks[*industry as usize];
        }
        all.sort_unstable_by_key(|(key, _)| *key);
        let mut added = Ok(());
        all.dedup_by(|(key, sums), (before, total)| {
            let same = key == before;
            if same && added.is_ok() {
                added = total.add(sums);
            }
            same
        });
        added?;
        Ok(Cells { regions, industries, groups: all, measured })
    }

    /// Rows counted in them, those without a number included.
    pub fn n_rows(&self) -> u64 {
        self.groups.iter().map(|(_, sums)| (sums.n + sums.gaps).unsigned_abs()).sum()
    }

    /// The cells of several parts as one.
    ///
    /// # Errors
    /// When a sum does not fit into 38 digits.
    pub(super) fn joined(parts: Vec<Cells>) -> Result<Cells, DataFusionError> {
        let measured = parts.first().map(|part| part.measured.clone()).unwrap_or_default();
        let pieces = parts.into_iter().map(|part| Groups {
            regions: Interner::of(part.regions),
            industries: Interner::of(part.industries),
            groups: part.groups,
        });
        Cells::of(pieces.collect(), measured)
    }

    /// The cells as exact columns.
    pub(super) fn columns(&self) -> Result<RecordBatch, DataFusionError> {
        let code = |codes: &[Key], place: u32| codes[place as usize].clone();
        let groups = || self.groups.iter();
        let texts = |texts: Vec<Key>| Arc::new(StringArray::from_iter_values(texts)) as ArrayRef;
        let whole = |of: fn(&Sums) -> i64| {
            Arc::new(Int64Array::from_iter_values(groups().map(|g| of(&g.1)))) as ArrayRef
        };
        let exact = |of: fn(&Sums) -> i128| -> Result<ArrayRef, DataFusionError> {
            let values = Decimal128Array::from_iter_values(groups().map(|g| of(&g.1)));
            Ok(Arc::new(values.with_precision_and_scale(38, 0)?))
        };
        let period: Int32Array = groups().map(|group| group.0.2).collect();
        let arrays = [
            ("region", texts(groups().map(|g| code(&self.regions, g.0.0)).collect())),
            ("industry", texts(groups().map(|g| code(&self.industries, g.0.1)).collect())),
            ("period", Arc::new(period)),
            ("n", whole(|sums| sums.n)),
            ("sum", exact(|sums| sums.sum)?),
            ("sum_sq", exact(|sums| sums.sum_sq)?),
            ("max", exact(|sums| sums.max)?),
            ("gaps", whole(|sums| sums.gaps)),
            ("suppressed", whole(|sums| sums.suppressed)),
        ];
        Ok(RecordBatch::try_from_iter_with_nullable(
            arrays.map(|(name, array)| (name, array, name == "period")),
        )?)
    }

    /// What [`columns`](Cells::columns) gave; `None` for anything else.
    pub(super) fn from_columns(batches: &[RecordBatch], measured: Measured) -> Option<Cells> {
        let (mut regions, mut industries) = (Interner::default(), Interner::default());
        let mut groups = Vec::new();
        for batch in batches {
            let text = |name: &str| batch.column_by_name(name)?.as_string_opt::<i32>();
            let whole = |name: &str| batch.column_by_name(name)?.as_primitive_opt::<Int64Type>();
            let exact =
                |name: &str| batch.column_by_name(name)?.as_primitive_opt::<Decimal128Type>();
            let period = batch.column_by_name("period")?.as_primitive_opt::<Int32Type>()?;
            let (region, industry) = (text("region")?, text("industry")?);
            let (sum, sum_sq, max) = (exact("sum")?, exact("sum_sq")?, exact("max")?);
            let (n, gaps, suppressed) = (whole("n")?, whole("gaps")?, whole("suppressed")?);
            for row in 0..batch.num_rows() {
                let key = (
                    regions.place(region.value(row)),
                    industries.place(industry.value(row)),
                    period.is_valid(row).then(|| period.value(row)),
                );
                let sums = Sums {
                    n: n.value(row),
                    sum: sum.value(row),
                    sum_sq: sum_sq.value(row),
                    max: max.value(row),
                    gaps: gaps.value(row),
                    suppressed: suppressed.value(row),
                };
                groups.push((key, sums));
            }
        }
        Cells::of(vec![Groups { regions, industries, groups }], measured).ok()
    }

    /// The cells as numbers, each the nearest to its decimal.
    pub(super) fn frame(&self) -> Result<Frame, DataFusionError> {
        let job = &self.measured;
        let scale = u32::from(job.scale);
        let number = |sums: &Sums, value: i128, scale: u32| {
            if sums.n > 0 {
                Datum::Number(decimal_to_f64(value, scale))
            } else if sums.suppressed > 0 {
                Datum::Gap(Gap::Suppressed)
            } else {
                Datum::Gap(Gap::Missing)
            }
        };
        let code = |codes: &[Key], place: u32| codes[place as usize].clone();
        let mut columns = vec![
            Column::text("region", self.groups.iter().map(|g| code(&self.regions, g.0.0))),
            Column::text("industry", self.groups.iter().map(|g| code(&self.industries, g.0.1))),
        ];
        if job.by_period {
            let periods = self.groups.iter().map(|(key, _)| key.2.map(i64::from)).collect();
            columns.push(Column::new("period", "", Values::Integer(periods)));
        }
        let squared = if job.unit.is_empty() { String::new() } else { format!("{}²", job.unit) };
        let sums = || self.groups.iter().map(|(_, sums)| sums);
        columns.extend([
            Column::integer("n", "rows", sums().map(|s| s.n)),
            Column::number("sum", job.unit.as_str(), sums().map(|s| number(s, s.sum, scale))),
            Column::number("sum_sq", squared, sums().map(|s| number(s, s.sum_sq, 2 * scale))),
            Column::number("max", job.unit.as_str(), sums().map(|s| number(s, s.max, scale))),
            Column::integer("gaps", "rows", sums().map(|s| s.gaps)),
            Column::integer("suppressed", "rows", sums().map(|s| s.suppressed)),
        ]);
        Frame::new(columns)
            .map_err(|error| DataFusionError::Execution(format!("{} cells: {error}", job.name)))
    }
}
