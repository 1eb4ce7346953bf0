//! Structural similarity: are two regions' industrial structures alike?
//!
//! S = Σᵢ σᵢᵣ σᵢₚ / √(Σᵢ σᵢᵣ² Σᵢ σᵢₚ²)      K = Σᵢ |σᵢᵣ − σᵢₚ|      overlap = Σᵢ min(σᵢᵣ, σᵢₚ) = 1 − K/2
//!
//! | symbol | meaning                                       | shape | range     | unit |
//! |--------|-----------------------------------------------|-------|-----------|------|
//! | σᵣ     | share of each industry in the region          | I     | ≥ 0, sum 1 | none |
//! | S      | 1 the same structure, 0 no industry in common | 1     | 0 to 1    | none |
//! | K      | 0 the same structure, 2 no industry in common | 1     | 0 to 2    | none |
//!
//! S rises when industries are merged, so its level says little and its change says more.
//! A region without activity has no structure and no similarity. Cost: O(R² I).
//! Source: UNIDO International Research Centre (1979), from memory.

use agglo_core::{Activity, Column, Datum, Frame, Key, Note, Period, Undefined, Values, mean, sum};

use super::thresholds::{Severity, THRESHOLDS, UNKNOWN, by_convention};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, Mark, Method, OUT_PERIOD, OUT_REGION, OptionKind, OptionSpec,
    OutputTable, Variant, out, out_key,
};
use agglo_core::Text;

/// How alike two structures are.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Similarity {
    /// Cosine of the two structures.
    pub cosine: f64,
    /// Sum of the absolute differences.
    pub krugman: f64,
    /// Share that the two have in common.
    pub overlap: f64,
}

/// Similarity of the structures of `a` and `b` (values of the same industries; only shares matter).
///
/// # Errors
/// [`Undefined::ZeroTotal`] when one of them has no activity.
///
/// # Panics
/// When the two have different lengths.
pub fn structural_similarity(a: &[f64], b: &[f64]) -> Result<Similarity, Undefined> {
    assert_eq!(a.len(), b.len(), "the same industries");
    let (total_a, total_b) = (sum(a.iter().copied()), sum(b.iter().copied()));
    if total_a <= 0.0 || total_b <= 0.0 {
        return Err(Undefined::ZeroTotal);
    }
    let shares = || a.iter().zip(b).map(|(a, b)| (a / total_a, b / total_b));
    let product = sum(shares().map(|(a, b)| a * b));
    let norm = (sum(shares().map(|(a, _)| a * a)) * sum(shares().map(|(_, b)| b * b))).sqrt();
    let krugman = sum(shares().map(|(a, b)| (a - b).abs()));
    Ok(Similarity {
        cosine: (product / norm).min(1.0),
        krugman,
        overlap: sum(shares().map(|(a, b)| a.min(b))),
    })
}

