//! How a register is written: bytes, files, what a stop leaves behind, what is refused.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use agglo_core::{Control, Seed};
use agglo_testkit::scratch;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Decimal128Type, Float64Type, Int32Type, Int64Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::*;

mod truths;

fn small() -> RegisterPlan {
    RegisterPlan { plants: 3000, plants_per_file: 1000, years: 6, ..truths::plan() }
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

fn drawn(plan: &RegisterPlan, threads: usize) -> (BTreeMap<String, Vec<u8>>, RegisterSummary) {
    let folder = scratch();
    let dir = folder.path().join("country");
    let summary = write_register(plan, &dir, threads, &Control::none()).unwrap();
    (files(&dir), summary)
}

fn table(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(bytes).deserialize().map(Result::unwrap).collect()
}

fn hundredths(amount: &str) -> u64 {
    amount.replace('.', "").parse().unwrap()
}

#[test]
fn the_bytes_are_the_same_on_any_number_of_threads() {
    for format in [RegisterFormat::Parquet, RegisterFormat::Csv] {
        let plan = RegisterPlan { format, ..small() };
        let (one, _) = drawn(&plan, 1);
        assert_eq!(one.keys().filter(|path| path.starts_with("data/plants/")).count(), 18);
        assert!(one.keys().all(|path| !path.contains(".agglo-generate")), "nothing is left over");
        for threads in [2, 8] {
            assert!(drawn(&plan, threads).0 == one, "{threads} threads");
        }
        let (other, _) = drawn(&RegisterPlan { seed: Seed(7), ..plan }, 2);
        assert!(one != other);
    }
}

/// A writer that can be looked into when the part has taken it.
#[derive(Clone, Default)]
struct Bytes(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_part_made_alone_has_the_bytes_of_the_whole_run() {
    for format in [RegisterFormat::Parquet, RegisterFormat::Csv] {
        let plan = RegisterPlan { format, ..small() };
        let (whole, _) = drawn(&plan, 2);
        let (out, end) = (Bytes::default(), format.extension());
        let rows = write_register_part(&plan, 2012, 1, out.clone(), &Control::none()).unwrap();
        let path = format!("data/plants/year=2012/part-0001.{end}");
        assert!(*out.0.lock().unwrap() == whole[&path]);
        assert!((500..1000).contains(&rows), "{rows}");
    }
    for (year, number) in [(2008, 0), (2015, 0), (2009, 3)] {
        let outcome =
            write_register_part(&small(), year, number, Bytes::default(), &Control::none());
        assert!(matches!(outcome, Err(DemoError::NoPart { .. })));
    }
}

#[test]
fn parquet_and_csv_hold_the_same_rows() {
    let folder = scratch();
    let parquet = RegisterPlan { format: RegisterFormat::Parquet, ..small() };
    write_register(&parquet, folder.path(), 2, &Control::none()).unwrap();
    let batches: Vec<RecordBatch> = files(folder.path())
        .into_keys()
        .filter(|path| path.starts_with("data/plants/"))
        .flat_map(|path| {
            let file = File::open(folder.path().join(path)).unwrap();
            ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap()
        })
        .map(Result::unwrap)
        .collect();
    let (csv, _) = drawn(&small(), 2);
    let mut rows = csv
        .iter()
        .filter(|(path, _)| path.starts_with("data/plants/"))
        .flat_map(|(_, bytes)| table(bytes));
    for batch in &batches {
        let column = |name| batch.column_by_name(name).unwrap();
        let text = |name, at| {
            let texts = column(name).as_string::<i32>();
            if texts.is_valid(at) { texts.value(at) } else { "" }.to_owned()
        };
        for at in 0..batch.num_rows() {
            let row = rows.next().unwrap();
            for name in ["plant", "parent_id"] {
                let value = column(name).as_primitive::<Int64Type>().value(at);
                assert_eq!(value.to_string(), row[name]);
            }
            for name in ["year", "employment", "opened_year", "closed_year"] {
                let values = column(name).as_primitive::<Int32Type>();
                let valid = values.is_valid(at);
                let value = if valid { values.value(at).to_string() } else { String::new() };
                assert_eq!(value, row[name]);
            }
            for name in ["region", "industry", "previous_region", "origin"] {
                assert_eq!(text(name, at), row[name]);
            }
            for name in ["output", "value_added"] {
                let value = column(name).as_primitive::<Decimal128Type>().value(at);
                assert_eq!(value, i128::from(hundredths(&row[name])));
            }
            for name in ["x_km", "y_km"] {
                let value = column(name).as_primitive::<Float64Type>().value(at);
                assert_eq!(value, row[name].parse::<f64>().unwrap());
            }
        }
    }
    assert!(rows.next().is_none());
}

#[test]
fn a_stopped_run_goes_on_and_ends_in_the_same_bytes() {
    let (whole, _) = drawn(&small(), 2);
    let folder = scratch();
    let mut kept = 0;
    for stop_after in [1u64, 4_000, 9_000, u64::MAX] {
        let cancelled = AtomicBool::new(false);
        let progress = |done, total| {
            assert!(done <= total);
            if done >= stop_after {
                cancelled.store(true, Ordering::Relaxed);
            }
        };
        let control = Control::new(&progress, &cancelled);
        match write_register(&small(), folder.path(), 2, &control) {
            Ok(summary) => kept = summary.kept,
            Err(error) => assert!(matches!(error, DemoError::Cancelled), "{error}"),
        }
        assert!(
            files(folder.path()).iter().all(|(path, bytes)| path.starts_with(".agglo-generate")
                || whole.get(path) == Some(bytes)),
            "no half-written file stands among the data"
        );
    }
    assert!(kept > 0);
    assert!(files(folder.path()) == whole);
}

/// The test calls itself: a process that draws is killed at ever later moments.
#[test]
fn a_killed_run_goes_on_and_ends_in_the_same_bytes() {
    const DIR: &str = "AGGLO_TEST_REGISTER";
    let plan = RegisterPlan { format: RegisterFormat::Parquet, ..small() };
    if let Some(dir) = std::env::var_os(DIR) {
        write_register(&plan, Path::new(&dir), 2, &Control::none()).unwrap();
        return;
    }
    let (whole, _) = drawn(&plan, 2);
    let folder = scratch();
    let dir = folder.path().join("country");
    for attempt in 0.. {
        assert!(attempt < 200, "the run never ends");
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "register::tests::a_killed_run_goes_on_and_ends_in_the_same_bytes"])
            .env(DIR, &dir)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // On a busy machine a run may take seconds.
        std::thread::sleep(Duration::from_millis(5 + 8 * attempt + attempt * attempt / 4));
        let _ = child.kill();
        let status = child.wait().unwrap();
        if status.success() {
            break;
        }
        let half: Vec<_> = files_if_any(&dir)
            .into_iter()
            .filter(|(path, bytes)| {
                !path.starts_with(".agglo-generate") && whole.get(path) != Some(bytes)
            })
            .map(|(path, _)| path)
            .collect();
        assert!(half.is_empty(), "{half:?}");
    }
    assert!(files(&dir) == whole);
}

