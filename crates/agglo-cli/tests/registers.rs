//! A register that is not read into memory, as a study uses it.
#![expect(clippy::unwrap_used, reason = "a file that cannot be read fails the test")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use agglo_testkit::scratch;
use common::{agglo, agglo_with, start};

/// A generated country of 3,000 plants and six years, whose register stays on the disk.
fn country() -> (agglo_testkit::TempDir, PathBuf) {
    let folder = scratch();
    let words = ["generate", "--plants", "3000", "--years", "6", "-o", "country", "-q"];
    agglo(folder.path(), &words).ended(0);
    let study = folder.path().join("country");
    set_reduce(&study, true);
    (folder, study)
}

fn set_reduce(study: &Path, reduce: bool) {
    let path = study.join("study.toml");
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("reduce")).collect();
    let text = lines.join("\n") + "\n";
    let block = "table   = \"plant\"\n";
    fs::write(&path, text.replacen(block, &format!("{block}reduce  = {reduce}\n"), 1)).unwrap();
}

/// The values of a column of a finding by industry, in the last period.
fn findings(study: &Path, step: &str, column: &str) -> BTreeMap<String, Option<f64>> {
    let file = study.join("findings").join(step).join("industries.parquet");
    let frame = agglo_data::read_frame(&file).unwrap();
    let industries = frame.keys("industry").unwrap();
    let values = frame.numbers(column).unwrap();
    industries.iter().map(ToString::to_string).zip(values.iter().map(|v| v.number())).collect()
}

/// The kept parts of the register, with the time of each file.
fn parts(study: &Path) -> BTreeMap<String, SystemTime> {
    let entries = fs::read_dir(study.join("tables/register")).unwrap().flatten();
    let parquet = entries.filter(|entry| entry.path().extension().is_some_and(|e| e == "parquet"));
    let named = parquet.map(|entry| {
        let time = entry.metadata().unwrap().modified().unwrap();
        (entry.file_name().to_string_lossy().into_owned(), time)
    });
    named.collect()
}

#[test]
fn a_register_on_the_disk_gives_what_its_rows_give() {
    let (_keep, study) = country();
    agglo(&study, &["run", "-q", "--memory", "64MiB"]).ended(0);
    assert!(!study.join("tables/plant.parquet").exists());
    let cells = findings(&study, "ellison-glaeser", "gamma");
    let activity = fs::read(study.join("tables/activity.parquet")).unwrap();
    assert!(findings(&study, "ellison-glaeser", "z").values().all(Option::is_none));
    let note = agglo(&study, &["check"]);
    assert!(note.out.contains("stays on the disk"), "{}{}", note.out, note.err);

    set_reduce(&study, false);
    agglo(&study, &["run", "-q"]).ended(0);
    let rows = findings(&study, "ellison-glaeser", "gamma");
    assert_eq!(fs::read(study.join("tables/activity.parquet")).unwrap(), activity);
    assert_eq!(cells.len(), rows.len());
    for (industry, gamma) in &rows {
        let (Some(a), Some(b)) = (gamma, cells[industry]) else {
            assert_eq!(*gamma, cells[industry], "{industry}");
            continue;
        };
        assert!((a - b).abs() < 1e-9, "{industry}: {a} from rows, {b} from cells");
    }
}

#[test]
fn a_further_year_is_summed_alone() {
    let (_keep, study) = country();
    let plants = study.join("data/plants");
    let mut years: Vec<PathBuf> =
        fs::read_dir(&plants).unwrap().flatten().map(|entry| entry.path()).collect();
    years.sort();
    let last = years.pop().unwrap();
    let aside = study.join("aside");
    fs::rename(&last, &aside).unwrap();
    agglo(&study, &["run", "-q"]).ended(0);
    let before = parts(&study);
    assert_eq!(before.len(), years.len());

    fs::rename(&aside, &last).unwrap();
    agglo(&study, &["run", "-q"]).ended(0);
    let after = parts(&study);
    assert_eq!(after.len(), years.len() + 1);
    assert!(before.iter().all(|(name, time)| after.get(name) == Some(time)));
    let activity = fs::read(study.join("tables/activity.parquet")).unwrap();
    fs::remove_dir_all(study.join("tables")).unwrap();
    agglo(&study, &["run", "-q"]).ended(0);
    assert_eq!(fs::read(study.join("tables/activity.parquet")).unwrap(), activity);
    agglo(&study, &["verify", "-q"]).ended(0);
}

