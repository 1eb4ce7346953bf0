//! The checks on written tables, and on official series whose faults are known.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::path::Path;

use agglo_core::{Absent, Column, Datum, Frame, Gap};
use agglo_data::{
    CheckInput, CheckResult, CoverageAxis, DeclaredBreak, Diagnostic, ReadSpec, Table, assemble,
    check, read,
};
use agglo_testkit::shared_data;

/// What `agglo check` says of one table.
fn found(table: &Table) -> CheckResult {
    check(&CheckInput { tables: &[table], ..CheckInput::default() })
}

fn codes(result: &CheckResult) -> Vec<&str> {
    result.diagnostics.iter().map(|d| d.code).collect()
}

/// A table of regions over years with the measures that `value` gives.
fn region_years(
    regions: &[&str],
    years: std::ops::Range<i64>,
    measures: &[(&str, &str)],
    value: impl Fn(&str, usize, i64) -> Option<f64>,
) -> Table {
    let keys = || regions.iter().enumerate().flat_map(|(r, _)| years.clone().map(move |y| (r, y)));
    let mut columns = vec![
        Column::text("region", keys().map(|(r, _)| regions[r])),
        Column::integer("period", "", keys().map(|(_, y)| y)),
    ];
    for (name, unit) in measures {
        let cells =
            keys().map(|(r, y)| value(name, r, y).map_or(Datum::Gap(Gap::Missing), Datum::Number));
        columns.push(Column::number(*name, *unit, cells));
    }
    let frame = Frame::new(columns).unwrap();
    Table { name: "region_year".to_owned(), frame, ..Table::default() }
}

const TEN: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

/// Growth of about ten percent that differs a little by region and year.
fn smooth(region: usize, year: i64) -> f64 {
    let wobble = ((region * 7 + year as usize * 13) % 11) as f64 / 500.0;
    ((region + 1) as f64 * 100.0 * 1.1f64.powi((year - 2000) as i32) * (1.0 + wobble) * 10.0)
        .round()
        / 10.0
}

#[test]
fn a_smooth_panel_gives_no_finding() {
    let table =
        region_years(&TEN, 2000..2020, &[("gdp", "100m CNY")], |_, r, y| Some(smooth(r, y)));
    assert_eq!(found(&table).diagnostics, []);
}

#[test]
fn a_misprint_is_found_with_its_neighbors_and_a_lasting_step_apart_from_it() {
    let table = region_years(&TEN, 2000..2020, &[("gdp", "100m CNY")], |_, r, y| {
        let value = smooth(r, y);
        Some(match (r, y) {
            (3, 2010) => value * 1.8,
            (5, 2012..) => value * 0.6,
            _ => value,
        })
    });
    let result = found(&table);
    let mut sorted = codes(&result);
    sorted.sort_unstable();
    assert_eq!(sorted, ["A0821", "A0822"], "{:#?}", result.diagnostics);
    let spike = result.diagnostics.iter().find(|d| d.code == "A0821").unwrap();
    for text in ["region `d` in 2010", "in 2009", "in 2011"] {
        assert!(spike.message.contains(text), "{spike}");
    }
    let step = result.diagnostics.iter().find(|d| d.code == "A0822").unwrap();
    assert!(step.message.contains("region `f`") && step.message.contains("in 2012"), "{step}");
}

#[test]
fn a_year_in_another_unit_is_one_finding_and_no_outlier() {
    let table = region_years(&TEN, 2000..2012, &[("employment", "persons")], |_, r, y| {
        Some(if y == 2006 {
            (smooth(r, y) * 10.0).round()
        } else {
            (smooth(r, y) * 10_000.0).round()
        })
    });
    let result = found(&table);
    assert_eq!(codes(&result), ["A0823"], "{:#?}", result.diagnostics);
    assert!(result.diagnostics[0].message.contains("`employment` of 2006 is 0.001 times"));
}

