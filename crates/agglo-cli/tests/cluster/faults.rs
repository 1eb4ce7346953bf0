//! What is killed, missing or full: the right sums or a clear error, in time.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use agglo_cluster::datafusion::common::DataFusionError;
use agglo_cluster::datafusion::prelude::ParquetReadOptions;
use agglo_cluster::{Address, ClusterError, Settings, connect};

use crate::processes::{Cluster, impatient, slow, within};
use crate::rows::{Cells, Kind, Register, copy_of_one, reduce};

/// Starts the reduction on a thread and gives what becomes of it, with a limit.
fn started(
    address: &Address,
    settings: Settings,
    paths: Vec<String>,
) -> std::thread::JoinHandle<Result<Cells, DataFusionError>> {
    let address = address.clone();
    std::thread::spawn(move || {
        within(Duration::from_secs(120), move |runtime| {
            runtime.block_on(async {
                let context = connect(&address, &settings)
                    .await
                    .map_err(|error| DataFusionError::External(Box::new(error)))?;
                reduce(&context, Kind::Parquet, &paths).await
            })
        })
    })
}

#[track_caller]
fn cluster_error(error: &DataFusionError) -> &ClusterError {
    match error {
        DataFusionError::External(inner) => inner.downcast_ref().expect("a cluster's error"),
        other => panic!("no cluster's error: {other}"),
    }
}

#[test]
fn where_nobody_listens_it_says_so_at_once() {
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address: Address = format!("ballista://127.0.0.1:{port}").parse().unwrap();
    let begun = Instant::now();
    let error = within(Duration::from_secs(20), move |runtime| {
        runtime.block_on(connect(&address, &Settings::default())).err().unwrap()
    });
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert!(matches!(error, ClusterError::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains(&port.to_string()), "{error}");
    assert!(error.remedy().contains("agglo cluster scheduler"), "{}", error.remedy());
}

#[test]
fn what_listens_and_is_no_scheduler_is_no_cluster() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address: Address = listener.local_addr().unwrap().to_string().parse().unwrap();
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            drop(stream)
        }
    });
    let error = within(Duration::from_secs(30), move |runtime| {
        runtime.block_on(connect(&address, &impatient())).err().unwrap()
    });
    assert!(matches!(error, ClusterError::Unreachable { .. }), "{error:?}");
}

#[test]
fn a_scheduler_without_executors_is_waited_for_and_then_named() {
    let cluster = Cluster::start(0, &[]);
    let begun = Instant::now();
    let address = cluster.address.clone();
    let error = within(Duration::from_secs(30), move |runtime| {
        runtime.block_on(connect(&address, &impatient())).err().unwrap()
    });
    assert!(matches!(error, ClusterError::NoExecutors { .. }), "{error:?}");
    assert!(begun.elapsed() >= Duration::from_secs(3), "{:?}", begun.elapsed());
    let command = format!("agglo cluster executor --scheduler {}", cluster.address);
    assert!(error.remedy().contains(&command), "{}", error.remedy());
}

#[test]
fn an_executor_killed_while_it_reads_changes_no_sum() {
    let register = Register::get();
    let mut cluster = Cluster::start(2, &[]);
    let job = started(&cluster.address, slow(60), register.parquet.clone());
    cluster.executors[0].said("Received task");
    std::thread::sleep(Duration::from_millis(400));
    assert!(!job.is_finished(), "the job ended before anything could be killed");
    cluster.executors[0].kill();
    right_or_clear(&job.join().unwrap(), register);
}

#[test]
fn an_executor_killed_with_finished_parts_takes_them_along_and_changes_no_sum() {
    let register = Register::get();
    let mut cluster = Cluster::start(2, &[]);
    let mut settings = slow(40);
    settings.partitions = 8;
    let job = started(&cluster.address, settings, register.parquet.clone());
    let folder = cluster.work_dir().join(format!("agglo-executor-{}", cluster.executors[1].id()));
    cluster.executors[1].said("Finished task");
    assert!(files(&folder) > 0, "a finished task leaves its part in {}", folder.display());
    assert!(!job.is_finished(), "the job ended before anything could be killed");
    cluster.executors[1].kill();
    std::fs::remove_dir_all(&folder).unwrap();
    right_or_clear(&job.join().unwrap(), register);
}

