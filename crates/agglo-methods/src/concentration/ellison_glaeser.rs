//! Ellison–Glaeser index: are an industry's establishments closer together than by chance?
//!
//! G = Σᵣ (sᵣ − xᵣ)²     X = Σᵣ xᵣ²     H = Σₖ zₖ²     γ = (G − (1 − X) H) / ((1 − X)(1 − H))
//!
//! If establishments chose regions at random with probabilities x, E G = (1 − X) H and
//! Var G = 2 {H² [X − 2 Σx³ + X²] − Σz⁴ [X − 4 Σx³ + 3 X²]}.
//!
//! | symbol | meaning                                               | shape | range       | unit |
//! |--------|-------------------------------------------------------|-------|-------------|------|
//! | s      | share of each region in the industry                  | R     | ≥ 0, sum 1  | none |
//! | x      | share of each region in the benchmark                 | R     | ≥ 0, sum 1  | none |
//! | z      | share of each establishment in the industry           | K     | > 0, sum 1  | none |
//! | γ      | 0 as by chance, above closer, below farther apart     | 1     | any real    | none |
//!
//! Benchmark: the table `benchmark`, else the regions' totals of `activity`, else those of the
//! establishments themselves. Where only their number, Σ and Σ² by region are known, as of a register
//! reduced to cells, γ is the same and the variance is not known. Gaps: refused or left out, by the option `gaps`.
//! Cost: O(K + I·R), with the random test O(B·K) more.
//! Source: Ellison and Glaeser (1997), Journal of Political Economy 105(5), 889–927; REAT
//! `ellison.a` (Wieland 2019). The variance is confirmed by simulation.

use agglo_core::{Column, Datum, Frame, Seed, Text, Undefined, Values, sum};
use rand::Rng;

use super::chance::{ALTERNATIVE, Alternative, REPLICATES, TEST, random_choices};
use super::plants::{INPUTS, IndustryPlants, PLANT_GAPS, VARIANTS, collect};
use super::sizes::Sizes;
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Mark, Method, OUT_INDUSTRY, OUT_PERIOD, OptionKind, OptionSpec, OutputTable, out,
};

/// γ with the parts it is made of, so that a reader can check it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct EllisonGlaeser {
    /// The index.
    pub gamma: f64,
    /// Squared distance of the industry's shares from the benchmark's.
    pub raw_g: f64,
    /// Herfindahl index of the establishments' sizes.
    pub herfindahl: f64,
    /// Mean of G under random choice.
    pub expected_g: f64,
    /// Variance of G under random choice; [`Undefined::NotEnoughEvidence`] where sizes are known by their
    /// sums only.
    pub variance_g: Result<f64, Undefined>,
}

impl EllisonGlaeser {
    /// G as a standard score under random choice.
    ///
    /// # Errors
    /// [`Undefined::NoVariation`] when chance leaves G no room, and that of the variance.
    pub fn z(&self) -> Result<f64, Undefined> {
        let variance = self.variance_g?;
        if variance <= f64::EPSILON * self.expected_g.powi(2) {
            return Err(Undefined::NoVariation);
        }
        Ok((self.raw_g - self.expected_g) / variance.sqrt())
    }
}

/// γ of an industry with establishments of these `sizes` and this activity `by_region`, against
/// `benchmark`; only the shares of each matter.
///
/// # Errors
/// [`Undefined::ZeroTotal`] for an industry or benchmark without activity,
/// [`Undefined::NotEnoughEvidence`] when no establishment is known, [`Undefined::SingleUnit`] when
/// H = 1 and [`Undefined::SingleRegion`] when Σ x² = 1.
///
/// # Panics
/// When `by_region` and `benchmark` are not of one length.
pub fn ellison_glaeser(
    sizes: &Sizes,
    by_region: &[f64],
    benchmark: &[f64],
) -> Result<EllisonGlaeser, Undefined> {
    let parts = Parts::of(sizes, by_region, benchmark)?;
    let Parts { x2, herfindahl: h, .. } = parts;
    let raw_g = sum(by_region
        .iter()
        .zip(benchmark)
        .map(|(e, b)| (e / parts.industry_total - b / parts.benchmark_total).powi(2)));
    let x3 = sum(benchmark.iter().map(|b| (b / parts.benchmark_total).powi(3)));
    let expected_g = (1.0 - x2) * h;
    let variance_g = sizes.fourth_powers().map(|z4| {
        let even = h * h * (x2 - 2.0 * x3 + x2 * x2);
        let uneven = z4 * (x2 - 4.0 * x3 + 3.0 * x2 * x2);
        (2.0 * (even - uneven)).max(0.0)
    });
    let gamma = (raw_g - expected_g) / ((1.0 - x2) * (1.0 - h));
    Ok(EllisonGlaeser { gamma, raw_g, herfindahl: h, expected_g, variance_g })
}

