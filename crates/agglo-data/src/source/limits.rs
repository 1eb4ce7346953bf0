//! What a file may cost: packed files that unpack to terabytes, records that never end, files that
//! change while they are read, programs that panic.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::SystemTime;

use super::damaged;
use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Place};

/// The most that a packed file may unpack to.
const MOST_UNPACKED: u64 = 2 << 30;
/// Deflate makes a byte of at most this many.
const MOST_PER_BYTE: u64 = 1032;
/// The longest record of a text: quoted line breaks included.
pub(crate) const LONGEST_RECORD: u64 = 64 << 20;

/// Refuses a zip file that unpacks to more than the limit, whatever size it declares: it is unpacked
/// once into nothing, where it is large enough to reach the limit at all.
pub(super) fn packed(bytes: &[u8], place: &Place) -> Result<(), DataError> {
    if !bytes.starts_with(b"PK") || bytes.len() as u64 * MOST_PER_BYTE <= MOST_UNPACKED {
        return Ok(());
    }
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(place, error))?;
    let mut left = MOST_UNPACKED;
    for entry in 0..archive.len() {
        let entry = archive.by_index(entry).map_err(|error| damaged(place, error))?;
        let unpacked = io::copy(&mut entry.take(left + 1), &mut io::sink());
        let unpacked = unpacked.map_err(|error| damaged(place, error))?;
        left = left.checked_sub(unpacked).ok_or_else(|| too_large(place))?;
    }
    Ok(())
}

fn too_large(place: &Place) -> DataError {
    let message = format!("the file unpacks to more than {} GiB", MOST_UNPACKED >> 30);
    let remedy = "save the one sheet that is wanted as CSV or Parquet, and read that";
    Diagnostic::new(codes::TOO_LARGE, message, remedy).at(place).into()
}

/// A packed text, unpacked into an unnamed temporary file of at most the limit.
pub(super) fn unpack(packed: impl Read, place: &Place) -> Result<File, DataError> {
    let spool = |error: &io::Error| super::unreadable(place, error);
    let mut spooled = tempfile::tempfile().map_err(|error| spool(&error))?;
    let n = io::copy(&mut packed.take(MOST_UNPACKED + 1), &mut spooled)
        .map_err(|error| damaged(place, error))?;
    if n > MOST_UNPACKED { Err(too_large(place)) } else { Ok(spooled) }
}

/// What `work` gives; a panic in a library that reads the format becomes an error about the file.
///
/// Libraries for binary formats index what a damaged file tells them; they hold no state of ours.
pub(super) fn guarded<T>(
    place: &Place,
    work: impl FnOnce() -> Result<T, DataError>,
) -> Result<T, DataError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(damaged(place, "its parts do not fit together")))
}

/// A text of which no record is longer than the limit: between two line ends outside quotes.
pub(super) struct Records<R> {
    inner: R,
    quoted: bool,
    length: u64,
}

impl<R> Records<R> {
    pub(super) fn new(inner: R) -> Records<R> {
        Records { inner, quoted: false, length: 0 }
    }
}

impl<R: Read> Read for Records<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        // Most blocks hold a line end, and then only what follows the last one counts.
        for &byte in &buffer[..n] {
            match byte {
                b'"' => self.quoted = !self.quoted,
                b'\n' | b'\r' if !self.quoted => self.length = 0,
                _ => {}
            }
            self.length += 1;
        }
        if self.length > LONGEST_RECORD {
            let quote = if self.quoted { "; a quote before it was never closed" } else { "" };
            let limit = LONGEST_RECORD >> 20;
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("one row is longer than {limit} MiB{quote}"),
            ));
        }
        Ok(n)
    }
}

/// How a file looked before it was read.
pub(super) struct Before(Option<(u64, SystemTime)>);

impl Before {
    pub(super) fn of(file: &File) -> Before {
        Before(stamp(file))
    }

    /// An error where the file is another than before.
    pub(super) fn same(&self, file: &File, place: &Place) -> Result<(), DataError> {
        if self.0 == stamp(file) {
            return Ok(());
        }
        let message = "the file changed while it was read";
        let remedy = "wait until it is written, and read it again";
        Err(Diagnostic::new(codes::CHANGED_WHILE_READ, message, remedy).at(place).into())
    }
}

fn stamp(file: &File) -> Option<(u64, SystemTime)> {
    let metadata = file.metadata().ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn longest(text: &str, times: usize) -> io::Result<u64> {
        let endless = text.as_bytes().repeat(times);
        io::copy(&mut Records::new(&endless[..]), &mut io::sink())
    }

    #[test]
    fn a_quote_that_is_never_closed_ends_at_the_limit_and_long_files_do_not() {
        assert!(longest("a,b\n", 20 << 20).is_ok());
        let error = longest("\"a,b\n", (14 << 20) + 1).err();
        // An odd number of quotes leaves some records open and closes others.
        assert!(error.is_none());
        let open = [b"\"".to_vec(), b"a,b\n".repeat(20 << 20)].concat();
        let error = io::copy(&mut Records::new(&open[..]), &mut io::sink()).unwrap_err();
        assert!(error.to_string().contains("never closed"), "{error}");
    }

    #[test]
    fn a_panic_of_a_library_is_an_error_about_the_file() {
        let place = Place { file: "x.xls".into(), sheet: None };
        let result: Result<(), DataError> = guarded(&place, || {
            let none: [u8; 0] = [];
            let at = none.len();
            assert!(none[..].get(at).is_some(), "as a library would");
            Ok(())
        });
        assert!(result.unwrap_err().is_unreadable());
    }
}
