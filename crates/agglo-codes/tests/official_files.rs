//! The built-in tables against official files.
#![expect(clippy::unwrap_used, reason = "a test that meets nothing fails")]

use std::collections::{BTreeMap, BTreeSet};

use agglo_codes::{Validity, classification, crosswalk, crosswalk_by};
use agglo_testkit::{assert_close, shared_data};

fn records(path: &std::path::Path, delimiter: u8) -> Vec<Vec<String>> {
    let bytes = std::fs::read(path).unwrap();
    let text: String = bytes.iter().map(|&byte| byte as char).collect();
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn every_industry_of_county_business_patterns_is_in_the_edition_of_its_year() {
    for (file, column, id) in [
        ("cbp98pr_mun.csv", 2, "sic1987"),
        ("cbp07pr_mun.csv", 2, "naics2002"),
        ("cbp10pr_mun.csv", 2, "naics2007"),
        ("cbp12pr_mun.csv", 2, "naics2012"),
        ("cbp16pr_mun.csv", 2, "naics2012"),
        ("cbp17pr_co.csv", 2, "naics2017"),
        ("cbp_pr_mun_2018.csv", 2, "naics2017"),
    ] {
        let Some(path) = shared_data(&format!("us_cbp_puerto_rico/{file}")) else { return };
        let listed = classification(id).unwrap();
        let codes: BTreeSet<String> =
            records(&path, b',').into_iter().skip(1).map(|row| row[column].clone()).collect();
        // A spreadsheet dropped the leading zeros of the SIC, which all have four places.
        let padded = |code: &String| -> String {
            if id == "sic1987" { format!("{code:0>4}") } else { code.clone() }
        };
        let codes: BTreeSet<String> = codes.iter().map(padded).collect();
        let missing: Vec<_> = codes
            .iter()
            // Establishments without an industry: the Census Bureau's own code, but for the SIC.
            .filter(|code| id == "sic1987" || !code.starts_with("99"))
            // Group 151 of the SIC, which the Manual does not list: general contractors together.
            .filter(|code| id != "sic1987" || *code != "1510")
            .filter(|code| listed.code(code).is_none())
            .collect();
        assert!(missing.is_empty(), "{file}: {missing:?} not in {id}");
    }
}

#[test]
fn the_codes_of_94_percent_of_the_emitters_are_in_naics_2017_and_the_others_are_older() {
    let Some(path) = shared_data("us_ghgrp_facilities/direct_emitters_2011_2020.csv") else {
        return;
    };
    let rows = records(&path, b',');
    let column = rows[0].iter().position(|cell| cell == "naics").unwrap();
    let naics = classification("naics2017").unwrap();
    let plants: Vec<&str> = rows[1..].iter().map(|row| row[column].as_str()).collect();
    let current = plants.iter().filter(|code| naics.code(code).is_some()).count();
    assert!(current * 100 >= plants.len() * 93, "{current} of {}", plants.len());
    let codes: BTreeSet<&str> = plants.into_iter().collect();
    for code in codes {
        let validity = naics.is_valid(code, None);
        assert!(
            matches!(validity, Validity::Valid | Validity::Retired { .. }),
            "{code}: {validity:?}"
        );
    }
}

#[test]
fn the_census_lists_and_ours_have_the_same_codes() {
    for year in [2012, 2017, 2022] {
        let Some(path) = shared_data(&format!("us_reference/2-6 digit_{year}_Codes.csv")) else {
            return;
        };
        let theirs: BTreeSet<String> = records(&path, b',')
            .into_iter()
            .filter_map(|row| row.get(1).map(|cell| cell.trim().to_owned()))
            .filter(|code| {
                code.starts_with(|c: char| c.is_ascii_digit()) && !code.contains("NAICS")
            })
            .collect();
        let ours: BTreeSet<String> = classification(&format!("naics{year}"))
            .unwrap()
            .codes()
            .iter()
            .map(|code| code.code.to_owned())
            .filter(|code| code != "total")
            .collect();
        assert_eq!(theirs, ours, "{year}");
    }
}

#[test]
fn the_census_concordances_and_ours_have_the_same_links() {
    for (from, to) in [(2002, 2007), (2007, 2012), (2012, 2017), (2017, 2022)] {
        let Some(path) = shared_data(&format!("us_reference/{from}_to_{to}_NAICS.csv")) else {
            return;
        };
        let six = |code: &str| code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit());
        let theirs: BTreeSet<(String, String)> = records(&path, b',')
            .into_iter()
            .filter(|row| row.len() > 2 && six(row[0].trim()) && six(row[2].trim()))
            .map(|row| (row[0].trim().to_owned(), row[2].trim().to_owned()))
            .collect();
        let walk = crosswalk(&format!("naics{from}"), &format!("naics{to}")).unwrap();
        let ours: BTreeSet<(String, String)> = walk
            .links
            .iter()
            .filter(|link| six(&link.from) && link.from != "999999")
            .map(|link| (link.from.clone(), link.to.clone()))
            .collect();
        assert_eq!(theirs, ours, "{from} to {to}");
    }
}

