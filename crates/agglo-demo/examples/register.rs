//! Writes a register and says how long it took: `register DIR PLANTS [parquet|csv] [THREADS]`.
#![expect(clippy::print_stdout, reason = "what it measured is its output")]

use std::path::Path;
use std::time::Instant;

use agglo_core::Control;
use agglo_demo::{RegisterFormat, RegisterPlan, write_register};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [dir, plants, rest @ ..] = words.as_slice() else {
        return Err("usage: register DIR PLANTS [parquet|csv] [THREADS]".into());
    };
    let format = match rest.first().map(String::as_str) {
        Some("csv") => RegisterFormat::Csv,
        _ => RegisterFormat::Parquet,
    };
    let threads = rest.get(1).map_or(Ok(0), |threads| threads.parse())?;
    let plan = RegisterPlan { plants: plants.parse()?, format, ..RegisterPlan::default() };
    let start = Instant::now();
    let summary = write_register(&plan, Path::new(dir), threads, &Control::none())?;
    let seconds = start.elapsed().as_secs_f64();
    let rows = summary.rows as f64;
    println!("{} rows, {seconds:.2} s, {:.2} million rows a second", rows, rows / seconds / 1e6);
    // Linux says how much memory there was at most.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(peak) = status.lines().find(|line| line.starts_with("VmHWM")) {
        println!("{peak}");
    }
    Ok(())
}
