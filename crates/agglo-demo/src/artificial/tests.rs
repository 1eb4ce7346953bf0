use std::collections::BTreeMap;

use agglo_core::Seed;

use super::*;
use crate::sink::Memory;

fn draw(plan: &Plan) -> (BTreeMap<String, Vec<u8>>, Truth) {
    let mut memory = Memory::default();
    let truth = generate(plan, &mut memory).unwrap();
    (memory.into_files(), truth)
}

fn rows(files: &BTreeMap<String, Vec<u8>>, path: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(files[path].as_slice()).deserialize().map(Result::unwrap).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}

/// Mean absolute difference of all pairs, over twice the mean: another road than the sorted form.
fn gini(values: &[f64]) -> f64 {
    let total: f64 = values.iter().sum();
    let differences: f64 =
        values.iter().flat_map(|a| values.iter().map(move |b| (a - b).abs())).sum();
    differences / (2.0 * values.len() as f64 * total)
}

/// Employment by (industry, region) of one year.
fn cells(files: &BTreeMap<String, Vec<u8>>, year: i32) -> BTreeMap<(String, String), f64> {
    rows(files, "data/activity.csv")
        .iter()
        .filter(|row| row["year"] == year.to_string())
        .map(|row| ((row["industry"].clone(), row["region"].clone()), number(row, "employment")))
        .collect()
}

