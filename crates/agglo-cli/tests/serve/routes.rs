//! Every route on the built-in study of China.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::Served;
use crate::demo;

/// Every route with a query that has an answer on the study of China.
const ROUTES: &[&str] = &[
    "/health",
    "/server",
    "/openapi.json",
    "/study",
    "/axes",
    "/check",
    "/methods",
    "/methods/gini",
    "/codes",
    "/codes/A0101",
    "/codes/A1002",
    "/tables",
    "/tables/activity?limit=5",
    "/tables/activity?where=region=110000&where=period=2022&where=industry=industry",
    "/tables/activity/origin?row=0&column=value_added",
    "/lineage",
    "/explain?address=gini.gini@industry=industry,period=2004&lang=zh",
    "/findings",
    "/findings/gini",
    "/findings/gini/main",
    "/findings/gini/gini?where=period%3E=2010&sort=-gini&limit=3&columns=period,gini",
    "/findings/gini/gini?format=rows",
    "/slice?of=location-quotient.lq&industry=industry",
    "/slice?of=location-quotient.lq&where=industry=industry&scheme=around&center=1&k=4",
    "/slice?of=gini.gini&by=period&industry=industry&scheme=fisher-jenks",
    "/slice?of=table:activity.value_added&industry=industry&period=2022&scheme=equal&breaks=pooled",
    "/slice?of=location-quotient.lq&industry=industry&scheme=pinned&cuts=0.5,1,2",
    "/series?of=table:activity.value_added&industry=industry",
    "/map",
    "/compute?method=gini&variant=normalized&period=2019..2022",
    "/compute?step=gini-focus&option=interval=jackknife&table=intervals",
    "/compute?method=star-clusters&option=lq_minimum=1.2&where=strong=yes&limit=5",
    "/definitions?industry=industry&period=2022",
    "/lorenz?industry=industry&period=2022",
    "/lorenz?industry=industry&base=total",
    "/rank?replicates=100",
    "/peers?region=320000&k=3",
    "/profile?region=320000&region=330000",
    "/figures",
    "/runs",
    "/runs/state",
];

#[test]
fn every_route_answers_and_says_where_its_numbers_come_from() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    let without_numbers: BTreeSet<&str> =
        ["/health", "/server", "/openapi.json", "/check", "/runs", "/runs/state", "/axes", "/map"]
            .into();
    for route in ROUTES {
        let answer = served.get(&format!("/api/v1{route}"));
        assert_eq!(answer.status, 200, "{route}: {}", answer.text());
        assert!(answer.headers["content-type"].starts_with("application/json"), "{route}");
        let value = answer.json();
        let path = route.split('?').next().unwrap();
        let lists = ["/methods", "/codes", "/tables", "/findings", "/figures", "/lineage"];
        let is_list = lists.iter().any(|list| {
            path == *list || path.starts_with("/codes") || path.starts_with("/methods")
        });
        if !without_numbers.contains(path)
            && !is_list
            && value.is_object()
            && !path.ends_with("/origin")
        {
            let said = |name: &str| value[name].as_str().is_some_and(|text| !text.is_empty());
            assert!(said("command"), "{route} names no command: {value}");
        }
    }
}

#[test]
fn every_figure_is_drawn_and_every_picture_of_an_address() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    let list = served.json("/api/v1/figures");
    let figures = list["figures"].as_array().unwrap();
    assert!(figures.len() > 5, "{list}");
    for figure in figures {
        let id = figure["id"].as_str().unwrap();
        let svg = served.get(&format!("/api/v1/figures/{id}?lang=zh"));
        assert_eq!((svg.status, svg.headers["content-type"].as_str()), (200, "image/svg+xml"));
        assert!(svg.text().starts_with("<svg"), "{id}");
        let table = served.json(&format!("/api/v1/figures/{id}?format=json"));
        assert!(table["rows"].as_array().is_some_and(|rows| !rows.is_empty()), "{id}");
    }
    let png = served.get("/api/v1/figures/fig-gini?format=png&scale=1");
    assert_eq!(png.headers["content-type"], "image/png");
    assert!(png.body.starts_with(b"\x89PNG"));
    let map = served.get("/api/v1/picture?address=location-quotient.lq@industry=industry&kind=map");
    assert_eq!(map.status, 200, "{}", map.text());
    let wrong = served.get("/api/v1/picture?address=gini.gini@industry=industry&kind=map");
    assert_eq!(wrong.refused(400), "A1002");
    let report = served.get("/api/v1/report?lang=zh,en");
    assert_eq!(report.status, 200);
    let policy = &report.headers["content-security-policy"];
    assert!(
        policy.contains("script-src 'sha256-") && !policy.contains("script-src 'unsafe-inline'"),
        "{policy}"
    );
}

