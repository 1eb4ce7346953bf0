//! Structural breaks of a yearly series: when did a trend turn, how sure is the year?
//!
//! F(m) = min over dates of Σ SSR(segments), by dynamic programming over segments of ≥ h years
//!
//! supF(m) = ((SSR₀ − SSRₘ)/(kₘ − k₀)) / (SSRₘ/(T − kₘ))        BIC(m) = T ln(SSRₘ/T) + ln T (kₘ + m)
//!
//! | symbol | meaning                                              | shape | range    | unit    |
//! |--------|------------------------------------------------------|-------|----------|---------|
//! | y      | the series, one value a year                         | T     | any      | value   |
//! | m      | number of breaks                                     | 1     | 0 to max | none    |
//! | k      | coefficients: q (m + 1), q = 1 level, 2 trend; 2 + m | 1     | ≥ 1      | none    |
//! | h      | shortest segment, max(⌈trim · T⌉, q + 2)             | 1     | ≥ 3      | years   |
//! | SSR    | sum of squared residuals                             | m     | ≥ 0      | value²  |
//!
//! A break is named by the last year of the older segment, a kink by the year where the line bends.
//! Gaps: a year without a value is refused unless `missing_years = calendar`. The published critical
//! values hold for large T and no trending regressor, so the p-values are bootstrapped.
//! Cost: O(T² (q² + m)) per fit, one fit per replicate and hypothesis.
//! Source: Bai and Perron (1998), Econometrica 66, 47–78, and (2003), Journal of Applied
//! Econometrics 18, 1–22; interval Bai (1997); program strucchange (R).

use agglo_core::{Column, Frame, Text};

use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, ColumnKind, Input, InputColumn, Mark, Method, OptionKind, OptionSpec, OutputTable,
    PERIOD, Variant, number, optional, out, out_key,
};

mod bootstrap;
mod design;
mod interval;
mod output;
mod pelt;
mod robust;
mod segment;
mod series;
mod test;

pub use design::{Candidate, Design, Shape};
pub use interval::{DateInterval, date_interval};

use bootstrap::{Draws, Steps, simulate};
use output::{breaks_frame, chosen_notes, fit_columns, interval_note, series_notes};
use segment::Segment;
use series::Series;
use test::{Choices, Tests, least};

/// Years of the descriptive search: up to this many breaks, segments of q + 1 years or more.
const SHORT_MAX_BREAKS: usize = 4;

