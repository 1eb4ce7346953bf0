//! What the report withholds every route withholds.

use std::fs;

use agglo_testkit::scratch;
use serde_json::Value;

use crate::client::Served;
use crate::common::agglo;

/// A register of three regions and three industries, one of whose cells is one plant of 4711 persons.
fn study() -> agglo_testkit::TempDir {
    let folder = scratch();
    let mut text = String::from("plant,region,industry,year,employment\n");
    let mut n = 0;
    for region in ["A", "B", "C"] {
        for industry in ["x", "y", "z"] {
            for k in 0..if (region, industry) == ("A", "x") { 1 } else { 6 } {
                n += 1;
                let jobs = if (region, industry) == ("A", "x") { 4711 } else { 800 + 3 * k };
                text.push_str(&format!("p{n},{region},{industry},2020,{jobs}\n"));
            }
        }
    }
    fs::write(folder.path().join("register.csv"), text).unwrap();
    let study = "[study]\nid = \"s\"\ntitle = { en = \"S\" }\n\n[[data]]\nname = \"register\"\n\
         table = \"plant\"\nfile = \"register.csv\"\nreader = \"tidy\"\n\
         columns = { plant = \"plant\", region = \"region\", industry = \"industry\", \
         period = \"year\", employment = \"employment\" }\n\n[disclosure]\nminimum_count = 3\n";
    fs::write(folder.path().join("study.toml"), study).unwrap();
    agglo(folder.path(), &["run", "-q"]).ended(0);
    folder
}

#[test]
fn no_route_tells_what_the_report_withholds() {
    let folder = study();
    let served = Served::start(folder.path(), &[]);
    let column = |table: &Value, name: &str| -> Value {
        let columns = table["columns"].as_array().unwrap();
        columns.iter().find(|column| column["name"] == name).unwrap().clone()
    };
    assert_eq!(served.get("/api/v1/tables/plant").refused(403), "A1010");
    assert_eq!(served.get("/api/v1/tables/plant?format=csv").refused(403), "A1010");
    assert_eq!(
        served.get("/api/v1/tables/plant/origin?row=0&column=employment").refused(403),
        "A1010"
    );
    let tables = served.json("/api/v1/tables");
    let plant = tables["tables"].as_array().unwrap().iter().find(|t| t["name"] == "plant").unwrap();
    assert_eq!((&plant["withheld"], &plant["n_rows"]), (&Value::Bool(true), &Value::Null));

    let cells = served.json("/api/v1/tables/activity?where=region=A&where=industry=x");
    let employment = column(&cells, "employment");
    assert_eq!(
        (&employment["values"][0], &employment["gaps"]["0"]),
        (&Value::Null, &Value::from("suppressed"))
    );
    let row = cells["rows"][0].as_u64().unwrap();
    let origin = served.get(&format!("/api/v1/tables/activity/origin?row={row}&column=employment"));
    assert!(!origin.text().contains("4711"), "{}", origin.text());

    let kept =
        served.json("/api/v1/findings/location-quotient/main?where=region=A&where=industry=x");
    assert_eq!(column(&kept, "lq")["gaps"]["0"], "suppressed");
    let made =
        served.json("/api/v1/compute?method=location-quotient&where=region=A&where=industry=x");
    assert_eq!(column(&made, "lq")["gaps"]["0"], "suppressed");
    let slice = served.json("/api/v1/slice?of=location-quotient.lq&industry=x&period=2020");
    assert_eq!(
        (&slice["values"][0], &slice["gaps"]["0"]),
        (&Value::Null, &Value::from("suppressed"))
    );
    let measure = served.json("/api/v1/slice?of=table:activity.employment&industry=x&period=2020");
    assert_eq!(measure["gaps"]["0"], "suppressed");

    // All but one region, and then all: the difference would be the one.
    let part = served.get("/api/v1/compute?method=growth&keep=region=B&keep=region=C");
    assert!(matches!(part.status, 403 | 404 | 422), "{}", part.text());
    assert_eq!(served.get("/api/v1/compute?method=gini&keep=region=B").refused(403), "A1010");
    // Other choices over single plants than the run's.
    let plants = served.get("/api/v1/compute?step=ellison-glaeser&option=interval=none&seed=7");
    assert!(matches!(plants.status, 400 | 403), "{}", plants.text());
    assert_eq!(
        served.get("/api/v1/lorenz?industry=x&period=2020").json()["points"]["region"]
            .as_array()
            .map_or(0, Vec::len),
        2
    );

    for path in [
        "/study",
        "/axes",
        "/check",
        "/findings",
        "/lineage",
        "/methods",
        "/tables",
        "/map",
        "/figures",
        "/report",
        "/explain?address=location-quotient.lq@industry=x,period=2020,region=A",
        "/definitions?industry=x",
        "/definitions?industry=y",
        "/profile?region=A",
        "/runs",
        "/series?of=location-quotient.lq&industry=x",
        "/series?of=table:activity.employment&industry=x",
        "/tables/activity?format=csv",
        "/tables/activity?format=rows",
        "/explain?address=gini.gini@industry=x,period=2020",
    ] {
        let answer = served.get(&format!("/api/v1{path}"));
        let text = answer.text();
        assert!(!text.contains("4711"), "{path} tells: {text}");
    }
    let steps = served.json("/api/v1/findings");
    for finding in steps["findings"].as_array().unwrap() {
        for table in finding["tables"].as_array().unwrap() {
            let path = format!(
                "/api/v1/findings/{}/{}?format=csv",
                finding["step"].as_str().unwrap(),
                table["name"].as_str().unwrap()
            );
            let text = served.get(&path).text();
            let tells = text.split([',', '\n', '.']).any(|cell| cell == "4711");
            assert!(!tells, "{path} tells: {text}");
        }
    }
    for figure in served.json("/api/v1/figures")["figures"].as_array().unwrap() {
        let path = format!("/api/v1/figures/{}?format=csv", figure["id"].as_str().unwrap());
        assert!(!served.get(&path).text().contains("4711"), "{path}");
    }
}
