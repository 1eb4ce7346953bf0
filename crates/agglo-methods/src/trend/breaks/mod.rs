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

use agglo_core::{Column, Datum, Frame, Gap, Note, Text, Undefined, Values};

use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, ColumnKind, Input, InputColumn, Mark, Method, OptionKind, OptionSpec, OutputTable,
    PERIOD, Variant, number, optional, out, out_key,
};
use crate::inference::percentile;
use crate::trend::constants;

mod bootstrap;
mod design;
mod interval;
mod segment;

pub use design::{Candidate, Design, Shape};
pub use interval::{DateInterval, date_interval};

use bootstrap::{Draws, Steps, p_value, simulate};
use segment::Segment;

/// Years of the descriptive search: up to this many breaks, segments of q + 1 years or more.
const SHORT_MAX_BREAKS: usize = 4;
/// The critical values hold for this trim.
const TABLED_TRIM: f64 = 0.15;
const CRITICAL_VALUES: &str = include_str!("../../../data/supf_critical_values.csv");

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
            kind: OptionKind::Choice(&["bic", "lwz", "sequential"]),
            default: "bic",
            help: Text::new(
                "how the number of breaks is chosen; sequential: add breaks while the bootstrap p-value of one more is below 1 − confidence",
                "突变点个数的选择准则；sequential 表示只要再加一个突变点的自助法 p 值小于 1 − 置信度就继续增加",
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
    ],
    formula: "supF(m) = ((SSR0 − SSRm)/(km − k0)) / (SSRm/(T − km))   SSRm: least sum of squared \
              residuals over all dates of m breaks; km: coefficients; T: years. \
              BIC(m) = T ln(SSRm/T) + ln T (km + m); LWZ(m) = T ln(SSRm/(T − km − m)) + 0.299 (km + m) (ln T)^2.1",
    source: "Bai and Perron (1998), Econometrica 66, 47–78; Bai and Perron (2003), Journal of \
             Applied Econometrics 18, 1–22; date interval Bai (1997), as in strucchange (R)",
    mark: Mark::Verified,
    run,
};

/// The series in order of time.
struct Series {
    periods: Vec<i64>,
    x: Vec<f64>,
    y: Vec<f64>,
    unit: String,
    left_out: Vec<i64>,
}