pub(super) static SIMILARITY: Method = Method {
    id: "structural-similarity",
    chapter: Chapter::Diagnose,
    title: Text::new("Structural similarity of regions", "产业结构相似系数"),
    help: Text::new(
        "Do regions have the same industries, and do they become more alike?",
        "各地区产业结构是否雷同，是否日趋相同？",
    ),
    inputs: &[ACTIVITY],
    options: &[
        GAPS,
        OptionSpec {
            name: "watch",
            kind: OptionKind::Number(0.0, 1.0),
            default: "0.85",
            help: Text::new("similarity from which a pair is watched", "需关注的相似系数下限"),
        },
        OptionSpec {
            name: "problem",
            kind: OptionKind::Number(0.0, 1.0),
            default: "0.95",
            help: Text::new("similarity from which a pair is a problem", "视为问题的相似系数下限"),
        },
        OptionSpec {
            name: "tolerance",
            kind: OptionKind::Number(0.0, 1.0),
            default: "0.005",
            help: Text::new(
                "change of similarity that still counts as none",
                "视为未变的相似系数变化幅度",
            ),
        },
        OptionSpec {
            name: "few_industries",
            kind: OptionKind::Integer(0, 1000),
            default: "10",
            help: Text::new(
                "below so many industries the level is called uninformative",
                "行业数低于此值时提示水平值无意义",
            ),
        },
        OptionSpec {
            name: "pairs",
            kind: OptionKind::Choice(&["yes", "no"]),
            default: "yes",
            help: Text::new("list every pair of regions", "列出每一对地区"),
        },
    ],
    variants: &[Variant {
        id: "cosine",
        help: Text::new("cosine of the structures (UNIDO)", "结构向量夹角余弦（联合国工发组织）"),
    }],
    outputs: &[
        OutputTable {
            name: "pairs",
            columns: &[
                OUT_PERIOD,
                out_key("region_a", "Region A", "地区甲"),
                out_key("region_b", "Region B", "地区乙"),
                out("similarity", "1", "Similarity", "相似系数"),
                out("krugman", "1", "Krugman index", "克鲁格曼指数"),
                out("overlap", "1", "Overlap", "重合度"),
                out("severity", "", "Severity", "严重程度"),
            ],
        },
        OutputTable {
            name: "regions",
            columns: &[
                OUT_PERIOD,
                OUT_REGION,
                out(
                    "mean_similarity",
                    "1",
                    "Mean similarity to the others",
                    "与其他地区平均相似系数",
                ),
                out("nearest_region", "", "Most alike region", "最相似地区"),
                out("nearest_similarity", "1", "Similarity to it", "与其相似系数"),
                out("severity", "", "Severity", "严重程度"),
            ],
        },
        OutputTable {
            name: "change",
            columns: &[
                out_key("from", "From", "起始年"),
                out_key("to", "To", "终止年"),
                out(
                    "mean_similarity_from",
                    "1",
                    "Mean similarity at the start",
                    "期初平均相似系数",
                ),
                out("mean_similarity_to", "1", "Mean similarity at the end", "期末平均相似系数"),
                out("change", "1", "Change", "变化"),
                out("share_rising", "1", "Share of pairs that became more alike", "趋同地区对占比"),
                out("n_pairs", "1", "Pairs", "地区对数"),
                out("severity", "", "Severity", "严重程度"),
            ],
        },
        OutputTable {
            name: "pair_changes",
            columns: &[
                out_key("from", "From", "起始年"),
                out_key("to", "To", "终止年"),
                out_key("region_a", "Region A", "地区甲"),
                out_key("region_b", "Region B", "地区乙"),
                out("similarity_from", "1", "Similarity at the start", "期初相似系数"),
                out("similarity_to", "1", "Similarity at the end", "期末相似系数"),
                out("change", "1", "Change", "变化"),
            ],
        },
        THRESHOLDS,
    ],
    formula: "S = Σ σ(i,r) σ(i,p) / √(Σ σ(i,r)² Σ σ(i,p)²)   σ(i,r): share of industry i in region r",
    source: "UNIDO International Research Centre (1979); thresholds are agglo's",
    mark: Mark::Memory,
    run,
};

struct Pair {
    period: Period,
    a: Key,
    b: Key,
    similarity: Result<Similarity, Undefined>,
}

impl Pair {
    fn cosine(&self) -> Option<f64> {
        self.similarity.ok().map(|s| s.cosine)
    }
}

struct Cuts {
    watch: f64,
    problem: f64,
}

impl Cuts {
    fn severity(&self, similarity: Option<f64>) -> &'static str {
        similarity.map_or(UNKNOWN, |s| Severity::rising(s, self.watch, self.problem).id())
    }
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let cuts = Cuts { watch: call.option_number("watch"), problem: call.option_number("problem") };
    let mut pairs: Vec<Vec<Pair>> = Vec::new();
    let mut fewest = usize::MAX;
    let mut notes = call.each_period(|period, activity| {
        fewest = fewest.min(activity.n_industries());
        pairs.push(pairs_of(period, activity));
        Ok(())
    })?;
    if fewest < call.option_integer("few_industries") {
        notes.push(Note::new(
            "few-industries",
            format!(
                "with {fewest} industries every structure looks alike: read the change, not the \
                 level"
            ),
            format!("行业仅 {fewest} 个，结构必然相近：请看变化而非水平"),
        ));
    }
    let all: Vec<&Pair> = pairs.iter().flatten().collect();
    let listed: &[&Pair] = if call.option("pairs") == "yes" { &all } else { &[] };
    let (thresholds, note) = by_convention(call, &["watch", "problem", "tolerance"])?;
    notes.push(note);
    Ok(Answer::one("pairs", pairs_frame(listed, &cuts)?)
        .and("regions", regions_frame(&pairs, &cuts)?)
        .and("change", change_frame(&pairs, &cuts, call.option_number("tolerance"))?)
        .and("pair_changes", pair_changes_frame(&pairs, call.option("pairs") == "yes")?)
        .and("thresholds", thresholds)
        .noting(notes))
}

