//! A study from its tables to its report, as a person would run it.
#![expect(clippy::unwrap_used, reason = "a file that cannot be read fails the test")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use agglo_testkit::scratch;
use common::{agglo, start};

fn demo(name: &str) -> (agglo_testkit::TempDir, PathBuf) {
    let folder = scratch();
    agglo(folder.path(), &["demo", name, "study", "-q"]).ended(0);
    let study = folder.path().join("study");
    (folder, study)
}

/// Every file below the folder with its bytes, but for what changes without meaning.
fn files(root: &Path) -> std::collections::BTreeMap<PathBuf, Vec<u8>> {
    let mut found = std::collections::BTreeMap::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(
                    path.strip_prefix(root).unwrap().to_path_buf(),
                    fs::read(&path).unwrap(),
                );
            }
        }
    }
    found
}

#[test]
fn the_study_of_china_shows_the_papers_second_figure() {
    let (_keep, study) = demo("china");
    let gini = |year: u32| {
        let address = format!("gini-focus.gini@industry=industry,period={year}");
        agglo(&study, &["explain", &address, "--json"]).ended(0).json()["value"].as_f64().unwrap()
    };
    assert!(gini(2004) > gini(1992) + 0.03);
    assert!(gini(2013) < gini(2004) - 0.02);
    assert!(gini(2016) > gini(2013) + 0.02);
    assert!(gini(2022) < gini(2016) - 0.01);

    let run: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(study.join("run.json")).unwrap()).unwrap();
    let failed: Vec<&serde_json::Value> =
        run["steps"].as_array().unwrap().iter().filter(|s| s["status"] == "failed").collect();
    assert!(failed.is_empty(), "{failed:#?}");
    for data in run["data"].as_array().unwrap() {
        let count = |key: &str| data[key].as_u64().unwrap();
        assert_eq!(count("rows_read"), count("rows_used") + count("rows_rejected"), "{data}");
    }
    let page = fs::read_to_string(study.join("report/report.html")).unwrap();
    assert!(
        page.contains("Gini coefficient of industrial space") && page.contains("产业空间基尼系数")
    );
    assert!(!page.contains("http://") || !page.contains("<script src"));
    for part in [
        "相邻地区是否相似",
        "map-local-moran",
        "table-center",
        "table-claims",
        "大分散、小集中",
        // What the study computes is said, and a refusal is a sentence.
        "fig-inequality",
        "fig-dagum",
        "fig-polarization",
        "table-coagglomeration",
        "map-hot-spots",
        "fig-spatial-markov",
        "fig-lisa-markov",
        "fig-density",
        "the test asks for 12 years or more",
        "该检验至少需要 12 年",
        "table-regression-specialization-and-income-tests",
        "Lagrange multiplier tests",
    ] {
        assert!(page.contains(part), "{part} is not in the report");
    }
}

#[test]
fn the_artificial_study_answers_every_chapter_and_says_that_it_is_artificial() {
    let (_keep, study) = demo("artificial");
    let run: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(study.join("run.json")).unwrap()).unwrap();
    let steps = run["steps"].as_array().unwrap();
    let failed: Vec<&serde_json::Value> =
        steps.iter().filter(|s| s["status"] == "failed").collect();
    assert!(failed.is_empty(), "{failed:#?}");
    for method in [
        "growth",
        "location-quotient",
        "ellison-glaeser",
        "industrialization-stage",
        "shift-share",
        "transfer-regions",
        "star-clusters",
        "development-model",
        "structural-similarity",
        "primary-stage",
        "innovation-scorecard",
        "indicator-ranking",
        "rank-intervals",
        "top-composition",
        "opportunity-map",
        "two-way-fixed-effects",
        "event-study",
    ] {
        let answered = steps.iter().any(|s| s["method"] == method && s["status"] == "answered");
        assert!(answered, "{method} has no answer");
    }
    let page = fs::read_to_string(study.join("report/report.html")).unwrap();
    assert!(page.contains("does not exist") && page.contains("人造数据"));
    for part in
        ["table-clubs", "table-cluster-index", "table-regression-specialization-and-income-error"]
    {
        assert!(page.contains(part), "{part} is not in the report");
    }
}

