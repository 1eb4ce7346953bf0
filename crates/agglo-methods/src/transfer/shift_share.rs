//! Shift-share: how much of a region's growth is the nation's, its mix's, its own?
//!
//! NS = Σ eᵢᵣ g        IM = Σ eᵢᵣ (gᵢ − g)        RS = Σ eᵢᵣ (gᵢᵣ − gᵢ)        NS + IM + RS + entry = Δeᵣ
//!
//! RS = Σ hᵢᵣ (gᵢᵣ − gᵢ) + Σ (eᵢᵣ − hᵢᵣ)(gᵢᵣ − gᵢ),  hᵢᵣ = eᵣ eᵢ/e        (Esteban-Marquillas)
//!
//! | symbol | meaning                                                 | shape | range | unit  |
//! |--------|---------------------------------------------------------|-------|-------|-------|
//! | e      | activity in the first year                              | R × I | ≥ 0   | value |
//! | g      | growth of the nation, the industry i, the cell ir       | –     | ≥ −1  | none  |
//! | h      | what the cell would be with the nation's mix            | R × I | ≥ 0   | value |
//!
//! A cell that was empty has no growth rate: its whole later volume is `entry`. The variant
//! `dynamic` adds up the yearly parts. Gaps: option `gaps`. Cost: O(RI) a year.
//! Source: Dunn (1960); Esteban-Marquillas (1972); dynamic Barff and Knight (1988); program REAT
//! `shift`, `shiftd` (R).

use std::ops::AddAssign;

use agglo_core::{Activity, Column, Datum, Frame, Gap, Note, Panel, Text, Values};

use super::window::{FROM, TO, aligned, from_to};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, Mark, Method, OUT_INDUSTRY, OUT_REGION, OptionKind, OptionSpec,
    Output, OutputTable, Variant, out, out_key,
};

/// The parts of a change; they add up to it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Parts {
    /// Change of activity.
    pub change: f64,
    /// The nation's growth.
    pub national: f64,
    /// The industry's growth beyond the nation's.
    pub mix: f64,
    /// The cell's growth beyond the industry's.
    pub regional: f64,
    /// The regional part at the nation's mix.
    pub competitive: f64,
    /// The regional part due to being specialized.
    pub allocation: f64,
    /// Activity where there was none.
    pub entry: f64,
}

impl AddAssign for Parts {
    fn add_assign(&mut self, other: Parts) {
        self.change += other.change;
        self.national += other.national;
        self.mix += other.mix;
        self.regional += other.regional;
        self.competitive += other.competitive;
        self.allocation += other.allocation;
        self.entry += other.entry;
    }
}

/// Parts of a cell's change; each pair holds the first and the last year.
pub fn shift_share(
    cell: [f64; 2],
    region_from: f64,
    industry: [f64; 2],
    nation: [f64; 2],
) -> Parts {
    let [from, to] = cell;
    let change = to - from;
    if from <= 0.0 || industry[0] <= 0.0 {
        return Parts { change, entry: change, ..Parts::default() };
    }
    let rate = |[from, to]: [f64; 2]| to / from - 1.0;
    let (g, g_industry, g_cell) = (rate(nation), rate(industry), rate(cell));
    let homothetic = region_from * industry[0] / nation[0];
    Parts {
        change,
        national: from * g,
        mix: from * (g_industry - g),
        regional: from * (g_cell - g_industry),
        competitive: homothetic * (g_cell - g_industry),
        allocation: (from - homothetic) * (g_cell - g_industry),
        entry: 0.0,
    }
}

const OUT_FROM: Output = out_key("from", "From", "起始年");
const OUT_TO: Output = out_key("to", "To", "终止年");
const OUT_CHANGE: Output = out("change", "value", "Change", "变动");
const OUT_NATIONAL: Output = out("national", "value", "National share", "全国增长份额");
const OUT_MIX: Output = out("mix", "value", "Industry mix", "产业结构份额");
const OUT_REGIONAL: Output = out("regional", "value", "Regional share", "区域竞争份额");
const OUT_COMPETITIVE: Output = out("competitive", "value", "Competitive", "纯竞争效应");
const OUT_ALLOCATION: Output = out("allocation", "value", "Allocation", "配置效应");
const OUT_ENTRY: Output = out("entry", "value", "Entry", "新进入");

