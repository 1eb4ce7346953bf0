//! One Gini of industrial space per period for all industries together, and what its change is
//! made of.
//!
//! G_t = Σᵢ ωᵢₜ Gᵢₜ      ΔG = Σᵢ ½(ωᵢ₀ + ωᵢ₁) ΔGᵢ + Σᵢ ½(Gᵢ₀ + Gᵢ₁) Δωᵢ
//!
//! | symbol | meaning                                              | shape | range       | unit |
//! |--------|------------------------------------------------------|-------|-------------|------|
//! | Gᵢₜ    | absolute Gini of industry i (method `gini`)          | I     | 0 ≤ G < 1   | none |
//! | ωᵢₜ    | weight of industry i                                 | I     | ≥ 0, sum 1  | none |
//!
//! The first sum is dispersal or concentration within industries, the second is composition: the
//! line can fall although no industry moves. `chain` adds up the first sums of neighboring periods
//! on the first period's G, so it holds no composition; `pooled` is the Gini of the regions' totals.
//! An industry without activity in a period has weight zero there, and its G counts as unchanged.
//! Intervals draw whole regions anew for all periods at once, or leave each out once, so that a change
//! is compared within the same regions. Gaps: settled first, by the option `gaps`. Cost: O(I·R log R) per
//! period, once for each replicate.
//! Source: a convention of agglo; the decomposition is the usual midpoint shift share.

use std::collections::BTreeMap;

use agglo_core::{Activity, Axis, Column, Datum, Frame, Gap, Key, Note, Text, Undefined, sum};

use super::gini::gini;
use super::passes::{Margins, each_industry, regions_vary_note};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, Mark, Method, OUT_PERIOD, OptionKind, OptionSpec, OutputTable,
    Variant, out, out_key,
};
use crate::inference::Spread;
use crate::interval::{
    CONFIDENCE, INTERVAL, Interval, OUT_ERROR, OUT_LOWER, OUT_UPPER, REPLICATES, picked,
};
use crate::table::Rows;

/// Weight and Gini of every industry that has activity in a period; weights sum to 1.
pub type WeightedGinis = BTreeMap<Key, (f64, f64)>;

/// The change of a weighted mean in two parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GiniChange {
    /// The change of the composite.
    pub total: f64,
    /// Its part from changes within industries.
    pub within: f64,
    /// Its part from changes of the weights.
    pub composition: f64,
}

/// The weighted mean of the industries' Ginis.
pub fn composite_gini(ginis: &WeightedGinis) -> f64 {
    sum(ginis.values().map(|(weight, gini)| weight * gini))
}

/// The change from `before` to `after`, split at the midpoints.
pub fn composite_gini_change(before: &WeightedGinis, after: &WeightedGinis) -> GiniChange {
    let pairs = || {
        let gone = before.iter().filter(|(code, _)| !after.contains_key(*code));
        let gone = gone.map(|(_, (w, g))| ((*w, *g), (0.0, *g)));
        let there = after.iter().map(|(code, (w, g))| match before.get(code) {
            Some(earlier) => (*earlier, (*w, *g)),
            None => ((0.0, *g), (*w, *g)),
        });
        gone.chain(there)
    };
    GiniChange {
        total: composite_gini(after) - composite_gini(before),
        within: sum(pairs().map(|((w0, g0), (w1, g1))| f64::midpoint(w0, w1) * (g1 - g0))),
        composition: sum(pairs().map(|((w0, g0), (w1, g1))| f64::midpoint(g0, g1) * (w1 - w0))),
    }
}

/// The parts of a change, as columns of the table `change`.
const PARTS: [&str; 3] = ["total", "within", "composition"];

const INTERVALS: OutputTable =
    OutputTable { name: "intervals", columns: &[OUT_PERIOD, OUT_ERROR, OUT_LOWER, OUT_UPPER] };

const CHANGE_INTERVALS: OutputTable = OutputTable {
    name: "change_intervals",
    columns: &[
        out_key("from", "From", "起始年"),
        out_key("to", "To", "终止年"),
        out_key("part", "Part", "部分"),
        OUT_ERROR,
        OUT_LOWER,
        OUT_UPPER,
    ],
};

