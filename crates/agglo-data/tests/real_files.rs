//! The readers on official files as they were published.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::path::Path;

use agglo_core::{Datum, Gap, sum};
use agglo_data::{ReadSpec, Reading, Severity, read, sniff};
use agglo_testkit::shared_data;

fn read_all(spec: &ReadSpec, root: &Path) -> Reading {
    let reading = read(spec, root).unwrap();
    assert_eq!(reading.rows_used + reading.rows_rejected, reading.rows_read);
    for diagnostic in &reading.diagnostics {
        assert_ne!(diagnostic.severity, Severity::Error, "{diagnostic}");
    }
    reading
}

fn total(reading: &Reading, measure: &str, keep: impl Fn(usize) -> bool) -> f64 {
    let cells = reading.frame.numbers(measure).unwrap();
    sum(cells.iter().enumerate().filter(|(row, _)| keep(*row)).filter_map(|(_, c)| c.number()))
}

fn bres(file: &str) -> ReadSpec {
    ReadSpec::new("activity", file).column("region", "itl2_code").column("industry", "sic5")
}

#[test]
fn bres_has_the_same_jobs_in_parquet_and_in_csv() {
    let Some(root) = shared_data("uk_bres_itl2") else { return };
    let parquet = read_all(&bres("bres_itl2_sic5_2015_2020.parquet"), &root);
    assert_eq!((parquet.rows_read, parquet.frame.n_rows()), (145_800, 145_800));
    let years = parquet.frame.integers("period").unwrap();
    // README: 31,069,340 jobs in 2019.
    assert_eq!(total(&parquet, "employment", |row| years[row] == 2019), 31_069_340.0);
    let industries = parquet.frame.keys("industry").unwrap();
    assert!(industries.iter().all(|code| code.len() == 5), "leading zeros are kept");

    let csv = read_all(&bres("bres_itl2_sic5_2019.csv"), &root);
    assert_eq!(csv.rows_read, 29_160);
    assert_eq!(total(&csv, "employment", |_| true), 31_069_340.0);
    let rows: Vec<usize> = (0..years.len()).filter(|&row| years[row] == 2019).collect();
    let of_2019 = parquet.frame.take(&rows);
    let cells = |frame: &agglo_core::Frame| {
        let mut cells: Vec<(String, String, String)> = frame
            .keys("region")
            .unwrap()
            .iter()
            .zip(frame.keys("industry").unwrap())
            .zip(frame.numbers("employment").unwrap())
            .map(|((region, industry), cell)| {
                (region.to_string(), industry.to_string(), format!("{cell:?}"))
            })
            .collect();
        cells.sort_unstable();
        cells
    };
    assert_eq!(cells(&of_2019), cells(&csv.frame));
}

#[test]
fn bea_counties_add_up_to_the_published_check_sum() {
    let Some(root) = shared_data("us_bea_cagdp2") else { return };
    let spec = ReadSpec::new("activity", "CAGDP2_??_2001_2021.csv")
        .column("industry", "LineCode")
        .keep("LineCode", &["1"]);
    let reading = read_all(&spec, &root);
    assert_eq!(reading.reader, "bea-cagdp2");
    assert_eq!(reading.files.len(), 52);
    // README: 3,118 counties add up to 23,178,655,005 thousand dollars in 2021.
    let years = reading.frame.integers("period").unwrap();
    // The states, BEA regions and the nation are totals, each once though two files hold them.
    assert_eq!((reading.rows_used, reading.rows_totals), (3_118 + 60, 60));
    assert_eq!(total(&reading, "value_added", |row| years[row] == 2021), 23_178_655_005.0);
    assert_eq!(reading.frame.column("value_added").unwrap().unit(), "Thousands of dollars");
    assert!(reading.rows_notes > 52);
}

#[test]
fn bea_marks_and_levels_are_kept_apart() {
    let Some(root) = shared_data("us_bea_cagdp2") else { return };
    let spec = ReadSpec::new("activity", "CAGDP2_AL_2001_2021.csv");
    let counties = read_all(&spec, &root);
    assert_eq!(counties.rows_notes, 4);
    let first = counties.frame.keys("region").unwrap()[0].clone();
    assert_eq!(first.as_ref(), "01001");
    let cells = counties.frame.numbers("value_added").unwrap();
    let suppressed = cells.iter().filter(|cell| **cell == Datum::Gap(Gap::Suppressed)).count();
    assert!(suppressed > 1000);
    assert!(counties.frame.keys("industry").unwrap().iter().all(|code| code.as_ref() != "..."));

    // README: US 2021 = 23,315,081,000 thousand dollars.
    let nation = ReadSpec::new("activity", "CAGDP2_US_2001_2021.csv")
        .column("industry", "LineCode")
        .keep("LineCode", &["1"]);
    let nation = read_all(&ReadSpec { level: Some("country".into()), ..nation }, &root);
    assert_eq!(nation.rows_used, 1);
    assert_eq!(nation.frame.numbers("value_added").unwrap()[20], Datum::Number(23_315_081_000.0));
    let regions = ReadSpec::new("region_year", "CAGDP2_US_2001_2021.csv").keep("LineCode", &["1"]);
    let regions = read_all(&ReadSpec { level: Some("bea_region".into()), ..regions }, &root);
    assert_eq!((regions.rows_used, regions.rows_totals, regions.frame.n_rows()), (9, 1, 8 * 21));
    assert!(regions.frame.has("gdp") && !regions.frame.has("industry"));
}

