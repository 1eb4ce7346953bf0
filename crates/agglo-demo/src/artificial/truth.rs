//! What was planted, as values and as JSON.

use std::fmt::Write as _;

use super::geography::{self, Group, REGIONS};
use super::indicators::{NOISE_STEPS, ORDER};
use super::industries::{CHAINS, GIANT_SHARES, HOME_SHARES, INDUSTRIES, Kind};
use super::io_table::CHAIN_LINK;
use super::plan::Plan;
use super::plants::{COAST_GROWTH, MOVING_SHARE, Moves, RECEIVERS};
use super::region_years::{last_score, stage};
use super::totals::innovation_percent;

/// Everything planted in one artificial country.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Truth {
    /// The plan it was drawn from.
    pub plan: Plan,
    /// The year in which concentration is highest.
    pub turning_year: i32,
    /// Growth of the coast's plants relative to the others' before that year, and loss after.
    pub coast_growth: f64,
    /// How each industry chooses its places.
    pub industries: Vec<IndustryTruth>,
    /// Shares of a localized industry in its home regions, before size draws some more there.
    pub home_shares: Vec<f64>,
    /// Shares of the giants in the jobs of a granular industry.
    pub giant_shares: Vec<f64>,
    /// How much more an industry buys from its own chain than from others.
    pub chain_link: u64,
    /// Share of the coast's textile plants that move inland if they are still open.
    pub moving_share: f64,
    /// The regions that receive them.
    pub receiving_regions: Vec<&'static str>,
    /// What moved, as drawn.
    pub flows: Vec<Flow>,
    /// Stage and innovation of the groups of regions.
    pub groups: Vec<GroupTruth>,
    /// The clusters with their models.
    pub clusters: Vec<ClusterTruth>,
    /// The programme.
    pub policy: PolicyTruth,
    /// Regions from the most to the least competitive.
    pub ranking: Vec<&'static str>,
    /// Noise of each indicator, in steps between neighbors in the ranking.
    pub indicator_noise: f64,
}

/// How an industry chooses its places.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IndustryTruth {
    /// Its code.
    pub industry: &'static str,
    /// localized, granular, dispersed or neutral.
    pub kind: &'static str,
    /// The chain of related industries it belongs to.
    pub chain: Option<&'static str>,
    /// Its home regions, the strongest first.
    pub homes: Vec<&'static str>,
}

/// Plants of an industry that moved between two regions, over all years.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Flow {
    /// Where they stood.
    pub from: &'static str,
    /// Where they went.
    pub to: &'static str,
    /// Their industry.
    pub industry: &'static str,
    /// How many.
    pub plants: u64,
    /// Their jobs in the year of the move.
    pub employment: u64,
}

/// Stage and innovation of a group of regions.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GroupTruth {
    /// The group.
    pub group: &'static str,
    /// Its regions.
    pub regions: Vec<&'static str>,
    /// Score of every stage indicator in the last year.
    pub stage_score: f64,
    /// The stage of that score.
    pub stage: &'static str,
    /// Innovation in that of an ordinary region.
    pub innovation: f64,
}

/// A cluster, its model and the evidence; what is absent has no table.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClusterTruth {
    /// The cluster.
    pub cluster: &'static str,
    /// Its model, or undetermined.
    pub label: &'static str,
    /// Its firms.
    pub firms: usize,
    /// Share of the largest firm in output.
    pub cr1: f64,
    /// Share of the four largest.
    pub cr4: f64,
    /// Turnover of its markets in its output.
    pub market_turnover_in_output: Option<f64>,
    /// Turnover of the largest market, million crowns.
    pub largest_market_million: Option<f64>,
    /// Inputs bought within the cluster.
    pub local_procurement: Option<f64>,
    /// Purchases elsewhere that come from suppliers with a local office.
    pub suppliers_with_office: Option<f64>,
    /// Purchases of the four leaders from local firms.
    pub leaders_local_purchases: Option<f64>,
    /// Output of firms that came in the last five years.
    pub transferred_in_output: Option<f64>,
}

/// The programme and its effect.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PolicyTruth {
    /// On the outcome, in log points, from the start on and the same for all.
    pub effect: f64,
    /// Standard deviation of the noise of one outcome.
    pub noise_sd: f64,
    /// Units of each panel.
    pub units: usize,
    /// Start years of the staggered panel.
    pub staggered_starts: Vec<i32>,
    /// Treated units of the staggered panel.
    pub staggered_treated: usize,
    /// Start year of the other panel.
    pub common_start: i32,
    /// Treated units of the other panel.
    pub common_treated: usize,
}

