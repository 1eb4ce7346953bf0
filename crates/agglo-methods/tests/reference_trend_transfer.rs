//! Numbers of published examples and of other programs for the trend and transfer families, and
//! what the turning points of real Chinese data are.
#![expect(clippy::unwrap_used, reason = "a helper of tests may fail as a test does")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use agglo_core::{Column, Datum, Frame};
use agglo_methods::call::{Answer, Inputs, Options, ask};
use agglo_methods::concentration::gini;
use agglo_testkit::{assert_close, shared_data};

fn activity(rows: &[(&str, &str, i64, f64)]) -> Inputs {
    let frame = Frame::new(vec![
        Column::text("region", rows.iter().map(|row| row.0)),
        Column::text("industry", rows.iter().map(|row| row.1)),
        Column::integer("period", "", rows.iter().map(|row| row.2)),
        Column::numbers("value", "persons", rows.iter().map(|row| row.3)),
    ]);
    Inputs::new().with("activity", frame.unwrap())
}

/// Three regions, two industries, two years: the example of the transfer chapter.
fn example() -> Inputs {
    let (before, after) =
        ([[60.0, 30.0], [25.0, 40.0], [15.0, 30.0]], [[63.0, 50.0], [45.0, 40.0], [42.0, 60.0]]);
    let mut rows = Vec::new();
    for (r, region) in ["r1", "r2", "r3"].into_iter().enumerate() {
        for (i, industry) in ["A", "B"].into_iter().enumerate() {
            rows.push((region, industry, 2000, before[r][i]));
            rows.push((region, industry, 2003, after[r][i]));
        }
    }
    activity(&rows)
}

fn column(answer: &Answer, table: &str, name: &str) -> Vec<f64> {
    let numbers = answer.table(table).unwrap().numbers(name).unwrap();
    numbers.into_iter().map(|datum| datum.number().unwrap()).collect()
}

fn words(answer: &Answer, table: &str, name: &str) -> Vec<String> {
    let cells = answer.table(table).unwrap().text(name).unwrap();
    cells.iter().map(|cell| cell.as_deref().unwrap_or("").to_owned()).collect()
}

#[track_caller]
fn check(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert_close(*found, *expected, tolerance);
    }
}

#[test]
fn share_change_has_the_numbers_of_the_example() {
    let answer = ask("share-change", None, &example(), &Options::new()).unwrap();
    let third = 1.0 / 3.0;
    check(
        &column(&answer, "changes", "delta_share"),
        &[-0.18, 0.1 * third, 0.05, -0.4 * third, 0.13, 0.1],
        1e-12,
    );
    check(
        &column(&answer, "changes", "excess_volume"),
        &[-27.0, 5.0, 7.5, -20.0, 19.5, 15.0],
        1e-9,
    );
    check(&column(&answer, "industries", "mobility"), &[0.18, 0.4 * third], 1e-12);
    // 27 units leave region 1 for regions 2 and 3; 20 of B leave region 2.
    check(&column(&answer, "flows", "volume"), &[7.5, 19.5, 5.0, 15.0], 1e-9);
    assert_eq!(words(&answer, "flows", "from_region"), ["r1", "r1", "r2", "r2"]);
    assert_eq!(
        words(&answer, "changes", "class"),
        ["relative-out", "in", "in", "absolute-out", "in", "in"]
    );
}

#[test]
fn the_quotient_of_the_first_region_falls_and_the_parts_add_up() {
    let answer = ask("location-quotient-change", None, &example(), &Options::new()).unwrap();
    let delta = column(&answer, "changes", "delta_lq");
    assert_close(delta[0], -0.218_289, 5e-7);
    let (moved, rest) = (column(&answer, "changes", "moved"), column(&answer, "changes", "rest"));
    for place in 0..delta.len() {
        assert_close(moved[place] + rest[place], delta[place], 1e-12);
    }
    // Shares .60 .25 .15 have the Gini .3, shares .42 .30 .28 have .0933….
    assert_close(column(&answer, "gini", "delta_gini")[0], 0.28 / 3.0 - 0.3, 1e-12);
}

