//! Economic complexity: which regions have many industries that few others have?
//!
//! M̃ = D_r⁻¹ M D_i⁻¹ M'; ECI is its second eigenvector, standardized; PCI_i = Σ_r M_ri ECI_r / k_i,
//! standardized. The sign is the one with which ECI rises with diversity.
//!
//! | symbol  | meaning                                       | shape | range    | unit |
//! |---------|-----------------------------------------------|-------|----------|------|
//! | M       | whether region r has industry i (RCA ≥ 1)     | R × I | 0, 1     | none |
//! | D_r,D_i | diversity k_r and ubiquity k_i as diagonals   | R, I  | > 0      | 1    |
//! | ECI,PCI | complexity of regions and industries          | R, I  | any real | sd   |
//!
//! Both have the eigenvectors of a symmetric matrix, A A' or A'A with A = D_r^-½ M D_i^-½; the
//! smaller of the two is decomposed. Scales disagree: own mean and sd for each (default), the mean
//! and sd of ECI for both (py-ecomplexity: ECI is then the mean PCI of a region's industries), or
//! n − 1 in the sd (economiccomplexity).
//!
//! Gaps: regions without an industry and industries without a region have none, nor has what lies
//! outside the largest connected part of M: complexities of separate parts cannot be compared.
//! Undefined when the second eigenvalue is zero or double. Cost: O(min(R, I)² · max(R, I)).
//! Source: Hidalgo and Hausmann (2009), PNAS 106(26), 10570–10575; Hausmann et al. (2014), Atlas
//! of Economic Complexity; code of py-ecomplexity and economiccomplexity.

use agglo_core::{Column, Datum, Frame, Note, Text, Undefined, mean, sum};
use faer::linalg::matmul::triangular::{BlockStructure, matmul};
use faer::{Accum, Mat, Par, Side};

use super::presence::Presence;
use super::{CUTOFF, THRESHOLD, presence_of};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, Mark, Method, OUT_INDUSTRY, OUT_PERIOD, OUT_REGION, OutputTable,
    Variant, out,
};
use crate::inference::{dot, standard_deviation};

/// How close two eigenvalues may come before their vectors cannot be told apart.
const SAME_EIGENVALUE: f64 = 1e-10;

/// How ECI and PCI are standardized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComplexityScale {
    /// Each by its own mean and standard deviation (n).
    OwnZ,
    /// Both by the mean and standard deviation (n) of ECI.
    Eci,
    /// Each by its own mean and standard deviation (n − 1).
    SampleSd,
}

impl ComplexityScale {
    /// The scale of a method's variant.
    pub fn from_variant(variant: &str) -> ComplexityScale {
        match variant {
            "eci-scale" => ComplexityScale::Eci,
            "sample-sd" => ComplexityScale::SampleSd,
            _ => ComplexityScale::OwnZ,
        }
    }
}

/// Complexities, with what is needed to trust them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Complexity {
    /// One per region.
    pub eci: Vec<Datum>,
    /// One per industry.
    pub pci: Vec<Datum>,
    /// The second eigenvalue and the third (0 where there is none).
    pub eigenvalues: [f64; 2],
    /// Regions that have an industry and lie outside the largest connected part.
    pub n_regions_outside: usize,
    /// Whether ECI is correlated with diversity at all, so that its sign means something.
    pub sign_is_known: bool,
}

