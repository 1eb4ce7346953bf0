//! `agglo measure` on files and on stdin: same numbers, same names, clear errors.
#![expect(clippy::unwrap_used, reason = "a file that cannot be read fails the test")]

mod common;

use std::fs;

use agglo_testkit::scratch;
use common::{agglo, agglo_piped};

/// The five regions by five industries of the method pages.
const E5: &str = "region,industry,value\n\
R1,I1,100\nR1,I2,0\nR1,I3,0\nR1,I4,0\nR1,I5,0\n\
R2,I1,0\nR2,I2,15\nR2,I3,5\nR2,I4,70\nR2,I5,10\n\
R3,I1,0\nR3,I2,20\nR3,I3,10\nR3,I4,20\nR3,I5,50\n\
R4,I1,0\nR4,I2,25\nR4,I3,30\nR4,I4,5\nR4,I5,40\n\
R5,I1,0\nR5,I2,40\nR5,I3,55\nR5,I4,5\nR5,I5,0\n";

fn values(json: &serde_json::Value, column: &str) -> Vec<f64> {
    let rows = json["rows"].as_array().unwrap();
    rows.iter().map(|row| row[column].as_f64().unwrap()).collect()
}

#[test]
fn a_file_and_stdin_give_the_same_numbers() {
    let folder = scratch();
    fs::write(folder.path().join("cells.csv"), E5).unwrap();
    let file = agglo(folder.path(), &["measure", "gini", "cells.csv", "--json"]).ended(0).json();
    let piped = agglo_piped(folder.path(), &["measure", "gini", "--json"], E5).ended(0).json();
    let expected = [0.8, 0.36, 0.54, 0.62, 0.56];
    for (found, expected) in values(&file, "gini").iter().zip(expected) {
        assert!((found - expected).abs() < 1e-12);
    }
    assert_eq!(file["rows"], piped["rows"]);
}

#[test]
fn keys_are_named_as_the_input_names_them() {
    let folder = scratch();
    let text = E5.replace("region,industry,value", "province,sector,jobs");
    fs::write(folder.path().join("cells.csv"), text).unwrap();
    let words = [
        "measure",
        "gini",
        "cells.csv",
        "--region",
        "province",
        "--industry",
        "sector",
        "--value",
        "jobs",
        "--json",
    ];
    let json = agglo(folder.path(), &words).ended(0).json();
    assert_eq!(json["rows"][0]["sector"], "I1");
}

#[test]
fn every_answer_names_its_variant_formula_seed_and_inputs() {
    let folder = scratch();
    fs::write(folder.path().join("cells.csv"), E5).unwrap();
    let words = ["measure", "locational-gini", "cells.csv", "--def", "krugman-half", "--json"];
    let json = agglo(folder.path(), &words).ended(0).json();
    assert_eq!(json["variant"], "krugman-half");
    let provenance = &json["provenance"];
    assert!(provenance["formula"].as_str().is_some_and(|text| !text.is_empty()));
    assert!(provenance["seed"].is_u64());
    assert_eq!(provenance["inputs"][0]["file"], "cells.csv");
    assert_eq!(provenance["inputs"][0]["blake3"].as_str().map(str::len), Some(64));
}

#[test]
fn csv_and_parquet_of_the_same_cells_give_the_same_numbers() {
    let folder = scratch();
    fs::write(folder.path().join("cells.csv"), E5).unwrap();
    let path = folder.path();
    // The answer written as Parquet is itself a table that can be measured.
    let words = ["measure", "location-quotient", "cells.csv", "-o", "lq.parquet"];
    agglo(path, &words).ended(0);
    let words = ["measure", "location-quotient", "cells.csv", "-o", "lq.csv"];
    agglo(path, &words).ended(0);
    let gini = |file: &str| {
        agglo(path, &["measure", "gini", file, "--value", "lq", "--json"]).ended(0).json()
    };
    assert_eq!(gini("lq.parquet")["rows"], gini("lq.csv")["rows"]);
}

