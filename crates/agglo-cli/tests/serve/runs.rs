//! Runs: started, told of, stopped, compared; and what happens when the power goes.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::client::Served;
use crate::common::agglo;
use crate::demo;

const FILE: &str = "data/industrial_value_added.csv";

/// Another number in the last cell of the last row of a file.
fn change(study: &Path) {
    let path = study.join(FILE);
    let text = fs::read_to_string(&path).unwrap();
    let (rest, last) = text.trim_end().rsplit_once(',').unwrap();
    let value: f64 = last.parse().unwrap();
    // Files of a coarse clock need another second.
    std::thread::sleep(Duration::from_millis(1100));
    fs::write(&path, format!("{rest},{}\n", value * 1.5)).unwrap();
}

fn gini(served: &Served) -> Value {
    let path = "/api/v1/findings/gini-focus/gini?where=period=2022&columns=gini";
    served.json(path)["columns"][0]["values"][0].clone()
}

#[test]
fn a_run_is_told_of_step_by_step_and_can_be_compared_with_the_one_before() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    let before = gini(&served);
    change(&study);
    let mut events = served.events();
    let hello = events.next();
    assert_eq!((hello.0.as_str(), hello.1["run"]["state"].as_str()), ("hello", Some("idle")));
    let started = served.change("POST", "/api/v1/runs");
    assert_eq!((started.status, started.json()["state"].as_str()), (202, Some("running")));
    let again = served.change("POST", "/api/v1/runs");
    assert!(again.status == 202 || again.refused(409) == "A1008");
    let progress = events.wait("run-progress");
    assert!(progress["total"].as_u64().unwrap() > 0);
    let finished = events.wait("run-finished");
    assert_eq!(finished["ok"], true, "{finished}");
    assert!(finished["computed"].as_u64().unwrap() > 0);
    let after = gini(&served);
    assert_ne!(before, after);

    let runs = served.json("/api/v1/runs");
    let ids: Vec<&str> =
        runs["runs"].as_array().unwrap().iter().map(|run| run["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2, "{runs}");
    assert_eq!(runs["runs"][0]["current"], true);
    let diff = served.json(&format!("/api/v1/diff?before={}", ids[1]));
    assert!(diff["by_cause"]["data"].as_u64().unwrap() > 0, "{diff}");
    assert_eq!(diff["diff"]["files"][0]["file"], FILE);
    let moved = diff["diff"]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .find(|s| s["step"] == "gini-focus")
        .unwrap();
    let cell = moved["moved"].as_array().unwrap().iter().find(|cell| {
        cell["address"]
            .as_str()
            .is_some_and(|address| address.contains(".gini@") && address.contains("period=2022"))
    });
    assert_eq!((&cell.unwrap()["before"], &cell.unwrap()["after"]), (&before, &after));
    let command = diff["command"].as_str().unwrap();
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    assert_eq!(agglo(&study, &words).ended(1).json()["by_cause"], diff["by_cause"]);
}

#[test]
fn with_watch_a_changed_file_is_followed_by_a_run_and_the_page_is_told() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &["--watch"]);
    let before = gini(&served);
    let mut events = served.events();
    events.wait("hello");
    change(&study);
    let changed = events.wait("changed");
    assert_eq!(changed["files"][0], FILE);
    assert_eq!(events.wait("run-finished")["ok"], true);
    assert_ne!(before, gini(&served));
    assert_eq!(served.json("/api/v1/study")["run"]["stale"], false);
}

#[test]
fn without_watch_the_page_is_told_that_numbers_are_stale_and_nothing_runs() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    let before = gini(&served);
    let mut events = served.events();
    events.wait("hello");
    change(&study);
    events.wait("changed");
    let about = served.json("/api/v1/study");
    assert_eq!(about["run"]["stale"], true);
    assert!(about["run"]["stale_because"][0].as_str().unwrap().starts_with(FILE));
    assert_eq!(about["next"][0]["code"], "run");
    assert_eq!(before, gini(&served));
    // A run of another program is noticed.
    agglo(&study, &["run", "-q"]).ended(0);
    events.wait("reloaded");
    assert_ne!(before, gini(&served));
}

#[test]
fn a_server_that_is_killed_in_a_run_leaves_a_study_that_serves_and_runs() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    change(&study);
    let mut events = served.events();
    assert_eq!(served.change("POST", "/api/v1/runs").status, 202);
    events.wait("run-progress");
    served.kill();

    let served = Served::start(&study, &[]);
    assert_eq!(served.json("/api/v1/runs/state")["state"], "idle");
    served.json("/api/v1/findings/gini/main");
    let mut events = served.events();
    assert_eq!(served.change("POST", "/api/v1/runs").status, 202);
    assert_eq!(events.wait("run-finished")["ok"], true);
    drop(served);
    agglo(&study, &["verify", "--stored-only"]).ended(0);
}

#[test]
fn unsound_data_stop_a_run_with_the_place_of_the_fault_and_the_old_numbers_stay() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    let before = gini(&served);
    let path = study.join("data/structure.csv");
    let text = fs::read_to_string(&path).unwrap();
    let second = text.lines().nth(1).unwrap().to_owned();
    fs::write(&path, text.replacen(&second, &format!("{second}\n{second}"), 1)).unwrap();
    let mut events = served.events();
    assert_eq!(served.change("POST", "/api/v1/runs").status, 202);
    let problem = events.wait("run-failed");
    assert_eq!(problem["diagnostics"][0]["file"], "data/structure.csv", "{problem}");
    assert!(problem["diagnostics"][0]["row"].as_u64().is_some());
    assert_eq!(served.json("/api/v1/runs/state")["last"]["ok"], false);
    assert_eq!(before, gini(&served));
}
