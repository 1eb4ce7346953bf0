//! Which region has which industry: revealed comparative advantage, cut at a threshold.
//!
//! RCA = (e_ir / e_r) / (e_i / e), M = 1 where RCA ≥ 1
//!
//! | symbol | meaning                                  | shape | range  | unit |
//! |--------|------------------------------------------|-------|--------|------|
//! | e_ir   | activity of industry i in region r       | R × I | ≥ 0    | any  |
//! | M      | whether region r has industry i          | R × I | 0, 1   | none |
//! | k_r    | diversity: industries the region has     | R     | 0 … I  | 1    |
//! | k_i    | ubiquity: regions that have the industry | I     | 0 … R  | 1    |
//!
//! Compared as e_ir · e ≥ threshold · e_r · e_i: for counts both sides are exact, so a quotient of
//! exactly one is not lost to rounding. Cost: O(R I).
//! Source: Balassa (1965), Manchester School 33(2), 99–123; Hidalgo et al. (2007), Science 317.

use agglo_core::{Activity, Datum, Undefined};

/// Whether a quotient that equals the threshold counts as present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cutoff {
    /// It does: economiccomplexity, py-ecomplexity.
    AtLeast,
    /// It does not: EconGeo.
    Above,
}

/// M, with the sums every method of the family needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Presence {
    n_industries: usize,
    /// Region-major.
    present: Vec<bool>,
    diversity: Vec<usize>,
    ubiquity: Vec<usize>,
}

impl Presence {
    /// M of `activity`.
    pub fn of(activity: &Activity, threshold: f64, cutoff: Cutoff) -> Presence {
        let (e_r, e_i, e) =
            (activity.region_totals(), activity.industry_totals(), activity.total());
        let n = activity.n_industries();
        let has = |(place, value): (usize, &f64)| {
            let (found, asked) = (value * e, threshold * (e_r[place / n] * e_i[place % n]));
            *value > 0.0
                && match cutoff {
                    Cutoff::AtLeast => found >= asked,
                    Cutoff::Above => found > asked,
                }
        };
        Presence::new(n, activity.values().iter().enumerate().map(has).collect())
    }

    /// M from its cells, region-major.
    ///
    /// # Panics
    /// When the cells do not fill whole rows.
    pub fn new(n_industries: usize, present: Vec<bool>) -> Presence {
        assert!(n_industries > 0 && present.len().is_multiple_of(n_industries), "whole rows");
        let mut diversity = vec![0; present.len() / n_industries];
        let mut ubiquity = vec![0; n_industries];
        for (place, _) in present.iter().enumerate().filter(|(_, has)| **has) {
            diversity[place / n_industries] += 1;
            ubiquity[place % n_industries] += 1;
        }
        Presence { n_industries, present, diversity, ubiquity }
    }

    /// M from rows of zeros and ones, for worked examples.
    pub fn from_rows<const I: usize>(rows: &[[u8; I]]) -> Presence {
        Presence::new(I, rows.concat().into_iter().map(|cell| cell == 1).collect())
    }

    /// Number of regions.
    pub fn n_regions(&self) -> usize {
        self.diversity.len()
    }

    /// Number of industries.
    pub fn n_industries(&self) -> usize {
        self.n_industries
    }

    /// Whether the region has the industry.
    pub fn has(&self, region_idx: usize, industry_idx: usize) -> bool {
        self.present[region_idx * self.n_industries + industry_idx]
    }

    /// Industries per region.
    pub fn diversity(&self) -> &[usize] {
        &self.diversity
    }

    /// Regions per industry.
    pub fn ubiquity(&self) -> &[usize] {
        &self.ubiquity
    }

    /// The industries of each region whose presence is `wanted`.
    pub(super) fn industries_of_regions(&self, wanted: bool) -> Vec<Vec<usize>> {
        (0..self.n_regions())
            .map(|r| (0..self.n_industries).filter(|&i| self.has(r, i) == wanted).collect())
            .collect()
    }

    /// In how many regions two industries occur together: M'M, row-major.
    ///
    /// Regions are bits of 64-bit words, so a pair costs R/64 operations and the counts are exact.
    pub fn cooccurrence(&self) -> Vec<u32> {
        let (n, words) = (self.n_industries, self.n_regions().div_ceil(64));
        let mut bits = vec![0_u64; n * words];
        for (place, _) in self.present.iter().enumerate().filter(|(_, has)| **has) {
            let (r, i) = (place / n, place % n);
            bits[i * words + r / 64] |= 1 << (r % 64);
        }
        let mut counts = vec![0; n * n];
        for i in 0..n {
            let row = &bits[i * words..(i + 1) * words];
            for j in i..n {
                let other = &bits[j * words..(j + 1) * words];
                let count = row.iter().zip(other).map(|(a, b)| (a & b).count_ones()).sum();
                counts[i * n + j] = count;
                counts[j * n + i] = count;
            }
        }
        counts
    }
}

/// RCA of every cell, region-major; a gap where the region or the industry has no activity.
pub fn revealed_comparative_advantage(activity: &Activity) -> Vec<Datum> {
    let (e_r, e_i, e) = (activity.region_totals(), activity.industry_totals(), activity.total());
    let n = activity.n_industries();
    let quotient = |(place, value): (usize, &f64)| {
        let expected = e_r[place / n] * e_i[place % n];
        if expected == 0.0 {
            Datum::undefined(Undefined::ZeroTotal)
        } else {
            Datum::finite(value * e / expected, Undefined::ZeroDenominator)
        }
    };
    activity.values().iter().enumerate().map(quotient).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotient_of_exactly_one_is_present_or_not_by_the_cutoff() {
        let even = Activity::from_rows(&[[1.0, 3.0], [2.0, 6.0], [0.0, 0.0]]);
        let at_least = Presence::of(&even, 1.0, Cutoff::AtLeast);
        assert_eq!(at_least.diversity(), [2, 2, 0]);
        assert_eq!(Presence::of(&even, 1.0, Cutoff::Above).ubiquity(), [0, 0]);
        let rca = revealed_comparative_advantage(&even);
        assert_eq!(rca[0], Datum::Number(1.0));
        assert_eq!(rca[4], Datum::undefined(Undefined::ZeroTotal));
    }

    #[test]
    fn industries_occur_together_as_often_as_they_share_regions() {
        let m = Presence::from_rows(&[[1, 1, 1, 0], [1, 1, 0, 0], [0, 1, 1, 1], [1, 0, 0, 0]]);
        assert_eq!(m.cooccurrence(), [3, 2, 1, 0, 2, 3, 2, 1, 1, 2, 2, 1, 0, 1, 1, 1]);
        assert_eq!((m.diversity(), m.ubiquity()), (&[3, 2, 3, 1][..], &[3, 3, 2, 1][..]));
    }
}