#[test]
fn a_table_comes_in_every_format_with_the_same_numbers() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    let path = "/api/v1/findings/gini/gini?where=period=2022&sort=industry";
    let json = served.json(path);
    let column = |name: &str| -> Vec<Value> {
        let columns = json["columns"].as_array().unwrap();
        columns.iter().find(|c| c["name"] == name).unwrap()["values"].as_array().unwrap().clone()
    };
    let by_accept = served.ask("GET", path, &[("Accept", "text/csv")]);
    let by_name = served.get(&format!("{path}&format=csv&download=true"));
    assert_eq!(by_accept.body, by_name.body);
    assert_eq!(by_name.headers["content-disposition"], "attachment; filename=\"gini-gini.csv\"");
    let text = by_name.text();
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let ginis: Vec<f64> = rows.iter().map(|row| row[2].parse().unwrap()).collect();
    let expected: Vec<f64> = column("gini").iter().map(|value| value.as_f64().unwrap()).collect();
    assert_eq!(ginis, expected);
    for (format, start) in
        [("parquet", &b"PAR1"[..]), ("xlsx", &b"PK"[..]), ("arrow", &[0xff, 0xff, 0xff, 0xff][..])]
    {
        let answer = served.get(&format!("{path}&format={format}"));
        assert_eq!(answer.status, 200);
        assert!(answer.body.starts_with(start), "{format}");
    }
    assert_eq!(served.ask("GET", path, &[("Accept", "image/png")]).refused(406), "A1014");
}

#[test]
fn an_answer_that_the_browser_has_is_not_sent_again() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    let path = "/api/v1/findings/gini/main";
    let first = served.get(path);
    let tag = first.headers["etag"].clone();
    let again = served.ask("GET", path, &[("If-None-Match", &tag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    let squeezed = served.ask("GET", path, &[("Accept-Encoding", "gzip")]);
    assert_eq!(squeezed.headers["content-encoding"], "gzip");
    assert!(squeezed.body.len() < first.body.len());
    let head = served.ask("HEAD", path, &[]);
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.headers["content-length"], first.body.len().to_string());
}

#[test]
fn a_study_that_was_run_is_served_within_a_second() {
    let (_keep, study) = demo("china");
    let start = Instant::now();
    let served = Served::start(&study, &[]);
    served.json("/api/v1/study");
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

#[test]
fn a_study_that_was_not_run_says_so_and_can_be_run() {
    let (_keep, study) = demo("china");
    for part in ["findings", "tables"] {
        std::fs::remove_dir_all(study.join(part)).unwrap();
    }
    std::fs::remove_file(study.join("run.json")).unwrap();
    let served = Served::start(&study, &[]);
    let about = served.json("/api/v1/study");
    assert!(about["run"].is_null());
    assert_eq!(about["next"][0]["code"], "run");
    assert_eq!(served.get("/api/v1/findings").refused(409), "A1009");
    assert_eq!(served.get("/api/v1/compute?method=gini").refused(409), "A1009");
    let mut events = served.events();
    assert_eq!(served.change("POST", "/api/v1/runs").status, 202);
    assert_eq!(events.wait("run-finished")["ok"], true);
    assert_eq!(served.json("/api/v1/findings")["findings"][0]["status"], "answered");
}

#[test]
fn the_checked_in_document_says_what_the_server_says() {
    let path = agglo_testkit::workspace_root().join("web/src/api/openapi.json");
    let own = agglo_server::openapi();
    if std::env::var_os("AGGLO_BLESS").is_some() {
        std::fs::write(&path, &own).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == own, "renew web/src/api/openapi.json with AGGLO_BLESS=1");
    let document: Value = serde_json::from_str(&own).unwrap();
    let described: BTreeSet<String> =
        document["paths"].as_object().unwrap().keys().cloned().collect();
    for route in ROUTES {
        let path = route.split('?').next().unwrap();
        let known = described.iter().any(|known| {
            let (a, b): (Vec<_>, Vec<_>) = (known.split('/').collect(), path.split('/').collect());
            a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| a == b || a.starts_with('{'))
        });
        assert!(known || path == "/openapi.json", "{path} is not described");
    }
}
