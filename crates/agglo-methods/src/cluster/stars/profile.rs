//! Star profiles: which criteria give a star, how many stars make a cluster strong, which floors
//! it must clear. Read from `data/cluster_profiles.csv`, changed by options.

use std::fmt;

use crate::call::{Call, MethodError};
use crate::diagnosis::thresholds::{constant, rows};

/// What a star is given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Criterion {
    /// Activity of the industry in the region.
    Size,
    /// Location quotient.
    Lq,
    /// Share of the industry in the region's activity.
    Focus,
    /// Value added or wage per worker.
    Productivity,
    /// Growth above that of the industry in the nation.
    Growth,
}

impl Criterion {
    /// All, in the order of the answer's columns.
    pub(super) const ALL: [Criterion; 5] = [
        Criterion::Size,
        Criterion::Lq,
        Criterion::Focus,
        Criterion::Productivity,
        Criterion::Growth,
    ];

    /// The criterion's name.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Criterion::Size => "size",
            Criterion::Lq => "lq",
            Criterion::Focus => "focus",
            Criterion::Productivity => "productivity",
            Criterion::Growth => "growth",
        }
    }

    fn from_id(id: &str) -> Option<Criterion> {
        Criterion::ALL.into_iter().find(|criterion| criterion.id() == id)
    }
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// A number with how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Threshold {
    pub(super) value: f64,
    pub(super) mark: &'static str,
    pub(super) source: &'static str,
}

/// When a criterion gives a star: at a percentile of the industry's regions, at a fixed minimum,
/// or at both. No star where neither is set.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Rule {
    pub(super) percentile: Option<Threshold>,
    pub(super) minimum: Option<Threshold>,
}

impl Rule {
    pub(super) const fn holds(&self) -> bool {
        self.percentile.is_some() || self.minimum.is_some()
    }
}

/// A profile with the user's changes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Profile {
    rules: [Rule; 5],
    pub(super) min_stars: Threshold,
    /// Criteria of which at least one star is needed; empty when any will do.
    pub(super) among: Vec<Criterion>,
    pub(super) floor_share: Option<Threshold>,
    pub(super) floor_value: Option<Threshold>,
    pub(super) floor_plants: Option<Threshold>,
}

impl Profile {
    /// The profile that the call's variant names, changed by the call's options.
    pub(super) fn of(call: &Call<'_>) -> Result<Profile, MethodError> {
        let mut profile = Profile::named(call.variant());
        for criterion in Criterion::ALL {
            let rule = &mut profile.rules[criterion as usize];
            change(call, &format!("{criterion}_percentile"), (0.0, 100.0), &mut rule.percentile)?;
            if criterion == Criterion::Lq {
                change(call, "lq_minimum", (0.0, f64::INFINITY), &mut rule.minimum)?;
            }
        }
        change(call, "floor_share", (0.0, 1.0), &mut profile.floor_share)?;
        change(call, "floor_value", (0.0, f64::INFINITY), &mut profile.floor_value)?;
        change(call, "floor_plants", (0.0, f64::INFINITY), &mut profile.floor_plants)?;
        let mut min_stars = Some(profile.min_stars);
        change(call, "min_stars", (0.0, 5.0), &mut min_stars)?;
        if let Some(min_stars) = min_stars {
            profile.min_stars = min_stars;
        }
        match call.option("anchor") {
            "" => {}
            "none" => profile.among.clear(),
            list => {
                profile.among = list
                    .split(',')
                    .map(|id| {
                        Criterion::from_id(id.trim()).ok_or_else(|| MethodError::Option {
                            method: super::STARS.id,
                            option: "anchor".to_owned(),
                            found: list.to_owned(),
                            allowed: "a list of size, lq, focus, productivity, growth; `none`; or \
                                      empty for the profile's"
                                .to_owned(),
                        })
                    })
                    .collect::<Result<_, _>>()?;
            }
        }
        Ok(profile)
    }

    fn named(name: &str) -> Profile {
        let mut profile = Profile {
            rules: [Rule::default(); 5],
            min_stars: Threshold { value: 0.0, mark: "A", source: "agglo" },
            among: Vec::new(),
            floor_share: None,
            floor_value: None,
            floor_plants: None,
        };
        let table = rows(include_str!("../../../data/cluster_profiles.csv"));
        for cells in table.filter(|cells| cells[0] == name) {
            let threshold = |cell: &str| {
                (!cell.is_empty()).then(|| Threshold {
                    value: constant(cell),
                    mark: cells[5],
                    source: cells[6],
                })
            };
            let minimum = threshold(cells[3]);
            match (cells[1], minimum) {
                ("stars", Some(stars)) => {
                    profile.min_stars = stars;
                    profile.among = cells[4].split('|').filter_map(Criterion::from_id).collect();
                }
                ("floor_share", floor) => profile.floor_share = floor,
                ("floor_value", floor) => profile.floor_value = floor,
                ("floor_plants", floor) => profile.floor_plants = floor,
                (id, _) => {
                    if let Some(criterion) = Criterion::from_id(id) {
                        profile.rules[criterion as usize] =
                            Rule { percentile: threshold(cells[2]), minimum };
                    }
                }
            }
        }
        profile
    }

    pub(super) fn rule(&self, criterion: Criterion) -> Rule {
        self.rules[criterion as usize]
    }

    /// The thresholds that do not differ between industries, by name.
    pub(super) fn fixed(&self) -> Vec<(&'static str, Threshold)> {
        let floors = [
            ("min_stars", Some(self.min_stars)),
            ("floor_share", self.floor_share),
            ("floor_value", self.floor_value),
            ("floor_plants", self.floor_plants),
        ];
        floors.into_iter().filter_map(|(name, floor)| floor.map(|floor| (name, floor))).collect()
    }
}

/// Applies the text option `name`: empty leaves `threshold`, `none` removes it, a number sets it.
fn change(
    call: &Call<'_>,
    name: &str,
    (low, high): (f64, f64),
    threshold: &mut Option<Threshold>,
) -> Result<(), MethodError> {
    match call.option(name) {
        "" => {}
        "none" => *threshold = None,
        text => {
            let value = text.parse().ok().filter(|value| (low..=high).contains(value));
            let value: f64 = value.ok_or_else(|| MethodError::Option {
                method: super::STARS.id,
                option: name.to_owned(),
                found: text.to_owned(),
                allowed: if high.is_finite() {
                    format!("a number from {low} to {high}, `none`, or empty for the profile's")
                } else {
                    format!("a number from {low}, `none`, or empty for the profile's")
                },
            })?;
            *threshold = Some(Threshold { value, mark: "option", source: "set by the user" });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_has_a_rule_and_a_number_of_stars() {
        for variant in super::super::STARS.variants {
            let profile = Profile::named(variant.id);
            assert!(Criterion::ALL.iter().any(|c| profile.rule(*c).holds()), "{}", variant.id);
            assert!(profile.min_stars.value >= 1.0, "{}", variant.id);
        }
    }
}
