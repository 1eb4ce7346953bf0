//! Innovation scorecard: where does a region's innovation fall behind the nation's?
//!
//! v = s · (numerator − minus) / denominator      ratio = v / national v (its inverse where less is better)
//!
//! | symbol | meaning                                                | shape | range | unit |
//! |--------|--------------------------------------------------------|-------|-------|------|
//! | v      | an indicator of `data/innovation_indicators.csv`       | R × J | real  | see table |
//! | ratio  | 1 as the nation, below 1 weaker                        | R × J | real  | none |
//!
//! The nation is the row of the option `national_region`, else the sum over the regions that know
//! both parts of an indicator. An indicator whose parts are absent stays unknown and is no failing.
//! Cost: O(R J).
//! Source: agglo's own list of usual indicators.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use agglo_core::{Column, Datum, Frame, Gap, Key, Note};

use super::thresholds::{Severity, THRESHOLDS, UNKNOWN, by_convention, constant, rows};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, INDUSTRY, Input, Mark, Method, OUT_INDUSTRY, OUT_PERIOD, OUT_REGION, OptionKind,
    OptionSpec, OutputTable, PERIOD, REGION, Variant, number, optional, out, out_key,
};
use agglo_core::Text;

struct Indicator {
    id: &'static str,
    numerator: &'static str,
    minus: Option<&'static str>,
    denominator: &'static str,
    scale: f64,
    less_is_better: bool,
}

static INDICATORS: LazyLock<Vec<Indicator>> = LazyLock::new(|| {
    rows(include_str!("../../data/innovation_indicators.csv"))
        .map(|cells| Indicator {
            id: cells[0],
            numerator: cells[1],
            minus: Some(cells[2]).filter(|column| !column.is_empty()),
            denominator: cells[3],
            scale: constant(cells[4]),
            less_is_better: constant(cells[5]) < 0.0,
        })
        .collect()
});

pub(super) static INNOVATION: Method = Method {
    id: "innovation-scorecard",
    chapter: Chapter::Diagnose,
    title: Text::new("Innovation scorecard", "创新能力记分卡"),
    help: Text::new(
        "Where does a region's innovation fall behind the nation's?",
        "地区创新能力在哪些方面落后于全国？",
    ),
    inputs: &[Input {
        table: "region_year",
        required: true,
        columns: &[
            REGION,
            PERIOD,
            optional(INDUSTRY),
            optional(number("revenue", "operating revenue", "营业收入")),
            optional(number("rd_expenditure", "expenditure on R&D", "研发经费")),
            optional(number("rd_personnel", "persons in R&D", "研发人员")),
            optional(number("employment", "persons employed", "从业人员")),
            optional(number("patents", "patents", "专利数")),
            optional(number("invention_patents", "invention patents", "发明专利数")),
            optional(number("new_product_sales", "sales of new products", "新产品销售收入")),
            optional(number(
                "joint_patents",
                "patents of a firm together with a university or institute",
                "产学研合作专利数",
            )),
        ],
    }],
    options: &[
        OptionSpec {
            name: "national_region",
            kind: OptionKind::Text,
            default: "",
            help: Text::new(
                "region code of the row that holds the nation; the sum of the regions when empty",
                "代表全国的地区代码，空则取各地区合计",
            ),
        },
        OptionSpec {
            name: "watch",
            kind: OptionKind::Number(0.0, 10.0),
            default: "0.85",
            help: Text::new("ratio to the nation below which to watch", "需关注的相对全国比率"),
        },
        OptionSpec {
            name: "problem",
            kind: OptionKind::Number(0.0, 10.0),
            default: "0.7",
            help: Text::new(
                "ratio to the nation below which is a problem",
                "视为问题的相对全国比率",
            ),
        },
    ],
    variants: &[Variant {
        id: "national",
        help: Text::new("each indicator against the nation", "各指标与全国比较"),
    }],
    outputs: &[
        OutputTable {
            name: "scores",
            columns: &[
                OUT_PERIOD,
                OUT_INDUSTRY,
                OUT_REGION,
                out_key("indicator", "Indicator", "指标"),
                out("value", "1", "Value", "取值"),
                out("national", "1", "Nation", "全国"),
                out(
                    "ratio",
                    "1",
                    "Ratio, 1 = nation, below weaker",
                    "比率（1 为全国水平，低者弱）",
                ),
                out("severity", "", "Severity", "严重程度"),
            ],
        },
        OutputTable {
            name: "regions",
            columns: &[
                OUT_PERIOD,
                OUT_INDUSTRY,
                OUT_REGION,
                out("n_problem", "1", "Problems", "问题项数"),
                out("n_watch", "1", "To watch", "关注项数"),
                out("n_known", "1", "Known indicators", "可判断指标数"),
            ],
        },
        THRESHOLDS,
    ],
    formula: "v = s · (numerator − minus)/denominator;  ratio = v/national v, inverse where less is \
              better",
    source: "agglo's convention",
    mark: Mark::Convention,
    run,
};

