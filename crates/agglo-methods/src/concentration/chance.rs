//! What chance would make of an industry: random choices of region, and the p-values of tests against
//! them.

use agglo_core::{Text, sum};
use rand::{Rng, RngExt};

use crate::catalog::{OptionKind, OptionSpec};
use crate::inference::normal_cdf;

/// What `statistic` makes of the shares of an industry and the benchmark, for `replicates` random
/// choices of region by its establishments.
pub(super) fn random_choices<R: Rng>(
    sizes: &[f64],
    benchmark: &[f64],
    replicates: u32,
    mut stream: impl FnMut(u32) -> R,
    statistic: impl Fn(&[f64], &[f64]) -> f64,
) -> Vec<f64> {
    let size_total = sum(sizes.iter().copied());
    let chooser = Chooser::of(benchmark);
    let mut shares = vec![0.0; benchmark.len()];
    (0..replicates)
        .map(|replicate| {
            let mut rng = stream(replicate);
            shares.fill(0.0);
            for size in sizes {
                shares[chooser.choose(rng.random())] += size / size_total;
            }
            statistic(&shares, chooser.shares())
        })
        .collect()
}

/// Regions with the bounds between which a draw from 0 to 1 chooses them.
pub(super) struct Chooser {
    shares: Vec<f64>,
    bounds: Vec<f64>,
    last: usize,
}

impl Chooser {
    /// Chances as the shares of `benchmark`.
    pub(super) fn of(benchmark: &[f64]) -> Chooser {
        let total = sum(benchmark.iter().copied());
        let shares: Vec<f64> = benchmark.iter().map(|b| b / total).collect();
        let mut bound = 0.0;
        let bounds = shares.iter().map(|share| {
            bound += share;
            bound
        });
        let bounds = bounds.collect();
        let last = benchmark.iter().rposition(|b| *b > 0.0).unwrap_or_default();
        Chooser { shares, bounds, last }
    }

    /// The chances, sum 1.
    pub(super) fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// The region of a draw from 0 to 1.
    pub(super) fn choose(&self, draw: f64) -> usize {
        self.bounds.partition_point(|bound| *bound <= draw).min(self.last)
    }
}

/// The direction in which chance is doubted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alternative {
    /// Closer or farther apart than by chance.
    TwoSided,
    /// Closer together.
    Greater,
    /// Farther apart.
    Less,
}

impl Alternative {
    const NAMES: [&'static str; 3] = ["two-sided", "greater", "less"];

    pub(super) fn from_name(name: &str) -> Alternative {
        match name {
            "greater" => Alternative::Greater,
            "less" => Alternative::Less,
            _ => Alternative::TwoSided,
        }
    }

    pub(super) fn p_value(self, at_least: f64, at_most: f64) -> f64 {
        match self {
            Alternative::TwoSided => (2.0 * at_least.min(at_most)).min(1.0),
            Alternative::Greater => at_least,
            Alternative::Less => at_most,
        }
    }

    /// p of a standard score.
    pub fn of_z(self, z: f64) -> f64 {
        self.p_value(normal_cdf(-z), normal_cdf(z))
    }

    /// p of `observed` among `simulated`, itself counted.
    pub fn of_simulated(self, observed: f64, simulated: &[f64]) -> f64 {
        // A simulated G that equals the observed one may differ from it in the last bits.
        let slack = 1e-12 * observed.abs();
        let share = |n: usize| (1 + n) as f64 / (1 + simulated.len()) as f64;
        let at_least = simulated.iter().filter(|g| **g >= observed - slack).count();
        let at_most = simulated.iter().filter(|g| **g <= observed + slack).count();
        self.p_value(share(at_least), share(at_most))
    }
}

/// Where p comes from.
pub(super) const TEST: OptionSpec = OptionSpec {
    name: "test",
    kind: OptionKind::Choice(&["normal", "monte-carlo"]),
    default: "normal",
    help: Text::new(
        "p-value from the standard score, or from random choices of region",
        "p 值依据标准分，或依据随机选址模拟",
    ),
};

/// How many random choices a test makes.
pub(super) const REPLICATES: OptionSpec = OptionSpec {
    name: "replicates",
    kind: OptionKind::Integer(99, 99_999),
    default: "999",
    help: Text::new("random choices of region by monte-carlo", "monte-carlo 模拟次数"),
};

/// Against which departure from chance p is computed.
pub(super) const ALTERNATIVE: OptionSpec = OptionSpec {
    name: "alternative",
    kind: OptionKind::Choice(&Alternative::NAMES),
    default: "two-sided",
    help: Text::new("two-sided, closer than by chance, or farther apart", "双侧、更集聚或更分散"),
};
