//! GDP by county and industry of the BEA.

use super::*;

/// Every mark, level and remark of the layout.
pub(crate) const CAGDP2: &str = "\
GeoFIPS,GeoName,Region,TableName,LineCode,IndustryClassification,Description,Unit,2020,2021
 \"00000\",United States,,CAGDP2,1,...,All industry total,Thousands of dollars,1000,1100
 \"00000\",United States,,CAGDP2,3,11,Farming,Thousands of dollars,90,95
 \"01000\",Alabama,5,CAGDP2,3,11,Farming,Thousands of dollars,60,70
 \"01001\",\"Autauga, AL\",5,CAGDP2,1,...,All industry total,Thousands of dollars,300,310
 \"01001\",\"Autauga, AL\",5,CAGDP2,3,11,Farming,Thousands of dollars,20,-3
 \"01003\",\"Baldwin, AL\",5,CAGDP2,3,11,Farming,Thousands of dollars,(D),(NA)
 \"01005\",\"Barbour, AL\",5,CAGDP2,3,11,Farming,Thousands of dollars,(L),0
 \"91000\",New England,1,CAGDP2,3,11,Farming,Thousands of dollars,30,25
Note: See the included footnote file.
Last updated: December 8 2022
";

#[test]
fn marks_levels_and_remarks_are_told_apart() {
    let spec = ReadSpec::new("activity", "gdp.csv");
    let reading = read_files(&[("gdp.csv", CAGDP2)], &spec);
    assert_eq!(codes(&reading.frame, "region")[..2], ["01001", "01001"]);
    let below = Datum::Gap(Gap::BelowUnit);
    assert_eq!(
        reading.frame.numbers("value_added").unwrap(),
        [number(20.0), number(-3.0), SUPPRESSED, MISSING, below, number(0.0)]
    );
    // Three counties and four totals; three rows without a code aside; two remarks.
    assert_eq!((reading.rows_read, reading.rows_used, reading.rows_totals), (6, 6, 3));
    assert_eq!((reading.rows_filtered, reading.rows_notes), (2, 2));
    assert_eq!(reading.frame.column("value_added").unwrap().unit(), "Thousands of dollars");
    let regions = ReadSpec { level: Some("bea_region".into()), ..spec };
    let regions = read_files(&[("gdp.csv", CAGDP2)], &regions);
    assert_eq!(codes(&regions.frame, "region"), ["91000", "91000"]);
}

#[test]
fn strict_reading_of_gdp_makes_warnings_errors_and_undeclared_marks_reject() {
    let text = CAGDP2.replace("(NA)", "(X)");
    let spec = ReadSpec { strict: true, ..ReadSpec::new("activity", "gdp.csv") };
    let reading = read_files(&[("gdp.csv", &text)], &spec);
    assert_eq!(reading.rows_rejected, 1);
    let rejected = reading.diagnostics.iter().find(|d| d.code == "A0302").unwrap();
    says(&rejected.to_string(), &["(X)", "2021", "row 7"]);
    let negative = reading.diagnostics.iter().find(|d| d.code == "A0304").unwrap();
    assert_eq!(negative.severity, agglo_data::Severity::Error);
    let level = ReadSpec { level: Some("counties".into()), ..ReadSpec::new("activity", "gdp.csv") };
    says(&refusal("gdp.csv", CAGDP2, &level), &["A0210", "did you mean `county`?"]);
}