#[test]
fn a_region_in_thousands_among_persons_is_found_by_its_ratio() {
    let measures = [("gdp", "100m CNY"), ("population", "persons")];
    let table = region_years(&TEN, 2000..2012, &measures, |measure, r, y| {
        let people = (smooth(r, y) * 100_000.0).round();
        Some(match (measure, r) {
            ("population", 4) => people / 1000.0,
            ("population", _) => people,
            _ => smooth(r, y),
        })
    });
    let result = found(&table);
    assert_eq!(codes(&result), ["A0823"], "{:#?}", result.diagnostics);
    assert!(result.diagnostics[0].message.contains("region `e`"), "{}", result.diagnostics[0]);
}

#[test]
fn a_splice_of_two_vintages_is_found_unless_it_is_declared() {
    let table = region_years(&TEN, 2000..2020, &[("gdp", "100m CNY")], |_, r, y| {
        let revised = 0.8 + 0.04 * ((r * 3) % 10) as f64;
        Some(if y >= 2012 { smooth(r, y) * revised } else { smooth(r, y) })
    });
    let result = found(&table);
    let breaks: Vec<&Diagnostic> =
        result.diagnostics.iter().filter(|d| d.code == "A0831").collect();
    assert_eq!(breaks.len(), 1, "{:#?}", result.diagnostics);
    assert!(breaks[0].message.contains("`gdp` breaks in 2012"), "{}", breaks[0]);

    let declared =
        DeclaredBreak { table: "region_year".to_owned(), period: 2012, ..DeclaredBreak::default() };
    let input = CheckInput { tables: &[&table], breaks: &[declared], ..CheckInput::default() };
    assert!(check(&input).diagnostics.iter().all(|d| d.code != "A0831"));
}

#[test]
fn zeros_and_values_carried_forward_are_found_and_a_constant_is_not() {
    let measures = [("gdp", "100m CNY"), ("exports", "100m CNY"), ("area", "km²")];
    let table = region_years(&TEN, 2000..2015, &measures, |measure, r, y| {
        Some(match (measure, r, y) {
            ("area", ..) => 16_410.0 + r as f64,
            ("gdp", 2, 2005 | 2006) => 0.0,
            ("exports", 7, 2008..=2011) => smooth(7, 2008),
            _ => smooth(r, y),
        })
    });
    let result = found(&table);
    let of = |code: &str| result.diagnostics.iter().filter(|d| d.code == code).collect::<Vec<_>>();
    assert_eq!(of("A0824").len(), 1, "{:#?}", result.diagnostics);
    assert!(of("A0824")[0].message.contains("from 2005 to 2006"), "{}", of("A0824")[0]);
    assert_eq!(of("A0825").len(), 1, "{:#?}", result.diagnostics);
    assert!(of("A0825")[0].message.contains("region `h`"), "{}", of("A0825")[0]);
}

#[test]
fn a_panel_says_who_comes_goes_and_is_lost() {
    let mut table = region_years(&TEN, 2000..2010, &[("gdp", "100m CNY")], |_, r, y| {
        (r != 9 || y >= 2004).then(|| smooth(r, y))
    });
    let (regions, years) =
        (table.frame.keys("region").unwrap(), table.frame.integers("period").unwrap());
    let kept: Vec<usize> = (0..table.frame.n_rows())
        .filter(|&row| !(regions[row].as_ref() == "b" && years[row] == 2003))
        .filter(|&row| !(regions[row].as_ref() == "c" && years[row] >= 2008))
        .collect();
    table.frame = table.frame.take(&kept);
    let result = found(&table);
    assert_eq!(codes(&result), ["A0834", "A0832"], "{:#?}", result.diagnostics);
    let text = &result.diagnostics[1].message;
    assert!(text.contains("9 in 2000, 10 from 2004 (new: `j`), 9 from 2008 (gone: `c`)"), "{text}");
    assert!(result.diagnostics[0].message.contains("region `b` has no row in 2003"));
}

