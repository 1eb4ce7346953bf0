//! Opportunity map: industries a region does not have, by how near and how complex they are.
//!
//! COG_ri = (1 − M_ri) [Σ_j (1 − M_rj) PCI_j φ_ij / Σ_k φ_jk − s · ω_ri PCI_i]
//!
//! | symbol | meaning                                                  | shape | range    | unit |
//! |--------|----------------------------------------------------------|-------|----------|------|
//! | COG    | what having i would open up                              | R × I | any real | sd   |
//! | φ      | proximity, φ_ii = 1 here                                 | I × I | 0 … 1    | none |
//! | ω      | density without i itself                                 | R × I | 0 … 1    | none |
//! | PCI    | complexity of an industry; its origin matters for COG    | I     | any real | sd   |
//! | s      | 0 as py-ecomplexity, 1 as the Atlas                      | 1     | 0, 1     | none |
//!
//! Quadrants, cut at the medians of the candidates: near and complex `develop`, near and simple
//! `safe`, far and complex `risky`, far and simple `avoid`; what equals a median counts as above.
//! Gaps: no quadrant without density and PCI. Cost: O(R I (I − k̄)) additions.
//! Source: Balland, Boschma, Crespo and Rigby (2019), Regional Studies 53(9), 1252–1268 (the map);
//! Hausmann et al. (2014), Atlas of Economic Complexity, and py-ecomplexity (COG).

use agglo_core::{Activity, Column, Datum, Frame, Key, Note, Text, Undefined, Values, sum};

use super::complexity::{ComplexityScale, complexity_notes, economic_complexity};
use super::density::{Diagonal, links, relatedness_density, sums_over};
use super::presence::{Presence, revealed_comparative_advantage};
use super::proximity::{ProximityKind, proximity};
use super::{CUTOFF, PROXIMITY_KIND, THRESHOLD, presence_of};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, Mark, Method, OUT_INDUSTRY, OUT_PERIOD, OUT_REGION, OptionKind,
    OptionSpec, OutputTable, Variant, out,
};
use crate::inference::median;

/// COG of every cell, region-major, without the Atlas's deduction; 0 where the industry is there.
/// Industries without a PCI open up nothing known and are left out of the sum.
pub fn outlook_gain(presence: &Presence, proximity: &[Datum], pci: &[Datum]) -> Vec<f64> {
    let n = presence.n_industries();
    let mut gain = links(proximity, n, Diagonal::Include);
    for (j, row) in gain.chunks_mut(n).enumerate() {
        let around = sum(row.iter().copied());
        let worth = pci[j].number().filter(|_| around > 0.0).map_or(0.0, |pci| pci / around);
        for phi in row {
            *phi *= worth;
        }
    }
    let mut sums = sums_over(&gain, n, &presence.industries_of_regions(false));
    for (place, sum) in sums.iter_mut().enumerate() {
        if presence.has(place / n, place % n) {
            *sum = 0.0;
        }
    }
    sums
}

const OUTLOOK: OptionSpec = OptionSpec {
    name: "outlook",
    kind: OptionKind::Choice(&["gain", "net"]),
    default: "gain",
    help: Text::new(
        "outlook gain as py-ecomplexity, or net of density times complexity as the Atlas",
        "前景增益：同 py-ecomplexity，或按 Atlas 减去密度与复杂度之积",
    ),
};
const CANDIDATES: OptionSpec = OptionSpec {
    name: "candidates-below",
    kind: OptionKind::Number(0.0, 1e6),
    default: "1",
    help: Text::new(
        "industries with an RCA below this are candidates (0.5 is stricter)",
        "RCA 低于此值的行业为候选（0.5 更严格）",
    ),
};
const MEDIANS: OptionSpec = OptionSpec {
    name: "medians",
    kind: OptionKind::Choice(&["all", "region"]),
    default: "all",
    help: Text::new(
        "quadrants cut at the medians of all candidates, or of each region's own",
        "象限按全部候选的中位数划分，或按各地区自身候选划分",
    ),
};

pub(super) static OPPORTUNITY_MAP: Method = Method {
    id: "opportunity-map",
    chapter: Chapter::Plan,
    title: Text::new("Opportunity map", "机会图谱"),
    help: Text::new(
        "Which industries could a region grow next, and what would each be worth?",
        "本地区下一步可培育哪些行业，各自价值如何？",
    ),
    inputs: &[ACTIVITY],
    options: &[GAPS, THRESHOLD, CUTOFF, PROXIMITY_KIND, CANDIDATES, OUTLOOK, MEDIANS],
    variants: &[
        Variant {
            id: "own-z",
            help: Text::new(
                "PCI with mean 0 and sd 1 (n)",
                "PCI 标准化，均值 0、标准差 1（除以 n）",
            ),
        },
        Variant {
            id: "eci-scale",
            help: Text::new("PCI on the scale of ECI", "PCI 采用 ECI 的尺度"),
        },
        Variant {
            id: "sample-sd", help: Text::new("PCI with sd (n − 1)", "PCI 标准差除以 n−1")
        },
    ],
    outputs: &[OutputTable {
        name: "opportunities",
        columns: &[
            OUT_PERIOD,
            OUT_REGION,
            OUT_INDUSTRY,
            out("rca", "1", "RCA", "显性比较优势"),
            out("density", "1", "Density", "密度"),
            out("pci", "sd", "Industry complexity", "产业复杂度指数"),
            out("outlook_gain", "sd", "Outlook gain", "前景增益"),
            out("quadrant", "", "Quadrant", "象限"),
        ],
    }],
    formula: "COG(r,i) = Σ_j (1 − M(r,j)) PCI(j) φ(i,j) / Σ_k φ(j,k) for industries the region \
              does not have; quadrants by the medians of density and PCI",
    source: "Balland, Boschma, Crespo and Rigby (2019), Regional Studies 53(9), 1252–1268; \
             Hausmann et al. (2014), Atlas of Economic Complexity; py-ecomplexity",
    mark: Mark::Verified,
    run,
};

