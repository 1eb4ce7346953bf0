//! Tables of the Chinese bureaus in miniature, with numbers of our own.

use agglo_core::{Datum, Gap, Status};
use agglo_data::{ReadSpec, read, sniff};
use agglo_testkit::scratch;
use rust_xlsxwriter::{Format, Workbook};

use super::{count, note, of, read_all};

/// A yearbook table with every mark, a group with its parts, a unit in the head and one above it.
fn write_yearbook(path: &std::path::Path) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    let texts = [
        (0, 0, "3-1  各市主要指标（2020年）"),
        (1, 0, "Main Indicators by City (2020)"),
        (2, 0, "单位：亿元"),
        (3, 6, "地区生产总值指数\n(上年=100)"),
        (3, 7, "大学数\n(所)"),
        (4, 3, "第一产业\nPrimary Industry"),
        (4, 4, "第二产业\nSecondary Industry"),
        (6, 0, "全  省"),
        (7, 0, "苏南"),
        (7, 1, "South"),
        (8, 0, "\u{3000}甲 市"),
        (8, 1, "Jia"),
        (9, 0, "  其中：丙县"),
        (10, 0, "  乙 市"),
        (10, 1, "Yi"),
        (11, 0, "  丁 市"),
        (13, 0, "注：乙市数据为初步核算数。"),
        (14, 0, "a) Data of Yi are preliminary."),
    ];
    for (row, column, text) in texts {
        sheet.write(row, column, text).unwrap();
    }
    for (first, last, column, text) in [(3, 5, 0, "市 别"), (3, 5, 1, "City")] {
        sheet.merge_range(first, column, last, column, text, &plain).unwrap();
    }
    sheet.merge_range(3, 2, 3, 4, "地区生产总值\nGross Regional Product", &plain).unwrap();
    sheet.merge_range(3, 5, 5, 5, "年末常住人口\n(万人)", &plain).unwrap();
    let rows: [(u32, [&str; 6]); 6] = [
        (6, ["60.5", "10", "30.5", "300", "105", "7"]),
        (7, ["30.5", "8", "20.5", "200", "106", "5"]),
        (8, ["20 . 5", "…", "15.5", "１２０", "107", "5"]),
        (9, ["4", "1", "2", "20", "103", ""]),
        (10, ["10", "8", "‖ 5", "80", "104", "-"]),
        (11, ["30", "", "10", "100", "102", "2"]),
    ];
    for (row, cells) in rows {
        for (column, cell) in cells.iter().enumerate() {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write(row, column as u16 + 2, number).unwrap(),
                Err(_) => sheet.write(row, column as u16 + 2, *cell).unwrap(),
            };
        }
    }
    book.save(path).unwrap();
}

#[test]
fn a_yearbook_in_miniature_keeps_every_mark_and_every_row() {
    let folder = scratch();
    write_yearbook(&folder.path().join("3-1.xlsx"));
    let reading = read_all(&ReadSpec::new("region_year", "3-1.xlsx"), folder.path());
    assert_eq!(reading.reader, "yearbook");
    // Two totals, three cities; a county that is part of a city is aside.
    assert_eq!((reading.rows_read, reading.rows_totals, reading.rows_filtered), (5, 2, 1));
    assert_eq!(reading.rows_notes, 5);
    let cell = |region: &str, measure: &str| of(&reading, region, 2020, measure);
    assert_eq!(cell("甲市", "gdp"), Datum::Number(20.5));
    assert_eq!(cell("甲市", "va_primary"), Datum::Gap(Gap::BelowUnit));
    assert_eq!(cell("甲市", "population"), Datum::Number(1_200_000.0));
    assert_eq!(cell("乙市", "va_secondary"), Datum::Number(5.0));
    assert_eq!(cell("丁市", "va_primary"), Datum::Gap(Gap::Missing));
    let mark = &reading.marks["va_secondary"][&1];
    assert_eq!((mark.status, mark.flag.as_deref()), (Some(Status::Break), Some("‖ 5")));
    assert_eq!(reading.marks["gdp"][&0].flag.as_deref(), Some("20 . 5"));
    assert_eq!(count(&reading, "A0384"), 2);
    assert_eq!(reading.frame.column("gdp").unwrap().unit(), "100 million yuan");
    assert!(note(&reading, "period-from-title").contains("2020"));
    assert!(note(&reading, "unit-converted").contains("10000"));
    assert!(note(&reading, "rates-left-out").contains("地区生产总值指数"));
    assert!(note(&reading, "heads-unknown").contains("大学数"));
    assert!(note(&reading, "of-which-aside").contains("丙县"));
    // The place of a cell is that of the sheet.
    let (_, origin) = reading.origins.locate("va_primary", 0).unwrap();
    assert_eq!((origin.row, origin.column), (9, 3));
}