pub(super) static SHIFT_SHARE: Method = Method {
    id: "shift-share",
    chapter: Chapter::Transfer,
    title: Text::new("Shift-share analysis", "偏离—份额分析"),
    help: Text::new(
        "How much of a region's growth is the nation's, how much its industries', how much its own?",
        "地区增长中，多少来自全国、多少来自产业结构、多少来自自身？",
    ),
    inputs: &[ACTIVITY],
    options: &[
        FROM,
        TO,
        OptionSpec {
            name: "nation",
            kind: OptionKind::Text,
            default: "",
            help: Text::new(
                "code of a region that holds the national totals; empty: the sum of all regions",
                "代表全国合计的地区代码；留空则为各地区之和",
            ),
        },
        GAPS,
    ],
    variants: &[
        Variant {
            id: "classic",
            help: Text::new("three parts (Dunn; REAT shift)", "三分解（Dunn，同 REAT shift）"),
        },
        Variant {
            id: "esteban-marquillas",
            help: Text::new(
                "the regional part split into competitive and allocation",
                "将区域份额再分为纯竞争效应与配置效应",
            ),
        },
        Variant {
            id: "dynamic",
            help: Text::new(
                "three parts year by year, added up (Barff and Knight; REAT shiftd)",
                "逐年三分解后加总（Barff–Knight，同 REAT shiftd）",
            ),
        },
    ],
    outputs: &[
        OutputTable {
            name: "regions",
            columns: &[
                OUT_REGION,
                OUT_FROM,
                OUT_TO,
                OUT_CHANGE,
                OUT_NATIONAL,
                OUT_MIX,
                OUT_REGIONAL,
                OUT_COMPETITIVE,
                OUT_ALLOCATION,
                OUT_ENTRY,
            ],
        },
        OutputTable {
            name: "cells",
            columns: &[
                OUT_REGION,
                OUT_INDUSTRY,
                OUT_FROM,
                OUT_TO,
                OUT_CHANGE,
                OUT_NATIONAL,
                OUT_MIX,
                OUT_REGIONAL,
                OUT_COMPETITIVE,
                OUT_ALLOCATION,
                OUT_ENTRY,
                out("type", "", "Type", "类型"),
            ],
        },
    ],
    formula: "NS = Σ e·g; IM = Σ e·(gi − g); RS = Σ e·(gir − gi) = Σ h·(gir − gi) + Σ (e − h)·(gir − gi); \
              h = er·ei/E   e: activity in the first year; g, gi, gir: growth of the nation, the \
              industry, the cell; E: the nation's activity",
    source: "Dunn (1960); Esteban-Marquillas (1972); Barff and Knight (1988); REAT shift, shiftd (R)",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let panel = call.panel("activity")?;
    let (from_idx, to_idx) = from_to(call, &panel)?;
    let steps: Vec<usize> = if call.variant() == "dynamic" {
        (from_idx..=to_idx).collect()
    } else {
        vec![from_idx, to_idx]
    };
    let wanted: Vec<(&Panel, usize)> = steps.iter().map(|&idx| (&*panel, idx)).collect();
    let (years, mut notes) = aligned(call, &wanted)?;
    let nation = nation_of(call, &years[0])?;
    let n_industries = years[0].n_industries();
    let listed: Vec<usize> = (0..years[0].n_regions()).filter(|r| Some(*r) != nation).collect();

    let mut parts = vec![Parts::default(); listed.len() * n_industries];
    for pair in years.windows(2) {
        let totals = [Totals::of(&pair[0], nation), Totals::of(&pair[1], nation)];
        for (place, &r) in listed.iter().enumerate() {
            let region = agglo_core::sum(pair[0].region(r).iter().copied());
            for i in 0..n_industries {
                parts[place * n_industries + i] += shift_share(
                    [pair[0].value(r, i), pair[1].value(r, i)],
                    region,
                    [totals[0].industries[i], totals[1].industries[i]],
                    [totals[0].all, totals[1].all],
                );
            }
        }
    }
    let n_entries = parts.iter().filter(|part| part.entry > 0.0).count();
    if n_entries > 0 {
        notes.push(Note::new(
            "entry",
            format!("{n_entries} cells were empty in a first year; their later volume stands under entry"),
            format!("{n_entries} 个单元格期初为零，其后的量计入新进入"),
        ));
    }
    let span = [panel.periods()[from_idx], panel.periods()[to_idx]].map(i64::from);
    let regions = regions_frame(call, &years[0], &listed, &parts, span, panel.unit())?;
    let cells = cells_frame(call, &years[0], nation, &listed, &parts, span, panel.unit())?;
    Ok(Answer::one("regions", regions).and("cells", cells).noting(notes))
}

fn nation_of(call: &Call<'_>, activity: &Activity) -> Result<Option<usize>, MethodError> {
    let code = call.option("nation");
    if code.is_empty() {
        return Ok(None);
    }
    activity.regions().place(code).map(Some).ok_or_else(|| MethodError::Data {
        what: format!("there is no region `{code}` to stand for the nation"),
    })
}

