//! The index of a group of industries.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Column, Datum, Frame, Key, Note, Undefined, sum};

use super::chance::{Tested, herfindahl};
use crate::call::{Call, MethodError};
use crate::concentration::plants::PeriodPlants;

/// A group's index with its raw concentration.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct GroupCoagglomeration {
    /// The index.
    pub gamma: f64,
    /// Squared distance of the group's shares from the benchmark's.
    pub raw_g: f64,
}

/// γᶜ of the industries with this activity `by_region`, each weighted by its total, against
/// `benchmark`; industries without activity do not count.
///
/// # Errors
/// [`Undefined::TooFew`] for fewer than two industries with activity, [`Undefined::ZeroTotal`] and
/// [`Undefined::SingleRegion`] for a benchmark in no region or in one.
///
/// # Panics
/// When an industry and `benchmark` are not of one length.
pub fn group_coagglomeration(
    by_region: &[&[f64]],
    benchmark: &[f64],
) -> Result<GroupCoagglomeration, Undefined> {
    let total = sum(benchmark.iter().copied());
    if total <= 0.0 {
        return Err(Undefined::ZeroTotal);
    }
    if benchmark.iter().filter(|b| **b > 0.0).count() < 2 {
        return Err(Undefined::SingleRegion);
    }
    let totals: Vec<f64> = by_region.iter().map(|own| sum(own.iter().copied())).collect();
    if totals.iter().filter(|own| **own > 0.0).count() < 2 {
        return Err(Undefined::TooFew);
    }
    let all = sum(totals.iter().copied());
    let distance = |share: &dyn Fn(usize) -> f64| {
        sum(benchmark.iter().enumerate().map(|(r, b)| (share(r) - b / total).powi(2)))
    };
    let raw_g = distance(&|r| sum(by_region.iter().map(|own| own[r])) / all);
    let active = || by_region.iter().zip(&totals).filter(|(_, own)| **own > 0.0);
    let alone = sum(active().map(|(values, own)| {
        assert_eq!(values.len(), benchmark.len(), "a benchmark value for every region");
        (own / all).powi(2) * distance(&|r| values[r] / own)
    }));
    let x2 = sum(benchmark.iter().map(|b| (b / total).powi(2)));
    let room = 1.0 - sum(totals.iter().map(|own| (own / all).powi(2)));
    Ok(GroupCoagglomeration { gamma: (raw_g - alone) / ((1.0 - x2) * room), raw_g })
}

/// The industries of each group.
pub(super) struct Groups(BTreeMap<Key, BTreeSet<Key>>);

/// A group's industries among those of a period.
pub(super) struct Members {
    pub(super) group: Key,
    /// Industries with activity.
    pub(super) places: Vec<usize>,
    /// Their shares in the group.
    pub(super) weights: Vec<f64>,
}

impl Groups {
    /// The table `industry_group`, if it was given.
    pub(super) fn read(call: &Call<'_>) -> Result<Option<Groups>, MethodError> {
        if !call.has("industry_group") {
            return Ok(None);
        }
        let frame = call.frame("industry_group")?;
        let mut groups: BTreeMap<Key, BTreeSet<Key>> = BTreeMap::new();
        for (industry, group) in frame.keys("industry")?.into_iter().zip(frame.keys("group")?) {
            groups.entry(group).or_default().insert(industry);
        }
        Ok(Some(Groups(groups)))
    }

    pub(super) fn of(&self, plants: &PeriodPlants) -> Vec<Members> {
        let one = |(group, codes): (&Key, &BTreeSet<Key>)| {
            let mut members = Members { group: group.clone(), places: vec![], weights: vec![] };
            for (place, industry) in plants.industries.iter().enumerate() {
                let own = sum(industry.by_region.iter().copied());
                if own > 0.0 && codes.contains(&industry.industry) {
                    members.places.push(place);
                    members.weights.push(own);
                }
            }
            let all = sum(members.weights.iter().copied());
            members.weights.iter_mut().for_each(|weight| *weight /= all);
            members
        };
        self.0.iter().map(one).collect()
    }

    /// Tells of industries in groups that no period has.
    pub(super) fn unmatched_note(&self, periods: &[PeriodPlants]) -> Option<Note> {
        let there: BTreeSet<&Key> = periods
            .iter()
            .flat_map(|plants| plants.industries.iter().map(|one| &one.industry))
            .collect();
        let absent: BTreeSet<&Key> =
            self.0.values().flatten().filter(|code| !there.contains(code)).collect();
        let n = absent.len();
        let codes: Vec<&str> = absent.iter().take(5).map(|code| code.as_ref()).collect();
        let (codes, more) = (codes.join(", "), if n > 5 { ", …" } else { "" });
        (n > 0).then(|| {
            Note::new(
                "industries-unmatched",
                format!("{n} industries of the groups have no data ({codes}{more})"),
                format!("行业组中有 {n} 个行业无数据（{codes}{more}）"),
            )
        })
    }
}

#[derive(Default)]
pub(super) struct Rows {
    period: Vec<i64>,
    group: Vec<Key>,
    numbers: [Vec<Datum>; 5],
    n_industries: Vec<i64>,
}

impl Rows {
    pub(super) fn push(
        &mut self,
        period: i64,
        group: &Members,
        place: usize,
        plants: &PeriodPlants,
        tested: &Tested,
    ) {
        let by_region: Vec<&[f64]> =
            group.places.iter().map(|i| plants.industries[*i].by_region.as_slice()).collect();
        let index = group_coagglomeration(&by_region, &plants.benchmark);
        let z = index.and_then(|index| tested.group_z(index.gamma, group));
        let p = index.and_then(|_| tested.group_p_value(z, group, place));
        let herfindahls: Result<Vec<f64>, Undefined> =
            group.places.iter().map(|i| herfindahl(&plants.industries[*i].sizes)).collect();
        let h = herfindahls
            .map(|own| sum(own.iter().zip(&group.weights).map(|(h, weight)| weight * weight * h)));
        let row = [index.map(|index| index.gamma), index.map(|index| index.raw_g), h, z, p];
        for (column, value) in self.numbers.iter_mut().zip(row) {
            column.push(Datum::from(value));
        }
        self.period.push(period);
        self.group.push(group.group.clone());
        self.n_industries.push(group.places.len() as i64);
    }

    pub(super) fn frame(self) -> Result<Frame, MethodError> {
        let mut columns =
            vec![Column::integer("period", "", self.period), Column::text("group", self.group)];
        let names = ["gamma", "raw_g", "herfindahl", "z", "p_value"];
        let numbers = names.into_iter().zip(self.numbers);
        columns.extend(numbers.map(|(name, values)| Column::number(name, "1", values)));
        columns.push(Column::integer("n_industries", "1", self.n_industries));
        Ok(Frame::new(columns)?)
    }
}
