//! What the list of firms tells: number, concentration, and what came from elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Datum, Gap, Key, Note, Undefined, sum};

use super::{ByCluster, Fact, When, numbers, over, periods, text, total};
use crate::call::{Call, MethodError};

struct Firm {
    id: Key,
    group: Key,
    size: Datum,
    opened_year: Option<i64>,
    /// Whether it came from another region; `None` when not known.
    transferred: Option<bool>,
}

#[derive(Default)]
pub(super) struct Firms {
    by_cluster: ByCluster<Firm>,
    /// Cluster of each firm, for tables that name firms only.
    pub(super) cluster_of: BTreeMap<Key, Key>,
    knows_origin: bool,
}

impl Firms {
    pub(super) fn read(call: &Call<'_>, notes: &mut Vec<Note>) -> Result<Firms, MethodError> {
        if !call.has("firm") {
            return Ok(Firms::default());
        }
        let frame = call.frame("firm")?;
        let (id, period) = (frame.keys("firm_id")?, periods(frame)?);
        let (cluster, parent) = (text(frame, "cluster_id")?, text(frame, "parent_id")?);
        let (origin, previous) = (text(frame, "origin")?, text(frame, "previous_region")?);
        let (size, opened) =
            (numbers(frame, call.option("measure"))?, numbers(frame, "opened_year")?);
        let parents: BTreeMap<(i64, &Key), &Key> = (0..id.len())
            .filter_map(|row| parent[row].as_ref().map(|p| ((period[row], &id[row]), p)))
            .collect();
        let mut firms = Firms {
            knows_origin: origin.iter().chain(&previous).any(Option::is_some),
            ..Firms::default()
        };
        let mut seen = BTreeSet::new();
        let mut n_homeless = 0;
        for row in 0..id.len() {
            if !seen.insert((period[row], id[row].clone())) {
                return Err(MethodError::Data {
                    what: format!("two rows for firm `{}`, period {}", id[row], period[row]),
                });
            }
            if let Some(size) = size[row].number().filter(|size| *size < 0.0) {
                return Err(MethodError::Data {
                    what: format!("firm `{}`, period {}: size {size}", id[row], period[row]),
                });
            }
            let Some(cluster) = &cluster[row] else {
                n_homeless += 1;
                continue;
            };
            firms.cluster_of.insert(id[row].clone(), cluster.clone());
            let firm = Firm {
                id: id[row].clone(),
                group: head(&parents, period[row], &id[row]),
                size: size[row],
                opened_year: opened[row].number().map(|year| year as i64),
                transferred: transferred(origin[row].as_deref(), previous[row].as_deref()),
            };
            let of_cluster = firms.by_cluster.entry(cluster.clone()).or_default();
            of_cluster.entry(period[row]).or_default().push(firm);
        }
        if n_homeless > 0 {
            notes.push(Note::new(
                "firms-without-cluster",
                format!("{n_homeless} rows of firms name no cluster and were left out"),
                format!("{n_homeless} 行企业记录未注明集群，已剔除"),
            ));
        }
        Ok(firms)
    }

    pub(super) fn clusters(&self) -> impl Iterator<Item = &Key> {
        self.by_cluster.keys()
    }

    fn at(&self, cluster: &Key, period: i64) -> &[Firm] {
        self.by_cluster.get(cluster).and_then(|c| c.get(&period)).map_or(&[], Vec::as_slice)
    }

    fn latest(&self, when: When, cluster: &Key) -> Option<i64> {
        when.latest(self.by_cluster.get(cluster)?.keys().copied())
    }

    /// Total size of a cluster's firms, when it is measured in money.
    pub(super) fn output(&self, call: &Call<'_>, when: When, cluster: &Key) -> Datum {
        let Some(period) = self.latest(when, cluster) else {
            return Datum::Gap(Gap::Missing);
        };
        if call.option("measure") == "employment" {
            return Datum::Gap(Gap::NotApplicable);
        }
        total(sized(self.at(cluster, period), call).map(|firm| firm.size))
    }

