//! From counts of permutations to p-values, and p-values of many regions at once.
//!
//! p_hi = (1 + #{S ≥ s}) / (B + 1)      p_lo = (1 + #{S ≤ s}) / (B + 1)
//!
//! | rule        | p                                                                |
//! |-------------|------------------------------------------------------------------|
//! | two-sided   | min(1, 2 min(p_hi, p_lo))                                        |
//! | greater     | p_hi                                                             |
//! | less        | p_lo                                                             |
//! | folded      | (1 + #{∣S − S̄∣ ≥ ∣s − S̄∣}) / (B + 1), S̄ the mean of the permutations: esda's `folded` |
//! | pseudo      | (1 + min(#{S ≥ s}, B − #{S ≥ s})) / (B + 1): one-sided, in whichever direction the data point, as GeoDa and esda's `directed` |
//!
//! When all arrangements were counted, the observed one is among them, and p_hi = #{S ≥ s} / B.
//! Source: Phipson and Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9(1);
//! Benjamini and Hochberg (1995), JRSS B 57, 289–300; Benjamini and Yekutieli (2001), Annals of
//! Statistics 29, 1165–1188.

use agglo_core::{Datum, Gap, Text, Undefined, mean};

use crate::call::Call;
use crate::catalog::{OptionKind, OptionSpec};
use crate::inference::normal_cdf;

/// How often a permuted statistic reached the observed one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Permutations with a statistic of at least the observed one, equal ones included.
    pub at_least: u32,
    /// Permutations with a statistic of at most the observed one, equal ones included.
    pub at_most: u32,
    /// Permutations at least as far from the permutations' mean as the observed one is; `None` where
    /// they were not counted.
    pub beyond: Option<u32>,
    /// Permutations.
    pub draws: u32,
    /// Whether the permutations are all there are, each once.
    pub exact: bool,
}

impl Tally {
    /// Counts `draws` against `observed`; what differs by no more than `tolerance` is equal.
    pub fn of(draws: &[f64], observed: f64, tolerance: f64) -> Tally {
        let count =
            |is_so: &dyn Fn(f64) -> bool| draws.iter().filter(|s| is_so(**s)).count() as u32;
        let beyond = mean(draws).map(|center| {
            let far = (observed - center).abs() - tolerance;
            count(&|draw| (draw - center).abs() >= far)
        });
        Tally {
            at_least: count(&|draw| draw >= observed - tolerance),
            at_most: count(&|draw| draw <= observed + tolerance),
            beyond,
            draws: draws.len() as u32,
            exact: false,
        }
    }

    /// The same for the statistic times `factor`: turned when it is below zero; when it is zero, all
    /// permutations are equal to what was observed.
    #[must_use]
    pub fn times(self, factor: f64) -> Tally {
        if factor > 0.0 {
            self
        } else if factor < 0.0 {
            Tally { at_least: self.at_most, at_most: self.at_least, ..self }
        } else {
            Tally {
                at_least: self.draws,
                at_most: self.draws,
                beyond: self.beyond.map(|_| self.draws),
                ..self
            }
        }
    }

    /// The p-value; a gap without permutations, or where those of the rule were not counted.
    pub fn p_value(self, tail: Tail) -> Datum {
        if self.draws == 0 {
            return Datum::Gap(Gap::NotApplicable);
        }
        let own = f64::from(u32::from(!self.exact));
        let share = |count: u32| (f64::from(count) + own) / (f64::from(self.draws) + own);
        let (high, low) = (share(self.at_least), share(self.at_most));
        let Some(beyond) = self.beyond.or((tail != Tail::Folded).then_some(0)) else {
            return Datum::Gap(Gap::NotApplicable);
        };
        Datum::Number(match tail {
            Tail::Folded => share(beyond),
            Tail::TwoSided => (2.0 * high.min(low)).min(1.0),
            Tail::Greater => high,
            Tail::Less => low,
            Tail::Pseudo => share(self.at_least.min(self.draws - self.at_least)),
        })
    }
}

