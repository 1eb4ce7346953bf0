//! Stage of industrialization: five indicators, each scored from 0 to 100 by the stage it has
//! reached, weighted to one index.
//!
//! λ = 0 before industrialization; (j − 2) · 33 + 33 (X − lo)/(hi − lo) in stage j = 2, 3, 4; 100 after
//!
//! K = Σ λₖ Wₖ / Σ Wₖ
//!
//! | symbol | meaning                                                       | range    | unit        |
//! |--------|---------------------------------------------------------------|----------|-------------|
//! | X      | income per head; A, I, S of value added; shares               | ≥ 0      | USD or none |
//! | lo, hi | bounds of the stage, in `data/industrialization_stage.csv`    | ≥ 0      | as X        |
//! | W      | 36 income, 22 structure, 22 manufacturing, 12 urban, 8 primary employment | > 0 | none |
//! | K      | 0 pre-industrial, to 33 early, to 66 middle, below 100 late, 100 post | 0 to 100 | none |
//!
//! Gaps: an indicator without data is left out and named; with more than a quarter of the weight
//! absent there is no K. Cost: O(rows).
//! Source: Chen, Huang and Zhong (2006), Economic Research Journal (6), 4–15. Bounds and weights
//! are typed from memory of the published tables and need confirmation.

use std::collections::BTreeSet;

use agglo_core::{Column, Datum, Frame, Gap, Key, Note, Text, Undefined, Values};

use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, ColumnKind, Input, InputColumn, Mark, Method, OUT_PERIOD, OUT_REGION, OptionKind,
    OptionSpec, OutputTable, PERIOD, REGION, Variant, out, out_key,
};

mod scale;

pub use scale::{Conversion, PRICE_YEARS, StageScale, half_of, income_usd, label_of};

const INDICATORS: [&str; 5] =
    ["income", "structure", "manufacturing", "urban", "primary_employment"];

const fn given(name: &'static str, en: &'static str, zh: &'static str) -> InputColumn {
    InputColumn { name, kind: ColumnKind::Number, required: false, help: Text::new(en, zh) }
}

const fn scale_option(name: &'static str, en: &'static str, zh: &'static str) -> OptionSpec {
    OptionSpec {
        name,
        kind: OptionKind::Number(1e-12, 1e12),
        default: "1",
        help: Text::new(en, zh),
    }
}

