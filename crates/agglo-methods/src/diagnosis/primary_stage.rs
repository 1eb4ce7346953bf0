//! Primary stage: does a region stand at the low end of its industries?
//!
//! labor share = Σ_{i labor} oᵢᵣ / oᵣ      VA-rate gap = Σᵢ (oᵢᵣ/oᵣ)(vᵢᵣ/oᵢᵣ − vᵢ/oᵢ)
//! productivity ratio = (vᵣ/lᵣ) / (v/l)      R&D ratio = (dᵣ/oᵣ) / (d/o)
//!
//! | symbol | meaning                                    | shape | range | unit    |
//! |--------|--------------------------------------------|-------|-------|---------|
//! | o, v, d | output, value added, R&D expenditure      | R × I | o, d ≥ 0 | money |
//! | l      | employment                                 | R × I | ≥ 0   | persons |
//!
//! The VA-rate gap compares each industry with itself in the nation, so a region's mix of
//! industries does not enter. The nation is the sum of the table. Five signs are looked for; the
//! fifth, an emerging cluster, needs the table `life_cycle`. A sign that cannot be read is neither
//! there nor absent. Cost: O(R I).
//! Source: agglo's own composite of usual ratios.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Column, Datum, Frame, Gap, Key, Note, Undefined};

use super::thresholds::{THRESHOLDS, UNKNOWN, by_convention};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, INDUSTRY, Input, Mark, Method, OUT_PERIOD, OUT_REGION, OptionKind, OptionSpec,
    OutputTable, PERIOD, REGION, Variant, key, number, optional, out,
};
use agglo_core::Text;

/// Words for labor-intensive industries, compared in lower case.
const LABOR: [&str; 6] =
    ["labor", "labour", "l", "labor-intensive", "labour-intensive", "劳动密集型"];

const fn cut(
    name: &'static str,
    low: f64,
    high: f64,
    default: &'static str,
    help: Text,
) -> OptionSpec {
    OptionSpec { name, kind: OptionKind::Number(low, high), default, help }
}

