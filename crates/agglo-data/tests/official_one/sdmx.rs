//! SDMX-CSV, and flags glued to numbers.

use super::*;

/// SDMX-CSV 1.0 with labels, letters of Eurostat, a total and a second unit.
pub(crate) const VERSION_1: &str = "\
DATAFLOW,LAST UPDATE,freq: Frequency,unit: Unit,nace_r2: Activity,geo: Region,TIME_PERIOD: Time,OBS_VALUE: Value,OBS_FLAG: Flag
ESTAT:LFST_R(1.0),01/02/24,A: Annual,THS: Thousand,C: Manufacturing,DE1: Baden,2020,5.5,
ESTAT:LFST_R(1.0),01/02/24,A: Annual,THS: Thousand,C: Manufacturing,DE2: Bavaria,2020,,c
ESTAT:LFST_R(1.0),01/02/24,A: Annual,THS: Thousand,TOTAL: Total,DE1: Baden,2020,9.5,bu
";

/// SDMX-CSV 2.0: structure, action, multiplier, both kinds of status.
pub(crate) const VERSION_2: &str = "\
STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,ACTIVITY,SEX,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,UNIT_MULT,OBS_STATUS,CONF_STATUS
dataflow,OECD:REG(1.0),I,FR1,C,_T,2020,12.5,EUR,6,A,F
dataflow,OECD:REG(1.0),I,FR1,D,_T,2020,7,EUR,6,E,F
dataflow,OECD:REG(1.0),I,FR2,C,_T,2020,NaN,EUR,6,M,
dataflow,OECD:REG(1.0),I,FR2,D,_T,2020,,EUR,6,A,C
dataflow,OECD:REG(1.0),I,FR2,E,_T,2020,3,EUR,3,A,F
dataflow,OECD:REG(1.0),I,FR2,F,M,2020,3,EUR,6,A,F
dataflow,OECD:REG(1.0),D,FR3,F,_T,2020,3,EUR,6,A,F
dataflow,OECD:REG(1.0),I,FR4,F,_T,2020-Q1,3,EUR,6,A,F
";

/// `;` between fields, flags behind numbers, blanks, and what a spreadsheet made of zeros.
pub(crate) const GLUED: &str = "\
nace_r2;geo;n2015
C;AT1;2343
C;AT2;219 d
C;AT3; d
C;AT4; 
C;AT5;12:00 AM
C;AT6;7 e
";

#[test]
fn labels_are_taken_off_and_flags_read() {
    let spec = ReadSpec { value: Some("employment".into()), ..ReadSpec::new("activity", "a.csv") };
    let spec = spec.total("nace_r2", &["TOTAL"]);
    let reading = read_files(&[("a.csv", VERSION_1)], &spec);
    assert_eq!(reading.reader, "sdmx-csv");
    assert_eq!(codes(&reading.frame, "region"), ["DE1", "DE2"]);
    assert_eq!(reading.frame.numbers("employment").unwrap(), [number(5.5), SUPPRESSED]);
    assert_eq!(reading.frame.column("employment").unwrap().unit(), "thousand persons");
    let (status, _, flag) = marked(&reading.totals.marks, "employment", 0);
    assert_eq!((status, flag.as_deref()), (Some(Status::Break), Some("bu")));
    assert_eq!((reading.rows_used, reading.rows_totals), (3, 1));
}

#[test]
fn the_multiplier_is_said_and_never_multiplied() {
    let spec = ReadSpec { value: Some("value_added".into()), ..ReadSpec::new("activity", "b.csv") };
    let reading = read_files(&[("b.csv", VERSION_2)], &spec);
    let na = Datum::Gap(Gap::NotApplicable);
    assert_eq!(
        reading.frame.numbers("value_added").unwrap(),
        [number(12.5), number(7.0), na, SUPPRESSED]
    );
    assert_eq!(reading.frame.column("value_added").unwrap().unit(), "million EUR");
    let (status, _, flag) = marked(&reading.marks, "value_added", 1);
    assert_eq!((status, flag.as_deref()), (Some(Status::EstimatedBySource), Some("E F")));
    // Another multiplier, another sex, a quarter; the deleted row is aside.
    let found: Vec<_> = reading.diagnostics.iter().map(|d| (d.code, d.row)).collect();
    assert_eq!(found, [("A0401", Some(6)), ("A0312", Some(7)), ("A0305", Some(9))]);
    assert_eq!((reading.rows_read, reading.rows_rejected, reading.rows_filtered), (7, 3, 1));
    let silent = refusal("b.csv", VERSION_2, &ReadSpec::new("activity", "b.csv"));
    says(&silent, &["A0207", "OBS_VALUE"]);
}

