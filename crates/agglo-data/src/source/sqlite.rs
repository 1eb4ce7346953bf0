//! Tables and queries of an SQLite file, which is opened to read and never written.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::{Cell, OpenOptions, Row, clean_headings, damaged, empty};
use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Place, did_you_mean};

pub(super) struct Database {
    connection: Connection,
    query: String,
}

pub(super) struct OpenedTable {
    pub(super) headings: Vec<String>,
    pub(super) tables: Vec<String>,
    pub(super) name: String,
    pub(super) database: Database,
}

/// One row of a result.
struct Record<'r> {
    cells: Vec<ValueRef<'r>>,
}

impl Row for Record<'_> {
    fn len(&self) -> usize {
        self.cells.len()
    }

    fn cell(&self, column: usize) -> Cell<'_> {
        match self.cells.get(column) {
            None | Some(ValueRef::Null) => Cell::Empty,
            Some(ValueRef::Integer(value)) => Cell::Integer(*value),
            Some(ValueRef::Real(value)) => Cell::Number(*value),
            Some(ValueRef::Text(text)) => {
                std::str::from_utf8(text).map_or(Cell::Text("(not UTF-8)"), Cell::Text)
            }
            Some(ValueRef::Blob(_)) => Cell::Text("(binary)"),
        }
    }
}

pub(super) fn open(
    path: &Path,
    options: OpenOptions<'_>,
    place: &Place,
) -> Result<OpenedTable, DataError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        Connection::open_with_flags(path, flags).map_err(|error| damaged(place, error))?;
    let tables = tables(&connection).map_err(|error| damaged(place, error))?;
    let (name, query) = match (options.query, options.sheet) {
        (Some(query), _) => ("query".to_owned(), query.to_owned()),
        (None, Some(wanted)) => {
            if !tables.iter().any(|table| table == wanted) {
                let message = format!("there is no table `{wanted}`");
                let hint = did_you_mean(wanted, tables.iter().map(String::as_str));
                return Err(Diagnostic::new(codes::NO_SHEET, message, hint).at(place).into());
            }
            (wanted.to_owned(), select(wanted))
        }
        (None, None) => {
            let first = tables.first().cloned().ok_or_else(|| empty(place))?;
            let query = select(&first);
            (first, query)
        }
    };
    let statement = connection.prepare(&query).map_err(|error| bad_query(place, &error))?;
    if !statement.readonly() {
        let remedy = "write a SELECT";
        let message = "the query would change the database";
        return Err(Diagnostic::new(codes::BAD_SETTING, message, remedy).at(place).into());
    }
    let headings = clean_headings(statement.column_names().into_iter());
    drop(statement);
    Ok(OpenedTable { headings, tables, name, database: Database { connection, query } })
}

fn bad_query(place: &Place, error: &rusqlite::Error) -> DataError {
    let remedy = "try the query in the database's own program";
    Diagnostic::new(codes::BAD_SETTING, format!("the query fails: {error}"), remedy)
        .at(place)
        .into()
}

fn select(table: &str) -> String {
    format!("SELECT * FROM \"{}\"", table.replace('"', "\"\""))
}

/// Tables and views, in order of name.
fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let query = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') \
                 AND name NOT LIKE 'sqlite_%' ORDER BY name";
    connection.prepare(query)?.query_map([], |row| row.get(0))?.collect()
}

impl Database {
    /// Gives the rows of the result, counted from 1.
    pub(super) fn each_row(
        &self,
        place: &Place,
        each: &mut dyn FnMut(u32, &dyn Row) -> bool,
    ) -> Result<(), DataError> {
        let mut statement =
            self.connection.prepare(&self.query).map_err(|error| bad_query(place, &error))?;
        let width = statement.column_count();
        let mut rows = statement.query([]).map_err(|error| bad_query(place, &error))?;
        let mut number = 0;
        while let Some(row) = rows.next().map_err(|error| damaged(place, error))? {
            number += 1;
            let cells = (0..width).map(|at| row.get_ref(at).unwrap_or(ValueRef::Null)).collect();
            if !each(number, &Record { cells }) {
                break;
            }
        }
        Ok(())
    }
}
