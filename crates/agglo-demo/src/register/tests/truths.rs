//! Two hundred thousand rows, read back as a stranger would and measured by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;

use super::super::{RegisterFormat, RegisterPlan, RegisterSummary};
use super::{drawn, hundredths, table};

pub(super) fn plan() -> RegisterPlan {
    RegisterPlan {
        plants: 20_000,
        format: RegisterFormat::Csv,
        plants_per_file: 7_000,
        ..RegisterPlan::default()
    }
}

struct Drawn {
    files: BTreeMap<String, Vec<u8>>,
    summary: RegisterSummary,
    truth: Value,
    rows: Vec<BTreeMap<String, String>>,
}

/// The register of [`plan`], drawn once for all tests of a process.
static DRAWN: LazyLock<Drawn> = LazyLock::new(|| {
    let (files, summary) = drawn(&plan(), 2);
    let truth = serde_json::from_slice(&files["truth.json"]).unwrap();
    let rows = files
        .iter()
        .filter(|(path, _)| path.starts_with("data/plants/"))
        .flat_map(|(_, bytes)| table(bytes))
        .collect();
    Drawn { files, summary, truth, rows }
});

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

fn year(truth: &Value, path: &str) -> i64 {
    truth.pointer(path).unwrap().as_i64().unwrap()
}

#[test]
fn the_truth_adds_up_the_rows_to_the_last_hundredth() {
    let Drawn { files, summary, truth, rows } = &*DRAWN;
    assert_eq!(rows.len() as u64, summary.rows);
    assert_eq!(summary.files, 36);
    assert_eq!(truth["totals"]["rows"], summary.rows);
    // Standing, opening and closing: 65 % + 35 % × share of years since opening, less 1.5 % a year.
    let share = rows.len() as f64 / (20_000.0 * 12.0);
    assert!((0.74..0.80).contains(&share), "{share}");
    let mut by_year: BTreeMap<&str, (u64, u64, u64, u64)> = BTreeMap::new();
    let mut by_region: BTreeMap<(&str, &str), (u64, u64)> = BTreeMap::new();
    for row in rows {
        let (n, jobs, output, value_added) = by_year.entry(&row["year"]).or_default();
        *n += 1;
        *jobs += row["employment"].parse::<u64>().unwrap();
        *output += hundredths(&row["output"]);
        *value_added += hundredths(&row["value_added"]);
        let (jobs, output) = by_region.entry((&row["region"], &row["year"])).or_default();
        *jobs += row["employment"].parse::<u64>().unwrap();
        *output += hundredths(&row["output"]);
    }
    for said in truth["totals"]["by_year"].as_array().unwrap() {
        let (n, jobs, output, value_added) = by_year[said["year"].to_string().as_str()];
        assert_eq!((&said["plants"], &said["employment"]), (&Value::from(n), &Value::from(jobs)));
        let near = |key: &str, value: u64| {
            assert_eq!((said[key].as_f64().unwrap() * 100.0).round() as u64, value);
        };
        near("output", output);
        near("value_added", value_added);
    }
    for row in table(&files["data/region_totals.csv"]) {
        let (jobs, output) =
            by_region.get(&(&*row["region"], &*row["year"])).copied().unwrap_or_default();
        assert_eq!(row["employment"], jobs.to_string());
        assert_eq!(hundredths(&row["output"]), output);
    }
}

/// Jobs by industry and region, and Σ jobs² of each industry's plants, in one year.
fn of_year(year: &str) -> (BTreeMap<String, BTreeMap<String, f64>>, BTreeMap<String, f64>) {
    let mut cells: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    let mut squares: BTreeMap<String, f64> = BTreeMap::new();
    for row in DRAWN.rows.iter().filter(|row| row["year"] == year) {
        let jobs = number(row, "employment");
        let industry = cells.entry(row["industry"].clone()).or_default();
        *industry.entry(row["region"].clone()).or_default() += jobs;
        *squares.entry(row["industry"].clone()).or_default() += jobs * jobs;
    }
    (cells, squares)
}