#[test]
fn with_all_executors_gone_the_job_fails_in_time() {
    let register = Register::get();
    let mut cluster = Cluster::start(1, &[]);
    let job = started(&cluster.address, slow(60), register.parquet.clone());
    cluster.executors[0].said("Received task");
    cluster.executors[0].kill();
    let begun = Instant::now();
    let error = job.join().unwrap().unwrap_err();
    let error = cluster_error(&error);
    assert!(
        matches!(error, ClusterError::NoExecutors { .. } | ClusterError::Job { .. }),
        "{error:?}"
    );
    assert!(begun.elapsed() < Duration::from_secs(40), "{:?}", begun.elapsed());
}

#[test]
fn a_scheduler_killed_in_mid_job_is_told_and_not_waited_for() {
    let register = Register::get();
    let mut cluster = Cluster::start(1, &[]);
    let job = started(&cluster.address, slow(60), register.parquet.clone());
    cluster.executors[0].said("Received task");
    std::thread::sleep(Duration::from_millis(400));
    assert!(!job.is_finished());
    cluster.scheduler.kill();
    let begun = Instant::now();
    let error = job.join().unwrap().unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    let error = cluster_error(&error);
    assert!(matches!(error, ClusterError::Lost { .. }), "{error:?}");
    assert!(error.remedy().contains("start it again"), "{}", error.remedy());
}

#[test]
fn an_executor_outlives_its_scheduler_and_serves_the_next_one() {
    let register = Register::get();
    let mut cluster = Cluster::start(1, &[]);
    let port = cluster.address.port().to_string();
    cluster.scheduler.kill();
    cluster.scheduler = crate::processes::Process::start(&["scheduler", "--port", &port]);
    cluster.scheduler.said("scheduler listening on ");
    let mut settings = impatient();
    settings.patience = Duration::from_secs(30);
    let job = started(&cluster.address, settings, register.parquet.clone());
    assert!(job.join().unwrap().unwrap() == register.cells);
}

#[test]
fn a_task_that_fails_for_good_fails_the_job_in_words() {
    let register = Register::get();
    let cluster = Cluster::start(1, &[]);
    for fault in ["fatal", "panic"] {
        let mut settings = slow(0);
        for (key, value) in &mut settings.engine {
            if key.ends_with("fault_type") {
                fault.clone_into(value);
            }
        }
        let error = started(&cluster.address, settings, register.parquet.clone()).join().unwrap();
        let error = error.unwrap_err();
        let ClusterError::Job { why, .. } = cluster_error(&error) else { panic!("{error:?}") };
        assert!(why.contains("ChaosExec"), "{fault}: {why}");
    }
}

#[test]
fn files_that_the_scheduler_does_not_see_are_no_empty_table() {
    let register = Register::get();
    let cluster = Cluster::start(1, &[]);
    let (folder, path) = copy_of_one(register);
    let (address, shown) = (cluster.address.clone(), path.to_str().unwrap().to_owned());
    let error = within(Duration::from_secs(60), move |runtime| {
        runtime.block_on(async {
            let context = connect(&address, &impatient()).await.unwrap();
            let rows =
                context.read_parquet(shown.as_str(), ParquetReadOptions::default()).await.unwrap();
            context.register_table("t", rows.into_view()).unwrap();
            drop(folder);
            let cells = context.sql("SELECT region, count(*) FROM t GROUP BY region").await;
            cells.unwrap().collect().await.unwrap_err()
        })
    });
    let error = cluster_error(&error);
    assert!(error.remedy().contains("same path"), "{error}: {}", error.remedy());
}

#[track_caller]
fn right_or_clear(result: &Result<Cells, DataFusionError>, register: &Register) {
    match result {
        Ok(cells) => assert!(*cells == register.cells, "the sums are wrong"),
        Err(error) => {
            let error = cluster_error(error);
            panic!("the job should have gone on with the other executor: {error}");
        }
    }
}

/// Files below `folder`.
fn files(folder: &std::path::Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.path() {
            path if path.is_dir() => files(&path),
            _ => 1,
        })
        .sum()
}