#[test]
fn a_run_killed_while_it_sums_ends_in_the_same_cells() {
    let (_keep, study) = country();
    agglo(&study, &["run", "-q"]).ended(0);
    let read = |name: &str| fs::read(study.join("tables").join(name)).unwrap();
    let whole = (read("activity.parquet"), read("cell.parquet"));
    for wait_ms in [10, 40, 90, 160, 250] {
        fs::remove_dir_all(study.join("tables")).unwrap();
        let mut child = start(&study, &["run", "-q", "--memory", "64MiB"]);
        std::thread::sleep(std::time::Duration::from_millis(wait_ms));
        let _ = child.kill();
        child.wait().unwrap();
        agglo(&study, &["run", "-q", "--memory", "64MiB"]).ended(0);
        assert!((read("activity.parquet"), read("cell.parquet")) == whole, "after {wait_ms} ms");
    }
}

#[test]
fn a_bad_row_of_a_register_is_named_with_its_file() {
    let folder = scratch();
    let words = ["generate", "--plants", "1000", "--years", "6", "--format", "csv"];
    let words: Vec<&str> = words.into_iter().chain(["-o", "country", "-q"]).collect();
    agglo(folder.path(), &words).ended(0);
    let study = folder.path().join("country");
    set_reduce(&study, true);
    let year = fs::read_dir(study.join("data/plants")).unwrap().flatten().next().unwrap().path();
    let file = fs::read_dir(&year).unwrap().flatten().next().unwrap().path();
    let text = fs::read_to_string(&file).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let employment = lines[0].split(',').position(|name| name == "employment").unwrap();
    let mut cells: Vec<&str> = lines[6].split(',').collect();
    cells[employment] = "many";
    lines[6] = cells.join(",");
    fs::write(&file, lines.join("\n") + "\n").unwrap();
    let call = agglo(&study, &["run"]).ended(3);
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    assert!(call.err.contains(&name) && call.err.contains("many"), "{}", call.err);
    assert!(call.err.contains("row 7"), "{}", call.err);
}

#[test]
fn one_scan_gives_a_study_all_that_a_register_tells() {
    let (_keep, study) = country();
    let path = study.join("study.toml");
    let text = fs::read_to_string(&path).unwrap();
    let block = "table   = \"plant\"\n";
    let asked = "statistics = [\"size-classes\", \"turnover\", \"grid\", \"flows\", \"top-units\"]\n\
                 grid_km = 5.0\n";
    fs::write(&path, text.replacen(block, &format!("{block}{asked}"), 1)).unwrap();
    agglo(&study, &["run", "-q"]).ended(0);
    let table =
        |name: &str| agglo_data::read_frame(&study.join(format!("tables/{name}.parquet"))).unwrap();
    let total = |name: &str, column: &str| -> f64 {
        table(name).numbers(column).unwrap().iter().filter_map(|datum| datum.number()).sum()
    };
    let all = total("activity", "employment");
    assert_eq!(
        (total("size_class", "value"), total("turnover", "sum"), total("grid", "sum")),
        (all, all, all)
    );
    assert!(total("flow", "n") > 0.0 && total("turnover", "entries") > 0.0);
    assert!(table("top_unit").integers("rank").unwrap().iter().all(|rank| (1..=8).contains(rank)));
    let frame = |step: &str, table: &str| {
        let file = study.join("findings").join(step).join(format!("{table}.parquet"));
        agglo_data::read_frame(&file).unwrap()
    };
    let of_largest = frame("concentration-ratio", "industries");
    assert!(of_largest.numbers("cr1").unwrap().iter().all(|cr| cr.number().is_some()));
    // This register lists nobody who has closed, so exits are those listed for the last time.
    let exits = frame("entry-exit", "total").numbers("exit_rate").unwrap().clone();
    assert!(
        exits[1..].iter().all(|rate| rate.number().is_some_and(|rate| rate > 0.0)),
        "{exits:?}"
    );

    let before = parts(&study);
    assert_eq!(before.len(), 6 * 6);
    agglo(&study, &["run", "-q"]).ended(0);
    assert_eq!(parts(&study), before);

    let words = ["measure", "entry-exit", "--register", "data/plants/", "--value", "employment"];
    let words =
        [&words[..], &["--period", "year", "--def", "previous-population", "--json"]].concat();
    let asked = agglo(&study, &words).ended(0).json();
    let rows = asked["rows"].as_array().unwrap();
    let industries = frame("entry-exit", "industries");
    assert_eq!(rows.len(), industries.n_rows());
    let rates = industries.numbers("entry_rate").unwrap();
    for (row, rate) in rows.iter().zip(rates) {
        // The JSON parser of the test gives the last digit away.
        match (row["entry_rate"].as_f64(), rate.number()) {
            (Some(a), Some(b)) => assert!((a - b).abs() < 1e-15, "{a}, {b}"),
            (a, b) => assert_eq!(a, b),
        }
    }
}

