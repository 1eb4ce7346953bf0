//! Industries of a register that was reduced to cells: how many establishments each region has in each
//! industry, with the sum of their sizes and of the squares.

use std::collections::BTreeMap;

use agglo_core::{Axis, Datum, Key, Lang, Note, Text};

use super::benchmark::{Benchmark, data};
use super::plants::{IndustryPlants, PeriodPlants, outside_note, periods};
use super::sizes::Sizes;
use crate::call::{Call, MethodError};
use crate::catalog::{INDUSTRY, Input, PERIOD, REGION, number};

/// What a register was reduced to.
pub(super) const CELL: Input = Input {
    table: "cell",
    required: false,
    columns: &[
        REGION,
        INDUSTRY,
        PERIOD,
        number("n", "number of establishments with a size", "有规模数值的企业单位数"),
        number("sum", "sum of their sizes", "规模之和"),
        number("sum_sq", "sum of the squares of their sizes", "规模平方和"),
    ],
};

/// What the variant says of itself.
pub(super) const HELP: Text = Text::new(
    "from the table `cell`, a register reduced to n, Σx and Σx²; no variance, z or p",
    "依据 `cell` 表（名录归并为 n、Σx、Σx²）；不提供方差、z 与 p",
);

/// The industries of each period.
pub(super) fn from_cells(
    call: &Call<'_>,
    benchmark: Option<&Benchmark>,
) -> Result<(Vec<PeriodPlants>, Vec<Note>), MethodError> {
    let frame = call.frame("cell")?;
    let (regions, region) = frame.coded("region")?.into_parts();
    let (industries, industry) = frame.coded("industry")?.into_parts();
    let period = periods(frame)?;
    let column = |name: &str| frame.numbers(name);
    let (n, total, squares) = (column("n")?, column("sum")?, column("sum_sq")?);
    let mut rows: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (row, period) in period.into_iter().enumerate() {
        rows.entry(period).or_default().push(row);
    }
    let number = |cell: Datum, row: usize, what: &str| match cell {
        Datum::Number(value) if value >= 0.0 => Ok(value),
        Datum::Number(value) => Err(data(format!("{what} is {value} in row {}", row + 1))),
        Datum::Gap(gap) => {
            let reason = gap.reason(Lang::En);
            Err(data(format!("{what} is not known in row {}: {reason}", row + 1)))
        }
    };
    let mut notes = vec![Note::new(
        "sizes-from-cells",
        "establishment sizes are known by their number, sum and sum of squares: γ and H are exact, and \
         the variance of G, z and p are not known",
        "企业规模仅知个数、总和与平方和：γ 与 H 精确，G 的方差、z 与 p 未知",
    )];
    let mut answers = Vec::new();
    for (period, rows) in rows {
        let mut n_without = 0;
        let mut own = vec![0.0; regions.len()];
        let mut cells: Vec<IndustryPlants> = industries
            .iter()
            .map(|code| IndustryPlants {
                period,
                industry: code.clone(),
                sizes: Sizes::Sums { n: 0, total: 0.0, squares: 0.0 },
                by_region: vec![0.0; regions.len()],
            })
            .collect();
        for row in rows {
            let count = number(n[row], row, "the number of establishments")?;
            if count == 0.0 {
                n_without += 1;
                continue;
            }
            let (size, square) = (
                number(total[row], row, "the sum of sizes")?,
                number(squares[row], row, "the sum of squares")?,
            );
            let (r, i) = (region[row] as usize, industry[row] as usize);
            own[r] += size;
            let one = &mut cells[i];
            one.by_region[r] += size;
            if let Sizes::Sums { n, total, squares } = &mut one.sizes {
                *n += count as u64;
                *total += size;
                *squares += square;
            }
        }
        cells.retain(|one| !one.sizes.is_empty());
        let axis = Axis::new(regions.iter().cloned());
        let shares = match benchmark {
            Some(benchmark) => benchmark.of(period, &axis)?,
            None => own,
        };
        let outside: Vec<&str> = (0..regions.len())
            .filter(|&r| shares[r] == 0.0 && cells.iter().any(|one| one.by_region[r] > 0.0))
            .map(|r| AsRef::<str>::as_ref(&regions[r] as &Key))
            .collect();
        notes.extend(outside_note(period, &outside));
        answers.push(PeriodPlants { benchmark: shares, industries: cells });
        if n_without > 0 {
            notes.push(Note::new(
                "cells-without-sizes",
                format!(
                    "{period}: {n_without} cells hold no establishment with a size and count as none"
                ),
                format!("{period} 年：{n_without} 个单元格没有有规模数值的企业单位，按无计"),
            ));
        }
    }
    Ok((answers, notes))
}
