//! County Business Patterns.

use super::*;

/// 1998: SIC, upper bounds spelled otherwise, a leading zero lost.
pub(crate) const SIC: &str = "\
st,cty,sic,empflag,emp,ap,est,s1_4,s5_9,s10_19,s20_49,s50_99,s100_249,s250_499,s500_999,gt1000
72,1,----,,120,2400,9,5,2,1,1,0,0,0,0,0
72,1,07--,A,0,0,1,1,0,0,0,0,0,0,0,0
72,1,700,A,0,0,1,1,0,0,0,0,0,0,0,0
72,1,740,A,0,0,1,1,0,0,0,0,0,0,0,0
72,1,20--,,100,2000,7,3,2,1,1,0,0,0,0,0
72,1,2000,,90,1900,6,2,2,1,1,0,0,0,0,0
72,1,2010,,90,1900,6,2,2,1,1,0,0,0,0,0
72,1,2011,,60,1500,3,1,1,0,1,0,0,0,0,0
72,1,2013,B,0,0,3,1,1,1,0,0,0,0,0,0
72,1,209\\,A,0,0,1,1,0,0,0,0,0,0,0,0
";

/// 2007 to 2016: NAICS, quoted, noise flags, classes of 1,000 and more divided.
pub(crate) const NOISE: &str = "\
\"fipstate\",\"fipscty\",\"NAICS\",\"empflag\",\"emp_nf\",\"emp\",\"qp1_nf\",\"qp1\",\"ap_nf\",\"ap\",\"est\",\"n1_4\",\"n5_9\",\"n10_19\",\"n20_49\",\"n50_99\",\"n100_249\",\"n250_499\",\"n500_999\",\"n1000\",\"n1000_1\",\"n1000_2\",\"n1000_3\",\"n1000_4\",\"censtate\",\"cencty\"
72,1,\"------\",\"\",\"G\",6000,\"G\",30000,\"H\",120000,14,6,3,1,1,1,0,0,0,2,1,0,0,1,6,1
72,1,\"31----\",\"\",\"H\",5900,\"H\",29000,\"H\",118000,12,5,3,1,1,0,0,0,0,2,1,0,0,1,6,1
72,1,\"311///\",\"\",\"H\",5900,\"H\",29000,\"H\",118000,12,5,3,1,1,0,0,0,0,2,1,0,0,1,6,1
72,1,\"3111//\",\"\",\"J\",5900,\"H\",29000,\"H\",118000,12,5,3,1,1,0,0,0,0,2,1,0,0,1,6,1
72,1,\"31111/\",\"\",\"J\",5900,\"H\",29000,\"H\",118000,12,5,3,1,1,0,0,0,0,2,1,0,0,1,6,1
72,1,\"311111\",\"\",\"J\",5800,\"H\",28000,\"G\",110000,9,3,3,0,1,0,0,0,0,2,1,0,0,1,6,1
72,1,\"311119\",\"B\",\"D\",0,\"D\",0,\"D\",0,3,2,0,1,0,0,0,0,0,0,0,0,0,0,6,1
72,999,\"311119\",\"M\",\"S\",0,\"H\",13425,\"H\",52952,2,0,0,0,0,0,0,0,0,2,0,0,0,2,6,0
72,3,\"311119\",\"\",\"G\",0,\"G\",0,\"G\",0,1,1,0,0,0,0,0,0,0,0,0,0,0,0,6,3
";

/// 2017: `n<5`, and no cell of fewer than three establishments.
pub(crate) const HIDDEN: &str = "\
fipstate,fipscty,naics,empflag,emp_nf,emp,qp1_nf,qp1,ap_nf,ap,est,n<5,n5_9,n10_19,n20_49,n50_99,n100_249,n250_499,n500_999,n1000,n1000_1,n1000_2,n1000_3,n1000_4,censtate,cencty
72,1,------,,G,943,G,3854,G,15650,20,8,7,N,3,N,N,N,N,N,N,N,N,N,6,1
72,1,23----,A,S,0,S,0,S,0,8,8,0,0,0,0,0,0,0,0,0,0,0,0,6,1
72,1,31----,,G,900,G,3000,G,9000,12,N,5,0,0,0,0,0,0,6,4,N,N,0,6,1
";

fn activity(file: &str) -> ReadSpec {
    ReadSpec::new("activity", file)
}

fn at(level: &str, spec: ReadSpec) -> ReadSpec {
    ReadSpec { level: Some(level.to_owned()), ..spec }
}