pub(super) static PRIMARY_STAGE: Method = Method {
    id: "primary-stage",
    chapter: Chapter::Diagnose,
    title: Text::new("Signs of a primary stage", "产业发展初级阶段"),
    help: Text::new(
        "Does a region stand at the low end: labor-intensive, little value added, little R&D?",
        "地区产业是否处于低端：劳动密集、增加值率低、研发不足？",
    ),
    inputs: &[
        Input {
            table: "region_industry",
            required: true,
            columns: &[
                REGION,
                INDUSTRY,
                PERIOD,
                number("output", "gross output", "总产值"),
                number("value_added", "value added", "增加值"),
                number("employment", "persons employed", "从业人员"),
                optional(number("fixed_assets", "fixed assets", "固定资产")),
                optional(number("rd", "expenditure on R&D", "研发经费")),
            ],
        },
        Input {
            table: "intensity",
            required: false,
            columns: &[
                INDUSTRY,
                key("intensity", "labor, capital or technology", "劳动、资本或技术密集型"),
            ],
        },
        Input {
            table: "life_cycle",
            required: false,
            columns: &[
                REGION,
                PERIOD,
                key("stage", "emerging, growing, sustaining, declining …", "生命周期阶段"),
            ],
        },
    ],
    options: &[
        OptionSpec {
            name: "gaps",
            kind: OptionKind::Choice(&["error", "drop-cells"]),
            default: "error",
            help: Text::new(
                "cells without output, value added or employment: refuse, or leave them out of \
                 region and nation",
                "缺少产出、增加值或就业的单元格：报错，或从地区与全国中一并剔除",
            ),
        },
        cut(
            "labor_gap",
            -1.0,
            1.0,
            "0.05",
            Text::new(
                "labor-intensive share above the nation's by so much is a sign",
                "劳动密集型占比高出全国的幅度",
            ),
        ),
        cut(
            "va_gap",
            -1.0,
            1.0,
            "-0.02",
            Text::new(
                "a value-added rate below the nation's by so much is a sign",
                "增加值率低于全国的幅度",
            ),
        ),
        cut(
            "productivity_cut",
            0.0,
            10.0,
            "0.8",
            Text::new(
                "productivity below this part of the nation's is a sign",
                "劳动生产率相对全国的下限",
            ),
        ),
        cut(
            "rd_cut",
            0.0,
            10.0,
            "0.5",
            Text::new(
                "R&D intensity below this part of the nation's is a sign",
                "研发强度相对全国的下限",
            ),
        ),
        cut(
            "min_signs",
            1.0,
            5.0,
            "3",
            Text::new("so many signs make a primary stage", "判定初级阶段所需迹象数"),
        ),
    ],
    variants: &[Variant {
        id: "five-signs",
        help: Text::new("three of five signs", "五项迹象中出现三项"),
    }],
    outputs: &[
        OutputTable {
            name: "regions",
            columns: &[
                OUT_PERIOD,
                OUT_REGION,
                out("labor_share", "1", "Labor-intensive share of output", "劳动密集型产出占比"),
                out("labor_share_gap", "1", "Its gap to the nation", "与全国之差"),
                out("va_rate", "1", "Value-added rate", "增加值率"),
                out("va_rate_gap", "1", "Gap to the nation, same mix", "同结构下与全国之差"),
                out("productivity_ratio", "1", "Productivity, nation = 1", "劳动生产率（全国=1）"),
                out("capital_ratio", "1", "Capital per worker, nation = 1", "人均资本（全国=1）"),
                out("rd_ratio", "1", "R&D intensity, nation = 1", "研发强度（全国=1）"),
                out("signs", "", "Signs found", "出现的迹象"),
                out("unknown", "", "Signs not known", "无法判断的迹象"),
                out("n_signs", "1", "Number of signs", "迹象数"),
                out("n_known", "1", "Signs that are known", "可判断迹象数"),
                out("flag", "", "Primary stage", "初级阶段"),
            ],
        },
        THRESHOLDS,
    ],
    formula: "labor share = Σ(labor) o/o(r);  VA-rate gap = Σ σ(i,r)(v(i,r)/o(i,r) − v(i)/o(i));  \
              productivity ratio = (v(r)/l(r))/(v/l);  R&D ratio = (d(r)/o(r))/(d/o)",
    source: "agglo's convention",
    mark: Mark::Convention,
    run,
};

/// Sums over cells; capital and R&D only over the cells that know them, with their own base.
#[derive(Clone, Copy, Default)]
struct Sums {
    output: f64,
    value_added: f64,
    employment: f64,
    labor_output: f64,
    fixed_assets: f64,
    employment_with_assets: f64,
    rd: f64,
    output_with_rd: f64,
}

#[derive(Clone)]
struct Cell {
    region: Key,
    industry: Key,
    output: f64,
    value_added: f64,
    employment: f64,
    fixed_assets: Option<f64>,
    rd: Option<f64>,
}

impl Sums {
    fn add(&mut self, cell: &Cell, labor: Option<bool>) {
        self.output += cell.output;
        self.value_added += cell.value_added;
        self.employment += cell.employment;
        if labor == Some(true) {
            self.labor_output += cell.output;
        }
        if let Some(assets) = cell.fixed_assets {
            self.fixed_assets += assets;
            self.employment_with_assets += cell.employment;
        }
        if let Some(rd) = cell.rd {
            self.rd += rd;
            self.output_with_rd += cell.output;
        }
    }
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let mut notes = Vec::new();
    let by_period = read_cells(call, &mut notes)?;
    let labor = labor_industries(call, &by_period, &mut notes)?;
    let emerging = life_cycle(call)?;
    let mut rows: Vec<Row> = Vec::new();
    for (period, cells) in &by_period {
        rows.extend(score_period(call, *period, cells, labor.as_ref(), emerging.as_ref()));
    }
    let (thresholds, note) =
        by_convention(call, &["labor_gap", "va_gap", "productivity_cut", "rd_cut", "min_signs"])?;
    notes.push(note);
    Ok(Answer::one("regions", frame(&rows)?).and("thresholds", thresholds).noting(notes))
}

