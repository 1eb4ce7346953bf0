//! Two hundred thousand rows, read back as a stranger would and measured by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use agglo_core::{Control, Seed};
use agglo_testkit::scratch;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Decimal128Type, Float64Type, Int32Type, Int64Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use super::*;

fn plan() -> RegisterPlan {
    RegisterPlan {
        plants: 20_000,
        format: RegisterFormat::Csv,
        plants_per_file: 7_000,
        ..RegisterPlan::default()
    }
}

fn small() -> RegisterPlan {
    RegisterPlan { plants: 3000, plants_per_file: 1000, years: 6, ..plan() }
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

fn drawn(plan: &RegisterPlan, threads: usize) -> (BTreeMap<String, Vec<u8>>, RegisterSummary) {
    let folder = scratch();
    let dir = folder.path().join("country");
    let summary = write_register(plan, &dir, threads, &Control::none()).unwrap();
    (files(&dir), summary)
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

fn table(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(bytes).deserialize().map(Result::unwrap).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}

fn hundredths(amount: &str) -> u64 {
    amount.replace('.', "").parse().unwrap()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

fn year(truth: &Value, path: &str) -> i64 {
    truth.pointer(path).unwrap().as_i64().unwrap()
}

#[test]
fn the_bytes_are_the_same_on_any_number_of_threads() {
    for format in [RegisterFormat::Parquet, RegisterFormat::Csv] {
        let plan = RegisterPlan { format, ..small() };
        let (one, _) = drawn(&plan, 1);
        assert_eq!(one.keys().filter(|path| path.starts_with("data/plants/")).count(), 18);
        assert!(one.keys().all(|path| !path.contains(".agglo-generate")), "nothing is left over");
        for threads in [2, 8] {
            assert!(drawn(&plan, threads).0 == one, "{threads} threads");
        }
        let (other, _) = drawn(&RegisterPlan { seed: Seed(7), ..plan }, 2);
        assert!(one != other);
    }
}

/// A writer that can be looked into when the part has taken it.
#[derive(Clone, Default)]
struct Bytes(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_part_made_alone_has_the_bytes_of_the_whole_run() {
    for format in [RegisterFormat::Parquet, RegisterFormat::Csv] {
        let plan = RegisterPlan { format, ..small() };
        let (whole, _) = drawn(&plan, 2);
        let (out, end) = (Bytes::default(), format.extension());
        let rows = write_register_part(&plan, 2012, 1, out.clone(), &Control::none()).unwrap();
        let path = format!("data/plants/year=2012/part-0001.{end}");
        assert!(*out.0.lock().unwrap() == whole[&path]);
        assert!((500..1000).contains(&rows), "{rows}");
    }
    for (year, number) in [(2008, 0), (2015, 0), (2009, 3)] {
        let outcome =
            write_register_part(&small(), year, number, Bytes::default(), &Control::none());
        assert!(matches!(outcome, Err(DemoError::NoPart { .. })));
    }
}

#[test]
fn parquet_and_csv_hold_the_same_rows() {
    let folder = scratch();
    let parquet = RegisterPlan { format: RegisterFormat::Parquet, ..small() };
    write_register(&parquet, folder.path(), 2, &Control::none()).unwrap();
    let batches: Vec<RecordBatch> = files(folder.path())
        .into_keys()
        .filter(|path| path.starts_with("data/plants/"))
        .flat_map(|path| {
            let file = File::open(folder.path().join(path)).unwrap();
            ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap()
        })
        .map(Result::unwrap)
        .collect();
    let (csv, _) = drawn(&small(), 2);
    let mut rows = csv
        .iter()
        .filter(|(path, _)| path.starts_with("data/plants/"))
        .flat_map(|(_, bytes)| table(bytes));
    for batch in &batches {
        let column = |name| batch.column_by_name(name).unwrap();
        let text = |name, at| {
            let texts = column(name).as_string::<i32>();
            if texts.is_valid(at) { texts.value(at) } else { "" }.to_owned()
        };
        for at in 0..batch.num_rows() {
            let row = rows.next().unwrap();
            for name in ["plant", "parent_id"] {
                let value = column(name).as_primitive::<Int64Type>().value(at);
                assert_eq!(value.to_string(), row[name]);
            }
            for name in ["year", "employment", "opened_year", "closed_year"] {
                let values = column(name).as_primitive::<Int32Type>();
                let valid = values.is_valid(at);
                let value = if valid { values.value(at).to_string() } else { String::new() };
                assert_eq!(value, row[name]);
            }
            for name in ["region", "industry", "previous_region", "origin"] {
                assert_eq!(text(name, at), row[name]);
            }
            for name in ["output", "value_added"] {
                let value = column(name).as_primitive::<Decimal128Type>().value(at);
                assert_eq!(value, i128::from(hundredths(&row[name])));
            }
            for name in ["x_km", "y_km"] {
                let value = column(name).as_primitive::<Float64Type>().value(at);
                assert_eq!(value, number(&row, name));
            }
        }
    }
    assert!(rows.next().is_none());
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

#[test]
fn a_stopped_run_goes_on_and_ends_in_the_same_bytes() {
    let (whole, _) = drawn(&small(), 2);
    let folder = scratch();
    let mut kept = 0;
    for stop_after in [1u64, 4_000, 9_000, u64::MAX] {
        let cancelled = AtomicBool::new(false);
        let progress = |done, total| {
            assert!(done <= total);
            if done >= stop_after {
                cancelled.store(true, Ordering::Relaxed);
            }
        };
        let control = Control::new(&progress, &cancelled);
        match write_register(&small(), folder.path(), 2, &control) {
            Ok(summary) => kept = summary.kept,
            Err(error) => assert!(matches!(error, DemoError::Cancelled), "{error}"),
        }
        assert!(
            files(folder.path()).iter().all(|(path, bytes)| path.starts_with(".agglo-generate")
                || whole.get(path) == Some(bytes)),
            "no half-written file stands among the data"
        );
    }
    assert!(kept > 0);
    assert!(files(folder.path()) == whole);
}

/// The test calls itself: a process that draws is killed at ever later moments.
#[test]
fn a_killed_run_goes_on_and_ends_in_the_same_bytes() {
    const DIR: &str = "AGGLO_TEST_REGISTER";
    let plan = RegisterPlan { format: RegisterFormat::Parquet, ..small() };
    if let Some(dir) = std::env::var_os(DIR) {
        write_register(&plan, Path::new(&dir), 2, &Control::none()).unwrap();
        return;
    }
    let (whole, _) = drawn(&plan, 2);
    let folder = scratch();
    let dir = folder.path().join("country");
    for attempt in 0.. {
        assert!(attempt < 200, "the run never ends");
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "register::tests::a_killed_run_goes_on_and_ends_in_the_same_bytes"])
            .env(DIR, &dir)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(5 + 8 * attempt));
        let _ = child.kill();
        let status = child.wait().unwrap();
        if status.success() {
            break;
        }
        let half: Vec<_> = files_if_any(&dir)
            .into_iter()
            .filter(|(path, bytes)| {
                !path.starts_with(".agglo-generate") && whole.get(path) != Some(bytes)
            })
            .map(|(path, _)| path)
            .collect();
        assert!(half.is_empty(), "{half:?}");
    }
    assert!(files(&dir) == whole);
}

fn files_if_any(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    if dir.exists() { files(dir) } else { BTreeMap::new() }
}

#[test]
fn a_folder_that_is_not_free_is_refused_and_left_as_it_was() {
    let folder = scratch();
    let refused = |plan: &RegisterPlan| {
        write_register(plan, folder.path(), 1, &Control::none()).unwrap_err().to_string()
    };
    fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    assert!(refused(&small()).contains("is not empty"));
    assert_eq!(files(folder.path()).len(), 1);
    fs::remove_file(folder.path().join("mine.txt")).unwrap();

    let cancelled = AtomicBool::new(true);
    let control = Control::new(&|_, _| {}, &cancelled);
    write_register(&small(), folder.path(), 1, &control).unwrap_err();
    let message = refused(&RegisterPlan { years: 7, ..small() });
    assert!(message.contains("`years = 6`") && message.contains("`years = 7`"), "{message}");

    let held = Work::open(folder.path(), &small().settings()).unwrap();
    assert!(refused(&small()).contains("another process"));
    drop(held);
    write_register(&small(), folder.path(), 1, &Control::none()).unwrap();
    assert!(refused(&small()).contains("is not empty"), "a finished register is not touched");
}

#[test]
fn what_the_system_refuses_is_said_with_the_file() {
    let folder = scratch();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = write_register(&small(), &file.join("country"), 1, &Control::none()).unwrap_err();
    assert!(matches!(error, DemoError::Write { .. }) && !error.is_disk_full(), "{error}");
    assert!(error.to_string().contains("country"), "{error}");
    for format in [RegisterFormat::Parquet, RegisterFormat::Csv] {
        let plan = RegisterPlan { format, ..small() };
        let Ok(full) = File::options().write(true).open("/dev/full") else { return };
        let error = write_register_part(&plan, 2009, 0, full, &Control::none()).unwrap_err();
        assert!(error.is_disk_full(), "{error}");
        assert!(error.to_string().contains("year=2009/part-0000"), "{error}");
    }
}