#[test]
fn german_employment_is_read_with_its_total_filtered_out() {
    let Some(root) = shared_data("germany_reat") else { return };
    let spec = ReadSpec::new("activity", "G.regions.emp.csv").column("employment", "emp");
    let all = read_all(&spec, &root);
    assert_eq!(all.rows_read, 1428);
    let spec = ReadSpec::new("activity", "G.regions.industries.csv")
        .column("region", "region_code")
        .column("industry", "ind_code")
        .column("n_firms", "firms")
        .column("employment", "emp_all");
    let industries = read_all(&spec, &root);
    assert_eq!(industries.rows_read, 272);
    assert_eq!(industries.frame.keys("region").unwrap()[0].as_ref(), "BW");
    assert_eq!(industries.frame.numbers("n_firms").unwrap()[0], Datum::Number(290.0));
}

#[test]
fn chinese_provinces_are_read_tidy_and_wide_alike() {
    let Some(root) = shared_data("china_province") else { return };
    let tidy = ReadSpec::new("region_year", "industry_panel_1990_2020.csv")
        .column("region", "gb_code")
        .column("va_industry", "industrial_va_100m_yuan")
        .column("population", "population_10k");
    let tidy = read_all(&tidy, &root);
    assert_eq!(tidy.rows_read, 961);
    let wide = ReadSpec {
        value: Some("va_industry".into()),
        ..ReadSpec::new("region_year", "demo_candidate_industrial_va.csv")
            .column("region", "gb_code")
    };
    let wide = read_all(&wide, &root);
    assert_eq!((wide.reader.as_str(), wide.rows_used, wide.frame.n_rows()), ("wide", 31, 279));
    let value = |reading: &Reading, region: &str, year: i64| {
        let regions = reading.frame.keys("region").unwrap();
        let years = reading.frame.integers("period").unwrap();
        let row = (0..years.len())
            .find(|&row| regions[row].as_ref() == region && years[row] == year)
            .unwrap();
        reading.frame.numbers("va_industry").unwrap()[row]
    };
    assert_eq!(value(&tidy, "110000", 1992), Datum::Number(291.3));
    assert_eq!(value(&wide, "110000", 1992), value(&tidy, "110000", 1992));
    let names = ReadSpec::new("region", "provinces.csv")
        .column("region", "gb_code")
        .column("name", "name_en")
        .column("macro_cn4", "nbs_macro_region");
    let names = read_all(&names, &root);
    assert_eq!(names.frame.text("name_zh").unwrap()[0].as_deref(), Some("北京"));
    assert_eq!(names.frame.text("macro_cn4").unwrap()[0].as_deref(), Some("East"));
}

#[test]
fn thousands_in_the_british_accounts_are_read_when_declared() {
    let Some(root) = shared_data("uk_ons_gva") else { return };
    let file = "Table 3c ITL3 UK current price estimates pounds million.csv";
    let spec = ReadSpec {
        reader: Some("wide".into()),
        thousands: Some(','),
        value: Some("value_added".into()),
        ..ReadSpec::new("activity", file)
            .column("region", "ITL region code")
            .column("industry", "SIC07 code")
            .keep("SIC07 code", &["Total"])
    };
    let reading = read_all(&spec, &root);
    assert_eq!(reading.rows_used, 179);
    assert_eq!(reading.frame.numbers("value_added").unwrap()[0], Datum::Number(3345.0));
}

#[test]
fn an_old_workbook_is_opened_and_its_title_rows_are_answered() {
    let Some(root) = shared_data("china_province") else { return };
    let spec = ReadSpec {
        reader: Some("tidy".into()),
        ..ReadSpec::new("region_year", "nbs_AnnualbyProvince_GRP_2004_2023.xls")
    };
    let error = read(&spec, &root).unwrap_err();
    assert!(error.to_string().contains("A0201"), "{error}");
}

#[test]
fn official_files_are_recognized() {
    let Some(root) = shared_data("") else { return };
    let look = |file: &str| sniff(&root.join(file)).unwrap();
    let bea = look("us_bea_cagdp2/CAGDP2_AL_2001_2021.csv");
    assert_eq!((bea.reader.as_str(), bea.table.as_deref()), ("bea-cagdp2", Some("activity")));
    let bres = look("uk_bres_itl2/bres_itl2_sic5_2019.csv");
    assert_eq!(bres.table.as_deref(), Some("activity"));
    assert_eq!(bres.columns["region"], "itl2_code");
    assert_eq!(bres.columns["industry"], "sic5");
    assert_eq!(bres.columns["period"], "year");
    assert_eq!(bres.columns["employment"], "employment");
    let reading = read_all(&bres.to_spec(), Path::new(""));
    assert_eq!(reading.rows_read, 29_160);
    let china = look("china_province/demo_candidate_industrial_va.csv");
    assert_eq!((china.reader.as_str(), china.periods_across.len()), ("wide", 9));
    assert_eq!(china.columns["region"], "gb_code");
    let uk = look("uk_ons_gva/Table 3c ITL3 UK current price estimates pounds million.csv");
    assert_eq!((uk.reader.as_str(), uk.thousands), ("ons-gva", Some(',')));
    let german = look("germany_reat/G.regions.industries.csv");
    assert_eq!(german.columns["industry"], "ind_code");
    assert_eq!(german.columns["employment"], "emp_all");
}
