//! What markets, the clusters' purchases and the leaders' purchases tell.

use std::collections::BTreeMap;

use agglo_core::{Datum, Gap, Key, Note};

use super::firms::Firms;
use super::{ByCluster, Fact, When, numbers, over, periods, text, total};
use crate::call::{Call, MethodError};

struct Procurement {
    input_class: Key,
    total: Datum,
    local: Datum,
    local_office: Datum,
}

#[derive(Default)]
pub(super) struct Purchases {
    /// Turnover of each market.
    markets: ByCluster<(Key, Datum)>,
    procurement: ByCluster<Procurement>,
    /// All purchases of a leader, and those from local firms.
    leaders: ByCluster<(Datum, Datum)>,
    money_per_billion: f64,
}

impl Purchases {
    pub(super) fn read(
        call: &Call<'_>,
        firms: &Firms,
        notes: &mut Vec<Note>,
    ) -> Result<Purchases, MethodError> {
        let mut purchases = Purchases {
            money_per_billion: call.option_number("money_per_billion"),
            ..Purchases::default()
        };
        let mut n_homeless = 0;
        if call.has("market") {
            let frame = call.frame("market")?;
            let (id, turnover) = (frame.keys("market_id")?, frame.numbers("turnover")?);
            let (period, cluster) = (periods(frame)?, text(frame, "cluster_id")?);
            for row in 0..id.len() {
                let Some(cluster) = &cluster[row] else {
                    n_homeless += 1;
                    continue;
                };
                let of_cluster = purchases.markets.entry(cluster.clone()).or_default();
                let rows = of_cluster.entry(period[row]).or_default();
                rows.push((id[row].clone(), turnover[row]));
            }
        }
        if call.has("procurement") {
            let frame = call.frame("procurement")?;
            let (cluster, input_class) = (frame.keys("cluster_id")?, frame.keys("input_class")?);
            let (period, all) = (periods(frame)?, numbers(frame, "total")?);
            let (local, office) = (numbers(frame, "local")?, numbers(frame, "local_office")?);
            for row in 0..cluster.len() {
                let of_cluster = purchases.procurement.entry(cluster[row].clone()).or_default();
                of_cluster.entry(period[row]).or_default().push(Procurement {
                    input_class: input_class[row].clone(),
                    total: all[row],
                    local: local[row],
                    local_office: office[row],
                });
            }
        }
        if call.has("leader_purchase") {
            let frame = call.frame("leader_purchase")?;
            let (id, period) = (frame.keys("firm_id")?, periods(frame)?);
            let (all, local) = (numbers(frame, "total")?, numbers(frame, "from_local")?);
            let own = text(frame, "cluster_id")?;
            for row in 0..id.len() {
                let Some(cluster) = own[row].as_ref().or_else(|| firms.cluster_of.get(&id[row]))
                else {
                    n_homeless += 1;
                    continue;
                };
                let of_cluster = purchases.leaders.entry(cluster.clone()).or_default();
                of_cluster.entry(period[row]).or_default().push((all[row], local[row]));
            }
        }
        if n_homeless > 0 {
            notes.push(Note::new(
                "rows-without-cluster",
                format!("{n_homeless} markets or leaders belong to no cluster and were left out"),
                format!("{n_homeless} 个市场或龙头企业未归属集群，已剔除"),
            ));
        }
        Ok(purchases)
    }

    pub(super) fn clusters(&self) -> impl Iterator<Item = &Key> {
        self.markets.keys().chain(self.procurement.keys()).chain(self.leaders.keys())
    }

    /// The input that the cluster buys most of.
    pub(super) fn main_input(&self, when: When, cluster: &Key) -> Option<Key> {
        let (_, rows) = latest(&self.procurement, when, cluster)?;
        let known = rows.iter().filter_map(|row| row.total.number().map(|total| (row, total)));
        let best = known
            .max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.input_class.cmp(&a.0.input_class)));
        best.map(|(row, _)| row.input_class.clone())
    }

    pub(super) fn facts(&self, when: When, cluster: &Key, output: Datum) -> Vec<Fact> {
        let mut facts = self.market_facts(when, cluster, output);
        facts.extend(self.procurement_facts(when, cluster));
        let indicator = "leader_local_purchase_share";
        facts.push(match latest(&self.leaders, when, cluster) {
            None => Fact::needs(indicator, "table leader_purchase"),
            Some((period, rows)) => Fact::new(
                indicator,
                over(total(rows.iter().map(|row| row.1)), total(rows.iter().map(|row| row.0))),
                format!("leader_purchase {period}: {} leaders", rows.len()),
            ),
        });
        facts
    }

    fn market_facts(&self, when: When, cluster: &Key, output: Datum) -> Vec<Fact> {
        let (ratio, largest) = ("market_turnover_ratio", "largest_market_bn");
        let Some((period, rows)) = latest(&self.markets, when, cluster) else {
            return vec![Fact::needs(ratio, "table market"), Fact::needs(largest, "table market")];
        };
        // A market that sells several products has several rows.
        let mut markets: BTreeMap<&Key, Vec<Datum>> = BTreeMap::new();
        for (id, turnover) in rows {
            markets.entry(id).or_default().push(*turnover);
        }
        let turnovers: Vec<Datum> =
            markets.values().map(|rows| total(rows.iter().copied())).collect();
        let unknown = turnovers.iter().filter(|turnover| turnover.number().is_none()).count();
        let source =
            format!("market {period}: {} markets, {unknown} without turnover", turnovers.len());
        let most = turnovers
            .iter()
            .filter_map(|turnover| turnover.number())
            .fold(None, |most: Option<f64>, next| Some(most.map_or(next, |m| m.max(next))));
        let of_output = over(total(turnovers.iter().copied()), output);
        let ratio = match output {
            Datum::Gap(Gap::Missing) => Fact::new(
                ratio,
                of_output,
                format!("{source}; needs table firm with the clusters' output"),
            ),
            _ => Fact::new(ratio, of_output, format!("{source}; firm")),
        };
        let most = most
            .map_or(Datum::Gap(Gap::Missing), |most| Datum::Number(most / self.money_per_billion));
        vec![ratio, Fact::new(largest, most, source)]
    }

    fn procurement_facts(&self, when: When, cluster: &Key) -> Vec<Fact> {
        let (share, office) = ("local_procurement_share", "outside_supplier_office_share");
        let Some((period, rows)) = latest(&self.procurement, when, cluster) else {
            return [share, office].map(|i| Fact::needs(i, "table procurement")).into();
        };
        let source = format!("procurement {period}: {} classes of inputs", rows.len());
        let all = total(rows.iter().map(|row| row.total));
        let local = total(rows.iter().map(|row| row.local));
        let outside = match (all, local) {
            (Datum::Number(all), Datum::Number(local)) => Datum::Number(all - local),
            (gap @ Datum::Gap(_), _) | (_, gap @ Datum::Gap(_)) => gap,
        };
        let offices = total(rows.iter().map(|row| row.local_office));
        vec![
            Fact::new(share, over(local, all), source.clone()),
            Fact::new(
                office,
                over(offices, outside),
                format!("{source}; by value of outside purchases"),
            ),
        ]
    }
}

/// The rows of `cluster` in the year that speaks for the one described.
fn latest<'t, T>(table: &'t ByCluster<T>, when: When, cluster: &Key) -> Option<(i64, &'t [T])> {
    let of_cluster = table.get(cluster)?;
    let period = when.latest(of_cluster.keys().copied())?;
    of_cluster.get(&period).map(|rows| (period, rows.as_slice()))
}
