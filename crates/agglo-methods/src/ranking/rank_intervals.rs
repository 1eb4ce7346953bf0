//! Rank intervals: how sure is a ranking, when weights and method might as well have been others?
//!
//! Replicate k: w ~ Dirichlet(κ w₀) and a scheme drawn at random; rank the regions; count.
//!
//! | symbol | meaning                                                     | shape | range  | unit |
//! |--------|-------------------------------------------------------------|-------|--------|------|
//! | w₀     | weights of the scheme drawn                                 | n     | sum 1  | none |
//! | κ      | the larger, the nearer w stays to w₀                        | 1     | > 0    | none |
//! | scheme | weights × (weighted sum of min–max or z, two forms of TOPSIS) | –   | 8 or 12 | none |
//! | W      | Kendall's agreement of the schemes: 1 the same ranking      | 1     | 0 … 1  | none |
//!
//! Reported for one period, the last unless chosen: median rank, interval, the share of replicates
//! in the top N, and how many of the top N each group of regions gets. The standard deviation of a
//! weight is √(w₀(1 − w₀)/(κ + 1)).
//! Cost: O(B m n), B replicates; replicate k draws from its own stream.
//! Source: Saisana, Saltelli and Tarantola (2005), JRSS A 168(2), 307–323 (the idea); the Dirichlet
//! form, κ = 100 and the set of schemes are conventions of agglo.

use std::collections::BTreeMap;

use agglo_core::{Column, Datum, Frame, Gap, Key, Note, Text, Undefined, sum};
use rand::Rng;
use rand_distr::{Distribution, Gamma};

use super::indicator_ranking::{AGGREGATION, Aggregation, NORMALIZATION};
use super::indicators::{GAPS, INDICATOR, INDICATOR_META, Indicators};
use super::weights::{WEIGHTS, Weighting};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Input, Mark, Method, OUT_PERIOD, OUT_REGION, OptionKind, OptionSpec, OutputTable,
    REGION, Variant, key, out, out_key,
};
use crate::inference::{kendall_w, mean_rank_shift, percentile, ranks_descending, spearman};

const REPLICATES: OptionSpec = OptionSpec {
    name: "replicates",
    kind: OptionKind::Integer(1, 1_000_000),
    default: "1000",
    help: Text::new("random rankings", "随机排名次数"),
};
const KAPPA: OptionSpec = OptionSpec {
    name: "kappa",
    kind: OptionKind::Number(0.01, 1e9),
    default: "100",
    help: Text::new(
        "concentration of the weights around their base: larger is surer",
        "权重围绕基准的集中程度，越大越确定",
    ),
};
const TOP: OptionSpec = OptionSpec {
    name: "top",
    kind: OptionKind::Integer(1, 1_000_000),
    default: "15",
    help: Text::new("how many regions make the top", "前几名"),
};
const CONFIDENCE: OptionSpec = OptionSpec {
    name: "confidence",
    kind: OptionKind::Number(0.5, 0.999_999),
    default: "0.9",
    help: Text::new("share of the replicates inside the interval", "区间所含重复的比例"),
};
const YEAR: OptionSpec = OptionSpec {
    name: "year",
    kind: OptionKind::Text,
    default: "",
    help: Text::new("the year ranked; the last when empty", "排名年份；空为最后一年"),
};

