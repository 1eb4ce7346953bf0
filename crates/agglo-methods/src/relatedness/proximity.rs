//! Proximity: how often do two industries have the same regions?
//!
//! φ_ij = min{P(i|j), P(j|i)} = C_ij / max(k_i, k_j),  C = M'M
//!
//! | symbol | meaning                                           | shape | range | unit |
//! |--------|---------------------------------------------------|-------|-------|------|
//! | M      | whether region r has industry i (RCA ≥ 1)         | R × I | 0, 1  | none |
//! | C_ij   | regions that have both                            | I × I | ≥ 0   | 1    |
//! | k_i    | regions that have i                               | I     | ≥ 0   | 1    |
//! | S_i, T | Σ_{j≠i} C_ij, and Σ_i S_i                         | I, 1  | ≥ 0   | 1    |
//!
//! EconGeo's measures compare C_ij with what S_i and S_j let expect: probability
//! C_ij / (T/2 · [S_i/T · S_j/(T−S_i) + S_j/T · S_i/(T−S_j)]), association C_ij T / (S_i S_j),
//! cosine C_ij / √(S_i S_j). Their sums leave out the diagonal.
//!
//! Gaps: an industry that no region has, or that shares no region in EconGeo's measures, has no
//! proximity. Cost: O(I² R / 64).
//! Source: Hidalgo et al. (2007), Science 317, 482–487; van Eck and Waltman (2009), JASIST 60(8),
//! 1635–1651, and Steijn (2017) as coded in EconGeo `relatedness`.

use agglo_core::{Column, Datum, Frame, Text, Undefined};

use super::presence::Presence;
use super::{CUTOFF, THRESHOLD, presence_of};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, Mark, Method, OUT_PERIOD, OutputTable, Variant, out, out_key,
};

/// How C is normalized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProximityKind {
    /// The smaller of the two conditional probabilities.
    MinConditional,
    /// EconGeo's default, drawing without repetition.
    Probability,
    /// Association strength.
    Association,
    /// Cosine of the co-occurrence sums.
    Cosine,
}

