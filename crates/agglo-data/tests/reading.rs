//! What the readers make of small files, good and bad.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::fmt::Write as _;
use std::path::Path;

use agglo_core::{Absent, Datum, Frame, Gap, Key, Status};
use agglo_data::{ReadSpec, Reading, assemble, check_codes, read, read_table, write_table};
use agglo_testkit::scratch;

fn number(value: f64) -> Datum {
    Datum::Number(value)
}

fn read_bytes(name: &str, bytes: &[u8], adjust: impl FnOnce(ReadSpec) -> ReadSpec) -> Reading {
    let folder = scratch();
    std::fs::write(folder.path().join(name), bytes).unwrap();
    let reading = read(&adjust(ReadSpec::new("activity", name)), folder.path()).unwrap();
    assert_eq!(reading.rows_used + reading.rows_rejected, reading.rows_read);
    reading
}

fn read_text(text: &str) -> Reading {
    read_bytes("jobs.csv", text.as_bytes(), |spec| spec)
}

/// The messages of an error, or of the diagnostics of a reading that had some.
fn failure(
    table: &str,
    name: &str,
    bytes: &[u8],
    adjust: impl FnOnce(ReadSpec) -> ReadSpec,
) -> String {
    let folder = scratch();
    std::fs::write(folder.path().join(name), bytes).unwrap();
    match read(&adjust(ReadSpec::new(table, name)), folder.path()) {
        Ok(reading) => {
            let texts: Vec<String> = reading.diagnostics.iter().map(ToString::to_string).collect();
            texts.join("\n")
        }
        Err(error) => error.to_string(),
    }
}

#[track_caller]
fn says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in\n{message}");
    }
}

fn keys(frame: &Frame, column: &str) -> Vec<Key> {
    frame.keys(column).unwrap()
}

const CHINESE: &str = "地区,行业,年份,就业\n北京,制造业,2019年,120\n上海,制造业,2019年,340\n";

fn chinese(spec: ReadSpec) -> ReadSpec {
    spec.column("region", "地区")
        .column("industry", "行业")
        .column("period", "年份")
        .column("employment", "就业")
}

#[track_caller]
fn check_encoding(bytes: &[u8], encoding: &str) {
    let reading = read_bytes("jobs.csv", bytes, chinese);
    assert_eq!(reading.encoding, encoding);
    assert_eq!(keys(&reading.frame, "region"), [Key::from("北京"), Key::from("上海")]);
    assert_eq!(reading.frame.integers("period").unwrap(), [2019, 2019]);
    assert_eq!(reading.frame.numbers("employment").unwrap(), [number(120.0), number(340.0)]);
}

