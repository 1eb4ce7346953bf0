//! Which regions form clubs, by the clustering of Phillips and Sul.
//!
//! 1. Sort by the last value, highest first. 2. If all pass the log t test they are one club.
//! 3. Core: the first pair of neighbors in the order that passes, lengthened downward while the
//!    test passes; of these groups the one with the largest t. 4. Sieve: every other region whose
//!    test together with the core gives t > c*; c* is raised until the club passes, or the core
//!    stays alone. 5. The club leaves and the rest starts again; what has no core diverges.
//!
//! Merging: a club takes in the next while the joint test passes (Phillips and Sul 2009), or while
//! it also gives a larger t than the next two clubs would (von Lyncker and Thoennessen 2017).
//!
//! Cost: O(R² T).
//! Source: Phillips and Sul (2007), Econometrica 75, 1771–1855, and (2009), Journal of Applied
//! Econometrics 24, 1153–1185; von Lyncker and Thoennessen (2017), Empirical Economics 52, 525–553.

use agglo_core::{Cancelled, Undefined};

use super::log_t::{LogT, LongRun, log_t, variation};

/// t below which convergence is rejected: 5 % on one side.
pub const CRITICAL: f64 = -1.65;
const RAISE: f64 = 0.1;
const MOST_RAISED: f64 = 3.0;

/// How clubs are sought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Search {
    /// Share of the periods left out at the start.
    pub trim: f64,
    /// The error of b.
    pub long_run: LongRun,
    /// Which group becomes the core.
    pub core: Core,
    /// c* of the sieve.
    pub sieve: f64,
    /// Whether c* is raised until the club passes.
    pub raises: Raises,
}

/// Which of the groups that pass becomes the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Core {
    /// The one with the largest t, as Phillips and Sul write it.
    LargestT,
    /// The one with the largest |t|, as R's ConvergenceClubs.
    LargestAbsoluteT,
}

/// Whether c* is raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raises {
    /// By 0.1 until the club passes; beyond 3 the core stays alone.
    UntilPassed,
    /// Never: a club may fail its own test.
    Never,
}

/// How neighboring clubs are merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merging {
    /// Not at all.
    None,
    /// Phillips and Sul (2009).
    PhillipsSul,
    /// Von Lyncker and Thoennessen (2017).
    VonLynckerThoennessen,
}

/// A club.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Club {
    /// Its regions, the richest first.
    pub members: Vec<usize>,
    /// Its own test.
    pub test: Result<LogT, Undefined>,
    /// The clubs before merging that it is made of, counted from 0.
    pub made_of: Vec<usize>,
}

/// The clubs and the regions in none.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Clubs {
    /// The clubs, the richest first.
    pub clubs: Vec<Club>,
    /// The regions that converge to none.
    pub divergent: Vec<usize>,
}

impl Search {
    fn test(&self, paths: &[Vec<f64>], of: &[usize]) -> Result<LogT, Undefined> {
        log_t(&variation(paths, of), self.trim, self.long_run)
    }

    /// t of a group; paths that are the same have come together.
    fn t(&self, paths: &[Vec<f64>], of: &[usize]) -> f64 {
        match self.test(paths, of) {
            Ok(found) => found.t,
            Err(Undefined::NoVariation) => f64::MAX,
            Err(_) => f64::MIN,
        }
    }

    /// The clubs of `paths`, by region, then period. `step` is asked before each club.
    ///
    /// # Errors
    /// [`Cancelled`], when `step` says so.
    pub fn clubs(
        &self,
        paths: &[Vec<f64>],
        mut step: impl FnMut() -> Result<(), Cancelled>,
    ) -> Result<Clubs, Cancelled> {
        let last = |r: usize| paths[r].last().copied().unwrap_or(0.0);
        let mut left: Vec<usize> = (0..paths.len()).collect();
        left.sort_by(|&a, &b| last(b).total_cmp(&last(a)).then(a.cmp(&b)));
        let mut clubs: Vec<Club> = Vec::new();
        while left.len() > 1 {
            step()?;
            let members = if self.t(paths, &left) > CRITICAL {
                left.clone()
            } else {
                let Some(core) = self.core(paths, &left) else { break };
                self.sieve(paths, &left, core)
            };
            left.retain(|region| !members.contains(region));
            clubs.push(Club {
                test: self.test(paths, &members),
                made_of: vec![clubs.len()],
                members,
            });
        }
        Ok(Clubs { clubs, divergent: left })
    }