#[test]
fn sic_rows_are_told_by_level_and_the_year_by_the_name() {
    let reading = read_files(&[("cbp98xx.csv", SIC)], &activity("cbp98xx.csv"));
    assert_eq!(codes(&reading.frame, "industry"), ["2011", "2013"]);
    assert_eq!(codes(&reading.frame, "region"), ["72001", "72001"]);
    assert_eq!(reading.frame.integers("period").unwrap(), [1998, 1998]);
    // Withheld: employment lies in its class, and payroll is withheld with it.
    assert_eq!(reading.frame.numbers("employment").unwrap(), [number(60.0), SUPPRESSED]);
    assert_eq!(reading.frame.numbers("payroll").unwrap(), [number(1500.0), SUPPRESSED]);
    assert_eq!(reading.frame.numbers("q1_payroll").unwrap(), [MISSING, MISSING]);
    assert_eq!(reading.frame.numbers("n_plants").unwrap(), [number(3.0), number(3.0)]);
    let band = (Some(Status::Suppressed), Some((20.0, 99.0)), Some("B".to_owned()));
    assert_eq!(marked(&reading.marks, "employment", 1), band);
    assert_eq!(marked(&reading.marks, "payroll", 1).1, None);
    assert_eq!(
        codes(&reading.totals.frame, "industry"),
        ["total", "07--", "07", "074", "20--", "20", "201", "209\\"]
    );
    assert_eq!((reading.rows_read, reading.rows_used, reading.rows_totals), (10, 10, 8));
    for code in ["cbp-year", "cbp-level", "cbp-sic"] {
        assert!(notes(&reading).contains(&code), "{:?}", notes(&reading));
    }
    let sectors = read_files(&[("cbp98xx.csv", SIC)], &at("sector", activity("cbp98xx.csv")));
    assert_eq!(codes(&sectors.frame, "industry"), ["07--", "20--"]);
    assert_eq!((sectors.rows_used, sectors.rows_filtered), (3, 7));
    let refused = refusal("cbp98xx.csv", SIC, &at("6-digit", activity("cbp98xx.csv")));
    says(&refused, &["A0210", "SIC", "4-digit"]);
}

#[test]
fn noise_becomes_bounds_and_letters_become_classes() {
    let reading = read_files(&[("cbp16co.txt", NOISE)], &activity("cbp16co.txt"));
    assert_eq!(codes(&reading.frame, "region"), ["72001", "72001", "72999", "72003"]);
    let employment = reading.frame.numbers("employment").unwrap();
    assert_eq!(employment, [number(5800.0), SUPPRESSED, SUPPRESSED, number(0.0)]);
    let of = |measure, row| marked(&reading.marks, measure, row);
    let flag = |flag: &str| Some(flag.to_owned());
    assert_eq!(of("employment", 0), (Some(Status::EstimatedBySource), None, flag("J")));
    let withheld = Some(Status::Suppressed);
    assert_eq!(of("employment", 1), (withheld, Some((20.0, 99.0)), flag("D B")));
    assert_eq!(of("employment", 2), (withheld, Some((1e5, f64::INFINITY)), flag("S M")));
    // Payroll has a flag of its own and is not withheld with employment.
    assert_eq!(reading.frame.numbers("payroll").unwrap()[2], number(52_952.0));
    let (status, bounds, _) = of("payroll", 2);
    let (lower, upper) = bounds.unwrap();
    assert_eq!(status, None);
    assert!((lower - 52_951.5 / 1.05).abs() < 1e-9 && (upper - 52_952.5 / 0.95).abs() < 1e-9);
    // A zero with a flag is a zero.
    assert_eq!(Mark::status_of(mark(&reading.marks, "employment", 3), employment[3]), Status::Zero);
    assert_eq!(reading.frame.column("payroll").unwrap().unit(), "thousand USD");
    assert_eq!(reading.frame.column("n_plants").unwrap().unit(), "establishments");
    assert!(notes(&reading).contains(&"cbp-not-distributed"));
    assert_eq!(reading.totals.frame.n_rows(), 5);
    let (file, origin) = reading.origins.locate("employment", 1).unwrap();
    assert_eq!((file.path.as_str(), origin.row, origin.column), ("cbp16co.txt", 8, 5));
}