pub(in crate::trend) static STRUCTURAL_BREAKS: Method = Method {
    id: "structural-breaks",
    chapter: Chapter::Status,
    title: Text::new("Turning points", "结构突变点"),
    help: Text::new(
        "In which years did the trend of a series turn, and how sure is that?",
        "序列的趋势在哪些年份发生转折？有多大把握？",
    ),
    inputs: &[Input {
        table: "series",
        required: true,
        columns: &[
            InputColumn { required: true, ..PERIOD },
            number("value", "the value of the year", "当年数值"),
            optional(InputColumn {
                name: "series",
                kind: ColumnKind::Label,
                required: false,
                help: Text::new("the series; only one may be given", "序列名称（只能有一个）"),
            }),
        ],
    }],
    options: &[
        OptionSpec {
            name: "trim",
            kind: OptionKind::Number(0.0, 0.5),
            default: "0.15",
            help: Text::new(
                "shortest segment as a share of the series",
                "最短区段占序列长度的比例",
            ),
        },
        OptionSpec {
            name: "max_breaks",
            kind: OptionKind::Integer(0, 10),
            default: "5",
            help: Text::new("most breaks looked for", "最多寻找的突变点个数"),
        },
        OptionSpec {
            name: "criterion",
            kind: OptionKind::Choice(&["bic", "lwz", "sequential", "pelt"]),
            default: "bic",
            help: Text::new(
                "how the number of breaks is chosen; sequential: by bootstrap p-values below 1 − confidence; pelt: least squares plus a penalty, whatever max_breaks",
                "突变点个数的选择准则；sequential：按自助法 p 值是否小于 1 − 置信度选定；pelt：残差平方和加惩罚，不受 max_breaks 限制",
            ),
        },
        OptionSpec {
            name: "penalty",
            kind: OptionKind::Text,
            default: "auto",
            help: Text::new(
                "what a break costs in pelt, in squared units of the values; auto: (q + 1) ln T times the residual variance",
                "pelt 中每个突变点的惩罚（数值单位的平方）；auto：(q + 1) ln T 乘以残差方差",
            ),
        },
        OptionSpec {
            name: "errors",
            kind: OptionKind::Choice(&["independent", "hac"]),
            default: "independent",
            help: Text::new(
                "hac adds F tests, and errors of the segments' levels or slopes, that stand unequal and \
                 dependent errors",
                "hac：另给出对异方差与自相关稳健的 F 检验，以及各区段水平或斜率的标准误",
            ),
        },
        OptionSpec {
            name: "replicates",
            kind: OptionKind::Integer(0, 99_999),
            default: "999",
            help: Text::new("bootstrap replicates", "自助法重复次数"),
        },
        OptionSpec {
            name: "confidence",
            kind: OptionKind::Number(0.5, 0.999),
            default: "0.95",
            help: Text::new("confidence of the intervals", "区间置信度"),
        },
        OptionSpec {
            name: "missing_years",
            kind: OptionKind::Choice(&["error", "calendar"]),
            default: "error",
            help: Text::new(
                "years without a value: refuse, or leave out and keep calendar time",
                "缺失年份：报错，或剔除并保持日历时间",
            ),
        },
    ],
    variants: &[
        Variant {
            id: "trend",
            help: Text::new("a line of its own in each segment", "各区段各有一条趋势线"),
        },
        Variant {
            id: "level", help: Text::new("a mean in each segment", "各区段各有一个均值")
        },
        Variant {
            id: "kink",
            help: Text::new("one continuous line that bends once", "一条连续的、只转折一次的折线"),
        },
    ],
    outputs: &[
        OutputTable {
            name: "breaks",
            columns: &[
                out_key("break", "Break", "突变点"),
                out("period", "", "Last year before", "突变前最后一年"),
                out("lower", "", "Lower (Bai)", "下限（Bai）"),
                out("upper", "", "Upper (Bai)", "上限（Bai）"),
                out("bootstrap_lower", "", "Lower (bootstrap)", "下限（自助法）"),
                out("bootstrap_upper", "", "Upper (bootstrap)", "上限（自助法）"),
            ],
        },
        OutputTable {
            name: "models",
            columns: &[
                out_key("n_breaks", "Breaks", "突变点个数"),
                out("periods", "", "Years", "年份"),
                out("ssr", "value²", "Squared residuals", "残差平方和"),
                out("bic", "1", "BIC", "BIC"),
                out("lwz", "1", "LWZ", "LWZ"),
                out("sup_f", "1", "sup F", "sup F"),
                out("critical_5", "1", "5 % critical value", "5% 临界值"),
                out("p_value", "1", "p (bootstrap)", "p 值（自助法）"),
                out("sequential_f", "1", "F, one more break", "F（再加一个突变点）"),
                out("sequential_p", "1", "p, one more break", "p 值（再加一个突变点）"),
                out("chosen", "", "Chosen", "选定"),
            ],
        },
        OutputTable {
            name: "segments",
            columns: &[
                out_key("label", "Search", "搜索方式"),
                out_key("segment", "Segment", "区段"),
                out("from", "", "From", "起始年"),
                out("to", "", "To", "终止年"),
                out("level", "value", "Mean", "均值"),
                out("slope", "value", "Change per year", "年均变化"),
                out("slope_lower", "value", "Lower", "下限"),
                out("slope_upper", "value", "Upper", "上限"),
                out("direction", "", "Direction", "方向"),
            ],
        },
        OutputTable {
            name: "fit",
            columns: &[
                out_key("period", "Year", "年份"),
                out("value", "value", "Value", "数值"),
                out("fitted", "value", "Fitted", "拟合值"),
            ],
        },
        OutputTable {
            name: "short_models",
            columns: &[
                out_key("n_breaks", "Breaks", "突变点个数"),
                out("periods", "", "Years", "年份"),
                out("ssr", "value²", "Squared residuals", "残差平方和"),
                out("bic", "1", "BIC", "BIC"),
                out("lwz", "1", "LWZ", "LWZ"),
                out("chosen", "", "Chosen", "选定"),
            ],
        },
        OutputTable {
            name: "robust",
            columns: &[
                out_key("n_breaks", "Breaks", "突变点个数"),
                out("sup_f_hac", "1", "sup F, robust", "sup F（稳健）"),
                out("bandwidth", "1", "Bandwidth", "带宽"),
                out("critical_5", "1", "5 % critical value", "5% 临界值"),
            ],
        },
        OutputTable {
            name: "robust_segments",
            columns: &[
                out_key("segment", "Segment", "区段"),
                out("term", "", "Level or slope", "水平或斜率"),
                out("estimate", "value", "Estimate", "估计值"),
                out("se_hac", "value", "Standard error, robust", "标准误（稳健）"),
                out("lower", "value", "Lower", "下限"),
                out("upper", "value", "Upper", "上限"),
            ],
        },
    ],
    formula: "supF(m) = ((SSR0 − SSRm)/(km − k0)) / (SSRm/(T − km))   SSRm: least sum of squared \
              residuals over all dates of m breaks; km: coefficients; T: years. \
              BIC(m) = T ln(SSRm/T) + ln T (km + m); LWZ(m) = T ln(SSRm/(T − km − m)) + 0.299 (km + m) (ln T)^2.1",
    source: "Bai and Perron (1998), Econometrica 66, 47–78; Bai and Perron (2003), Journal of \
             Applied Econometrics 18, 1–22; date interval Bai (1997), as in strucchange (R)",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let series = Series::read(call)?;
    let shape = match call.variant() {
        "level" => Shape::Level,
        "kink" => Shape::Kink,
        _ => Shape::Trend,
    };
    let coefficients = if shape == Shape::Level { 1 } else { 2 };
    let n = series.y.len();
    let trimmed = (call.option_number("trim") * n as f64 - 1e-9).ceil() as usize;
    let shortest = trimmed.max(coefficients + 2);
    if n < shortest + 1 {
        return Err(MethodError::NotIdentified {
            what: format!("{n} years are too few; at least {} are needed", shortest + 1),
        });
    }
    let most = if n < 3 * shortest { 1 } else { n / shortest };
    let max_breaks = call.option_integer("max_breaks").min(most);
    let mut design = Design { x: &series.x, shape, shortest, max_breaks };
    let confidence = call.option_number("confidence");
    let scale = 1e-24 * series.y.iter().map(|y| y * y).sum::<f64>();

    let mut candidates = design.candidates(&series.y);
    let penalized = match call.option("criterion") {
        "pelt" => Some(pelt(call, &design, &series, &candidates)?),
        _ => None,
    };
    if let Some(n_breaks) = penalized.filter(|n_breaks| *n_breaks >= candidates.len()) {
        design.max_breaks = n_breaks;
        candidates = design.candidates(&series.y);
    }
    candidates.truncate(useful(&candidates, scale).max(penalized.unwrap_or(0) + 1));
    let draws = draw(call, &design, &series, &candidates, scale)?;
    let tests = Tests::of(&design, &candidates, &draws, scale);
    let choices = Choices::of(&design, &candidates, &tests, scale, 1.0 - confidence);
    let chosen = match penalized {
        Some(n_breaks) => n_breaks.min(candidates.len() - 1),
        None => choices.by(call.option("criterion"))?,
    };

    let mut notes = Vec::new();
    notes.extend(series_notes(&series, &candidates, &design, &draws, tests.any_break));
    let breaks =
        breaks_frame(&series, &design, &candidates[chosen], draws.get(chosen), confidence)?;
    notes.extend(interval_note(&breaks, shape));
    notes.extend(chosen_notes(&series, &candidates, choices, chosen, call.option("criterion")));

    let mut segments =
        Segment::all(&design, &series.y, &candidates[chosen].breaks, confidence, "regular");
    let short = short_search(call, &design, &series, scale);
    if let Some((_, short_candidates, best)) = &short {
        let found = Segment::all(
            &design,
            &series.y,
            &short_candidates[*best].breaks,
            confidence,
            "short, descriptive",
        );
        notes.extend(segment::short_note(&found, &series.periods));
        segments.extend(found);
    }
    let fitted = design.fitted(&series.y, &candidates[chosen].breaks);
    let fit = Frame::new(vec![
        Column::integer("period", "", series.periods.iter().copied()),
        Column::numbers("value", &series.unit, series.y.iter().copied()),
        Column::numbers("fitted", &series.unit, fitted),
    ])?;
    let short_models = match &short {
        Some((short_design, found, best)) => {
            Frame::new(fit_columns(&series, short_design, found, *best, scale))?
        }
        None => Frame::new(fit_columns(&series, &design, &[], 0, scale))?,
    };
    let mut models = fit_columns(&series, &design, &candidates, chosen, scale);
    let last = models.pop();
    let columns = tests.columns(call, shape);
    let critical = columns[1].clone();
    models.extend(columns);
    models.extend(last);
    let robust = if call.option("errors") == "hac" {
        if shape == Shape::Kink {
            return Err(MethodError::Data {
                what: "errors = hac tests separate segments; take the variant `trend` or `level`"
                    .to_owned(),
            });
        }
        let confidence = call.option_number("confidence");
        let (y, chosen) = (&series.y, &candidates[chosen]);
        Some((
            robust::frame(&design, y, &candidates, &critical)?,
            robust::segment_frame(&design, y, chosen, &series.unit, confidence)?,
        ))
    } else {
        None
    };
    let answer = Answer::one("breaks", breaks)
        .and("models", Frame::new(models)?)
        .and("segments", segment::frame(&segments, &series.periods, &series.unit)?)
        .and("fit", fit)
        .and("short_models", short_models)
        .noting(notes);
    Ok(match robust {
        Some((tests, segments)) => answer.and("robust", tests).and("robust_segments", segments),
        None => answer,
    })
}