#[test]
fn the_gradient_of_the_example_is_1_6() {
    let rows = [
        ("r1", "A", 60.0, 50.0),
        ("r2", "A", 25.0, 30.0),
        ("r3", "A", 15.0, 20.0),
        ("r1", "B", 30.0, 40.0),
        ("r2", "B", 40.0, 30.0),
        ("r3", "B", 30.0, 30.0),
    ];
    let frame = Frame::new(vec![
        Column::text("region", rows.iter().map(|row| row.0)),
        Column::text("industry", rows.iter().map(|row| row.1)),
        Column::numbers("value_added", "yuan", rows.iter().map(|row| row.2)),
        Column::numbers("employment", "persons", rows.iter().map(|row| row.3)),
    ]);
    let inputs = Inputs::new().with("gradient", frame.unwrap());
    let answer = ask("industrial-gradient", None, &inputs, &Options::new()).unwrap();
    let gradient = column(&answer, "gradient", "gradient");
    check(&[gradient[0], gradient[2], gradient[4]], &[1.6, 0.641_026, 0.5], 5e-7);
    assert_eq!(words(&answer, "gradient", "level")[0], "high");
}

#[test]
fn shift_share_has_the_numbers_of_the_example() {
    let options = Options::new();
    let answer = ask("shift-share", Some("esteban-marquillas"), &example(), &options).unwrap();
    let first = |name: &str| column(&answer, "regions", name)[0];
    check(
        &["change", "national", "mix", "regional", "competitive", "allocation", "entry"].map(first),
        &[23.0, 45.0, 0.0, -22.0, -12.75, -9.25, 0.0],
        1e-9,
    );
    let answer = ask("shift-share", None, &example(), &options).unwrap();
    let competitive = answer.table("regions").unwrap().numbers("competitive").unwrap();
    assert!(matches!(competitive[0], Datum::Gap(_)));
}

// With the year between, (62, 38), (34, 41), (26, 42).
#[test]
fn dynamic_shift_share_has_the_numbers_of_the_example() {
    let mut rows = Vec::new();
    for (year, values) in [
        (2000, [60.0, 30.0, 25.0, 40.0, 15.0, 30.0]),
        (2001, [62.0, 38.0, 34.0, 41.0, 26.0, 42.0]),
        (2002, [63.0, 50.0, 45.0, 40.0, 42.0, 60.0]),
    ] {
        let cells = ["r1", "r2", "r3"].into_iter().flat_map(|r| ["A", "B"].map(|i| (r, i)));
        rows.extend(
            cells.zip(values).map(|((region, industry), value)| (region, industry, year, value)),
        );
    }
    let answer = ask("shift-share", Some("dynamic"), &activity(&rows), &Options::new()).unwrap();
    let first = |name: &str| column(&answer, "regions", name)[0];
    check(
        &["national", "mix", "regional", "change"].map(first),
        &[42.806_790, 0.030_156, -19.836_946, 23.0],
        5e-7,
    );
}

#[test]
fn dynamic_shift_share_over_one_step_is_the_classic_one() {
    let of = |variant| ask("shift-share", Some(variant), &example(), &Options::new()).unwrap();
    for name in ["change", "national", "mix", "regional", "entry"] {
        let (dynamic, classic) = (of("dynamic"), of("classic"));
        check(&column(&dynamic, "cells", name), &column(&classic, "cells", name), 0.0);
    }
}

#[test]
fn the_same_seed_gives_the_same_answer() {
    let of = || ask("structural-breaks", None, &series(&PROVINCES), &Options::new()).unwrap();
    assert_eq!(of(), of());
}