/// ECI and PCI of M.
///
/// # Errors
/// [`Undefined::TooFew`] when the largest connected part has fewer than two regions or industries,
/// [`Undefined::NotIdentified`] when its second eigenvalue is zero or double.
pub fn economic_complexity(
    presence: &Presence,
    scale: ComplexityScale,
) -> Result<Complexity, Undefined> {
    let part = largest_part(presence);
    let (n_r, n_i) = (part.regions.len(), part.industries.len());
    if n_r < 2 || n_i < 2 {
        return Err(Undefined::TooFew);
    }
    let k_r: Vec<f64> = part.regions.iter().map(|&r| presence.diversity()[r] as f64).collect();
    let k_i: Vec<f64> = part.industries.iter().map(|&i| presence.ubiquity()[i] as f64).collect();
    let has = |r: usize, i: usize| presence.has(part.regions[r], part.industries[i]);
    let a =
        Mat::from_fn(n_r, n_i, |r, i| if has(r, i) { 1.0 / (k_r[r] * k_i[i]).sqrt() } else { 0.0 });
    let (vector, eigenvalues) = second_eigenvector(&a)?;

    // From the side that was decomposed to PCI before scaling, then ECI as its mean by region.
    let over = |n: usize, of: &dyn Fn(usize) -> f64| -> Vec<f64> { (0..n).map(of).collect() };
    let mut pci = if n_r <= n_i {
        let by_region = over(n_r, &|r| vector[r] / k_r[r].sqrt());
        over(n_i, &|i| sum((0..n_r).filter(|&r| has(r, i)).map(|r| by_region[r])) / k_i[i])
    } else {
        over(n_i, &|i| vector[i] / k_i[i].sqrt())
    };
    let mut eci = over(n_r, &|r| sum((0..n_i).filter(|&i| has(r, i)).map(|i| pci[i])) / k_r[r]);
    let lean = lean(&eci, &k_r);
    if lean < 0.0 || (lean == 0.0 && eci[0] < 0.0) {
        eci.iter_mut().chain(&mut pci).for_each(|value| *value = -*value);
    }
    let ddof = usize::from(scale == ComplexityScale::SampleSd);
    let of_eci = scale_of(&eci, ddof)?;
    let of_pci = if scale == ComplexityScale::Eci { of_eci } else { scale_of(&pci, ddof)? };
    let spread = |values: &[f64], places: &[usize], n: usize, sums: &[usize], (center, sd)| {
        let mut all: Vec<Datum> = (0..n)
            .map(|place| match sums[place] {
                0 => Datum::undefined(Undefined::ZeroTotal),
                _ => Datum::undefined(Undefined::NotIdentified),
            })
            .collect();
        for (value, &place) in values.iter().zip(places) {
            all[place] = Datum::Number((value - center) / sd);
        }
        all
    };
    let diversity = presence.diversity();
    let n_active = diversity.iter().filter(|k| **k > 0).count();
    Ok(Complexity {
        eci: spread(&eci, &part.regions, presence.n_regions(), diversity, of_eci),
        pci: spread(&pci, &part.industries, presence.n_industries(), presence.ubiquity(), of_pci),
        eigenvalues,
        n_regions_outside: n_active - n_r,
        sign_is_known: lean != 0.0,
    })
}

/// The unit eigenvector of A A' or A'A, whichever is smaller, to the second largest eigenvalue.
fn second_eigenvector(a: &Mat<f64>) -> Result<(Vec<f64>, [f64; 2]), Undefined> {
    let n = a.nrows().min(a.ncols());
    let mut square = Mat::<f64>::zeros(n, n);
    let (left, right) = if a.nrows() <= a.ncols() {
        (a.as_ref(), a.transpose())
    } else {
        (a.transpose(), a.as_ref())
    };
    // A symmetric matrix is its lower half.
    let whole = BlockStructure::Rectangular;
    let half = BlockStructure::TriangularLower;
    matmul(square.as_mut(), half, Accum::Replace, left, whole, right, whole, 1.0, Par::Seq);
    let eigen = square.self_adjoint_eigen(Side::Lower).map_err(|_| Undefined::NotIdentified)?;
    let ascending = eigen.S().column_vector();
    let second = ascending[n - 2];
    let third = if n > 2 { ascending[n - 3].max(0.0) } else { 0.0 };
    if second < SAME_EIGENVALUE || second - third < SAME_EIGENVALUE {
        return Err(Undefined::NotIdentified);
    }
    let vector = eigen.U().col(n - 2);
    Ok(((0..n).map(|place| vector[place]).collect(), [second, third]))
}

/// Covariance of ECI and diversity; exactly zero when it is nothing but rounding.
fn lean(eci: &[f64], k_r: &[f64]) -> f64 {
    let centered = |values: &[f64]| -> Vec<f64> {
        let center = mean(values).unwrap_or(0.0);
        values.iter().map(|v| v - center).collect()
    };
    let (x, k) = (centered(eci), centered(k_r));
    let covariance = dot(&x, &k);
    let most = (dot(&x, &x) * dot(&k, &k)).sqrt();
    if covariance.abs() <= 1e-10 * most { 0.0 } else { covariance }
}

fn scale_of(values: &[f64], ddof: usize) -> Result<(f64, f64), Undefined> {
    let center = mean(values).ok_or(Undefined::TooFew)?;
    let sd = standard_deviation(values, ddof).ok_or(Undefined::TooFew)?;
    if sd > 0.0 { Ok((center, sd)) } else { Err(Undefined::NoVariation) }
}

struct Part {
    regions: Vec<usize>,
    industries: Vec<usize>,
}

