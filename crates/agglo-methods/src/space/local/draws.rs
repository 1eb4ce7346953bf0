//! Random neighborhoods: ordered draws without replacement, and where each region was drawn.

use agglo_core::{Control, Seed};
use rand::Rng;
use rayon::prelude::*;

/// Whether all regions of a map are compared with the same draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// One set of draws for the map; a region that finds itself in a draw takes the next one drawn.
    Shared,
    /// New draws for every region.
    Independent,
}

/// What the permutations of one map are made of.
#[derive(Clone, Copy)]
pub struct Plan<'a> {
    /// The method, which keeps its random numbers apart from those of others.
    pub method: &'static str,
    /// The seed.
    pub seed: Seed,
    /// What keeps the map's random numbers apart from those of other maps, such as its period.
    pub unit: u32,
    /// How many permutations.
    pub replicates: u32,
    /// Whether regions share them.
    pub scheme: Scheme,
    /// Whether permutations are also counted by how far they are from their mean.
    pub folded: bool,
    /// Progress and cancelling.
    pub control: Control<'a>,
}

/// A number below `n`, each as likely as the others (Lemire 2019, ACM TOMACS 29(1)).
pub(in crate::space) fn below(rng: &mut impl Rng, n: u32) -> u32 {
    loop {
        let product = u64::from(rng.next_u32()) * u64::from(n);
        let low = product as u32;
        if low >= n || low >= n.wrapping_neg() % n {
            return (product >> 32) as u32;
        }
    }
}

/// Up to this many draws a repeated one is found by looking at all before it.
const FEW: usize = 32;

/// Ordered draws without replacement from 0 to n − 1.
#[derive(Default)]
pub(super) struct Sampler {
    pool: Vec<u32>,
    swaps: Vec<u32>,
}

impl Sampler {
    /// Fills `out` with distinct numbers below `n`; every ordered choice is as likely as the others,
    /// and what is drawn depends on `rng` alone.
    pub(super) fn fill(&mut self, rng: &mut impl Rng, n: u32, out: &mut [u32]) {
        if out.len() <= FEW && out.len() * 4 <= n as usize {
            for place in 0..out.len() {
                out[place] = loop {
                    let id = below(rng, n);
                    if !out[..place].contains(&id) {
                        break id;
                    }
                };
            }
            return;
        }
        if self.pool.len() != n as usize {
            self.pool = (0..n).collect();
        }
        self.swaps.clear();
        for (place, out) in out.iter_mut().enumerate() {
            let other = place as u32 + below(rng, n - place as u32);
            self.pool.swap(place, other as usize);
            self.swaps.push(other);
            *out = self.pool[place];
        }
        for (place, &other) in self.swaps.iter().enumerate().rev() {
            self.pool.swap(place, other as usize);
        }
    }
}

/// The draws that the regions of a map share: for each permutation one more region than the largest
/// neighborhood has, so that a region that is drawn for itself can take the next.
///
/// Memory: 12 bytes per permutation and neighbor, 8 per region.
pub(super) struct Shared {
    per: usize,
    ids: Vec<u32>,
    starts: Vec<u32>,
    appearances: Vec<u32>,
}

impl Shared {
    /// Draws for neighborhoods of up to `largest` of `n` regions.
    pub(super) fn draw(plan: &Plan<'_>, n: usize, largest: usize) -> Shared {
        let per = (largest + 1).min(n);
        let mut ids = vec![0; per * plan.replicates as usize];
        ids.par_chunks_mut(per).enumerate().for_each_init(
            Sampler::default,
            |sampler, (replicate, out)| {
                let mut rng = plan.seed.stream(plan.method, plan.unit, replicate as u32);
                sampler.fill(&mut rng, n as u32, out);
            },
        );
        let mut starts = vec![0; n + 1];
        for &id in &ids {
            starts[id as usize + 1] += 1;
        }
        for region in 0..n {
            starts[region + 1] += starts[region];
        }
        let mut next = starts.clone();
        let mut appearances = vec![0; ids.len()];
        for (flat, &id) in ids.iter().enumerate() {
            let slot = &mut next[id as usize];
            appearances[*slot as usize] = flat as u32;
            *slot += 1;
        }
        Shared { per, ids, starts, appearances }
    }

    /// Regions drawn in each permutation.
    pub(super) fn per(&self) -> usize {
        self.per
    }

    /// All draws, permutation by permutation.
    pub(super) fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// The permutations in which `region` is among the first `k` drawn, each with its place there.
    pub(super) fn own(&self, region: usize, k: usize) -> impl Iterator<Item = (usize, usize)> {
        let range = self.starts[region] as usize..self.starts[region + 1] as usize;
        let places = self.appearances[range].iter();
        places
            .map(|&flat| (flat as usize / self.per, flat as usize % self.per))
            .filter(move |&(_, place)| place < k)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(n: u32, k: usize) {
        let mut counts = vec![vec![0_u32; n as usize]; k];
        let mut sampler = Sampler::default();
        let mut out = vec![0; k];
        let draws = 20_000;
        for replicate in 0..draws {
            sampler.fill(&mut Seed(5).stream("draws", n, replicate), n, &mut out);
            for (place, &id) in out.iter().enumerate() {
                assert!(!out[..place].contains(&id), "{out:?}");
                counts[place][id as usize] += 1;
            }
        }
        let expected = f64::from(draws) / f64::from(n);
        for count in counts.into_iter().flatten() {
            assert!((f64::from(count) - expected).abs() < 5.0 * expected.sqrt(), "{count}");
        }
    }

    #[test]
    fn every_region_is_as_likely_at_every_place_and_stands_once() {
        check(40, 3);
        check(9, 8);
        check(50, 40);
    }

    #[test]
    fn a_region_knows_where_it_was_drawn() {
        let plan = Plan {
            method: "draws",
            seed: Seed(1),
            unit: 0,
            replicates: 50,
            scheme: Scheme::Shared,
            folded: false,
            control: Control::none(),
        };
        let shared = Shared::draw(&plan, 12, 4);
        assert_eq!(shared.per(), 5);
        let mut n_found = 0;
        for region in 0..12 {
            for (replicate, place) in shared.own(region, 5) {
                assert_eq!(shared.ids()[replicate * 5 + place], region as u32);
                n_found += 1;
            }
            assert!(shared.own(region, 2).all(|(_, place)| place < 2));
        }
        assert_eq!(n_found, 250);
    }
}
