//! The usual measures of inequality between regions, each by the name of whose it is.
//!
//! | measure            | formula                                           | same as                     |
//! |--------------------|---------------------------------------------------|-----------------------------|
//! | gini               | Σ Σ b b'∣y − y'∣ / (2 μ)                          | ineq Gini, REAT gini        |
//! | gini-corrected     | n/(n − 1) times that                              | REAT gini(coefnorm)         |
//! | ricci-schutz       | ½ Σ ∣a − b∣                                       | ineq RS, REAT hoover        |
//! | atkinson           | 1 − (Σ b (y/μ)^(1−ε))^(1/(1−ε))                   | ineq, REAT atkinson         |
//! | theil-t, theil-l   | Σ a ln(a/b), Σ b ln(b/a)                          | ineq Theil(0), Theil(1)     |
//! | half-squared-cv    | ½ Σ b (y/μ − 1)²                                  | GE(2)                       |
//! | cv, cv-sample      | √(Σ (y − ȳ)²/n)/ȳ; n − 1                          | ineq var.coeff; REAT cv     |
//! | williamson         | √(Σ w (y − μ)²)/μ, μ = Σ w y                      | Williamson V_w              |
//! | williamson-reat    | √(Σ w (y − ȳ)²)/μ, ȳ unweighted                   | REAT williamson             |
//! | coulter            | √(½ Σ (a − b)²)                                   | REAT coulter                |
//! | herfindahl         | Σ a²                                              | ineq Herfindahl, REAT herf  |
//! | rosenbluth         | 1/(2 Σ k a₍ₖ₎ − 1)                                | ineq Rosenbluth             |
//! | kolm               | (1/α) ln Σ b e^(α(μ − y))                         | ineq Kolm                   |
//! | log-variance       | Σ b (ln y − mean)²                                |                             |
//!
//! | symbol | meaning                                                          | shape | range      |
//! |--------|------------------------------------------------------------------|-------|------------|
//! | y      | value per unit of weight; the value itself without weights       | R     | ≥ 0        |
//! | w      | share of each region in the weight                               | R     | > 0, sum 1 |
//! | b      | `weighted`: w; `unweighted`: 1/n                                 | R     | > 0, sum 1 |
//! | a      | b y/μ: share in the value                                        | R     | ≥ 0, sum 1 |
//!
//! Gaps: refused, left out or counted as zero, by the option `gaps`. Cost: O(R log R) a period.
//! Source: Cowell (2011), Measuring Inequality; Williamson (1965), Economic Development and Cultural
//! Change 13(4); code of ineq 0.2 and REAT 3.0.3.

use agglo_core::{Datum, Gap, Text, Undefined, mean, sum};

use super::measures::{
    Population, atkinson, coulter, kolm, log_variance, ricci_schutz, rosenbluth, williamson,
};
use super::places::{Places, Zeros, read};
use super::{GAPS_OF_REGIONS, REGIONS};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Mark, Method, OUT_PERIOD, OptionKind, OptionSpec, OutputTable, Variant, out, out_key,
};
use crate::decomposition::generalized_entropy;
use crate::inference::standard_deviation;
use crate::interval::{
    CONFIDENCE, INTERVAL, Interval, OUT_ERROR, OUT_LOWER, OUT_UPPER, REPLICATES,
};
use crate::table::Rows;

/// The measures in the answer's order.
const MEASURES: [&str; 16] = [
    "gini",
    "gini-corrected",
    "ricci-schutz",
    "atkinson",
    "theil-t",
    "theil-l",
    "half-squared-cv",
    "cv",
    "cv-sample",
    "williamson",
    "williamson-reat",
    "coulter",
    "herfindahl",
    "rosenbluth",
    "kolm",
    "log-variance",
];

/// Whether `values` are totals of the regions or values per unit of weight.
pub(super) const VALUES: OptionSpec = OptionSpec {
    name: "values",
    kind: OptionKind::Choice(&["total", "per-weight"]),
    default: "total",
    help: Text::new(
        "whether values are regions' totals, divided by their weight, or per unit of weight",
        "数值为地区总量（除以权重）还是单位权重量（如人均）",
    ),
};

pub(super) static INEQUALITY: Method = Method {
    id: "inequality",
    chapter: Chapter::Status,
    title: Text::new("Measures of inequality", "不平等指数"),
    help: Text::new(
        "How unequal are regions, by each of the usual measures?",
        "按各种常用指数衡量，地区间有多不平等？",
    ),
    inputs: &[REGIONS],
    options: &[
        VALUES,
        OptionSpec {
            name: "epsilon",
            kind: OptionKind::Number(0.0, 50.0),
            default: "0.5",
            help: Text::new(
                "aversion to inequality in Atkinson's index (ineq and REAT: 0.5)",
                "Atkinson 指数的不平等厌恶参数（ineq 与 REAT 为 0.5）",
            ),
        },
        OptionSpec {
            name: "kolm_alpha",
            kind: OptionKind::Number(1e-12, 1e12),
            default: "1",
            help: Text::new(
                "α of Kolm's index, per unit of the values (ineq: 1)",
                "Kolm 指数的 α，单位为数值单位的倒数（ineq 为 1）",
            ),
        },
        INTERVAL,
        REPLICATES,
        CONFIDENCE,
        GAPS_OF_REGIONS,
    ],
    variants: &[
        Variant {
            id: "unweighted",
            help: Text::new(
                "every region counts once, as in ineq, PySAL inequality and REAT",
                "各地区等权，同 ineq、PySAL inequality 与 REAT",
            ),
        },
        Variant {
            id: "weighted",
            help: Text::new("regions count by their weight", "地区按权重计"),
        },
    ],
    outputs: &[OutputTable {
        name: "inequality",
        columns: &[
            OUT_PERIOD,
            out_key("measure", "Measure", "指数"),
            out("value", "1", "Value", "数值"),
            OUT_ERROR,
            OUT_LOWER,
            OUT_UPPER,
            out("unit", "", "Unit", "单位"),
            out("n_regions", "1", "Regions", "地区数"),
        ],
    }],
    formula: "gini: Σ Σ b b'|y − y'|/(2 μ)   ricci-schutz: ½ Σ |a − b|   atkinson: 1 − (Σ b \
              (y/μ)^(1−ε))^(1/(1−ε))   theil-t: Σ a ln(a/b)   theil-l: Σ b ln(b/a)   cv: sd/mean, \
              divisor n (cv-sample: n − 1)   williamson: √(Σ w (y − μ)²)/μ (williamson-reat: deviations \
              from the unweighted mean)   coulter: √(½ Σ (a − b)²)   herfindahl: Σ a²   rosenbluth: 1/(2 Σ k \
              a(k) − 1)   kolm: (1/α) ln Σ b e^(α(μ − y))   y: value per weight; w: shares of the \
              weight; b: w or 1/n; a = b y/μ",
    source: "Cowell (2011), Measuring Inequality; Williamson (1965), Economic Development and \
             Cultural Change 13(4), 1–84; ineq 0.2 (Zeileis 2014); REAT 3.0.3 (Wieland 2019)",
    mark: Mark::Verified,
    run,
};

