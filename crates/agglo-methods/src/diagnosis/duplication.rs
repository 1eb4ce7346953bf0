//! Duplication: is an industry a pillar of more regions than independent choice explains?
//!
//! Dᵢ = number of regions with i among their k largest industries      p = (1 + #{D*ᵢ ≥ Dᵢ}) / (B + 1)
//!
//! | symbol | meaning                                             | shape | range  | unit    |
//! |--------|-----------------------------------------------------|-------|--------|---------|
//! | k      | pillars of a region (fewer where it has fewer, more with ties) | R | ≥ 0 | none |
//! | D      | regions that list the industry                      | I     | 0 to R | regions |
//! | D*     | the same when every region draws its pillars itself | B × I | 0 to R | regions |
//!
//! Under `uniform` a region's pillars are drawn from its industries with equal chance (its values
//! shuffled), under `national` with chances in proportion to the industry's national size, so that
//! an industry that is large everywhere is expected to be a pillar everywhere.
//! Cost: O(B R I). Source: agglo's own; p-value as in Davison and Hinkley (1997), Bootstrap
//! Methods, section 4.2.

use agglo_core::{Activity, Column, Control, Frame, Key, Note, Seed};
use rand::RngExt;

use super::thresholds::{Severity, THRESHOLDS, by_convention};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, Mark, Method, OUT_INDUSTRY, OUT_PERIOD, OptionKind, OptionSpec,
    OutputTable, Variant, out,
};
use agglo_core::Text;

/// What independent choice means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Every industry of the region is as likely as the other.
    Uniform,
    /// An industry is as likely as its national size.
    National,
}

/// How often an industry is a pillar.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Duplication {
    /// Regions that list it.
    pub n_regions: u32,
    /// Regions that would list it: exact for [`Choice::Uniform`], else the mean of the draws.
    pub expected: f64,
    /// One-sided p-value.
    pub p_value: f64,
}

/// The industries of a region that are among its `k` largest, ties at the last place included.
fn pillars(values: &[f64], k: usize) -> Vec<usize> {
    let mut present: Vec<f64> = values.iter().copied().filter(|v| *v > 0.0).collect();
    present.sort_unstable_by(|a, b| b.total_cmp(a));
    let Some(&cut) = present.get(k.min(present.len()).wrapping_sub(1)) else {
        return Vec::new();
    };
    (0..values.len()).filter(|&i| values[i] >= cut && values[i] > 0.0).collect()
}

/// Duplication of every industry of `activity`, `k` pillars to a region.
///
/// # Errors
/// [`MethodError::Cancelled`].
pub fn duplication(
    control: &Control<'_>,
    activity: &Activity,
    k: usize,
    choice: Choice,
    replicates: u32,
    seed: Seed,
    unit: u32,
) -> Result<Vec<Duplication>, MethodError> {
    let n_industries = activity.n_industries();
    let mut observed = vec![0_u32; n_industries];
    let mut expected = vec![0.0; n_industries];
    let mut regions: Vec<(Vec<usize>, usize)> = Vec::new();
    for r in 0..activity.n_regions() {
        let chosen = pillars(activity.region(r), k);
        for &i in &chosen {
            observed[i] += 1;
        }
        let present: Vec<usize> =
            (0..n_industries).filter(|&i| activity.value(r, i) > 0.0).collect();
        if choice == Choice::Uniform {
            for &i in &present {
                expected[i] += chosen.len() as f64 / present.len() as f64;
            }
        }
        regions.push((present, chosen.len()));
    }
    let national = activity.industry_totals();
    let mut reached = vec![0_u32; n_industries];
    let mut drawn = vec![0_u64; n_industries];
    for replicate in 0..replicates {
        control.step(u64::from(replicate), u64::from(replicates))?;
        let mut rng = seed.stream("duplication", unit, replicate);
        let mut count = vec![0_u32; n_industries];
        for (present, n_pillars) in &regions {
            let mut left = present.clone();
            for _ in 0..*n_pillars {
                let place = match choice {
                    Choice::Uniform => rng.random_range(0..left.len()),
                    Choice::National => weighted_place(&left, &national, rng.random::<f64>()),
                };
                count[left.swap_remove(place)] += 1;
            }
        }
        for i in 0..n_industries {
            reached[i] += u32::from(count[i] >= observed[i]);
            drawn[i] += u64::from(count[i]);
        }
    }
    Ok((0..n_industries)
        .map(|i| Duplication {
            n_regions: observed[i],
            expected: match choice {
                Choice::Uniform => expected[i],
                Choice::National => drawn[i] as f64 / f64::from(replicates.max(1)),
            },
            p_value: f64::from(1 + reached[i]) / f64::from(replicates + 1),
        })
        .collect())
}

