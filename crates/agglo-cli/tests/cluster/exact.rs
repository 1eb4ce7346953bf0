//! One, two and three executors, and this process: the same sums to the last bit.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use agglo_cluster::datafusion::prelude::{SessionConfig, SessionContext};
use agglo_cluster::{Progress, connect};

use crate::processes::{Cluster, impatient, within};
use crate::rows::{Kind, Register, reduce};

#[test]
fn any_number_of_executors_gives_the_sums_of_this_process_to_the_last_bit() {
    let register = Register::get();
    for kind in [Kind::Parquet, Kind::Csv] {
        let paths = paths(register, kind);
        let here = within(Duration::from_secs(120), move |runtime| {
            let config = SessionConfig::new().with_target_partitions(2);
            let context = SessionContext::new_with_config(config);
            runtime.block_on(reduce(&context, kind, &paths))
        });
        assert_eq!(here.unwrap(), register.cells, "{kind:?} in this process, against sums by hand");
    }
    let mut cluster = Cluster::start(1, &[]);
    for executors in 1..=3 {
        if executors > 1 {
            cluster.add_executor();
        }
        for kind in [Kind::Parquet, Kind::Csv] {
            let (address, paths) = (cluster.address.clone(), paths(register, kind));
            let there = within(Duration::from_secs(120), move |runtime| {
                runtime.block_on(async {
                    let context = connect(&address, &impatient()).await.unwrap();
                    reduce(&context, kind, &paths).await
                })
            });
            let there = there.unwrap_or_else(|error| panic!("{error}"));
            assert!(there == register.cells, "{kind:?} on {executors} executors differs");
        }
    }
    // Each of them had a part in it.
    for executor in &cluster.executors {
        assert!(executor.log().contains("Received task"), "an executor was idle");
    }
}

#[test]
fn progress_is_told_and_a_stop_leaves_no_files() {
    let register = Register::get();
    let mut cluster = Cluster::start(1, &[]);
    let told = Arc::new(Mutex::new(Vec::new()));
    let (heard, address) = (Arc::clone(&told), cluster.address.clone());
    let mut settings = crate::processes::slow(20);
    settings = settings.on_progress(move |progress| heard.lock().unwrap().push(progress));
    let paths = register.parquet.clone();
    let cells = within(Duration::from_secs(120), move |runtime| {
        runtime.block_on(async {
            let context = connect(&address, &settings).await.unwrap();
            reduce(&context, Kind::Parquet, &paths).await
        })
    });
    assert!(cells.unwrap() == register.cells);
    let told = told.lock().unwrap();
    assert!(told.iter().any(|p| matches!(p, Progress::Running { .. })), "{told:?}");
    assert_eq!(told.last(), Some(&Progress::Done));

    let own = std::fs::read_dir(cluster.work_dir()).unwrap().count();
    assert!(own > 0, "an executor keeps its folder while it lives");
    assert_eq!(cluster.executors[0].terminate(), 0);
    assert_eq!(std::fs::read_dir(cluster.work_dir()).unwrap().count(), 0);
    assert_eq!(cluster.scheduler.terminate(), 0);
}

fn paths(register: &Register, kind: Kind) -> Vec<String> {
    match kind {
        Kind::Parquet => register.parquet.clone(),
        Kind::Csv => register.csv.clone(),
    }
}