/// Which permutations count against the null hypothesis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// Twice the smaller tail.
    TwoSided,
    /// Those with a larger statistic.
    Greater,
    /// Those with a smaller statistic.
    Less,
    /// Those farther from the permutations' mean.
    Folded,
    /// The smaller tail, chosen after seeing the data.
    Pseudo,
}

impl Tail {
    pub(super) const OPTION: OptionSpec = OptionSpec {
        name: "tail",
        kind: OptionKind::Choice(&["two-sided", "greater", "less", "folded", "pseudo"]),
        default: "two-sided",
        help: Text::new(
            "rule of the p-value: twice the smaller tail, one tail, esda's folded p (farther from the \
             permutations' mean), or the pseudo p of GeoDa and esda, the tail that the data choose",
            "p 值规则：较小尾部的两倍、单侧、esda 的折叠 p 值（距置换均值更远者）、或 GeoDa 与 esda 的伪 p \
             值（由数据选定的一侧）",
        ),
    };

    pub(super) fn of(call: &Call<'_>) -> Tail {
        match call.option("tail") {
            "greater" => Tail::Greater,
            "less" => Tail::Less,
            "folded" => Tail::Folded,
            "pseudo" => Tail::Pseudo,
            _ => Tail::TwoSided,
        }
    }

    /// The p-value of a statistic that is standard normal under the null.
    pub fn normal(self, z: f64) -> Datum {
        let p = match self {
            Tail::TwoSided | Tail::Folded => 2.0 * normal_cdf(-z.abs()),
            Tail::Greater => normal_cdf(-z),
            Tail::Less => normal_cdf(z),
            Tail::Pseudo => normal_cdf(-z.abs()),
        };
        Datum::finite(p, Undefined::NoVariation)
    }
}

/// How many permutations to draw.
pub(super) const PERMUTATIONS: OptionSpec = OptionSpec {
    name: "permutations",
    kind: OptionKind::Integer(0, 999_999),
    default: "999",
    help: Text::new(
        "random permutations; 0 for none. Up to eight regions all orders are counted instead",
        "随机置换次数；0 表示不做。地区不超过八个时改为枚举全部排列",
    ),
};

/// How p-values of many regions are adjusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    /// Benjamini and Hochberg: the share of false discoveries.
    BenjaminiHochberg,
    /// Benjamini and Yekutieli: the same under any dependence.
    BenjaminiYekutieli,
    /// Bonferroni: the chance of any false discovery.
    Bonferroni,
    /// As they are.
    None,
}

impl Correction {
    pub(super) const OPTION: OptionSpec = OptionSpec {
        name: "correction",
        kind: OptionKind::Choice(&["bh", "by", "bonferroni", "none"]),
        default: "bh",
        help: Text::new(
            "adjustment for testing all regions of a period at once: Benjamini–Hochberg, \
             Benjamini–Yekutieli, Bonferroni, none",
            "同期多地区同时检验的校正：Benjamini–Hochberg、Benjamini–Yekutieli、Bonferroni、不校正",
        ),
    };

    pub(super) fn of(call: &Call<'_>) -> Correction {
        match call.option("correction") {
            "by" => Correction::BenjaminiYekutieli,
            "bonferroni" => Correction::Bonferroni,
            "none" => Correction::None,
            _ => Correction::BenjaminiHochberg,
        }
    }

    /// The adjusted p-values; gaps stay and do not count. Cost: O(n log n).
    pub fn adjust(self, p_values: &[Datum]) -> Vec<Datum> {
        let mut known: Vec<(f64, usize)> = p_values
            .iter()
            .enumerate()
            .filter_map(|(place, p)| Some((p.number()?, place)))
            .collect();
        known.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let n = known.len();
        let harmonic = || (1..=n).map(|k| 1.0 / k as f64).sum::<f64>();
        let factor = match self {
            Correction::BenjaminiYekutieli => harmonic(),
            _ => 1.0,
        };
        let mut adjusted = p_values.to_vec();
        let mut least = 1.0_f64;
        for (rank, &(p, place)) in known.iter().enumerate().rev() {
            let value = match self {
                Correction::None => p,
                Correction::Bonferroni => (p * n as f64).min(1.0),
                Correction::BenjaminiHochberg | Correction::BenjaminiYekutieli => {
                    least = least.min(p * factor * n as f64 / (rank + 1) as f64);
                    least
                }
            };
            adjusted[place] = Datum::Number(value);
        }
        adjusted
    }
}