fn read_cells(
    call: &Call<'_>,
    notes: &mut Vec<Note>,
) -> Result<BTreeMap<i64, Vec<Cell>>, MethodError> {
    let frame = call.frame("region_industry")?;
    let (region, industry) = (frame.keys("region")?, frame.keys("industry")?);
    let period =
        if frame.has("period") { frame.integers("period")? } else { vec![0; region.len()] };
    let needed = ["output", "value_added", "employment"];
    let [output, value_added, employment] = needed.map(|name| frame.numbers(name));
    let (output, value_added, employment) = (output?, value_added?, employment?);
    let optional = |name: &str| -> Result<Vec<Option<f64>>, MethodError> {
        if frame.has(name) {
            Ok(frame.numbers(name)?.into_iter().map(Datum::number).collect())
        } else {
            Ok(vec![None; region.len()])
        }
    };
    let (fixed_assets, rd) = (optional("fixed_assets")?, optional("rd")?);
    let mut by_period: BTreeMap<i64, Vec<Cell>> = BTreeMap::new();
    let mut seen: BTreeSet<(i64, Key, Key)> = BTreeSet::new();
    let mut n_dropped = 0;
    for row in 0..region.len() {
        let place = format!(
            "region `{}`, industry `{}`, period {}",
            region[row], industry[row], period[row]
        );
        if !seen.insert((period[row], region[row].clone(), industry[row].clone())) {
            return Err(MethodError::Data { what: format!("two rows for {place}") });
        }
        let (Some(output), Some(value_added), Some(employment)) =
            (output[row].number(), value_added[row].number(), employment[row].number())
        else {
            if call.option("gaps") == "error" {
                return Err(MethodError::Data {
                    what: format!(
                        "{place} lacks output, value added or employment; set `gaps = \
                         drop-cells` to leave such cells out of region and nation"
                    ),
                });
            }
            n_dropped += 1;
            continue;
        };
        if output < 0.0 || employment < 0.0 {
            return Err(MethodError::Data {
                what: format!("{place} has negative output or employment"),
            });
        }
        by_period.entry(period[row]).or_default().push(Cell {
            region: region[row].clone(),
            industry: industry[row].clone(),
            output,
            value_added,
            employment,
            fixed_assets: fixed_assets[row],
            rd: rd[row],
        });
    }
    if n_dropped > 0 {
        notes.push(Note::new(
            "cells-dropped",
            format!("{n_dropped} cells without output, value added or employment were left out"),
            format!("剔除缺少产出、增加值或就业的单元格 {n_dropped} 个"),
        ));
    }
    Ok(by_period)
}

/// Whether each industry is labor intensive; `None` when the table is not there.
fn labor_industries(
    call: &Call<'_>,
    cells: &BTreeMap<i64, Vec<Cell>>,
    notes: &mut Vec<Note>,
) -> Result<Option<BTreeMap<Key, bool>>, MethodError> {
    if !call.has("intensity") {
        return Ok(None);
    }
    let frame = call.frame("intensity")?;
    let intensity = frame.text("intensity")?;
    let mut labor = BTreeMap::new();
    for (industry, intensity) in frame.keys("industry")?.into_iter().zip(intensity) {
        if let Some(word) = intensity {
            labor.insert(industry, LABOR.contains(&word.trim().to_lowercase().as_str()));
        }
    }
    let unknown: BTreeSet<&str> = cells
        .values()
        .flatten()
        .filter(|cell| !labor.contains_key(&cell.industry))
        .map(|cell| cell.industry.as_ref())
        .collect();
    if !unknown.is_empty() {
        let list = unknown.into_iter().collect::<Vec<_>>().join(", ");
        notes.push(Note::new(
            "industries-without-intensity",
            format!("industries without a factor intensity count as not labor intensive: {list}"),
            format!("未给出要素密集类型的行业按非劳动密集型计：{list}"),
        ));
    }
    Ok(Some(labor))
}

