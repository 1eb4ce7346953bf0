//! `agglo check` in each of its formats, and what `--fix` writes.
#![expect(clippy::unwrap_used, reason = "a file that cannot be read fails the test")]

mod common;

use std::fs;
use std::path::PathBuf;

use agglo_testkit::{TempDir, scratch, shared_data};
use common::agglo;
use serde_json::Value;

/// A study of one block on one file.
fn study(block: &str, files: &[(&str, &[u8])]) -> (TempDir, PathBuf) {
    let folder = scratch();
    let root = folder.path().join("study");
    fs::create_dir(&root).unwrap();
    for (name, bytes) in files {
        fs::write(root.join(name), bytes).unwrap();
    }
    let head =
        "# A study with a comment.\n[study]\nid    = \"test\"\ntitle = { en = \"Test\" }\n\n";
    fs::write(root.join("study.toml"), format!("{head}{block}")).unwrap();
    (folder, root)
}

const JOBS: &str = "\
# The only block.
[[data]]
name    = \"jobs\"
table   = \"activity\"
file    = \"jobs, 1.csv\"               # a name with a comma and a blank
columns = { region = \"region\", industry = \"industry\", period = \"year\", employment = \"emp\" }
";

/// Four regions over ten years; one figure of `c` is ten times too large.
fn jobs(with_total: bool, odd: bool) -> Vec<u8> {
    let mut text = String::from("region,industry,year,emp\n");
    for year in 0..10_u32 {
        let mut total = 0;
        for (place, region) in ["a", "b", "c", "d"].into_iter().enumerate() {
            let wave = [0, 130, 40, 90, 10][((year as usize) * (place + 2)) % 5];
            let mut value = 10_000 * (place as u32 + 1) + 310 * year + wave;
            if odd && region == "c" && year == 4 {
                value *= 10;
            }
            total += value;
            text.push_str(&format!("{region},x,{},{value}\n", 2010 + year));
        }
        if with_total {
            text.push_str(&format!("all,x,{},{total}\n", 2010 + year));
        }
    }
    text.into_bytes()
}

fn codes(json: &Value) -> Vec<&str> {
    json["findings"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect()
}

#[test]
fn a_clean_table_has_no_finding_and_ends_with_0() {
    let (_keep, root) = study(JOBS, &[("jobs, 1.csv", &jobs(false, false))]);
    let call = agglo(&root, &["check"]).ended(0);
    assert!(call.out.contains("40 rows read = 40 used + 0 rejected"), "{}", call.out);
    assert!(call.out.contains("left aside by a filter or level: 0"), "{}", call.out);
    assert!(call.out.ends_with("next: agglo run\n"), "{}", call.out);
}

#[test]
fn a_slipped_decimal_point_is_told_with_its_row_in_every_format() {
    let (_keep, root) = study(JOBS, &[("jobs, 1.csv", &jobs(false, true))]);
    // Row 1 holds the headings; four rows a year; `c` is the third.
    let row = 1 + 4 * 4 + 3;
    let json = agglo(&root, &["check", "--json"]).ended(1).json();
    let finding = &json["findings"][0];
    assert_eq!((codes(&json), finding["row"].as_u64()), (vec!["A0823"], Some(row)), "{json:#}");
    assert_eq!((&finding["column"], &finding["file"]), (&"emp".into(), &"jobs, 1.csv".into()));
    assert_eq!(json["counts"]["A0823"], 1);
    assert_eq!(json["coverage"][0]["total"]["numbers"], 40);
    let also = agglo(&root, &["check", "--format", "json"]).ended(1).json();
    assert_eq!(also, json);

    let text = agglo(&root, &["check"]).ended(1).out;
    assert!(text.contains("--> jobs, 1.csv, row 20, column emp"), "{text}");
    assert!(text.contains("     1 A0823 warning: off by a power of ten"), "{text}");
    assert!(text.ends_with("next: agglo explain A0823\n"), "{text}");

    let github = agglo(&root, &["check", "--format", "github"]).ended(1).out;
    let start = "::warning file=jobs%2C 1.csv,line=20,title=A0823::column emp: ";
    assert!(github.starts_with(start) && github.lines().count() == 1, "{github}");
    let above = agglo(root.parent().unwrap(), &["-C", "study", "check", "--format", "github"]);
    assert!(above.out.contains("file=study/jobs%2C 1.csv,"), "{}", above.out);

    let sarif = agglo(&root, &["check", "--format", "sarif"]).ended(1).json();
    let result = &sarif["runs"][0]["results"][0];
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "jobs%2C%201.csv");
    assert_eq!(place["region"]["startLine"], row);
    assert_eq!((&result["ruleId"], &result["level"]), (&"A0823".into(), &"warning".into()));
}

#[test]
fn the_sarif_log_has_what_the_schema_requires() {
    let (_keep, root) = study(JOBS, &[("jobs, 1.csv", b"region,industry,year,emp\na,x,2010,1o\n")]);
    let file = root.join("found.sarif");
    agglo(&root, &["check", "--format", "sarif", "-o", "found.sarif"]).ended(1);
    let log: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    assert!(driver["name"].is_string());
    let rules = driver["rules"].as_array().unwrap();
    let ids: std::collections::BTreeSet<&str> =
        rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len(), "the ids of rules are distinct");
    let results = run["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(result["message"]["text"].as_str().is_some_and(|text| !text.is_empty()));
        let levels = ["none", "note", "warning", "error"];
        assert!(levels.contains(&result["level"].as_str().unwrap()));
        for location in result["locations"].as_array().into_iter().flatten() {
            let physical = &location["physicalLocation"];
            let uri = physical["artifactLocation"]["uri"].as_str().unwrap();
            assert!(!uri.starts_with('/') && !uri.contains([' ', ',', '\\', ':']), "{uri}");
            let line = physical["region"]["startLine"].as_u64();
            assert!(physical["region"].is_null() || line.is_some_and(|line| line > 0));
        }
    }
}

