//! What a register is reduced to besides cells, against counts made row by row.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use agglo_core::{Control, Datum, Frame, Gap, Values};
use agglo_data::ReadSpec;
use agglo_data::reduce::{Cluster, Engine, Reduced, Register, Statistic};
use agglo_testkit::scratch;
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
    year: i64,
    /// Whole persons; `None` is withheld.
    jobs: Option<i64>,
    opened: Option<i64>,
    closed: Option<i64>,
    from: Option<u8>,
    /// In hundred meters.
    place: Option<(i64, i64)>,
}

fn plants() -> impl Strategy<Value = Vec<Plant>> {
    let jobs = prop_oneof![6 => (0i64..400).prop_map(Some), 1 => Just(None)];
    let year = || proptest::option::weighted(0.8, 2017i64..2023);
    let place = proptest::option::weighted(0.9, (-50i64..50, -50i64..50));
    let from = proptest::option::weighted(0.4, 0u8..4);
    let plant = (0u8..4, 0u8..3, 2018i64..2021, jobs, year(), year(), from, place).prop_map(
        |(region, industry, year, jobs, opened, closed, from, place)| Plant {
            region,
            industry,
            year,
            jobs,
            opened,
            closed,
            from,
            place,
        },
    );
    proptest::collection::vec(plant, 1..300)
}

const HEADINGS: &str = "area,sic,year,jobs,opened,closed,came_from,x,y";

fn csv(plants: &[Plant]) -> String {
    let mut text = format!("{HEADINGS}\n");
    let shown = |value: Option<i64>| value.map_or(String::new(), |value| value.to_string());
    for plant in plants {
        let jobs = plant.jobs.map_or("(D)".to_owned(), |jobs| jobs.to_string());
        let from = plant.from.map_or(String::new(), |from| format!("r{from}"));
        let tenth = |value: i64| format!("{}", value as f64 / 10.0);
        let (x, y) = plant.place.map_or_else(Default::default, |(x, y)| (tenth(x), tenth(y)));
        let (opened, closed) = (shown(plant.opened), shown(plant.closed));
        let Plant { region, industry, year, .. } = plant;
        writeln!(text, "r{region},{industry},{year},{jobs},{opened},{closed},{from},{x},{y}")
            .unwrap();
    }
    text
}

/// The rows in a database, whose columns have the types that such columns have.
fn database(plants: &[Plant], file: &Path) {
    let mut connection = rusqlite::Connection::open(file).unwrap();
    let rows = connection.transaction().unwrap();
    rows.execute_batch(
        "CREATE TABLE plants (area TEXT, sic INTEGER, year INTEGER, jobs, opened INTEGER, \
         closed INTEGER, came_from TEXT, x REAL, y REAL)",
    )
    .unwrap();
    let insert = "INSERT INTO plants VALUES (?, ?, ?, coalesce(?, '(D)'), ?, ?, ?, ?, ?)";
    let mut statement = rows.prepare(insert).unwrap();
    for plant in plants {
        let tenth = |value: i64| value as f64 / 10.0;
        let region = |code: u8| format!("r{code}");
        statement
            .execute(rusqlite::params![
                region(plant.region),
                plant.industry,
                plant.year,
                plant.jobs,
                plant.opened,
                plant.closed,
                plant.from.map(region),
                plant.place.map(|place| tenth(place.0)),
                plant.place.map(|place| tenth(place.1)),
            ])
            .unwrap();
    }
    drop(statement);
    rows.commit().unwrap();
}

fn register(file: &str, root: &Path) -> Register {
    Register::open(&spec(file), root, 3, &statistics()).unwrap()
}

fn spec(file: &str) -> ReadSpec {
    ReadSpec { value: Some("employment".into()), ..ReadSpec::new("plant", file) }
        .column("region", "area")
        .column("industry", "sic")
        .column("period", "year")
        .column("employment", "jobs")
        .column("opened_year", "opened")
        .column("closed_year", "closed")
        .column("previous_region", "came_from")
        .column("x_km", "x")
        .column("y_km", "y")
}

fn statistics() -> Vec<Statistic> {
    vec![
        Statistic::SizeClasses(vec![1, 10, 50]),
        Statistic::Turnover,
        Statistic::Grid(2.0),
        Statistic::Flows,
        Statistic::TopUnits,
    ]
}

type Row = Vec<String>;

/// The rows of a table as texts, without the columns of bounds, in order.
fn rows(frame: &Frame, columns: &[&str]) -> Vec<Row> {
    let texts = columns.iter().map(|name| -> Vec<String> {
        if let Ok(texts) = frame.text(name) {
            return texts.iter().map(|text| text.as_deref().unwrap_or("none").to_owned()).collect();
        }
        match frame.column(name).unwrap().values() {
            Values::Integer(values) => {
                values.iter().map(|v| v.map_or("none".to_owned(), |v| v.to_string())).collect()
            }
            _ => frame.numbers(name).unwrap().iter().map(shown).collect(),
        }
    });
    let columns: Vec<Vec<String>> = texts.collect();
    let mut rows: Vec<Row> =
        (0..frame.n_rows()).map(|row| columns.iter().map(|c| c[row].clone()).collect()).collect();
    rows.sort();
    rows
}