#[test]
fn every_method_has_help_with_its_columns() {
    let folder = scratch();
    let list = agglo(folder.path(), &["list", "methods", "--json"]).ended(0).json();
    let methods = list.as_array().unwrap();
    assert!(methods.len() > 30, "{}", methods.len());
    for method in methods {
        let id = method["id"].as_str().unwrap();
        let long = agglo(folder.path(), &["measure", id, "--help"]).ended(0).out;
        assert!(long.contains("Formula:") && long.contains("Source:"), "{id}: {long}");
        agglo(folder.path(), &["measure", id, "-h"]).ended(0);
    }
}

#[test]
fn bad_input_is_answered_with_place_and_remedy() {
    let folder = scratch();
    let head = "region,industry,value\n";
    for (name, text, code, says) in [
        ("empty.csv", String::new(), 3, "empty"),
        ("header.csv", head.to_owned(), 3, "no data"),
        ("misspelt.csv", "regoin,industry,value\na,x,1\nb,x,2\n".to_owned(), 3, "regoin"),
        ("twice.csv", format!("{head}a,x,1\na,x,2\nb,x,3\n"), 3, "a"),
        ("negative.csv", format!("{head}a,x,-1\nb,x,2\n"), 3, "-1"),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
        let call = agglo(folder.path(), &["measure", "gini", name]).ended(code);
        assert!(call.err.contains(says), "{name}: {}", call.err);
        assert!(call.err.contains("error"), "{name}: {}", call.err);
    }
    let missing = agglo(folder.path(), &["measure", "gini", "none.csv"]).ended(3);
    assert!(missing.err.contains("none.csv"), "{}", missing.err);
}

#[test]
fn a_cell_that_is_no_number_is_placed_and_the_row_is_counted() {
    let folder = scratch();
    let text = "region,industry,value\na,x,1\nb,x,12o\nc,x,3\n";
    fs::write(folder.path().join("cells.csv"), text).unwrap();
    let call = agglo(folder.path(), &["measure", "gini", "cells.csv"]).ended(3);
    assert!(call.err.contains("cells.csv") && call.err.contains("12o"), "{}", call.err);
    assert!(call.err.contains("3 rows read = 2 used + 1 rejected"), "{}", call.err);
}

#[test]
fn a_million_bad_rows_are_shown_by_a_few_and_counted() {
    let folder = scratch();
    let mut text = String::from("region,industry,value\n");
    for row in 0..200_000 {
        text.push_str(&format!("r{row},x,bad\n"));
    }
    text.push_str("a,x,1\nb,x,2\n");
    fs::write(folder.path().join("cells.csv"), text).unwrap();
    let call = agglo(folder.path(), &["measure", "gini", "cells.csv"]).ended(3);
    assert!(call.err.lines().count() < 60, "{} lines", call.err.lines().count());
    assert!(call.err.contains("200002 rows read = 2 used + 200000 rejected"), "{}", call.err);
}

#[test]
fn one_region_and_one_industry_are_answered_honestly() {
    let folder = scratch();
    fs::write(folder.path().join("one.csv"), "region,industry,value\na,x,1\n").unwrap();
    let json = agglo(folder.path(), &["measure", "gini", "one.csv", "--json"]).ended(0).json();
    assert_eq!(json["rows"][0]["gini"]["gap"], "single_region");
}

#[test]
fn usage_errors_end_with_two_and_name_what_is_allowed() {
    let folder = scratch();
    agglo(folder.path(), &["measure", "ginni"]).ended(2);
    fs::write(folder.path().join("cells.csv"), E5).unwrap();
    let call = agglo(folder.path(), &["measure", "gini", "cells.csv", "--def", "other"]).ended(2);
    assert!(call.err.contains("absolute"), "{}", call.err);
    agglo(folder.path(), &["no-such-verb"]).ended(2);
}

#[test]
fn an_output_that_cannot_be_written_is_a_data_error() {
    let folder = scratch();
    fs::write(folder.path().join("cells.csv"), E5).unwrap();
    let words = ["measure", "gini", "cells.csv", "-o", "no/such/folder/g.csv"];
    let call = agglo(folder.path(), &words).ended(3);
    assert!(call.err.contains("cannot write"), "{}", call.err);
}
