//! The input-output table of the last year, product by product and balanced to the last crown.
//!
//! An industry buys from all industries in proportion to their output, three times as much from
//! its own chain, and its inputs are what is left of its output after value added.

use crate::error::DemoError;
use crate::sink::{Sink, Table, cells};

use super::industries::{INDUSTRIES, Kind, N_INDUSTRIES};
use super::plan::Plan;
use super::totals::{Cell, Totals};

/// How much more an industry buys from its own chain than from others.
pub(super) const CHAIN_LINK: u64 = 3;

fn link(i: usize, j: usize) -> u64 {
    match (INDUSTRIES[i].kind, INDUSTRIES[j].kind) {
        (Kind::Localized(a), Kind::Localized(b)) if a == b => CHAIN_LINK,
        _ => 1,
    }
}

/// Purchases of each industry `j` from each industry `i`, rows first.
fn purchases(cells: &[Cell]) -> Vec<Vec<u64>> {
    let mut z = vec![vec![0; N_INDUSTRIES]; N_INDUSTRIES];
    for j in 0..N_INDUSTRIES {
        let weights: u64 = (0..N_INDUSTRIES).map(|i| cells[i].output * link(i, j)).sum();
        let inputs = cells[j].output - cells[j].value_added;
        for i in 0..N_INDUSTRIES {
            let share = u128::from(cells[i].output * link(i, j)) * u128::from(inputs);
            z[i][j] = (share / u128::from(weights)) as u64;
        }
    }
    z
}

pub(super) fn write(plan: &Plan, totals: &Totals, sink: &mut dyn Sink) -> Result<(), DemoError> {
    let year = plan.year(plan.last());
    let cells: Vec<Cell> = (0..N_INDUSTRIES).map(|i| totals.industry(i, plan.last())).collect();
    let z = purchases(&cells);
    let mut table =
        Table::create(sink, "data/io.csv", &["year", "from_industry", "to_use", "value"])?;
    let mut sums = Table::create(
        sink,
        "data/io_totals.csv",
        &["year", "industry", "output", "value_added", "exports", "imports"],
    )?;
    for i in 0..N_INDUSTRIES {
        for j in 0..N_INDUSTRIES {
            table.row(cells![year, INDUSTRIES[i].code, INDUSTRIES[j].code, z[i][j]])?;
        }
        let bought: u64 = z[i].iter().sum();
        let inputs: u64 = z.iter().map(|row| row[i]).sum();
        let output = i128::from(cells[i].output);
        let last_use = output - i128::from(bought);
        let exports = last_use / 5;
        table.row(cells![year, INDUSTRIES[i].code, "final", last_use - exports])?;
        table.row(cells![year, INDUSTRIES[i].code, "exports", exports])?;
        sums.row(cells![
            year,
            INDUSTRIES[i].code,
            output,
            output - i128::from(inputs),
            exports,
            0
        ])?;
    }
    table.finish()?;
    sums.finish()
}