#[test]
fn every_encoding_of_official_files_gives_the_same_table() {
    let utf16: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(CHINESE.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    check_encoding(CHINESE.as_bytes(), "utf-8");
    check_encoding(&[b"\xEF\xBB\xBF", CHINESE.as_bytes()].concat(), "utf-8 with byte order mark");
    check_encoding(&encoding_rs::GB18030.encode(CHINESE).0, "gb18030");
    check_encoding(&utf16, "utf-16le");
}

#[test]
fn a_guessed_encoding_is_said_and_can_be_set() {
    let bytes = encoding_rs::GB18030.encode(CHINESE).0;
    let guessed = read_bytes("jobs.csv", &bytes, chinese);
    assert!(guessed.diagnostics.iter().any(|d| d.code == "A0109"));
    let set = read_bytes("jobs.csv", &bytes, |spec| ReadSpec {
        encoding: Some("gb18030".into()),
        ..chinese(spec)
    });
    assert!(set.diagnostics.is_empty());
    assert_eq!(set.frame, guessed.frame);
    let unknown = failure("activity", "jobs.csv", &bytes, |spec| ReadSpec {
        encoding: Some("gb18031".into()),
        ..chinese(spec)
    });
    says(&unknown, &["A0107", "did you mean `gb18030`?"]);
}

#[test]
fn keys_stay_text_and_gaps_stay_apart_from_zero() {
    let reading = read_text(
        "region,industry,year,employment\n01, C10 ,2019,0\n02,C10,2019,\n1,C10,2019,(D)\n3,0,2019,:\n",
    );
    assert_eq!(keys(&reading.frame, "region"), ["01", "02", "1", "3"].map(Key::from));
    assert_eq!(keys(&reading.frame, "industry")[0], Key::from("C10"));
    let expected = [
        number(0.0),
        Datum::Gap(Gap::Missing),
        Datum::Gap(Gap::Suppressed),
        Datum::Gap(Gap::Missing),
    ];
    assert_eq!(reading.frame.numbers("employment").unwrap(), expected);
    assert_eq!(reading.frame.column("employment").unwrap().unit(), "persons");
    assert!(reading.diagnostics.is_empty());
}

#[test]
fn every_bad_cell_is_named_with_its_place() {
    let reading = read_text(
        "region,industry,year,employment\n\
         01,C,2019,1\n\
         02,C,2019,x\n\
         03,C,2019,-5\n\
         ,C,2019,1\n\
         05,C,,1\n\
         06,C,2019\n\
         01,C,2019,7\n\
         08,C,spring,1\n\
         \"a long, name\",C,2019,2\n",
    );
    assert_eq!((reading.rows_read, reading.rows_used, reading.rows_rejected), (9, 2, 7));
    let found: Vec<(&str, Option<u64>)> =
        reading.diagnostics.iter().map(|d| (d.code, d.row)).collect();
    assert_eq!(
        found,
        [
            ("A0302", Some(3)),
            ("A0303", Some(4)),
            ("A0301", Some(5)),
            ("A0305", Some(6)),
            ("A0306", Some(7)),
            ("A0307", Some(8)),
            ("A0305", Some(9)),
        ]
    );
    let first = &reading.diagnostics[0];
    assert_eq!(first.file.as_deref(), Some("jobs.csv"));
    assert_eq!(first.column.as_deref(), Some("employment"));
    assert_eq!(first.found.as_deref(), Some("x"));
    let duplicate = reading.diagnostics[5].to_string();
    says(&duplicate, &["region 01, industry C, period 2019", "row 2 of this file", "row 8"]);
}

#[test]
fn a_hundred_thousand_bad_rows_are_counted_and_five_are_shown() {
    let mut text = String::from("region,industry,year,employment\n");
    for row in 0..100_000 {
        writeln!(text, "r{row},C,2019,bad").unwrap();
    }
    text += "good,C,2019,1\n";
    let reading = read_text(&text);
    assert_eq!((reading.rows_read, reading.rows_used), (100_001, 1));
    assert_eq!(reading.diagnostics.len(), 5);
    assert_eq!(reading.diagnostics[4].count, 99_995);
}

#[test]
fn a_column_that_is_missing_or_misspelt_is_answered_with_the_nearest() {
    let text = b"regoin,industry,year,employment\n01,C,2019,1\n";
    let missing = failure("activity", "jobs.csv", text, |spec| spec);
    says(&missing, &["A0201", "`region`", "did you mean `regoin`?"]);
    let misspelt = failure("activity", "jobs.csv", text, |spec| spec.column("region", "reigon"));
    says(&misspelt, &["A0202", "columns.region", "did you mean `regoin`?"]);
    let filter = failure("activity", "jobs.csv", text, |spec| {
        spec.column("region", "regoin").keep("yaer", &["2019"])
    });
    says(&filter, &["A0202", "filter", "did you mean `year`?"]);
    let year = failure("region_year", "r.csv", b"region,gdp\n01,3\n", |spec| spec);
    says(&year, &["A0201", "the year is missing", "constants"]);
    let table = failure("activty", "jobs.csv", text, |spec| spec);
    says(&table, &["A0204", "did you mean `activity`?"]);
    let reader = failure("activity", "jobs.csv", text, |spec| ReadSpec {
        reader: Some("tiddy".into()),
        ..spec
    });
    says(&reader, &["A0205", "did you mean `tidy`?"]);
    let column = failure("benchmark", "b.csv", b"region,benchmark\n01,3\n", |spec| {
        spec.column("benchmrk", "benchmark")
    });
    says(&column, &["A0206", "did you mean `benchmark`?"]);
}

#[test]
fn files_without_data_are_refused() {
    let check = |bytes: &[u8], code: &str| {
        says(&failure("activity", "jobs.csv", bytes, |spec| spec), &[code, "jobs.csv"]);
    };
    check(b"", "A0103");
    check(b"\n\n  \n", "A0103");
    check(b"region,industry,year,employment\n", "A0104");
    check(b"region,industry\n01,C\n", "A0207");
}

#[test]
fn files_that_cannot_be_read_say_why() {
    let folder = scratch();
    std::fs::write(folder.path().join("jobs.csv"), "region,industry,employment\n1,2,3\n").unwrap();
    let error = |name: &str| read(&ReadSpec::new("activity", name), folder.path()).unwrap_err();
    let missing = error("jbos.csv");
    assert!(missing.is_missing_file());
    says(&missing.to_string(), &["A0101", "did you mean `jobs.csv`?"]);
    assert!(error("none/*.csv").is_missing_file());
    assert!(error(".").is_unreadable());
    std::fs::write(folder.path().join("bad.parquet"), b"PAR1 and nothing else").unwrap();
    says(&error("bad.parquet").to_string(), &["A0105"]);
    std::fs::write(folder.path().join("bad.xlsx"), b"PK\x03\x04 and nothing else").unwrap();
    says(&error("bad.xlsx").to_string(), &["A0105"]);
}

#[test]
fn numbers_of_other_countries_are_read_when_declared() {
    let text = b"region;industry;year;employment\n01;C;2019;1.234,5\n02;C;2019;-\n";
    let reading = read_bytes("jobs.csv", text, |spec| ReadSpec {
        decimal: Some(','),
        thousands: Some('.'),
        marks: [("-".to_owned(), Status::Missing)].into(),
        ..spec
    });
    let expected = [number(1234.5), Datum::Gap(Gap::Missing)];
    assert_eq!(reading.frame.numbers("employment").unwrap(), expected);
    let undeclared = failure("activity", "jobs.csv", text, |spec| spec);
    says(&undeclared, &["A0302", "decimal = \",\" and thousands = \".\"", "marks"]);
}

#[test]
fn units_that_change_within_a_file_reject_the_rows_that_differ() {
    let text = b"region,industry,unit,employment\n01,C,persons,1\n02,C,thousand,2\n";
    let reading = read_bytes("jobs.csv", text, |spec| spec.column("unit", "unit"));
    assert_eq!((reading.rows_used, reading.rows_rejected), (1, 1));
    let message = reading.diagnostics[0].to_string();
    says(&message, &["A0401", "`thousand` here", "`persons` in row 2", "filter"]);
}

#[test]
fn filters_leave_rows_aside_and_say_when_none_is_left() {
    let text = b"region,industry,sex,employment\n01,C,T,3\n01,C,F,1\n01,C,M,2\n";
    let reading = read_bytes("jobs.csv", text, |spec| spec.keep("sex", &["T"]));
    assert_eq!((reading.rows_read, reading.rows_used, reading.rows_filtered), (1, 1, 2));
    let none = read_bytes("jobs.csv", text, |spec| spec.keep("sex", &["total"]));
    assert_eq!((none.rows_read, none.diagnostics[0].code), (0, "A0309"));
}

#[test]
fn the_wide_layout_gives_one_row_per_period_with_its_own_origin() {
    let text = "code,name,2018,2019年\n01,A,1,2\n02,B,,4\n02,B,5,6\n03,C,7,x\n";
    let reading = read_bytes("va.csv", text.as_bytes(), |spec| ReadSpec {
        value: Some("value_added".into()),
        ..spec.column("region", "code").constant("industry", "total")
    });
    assert_eq!(reading.reader, "wide");
    assert_eq!((reading.rows_read, reading.rows_used), (4, 2));
    let names: Vec<&str> = reading.frame.columns().iter().map(agglo_core::Column::name).collect();
    assert_eq!(names, ["region", "industry", "period", "value_added"]);
    assert_eq!(reading.frame.integers("period").unwrap(), [2018, 2019, 2018, 2019]);
    let expected = [number(1.0), number(2.0), Datum::Gap(Gap::Missing), number(4.0)];
    assert_eq!(reading.frame.numbers("value_added").unwrap(), expected);
    let (file, origin) = reading.origins.locate("value_added", 3).unwrap();
    assert_eq!((file.path.as_str(), origin.row, origin.column), ("va.csv", 3, 3));
}

#[test]
fn a_workbook_is_read_by_sheet_and_its_cells_are_named_as_seen() {
    let folder = scratch();
    let path = folder.path().join("jobs.xlsx");
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.add_worksheet().set_name("说明").unwrap().write_string(0, 0, "notes").unwrap();
    let sheet = workbook.add_worksheet().set_name("数据").unwrap();
    for (column, heading) in ["region", "industry", "year", "employment"].iter().enumerate() {
        sheet.write_string(2, column as u16 + 1, *heading).unwrap();
    }
    let rows = [("01", 2019.0, Some(12.5)), ("02", 2019.0, None), ("03", 2019.0, Some(-1.0))];
    for (row, (region, year, value)) in rows.iter().enumerate() {
        let row = row as u32 + 3;
        sheet.write_string(row, 1, *region).unwrap();
        sheet.write_number(row, 2, 31.0).unwrap();
        sheet.write_number(row, 3, *year).unwrap();
        if let Some(value) = value {
            sheet.write_number(row, 4, *value).unwrap();
        }
    }
    workbook.save(&path).unwrap();

    let spec = ReadSpec { sheet: Some("数据".into()), ..ReadSpec::new("activity", "jobs.xlsx") };
    let reading = read(&spec, folder.path()).unwrap();
    assert_eq!(reading.encoding, "binary");
    assert_eq!(keys(&reading.frame, "region"), ["01", "02"].map(Key::from));
    assert_eq!(keys(&reading.frame, "industry"), ["31", "31"].map(Key::from));
    let (file, origin) = reading.origins.locate("employment", 0).unwrap();
    assert_eq!(file.sheet.as_deref(), Some("数据"));
    // Cell E4.
    assert_eq!((origin.row, origin.column), (4, 4));
    let negative = &reading.diagnostics[0];
    assert_eq!((negative.code, negative.row), ("A0303", Some(6)));
    assert_eq!(negative.sheet.as_deref(), Some("数据"));

    let wrong = ReadSpec { sheet: Some("数剧".into()), ..spec };
    says(&read(&wrong, folder.path()).unwrap_err().to_string(), &["A0106", "数据"]);
}

#[test]
fn several_files_of_one_pattern_are_one_source() {
    let folder = scratch();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("jobs [2018].csv", "region,industry,year,employment\n01,C,2018,1\n");
    write("jobs [2019].csv", "employment,year,industry,region\n2,2019,C,01\n");
    write("jobs [2020].csv", "region,industry,year,employment\n");
    let reading = read(&ReadSpec::new("activity", "jobs*.csv"), folder.path()).unwrap();
    assert_eq!(reading.frame.numbers("employment").unwrap(), [number(1.0), number(2.0)]);
    assert_eq!(reading.origins.cells["employment"][1].file, 1);
    assert_eq!(reading.diagnostics[0].code, "A0104");
    write("jobs [2021].csv", "region,industry,year,employment\n01,C,2018,3\n");
    let twice = read(&ReadSpec::new("activity", "jobs*.csv"), folder.path()).unwrap();
    assert_eq!(twice.rows_rejected, 1);
    let duplicate = twice.diagnostics.iter().find(|d| d.code == "A0307").unwrap();
    says(&duplicate.to_string(), &["row 2 of jobs [2018].csv", "--> jobs [2021].csv, row 2"]);
    write("jobs [2022].csv", "region,industry,employment\n01,C,3\n");
    let error = read(&ReadSpec::new("activity", "jobs*.csv"), folder.path()).unwrap_err();
    says(&error.to_string(), &["A0209", "jobs [2022].csv"]);
}

fn source(folder: &Path, name: &str, text: &str) -> (ReadSpec, Reading) {
    std::fs::write(folder.join(name), text).unwrap();
    let spec = ReadSpec::new("activity", name);
    let reading = read(&spec, folder).unwrap();
    (spec, reading)
}

#[test]
fn sources_are_joined_by_their_keys() {
    let folder = scratch();
    let jobs = source(
        folder.path(),
        "jobs.csv",
        "region,industry,year,employment\n01,C,2019,1\n02,C,2019,NA\n",
    );
    let money = source(
        folder.path(),
        "money.csv",
        "region,industry,year,value_added,employment\n02,C,2019,5,4\n03,C,2019,(D),\n",
    );
    let table = assemble("activity", vec![jobs, money]).unwrap();
    assert_eq!(keys(&table.frame, "region"), ["01", "02", "03"].map(Key::from));
    let missing = Datum::Gap(Gap::Missing);
    let jobs = [number(1.0), number(4.0), missing];
    assert_eq!(table.frame.numbers("employment").unwrap(), jobs);
    let money = [missing, number(5.0), Datum::Gap(Gap::Suppressed)];
    assert_eq!(table.frame.numbers("value_added").unwrap(), money);
    assert_eq!(table.origins.locate("employment", 1).unwrap().0.path, "money.csv");
    assert!(table.origins.locate("value_added", 0).is_none());

    let path = folder.path().join("activity.parquet");
    write_table(&path, &table).unwrap();
    assert_eq!(read_table(&path).unwrap(), table);
}

#[test]
fn sources_that_contradict_each_other_are_named() {
    let folder = scratch();
    let read = |name: &str, text: &str| source(folder.path(), name, text);
    let one = || read("a.csv", "region,industry,year,employment\n01,C,2019,1\n");
    let two = read("b.csv", "region,industry,year,employment\n01,C,2019,2\n");
    let conflict = assemble("activity", vec![one(), two]).unwrap_err();
    says(&conflict[0].to_string(), &["A0601", "is 2 here and 1 at a.csv, row 2", "b.csv, row 2"]);
    let keys = read("c.csv", "region,industry,employment\n01,C,2\n");
    says(
        &assemble("activity", vec![one(), keys]).unwrap_err()[0].to_string(),
        &["A0603", "period"],
    );
    let (spec, mut reading) = read("d.csv", "region,industry,year,employment\n02,C,2019,1\n");
    let column = reading.frame.column("employment").unwrap();
    let other = agglo_core::Column::new("employment", "thousand", column.values().clone());
    reading.frame = reading.frame.with(other).unwrap();
    says(
        &assemble("activity", vec![one(), (spec, reading)]).unwrap_err()[0].to_string(),
        &["A0602", "thousand"],
    );
}

#[test]
fn a_cell_that_no_source_lists_is_zero_only_where_all_say_so() {
    let folder = scratch();
    let read = |name: &str, text: &str, absent| {
        let (spec, reading) = source(folder.path(), name, text);
        (ReadSpec { absent, ..spec }, reading)
    };
    let jobs = read("a.csv", "region,industry,employment\n01,C,1\n", Absent::Zero);
    let money = read("b.csv", "region,industry,value_added\n02,C,5\n", Absent::Missing);
    let table = assemble("activity", vec![jobs, money]).unwrap();
    assert_eq!(table.frame.numbers("employment").unwrap()[1], number(0.0));
    assert_eq!(table.frame.numbers("value_added").unwrap()[0], Datum::Gap(Gap::Missing));
    assert_eq!(table.absent, Absent::Missing);
}

#[test]
fn codes_that_no_list_knows_are_named_with_their_row() {
    let folder = scratch();
    let jobs = source(
        folder.path(),
        "jobs.csv",
        "region,industry,employment\n1001,C10,1\n01003,C11,1\n1001,C99,2\n",
    );
    let table = assemble("activity", vec![jobs]).unwrap();
    let list = |name: &'static str, codes: &[&str]| {
        Frame::new(vec![agglo_core::Column::text(name, codes.iter().copied())]).unwrap()
    };
    let regions = list("region", &["01001", "01003"]);
    let industries = list("industry", &["C10", "C11"]);
    let found = check_codes(&table, Some(&regions), Some(&industries));
    assert_eq!(found.len(), 2);
    says(&found[0].to_string(), &["A0501", "`1001`", "2 rows", "`01001`", "jobs.csv, row 2"]);
    says(&found[1].to_string(), &["A0502", "`C99`", "jobs.csv, row 4"]);
    assert!(check_codes(&table, None, None).is_empty());
}
