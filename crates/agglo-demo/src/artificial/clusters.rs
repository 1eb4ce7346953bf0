//! Five clusters: one of each model of development, and one that shows too little.

use rand::RngExt;

use crate::error::DemoError;
use crate::sink::{Sink, Table, cells};

use super::geography::REGIONS;
use super::industries::INDUSTRIES;
use super::plan::Plan;
use super::truth::ClusterTruth;

struct Cluster {
    id: &'static str,
    /// What follows the region's name in its own.
    en: &'static str,
    zh: &'static str,
    field: &'static str,
    region: usize,
    industry: usize,
    label: &'static str,
    firms: usize,
    /// Shares of the four largest firms in output; the others share the rest evenly.
    largest: [f64; 4],
    /// Output of the last year, million crowns.
    output: f64,
    evidence: Option<Evidence>,
}

/// What the tables beside the firms say, in shares unless said otherwise.
#[derive(Clone, Copy)]
struct Evidence {
    market_turnover_in_output: f64,
    /// Million crowns.
    largest_market: f64,
    local_procurement: f64,
    suppliers_with_office: f64,
    leaders_local_purchases: f64,
    /// Firms that came from elsewhere in the last five years, in output.
    transferred_in_output: f64,
}

static CLUSTERS: [Cluster; 5] = [
    Cluster {
        id: "C1",
        en: "cloth market",
        zh: "布匹集群",
        field: "textiles",
        region: 1,
        industry: 1,
        label: "professional-radiation",
        firms: 480,
        largest: [0.03, 0.025, 0.02, 0.015],
        output: 15_000.0,
        evidence: Some(Evidence {
            market_turnover_in_output: 0.95,
            largest_market: 12_000.0,
            local_procurement: 0.25,
            suppliers_with_office: 0.05,
            leaders_local_purchases: 0.15,
            transferred_in_output: 0.0,
        }),
    },
    Cluster {
        id: "C2",
        en: "castings",
        zh: "铸件集群",
        field: "metal",
        region: 9,
        industry: 10,
        label: "resource-driven",
        firms: 220,
        largest: [0.12, 0.10, 0.08, 0.07],
        output: 9_000.0,
        evidence: Some(Evidence {
            market_turnover_in_output: 0.2,
            largest_market: 1_800.0,
            local_procurement: 0.72,
            suppliers_with_office: 0.5,
            leaders_local_purchases: 0.3,
            transferred_in_output: 0.02,
        }),
    },
    Cluster {
        id: "C3",
        en: "household appliances",
        zh: "家电集群",
        field: "appliances",
        region: 12,
        industry: 17,
        label: "leading-enterprise",
        firms: 90,
        largest: [0.40, 0.18, 0.09, 0.06],
        output: 40_000.0,
        evidence: Some(Evidence {
            market_turnover_in_output: 0.02,
            largest_market: 600.0,
            local_procurement: 0.42,
            suppliers_with_office: 0.15,
            leaders_local_purchases: 0.60,
            transferred_in_output: 0.05,
        }),
    },
    Cluster {
        id: "C4",
        en: "apparel",
        zh: "服装集群",
        field: "textiles",
        region: 13,
        industry: 3,
        label: "industry-undertaking",
        firms: 140,
        largest: [0.08, 0.07, 0.06, 0.05],
        output: 6_000.0,
        evidence: Some(Evidence {
            market_turnover_in_output: 0.05,
            largest_market: 300.0,
            local_procurement: 0.30,
            suppliers_with_office: 0.10,
            leaders_local_purchases: 0.20,
            transferred_in_output: 0.45,
        }),
    },
    Cluster {
        id: "C5",
        en: "toys",
        zh: "玩具集群",
        field: "toys",
        region: 19,
        industry: 27,
        label: "undetermined",
        firms: 60,
        largest: [0.07, 0.05, 0.04, 0.04],
        output: 1_200.0,
        evidence: None,
    },
];