/// What γ and its relatives are made of.
pub(super) struct Parts {
    pub(super) industry_total: f64,
    pub(super) benchmark_total: f64,
    /// Σ x².
    pub(super) x2: f64,
    /// Σ z².
    pub(super) herfindahl: f64,
}

impl Parts {
    pub(super) fn of(
        sizes: &Sizes,
        by_region: &[f64],
        benchmark: &[f64],
    ) -> Result<Parts, Undefined> {
        assert_eq!(by_region.len(), benchmark.len(), "a benchmark value for every region");
        let industry_total = sum(by_region.iter().copied());
        let benchmark_total = sum(benchmark.iter().copied());
        if industry_total <= 0.0 || benchmark_total <= 0.0 {
            return Err(Undefined::ZeroTotal);
        }
        let herfindahl = sizes.herfindahl()?;
        let x2 = sum(benchmark.iter().map(|b| (b / benchmark_total).powi(2)));
        if benchmark.iter().filter(|b| **b > 0.0).count() < 2 {
            return Err(Undefined::SingleRegion);
        }
        Ok(Parts { industry_total, benchmark_total, x2, herfindahl })
    }
}

/// G of `replicates` random choices of region by all establishments, with probabilities as
/// `benchmark`; replicate k draws from its own stream.
pub fn random_g<R: Rng>(
    sizes: &[f64],
    benchmark: &[f64],
    replicates: u32,
    stream: impl FnMut(u32) -> R,
) -> Vec<f64> {
    let g = |(s, x): (&f64, &f64)| (s - x).powi(2);
    random_choices(sizes, benchmark, replicates, stream, |s, x| sum(s.iter().zip(x).map(g)))
}

/// With this many establishments or fewer the index says little.
const FEW_PLANTS: usize = 3;

/// How far an index of `n_plants` establishments can be relied on.
pub(super) fn reliability(n_plants: usize) -> &'static str {
    if n_plants <= FEW_PLANTS { "few-plants" } else { "ok" }
}

pub(super) static ELLISON_GLAESER: Method = Method {
    id: "ellison-glaeser",
    chapter: Chapter::Status,
    title: Text::new("Ellison–Glaeser index", "埃利森—格莱泽指数"),
    help: Text::new(
        "Are an industry's establishments closer together than by chance?",
        "一个行业的企业单位是否比随机分布更集聚？",
    ),
    inputs: INPUTS,
    options: &[
        TEST,
        ALTERNATIVE,
        REPLICATES,
        OptionSpec {
            name: "moderate",
            kind: OptionKind::Number(-1.0, 1.0),
            default: "0.02",
            help: Text::new(
                "γ from which the reading is moderate (Ellison and Glaeser 1997)",
                "判为中等集聚的 γ 下限（Ellison 与 Glaeser 1997）",
            ),
        },
        OptionSpec {
            name: "strong",
            kind: OptionKind::Number(-1.0, 1.0),
            default: "0.05",
            help: Text::new(
                "γ above which the reading is strong (Ellison and Glaeser 1997)",
                "判为高度集聚的 γ 下限（Ellison 与 Glaeser 1997）",
            ),
        },
        PLANT_GAPS,
    ],
    variants: VARIANTS,
    outputs: &[OutputTable {
        name: "industries",
        columns: &[
            OUT_PERIOD,
            OUT_INDUSTRY,
            out("gamma", "1", "γ", "γ"),
            out("raw_g", "1", "Raw concentration G", "原始集中度 G"),
            out("herfindahl", "1", "Herfindahl of establishments", "企业单位赫芬达尔指数"),
            out("expected_g", "1", "G by chance", "随机期望 G"),
            out("variance_g", "1", "Variance of G by chance", "随机方差 G"),
            out("z", "1", "Standard score", "标准分"),
            out("p_value", "1", "p-value", "p 值"),
            out("n_plants", "1", "Establishments", "企业单位数"),
            out("reading", "", "Reading", "判读"),
            out("reliability", "", "Reliability", "可靠性"),
        ],
    }],
    formula: "γ = (G − (1 − X) H)/((1 − X)(1 − H))   G = Σ (s − x)²   X = Σ x²   H = Σ z²   s, x: \
              shares of the regions in the industry and in the benchmark; z: shares of the \
              establishments",
    source: "Ellison and Glaeser (1997), Journal of Political Economy 105(5), 889–927; REAT \
             ellison.a (Wieland 2019)",
    mark: Mark::Verified,
    run,
};

