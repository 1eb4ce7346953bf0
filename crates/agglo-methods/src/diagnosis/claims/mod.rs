//! Claims: does the data say what is said of it?
//!
//! | claim                             | yes                                       | module   |
//! |-----------------------------------|-------------------------------------------|----------|
//! | agglomeration-then-dispersion     | concentration rose to a year and fell after | `turn`   |
//! | turning-year                      | a break's interval holds the year, no other | `year`   |
//! | large-dispersion-small-concentration | more of it within large areas than between | `scales` |
//! | concentration-falls-with-development | a negative slope on ln GDP per head, effects of unit and year out | `slope` |
//! | stronger-clusters-where-industrialized | a positive rank correlation           | `ranks`  |
//! | industrialized-without-clusters   | regions high in one and low in the other  | `ranks`  |
//!
//! Each claim is answered `yes` when the data reject its opposite, `no` when they reject the claim,
//! and `not identified` when they do neither or are not there; a reason code says which. That
//! nothing was found is not `no`.
//! Tests and cuts: methods 1.18, a convention of agglo; each test's source stands in its module.

use agglo_core::{Column, Datum, Frame, Gap, Note, Text, Undefined};

use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Input, InputColumn, Mark, Method, OptionKind, OptionSpec, OutputTable, PERIOD, REGION,
    Variant, key, number, optional, out, out_key,
};

mod ranks;
mod scales;
mod slope;
mod turn;
mod year;

const YEAR: InputColumn = InputColumn { required: true, ..PERIOD };

const SERIES: Input = Input {
    table: "series",
    required: false,
    columns: &[YEAR, number("value", "concentration over the whole country", "全国集中度")],
};
const BREAKS: Input = Input {
    table: "breaks",
    required: false,
    columns: &[
        InputColumn {
            name: "date",
            help: Text::new("last year before the break", "突变前最后一年"),
            ..YEAR
        },
        optional(number("lower", "first year of its interval", "区间下限")),
        optional(number("upper", "last year of its interval", "区间上限")),
    ],
};
const SCALES: Input = Input {
    table: "scales",
    required: false,
    columns: &[
        optional(key("unit", "industry, or another unit that is compared", "行业或其他比较单位")),
        PERIOD,
        number("between", "concentration between large areas", "大尺度（区域间）集中度"),
        number(
            "within",
            "concentration within them, in the same measure",
            "小尺度（区域内）集中度",
        ),
    ],
};
const DEVELOPMENT: Input = Input {
    table: "development",
    required: false,
    columns: &[
        key("unit", "region or industry", "地区或行业"),
        YEAR,
        number("concentration", "its concentration or cluster score", "集中度或集群得分"),
        number("gdp_per_head", "GDP per head, above zero", "人均 GDP，大于零"),
    ],
};
const STAGE: Input = Input {
    table: "stage",
    required: false,
    columns: &[REGION, PERIOD, number("score", "how far industrialized", "工业化水平得分")],
};
const CLUSTERS: Input = Input {
    table: "clusters",
    required: false,
    columns: &[REGION, PERIOD, number("score", "how strong its clusters are", "集群强度得分")],
};

pub(super) static CLAIMS: Method = Method {
    id: "claims",
    chapter: Chapter::Diagnose,
    title: Text::new("Claims against the data", "论断检验"),
    help: Text::new(
        "Does the data say what is said of it: yes, no, or is it not identified?",
        "数据是否支持论断：是、否，还是无法识别？",
    ),
    inputs: &[SERIES, BREAKS, SCALES, DEVELOPMENT, STAGE, CLUSTERS],
    options: &[
        OptionSpec {
            name: "alpha",
            kind: OptionKind::Number(0.0001, 0.5),
            default: "0.05",
            help: Text::new("level of every test", "各检验的显著性水平"),
        },
        OptionSpec {
            name: "year",
            kind: OptionKind::Text,
            default: "",
            help: Text::new(
                "the turning year that is claimed, such as 2004; empty: any",
                "论断所称的转折年份，如 2004；空则不限",
            ),
        },
        OptionSpec {
            name: "draws",
            kind: OptionKind::Integer(99, 100_000),
            default: "999",
            help: Text::new("bootstrap series and permutations", "自助与置换次数"),
        },
        OptionSpec {
            name: "high",
            kind: OptionKind::Number(0.0, 1.0),
            default: "0.75",
            help: Text::new(
                "quantile from which a region counts as highly industrialized",
                "工业化水平高的分位数",
            ),
        },
        OptionSpec {
            name: "low",
            kind: OptionKind::Number(0.0, 1.0),
            default: "0.5",
            help: Text::new("quantile up to which its clusters count as weak", "集群弱的分位数"),
        },
    ],
    variants: &[Variant {
        id: "default",
        help: Text::new("one test a claim, each at the level alpha", "每项论断一个检验"),
    }],
    outputs: &[
        OutputTable {
            name: "claims",
            columns: &[
                out_key("claim", "Claim", "论断"),
                out("answer", "", "Answer", "答案"),
                out("reason", "", "Reason", "理由"),
                out("test", "", "Test", "检验"),
                out("statistic", "1", "Statistic", "统计量"),
                out("p_value", "1", "p", "p 值"),
                out("n", "1", "Observations", "观测数"),
                out("estimate", "", "Estimate", "估计值"),
                out("year", "", "Turning year", "转折年"),
            ],
        },
        OutputTable {
            name: "exceptions",
            columns: &[
                out_key("region", "Region", "地区"),
                out("stage", "1", "Industrialization", "工业化水平"),
                out("cluster", "1", "Clusters", "集群强度"),
            ],
        },
    ],
    formula: "yes: the claim's opposite is rejected at alpha; no: the claim is rejected; not \
              identified: neither, or no data",
    source: "a convention of agglo (methods 1.18); Spearman (1904), American Journal of Psychology \
             15, 72–101; Liang and Zeger (1986), Biometrika 73(1), 13–22; Berger (1982), \
             Technometrics 24(4), 295–300 (intersection of tests)",
    mark: Mark::Convention,
    run,
};