#[test]
fn size_classes_give_one_row_each_and_what_is_hidden_has_bounds() {
    let spec = at("2-digit", ReadSpec::new("size_class", "cbp17co.txt"));
    let reading = read_files(&[("cbp17co.txt", HIDDEN)], &spec);
    // Thirteen cells a row; the class of 1,000 and more is the sum of four.
    assert_eq!((reading.rows_read, reading.rows_used, reading.rows_totals), (39, 39, 15));
    let classes = codes(&reading.frame, "class");
    let expected = [
        "<5",
        "5-9",
        "10-19",
        "20-49",
        "50-99",
        "100-249",
        "250-499",
        "500-999",
        "1000-1499",
        "1500-2499",
        "2500-4999",
        "5000+",
    ];
    assert_eq!(classes[..12], expected);
    let lower = reading.frame.numbers("lower").unwrap();
    let upper = reading.frame.numbers("upper").unwrap();
    assert_eq!((lower[0], upper[0]), (number(0.0), number(4.0)));
    assert_eq!((lower[11], upper[11]), (number(5000.0), MISSING));
    let plants = reading.frame.numbers("n_plants").unwrap();
    assert_eq!(plants[..2], [number(8.0), number(0.0)]);
    // 31: 12 establishments, 11 shown, so the one class withheld holds the last.
    let one = (Some(Status::Suppressed), Some((1.0, 1.0)), Some("N".to_owned()));
    assert_eq!((plants[12], marked(&reading.marks, "n_plants", 12)), (SUPPRESSED, one));
    // 1000+: six, four of them shown; two for two cells.
    assert_eq!(marked(&reading.marks, "n_plants", 21).1, Some((0.0, 2.0)));
    let older = at("6-digit", ReadSpec::new("size_class", "cbp16co.txt"));
    let older = read_files(&[("cbp16co.txt", NOISE)], &older);
    assert_eq!(codes(&older.frame, "class")[0], "1-4");
    assert_eq!(older.frame.n_rows(), 4 * 12);
}

#[test]
fn several_years_of_other_layouts_are_one_source() {
    let files = [("cbp98co.txt", SIC), ("cbp16co.txt", NOISE), ("cbp17co.txt", HIDDEN)];
    let spec = at("2-digit", activity("cbp*co.txt"));
    let reading = read_files(&files, &spec);
    let mut years = reading.frame.integers("period").unwrap();
    years.dedup();
    assert_eq!(years, [2016, 2017, 1998]);
    assert_eq!(notes(&reading).iter().filter(|code| **code == "cbp-year").count(), 3);
    let totals = at("total", ReadSpec::new("region_year", "cbp*co.txt"));
    let totals = read_files(&files, &totals);
    assert_eq!(totals.frame.numbers("employment").unwrap().len(), 3);
}

#[test]
fn strict_reading_asks_for_what_would_be_guessed() {
    let strict = ReadSpec { strict: true, ..activity("cbp98xx.csv") };
    let level = refusal("cbp98xx.csv", SIC, &strict);
    says(&level, &["A0210", "level = \"4-digit\""]);
    let year = refusal("cbp98xx.csv", SIC, &at("4-digit", strict.clone()));
    says(&year, &["A0305", "constants = { period = \"1998\" }"]);
    let told = at("4-digit", strict).constant("period", "1998");
    assert_eq!(read_files(&[("cbp98xx.csv", SIC)], &told).rows_used, 10);
    let nameless = refusal("counties.csv", SIC, &activity("counties.csv"));
    says(&nameless, &["A0305", "constants"]);
}

#[test]
fn bad_rows_of_a_county_file_are_rejected_with_the_reason() {
    let text = SIC.replace("72,1,2011,,60", "72,1,2011,Q,60")
        + "72,1,2099\n72,1,20x9,,1,1,1,1,0,0,0,0,0,0,0,0\n";
    let reading = read_files(&[("cbp98.csv", &text)], &activity("cbp98.csv"));
    let found: Vec<_> = reading.diagnostics.iter().map(|d| (d.code, d.row)).collect();
    // Employment and payroll of one row.
    assert_eq!(found, [("A0302", Some(9)), ("A0302", Some(9)), ("A0306", Some(12))]);
    says(&reading.diagnostics[0].to_string(), &["flag", "marks"]);
    // A code of no known form is kept for the check against the list of industries.
    assert_eq!(codes(&reading.frame, "industry"), ["2013", "20x9"]);
}

/// Employment and establishments of all industries, by the README of the data.
const CHECKS: [(&str, i64, f64, f64); 3] = [
    ("cbp98pr_mun.csv", 1998, 686_213.0, 42_577.0),
    ("cbp07pr_mun.csv", 2007, 758_359.0, 47_340.0),
    ("cbp16pr_mun.csv", 2016, 672_399.0, 43_325.0),
];