#[test]
fn a_proposal_fixes_the_dimensions_of_any_agency() {
    let folder = scratch();
    let path = folder.path().join("b.csv");
    std::fs::write(&path, VERSION_2).unwrap();
    let look = sniff(&path).unwrap();
    assert_eq!(look.table.as_deref(), Some("activity"));
    assert_eq!(look.filter["SEX"], ["_T"]);
    assert_eq!(look.value.as_deref(), Some("value"));
}

fn glued(marks: &[(&str, Status)]) -> ReadSpec {
    let marks = marks.iter().map(|(flag, status)| ((*flag).to_owned(), *status)).collect();
    let spec = ReadSpec::new("activity", "sbs.csv").column("region", "geo");
    let spec = spec.column("industry", "nace_r2").column("employment", "n2015");
    ReadSpec { glued_flags: true, marks, ..spec.constant("period", "2015") }
}

#[test]
fn flags_behind_numbers_are_taken_apart_when_declared() {
    let spec = glued(&[("d", Status::Observed), ("e", Status::EstimatedBySource)]);
    let reading = read_files(&[("sbs.csv", GLUED)], &spec);
    let expected = [number(2343.0), number(219.0), MISSING, MISSING, number(7.0)];
    assert_eq!(reading.frame.numbers("employment").unwrap(), expected);
    let of = |row| marked(&reading.marks, "employment", row);
    assert_eq!(of(1), (Some(Status::Observed), None, Some("d".to_owned())));
    // Nothing was observed where there is no number.
    assert_eq!(of(2), (None, None, Some("d".to_owned())));
    assert_eq!(of(4).0, Some(Status::EstimatedBySource));
    assert_eq!(reading.rows_rejected, 1);
    let message = reading.diagnostics[0].to_string();
    says(&message, &["A0302", "12:00 AM", "row 6", "marks"]);
    let undeclared = read_files(&[("sbs.csv", GLUED)], &glued(&[]));
    assert_eq!(undeclared.rows_rejected, 4);
    let plain = ReadSpec { glued_flags: false, ..glued(&[]) };
    assert_eq!(read_files(&[("sbs.csv", GLUED)], &plain).rows_rejected, 4);
}

#[test]
fn glued_flags_are_seen_and_proposed() {
    let folder = scratch();
    let path = folder.path().join("sbs.csv");
    std::fs::write(&path, GLUED.replace("C;AT1;2343\n", &many_rows())).unwrap();
    let look = sniff(&path).unwrap();
    let why = look.reasons.iter().find(|reason| reason.what.contains("glued_flags")).unwrap();
    says(&why.what, &["marks for d e"]);
}

/// Numbers enough for the column to be one of numbers.
fn many_rows() -> String {
    let rows: Vec<String> = (1..41).map(|row| format!("C;BE{row};{row}7\n")).collect();
    rows.concat()
}

#[test]
fn the_published_business_statistics_are_read_with_their_flags() {
    let Some(root) = shared_data("eu_sbs_nuts2_2015") else { return };
    let spec = ReadSpec { file: "sbs_r_nuts06_r2.csv".into(), ..glued(&[("d", Status::Observed)]) };
    let reading = read_in(&root, &spec);
    // README: 46,859 rows, 30 zeros that a spreadsheet made `12:00 AM`.
    assert_eq!((reading.rows_read, reading.rows_rejected), (46_859, 30));
    let regions = codes(&reading.frame, "region");
    let industries = codes(&reading.frame, "industry");
    let cells = reading.frame.numbers("employment").unwrap();
    for (country, expected) in
        [("AT", 621_998.0), ("DE", 6_992_286.0), ("FR", 2_903_001.0), ("IT", 3_618_487.0)]
    {
        let row = (0..cells.len()).find(|&row| regions[row] == country && industries[row] == "C");
        assert_eq!(cells[row.unwrap()], number(expected), "{country}");
    }
    let flags = reading.marks["employment"].values();
    assert_eq!(flags.filter(|mark| mark.flag.as_deref() == Some("d")).count(), 267 + 119);
}
