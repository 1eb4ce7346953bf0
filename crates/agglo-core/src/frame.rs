//! A tidy table in memory: named columns with units, gaps kept apart from numbers.

use std::sync::Arc;

use crate::coded::Coded;
use crate::gap::Datum;

/// A text cell shared between rows.
pub type Key = Arc<str>;

/// The values of one column.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Codes and labels; `None` where the source gives none.
    Text(Vec<Option<Key>>),
    /// Whole numbers: periods, counts, ranks without ties.
    Integer(Vec<Option<i64>>),
    /// Measured or computed numbers.
    Number(Vec<Datum>),
}

impl Values {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Values::Text(values) => values.len(),
            Values::Integer(values) => values.len(),
            Values::Number(values) => values.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values of `rows`, in that order.
    pub fn take(&self, rows: &[usize]) -> Values {
        match self {
            Values::Text(values) => Values::Text(rows.iter().map(|&r| values[r].clone()).collect()),
            Values::Integer(values) => Values::Integer(rows.iter().map(|&r| values[r]).collect()),
            Values::Number(values) => Values::Number(rows.iter().map(|&r| values[r]).collect()),
        }
    }
}

/// A named column with its unit (`1` for a pure number, empty for text).
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    name: String,
    unit: String,
    values: Values,
}

impl Column {
    /// A column of any kind.
    pub fn new(name: impl Into<String>, unit: impl Into<String>, values: Values) -> Column {
        Column { name: name.into(), unit: unit.into(), values }
    }

    /// A text column without gaps.
    pub fn text<S: Into<Key>>(
        name: impl Into<String>,
        values: impl IntoIterator<Item = S>,
    ) -> Column {
        let values = values.into_iter().map(|value| Some(value.into())).collect();
        Column::new(name, "", Values::Text(values))
    }

    /// A column of whole numbers without gaps.
    pub fn integer(
        name: impl Into<String>,
        unit: impl Into<String>,
        values: impl IntoIterator<Item = i64>,
    ) -> Column {
        Column::new(name, unit, Values::Integer(values.into_iter().map(Some).collect()))
    }

    /// A column of numbers with their gaps.
    pub fn number(
        name: impl Into<String>,
        unit: impl Into<String>,
        values: impl IntoIterator<Item = Datum>,
    ) -> Column {
        Column::new(name, unit, Values::Number(values.into_iter().collect()))
    }

    /// A column of numbers without gaps; every value must be finite.
    pub fn numbers(
        name: impl Into<String>,
        unit: impl Into<String>,
        values: impl IntoIterator<Item = f64>,
    ) -> Column {
        Column::number(name, unit, values.into_iter().map(Datum::Number))
    }

    /// The column's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The column's unit.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// The column's values.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// The same values under another name.
    pub fn renamed(&self, name: impl Into<String>) -> Column {
        Column { name: name.into(), ..self.clone() }
    }
}

/// What is wrong with a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Columns of different lengths.
    #[error("column `{column}` has {found} rows where the others have {expected}")]
    Ragged {
        /// The column.
        column: String,
        /// Its number of rows.
        found: usize,
        /// The number of rows of the first column.
        expected: usize,
    },
    /// Two columns of the same name.
    #[error("two columns are called `{column}`")]
    Twice {
        /// The name.
        column: String,
    },
    /// No such column.
    #[error("there is no column `{column}`; the table has {have}")]
    NoColumn {
        /// The name asked for.
        column: String,
        /// The names there are.
        have: String,
    },
    /// A column of another kind.
    #[error("column `{column}` holds {found}, not {wanted}")]
    Kind {
        /// The column.
        column: String,
        /// What it holds.
        found: &'static str,
        /// What was asked for.
        wanted: &'static str,
    },
    /// An empty key cell.
    #[error("column `{column}` is empty in row {row}, and a key must not be")]
    EmptyKey {
        /// The column.
        column: String,
        /// The row, counted from 1.
        row: usize,
    },
}

/// A table of columns of one length, names distinct.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    columns: Vec<Column>,
    n_rows: usize,
}

impl Frame {
    /// A table of these columns.
    ///
    /// # Errors
    /// [`FrameError::Ragged`] and [`FrameError::Twice`].
    pub fn new(columns: Vec<Column>) -> Result<Frame, FrameError> {
        let n_rows = columns.first().map_or(0, |column| column.values.len());
        for (place, column) in columns.iter().enumerate() {
            if column.values.len() != n_rows {
                return Err(FrameError::Ragged {
                    column: column.name.clone(),
                    found: column.values.len(),
                    expected: n_rows,
                });
            }
            if columns[..place].iter().any(|earlier| earlier.name == column.name) {
                return Err(FrameError::Twice { column: column.name.clone() });
            }
        }
        Ok(Frame { columns, n_rows })
    }

