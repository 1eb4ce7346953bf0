//! Numbers are those of the findings, of `agglo explain` and of `agglo measure`.

use serde_json::Value;

use crate::client::Served;
use crate::common::agglo;
use crate::demo;

fn column<'v>(table: &'v Value, name: &str) -> &'v Value {
    let columns = table["columns"].as_array().unwrap();
    columns
        .iter()
        .find(|column| column["name"] == name)
        .unwrap_or_else(|| panic!("no {name} in {table}"))
}

#[test]
fn a_slice_holds_what_explain_says_of_every_address() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    let slice = served.json("/api/v1/slice?of=location-quotient.lq&industry=industry");
    let codes = slice["codes"].as_array().unwrap();
    assert_eq!(codes.len(), 31);
    for (place, code) in codes.iter().enumerate().step_by(6) {
        let address =
            format!("location-quotient.lq@industry=industry,region={}", code.as_str().unwrap());
        let told = agglo(&study, &["explain", &address, "--json"]).ended(0).json();
        assert_eq!(slice["values"][place], told["value"], "{address}");
        let asked = served.json(&format!("/api/v1/explain?address={address}"));
        for part in ["value", "cells", "step", "worked", "data"] {
            assert_eq!(asked[part], told[part], "{part} of {address}");
        }
    }
    let cuts: Vec<f64> = slice["classes"]["cuts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cut| cut.as_f64().unwrap())
        .collect();
    for (value, class) in
        slice["values"].as_array().unwrap().iter().zip(slice["classes"]["of"].as_array().unwrap())
    {
        let expected =
            value.as_f64().map(|value| cuts.iter().filter(|cut| **cut <= value).count() as u64);
        assert_eq!(class.as_u64(), expected);
    }
}

#[test]
fn a_method_asked_again_gives_the_numbers_of_the_run() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    for (step, table, value) in [
        ("gini", "gini", "gini"),
        ("location-quotient", "location_quotient", "lq"),
        ("star-clusters", "clusters", "stars"),
        ("indicator-ranking", "ranking", "score"),
        ("local-moran", "main", "period"),
        ("rank-intervals", "intervals", "p_top"),
        ("gini-breaks", "breaks", "period"),
        ("dagum-cn3", "total", "gini"),
    ] {
        let kept = served.json(&format!("/api/v1/findings/{step}/{table}?limit=200000"));
        let made = served.json(&format!("/api/v1/compute?step={step}&table={table}&limit=200000"));
        assert_eq!(kept["columns"], made["columns"], "{step}:{table}");
        assert_eq!(kept["provenance"]["options"], made["provenance"]["options"], "{step}");
        assert_eq!(kept["provenance"]["inputs"], made["provenance"]["inputs"], "{step}");
        assert_eq!(kept["provenance"]["hash"], made["provenance"]["hash"], "{step}");
        assert!(column(&kept, value)["values"].as_array().is_some_and(|values| !values.is_empty()));
    }
}

#[test]
fn the_command_beside_an_answer_gives_the_same_numbers() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    // A table as it was read, without a word more: the method can be asked of it on the command line.
    let made = served
        .json("/api/v1/compute?method=structural-breaks&option=trim=0.2&limit=200000&table=breaks");
    assert!(made["command"].as_str().unwrap().starts_with("curl 'http://127.0.0.1:"), "{made}");
    let kept = served.json("/api/v1/findings/gini/main?limit=1");
    let command = kept["command"].as_str().unwrap();
    let words: Vec<&str> = command.split(' ').collect();
    assert_eq!(&words[..2], ["agglo", "explain"], "{command}");
    let told = agglo(&study, &["explain", words[2], "--json"]).ended(0).json();
    assert_eq!(told["value"], column(&kept, "gini")["values"][0], "{command}");
    let drawn = served.json("/api/v1/slice?of=location-quotient.lq&industry=industry");
    let words: Vec<&str> = drawn["command"].as_str().unwrap().split(' ').skip(1).collect();
    agglo(&study, &words).ended(0);
    assert!(study.join("figure.svg").exists());
}

#[test]
fn weights_of_ones_own_rank_as_the_method_does() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    let axes = served.json("/api/v1/axes");
    let indicators = axes["indicators"].as_array().unwrap();
    let first = indicators[0]["code"].as_str().unwrap();
    let ranking = served.json(&format!("/api/v1/rank?weight={first}=2&replicates=50&seed=1"));
    let weights = ranking["weights"].as_array().unwrap();
    for weight in weights {
        let expected = if weight["indicator"] == first { 1.0 } else { 0.0 };
        assert_eq!(weight["weight"], expected);
    }
    let regions = ranking["regions"].as_array().unwrap();
    assert_eq!(regions.len(), 31);
    let normalized =
        served.json("/api/v1/compute?step=indicator-ranking&table=normalized&limit=200000");
    let period = ranking["period"].as_i64().unwrap();
    for region in regions {
        // With one indicator the score is its normalized value.
        let place = (0..normalized["n_rows"].as_u64().unwrap() as usize).find(|&row| {
            column(&normalized, "region")["values"][row] == region["code"]
                && column(&normalized, "indicator")["values"][row] == first
                && column(&normalized, "period")["values"][row] == period
        });
        let value = column(&normalized, "value")["values"][place.unwrap()].as_f64().unwrap();
        agglo_testkit::assert_close(region["score"].as_f64().unwrap(), value, 1e-12);
    }
    let wrong = served.get("/api/v1/rank?weight=nobody=1");
    assert_eq!(wrong.refused(422), "A1011");
    assert_eq!(served.get(&format!("/api/v1/rank?weight={first}=-1")).refused(400), "A1002");
}

#[test]
fn a_lorenz_curve_encloses_the_gini_beside_it() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    for base in ["equal", "total"] {
        let curve =
            served.json(&format!("/api/v1/lorenz?industry=industry&period=2022&base={base}"));
        let axis = |name: &str| -> Vec<f64> {
            curve["points"][name].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
        };
        let (x, y) = (axis("x"), axis("y"));
        // Twice the area between the diagonal and the curve, by trapezoids.
        let below: f64 =
            x.windows(2).zip(y.windows(2)).map(|(x, y)| (x[1] - x[0]) * (y[0] + y[1]) / 2.0).sum();
        agglo_testkit::assert_close(1.0 - 2.0 * below, curve["gini"].as_f64().unwrap(), 1e-9);
    }
}

#[test]
fn the_origin_of_a_cell_is_the_text_in_its_file() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    let table = served.json(
        "/api/v1/tables/activity?where=region=320000&where=period=2022&where=industry=industry",
    );
    let row = table["rows"][0].as_u64().unwrap();
    let origin =
        served.json(&format!("/api/v1/tables/activity/origin?row={row}&column=value_added"));
    let cell = &origin["cells"][0];
    let file = std::fs::read_to_string(study.join(cell["file"].as_str().unwrap())).unwrap();
    let line = file.lines().nth(cell["row"].as_u64().unwrap() as usize - 1).unwrap();
    let text = line.split(',').nth(cell["column"].as_u64().unwrap() as usize - 1).unwrap();
    assert_eq!(cell["text"], text);
    assert_eq!(origin["value"], column(&table, "value_added")["values"][0]);
}