pub(super) static INDUSTRIALIZATION_STAGE: Method = Method {
    id: "industrialization-stage",
    chapter: Chapter::Status,
    title: Text::new("Stage of industrialization", "工业化阶段"),
    help: Text::new("How far has each region industrialized?", "各地区工业化进行到哪一阶段？"),
    inputs: &[Input {
        table: "region_year",
        required: true,
        columns: &[
            REGION,
            PERIOD,
            given(
                "gdp_per_capita_usd",
                "income per head in dollars of the price year",
                "人均 GDP（价格年美元）",
            ),
            given("gdp_per_capita", "income per head in local money", "人均 GDP（本币）"),
            given("gdp", "gross domestic product", "地区生产总值"),
            given("population", "resident population", "常住人口"),
            given("fx_rate", "local money per dollar at the market", "市场汇率（本币/美元）"),
            given("ppp_rate", "local money per dollar at parity", "购买力平价（本币/美元）"),
            given("va_primary", "value added of the primary sector", "第一产业增加值"),
            given("va_secondary", "value added of the secondary sector", "第二产业增加值"),
            given("va_tertiary", "value added of the tertiary sector", "第三产业增加值"),
            given("va_manufacturing", "value added of manufacturing", "制造业增加值"),
            given("va_construction", "value added of construction", "建筑业增加值"),
            given("va_goods", "value added of the goods-producing sectors", "物质生产部门增加值"),
            given("urban_population", "urban population", "城镇人口"),
            given("urban_share", "urban share of the population, 0 to 1", "城镇化率（0 到 1）"),
            given("employed_total", "persons employed", "就业人数"),
            given("employed_primary", "persons employed in the primary sector", "第一产业就业人数"),
            given(
                "primary_employment_share",
                "primary share of employment, 0 to 1",
                "第一产业就业占比（0 到 1）",
            ),
        ],
    }],
    options: &[
        OptionSpec {
            name: "price_year",
            kind: OptionKind::Choice(&PRICE_YEARS),
            default: "2004",
            help: Text::new(
                "whose dollars the income is in, as published",
                "收入所用美元的价格年（已发表的年份）",
            ),
        },
        OptionSpec {
            name: "price_ratio",
            kind: OptionKind::Number(1e-6, 1e6),
            default: "1",
            help: Text::new(
                "for dollars of another year: its United States price level over that of price_year, by which the income bounds are multiplied",
                "收入为其他年份美元时：该年美国价格水平与 price_year 之比，用于折算收入界限",
            ),
        },
        OptionSpec {
            name: "conversion",
            kind: OptionKind::Choice(&["mean", "fx", "ppp"]),
            default: "mean",
            help: Text::new(
                "local money to dollars: market rate, parity, or the mean of both",
                "本币折美元：市场汇率、购买力平价或二者均值",
            ),
        },
        OptionSpec {
            name: "construction",
            kind: OptionKind::Choice(&["include", "exclude"]),
            default: "include",
            help: Text::new(
                "whether construction counts among the goods-producing sectors where va_goods is not given",
                "未给出 va_goods 时，物质生产部门是否包括建筑业",
            ),
        },
        OptionSpec {
            name: "midpoints",
            kind: OptionKind::Text,
            default: "16.5,49.5,82.5",
            help: Text::new(
                "where the second half of the early, middle and late stage begins",
                "早期、中期、后期后半段的起点",
            ),
        },
        scale_option("gdp_scale", "money per unit of the column gdp", "gdp 列每单位的金额"),
        scale_option(
            "population_scale",
            "persons per unit of the column population",
            "population 列每单位的人数",
        ),
    ],
    variants: &[Variant {
        id: "chen-huang",
        help: Text::new(
            "five indicators, weights by expert comparison",
            "五项指标，权重由专家比较得出",
        ),
    }],
    outputs: &[
        OutputTable {
            name: "stage",
            columns: &[
                OUT_PERIOD,
                OUT_REGION,
                out("score", "1", "Index", "综合指数"),
                out("label", "", "Stage", "阶段"),
                out("half", "", "Half", "前/后半段"),
                out("weight_present", "1", "Weight with data", "有数据的权重"),
                out("flags", "", "Flags", "标记"),
            ],
        },
        OutputTable {
            name: "indicators",
            columns: &[
                OUT_PERIOD,
                OUT_REGION,
                out_key("indicator", "Indicator", "指标"),
                out("value", "1", "Value", "指标值"),
                out("unit", "", "Unit", "单位"),
                out("score", "1", "Score", "得分"),
                out("weight", "1", "Weight", "权重"),
            ],
        },
    ],
    formula: "K = Σ λk Wk / Σ Wk   λ: 0 before, (j − 2)·33 + 33 (X − lo)/(hi − lo) in stages j = 2, 3, 4, \
              100 after; X: indicator; lo, hi: bounds of its stage; W: weight",
    source: "Chen, Huang and Zhong (2006), Economic Research Journal (6), 4–15",
    mark: Mark::Memory,
    run,
};

/// The numbers of one row by column name.
struct Record<'a> {
    columns: &'a [(&'static str, Vec<Datum>)],
    row: usize,
}

impl Record<'_> {
    fn get(&self, name: &str) -> Datum {
        let column = self.columns.iter().find(|(column, _)| *column == name);
        column.map_or(Datum::Gap(Gap::Missing), |(_, values)| values[self.row])
    }

    /// The share column if it has a number, else the part over the whole.
    fn share_or(&self, share: &str, part: &str, whole: &str) -> Datum {
        match self.get(share) {
            Datum::Number(share) => Datum::Number(share),
            Datum::Gap(_) => share_of(self.get(part), self.get(whole)),
        }
    }
}