#[test]
fn industries_are_localized_granular_dispersed_or_neutral_as_planted() {
    let truth = &DRAWN.truth;
    let (cells, squares) = of_year("2009");
    let mut all: BTreeMap<&str, f64> = BTreeMap::new();
    for (region, jobs) in cells.values().flatten() {
        *all.entry(region).or_default() += jobs;
    }
    let total: f64 = all.values().sum();
    let mut gammas: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let mut raw: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let mut herfindahls: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for kind in truth["industries"]["kinds"].as_array().unwrap() {
        let (code, kind) = (kind["industry"].as_str().unwrap(), kind["kind"].as_str().unwrap());
        let own: f64 = cells[code].values().sum();
        let g: f64 = all
            .iter()
            .map(|(region, jobs)| {
                let s = cells[code].get(*region).copied().unwrap_or(0.0) / own;
                (s - jobs / total).powi(2)
            })
            .sum();
        let even: f64 = 1.0 - all.values().map(|jobs| (jobs / total).powi(2)).sum::<f64>();
        let h = squares[code] / (own * own);
        // Ellison and Glaeser (1997).
        gammas.entry(kind).or_default().push((g - even * h) / (even * (1.0 - h)));
        raw.entry(kind).or_default().push(g);
        herfindahls.entry(kind).or_default().push(h);
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    assert!(least(&gammas["localized"]) > 0.1, "{gammas:?}");
    assert!(most(&gammas["neutral"]) < 0.05, "{gammas:?}");
    assert!(mean(&gammas["neutral"]).abs() < 0.02, "{gammas:?}");
    assert!(mean(&gammas["granular"]).abs() < 0.04, "{gammas:?}");
    assert!(mean(&gammas["dispersed"]) < mean(&gammas["neutral"]), "{gammas:?}");
    // Giants with 20, 15 and 10 % of the jobs: H ≥ 0.04 + 0.0225 + 0.01 in expectation.
    assert!(least(&herfindahls["granular"]) > 0.04, "{herfindahls:?}");
    assert!(most(&herfindahls["neutral"]) < 0.04, "{herfindahls:?}");
    // Giants look concentrated to whoever forgets about them.
    assert!(mean(&raw["granular"]) > 2.0 * mean(&raw["neutral"]), "{raw:?}");
}

#[test]
fn related_industries_stand_in_their_common_homes() {
    let truth = &DRAWN.truth;
    let (cells, _) = of_year("2009");
    let share = |industry: &str, homes: &[&str]| {
        let own = &cells[industry];
        homes.iter().filter_map(|home| own.get(*home)).sum::<f64>() / own.values().sum::<f64>()
    };
    let groups = truth["related_groups"]["groups"].as_array().unwrap();
    assert!(groups.len() >= 4);
    for group in groups {
        let homes = texts(&group["homes"]);
        for other in groups {
            for industry in texts(&other["industries"]) {
                let found = share(industry, &homes);
                if group == other {
                    assert!(found > 0.6, "{industry} in {homes:?}: {found}");
                } else {
                    assert!(found < 0.2, "{industry} in {homes:?}: {found}");
                }
            }
        }
    }
}

/// Mean absolute difference of all pairs, over twice the mean.
fn gini(values: &[f64]) -> f64 {
    let total: f64 = values.iter().sum();
    let differences: f64 =
        values.iter().flat_map(|a| values.iter().map(move |b| (a - b).abs())).sum();
    differences / (2.0 * values.len() as f64 * total)
}

#[test]
fn concentration_rises_to_the_planted_year_and_falls_after() {
    let turn = year(&DRAWN.truth, "/turning_year/year") as i32;
    let ginis: Vec<(i32, f64)> = (2009..2021)
        .map(|year| {
            let mut regions: BTreeMap<&str, f64> = BTreeMap::new();
            for row in DRAWN.rows.iter().filter(|row| row["year"] == year.to_string()) {
                *regions.entry(&row["region"]).or_default() += number(row, "employment");
            }
            (year, gini(&regions.into_values().collect::<Vec<_>>()))
        })
        .collect();
    for pair in ginis.windows(2) {
        let ((_, before), (year, after)) = (pair[0], pair[1]);
        assert_eq!(after > before, year <= turn, "{ginis:?}");
    }
}

#[test]
fn relocations_go_from_the_named_home_to_the_named_regions() {
    let Drawn { files, truth, rows, .. } = &*DRAWN;
    let planted = truth["relocations"]["planted"].as_array().unwrap();
    let allowed: BTreeSet<(&str, &str)> = planted
        .iter()
        .flat_map(|p| texts(&p["to"]).into_iter().map(|to| (p["from"].as_str().unwrap(), to)))
        .collect();
    let mut seen: BTreeMap<(&str, &str, &str), (u64, u64)> = BTreeMap::new();
    let moves = table(&files["data/relocations.csv"]);
    for row in &moves {
        assert!(allowed.contains(&(&*row["from"], &*row["to"])), "{row:?}");
        assert!(number(row, "year") > year(truth, "/turning_year/year") as f64);
        let (n, jobs) = seen.entry((&row["from"], &row["to"], &row["industry"])).or_default();
        *n += 1;
        *jobs += row["employment"].parse::<u64>().unwrap();
    }
    let flows = truth["relocations"]["flows"].as_array().unwrap();
    assert_eq!(flows.len(), seen.len());
    for flow in flows {
        let of = |key: &str| flow[key].as_str().unwrap();
        let (n, jobs) = seen[&(of("from"), of("to"), of("industry"))];
        assert_eq!((&flow["plants"], &flow["employment"]), (&Value::from(n), &Value::from(jobs)));
    }
    // The register says the same: transferred in the last year are those that moved and still stand.
    let moved: BTreeSet<&str> = moves.iter().map(|row| row["firm"].as_str()).collect();
    let last: Vec<_> = rows.iter().filter(|row| row["year"] == "2020").collect();
    for row in &last {
        assert_eq!(row["origin"] == "transferred", moved.contains(&*row["plant"]));
    }
    // A quarter leaves: of the first home's plants of 2014 that still stand in 2020, most others
    // of the region being neither related nor movers.
    let (from, group) =
        (planted[0]["from"].as_str().unwrap(), &truth["related_groups"]["groups"][0]);
    let related = texts(&group["industries"]);
    let stood: BTreeSet<&str> = rows
        .iter()
        .filter(|row| row["year"] == "2014" && row["region"] == from)
        .filter(|row| related.contains(&&*row["industry"]))
        .map(|row| row["plant"].as_str())
        .collect();
    let (mut left, mut all) = (0.0, 0.0);
    for row in last.iter().filter(|row| stood.contains(&*row["plant"])) {
        all += 1.0;
        left += f64::from(u8::from(row["region"] != from));
    }
    // Some 400 plants: standard error 0.022.
    assert!(all > 200.0 && (left / all - 0.25f64).abs() < 0.08, "{left} of {all}");
}

#[test]
fn difference_in_differences_finds_the_effect_of_the_programme() {
    let Drawn { files, truth, .. } = &*DRAWN;
    let start = year(truth, "/programme/first_year") as f64;
    let treated: BTreeSet<&str> = texts(&truth["programme"]["regions"]).into_iter().collect();
    let listed = table(&files["data/programme.csv"]);
    assert_eq!(listed.iter().map(|row| row["unit"].as_str()).collect::<BTreeSet<_>>(), treated);
    let mut means: BTreeMap<(bool, bool), (f64, f64)> = BTreeMap::new();
    for row in table(&files["data/outcome.csv"]) {
        let group = (treated.contains(&*row["unit"]), number(&row, "year") >= start);
        assert_eq!(row["treated"] == "1", group == (true, true));
        let (sum, n) = means.entry(group).or_default();
        *sum += number(&row, "outcome");
        *n += 1.0;
    }
    let mean = |ever, after| means[&(ever, after)].0 / means[&(ever, after)].1;
    let estimate = mean(true, true) - mean(true, false) - mean(false, true) + mean(false, false);
    let planted = truth["programme"]["effect_log_points"].as_f64().unwrap();
    assert!((planted - 1.08f64.ln()).abs() < 1e-6);
    assert!((estimate - planted).abs() < 0.015, "{estimate}");
}

#[test]
fn the_truth_names_only_what_exists() {
    let Drawn { files, truth, .. } = &*DRAWN;
    let codes = |path: &str, column: &str| -> BTreeSet<String> {
        table(&files[path]).into_iter().map(|row| row[column].clone()).collect()
    };
    let regions = codes("data/regions.csv", "region");
    let industries = codes("data/industries.csv", "industry");
    let methods = agglo_testkit::workspace_root().join("docs/methods");
    let mut seen = 0;
    let mut left = vec![(String::new(), truth)];
    while let Some((key, value)) = left.pop() {
        match value {
            Value::Object(members) => left.extend(members.iter().map(|(k, v)| (k.clone(), v))),
            Value::Array(list) => left.extend(list.iter().map(|v| (key.clone(), v))),
            Value::String(text) => {
                let known = match key.as_str() {
                    "homes" | "from" | "to" | "coast" | "leaders" | "ranking" | "regions" => {
                        regions.contains(text)
                    }
                    "industry" | "industries" => industries.contains(text),
                    "found_by" => methods.join(format!("{text}.md")).exists(),
                    _ => continue,
                };
                assert!(known, "{key}: {text}");
                seen += 1;
            }
            _ => {}
        }
    }
    assert!(seen > 300);
    let ranking = texts(&truth["leading_regions"]["ranking"]);
    assert_eq!(ranking.iter().collect::<BTreeSet<_>>().len(), regions.len());
    for name in ["cluster_register", "firms"] {
        for row in table(&files[&format!("data/{name}.csv")]) {
            let (region, industry) = match name {
                "firms" => (&row["region"], &row["industry"]),
                _ => (&row["regions"], &row["industries"]),
            };
            assert!(regions.contains(region) && industries.contains(industry), "{row:?}");
        }
    }
}

#[test]
fn the_study_file_names_files_and_columns_that_exist() {
    let text = String::from_utf8(DRAWN.files["study.toml"].clone()).unwrap();
    let mut file = "";
    let mut blocks = 0;
    for line in text.lines() {
        if let Some(value) = line.strip_prefix("file    = ") {
            file = value.trim_matches('"');
        } else if let Some(value) = line.strip_prefix("columns = ") {
            let path = file.replace("year=*", "year=2009").replace("part-*", "part-0000");
            let heading = DRAWN.files[&path].split(|&byte| byte == b'\n').next().unwrap();
            let heading = std::str::from_utf8(heading).unwrap();
            let heading: Vec<&str> = heading.split(',').collect();
            for pair in value.trim_matches(['{', '}', ' ']).split(", ") {
                let named = pair.split(" = ").nth(1).unwrap().trim_matches('"');
                assert!(heading.contains(&named), "{path}: {named}");
            }
            blocks += 1;
        }
    }
    assert_eq!(blocks, 14);
}