pub(super) static RANK_INTERVALS: Method = Method {
    id: "rank-intervals",
    chapter: Chapter::Rank,
    title: Text::new("Rank intervals", "排名区间"),
    help: Text::new(
        "How far could a region's rank move under other weights and methods?",
        "若改变权重与方法，地区排名会变动多少？",
    ),
    inputs: &[
        INDICATOR,
        INDICATOR_META,
        Input {
            table: "groups",
            required: false,
            columns: &[REGION, key("group", "macro-region", "大区")],
        },
    ],
    options: &[GAPS, NORMALIZATION, WEIGHTS, AGGREGATION, REPLICATES, KAPPA, TOP, CONFIDENCE, YEAR],
    variants: &[
        Variant {
            id: "weights-and-schemes",
            help: Text::new("weights and schemes both drawn", "权重与方法均随机抽取"),
        },
        Variant { id: "weights", help: Text::new("only weights drawn", "仅随机抽取权重") },
        Variant { id: "schemes", help: Text::new("only schemes drawn", "仅随机抽取方法") },
    ],
    outputs: &[
        OutputTable {
            name: "intervals",
            columns: &[
                OUT_PERIOD,
                OUT_REGION,
                out("rank", "1", "Rank", "排名"),
                out("median", "1", "Median rank", "排名中位数"),
                out("lower", "1", "Best rank", "排名下界"),
                out("upper", "1", "Worst rank", "排名上界"),
                out("p_top", "1", "Share in the top", "进入前列的比例"),
            ],
        },
        OutputTable {
            name: "top_groups",
            columns: &[
                out_key("group", "Group", "分组"),
                out("n_regions", "1", "Regions", "地区数"),
                out("count", "1", "In the top", "进入前列数"),
                out("count_lower", "1", "Lower bound", "下限"),
                out("count_median", "1", "Median", "中位数"),
                out("count_upper", "1", "Upper bound", "上限"),
            ],
        },
        OutputTable {
            name: "agreement",
            columns: &[
                out_key("scheme_a", "Scheme", "方法甲"),
                out_key("scheme_b", "Other scheme", "方法乙"),
                out("mean_shift", "1", "Mean rank shift", "平均名次变动"),
                out("spearman", "1", "Spearman", "斯皮尔曼相关"),
                out("kendall_w", "1", "Kendall's W", "肯德尔 W"),
            ],
        },
    ],
    formula: "w ~ Dirichlet(κ w₀), scheme drawn at random, B times; percentiles of the ranks; W = \
              12 S / (m²(n³ − n) − m Σ(t³ − t))",
    source: "Saisana, Saltelli and Tarantola (2005), JRSS A 168(2), 307–323; Dirichlet weights, κ \
             and the schemes are conventions of agglo",
    mark: Mark::Convention,
    run,
};

/// Weights and a way to use them.
#[derive(Clone, Debug, PartialEq)]
struct Scheme {
    weighting: Weighting,
    aggregation: Aggregation,
    weights: Vec<f64>,
}

impl Scheme {
    fn name(&self) -> String {
        format!("{}, {}", self.weighting.name(), self.aggregation.name())
    }

    /// Ranks of `rows`, with other weights when given.
    fn ranks(
        &self,
        indicators: &Indicators,
        rows: &[usize],
        weights: Option<&[f64]>,
    ) -> Result<Vec<f64>, MethodError> {
        let weights = weights.unwrap_or(&self.weights);
        let scores = self.aggregation.score(indicators, weights)?;
        let of_rows: Vec<f64> = rows.iter().map(|&row| scores[row]).collect();
        Ok(ranks_descending(&of_rows))
    }
}

/// Every scheme that can be formed; given weights count where all indicators have one.
fn schemes(indicators: &Indicators) -> Result<Vec<Scheme>, MethodError> {
    let mut all = Vec::new();
    for weighting in [Weighting::Entropy, Weighting::Equal, Weighting::Given] {
        if weighting == Weighting::Given && indicators.given.contains(&None) {
            continue;
        }
        let weights = weighting.weigh(indicators)?;
        for aggregation in Aggregation::ALL {
            all.push(Scheme { weighting, aggregation, weights: weights.clone() });
        }
    }
    Ok(all)
}

/// A draw from Dirichlet(κ w₀): gamma draws over their sum; w₀ where all of them vanish.
fn dirichlet(base: &[f64], kappa: f64, rng: &mut impl Rng) -> Vec<f64> {
    let draws: Vec<f64> = base
        .iter()
        .map(|w| Gamma::new(kappa * w, 1.0).map_or(0.0, |gamma| gamma.sample(rng)))
        .collect();
    let total = sum(draws.iter().copied());
    if total > 0.0 { draws.iter().map(|draw| draw / total).collect() } else { base.to_vec() }
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let (indicators, mut notes) = Indicators::read(call)?;
    let period = chosen_period(call, &indicators)?;
    let rows = indicators.rows_of(period);
    let weighting = Weighting::of(call);
    let base = Scheme {
        weighting,
        aggregation: Aggregation::of(call),
        weights: weighting.weigh(&indicators)?,
    };
    let all = schemes(&indicators)?;
    let ranks = base.ranks(&indicators, &rows, None)?;
    let drawn = replicates(call, &indicators, &rows, &base, &all)?;

    let (kappa, n) = (call.option("kappa"), all.len());
    let varied = match call.variant() {
        "weights" => (
            format!("weights from a Dirichlet with κ = {kappa}"),
            format!("权重服从 κ = {kappa} 的狄利克雷分布"),
        ),
        "schemes" => (format!("one of {n} schemes"), format!("随机选取 {n} 种方法之一")),
        _ => (
            format!("weights from a Dirichlet with κ = {kappa} around one of {n} schemes"),
            format!("在 {n} 种方法中随机选取，权重服从 κ = {kappa} 的狄利克雷分布"),
        ),
    };
    notes.push(Note::new(
        "rank-uncertainty",
        format!(
            "{} replicates, seed {}: {}, a convention of agglo [A]",
            call.option("replicates"),
            call.seed().0,
            varied.0
        ),
        format!(
            "重复 {} 次，随机种子 {}：{}，属 agglo 约定 [A]",
            call.option("replicates"),
            call.seed().0,
            varied.1
        ),
    ));
    let intervals = intervals_table(call, &indicators, &rows, &ranks, &drawn)?;
    let groups = groups_table(call, &indicators, &rows, &ranks, &drawn, &mut notes)?;
    let agreement = agreement_table(&indicators, &rows, &all)?;
    Ok(Answer::one("intervals", intervals)
        .and("top_groups", groups)
        .and("agreement", agreement)
        .noting(notes))
}