/// The largest p-value that is called significant.
pub(super) const ALPHA: OptionSpec = OptionSpec {
    name: "alpha",
    kind: OptionKind::Number(0.0, 1.0),
    default: "0.05",
    help: Text::new(
        "adjusted p-value up to which a region is named",
        "校正后 p 值不超过此值的地区才被标出",
    ),
};

#[cfg(test)]
mod tests {
    use super::*;

    fn check(correction: Correction, expected: [f64; 8]) {
        let p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205].map(Datum::Number);
        for (found, expected) in correction.adjust(&p).iter().zip(expected) {
            assert!((found.number().unwrap() - expected).abs() < 5e-7, "{found:?} {expected}");
        }
    }

    #[test]
    fn eight_p_values_are_adjusted_as_published() {
        check(
            Correction::BenjaminiHochberg,
            [0.008, 0.032, 0.0672, 0.0672, 0.0672, 0.08, 0.084_571, 0.205],
        );
        check(Correction::Bonferroni, [0.008, 0.064, 0.312, 0.328, 0.336, 0.48, 0.592, 1.0]);
        // R 4.2: p.adjust(c(.001, .008, .039, .041, .042, .06, .074, .205), "BY")
        check(
            Correction::BenjaminiYekutieli,
            [
                0.021_743, 0.086_971, 0.182_640, 0.182_640, 0.182_640, 0.217_429, 0.229_853,
                0.557_161,
            ],
        );
    }

    #[test]
    fn gaps_do_not_count_among_the_tests() {
        let p = [Datum::Number(0.02), Datum::Gap(Gap::NotApplicable), Datum::Number(0.5)];
        let adjusted = Correction::Bonferroni.adjust(&p);
        assert_eq!(adjusted, [Datum::Number(0.04), p[1], Datum::Number(1.0)]);
    }

    #[test]
    fn the_rules_disagree_as_they_should() {
        let tally = Tally { at_least: 4, at_most: 96, draws: 99, ..Tally::default() };
        assert_eq!(tally.p_value(Tail::Folded).gap(), Some(Gap::NotApplicable));
        assert_eq!(tally.p_value(Tail::Greater), Datum::Number(0.05));
        assert_eq!(tally.p_value(Tail::Less), Datum::Number(0.97));
        assert_eq!(tally.p_value(Tail::TwoSided), Datum::Number(0.1));
        assert_eq!(tally.p_value(Tail::Pseudo), Datum::Number(0.05));
        assert_eq!(tally.times(-2.0).p_value(Tail::Greater), Datum::Number(0.97));
        assert_eq!(tally.times(0.0).p_value(Tail::TwoSided), Datum::Number(1.0));
        assert_eq!(Tally::default().p_value(Tail::Less).gap(), Some(Gap::NotApplicable));
    }

    // Mean 2 of 0 1 1 2 6: the observed 3.5 is 1.5 away, and 0 and 6 are as far or farther.
    #[test]
    fn folding_counts_what_is_as_far_from_the_mean_on_either_side() {
        let tally = Tally::of(&[0.0, 1.0, 1.0, 2.0, 6.0], 3.5, 0.0);
        assert_eq!((tally.at_least, tally.at_most, tally.beyond), (1, 4, Some(2)));
        assert_eq!(tally.p_value(Tail::Folded), Datum::Number(0.5));
        assert_eq!(tally.times(-1.0).p_value(Tail::Folded), Datum::Number(0.5));
    }
}
