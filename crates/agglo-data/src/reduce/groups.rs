//! Exact groups of rows, and the one door from their decimals to numbers.

use agglo_core::{Column, Datum, Frame, Gap, Key, Values};
use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use datafusion::common::DataFusionError;

use super::job::Job;
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

/// Groups of all rows in the order of their keys, each key once.
#[derive(Default)]
pub(super) struct Cells {
    regions: Vec<Key>,
    industries: Vec<Key>,
    groups: Vec<(GroupKey, Sums)>,
}

impl Groups {
    /// Takes the groups of one answer; `false` when it holds rows that the engine did not understand.
    pub(super) fn take(&mut self, job: &Job, batch: &RecordBatch) -> Result<bool, DataFusionError> {
        let texts = |at: usize| -> Result<StringArray, DataFusionError> {
            Ok(cast(batch.column(at), &DataType::Utf8)?.as_string::<i32>().clone())
        };
        let n_keys = job.keys.len();
        let keys = (0..n_keys + job.filters.len()).map(texts).collect::<Result<Vec<_>, _>>()?;
        let sums = SumColumns::new(batch, n_keys + job.filters.len(), job.scale)?;
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
    pub(super) fn of(pieces: Vec<Groups>) -> Result<Cells, DataFusionError> {
        let (mut regions, mut industries) = (Interner::default(), Interner::default());
        let n = pieces.iter().map(|piece| piece.groups.len()).sum();
        let mut all = Vec::with_capacity(n);
        for piece in pieces {
            let region_places = regions.places_of(&piece.regions);
            let industry_places = industries.places_of(&piece.industries);
            all.extend(piece.groups.into_iter().map(|((region, industry, period), sums)| {
                let region = region_places[region as usize];
                ((region, industry_places[industry as usize], period), sums)
            }));
        }
        let ((regions, region_ranks), (industries, industry_ranks)) =
            (regions.sorted(), industries.sorted());
        for ((region, industry, _), _) in &mut all {
            *region = region_ranks[*region as usize];
            *industry = industry_ranks[*industry as usize];
        }
        all.sort_unstable_by_key(|(key, _)| *key);
        let mut groups: Vec<(GroupKey, Sums)> = Vec::new();
        for (key, sums) in all {
            match groups.last_mut() {
                Some((last, before)) if *last == key => before.add(&sums)?,
                _ => groups.push((key, sums)),
            }
        }
        Ok(Cells { regions, industries, groups })
    }

    /// The cells as numbers, each the nearest to its decimal.
    pub(super) fn frame(&self, job: &Job) -> Result<Frame, DataFusionError> {
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
        if job.keys.iter().any(|key| key.name == "period") {
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
        Frame::new(columns).map_err(|error| {
            DataFusionError::Execution(format!("{} cells: {error}", job.measure_name))
        })
    }
}
