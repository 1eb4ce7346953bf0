//! Concentration ratio: which part of an industry is in its largest establishments?
//!
//! CRₖ = Σⱼ₌₁..ₖ x₍ⱼ₎ / Σ x
//!
//! | symbol | meaning                                     | shape | range    | unit  |
//! |--------|---------------------------------------------|-------|----------|-------|
//! | x₍ⱼ₎   | size of the j-th largest establishment      | ≤ 8   | ≥ 0      | value |
//! | CRₖ    | part of the k largest; 1 where n ≤ k        | 1     | 0 to 1   | none  |
//!
//! The k largest of an industry are among the k largest of its regions, so a table with the largest of every
//! cell is enough. Establishments, not firms: those of one owner are not put together.
//! Gaps: establishments without a size are in no table of the largest.
//! Cost: one pass over the table.
//! Source: Bain (1951), Quarterly Journal of Economics 65(3), 293-324; OECD Glossary of statistical terms.

use std::collections::BTreeMap;

use agglo_core::{Column, Datum, Frame, Key, Text, Undefined, sum};

use super::benchmark::data;
use super::plants::periods;
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, ColumnKind, INDUSTRY, Input, InputColumn, Mark, Method, OUT_INDUSTRY, OUT_PERIOD,
    OUT_REGION, Output, OutputTable, PERIOD, REGION, Variant, number, out,
};

/// Part of the `k` largest in `total`, where `largest` has the largest first and there are `n` in all.
///
/// # Errors
/// [`Undefined::ZeroTotal`] without any activity, [`Undefined::NotEnoughEvidence`] where fewer of the largest
/// are known than are asked for.
pub fn concentration_ratio(
    largest: &[f64],
    n: usize,
    total: f64,
    k: usize,
) -> Result<f64, Undefined> {
    if total <= 0.0 {
        return Err(Undefined::ZeroTotal);
    }
    if largest.len() < k.min(n) {
        return Err(Undefined::NotEnoughEvidence);
    }
    Ok(sum(largest.iter().take(k).copied()) / total)
}

const CR: [(usize, Output); 3] = [
    (1, out("cr1", "1", "Part of the largest", "最大单位占比 CR1")),
    (4, out("cr4", "1", "Part of the four largest", "前四单位占比 CR4")),
    (8, out("cr8", "1", "Part of the eight largest", "前八单位占比 CR8")),
];
const COUNT: Output = out("n", "count", "Establishments", "单位数");

/// The largest establishments of every cell.
const TOP_UNIT: Input = Input {
    table: "top_unit",
    required: true,
    columns: &[
        REGION,
        INDUSTRY,
        PERIOD,
        InputColumn {
            name: "rank",
            kind: ColumnKind::Period,
            required: true,
            help: Text::new("1 is the largest of its cell", "单元格内名次，1 为最大"),
        },
        number("x", "its size", "规模"),
        number("n", "establishments of the cell", "单元格单位数"),
        number("sum", "sum of their sizes", "规模之和"),
    ],
};

pub(super) static CONCENTRATION_RATIO: Method = Method {
    id: "concentration-ratio",
    chapter: Chapter::Status,
    title: Text::new("Concentration ratio", "集中率"),
    help: Text::new(
        "Which part of an industry, and of a region's industry, is in its largest establishments?",
        "行业及各地区行业中，最大的几家单位占多大比重？",
    ),
    inputs: &[TOP_UNIT],
    options: &[],
    variants: &[Variant {
        id: "establishments",
        help: Text::new("the largest establishments", "按单位（非企业集团）"),
    }],
    outputs: &[
        OutputTable {
            name: "industries",
            columns: &[OUT_PERIOD, OUT_INDUSTRY, COUNT, CR[0].1, CR[1].1, CR[2].1],
        },
        OutputTable {
            name: "cells",
            columns: &[OUT_PERIOD, OUT_REGION, OUT_INDUSTRY, COUNT, CR[0].1, CR[1].1, CR[2].1],
        },
    ],
    formula: "CRₖ = Σⱼ₌₁..ₖ x₍ⱼ₎ / Σ x   x₍ⱼ₎: size of the j-th largest establishment",
    source: "Bain (1951), Quarterly Journal of Economics 65(3), 293-324",
    mark: Mark::Memory,
    run,
};

/// The establishments of one cell.
#[derive(Default)]
struct Cell {
    largest: Vec<f64>,
    n: f64,
    sum: f64,
}

impl Cell {
    fn ratio(&self, k: usize) -> Datum {
        Datum::from(concentration_ratio(&self.largest, self.n as usize, self.sum, k))
    }

    /// The establishments of several cells; no more of the largest than are known of all.
    fn together(cells: &[&Cell]) -> Cell {
        let known = cells.iter().filter(|cell| (cell.largest.len() as f64) < cell.n);
        let known = known.map(|cell| cell.largest.len()).min().unwrap_or(usize::MAX);
        let mut largest: Vec<f64> = cells.iter().flat_map(|cell| cell.largest.clone()).collect();
        largest.sort_by(|a, b| b.total_cmp(a));
        largest.truncate(known);
        let n = sum(cells.iter().map(|cell| cell.n));
        Cell { largest, n, sum: sum(cells.iter().map(|cell| cell.sum)) }
    }
}