pub(super) static COMPOSITE_GINI: Method = Method {
    id: "composite-gini",
    chapter: Chapter::Status,
    title: Text::new("Composite Gini of industrial space", "产业空间综合基尼系数"),
    help: Text::new(
        "Does industry as a whole concentrate or disperse, and is it composition only?",
        "产业总体在集聚还是扩散？是否只是结构变化？",
    ),
    inputs: &[ACTIVITY],
    options: &[
        OptionSpec {
            name: "base",
            kind: OptionKind::Text,
            default: "",
            help: Text::new(
                "base year of the variant `fixed`; the first year where empty",
                "`fixed` 方案的基年；留空则为首年",
            ),
        },
        INTERVAL,
        REPLICATES,
        CONFIDENCE,
        GAPS,
    ],
    variants: &[
        Variant {
            id: "current",
            help: Text::new("industries weigh by their activity of the year", "按当年活动量加权"),
        },
        Variant {
            id: "fixed", help: Text::new("weights of the base year", "按基年权重加权")
        },
        Variant {
            id: "chain",
            help: Text::new(
                "changes within industries, chained year by year: no composition",
                "逐年链接行业内变化，剔除结构变化",
            ),
        },
        Variant { id: "equal", help: Text::new("every industry of one weight", "各行业等权") },
        Variant {
            id: "pooled",
            help: Text::new(
                "Gini of the regions' totals over all industries",
                "各地区全部行业合计的基尼系数",
            ),
        },
    ],
    outputs: &[
        OutputTable {
            name: "composite",
            columns: &[
                OUT_PERIOD,
                out("gini", "1", "Composite Gini", "综合基尼系数"),
                out("n_regions", "1", "Regions", "地区数"),
            ],
        },
        OutputTable {
            name: "change",
            columns: &[
                out_key("from", "From", "起始年"),
                out_key("to", "To", "终止年"),
                out("total", "1", "Change", "总变化"),
                out("within", "1", "Within industries", "行业内变化"),
                out("composition", "1", "Composition", "结构变化"),
            ],
        },
        INTERVALS,
        CHANGE_INTERVALS,
    ],
    formula: "G(t) = Σ ω(i,t) G(i,t)   ΔG = Σ ½(ω0 + ω1) ΔG(i) + Σ ½(G0 + G1) Δω(i)   ω: weights \
              of the industries, sum 1; G(i): their absolute Ginis",
    source: "a convention of agglo: absolute Gini per industry (method gini), midpoint \
             decomposition",
    mark: Mark::Convention,
    run,
};

struct PeriodGinis {
    period: i64,
    n_regions: usize,
    /// Gini and total of each industry with activity.
    industries: BTreeMap<Key, (f64, f64)>,
    silent: Vec<Key>,
    pooled: Result<f64, Undefined>,
}

impl PeriodGinis {
    /// Of the regions at `picks`, or of all.
    fn of(
        period: i64,
        activity: &Activity,
        picks: Option<&[usize]>,
    ) -> Result<PeriodGinis, MethodError> {
        let margins = Margins::of(activity);
        let (mut industries, mut silent) = (BTreeMap::new(), Vec::new());
        each_industry(activity, |i, values| {
            let code = activity.industries().code(i).clone();
            let (index, total) = match picks {
                None => (gini(values), margins.industries[i]),
                Some(picks) => {
                    let values = picked(values, picks);
                    (gini(&values), sum(values.iter().copied()))
                }
            };
            match index {
                Ok(g) => _ = industries.insert(code, (g, total)),
                Err(Undefined::ZeroTotal) => silent.push(code),
                Err(_) => {}
            }
            Ok(())
        })?;
        let n_regions = picks.map_or(activity.n_regions(), <[usize]>::len);
        let pooled = match picks {
            None => gini(&margins.regions),
            Some(picks) => gini(&picked(&margins.regions, picks)),
        };
        Ok(PeriodGinis { period, n_regions, industries, silent, pooled })
    }

    fn weighted(&self, weight: impl Fn(&Key, f64) -> f64) -> WeightedGinis {
        let weights = || self.industries.iter().map(|(code, (_, total))| weight(code, *total));
        let total = sum(weights());
        if total <= 0.0 {
            return WeightedGinis::new();
        }
        let rows = self.industries.iter().zip(weights());
        rows.map(|((code, (g, _)), w)| (code.clone(), (w / total, *g))).collect()
    }

    /// Why there is no weighted mean.
    fn why_empty(&self) -> Undefined {
        if self.n_regions < 2 { Undefined::SingleRegion } else { Undefined::ZeroTotal }
    }
}

/// The composite of every period, and its changes over spans.
struct Line {
    values: Vec<Datum>,
    /// Total, within, composition.
    changes: Vec<[Datum; 3]>,
}