/// The number of breaks that least squares and a penalty choose.
fn pelt(
    call: &Call<'_>,
    design: &Design<'_>,
    series: &Series,
    candidates: &[Candidate],
) -> Result<usize, MethodError> {
    if design.shape == Shape::Kink {
        return Err(MethodError::Data {
            what:
                "criterion = pelt cuts a series into segments; take the variant `trend` or `level`"
                    .to_owned(),
        });
    }
    let text = call.option("penalty").trim();
    let penalty = if text == "auto" {
        design.penalty(candidates)
    } else {
        text.parse()
            .ok()
            .filter(|penalty: &f64| *penalty >= 0.0 && penalty.is_finite())
            .ok_or_else(|| MethodError::Option {
                method: STRUCTURAL_BREAKS.id,
                option: "penalty".to_owned(),
                found: text.to_owned(),
                allowed: "auto, or a number of zero or more".to_owned(),
            })?
    };
    Ok(design.penalized(&series.y, penalty).breaks.len())
}

/// How many of the candidates say something: none with a break when the first is exact, and none
/// with more breaks once the shortest segment forces a worse fit than fewer breaks have.
fn useful(candidates: &[Candidate], scale: f64) -> usize {
    if candidates[0].ssr <= scale {
        return 1;
    }
    let worse = candidates.windows(2).position(|pair| pair[1].ssr > pair[0].ssr);
    worse.map_or(candidates.len(), |place| place + 1)
}