/// Where a cluster stands, and in which industry.
pub(crate) struct Site<'a> {
    /// Code of the region.
    pub(crate) region: &'a str,
    /// Its names in English and Chinese.
    pub(crate) names: (&'a str, &'a str),
    /// Code of the industry.
    pub(crate) industry: &'a str,
    /// Code of the region that its newcomers left.
    pub(crate) origin: &'a str,
}

/// The site of cluster `c` in Artificia.
pub(super) fn home(c: usize) -> Site<'static> {
    let region = &REGIONS[CLUSTERS[c].region];
    Site {
        region: region.code,
        names: (region.en, region.zh),
        industry: INDUSTRIES[CLUSTERS[c].industry].code,
        origin: REGIONS[0].code,
    }
}

/// The region of the cluster in `industry`, where there is one.
pub(super) fn home_of(industry: usize) -> Option<usize> {
    CLUSTERS.iter().find(|cluster| cluster.industry == industry).map(|cluster| cluster.region)
}

/// Years of the firm table.
const FIRM_YEARS: usize = 6;
/// Output of the first of these years in the last one's.
const FIRST_OUTPUT: f64 = 0.6;

/// Writes the clusters at their sites: one of each model of development,
/// and one that shows too little.
pub(crate) fn write<'a>(
    plan: &Plan,
    site: &dyn Fn(usize) -> Site<'a>,
    sink: &mut dyn Sink,
) -> Result<Vec<ClusterTruth>, DemoError> {
    register(site, sink)?;
    firms(plan, site, sink)?;
    evidence(plan, sink)?;
    Ok(CLUSTERS.iter().map(truth).collect())
}

fn register<'a>(site: &dyn Fn(usize) -> Site<'a>, sink: &mut dyn Sink) -> Result<(), DemoError> {
    let mut table = Table::create(
        sink,
        "data/cluster_register.csv",
        &["cluster", "name_en", "name_zh", "field", "regions", "industries", "source"],
    )?;
    for (c, cluster) in CLUSTERS.iter().enumerate() {
        let site = site(c);
        let (en, zh) = site.names;
        table.row(cells![
            cluster.id,
            format!("{en} {}", cluster.en),
            format!("{zh}{}", cluster.zh),
            cluster.field,
            site.region,
            site.industry,
            "Artificia (artificial data)"
        ])?;
    }
    table.finish()
}

fn firms<'a>(
    plan: &Plan,
    site: &dyn Fn(usize) -> Site<'a>,
    sink: &mut dyn Sink,
) -> Result<(), DemoError> {
    let mut table = Table::create(
        sink,
        "data/firms.csv",
        &[
            "firm",
            "year",
            "cluster",
            "region",
            "industry",
            "output",
            "employment",
            "parent",
            "opened_year",
            "origin",
            "previous_region",
        ],
    )?;
    for (c, cluster) in CLUSTERS.iter().enumerate() {
        let site = site(c);
        let rest = 1.0 - cluster.largest.iter().sum::<f64>();
        let others = (cluster.firms - cluster.largest.len()) as f64;
        // The last firms of the list came from elsewhere, as many as make up the planted share.
        let arrived = cluster.evidence.map_or(0.0, |e| e.transferred_in_output);
        let n_arrived = (arrived / rest * others).round() as usize;
        for f in 0..cluster.firms {
            let mut rng = plan.seed.stream("artificial/firm", c as u32, f as u32);
            let share = cluster.largest.get(f).copied().unwrap_or(rest / others);
            let transferred = f >= cluster.firms - n_arrived;
            let first = if transferred { rng.random_range(1..FIRM_YEARS) } else { 0 };
            for y in first..FIRM_YEARS {
                let last = plan.last();
                let grown = y as f64 / (FIRM_YEARS - 1) as f64;
                let level = if transferred { 1.0 } else { local_level(cluster, grown) };
                let output = cluster.output * share * level;
                let year = plan.year(last) - (FIRM_YEARS - 1 - y) as i32;
                let opened = if transferred {
                    plan.year(last) - (FIRM_YEARS - 1 - first) as i32
                } else {
                    plan.first_year - 5
                };
                let (origin, previous) = match (cluster.evidence, transferred) {
                    (None, _) => ("unknown", ""),
                    (Some(_), true) => ("transferred", site.origin),
                    (Some(_), false) => ("local", ""),
                };
                table.row(cells![
                    format!("{}-{:03}", cluster.id, f + 1),
                    year,
                    cluster.id,
                    site.region,
                    site.industry,
                    format!("{output:.3}"),
                    (output * 2.0).round().max(1.0),
                    format!("{}-{:03}", cluster.id, f + 1),
                    opened,
                    origin,
                    previous
                ])?;
            }
        }
    }
    table.finish()
}