/// The place in `left` that a draw `u` in [0, 1) falls on, chances in proportion to `weights`.
fn weighted_place(left: &[usize], weights: &[f64], u: f64) -> usize {
    let total: f64 = left.iter().map(|&i| weights[i]).sum();
    let mut rest = u * total;
    for (place, &i) in left.iter().enumerate() {
        rest -= weights[i];
        if rest < 0.0 {
            return place;
        }
    }
    left.len() - 1
}

/// Benjamini and Hochberg's adjusted p-values.
fn adjusted(p_values: &[f64]) -> Vec<f64> {
    let n = p_values.len();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| p_values[b].total_cmp(&p_values[a]));
    let mut q = vec![1.0; n];
    let mut least: f64 = 1.0;
    for (above, &place) in order.iter().enumerate() {
        least = least.min(p_values[place] * n as f64 / (n - above) as f64);
        q[place] = least;
    }
    q
}

pub(super) static DUPLICATION: Method = Method {
    id: "duplication",
    chapter: Chapter::Diagnose,
    title: Text::new("Duplication of pillar industries", "支柱产业重复建设"),
    help: Text::new(
        "Which industries are pillars of more regions than independent choice explains?",
        "哪些行业被过多地区列为支柱产业？",
    ),
    inputs: &[ACTIVITY],
    options: &[
        GAPS,
        OptionSpec {
            name: "top",
            kind: OptionKind::Integer(1, 1000),
            default: "5",
            help: Text::new("how many industries are a region's pillars", "每个地区的支柱产业个数"),
        },
        OptionSpec {
            name: "replicates",
            kind: OptionKind::Integer(1, 1_000_000),
            default: "999",
            help: Text::new("random choices to compare with", "随机抽取次数"),
        },
        OptionSpec {
            name: "correction",
            kind: OptionKind::Choice(&["bh", "none"]),
            default: "bh",
            help: Text::new(
                "judge by p-values corrected for the number of industries, or by raw ones",
                "按行业数校正后的 p 值判定，或按原始 p 值判定",
            ),
        },
        OptionSpec {
            name: "watch",
            kind: OptionKind::Number(0.0, 1.0),
            default: "0.1",
            help: Text::new("p-value up to which an industry is watched", "需关注的 p 值上限"),
        },
        OptionSpec {
            name: "problem",
            kind: OptionKind::Number(0.0, 1.0),
            default: "0.05",
            help: Text::new("p-value up to which it is a problem", "视为问题的 p 值上限"),
        },
    ],
    variants: &[
        Variant {
            id: "uniform",
            help: Text::new(
                "each region draws its pillars from its industries with equal chance",
                "各地区等概率地从本地行业中抽取支柱产业",
            ),
        },
        Variant {
            id: "national",
            help: Text::new(
                "each region draws with chances in proportion to the industry's national size",
                "抽取概率与该行业全国规模成正比",
            ),
        },
    ],
    outputs: &[
        OutputTable {
            name: "industries",
            columns: &[
                OUT_PERIOD,
                OUT_INDUSTRY,
                out("n_regions", "1", "Regions with it as a pillar", "列为支柱产业的地区数"),
                out("expected", "1", "Expected by independent choice", "独立选择下的期望"),
                out("ratio", "1", "Ratio", "比率"),
                out("p_value", "1", "p-value", "p 值"),
                out(
                    "q_value",
                    "1",
                    "p-value corrected for the number of industries",
                    "校正后 p 值",
                ),
                out("severity", "", "Severity", "严重程度"),
            ],
        },
        THRESHOLDS,
    ],
    formula: "D(i) = #{r : i among the k largest industries of r}   p = (1 + #{D* ≥ D}) / (B + 1)",
    source: "agglo's convention; permutation p-value as in Davison and Hinkley (1997); correction \
             of Benjamini and Hochberg (1995)",
    mark: Mark::Convention,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let choice = if call.variant() == "national" { Choice::National } else { Choice::Uniform };
    let (k, replicates) = (call.option_integer("top"), call.option_integer("replicates") as u32);
    let (watch, problem) = (call.option_number("watch"), call.option_number("problem"));
    let corrected = call.option("correction") == "bh";
    let mut rows: Vec<(i64, Key, Duplication, f64)> = Vec::new();
    let mut unit = 0;
    let mut notes = call.each_period(|period, activity| {
        let found =
            duplication(call.control(), activity, k, choice, replicates, call.seed(), unit)?;
        unit += 1;
        let q = adjusted(&found.iter().map(|d| d.p_value).collect::<Vec<_>>());
        for ((code, duplication), q) in activity.industries().codes().iter().zip(found).zip(q) {
            rows.push((i64::from(period), code.clone(), duplication, q));
        }
        Ok(())
    })?;
    notes.push(Note::new(
        "random",
        format!("{replicates} random choices from seed {}", call.seed().0),
        format!("随机抽取 {replicates} 次，种子 {}", call.seed().0),
    ));
    let severity = |duplication: &Duplication, q: f64| {
        let p = if corrected { q } else { duplication.p_value };
        if p <= problem {
            Severity::Problem
        } else if p <= watch {
            Severity::Watch
        } else {
            Severity::None
        }
    };
    let (thresholds, note) = by_convention(call, &["top", "watch", "problem"])?;
    notes.push(note);
    let frame = Frame::new(vec![
        Column::integer("period", "", rows.iter().map(|row| row.0)),
        Column::text("industry", rows.iter().map(|row| row.1.clone())),
        Column::integer("n_regions", "1", rows.iter().map(|row| i64::from(row.2.n_regions))),
        Column::numbers("expected", "1", rows.iter().map(|row| row.2.expected)),
        Column::number(
            "ratio",
            "1",
            rows.iter()
                .map(|row| agglo_core::Datum::ratio(f64::from(row.2.n_regions), row.2.expected)),
        ),
        Column::numbers("p_value", "1", rows.iter().map(|row| row.2.p_value)),
        Column::numbers("q_value", "1", rows.iter().map(|row| row.3)),
        Column::text("severity", rows.iter().map(|row| severity(&row.2, row.3).id())),
    ])?;
    Ok(Answer::one("industries", frame).and("thresholds", thresholds).noting(notes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(activity: &Activity, k: usize, expected: &[(u32, f64)]) -> Vec<Duplication> {
        let control = Control::none();
        let found = duplication(&control, activity, k, Choice::Uniform, 999, Seed(1), 0).unwrap();
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(found.n_regions, expected.0);
            assert!((found.expected - expected.1).abs() < 1e-12, "{}", found.expected);
        }
        found
    }

    // Four regions of four industries; all choose the first: chance would give each industry one.
    // P(D* = 4) = (1/4)^4 = 0.0039.
    #[test]
    fn an_industry_that_all_choose_is_duplicated() {
        let row = [9.0, 1.0, 2.0, 3.0];
        let found =
            check(&Activity::from_rows(&[row; 4]), 1, &[(4, 1.0), (0, 1.0), (0, 1.0), (0, 1.0)]);
        assert!((found[0].p_value - 0.0039).abs() < 0.006, "{}", found[0].p_value);
        assert!((found[1].p_value - 1.0).abs() < 1e-12);
    }

    #[test]
    fn ties_at_the_last_place_are_all_pillars_and_an_empty_region_has_none() {
        assert_eq!(pillars(&[3.0, 3.0, 1.0, 0.0], 1), [0, 1]);
        assert_eq!(pillars(&[3.0, 2.0, 0.0], 5), [0, 1]);
        assert_eq!(pillars(&[0.0, 0.0], 2), [0_usize; 0]);
    }

    // R: p.adjust(c(.01, .04, .03, .5), "BH")
    #[test]
    fn corrected_p_values_are_those_of_r() {
        let q = adjusted(&[0.01, 0.04, 0.03, 0.5]);
        for (found, expected) in q.into_iter().zip([0.04, 0.16 / 3.0, 0.16 / 3.0, 0.5]) {
            assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
        }
    }

    #[test]
    fn a_draw_falls_on_an_industry_by_its_weight() {
        assert_eq!(weighted_place(&[0, 1], &[1.0, 3.0], 0.24), 0);
        assert_eq!(weighted_place(&[0, 1], &[1.0, 3.0], 0.26), 1);
    }
}