struct Rules {
    monte_carlo: bool,
    alternative: Alternative,
    replicates: u32,
    moderate: f64,
    strong: f64,
    seed: Seed,
}

#[derive(Default)]
struct Rows {
    period: Vec<i64>,
    industry: Vec<agglo_core::Key>,
    numbers: [Vec<Datum>; 7],
    n_plants: Vec<i64>,
    reading: Vec<Option<agglo_core::Key>>,
    reliability: Vec<Option<agglo_core::Key>>,
}

impl Rows {
    fn push(&mut self, unit: u32, plants: &IndustryPlants, benchmark: &[f64], rules: &Rules) {
        let index = ellison_glaeser(&plants.sizes, &plants.by_region, benchmark);
        let of = |part: fn(&EllisonGlaeser) -> f64| Datum::from(index.map(|index| part(&index)));
        let z = index.and_then(|index| index.z());
        let p_value = match index {
            Ok(index) if rules.monte_carlo => match &plants.sizes {
                Sizes::Each(sizes) => {
                    let method = format!("ellison-glaeser/{}", plants.period);
                    let stream = |replicate| rules.seed.stream(&method, unit, replicate);
                    let simulated = random_g(sizes, benchmark, rules.replicates, stream);
                    Ok(rules.alternative.of_simulated(index.raw_g, &simulated))
                }
                Sizes::Sums { .. } => Err(Undefined::NotEnoughEvidence),
            },
            _ => z.map(|z| rules.alternative.of_z(z)),
        };
        let row = [
            of(|index| index.gamma),
            of(|index| index.raw_g),
            of(|index| index.herfindahl),
            of(|index| index.expected_g),
            Datum::from(index.and_then(|index| index.variance_g)),
            Datum::from(z),
            Datum::from(p_value),
        ];
        for (column, value) in self.numbers.iter_mut().zip(row) {
            column.push(value);
        }
        self.period.push(plants.period);
        self.industry.push(plants.industry.clone());
        self.n_plants.push(plants.sizes.len() as i64);
        self.reading.push(index.ok().map(|index| rules.reading(index.gamma).into()));
        let known = index.ok().map(|_| reliability(plants.sizes.len()).into());
        self.reliability.push(known);
    }

    fn frame(self) -> Result<Frame, MethodError> {
        let names = ["gamma", "raw_g", "herfindahl", "expected_g", "variance_g", "z", "p_value"];
        let mut columns = vec![
            Column::integer("period", "", self.period),
            Column::text("industry", self.industry),
        ];
        let numbers = names.into_iter().zip(self.numbers);
        columns.extend(numbers.map(|(name, values)| Column::number(name, "1", values)));
        columns.push(Column::integer("n_plants", "1", self.n_plants));
        columns.push(Column::new("reading", "", Values::Text(self.reading)));
        columns.push(Column::new("reliability", "", Values::Text(self.reliability)));
        Ok(Frame::new(columns)?)
    }
}