/// A part of a whole; neither may be negative.
fn share_of(part: Datum, whole: Datum) -> Datum {
    match (part, whole) {
        (Datum::Number(part), Datum::Number(whole)) if part < 0.0 || whole < 0.0 => {
            Datum::undefined(Undefined::Negative)
        }
        (Datum::Number(part), Datum::Number(whole)) => Datum::ratio(part, whole),
        (gap @ Datum::Gap(_), _) | (_, gap @ Datum::Gap(_)) => gap,
    }
}

/// What the options decide.
struct Settings {
    scale: StageScale,
    conversion: Conversion,
    exclude_construction: bool,
    midpoints: [f64; 3],
    gdp_scale: f64,
    population_scale: f64,
}

impl Settings {
    fn of(call: &Call<'_>) -> Result<Settings, MethodError> {
        let bad = |option: &str, allowed: &str| MethodError::Option {
            method: INDUSTRIALIZATION_STAGE.id,
            option: option.to_owned(),
            found: call.option(option).to_owned(),
            allowed: allowed.to_owned(),
        };
        let parsed: Vec<f64> =
            call.option("midpoints").split(',').filter_map(|m| m.trim().parse().ok()).collect();
        let midpoints: [f64; 3] = parsed
            .try_into()
            .map_err(|_| bad("midpoints", "three numbers a,b,c between 0 and 100"))?;
        Ok(Settings {
            scale: StageScale::of(call.option("price_year"))
                .ok_or_else(|| bad("price_year", &PRICE_YEARS.join(", ")))?
                .at_prices(call.option_number("price_ratio")),
            conversion: match call.option("conversion") {
                "fx" => Conversion::Fx,
                "ppp" => Conversion::Ppp,
                _ => Conversion::Mean,
            },
            exclude_construction: call.option("construction") == "exclude",
            midpoints,
            gdp_scale: call.option_number("gdp_scale"),
            population_scale: call.option_number("population_scale"),
        })
    }
}

/// The five indicators of a row: value, score, and what the reader must know.
struct Assessment {
    values: [Datum; 5],
    scores: [Datum; 5],
    flags: Vec<String>,
}

fn assess(record: &Record<'_>, settings: &Settings) -> Assessment {
    let scale = &settings.scale;
    let mut flags = Vec::new();

    let (income, only) = match record.get("gdp_per_capita_usd") {
        usd @ Datum::Number(_) => (usd, None),
        Datum::Gap(_) => {
            let local = match record.get("gdp_per_capita") {
                local @ Datum::Number(_) => local,
                Datum::Gap(_) => share_of(record.get("gdp"), record.get("population"))
                    .map(|ratio| ratio * settings.gdp_scale / settings.population_scale),
            };
            income_usd(local, record.get("fx_rate"), record.get("ppp_rate"), settings.conversion)
        }
    };
    flags.extend(only.map(str::to_owned));

    let sectors = ["va_primary", "va_secondary", "va_tertiary"].map(|name| record.get(name));
    let (primary, structure) = structure(record, sectors, settings, &mut flags);

    let goods = goods(record, sectors, settings.exclude_construction);
    let manufacturing = share_of(record.get("va_manufacturing"), goods);
    let urban = record.share_or("urban_share", "urban_population", "population");
    let employment =
        record.share_or("primary_employment_share", "employed_primary", "employed_total");

    let values = [income, primary, manufacturing, urban, employment];
    let scores = [
        income.map(|usd| scale.income(usd)),
        structure,
        manufacturing.map(|share| scale.manufacturing(share)),
        urban.map(|share| scale.urban(share)),
        employment.map(|share| scale.primary_employment(share)),
    ];
    flags.extend(
        INDICATORS
            .iter()
            .zip(scores)
            .filter(|(_, score)| score.number().is_none())
            .map(|(indicator, _)| format!("no_{indicator}")),
    );
    Assessment { values, scores, flags }
}