    pub(super) fn facts(&self, call: &Call<'_>, when: When, cluster: &Key) -> Vec<Fact> {
        let Some(period) = self.latest(when, cluster) else {
            let what = "table firm";
            return [
                "n_firms",
                "cr1",
                "cr4",
                "hhi",
                "transferred_growth_share",
                "transferred_stock_share",
            ]
            .map(|indicator| Fact::needs(indicator, what))
            .into();
        };
        let firms = self.at(cluster, period);
        let measure = call.option("measure");
        let n_groups = firms.iter().map(|firm| &firm.group).collect::<BTreeSet<_>>().len();
        let unsized_firms = firms.iter().filter(|firm| firm.size.number().is_none()).count();
        let source = format!(
            "firm {period}, {measure}: {} firms in {n_groups} groups, {unsized_firms} without a size",
            firms.len()
        );
        let sizes = group_sizes(firms, call);
        let concentration = |of: &dyn Fn(&[f64]) -> f64| match &sizes {
            Err(gap) => Datum::Gap(*gap),
            Ok(sizes) if sum(sizes.iter().copied()) <= 0.0 => {
                Datum::undefined(Undefined::ZeroTotal)
            }
            Ok(sizes) => Datum::Number(of(sizes)),
        };
        let cr = |n: usize| {
            concentration(&|sizes| sum(sizes.iter().take(n).copied()) / sum(sizes.iter().copied()))
        };
        let hhi = concentration(&|sizes| {
            let all = sum(sizes.iter().copied());
            sum(sizes.iter().map(|size| (size / all).powi(2)))
        });
        vec![
            Fact::new("n_firms", Datum::Number(n_groups as f64), source.clone()),
            Fact::new("cr1", cr(1), source.clone()),
            Fact::new("cr4", cr(4), source.clone()),
            Fact::new("hhi", hhi, source),
            self.growth_share(call, when, cluster, period),
            self.stock_share(call, cluster, period),
        ]
    }

    fn stock_share(&self, call: &Call<'_>, cluster: &Key, period: i64) -> Fact {
        let indicator = "transferred_stock_share";
        if !self.knows_origin {
            return Fact::needs(indicator, "firm.origin or firm.previous_region");
        }
        let firms: Vec<&Firm> = sized(self.at(cluster, period), call).collect();
        let of = |wanted: Option<bool>| {
            total(firms.iter().filter(|f| f.transferred == wanted).map(|firm| firm.size))
        };
        let unknown = over(of(None), total(firms.iter().map(|firm| firm.size)));
        let (came, stayed) = (of(Some(true)), of(Some(false)));
        let value = match (came, stayed, unknown) {
            (_, _, Datum::Number(unknown)) if unknown > call.option_number("max_unknown") => {
                Datum::undefined(Undefined::NotEnoughEvidence)
            }
            (Datum::Number(came), Datum::Number(stayed), Datum::Number(_)) => {
                Datum::ratio(came, came + stayed)
            }
            (gap @ Datum::Gap(_), _, _)
            | (_, gap @ Datum::Gap(_), _)
            | (_, _, gap @ Datum::Gap(_)) => gap,
        };
        let unknown = unknown.number().map_or(100.0, |share| 100.0 * share);
        Fact::new(indicator, value, format!("firm {period}: origin unknown for {unknown:.1} %"))
    }