impl Line {
    fn of(variant: &str, base: usize, periods: &[PeriodGinis]) -> Line {
        let ginis: Vec<WeightedGinis> = periods
            .iter()
            .map(|period| match variant {
                "fixed" => period.weighted(|code, _| {
                    periods[base].industries.get(code).map_or(0.0, |(_, total)| *total)
                }),
                "equal" => period.weighted(|_, _| 1.0),
                _ => period.weighted(|_, total| total),
            })
            .collect();
        let known = |t: usize| -> Result<f64, Undefined> {
            if variant == "pooled" {
                return periods[t].pooled;
            }
            if ginis[t].is_empty() {
                return Err(periods[t].why_empty());
            }
            Ok(composite_gini(&ginis[t]))
        };
        let change = |from: usize, to: usize| -> [Datum; 3] {
            let parts = match (known(from), known(to)) {
                (Ok(before), Ok(after)) if variant == "pooled" => {
                    return [
                        Datum::Number(after - before),
                        Datum::Gap(Gap::NotApplicable),
                        Datum::Gap(Gap::NotApplicable),
                    ];
                }
                (Ok(_), Ok(_)) if variant == "chain" => {
                    let steps = (from..to).map(|t| composite_gini_change(&ginis[t], &ginis[t + 1]));
                    let within = sum(steps.map(|step| step.within));
                    GiniChange { total: within, within, composition: 0.0 }
                }
                (Ok(_), Ok(_)) => composite_gini_change(&ginis[from], &ginis[to]),
                _ => return [Datum::undefined(Undefined::FromGap); 3],
            };
            [parts.total, parts.within, parts.composition].map(Datum::Number)
        };
        let value = |t: usize| match (known(t), known(0)) {
            (Ok(_), Ok(first)) if variant == "chain" => change(0, t)[0].map(|moved| first + moved),
            (own, _) => Datum::from(own),
        };
        Line {
            values: (0..periods.len()).map(value).collect(),
            changes: spans(periods.len()).into_iter().map(|(from, to)| change(from, to)).collect(),
        }
    }

    /// All its numbers, those of the periods first.
    fn numbers(&self) -> Vec<Result<f64, Undefined>> {
        let number = |datum: &Datum| match datum {
            Datum::Number(number) => Ok(*number),
            Datum::Gap(Gap::Undefined(why)) => Err(*why),
            Datum::Gap(_) => Err(Undefined::FromGap),
        };
        self.values.iter().chain(self.changes.iter().flatten()).map(number).collect()
    }
}

/// Neighboring periods, and the first with the last.
fn spans(n_periods: usize) -> Vec<(usize, usize)> {
    let mut spans: Vec<(usize, usize)> = (1..n_periods).map(|t| (t - 1, t)).collect();
    if n_periods > 2 {
        spans.push((0, n_periods - 1));
    }
    spans
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let interval = Interval::of(call);
    let (mut periods, mut kept): (Vec<PeriodGinis>, Vec<Activity>) = (Vec::new(), Vec::new());
    let mut notes = call.each_period(|p, activity| {
        periods.push(PeriodGinis::of(i64::from(p), activity, None)?);
        if interval.is_asked() {
            kept.push(activity.clone());
        }
        Ok(())
    })?;
    let base = base_period(call, &periods)?;
    let line = Line::of(call.variant(), base, &periods);
    let composite = Frame::new(vec![
        Column::integer("period", "", periods.iter().map(|period| period.period)),
        Column::number("gini", "1", line.values.iter().copied()),
        Column::integer("n_regions", "1", periods.iter().map(|period| period.n_regions as i64)),
    ])?;
    let spans = spans(periods.len());
    let changes = Frame::new(vec![
        Column::integer("from", "", spans.iter().map(|span| periods[span.0].period)),
        Column::integer("to", "", spans.iter().map(|span| periods[span.1].period)),
        Column::number("total", "1", line.changes.iter().map(|parts| parts[0])),
        Column::number("within", "1", line.changes.iter().map(|parts| parts[1])),
        Column::number("composition", "1", line.changes.iter().map(|parts| parts[2])),
    ])?;
    notes.extend(regions_vary_note(periods.iter().map(|period| period.n_regions)));
    notes.extend(periods.iter().filter_map(silent_note));
    let answer = Answer::one("composite", composite).and("change", changes).noting(notes);
    if !interval.is_asked() || periods.is_empty() {
        return Ok(answer);
    }
    let spreads = spreads(call, interval, base, &periods, &kept)?;
    let mut of_periods = Rows::new(&INTERVALS);
    for (period, spread) in periods.iter().zip(&spreads) {
        of_periods.push([
            period.period.into(),
            spread.standard_error.into(),
            spread.lower.into(),
            spread.upper.into(),
        ]);
    }
    let mut of_changes = Rows::new(&CHANGE_INTERVALS);
    let parts = spans.iter().flat_map(|span| PARTS.map(|part| (span, part)));
    for ((span, part), spread) in parts.zip(&spreads[periods.len()..]) {
        of_changes.push([
            periods[span.0].period.into(),
            periods[span.1].period.into(),
            part.into(),
            spread.standard_error.into(),
            spread.lower.into(),
            spread.upper.into(),
        ]);
    }
    Ok(answer
        .and("intervals", of_periods.frame()?)
        .and("change_intervals", of_changes.frame()?)
        .noting(interval.note()))
}