impl Rules {
    fn reading(&self, gamma: f64) -> &'static str {
        if gamma > self.strong {
            "strong"
        } else if gamma >= self.moderate {
            "moderate"
        } else {
            "dispersed"
        }
    }
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let rules = Rules {
        monte_carlo: call.option("test") == "monte-carlo",
        alternative: Alternative::from_name(call.option("alternative")),
        replicates: call.option_integer("replicates") as u32,
        moderate: call.option_number("moderate"),
        strong: call.option_number("strong"),
        seed: call.seed(),
    };
    let (periods, notes) = collect(call)?;
    let n_industries: u64 = periods.iter().map(|period| period.industries.len() as u64).sum();
    let mut rows = Rows::default();
    let mut done = 0;
    for period in periods {
        for (unit, plants) in period.industries.iter().enumerate() {
            call.control().step(done, n_industries)?;
            rows.push(unit as u32, plants, &period.benchmark, &rules);
            done += 1;
        }
    }
    Ok(Answer::one("industries", rows.frame()?).noting(notes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [f64; 4] = [100.0, 50.0, 30.0, 20.0];
    const BY_REGION: [f64; 3] = [150.0, 50.0, 0.0];
    const BENCHMARK: [f64; 3] = [0.3, 0.3, 0.4];

    #[track_caller]
    fn check(sizes: &[f64], by_region: &[f64], benchmark: &[f64], gamma: Result<f64, Undefined>) {
        match (ellison_glaeser(&Sizes::from(sizes), by_region, benchmark), gamma) {
            (Ok(found), Ok(gamma)) => {
                assert!((found.gamma - gamma).abs() < 1e-12, "{found:?} is not {gamma}");
            }
            (found, expected) => assert_eq!(found.map(|found| found.gamma), expected),
        }
    }

    // x = (1/2, 1/2), four equal plants: H = 1/4. Three against one: G = 1/8 = (1/2)(1/4).
    #[test]
    fn three_against_one_is_what_chance_expects() {
        check(&[1.0; 4], &[3.0, 1.0], &[1.0, 1.0], Ok(0.0));
    }

    #[test]
    fn all_four_in_one_of_two_equal_regions_give_one() {
        check(&[1.0; 4], &[4.0, 0.0], &[1.0, 1.0], Ok(1.0));
    }

    #[test]
    fn the_shares_of_the_benchmark_give_minus_h_over_one_minus_h() {
        check(&[1.0; 4], &[2.0, 2.0], &[1.0, 1.0], Ok(-0.25 / 0.75));
    }

    #[test]
    fn one_plant_one_region_and_no_plant_have_no_index() {
        check(&[5.0], &[5.0, 0.0], &[1.0, 1.0], Err(Undefined::SingleUnit));
        check(&[5.0, 5.0], &[5.0, 5.0], &[1.0, 0.0], Err(Undefined::SingleRegion));
        check(&[], &[5.0, 5.0], &[1.0, 1.0], Err(Undefined::NotEnoughEvidence));
        check(&[], &[0.0, 0.0], &[1.0, 1.0], Err(Undefined::ZeroTotal));
    }

    // Mean and variance of G in theory: .2277 and .0234872; 20,000 draws, four standard errors.
    #[test]
    fn random_choices_have_the_mean_and_the_variance_of_the_theory() {
        let index = ellison_glaeser(&Sizes::from(&SIZES[..]), &BY_REGION, &BENCHMARK).unwrap();
        let stream = |replicate| Seed(1).stream("test", 0, replicate);
        let simulated = random_g(&SIZES, &BENCHMARK, 20_000, stream);
        let mean = agglo_core::mean(&simulated).unwrap();
        let sd = crate::inference::standard_deviation(&simulated, 1).unwrap();
        assert!((mean - index.expected_g).abs() < 4.0 * sd / 20_000_f64.sqrt(), "{mean}");
        assert!((sd * sd / index.variance_g.unwrap() - 1.0).abs() < 0.05, "{sd}");
    }

    #[test]
    fn p_values_count_the_observed_one_and_fold_both_tails() {
        let simulated = [0.1, 0.2, 0.3, 0.4];
        assert_eq!(Alternative::Greater.of_simulated(0.35, &simulated), 0.4);
        assert_eq!(Alternative::Less.of_simulated(0.35, &simulated), 0.8);
        assert_eq!(Alternative::TwoSided.of_simulated(0.35, &simulated), 0.8);
    }
}
