//! A study whose register a cluster sums: the same files as when this process does.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::processes::Cluster;

fn agglo(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agglo"));
    command.current_dir(folder).env_remove("AGGLO_ENGINE").args(words).output().unwrap()
}

#[track_caller]
fn done(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn country(folder: &Path, format: &str) -> std::path::PathBuf {
    let words = ["generate", "--plants", "3000", "--years", "6", "-q", "--format", format];
    done(&agglo(folder, &[&words[..], &["-o", format]].concat()));
    let study = folder.join(format);
    let path = study.join("study.toml");
    let text = fs::read_to_string(&path).unwrap();
    let block = "table   = \"plant\"\n";
    fs::write(&path, text.replacen(block, &format!("{block}reduce  = true\n"), 1)).unwrap();
    study
}

#[test]
fn a_study_on_a_cluster_gives_the_bytes_of_a_study_here() {
    let folder = agglo_testkit::scratch();
    let cluster = Cluster::start(2, &[]);
    let engine = format!("ballista://{}", cluster.address);
    for format in ["parquet", "csv"] {
        let study = country(folder.path(), format);
        let tables = || {
            let read = |name: &str| fs::read(study.join("tables").join(name)).unwrap();
            (read("cell.parquet"), read("activity.parquet"))
        };
        done(&agglo(&study, &["run", "-q"]));
        let here = tables();
        fs::remove_dir_all(study.join("tables")).unwrap();
        done(&agglo(&study, &["run", "-q", "--engine", &engine]));
        assert!(tables() == here, "{format}");
    }
}

#[test]
fn a_cluster_that_is_not_there_is_said_at_once_and_nothing_is_kept() {
    let folder = agglo_testkit::scratch();
    let study = country(folder.path(), "parquet");
    let call = agglo(&study, &["run", "--engine", "ballista://127.0.0.1:1"]);
    let said = String::from_utf8_lossy(&call.stderr).into_owned();
    assert_eq!(call.status.code(), Some(3), "{said}");
    assert!(said.contains("no scheduler answers at 127.0.0.1:1"), "{said}");
    assert!(!study.join("tables/cell.parquet").exists());
}
