//! CSV, TSV and their relatives, streamed.

use std::fs::File;
use std::io::{Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use encoding_rs::Encoding;

use super::limits::Records;
use super::{
    Cell, HEAD_ROWS, HeadRow, OpenOptions, Row, clean_headings, damaged, empty, read_at_most,
    unreadable,
};
use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Place};
use crate::encoding::Utf8Reader;

pub(super) struct Delimited {
    reader: csv::Reader<Box<dyn Read + Send>>,
    pub(super) delimiter: u8,
    pub(super) head: Vec<HeadRow>,
    /// The rows above the first of data, the headings last.
    above: Vec<csv::StringRecord>,
    replaced: Arc<AtomicBool>,
    /// Bytes taken since the end of the last record.
    asked: Arc<AtomicU64>,
}

/// Enough of a file to see its layout.
const HEAD_BYTES: usize = 1 << 16;

impl Row for csv::StringRecord {
    fn len(&self) -> usize {
        csv::StringRecord::len(self)
    }

    fn cell(&self, column: usize) -> Cell<'_> {
        self.get(column).map_or(Cell::Empty, Cell::Text)
    }
}

pub(super) fn open(
    file: File,
    encoding: &'static Encoding,
    options: OpenOptions<'_>,
    place: &Place,
) -> Result<(Vec<String>, Delimited), DataError> {
    let replaced = Arc::new(AtomicBool::new(false));
    let asked = Arc::new(AtomicU64::new(0));
    let mut text = Records::new(Utf8Reader::new(file, encoding, replaced.clone()), asked.clone());
    let head = read_at_most(&mut text, HEAD_BYTES).map_err(|error| unreadable(place, &error))?;
    let delimiter = match options.delimiter {
        Some(sign) if sign.is_ascii() => sign as u8,
        Some(sign) => {
            let message = format!("`{sign}` cannot be the delimiter");
            let remedy = "use `,`, `;`, `|` or a tab";
            return Err(Diagnostic::new(codes::BAD_SETTING, message, remedy).at(place).into());
        }
        None => guess_delimiter(&String::from_utf8_lossy(&head)),
    };
    let rows_seen = head_rows(&head, delimiter);
    let all: Box<dyn Read + Send> = Box::new(Cursor::new(head).chain(text));
    let mut reader = csv_reader(all, delimiter);
    let mut above = Vec::new();
    loop {
        let mut record = csv::StringRecord::new();
        if !next_record(&mut reader, &mut record, &asked, place)? {
            return Err(empty(place).into());
        }
        let line = line_of(&record);
        let is_blank = Row::is_blank(&record);
        if !is_blank {
            above.push(record);
        }
        if options.header_row.map_or(!is_blank, |row| line >= row) {
            break;
        }
    }
    let headings = clean_headings(above.last().into_iter().flatten());
    Ok((headings, Delimited { reader, delimiter, head: rows_seen, above, replaced, asked }))
}

fn csv_reader<R: Read>(from: R, delimiter: u8) -> csv::Reader<R> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(1 << 18)
        .from_reader(from)
}

fn line_of(record: &csv::StringRecord) -> u32 {
    record.position().map_or(0, csv::Position::line) as u32
}

/// The rows in the first bytes of a file, as far as they are whole.
fn head_rows(head: &[u8], delimiter: u8) -> Vec<HeadRow> {
    let whole = if head.len() < HEAD_BYTES {
        head.len()
    } else {
        head.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1)
    };
    let text = String::from_utf8_lossy(&head[..whole]);
    let mut reader = csv_reader(text.as_bytes(), delimiter);
    let rows = reader.records().map_while(Result::ok).filter(|record| !Row::is_blank(record));
    rows.take(HEAD_ROWS).map(|record| HeadRow::new(line_of(&record), &record)).collect()
}

/// Whether there was one more record.
fn next_record<R: Read>(
    reader: &mut csv::Reader<R>,
    record: &mut csv::StringRecord,
    asked: &AtomicU64,
    place: &Place,
) -> Result<bool, DataError> {
    let line = reader.position().line() as u32;
    let found = reader.read_record(record).map_err(|error| csv_error(place, line, &error))?;
    asked.store(0, Relaxed);
    Ok(found)
}

/// What went wrong in the record that begins in `line`.
fn csv_error(place: &Place, line: u32, error: &csv::Error) -> DataError {
    match error.kind() {
        csv::ErrorKind::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            let remedy = "close the quote, or set the delimiter; one row must fit into memory";
            Diagnostic::new(codes::TOO_LARGE, error.to_string(), remedy).at(place).row(line).into()
        }
        csv::ErrorKind::Io(error) => unreadable(place, error),
        _ => damaged(place, error),
    }
}

impl Delimited {
    pub(super) fn each_row(
        &mut self,
        from_top: bool,
        place: &Place,
        each: &mut dyn FnMut(u32, &dyn Row) -> bool,
    ) -> Result<(), DataError> {
        if from_top {
            for record in &self.above {
                if !each(line_of(record), record) {
                    return Ok(());
                }
            }
        }
        let mut record = csv::StringRecord::new();
        while next_record(&mut self.reader, &mut record, &self.asked, place)? {
            if Row::is_blank(&record) {
                continue;
            }
            if !each(line_of(&record), &record) {
                break;
            }
        }
        Ok(())
    }

    pub(super) fn replaced(&self) -> bool {
        self.replaced.load(Relaxed)
    }
}

/// The sign that splits most of the first lines into as many fields as the first, and into most.
fn guess_delimiter(head: &str) -> u8 {
    let lines: Vec<&str> = head.lines().filter(|line| !line.trim().is_empty()).take(50).collect();
    // The last line may be cut off by the size of the sample.
    let lines = if lines.len() > 2 { &lines[..lines.len() - 1] } else { &lines[..] };
    let Some(first) = lines.first() else { return b',' };
    let score = |sign: u8| {
        let fields = count_outside_quotes(first, sign);
        let alike = lines.iter().filter(|l| count_outside_quotes(l, sign) == fields).count();
        if fields == 0 { (0, 0) } else { (alike * 100 / lines.len() / 20, fields) }
    };
    // Nobody writes tabs into names, and many write commas into them.
    if score(b'\t').0 == 5 {
        return b'\t';
    }
    // On a tie the earlier candidate wins.
    let mut best = (b',', (0, 0));
    for sign in [b',', b'\t', b';', b'|'] {
        let score = score(sign);
        if score > best.1 {
            best = (sign, score);
        }
    }
    best.0
}

fn count_outside_quotes(line: &str, sign: u8) -> usize {
    let mut quoted = false;
    let mut count = 0;
    for byte in line.bytes() {
        quoted ^= byte == b'"';
        count += usize::from(!quoted && byte == sign);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::guess_delimiter;

    #[test]
    fn the_delimiter_is_the_sign_that_splits_lines_alike() {
        assert_eq!(guess_delimiter("a,b,c\n1,2,3\n4,5,6\n"), b',');
        assert_eq!(guess_delimiter("a;b\n1,5;2,5\n1,7;3,5\n"), b';');
        assert_eq!(guess_delimiter("a\tb\nx, y\tz\nv\tw, u\n"), b'\t');
        assert_eq!(guess_delimiter("name;place\n\"a;b\";c\n"), b';');
        assert_eq!(guess_delimiter("u,n,geo\\time\t2015 \nT,A,AT\t1 \n"), b'\t');
        assert_eq!(guess_delimiter("one\ntwo\n"), b',');
    }
}
