//! The neighbors of a boundary file, counted and timed: what is compared with other packages.
//!
//! ```sh
//! cargo run --release -p agglo-geo --example neighbors -- areas.geojson CODE queen 0
//! ```
#![expect(clippy::print_stdout, reason = "it is what the example is for")]

use std::time::Instant;

use agglo_geo::{Contiguity, ReadOptions, Tolerance, contiguity, read};

/// Runs timed, of which the fastest is said.
const RUNS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [path, code, rule, meters] = &given[..] else {
        return Err("usage: neighbors FILE CODE queen|rook TOLERANCE_M".into());
    };
    let rule = match &**rule {
        "queen" => Contiguity::Queen,
        "rook" => Contiguity::Rook,
        other => return Err(format!("`{other}` is neither queen nor rook").into()),
    };
    let tolerance = Tolerance::meters(meters.parse()?).ok_or("no tolerance")?;
    let options = ReadOptions { code_property: Some(code.clone()), ..ReadOptions::default() };
    let areas = read(path.as_ref(), &options)?.areas;
    let mut fastest = f64::INFINITY;
    let mut weights = contiguity(&areas, rule, tolerance);
    for _ in 0..RUNS {
        let began = Instant::now();
        weights = contiguity(&areas, rule, tolerance);
        fastest = fastest.min(began.elapsed().as_secs_f64());
    }
    let (n, edges, islands) = (weights.len(), weights.n_edges(), weights.islands().len());
    println!("{n} areas, {edges} edges, {islands} islands, {fastest:.4} s");
    Ok(())
}