/// The primary share and the score of the three shares.
fn structure(
    record: &Record<'_>,
    sectors: [Datum; 3],
    settings: &Settings,
    flags: &mut Vec<String>,
) -> (Datum, Datum) {
    let [Datum::Number(a), Datum::Number(i), Datum::Number(s)] = sectors else {
        let gap = sectors.into_iter().find_map(Datum::gap).unwrap_or(Gap::Missing);
        return (Datum::Gap(gap), Datum::Gap(gap));
    };
    let total = a + i + s;
    if a < 0.0 || i < 0.0 || s < 0.0 || total <= 0.0 {
        let why = if total > 0.0 { Undefined::Negative } else { Undefined::ZeroTotal };
        return (why.into(), why.into());
    }
    let near = |whole: f64| (total / whole - 1.0).abs() <= 0.005;
    if let Datum::Number(gdp) = record.get("gdp")
        && gdp > 0.0
        && ![gdp, 100.0, 1.0].into_iter().any(near)
    {
        flags.push("sectors_do_not_add_up".to_owned());
    }
    let shares = [a / total, i / total, s / total];
    if settings.scale.is_service_led(shares) {
        flags.push("service_led".to_owned());
    }
    (Datum::Number(shares[0]), Datum::Number(settings.scale.structure(shares)))
}

/// Value added of the goods-producing sectors: as given, else primary and secondary.
fn goods(record: &Record<'_>, [primary, secondary, _]: [Datum; 3], without: bool) -> Datum {
    if let given @ Datum::Number(_) = record.get("va_goods") {
        return given;
    }
    let (Datum::Number(primary), Datum::Number(secondary)) = (primary, secondary) else {
        return primary.gap().or(secondary.gap()).map_or(primary, Datum::Gap);
    };
    if !without {
        return Datum::Number(primary + secondary);
    }
    record.get("va_construction").map(|construction| primary + secondary - construction)
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let settings = Settings::of(call)?;
    let frame = call.frame("region_year")?;
    let regions = frame.keys("region")?;
    let periods =
        if frame.has("period") { frame.integers("period")? } else { vec![0; frame.n_rows()] };
    let mut columns = Vec::new();
    for column in INDUSTRIALIZATION_STAGE.inputs[0].columns {
        if column.kind == ColumnKind::Number && frame.has(column.name) {
            columns.push((column.name, frame.numbers(column.name)?));
        }
    }
    for (name, values) in &columns {
        let outside = |datum: &Datum| datum.number().is_some_and(|v| !(0.0..=1.0).contains(&v));
        if let Some(row) = values.iter().position(outside).filter(|_| name.ends_with("_share")) {
            return Err(MethodError::Data {
                what: format!(
                    "`{name}` of region `{}` in {} lies outside 0 to 1; divide percentages by 100",
                    regions[row], periods[row]
                ),
            });
        }
    }
    let mut order: Vec<usize> = (0..frame.n_rows()).collect();
    order.sort_by(|&a, &b| (periods[a], &regions[a]).cmp(&(periods[b], &regions[b])));
    if let Some(pair) =
        order.windows(2).find(|p| periods[p[0]] == periods[p[1]] && regions[p[0]] == regions[p[1]])
    {
        let (region, period) = (&regions[pair[0]], periods[pair[0]]);
        return Err(MethodError::Data {
            what: format!("region `{region}` stands twice in {period}; keep one row"),
        });
    }

    let mut stage = Stages::default();
    let mut indicators = Indicators::default();
    let mut absent = BTreeSet::new();
    let mut service_led = 0_usize;
    for row in order {
        let found = assess(&Record { columns: &columns, row }, &settings);
        let (index, present) = settings.scale.index(found.scores);
        absent.extend(found.flags.iter().filter(|flag| flag.starts_with("no_")).cloned());
        service_led += usize::from(found.flags.iter().any(|flag| flag == "service_led"));
        stage.push(periods[row], &regions[row], index, present, &found.flags, &settings);
        indicators.push(periods[row], &regions[row], &found, &settings);
    }
    Ok(Answer::one("stage", stage.frame()?).and("indicators", indicators.frame()?).noting(notes(
        call,
        &absent,
        service_led,
    )))
}

#[derive(Default)]
struct Stages {
    period: Vec<i64>,
    region: Vec<Key>,
    score: Vec<Datum>,
    label: Vec<Option<Key>>,
    half: Vec<Option<Key>>,
    present: Vec<f64>,
    flags: Vec<Option<Key>>,
}