// REAT 3.0.3, shift() with method Dunn: five values printed to ten digits.
#[test]
fn shift_share_of_freiburg_is_that_of_reat() {
    let (Some(data), Some(checks)) = (
        shared_data("germany_reat/Freiburg.csv"),
        shared_data("published_checks/reference_values_R.csv"),
    ) else {
        return;
    };
    let mut rows = Vec::new();
    let records = records(&data);
    for record in &records {
        let number = |name: &str| record[name].parse::<f64>().unwrap();
        for (year, city, nation) in
            [(2008, "e_Freiburg2008", "e_Germany2008"), (2014, "e_Freiburg2014", "e_Germany2014")]
        {
            rows.push(("Freiburg", record["industry"].as_str(), year, number(city)));
            rows.push(("Germany", record["industry"].as_str(), year, number(nation)));
        }
    }
    let options = Options::new().with("nation", "Germany");
    let answer = ask("shift-share", None, &activity(&rows), &options).unwrap();
    let found = |name: &str| column(&answer, "regions", name)[0];
    let mut checked = BTreeSet::new();
    for record in self::records(&checks) {
        if record["quantity"] != "shift-share 2008-2014, Dunn" {
            continue;
        }
        let found = match record["where"].as_str() {
            "Growth (t1-t)" => found("change"),
            "National share" => found("national"),
            "Industrial mix" => found("mix"),
            "Regional share" => found("regional"),
            _ => found("mix") + found("regional"),
        };
        assert_close(found, record["value"].parse().unwrap(), 5e-6);
        checked.insert(record["where"].clone());
    }
    assert_eq!(checked.len(), 5);
}

fn records(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|record| record.unwrap()).collect()
}

#[test]
fn transfer_regions_follow_the_windows() {
    // Shares of r1: .50, .48, .465, .459; of r2: .30, .312, .321, .313; r3 takes the rest.
    let shares =
        [[0.50, 0.48, 0.465, 0.459], [0.30, 0.312, 0.321, 0.313], [0.20, 0.208, 0.214, 0.228]];
    let mut rows = Vec::new();
    for (region, shares) in ["east", "northeast", "rest"].into_iter().zip(shares) {
        for (year, share) in [2004, 2008, 2013, 2016].into_iter().zip(shares) {
            rows.push((region, "all", year, 1000.0 * share));
        }
    }
    let options =
        Options::new().with("windows", "2004-2008,2008-2014,2013-2016").with("cv", "0.001");
    let answer = ask("transfer-regions", None, &activity(&rows), &options).unwrap();
    assert_eq!(
        words(&answer, "classes", "class"),
        ["persistent-out", "in-to-out", "persistent-in"]
    );
    check(&column(&answer, "windows", "delta_share")[..3], &[-0.02, -0.015, -0.006], 1e-12);
    let same = column(&answer, "classes", "same_class_share");
    assert!(same.iter().all(|share| *share > 0.9), "{same:?}");
    assert!(
        answer.notes.iter().any(|note| note.code == "nearest-year" && note.en.contains("2013"))
    );
}