fn chosen_period(call: &Call<'_>, indicators: &Indicators) -> Result<i64, MethodError> {
    let periods = indicators.periods();
    let last = periods.last().copied().unwrap_or_default();
    let asked = call.option("year").trim();
    if asked.is_empty() {
        return Ok(last);
    }
    asked.parse().ok().filter(|year| periods.contains(year)).ok_or_else(|| MethodError::Data {
        what: format!(
            "there is no year `{asked}`; the indicators cover {} to {last}",
            periods.first().copied().unwrap_or_default()
        ),
    })
}

/// The ranks of every replicate.
fn replicates(
    call: &Call<'_>,
    indicators: &Indicators,
    rows: &[usize],
    base: &Scheme,
    all: &[Scheme],
) -> Result<Vec<Vec<f64>>, MethodError> {
    let n = call.option_integer("replicates");
    let kappa = call.option_number("kappa");
    let mut drawn = Vec::with_capacity(n);
    for k in 0..n {
        call.control().step(k as u64, n as u64)?;
        let mut rng = call.seed().stream("rank-intervals", 0, k as u32);
        let scheme = if call.variant() == "weights" {
            base
        } else {
            &all[((u64::from(rng.next_u32()) * all.len() as u64) >> 32) as usize]
        };
        let weights =
            (call.variant() != "schemes").then(|| dirichlet(&scheme.weights, kappa, &mut rng));
        drawn.push(scheme.ranks(indicators, rows, weights.as_deref())?);
    }
    Ok(drawn)
}

/// The bounds of the interval, as shares of the replicates.
fn bounds(call: &Call<'_>) -> (f64, f64) {
    let outside = (1.0 - call.option_number("confidence")) / 2.0;
    (outside, 1.0 - outside)
}

fn intervals_table(
    call: &Call<'_>,
    indicators: &Indicators,
    rows: &[usize],
    ranks: &[f64],
    drawn: &[Vec<f64>],
) -> Result<Frame, MethodError> {
    let (low, high) = bounds(call);
    let top = call.option_integer("top") as f64;
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|&a, &b| ranks[a].total_cmp(&ranks[b]));
    let own = |place: usize| -> Vec<f64> { drawn.iter().map(|ranks| ranks[place]).collect() };
    let quantile = |p: f64| -> Vec<f64> {
        order.iter().filter_map(|&place| percentile(&own(place), p)).collect()
    };
    let p_top = |place: usize| {
        own(place).iter().filter(|rank| **rank <= top).count() as f64 / drawn.len() as f64
    };
    Ok(Frame::new(vec![
        Column::integer("period", "", order.iter().map(|&place| indicators.rows[rows[place]].0)),
        Column::text("region", order.iter().map(|&p| indicators.rows[rows[p]].1.clone())),
        Column::numbers("rank", "1", order.iter().map(|&place| ranks[place])),
        Column::numbers("median", "1", quantile(0.5)),
        Column::numbers("lower", "1", quantile(low)),
        Column::numbers("upper", "1", quantile(high)),
        Column::numbers("p_top", "1", order.iter().map(|&place| p_top(place))),
    ])?)
}

