//! The cells a number rests on, which are neither too few nor those of another question.
#![expect(clippy::unwrap_used, reason = "a value that is not there fails the test")]

mod common;

use std::fs;
use std::path::Path;

use agglo_testkit::scratch;
use common::agglo;

/// Three regions × two industries × two years.
fn write_study(folder: &Path) {
    let mut text = String::from("region,industry,year,jobs\n");
    for year in [2019, 2020] {
        for (r, region) in ["A", "B", "C"].into_iter().enumerate() {
            for (i, industry) in ["x", "y", "z"].into_iter().enumerate() {
                let jobs = 10 + 7 * r + 5 * i * r + (year - 2019) * 3;
                text.push_str(&format!("{region},{industry},{year},{jobs}\n"));
            }
        }
    }
    fs::write(folder.join("jobs.csv"), text).unwrap();
    agglo(folder, &["init", "jobs.csv"]).ended(0);
}

#[test]
fn a_quotient_rests_on_its_denominators_and_a_gini_on_its_industry() {
    let folder = scratch();
    write_study(folder.path());
    agglo(folder.path(), &["run"]).ended(0);
    let rows = |address: &str| -> Vec<u64> {
        let json = agglo(folder.path(), &["explain", address, "--json"]).ended(0).json();
        let cells = json["cells"].as_array().unwrap().iter();
        cells.map(|cell| cell["row"].as_u64().unwrap()).collect()
    };
    // The year 2020 stands in the rows 11 to 19; the quotient's own cell comes first.
    let quotient = rows("location-quotient.lq@industry=y,period=2020,region=B");
    assert_eq!(quotient[0], 15);
    assert_eq!(
        quotient.iter().copied().collect::<std::collections::BTreeSet<_>>(),
        (11..=19).collect()
    );
    assert_eq!(quotient.len(), 9);
    assert_eq!(rows("gini.gini@industry=x,period=2019"), [2, 5, 8]);
    // A growth rate rests on the year before besides.
    let growth = rows("growth-by-industry.nominal_growth@period=2020,series=x");
    assert_eq!(growth.len(), 6, "{growth:?}");
}

/// Numbers of every table and column of a study's findings, two rows of each.
#[track_caller]
fn every_worked_number_agrees(study: &Path) -> std::collections::BTreeSet<String> {
    let findings = agglo_study::Findings::load(study).unwrap();
    let mut worked = std::collections::BTreeSet::new();
    for finding in findings.all() {
        if !agglo_methods::worked::WORKED.contains(&finding.method.id) {
            continue;
        }
        for (name, frame) in &finding.answer.tables {
            let outputs = finding.method.outputs.iter().find(|table| table.name == name);
            let Some(outputs) = outputs.map(|table| table.columns) else { continue };
            for column in frame.columns() {
                let is_key = outputs.iter().any(|known| known.key && known.name == column.name());
                let Ok(numbers) = frame.numbers(column.name()) else { continue };
                let known: Vec<usize> =
                    (0..frame.n_rows()).filter(|&row| numbers[row].number().is_some()).collect();
                let (false, Some(&last)) = (is_key, known.last()) else { continue };
                for row in [known[0], last] {
                    let keys = outputs.iter().filter(|known| known.key).filter_map(|key| {
                        let cell = agglo_study::address::cell_text(frame, key.name, row)?;
                        Some((key.name.to_owned(), cell))
                    });
                    let address = agglo_study::address::Address {
                        step: finding.record.step.clone(),
                        table: Some(name.clone()),
                        column: column.name().to_owned(),
                        keys: keys.collect(),
                    };
                    let explained = agglo_study::address::explain(&findings, &address).unwrap();
                    let agrees = explained.agrees();
                    assert_ne!(agrees, Some(false), "{address}: {:#?}", explained.worked);
                    if agrees == Some(true) {
                        worked.insert(finding.record.step.clone());
                    }
                }
            }
        }
    }
    worked
}

#[test]
fn the_worked_numbers_of_the_built_in_studies_agree_with_the_answers() {
    for (name, least) in [("china", 6), ("artificial", 15)] {
        let folder = scratch();
        agglo(folder.path(), &["demo", name, "study", "-q"]).ended(0);
        let worked = every_worked_number_agrees(&folder.path().join("study"));
        assert!(worked.len() >= least, "{name}: {worked:?}");
    }
}