impl Truth {
    pub(super) fn new(
        plan: &Plan,
        moves: Moves,
        clusters: Vec<ClusterTruth>,
        policy: PolicyTruth,
    ) -> Truth {
        Truth {
            plan: *plan,
            turning_year: plan.year(plan.turn()),
            coast_growth: COAST_GROWTH,
            industries: INDUSTRIES
                .iter()
                .map(|industry| {
                    let chain = match industry.kind {
                        Kind::Localized(chain) => Some(&CHAINS[chain]),
                        _ => None,
                    };
                    IndustryTruth {
                        industry: industry.code,
                        kind: industry.kind.label(),
                        chain: chain.map(|chain| chain.name),
                        homes: chain.map_or(vec![], |chain| codes(chain.homes)),
                    }
                })
                .collect(),
            home_shares: HOME_SHARES.to_vec(),
            giant_shares: GIANT_SHARES.to_vec(),
            chain_link: CHAIN_LINK,
            moving_share: MOVING_SHARE,
            receiving_regions: codes(RECEIVERS),
            flows: moves
                .into_iter()
                .map(|((from, to, industry), (plants, employment))| Flow {
                    from: REGIONS[from].code,
                    to: REGIONS[to].code,
                    industry: INDUSTRIES[industry].code,
                    plants,
                    employment,
                })
                .collect(),
            groups: Group::ALL
                .into_iter()
                .map(|group| GroupTruth {
                    group: group.code(),
                    regions: codes(geography::of(group)),
                    stage_score: last_score(group),
                    stage: stage(last_score(group)),
                    innovation: innovation_percent(group) as f64 / 100.0,
                })
                .collect(),
            clusters,
            policy,
            ranking: codes(ORDER),
            indicator_noise: NOISE_STEPS,
        }
    }

    /// The same as JSON, one member a line.
    pub fn to_json(&self) -> String {
        let policy = &self.policy;
        let members = [
            ("country", text("Artificia (artificial data)")),
            ("country_zh", text("人造国（人造数据）")),
            ("plants", self.plan.plants.to_string()),
            ("first_year", self.plan.first_year.to_string()),
            ("years", self.plan.years.to_string()),
            ("seed", self.plan.seed.0.to_string()),
            ("turning_year", self.turning_year.to_string()),
            ("coast_growth", self.coast_growth.to_string()),
            ("home_shares", numbers(&self.home_shares)),
            ("giant_shares", numbers(&self.giant_shares)),
            ("chain_link", self.chain_link.to_string()),
            ("moving_share", self.moving_share.to_string()),
            ("receiving_regions", texts(&self.receiving_regions)),
            (
                "industries",
                list(&self.industries, |x| {
                    object(&[
                        ("industry", text(x.industry)),
                        ("kind", text(x.kind)),
                        ("chain", x.chain.map_or("null".to_owned(), text)),
                        ("homes", texts(&x.homes)),
                    ])
                }),
            ),
            (
                "flows",
                list(&self.flows, |x| {
                    object(&[
                        ("from", text(x.from)),
                        ("to", text(x.to)),
                        ("industry", text(x.industry)),
                        ("plants", x.plants.to_string()),
                        ("employment", x.employment.to_string()),
                    ])
                }),
            ),
            (
                "groups",
                list(&self.groups, |x| {
                    object(&[
                        ("group", text(x.group)),
                        ("regions", texts(&x.regions)),
                        ("stage_score", x.stage_score.to_string()),
                        ("stage", text(x.stage)),
                        ("innovation", x.innovation.to_string()),
                    ])
                }),
            ),
            ("clusters", list(&self.clusters, cluster)),
            (
                "policy",
                object(&[
                    ("effect", policy.effect.to_string()),
                    ("noise_sd", policy.noise_sd.to_string()),
                    ("units", policy.units.to_string()),
                    ("staggered_starts", numbers(&policy.staggered_starts)),
                    ("staggered_treated", policy.staggered_treated.to_string()),
                    ("common_start", policy.common_start.to_string()),
                    ("common_treated", policy.common_treated.to_string()),
                ]),
            ),
            ("ranking", texts(&self.ranking)),
            ("indicator_noise", self.indicator_noise.to_string()),
        ];
        let mut json = String::from("{\n");
        for (m, (name, value)) in members.iter().enumerate() {
            let comma = if m + 1 < members.len() { "," } else { "" };
            let _ = writeln!(json, "  {}: {value}{comma}", text(name));
        }
        json.push_str("}\n");
        json
    }
}

pub(crate) fn cluster(x: &ClusterTruth) -> String {
    let share = |value: Option<f64>| value.map_or("null".to_owned(), |value| value.to_string());
    object(&[
        ("cluster", text(x.cluster)),
        ("label", text(x.label)),
        ("firms", x.firms.to_string()),
        ("cr1", x.cr1.to_string()),
        ("cr4", format!("{:.6}", x.cr4)),
        ("market_turnover_in_output", share(x.market_turnover_in_output)),
        ("largest_market_million", share(x.largest_market_million)),
        ("local_procurement", share(x.local_procurement)),
        ("suppliers_with_office", share(x.suppliers_with_office)),
        ("leaders_local_purchases", share(x.leaders_local_purchases)),
        ("transferred_in_output", share(x.transferred_in_output)),
    ])
}

fn codes(regions: impl IntoIterator<Item = usize>) -> Vec<&'static str> {
    regions.into_iter().map(|r| REGIONS[r].code).collect()
}

/// The texts are this crate's own and hold neither quotes nor backslashes.
pub(crate) fn text(value: &str) -> String {
    format!("\"{value}\"")
}

pub(crate) fn texts(values: &[&str]) -> String {
    list(values, |value| text(value))
}

fn numbers<T: ToString>(values: &[T]) -> String {
    list(values, T::to_string)
}

pub(crate) fn list<T>(values: &[T], show: impl Fn(&T) -> String) -> String {
    format!("[{}]", values.iter().map(show).collect::<Vec<_>>().join(", "))
}

pub(crate) fn object(members: &[(&str, String)]) -> String {
    let members: Vec<String> =
        members.iter().map(|(name, value)| format!("{}: {value}", text(name))).collect();
    format!("{{{}}}", members.join(", "))
}