impl Stages {
    fn push(
        &mut self,
        period: i64,
        region: &Key,
        index: Datum,
        present: f64,
        flags: &[String],
        settings: &Settings,
    ) {
        let k = index.number();
        self.period.push(period);
        self.region.push(region.clone());
        self.score.push(index);
        self.label.push(k.map(|k| label_of(k).into()));
        self.half.push(k.and_then(|k| half_of(k, settings.midpoints)).map(Key::from));
        self.present.push(present);
        self.flags.push((!flags.is_empty()).then(|| flags.join(", ").into()));
    }

    fn frame(self) -> Result<Frame, MethodError> {
        Ok(Frame::new(vec![
            Column::integer("period", "", self.period),
            Column::text("region", self.region),
            Column::number("score", "1", self.score),
            Column::new("label", "", Values::Text(self.label)),
            Column::new("half", "", Values::Text(self.half)),
            Column::numbers("weight_present", "1", self.present),
            Column::new("flags", "", Values::Text(self.flags)),
        ])?)
    }
}

#[derive(Default)]
struct Indicators {
    period: Vec<i64>,
    region: Vec<Key>,
    indicator: Vec<&'static str>,
    value: Vec<Datum>,
    unit: Vec<&'static str>,
    score: Vec<Datum>,
    weight: Vec<f64>,
}

impl Indicators {
    fn push(&mut self, period: i64, region: &Key, found: &Assessment, settings: &Settings) {
        for (place, indicator) in INDICATORS.into_iter().enumerate() {
            self.period.push(period);
            self.region.push(region.clone());
            self.indicator.push(indicator);
            self.value.push(found.values[place]);
            self.unit.push(if indicator == "income" { "USD per head" } else { "share" });
            self.score.push(found.scores[place]);
            self.weight.push(settings.scale.weights[place] / 100.0);
        }
    }

    fn frame(self) -> Result<Frame, MethodError> {
        Ok(Frame::new(vec![
            Column::integer("period", "", self.period),
            Column::text("region", self.region),
            Column::text("indicator", self.indicator),
            Column::number("value", "1", self.value),
            Column::text("unit", self.unit),
            Column::number("score", "1", self.score),
            Column::numbers("weight", "1", self.weight),
        ])?)
    }
}

fn notes(call: &Call<'_>, absent: &BTreeSet<String>, service_led: usize) -> Vec<Note> {
    let (year, conversion) = (call.option("price_year"), call.option("conversion"));
    let mut notes = vec![
        Note::new(
            "constants-need-confirmation",
            "stage bounds and weights are typed from memory of the published tables and need \
             confirmation; the score of the sector structure and the midpoints are conventions",
            "阶段界限与权重凭记忆录自已发表的表格，有待核对原文；产业结构得分规则与中点为约定",
        ),
        Note::new(
            "income-conversion",
            format!(
                "income is read in dollars of {year}; local money was converted by `{conversion}`"
            ),
            format!("收入按 {year} 年美元计；本币折算方式为 {conversion}"),
        ),
    ];
    let ratio = call.option("price_ratio");
    if call.option_number("price_ratio") != 1.0 {
        notes.push(Note::new(
            "income-bounds-moved",
            format!(
                "the income bounds of {year} were multiplied by {ratio}, the price ratio given; state \
                 its source"
            ),
            format!("{year} 年收入界限已乘以给定的价格比 {ratio}，须注明其来源"),
        ));
    }
    if !absent.is_empty() {
        let list: Vec<&str> = absent.iter().map(|flag| flag.trim_start_matches("no_")).collect();
        let list = list.join(", ");
        notes.push(Note::new(
            "partial-index",
            format!(
                "partial answer: some regions have no data for {list}; their index is renormalized \
                 over the rest, and absent when more than a quarter of the weight is"
            ),
            format!("部分结果：部分地区缺少 {list}；其指数按其余权重重新归一，缺失权重超过四分之一时不计算"),
        ));
    }
    if service_led > 0 {
        notes.push(Note::new(
            "service-led",
            format!(
                "{service_led} rows have services ahead of industry at a middle-stage primary share"
            ),
            format!("有 {service_led} 行的第一产业占比处于中期，但第三产业已超过第二产业"),
        ));
    }
    notes
}