/// The rows of one answer, period after period.
#[derive(Default)]
struct Rows {
    period: Vec<i64>,
    region: Vec<Key>,
    industry: Vec<Key>,
    rca: Vec<Datum>,
    density: Vec<Datum>,
    pci: Vec<Datum>,
    gain: Vec<Datum>,
    quadrant: Vec<Option<Key>>,
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let mut rows = Rows::default();
    let mut remarks = Vec::new();
    let notes = call.each_period(|p, activity| {
        remarks.extend(one_period(call, p, activity, &mut rows));
        Ok(())
    })?;
    let frame = Frame::new(vec![
        Column::integer("period", "", rows.period),
        Column::text("region", rows.region),
        Column::text("industry", rows.industry),
        Column::number("rca", "1", rows.rca),
        Column::number("density", "1", rows.density),
        Column::number("pci", "sd", rows.pci),
        Column::number("outlook_gain", "sd", rows.gain),
        Column::new("quadrant", "", Values::Text(rows.quadrant)),
    ])?;
    Ok(Answer::one("opportunities", frame).noting(notes).noting(remarks))
}

fn one_period(call: &Call<'_>, p: i32, activity: &Activity, rows: &mut Rows) -> Vec<Note> {
    let presence = presence_of(call, activity);
    let phi = proximity(&presence, ProximityKind::from_name(call.option("proximity")));
    let omega = relatedness_density(&presence, &phi, Diagonal::Exclude);
    let complexity = economic_complexity(&presence, ComplexityScale::from_variant(call.variant()));
    let notes = complexity.as_ref().map_or_else(|_| vec![], |found| complexity_notes(p, found));
    let pci = match complexity {
        Ok(found) => found.pci,
        Err(why) => vec![Datum::undefined(why); activity.n_industries()],
    };
    let gains = outlook_gain(&presence, &phi, &pci);
    let rca = revealed_comparative_advantage(activity);
    let (n, below) = (activity.n_industries(), call.option_number("candidates-below"));
    let net = call.option("outlook") == "net";

    let first = rows.region.len();
    for place in 0..rca.len() {
        let (r, i) = (place / n, place % n);
        let candidate = rca[place].number().is_some_and(|rca| rca < below);
        if presence.has(r, i) || !candidate {
            continue;
        }
        let gain = pci[i].map(|_| gains[place]);
        let deducted = match (omega[place].number(), pci[i].number()) {
            (Some(density), Some(pci)) if net => gain.map(|gain| gain - density * pci),
            (None, _) if net => Datum::undefined(Undefined::FromGap),
            _ => gain,
        };
        rows.period.push(i64::from(p));
        rows.region.push(activity.regions().code(r).clone());
        rows.industry.push(activity.industries().code(i).clone());
        rows.rca.push(rca[place]);
        rows.density.push(omega[place]);
        rows.pci.push(pci[i]);
        rows.gain.push(deducted);
        rows.quadrant.push(None);
    }
    let mut start = first;
    while start < rows.region.len() {
        let end = if call.option("medians") == "region" {
            start + rows.region[start..].iter().take_while(|r| **r == rows.region[start]).count()
        } else {
            rows.region.len()
        };
        let cut = |values: &[Datum]| {
            median(&values[start..end].iter().filter_map(|v| v.number()).collect::<Vec<_>>())
        };
        if let (Some(near), Some(complex)) = (cut(&rows.density), cut(&rows.pci)) {
            for row in start..end {
                rows.quadrant[row] = match (rows.density[row].number(), rows.pci[row].number()) {
                    (Some(density), Some(pci)) => Some(quadrant(density >= near, pci >= complex)),
                    _ => None,
                };
            }
        }
        start = end;
    }
    notes
}

fn quadrant(near: bool, complex: bool) -> Key {
    Key::from(match (near, complex) {
        (true, true) => "develop",
        (true, false) => "safe",
        (false, true) => "risky",
        (false, false) => "avoid",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_has_the_published_outlook_gains() {
        let m = Presence::from_rows(&[[1, 1, 1, 0], [1, 1, 0, 0], [0, 1, 1, 1], [1, 0, 0, 0]]);
        let phi = proximity(&m, ProximityKind::MinConditional);
        let pci = economic_complexity(&m, ComplexityScale::OwnZ).unwrap().pci;
        let found = outlook_gain(&m, &phi, &pci);
        let expected =
            [[0.0, 0.0, 0.501_428, 0.775_419], [0.0, 0.264_391, 0.454_832, 0.752_121]].concat();
        let rows = [&found[4..8], &found[12..16]].concat();
        for (found, expected) in rows.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
        }
    }

    #[test]
    fn the_four_corners_have_their_names() {
        let names = [(true, true), (true, false), (false, true), (false, false)]
            .map(|(near, complex)| quadrant(near, complex).to_string());
        assert_eq!(names, ["develop", "safe", "risky", "avoid"]);
    }
}