/// How many of the top each group of regions gets; a region may be in several groups.
fn groups_table(
    call: &Call<'_>,
    indicators: &Indicators,
    rows: &[usize],
    ranks: &[f64],
    drawn: &[Vec<f64>],
    notes: &mut Vec<Note>,
) -> Result<Frame, MethodError> {
    let mut members: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    if call.has("groups") {
        let frame = call.frame("groups")?;
        let places: BTreeMap<&Key, usize> =
            rows.iter().enumerate().map(|(k, &row)| (&indicators.rows[row].1, k)).collect();
        let mut grouped = vec![false; rows.len()];
        for (region, group) in frame.keys("region")?.iter().zip(frame.keys("group")?) {
            let of_group = members.entry(group).or_default();
            if let Some(&place) = places.get(region) {
                grouped[place] = true;
                of_group.push(place);
            }
        }
        let n = grouped.iter().filter(|grouped| !**grouped).count();
        if n > 0 {
            notes.push(Note::new(
                "regions-without-group",
                format!("{n} regions are in no group and count in none"),
                format!("{n} 个地区未归入任何分组，不计入"),
            ));
        }
    }
    let top = call.option_integer("top") as f64;
    let (low, high) = bounds(call);
    let in_top =
        |ranks: &[f64], of: &[usize]| of.iter().filter(|&&place| ranks[place] <= top).count();
    let (mut count, mut quantiles) = (vec![], [vec![], vec![], vec![]]);
    for of in members.values() {
        count.push(in_top(ranks, of) as i64);
        let counts: Vec<f64> = drawn.iter().map(|ranks| in_top(ranks, of) as f64).collect();
        for (column, p) in quantiles.iter_mut().zip([low, 0.5, high]) {
            column.extend(percentile(&counts, p));
        }
    }
    let [lower, median, upper] = quantiles;
    Ok(Frame::new(vec![
        Column::text("group", members.keys().cloned()),
        Column::integer("n_regions", "1", members.values().map(|of| of.len() as i64)),
        Column::integer("count", "1", count),
        Column::numbers("count_lower", "1", lower),
        Column::numbers("count_median", "1", median),
        Column::numbers("count_upper", "1", upper),
    ])?)
}

/// Every pair of schemes, and all together in the last row.
fn agreement_table(
    indicators: &Indicators,
    rows: &[usize],
    all: &[Scheme],
) -> Result<Frame, MethodError> {
    let rankings: Vec<Vec<f64>> =
        all.iter().map(|s| s.ranks(indicators, rows, None)).collect::<Result<_, _>>()?;
    let or_gap =
        |value: Option<f64>| value.map_or(Datum::undefined(Undefined::NoVariation), Datum::Number);
    let (mut a, mut b) = (vec![], vec![]);
    let (mut shift, mut rho, mut w) = (vec![], vec![], vec![]);
    for i in 0..all.len() {
        for j in i + 1..all.len() {
            a.push(all[i].name());
            b.push(all[j].name());
            shift.push(or_gap(mean_rank_shift(&rankings[i], &rankings[j])));
            rho.push(or_gap(spearman(&rankings[i], &rankings[j])));
            w.push(or_gap(kendall_w(&[rankings[i].clone(), rankings[j].clone()])));
        }
    }
    a.push("all".to_owned());
    b.push("all".to_owned());
    let numbers: Vec<f64> = shift.iter().filter_map(|s| s.number()).collect();
    shift.push(or_gap(agglo_core::mean(&numbers)));
    rho.push(Datum::Gap(Gap::NotApplicable));
    w.push(or_gap(kendall_w(&rankings)));
    Ok(Frame::new(vec![
        Column::text("scheme_a", a),
        Column::text("scheme_b", b),
        Column::number("mean_shift", "1", shift),
        Column::number("spearman", "1", rho),
        Column::number("kendall_w", "1", w),
    ])?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use agglo_core::Seed;

    // Var(w) = w₀(1 − w₀)/(κ + 1): for w₀ = 1/2 and κ = 24 the sd is 1/10.
    #[test]
    fn drawn_weights_have_the_mean_and_spread_of_a_dirichlet() {
        let draws: Vec<f64> = (0..4000)
            .map(|k| dirichlet(&[0.5, 0.3, 0.2], 24.0, &mut Seed(1).stream("test", 0, k))[0])
            .collect();
        let mean = agglo_core::mean(&draws).unwrap();
        let sd = crate::inference::standard_deviation(&draws, 1).unwrap();
        assert!((mean - 0.5).abs() < 0.006, "{mean}");
        assert!((sd - 0.1).abs() < 0.004, "{sd}");
    }

    #[test]
    fn a_weight_of_zero_stays_zero() {
        let found = dirichlet(&[1.0, 0.0], 100.0, &mut Seed(1).stream("test", 0, 0));
        assert_eq!(found, [1.0, 0.0]);
    }
}