type Cells = BTreeMap<(i64, Key, Key), Cell>;

fn cells_of(frame: &Frame) -> Result<Cells, MethodError> {
    let (regions, industries) = (frame.keys("region")?, frame.keys("industry")?);
    let (periods, ranks) = (periods(frame)?, frame.integers("rank")?);
    let (x, n, sums) = (frame.numbers("x")?, frame.numbers("n")?, frame.numbers("sum")?);
    let mut order: Vec<usize> = (0..regions.len()).collect();
    order.sort_by_key(|&row| ranks[row]);
    let mut cells = Cells::new();
    for row in order {
        let (region, industry, period) = (&regions[row], &industries[row], periods[row]);
        let wrong = |what: &str| {
            data(format!(
                "region `{region}`, industry `{industry}`, period {period}, rank {}: {what}",
                ranks[row]
            ))
        };
        let known = |datum: Datum, name: &str| {
            datum
                .number()
                .filter(|x| *x >= 0.0)
                .ok_or_else(|| wrong(&format!("`{name}` is no number of zero or more")))
        };
        let (x, n, sum) = (known(x[row], "x")?, known(n[row], "n")?, known(sums[row], "sum")?);
        let cell = cells.entry((period, region.clone(), industry.clone())).or_default();
        if ranks[row] != cell.largest.len() as i64 + 1 {
            return Err(wrong("the ranks of a cell are 1, 2, 3 and so on, each once"));
        }
        if cell.largest.last().is_some_and(|larger| x > *larger) {
            return Err(wrong("it is larger than the one before"));
        }
        if cell.largest.is_empty() {
            (cell.n, cell.sum) = (n, sum);
        } else if (cell.n, cell.sum) != (n, sum) {
            return Err(wrong("its cell has another `n` or `sum` in the row before"));
        }
        cell.largest.push(x);
    }
    Ok(cells)
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let cells = cells_of(call.frame("top_unit")?)?;
    let mut industries: BTreeMap<(i64, Key), Vec<&Cell>> = BTreeMap::new();
    for ((period, _, industry), cell) in &cells {
        industries.entry((*period, industry.clone())).or_default().push(cell);
    }
    let together: Vec<Cell> = industries.values().map(|cells| Cell::together(cells)).collect();
    let together: Vec<&Cell> = together.iter().collect();
    let of_industries = with_ratios(
        vec![
            Column::integer("period", "", industries.keys().map(|key| key.0)),
            Column::text("industry", industries.keys().map(|key| key.1.clone())),
        ],
        &together,
    )?;
    let of_cells = with_ratios(
        vec![
            Column::integer("period", "", cells.keys().map(|key| key.0)),
            Column::text("region", cells.keys().map(|key| key.1.clone())),
            Column::text("industry", cells.keys().map(|key| key.2.clone())),
        ],
        &cells.values().collect::<Vec<_>>(),
    )?;
    Ok(Answer::one("industries", of_industries).and("cells", of_cells))
}

fn with_ratios(mut columns: Vec<Column>, cells: &[&Cell]) -> Result<Frame, MethodError> {
    let number = |of: &dyn Fn(&Cell) -> Datum| cells.iter().map(|cell| of(cell)).collect();
    let counts: Vec<Datum> = number(&|cell| Datum::Number(cell.n));
    columns.push(Column::number("n", "count", counts));
    for (k, output) in CR {
        let ratios: Vec<Datum> = number(&|cell| cell.ratio(k));
        columns.push(Column::number(output.name, "1", ratios));
    }
    Ok(Frame::new(columns)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_of_the_largest_is_theirs_over_all() {
        assert_eq!(concentration_ratio(&[5.0, 3.0, 1.0], 4, 10.0, 1), Ok(0.5));
        assert_eq!(concentration_ratio(&[5.0, 3.0, 1.0, 1.0], 4, 10.0, 4), Ok(1.0));
        let too_few = Err(Undefined::NotEnoughEvidence);
        assert_eq!(concentration_ratio(&[5.0, 3.0, 1.0], 9, 10.0, 4), too_few);
        assert_eq!(concentration_ratio(&[0.0], 1, 0.0, 1), Err(Undefined::ZeroTotal));
    }

    #[test]
    fn the_largest_of_an_industry_are_known_as_far_as_those_of_every_region() {
        let all = Cell { largest: vec![4.0, 1.0], n: 2.0, sum: 5.0 };
        let some = Cell { largest: vec![3.0, 2.0], n: 5.0, sum: 8.0 };
        let together = Cell::together(&[&all, &some]);
        assert_eq!(together.largest, [4.0, 3.0]);
        assert_eq!(together.ratio(1), Datum::Number(4.0 / 13.0));
        assert_eq!(together.ratio(4), Datum::undefined(Undefined::NotEnoughEvidence));
    }
}