type Place = (i64, Key);

struct Score {
    period: i64,
    industry: Key,
    region: Key,
    indicator: &'static str,
    value: Datum,
    national: Datum,
    ratio: Datum,
    severity: Option<Severity>,
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let frame = call.frame("region_year")?;
    let region = frame.keys("region")?;
    let n_rows = region.len();
    let period = if frame.has("period") { frame.integers("period")? } else { vec![0; n_rows] };
    let industry = if frame.has("industry") {
        frame.keys("industry")?
    } else {
        vec![Key::from("total"); n_rows]
    };
    let column = |name: &str| -> Result<Vec<Datum>, MethodError> {
        if frame.has(name) {
            Ok(frame.numbers(name)?)
        } else {
            Ok(vec![Datum::Gap(Gap::Missing); n_rows])
        }
    };
    let nation_code = call.option("national_region");
    if !nation_code.is_empty() && !region.iter().any(|code| code.as_ref() == nation_code) {
        return Err(MethodError::Option {
            method: INNOVATION.id,
            option: "national_region".to_owned(),
            found: nation_code.to_owned(),
            allowed: "a region code of the table".to_owned(),
        });
    }
    let mut places: BTreeMap<Place, Vec<usize>> = BTreeMap::new();
    for row in 0..n_rows {
        places.entry((period[row], industry[row].clone())).or_default().push(row);
    }
    let (watch, problem) = (call.option_number("watch"), call.option_number("problem"));
    let mut scores = Vec::new();
    for indicator in INDICATORS.iter() {
        let above = numerators(&column(indicator.numerator)?, indicator, &column)?;
        let below = column(indicator.denominator)?;
        for ((period, industry), own) in &places {
            let is_nation = |row: &usize| region[*row].as_ref() == nation_code;
            let base: Vec<usize> = own
                .iter()
                .copied()
                .filter(|row| nation_code.is_empty() || is_nation(row))
                .collect();
            let national = share(&above, &below, &base, indicator.scale);
            for &row in own.iter().filter(|row| !is_nation(row)) {
                let value = value(above[row], below[row], indicator.scale);
                let ratio = match (value, national) {
                    (Datum::Number(own), Datum::Number(nation)) if indicator.less_is_better => {
                        Datum::ratio(nation, own)
                    }
                    (Datum::Number(own), Datum::Number(nation)) => Datum::ratio(own, nation),
                    (Datum::Gap(gap), _) | (_, Datum::Gap(gap)) => Datum::Gap(gap),
                };
                scores.push(Score {
                    period: *period,
                    industry: industry.clone(),
                    region: region[row].clone(),
                    indicator: indicator.id,
                    value,
                    national,
                    ratio,
                    severity: ratio.number().map(|r| Severity::falling(r, watch, problem)),
                });
            }
        }
    }
    scores.sort_by(|a, b| {
        (a.period, &a.industry, &a.region).cmp(&(b.period, &b.industry, &b.region))
    });
    let (thresholds, note) = by_convention(call, &["watch", "problem"])?;
    let list = Note::new(
        "convention",
        "the list of indicators is agglo's own convention [A]: data/innovation_indicators.csv",
        "指标清单为 agglo 约定 [A]：data/innovation_indicators.csv",
    );
    Ok(Answer::one("scores", scores_frame(&scores)?)
        .and("regions", regions_frame(&scores)?)
        .and("thresholds", thresholds)
        .noting([note, list]))
}