#[test]
fn a_head_that_is_not_known_is_bound_by_its_words() {
    let folder = scratch();
    write_yearbook(&folder.path().join("3-1.xlsx"));
    let spec = ReadSpec::new("region_year", "3-1.xlsx")
        .column("universities", "大学数(所)")
        .column("gdp", "第二产业")
        .column("region", "region_en");
    let reading = read(&spec, folder.path()).unwrap();
    assert_eq!(reading.rows_used + reading.rows_rejected, reading.rows_read);
    assert_eq!(of(&reading, "Jia", 2020, "universities"), Datum::Number(5.0));
    assert_eq!(of(&reading, "Yi", 2020, "universities"), Datum::Gap(Gap::Missing));
    assert_eq!(of(&reading, "Jia", 2020, "gdp"), Datum::Number(15.5));
    assert_eq!(reading.rows_rejected, 2, "the province and one city have no English name");
}

#[test]
fn what_init_proposes_for_a_yearbook_reads_it() {
    let folder = scratch();
    let path = folder.path().join("3-1.xlsx");
    write_yearbook(&path);
    let sniff = sniff(&path).unwrap();
    assert_eq!((sniff.reader.as_str(), sniff.table.as_deref()), ("yearbook", Some("region_year")));
    let reading = read_all(&sniff.to_spec(), std::path::Path::new(""));
    assert_eq!(reading.frame.n_rows(), 3);
}

#[test]
fn a_yearbook_without_a_year_must_be_given_one() {
    let folder = scratch();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in
        [["各市生产总值", "", ""], ["地区", "生产总值", "第一产业"], ["甲市", "5", "1"]]
            .iter()
            .enumerate()
    {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write(row as u32, column as u16, *cell).unwrap();
        }
    }
    book.save(folder.path().join("gdp.xlsx")).unwrap();
    let spec = ReadSpec::new("region_year", "gdp.xlsx");
    let error = read(&spec, folder.path()).unwrap_err();
    assert!(error.to_string().contains("period"), "{error}");
    let reading = read_all(&spec.constant("period", "2019"), folder.path());
    assert_eq!(of(&reading, "甲市", 2019, "gdp"), Datum::Number(5.0));
}

const POPULATION: &str = "数据库：分省年度数据\n指标：年末常住人口(万人)\n时间：最近5年\n\
                          地区,2021年,2020年\n北京市,2188.6,2189\n天津市,1373,\n全国,3561.6,2189\n\
                          数据来源：国家统计局\n";

#[test]
fn the_bureau_s_download_in_chinese_is_converted_and_says_so() {
    let folder = scratch();
    std::fs::write(folder.path().join("pop.csv"), POPULATION).unwrap();
    let reading = read_all(&ReadSpec::new("region_year", "pop.csv"), folder.path());
    assert_eq!(reading.reader, "nbs-annual");
    assert_eq!((reading.rows_read, reading.rows_totals, reading.rows_notes), (6, 2, 4));
    assert_eq!(of(&reading, "北京市", 2021, "population"), Datum::Number(21_886_000.0));
    assert_eq!(of(&reading, "天津市", 2020, "population"), Datum::Gap(Gap::Missing));
    assert_eq!(
        note(&reading, "unit-converted"),
        "population: 10 thousand persons times 10000 are persons"
    );
    let given = ReadSpec {
        units: [("population".to_owned(), "10 thousand persons".to_owned())].into(),
        ..ReadSpec::new("region_year", "pop.csv")
    };
    let given = read_all(&given, folder.path());
    assert_eq!(of(&given, "北京市", 2021, "population"), Datum::Number(2_188.6));
}

#[test]
fn an_unknown_indicator_is_the_value_or_what_the_source_calls_it() {
    let folder = scratch();
    let text = POPULATION.replace("年末常住人口(万人)", "公共图书馆(个)");
    std::fs::write(folder.path().join("lib.csv"), text).unwrap();
    let spec = ReadSpec::new("region_year", "lib.csv");
    assert!(read_all(&spec, folder.path()).frame.has("value"));
    let named = ReadSpec { value: Some("libraries".into()), ..spec };
    assert_eq!(
        of(&read_all(&named, folder.path()), "北京市", 2020, "libraries"),
        Datum::Number(2189.0)
    );
}

#[test]
fn one_province_by_indicators_becomes_the_table_of_indicators() {
    let folder = scratch();
    let text = "Database:Annual by Province\nRegion:Beijing\nYear:LATEST2\n\
                Indicators,2021,2020\nGross Regional Product(100 million yuan),41045.6,35943.3\n\
                Resident Population(10000 persons),2189,2189\n\
                Data Sources:National Bureau of Statistics\n";
    let path = folder.path().join("beijing.csv");
    std::fs::write(&path, text).unwrap();
    let sniff = sniff(&path).unwrap();
    assert_eq!(sniff.table.as_deref(), Some("indicator"));
    let reading = read_all(&sniff.to_spec(), std::path::Path::new(""));
    assert_eq!((reading.rows_read, reading.rows_notes), (4, 4));
    assert_eq!(reading.frame.keys("region").unwrap()[0].as_ref(), "Beijing");
    assert_eq!(reading.frame.numbers("value").unwrap()[1], Datum::Number(35_943.3));
}
