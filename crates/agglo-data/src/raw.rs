//! Cells as they stand in their file, for whoever asks where a number comes from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::codes;
use crate::diagnostic::{DataError, Diagnostic};
use crate::hash::hash_file;
use crate::source::{OpenOptions, Row, Source};
use crate::spec::{ReadSpec, SourceFile};

/// The row of a cell counted from 1, and its column counted from 0.
pub(crate) type Place = (u32, u16);

/// The texts of cells of `file`, as `spec` reads it, by place; cells that are empty are left out.
///
/// Cost: one pass over the file as far as the last row wanted.
///
/// # Errors
/// A0116 for what came from an address or the standard input, which is not fetched again; A0131 when
/// the file is no longer the one that was read, so that its text would be of another version; else as
/// [`crate::read`].
pub fn raw_cells(
    spec: &ReadSpec,
    root: &Path,
    file: &SourceFile,
    wanted: &BTreeSet<Place>,
) -> Result<BTreeMap<Place, String>, DataError> {
    if file.path.contains("://") || spec.file.as_os_str() == "-" {
        let message = "it was read from elsewhere and is not fetched again to show its texts";
        let remedy = "save it as a file and name that, to see its cells as they stand";
        return Err(Diagnostic::new(codes::UNREACHABLE, message, remedy).file(&file.path).into());
    }
    let path = root.join(&file.path);
    if hash_file(&path)? != file.blake3 {
        let message = "the file has changed since it was read";
        let remedy = "run the study again; until then its cells cannot be shown";
        return Err(Diagnostic::new(codes::CHANGED, message, remedy).file(&file.path).into());
    }
    let options = OpenOptions {
        encoding: spec.encoding.as_deref(),
        delimiter: spec.delimiter,
        sheet: file.sheet.as_deref(),
        header_row: spec.header_row,
        query: spec.query.as_deref(),
        unhashed: false,
        ..OpenOptions::default()
    };
    let mut source = Source::open(&path, &file.path, options)?;
    let last = wanted.last().map_or(0, |place| place.0);
    let mut found = BTreeMap::new();
    let mut buffer = String::new();
    source.each_row(true, &mut |number, row: &dyn Row| {
        for &place in wanted.range((number, 0)..=(number, u16::MAX)) {
            let text = row.cell(usize::from(place.1)).text(&mut buffer);
            if !text.is_empty() {
                found.insert(place, text.to_owned());
            }
        }
        number < last
    })?;
    Ok(found)
}

/// The name of a cell in a sheet, such as `C7`.
pub fn cell_name(place: Place) -> String {
    let mut letters = Vec::new();
    let mut rest = u32::from(place.1) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    format!("{}{}", letters.iter().rev().collect::<String>(), place.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_in_a_sheet() {
        assert_eq!(cell_name((7, 2)), "C7");
        assert_eq!(cell_name((1, 25)), "Z1");
        assert_eq!(cell_name((1, 26)), "AA1");
        assert_eq!(cell_name((1_048_576, 16_383)), "XFD1048576");
    }

    #[test]
    fn cells_come_back_as_they_stand_and_only_from_the_file_that_was_read() {
        let folder = agglo_testkit::scratch();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "region;jobs\n01;\"1.234,5\"\n02; (D) \n").unwrap();
        let spec = ReadSpec::new("activity", "a.csv");
        let file = |blake3: String| SourceFile { path: "a.csv".into(), blake3, sheet: None };
        let now = file(hash_file(&path).unwrap());
        let wanted = BTreeSet::from([(2, 1), (3, 1), (9, 9)]);
        let found = raw_cells(&spec, folder.path(), &now, &wanted).unwrap();
        assert_eq!(found[&(2, 1)], "1.234,5");
        assert_eq!(found[&(3, 1)], "(D)");
        assert_eq!(found.len(), 2);
        let error = raw_cells(&spec, folder.path(), &file("0".into()), &wanted).unwrap_err();
        assert_eq!(error.diagnostics()[0].code, codes::CHANGED);
    }

    #[test]
    fn rows_of_a_query_come_back_and_those_of_an_address_are_not_fetched_again() {
        let folder = agglo_testkit::scratch();
        let path = folder.path().join("a.sqlite");
        let connection = rusqlite::Connection::open(&path).unwrap();
        let rows = "CREATE TABLE jobs (region, n); INSERT INTO jobs VALUES ('01', 5), ('02', 6)";
        connection.execute_batch(rows).unwrap();
        let query = Some("SELECT n, region FROM jobs ORDER BY n DESC".to_owned());
        let spec = ReadSpec { query, ..ReadSpec::new("activity", "a.sqlite") };
        let file = SourceFile {
            path: "a.sqlite".into(),
            blake3: hash_file(&path).unwrap(),
            sheet: Some("query".into()),
        };
        let found = raw_cells(&spec, folder.path(), &file, &BTreeSet::from([(1, 1)])).unwrap();
        assert_eq!(found[&(1, 1)], "02");

        let address = "postgres://me@host/db";
        let file = SourceFile { path: address.into(), ..file };
        let spec = ReadSpec::new("activity", address);
        let error = raw_cells(&spec, folder.path(), &file, &BTreeSet::from([(1, 1)])).unwrap_err();
        assert!(error.to_string().contains("not fetched again"), "{error}");
    }
}