/// The answer to a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Yes,
    No,
    NotIdentified,
}

impl Verdict {
    const fn name(self) -> &'static str {
        match self {
            Verdict::Yes => "yes",
            Verdict::No => "no",
            Verdict::NotIdentified => "not identified",
        }
    }
}

/// What was found on one claim.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    verdict: Verdict,
    /// A code that a sentence can be made of.
    reason: &'static str,
    test: &'static str,
    statistic: Option<f64>,
    p_value: Option<f64>,
    n: Option<usize>,
    estimate: Option<f64>,
    year: Option<i64>,
}

impl Finding {
    /// Neither yes nor no, without a statistic.
    fn none(reason: &'static str) -> Finding {
        Finding {
            verdict: Verdict::NotIdentified,
            reason,
            test: "none",
            statistic: None,
            p_value: None,
            n: None,
            estimate: None,
            year: None,
        }
    }

    /// From one-sided p-values of the claim and of its opposite.
    fn one_sided(
        alpha: f64,
        (holds, holds_reason): (f64, &'static str),
        (opposite, opposite_reason): (f64, &'static str),
    ) -> Finding {
        let (verdict, reason, p) = if holds < alpha {
            (Verdict::Yes, holds_reason, holds)
        } else if opposite < alpha {
            (Verdict::No, opposite_reason, opposite)
        } else {
            (Verdict::NotIdentified, "not-significant", holds)
        };
        Finding { verdict, reason, p_value: Some(p), ..Finding::none(reason) }
    }
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let mut rows: Vec<(&str, Finding)> = Vec::new();
    let mut ask = |claim: &'static str,
                   tables: &[&str],
                   answer: &dyn Fn(&Call<'_>) -> Result<Finding, MethodError>|
     -> Result<(), MethodError> {
        let finding = if tables.iter().all(|table| call.has(table)) {
            answer(call)?
        } else {
            Finding::none("no-table")
        };
        rows.push((claim, finding));
        Ok(())
    };
    ask("agglomeration-then-dispersion", &["series"], &turn::answer)?;
    ask("turning-year", &["breaks"], &year::answer)?;
    ask("large-dispersion-small-concentration", &["scales"], &scales::answer)?;
    ask("concentration-falls-with-development", &["development"], &slope::answer)?;
    ask("stronger-clusters-where-industrialized", &["stage", "clusters"], &ranks::answer)?;
    let mut exceptions = Vec::new();
    if call.has("stage") && call.has("clusters") {
        let (finding, regions) = ranks::exceptions(call)?;
        rows.push(("industrialized-without-clusters", finding));
        exceptions = regions;
    } else {
        rows.push(("industrialized-without-clusters", Finding::none("no-table")));
    }
    let number = |of: &dyn Fn(&Finding) -> Option<f64>| -> Vec<Datum> {
        let none = Datum::Gap(Gap::NotApplicable);
        rows.iter()
            .map(|(_, finding)| match of(finding) {
                Some(value) => Datum::finite(value, Undefined::NotIdentified),
                None => none,
            })
            .collect()
    };
    let claims = Frame::new(vec![
        Column::text("claim", rows.iter().map(|row| row.0)),
        Column::text("answer", rows.iter().map(|row| row.1.verdict.name())),
        Column::text("reason", rows.iter().map(|row| row.1.reason)),
        Column::text("test", rows.iter().map(|row| row.1.test)),
        Column::number("statistic", "1", number(&|f| f.statistic)),
        Column::number("p_value", "1", number(&|f| f.p_value)),
        Column::number("n", "1", number(&|f| f.n.map(|n| n as f64))),
        Column::number("estimate", "", number(&|f| f.estimate)),
        Column::number("year", "", number(&|f| f.year.map(|year| year as f64))),
    ])?;
    let table = Frame::new(vec![
        Column::text("region", exceptions.iter().map(|row| row.0.clone())),
        Column::numbers("stage", "1", exceptions.iter().map(|row| row.1)),
        Column::numbers("cluster", "1", exceptions.iter().map(|row| row.2)),
    ])?;
    let alpha = call.option("alpha");
    let n_asked = rows.iter().filter(|row| row.1.p_value.is_some()).count();
    let note = Note::new(
        "several-claims",
        format!("{n_asked} tests at the level {alpha} each; none was adjusted for the others"),
        format!("共 {n_asked} 项检验，各按 {alpha} 水平，未作多重检验校正"),
    );
    Ok(Answer::one("claims", claims).and("exceptions", table).noting((n_asked > 1).then_some(note)))
}