/// The connected part of M with the most regions and industries; of equals, the first.
fn largest_part(presence: &Presence) -> Part {
    let (n_regions, n_industries) = (presence.n_regions(), presence.n_industries());
    let mut seen_region = vec![false; n_regions];
    let mut seen_industry = vec![false; n_industries];
    let mut largest = Part { regions: vec![], industries: vec![] };
    for start in 0..n_regions {
        if seen_region[start] || presence.diversity()[start] == 0 {
            continue;
        }
        seen_region[start] = true;
        let mut part = Part { regions: vec![start], industries: vec![] };
        let mut next = 0;
        while next < part.regions.len() {
            let region = part.regions[next];
            next += 1;
            for i in (0..n_industries).filter(|&i| presence.has(region, i)) {
                if !std::mem::replace(&mut seen_industry[i], true) {
                    part.industries.push(i);
                    for r in (0..n_regions).filter(|&r| presence.has(r, i)) {
                        if !std::mem::replace(&mut seen_region[r], true) {
                            part.regions.push(r);
                        }
                    }
                }
            }
        }
        let size = |part: &Part| part.regions.len() + part.industries.len();
        if size(&part) > size(&largest) {
            largest = part;
        }
    }
    largest.regions.sort_unstable();
    largest.industries.sort_unstable();
    largest
}

/// What a reader of ECI and PCI of period `p` must know.
pub(super) fn complexity_notes(p: i32, complexity: &Complexity) -> Vec<Note> {
    let mut notes = Vec::new();
    let n = complexity.n_regions_outside;
    if n > 0 {
        notes.push(Note::new(
            "complexity-parts",
            format!(
                "{p}: {n} regions share no industry with the largest connected part and have no ECI"
            ),
            format!("{p} 年：{n} 个地区与最大连通部分没有共同行业，不计算 ECI"),
        ));
    }
    if !complexity.sign_is_known {
        notes.push(Note::new(
            "complexity-sign",
            format!("{p}: ECI does not vary with diversity, so its sign is arbitrary"),
            format!("{p} 年：ECI 与多样性不相关，其符号是任意的"),
        ));
    }
    notes
}