fn files_if_any(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    if dir.exists() { files(dir) } else { BTreeMap::new() }
}

#[test]
fn a_folder_that_is_not_free_is_refused_and_left_as_it_was() {
    let folder = scratch();
    let refused = |plan: &RegisterPlan| {
        write_register(plan, folder.path(), 1, &Control::none()).unwrap_err().to_string()
    };
    fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    assert!(refused(&small()).contains("is not empty"));
    assert_eq!(files(folder.path()).len(), 1);
    fs::remove_file(folder.path().join("mine.txt")).unwrap();

    let cancelled = AtomicBool::new(true);
    let control = Control::new(&|_, _| {}, &cancelled);
    write_register(&small(), folder.path(), 1, &control).unwrap_err();
    let message = refused(&RegisterPlan { years: 7, ..small() });
    assert!(message.contains("`years = 6`") && message.contains("`years = 7`"), "{message}");

    let held = Work::open(folder.path(), &small().settings()).unwrap();
    assert!(refused(&small()).contains("another process"));
    drop(held);
    write_register(&small(), folder.path(), 1, &Control::none()).unwrap();
    assert!(refused(&small()).contains("is not empty"), "a finished register is not touched");
}

#[test]
fn what_the_system_refuses_is_said_with_the_file() {
    let folder = scratch();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = write_register(&small(), &file.join("country"), 1, &Control::none()).unwrap_err();
    assert!(matches!(error, DemoError::Write { .. }) && !error.is_disk_full(), "{error}");
    assert!(error.to_string().contains("country"), "{error}");
    for format in [RegisterFormat::Parquet, RegisterFormat::Csv] {
        let plan = RegisterPlan { format, ..small() };
        let Ok(full) = File::options().write(true).open("/dev/full") else { return };
        let error = write_register_part(&plan, 2009, 0, full, &Control::none()).unwrap_err();
        assert!(error.is_disk_full(), "{error}");
        assert!(error.to_string().contains("year=2009/part-0000"), "{error}");
    }
}
