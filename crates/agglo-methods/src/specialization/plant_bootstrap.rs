//! Intervals of location quotients by drawing the establishments anew.

use std::collections::BTreeMap;

use agglo_core::{Activity, Datum, Key, Lang, Note, Text, Undefined, sum};
use rand::RngExt;

use super::location_quotient::location_quotient;
use crate::call::{Call, MethodError};
use crate::catalog::{ColumnKind, INDUSTRY, Input, InputColumn, PERIOD, REGION, VALUE};
use crate::concentration::data;
use crate::inference::percentile;

/// The establishments behind the cells.
pub(super) const PLANT: Input = Input {
    table: "plant",
    required: false,
    columns: &[
        InputColumn {
            name: "plant",
            kind: ColumnKind::Label,
            required: false,
            help: Text::new("establishment code", "企业单位代码"),
        },
        REGION,
        INDUSTRY,
        PERIOD,
        VALUE,
    ],
};

/// Replicates kept at once: cells beyond this are drawn for in a further round of the same streams.
const MAX_KEPT: usize = 16_000_000;

/// Plants and cells may differ by this part of the total before the reader is told.
const TOLERANCE: f64 = 0.005;

struct Plant {
    region: Key,
    industry: Key,
    value: f64,
}

/// The establishments by period.
pub(super) struct PlantBootstrap {
    periods: BTreeMap<i64, Vec<Plant>>,
}

/// Bounds of every cell, region-major.
pub(super) struct Intervals {
    pub(super) bounds: Vec<[Datum; 2]>,
    pub(super) note: Option<Note>,
}

impl PlantBootstrap {
    /// The table `plant`.
    pub(super) fn read(call: &Call<'_>) -> Result<PlantBootstrap, MethodError> {
        let frame = call.frame("plant")?;
        let (regions, industries) = (frame.keys("region")?, frame.keys("industry")?);
        let values = frame.numbers("value")?;
        let rows =
            if frame.has("period") { frame.integers("period")? } else { vec![0; values.len()] };
        let mut periods: BTreeMap<i64, Vec<Plant>> = BTreeMap::new();
        for (row, datum) in values.into_iter().enumerate() {
            let (region, industry) = (regions[row].clone(), industries[row].clone());
            let value = match datum {
                Datum::Number(value) if value >= 0.0 => value,
                Datum::Number(_) => return Err(wrong(&region, &industry, "a negative size")),
                Datum::Gap(gap) => return Err(wrong(&region, &industry, gap.reason(Lang::En))),
            };
            periods.entry(rows[row]).or_default().push(Plant { region, industry, value });
        }
        Ok(PlantBootstrap { periods })
    }

    /// Percentile intervals of the quotients of `activity` in `period`.
    ///
    /// A cell without establishments stays without, so it has no interval.
    pub(super) fn intervals(
        &self,
        call: &Call<'_>,
        period: i64,
        activity: &Activity,
        replicates: u32,
        confidence: f64,
    ) -> Result<Intervals, MethodError> {
        let empty = Vec::new();
        let plants = self.periods.get(&period).unwrap_or(&empty);
        let (n_regions, n_industries) = (activity.n_regions(), activity.n_industries());
        let places = plants.iter().map(|plant| {
            match (
                activity.regions().place(&plant.region),
                activity.industries().place(&plant.industry),
            ) {
                (Some(r), Some(i)) => Ok((r, i, plant.value)),
                _ => Err(wrong(&plant.region, &plant.industry, "no such cell in `activity`")),
            }
        });
        let places: Vec<(usize, usize, f64)> = places.collect::<Result<_, _>>()?;
        let mut seen = vec![false; n_regions * n_industries];
        for (r, i, value) in &places {
            seen[r * n_industries + i] |= *value > 0.0;
        }
        let cells: Vec<usize> = (0..seen.len()).filter(|&cell| seen[cell]).collect();

        let mut bounds = vec![[Datum::undefined(Undefined::NotEnoughEvidence); 2]; seen.len()];
        let tail = (1.0 - confidence) / 2.0;
        let stream_name = format!("location-quotient/{period}");
        let mut values = vec![0.0; seen.len()];
        for round in cells.chunks((MAX_KEPT / replicates as usize).max(1)) {
            let mut draws: Vec<Vec<f64>> = vec![Vec::new(); round.len()];
            for replicate in 0..replicates {
                call.control().step(u64::from(replicate), u64::from(replicates))?;
                let mut rng = call.seed().stream(&stream_name, 0, replicate);
                values.fill(0.0);
                let (mut by_region, mut by_industry) =
                    (vec![0.0; n_regions], vec![0.0; n_industries]);
                let mut total = 0.0;
                for _ in 0..places.len() {
                    let (r, i, value) = places[rng.random_range(0..places.len())];
                    values[r * n_industries + i] += value;
                    by_region[r] += value;
                    by_industry[i] += value;
                    total += value;
                }
                for (draws, &cell) in draws.iter_mut().zip(round) {
                    let (e_r, e_i) =
                        (by_region[cell / n_industries], by_industry[cell % n_industries]);
                    draws.extend(location_quotient(values[cell], e_i, e_r, total).ok());
                }
            }
            for (draws, &cell) in draws.iter().zip(round) {
                if let (Some(lower), Some(upper)) =
                    (percentile(draws, tail), percentile(draws, 1.0 - tail))
                {
                    bounds[cell] = [Datum::Number(lower), Datum::Number(upper)];
                }
            }
        }
        let note = total_note(period, sum(places.iter().map(|place| place.2)), activity.total());
        Ok(Intervals { bounds, note })
    }
}

fn total_note(period: i64, plants: f64, cells: f64) -> Option<Note> {
    ((plants - cells).abs() > TOLERANCE * cells).then(|| {
        Note::new(
            "plants-differ-from-cells",
            format!(
                "{period}: the establishments add up to {plants} and the cells to {cells}; the \
                 intervals are those of the establishments"
            ),
            format!("{period} 年：企业单位合计 {plants}，单元格合计 {cells}；区间依据企业单位"),
        )
    })
}

fn wrong(region: &str, industry: &str, what: &str) -> MethodError {
    data(format!("an establishment of region `{region}`, industry `{industry}`: {what}"))
}