/// The spreads of all numbers of the line: a region that is drawn, or left out, is so in every period.
fn spreads(
    call: &Call<'_>,
    interval: Interval,
    base: usize,
    periods: &[PeriodGinis],
    kept: &[Activity],
) -> Result<Vec<Spread>, MethodError> {
    let regions = Axis::new(kept.iter().flat_map(|of| of.regions().codes().iter().cloned()));
    let places: Vec<Vec<Option<usize>>> = kept
        .iter()
        .map(|of| regions.codes().iter().map(|code| of.regions().place(code)).collect())
        .collect();
    let mut failed = None;
    let strata = vec![0; regions.len()];
    let spreads = interval.spreads(call, "composite-gini", 0, &strata, |picks| {
        let drawn: Result<Vec<PeriodGinis>, MethodError> = kept
            .iter()
            .zip(&places)
            .zip(periods)
            .map(|((activity, places), period)| {
                let picks: Vec<usize> = picks.iter().filter_map(|pick| places[*pick]).collect();
                PeriodGinis::of(period.period, activity, Some(&picks))
            })
            .collect();
        match drawn {
            Ok(drawn) => Line::of(call.variant(), base, &drawn).numbers(),
            Err(error) => {
                failed.get_or_insert(error);
                Vec::new()
            }
        }
    })?;
    failed.map_or(Ok(spreads), Err)
}

fn base_period(call: &Call<'_>, periods: &[PeriodGinis]) -> Result<usize, MethodError> {
    let text = call.option("base").trim();
    if text.is_empty() {
        return Ok(0);
    }
    let place =
        text.parse().ok().and_then(|base: i64| periods.iter().position(|p| p.period == base));
    place.ok_or_else(|| MethodError::Option {
        method: COMPOSITE_GINI.id,
        option: "base".to_owned(),
        found: text.to_owned(),
        allowed: periods.iter().map(|p| p.period.to_string()).collect::<Vec<_>>().join(", "),
    })
}

fn silent_note(period: &PeriodGinis) -> Option<Note> {
    let n = period.silent.len();
    let codes = period.silent.iter().take(5).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    let (year, more) = (period.period, if n > 5 { ", …" } else { "" });
    (n > 0).then(|| {
        Note::new(
            "industries-silent",
            format!("{year}: {n} industries have no activity and no weight ({codes}{more})"),
            format!("{year} 年：{n} 个行业无活动，权重为零（{codes}{more}）"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ginis(rows: &[(&str, f64, f64)]) -> WeightedGinis {
        rows.iter().map(|(code, w, g)| (Key::from(*code), (*w, *g))).collect()
    }

    #[track_caller]
    fn check(before: &[(&str, f64, f64)], after: &[(&str, f64, f64)], expected: [f64; 3]) {
        let found = composite_gini_change(&ginis(before), &ginis(after));
        let found = [found.total, found.within, found.composition];
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
        }
    }

    // Nothing moves: weights go from .5/.5 to .75/.25, Ginis stay .8 and .4: the line rises by .1.
    #[test]
    fn a_rise_of_composition_alone_is_called_composition() {
        check(
            &[("a", 0.5, 0.8), ("b", 0.5, 0.4)],
            &[("a", 0.75, 0.8), ("b", 0.25, 0.4)],
            [0.1, 0.0, 0.1],
        );
    }

    #[test]
    fn with_weights_that_stay_all_change_is_within() {
        check(
            &[("a", 0.5, 0.8), ("b", 0.5, 0.4)],
            &[("a", 0.5, 0.6), ("b", 0.5, 0.4)],
            [-0.1, -0.1, 0.0],
        );
    }

    // Industry b is gone and c is new: both count by their weight at their own Gini.
    #[test]
    fn an_industry_that_comes_or_goes_changes_composition_only() {
        check(
            &[("a", 0.5, 0.8), ("b", 0.5, 0.4)],
            &[("a", 0.5, 0.8), ("c", 0.5, 0.2)],
            [-0.1, 0.0, -0.1],
        );
    }
}
