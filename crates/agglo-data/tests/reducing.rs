//! The reduction against sums made one by one, whatever the threads, batches and memory.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use agglo_core::{Datum, Frame, Gap, Status};
use agglo_data::reduce::{Cluster, Engine, cells, cells_with};
use agglo_data::{ReadSpec, read, write_frame};
use agglo_testkit::{scratch, shared_data};
use datafusion::common::DataFusionError;
use datafusion::prelude::SessionContext;
use futures::future::BoxFuture;
use proptest::prelude::*;

/// A cluster that is this process.
#[derive(Debug)]
struct Here;

impl Cluster for Here {
    fn session(&self) -> BoxFuture<'_, Result<SessionContext, DataFusionError>> {
        Box::pin(async { Ok(SessionContext::new()) })
    }
}

#[derive(Clone, Debug)]
struct Plant {
    region: u8,
    industry: u8,
    year: u16,
    /// In hundredths; `None` is withheld.
    size: Option<i64>,
}

fn plants() -> impl Strategy<Value = Vec<Plant>> {
    let size = prop_oneof![4 => (-1_000_000_000_000i64..1_000_000_000_000).prop_map(Some), 1 => Just(None)];
    let plant = (0u8..4, 0u8..3, 2018u16..2021, size)
        .prop_map(|(region, industry, year, size)| Plant { region, industry, year, size });
    proptest::collection::vec(plant, 1..400)
}

fn hundredths(value: i64) -> String {
    format!("{}{}.{:02}", if value < 0 { "-" } else { "" }, value.abs() / 100, value.abs() % 100)
}

fn csv(plants: &[Plant]) -> String {
    let mut text = String::from("area,sic,year,jobs\n");
    for plant in plants {
        let size = plant.size.map_or("(D)".to_owned(), hundredths);
        writeln!(text, "0{},{},{},{size}", plant.region, plant.industry, plant.year).unwrap();
    }
    text
}

fn spec(file: &str) -> ReadSpec {
    measured("employment", file)
}

fn measured(measure: &str, file: &str) -> ReadSpec {
    ReadSpec { value: Some(measure.into()), ..ReadSpec::new("plant", file) }
        .column("region", "area")
        .column("industry", "sic")
        .column(measure, "jobs")
}

type Cell = (i64, Datum, Datum, Datum, i64, i64);

/// The sums in whole hundredths, turned into numbers by the standard library's parser.
fn oracle(plants: &[Plant]) -> BTreeMap<(String, String, i64), Cell> {
    let mut groups: BTreeMap<_, Vec<Option<i64>>> = BTreeMap::new();
    for plant in plants {
        let key = (format!("0{}", plant.region), plant.industry.to_string(), i64::from(plant.year));
        groups.entry(key).or_default().push(plant.size);
    }
    let number =
        |value: i128, places: u32| Datum::Number(format!("{value}e-{places}").parse().unwrap());
    let cell = |sizes: Vec<Option<i64>>| {
        let known: Vec<i128> = sizes.iter().flatten().map(|&size| i128::from(size)).collect();
        let gaps = (sizes.len() - known.len()) as i64;
        let none = Datum::Gap(Gap::Suppressed);
        match known.iter().max() {
            Some(&max) => (
                known.len() as i64,
                number(known.iter().sum(), 2),
                number(known.iter().map(|x| x * x).sum(), 4),
                number(max, 2),
                gaps,
                gaps,
            ),
            None => (0, none, none, none, gaps, gaps),
        }
    };
    groups.into_iter().map(|(key, sizes)| (key, cell(sizes))).collect()
}

