//! The bulk download of Eurostat.

use super::*;

/// Every flag of the layout, all levels, the Union, and dimensions that are no key.
pub(crate) const EMPLOYMENT: &str = "\
unit,nace_r2,age,geo\\time\t2015 \t2014 \t2013 
THS,A,Y15-64,AT\t9.0 \t9.5 \t9.9 b
THS,A,Y15-64,AT1\t5.0 u\t: u\t4.0 bu
THS,A,Y15-64,AT11\t2.0 e\t: c\t: bc
THS,A,Y15-64,AT12\t1.5 p\t: \t: z
THS,A,Y15-64,EU28\t99.0 s\t98.0 f\t97.0 d
THS,A,Y_GE15,AT11\t2.5 \t0 n\t0.0 
THS,TOTAL,Y15-64,AT11\t50.0 \t49.0 r\t48.0 i
";

const NAME: &str = "lfst_r_lfe2en2.tsv";

fn spec() -> ReadSpec {
    let spec = ReadSpec::new("activity", NAME).keep("age", &["Y15-64"]);
    ReadSpec {
        level: Some("nuts2".into()),
        value: Some("employment".into()),
        ..spec.total("nace_r2", &["TOTAL"])
    }
}

#[test]
fn flags_become_what_a_cell_is() {
    let reading = read_files(&[(NAME, EMPLOYMENT)], &spec());
    assert_eq!(codes(&reading.frame, "region"), ["AT11", "AT11", "AT11", "AT12", "AT12", "AT12"]);
    assert_eq!(reading.frame.integers("period").unwrap()[..3], [2015, 2014, 2013]);
    let na = Datum::Gap(Gap::NotApplicable);
    assert_eq!(
        reading.frame.numbers("employment").unwrap(),
        [number(2.0), SUPPRESSED, SUPPRESSED, number(1.5), MISSING, na]
    );
    assert_eq!(reading.frame.column("employment").unwrap().unit(), "thousand persons");
    let of = |row| marked(&reading.marks, "employment", row);
    let flag = |flag: &str| Some(flag.to_owned());
    assert_eq!(of(0), (Some(Status::EstimatedBySource), None, flag("e")));
    assert_eq!(of(2), (Some(Status::Suppressed), None, flag("bc")));
    assert_eq!(of(4), (None, None, None));
    // AT, AT1 and EU28 are coarser, and the sum of industries is a total.
    assert_eq!(codes(&reading.totals.frame, "region")[..4], ["AT", "AT", "AT", "AT1"]);
    assert_eq!((reading.rows_used, reading.rows_totals, reading.rows_filtered), (6, 4, 1));
    let of = |row| marked(&reading.totals.marks, "employment", row);
    assert_eq!(of(2), (Some(Status::Break), None, flag("b")));
    assert_eq!(of(5), (Some(Status::Break), None, flag("bu")));
    assert_eq!(of(8), (None, None, flag("d")));
    let (_, origin) = reading.origins.locate("employment", 1).unwrap();
    assert_eq!((origin.row, origin.column), (4, 2));
}

#[test]
fn a_dimension_that_is_no_key_must_hold_one_value() {
    let open = ReadSpec { filter: std::collections::BTreeMap::default(), ..spec() };
    let reading = read_files(&[(NAME, EMPLOYMENT)], &open);
    assert_eq!(reading.rows_rejected, 1);
    let message = reading.diagnostics[0].to_string();
    says(&message, &["A0312", "`age` is `Y_GE15` here and `Y15-64` in row 2", "filter"]);
    let zeros = read_files(&[(NAME, EMPLOYMENT)], &open.keep("age", &["Y_GE15"]));
    let below = Datum::Gap(Gap::BelowUnit);
    let expected = [number(2.5), below, number(0.0)];
    assert_eq!(zeros.frame.numbers("employment").unwrap(), expected);
}

#[test]
fn a_flag_of_no_list_is_an_error_until_it_is_declared() {
    let text = EMPLOYMENT.replace("2.0 e", "2.0 q");
    let reading = read_files(&[(NAME, &text)], &spec());
    assert_eq!((reading.rows_rejected, reading.diagnostics[0].code), (1, "A0302"));
    let marks = [("q".to_owned(), Status::EstimatedBySource)].into();
    let declared = read_files(&[(NAME, &text)], &ReadSpec { marks, ..spec() });
    assert_eq!(declared.rows_rejected, 0);
    let short = EMPLOYMENT.replace("THS,A,Y15-64,AT12", "THS,A,AT12");
    let short = read_files(&[(NAME, &short)], &spec());
    assert_eq!((short.rows_rejected, short.diagnostics[0].code), (1, "A0306"));
}

#[test]
fn strict_reading_asks_for_level_and_measure() {
    let strict = ReadSpec { strict: true, level: None, ..spec() };
    says(&refusal(NAME, EMPLOYMENT, &strict), &["A0210", "level = \"nuts2\""]);
    let strict = ReadSpec { strict: true, value: None, ..spec() };
    says(&refusal(NAME, EMPLOYMENT, &strict), &["A0207", "value"]);
    let wrong = ReadSpec { level: Some("nuts4".into()), ..spec() };
    says(&refusal(NAME, EMPLOYMENT, &wrong), &["A0210", "nuts"]);
}