    fn growth_share(&self, call: &Call<'_>, when: When, cluster: &Key, period: i64) -> Fact {
        let indicator = "transferred_growth_share";
        if !self.knows_origin {
            return Fact::needs(indicator, "firm.origin or firm.previous_region");
        }
        if period == 0 {
            return Fact::needs(indicator, "firm.period");
        }
        let start = period - when.window;
        let before = self.at(cluster, start);
        if before.is_empty() {
            return Fact::needs(indicator, &format!("table firm for {start}"));
        }
        let firms: Vec<&Firm> = sized(self.at(cluster, period), call).collect();
        let (q1, q0) = (
            total(firms.iter().map(|firm| firm.size)),
            total(sized(before, call).map(|firm| firm.size)),
        );
        let is_new = |firm: &Firm| match firm.opened_year {
            Some(year) => year > start,
            None => !before.iter().any(|other| other.id == firm.id),
        };
        let of = |wanted: Option<bool>| {
            total(
                firms
                    .iter()
                    .filter(|firm| firm.transferred == wanted && is_new(firm))
                    .map(|firm| firm.size),
            )
        };
        let (came, unknown) = (of(Some(true)), of(None));
        let source = format!("firm {start} to {period}");
        let value = match (q0, q1, came, unknown) {
            (Datum::Number(q0), Datum::Number(q1), Datum::Number(came), Datum::Number(unknown)) => {
                if q1 <= q0 {
                    return Fact::new(
                        indicator,
                        Datum::Gap(Gap::NotApplicable),
                        format!("{source}: the cluster did not grow"),
                    );
                }
                if unknown / (q1 - q0) > call.option_number("max_unknown") {
                    Datum::undefined(Undefined::NotEnoughEvidence)
                } else {
                    Datum::ratio(came, q1 - q0)
                }
            }
            _ => Datum::undefined(Undefined::FromGap),
        };
        Fact::new(indicator, value, source)
    }
}

/// The firms that count for sums: all, or those with a size, by the option `firm_gaps`.
fn sized<'f>(firms: &'f [Firm], call: &Call<'_>) -> impl Iterator<Item = &'f Firm> + use<'f> {
    let drop = call.option("firm_gaps") == "drop";
    firms.iter().filter(move |firm| !drop || firm.size.number().is_some())
}

/// Sizes of the groups, largest first; the gap of a firm where one has no size.
fn group_sizes(firms: &[Firm], call: &Call<'_>) -> Result<Vec<f64>, Gap> {
    let mut groups: BTreeMap<&Key, Vec<f64>> = BTreeMap::new();
    for firm in sized(firms, call) {
        match firm.size {
            Datum::Number(size) => groups.entry(&firm.group).or_default().push(size),
            Datum::Gap(gap) => return Err(gap),
        }
    }
    let mut sizes: Vec<f64> = groups.into_values().map(sum).collect();
    sizes.sort_unstable_by(|a, b| b.total_cmp(a));
    Ok(sizes)
}

/// The firm at the head of a chain of parents; a ring of parents goes by its first name.
fn head(parents: &BTreeMap<(i64, &Key), &Key>, period: i64, firm: &Key) -> Key {
    let mut chain = vec![firm];
    while let Some(parent) = parents.get(&(period, chain[chain.len() - 1])) {
        if chain.contains(parent) {
            return chain.into_iter().min().map_or_else(|| firm.clone(), Key::clone);
        }
        chain.push(parent);
    }
    chain[chain.len() - 1].clone()
}

/// Whether a firm came from another region, by its origin or else by the region it left.
fn transferred(origin: Option<&str>, previous_region: Option<&str>) -> Option<bool> {
    match origin.map(str::trim) {
        Some("transferred") => Some(true),
        Some("local" | "foreign") => Some(false),
        _ => previous_region.map(|_| true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_of_parents_leads_to_its_head_and_a_ring_to_its_first_name() {
        let [a, b, c] = ["a", "b", "c"].map(Key::from);
        let chain = BTreeMap::from([((1, &a), &b), ((1, &b), &c)]);
        assert_eq!(head(&chain, 1, &a), c);
        let ring = BTreeMap::from([((1, &a), &b), ((1, &b), &a)]);
        assert_eq!(head(&ring, 1, &b), a);
    }

    #[test]
    fn an_unknown_origin_is_neither_local_nor_transferred() {
        assert_eq!(transferred(Some("unknown"), None), None);
        assert_eq!(transferred(None, Some("r1")), Some(true));
        assert_eq!(transferred(Some("local"), Some("r1")), Some(false));
    }
}