fn pairs_of(period: Period, activity: &Activity) -> Vec<Pair> {
    let codes = activity.regions().codes();
    let mut pairs = Vec::with_capacity(codes.len() * codes.len().saturating_sub(1) / 2);
    for (r, a) in codes.iter().enumerate() {
        for (p, b) in codes.iter().enumerate().skip(r + 1) {
            let similarity = structural_similarity(activity.region(r), activity.region(p));
            pairs.push(Pair { period, a: a.clone(), b: b.clone(), similarity });
        }
    }
    pairs
}

fn pairs_frame(pairs: &[&Pair], cuts: &Cuts) -> Result<Frame, MethodError> {
    let part = |of: fn(Similarity) -> f64| {
        pairs.iter().map(move |pair| Datum::from(pair.similarity.map(of))).collect::<Vec<_>>()
    };
    Ok(Frame::new(vec![
        Column::integer("period", "", pairs.iter().map(|pair| i64::from(pair.period))),
        Column::text("region_a", pairs.iter().map(|pair| pair.a.clone())),
        Column::text("region_b", pairs.iter().map(|pair| pair.b.clone())),
        Column::number("similarity", "1", part(|s| s.cosine)),
        Column::number("krugman", "1", part(|s| s.krugman)),
        Column::number("overlap", "1", part(|s| s.overlap)),
        Column::text("severity", pairs.iter().map(|pair| cuts.severity(pair.cosine()))),
    ])?)
}

fn regions_frame(pairs: &[Vec<Pair>], cuts: &Cuts) -> Result<Frame, MethodError> {
    let (mut period, mut region) = (Vec::new(), Vec::<Key>::new());
    let (mut means, mut nearest, mut nearest_similarity) = (vec![], vec![], vec![]);
    let mut severity = Vec::new();
    for of_period in pairs {
        let mut codes: Vec<&Key> = of_period.iter().flat_map(|pair| [&pair.a, &pair.b]).collect();
        codes.sort_unstable();
        codes.dedup();
        let mut others: Vec<Vec<(&Key, f64)>> = vec![Vec::new(); codes.len()];
        for pair in of_period {
            let Some(cosine) = pair.cosine() else { continue };
            for (own, other) in [(&pair.a, &pair.b), (&pair.b, &pair.a)] {
                others[codes.partition_point(|code| *code < own)].push((other, cosine));
            }
        }
        for (code, others) in codes.iter().zip(&others) {
            let values: Vec<f64> = others.iter().map(|(_, cosine)| *cosine).collect();
            let best =
                others.iter().fold(None::<(&Key, f64)>, |best, &(other, cosine)| match best {
                    Some((_, most)) if most >= cosine => best,
                    _ => Some((other, cosine)),
                });
            let center = mean(&values);
            period.push(i64::from(of_period[0].period));
            region.push((*code).clone());
            means.push(center.map_or(Datum::undefined(Undefined::ZeroTotal), Datum::Number));
            nearest.push(best.map(|(other, _)| other.clone()));
            nearest_similarity
                .push(best.map_or(Datum::undefined(Undefined::ZeroTotal), |b| Datum::Number(b.1)));
            severity.push(cuts.severity(center));
        }
    }
    Ok(Frame::new(vec![
        Column::integer("period", "", period),
        Column::text("region", region),
        Column::number("mean_similarity", "1", means),
        Column::new("nearest_region", "", Values::Text(nearest)),
        Column::number("nearest_similarity", "1", nearest_similarity),
        Column::text("severity", severity),
    ])?)
}

