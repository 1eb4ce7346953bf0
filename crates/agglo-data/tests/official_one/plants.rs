//! Facilities of the Greenhouse Gas Reporting Program.

use super::*;

pub(crate) const BY_YEAR: &str = "\
facility_id,name,state,county,lat,lon,naics,co2e_t_2012,co2e_t_2011
1001,PLANT A,TX,COLLIN COUNTY,33.29,-96.53,562212,504064.0,
1002,\"PLANT B, INC\",KY,PERRY COUNTY,37.21,-83.15,212112,0,125981.75
1003,PLANT C,KY,PERRY COUNTY,37.21,-83.15,212112,confidential,1
";

#[test]
fn years_across_become_years_of_plants() {
    let spec = ReadSpec::new("plant", "emitters.csv");
    let reading = read_files(&[("emitters.csv", BY_YEAR)], &spec);
    assert_eq!(reading.reader, "epa-ghgrp");
    assert_eq!(codes(&reading.frame, "plant"), ["1001", "1001", "1002", "1002"]);
    assert_eq!(codes(&reading.frame, "region"), ["TX", "TX", "KY", "KY"]);
    assert_eq!(reading.frame.integers("period").unwrap(), [2012, 2011, 2012, 2011]);
    let values = [number(504_064.0), MISSING, number(0.0), number(125_981.75)];
    assert_eq!(reading.frame.numbers("value").unwrap(), values);
    assert_eq!(reading.frame.numbers("lat").unwrap()[0], number(33.29));
    assert_eq!(reading.frame.column("value").unwrap().unit(), "t CO2e");
    assert_eq!((reading.rows_read, reading.rows_used), (3, 2));
    says(&reading.diagnostics[0].to_string(), &["A0302", "confidential", "row 4"]);
    let (_, origin) = reading.origins.locate("value", 0).unwrap();
    assert_eq!((origin.row, origin.column), (2, 7));
    let county = spec.column("region", "county");
    let county = read_files(&[("emitters.csv", BY_YEAR)], &county);
    assert_eq!(codes(&county.frame, "region")[0], "COLLIN COUNTY");
}

/// Title lines, headings in row 4, the sheet among others.
fn workbook(path: &Path) {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let questions = workbook.add_worksheet().set_name("FAQs about this Data").unwrap();
    questions.write_string(0, 0, "1. What is a Facility ID?").unwrap();
    let sheet = workbook.add_worksheet().set_name("Direct Emitters").unwrap();
    let titles = ["Summary data collected for 2014", "This data was reported by 8/04/2019", "All"];
    for (row, title) in titles.iter().enumerate() {
        sheet.write_string(row as u32, 0, *title).unwrap();
    }
    let headings = [
        "Facility Id",
        "Facility Name",
        "State",
        "Latitude",
        "Longitude",
        "Primary NAICS Code",
        "Total reported direct emissions",
        "CO2 emissions (non-biogenic) ",
    ];
    for (column, heading) in headings.iter().enumerate() {
        sheet.write_string(3, column as u16, *heading).unwrap();
    }
    for (row, value) in [(4, 204_000.0), (5, 77.5)] {
        sheet.write_number(row, 0, 1_004_000.0 + f64::from(row)).unwrap();
        sheet.write_string(row, 1, "PLANT").unwrap();
        sheet.write_string(row, 2, "TX").unwrap();
        sheet.write_number(row, 3, 33.5).unwrap();
        sheet.write_number(row, 4, -96.5).unwrap();
        sheet.write_number(row, 5, 562_212.0).unwrap();
        sheet.write_number(row, 6, value).unwrap();
    }
    workbook.save(path).unwrap();
}

#[test]
fn the_workbook_of_a_year_is_read_below_its_titles() {
    let folder = scratch();
    workbook(&folder.path().join("ghgp.xlsx"));
    let spec = ReadSpec { reader: Some("epa-ghgrp".into()), ..ReadSpec::new("plant", "ghgp.xlsx") };
    let reading = read_in(folder.path(), &spec);
    assert_eq!(codes(&reading.frame, "plant"), ["1004004", "1004005"]);
    assert_eq!(codes(&reading.frame, "industry"), ["562212", "562212"]);
    assert_eq!(reading.frame.integers("period").unwrap(), [2014, 2014]);
    assert_eq!(reading.frame.numbers("value").unwrap(), [number(204_000.0), number(77.5)]);
    let (file, origin) = reading.origins.locate("value", 0).unwrap();
    assert_eq!(file.sheet.as_deref(), Some("Direct Emitters"));
    assert_eq!((origin.row, origin.column), (5, 6));
    assert_eq!((reading.rows_used, reading.rows_notes), (2, 3));
}

#[test]
fn emissions_by_year_meet_the_published_sums() {
    let Some(root) = shared_data("us_ghgrp_facilities") else { return };
    let reading = read_in(&root, &ReadSpec::new("plant", "direct_emitters_2011_2020.csv"));
    assert_eq!((reading.rows_used, reading.rows_rejected), (8_438, 0));
    let years = reading.frame.integers("period").unwrap();
    let sum_of = |year: i64| total(&reading.frame, "value", |row| years[row] == year);
    // README: 3.208 Gt in 2011, 2.400 Gt in 2020.
    assert!((sum_of(2011) - 3.208e9).abs() < 0.5e6, "{}", sum_of(2011));
    assert!((sum_of(2020) - 2.400e9).abs() < 0.5e6, "{}", sum_of(2020));
}

#[test]
fn official_workbooks_hold_the_same_plants_as_the_table_by_year() {
    let Some(root) = shared_data("us_ghgrp_facilities") else { return };
    let reading = read_in(&root, &ReadSpec::new("plant", "ghgp_data_2016.xlsx"));
    assert_eq!(reading.reader, "epa-ghgrp");
    assert_eq!(reading.rows_rejected, 0);
    assert!(reading.frame.integers("period").unwrap().iter().all(|year| *year == 2016));
    let by_year = read_in(&root, &ReadSpec::new("plant", "direct_emitters_2011_2020.csv"));
    let years = by_year.frame.integers("period").unwrap();
    let table = total(&by_year.frame, "value", |row| years[row] == 2016);
    let workbook = total(&reading.frame, "value", |_| true);
    // Two releases, a year apart.
    assert!((table - workbook).abs() < 0.001 * table, "{table} {workbook}");
}