impl Series {
    fn read(call: &Call<'_>) -> Result<Series, MethodError> {
        let frame = call.frame("series")?;
        if frame.has("series") {
            let mut names: Vec<_> = frame.text("series")?.iter().flatten().collect();
            names.sort_unstable();
            names.dedup();
            if let [first, second, ..] = names[..] {
                return Err(MethodError::Data {
                    what: format!(
                        "the table holds several series (`{first}`, `{second}`, …); keep one of them"
                    ),
                });
            }
        }
        let mut rows: Vec<(i64, Datum)> =
            frame.integers("period")?.into_iter().zip(frame.numbers("value")?).collect();
        rows.sort_by_key(|(period, _)| *period);
        if let Some(pair) = rows.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let period = pair[0].0;
            return Err(MethodError::Data {
                what: format!("the year {period} stands twice; keep one value a year"),
            });
        }
        let listed: Vec<(i64, f64)> =
            rows.iter().filter_map(|(period, value)| Some((*period, value.number()?))).collect();
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Err(MethodError::NotIdentified { what: "the series has no value".to_owned() });
        };
        let known: Vec<i64> = listed.iter().map(|(period, _)| *period).collect();
        let left_out: Vec<i64> =
            (first.0..=last.0).filter(|period| known.binary_search(period).is_err()).collect();
        if let Some(year) = left_out.first() {
            let calendar = call.option("missing_years") == "calendar";
            if !calendar || call.variant() == "level" {
                let remedy = if calendar {
                    "a break of level cannot be dated across it; take the variant `trend`"
                } else {
                    "fill it, or set missing_years = calendar"
                };
                return Err(MethodError::Data {
                    what: format!("the year {year} has no value: {remedy}"),
                });
            }
        }
        Ok(Series {
            x: known.iter().map(|&period| period as f64).collect(),
            y: listed.iter().map(|(_, value)| *value).collect(),
            periods: known,
            unit: frame.column("value")?.unit().to_owned(),
            left_out,
        })
    }

    /// The year that ends after `n` observations, held inside the series.
    fn period_after(&self, n: i64) -> i64 {
        let place = (n - 1).clamp(0, self.periods.len() as i64 - 1);
        self.periods[place as usize]
    }
}

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
    let longest_list = if n < 3 * shortest { 1 } else { call.option_integer("max_breaks") };
    let max_breaks = call.option_integer("max_breaks").min(longest_list);
    let design = Design { x: &series.x, shape, shortest, max_breaks };
    let confidence = call.option_number("confidence");
    let scale = 1e-24 * series.y.iter().map(|y| y * y).sum::<f64>();

    let mut candidates = design.candidates(&series.y);
    if candidates[0].ssr <= scale {
        candidates.truncate(1);
    }
    let draws = draw(call, &design, &series, &candidates, scale)?;
    let tests = Tests::of(&design, &candidates, &draws, scale);
    let chosen = choose(call, &design, &candidates, &tests, scale)?;

    let mut notes = Vec::new();
    notes.extend(series_notes(&series, &candidates, &design, &draws));
    let breaks =
        breaks_frame(&series, &design, &candidates[chosen], draws.get(chosen), confidence)?;
    notes.extend(interval_note(&breaks, shape));
    notes.push(chosen_note(&series, &candidates[chosen], call.option("criterion")));

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
    models.extend(tests.columns(call, shape));
    models.extend(last);
    Ok(Answer::one("breaks", breaks)
        .and("models", Frame::new(models)?)
        .and("segments", segment::frame(&segments, &series.periods, &series.unit)?)
        .and("fit", fit)
        .and("short_models", short_models)
        .noting(notes))
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

/// The tests of each number of breaks, `None` where there is none.
struct Tests {
    sup_f: Vec<Option<f64>>,
    p_value: Vec<Option<f64>>,
    sequential_f: Vec<Option<f64>>,
    sequential_p: Vec<Option<f64>>,
}

impl Tests {
    fn of(design: &Design<'_>, candidates: &[Candidate], draws: &[Draws], scale: f64) -> Tests {
        let f = |fewer: usize, more: usize| {
            design.f_statistic(&candidates[fewer], &candidates[more], scale)
        };
        let numbers = 1..candidates.len();
        let sup_f: Vec<Option<f64>> =
            std::iter::once(None).chain(numbers.clone().map(|m| f(0, m))).collect();
        let sequential_f: Vec<Option<f64>> =
            std::iter::once(None).chain(numbers.map(|m| f(m - 1, m))).collect();
        let p = sup_f.iter().enumerate().map(|(m, f)| {
            let none = &draws.first()?.against_none;
            Some(p_value((*f)?, none.iter().map(|by_number| by_number[m - 1])))
        });
        let one_more = sequential_f.iter().enumerate().map(|(m, f)| {
            let f = (*f)?;
            Some(p_value(f, draws.get(m - 1)?.one_more.iter().copied()))
        });
        Tests { p_value: p.collect(), sequential_p: one_more.collect(), sup_f, sequential_f }
    }