#[test]
fn what_must_be_fixed_is_proposed_with_all_its_values() {
    let folder = scratch();
    let path = folder.path().join(NAME);
    std::fs::write(&path, EMPLOYMENT).unwrap();
    let look = sniff(&path).unwrap();
    assert_eq!(look.filter["age"], ["Y_GE15"]);
    assert!(!look.filter.contains_key("unit"), "it holds one value");
    assert_eq!(look.totals["nace_r2"], ["TOTAL"]);
    assert_eq!((look.level.as_deref(), look.value.as_deref()), (Some("nuts2"), Some("employment")));
    let why = look.reasons.iter().find(|reason| reason.what.contains("age")).unwrap();
    says(&why.why, &["Y15-64, Y_GE15"]);
}

#[test]
fn the_newer_heading_and_other_dimensions_are_read() {
    let text = "freq,unit,geo\\TIME_PERIOD\t2020 \t2021 \nA,MIO_EUR,DE1\t3.5 \t: c\n";
    let spec = ReadSpec { value: Some("gdp".into()), ..ReadSpec::new("region_year", "g.tsv") };
    let reading = read_files(&[("g.tsv", text)], &spec);
    assert_eq!(reading.reader, "eurostat-tsv");
    assert_eq!(reading.frame.numbers("gdp").unwrap(), [number(3.5), SUPPRESSED]);
    assert_eq!(reading.frame.column("gdp").unwrap().unit(), "million EUR");
}

#[test]
fn published_employment_of_2015_is_met() {
    let Some(root) = shared_data("eu_eurostat_tsv") else { return };
    let spec = ReadSpec { level: Some("nuts0".into()), ..spec() };
    let spec = spec.keep("age", &["Y_GE15"]);
    let reading = read_in(&root, &spec);
    assert_eq!(reading.rows_rejected, 0);
    let regions = codes(&reading.totals.frame, "region");
    let industries = codes(&reading.totals.frame, "industry");
    let years = reading.totals.frame.integers("period").unwrap();
    let cells = reading.totals.frame.numbers("employment").unwrap();
    // README: thousands in 2015, 15 years and over.
    for (country, expected) in [("DE", 40_210.9), ("FR", 26_468.5), ("UK", 31_204.9)] {
        let row = (0..years.len()).find(|&row| {
            regions[row] == country && industries[row] == "TOTAL" && years[row] == 2015
        });
        assert_eq!(cells[row.unwrap()], number(expected), "{country}");
    }
    let kept = reading.rows_read + reading.rows_filtered;
    assert_eq!(kept, 28_065);
}

#[test]
fn every_flag_of_the_published_employment_is_answered() {
    let Some(root) = shared_data("eu_eurostat_tsv") else { return };
    // All ages at once, one after the other: 28,065 rows of eight years.
    let mut count = std::collections::BTreeMap::new();
    let mut n_cells = 0;
    for age in ["Y15-24", "Y15-64", "Y25-64", "Y65-74", "Y_GE15"] {
        let level = ReadSpec { level: Some("nuts2".into()), ..spec() };
        let reading = read_in(&root, &level.keep("age", &[age]));
        assert_eq!(reading.rows_rejected, 0);
        for rows in
            [(&reading.frame, &reading.marks), (&reading.totals.frame, &reading.totals.marks)]
        {
            for (row, cell) in rows.0.numbers("employment").unwrap().iter().enumerate() {
                let status = Mark::status_of(mark(rows.1, "employment", row as u32), *cell);
                *count.entry(status).or_insert(0) += 1;
                n_cells += 1;
            }
        }
    }
    assert_eq!(n_cells, 28_065 * 8);
    // In the file: `: c` 7,496, `: bc` 1,837, `: u` 27,063, `: bu` 7,193; ` b` 27,510, ` bu` 3,103.
    assert_eq!(count[&Status::Suppressed], 7_496 + 1_837 + 27_063 + 7_193);
    assert_eq!(count[&Status::Break], 27_510 + 3_103);
    assert_eq!(count[&Status::EstimatedBySource], 15_750);
    assert_eq!(count[&Status::Missing], 19_689 + 7);
}

#[test]
fn gdp_by_region_is_read_in_one_unit() {
    let Some(root) = shared_data("eu_eurostat_tsv") else { return };
    let spec = ReadSpec {
        value: Some("gdp".into()),
        level: Some("nuts2".into()),
        ..ReadSpec::new("region_year", "nama_10r_2gdp.tsv").keep("unit", &["MIO_EUR"])
    };
    let reading = read_in(&root, &spec);
    assert_eq!((reading.rows_read + reading.rows_filtered, reading.rows_rejected), (2_564, 0));
    assert_eq!(reading.frame.column("gdp").unwrap().unit(), "million EUR");
    assert!(reading.marks["gdp"].values().all(|mark| mark.flag.as_deref() == Some("e")));
}