#[test]
fn a_part_above_its_whole_and_a_share_above_one_are_found() {
    let measures = [("gdp", "100m CNY"), ("va_secondary", "100m CNY"), ("urban_share", "percent")];
    let table = region_years(&TEN, 2000..2006, &measures, |measure, r, y| {
        Some(match (measure, r, y) {
            ("va_secondary", 1, 2003) => smooth(r, y) + 5.0,
            ("va_secondary", ..) => smooth(r, y) * 0.4,
            ("urban_share", 2, 2002) => 105.0,
            ("urban_share", ..) => 50.0 + y as f64 - 2000.0 + r as f64,
            _ => smooth(r, y),
        })
    });
    let result = found(&table);
    let of = |code: &str| codes(&result).iter().filter(|c| **c == code).count();
    assert_eq!((of("A0803"), of("A0802")), (1, 1), "{:#?}", result.diagnostics);
}

#[test]
fn industries_that_do_not_add_up_to_their_parent_are_found_by_their_codes() {
    let industries = ["10", "101", "102", "103", "20"];
    let mut rows: Vec<(&str, &str, i64, f64)> = Vec::new();
    for (r, region) in TEN.iter().enumerate() {
        for industry in industries {
            let part = |code: &str| (r as f64 + 2.0) * 10.0 * code.parse::<f64>().unwrap();
            let mut value = match industry {
                "10" => part("101") + part("102") + part("103"),
                code => part(code),
            };
            if *region == "d" && industry == "10" {
                value += 1000.0;
            }
            rows.push((region, industry, 2020, value));
        }
    }
    let frame = Frame::new(vec![
        Column::text("region", rows.iter().map(|row| row.0)),
        Column::text("industry", rows.iter().map(|row| row.1)),
        Column::integer("period", "", rows.iter().map(|row| row.2)),
        Column::numbers("employment", "persons", rows.iter().map(|row| row.3)),
    ]);
    let table = Table { name: "activity".to_owned(), frame: frame.unwrap(), ..Table::default() };
    let result = found(&table);
    assert_eq!(codes(&result), ["A0811"], "{:#?}", result.diagnostics);
    let text = &result.diagnostics[0].message;
    assert!(
        text.contains("region `d`, industry `10` in 2020") && text.contains("9 of 10"),
        "{text}"
    );
}

#[test]
fn look_alike_codes_are_told_with_the_values_that_differ() {
    let regions = ["ITC1", "ITC2", "IТC1"];
    let table = region_years(&regions, 2000..2004, &[("gdp", "EUR")], |_, r, y| Some(smooth(r, y)));
    let result = found(&table);
    assert_eq!(codes(&result), ["A0841", "A0842"], "{:#?}", result.diagnostics);
    assert!(result.diagnostics[1].message.contains("4 cells have both, 4 with different values"));
}

#[test]
fn the_coverage_counts_every_cell_once_by_what_it_holds() {
    let cells = [Datum::Number(0.0), Datum::Gap(Gap::Suppressed), Datum::Number(3.0)];
    let frame = Frame::new(vec![
        Column::text("region", ["a", "a", "b"]),
        Column::text("industry", ["x", "y", "x"]),
        Column::integer("period", "", [2020, 2020, 2020]),
        Column::number("employment", "persons", cells),
    ]);
    let mut table =
        Table { name: "activity".to_owned(), frame: frame.unwrap(), ..Table::default() };
    let coverage = |table: &Table| {
        let mut coverage = found(table).coverage;
        coverage.retain(|c| c.axis == CoverageAxis::Region);
        coverage[0].clone()
    };
    let (a, b) = (coverage(&table).row(0)[0], coverage(&table).row(1)[0]);
    assert_eq!((a.expected, a.numbers, a.zeros, a.suppressed), (2, 1, 1, 1));
    assert_eq!((b.expected, b.numbers, b.absent), (2, 1, 1));
    table.absent = Absent::Zero;
    let b = coverage(&table).row(1)[0];
    assert_eq!((b.numbers, b.zeros, b.absent), (2, 1, 0), "what is not listed is zero");
}

