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
//! Benchmark and gaps: as there. Cost: O(K + I·R).
//! Source: Maurel and Sédillot (1999), Regional Science and Urban Economics 29(5), 575–604,
//! equation 7; PySAL `maurel_sedillot_msg`.

use agglo_core::{Column, Datum, Frame, Text, Undefined, sum};

use super::ellison_glaeser::Parts;
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
    let Parts { industry_total, x2, herfindahl, .. } = Parts::of(sizes, by_region, benchmark)?;
    let s2 = sum(by_region.iter().map(|e| (e / industry_total).powi(2)));
    let gamma = ((s2 - x2) / (1.0 - x2) - herfindahl) / (1.0 - herfindahl);
    Ok(MaurelSedillot { gamma, herfindahl })
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
    options: &[PLANT_GAPS],
    variants: VARIANTS,
    outputs: &[OutputTable {
        name: "industries",
        columns: &[
            OUT_PERIOD,
            OUT_INDUSTRY,
            out("gamma", "1", "γ", "γ"),
            out("herfindahl", "1", "Herfindahl of establishments", "企业单位赫芬达尔指数"),
            out("n_plants", "1", "Establishments", "企业单位数"),
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
    let (mut period, mut industry, mut n_plants) = (vec![], vec![], vec![]);
    let (mut gamma, mut herfindahl) = (vec![], vec![]);
    let (periods, notes) = collect(call)?;
    for plants in &periods {
        for one in &plants.industries {
            let index = maurel_sedillot(&one.sizes, &one.by_region, &plants.benchmark);
            period.push(one.period);
            industry.push(one.industry.clone());
            gamma.push(Datum::from(index.map(|index| index.gamma)));
            herfindahl.push(Datum::from(index.map(|index| index.herfindahl)));
            n_plants.push(one.sizes.len() as i64);
        }
    }
    let frame = Frame::new(vec![
        Column::integer("period", "", period),
        Column::text("industry", industry),
        Column::number("gamma", "1", gamma),
        Column::number("herfindahl", "1", herfindahl),
        Column::integer("n_plants", "1", n_plants),
    ])?;
    Ok(Answer::one("industries", frame).noting(notes))
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
    fn one_plant_and_one_region_have_no_index() {
        check(&[5.0], &[5.0, 0.0], &[1.0, 1.0], Err(Undefined::SingleUnit));
        check(&[5.0, 5.0], &[5.0, 5.0], &[1.0, 0.0], Err(Undefined::SingleRegion));
    }
}
