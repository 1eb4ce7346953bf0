//! Club convergence: do regions come together in groups, each to its own path?
//!
//! | for                                   | module   |
//! |---------------------------------------|----------|
//! | ln(H₁/H_t) − 2 ln ln t = a + b ln t   | `log_t`  |
//! | core, sieve, recursion, merging       | `search` |
//! | the trend without the business cycle  | `filter` |

use std::collections::BTreeMap;

use agglo_core::{Column, Datum, Frame, Gap, Note, Text, Undefined, mean};

use super::panel::{Balanced, REGION_GAPS, REGIONS};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Mark, Method, OUT_PERIOD, OUT_REGION, OptionKind, OptionSpec, Output, OutputTable,
    Variant, out, out_key,
};
use crate::inference::normal_cdf;

mod filter;
mod log_t;
mod search;

pub use filter::hodrick_prescott;
pub use log_t::{LogT, LongRun, log_t, trimmed, variation};
pub use search::{CRITICAL, Club, Clubs, Core, Merging, Raises, Search};

const TEST: [Output; 7] = [
    out("n", "1", "Regions", "地区数"),
    out("alpha", "1", "Intercept", "截距"),
    out("beta", "1", "b", "b"),
    out("se", "1", "Standard error of b", "b 的标准误"),
    out("t", "1", "t", "t 值"),
    out("p_value", "1", "p, one side", "单侧 p 值"),
    out("reading", "", "Reading", "判读"),
];

pub(super) static CLUBS: Method = Method {
    id: "club-convergence",
    chapter: Chapter::Diagnose,
    title: Text::new("Club convergence", "俱乐部收敛"),
    help: Text::new(
        "Do regions come together, all of them or in clubs?",
        "各地区是整体收敛，还是分俱乐部收敛？",
    ),
    inputs: &[REGIONS],
    options: &[
        REGION_GAPS,
        OptionSpec {
            name: "trim",
            kind: OptionKind::Number(0.0, 0.8),
            default: "0.333333333333333333",
            help: Text::new("share of the periods left out at the start", "剔除起始时期的比例"),
        },
        OptionSpec {
            name: "long_run",
            kind: OptionKind::Choice(&["fixed", "andrews"]),
            default: "fixed",
            help: Text::new(
                "error of b: Phillips and Sul's (FQSB), or Andrews' on the scores (AQSB)",
                "b 的标准误：Phillips–Sul（FQSB）或 Andrews 自适应（AQSB）",
            ),
        },
        OptionSpec {
            name: "core",
            kind: OptionKind::Choice(&["largest-t", "largest-absolute-t"]),
            default: "largest-t",
            help: Text::new(
                "the group taken as core; R's ConvergenceClubs takes the largest |t|",
                "核心组的选取；R 的 ConvergenceClubs 取 |t| 最大者",
            ),
        },
        OptionSpec {
            name: "sieve",
            kind: OptionKind::Number(-10.0, 10.0),
            default: "0",
            help: Text::new(
                "c*: t that lets a region join a core",
                "c*：地区加入核心组所需的 t 值",
            ),
        },
        OptionSpec {
            name: "raise",
            kind: OptionKind::Choice(&["until-passed", "never"]),
            default: "until-passed",
            help: Text::new(
                "raise c* until the club passes its own test, or never",
                "逐步提高 c* 直至俱乐部通过检验，或不提高",
            ),
        },
        OptionSpec {
            name: "merge",
            kind: OptionKind::Choice(&["phillips-sul", "von-lyncker-thoennessen", "none"]),
            default: "phillips-sul",
            help: Text::new("how neighboring clubs are merged", "相邻俱乐部的合并方法"),
        },
        OptionSpec {
            name: "filter",
            kind: OptionKind::Choice(&["none", "hp"]),
            default: "none",
            help: Text::new(
                "take the trend of each region first, by Hodrick and Prescott",
                "先取各地区的 Hodrick–Prescott 趋势",
            ),
        },
        OptionSpec {
            name: "smoothing",
            kind: OptionKind::Number(0.0, 1e6),
            default: "6.25",
            help: Text::new(
                "λ of the filter: 6.25 for years; Phillips and Sul took 400",
                "滤波参数 λ：年度数据 6.25；Phillips 与 Sul 用 400",
            ),
        },
        OptionSpec {
            name: "least_periods",
            kind: OptionKind::Integer(6, 1000),
            default: "12",
            help: Text::new("fewer periods are refused", "时期数少于此值则拒绝计算"),
        },
    ],
    variants: &[
        Variant { id: "levels", help: Text::new("paths of the values", "以数值为路径") },
        Variant {
            id: "logs",
            help: Text::new(
                "paths of the logarithms, as Phillips and Sul (2009)",
                "以对数为路径，同 Phillips 与 Sul（2009）",
            ),
        },
    ],
    outputs: &[
        OutputTable {
            name: "clubs",
            columns: &[
                out_key("club", "Club", "俱乐部"),
                TEST[0],
                TEST[1],
                TEST[2],
                TEST[3],
                TEST[4],
                TEST[5],
                TEST[6],
                out("made_of", "", "Clubs before merging", "合并前的俱乐部"),
                out(
                    "relative",
                    "1",
                    "Mean of the last values, all regions 1",
                    "末期均值（全体为 1）",
                ),
            ],
        },
        OutputTable {
            name: "members",
            columns: &[
                OUT_REGION,
                out("club", "", "Club", "俱乐部"),
                out("before_merging", "", "Club before merging", "合并前的俱乐部"),
                out("first", "1", "First value, mean of all 1", "首期值（均值为 1）"),
                out("last", "1", "Last value, mean of all 1", "末期值（均值为 1）"),
            ],
        },
        OutputTable { name: "all", columns: &TEST },
        OutputTable {
            name: "variation",
            columns: &[OUT_PERIOD, out("h", "1", "Variation over the regions H", "横截面差异 H")],
        },
    ],
    formula: "h(r,t) = y(r,t)/ȳ(t), H(t) = mean (h − 1)²; ln(H(1)/H(t)) − 2 ln ln t = a + b ln t, t \
              > [rT]; convergence is rejected for t(b) < −1.65",
    source: "Phillips and Sul (2007), Econometrica 75(6), 1771–1855, and (2009), Journal of Applied \
             Econometrics 24(7), 1153–1185; von Lyncker and Thoennessen (2017), Empirical Economics \
             52(2), 525–553",
    mark: Mark::Verified,
    run,
};

