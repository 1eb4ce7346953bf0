//! The cells a number rests on, which are neither too few nor those of another question.
#![expect(clippy::unwrap_used, reason = "a file that cannot be read fails the test")]

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