    fn columns(&self, call: &Call<'_>, shape: Shape) -> Vec<Column> {
        let n = self.sup_f.len();
        let name = if shape == Shape::Level { "level" } else { "trend" };
        let tabled = shape != Shape::Kink && call.option_number("trim") == TABLED_TRIM;
        let rows = constants::rows(CRITICAL_VALUES);
        let critical = |m: usize| {
            let row = rows.iter().find(|row| {
                constants::text(row, "shape") == name
                    && constants::number(row, "n_breaks") == Some(m as f64)
            });
            let value = row.filter(|_| tabled).and_then(|row| constants::number(row, "critical_5"));
            value.map_or(Datum::Gap(Gap::NotApplicable), Datum::Number)
        };
        let statistic = |values: &[Option<f64>]| -> Vec<Datum> {
            let datum = |m: usize| match values[m] {
                _ if m == 0 => Datum::Gap(Gap::NotApplicable),
                Some(value) => Datum::finite(value, Undefined::ZeroDenominator),
                None => Datum::undefined(Undefined::NoVariation),
            };
            (0..n).map(datum).collect()
        };
        let share = |values: &[Option<f64>]| -> Vec<Datum> {
            let gap = Datum::Gap(Gap::NotApplicable);
            values.iter().map(|value| value.map_or(gap, Datum::Number)).collect()
        };
        vec![
            Column::number("sup_f", "1", statistic(&self.sup_f)),
            Column::number("critical_5", "1", (0..n).map(critical)),
            Column::number("p_value", "1", share(&self.p_value)),
            Column::number("sequential_f", "1", statistic(&self.sequential_f)),
            Column::number("sequential_p", "1", share(&self.sequential_p)),
        ]
    }
}

fn choose(
    call: &Call<'_>,
    design: &Design<'_>,
    candidates: &[Candidate],
    tests: &Tests,
    scale: f64,
) -> Result<usize, MethodError> {
    let criterion = call.option("criterion");
    if criterion != "sequential" {
        return Ok(least(design, candidates, criterion, scale));
    }
    if call.option_integer("replicates") == 0 && candidates.len() > 1 {
        return Err(MethodError::Data {
            what: "criterion = sequential needs bootstrap replicates".to_owned(),
        });
    }
    let level = 1.0 - call.option_number("confidence");
    let significant = |p: &Option<f64>| p.is_some_and(|p| p < level);
    Ok(tests.sequential_p[1..].iter().take_while(|p| significant(p)).count())
}

