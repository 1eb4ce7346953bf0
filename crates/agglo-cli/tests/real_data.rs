//! Studies started from official files as they are published; skipped, and said so, without them.
#![expect(clippy::unwrap_used, reason = "a file that cannot be read fails the test")]

mod common;

use std::path::{Path, PathBuf};

use agglo_testkit::{assert_close, scratch, shared_data};
use common::{Call, agglo};

fn init(folder: &Path, files: &[PathBuf]) -> Call {
    let files: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    agglo(folder, &[&["init"], &files[..]].concat()).ended(0)
}

/// Runs the study and fails when a step failed.
fn run(folder: &Path) -> serde_json::Value {
    let json = agglo(folder, &["run", "--json"]);
    let json = json.ended(0).json();
    for data in json["run"]["data"].as_array().unwrap() {
        let count = |key: &str| data[key].as_u64().unwrap();
        assert_eq!(count("rows_read"), count("rows_used") + count("rows_rejected"), "{data}");
    }
    agglo(folder, &["report"]).ended(0);
    json
}

fn answered(run: &serde_json::Value, method: &str) -> bool {
    let steps = run["run"]["steps"].as_array().unwrap();
    steps.iter().any(|step| step["method"] == method && step["status"] == "answered")
}

#[test]
fn british_employment_by_region_and_fine_industry_makes_a_study() {
    let Some(data) = shared_data("uk_bres_itl2") else { return };
    let folder = scratch();
    let files = [
        "bres_itl2_sic5_2015_2020.parquet",
        "gb_enterprises_by_size_band_sic5.csv",
        "itl2_regions.csv",
        "sic2007_5digit.csv",
    ];
    init(folder.path(), &files.map(|file| data.join(file)));
    let run = run(folder.path());
    for method in ["ellison-glaeser", "opportunity-map", "economic-complexity", "star-clusters"] {
        assert!(answered(&run, method), "{method}");
    }
    // 40 regions, and 728 of 729 industries: farm agriculture has gaps and is left out.
    let address = "gini.n_regions@industry=10110,period=2019";
    let explained = agglo(folder.path(), &["explain", address, "--json"]).ended(0).json();
    assert_eq!(explained["value"].as_f64(), Some(40.0));
}

#[test]
fn american_counties_with_withheld_cells_make_a_study_and_a_map() {
    let Some(data) = shared_data("us_bea_cagdp2") else { return };
    let Some(counties) = shared_data("boundaries/us_atlas_counties-10m.topojson") else { return };
    let folder = scratch();
    // Two states keep the test short; the pattern of all of them is read the same way.
    let files = ["CAGDP2_CT_2001_2021.csv", "CAGDP2_DE_2001_2021.csv"].map(|file| data.join(file));
    let said = init(folder.path(), &[&files[..], &[counties]].concat()).err;
    assert!(said.contains("region codes are found"), "{said}");
    let run = run(folder.path());
    // Counties that share a border are neighbors without a word in the study file.
    for step in ["location-quotient", "spatial-weights", "moran", "local-moran"] {
        assert!(answered(&run, step), "{step}");
    }
    let data = run["run"]["data"].as_array().unwrap();
    let weights = data.iter().find(|data| data["table"] == "weights").unwrap();
    assert_eq!(weights["reader"], "queen");
    let words = ["map", "growth-total.value", "-o", "m.svg"];
    agglo(folder.path(), &words).ended(2);
    let check = agglo(folder.path(), &["check", "--json"]).json();
    assert!(check["data"][0]["rows_read"].as_u64().unwrap() > 0);
}

#[test]
fn british_tables_of_three_levels_become_one_block_and_two_remarks() {
    let Some(data) = shared_data("uk_ons_gva") else { return };
    let folder = scratch();
    let said = init(folder.path(), &[data]).err;
    let kinds = ["codes of 4 signs", "codes of 5 signs"];
    assert!(kinds.iter().all(|kind| said.contains(kind)), "{said}");
    let text = std::fs::read_to_string(folder.path().join("study.toml")).unwrap();
    let blocks: Vec<&str> =
        text.lines().filter(|line| line.starts_with("file ") && line.contains("Table ")).collect();
    assert!(matches!(blocks[..], [only] if only.contains("Table 1c ITL1")), "{blocks:?}");
    let check = agglo(folder.path(), &["check", "--json"]).json();
    let [table] = &check["data"].as_array().unwrap()[..] else { panic!("{:#}", check["data"]) };
    assert!(table["rows_used"].as_u64() > Some(0) && table["rows_rejected"] == 0, "{table:#}");
}

#[test]
fn german_states_lose_their_total_and_keep_the_rest() {
    let Some(file) = shared_data("germany_reat/G.regions.emp.csv") else { return };
    let folder = scratch();
    let said = init(folder.path(), &[file]).err;
    assert!(said.contains("Insgesamt is the sum of the others"), "{said}");
    let run = run(folder.path());
    assert_eq!(run["run"]["data"][0]["rows_used"].as_u64(), Some(17 * 12 * 7));
    assert!(answered(&run, "shift-share"));
}

#[test]
fn the_ellison_glaeser_index_of_a_textbook_is_that_of_reat() {
    let Some(file) = shared_data("germany_reat/FK2014_EGC.csv") else { return };
    let folder = scratch();
    let file = file.to_str().unwrap();
    let words =
        ["measure", "ellison-glaeser", file, "--plant", "firm", "--value", "emp_firm", "--json"];
    let json = agglo(folder.path(), &words).ended(0).json();
    // REAT 3.0.3, ellison.a2.
    let expected = [
        ("Clothing trade", -0.093_793_844_56),
        ("Forestry", 0.168_380_033_4),
        ("Textiles dyeing", -0.080_125_394_45),
        ("Textiles trade", -0.130_401_340_5),
    ];
    let rows = json["rows"].as_array().unwrap();
    assert_eq!(rows.len(), expected.len());
    for (row, (industry, gamma)) in rows.iter().zip(expected) {
        assert_eq!(row["industry"], industry);
        assert_close(row["gamma"].as_f64().unwrap(), gamma, 1e-10);
    }
}
