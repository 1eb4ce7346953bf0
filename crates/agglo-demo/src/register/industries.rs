//! The industries: groups of twelve, of which four are related and share their homes.

use crate::artificial::{GIANT_SHARES, HOME_SHARES};
use crate::error::DemoError;
use crate::sink::{Sink, Table, cells};

use super::country::Country;
use super::names;
use super::plan::RegisterPlan;
use super::random::{Purpose, below};

/// Industries of a group: 0–3 localized, 4–5 granular, 6–7 dispersed, 8–11 neutral.
pub(super) const GROUP: usize = 12;
/// Every so many groups, the related industries move inland after the turn.
const MOVING_EVERY: usize = 4;
/// Home regions of a group of related industries.
pub(super) const N_HOMES: usize = HOME_SHARES.len();
/// Giants of a granular industry.
pub(super) const N_GIANTS: u64 = GIANT_SHARES.len() as u64;

/// How the plants of an industry choose their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Localized,
    Granular,
    Dispersed,
    Neutral,
}

impl Kind {
    const fn of(i: usize) -> Kind {
        match i % GROUP {
            0..=3 => Kind::Localized,
            4..=5 => Kind::Granular,
            6..=7 => Kind::Dispersed,
            _ => Kind::Neutral,
        }
    }

    pub(super) const fn label(self) -> &'static str {
        match self {
            Kind::Localized => "localized",
            Kind::Granular => "granular",
            Kind::Dispersed => "dispersed",
            Kind::Neutral => "neutral",
        }
    }
}

pub(super) struct Industry {
    pub(super) code: String,
    en: String,
    zh: String,
    pub(super) kind: Kind,
    pub(super) group: usize,
    intensity: char,
    /// Plants in every round of plants of the country.
    pub(super) slots: u32,
    /// Output of a job, hundredths of a thousand crowns a year.
    pub(super) output_per_job: u64,
    /// Value added in output.
    pub(super) value_added_percent: u64,
}

/// A group of related industries.
pub(super) struct Group {
    pub(super) code: String,
    /// Home regions, the strongest first.
    pub(super) homes: [usize; N_HOMES],
    /// Where plants of the strongest home go after the turn, in groups that move.
    pub(super) receivers: Option<[usize; 2]>,
}

pub(super) struct Industries {
    pub(super) all: Vec<Industry>,
    pub(super) groups: Vec<Group>,
    /// Plants after which every industry has had its slots.
    pub(super) round: u64,
    /// Industry of each slot, and the number of the slot within the industry.
    slots: Vec<(u16, u16)>,
    /// Steps through the slots that meet each once.
    strides: Vec<u64>,
    rounds: Purpose,
}

impl Industries {
    pub(super) fn draw(plan: &RegisterPlan, country: &Country) -> Industries {
        let n = plan.n_industries();
        let purpose = Purpose::new(plan.seed, "register/industry");
        let all: Vec<Industry> = (0..n)
            .map(|i| {
                let kind = Kind::of(i);
                let base = match kind {
                    Kind::Localized | Kind::Neutral => 3,
                    Kind::Granular | Kind::Dispersed => 2,
                };
                let draws = purpose.of(i as u64);
                let (intensity, output_per_job, value_added_percent) = match below(draws.at(1), 3) {
                    0 => ('L', 50_000, 40),
                    1 => ('C', 110_000, 35),
                    _ => ('T', 90_000, 45),
                };
                let (en, zh) = names::industry(i);
                Industry {
                    // Two digits of the group, up to 100 of them, then the number in it.
                    code: format!("{:03}{:02}", 100 + i / GROUP, i % GROUP + 1),
                    en,
                    zh,
                    kind,
                    group: i / GROUP,
                    intensity,
                    slots: base * (1 + below(draws.at(0), 3) as u32),
                    output_per_job,
                    value_added_percent,
                }
            })
            .collect();
        let n_groups = n.div_ceil(GROUP);
        let groups = (0..n_groups).map(|g| group(g, n_groups, country)).collect();
        let slots: Vec<(u16, u16)> = all
            .iter()
            .enumerate()
            .flat_map(|(i, industry)| (0..industry.slots).map(move |s| (i as u16, s as u16)))
            .collect();
        let round = slots.len() as u64;
        let strides = (round / 3..).filter(|&stride| coprime(stride, round)).take(64).collect();
        let rounds = Purpose::new(plan.seed, "register/round");
        Industries { all, groups, round, slots, strides, rounds }
    }