#[test]
fn half_of_the_weight_of_a_region_gives_a_partial_answer_or_none() {
    let number = Datum::Number;
    let gap = Datum::Gap(agglo_core::Gap::Missing);
    let frame = Frame::new(vec![
        Column::text("region", ["whole", "no manufacturing", "income only"]),
        Column::integer("period", "", [2004, 2004, 2004]),
        Column::numbers("gdp_per_capita_usd", "USD", [3500.0; 3]),
        Column::number("va_primary", "%", [number(12.0), number(12.0), gap]),
        Column::number("va_secondary", "%", [number(48.0), number(48.0), gap]),
        Column::number("va_tertiary", "%", [number(40.0), number(40.0), gap]),
        Column::number("va_manufacturing", "%", [number(27.0), gap, gap]),
        Column::number("urban_share", "1", [number(0.42), number(0.42), gap]),
        Column::number("primary_employment_share", "1", [number(0.38), number(0.38), gap]),
    ]);
    let inputs = Inputs::new().with("region_year", frame.unwrap());
    let answer = ask("industrialization-stage", None, &inputs, &Options::new()).unwrap();
    // Sorted: income only, no manufacturing, whole. Manufacturing 27 of the 60 of goods is 45 %.
    let score = answer.main().numbers("score").unwrap();
    assert_eq!(score[0], Datum::undefined(agglo_core::Undefined::NotEnoughEvidence));
    let rest = (40.104_166_666_666_7 * 36.0 + 59.4 * 22.0 + 19.8 * 12.0 + 48.4 * 8.0) / 78.0;
    assert_close(score[1].number().unwrap(), rest, 1e-9);
    assert_close(score[2].number().unwrap(), 44.6435, 1e-9);
    assert_eq!(words(&answer, "stage", "label"), ["", "middle", "middle"]);
    assert_eq!(words(&answer, "stage", "half"), ["", "I", "I"]);
    assert!(words(&answer, "stage", "flags")[0].contains("no_structure"));
    assert!(answer.notes.iter().any(|note| note.code == "partial-index"));
}

/// Gini over 31 provinces of industrial value added, to four decimals: 1992–2012 from the
/// provincial panel, 2013–2022 from the later vintage of the National Bureau of Statistics.
const PROVINCES: [f64; 31] = [
    0.4384, 0.4470, 0.4592, 0.4650, 0.4651, 0.4628, 0.4693, 0.4715, 0.4769, 0.4760, 0.4794, 0.4859,
    0.4835, 0.4819, 0.4803, 0.4767, 0.4715, 0.4710, 0.4573, 0.4465, 0.4395, 0.4502, 0.4534, 0.4717,
    0.4772, 0.4763, 0.4734, 0.4721, 0.4723, 0.4599, 0.4544,
];

fn series(values: &[f64]) -> Inputs {
    let frame = Frame::new(vec![
        Column::integer("period", "", (0..values.len() as i64).map(|t| 1992 + t)),
        Column::numbers("value", "1", values.iter().copied()),
    ]);
    Inputs::new().with("series", frame.unwrap())
}

fn segments(answer: &Answer, label: &str) -> Vec<(i64, i64, String)> {
    let table = answer.table("segments").unwrap();
    let (from, to) = (table.integers("from").unwrap(), table.integers("to").unwrap());
    let (labels, directions) =
        (words(answer, "segments", "label"), words(answer, "segments", "direction"));
    let rows = (0..from.len()).filter(|row| labels[*row] == label);
    rows.map(|row| (from[row], to[row], directions[row].clone())).collect()
}

#[track_caller]
fn check_segments(found: &[(i64, i64, String)], expected: &[(i64, i64, &str)]) {
    let found: Vec<(i64, i64, &str)> =
        found.iter().map(|(from, to, word)| (*from, *to, word.as_str())).collect();
    assert_eq!(found, expected);
}

#[test]
fn the_typed_series_is_that_of_the_shared_files() {
    let (Some(panel), Some(later)) = (
        shared_data("china_province/industry_panel_1990_2020.csv"),
        shared_data("china_province/industrial_value_added_2013_2022.csv"),
    ) else {
        return;
    };
    let by_year = |path: &Path, name: &str| {
        let mut years: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
        for record in records(path) {
            years
                .entry(record["year"].parse().unwrap())
                .or_default()
                .push(record[name].parse().unwrap());
        }
        years
    };
    let panel = by_year(&panel, "industrial_va_100m_yuan");
    let later = by_year(&later, "industrial_va_100m_yuan");
    for (place, typed) in PROVINCES.into_iter().enumerate() {
        let year = 1992 + place as i64;
        let values = if year < 2013 { &panel[&year] } else { &later[&year] };
        assert_eq!(values.len(), 31, "{year}");
        assert_close(gini(values).unwrap(), typed, 5e-5);
    }
    for (year, typed) in [(2013, 0.4385), (2014, 0.4509), (2015, 0.4693), (2016, 0.4722)] {
        assert_close(gini(&panel[&year]).unwrap(), typed, 5e-5);
    }
}

