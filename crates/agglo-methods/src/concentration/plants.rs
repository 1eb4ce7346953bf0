//! What Ellison–Glaeser and Maurel–Sédillot read: plant sizes and regional shares per industry,
//! from plants or from counts by size class.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Axis, Datum, Frame, Key, Lang, Note, Period, sum};

use super::benchmark::{BENCHMARK, Benchmark, data};
use super::passes::each_industry;
use super::reduced::{self, CELL, from_cells};
use super::size_class::{Classes, class_sizes};
use super::sizes::Sizes;
use crate::call::{Call, MethodError};
use crate::catalog::{
    ACTIVITY, ColumnKind, INDUSTRY, Input, InputColumn, OptionKind, OptionSpec, PERIOD, REGION,
    VALUE, Variant, key, number, optional,
};
use agglo_core::Text;

/// Establishments with their size.
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

/// Establishments counted by size, where single ones are secret.
pub(super) const SIZE_CLASS: Input = Input {
    table: "size_class",
    required: false,
    columns: &[
        optional(REGION),
        INDUSTRY,
        PERIOD,
        key("class", "size class", "规模组"),
        optional(number(
            "lower",
            "smallest size of the class; read from the class's name where the table has no bounds",
            "组下限；无上下限列时由组名读取",
        )),
        optional(number(
            "upper",
            "largest size of the class; empty for the open one",
            "组上限；开口组留空",
        )),
        number("n_plants", "number of establishments", "企业单位数"),
        optional(number("value", "their activity together", "合计活动量")),
    ],
};

/// The tables of both methods.
pub(super) const INPUTS: &[Input] =
    &[PLANT, SIZE_CLASS, CELL, Input { required: false, ..ACTIVITY }, BENCHMARK];

/// The variants of both methods.
pub(super) const VARIANTS: &[Variant] = &[
    Variant {
        id: "plants",
        help: Text::new(
            "from the table `plant`, as REAT ellison.a and PySAL maurel_sedillot_msg",
            "依据 `plant` 表，同 REAT ellison.a 与 PySAL maurel_sedillot_msg",
        ),
    },
    Variant {
        id: "size-class-uniform",
        help: Text::new(
            "from `size_class` and `activity`; alike inside a class: H is a lower bound",
            "依据 `size_class` 与 `activity`；组内规模相同，H 为下界",
        ),
    },
    Variant {
        id: "size-class-schmalensee",
        help: Text::new(
            "as before; sizes rise linearly inside a class about its mean",
            "同上；组内规模围绕组均值线性递增",
        ),
    },
    Variant { id: "cells", help: reduced::HELP },
];

/// Where establishments are not needed: shares alone.
pub(super) const ACTIVITY_ONLY: Variant = Variant {
    id: "activity",
    help: Text::new(
        "from the table `activity`; the index without a test",
        "依据 `activity` 表；仅有指数，不作检验",
    ),
};

/// What to do with plants whose size is a gap.
pub(super) const PLANT_GAPS: OptionSpec = OptionSpec {
    name: "gaps",
    kind: OptionKind::Choice(&["error", "drop"]),
    default: "error",
    help: Text::new(
        "establishments without a number: refuse or leave out",
        "无数值的企业单位：报错或剔除",
    ),
};

/// One industry in one period.
#[derive(Debug, PartialEq)]
pub(super) struct IndustryPlants {
    pub(super) period: i64,
    pub(super) industry: Key,
    /// Sizes of the plants.
    pub(super) sizes: Sizes,
    /// Activity by region.
    pub(super) by_region: Vec<f64>,
}

/// The industries of one period with the benchmark they share.
pub(super) struct PeriodPlants {
    pub(super) benchmark: Vec<f64>,
    pub(super) industries: Vec<IndustryPlants>,
}

/// Reads the tables that the variant asks for and returns the industries by period.
pub(super) fn collect(call: &Call<'_>) -> Result<(Vec<PeriodPlants>, Vec<Note>), MethodError> {
    let benchmark = Benchmark::read(call)?;
    match call.variant() {
        "plants" => from_plants(call, benchmark.as_ref()),
        "cells" => from_cells(call, benchmark.as_ref()),
        "activity" => from_activity(call, benchmark.as_ref()),
        variant => from_classes(call, benchmark.as_ref(), variant == "size-class-schmalensee"),
    }
}

struct Plant {
    region: Key,
    industry: Key,
    value: f64,
}