impl ProximityKind {
    /// The kinds by name, default first.
    pub const NAMES: [&'static str; 4] =
        ["min-conditional", "probability", "association", "cosine"];

    /// The kind of this name.
    pub fn from_name(name: &str) -> ProximityKind {
        match name {
            "probability" => ProximityKind::Probability,
            "association" => ProximityKind::Association,
            "cosine" => ProximityKind::Cosine,
            _ => ProximityKind::MinConditional,
        }
    }
}

/// Proximities of all pairs, row-major; the diagonal is the industry with itself: 1.
pub fn proximity(presence: &Presence, kind: ProximityKind) -> Vec<Datum> {
    let n = presence.n_industries();
    let together = presence.cooccurrence();
    let c = |i: usize, j: usize| f64::from(together[i * n + j]);
    let k: Vec<f64> = presence.ubiquity().iter().map(|&k| k as f64).collect();
    let s: Vec<f64> = (0..n).map(|i| (0..n).filter(|&j| j != i).map(|j| c(i, j)).sum()).collect();
    let t: f64 = s.iter().sum();
    let base = if kind == ProximityKind::MinConditional { &k } else { &s };
    let pair = |place: usize| {
        let (i, j) = (place / n, place % n);
        if base[i] == 0.0 || base[j] == 0.0 {
            return Datum::undefined(Undefined::ZeroTotal);
        }
        if i == j {
            return Datum::Number(1.0);
        }
        let expected = match kind {
            ProximityKind::MinConditional => k[i].max(k[j]),
            ProximityKind::Probability => s[i] * s[j] * (1.0 / (t - s[i]) + 1.0 / (t - s[j])) / 2.0,
            ProximityKind::Association => s[i] * s[j] / t,
            ProximityKind::Cosine => (s[i] * s[j]).sqrt(),
        };
        Datum::ratio(c(i, j), expected)
    };
    (0..n * n).map(pair).collect()
}

pub(super) static PROXIMITY: Method = Method {
    id: "proximity",
    chapter: Chapter::Plan,
    title: Text::new("Proximity of industries", "产业邻近度"),
    help: Text::new(
        "Which industries tend to be strong in the same regions?",
        "哪些行业往往在同一批地区具有优势？",
    ),
    inputs: &[ACTIVITY],
    options: &[GAPS, THRESHOLD, CUTOFF],
    variants: &[
        Variant {
            id: "min-conditional",
            help: Text::new(
                "smaller of the two conditional probabilities (py-ecomplexity, economiccomplexity)",
                "取两个条件概率中较小者（py-ecomplexity、economiccomplexity）",
            ),
        },
        Variant {
            id: "probability",
            help: Text::new(
                "co-occurrence over its expectation without repetition; 1 is chance (EconGeo prob)",
                "共现次数与不重复抽样期望之比，1 为随机水平（EconGeo prob）",
            ),
        },
        Variant {
            id: "association",
            help: Text::new(
                "association strength; 1 is chance (EconGeo association)",
                "关联强度，1 为随机水平（EconGeo association）",
            ),
        },
        Variant {
            id: "cosine",
            help: Text::new(
                "cosine of co-occurrence sums (EconGeo cosine)",
                "共现总和的余弦（EconGeo cosine）",
            ),
        },
    ],
    outputs: &[OutputTable {
        name: "proximity",
        columns: &[
            OUT_PERIOD,
            out_key("industry_a", "Industry", "行业甲"),
            out_key("industry_b", "Other industry", "行业乙"),
            out("proximity", "1", "Proximity", "邻近度"),
            out("n_both", "1", "Regions with both", "同时具备的地区数"),
        ],
    }],
    formula: "φ(i,j) = C(i,j) / max(k(i), k(j))   C: regions with both industries; k: regions with \
              the industry (RCA ≥ 1); association: C T / (S(i) S(j)), S: sums of C without the \
              diagonal, T: their total",
    source: "Hidalgo, Klinger, Barabási and Hausmann (2007), Science 317, 482–487; van Eck and \
             Waltman (2009), JASIST 60(8), 1635–1651; EconGeo relatedness",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let kind = ProximityKind::from_name(call.variant());
    let (mut period, mut a, mut b) = (vec![], vec![], vec![]);
    let (mut value, mut n_both) = (vec![], vec![]);
    let notes = call.each_period(|p, activity| {
        let presence = presence_of(call, activity);
        let (phi, together) = (proximity(&presence, kind), presence.cooccurrence());
        let codes = activity.industries().codes();
        for i in 0..codes.len() {
            for j in i + 1..codes.len() {
                period.push(i64::from(p));
                a.push(codes[i].clone());
                b.push(codes[j].clone());
                value.push(phi[i * codes.len() + j]);
                n_both.push(i64::from(together[i * codes.len() + j]));
            }
        }
        Ok(())
    })?;
    let frame = Frame::new(vec![
        Column::integer("period", "", period),
        Column::text("industry_a", a),
        Column::text("industry_b", b),
        Column::number("proximity", "1", value),
        Column::integer("n_both", "1", n_both),
    ])?;
    Ok(Answer::one("proximity", frame).noting(notes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: ProximityKind, pairs: &[(usize, usize, f64)]) {
        let m = Presence::from_rows(&[[1, 1, 1, 0], [1, 1, 0, 0], [0, 1, 1, 1], [1, 0, 0, 0]]);
        let phi = proximity(&m, kind);
        for &(i, j, expected) in pairs {
            let found = phi[(i - 1) * 4 + j - 1].number().unwrap();
            assert!((found - expected).abs() < 1e-12, "({i}, {j}): {found} is not {expected}");
        }
    }

    #[test]
    fn the_example_has_the_published_proximities() {
        let (half, third) = (0.5, 1.0 / 3.0);
        let pairs = [(1, 2, 2.0 * third), (1, 3, third), (1, 4, 0.0), (2, 3, 2.0 * third)];
        check(ProximityKind::MinConditional, &pairs);
        check(ProximityKind::MinConditional, &[(2, 4, third), (3, 4, half), (4, 4, 1.0)]);
    }

    // S = (3, 5, 4, 2), T = 14. Pair (1, 2): 7 (3/14 · 5/11 + 5/14 · 3/9) = 50/33, and 2 over that.
    #[test]
    fn the_example_has_econgeos_relatedness() {
        check(ProximityKind::Probability, &[(1, 2, 1.32), (1, 3, 55.0 / 63.0)]);
        check(ProximityKind::Association, &[(1, 2, 28.0 / 15.0), (1, 4, 0.0)]);
        check(ProximityKind::Cosine, &[(1, 2, 2.0 / 15.0_f64.sqrt())]);
    }

    #[test]
    fn an_industry_that_no_region_has_is_near_to_nothing_known() {
        let phi = proximity(&Presence::from_rows(&[[1, 0]]), ProximityKind::MinConditional);
        assert_eq!(phi[1], Datum::undefined(Undefined::ZeroTotal));
    }
}