/// By region and period (0 where the table has no period), whether its cluster emerges.
type Emerging = BTreeMap<(Key, i64), bool>;

fn life_cycle(call: &Call<'_>) -> Result<Option<Emerging>, MethodError> {
    if !call.has("life_cycle") {
        return Ok(None);
    }
    let frame = call.frame("life_cycle")?;
    let region = frame.keys("region")?;
    let period =
        if frame.has("period") { frame.integers("period")? } else { vec![0; region.len()] };
    let stages = frame.text("stage")?;
    let known = region.into_iter().zip(period).zip(stages);
    Ok(Some(
        known
            .filter_map(|(place, stage)| {
                stage.as_ref().map(|stage| (place, stage.eq_ignore_ascii_case("emerging")))
            })
            .collect(),
    ))
}

struct Row {
    period: i64,
    region: Key,
    labor_share: Datum,
    labor_share_gap: Datum,
    va_rate: Datum,
    va_rate_gap: Datum,
    productivity_ratio: Datum,
    capital_ratio: Datum,
    rd_ratio: Datum,
    signs: [(&'static str, Option<bool>); 5],
    flag: &'static str,
}

const ABSENT: Datum = Datum::Gap(Gap::NotApplicable);

fn over(own: Datum, national: Datum) -> Datum {
    match (own, national) {
        (Datum::Number(own), Datum::Number(national)) => Datum::ratio(own, national),
        (Datum::Gap(gap), _) | (_, Datum::Gap(gap)) => Datum::Gap(gap),
    }
}

fn minus(own: Datum, national: Datum) -> Datum {
    match (own, national) {
        (Datum::Number(own), Datum::Number(national)) => Datum::Number(own - national),
        (Datum::Gap(gap), _) | (_, Datum::Gap(gap)) => Datum::Gap(gap),
    }
}

fn score_period(
    call: &Call<'_>,
    period: i64,
    cells: &[Cell],
    labor: Option<&BTreeMap<Key, bool>>,
    emerging: Option<&Emerging>,
) -> Vec<Row> {
    let mut nation = Sums::default();
    let mut industries: BTreeMap<&Key, Sums> = BTreeMap::new();
    let mut regions: BTreeMap<&Key, (Sums, Vec<&Cell>)> = BTreeMap::new();
    for cell in cells {
        let is_labor = labor.and_then(|labor| labor.get(&cell.industry).copied());
        nation.add(cell, is_labor);
        industries.entry(&cell.industry).or_default().add(cell, is_labor);
        let (sums, own) = regions.entry(&cell.region).or_default();
        sums.add(cell, is_labor);
        own.push(cell);
    }
    let with = |base: f64, value: Datum| if base > 0.0 { value } else { ABSENT };
    let labor_share = |s: &Sums| match labor {
        None => ABSENT,
        Some(_) => Datum::ratio(s.labor_output, s.output),
    };
    let capital = |s: &Sums| {
        with(s.employment_with_assets, Datum::ratio(s.fixed_assets, s.employment_with_assets))
    };
    let rd = |s: &Sums| with(s.output_with_rd, Datum::ratio(s.rd, s.output_with_rd));
    let productivity = |s: &Sums| Datum::ratio(s.value_added, s.employment);
    let (labor_gap, va_gap) = (call.option_number("labor_gap"), call.option_number("va_gap"));
    let (productivity_cut, rd_cut) =
        (call.option_number("productivity_cut"), call.option_number("rd_cut"));
    let min_signs = call.option_number("min_signs");
    regions
        .into_iter()
        .map(|(region, (own, cells))| {
            let share = labor_share(&own);
            let va_rate_gap = same_mix_gap(&own, &cells, &industries);
            let labor_share_gap = minus(share, labor_share(&nation));
            let productivity_ratio = over(productivity(&own), productivity(&nation));
            let rd_ratio = over(rd(&own), rd(&nation));
            let stage = emerging.and_then(|stages| {
                stages.get(&(region.clone(), period)).or_else(|| stages.get(&(region.clone(), 0)))
            });
            let signs = [
                ("labor", labor_share_gap.number().map(|gap| gap > labor_gap)),
                ("value_added", va_rate_gap.number().map(|gap| gap < va_gap)),
                ("productivity", productivity_ratio.number().map(|r| r < productivity_cut)),
                ("rd", rd_ratio.number().map(|r| r < rd_cut)),
                ("emerging", stage.copied()),
            ];
            let found = signs.iter().filter(|sign| sign.1 == Some(true)).count() as f64;
            let open = signs.iter().filter(|sign| sign.1.is_none()).count() as f64;
            let flag = if found >= min_signs {
                "yes"
            } else if found + open < min_signs {
                "no"
            } else {
                UNKNOWN
            };
            Row {
                period,
                region: region.clone(),
                labor_share: share,
                labor_share_gap,
                va_rate: Datum::ratio(own.value_added, own.output),
                va_rate_gap,
                productivity_ratio,
                capital_ratio: over(capital(&own), capital(&nation)),
                rd_ratio,
                signs,
                flag,
            }
        })
        .collect()
}

/// Σᵢ σᵢᵣ (vᵢᵣ/oᵢᵣ − vᵢ/oᵢ); an industry without output in the region has no share and no part.
fn same_mix_gap(own: &Sums, cells: &[&Cell], industries: &BTreeMap<&Key, Sums>) -> Datum {
    if own.output <= 0.0 {
        return Datum::undefined(Undefined::ZeroTotal);
    }
    let parts = cells.iter().filter(|cell| cell.output > 0.0).map(|cell| {
        let national = &industries[&cell.industry];
        let gap = cell.value_added / cell.output - national.value_added / national.output;
        cell.output / own.output * gap
    });
    Datum::Number(agglo_core::sum(parts))
}

fn frame(rows: &[Row]) -> Result<Frame, MethodError> {
    let number = |name: &str, of: fn(&Row) -> Datum| Column::number(name, "1", rows.iter().map(of));
    let listed = |wanted: Option<bool>| {
        rows.iter().map(move |row| {
            let names: Vec<&str> =
                row.signs.iter().filter(|sign| sign.1 == wanted).map(|sign| sign.0).collect();
            names.join(", ")
        })
    };
    let count = |wanted: fn(Option<bool>) -> bool| {
        rows.iter().map(move |row| row.signs.iter().filter(|sign| wanted(sign.1)).count() as i64)
    };
    Ok(Frame::new(vec![
        Column::integer("period", "", rows.iter().map(|row| row.period)),
        Column::text("region", rows.iter().map(|row| row.region.clone())),
        number("labor_share", |row| row.labor_share),
        number("labor_share_gap", |row| row.labor_share_gap),
        number("va_rate", |row| row.va_rate),
        number("va_rate_gap", |row| row.va_rate_gap),
        number("productivity_ratio", |row| row.productivity_ratio),
        number("capital_ratio", |row| row.capital_ratio),
        number("rd_ratio", |row| row.rd_ratio),
        Column::text("signs", listed(Some(true))),
        Column::text("unknown", listed(None)),
        Column::integer("n_signs", "1", count(|sign| sign == Some(true))),
        Column::integer("n_known", "1", count(|sign| sign.is_some())),
        Column::text("flag", rows.iter().map(|row| row.flag)),
    ])?)
}
