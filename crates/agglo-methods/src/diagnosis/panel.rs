//! One positive value per region and period, and the logarithms taken of it.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Datum, Key, Note};

use crate::call::{Call, MethodError};
use crate::catalog::{Input, OptionKind, OptionSpec, PERIOD, REGION, number, optional};
use agglo_core::Text;

/// The table that convergence reads.
pub(super) const REGIONS: Input = Input {
    table: "regions",
    required: true,
    columns: &[
        REGION,
        PERIOD,
        number("value", "income or output per head", "人均收入或人均产出"),
        optional(number("weight", "weight of the region, such as population", "权重，如人口")),
    ],
};

/// What to do with regions that lack a positive value.
pub(super) const REGION_GAPS: OptionSpec = OptionSpec {
    name: "gaps",
    kind: OptionKind::Choice(&["error", "drop-regions"]),
    default: "error",
    help: Text::new(
        "regions without a positive value in every period: refuse, or leave them out of all periods",
        "任一年份无正值的地区：报错，或在所有年份中剔除",
    ),
};

/// A value with its weight.
#[derive(Clone, Copy)]
pub(super) struct Point {
    pub(super) value: f64,
    pub(super) weight: f64,
}

/// The same regions in every period, sorted; all values positive.
pub(super) struct Balanced {
    pub(super) regions: Vec<Key>,
    pub(super) periods: Vec<i64>,
    /// By period, then region.
    pub(super) points: Vec<Vec<Point>>,
    pub(super) notes: Vec<Note>,
}

impl Balanced {
    /// The table `regions` with the periods `wanted` (all when `None`), gaps settled by the option.
    pub(super) fn read(
        call: &Call<'_>,
        wanted: Option<&[i64]>,
        weighted: bool,
    ) -> Result<Balanced, MethodError> {
        let frame = call.frame("regions")?;
        let region = frame.keys("region")?;
        let period = frame.integers("period")?;
        let value = frame.numbers("value")?;
        let weight = if weighted { Some(frame.numbers("weight")?) } else { None };
        let keep = |p: &i64| wanted.is_none_or(|wanted| wanted.contains(p));
        let mut cells: BTreeMap<(i64, Key), (Datum, Datum)> = BTreeMap::new();
        for row in (0..region.len()).filter(|&row| keep(&period[row])) {
            let weight = weight.as_ref().map_or(Datum::Number(1.0), |weight| weight[row]);
            if cells.insert((period[row], region[row].clone()), (value[row], weight)).is_some() {
                return Err(MethodError::Data {
                    what: format!("two rows for region `{}`, period {}", region[row], period[row]),
                });
            }
        }
        let periods: BTreeSet<i64> = cells.keys().map(|(period, _)| *period).collect();
        let codes: BTreeSet<Key> = cells.keys().map(|(_, region)| region.clone()).collect();
        let point = |period: i64, region: &Key| -> Result<Point, String> {
            let Some(&(value, weight)) = cells.get(&(period, region.clone())) else {
                return Err("no row".to_owned());
            };
            match (value, weight) {
                (Datum::Gap(gap), _) | (_, Datum::Gap(gap)) => {
                    Err(gap.reason(agglo_core::Lang::En).to_owned())
                }
                (Datum::Number(value), _) if value <= 0.0 => {
                    Err(format!("{value} has no logarithm"))
                }
                (_, Datum::Number(weight)) if weight < 0.0 => {
                    Err(format!("the weight {weight} is negative"))
                }
                (Datum::Number(value), Datum::Number(weight)) => Ok(Point { value, weight }),
            }
        };
        let mut regions = Vec::new();
        let mut dropped = Vec::new();
        for code in codes {
            let bad = periods.iter().find_map(|&p| point(p, &code).err().map(|why| (p, why)));
            match bad {
                None => regions.push(code),
                Some((p, why)) if call.option("gaps") == "error" => {
                    return Err(MethodError::Data {
                        what: format!(
                            "region `{code}`, period {p}: {why}; set `gaps = drop-regions` to \
                             leave such regions out of all periods"
                        ),
                    });
                }
                Some(_) => dropped.push(code),
            }
        }
        let mut notes = Vec::new();
        if !dropped.is_empty() {
            let n = dropped.len();
            let list = dropped.iter().take(5).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
            notes.push(Note::new(
                "regions-dropped",
                format!(
                    "{n} regions without a positive value in every period were left out ({list})"
                ),
                format!("剔除任一年份无正值的地区 {n} 个（{list}）"),
            ));
        }
        let periods: Vec<i64> = periods.into_iter().collect();
        let points = periods
            .iter()
            .map(|&p| regions.iter().filter_map(|code| point(p, code).ok()).collect())
            .collect();
        Ok(Balanced { regions, periods, points, notes })
    }
}