/// The numerators of an indicator: a column, less another one where the indicator says so.
fn numerators(
    first: &[Datum],
    indicator: &Indicator,
    column: &dyn Fn(&str) -> Result<Vec<Datum>, MethodError>,
) -> Result<Vec<Datum>, MethodError> {
    let Some(minus) = indicator.minus else { return Ok(first.to_vec()) };
    let less = column(minus)?;
    Ok(first
        .iter()
        .zip(less)
        .map(|(first, less)| match (first, less) {
            (Datum::Number(first), Datum::Number(less)) => Datum::Number(first - less),
            (&gap @ Datum::Gap(_), _) | (_, gap @ Datum::Gap(_)) => gap,
        })
        .collect())
}

fn value(above: Datum, below: Datum, scale: f64) -> Datum {
    match (above, below) {
        (Datum::Number(above), Datum::Number(below)) => {
            Datum::ratio(above, below).map(|v| v * scale)
        }
        (Datum::Gap(gap), _) | (_, Datum::Gap(gap)) => Datum::Gap(gap),
    }
}

/// The indicator of all `rows` together that know both parts.
fn share(above: &[Datum], below: &[Datum], rows: &[usize], scale: f64) -> Datum {
    let known: Vec<(f64, f64)> =
        rows.iter().filter_map(|&row| above[row].number().zip(below[row].number())).collect();
    if known.is_empty() {
        return Datum::Gap(Gap::Missing);
    }
    let total = |of: fn(&(f64, f64)) -> f64| agglo_core::sum(known.iter().map(of));
    Datum::ratio(total(|k| k.0), total(|k| k.1)).map(|v| v * scale)
}

fn scores_frame(scores: &[Score]) -> Result<Frame, MethodError> {
    let severity = |score: &Score| score.severity.map_or(UNKNOWN, Severity::id);
    Ok(Frame::new(vec![
        Column::integer("period", "", scores.iter().map(|s| s.period)),
        Column::text("industry", scores.iter().map(|s| s.industry.clone())),
        Column::text("region", scores.iter().map(|s| s.region.clone())),
        Column::text("indicator", scores.iter().map(|s| s.indicator)),
        Column::number("value", "1", scores.iter().map(|s| s.value)),
        Column::number("national", "1", scores.iter().map(|s| s.national)),
        Column::number("ratio", "1", scores.iter().map(|s| s.ratio)),
        Column::text("severity", scores.iter().map(severity)),
    ])?)
}

fn regions_frame(scores: &[Score]) -> Result<Frame, MethodError> {
    let mut counts: BTreeMap<(i64, Key, Key), [i64; 3]> = BTreeMap::new();
    for score in scores {
        let key = (score.period, score.industry.clone(), score.region.clone());
        let count = counts.entry(key).or_default();
        count[0] += i64::from(score.severity == Some(Severity::Problem));
        count[1] += i64::from(score.severity == Some(Severity::Watch));
        count[2] += i64::from(score.severity.is_some());
    }
    Ok(Frame::new(vec![
        Column::integer("period", "", counts.keys().map(|key| key.0)),
        Column::text("industry", counts.keys().map(|key| key.1.clone())),
        Column::text("region", counts.keys().map(|key| key.2.clone())),
        Column::integer("n_problem", "1", counts.values().map(|count| count[0])),
        Column::integer("n_watch", "1", counts.values().map(|count| count[1])),
        Column::integer("n_known", "1", counts.values().map(|count| count[2])),
    ])?)
}
