//! Reduces a register to cells and says what it took: what `benches/peers/reduce.py` measures.
//!
//! `reduce FILES REGION INDUSTRY PERIOD MEASURE SCALE [THREADS] [MEMORY in bytes]`
#![allow(clippy::print_stdout, reason = "a program that is asked for figures prints them")]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use agglo_data::ReadSpec;
use agglo_data::reduce::{Cells, Engine, Register};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [files, region, industry, period, measure, scale, limits @ ..] = words.as_slice() else {
        return Err("reduce FILES REGION INDUSTRY PERIOD MEASURE SCALE [THREADS] [MEMORY]".into());
    };
    let spec = ReadSpec {
        value: Some("employment".to_owned()),
        reader: Some("tidy".to_owned()),
        ..ReadSpec::new("plant", files)
    }
    .column("region", region)
    .column("industry", industry)
    .column("period", period)
    .column("employment", measure);
    let engine = Engine {
        threads: limits.first().map(|word| word.parse()).transpose()?,
        memory: limits.get(1).map(|word| word.parse()).transpose()?,
        ..Engine::default()
    };
    let start = Instant::now();
    let register = Register::open(&spec, Path::new(""), scale.parse()?)?;
    let opened = start.elapsed();
    let parts: Vec<usize> = (0..register.parts().len()).collect();
    let cells = register.reduce(&parts, &engine)?;
    let n_rows: u64 = cells.iter().map(Cells::n_rows).sum();
    let reduced = start.elapsed();
    let table = Cells::table(cells)?;
    let n_cells = table.n_rows();
    let (opened, reduced) = (opened.as_secs_f64(), reduced.as_secs_f64());
    let all = start.elapsed().as_secs_f64();
    println!(
        "{n_rows} rows, {n_cells} cells; opened {opened:.2} s, reduced {reduced:.2} s, all {all:.2} s"
    );
    println!("hash {}", agglo_data::hash_frame(&table));
    Ok(())
}