    /// The industry of plant `k`, and its number within that industry.
    #[inline]
    pub(super) fn of_plant(&self, k: u64) -> (usize, u64) {
        let (round, place) = (k / self.round, k % self.round);
        let draws = self.rounds.of(round);
        let stride = self.strides[(draws.at(0) % 64) as usize];
        let slot = (stride * place + below(draws.at(1), self.round)) % self.round;
        let (i, within) = self.slots[slot as usize];
        let ordinal = round * u64::from(self.all[usize::from(i)].slots) + u64::from(within);
        (usize::from(i), ordinal)
    }

    /// Plants of industry `i` among `plants`, but for those of an unfinished round.
    pub(super) fn plants_of(&self, i: usize, plants: u64) -> u64 {
        plants / self.round * u64::from(self.all[i].slots)
            + plants % self.round * u64::from(self.all[i].slots) / self.round
    }

    /// The group of industry `i` if it is one of the related ones.
    pub(super) fn related(&self, i: usize) -> Option<&Group> {
        let industry = &self.all[i];
        (industry.kind == Kind::Localized).then(|| &self.groups[industry.group])
    }

    pub(super) fn write(&self, sink: &mut dyn Sink) -> Result<(), DemoError> {
        let mut table = Table::create(
            sink,
            "data/industries.csv",
            &["industry", "name_en", "name_zh", "group", "intensity"],
        )?;
        for industry in &self.all {
            let Industry { code, en, zh, intensity, .. } = industry;
            table.row(cells![code, en, zh, self.groups[industry.group].code, intensity])?;
        }
        table.finish()
    }
}

fn group(g: usize, n_groups: usize, country: &Country) -> Group {
    let (coast, inland) = (&country.coast, &country.inland);
    // Two homes on the coast and one inland; groups share none while there are enough regions.
    let homes =
        [coast[2 * g % coast.len()], coast[(2 * g + 1) % coast.len()], inland[g % inland.len()]];
    let receivers = g.is_multiple_of(MOVING_EVERY).then(|| {
        let first = n_groups + g / 2;
        let mut free =
            (first..).map(|place| inland[place % inland.len()]).filter(|r| !homes.contains(r));
        [0; 2].map(|_: usize| free.next().unwrap_or(inland[0]))
    });
    Group { code: format!("G{:03}", g + 1), homes, receivers }
}

fn coprime(a: u64, b: u64) -> bool {
    let (mut a, mut b) = (a, b);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a == 1
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_plant_of_an_industry_has_a_number_of_its_own() {
        let plan = RegisterPlan::default();
        let industries = Industries::draw(&plan, &Country::draw(&plan));
        let plants = 7 * industries.round;
        let mut found = vec![BTreeSet::new(); industries.all.len()];
        for k in 0..plants {
            let (i, ordinal) = industries.of_plant(k);
            assert!(found[i].insert(ordinal));
        }
        for (i, found) in found.iter().enumerate() {
            assert_eq!(found.len() as u64, industries.plants_of(i, plants));
            assert_eq!(found.last(), Some(&(found.len() as u64 - 1)));
        }
    }

    #[test]
    fn a_group_that_moves_goes_to_regions_that_are_none_of_its_homes() {
        for (regions, industries) in [(24, 1200), (24, 24), (3000, 1200), (200, 100)] {
            let plan = RegisterPlan {
                plants: 1_000_000,
                regions: Some(regions),
                industries: Some(industries),
                ..RegisterPlan::default()
            };
            let country = Country::draw(&plan);
            let industries = Industries::draw(&plan, &country);
            for group in &industries.groups {
                let homes: BTreeSet<_> = group.homes.iter().collect();
                assert_eq!(homes.len(), N_HOMES);
                if let Some([first, second]) = group.receivers {
                    assert!(first != second);
                    assert!(!homes.contains(&first) && !homes.contains(&second));
                }
            }
            assert!(industries.groups[0].receivers.is_some());
        }
    }
}