fn read_plants(
    call: &Call<'_>,
    notes: &mut Vec<Note>,
) -> Result<BTreeMap<i64, Vec<Plant>>, MethodError> {
    let frame = call.frame("plant")?;
    let (regions, industries) = (frame.keys("region")?, frame.keys("industry")?);
    let (periods, values) = (periods(frame)?, frame.numbers("value")?);
    let ids = if frame.has("plant") { Some(frame.text("plant")?) } else { None };
    let mut seen = BTreeSet::new();
    let (mut n_dropped, mut n_empty) = (0, 0);
    let mut plants: BTreeMap<i64, Vec<Plant>> = BTreeMap::new();
    for row in 0..values.len() {
        let (region, industry) = (regions[row].clone(), industries[row].clone());
        if let Some(id) = ids.and_then(|ids| ids[row].clone())
            && !seen.insert((periods[row], id.clone()))
        {
            return Err(data(format!("establishment `{id}` stands twice in one period")));
        }
        match values[row] {
            Datum::Number(value) if value < 0.0 => {
                return Err(data(format!(
                    "an establishment of region `{region}`, industry `{industry}` has the size \
                     {value}; sizes are zero or more"
                )));
            }
            Datum::Number(value) => {
                n_empty += usize::from(value == 0.0);
                plants.entry(periods[row]).or_default().push(Plant { region, industry, value });
            }
            Datum::Gap(_) if call.option("gaps") == "drop" => n_dropped += 1,
            Datum::Gap(gap) => {
                let reason = gap.reason(Lang::En);
                return Err(data(format!(
                    "an establishment of region `{region}`, industry `{industry}` has no size: \
                     {reason}; `gaps = drop` leaves such establishments out"
                )));
            }
        }
    }
    if n_dropped > 0 {
        notes.push(Note::new(
            "plants-dropped",
            format!("{n_dropped} establishments without a number were left out"),
            format!("剔除无数值的企业单位 {n_dropped} 个"),
        ));
    }
    if n_empty > 0 {
        notes.push(Note::new(
            "plants-empty",
            format!("{n_empty} establishments of size zero are not counted as establishments"),
            format!("规模为零的企业单位 {n_empty} 个，不计入单位数"),
        ));
    }
    Ok(plants)
}

fn from_plants(
    call: &Call<'_>,
    benchmark: Option<&Benchmark>,
) -> Result<(Vec<PeriodPlants>, Vec<Note>), MethodError> {
    let mut notes = Vec::new();
    let mut answers = Vec::new();
    for (period, plants) in read_plants(call, &mut notes)? {
        let own = plants.iter().map(|plant| plant.region.clone());
        let mut totals: BTreeMap<Key, f64> = BTreeMap::new();
        if let Some(benchmark) = benchmark {
            for region in benchmark.regions(period) {
                let value = benchmark.find(period, region).unwrap_or_default();
                totals.insert(region.clone(), value);
            }
        } else if call.has("activity") {
            let panel = call.panel("activity")?;
            let completed =
                panel.complete(panel.period_idx(period as Period)?, activity_gaps(call))?;
            let activity = completed.activity;
            totals.extend(activity.regions().codes().iter().cloned().zip(activity.region_totals()));
        } else {
            for plant in &plants {
                *totals.entry(plant.region.clone()).or_default() += plant.value;
            }
        }
        let regions = Axis::new(totals.keys().cloned().chain(own));
        let benchmark: Vec<f64> =
            regions.codes().iter().map(|code| totals.get(code).copied().unwrap_or(0.0)).collect();
        let mut found: BTreeMap<Key, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
        for plant in plants {
            let none = || (Vec::new(), vec![0.0; regions.len()]);
            let (sizes, by_region) = found.entry(plant.industry).or_insert_with(none);
            if plant.value > 0.0 {
                sizes.push(plant.value);
                if let Some(r) = regions.place(&plant.region) {
                    by_region[r] += plant.value;
                }
            }
        }
        let industry = |(industry, (sizes, by_region)): (Key, (Vec<f64>, Vec<f64>))| {
            IndustryPlants { period, industry, sizes: Sizes::Each(sizes), by_region }
        };
        let industries: Vec<IndustryPlants> = found.into_iter().map(industry).collect();
        let outside: Vec<&str> = (0..regions.len())
            .filter(|&r| benchmark[r] == 0.0)
            .filter(|&r| industries.iter().any(|industry| industry.by_region[r] > 0.0))
            .map(|r| regions.code(r).as_ref())
            .collect();
        notes.extend(outside_note(period, &outside));
        answers.push(PeriodPlants { benchmark, industries });
    }
    Ok((answers, notes))
}