pub(super) static ECONOMIC_COMPLEXITY: Method = Method {
    id: "economic-complexity",
    chapter: Chapter::Plan,
    title: Text::new("Economic complexity", "经济复杂度"),
    help: Text::new(
        "Which regions have industries that few others can have?",
        "哪些地区拥有其他地区难以具备的产业？",
    ),
    inputs: &[ACTIVITY],
    options: &[GAPS, THRESHOLD, CUTOFF],
    variants: &[
        Variant {
            id: "own-z",
            help: Text::new(
                "ECI and PCI each with mean 0 and sd 1 (n)",
                "ECI 与 PCI 各自标准化，均值 0、标准差 1（除以 n）",
            ),
        },
        Variant {
            id: "eci-scale",
            help: Text::new(
                "PCI on the scale of ECI, so that ECI is a mean of PCI (py-ecomplexity)",
                "PCI 采用 ECI 的尺度，ECI 即 PCI 的平均（py-ecomplexity）",
            ),
        },
        Variant {
            id: "sample-sd",
            help: Text::new(
                "each with its own sd (n − 1) (economiccomplexity)",
                "各自标准化，标准差除以 n−1（economiccomplexity）",
            ),
        },
    ],
    outputs: &[
        OutputTable {
            name: "regions",
            columns: &[
                OUT_PERIOD,
                OUT_REGION,
                out("eci", "sd", "Economic complexity", "经济复杂度指数"),
                out("diversity", "1", "Diversity", "多样性"),
            ],
        },
        OutputTable {
            name: "industries",
            columns: &[
                OUT_PERIOD,
                OUT_INDUSTRY,
                out("pci", "sd", "Industry complexity", "产业复杂度指数"),
                out("ubiquity", "1", "Ubiquity", "普遍性"),
            ],
        },
    ],
    formula: "ECI: second eigenvector of D_r⁻¹ M D_i⁻¹ M', standardized; PCI(i) = Σ_r M(r,i) \
              ECI(r) / k(i), standardized   M: 1 where RCA ≥ 1; D: diversity and ubiquity",
    source: "Hidalgo and Hausmann (2009), PNAS 106(26), 10570–10575; py-ecomplexity; \
             economiccomplexity",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let scale = ComplexityScale::from_variant(call.variant());
    let (mut r_period, mut region, mut eci, mut diversity) = (vec![], vec![], vec![], vec![]);
    let (mut i_period, mut industry, mut pci, mut ubiquity) = (vec![], vec![], vec![], vec![]);
    let mut remarks = Vec::new();
    let notes = call.each_period(|p, activity| {
        let presence = presence_of(call, activity);
        let (e, c) = match economic_complexity(&presence, scale) {
            Ok(found) => {
                remarks.extend(complexity_notes(p, &found));
                (found.eci, found.pci)
            }
            Err(why) => (
                vec![Datum::undefined(why); activity.n_regions()],
                vec![Datum::undefined(why); activity.n_industries()],
            ),
        };
        for (r, code) in activity.regions().codes().iter().enumerate() {
            r_period.push(i64::from(p));
            region.push(code.clone());
            eci.push(e[r]);
            diversity.push(presence.diversity()[r] as i64);
        }
        for (i, code) in activity.industries().codes().iter().enumerate() {
            i_period.push(i64::from(p));
            industry.push(code.clone());
            pci.push(c[i]);
            ubiquity.push(presence.ubiquity()[i] as i64);
        }
        Ok(())
    })?;
    let regions = Frame::new(vec![
        Column::integer("period", "", r_period),
        Column::text("region", region),
        Column::number("eci", "sd", eci),
        Column::integer("diversity", "1", diversity),
    ])?;
    let industries = Frame::new(vec![
        Column::integer("period", "", i_period),
        Column::text("industry", industry),
        Column::number("pci", "sd", pci),
        Column::integer("ubiquity", "1", ubiquity),
    ])?;
    Ok(Answer::one("regions", regions).and("industries", industries).noting(notes).noting(remarks))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Presence {
        Presence::from_rows(&[[1, 1, 1, 0], [1, 1, 0, 0], [0, 1, 1, 1], [1, 0, 0, 0]])
    }

    #[track_caller]
    fn check(found: &[Datum], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            let found = found.number().unwrap();
            assert!((found - expected).abs() < 1e-11, "{found} is not {expected}");
        }
    }

    #[test]
    fn the_example_has_the_published_complexities() {
        let found = economic_complexity(&example(), ComplexityScale::OwnZ).unwrap();
        let eci = [0.186_384_590_877, -0.379_060_129_943, 1.475_288_869_19, -1.282_613_330_12];
        let pci = [-1.475_288_869_19, -0.186_384_590_877, 0.379_060_129_943, 1.282_613_330_12];
        check(&found.eci, &eci);
        check(&found.pci, &pci);
        assert!((found.eigenvalues[0] - 0.508_714).abs() < 1e-6);
        assert!((found.eigenvalues[1] - 0.092_020).abs() < 1e-6);
        let sample = economic_complexity(&example(), ComplexityScale::SampleSd).unwrap();
        check(&sample.eci, &eci.map(|z| z * 0.75_f64.sqrt()));
    }

    // More regions than industries, so the other matrix is decomposed.
    #[test]
    fn the_transposed_example_swaps_regions_and_industries() {
        let tall = [[1, 1, 0], [1, 1, 1], [1, 0, 0], [0, 1, 1], [1, 1, 0]];
        let wide = [[1, 1, 1, 0, 1], [1, 1, 0, 1, 1], [0, 1, 0, 1, 0]];
        let tall = economic_complexity(&Presence::from_rows(&tall), ComplexityScale::OwnZ).unwrap();
        let wide = economic_complexity(&Presence::from_rows(&wide), ComplexityScale::OwnZ).unwrap();
        let sign = if tall.eci[0].number() == wide.pci[0].number() { 1.0 } else { -1.0 };
        let swapped: Vec<f64> = wide.pci.iter().map(|z| sign * z.number().unwrap()).collect();
        let close =
            tall.eci.iter().zip(&swapped).all(|(a, b)| (a.number().unwrap() - b).abs() < 1e-9);
        let mirrored =
            tall.eci.iter().zip(&swapped).all(|(a, b)| (a.number().unwrap() + b).abs() < 1e-9);
        assert!(close || mirrored);
    }

    #[test]
    fn eci_is_the_mean_pci_of_a_regions_industries_on_its_scale() {
        let m = example();
        let found = economic_complexity(&m, ComplexityScale::Eci).unwrap();
        for r in 0..4 {
            let own: Vec<f64> =
                (0..4).filter(|&i| m.has(r, i)).map(|i| found.pci[i].number().unwrap()).collect();
            assert!((mean(&own).unwrap() - found.eci[r].number().unwrap()).abs() < 1e-12);
        }
    }

    #[test]
    fn what_lies_outside_the_largest_part_has_no_complexity() {
        let m = Presence::from_rows(&[
            [1, 1, 0, 0, 0],
            [1, 1, 1, 0, 0],
            [0, 0, 1, 0, 0],
            [0, 0, 0, 1, 0],
            [0, 0, 0, 0, 0],
        ]);
        let found = economic_complexity(&m, ComplexityScale::OwnZ).unwrap();
        assert_eq!(found.eci[3], Datum::undefined(Undefined::NotIdentified));
        assert_eq!(found.eci[4], Datum::undefined(Undefined::ZeroTotal));
        assert_eq!(found.pci[4], Datum::undefined(Undefined::ZeroTotal));
        assert_eq!(found.n_regions_outside, 1);
    }

    #[test]
    fn regions_that_all_have_everything_cannot_be_told_apart() {
        let m = Presence::from_rows(&[[1, 1], [1, 1]]);
        assert_eq!(economic_complexity(&m, ComplexityScale::OwnZ), Err(Undefined::NotIdentified));
    }
}