// Three rules, three answers, and a note that says so: BIC takes 1996, where the rise slows down,
// as a fourth break; LWZ stays with three; the bootstrap test of any break at all has p = .051
// and so, at 5 percent, chooses none. Dated or described, it goes up, down, up, down.
#[test]
fn the_concentration_of_chinese_industry_rose_fell_rose_and_fell() {
    let options = Options::new().with("criterion", "lwz");
    let answer = ask("structural-breaks", None, &series(&PROVINCES), &options).unwrap();
    let breaks = answer.main();
    assert_eq!(breaks.integers("period").unwrap(), [2004, 2011, 2016]);
    assert_eq!(breaks.integers("lower").unwrap(), [2003, 2010, 2015]);
    assert_eq!(breaks.integers("upper").unwrap(), [2005, 2012, 2017]);
    assert_eq!(breaks.integers("bootstrap_lower").unwrap(), [2001, 2010, 2015]);
    assert_eq!(breaks.integers("bootstrap_upper").unwrap(), [2006, 2012, 2017]);
    check_segments(
        &segments(&answer, "regular"),
        &[(1992, 2004, "rise"), (2005, 2011, "fall"), (2012, 2016, "rise"), (2017, 2022, "fall")],
    );
    check_segments(
        &segments(&answer, "short, descriptive"),
        &[
            (1992, 1995, "rise"),
            (1996, 2005, "rise"),
            (2006, 2011, "fall"),
            (2012, 2016, "rise"),
            (2017, 2022, "fall"),
        ],
    );

    let answer = ask("structural-breaks", None, &series(&PROVINCES), &Options::new()).unwrap();
    assert_eq!(answer.main().integers("period").unwrap(), [1996, 2005, 2011, 2016]);
    assert_eq!(answer.main().integers("lower").unwrap(), [1995, 2004, 2010, 2015]);
    assert_eq!(answer.main().integers("upper").unwrap(), [1998, 2006, 2012, 2017]);
    let note = |code: &str| answer.notes.iter().find(|note| note.code == code).unwrap().en.clone();
    assert!(note("criteria-disagree").contains("bic chooses 4, lwz 3, the sequential test 0"));
    assert!(note("bootstrap").contains("p = 0.051"), "{}", note("bootstrap"));
}

// Two vintages are spliced between 2012 and 2013. In the panel alone, which ends in 2020, the fall
// lasts to 2013 as expected and only the direction after it is not sure.
#[test]
fn without_the_splice_the_fall_lasts_to_2013() {
    let mut panel = PROVINCES[..21].to_vec();
    panel.extend([0.4385, 0.4509, 0.4693, 0.4722, 0.4715, 0.4713, 0.4722, 0.4732]);
    let options = Options::new().with("criterion", "lwz");
    let answer = ask("structural-breaks", None, &series(&panel), &options).unwrap();
    assert_eq!(answer.main().integers("period").unwrap(), [2004, 2013]);
    assert_eq!(answer.main().integers("lower").unwrap(), [2003, 2012]);
    assert_eq!(answer.main().integers("upper").unwrap(), [2005, 2014]);
    check_segments(
        &segments(&answer, "regular"),
        &[(1992, 2004, "rise"), (2005, 2013, "fall"), (2014, 2020, "unclear")],
    );
}

#[test]
fn one_bend_does_not_describe_the_concentration_of_chinese_industry() {
    let answer =
        ask("structural-breaks", Some("kink"), &series(&PROVINCES), &Options::new()).unwrap();
    let p = answer.table("models").unwrap().numbers("p_value").unwrap()[1];
    assert!(p.number().unwrap() > 0.1, "{p:?}");
}