/// Replicates under each number of breaks, none when `replicates` is zero.
fn draw(
    call: &Call<'_>,
    design: &Design<'_>,
    series: &Series,
    candidates: &[Candidate],
    scale: f64,
) -> Result<Vec<Draws>, MethodError> {
    let replicates = call.option_integer("replicates") as u32;
    if replicates == 0 || candidates.len() < 2 {
        return Ok(Vec::new());
    }
    let total = u64::from(replicates) * candidates.len() as u64;
    let mut steps = Steps { control: call.control(), done: 0, total };
    let mut draws = Vec::with_capacity(candidates.len());
    for hypothesis in candidates {
        let drawn =
            simulate(design, &series.y, hypothesis, scale, replicates, call.seed(), || {
                steps.step()
            })?;
        draws.push(drawn);
    }
    Ok(draws)
}

/// The descriptive search with segments too short for a test.
fn short_search<'a>(
    call: &Call<'_>,
    design: &Design<'a>,
    series: &Series,
    scale: f64,
) -> Option<(Design<'a>, Vec<Candidate>, usize)> {
    let coefficients = match design.shape {
        Shape::Level => 1,
        Shape::Trend => 2,
        Shape::Kink => return None,
    };
    let short =
        Design { shortest: coefficients + 1, max_breaks: SHORT_MAX_BREAKS, ..design.clone() };
    let candidates = short.candidates(&series.y);
    let criterion = if call.option("criterion") == "lwz" { "lwz" } else { "bic" };
    let best = least(&short, &candidates, criterion, scale);
    Some((short, candidates, best))
}

#[cfg(test)]
mod tests;
