//! What was planted, as JSON: every truth with its unit and the methods that should find it.

use crate::artificial::{
    ClusterTruth, GIANT_SHARES, HOME_SHARES, cluster, list, object, text as quoted, texts,
};

use super::Totals;
use super::industries::Kind;
use super::tables::amount;
use super::world::{COAST_GROWTH, EFFECT_PERCENT, MOVING_SHARE, World};

pub(super) const FILE: &str = "truth.json";

pub(super) fn text(world: &World, totals: &Totals, clusters: &[ClusterTruth]) -> String {
    let members = [
        ("country", quoted("Artificia (artificial data)")),
        ("country_zh", quoted("人造国（人造数据）")),
        ("plan", plan(world)),
        ("units", units()),
        ("totals", sums(world, totals)),
        ("industries", industries(world)),
        ("related_groups", groups(world)),
        ("turning_year", turning_year(world)),
        ("relocations", relocations(world, totals)),
        ("leading_regions", leading_regions(world)),
        ("clusters", development(clusters)),
        ("programme", programme(world)),
        (
            "suppressed",
            object(&[("cells", "0".to_owned()), ("what", quoted("nothing is withheld"))]),
        ),
    ];
    let members: Vec<String> =
        members.iter().map(|(name, value)| format!("  \"{name}\": {value}")).collect();
    format!("{{\n{}\n}}\n", members.join(",\n"))
}

fn plan(world: &World) -> String {
    let plan = &world.plan;
    object(&[
        ("version", quoted(env!("CARGO_PKG_VERSION"))),
        ("plants", plan.plants.to_string()),
        ("first_year", plan.first_year.to_string()),
        ("years", plan.years.to_string()),
        ("seed", plan.seed.0.to_string()),
        ("regions", plan.n_regions().to_string()),
        ("industries", plan.n_industries().to_string()),
        ("format", quoted(plan.format.extension())),
        ("plants_per_file", plan.plants_per_file.to_string()),
    ])
}

fn units() -> String {
    object(&[
        ("employment", quoted("persons")),
        ("output", quoted("1000 crowns")),
        ("value_added", quoted("1000 crowns")),
        ("x_km", quoted("km")),
        ("y_km", quoted("km")),
    ])
}

/// Exact: the sums of the rows as written.
fn sums(world: &World, totals: &Totals) -> String {
    let years: Vec<usize> = (0..world.plan.n_years()).collect();
    let rows: u64 = years.iter().map(|&t| totals.year(t).plants).sum();
    let of_year = |t: &usize| {
        let sums = totals.year(*t);
        object(&[
            ("year", world.plan.year(*t).to_string()),
            ("plants", sums.plants.to_string()),
            ("employment", sums.jobs.to_string()),
            ("output", amount(sums.output)),
            ("value_added", amount(sums.value_added)),
        ])
    };
    object(&[("rows", rows.to_string()), ("by_year", list(&years, of_year))])
}

fn industries(world: &World) -> String {
    let of = |industry: &super::industries::Industry| {
        let group = &world.industries.groups[industry.group];
        let homes = match industry.kind {
            Kind::Localized => world.country.codes(&group.homes),
            _ => Vec::new(),
        };
        object(&[
            ("industry", quoted(&industry.code)),
            ("kind", quoted(industry.kind.label())),
            ("homes", texts(&homes)),
        ])
    };
    object(&[
        ("found_by", texts(&["ellison-glaeser", "maurel-sedillot", "locational-gini"])),
        ("unit", quoted("share of an industry's plants, or of its jobs for giants; 1 is all")),
        ("home_shares", list(&HOME_SHARES, f64::to_string)),
        ("giant_shares", list(&GIANT_SHARES, f64::to_string)),
        ("kinds", list(&world.industries.all, of)),
    ])
}

