//! What the register of clusters, with the activity of their regions and industries, tells.

use std::collections::BTreeMap;
use std::sync::Arc;

use agglo_core::{Datum, Gap, Key, Panel, Undefined, sum};

use super::{Fact, When, numbers, over, text};
use crate::call::{Call, MethodError};

struct Registered {
    regions: Vec<Key>,
    industries: Vec<Key>,
    resource_industry: Option<Key>,
    resource_lq: Datum,
    delta_share: Datum,
}

#[derive(Default)]
pub(super) struct Places {
    register: BTreeMap<Key, Registered>,
    activity: Option<Arc<Panel>>,
}

/// The codes in a cell, separated by blanks, commas, semicolons or bars.
fn codes(cell: Option<&Key>) -> Vec<Key> {
    let separator = |c: char| c.is_whitespace() || [',', ';', '|', '、', '；', '，'].contains(&c);
    let cell = cell.map_or("", AsRef::as_ref);
    cell.split(separator).filter(|code| !code.is_empty()).map(Key::from).collect()
}

impl Places {
    pub(super) fn read(call: &Call<'_>) -> Result<Places, MethodError> {
        let mut places = Places::default();
        if call.has("activity") {
            places.activity = Some(call.panel("activity")?);
        }
        if !call.has("cluster_register") {
            return Ok(places);
        }
        let frame = call.frame("cluster_register")?;
        let (regions, industries) = (text(frame, "regions")?, text(frame, "industries")?);
        let resource = text(frame, "resource_industry")?;
        let (lq, delta) = (numbers(frame, "resource_lq")?, numbers(frame, "delta_share")?);
        for (row, cluster) in frame.keys("cluster_id")?.into_iter().enumerate() {
            let registered = Registered {
                regions: codes(regions[row].as_ref()),
                industries: codes(industries[row].as_ref()),
                resource_industry: resource[row].clone(),
                resource_lq: lq[row],
                delta_share: delta[row],
            };
            if places.register.insert(cluster.clone(), registered).is_some() {
                return Err(MethodError::Data {
                    what: format!("two rows of `cluster_register` for cluster `{cluster}`"),
                });
            }
        }
        Ok(places)
    }

    pub(super) fn clusters(&self) -> impl Iterator<Item = &Key> {
        self.register.keys()
    }

    pub(super) fn facts(&self, when: When, cluster: &Key, main_input: Option<Key>) -> Vec<Fact> {
        let Some(own) = self.register.get(cluster) else {
            return ["resource_lq", "delta_share"]
                .map(|i| Fact::needs(i, "table cluster_register"))
                .into();
        };
        vec![self.resource_lq(when, own, main_input), self.delta_share(when, own)]
    }

    fn resource_lq(&self, when: When, own: &Registered, main_input: Option<Key>) -> Fact {
        let indicator = "resource_lq";
        if own.resource_lq.number().is_some() {
            return Fact::new(indicator, own.resource_lq, "cluster_register");
        }
        let Some(industry) = own.resource_industry.clone().or(main_input) else {
            return Fact::needs(
                indicator,
                "cluster_register.resource_lq or resource_industry, or table procurement",
            );
        };
        let Some((panel, period)) = self.year(when.period) else {
            return Fact::needs(indicator, "table activity, or cluster_register.resource_lq");
        };
        let industries = [industry.clone()];
        let everything: Vec<Key> = panel.industries().codes().to_vec();
        let everywhere: Vec<Key> = panel.regions().codes().to_vec();
        let total = |regions: &[Key], industries: &[Key]| block(panel, period, regions, industries);
        let focus = over(total(&own.regions, &industries), total(&own.regions, &everything));
        let national = over(total(&everywhere, &industries), total(&everywhere, &everything));
        Fact::new(
            indicator,
            over(focus, national),
            format!("activity {}, industry {industry}", panel.periods()[period]),
        )
    }

    fn delta_share(&self, when: When, own: &Registered) -> Fact {
        let indicator = "delta_share";
        if own.delta_share.number().is_some() {
            return Fact::new(indicator, own.delta_share, "cluster_register");
        }
        let Some((panel, after)) = self.year(when.period) else {
            return Fact::needs(indicator, "table activity, or cluster_register.delta_share");
        };
        let start = i64::from(panel.periods()[after]) - when.window;
        let Ok(before) = panel.period_idx(start as i32) else {
            return Fact::needs(indicator, &format!("table activity for {start}"));
        };
        let everywhere: Vec<Key> = panel.regions().codes().to_vec();
        let share = |period: usize| {
            over(
                block(panel, period, &own.regions, &own.industries),
                block(panel, period, &everywhere, &own.industries),
            )
        };
        let value = match (share(after), share(before)) {
            (Datum::Number(after), Datum::Number(before)) => Datum::Number(after - before),
            (gap @ Datum::Gap(_), _) | (_, gap @ Datum::Gap(_)) => gap,
        };
        Fact::new(indicator, value, format!("activity {start} to {}", panel.periods()[after]))
    }

    /// The activity table with its latest year not after `period` (its latest of all when the
    /// other tables have no year).
    fn year(&self, period: i64) -> Option<(&Panel, usize)> {
        let panel = self.activity.as_deref()?;
        let fits = |p: &i32| period == 0 || i64::from(*p) <= period;
        panel.periods().iter().rposition(fits).map(|place| (panel, place))
    }
}

/// Sum of a block of cells; a gap when one of them is, or when a code is not in the table.
fn block(panel: &Panel, period: usize, regions: &[Key], industries: &[Key]) -> Datum {
    let mut numbers = Vec::new();
    for region in regions {
        for industry in industries {
            let place = panel.regions().place(region).zip(panel.industries().place(industry));
            let Some((r, i)) = place else { return Datum::Gap(Gap::Missing) };
            match panel.cell(period, r, i) {
                Datum::Number(value) => numbers.push(value),
                Datum::Gap(_) => return Datum::undefined(Undefined::FromGap),
            }
        }
    }
    if numbers.is_empty() {
        return Datum::Gap(Gap::Missing);
    }
    Datum::Number(sum(numbers))
}