/// The words for regions in no club.
const NO_CLUB: &str = "none";

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let data = Balanced::read(call, None, false)?;
    let (n, n_periods) = (data.regions.len(), data.periods.len());
    let least = call.option_integer("least_periods");
    if n_periods < least {
        return Err(MethodError::NotIdentified {
            what: format!(
                "clubs need at least {least} periods, and there are {n_periods}; the option \
                 `least_periods` says otherwise"
            ),
        });
    }
    if n < 2 {
        return Err(MethodError::NotIdentified {
            what: format!("clubs need at least two regions, and there are {n}"),
        });
    }
    let steps: Vec<i64> = data.periods.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if steps.iter().any(|step| *step != steps[0]) {
        return Err(MethodError::NotIdentified {
            what: "the periods are not evenly spaced, and the test counts them one by one"
                .to_owned(),
        });
    }
    let is_log = call.variant() == "logs";
    let smoothing = (call.option("filter") == "hp").then(|| call.option_number("smoothing"));
    let paths: Vec<Vec<f64>> = (0..n)
        .map(|r| {
            let values = data.points.iter().map(|points| points[r].value);
            let path: Vec<f64> =
                if is_log { values.map(f64::ln).collect() } else { values.collect() };
            smoothing.map_or_else(|| path.clone(), |lambda| hodrick_prescott(&path, lambda))
        })
        .collect();
    if is_log && paths.iter().flatten().any(|y| *y <= 0.0) {
        return Err(MethodError::Data {
            what: "a logarithm is zero or below, and relative to their mean logarithms must be \
                   above zero: count the values in a smaller unit"
                .to_owned(),
        });
    }
    let search = Search {
        trim: call.option_number("trim"),
        long_run: match call.option("long_run") {
            "andrews" => LongRun::Andrews,
            _ => LongRun::Fixed,
        },
        core: match call.option("core") {
            "largest-absolute-t" => Core::LargestAbsoluteT,
            _ => Core::LargestT,
        },
        sieve: call.option_number("sieve"),
        raises: match call.option("raise") {
            "never" => Raises::Never,
            _ => Raises::UntilPassed,
        },
    };
    let merging = match call.option("merge") {
        "none" => Merging::None,
        "von-lyncker-thoennessen" => Merging::VonLynckerThoennessen,
        _ => Merging::PhillipsSul,
    };
    let everyone: Vec<usize> = (0..n).collect();
    let whole = variation(&paths, &everyone);
    let test = log_t(&whole, search.trim, search.long_run);
    if test == Err(Undefined::TooFew) {
        return Err(MethodError::NotIdentified {
            what: "after trimming fewer than four periods are left".to_owned(),
        });
    }
    let found = search.clubs(&paths, || call.control().step(0, 1))?;
    let merged = search.merged(&paths, &found, merging);
    let mut notes = data.notes.clone();
    if merged.clubs.iter().any(|club| club.test.is_ok_and(|test| test.t <= CRITICAL)) {
        notes.push(Note::new(
            "club-fails",
            "a club does not pass its own test: let c* be raised, or raise it",
            "有俱乐部未通过自身检验：应提高 c*",
        ));
    }
    let frames = Frames { data: &data, found: &found, merged: &merged };
    Ok(Answer::one("clubs", frames.clubs()?)
        .and("members", frames.members()?)
        .and("all", test_frame(None, &[(n, test)])?)
        .and(
            "variation",
            Frame::new(vec![
                Column::integer("period", "", data.periods.iter().copied()),
                Column::numbers("h", "1", whole),
            ])?,
        )
        .noting(notes))
}

