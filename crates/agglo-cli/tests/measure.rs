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

/// Four squares in two rows: every one touches every other, and has a border with two.
const SQUARES: [(&str, f64, f64); 4] =
    [("a", 0.0, 0.0), ("b", 1.0, 0.0), ("c", 0.0, 1.0), ("d", 1.0, 1.0)];

/// The squares as boundaries and the rook neighbors in every form; their values, and those of a fifth region.
fn squares() -> agglo_testkit::TempDir {
    let folder = scratch();
    let feature = |(code, x, y): &(&str, f64, f64)| {
        let ring = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)];
        let corners = ring.map(|(dx, dy)| format!("[{}, {}]", x + dx, y + dy)).join(", ");
        format!(
            r#"{{"type": "Feature", "properties": {{"code": "{code}"}}, "geometry": {{"type": "Polygon", "coordinates": [[{corners}]]}}}}"#
        )
    };
    let features = SQUARES.iter().map(feature).collect::<Vec<_>>().join(",\n");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "squares.geojson",
        &format!("{{\"type\": \"FeatureCollection\", \"features\": [{features}]}}"),
    );
    write("values.csv", "region,value\na,1\nb,2\nc,4\nd,9\n");
    write("edges.csv", "region,neighbor\na,b\na,c\nb,a\nb,d\nc,a\nc,d\nd,b\nd,c\n");
    write("rook.gal", "4\na 2\nb c\nb 2\na d\nc 2\na d\nd 2\nb c\n");
    write("rook.gwt", "0 4 squares code\na b 1\na c 1\nb a 1\nb d 1\nc a 1\nc d 1\nd b 1\nd c 1\n");
    folder
}

fn moran(folder: &std::path::Path, weights: &str, flags: &[&str]) -> f64 {
    let table = format!("weights={weights}");
    let mut words = vec!["measure", "moran", "values.csv", "--table", &table, "--json"];
    words.extend(["--code-property", "code"]);
    words.extend(flags);
    values(&agglo(folder, &words).ended(0).json(), "moran")[0]
}

// Of the deviations −3 −2 0 5 (Σ² = 38) rook neighbors give (−3)(−2) + (−3)(0) + (−2)(5) + (0)(5) = −4
// over four borders: I = (4/38)(−4/4) = −4/38; queen neighbors give I = −1/3 whatever the values.
#[test]
fn neighbors_come_from_gal_gwt_and_boundaries_as_from_a_table_of_edges() {
    let squares = squares();
    let folder = squares.path();
    for (file, flags) in [
        ("edges.csv", &[][..]),
        ("rook.gal", &[][..]),
        ("rook.gwt", &[][..]),
        ("squares.geojson", &["--weights", "rook"][..]),
    ] {
        let found = moran(folder, file, flags);
        assert!((found + 4.0 / 38.0).abs() < 1e-12, "{file}: {found}");
    }
    for rule in ["queen", "nearest:3", "band:2000km"] {
        let found = moran(folder, "squares.geojson", &["--weights", rule]);
        assert!((found + 1.0 / 3.0).abs() < 1e-12, "{rule}: {found}");
    }
    assert!((moran(folder, "squares.geojson", &[]) + 1.0 / 3.0).abs() < 1e-12, "queen by itself");
}

#[test]
fn the_answer_says_which_file_and_rule_the_neighbors_are_from() {
    let squares = squares();
    let words = [
        "measure",
        "moran",
        "values.csv",
        "--table",
        "weights=squares.geojson",
        "--weights",
        "rook",
        "--code-property",
        "code",
        "--json",
    ];
    let json = agglo(squares.path(), &words).ended(0).json();
    let inputs = json["provenance"]["inputs"].as_array().unwrap();
    let weights = inputs.iter().find(|input| input["table"] == "weights").unwrap();
    assert_eq!(
        (weights["file"].as_str(), weights["reader"].as_str()),
        (Some("squares.geojson"), Some("rook"))
    );
    assert_eq!(weights["blake3"].as_str().map(str::len), Some(64));
}

#[test]
fn weights_alone_are_described_from_edges_from_a_file_and_from_boundaries() {
    let squares = squares();
    for (words, n) in [
        (vec!["--table", "edges=edges.csv"], 8),
        (vec!["--table", "edges=rook.gal"], 8),
        (vec!["rook.gwt"], 8),
        (vec!["squares.geojson"], 12),
        (vec!["squares.geojson", "--weights", "rook"], 8),
        (vec!["squares.geojson", "--weights", "rook", "--order", "2"], 4),
    ] {
        let mut all = vec!["measure", "spatial-weights"];
        all.extend(&words);
        all.extend(["--code-property", "code", "--json"]);
        let json = agglo(squares.path(), &all).ended(0).json();
        assert_eq!(json["variant"], "edges");
        assert_eq!(json["rows"].as_array().unwrap().len(), n, "{words:?}");
    }
}

#[test]
fn neighbors_that_do_not_fit_are_answered_with_why() {
    let squares = squares();
    let folder = squares.path();
    let said = |words: &[&str], code: i32| {
        let mut all = vec!["measure", "moran", "values.csv", "--code-property", "code"];
        all.extend(words);
        agglo(folder, &all).ended(code).err
    };
    let own = said(&["--table", "weights=rook.gal", "--weights", "rook"], 3);
    assert!(own.contains("says who is whose neighbor itself"), "{own}");
    let words = ["measure", "moran", "values.csv", "--table", "weights=squares.geojson"];
    let doubt = agglo(folder, &words).ended(3).err;
    assert!(doubt.contains("A0910") && doubt.contains("--code-property NAME"), "{doubt}");
    let rule = said(&["--table", "weights=squares.geojson", "--weights", "king"], 2);
    assert!(rule.contains("queen, rook, nearest:6"), "{rule}");
    fs::write(folder.join("values.csv"), "region,value\nx,1\ny,2\nz,4\n").unwrap();
    let other = said(&["--table", "weights=squares.geojson"], 3);
    assert!(
        other.contains("3 of 3 regions have no shape; the first is x")
            && other.contains("first code is a")
    );
    fs::write(folder.join("values.csv"), "region,value\na,1\nb,2\nd,9\ne,4\n").unwrap();
    let some = said(&["--table", "weights=squares.geojson"], 0);
    assert!(some.contains("1 regions have no shape and so no neighbor: e"), "{some}");
    assert!(some.contains("1 regions of the file have no value"), "{some}");
}

// libpysal 4.14.1: `Queen.from_dataframe(frame, ids=codes)` has 822 pairs of area and neighbor, and 5 islands.
#[test]
fn the_neighbors_of_real_boundaries_are_described_without_a_study() {
    let Some(file) = agglo_testkit::shared_data("boundaries/uk_itl3_2021_buc.geojson") else {
        return;
    };
    let folder = scratch();
    let file = file.display().to_string();
    let words = ["measure", "spatial-weights", &file, "--code-property", "ITL321CD", "--json"];
    let json = agglo(folder.path(), &words).ended(0).json();
    let summary = &json["tables"]["summary"]["rows"][0];
    assert_eq!(json["rows"].as_array().unwrap().len(), 822);
    assert_eq!(
        (summary["regions"].as_f64(), summary["islands"].as_f64()),
        (Some(179.0), Some(5.0))
    );
}