#[test]
fn a_format_for_tables_is_refused_by_check_and_sarif_by_other_verbs() {
    let (_keep, root) = study(JOBS, &[("jobs, 1.csv", &jobs(false, false))]);
    agglo(&root, &["check", "--format", "xlsx"]).ended(2);
    agglo(&root, &["list", "--format", "sarif"]).ended(2);
}

#[test]
fn a_guessed_encoding_is_written_down_and_not_guessed_again() {
    let text =
        "region,industry,year,emp\n江苏,制造业,2019,10\n浙江,制造业,2019,20\n安徽,制造业,2019,30\n";
    let bytes = gb18030(text);
    let (_keep, root) = study(JOBS, &[("jobs, 1.csv", &bytes)]);
    let before = fs::read_to_string(root.join("study.toml")).unwrap();
    let json = agglo(&root, &["check", "--json"]).json();
    assert!(codes(&json).contains(&"A0109"), "{json:#}");

    let dry = agglo(&root, &["check", "--fix", "-n"]);
    assert!(dry.out.contains("\n+encoding = \"gb18030\"\n"), "{}", dry.out);
    assert!(dry.out.starts_with("--- study.toml\n+++ study.toml\n@@ -"), "{}", dry.out);
    assert_eq!(fs::read_to_string(root.join("study.toml")).unwrap(), before);

    let fixed = agglo(&root, &["check", "--fix", "--json"]).ended(0);
    assert!(!codes(&fixed.json()).contains(&"A0109"), "{}", fixed.out);
    let after = fs::read_to_string(root.join("study.toml")).unwrap();
    assert_eq!(after.replace("encoding = \"gb18030\"\n", ""), before);
    assert_eq!(fs::read(root.join("jobs, 1.csv")).unwrap(), bytes, "the input is untouched");

    agglo(&root, &["check", "--fix"]).ended(0);
    assert_eq!(fs::read_to_string(root.join("study.toml")).unwrap(), after);
}

