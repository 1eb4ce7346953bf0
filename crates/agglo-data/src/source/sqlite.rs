//! Tables and queries of an SQLite file, which is opened to read and never written.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::{Cell, OpenOptions, Row, Unusable, clean_headings, damaged, empty};
use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Place, did_you_mean};

/// What a query may cost, in steps of SQLite's machine: some minutes.
const MOST_STEPS: u64 = 1 << 34;
/// Steps between two looks at what is left.
const STEPS_BETWEEN: u64 = 1 << 16;

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
                let broken = Cell::Unusable(Unusable::Binary, "(not UTF-8)");
                std::str::from_utf8(text).map_or(broken, Cell::Text)
            }
            Some(ValueRef::Blob(_)) => Cell::Unusable(Unusable::Binary, "(binary)"),
        }
    }
}

pub(super) fn open(
    path: &Path,
    options: OpenOptions<'_>,
    place: &Place,
) -> Result<OpenedTable, DataError> {
    open_within(path, options, place, MOST_STEPS)
}

fn open_within(
    path: &Path,
    options: OpenOptions<'_>,
    place: &Place,
    most_steps: u64,
) -> Result<OpenedTable, DataError> {
    closed(path, place)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let mut connection =
        Connection::open_with_flags(uri(path), flags).map_err(|error| damaged(place, error))?;
    let mut left = most_steps / STEPS_BETWEEN;
    let out_of_steps = move || {
        left = left.saturating_sub(1);
        left == 0
    };
    connection
        .progress_handler(STEPS_BETWEEN as i32, Some(out_of_steps))
        .map_err(|error| damaged(place, error))?;
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
    let headings = clean_headings(statement.column_names());
    drop(statement);
    Ok(OpenedTable { headings, tables, name, database: Database { connection, query } })
}

/// The file under a name that keeps SQLite from writing anything, locks and logs included.
fn uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    let text = path.as_os_str().as_encoded_bytes();
    // A drive of Windows stands behind a slash.
    if text.get(1) == Some(&b':') {
        uri.push('/');
    }
    for &byte in text {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'/' | b'.' | b'-' | b'_' | b':' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri.push_str("?mode=ro&immutable=1");
    uri
}

/// Refuses a database whose last changes lie in a log beside it.
fn closed(path: &Path, place: &Place) -> Result<(), DataError> {
    // What a journal begins with that was not rolled back.
    const HOT: &[u8] = b"\xD9\xD5\x05\xF9";
    let beside = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        std::path::PathBuf::from(name)
    };
    let log = std::fs::metadata(beside("-wal")).is_ok_and(|log| log.len() > 0);
    let mut start = [0; 4];
    let journal = std::fs::File::open(beside("-journal"))
        .and_then(|mut journal| std::io::Read::read_exact(&mut journal, &mut start))
        .is_ok_and(|()| start == *HOT);
    if !log && !journal {
        return Ok(());
    }
    let message = "changes wait beside the database that are not in it yet";
    let remedy = "close the program that writes it, or run `PRAGMA wal_checkpoint(TRUNCATE)` in it";
    Err(Diagnostic::new(codes::CHANGED_WHILE_READ, message, remedy).at(place).into())
}

fn failed(place: &Place, error: &rusqlite::Error) -> DataError {
    if error.sqlite_error_code() != Some(rusqlite::ErrorCode::OperationInterrupted) {
        return damaged(place, error);
    }
    let message = "the query takes too long; it may never end";
    let remedy = "limit it, or write its result into a table once and read that";
    Diagnostic::new(codes::TOO_LARGE, message, remedy).at(place).into()
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
        while let Some(row) = rows.next().map_err(|error| failed(place, &error))? {
            number += 1;
            let cells = (0..width).map(|at| row.get_ref(at).unwrap_or(ValueRef::Null)).collect();
            if !each(number, &Record { cells }) {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_that_never_ends_is_stopped() {
        let folder = agglo_testkit::scratch();
        let path = folder.path().join("a b%?#é.sqlite");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (n)").unwrap();
        let place = Place { file: "a.sqlite".into(), sheet: None };
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                       SELECT i FROM n";
        for query in [endless, &format!("SELECT count(*) FROM ({endless})")] {
            let options = OpenOptions { query: Some(query), ..OpenOptions::default() };
            let opened = open_within(&path, options, &place, 1 << 20).unwrap();
            let error = opened.database.each_row(&place, &mut |_, _| true).unwrap_err();
            assert_eq!(error.diagnostics()[0].code, codes::TOO_LARGE, "{error}");
        }
    }
}
