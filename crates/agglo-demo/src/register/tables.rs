//! The small tables beside the register: names, sums to check a reader against, clusters,
//! indicators, and the programme with its outcome.

use crate::artificial::{ClusterTruth, Site, write_clusters, write_ranked};
use crate::error::DemoError;
use crate::sink::{Sink, Table, cells};

use super::Totals;
use super::part::Sums;
use super::world::World;

pub(super) fn write(
    world: &World,
    totals: &Totals,
    sink: &mut dyn Sink,
) -> Result<Vec<ClusterTruth>, DemoError> {
    let plan = world.plan.small();
    world.country.write(sink)?;
    world.industries.write(sink)?;
    sums(world, totals, sink)?;
    programme(world, totals, sink)?;
    let mut places = vec![("", 0); world.country.regions.len()];
    for (place, r) in world.country.ranking().into_iter().enumerate() {
        places[r] = (world.country.regions[r].code.as_str(), place);
    }
    write_ranked(&plan, &places, sink)?;
    write_clusters(&plan, &|c| site(world, c), sink)
}

/// An amount in thousand crowns with its two decimals.
pub(super) fn amount(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn sums(world: &World, totals: &Totals, sink: &mut dyn Sink) -> Result<(), DemoError> {
    let regions: Vec<&str> = world.country.regions.iter().map(|r| r.code.as_str()).collect();
    let industries: Vec<&str> = world.industries.all.iter().map(|i| i.code.as_str()).collect();
    for (key, codes, sums) in
        [("region", regions, &totals.regions), ("industry", industries, &totals.industries)]
    {
        let mut table = Table::create(
            sink,
            &format!("data/{key}_totals.csv"),
            &[key, "year", "plants", "employment", "output", "value_added"],
        )?;
        for (t, of_year) in sums.iter().enumerate() {
            for (code, s) in codes.iter().zip(of_year) {
                let Sums { plants, jobs, output, value_added } = *s;
                let (output, value_added) = (amount(output), amount(value_added));
                table.row(cells![code, world.plan.year(t), plants, jobs, output, value_added])?;
            }
        }
        table.finish()?;
    }
    Ok(())
}

/// The regions in the programme, and what it was meant to change: the logarithm of output per job.
fn programme(world: &World, totals: &Totals, sink: &mut dyn Sink) -> Result<(), DemoError> {
    let plan = &world.plan;
    let start = plan.year(plan.programme_start());
    let mut projects = Table::create(
        sink,
        "data/programme.csv",
        &["project", "unit", "start_year", "amount", "type"],
    )?;
    let mut outcome = Table::create(
        sink,
        "data/outcome.csv",
        &["unit", "year", "outcome", "treated", "start_year", "cluster"],
    )?;
    for (r, region) in world.country.regions.iter().enumerate() {
        let code = &region.code;
        let treated = world.programme[r];
        if treated {
            projects.row(cells![
                format!("J-{code}"),
                code,
                start,
                1000,
                "productivity-programme"
            ])?;
        }
        for (t, of_year) in totals.regions.iter().enumerate() {
            let Sums { jobs, output, .. } = of_year[r];
            if jobs == 0 {
                continue;
            }
            let per_job = output as f64 / 100.0 / jobs as f64;
            outcome.row(cells![
                code,
                plan.year(t),
                format!("{:.6}", per_job.ln()),
                u8::from(treated && t >= plan.programme_start()),
                if treated { start.to_string() } else { String::new() },
                code
            ])?;
        }
    }
    projects.finish()?;
    outcome.finish()
}

/// Where each cluster stands: in homes of the second group of related industries, with a giant,
/// where the first group moves to, and in an inland region of no distinction.
fn site(world: &World, c: usize) -> Site<'_> {
    let (country, industries) = (&world.country, &world.industries);
    let (first, second) = (&industries.groups[0], &industries.groups[1]);
    let granular = 4;
    let (region, industry) = match c {
        0 => (second.homes[0], 13),
        1 => (second.homes[2], 14),
        2 => (largest_giant(world, granular), granular),
        3 => (first.receivers.map_or(first.homes[2], |[first, _]| first), 0),
        _ => (country.inland[country.inland.len() - 1], 8),
    };
    let place = &country.regions[region];
    Site {
        region: &place.code,
        names: (&place.en, &place.zh),
        industry: &industries.all[industry].code,
        origin: &country.regions[first.homes[0]].code,
    }
}

/// The region of the largest plant of a granular industry.
fn largest_giant(world: &World, industry: usize) -> usize {
    (0..world.industries.round)
        .find(|&k| world.industries.of_plant(k) == (industry, 0))
        .and_then(|k| world.row(k, 0))
        .map_or(0, |row| usize::from(row.region))
}
