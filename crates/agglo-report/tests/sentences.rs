//! Every sentence of both built-in studies' reports says the same in both languages.

#![expect(clippy::unwrap_used, reason = "a study that does not run fails the test")]

use agglo_core::Control;
use agglo_report::chapter::report;
use agglo_study::Findings;
use agglo_study::run::{RunOptions, run};

fn check(name: &str) {
    let folder = agglo_testkit::scratch();
    agglo_demo::write(name, folder.path()).unwrap();
    let engine = agglo_study::run::Engine::default();
    let options = RunOptions { threads: 0, seed: None, engine: &engine, control: Control::none() };
    run(folder.path(), &options).unwrap();
    let findings = Findings::load(folder.path()).unwrap();
    let document = report(&findings);
    let faults: Vec<String> =
        document.sentences().flat_map(agglo_report::sentence::Sentence::faults).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(document.figures().count() >= 8);
    for figure in document.figures() {
        assert!(!figure.origin.formula.is_empty(), "{} names no formula", figure.id);
        assert!(!figure.origin.command.is_empty(), "{} names no command", figure.id);
    }
}

#[test]
fn the_report_of_china_says_the_same_in_both_languages() {
    check("china");
}

#[test]
fn the_report_of_the_artificial_country_says_the_same_in_both_languages() {
    check("artificial");
}
