//! Relatedness density: how much of what an industry is related to does a region already have?
//!
//! ω_ri = Σ_j M_rj φ_ij / Σ_j φ_ij
//!
//! | symbol | meaning                                              | shape | range | unit |
//! |--------|------------------------------------------------------|-------|-------|------|
//! | M      | whether region r has industry j (RCA ≥ 1)            | R × I | 0, 1  | none |
//! | φ      | proximity of industries                              | I × I | ≥ 0   | none |
//! | ω      | 0 nothing related is there, 1 all of it is           | R × I | 0 … 1 | none |
//!
//! Sources disagree on j = i: with it (py-ecomplexity, economiccomplexity) an industry's own
//! presence raises its density; without it (EconGeo) it does not. EconGeo multiplies by 100.
//! Gaps: no ω for an industry related to none, or for a region without activity.
//! Cost: O(R I k̄) additions, k̄ the mean diversity.
//! Source: Hidalgo et al. (2007), Science 317; code of py-ecomplexity and EconGeo.

use agglo_core::{Column, Datum, Frame, Text, Undefined};

use super::presence::{Presence, revealed_comparative_advantage};
use super::proximity::{ProximityKind, proximity};
use super::{CUTOFF, PROXIMITY_KIND, THRESHOLD, presence_of};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, Mark, Method, OUT_INDUSTRY, OUT_PERIOD, OUT_REGION, OutputTable,
    Variant, out,
};

/// Whether an industry counts among what it is related to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Diagonal {
    /// It does not.
    Exclude,
    /// It does.
    Include,
}

/// Densities, region-major, 0 to 1.
pub fn relatedness_density(
    presence: &Presence,
    proximity: &[Datum],
    diagonal: Diagonal,
) -> Vec<Datum> {
    let n = presence.n_industries();
    let links = links(proximity, n, diagonal);
    let all: Vec<usize> = (0..n).collect();
    let around = sums_over(&links, n, &[all]);
    let there = sums_over(&links, n, &presence.industries_of_regions(true));
    there.iter().enumerate().map(|(place, has)| Datum::ratio(*has, around[place % n])).collect()
}

/// Proximities as plain weights: no proximity is no link.
pub(super) fn links(proximity: &[Datum], n: usize, diagonal: Diagonal) -> Vec<f64> {
    let weight = |(place, phi): (usize, &Datum)| {
        let own = place / n == place % n;
        if own && diagonal == Diagonal::Exclude { 0.0 } else { phi.number().unwrap_or(0.0) }
    };
    proximity.iter().enumerate().map(weight).collect()
}

/// Columns summed at once: what the processor keeps in registers.
const TILE: usize = 16;

/// For each list of rows, the sum of these rows of `matrix` (n columns, row-major).
///
/// Each sum runs in the order of the list, so the result is the same on every machine. The matrix
/// is gone through in strips of a few columns, which stay in the cache for all lists.
pub(super) fn sums_over(matrix: &[f64], n: usize, lists: &[Vec<usize>]) -> Vec<f64> {
    let mut sums = vec![0.0; lists.len() * n];
    let mut strip = vec![[0.0; TILE]; matrix.len() / n];
    for first in (0..n).step_by(TILE) {
        let width = TILE.min(n - first);
        for (row, tile) in strip.iter_mut().enumerate() {
            *tile = [0.0; TILE];
            tile[..width].copy_from_slice(&matrix[row * n + first..row * n + first + width]);
        }
        for (list, rows) in lists.iter().enumerate() {
            let mut totals = [0.0; TILE];
            for &row in rows {
                for (total, value) in totals.iter_mut().zip(&strip[row]) {
                    *total += value;
                }
            }
            sums[list * n + first..list * n + first + width].copy_from_slice(&totals[..width]);
        }
    }
    sums
}