fn shown(datum: &Datum) -> String {
    match datum {
        Datum::Number(value) => value.to_string(),
        Datum::Gap(Gap::Suppressed) => "(D)".to_owned(),
        Datum::Gap(gap) => format!("{gap:?}"),
    }
}

/// Groups of plants by whatever texts `of` tells of them.
fn groups(plants: &[Plant], of: impl Fn(&Plant) -> Option<Row>) -> BTreeMap<Row, Vec<&Plant>> {
    let mut groups: BTreeMap<Row, Vec<&Plant>> = BTreeMap::new();
    for plant in plants {
        if let Some(key) = of(plant) {
            groups.entry(key).or_default().push(plant);
        }
    }
    groups
}

fn sizes(plants: &[&Plant]) -> Vec<i64> {
    plants.iter().filter_map(|plant| plant.jobs).collect()
}

fn sum(plants: &[&Plant], empty: &str) -> String {
    let sizes = sizes(plants);
    if sizes.is_empty() { empty.to_owned() } else { sizes.iter().sum::<i64>().to_string() }
}

fn cell(plant: &Plant) -> Row {
    vec![format!("r{}", plant.region), plant.industry.to_string(), plant.year.to_string()]
}

fn check(plants: &[Plant], tables: &BTreeMap<&str, Frame>) {
    let row = |key: &Row, rest: Vec<String>| [key.clone(), rest].concat();

    let class = |jobs: i64| match jobs {
        ..1 => "<1",
        1..10 => "1-9",
        10..50 => "10-49",
        50.. => "50+",
    };
    let by_class = groups(plants, |p| Some(row(&cell(p), vec![class(p.jobs?).to_owned()])));
    let expected =
        by_class.iter().map(|(key, of)| row(key, vec![of.len().to_string(), sum(of, "")]));
    let found = rows(
        &tables["size_class"],
        &["region", "industry", "period", "class", "n_plants", "value"],
    );
    assert_eq!(found, sorted(expected));

    let by_cell = groups(plants, |p| Some(cell(p)));
    let expected = by_cell.iter().map(|(key, of)| {
        let year: i64 = key[2].parse().unwrap();
        let part = |keep: &dyn Fn(&Plant) -> bool| -> Vec<&Plant> {
            of.iter().copied().filter(|plant| keep(plant)).collect()
        };
        let parts = [
            of.clone(),
            part(&|p| p.opened == Some(year)),
            part(&|p| p.closed == Some(year)),
            part(&|p| p.closed == Some(year + 1)),
        ];
        let counts = parts.iter().map(|part| sizes(part).len().to_string());
        let sums =
            parts.iter().map(|part| if part.is_empty() { "0".into() } else { sum(part, "(D)") });
        row(key, counts.chain(sums).collect())
    });
    let columns = [
        "region",
        "industry",
        "period",
        "n",
        "entries",
        "exits",
        "leaving",
        "sum",
        "sum_entries",
        "sum_exits",
        "sum_leaving",
    ];
    assert_eq!(rows(&tables["turnover"], &columns), sorted(expected));

    let square = |p: &Plant| {
        let side = |at: i64| at.div_euclid(20).to_string();
        let (x, y) = p.place.map_or(("none".into(), "none".into()), |(x, y)| (side(x), side(y)));
        Some(vec![p.industry.to_string(), p.year.to_string(), x, y])
    };
    let by_square = groups(plants, square);
    let expected = by_square.iter().map(|(key, of)| {
        let squares: i64 = sizes(of).iter().map(|x| x * x).sum();
        let squares = if sizes(of).is_empty() { "(D)".to_owned() } else { squares.to_string() };
        row(key, vec![sizes(of).len().to_string(), sum(of, "(D)"), squares])
    });
    let columns = ["industry", "period", "gx", "gy", "n", "sum", "sum_sq"];
    assert_eq!(rows(&tables["grid"], &columns), sorted(expected));

    let flow = |p: &Plant| {
        let from = p.from.filter(|from| *from != p.region)?;
        let [to, industry, year] = cell(p).try_into().unwrap();
        Some(vec![format!("r{from}"), to, industry, year])
    };
    let by_flow = groups(plants, flow);
    let expected =
        by_flow.iter().map(|(key, of)| row(key, vec![sizes(of).len().to_string(), sum(of, "(D)")]));
    let columns = ["from", "to", "industry", "period", "n", "sum"];
    assert_eq!(rows(&tables["flow"], &columns), sorted(expected));

    let expected = by_cell.iter().flat_map(|(key, of)| {
        let mut largest = sizes(of);
        largest.sort_by_key(|x| -x);
        let n = largest.len().to_string();
        largest.truncate(8);
        let ranked = largest.into_iter().enumerate();
        let ranked = ranked.map(|(at, x)| {
            row(key, vec![(at + 1).to_string(), x.to_string(), n.clone(), sum(of, "")])
        });
        ranked.collect::<Vec<_>>()
    });
    let columns = ["region", "industry", "period", "rank", "x", "n", "sum"];
    assert_eq!(rows(&tables["top_unit"], &columns), sorted(expected));
}

