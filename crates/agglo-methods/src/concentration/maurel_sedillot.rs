//! Maurel–Sédillot index: the probability that two of an industry's establishments are drawn to
//! the same region, beyond chance.
//!
//! γ = ((Σᵣ sᵣ² − X)/(1 − X) − H)/(1 − H)        X = Σᵣ xᵣ²        H = Σₖ zₖ²
//!
//! | symbol | meaning                                             | shape | range       | unit |
//! |--------|-----------------------------------------------------|-------|-------------|------|
//! | s, x   | shares of the regions in the industry, the benchmark| R     | ≥ 0, sum 1  | none |
//! | z      | share of each establishment in the industry         | K     | > 0, sum 1  | none |
//! | γ      | 0 as by chance, above closer, below farther apart   | 1     | any real    | none |
//!
//! It weighs large regions otherwise than Ellison–Glaeser and may differ from it in sign.
//! If establishments chose regions at random with probabilities x, E γ = 0 and Var Σs² =
//! 2 (H² − Z₄)(X − X²) + 4 (H − 2 Z₃ + 2 Z₄ − H²)(Σx³ − X²), Zₖ = Σ zᵏ.
//! Benchmark and gaps: as there. Cost: O(K + I·R), with the random test O(B·K) more.
//! Source: Maurel and Sédillot (1999), Regional Science and Urban Economics 29(5), 575–604,
//! equation 7; PySAL `maurel_sedillot_msg`. The variance is derived here and confirmed by
//! simulation.

use agglo_core::{Column, Datum, Frame, Key, Text, Undefined, Values, sum};

use super::chance::{ALTERNATIVE, Alternative, REPLICATES, TEST, random_choices};
use super::ellison_glaeser::{Parts, reliability};
use super::plants::{INPUTS, PLANT_GAPS, VARIANTS, collect};
use super::sizes::Sizes;
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{Chapter, Mark, Method, OUT_INDUSTRY, OUT_PERIOD, OutputTable, out};

/// γ of Maurel and Sédillot with the Herfindahl index it holds.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct MaurelSedillot {
    /// The index.
    pub gamma: f64,
    /// Herfindahl index of the establishments' sizes.
    pub herfindahl: f64,
    /// Variance of the index under random choice; [`Undefined::NotEnoughEvidence`] where sizes are
    /// known by their sums only.
    pub variance: Result<f64, Undefined>,
}

impl MaurelSedillot {
    /// The index as a standard score under random choice, where its mean is zero.
    ///
    /// # Errors
    /// [`Undefined::NoVariation`] when chance leaves it no room, and that of the variance.
    pub fn z(&self) -> Result<f64, Undefined> {
        let variance = self.variance?;
        if variance <= f64::EPSILON {
            return Err(Undefined::NoVariation);
        }
        Ok(self.gamma / variance.sqrt())
    }
}

/// γ of an industry with establishments of these `sizes` and this activity `by_region`, against
/// `benchmark`; only the shares of each matter.
///
/// # Errors
/// As [`ellison_glaeser`](super::ellison_glaeser()).
///
/// # Panics
/// When `by_region` and `benchmark` are not of one length.
pub fn maurel_sedillot(
    sizes: &Sizes,
    by_region: &[f64],
    benchmark: &[f64],
) -> Result<MaurelSedillot, Undefined> {
    let Parts { industry_total, benchmark_total, x2, herfindahl } =
        Parts::of(sizes, by_region, benchmark)?;
    let s2 = sum(by_region.iter().map(|e| (e / industry_total).powi(2)));
    let x3 = sum(benchmark.iter().map(|b| (b / benchmark_total).powi(3)));
    let h = herfindahl;
    let room = (1.0 - x2) * (1.0 - h);
    let variance = sizes.third_powers().and_then(|z3| {
        let z4 = sizes.fourth_powers()?;
        let alike = 2.0 * (h * h - z4) * (x2 - x2 * x2);
        let sharing = 4.0 * (h - 2.0 * z3 + 2.0 * z4 - h * h) * (x3 - x2 * x2);
        Ok((alike + sharing).max(0.0) / (room * room))
    });
    Ok(MaurelSedillot { gamma: gamma(s2, x2, h), herfindahl, variance })
}

fn gamma(s2: f64, x2: f64, h: f64) -> f64 {
    ((s2 - x2) / (1.0 - x2) - h) / (1.0 - h)
}

