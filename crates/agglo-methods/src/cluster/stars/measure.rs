//! What is known of one industry in each region that has it.

use std::collections::BTreeMap;
use std::sync::Arc;

use agglo_core::{Absent, Activity, Datum, Gap, Key, Panel, Period, Undefined, sum};

use super::index::{ClusterIndexParts, cluster_index};
use super::profile::Criterion;
use crate::call::{Call, MethodError};

/// A criterion's verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Star {
    /// The profile gives no such star.
    Off,
    /// It cannot be judged.
    Unknown,
    /// Not given.
    No,
    /// Given.
    Yes,
}

impl Star {
    pub(super) const fn id(self) -> &'static str {
        match self {
            Star::Off => "off",
            Star::Unknown => "unknown",
            Star::No => "no",
            Star::Yes => "yes",
        }
    }
}

/// One industry in one region.
pub(super) struct Cell {
    pub(super) region: Key,
    pub(super) value: f64,
    pub(super) share: f64,
    pub(super) size_percentile: Datum,
    pub(super) lq: Datum,
    pub(super) focus: Datum,
    pub(super) productivity: Datum,
    pub(super) growth: Datum,
    pub(super) n_plants: Datum,
    pub(super) cluster_index: Datum,
    /// By criterion.
    pub(super) stars: [Star; 5],
    pub(super) strong: Option<bool>,
    pub(super) failed: Vec<&'static str>,
    pub(super) few_regions: bool,
}

impl Cell {
    pub(super) fn measure(&self, criterion: Criterion) -> Datum {
        match criterion {
            Criterion::Size => Datum::Number(self.value),
            Criterion::Lq => self.lq,
            Criterion::Focus => self.focus,
            Criterion::Productivity => self.productivity,
            Criterion::Growth => self.growth,
        }
    }

    pub(super) fn n_stars(&self, wanted: impl Fn(Star) -> bool) -> i64 {
        self.stars.iter().filter(|star| wanted(**star)).count() as i64
    }
}

/// Tables beside the activity.
pub(super) struct Extras {
    pub(super) productivity: Option<Arc<Panel>>,
    pub(super) plants: Option<Arc<Panel>>,
    /// Area and population of each region, with their totals.
    pub(super) places: BTreeMap<Key, (f64, f64)>,
    pub(super) place_totals: (f64, f64),
}

impl Extras {
    pub(super) fn read(call: &Call<'_>) -> Result<Extras, MethodError> {
        let mut places = BTreeMap::new();
        if call.has("region") {
            let frame = call.frame("region")?;
            if frame.has("area_km2") && frame.has("population") {
                let (area, population) = (frame.numbers("area_km2")?, frame.numbers("population")?);
                for (row, region) in frame.keys("region")?.into_iter().enumerate() {
                    if let (Some(area), Some(population)) =
                        (area[row].number(), population[row].number())
                    {
                        places.insert(region, (area, population));
                    }
                }
            }
        }
        let place_totals =
            (sum(places.values().map(|place| place.0)), sum(places.values().map(|place| place.1)));
        Ok(Extras {
            productivity: side_panel(call, "productivity", "productivity")?,
            plants: side_panel(call, "plants", "n_plants")?,
            places,
            place_totals,
        })
    }
}

/// An optional table of cells whose value stands in `column`.
fn side_panel(
    call: &Call<'_>,
    table: &str,
    column: &str,
) -> Result<Option<Arc<Panel>>, MethodError> {
    if !call.has(table) {
        return Ok(None);
    }
    let Ok(frame) = call.frame(table) else { return Ok(Some(call.panel(table)?)) };
    let frame = frame.clone().with(frame.column(column)?.renamed("value"))?;
    Ok(Some(Arc::new(Panel::from_frame(&frame, Absent::Missing)?)))
}

fn side_value(panel: Option<&Arc<Panel>>, period: Period, region: &str, industry: &str) -> Datum {
    let Some(panel) = panel else { return Datum::Gap(Gap::NotApplicable) };
    let place = panel.period_idx(period).ok().or_else(|| panel.period_idx(0).ok());
    match (place, panel.regions().place(region), panel.industries().place(industry)) {
        (Some(p), Some(r), Some(i)) => panel.cell(p, r, i),
        _ => Datum::Gap(Gap::Missing),
    }
}

