//! What a file may cost: packed files that unpack to terabytes, records that never end, files that
//! change while they are read, programs that panic.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
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

/// A sheet whose cells stand too far apart.
pub(super) fn too_far(place: &Place) -> DataError {
    let message = "a sheet reaches absurdly far for the size of its file";
    let remedy = "save it as XLSX or CSV, and read that";
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

/// A text that is refused once more of it was asked for than the longest record: whoever finds the ends
/// of records in it sets the count back after each, since only they know which quotes count.
pub(super) struct Records<R> {
    inner: R,
    asked: Arc<AtomicU64>,
}

impl<R> Records<R> {
    pub(super) fn new(inner: R, asked: Arc<AtomicU64>) -> Records<R> {
        Records { inner, asked }
    }
}

impl<R: Read> Read for Records<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        // Empty lines are no part of a record.
        if buffer[..n].iter().all(|byte| matches!(byte, b'\n' | b'\r')) {
            return Ok(n);
        }
        let asked = self.asked.fetch_add(n as u64, Relaxed) + n as u64;
        if asked > LONGEST_RECORD {
            let limit = LONGEST_RECORD >> 20;
            let message =
                format!("this row is longer than {limit} MiB; a quote in it is never closed");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
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