    /// Adds the rows of `other` below.
    ///
    /// # Panics
    /// When `other` has not the same columns.
    pub fn append(&mut self, other: Frame) {
        assert_eq!(self.columns.len(), other.columns.len(), "tables of the same columns");
        self.n_rows += other.n_rows;
        for (column, further) in self.columns.iter_mut().zip(other.columns) {
            match (&mut column.values, further.values) {
                (Values::Text(all), Values::Text(rows)) => all.extend(rows),
                (Values::Integer(all), Values::Integer(rows)) => all.extend(rows),
                (Values::Number(all), Values::Number(rows)) => all.extend(rows),
                _ => panic!("tables of the same columns; `{}` differs", column.name),
            }
        }
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The columns in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Whether there is a column of this name.
    pub fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name == name)
    }

    /// The column of this name.
    ///
    /// # Errors
    /// [`FrameError::NoColumn`].
    pub fn column(&self, name: &str) -> Result<&Column, FrameError> {
        self.columns.iter().find(|column| column.name == name).ok_or_else(|| FrameError::NoColumn {
            column: name.into(),
            have: self.columns.iter().map(Column::name).collect::<Vec<_>>().join(", "),
        })
    }

    /// The text cells of a column.
    ///
    /// # Errors
    /// [`FrameError::NoColumn`] and [`FrameError::Kind`].
    pub fn text(&self, name: &str) -> Result<&[Option<Key>], FrameError> {
        match &self.column(name)?.values {
            Values::Text(values) => Ok(values),
            other => Err(kind_error(name, other, "text")),
        }
    }

    /// The cells of a text column of which none may be empty.
    ///
    /// # Errors
    /// As [`Frame::text`], and [`FrameError::EmptyKey`].
    pub fn keys(&self, name: &str) -> Result<Vec<Key>, FrameError> {
        let empty = |row| FrameError::EmptyKey { column: name.into(), row: row + 1 };
        let cells = self.text(name)?.iter().enumerate();
        cells.map(|(row, cell)| cell.clone().ok_or_else(|| empty(row))).collect()
    }

    /// The codes of a text column of which none may be empty.
    ///
    /// # Errors
    /// As [`Frame::keys`].
    pub fn coded(&self, name: &str) -> Result<Coded, FrameError> {
        let coded = Coded::new(self.text(name)?.iter().map(Option::as_ref));
        match coded.places().iter().position(|&place| place == Coded::NONE) {
            Some(row) => Err(FrameError::EmptyKey { column: name.into(), row: row + 1 }),
            None => Ok(coded),
        }
    }

    /// The whole numbers of a column of which none may be empty.
    ///
    /// # Errors
    /// [`FrameError::NoColumn`], [`FrameError::Kind`], [`FrameError::EmptyKey`].
    pub fn integers(&self, name: &str) -> Result<Vec<i64>, FrameError> {
        match &self.column(name)?.values {
            Values::Integer(values) => values
                .iter()
                .enumerate()
                .map(|(row, cell)| {
                    cell.ok_or_else(|| FrameError::EmptyKey { column: name.into(), row: row + 1 })
                })
                .collect(),
            other => Err(kind_error(name, other, "whole numbers")),
        }
    }

    /// The numbers of a column; whole numbers count as numbers.
    ///
    /// # Errors
    /// [`FrameError::NoColumn`] and [`FrameError::Kind`].
    pub fn numbers(&self, name: &str) -> Result<Vec<Datum>, FrameError> {
        match &self.column(name)?.values {
            Values::Number(values) => Ok(values.clone()),
            Values::Integer(values) => Ok(values
                .iter()
                .map(|value| {
                    value.map_or(Datum::Gap(crate::Gap::Missing), |v| Datum::Number(v as f64))
                })
                .collect()),
            other @ Values::Text(_) => Err(kind_error(name, other, "numbers")),
        }
    }

    /// The same table with `rows` only, in that order.
    pub fn take(&self, rows: &[usize]) -> Frame {
        let columns = self
            .columns
            .iter()
            .map(|c| Column::new(c.name.clone(), c.unit.clone(), c.values.take(rows)))
            .collect();
        Frame { columns, n_rows: rows.len() }
    }

    /// The same table with one more column, or with that column replaced.
    ///
    /// # Errors
    /// [`FrameError::Ragged`].
    pub fn with(mut self, column: Column) -> Result<Frame, FrameError> {
        self.columns.retain(|existing| existing.name != column.name);
        self.columns.push(column);
        Frame::new(self.columns)
    }
}

fn kind_error(name: &str, found: &Values, wanted: &'static str) -> FrameError {
    let found = match found {
        Values::Text(_) => "text",
        Values::Integer(_) => "whole numbers",
        Values::Number(_) => "numbers",
    };
    FrameError::Kind { column: name.into(), found, wanted }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_two_lengths_are_refused() {
        let columns =
            vec![Column::text("region", ["a", "b"]), Column::numbers("value", "1", [1.0])];
        assert!(matches!(Frame::new(columns), Err(FrameError::Ragged { found: 1, .. })));
    }

    #[test]
    fn an_unknown_column_is_answered_with_those_there_are() {
        let frame = Frame::new(vec![Column::text("region", ["a"])]).unwrap();
        let message = frame.numbers("value").unwrap_err().to_string();
        assert_eq!(message, "there is no column `value`; the table has region");
    }
}