pub(super) static MAUREL_SEDILLOT: Method = Method {
    id: "maurel-sedillot",
    chapter: Chapter::Status,
    title: Text::new("Maurel–Sédillot index", "莫雷尔—塞迪约指数"),
    help: Text::new(
        "Do an industry's establishments share regions more often than by chance?",
        "一个行业的企业单位同处一地的概率是否高于随机？",
    ),
    inputs: INPUTS,
    options: &[TEST, ALTERNATIVE, REPLICATES, PLANT_GAPS],
    variants: VARIANTS,
    outputs: &[OutputTable {
        name: "industries",
        columns: &[
            OUT_PERIOD,
            OUT_INDUSTRY,
            out("gamma", "1", "γ", "γ"),
            out("herfindahl", "1", "Herfindahl of establishments", "企业单位赫芬达尔指数"),
            out("variance", "1", "Variance by chance", "随机方差"),
            out("z", "1", "Standard score", "标准分"),
            out("p_value", "1", "p-value", "p 值"),
            out("n_plants", "1", "Establishments", "企业单位数"),
            out("reliability", "", "Reliability", "可靠性"),
        ],
    }],
    formula: "γ = ((Σ s² − X)/(1 − X) − H)/(1 − H)   X = Σ x²   H = Σ z²   s, x: shares of the \
              regions in the industry and in the benchmark; z: shares of the establishments",
    source: "Maurel and Sédillot (1999), Regional Science and Urban Economics 29(5), 575–604, \
             equation 7; PySAL maurel_sedillot_msg",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let monte_carlo = call.option("test") == "monte-carlo";
    let alternative = Alternative::from_name(call.option("alternative"));
    let replicates = call.option_integer("replicates") as u32;
    let (mut period, mut industry, mut n_plants) = (vec![], vec![], vec![]);
    let mut numbers: [Vec<Datum>; 5] = Default::default();
    let mut known: Vec<Option<Key>> = Vec::new();
    let (periods, notes) = collect(call)?;
    let n_industries: u64 = periods.iter().map(|period| period.industries.len() as u64).sum();
    for plants in &periods {
        for (unit, one) in plants.industries.iter().enumerate() {
            call.control().step(period.len() as u64, n_industries)?;
            let index = maurel_sedillot(&one.sizes, &one.by_region, &plants.benchmark);
            let z = index.and_then(|index| index.z());
            let p = match (&index, &one.sizes) {
                (Ok(index), Sizes::Each(sizes)) if monte_carlo => {
                    let method = format!("maurel-sedillot/{}", one.period);
                    let stream = |replicate| call.seed().stream(&method, unit as u32, replicate);
                    let simulated =
                        random_choices(sizes, &plants.benchmark, replicates, stream, |s, x| {
                            let squares = |shares: &[f64]| sum(shares.iter().map(|s| s * s));
                            gamma(squares(s), squares(x), index.herfindahl)
                        });
                    Ok(alternative.of_simulated(index.gamma, &simulated))
                }
                (Ok(_), Sizes::Sums { .. }) if monte_carlo => Err(Undefined::NotEnoughEvidence),
                _ => z.map(|z| alternative.of_z(z)),
            };
            period.push(one.period);
            industry.push(one.industry.clone());
            let row = [
                index.map(|index| index.gamma),
                index.map(|index| index.herfindahl),
                index.and_then(|index| index.variance),
                z,
                p,
            ];
            for (column, value) in numbers.iter_mut().zip(row) {
                column.push(Datum::from(value));
            }
            n_plants.push(one.sizes.len() as i64);
            known.push(index.ok().map(|_| reliability(one.sizes.len()).into()));
        }
    }
    let mut columns =
        vec![Column::integer("period", "", period), Column::text("industry", industry)];
    let names = ["gamma", "herfindahl", "variance", "z", "p_value"];
    let numbers = names.into_iter().zip(numbers);
    columns.extend(numbers.map(|(name, values)| Column::number(name, "1", values)));
    columns.push(Column::integer("n_plants", "1", n_plants));
    columns.push(Column::new("reliability", "", Values::Text(known)));
    Ok(Answer::one("industries", Frame::new(columns)?).noting(notes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sizes: &[f64], by_region: &[f64], benchmark: &[f64], gamma: Result<f64, Undefined>) {
        match (maurel_sedillot(&Sizes::from(sizes), by_region, benchmark), gamma) {
            (Ok(found), Ok(gamma)) => {
                assert!((found.gamma - gamma).abs() < 1e-12, "{found:?} is not {gamma}");
            }
            (found, expected) => assert_eq!(found.map(|found| found.gamma), expected),
        }
    }

    // x = (1/2, 1/2), four equal plants: H = 1/4, Σs² = 5/8, (1/8)/(1/2) = 1/4 = H.
    #[test]
    fn three_against_one_is_what_chance_expects() {
        check(&[1.0; 4], &[3.0, 1.0], &[1.0, 1.0], Ok(0.0));
    }

    // The small region holds all: Σs² = 1, so γ = 1, whatever the benchmark.
    #[test]
    fn all_in_one_region_gives_one() {
        check(&[1.0; 4], &[0.0, 4.0], &[9.0, 1.0], Ok(1.0));
    }

    #[test]
    fn the_variance_is_that_of_simulated_choices() {
        let (sizes, x) = ([100.0, 50.0, 30.0, 20.0], [0.3, 0.3, 0.4]);
        let index = maurel_sedillot(&Sizes::from(&sizes[..]), &[150.0, 50.0, 0.0], &x).unwrap();
        let n = 40_000;
        let stream = |replicate| agglo_core::Seed(5).stream("test", 0, replicate);
        let drawn = random_choices(&sizes, &x, n, stream, |s, x| {
            let squares = |shares: &[f64]| sum(shares.iter().map(|s| s * s));
            gamma(squares(s), squares(x), index.herfindahl)
        });
        let (n, variance) = (f64::from(n), index.variance.unwrap());
        let mean = sum(drawn.iter().copied()) / n;
        let spread = sum(drawn.iter().map(|g| g * g)) / n;
        // Four standard errors of a mean, and of a variance with kurtosis below 9.
        assert!(mean.abs() < 4.0 * (variance / n).sqrt(), "{mean}");
        assert!((spread / variance - 1.0).abs() < 4.0 * (8.0 / n).sqrt(), "{spread} {variance}");
        assert!((index.z().unwrap() - index.gamma / variance.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn one_plant_and_one_region_have_no_index() {
        check(&[5.0], &[5.0, 0.0], &[1.0, 1.0], Err(Undefined::SingleUnit));
        check(&[5.0, 5.0], &[5.0, 5.0], &[1.0, 0.0], Err(Undefined::SingleRegion));
    }
}