#[test]
fn published_totals_of_puerto_rico_are_met() {
    let Some(root) = shared_data("us_cbp_puerto_rico") else { return };
    for (file, year, employment, plants) in CHECKS {
        let reading = read_in(&root, &at("total", activity(file)));
        assert_eq!(reading.rows_rejected, 0);
        assert_eq!(reading.frame.n_rows(), 79, "78 municipios and what is not distributed");
        assert_eq!(reading.frame.integers("period").unwrap()[0], year);
        assert_eq!(total(&reading.frame, "employment", |_| true), employment, "{file}");
        assert_eq!(total(&reading.frame, "n_plants", |_| true), plants, "{file}");
    }
}

#[test]
fn eleven_years_of_puerto_rico_are_read_by_one_pattern() {
    let Some(root) = shared_data("us_cbp_puerto_rico") else { return };
    let reading = read_in(&root, &at("2-digit", activity("cbp*pr*.csv")));
    assert_eq!((reading.files.len(), reading.rows_rejected), (11, 0));
    let industries = codes(&reading.frame, "industry");
    assert!(industries.iter().all(|code| code.len() == 2 || code.ends_with('\\')));
    // Up to 2016 every establishment is in a two-digit industry of its municipio.
    let years = reading.frame.integers("period").unwrap();
    let total_years = reading.totals.frame.integers("period").unwrap();
    let all = codes(&reading.totals.frame, "industry");
    for year in [2004, 2007, 2010, 2012, 2013, 2016] {
        let parts = total(&reading.frame, "n_plants", |row| years[row] == year);
        let whole = |row: usize| total_years[row] == year && all[row] == "total";
        assert_eq!(parts, total(&reading.totals.frame, "n_plants", whole), "{year}");
    }
}

#[test]
fn every_flag_of_2007_and_2016_is_answered() {
    let Some(root) = shared_data("us_cbp_puerto_rico") else { return };
    let reading = read_in(&root, &at("6-digit", activity("cbp16pr_mun.csv")));
    assert_eq!(reading.rows_used, 32_457);
    assert_eq!((reading.frame.n_rows(), reading.rows_totals), (10_922, 21_535));
    let count = |status: Status| {
        let parts = reading.marks["employment"].values();
        let totals = reading.totals.marks["employment"].values();
        parts.chain(totals).filter(|mark| mark.status == Some(status)).count()
    };
    // D 21,525 and J 4,164 in the file.
    assert_eq!((count(Status::Suppressed), count(Status::EstimatedBySource)), (21_525, 4_164));
    let bounded =
        |marks: &Marks| marks["employment"].values().filter(|m| m.bounds.is_some()).count();
    // Of the 32,457 cells all but J have bounds.
    assert_eq!(bounded(&reading.marks) + bounded(&reading.totals.marks), 32_457 - 4_164);
    for (row, datum) in reading.frame.numbers("employment").unwrap().iter().enumerate() {
        let bounds = mark(&reading.marks, "employment", row as u32).and_then(|mark| mark.bounds);
        let inside =
            bounds.zip(datum.number()).is_none_or(|(b, v)| (b.lower..=b.upper).contains(&v));
        assert!(inside);
    }
}

#[test]
fn size_classes_of_puerto_rico_add_up_to_the_establishments() {
    let Some(root) = shared_data("us_cbp_puerto_rico") else { return };
    for file in ["cbp98pr_mun.csv", "cbp16pr_mun.csv"] {
        let spec = at("total", ReadSpec::new("size_class", file));
        let reading = read_in(&root, &spec);
        let expected = CHECKS.iter().find(|check| check.0 == file).unwrap().3;
        assert_eq!(total(&reading.frame, "n_plants", |_| true), expected, "{file}");
    }
    // From 2017 the shown classes and the bounds of the hidden ones enclose the establishments.
    let spec = at("total", ReadSpec::new("size_class", "cbp17pr_co.csv"));
    let reading = read_in(&root, &spec);
    let shown = total(&reading.frame, "n_plants", |_| true);
    let bounds = reading.marks["n_plants"].values().filter_map(|mark| mark.bounds);
    let (lower, upper) = bounds.fold((shown, shown), |(l, u), b| (l + b.lower, u + b.upper));
    assert!(lower <= 43_688.0 && 43_688.0 <= upper, "{lower} {upper}");
    assert!(lower > 0.99 * 43_688.0);
}