#[test]
fn only_a_register_is_reduced() {
    let (_keep, study) = country();
    let path = study.join("study.toml");
    let text = fs::read_to_string(&path).unwrap();
    let block = "table   = \"region\"\n";
    fs::write(&path, text.replacen(block, &format!("{block}reduce  = true\n"), 1)).unwrap();
    let call = agglo(&study, &["run"]).ended(3);
    assert!(call.err.contains("`reduce` is for the table `plant`"), "{}", call.err);
}

#[test]
fn the_engine_and_its_memory_are_asked_for_in_words_that_are_checked() {
    let (_keep, study) = country();
    let call = agglo(&study, &["run", "--memory", "plenty"]).ended(2);
    assert!(call.err.contains("4GiB"), "{}", call.err);
    let call = agglo(&study, &["run", "--engine", "spark://here:1"]).ended(2);
    assert!(call.err.contains("ballista://host:port"), "{}", call.err);
    let doctor = agglo(&study, &["doctor", "--memory", "2GiB"]).ended(0);
    assert!(doctor.out.contains("2147483648"), "{}", doctor.out);
}

#[test]
fn measure_takes_a_register_as_it_lies_in_its_folder() {
    let (_keep, study) = country();
    agglo(&study, &["run", "-q"]).ended(0);
    let words =
        ["measure", "ellison-glaeser", "--register", "data/plants/", "--value", "employment"];
    let rows = agglo(&study, &[&words[..], &["--json"]].concat()).ended(0).json();
    let last = findings(&study, "ellison-glaeser", "gamma");
    let rows = rows["rows"].as_array().cloned().unwrap_or_else(|| panic!("{rows:#}"));
    let year = rows.iter().filter_map(|row| row["period"].as_i64()).max().unwrap();
    let mut n = 0;
    for row in rows.iter().filter(|row| row["period"].as_i64() == Some(year)) {
        let industry = row["industry"].as_str().unwrap();
        match (row["gamma"].as_f64(), last[industry]) {
            // Regions of other years stand among those summed over here.
            (Some(a), Some(b)) => assert!((a - b).abs() < 1e-12, "{industry}: {a}, {b}"),
            (a, b) => assert_eq!(a, b, "{industry}"),
        }
        n += 1;
    }
    assert_eq!(n, last.len());
    let refused = agglo(&study, &["measure", "two-way-fixed-effects", "--register", "x.csv"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
}

#[test]
fn a_measure_of_a_register_is_the_same_with_little_memory_and_on_any_threads() {
    let (_keep, study) = country();
    let spills = scratch();
    let rows = |limits: &[&str]| {
        let words =
            ["measure", "herfindahl", "--register", "data/plants/", "--period", "year", "--value"];
        let words = [&words[..], &["employment", "--format", "csv"], limits].concat();
        let temporary = [("TMPDIR", spills.path().to_string_lossy().into_owned())];
        let asked = agglo_with(&study, &words, &temporary);
        assert_eq!(asked.code, 0, "{}", asked.err);
        asked.out
    };
    let free = rows(&[]);
    assert_eq!(free, rows(&["--memory", "16MiB", "--threads", "2"]));
    assert_eq!(free, rows(&["--threads", "1"]));
    assert!(fs::read_dir(spills.path().join("agglo-spill")).unwrap().next().is_none());
}