pub(super) static RELATEDNESS_DENSITY: Method = Method {
    id: "relatedness-density",
    chapter: Chapter::Plan,
    title: Text::new("Relatedness density", "关联密度"),
    help: Text::new(
        "How close is each industry to what a region is already strong in?",
        "各行业与本地区现有优势产业有多接近？",
    ),
    inputs: &[ACTIVITY],
    options: &[GAPS, THRESHOLD, CUTOFF, PROXIMITY_KIND],
    variants: &[
        Variant {
            id: "exclude-self",
            help: Text::new(
                "an industry does not count towards its own density, 0 to 1",
                "行业自身不计入其密度，取值 0 至 1",
            ),
        },
        Variant {
            id: "include-self",
            help: Text::new(
                "it counts (py-ecomplexity, economiccomplexity)",
                "行业自身计入（py-ecomplexity、economiccomplexity）",
            ),
        },
        Variant {
            id: "percent",
            help: Text::new(
                "without itself, 0 to 100 (EconGeo relatedness_density)",
                "不含自身，取值 0 至 100（EconGeo relatedness_density）",
            ),
        },
    ],
    outputs: &[OutputTable {
        name: "density",
        columns: &[
            OUT_PERIOD,
            OUT_REGION,
            OUT_INDUSTRY,
            out("density", "1", "Density", "密度"),
            out("rca", "1", "RCA", "显性比较优势"),
            out("present", "1", "Present (1) or not (0)", "是否具备（1 是，0 否）"),
        ],
    }],
    formula: "ω(r,i) = Σ_j M(r,j) φ(i,j) / Σ_j φ(i,j)   M: 1 where RCA ≥ 1; φ: proximity; \
              j ≠ i unless the variant says otherwise",
    source: "Hidalgo, Klinger, Barabási and Hausmann (2007), Science 317, 482–487; EconGeo \
             relatedness_density; py-ecomplexity",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let kind = ProximityKind::from_name(call.option("proximity"));
    let diagonal = match call.variant() {
        "include-self" => Diagonal::Include,
        _ => Diagonal::Exclude,
    };
    let scale = if call.variant() == "percent" { 100.0 } else { 1.0 };
    let (mut period, mut region, mut industry) = (vec![], vec![], vec![]);
    let (mut density, mut rca, mut present) = (vec![], vec![], vec![]);
    let notes = call.each_period(|p, activity| {
        let presence = presence_of(call, activity);
        let omega = relatedness_density(&presence, &proximity(&presence, kind), diagonal);
        let totals = activity.region_totals();
        let quotients = revealed_comparative_advantage(activity);
        for (r, code) in activity.regions().codes().iter().enumerate() {
            for (i, name) in activity.industries().codes().iter().enumerate() {
                let place = r * activity.n_industries() + i;
                period.push(i64::from(p));
                region.push(code.clone());
                industry.push(name.clone());
                density.push(if totals[r] == 0.0 {
                    Datum::undefined(Undefined::ZeroTotal)
                } else {
                    omega[place].map(|w| w * scale)
                });
                rca.push(quotients[place]);
                present.push(i64::from(presence.has(r, i)));
            }
        }
        Ok(())
    })?;
    let frame = Frame::new(vec![
        Column::integer("period", "", period),
        Column::text("region", region),
        Column::text("industry", industry),
        Column::number("density", "1", density),
        Column::number("rca", "1", rca),
        Column::integer("present", "1", present),
    ])?;
    Ok(Answer::one("density", frame).noting(notes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(diagonal: Diagonal, region: usize, expected: [f64; 4]) {
        let m = Presence::from_rows(&[[1, 1, 1, 0], [1, 1, 0, 0], [0, 1, 1, 1], [1, 0, 0, 0]]);
        let omega =
            relatedness_density(&m, &proximity(&m, ProximityKind::MinConditional), diagonal);
        for (found, expected) in omega[(region - 1) * 4..region * 4].iter().zip(expected) {
            let found = found.number().unwrap();
            assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
        }
    }

    #[test]
    fn without_itself_a_region_that_has_all_related_industries_has_density_one() {
        check(Diagonal::Exclude, 1, [1.0, 0.8, 2.0 / 3.0, 1.0]);
        check(Diagonal::Exclude, 2, [2.0 / 3.0, 0.4, 2.0 / 3.0, 0.4]);
        check(Diagonal::Exclude, 3, [1.0, 0.6, 7.0 / 9.0, 1.0]);
        check(Diagonal::Exclude, 4, [0.0, 0.4, 2.0 / 9.0, 0.0]);
    }

    #[test]
    fn with_itself_an_industry_raises_its_own_density() {
        check(Diagonal::Include, 2, [5.0 / 6.0, 0.625, 0.4, 2.0 / 11.0]);
    }

    #[test]
    fn strips_add_up_to_the_plain_sums() {
        let n = 37;
        let matrix: Vec<f64> = (0..n * n).map(|k| ((k * 7919) % 101) as f64).collect();
        let lists = vec![vec![0, 5, 36], vec![], (0..n).collect()];
        let found = sums_over(&matrix, n, &lists);
        for (list, rows) in lists.iter().enumerate() {
            for column in 0..n {
                let expected: f64 = rows.iter().map(|row| matrix[row * n + column]).sum();
                assert_eq!(found[list * n + column], expected);
            }
        }
    }
}