fn by_key(frame: &Frame) -> BTreeMap<(String, String, i64), Cell> {
    let column = |name| frame.numbers(name).unwrap();
    let (sum, sum_sq, max) = (column("sum"), column("sum_sq"), column("max"));
    let count = |name| frame.integers(name).unwrap();
    let (n, gaps, suppressed) = (count("n"), count("gaps"), count("suppressed"));
    let (regions, industries) = (frame.keys("region").unwrap(), frame.keys("industry").unwrap());
    let years = count("period");
    (0..frame.n_rows())
        .map(|row| {
            let key = (regions[row].to_string(), industries[row].to_string(), years[row]);
            (key, (n[row], sum[row], sum_sq[row], max[row], gaps[row], suppressed[row]))
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn cells_are_the_exact_sums(plants in plants()) {
        let folder = scratch();
        std::fs::write(folder.path().join("plants.csv"), csv(&plants)).unwrap();
        let expected = oracle(&plants);
        for (threads, batch_size) in [(1, 7), (3, 64), (2, 8192)] {
            let engine = Engine {
                threads: Some(threads),
                batch_size: Some(batch_size),
                ..Engine::default()
            };
            let found = cells_with(&measured("profit", "plants.csv"), folder.path(), 2, &engine).unwrap();
            prop_assert_eq!(by_key(&found), expected.clone());
        }
        // What a cluster is asked in plain SQL is another road to the same sums.
        let by_sql = Engine { cluster: Some(Arc::new(Here)), ..Engine::default() };
        let found = cells_with(&measured("profit", "plants.csv"), folder.path(), 2, &by_sql).unwrap();
        prop_assert_eq!(by_key(&found), expected.clone());
        // The engine does not read UTF-16, so these rows go through the careful reader.
        let utf16: Vec<u8> = format!("\u{feff}{}", csv(&plants))
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        std::fs::write(folder.path().join("utf16.csv"), utf16).unwrap();
        let careful = cells(&measured("profit", "utf16.csv"), folder.path(), 2).unwrap();
        prop_assert_eq!(by_key(&careful), expected);
    }
}

#[test]
fn a_real_register_is_the_same_in_parquet_csv_and_memory() {
    let Some(root) = shared_data("uk_bres_itl2") else { return };
    let spec = |file: &str| {
        ReadSpec::new("plant", file)
            .column("region", "itl2_code")
            .column("industry", "sic5")
            .column("employment", "employment")
    };
    let from_parquet = cells(&spec("bres_itl2_sic5_2015_2020.parquet"), &root, 0).unwrap();
    assert_eq!(from_parquet.n_rows(), 145_800);
    let all = read(&spec("bres_itl2_sic5_2015_2020.parquet"), &root).unwrap();
    let known = all.frame.numbers("employment").unwrap();
    let gaps = known.iter().filter(|cell| cell.gap().is_some()).count() as i64;
    assert!(gaps > 0);
    assert_eq!(from_parquet.integers("gaps").unwrap().iter().sum::<i64>(), gaps);
    assert_eq!(from_parquet.integers("n").unwrap().iter().sum::<i64>(), 145_800 - gaps);
    // The groups need ten times as much, so this can only be done by way of the disk.
    let little = Engine {
        threads: Some(2),
        memory: Some(2 << 20),
        batch_size: Some(1024),
        ..Engine::default()
    };
    let spilled = cells_with(&spec("bres_itl2_sic5_2015_2020.parquet"), &root, 0, &little).unwrap();
    assert_eq!(spilled, from_parquet);

    let from_csv = cells(&spec("bres_itl2_sic5_2019.csv"), &root, 0).unwrap();
    let years = from_parquet.integers("period").unwrap();
    let rows: Vec<usize> = (0..years.len()).filter(|&row| years[row] == 2019).collect();
    assert_eq!(from_parquet.take(&rows), from_csv);
    let reading = read(&spec("bres_itl2_sic5_2019.csv"), &root).unwrap();
    let total = |cells: Vec<Datum>| cells.iter().filter_map(|cell| cell.number()).sum::<f64>();
    assert_eq!(
        total(from_csv.numbers("sum").unwrap()),
        total(reading.frame.numbers("employment").unwrap())
    );
}

#[test]
fn filters_and_blanks_at_the_ends_are_as_in_the_readers() {
    let folder = scratch();
    let text = "area,sic,year,jobs,sex\n 01 ,C,2019,1.5,T\n01,C ,2019, 2.25 , T\n01,C,2019,9,F\n";
    std::fs::write(folder.path().join("plants.csv"), text).unwrap();
    let found = cells(&spec("plants.csv").keep("sex", &["T"]), folder.path(), 2).unwrap();
    assert_eq!(found.n_rows(), 1);
    assert_eq!(found.numbers("sum").unwrap(), [Datum::Number(3.75)]);
    assert_eq!(found.numbers("sum_sq").unwrap(), [Datum::Number(7.3125)]);
    assert_eq!(found.column("sum").unwrap().unit(), "persons");
    assert_eq!(found.column("sum_sq").unwrap().unit(), "persons²");
}

#[track_caller]
fn refused(folder: &Path, text: &str, parts: &[&str]) {
    std::fs::write(folder.join("plants.csv"), text).unwrap();
    let error = cells(&spec("plants.csv"), folder, 2).unwrap_err().to_string();
    for part in parts {
        assert!(error.contains(part), "{part:?} is not in\n{error}");
    }
}

#[test]
fn a_row_that_cannot_be_summed_is_named_as_by_the_readers() {
    let folder = scratch();
    refused(
        folder.path(),
        "area,sic,year,jobs\n01,C,2019,1\n01,C,2019,many\n",
        &["A0302", "row 3, column jobs", "many"],
    );
    refused(folder.path(), "area,sic,year,jobs\n01,C,2019,-1\n", &["A0303", "row 2, column jobs"]);
    refused(folder.path(), "area,sic,year,jobs\n,C,2019,1\n", &["A0301", "row 2, column area"]);
    refused(folder.path(), "area,sic,year,jobs\n01,C,,1\n", &["A0305", "row 2"]);
    refused(folder.path(), "area,sic,year,jobs\n01,C,2019\n", &["A0306", "row 2"]);
    refused(folder.path(), "area,sic,year,job\n01,C,2019,1\n", &["A0202", "did you mean `job`?"]);
}

#[test]
fn sums_that_might_not_be_exact_are_refused() {
    let folder = scratch();
    let mut text = String::from("area,sic,year,jobs\n");
    for _ in 0..200 {
        text += "01,C,2019,9999999999999999\n";
    }
    refused(folder.path(), &text, &["A0701", "38 digits"]);
}

#[test]
fn exponents_and_marks_with_blanks_take_the_careful_way() {
    let folder = scratch();
    let text = "area,sic,year,jobs\n01,C,2019年,1e3\n01,C,2019, NA \n";
    std::fs::write(folder.path().join("plants.csv"), text).unwrap();
    let found = cells(&spec("plants.csv"), folder.path(), 2).unwrap();
    assert_eq!(found.numbers("sum").unwrap(), [Datum::Number(1000.0)]);
    assert_eq!(found.integers("gaps").unwrap(), [1]);
}

#[test]
fn frames_of_our_own_can_be_reduced() {
    let folder = scratch();
    let frame = Frame::new(vec![
        agglo_core::Column::text("area", ["01", "01"]),
        agglo_core::Column::text("sic", ["C", "C"]),
        agglo_core::Column::numbers("jobs", "persons", [0.1, 0.2]),
    ]);
    write_frame(&folder.path().join("plants.parquet"), &frame.unwrap()).unwrap();
    let found = cells(&spec("plants.parquet"), folder.path(), 1).unwrap();
    assert_eq!(found.numbers("sum").unwrap(), [Datum::Number(0.3)]);
    assert!(!found.has("period"));
}

#[test]
fn codes_may_be_whole_numbers_or_long_texts() {
    let folder = scratch();
    let long = "a district with a long name";
    let frame = Frame::new(vec![
        agglo_core::Column::integer("area", "", [11, 11, 12]),
        agglo_core::Column::text("sic", [long, long, "C"]),
        agglo_core::Column::numbers("jobs", "persons", [1.0, 2.0, 4.0]),
    ]);
    write_frame(&folder.path().join("plants.parquet"), &frame.unwrap()).unwrap();
    let found = cells(&spec("plants.parquet"), folder.path(), 1).unwrap();
    let texts = |name: &str| -> Vec<String> {
        found.keys(name).unwrap().iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        (texts("region"), texts("industry")),
        (vec!["11".into(), "12".into()], vec![long.into(), "C".into()])
    );
    assert_eq!(found.numbers("sum").unwrap(), [Datum::Number(3.0), Datum::Number(4.0)]);
}

#[test]
fn rows_that_are_totals_are_not_summed_with_their_parts() {
    let folder = scratch();
    let text = "area,sic,year,jobs\n01,C,2019,3\n02,C,2019,4\nall,C,2019,7\n";
    std::fs::write(folder.path().join("plants.csv"), text).unwrap();
    let mut spec = spec("plants.csv");
    spec.totals.insert("area".to_owned(), vec!["all".to_owned()]);
    let found = cells(&spec, folder.path(), 0).unwrap();
    assert_eq!(found.numbers("sum").unwrap(), [Datum::Number(3.0), Datum::Number(4.0)]);
}

#[test]
fn a_mark_of_a_gap_may_look_like_a_number() {
    let folder = scratch();
    let text = "area,sic,year,jobs\n01,C,2019,999\n01,C,2019,5\n";
    std::fs::write(folder.path().join("plants.csv"), text).unwrap();
    let mut spec = spec("plants.csv");
    spec.marks.insert("999".to_owned(), Status::Suppressed);
    let by_sql = Engine { cluster: Some(Arc::new(Here)), ..Engine::default() };
    for engine in [Engine::default(), by_sql] {
        let found = cells_with(&spec, folder.path(), 2, &engine).unwrap();
        assert_eq!(found.numbers("sum").unwrap(), [Datum::Number(5.0)]);
        let counts = |name: &str| found.integers(name).unwrap()[0];
        assert_eq!((counts("n"), counts("gaps"), counts("suppressed")), (1, 1, 1));
    }
}
