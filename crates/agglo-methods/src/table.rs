//! Tables of an answer, put together row by row in the order of their catalogue entry.

use agglo_core::{Column, Datum, Frame, Key, Undefined, Values};

use crate::call::MethodError;
use crate::catalog::OutputTable;

/// One cell of a row.
pub(crate) enum Cell {
    Text(Key),
    Whole(i64),
    Number(Datum),
}

impl From<&Key> for Cell {
    fn from(text: &Key) -> Cell {
        Cell::Text(text.clone())
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.into())
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Cell {
        Cell::Whole(number)
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Cell {
        Cell::Whole(number as i64)
    }
}

impl From<Datum> for Cell {
    fn from(number: Datum) -> Cell {
        Cell::Number(number)
    }
}

impl From<Result<f64, Undefined>> for Cell {
    fn from(number: Result<f64, Undefined>) -> Cell {
        Cell::Number(number.into())
    }
}

/// The rows of one output table.
pub(crate) struct Rows {
    table: &'static OutputTable,
    columns: Vec<Values>,
}

impl Rows {
    pub(crate) fn new(table: &'static OutputTable) -> Rows {
        Rows { table, columns: Vec::new() }
    }

    /// One more row, a cell for each column of the table.
    ///
    /// # Panics
    /// When the cells are not those of the table, or of another kind than above: a bug.
    pub(crate) fn push<const N: usize>(&mut self, cells: [Cell; N]) {
        assert_eq!(N, self.table.columns.len(), "table `{}`", self.table.name);
        if self.columns.is_empty() {
            self.columns = cells
                .iter()
                .map(|cell| match cell {
                    Cell::Text(_) => Values::Text(Vec::new()),
                    Cell::Whole(_) => Values::Integer(Vec::new()),
                    Cell::Number(_) => Values::Number(Vec::new()),
                })
                .collect();
        }
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            match (column, cell) {
                (Values::Text(column), Cell::Text(text)) => column.push(Some(text)),
                (Values::Integer(column), Cell::Whole(number)) => column.push(Some(number)),
                (Values::Number(column), Cell::Number(number)) => column.push(number),
                _ => panic!("table `{}` mixes kinds in a column", self.table.name),
            }
        }
    }

    pub(crate) fn frame(self) -> Result<Frame, MethodError> {
        let mut columns = self.columns.into_iter();
        let column = |spec: &crate::catalog::Output| {
            let values = columns.next().unwrap_or_else(|| match spec.name {
                "period" => Values::Integer(Vec::new()),
                _ if spec.unit.is_empty() => Values::Text(Vec::new()),
                _ => Values::Number(Vec::new()),
            });
            Column::new(spec.name, spec.unit, values)
        };
        Ok(Frame::new(self.table.columns.iter().map(column).collect())?)
    }
}