fn sorted(rows: impl Iterator<Item = Row>) -> Vec<Row> {
    let mut rows: Vec<Row> = rows.collect();
    rows.sort();
    rows
}

fn reduced(register: &Register, engine: &Engine) -> Reduced {
    let parts: Vec<usize> = (0..register.parts().len()).collect();
    Reduced::joined(register.reduce(&parts, engine, &Control::none()).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn one_scan_gives_every_statistic(plants in plants()) {
        let folder = scratch();
        std::fs::write(folder.path().join("plants.csv"), csv(&plants)).unwrap();
        let plain = register("plants.csv", folder.path());
        let one = Engine { threads: Some(1), batch_size: Some(7), ..Engine::default() };
        let first = reduced(&plain, &one);
        check(&plants, &first.tables().unwrap().into_iter().collect());
        // On more threads with little memory, in plain SQL as a cluster is asked, streamed because of the
        // encoding or from a database, and by the careful reader because of the decimal marks.
        let little = Engine {
            threads: Some(3),
            memory: Some(1 << 16),
            temporary: Some(folder.path().to_owned()),
            ..Engine::default()
        };
        prop_assert_eq!(&reduced(&plain, &little), &first);
        let by_sql = Engine { cluster: Some(Arc::new(Here)), ..Engine::default() };
        prop_assert_eq!(&reduced(&plain, &by_sql), &first);
        let utf16: Vec<u8> = format!("\u{feff}{}", csv(&plants))
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        std::fs::write(folder.path().join("utf16.csv"), utf16).unwrap();
        let streamed = register("utf16.csv", folder.path());
        prop_assert_eq!(&reduced(&streamed, &little), &first);
        database(&plants, &folder.path().join("plants.sqlite"));
        let streamed = register("plants.sqlite", folder.path());
        prop_assert_eq!(&reduced(&streamed, &Engine::default()), &first);
        let commas = csv(&plants).replace(',', ";").replace('.', ",");
        std::fs::write(folder.path().join("commas.csv"), commas).unwrap();
        let spec = ReadSpec { decimal: Some(','), ..spec("commas.csv") };
        let careful = Register::open(&spec, folder.path(), 3, &statistics()).unwrap();
        prop_assert_eq!(&reduced(&careful, &Engine::default()), &first);
        first.write(folder.path(), "kept").unwrap();
        prop_assert_eq!(Reduced::read(folder.path(), "kept", &statistics()), Some(first));
    }
}

fn refused(text: &str, statistic: Statistic, parts: &[&str]) {
    let folder = scratch();
    std::fs::write(folder.path().join("plants.csv"), text).unwrap();
    let spec =
        ReadSpec { value: Some("employment".into()), ..ReadSpec::new("plant", "plants.csv") }
            .column("region", "area")
            .column("industry", "sic")
            .column("period", "year")
            .column("employment", "jobs");
    let mut spec = spec;
    for (role, heading) in [("opened_year", "opened"), ("closed_year", "closed"), ("x_km", "x")] {
        if text.contains(heading) {
            spec = spec.column(role, heading);
        }
    }
    let error = Register::open(&spec, folder.path(), 0, &[statistic])
        .and_then(|register| register.reduce(&[0], &Engine::default(), &Control::none()))
        .unwrap_err()
        .to_string();
    for part in parts {
        assert!(error.contains(part), "{part:?} is not in\n{error}");
    }
}

#[test]
fn a_statistic_that_cannot_be_had_says_what_is_lacking() {
    let rows = "area,sic,year,jobs\n01,C,2019,1\n";
    refused(rows, Statistic::Turnover, &["A0210", "turnover", "opened_year"]);
    refused(rows, Statistic::Grid(1.0), &["A0210", "grid", "x_km"]);
    refused(rows, Statistic::Flows, &["A0210", "flows", "previous_region"]);
    refused(rows, Statistic::SizeClasses(vec![5, 5]), &["A0210", "size-classes", "rise"]);
    refused(rows, Statistic::Grid(0.0), &["A0210", "grid", "kilometers"]);
}

#[test]
fn a_year_of_opening_that_is_none_is_named_as_by_the_readers() {
    let rows = "area,sic,year,jobs,opened,closed\n01,C,2019,1,2000,\n01,C,2019,1,long ago,\n";
    refused(rows, Statistic::Turnover, &["row 3, column opened", "long ago"]);
}