    fn core(&self, paths: &[Vec<f64>], sorted: &[usize]) -> Option<Vec<usize>> {
        let start = (1..sorted.len()).find(|&at| self.t(paths, &sorted[at - 1..=at]) > CRITICAL)?;
        let from = start - 1;
        let mut best = (start, self.t(paths, &sorted[from..=start]));
        let size = |t: f64| match self.core {
            Core::LargestT => t,
            Core::LargestAbsoluteT => t.abs(),
        };
        for end in start + 1..sorted.len() {
            let t = self.t(paths, &sorted[from..=end]);
            if t <= CRITICAL {
                break;
            }
            if size(t) > size(best.1) {
                best = (end, t);
            }
        }
        Some(sorted[from..=best.0].to_vec())
    }

    fn sieve(&self, paths: &[Vec<f64>], sorted: &[usize], core: Vec<usize>) -> Vec<usize> {
        let with = |region: usize| {
            let mut group = core.clone();
            group.push(region);
            self.t(paths, &group)
        };
        let others: Vec<(usize, f64)> = sorted
            .iter()
            .filter(|region| !core.contains(region))
            .map(|&region| (region, with(region)))
            .collect();
        let mut threshold = self.sieve;
        loop {
            let mut members = core.clone();
            members.extend(others.iter().filter(|(_, t)| *t > threshold).map(|(r, _)| *r));
            if self.raises == Raises::Never || self.t(paths, &members) > CRITICAL {
                return members;
            }
            if threshold > MOST_RAISED {
                return core;
            }
            threshold += RAISE;
        }
    }

    /// `found` with neighboring clubs merged.
    pub fn merged(&self, paths: &[Vec<f64>], found: &Clubs, how: Merging) -> Clubs {
        let clubs = &found.clubs;
        if how == Merging::None || clubs.len() < 2 {
            return found.clone();
        }
        let joint = |a: &[usize], b: &[usize]| {
            let both: Vec<usize> = a.iter().chain(b).copied().collect();
            self.t(paths, &both)
        };
        let mut merged: Vec<Club> = Vec::new();
        let mut at = 0;
        while at < clubs.len() {
            let mut club = clubs[at].clone();
            at += 1;
            while at < clubs.len() {
                let t = joint(&club.members, &clubs[at].members);
                let next = clubs.get(at + 1).map(|next| joint(&clubs[at].members, &next.members));
                let gives_way =
                    how == Merging::VonLynckerThoennessen && next.is_some_and(|next| t <= next);
                if t <= CRITICAL || gives_way {
                    break;
                }
                club.members.extend(&clubs[at].members);
                club.made_of.extend(&clubs[at].made_of);
                club.test = self.test(paths, &club.members);
                at += 1;
            }
            merged.push(club);
        }
        Clubs { clubs: merged, divergent: found.divergent.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEARCH: Search = Search {
        trim: 1.0 / 3.0,
        long_run: LongRun::Fixed,
        core: Core::LargestT,
        sieve: 0.0,
        raises: Raises::UntilPassed,
    };

    /// Paths that come together at `level`, from distances `a`.
    fn paths(level: f64, a: &[f64]) -> Vec<Vec<f64>> {
        a.iter()
            .map(|a| {
                (1..=30)
                    .map(|t| {
                        let t = f64::from(t);
                        level * (1.0 + a / t + 0.002 * (t * (3.0 + a)).sin() / t)
                    })
                    .collect()
            })
            .collect()
    }

    #[test]
    fn two_levels_are_two_clubs_and_are_not_merged() {
        let mut all = paths(100.0, &[0.5, 0.2, -0.3]);
        all.extend(paths(40.0, &[0.4, -0.1, -0.5, 0.3]));
        let found = SEARCH.clubs(&all, || Ok(())).unwrap();
        let mut members: Vec<Vec<usize>> =
            found.clubs.iter().map(|club| club.members.clone()).collect();
        for club in &mut members {
            club.sort_unstable();
        }
        assert_eq!(members, [vec![0, 1, 2], vec![3, 4, 5, 6]]);
        assert_eq!(found.divergent, Vec::<usize>::new());
        assert_eq!(SEARCH.merged(&all, &found, Merging::PhillipsSul).clubs.len(), 2);
    }

    #[test]
    fn one_level_is_one_club_in_any_order() {
        let mut all = paths(100.0, &[0.5, 0.2, -0.3, 0.1]);
        let found = SEARCH.clubs(&all, || Ok(())).unwrap();
        assert_eq!(found.clubs.len(), 1);
        all.reverse();
        assert_eq!(SEARCH.clubs(&all, || Ok(())).unwrap().clubs[0].members.len(), 4);
    }
}