/// Pairs of regions with a structure in both periods.
fn matched<'p>(from: &'p [Pair], to: &'p [Pair]) -> Vec<(&'p Pair, f64, f64)> {
    let key = |pair: &'p Pair| (&pair.a, &pair.b);
    let mut matched = Vec::new();
    for pair in to {
        let Ok(place) = from.binary_search_by(|other| key(other).cmp(&key(pair))) else {
            continue;
        };
        if let (Some(before), Some(after)) = (from[place].cosine(), pair.cosine()) {
            matched.push((pair, before, after));
        }
    }
    matched
}

fn change_frame(pairs: &[Vec<Pair>], cuts: &Cuts, tolerance: f64) -> Result<Frame, MethodError> {
    let mut spans: Vec<(usize, usize)> = (1..pairs.len()).map(|t| (t - 1, t)).collect();
    if pairs.len() > 2 {
        spans.push((0, pairs.len() - 1));
    }
    let (mut from, mut to, mut before, mut after) = (vec![], vec![], vec![], vec![]);
    let (mut change, mut rising, mut n_pairs, mut severity) = (vec![], vec![], vec![], vec![]);
    for (start, end) in spans {
        let (Some(first), Some(last)) = (pairs[start].first(), pairs[end].first()) else {
            continue;
        };
        let matched = matched(&pairs[start], &pairs[end]);
        let Some(mean_before) = mean(&matched.iter().map(|m| m.1).collect::<Vec<_>>()) else {
            continue;
        };
        let mean_after = sum(matched.iter().map(|m| m.2)) / matched.len() as f64;
        let n_rising = matched.iter().filter(|m| m.2 - m.1 > tolerance).count();
        from.push(i64::from(first.period));
        to.push(i64::from(last.period));
        before.push(mean_before);
        after.push(mean_after);
        change.push(mean_after - mean_before);
        rising.push(n_rising as f64 / matched.len() as f64);
        n_pairs.push(matched.len() as i64);
        severity.push(if mean_after - mean_before > tolerance {
            cuts.severity(Some(mean_after))
        } else {
            Severity::None.id()
        });
    }
    Ok(Frame::new(vec![
        Column::integer("from", "", from),
        Column::integer("to", "", to),
        Column::numbers("mean_similarity_from", "1", before),
        Column::numbers("mean_similarity_to", "1", after),
        Column::numbers("change", "1", change),
        Column::numbers("share_rising", "1", rising),
        Column::integer("n_pairs", "1", n_pairs),
        Column::text("severity", severity),
    ])?)
}

fn pair_changes_frame(pairs: &[Vec<Pair>], listed: bool) -> Result<Frame, MethodError> {
    let spans = match (pairs.first(), pairs.last()) {
        (Some(first), Some(last)) if listed && pairs.len() > 1 => matched(first, last),
        _ => Vec::new(),
    };
    let start = pairs.first().and_then(|of_period| of_period.first()).map_or(0, |p| p.period);
    Ok(Frame::new(vec![
        Column::integer("from", "", spans.iter().map(|_| i64::from(start))),
        Column::integer("to", "", spans.iter().map(|(pair, ..)| i64::from(pair.period))),
        Column::text("region_a", spans.iter().map(|(pair, ..)| pair.a.clone())),
        Column::text("region_b", spans.iter().map(|(pair, ..)| pair.b.clone())),
        Column::numbers("similarity_from", "1", spans.iter().map(|m| m.1)),
        Column::numbers("similarity_to", "1", spans.iter().map(|m| m.2)),
        Column::numbers("change", "1", spans.iter().map(|m| m.2 - m.1)),
    ])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(a: &[f64], b: &[f64], expected: (f64, f64, f64)) {
        let found = structural_similarity(a, b).unwrap();
        let found = [found.cosine, found.krugman, found.overlap];
        for (found, expected) in found.into_iter().zip([expected.0, expected.1, expected.2]) {
            assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
        }
    }

    #[test]
    fn two_near_structures_have_the_published_similarity() {
        check(&[5.0, 3.0, 2.0], &[4.0, 4.0, 2.0], (0.973_329, 0.2, 0.9));
    }

    #[test]
    fn no_industry_in_common_gives_zero() {
        check(&[1.0, 0.0], &[0.0, 7.0], (0.0, 2.0, 0.0));
    }

    #[test]
    fn a_region_without_activity_has_no_structure() {
        assert_eq!(structural_similarity(&[0.0], &[1.0]), Err(Undefined::ZeroTotal));
    }
}