/// The nation's totals in one year.
struct Totals {
    industries: Vec<f64>,
    all: f64,
}

impl Totals {
    fn of(activity: &Activity, nation: Option<usize>) -> Totals {
        let industries = match nation {
            Some(nation) => activity.region(nation).to_vec(),
            None => activity.industry_totals(),
        };
        let all = agglo_core::sum(industries.iter().copied());
        Totals { industries, all }
    }
}

fn columns(call: &Call<'_>, parts: &[Parts], [from, to]: [i64; 2], unit: &str) -> Vec<Column> {
    let n = parts.len();
    let split = call.variant() == "esteban-marquillas";
    let number =
        |name: &str, value: fn(&Parts) -> f64| Column::numbers(name, unit, parts.iter().map(value));
    let only_split = |name: &str, value: fn(&Parts) -> f64| {
        let datum = |part: &Parts| {
            if split { Datum::Number(value(part)) } else { Datum::Gap(Gap::NotApplicable) }
        };
        Column::number(name, unit, parts.iter().map(datum))
    };
    vec![
        Column::integer("from", "", vec![from; n]),
        Column::integer("to", "", vec![to; n]),
        number("change", |part| part.change),
        number("national", |part| part.national),
        number("mix", |part| part.mix),
        number("regional", |part| part.regional),
        only_split("competitive", |part| part.competitive),
        only_split("allocation", |part| part.allocation),
        number("entry", |part| part.entry),
    ]
}

fn regions_frame(
    call: &Call<'_>,
    activity: &Activity,
    listed: &[usize],
    parts: &[Parts],
    span: [i64; 2],
    unit: &str,
) -> Result<Frame, MethodError> {
    let totals: Vec<Parts> = parts
        .chunks(activity.n_industries())
        .map(|cells| {
            let mut total = Parts::default();
            for cell in cells {
                total += *cell;
            }
            total
        })
        .collect();
    let codes = listed.iter().map(|&r| activity.regions().code(r).clone());
    let mut frame = vec![Column::text("region", codes)];
    frame.extend(columns(call, &totals, span, unit));
    Ok(Frame::new(frame)?)
}

fn cells_frame(
    call: &Call<'_>,
    activity: &Activity,
    nation: Option<usize>,
    listed: &[usize],
    parts: &[Parts],
    span: [i64; 2],
    unit: &str,
) -> Result<Frame, MethodError> {
    let totals = Totals::of(activity, nation);
    let cells = || listed.iter().flat_map(|&r| (0..activity.n_industries()).map(move |i| (r, i)));
    let kind = |((r, i), part): ((usize, usize), &Parts)| {
        let region = agglo_core::sum(activity.region(r).iter().copied());
        let homothetic = region * totals.industries[i] / totals.all;
        let known = activity.value(r, i) > 0.0 && totals.industries[i] > 0.0;
        known.then(|| match (activity.value(r, i) > homothetic, part.regional > 0.0) {
            (true, true) => "specialized, advantaged".into(),
            (true, false) => "specialized, not advantaged".into(),
            (false, true) => "not specialized, advantaged".into(),
            (false, false) => "not specialized, not advantaged".into(),
        })
    };
    let types = cells().zip(parts).map(kind).collect();
    let mut frame = vec![
        Column::text("region", cells().map(|(r, _)| activity.regions().code(r).clone())),
        Column::text("industry", cells().map(|(_, i)| activity.industries().code(i).clone())),
    ];
    frame.extend(columns(call, parts, span, unit));
    frame.push(Column::new("type", "", Values::Text(types)));
    Ok(Frame::new(frame)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Region 1: (60, 30) becomes (63, 50); the nation (100, 100) becomes (150, 150).
    #[test]
    fn the_worked_example_loses_22_by_its_own_growth() {
        let mut total = Parts::default();
        for cell in [[60.0, 63.0], [30.0, 50.0]] {
            total += shift_share(cell, 90.0, [100.0, 150.0], [200.0, 300.0]);
        }
        let close =
            |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{total:?}");
        close(total.national, 45.0);
        close(total.mix, 0.0);
        close(total.regional, -22.0);
        close(total.competitive, -12.75);
        close(total.allocation, -9.25);
        close(total.change, 23.0);
    }

    #[test]
    fn a_cell_that_was_empty_enters_whole() {
        let found = shift_share([0.0, 7.0], 10.0, [100.0, 150.0], [200.0, 300.0]);
        assert_eq!(found, Parts { change: 7.0, entry: 7.0, ..Parts::default() });
    }
}