/// The text in GB18030, by the bytes of its few Chinese characters.
fn gb18030(text: &str) -> Vec<u8> {
    let table: &[(char, [u8; 2])] = &[
        ('江', [0xBD, 0xAD]),
        ('苏', [0xCB, 0xD5]),
        ('浙', [0xD5, 0xE3]),
        ('安', [0xB0, 0xB2]),
        ('徽', [0xBB, 0xD5]),
        ('制', [0xD6, 0xC6]),
        ('造', [0xD4, 0xEC]),
        ('业', [0xD2, 0xB5]),
    ];
    let mut bytes = Vec::new();
    for c in text.chars() {
        match table.iter().find(|(have, _)| *have == c) {
            Some((_, pair)) => bytes.extend(pair),
            None => bytes.push(c as u8),
        }
    }
    bytes
}

#[test]
fn thousands_are_declared_where_no_other_reading_is_possible() {
    let text = "region,industry,year,emp\na,x,2019,\"1,234,567\"\nb,x,2019,\"2,345\"\n";
    let (_keep, root) = study(JOBS, &[("jobs, 1.csv", text.as_bytes())]);
    agglo(&root, &["check"]).ended(1);
    let json = agglo(&root, &["check", "--fix", "--json"]).ended(0).json();
    assert_eq!(json["data"][0]["rows_used"], 2);
    assert!(fs::read_to_string(root.join("study.toml")).unwrap().contains("\nthousands = \",\"\n"));
}

#[test]
fn a_total_among_its_parts_is_kept_apart() {
    let (_keep, root) = study(JOBS, &[("jobs, 1.csv", &jobs(true, false))]);
    let json = agglo(&root, &["check", "--json"]).ended(1).json();
    assert_eq!(codes(&json), ["A0503"], "{json:#}");
    let fix = &json["findings"][0]["fix"];
    assert_eq!(fix["settings"]["totals"], "{ \"region\" = [\"all\"] }");
    let json = agglo(&root, &["check", "--fix", "--json"]).ended(0).json();
    assert!(codes(&json).is_empty(), "{json:#}");
}

#[test]
fn nothing_is_written_where_nothing_is_safe() {
    let (_keep, root) = study(JOBS, &[("jobs, 1.csv", &jobs(false, true))]);
    let before = fs::read_to_string(root.join("study.toml")).unwrap();
    let call = agglo(&root, &["check", "--fix"]).ended(1);
    assert!(call.err.contains("nothing that a setting settles"), "{}", call.err);
    assert_eq!(fs::read_to_string(root.join("study.toml")).unwrap(), before);
    agglo(&root, &["check", "-n"]).ended(2);
}

#[test]
fn the_coverage_is_shown_in_blocks_and_drawn() {
    let text =
        "region,industry,year,emp\na,x,2019,1\na,x,2020,(D)\nb,x,2019,NA\nb,x,2020,4\nc,x,2020,5\n";
    let (_keep, root) = study(JOBS, &[("jobs, 1.csv", text.as_bytes())]);
    let map = agglo(&root, &["check", "--coverage"]).out;
    assert!(map.contains("3 of 6 cells hold a number (50.0 %)"), "{map}");
    for row in ["\na █D\n", "\nb ·█\n", "\nc  █\n"] {
        assert!(map.contains(row), "{row:?}: {map}");
    }
    agglo(&root, &["check", "--coverage", "c.svg"]);
    let drawn = fs::read_dir(&root).unwrap().flatten();
    let svgs: Vec<PathBuf> =
        drawn.map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "svg")).collect();
    assert_eq!(svgs.len(), 2, "by region and by industry: {svgs:?}");
    assert!(fs::read_to_string(&svgs[0]).unwrap().contains("Which cells hold a number"));
}