fn groups(world: &World) -> String {
    let groups: Vec<usize> = (0..world.industries.groups.len()).collect();
    let of = |g: &usize| {
        let group = &world.industries.groups[*g];
        let members: Vec<&str> = world
            .industries
            .all
            .iter()
            .filter(|industry| industry.group == *g && industry.kind == Kind::Localized)
            .map(|industry| industry.code.as_str())
            .collect();
        object(&[
            ("group", quoted(&group.code)),
            ("industries", texts(&members)),
            ("homes", texts(&world.country.codes(&group.homes))),
        ])
    };
    object(&[
        ("found_by", texts(&["proximity", "relatedness-density"])),
        ("what", quoted("industries of a group share their home regions")),
        ("groups", list(&groups, of)),
    ])
}

fn turning_year(world: &World) -> String {
    object(&[
        ("found_by", texts(&["gini", "regional-gini", "structural-breaks"])),
        ("unit", quoted("log points a year, coast relative to the rest")),
        ("year", world.plan.year(world.plan.turn()).to_string()),
        ("growth_before", COAST_GROWTH.to_string()),
        ("growth_after", (-COAST_GROWTH).to_string()),
        ("coast", {
            let mut coast = world.country.coast.clone();
            coast.sort_unstable();
            texts(&world.country.codes(&coast))
        }),
    ])
}

fn relocations(world: &World, totals: &Totals) -> String {
    let country = &world.country;
    let planted: Vec<(&str, Vec<&str>)> = world
        .industries
        .groups
        .iter()
        .filter_map(|group| {
            let receivers = group.receivers?;
            Some((country.regions[group.homes[0]].code.as_str(), country.codes(&receivers)))
        })
        .collect();
    let flows: Vec<_> = totals.flows.iter().collect();
    let code = |r: u16| quoted(&country.regions[usize::from(r)].code);
    object(&[
        ("found_by", texts(&["transfer-regions", "share-change", "location-quotient-change"])),
        ("unit", quoted("share of the plants of the first home that stand when they would move")),
        ("share", MOVING_SHARE.to_string()),
        ("first_year", world.plan.year(world.plan.turn() + 1).to_string()),
        ("last_year", world.plan.year(world.plan.last()).to_string()),
        (
            "planted",
            list(&planted, |(from, to)| object(&[("from", quoted(from)), ("to", texts(to))])),
        ),
        (
            "flows",
            list(&flows, |((from, to, industry), (plants, jobs))| {
                object(&[
                    ("from", code(*from)),
                    ("to", code(*to)),
                    ("industry", quoted(&world.industries.all[usize::from(*industry)].code)),
                    ("plants", plants.to_string()),
                    ("employment", jobs.to_string()),
                ])
            }),
        ),
    ])
}

fn leading_regions(world: &World) -> String {
    let ranking = world.country.ranking();
    object(&[
        ("found_by", texts(&["indicator-ranking", "topsis", "rank-intervals"])),
        ("unit", quoted("noise of an indicator, in steps between neighbors in the ranking")),
        ("noise", "1".to_owned()),
        ("leaders", texts(&world.country.codes(&ranking[..10]))),
        ("ranking", texts(&world.country.codes(&ranking))),
    ])
}

fn development(clusters: &[ClusterTruth]) -> String {
    object(&[
        ("found_by", texts(&["cluster-evidence", "development-model"])),
        ("unit", quoted("shares of a cluster's output or purchases; 1 is all")),
        ("clusters", list(clusters, cluster)),
    ])
}

fn programme(world: &World) -> String {
    let plan = &world.plan;
    let regions: Vec<usize> = (0..world.programme.len()).filter(|&r| world.programme[r]).collect();
    object(&[
        ("found_by", texts(&["two-way-fixed-effects", "event-study"])),
        ("unit", quoted("percent of output per job")),
        ("effect_percent", EFFECT_PERCENT.to_string()),
        ("effect_log_points", format!("{:.6}", (1.0 + EFFECT_PERCENT as f64 / 100.0).ln())),
        ("first_year", plan.year(plan.programme_start()).to_string()),
        ("regions", texts(&world.country.codes(&regions))),
    ])
}