#[test]
fn a_second_run_computes_nothing_and_a_changed_table_only_what_depends_on_it() {
    let (_keep, study) = demo("china");
    let again = agglo(&study, &["run", "--json"]).ended(0).json();
    assert_eq!((again["computed"].as_u64(), again["tables_read"].as_u64()), (Some(0), Some(0)));

    let path = study.join("data/national.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("313071", "313072")).unwrap();
    let changed = agglo(&study, &["run", "--json"]).ended(0).json();
    assert_eq!(changed["computed"].as_u64(), Some(1), "only the headline growth reads this table");
    assert_eq!(changed["tables_read"].as_u64(), Some(1));
}

#[test]
fn one_thread_and_many_write_the_same_bytes() {
    let (_keep, study) = demo("artificial");
    let before = files(&study.join("findings"));
    fs::remove_dir_all(study.join("findings")).unwrap();
    fs::remove_dir_all(study.join("tables")).unwrap();
    agglo(&study, &["run", "--threads", "1", "-q"]).ended(0);
    let after = files(&study.join("findings"));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (path, bytes) in &before {
        assert!(after[path] == *bytes, "{} differs", path.display());
    }
}

#[test]
fn a_killed_run_goes_on_where_it_stopped() {
    let (_keep, study) = demo("china");
    let whole = files(&study.join("findings"));
    for wait_ms in [5, 60, 150, 400] {
        fs::remove_dir_all(study.join("findings")).unwrap();
        let mut child = start(&study, &["run", "-q"]);
        std::thread::sleep(std::time::Duration::from_millis(wait_ms));
        // It may have ended already; then there is nothing to kill.
        let _ = child.kill();
        child.wait().unwrap();
        agglo(&study, &["run", "-q"]).ended(0);
        assert!(files(&study.join("findings")) == whole, "after {wait_ms} ms");
    }
}

#[test]
fn a_misspelt_key_is_answered_with_its_line_and_the_nearest_key() {
    let (_keep, study) = demo("china");
    let path = study.join("study.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("vintage    =", "vintgae    =")).unwrap();
    let call = agglo(&study, &["run"]).ended(3);
    assert!(call.err.contains("study.toml:") && call.err.contains("`vintage`"), "{}", call.err);
}

#[test]
fn a_variable_that_there_is_not_is_answered_with_those_there_are() {
    let (_keep, study) = demo("china");
    let path = study.join("study.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"gdp / population\"", "\"gdp / people\"")).unwrap();
    for verb in ["run", "check"] {
        let call = agglo(&study, &[verb]).ended(3);
        assert!(call.err.contains("[[measure.regression]]"), "{}", call.err);
        assert!(call.err.contains("no variable `people`: there are"), "{}", call.err);
        assert!(call.err.contains("population"), "{}", call.err);
    }
}

#[test]
fn weights_are_kept_and_made_anew_when_what_they_rest_on_changes() {
    let (_keep, study) = demo("artificial");
    let space = || {
        let run: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(study.join("run.json")).unwrap()).unwrap();
        run["data"].as_array().unwrap().iter().find(|data| data["name"] == "space").unwrap().clone()
    };
    let before = space();
    assert!(before["files"]["data/regions.csv"].is_string(), "made from coordinates: {before}");
    let note = study.join("tables/weights.json");
    let kept = fs::read_to_string(&note).unwrap();
    // A record that only the kept weights can have.
    fs::write(&note, kept.replace("nearest 6", "nearest six")).unwrap();
    agglo(&study, &["run", "-q"]).ended(0);
    assert_eq!(space()["reader"], "nearest six");
    let path = study.join("study.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}\n[space]\nnearest = 4\n")).unwrap();
    agglo(&study, &["run", "-q"]).ended(0);
    assert_eq!(space()["reader"], "nearest 4");
}

