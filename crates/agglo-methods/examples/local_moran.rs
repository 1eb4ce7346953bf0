//! Local Moran's I with conditional permutation on a square lattice, timed: what
//! `benches/peers/local_moran.py` runs beside esda and GeoDa.
//!
//! ```sh
//! cargo run --release -p agglo-methods --example local_moran -- SIDE PERMUTATIONS THREADS DRAWS WEIGHTS VALUES [P_VALUES]
//! ```
//!
//! `DRAWS` is `shared` or `independent`; `WEIGHTS` is `queen` (equal in a row) or `distance` (not equal:
//! corners weigh 1/√2); `VALUES` is a file with a number a line, row after row of the lattice;
//! `P_VALUES` is written with the pseudo p-value of each area, so that peers can be compared.
#![expect(clippy::print_stdout, reason = "a program that prints what it measured")]

use std::time::Instant;

use agglo_core::{Axis, Control, Seed, Weights};
use agglo_methods::space::{
    Conditioning, Divisor, Plan, Scheme, Tail, Transform, lag_tallies, local_moran,
};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Queen contiguity on a square, rows standardized; corners weigh `corner` before that.
fn lattice(side: u32, corner: f64) -> Result<Weights, Failure> {
    let axis = Axis::new((0..side * side).map(|place| format!("{place:08}")));
    let mut edges = Vec::with_capacity(8 * (side * side) as usize);
    for place in 0..side * side {
        let (row, column) = (place / side, place % side);
        for to_row in row.saturating_sub(1)..=(row + 1).min(side - 1) {
            for to_column in column.saturating_sub(1)..=(column + 1).min(side - 1) {
                let straight = to_row == row || to_column == column;
                let to = to_row * side + to_column;
                if to != place {
                    edges.push((place, to, if straight { 1.0 } else { corner }));
                }
            }
        }
    }
    Ok(Transform::Row.apply(&Weights::from_edges(axis, edges)?))
}

/// Seconds of all threads of this process so far, by Linux's hundredths.
fn processor_seconds() -> Result<f64, Failure> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).map(|word| word.parse::<u64>().unwrap_or(0)).sum();
    Ok(ticks as f64 / 100.0)
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = |place: usize| words.get(place).ok_or("see the head of this file for the arguments");
    let side: u32 = word(0)?.parse()?;
    let replicates: u32 = word(1)?.parse()?;
    let threads: usize = word(2)?.parse()?;
    let scheme = match word(3)?.as_str() {
        "independent" => Scheme::Independent,
        _ => Scheme::Shared,
    };
    let corner = if word(4)? == "distance" { std::f64::consts::FRAC_1_SQRT_2 } else { 1.0 };
    let x: Vec<f64> =
        std::fs::read_to_string(word(5)?)?.lines().map(str::parse).collect::<Result<_, _>>()?;
    let weights = lattice(side, corner)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let plan = Plan {
        method: "local-moran",
        seed: Seed::DEFAULT,
        unit: 0,
        replicates,
        scheme,
        folded: false,
        control: Control::none(),
    };
    let processor = processor_seconds()?;
    let began = Instant::now();
    let (found, tallies) = pool.install(|| -> Result<_, Failure> {
        let found = local_moran(&x, &weights, Divisor::N, Conditioning::Conditional)
            .map_err(|why| format!("{why:?}"))?;
        Ok((found, lag_tallies(&x, &weights, &plan)?))
    })?;
    let seconds = began.elapsed().as_secs_f64();
    println!("computing {seconds:.4} processor {:.4}", processor_seconds()? - processor);
    if let Some(path) = words.get(6) {
        let lines = found.iter().zip(&tallies).map(|(local, tally)| {
            let p = tally.times(local.z).p_value(Tail::Pseudo).number();
            format!("{} {}\n", local.statistic, p.unwrap_or(f64::INFINITY))
        });
        std::fs::write(path, lines.collect::<String>())?;
    }
    Ok(())
}
