//! A register of establishments as the table of a method: summed to cells by the engine, whatever its size.

use std::path::Path;

use agglo_core::{Absent, Column, Frame};
use agglo_data::reduce::{Cells, Register};
use agglo_data::{ReadSpec, Reading};
use agglo_methods::catalog::Input;

use crate::failure::Failure;
use crate::settings::Settings;

/// Decimal places that sizes are summed to, exactly.
const SCALE: u8 = 3;

/// Tables that a register can be summed to.
pub(super) const TABLES: [&str; 2] = ["activity", "cell"];

/// The columns of a register that are looked at.
pub(super) const COLUMNS: [&str; 4] = ["region", "industry", "period", "value"];

/// The table `input` from the register that `spec` names.
pub(super) fn read(
    input: &Input,
    spec: &ReadSpec,
    settings: &Settings,
) -> Result<(Reading, Absent), Failure> {
    if !TABLES.contains(&input.table) {
        return Err(Failure::usage(format!(
            "--register: a register is summed to the tables {}, and not to `{}`",
            TABLES.join(" and "),
            input.table
        )));
    }
    let spec =
        ReadSpec { table: "plant".to_owned(), value: Some("value".to_owned()), ..spec.clone() };
    let register = Register::open(&spec, Path::new(""), SCALE)?;
    let parts: Vec<usize> = (0..register.parts().len()).collect();
    let cells = register.reduce(&parts, &settings.engine()?)?;
    let n_rows: u64 = cells.iter().map(Cells::n_rows).sum();
    let cells = Cells::table(cells)?;
    let rename = |column: &Column| match (input.table, column.name()) {
        ("activity", "sum") => Some(column.renamed("value")),
        (_, "region" | "industry" | "period") | ("cell", "n" | "sum" | "sum_sq") => {
            Some(column.clone())
        }
        _ => None,
    };
    let columns = cells.columns().iter().filter_map(rename).collect();
    let frame = Frame::new(columns).map_err(|error| Failure::data(error.to_string()))?;
    let reading = Reading { frame, rows_read: n_rows, rows_used: n_rows, ..Reading::default() };
    // A register lists what is there: a cell without establishments is zero.
    Ok((reading, Absent::Zero))
}