#[test]
fn the_nuts_weights_are_the_shares_of_the_converter_matrices() {
    for (level, from, to) in [
        (2, 2010, 2013),
        (2, 2013, 2016),
        (2, 2016, 2021),
        (3, 2010, 2013),
        (3, 2013, 2016),
        (3, 2016, 2021),
    ] {
        let file = format!("eu_nuts_crosswalk/n{level}_cm_v{from}_v{to}.csv");
        let Some(path) = shared_data(&file) else { return };
        for (basis, column) in [("area", 3), ("population 2018", 4), ("population 2011", 5)] {
            let walk = crosswalk_by(&format!("nuts{from}"), &format!("nuts{to}"), basis).unwrap();
            let mut shares: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
            for row in records(&path, b',').into_iter().skip(1) {
                let size = row[column].parse().unwrap_or(0.0);
                shares.entry(row[0].clone()).or_default().insert(row[1].clone(), size);
            }
            for (code, parts) in shares {
                let total: f64 = parts.values().sum();
                // Nobody lives there, or nobody is counted: one link, which goes whole.
                if total == 0.0 {
                    assert_eq!(walk.of(&code).len(), 1, "{code}");
                    continue;
                }
                for (target, size) in parts {
                    let ours = walk.of(&code).iter().find(|link| link.to == target);
                    let ours = ours.and_then(|link| link.weight).unwrap_or(0.0);
                    // Slivers under a thousandth of a region are left out.
                    assert_close(ours, size / total, 1e-3);
                }
            }
        }
    }
}

#[test]
fn the_regions_of_2016_have_the_codes_and_names_of_the_boundary_files() {
    let regions = classification("nuts2016").unwrap();
    let mut same = 0;
    let mut all = 0;
    for level in 1..=3 {
        let file = format!("boundaries/nuts2016_60m_level{level}.geojson");
        let Some(path) = shared_data(&file) else { return };
        let text = std::fs::read_to_string(path).unwrap();
        for feature in text.split("\"NUTS_ID\":").skip(1) {
            let cell = |text: &str| text.split('"').nth(1).unwrap_or("").to_owned();
            let code = cell(feature);
            // Merged in 2018 already in the boundaries, in 2021 in the converter matrices.
            if code == "NO060" {
                continue;
            }
            let known = regions.code(&code).unwrap_or_else(|| panic!("no {code}"));
            let name = feature.split("\"NAME_LATN\":").nth(1).map(cell).unwrap();
            all += 1;
            same += usize::from(known.title.en == name);
        }
    }
    // The others have later names, or are written in another alphabet's other rendering.
    assert!(same * 100 >= all * 85, "{same} of {all}");
}

#[test]
fn the_provinces_have_the_names_and_codes_of_the_reference_list() {
    let Some(path) = shared_data("china_province/provinces.csv") else { return };
    let divisions = classification("gbt2260").unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    for row in reader.records() {
        let row = row.unwrap();
        let code = divisions.code(&row[0]).unwrap();
        assert_eq!(code.title.en, &row[3]);
        assert!(code.title.zh.starts_with(&row[2]), "{} {}", code.title.zh, &row[2]);
        let provinces: Vec<_> = divisions
            .find_name(&row[2], None)
            .into_iter()
            .filter(|m| m.current && m.code.level == "province")
            .collect();
        assert_eq!(provinces.len(), 1, "{}", &row[2]);
        assert_eq!(provinces[0].code.code, &row[0]);
    }
}

#[test]
fn the_counties_of_2010_2013_and_2015_hold_in_those_years() {
    let Some(path) = shared_data("us_reference/FIPS_Crosswalk.csv") else { return };
    let counties = classification("fips-county").unwrap();
    for row in records(&path, b',').into_iter().skip(1) {
        for (column, year) in [(1, 2010), (3, 2013), (5, 2015)] {
            if row[7] == "1" {
                assert_eq!(counties.is_valid(&row[column], year), Validity::Valid, "{row:?}");
            }
        }
    }
}
