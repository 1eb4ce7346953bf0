//! Whether a table's lines add up to the totals it prints.
//!
//! Along a row: intermediate + final = output; down a column: intermediate + primary = output; and
//! output by row = output by column. The tolerance is the most that rounding can do: half a unit of
//! the last digit for every number added, zeros included, and for the total; where the digits do not
//! end, 10⁻⁶ of the total. What is reported is therefore no rounding.

use std::collections::HashMap;

use super::matrix::{Label, Line, Sum};
use crate::codes;
use crate::diagnostic::{Diagnostic, Place};
use crate::source::Cell;

/// Numbers with more digits than this are taken as unrounded.
const MOST_DECIMALS: usize = 3;

/// The sums of one line.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    /// Intermediate and outer, with how many numbers went in.
    parts: [(f64, u32); 2],
    /// Printed: intermediate, outer, all.
    printed: [Option<f64>; 3],
}

impl Sums {
    fn add(&mut self, line: Line, value: f64) {
        match line {
            Line::Part => self.put(0, value),
            Line::Outer => self.put(1, value),
            Line::Subtracted => self.put(1, -value),
            Line::Total(Sum::Intermediate) => self.printed[0] = Some(value),
            Line::Total(Sum::Outer) => self.printed[1] = Some(value),
            Line::Total(Sum::All) => self.printed[2] = Some(value),
            Line::Total(Sum::Unchecked) | Line::Aside => {}
        }
    }

    fn put(&mut self, part: usize, value: f64) {
        self.parts[part].0 += value;
        self.parts[part].1 += 1;
    }
}

/// A row while its cells are taken.
pub(super) struct RowSums {
    number: u32,
    line: Line,
    name: String,
    /// The column of the same code.
    twin: String,
    sums: Sums,
}

impl RowSums {
    pub(super) fn new(number: u32, label: &Label) -> RowSums {
        // In a table that tells imports apart, what an industry makes is its domestic row.
        let twin = if label.region == "Domestic" { label.code.clone() } else { name(label) };
        RowSums { number, line: label.line, name: name(label), twin, sums: Sums::default() }
    }
}

/// All sums of a matrix.
pub(super) struct Balance {
    lines: Vec<Line>,
    names: Vec<String>,
    columns: Vec<Sums>,
    rows: Vec<RowSums>,
    /// The digits after the point that all numbers so far need; `None` where they do not end.
    decimals: Option<usize>,
    /// Whether output by row must be output by column.
    symmetric: bool,
}

impl Balance {
    pub(super) fn new(columns: &[(usize, Label)]) -> Balance {
        Balance {
            lines: columns.iter().map(|(_, label)| label.line).collect(),
            names: columns.iter().map(|(_, label)| name(label)).collect(),
            columns: vec![Sums::default(); columns.len()],
            rows: Vec::new(),
            decimals: Some(0),
            symmetric: false,
        }
    }

    pub(super) fn compare_outputs(&mut self) {
        self.symmetric = true;
    }

    pub(super) fn take(&mut self, row: &mut RowSums, column: usize, cell: Cell<'_>) {
        let value = match cell {
            Cell::Integer(value) => value as f64,
            Cell::Number(value) => value,
            Cell::Text(text) => match text.trim().parse() {
                Ok(value) => value,
                Err(_) => return,
            },
            Cell::Empty | Cell::Unusable(..) => return,
        };
        if !value.is_finite() {
            return;
        }
        while let Some(decimals) = self.decimals
            && !is_whole(value * POWERS[decimals])
        {
            self.decimals = (decimals < MOST_DECIMALS).then_some(decimals + 1);
        }
        row.sums.add(self.lines[column], value);
        self.columns[column].add(row.line, value);
    }

    pub(super) fn finish(&mut self, row: RowSums) {
        self.rows.push(row);
    }

    fn tolerance(&self, total: f64, n: u32) -> f64 {
        match self.decimals {
            Some(decimals) => 0.5 * f64::from(n + 1) / POWERS[decimals] + 1e-9 * total.abs(),
            None => 1e-6 * total.abs().max(1.0),
        }
    }

    /// The printed totals that the parts do not add up to.
    pub(super) fn diagnostics(&self, place: &Place) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for row in &self.rows {
            let words = ["intermediate uses", "final uses", "all uses"];
            if row.line == Line::Part {
                for text in self.contradictions(&row.sums, words) {
                    let message = format!("in the row `{}` {text}", row.name);
                    found.push(report(codes::IO_ROW, message).at(place).row(row.number));
                }
            }
        }
        for ((sums, name), line) in self.columns.iter().zip(&self.names).zip(&self.lines) {
            let words = ["intermediate inputs", "value added", "all inputs"];
            if *line == Line::Part {
                for text in self.contradictions(sums, words) {
                    let message = format!("in the column `{name}` {text}");
                    found.push(report(codes::IO_COLUMN, message).at(place).column(name));
                }
            }
        }
        found.extend(self.two_outputs(place));
        found
    }

    /// Sums that differ from their total. A total without parts in the file cannot be checked.
    fn contradictions(&self, sums: &Sums, words: [&str; 3]) -> Vec<String> {
        let [inner, outer] = sums.parts;
        let outer_printed = sums.printed[1].map_or(outer, |printed| (printed, 1));
        let outer = if outer.1 == 0 { outer_printed } else { outer };
        let all = (inner.0 + outer.0, inner.1 + outer.1);
        let mut texts = Vec::new();
        for (((sum, n), printed), what) in
            [inner, outer, all].into_iter().zip(sums.printed).zip(words)
        {
            let Some(printed) = printed.filter(|printed| n > 0 || *printed != 0.0) else {
                continue;
            };
            if (sum - printed).abs() > self.tolerance(printed, n) {
                texts.push(format!("{what} add up to {sum}, and the table says {printed}"));
            }
        }
        texts
    }

    /// Labels whose output along the row is not that down the column.
    fn two_outputs(&self, place: &Place) -> Vec<Diagnostic> {
        if !self.symmetric {
            return Vec::new();
        }
        let columns: HashMap<&str, &Sums> =
            self.names.iter().map(String::as_str).zip(&self.columns).collect();
        let mut found = Vec::new();
        for row in self.rows.iter().filter(|row| row.line == Line::Part) {
            let column = columns.get(row.twin.as_str()).and_then(|sums| sums.printed[2]);
            let (Some(uses), Some(inputs)) = (row.sums.printed[2], column) else { continue };
            if (uses - inputs).abs() > self.tolerance(uses, 1) {
                let name = &row.name;
                let message =
                    format!("`{name}` is {uses} along its row and {inputs} down its column");
                found.push(report(codes::IO_OUTPUT, message).at(place).row(row.number));
            }
        }
        found
    }
}

const POWERS: [f64; MOST_DECIMALS + 1] = [1.0, 10.0, 100.0, 1000.0];

fn is_whole(value: f64) -> bool {
    (value - value.round()).abs() <= 1e-6
}

fn name(label: &Label) -> String {
    if label.region.is_empty() {
        label.code.clone()
    } else {
        format!("{} {}", label.region, label.code)
    }
}

fn report(code: &'static str, message: String) -> Diagnostic {
    let remedy = "compare with the publication; agglo keeps the cells and the total as they stand";
    Diagnostic::new(code, message, remedy)
}