/// What becomes of gaps in the activity, where that is read too.
fn activity_gaps(call: &Call<'_>) -> agglo_core::GapPolicy {
    match call.option("gaps") {
        "drop" => agglo_core::GapPolicy::DropRegions,
        name => agglo_core::GapPolicy::from_name(name).unwrap_or_default(),
    }
}

fn from_activity(
    call: &Call<'_>,
    benchmark: Option<&Benchmark>,
) -> Result<(Vec<PeriodPlants>, Vec<Note>), MethodError> {
    let panel = call.panel("activity")?;
    let (mut answers, mut notes) = (Vec::new(), Vec::new());
    for (period_idx, &period) in panel.periods().iter().enumerate() {
        let completed = panel.complete(period_idx, activity_gaps(call))?;
        notes.extend(crate::call::gap_notes(period, &completed));
        let (activity, period) = (completed.activity, i64::from(period));
        let shares = match benchmark {
            Some(benchmark) => benchmark.of(period, activity.regions())?,
            None => activity.region_totals(),
        };
        let mut industries = Vec::with_capacity(activity.n_industries());
        each_industry(&activity, |i, values| {
            industries.push(IndustryPlants {
                period,
                industry: activity.industries().code(i).clone(),
                sizes: Sizes::Each(Vec::new()),
                by_region: values.to_vec(),
            });
            Ok(())
        })?;
        answers.push(PeriodPlants { benchmark: shares, industries });
    }
    Ok((answers, notes))
}

fn from_classes(
    call: &Call<'_>,
    benchmark: Option<&Benchmark>,
    linear: bool,
) -> Result<(Vec<PeriodPlants>, Vec<Note>), MethodError> {
    let panel = call.panel("activity")?;
    let classes = class_sizes(call.frame("size_class")?)?;
    let mut notes = vec![Note::new(
        "sizes-from-classes",
        "establishment sizes are reconstructed from size classes, so H, γ and z are approximate",
        "企业单位规模由规模组推算，H、γ 与 z 均为近似值",
    )];
    if classes.values().any(Classes::has_bare_open_class) {
        notes.push(Note::new(
            "open-class-from-lower-bound",
            "plants of the open size class start from its lower bound, so H is a lower bound and γ \
             an upper one (a convention of agglo)",
            "开口规模组的企业按组下限计，因此 H 为下界、γ 为上界（agglo 约定）",
        ));
    }
    let mut answers = Vec::new();
    for (period_idx, &period) in panel.periods().iter().enumerate() {
        let completed = panel.complete(period_idx, activity_gaps(call))?;
        notes.extend(crate::call::gap_notes(period, &completed));
        let (activity, period) = (completed.activity, i64::from(period));
        let shares = match benchmark {
            Some(benchmark) => benchmark.of(period, activity.regions())?,
            None => activity.region_totals(),
        };
        let mut industries = Vec::new();
        for (i, code) in activity.industries().codes().iter().enumerate() {
            let by_region = activity.industry(i);
            let total = sum(by_region.iter().copied());
            let sizes = match classes.get(&(period, code.clone())) {
                Some(classes) => Sizes::Each(classes.sizes(total, linear)?),
                None => Sizes::Each(Vec::new()),
            };
            industries.push(IndustryPlants { period, industry: code.clone(), sizes, by_region });
        }
        answers.push(PeriodPlants { benchmark: shares, industries });
    }
    Ok((answers, notes))
}

/// The period of each row; zero for a table without periods.
pub(super) fn periods(frame: &Frame) -> Result<Vec<i64>, MethodError> {
    Ok(if frame.has("period") { frame.integers("period")? } else { vec![0; frame.n_rows()] })
}

pub(super) fn outside_note(period: i64, regions: &[&str]) -> Option<Note> {
    let n = regions.len();
    let codes = regions.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    (n > 0).then(|| {
        Note::new(
            "plants-outside-benchmark",
            format!(
                "{period}: {n} regions have establishments and a benchmark of zero ({codes}); \
                 chance would put none there"
            ),
            format!("{period} 年：{n} 个地区有企业单位而对照量为零（{codes}）"),
        )
    })
}