/// The measures of industry `i` in every region that has it.
pub(super) fn measure(
    now: &Activity,
    i: usize,
    base: Option<&Activity>,
    years: Period,
    period: Period,
    extras: &Extras,
) -> Vec<Cell> {
    let industry = now.industries().code(i);
    let values = now.industry(i);
    let (total, regions, all) = (sum(values.iter().copied()), now.region_totals(), now.total());
    let present: Vec<f64> = values.iter().copied().filter(|v| *v > 0.0).collect();
    let national = base.map(|base| national_growth(now, base, industry, years));
    let plants: Vec<Datum> = now
        .regions()
        .codes()
        .iter()
        .map(|region| side_value(extras.plants.as_ref(), period, region, industry))
        .collect();
    let plants_total: Option<f64> = plants
        .iter()
        .zip(&values)
        .filter(|(_, value)| **value > 0.0)
        .map(|(plants, _)| plants.number())
        .sum();
    (0..values.len())
        .filter(|&r| values[r] > 0.0)
        .map(|r| {
            let (region, value) = (now.regions().code(r), values[r]);
            let focus = value / regions[r];
            let below = present.iter().filter(|v| **v < value).count() as f64;
            let size_percentile = match present.len() {
                1 => Datum::undefined(Undefined::TooFew),
                n => Datum::Number(100.0 * below / (n - 1) as f64),
            };
            let place = extras.places.get(region);
            let index = match (place, plants[r].number(), plants_total) {
                (Some(&(area, population)), Some(own), Some(plants)) => {
                    Datum::from(cluster_index(&ClusterIndexParts {
                        activity: (value, total),
                        area: (area, extras.place_totals.0),
                        population: (population, extras.place_totals.1),
                        plants: (own, plants),
                    }))
                }
                _ => Datum::Gap(Gap::NotApplicable),
            };
            Cell {
                region: region.clone(),
                value,
                share: value / total,
                size_percentile,
                lq: Datum::ratio(focus, total / all),
                focus: Datum::Number(focus),
                productivity: side_value(extras.productivity.as_ref(), period, region, industry),
                growth: growth(value, region, industry, base, national, years),
                n_plants: plants[r],
                cluster_index: index,
                stars: [Star::Off; 5],
                strong: None,
                failed: Vec::new(),
                few_regions: false,
            }
        })
        .collect()
}

fn cagr(start: f64, end: f64, years: Period) -> Datum {
    Datum::ratio(end, start).map(|ratio| ratio.powf(1.0 / f64::from(years)) - 1.0)
}

/// Growth of `industry` over the regions that both periods know.
fn national_growth(now: &Activity, base: &Activity, industry: &str, years: Period) -> Datum {
    let Some(before) = base.industries().place(industry) else {
        return Datum::undefined(Undefined::FromGap);
    };
    let Some(after) = now.industries().place(industry) else {
        return Datum::undefined(Undefined::FromGap);
    };
    let both = now.regions().codes().iter().enumerate().filter_map(|(r, code)| {
        base.regions().place(code).map(|b| (base.value(b, before), now.value(r, after)))
    });
    let (start, end): (Vec<f64>, Vec<f64>) = both.unzip();
    cagr(sum(start), sum(end), years)
}

fn growth(
    value: f64,
    region: &str,
    industry: &str,
    base: Option<&Activity>,
    national: Option<Datum>,
    years: Period,
) -> Datum {
    let (Some(base), Some(national)) = (base, national) else { return Datum::Gap(Gap::Missing) };
    let (Some(r), Some(i)) = (base.regions().place(region), base.industries().place(industry))
    else {
        return Datum::undefined(Undefined::FromGap);
    };
    match (cagr(base.value(r, i), value, years), national) {
        (Datum::Number(own), Datum::Number(national)) => Datum::Number(own - national),
        (Datum::Gap(gap), _) | (_, Datum::Gap(gap)) => Datum::Gap(gap),
    }
}