/// What the options decide.
#[derive(Clone, Copy)]
struct Settings {
    weighted: bool,
    per_weight: bool,
    epsilon: f64,
    kolm_alpha: f64,
}

/// Values per unit of weight.
pub(super) fn per_weight(places: &Places, given: bool) -> Vec<f64> {
    if given {
        return places.values.clone();
    }
    places.values.iter().zip(&places.weights).map(|(value, weight)| value / weight).collect()
}

impl Settings {
    /// All of [`MEASURES`].
    fn measures(self, places: &Places) -> Vec<Result<f64, Undefined>> {
        let y = per_weight(places, self.per_weight);
        let n = y.len();
        let ones = vec![1.0; n];
        let chosen = if self.weighted { &places.weights } else { &ones };
        let both = Population::new(&y, chosen).and_then(|population| {
            let own = Population::new(&y, &places.weights)?;
            Ok((population, own))
        });
        let (population, own) = match both {
            Ok(both) => both,
            Err(why) => return vec![Err(why); MEASURES.len()],
        };
        let totals: Vec<f64> =
            population.values().iter().zip(population.shares()).map(|(y, b)| y * b).collect();
        let entropy = |alpha: f64| generalized_entropy(&totals, population.shares(), alpha);
        let unweighted = mean(&y).filter(|mean| *mean > 0.0).ok_or(Undefined::ZeroTotal);
        let variation = |ddof: usize| {
            let sd = standard_deviation(&y, ddof).ok_or(Undefined::TooFew)?;
            Ok(sd / unweighted?)
        };
        let gini = population.gini();
        let reat =
            unweighted.map(|center| own.average(|y| (y - center).powi(2)).sqrt() / own.mean());
        let corrected = if self.weighted {
            Err(Undefined::NotIdentified)
        } else {
            Ok(gini * n as f64 / (n as f64 - 1.0))
        };
        vec![
            Ok(gini),
            corrected,
            Ok(ricci_schutz(&population)),
            atkinson(&population, self.epsilon),
            entropy(1.0),
            entropy(0.0),
            entropy(2.0),
            variation(0),
            variation(1),
            Ok(williamson(&own)),
            reat,
            Ok(coulter(&population)),
            Ok(sum(totals.iter().map(|total| (total / population.mean()).powi(2)))),
            rosenbluth(&population),
            Ok(kolm(&population, self.kolm_alpha)),
            log_variance(&population),
        ]
    }
}

/// A measure that needs members of one weight does not arise where they weigh differently.
fn datum(value: Result<f64, Undefined>) -> Datum {
    match value {
        Err(Undefined::NotIdentified) => Datum::Gap(Gap::NotApplicable),
        other => Datum::from(other),
    }
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let settings = Settings {
        weighted: call.variant() == "weighted",
        per_weight: call.option("values") == "per-weight",
        epsilon: call.option_number("epsilon"),
        kolm_alpha: call.option_number("kolm_alpha"),
    };
    let interval = Interval::of(call);
    let frame = call.frame("regions")?;
    let own = frame.column("value")?.unit();
    let unit = if settings.per_weight || !frame.has("weight") {
        own.to_owned()
    } else {
        format!("{own} per {}", frame.column("weight")?.unit())
    };
    let mut notes = Vec::new();
    let mut rows = Rows::new(&INEQUALITY.outputs[0]);
    for (place, (period, places)) in read(call, Zeros::Fine, &mut notes)?.into_iter().enumerate() {
        let values = settings.measures(&places);
        let strata = vec![0; places.values.len()];
        let spreads = interval.spreads(call, "inequality", place as u32, &strata, |picks| {
            settings.measures(&places.picked(picks))
        })?;
        for ((name, value), spread) in MEASURES.iter().zip(values).zip(spreads) {
            rows.push([
                period.into(),
                (*name).into(),
                datum(value).into(),
                spread.standard_error.into(),
                spread.lower.into(),
                spread.upper.into(),
                if *name == "kolm" { unit.as_str() } else { "1" }.into(),
                places.values.len().into(),
            ]);
        }
    }
    Ok(Answer::one("inequality", rows.frame()?).noting(notes).noting(interval.note()))
}