/// The number of breaks with the least criterion; an exact fit wins over all that are not.
fn least(design: &Design<'_>, candidates: &[Candidate], criterion: &str, scale: f64) -> usize {
    if let Some(exact) = candidates.iter().position(|candidate| candidate.ssr <= scale) {
        return exact;
    }
    let value = |m: &usize| match criterion {
        "lwz" => design.lwz(&candidates[*m]),
        _ => design.bic(&candidates[*m]),
    };
    (0..candidates.len()).min_by(|a, b| value(a).total_cmp(&value(b))).unwrap_or(0)
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

fn fit_columns(
    series: &Series,
    design: &Design<'_>,
    candidates: &[Candidate],
    chosen: usize,
    scale: f64,
) -> Vec<Column> {
    let criterion = |f: &dyn Fn(&Candidate) -> f64| -> Vec<Datum> {
        candidates
            .iter()
            .map(|candidate| {
                if candidate.ssr <= scale {
                    Datum::undefined(Undefined::LogOfZero)
                } else {
                    Datum::finite(f(candidate), Undefined::TooFew)
                }
            })
            .collect()
    };
    let periods = candidates.iter().map(|candidate| years(series, candidate));
    let marks = (0..candidates.len()).map(|m| if m == chosen { "yes" } else { "no" });
    vec![
        Column::integer("n_breaks", "1", (0..candidates.len() as i64).collect::<Vec<_>>()),
        Column::text("periods", periods),
        Column::numbers("ssr", format!("({})²", series.unit), candidates.iter().map(|c| c.ssr)),
        Column::number("bic", "1", criterion(&|c| design.bic(c))),
        Column::number("lwz", "1", criterion(&|c| design.lwz(c))),
        Column::text("chosen", marks),
    ]
}

fn years(series: &Series, candidate: &Candidate) -> String {
    let years = candidate.breaks.iter().map(|&k| series.period_after(k as i64).to_string());
    years.collect::<Vec<_>>().join(", ")
}

fn breaks_frame(
    series: &Series,
    design: &Design<'_>,
    chosen: &Candidate,
    draws: Option<&Draws>,
    confidence: f64,
) -> Result<Frame, MethodError> {
    let tail = (1.0 - confidence) / 2.0;
    let mut columns: [Vec<Option<i64>>; 4] = Default::default();
    for place in 0..chosen.breaks.len() {
        let interval = (design.shape != Shape::Kink)
            .then(|| {
                let (x, y, shape) = (&series.x, &series.y, design.shape);
                date_interval(x, y, shape, &chosen.breaks, place, confidence)
            })
            .flatten();
        columns[0].push(interval.map(|interval| series.period_after(interval.lower)));
        columns[1].push(interval.map(|interval| series.period_after(interval.upper)));
        let drawn: Vec<f64> =
            draws.map_or(Vec::new(), |d| d.dates.iter().map(|dates| dates[place] as f64).collect());
        let at = |p: f64| percentile(&drawn, p);
        columns[2].push(at(tail).map(|k| series.period_after(k.floor() as i64)));
        columns[3].push(at(1.0 - tail).map(|k| series.period_after(k.ceil() as i64)));
    }
    let names = ["lower", "upper", "bootstrap_lower", "bootstrap_upper"];
    let mut frame = vec![
        Column::integer("break", "", (1..=chosen.breaks.len() as i64).collect::<Vec<_>>()),
        Column::integer("period", "", chosen.breaks.iter().map(|&k| series.period_after(k as i64))),
    ];
    frame.extend(
        names
            .into_iter()
            .zip(columns)
            .map(|(name, values)| Column::new(name, "", Values::Integer(values))),
    );
    Ok(Frame::new(frame)?)
}

fn interval_note(breaks: &Frame, shape: Shape) -> Option<Note> {
    let Ok(Values::Integer(lower)) = breaks.column("lower").map(Column::values) else {
        return None;
    };
    if shape == Shape::Kink || lower.iter().all(Option::is_some) {
        return None;
    }
    Some(Note::new(
        "no-date-interval",
        "for some breaks the limit law gives no interval (a segment fits exactly, or the two \
         sides differ too much in noise); the bootstrap interval stands",
        "部分突变点按极限分布得不到区间（某一区段完全拟合，或两侧噪声差异过大），以自助法区间为准",
    ))
}

fn series_notes(
    series: &Series,
    candidates: &[Candidate],
    design: &Design<'_>,
    draws: &[Draws],
) -> Vec<Note> {
    let mut notes = Vec::new();
    if !series.left_out.is_empty() {
        let list: Vec<String> = series.left_out.iter().map(ToString::to_string).collect();
        let list = list.join(", ");
        notes.push(Note::new(
            "years-left-out",
            format!("years without a value were left out, time runs by the calendar: {list}"),
            format!("缺值年份已剔除，时间按日历计：{list}"),
        ));
    }
    if candidates.len() == 1 && design.max_breaks > 0 {
        notes.push(Note::new(
            "no-break-possible",
            "the series is too short for a break or leaves nothing to explain",
            "序列过短，或已完全拟合，无法寻找突变点",
        ));
    }
    if design.shape == Shape::Trend && candidates.len() > 1 {
        notes.push(Note::new(
            "critical-values-approximate",
            "the tabled critical values hold for long series without a trend; read the bootstrap p-value",
            "表中的临界值适用于无趋势的长序列，应以自助法 p 值为准",
        ));
    }
    if let Some(none) = draws.first() {
        let (order, replicates) = (none.order, none.dates.len());
        notes.push(Note::new(
            "bootstrap",
            format!("p-values from {replicates} replicates with AR({order}) errors under no break"),
            format!("p 值来自 {replicates} 次自助重复，无突变假设下误差为 AR({order})"),
        ));
    }
    notes
}

fn chosen_note(series: &Series, chosen: &Candidate, criterion: &str) -> Note {
    let (count, list) = (chosen.breaks.len(), years(series, chosen));
    if count == 0 {
        return Note::new(
            "breaks-chosen",
            format!("{criterion} chooses no break"),
            format!("按 {criterion} 不选突变点"),
        );
    }
    Note::new(
        "breaks-chosen",
        format!("{criterion} chooses {count} break(s), after {list}"),
        format!("按 {criterion} 选定 {count} 个突变点，位于 {list} 年之后"),
    )
}

#[cfg(test)]
mod tests;