/// Output of a local firm in its last output: it grows so that the whole cluster starts from
/// [`FIRST_OUTPUT`], of which none is transferred, unless that would make it shrink.
fn local_level(cluster: &Cluster, grown: f64) -> f64 {
    let arrived = cluster.evidence.map_or(0.0, |e| e.transferred_in_output);
    let start = (FIRST_OUTPUT / (1.0 - arrived)).min(0.85);
    start + (1.0 - start) * grown
}

fn evidence(plan: &Plan, sink: &mut dyn Sink) -> Result<(), DemoError> {
    let year = plan.year(plan.last());
    let mut markets = Table::create(
        sink,
        "data/markets.csv",
        &["market", "cluster", "year", "product", "turnover", "outside_share"],
    )?;
    let mut procurement = Table::create(
        sink,
        "data/procurement.csv",
        &["cluster", "year", "input_class", "total", "local", "local_office"],
    )?;
    let mut purchases = Table::create(
        sink,
        "data/leader_purchases.csv",
        &["firm", "cluster", "year", "total", "from_local"],
    )?;
    for cluster in &CLUSTERS {
        let Some(e) = cluster.evidence else { continue };
        let turnover = cluster.output * e.market_turnover_in_output;
        let largest = e.largest_market.min(turnover);
        for (m, value) in [largest, turnover - largest].into_iter().enumerate() {
            if value > 0.0 {
                let id = format!("{}-M{}", cluster.id, m + 1);
                markets.row(cells![
                    id,
                    cluster.id,
                    year,
                    cluster.field,
                    format!("{value:.1}"),
                    0.6
                ])?;
            }
        }
        for (class, share) in [("materials", 0.5), ("parts", 0.3), ("services", 0.2)] {
            let total = cluster.output * 0.6 * share;
            let local = total * e.local_procurement;
            procurement.row(cells![
                cluster.id,
                year,
                class,
                format!("{total:.2}"),
                format!("{local:.2}"),
                format!("{:.2}", (total - local) * e.suppliers_with_office)
            ])?;
        }
        for (f, share) in cluster.largest.iter().enumerate() {
            let total = cluster.output * share * 0.6;
            purchases.row(cells![
                format!("{}-{:03}", cluster.id, f + 1),
                cluster.id,
                year,
                format!("{total:.2}"),
                format!("{:.2}", total * e.leaders_local_purchases)
            ])?;
        }
    }
    markets.finish()?;
    procurement.finish()?;
    purchases.finish()
}

fn truth(cluster: &Cluster) -> ClusterTruth {
    let e = cluster.evidence;
    let share = |get: fn(&Evidence) -> f64| e.as_ref().map(get);
    ClusterTruth {
        cluster: cluster.id,
        label: cluster.label,
        firms: cluster.firms,
        cr1: cluster.largest[0],
        cr4: cluster.largest.iter().sum(),
        market_turnover_in_output: share(|e| e.market_turnover_in_output),
        largest_market_million: share(|e| e.largest_market),
        local_procurement: share(|e| e.local_procurement),
        suppliers_with_office: share(|e| e.suppliers_with_office),
        leaders_local_purchases: share(|e| e.leaders_local_purchases),
        transferred_in_output: share(|e| e.transferred_in_output),
    }
}