fn turning_year(files: &BTreeMap<String, Vec<u8>>) -> i32 {
    let mut by_year: BTreeMap<i32, BTreeMap<String, f64>> = BTreeMap::new();
    for row in rows(files, "data/activity.csv") {
        *by_year
            .entry(row["year"].parse().unwrap())
            .or_default()
            .entry(row["region"].clone())
            .or_default() += number(&row, "employment");
    }
    let ginis = by_year
        .iter()
        .map(|(year, regions)| (*year, gini(&regions.values().copied().collect::<Vec<_>>())));
    ginis.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap().0
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_gives_others() {
    let plan = Plan { plants: 1000, years: 10, ..Plan::default() };
    let (first, _) = draw(&plan);
    let (again, _) = draw(&plan);
    let (other, _) = draw(&Plan { seed: Seed(7), ..plan });
    assert!(first == again);
    assert!(first["data/plants.csv"] != other["data/plants.csv"]);
}

#[test]
fn more_plants_leave_the_first_ordinary_ones_as_they_were() {
    let line = |plants: u64| {
        let (files, _) = draw(&Plan { plants, years: 10, ..Plan::default() });
        let text = String::from_utf8(files["data/plants.csv"].clone()).unwrap();
        text.lines()
            .filter(|line| line.starts_with("P0000001,"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(line(1000), line(1500));
}

#[test]
fn concentration_turns_in_the_planted_year() {
    let (files, truth) = draw(&Plan::default());
    assert_eq!(turning_year(&files), truth.turning_year);
    for seed in 1..6 {
        let (files, truth) = draw(&Plan { seed: Seed(seed), ..Plan::default() });
        let found = turning_year(&files);
        assert!((found - truth.turning_year).abs() <= 1, "seed {seed}: {found}");
    }
}

#[test]
fn localized_industries_stand_in_their_home_regions_and_dispersed_ones_do_not() {
    let (files, truth) = draw(&Plan::default());
    let jobs = cells(&files, truth.plan.first_year);
    let total: f64 = jobs.values().sum();
    for industry in &truth.industries {
        let own: Vec<(&str, f64)> = jobs
            .iter()
            .filter(|((i, _), _)| i == industry.industry)
            .map(|((_, r), jobs)| (r.as_str(), *jobs))
            .collect();
        let all: f64 = own.iter().map(|(_, jobs)| jobs).sum();
        let largest = own.iter().map(|(_, jobs)| jobs / all).fold(0.0, f64::max);
        match industry.kind {
            "localized" => {
                let home: f64 =
                    own.iter().filter(|(r, _)| industry.homes.contains(r)).map(|(_, j)| j).sum();
                assert!(home / all > 0.55, "{}: {}", industry.industry, home / all);
            }
            "dispersed" => assert!(largest < 0.25, "{}: {largest}", industry.industry),
            _ => {}
        }
    }
    assert!(total > 100_000.0);
}

#[test]
fn the_giants_hold_their_share_of_a_granular_industry() {
    let (files, truth) = draw(&Plan::default());
    let planted: f64 = truth.giant_shares.iter().sum();
    let plants = rows(&files, "data/plants.csv");
    for industry in truth.industries.iter().filter(|industry| industry.kind == "granular") {
        let mut sizes: Vec<f64> = plants
            .iter()
            .filter(|row| row["industry"] == industry.industry)
            .filter(|row| row["year"] == truth.plan.first_year.to_string())
            .map(|row| number(row, "employment"))
            .collect();
        sizes.sort_by(f64::total_cmp);
        let giants: f64 = sizes.iter().rev().take(3).sum();
        let share = giants / sizes.iter().sum::<f64>();
        assert!((share - planted).abs() < 0.15, "{}: {share}", industry.industry);
    }
}

#[test]
fn the_leading_enterprise_stands_in_its_cluster() {
    let (files, truth) = draw(&Plan::default());
    let jobs = cells(&files, truth.plan.first_year);
    let own = |region: &str| jobs[&("I18".to_owned(), region.to_owned())];
    let all: f64 = jobs.iter().filter(|((i, _), _)| i == "I18").map(|(_, jobs)| jobs).sum();
    assert!(own("R13") / all > 0.15);
}

#[test]
fn activity_adds_up_the_plants_and_size_classes_do_too() {
    let (files, truth) = draw(&Plan { plants: 1000, years: 10, ..Plan::default() });
    let sum = |path: &str, column: &str| -> f64 {
        rows(&files, path).iter().map(|row| number(row, column)).sum()
    };
    let plants = sum("data/plants.csv", "employment");
    assert_eq!(plants, sum("data/activity.csv", "employment"));
    assert_eq!(plants, sum("data/size_classes.csv", "employment"));
    let moved: u64 = truth.flows.iter().map(|flow| flow.employment).sum();
    assert_eq!(moved as f64, sum("data/relocations.csv", "employment"));
    assert!(truth.flows.iter().all(|flow| truth.receiving_regions.contains(&flow.to)));
    assert!(!truth.flows.is_empty());
}

/// Mean change of the treated less mean change of the others, with one common start.
#[test]
fn difference_in_differences_finds_the_effect_of_the_programme() {
    let (files, truth) = draw(&Plan::default());
    let mut means: BTreeMap<(bool, bool), (f64, f64)> = BTreeMap::new();
    for row in rows(&files, "data/outcome_common.csv") {
        let ever = !row["start_year"].is_empty();
        let after = number(&row, "year") >= f64::from(truth.policy.common_start);
        let (sum, n) = means.entry((ever, after)).or_default();
        *sum += number(&row, "outcome");
        *n += 1.0;
    }
    let mean = |ever, after| means[&(ever, after)].0 / means[&(ever, after)].1;
    let estimate = mean(true, true) - mean(true, false) - mean(false, true) + mean(false, false);
    // Four means of some 720 draws with standard deviation 0.08 each: standard error 0.006.
    assert!((estimate - truth.policy.effect).abs() < 0.02, "{estimate}");
}

/// Each start against the never-treated, so that staggered starts do no harm.
#[test]
fn each_start_of_the_staggered_programme_has_the_effect() {
    let (files, truth) = draw(&Plan::default());
    let panel = rows(&files, "data/outcome_staggered.csv");
    let change = |start: &str, year: i32| {
        let mean = |after: bool| {
            let values: Vec<f64> = panel
                .iter()
                .filter(|row| row["start_year"] == start)
                .filter(|row| (number(row, "year") >= f64::from(year)) == after)
                .map(|row| number(row, "outcome"))
                .collect();
            values.iter().sum::<f64>() / values.len() as f64
        };
        mean(true) - mean(false)
    };
    for start in &truth.policy.staggered_starts {
        let estimate = change(&start.to_string(), *start) - change("", *start);
        assert!((estimate - truth.policy.effect).abs() < 0.03, "{start}: {estimate}");
    }
}

#[test]
fn the_input_output_table_balances_and_chains_buy_from_themselves() {
    let (files, _) = draw(&Plan { plants: 1000, years: 10, ..Plan::default() });
    let mut rows_sum: BTreeMap<String, f64> = BTreeMap::new();
    let mut columns_sum: BTreeMap<String, f64> = BTreeMap::new();
    for row in rows(&files, "data/io.csv") {
        assert!(number(&row, "value") >= 0.0, "{row:?}");
        *rows_sum.entry(row["from_industry"].clone()).or_default() += number(&row, "value");
        *columns_sum.entry(row["to_use"].clone()).or_default() += number(&row, "value");
    }
    for row in rows(&files, "data/io_totals.csv") {
        let output = number(&row, "output");
        assert_eq!(rows_sum[&row["industry"]], output);
        assert_eq!(columns_sum[&row["industry"]] + number(&row, "value_added"), output);
    }
}

#[test]
fn the_evidence_tables_say_what_the_truth_says() {
    let (files, truth) = draw(&Plan { plants: 1000, ..Plan::default() });
    let last = truth.plan.year(truth.plan.last()).to_string();
    let first = (truth.plan.year(truth.plan.last()) - 5).to_string();
    for cluster in &truth.clusters {
        let firms: Vec<_> = rows(&files, "data/firms.csv")
            .into_iter()
            .filter(|row| row["cluster"] == cluster.cluster)
            .collect();
        let output = |year: &str, origin: Option<&str>| -> f64 {
            firms
                .iter()
                .filter(|row| row["year"] == year)
                .filter(|row| origin.is_none_or(|origin| row["origin"] == origin))
                .map(|row| number(row, "output"))
                .sum()
        };
        let total = output(&last, None);
        let largest = number(firms.iter().find(|row| row["year"] == last).unwrap(), "output");
        assert!((largest / total - cluster.cr1).abs() < 1e-3, "{}", cluster.cluster);
        match cluster.transferred_in_output {
            Some(planted) => {
                let share = output(&last, Some("transferred")) / total;
                assert!((share - planted).abs() < 0.02, "{}: {share}", cluster.cluster);
                let growth = output(&last, Some("transferred")) / (total - output(&first, None));
                assert_eq!(growth > 0.6, cluster.label == "industry-undertaking");
            }
            None => assert!(firms.iter().all(|row| row["origin"] == "unknown")),
        }
    }
}

#[test]
fn the_truth_names_everything_planted() {
    let (files, truth) = draw(&Plan { plants: 1000, years: 10, ..Plan::default() });
    let json = String::from_utf8(files["truth.json"].clone()).unwrap();
    for member in [
        "turning_year",
        "coast_growth",
        "home_shares",
        "giant_shares",
        "chain_link",
        "moving_share",
        "receiving_regions",
        "industries",
        "flows",
        "groups",
        "clusters",
        "policy",
        "ranking",
        "indicator_noise",
        "seed",
    ] {
        assert!(json.contains(&format!("\"{member}\": ")), "{member}");
    }
    assert_eq!(truth.industries.len(), 40);
    assert_eq!(truth.ranking.iter().collect::<std::collections::BTreeSet<_>>().len(), 24);
    let labels: Vec<_> = truth.clusters.iter().map(|cluster| cluster.label).collect();
    assert_eq!(labels.len(), 5);
    assert!(labels.contains(&"undetermined"));
}

#[test]
fn a_plan_too_small_is_refused_before_anything_is_written() {
    let mut memory = Memory::default();
    let refused = generate(&Plan { plants: 10, ..Plan::default() }, &mut memory);
    assert!(matches!(refused, Err(DemoError::PlanTooSmall { found: 10, .. })));
    assert!(memory.into_files().is_empty());
}