/// A file of the provincial series as a table of regions and years.
fn provinces(root: &Path, file: &str, columns: &[(&str, &str)]) -> Table {
    let mut spec =
        ReadSpec::new("region_year", file).column("region", "gb_code").column("period", "year");
    for (measure, heading) in columns {
        spec = spec.column(measure, heading);
        let percent = heading.ends_with("pct");
        let unit = if percent { "percent" } else { "100m CNY" };
        spec.units.insert((*measure).to_owned(), unit.to_owned());
    }
    let reading = read(&spec, root).unwrap();
    assemble("region_year", vec![(spec, reading)]).unwrap()
}

fn says(result: &CheckResult, codes: &[&str], words: &[&str]) -> bool {
    result
        .diagnostics
        .iter()
        .any(|d| codes.contains(&d.code) && words.iter().all(|word| d.message.contains(word)))
}

#[test]
fn the_faults_of_the_provincial_panel_that_are_known_are_found_with_few_others() {
    let Some(root) = shared_data("china_province") else { return };
    let columns = [
        ("gdp", "gdp_100m_yuan"),
        ("va_secondary", "secondary_va_100m_yuan"),
        ("va_tertiary", "tertiary_va_100m_yuan"),
        ("va_industry", "industrial_va_100m_yuan"),
    ];
    let result = found(&provinces(&root, "industry_panel_1990_2020.csv", &columns));
    for (measure, region, year) in [
        ("va_industry", "340000", "1997"),
        ("va_secondary", "340000", "1997"),
        ("va_secondary", "150000", "2013"),
        ("va_secondary", "460000", "2015"),
        ("va_industry", "410000", "2005"),
    ] {
        let words = [&format!("`{measure}`")[..], &format!("`{region}` in {year}")[..]];
        assert!(says(&result, &["A0821"], &words), "{words:?}: {:#?}", result.diagnostics);
    }
    // Beijing moves from 3277.8 to 2817.57 and 4525.7: the step of 2002 is told with 2001.
    assert!(says(&result, &["A0821"], &["`gdp`", "`110000` in 2001", "4525.7 in 2002"]));
    let above = result.diagnostics.iter().filter(|d| d.code == "A0803").count();
    assert_eq!(above, 10, "rows in which industry exceeds secondary industry");
    let odd: Vec<&Diagnostic> = result
        .diagnostics
        .iter()
        .filter(|d| matches!(d.code, "A0821" | "A0822" | "A0823" | "A0824" | "A0825" | "A0831"))
        .collect();
    for diagnostic in &odd {
        println!("{} {}", diagnostic.code, diagnostic.message);
    }
    assert!(odd.len() <= 26, "{} findings about 3,844 figures", odd.len());
}

#[test]
fn the_splice_of_2019_and_the_growing_panel_of_the_long_series_are_found() {
    let Some(root) = shared_data("china_province") else { return };
    let columns = [
        ("gdp", "gdp_100m_yuan"),
        ("primary_share", "primary_share_pct"),
        ("secondary_share", "secondary_share_pct"),
        ("tertiary_share", "tertiary_share_pct"),
    ];
    let result = found(&provinces(&root, "gdp_by_sector_1952_2022.csv", &columns));
    for diagnostic in &result.diagnostics {
        println!("{} {}", diagnostic.code, diagnostic.message);
    }
    assert!(says(&result, &["A0831"], &["`gdp` breaks in 2019"]));
    let breaks = result.diagnostics.iter().filter(|d| d.code == "A0831");
    assert!(breaks.filter(|d| d.message.contains("`gdp`")).count() == 1);
    assert!(says(&result, &["A0832"], &["28 in 1952, 30 from 1978", "31 from 1987"]));
    let sums = result.diagnostics.iter().filter(|d| d.code == "A0812").count();
    assert_eq!(sums, 3, "Inner Mongolia 1960, Qinghai 1970, Heilongjiang 1975");
}