struct Frames<'a> {
    data: &'a Balanced,
    found: &'a Clubs,
    merged: &'a Clubs,
}

impl Frames<'_> {
    /// The value of a region in a period, the mean of all regions 1.
    fn relative(&self, period: usize, region: usize) -> Option<f64> {
        let values: Vec<f64> = self.data.points[period].iter().map(|p| p.value).collect();
        Some(values[region] / mean(&values)?)
    }

    fn clubs(&self) -> Result<Frame, MethodError> {
        let clubs = &self.merged.clubs;
        let rows: Vec<(usize, Result<LogT, Undefined>)> =
            clubs.iter().map(|club| (club.members.len(), club.test)).collect();
        let names: Vec<String> = (1..=clubs.len()).map(|club| club.to_string()).collect();
        let made_of = clubs.iter().map(|club| {
            let before: Vec<String> = club.made_of.iter().map(|at| (at + 1).to_string()).collect();
            before.join(" + ")
        });
        let last = self.data.periods.len() - 1;
        let relative = clubs.iter().map(|club| {
            let values: Vec<f64> =
                club.members.iter().filter_map(|&region| self.relative(last, region)).collect();
            mean(&values).map_or(Datum::undefined(Undefined::TooFew), Datum::Number)
        });
        Ok(test_frame(Some(&names), &rows)?
            .with(Column::text("made_of", made_of))?
            .with(Column::number("relative", "1", relative))?)
    }

    fn members(&self) -> Result<Frame, MethodError> {
        let club_of = |clubs: &Clubs| -> BTreeMap<usize, String> {
            let numbered = clubs.clubs.iter().enumerate();
            numbered
                .flat_map(|(at, club)| {
                    club.members.iter().map(move |&region| (region, (at + 1).to_string()))
                })
                .collect()
        };
        let (before, after) = (club_of(self.found), club_of(self.merged));
        let named = |clubs: &BTreeMap<usize, String>, region: usize| {
            clubs.get(&region).cloned().unwrap_or_else(|| NO_CLUB.to_owned())
        };
        let regions = 0..self.data.regions.len();
        let at = |period: usize| {
            regions.clone().map(move |region| {
                self.relative(period, region).map_or(Datum::Gap(Gap::Missing), Datum::Number)
            })
        };
        Ok(Frame::new(vec![
            Column::text("region", self.data.regions.iter().cloned()),
            Column::text("club", regions.clone().map(|region| named(&after, region))),
            Column::text("before_merging", regions.clone().map(|region| named(&before, region))),
            Column::number("first", "1", at(0)),
            Column::number("last", "1", at(self.data.periods.len() - 1)),
        ])?)
    }
}

/// Rows of the test, with club names where there are any.
fn test_frame(
    names: Option<&[String]>,
    rows: &[(usize, Result<LogT, Undefined>)],
) -> Result<Frame, MethodError> {
    let part = |name: &str, of: fn(&LogT) -> f64| {
        let cells = rows.iter().map(|(_, test)| Datum::from(test.as_ref().map(of).map_err(|e| *e)));
        Column::number(name, "1", cells)
    };
    let reading = |test: &Result<LogT, Undefined>| match test {
        Err(Undefined::NoVariation) => "the same path",
        Err(_) => "not identified",
        Ok(test) if test.t <= CRITICAL => "divergence",
        Ok(test) if test.beta >= 2.0 => "convergence in levels",
        Ok(_) => "convergence",
    };
    let mut columns = Vec::new();
    columns.extend(names.map(|names| Column::text("club", names.iter().map(String::as_str))));
    columns.extend([
        Column::integer("n", "1", rows.iter().map(|(n, _)| *n as i64)),
        part("alpha", |test| test.alpha),
        part("beta", |test| test.beta),
        part("se", |test| test.se),
        part("t", |test| test.t),
        part("p_value", |test| normal_cdf(test.t)),
        Column::text("reading", rows.iter().map(|(_, test)| reading(test))),
    ]);
    Ok(Frame::new(columns)?)
}