#[test]
fn a_bad_cell_stops_the_run_and_is_placed() {
    let (_keep, study) = demo("china");
    let path = study.join("data/structure.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("110000,1999,primary,", "110000,1999,primary,x", 1)).unwrap();
    let call = agglo(&study, &["run"]).ended(3);
    assert!(call.err.contains("structure.csv") && call.err.contains("row 2"), "{}", call.err);
    let check = agglo(&study, &["check", "--json"]).ended(1).json();
    assert!(check["findings"].as_array().is_some_and(|found| !found.is_empty()));
}

#[test]
fn a_region_that_no_list_knows_is_named() {
    let (_keep, study) = demo("china");
    let path = study.join("data/structure.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("110000,1999", "110001,1999", 1)).unwrap();
    let call = agglo(&study, &["check"]).ended(1);
    assert!(call.out.contains("110001"), "{}", call.out);
}

#[test]
fn figures_come_as_svg_and_png_without_a_browser() {
    let (_keep, study) = demo("china");
    agglo(&study, &["plot", "fig-gini", "-o", "gini.svg"]).ended(0);
    let svg = fs::read_to_string(study.join("gini.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("Gini"));
    agglo(&study, &["plot", "gini-focus.gini@industry=industry", "-o", "g.png"]).ended(0);
    assert_eq!(&fs::read(study.join("g.png")).unwrap()[..4], b"\x89PNG");
    let words = [
        "map",
        "location-quotient.lq@industry=industry,period=2022",
        "--lang",
        "zh",
        "-o",
        "m.svg",
    ];
    agglo(&study, &words).ended(0);
    assert!(fs::read_to_string(study.join("m.svg")).unwrap().contains('京'));
}

#[test]
fn a_number_leads_to_the_cells_it_comes_from() {
    let (_keep, study) = demo("china");
    let address = "gini-focus.gini@industry=industry,period=2004";
    let json = agglo(&study, &["explain", address, "--json"]).ended(0).json();
    let cells = json["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 31);
    let beijing =
        cells.iter().find(|cell| cell["keys"]["region"] == "110000").expect("Beijing is a source");
    assert_eq!(beijing["file"], "data/industrial_value_added.csv");
    assert_eq!((beijing["row"].as_u64(), beijing["value"].as_f64()), (Some(2), Some(1483.2)));
    // The column found is the one headed 2004.
    let text = fs::read_to_string(study.join("data/industrial_value_added.csv")).unwrap();
    let head: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    assert_eq!(head[beijing["column"].as_u64().unwrap() as usize - 1], "2004");
}

#[test]
fn a_study_starts_from_a_file_of_ones_own() {
    let folder = scratch();
    let mut text = String::from("county;sector;year;jobs\n");
    for (place, county) in ["A", "B", "C", "D"].iter().enumerate() {
        for (s, sector) in ["x", "y", "z"].iter().enumerate() {
            for year in 2018..=2020 {
                text.push_str(&format!("{county};{sector};{year};{}\n", 10 + place * 7 + s * 5));
            }
        }
    }
    fs::write(folder.path().join("jobs.csv"), text).unwrap();
    agglo(folder.path(), &["init", "jobs.csv"]).ended(0);
    agglo(folder.path(), &["check"]);
    agglo(folder.path(), &["run"]).ended(0);
    agglo(folder.path(), &["report"]).ended(0);
    assert!(folder.path().join("report/report.html").exists());
    agglo(folder.path(), &["init", "jobs.csv"]).ended(2);
}

#[test]
fn a_folder_stands_for_the_files_in_it_that_can_be_read() {
    let folder = scratch();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    let file = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    for year in [2019, 2020] {
        let rows = format!("region,industry,year,jobs\na,x,{year},1\nb,x,{year},2\n");
        file(&format!("data/jobs_{year}.csv"), &rows);
    }
    file("data/jobs_20_notes.csv", "");
    let call = agglo(folder.path(), &["init", "."]).ended(0);
    assert!(call.err.contains("jobs_20_notes.csv: left out"), "{}", call.err);
    let study = std::fs::read_to_string(folder.path().join("study.toml")).unwrap();
    assert!(study.contains("data/jobs_20??.csv"), "{study}");
    let check = agglo(folder.path(), &["check", "--json"]).json();
    assert_eq!(check["data"][0]["rows_used"], 4, "{check}");
}

#[test]
fn a_folder_without_a_study_is_told_how_to_start_one() {
    let folder = scratch();
    let call = agglo(folder.path(), &["run"]).ended(3);
    assert!(call.err.contains("agglo init") && call.err.contains("agglo demo"), "{}", call.err);
}

#[test]
fn the_other_verbs_answer() {
    let folder = scratch();
    let path = folder.path();
    assert!(agglo(path, &["--help"]).ended(0).out.contains("agglo demo"));
    assert!(agglo(path, &["explain", "gini"]).ended(0).out.contains("s(l)"));
    assert!(agglo(path, &["explain", "gini", "--lang", "zh"]).ended(0).out.contains("基尼"));
    agglo(path, &["explain", "ginni"]).ended(2);
    for what in ["readers", "tables", "templates", "demos"] {
        assert!(!agglo(path, &["list", what]).ended(0).out.is_empty());
    }
    agglo(path, &["doctor"]).ended(0);
    assert!(agglo(path, &["completions", "bash"]).ended(0).out.contains("agglo"));
    agglo(path, &["man", "man"]).ended(0);
    assert!(path.join("man/agglo.1").exists());
    agglo(path, &["init", "--template", "blank", "--dir", "new"]).ended(0);
    assert!(
        agglo(path, &["generate", "--plants", "1000", "--years", "10", "-o", "country"])
            .ended(0)
            .err
            .contains("truth.json")
    );
}