#[test]
fn the_artificial_country_has_nothing_doubtful() {
    let folder = scratch();
    agglo_demo::write("artificial", &folder.path().join("country")).unwrap();
    let call = agglo(&folder.path().join("country"), &["check", "--json"]);
    let json = call.json();
    let doubtful: Vec<&Value> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["severity"] != "note")
        .collect();
    assert!(doubtful.is_empty(), "{doubtful:#?}");
    assert_eq!(call.code, 0);
}

#[test]
fn the_known_faults_of_the_provincial_panel_are_found_by_the_program() {
    let Some(panel) = shared_data("china_province/industry_panel_1990_2020.csv") else { return };
    let block = "[[data]]
name    = \"panel\"
table   = \"region_year\"
file    = \"panel.csv\"
columns = { region = \"gb_code\", period = \"year\", gdp = \"gdp_100m_yuan\", va_secondary = \"secondary_va_100m_yuan\", va_tertiary = \"tertiary_va_100m_yuan\", va_industry = \"industrial_va_100m_yuan\" }
units   = { gdp = \"100m CNY\", va_secondary = \"100m CNY\", va_tertiary = \"100m CNY\", va_industry = \"100m CNY\" }
";
    let (_keep, root) = study(block, &[("panel.csv", &fs::read(panel).unwrap())]);
    let call = agglo(&root, &["check"]).ended(1);
    assert!(call.out.contains("    10 A0803 warning"), "{}", call.out);
    assert!(call.out.contains("row 350, column secondary_va_100m_yuan"), "{}", call.out);
}

#[test]
fn every_row_of_a_file_is_accounted_for_and_what_was_done_on_reading_is_said() {
    let folder = scratch();
    let mut text = String::from("region,industry,year,jobs\n");
    for region in ["A", "B", "all"] {
        for (industry, jobs) in [("x", 10), ("y", 20)] {
            let jobs = if region == "all" { 2 * jobs } else { jobs };
            text.push_str(&format!("{region},{industry},2020,{jobs}\n"));
        }
    }
    text.push_str("A,z,2020,5\n");
    fs::write(folder.path().join("jobs.csv"), text).unwrap();
    fs::write(folder.path().join("walk.csv"), "from,to,weight\nx,p,0.5\nx,q,0.5\ny,q,1\n").unwrap();
    let study = "[study]\nid = \"s\"\ntitle = { en = \"S\" }\n\n[[data]]\nname = \"jobs\"\n\
         table = \"activity\"\nfile = \"jobs.csv\"\nreader = \"tidy\"\n\
         columns = { region = \"region\", industry = \"industry\", period = \"year\", \
         employment = \"jobs\" }\ntotals = { region = [\"all\"] }\n\
         filter = { industry = [\"x\", \"y\"] }\n\n[[crosswalk]]\ncolumn = \"industry\"\n\
         from = \"old\"\nto = \"new\"\nfile = \"walk.csv\"\n";
    fs::write(folder.path().join("study.toml"), study).unwrap();
    let out = agglo(folder.path(), &["check"]).out;
    for said in [
        "6 rows read = 6 used + 0 rejected; totals among the used: 2",
        "left aside by a filter or level: 1, lines of remarks: 0",
        "33.33 % of employment crossed a split",
    ] {
        assert!(out.contains(said), "{said} is not in:\n{out}");
    }
    let zh = agglo(folder.path(), &["check", "--lang", "zh"]).out;
    for said in ["采用行中合计 2 行", "略去的 1 行", "经过拆分的数值：employment 33.33%"]
    {
        assert!(zh.contains(said), "{said} is not in:\n{zh}");
    }
    let json = agglo(folder.path(), &["check", "--json"]).json();
    let data = &json["data"][0];
    let counts = ["rows_read", "rows_used", "rows_totals", "rows_filtered", "rows_notes"];
    assert_eq!(counts.map(|name| data[name].as_u64().unwrap()), [6, 6, 2, 1, 0]);
}
