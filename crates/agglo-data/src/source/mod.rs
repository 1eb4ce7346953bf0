//! One file as headings and rows, whatever its format.

mod compound;
mod delimited;
mod expand;
mod limits;
mod parquet;
mod partition;
mod remote;
mod sheet;
mod sqlite;

pub(crate) use expand::expand;
pub(crate) use partition::Partitions;
pub(crate) use remote::{is_address, shown};

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use encoding_rs::Encoding;

use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Place, did_you_mean};
use crate::encoding::{Scan, label, peek, scan};
use crate::spec::SourceFile;

/// One cell as the file holds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Empty,
    Text(&'a str),
    Integer(i64),
    Number(f64),
    /// Something that stands for no text and no number, as messages show it.
    Unusable(Unusable, &'a str),
}

/// What a cell holds that is neither text nor number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// A formula that failed.
    Formula,
    /// Bytes that are no text.
    Binary,
    /// A list or a structure.
    Nested,
}

impl Unusable {
    /// What it is, in words.
    pub(crate) const fn what(self) -> &'static str {
        match self {
            Unusable::Formula => "the error of a formula",
            Unusable::Binary => "bytes that are no text",
            Unusable::Nested => "a list or a structure",
        }
    }

    /// What to do.
    pub(crate) const fn remedy(self) -> &'static str {
        match self {
            Unusable::Formula => {
                "the formula in this cell failed: correct it, or write what it should give"
            }
            Unusable::Binary => "these bytes are no text: write the value as text or number",
            Unusable::Nested => "this holds several values: give each a column or a row of its own",
        }
    }
}

impl<'a> Cell<'a> {
    /// The cell as text without blanks at its ends; whole numbers without a point.
    pub(crate) fn text(self, buffer: &'a mut String) -> &'a str {
        use std::fmt::Write as _;
        buffer.clear();
        // Writing to a string cannot fail.
        let _ = match self {
            Cell::Empty => return "",
            Cell::Text(text) => return text.trim(),
            Cell::Unusable(_, text) => return text,
            Cell::Integer(value) => write!(buffer, "{value}"),
            Cell::Number(value) => write!(buffer, "{value}"),
        };
        buffer
    }

    pub(crate) fn is_blank(self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => text.trim().is_empty(),
            Cell::Integer(_) | Cell::Number(_) | Cell::Unusable(..) => false,
        }
    }
}

/// One row of a file.
pub(crate) trait Row {
    fn len(&self) -> usize;
    fn cell(&self, column: usize) -> Cell<'_>;

    fn is_blank(&self) -> bool {
        (0..self.len()).all(|column| self.cell(column).is_blank())
    }

    /// The row of the file it stands for, where that is not the one just read.
    fn number(&self) -> Option<u32> {
        None
    }

    /// Where the cell stands in the file, for rows that a layout has put together: the row counted
    /// from 1, the column from 0.
    fn origin(&self, _column: usize) -> Option<(u32, u16)> {
        None
    }
}

/// One of the first rows of a file, before anything is known of its layout.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct HeadRow {
    /// Counted from 1.
    pub(crate) number: u32,
    /// The cells as text, without blanks at their ends.
    pub(crate) cells: Vec<String>,
}

impl HeadRow {
    fn new(number: u32, row: &dyn Row) -> HeadRow {
        let mut buffer = String::new();
        let cells = (0..row.len()).map(|column| row.cell(column).text(&mut buffer).to_owned());
        HeadRow { number, cells: cells.collect() }
    }

    /// The cells that are not empty, with their columns.
    pub(crate) fn filled(&self) -> impl Iterator<Item = (usize, &str)> {
        let cells = self.cells.iter().enumerate();
        cells.map(|(column, cell)| (column, cell.as_str())).filter(|(_, cell)| !cell.is_empty())
    }
}

/// How many of the first rows are looked at.
pub(crate) const HEAD_ROWS: usize = 40;

/// Cells that are one in a sheet: first and last row counted from 1, first and last column from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Merged {
    pub(crate) rows: (u32, u32),
    pub(crate) columns: (u16, u16),
}

/// The format of a file, told by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceFormat {
    /// CSV, TSV and the like.
    Text,
    /// Excel or OpenDocument.
    Workbook,
    /// Parquet.
    Parquet,
    /// SQLite.
    Database,
}

impl SourceFormat {
    fn of(magic: [u8; 8]) -> SourceFormat {
        if magic.starts_with(b"PAR1") {
            SourceFormat::Parquet
        } else if magic == *b"SQLite f" {
            SourceFormat::Database
        } else if magic.starts_with(b"PK\x03\x04") || magic == *b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
        {
            SourceFormat::Workbook
        } else {
            SourceFormat::Text
        }
    }
}

/// What a reader may say about the file before it is opened.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OpenOptions<'s> {
    pub(crate) encoding: Option<&'s str>,
    /// Used where the bytes are not UTF-8 and no encoding is given.
    pub(crate) fallback: Option<&'static Encoding>,
    pub(crate) delimiter: Option<char>,
    pub(crate) sheet: Option<&'s str>,
    /// The row of the headings, counted from 1; the first that is not blank when `None`.
    pub(crate) header_row: Option<u32>,
    /// The query that a database answers.
    pub(crate) query: Option<&'s str>,
    /// Whether a file that the engine will read may go without its hash, which costs a pass over it.
    pub(crate) unhashed: bool,
}

enum Body {
    Delimited(delimited::Delimited),
    Sheet(sheet::Sheet),
    Parquet(parquet::Rows),
    Database(sqlite::Database),
}

/// An open file.
pub(crate) struct Source {
    pub(crate) format: SourceFormat,
    pub(crate) headings: Vec<String>,
    pub(crate) encoding: String,
    pub(crate) delimiter: Option<u8>,
    pub(crate) sheets: Vec<String>,
    pub(crate) file: SourceFile,
    pub(crate) place: Place,
    pub(crate) scan: Scan,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The first rows, headings included; none where the format names its columns.
    pub(crate) head: Vec<HeadRow>,
    pub(crate) merged: Vec<Merged>,
    /// Columns of Parquet that hold lists, structures or maps.
    pub(crate) nested: Vec<String>,
    /// The file and how it looked before it was read.
    opened: (File, limits::Before),
    body: Body,
    partitions: Partitions,
}

impl Source {
    /// Opens `path`, which messages call `shown`.
    pub(crate) fn open(
        path: &Path,
        shown: &str,
        options: OpenOptions<'_>,
    ) -> Result<Source, DataError> {
        let mut place = Place { file: shown.to_owned(), sheet: None };
        let mut input = open_input(path, options, &place)?;
        let watched = input.try_clone().map_err(|error| unreadable(&place, &error))?;
        let before = limits::Before::of(&watched);
        let peeked = if options.unhashed { peek(&mut input) } else { Ok(None) };
        let mut scan = match peeked.map_err(|error| unreadable(&place, &error))? {
            Some(peeked) => peeked,
            None => scan(&mut input).map_err(|error| unreadable(&place, &error))?,
        };
        input.seek(SeekFrom::Start(0)).map_err(|error| unreadable(&place, &error))?;
        if scan.n_bytes == 0 {
            return Err(empty(&place).into());
        }
        if let Some(unpacked) = unpacked(&input, scan.magic, &place)? {
            let hash = scan.blake3;
            input = unpacked;
            scan = crate::encoding::scan(&mut input).map_err(|error| unreadable(&place, &error))?;
            input.seek(SeekFrom::Start(0)).map_err(|error| unreadable(&place, &error))?;
            // The file is known by what lies on the disk.
            scan.blake3 = hash;
        }
        let format = SourceFormat::of(scan.magic);
        let mut diagnostics = Vec::new();
        let mut encoding = "binary".to_owned();
        let (mut delimiter, mut sheets) = (None, Vec::new());
        let (mut head, mut merged, mut nested) = (Vec::new(), Vec::new(), Vec::new());
        let (mut headings, body) = match format {
            SourceFormat::Text => {
                if let Some(name) = options.encoding {
                    scan.encoding = Encoding::for_label(name.as_bytes()).ok_or_else(|| {
                        let known = ["utf-8", "gb18030", "utf-16le", "utf-16be", "windows-1252"];
                        let message = format!("there is no encoding `{name}`");
                        let hint = did_you_mean(name, known);
                        Diagnostic::new(codes::UNKNOWN_ENCODING, message, hint).at(&place)
                    })?;
                    scan.guessed = false;
                } else if let Some(fallback) = options.fallback
                    && scan.guessed
                {
                    scan.encoding = fallback;
                    scan.guessed = false;
                }
                encoding = label(scan.encoding, scan.byte_order_mark);
                if scan.guessed {
                    let message = format!("read as {encoding}, inferred from the characters");
                    let remedy = format!("confirm with encoding = \"{encoding}\"");
                    diagnostics
                        .push(Diagnostic::new(codes::ENCODING_GUESSED, message, remedy).at(&place));
                }
                let (headings, body) = delimited::open(input, scan.encoding, options, &place)?;
                delimiter = Some(body.delimiter);
                head.clone_from(&body.head);
                (headings, Body::Delimited(body))
            }
            SourceFormat::Workbook => {
                let opened = sheet::open(input, options, &place)?;
                place.sheet = Some(opened.name.clone());
                if let Some((message, remedy)) = opened.passed_over()
                    && options.sheet.is_none()
                {
                    diagnostics
                        .push(Diagnostic::new(codes::SHEET_CHOSEN, message, remedy).at(&place));
                }
                head = opened.sheet.head();
                sheets = opened.sheets;
                merged = opened.merged;
                (opened.headings, Body::Sheet(opened.sheet))
            }
            SourceFormat::Parquet => {
                nested = guarded(&place, || nested_columns(&input, &place))?;
                let (headings, rows) = guarded(&place, || parquet::open(input, &place))?;
                (headings, Body::Parquet(rows))
            }
            SourceFormat::Database => {
                if remote::is_address(&path.to_string_lossy()) {
                    let message = "a database file cannot be read at an address";
                    let remedy = "fetch it once and name the file";
                    return Err(Diagnostic::new(codes::UNREACHABLE, message, remedy)
                        .at(&place)
                        .into());
                }
                let opened = guarded(&place, || sqlite::open(path, options, &place))?;
                sheets = opened.tables;
                place.sheet = Some(opened.name);
                if sheets.len() > 1 && options.sheet.is_none() && options.query.is_none() {
                    let message = format!("{} tables; the first was read", sheets.len());
                    let remedy = format!("name another as sheet: {}", sheets.join(", "));
                    diagnostics
                        .push(Diagnostic::new(codes::SHEET_CHOSEN, message, remedy).at(&place));
                }
                (opened.headings, Body::Database(opened.database))
            }
        };
        let partitions = match format {
            SourceFormat::Text | SourceFormat::Parquet => Partitions::of(shown, &mut headings),
            SourceFormat::Workbook | SourceFormat::Database => Partitions::default(),
        };
        let file = SourceFile {
            path: shown.to_owned(),
            blake3: scan.blake3.clone(),
            sheet: place.sheet.clone(),
        };
        Ok(Source {
            format,
            headings,
            encoding,
            delimiter,
            sheets,
            file,
            place,
            scan,
            diagnostics,
            head,
            merged,
            nested,
            opened: (watched, before),
            body,
            partitions,
        })
    }

    /// The columns that the path of the file tells.
    pub(crate) fn partitions(&self) -> &Partitions {
        &self.partitions
    }

    /// Gives every row that is not blank to `each`, with its number, until `each` says stop: those
    /// below the headings, or `from_top` all of them.
    pub(crate) fn each_row(
        &mut self,
        from_top: bool,
        each: &mut dyn FnMut(u32, &dyn Row) -> bool,
    ) -> Result<(), DataError> {
        let partitions = &self.partitions;
        let with_partitions = &mut |number: u32, row: &dyn Row| each(number, &partitions.with(row));
        let each: &mut dyn FnMut(u32, &dyn Row) -> bool =
            if partitions.is_empty() || from_top { each } else { with_partitions };
        match &mut self.body {
            Body::Delimited(body) => body.each_row(from_top, &self.place, each)?,
            Body::Sheet(body) => body.each_row(from_top, each),
            Body::Parquet(body) => body.each_row(&self.place, each)?,
            Body::Database(body) => body.each_row(&self.place, each)?,
        }
        self.opened.1.same(&self.opened.0, &self.place)?;
        if let Body::Delimited(body) = &self.body
            && body.replaced()
        {
            let message = format!("some bytes are not {}", self.encoding);
            let remedy = "leave `encoding` out, or name the right one";
            self.diagnostics
                .push(Diagnostic::new(codes::UNDECODABLE, message, remedy).at(&self.place));
        }
        Ok(())
    }
}

fn nested_columns(input: &File, place: &Place) -> Result<Vec<String>, DataError> {
    let input = input.try_clone().map_err(|error| unreadable(place, &error))?;
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(input).map_err(|error| damaged(place, error))?;
    let fields = builder.schema().fields().iter().filter(|field| field.data_type().is_nested());
    Ok(fields.map(|field| field.name().clone()).collect())
}

/// The file, or the standard input kept in an unnamed temporary file so that it can be read twice.
fn open_input(path: &Path, options: OpenOptions<'_>, place: &Place) -> Result<File, DataError> {
    if let Some(address) = path.to_str().filter(|text| remote::is_address(text)) {
        return remote::fetch(address, options, place);
    }
    if path.as_os_str() == "-" {
        let mut spool = tempfile::tempfile().map_err(|error| unreadable(place, &error))?;
        io::copy(&mut io::stdin().lock(), &mut spool).map_err(|error| unreadable(place, &error))?;
        spool.seek(SeekFrom::Start(0)).map_err(|error| unreadable(place, &error))?;
        return Ok(spool);
    }
    open_file(path, &place.file)
}

/// The text in a gzip file, or in a zip file that holds one file and is no workbook.
fn unpacked(mut input: &File, magic: [u8; 8], place: &Place) -> Result<Option<File>, DataError> {
    let mut unpacked = if magic.starts_with(b"\x1f\x8b") {
        limits::unpack(flate2::read::MultiGzDecoder::new(input), place)?
    } else if magic.starts_with(b"PK\x03\x04") {
        let mut archive = zip::ZipArchive::new(input).map_err(|error| damaged(place, error))?;
        let is_workbook = archive.file_names().flatten().any(|name| {
            name == "[Content_Types].xml" || name == "mimetype" || name.starts_with("xl/")
        });
        if is_workbook {
            input.seek(SeekFrom::Start(0)).map_err(|error| unreadable(place, &error))?;
            return Ok(None);
        }
        if archive.len() != 1 {
            let message = format!("a zip file of {} files", archive.len());
            let remedy = "unpack it and name the file that is wanted";
            return Err(Diagnostic::new(codes::DAMAGED, message, remedy).at(place).into());
        }
        let entry = archive.by_index(0).map_err(|error| damaged(place, error))?;
        limits::unpack(entry, place)?
    } else {
        return Ok(None);
    };
    unpacked.seek(SeekFrom::Start(0)).map_err(|error| unreadable(place, &error))?;
    Ok(Some(unpacked))
}

/// Opens a file for reading, or says why that cannot be.
pub(crate) fn open_file(path: &Path, shown: &str) -> Result<File, DataError> {
    if path.is_dir() {
        let remedy = "name the file in it, a pattern such as `folder/*.csv`, or all by `folder/`";
        return Err(Diagnostic::new(codes::UNREADABLE, "this is a folder", remedy)
            .file(shown)
            .into());
    }
    if path.exists() && !path.is_file() {
        let message = "this is no file but a device, a pipe or a socket";
        let remedy = "`-` reads the standard input";
        return Err(Diagnostic::new(codes::UNREADABLE, message, remedy).file(shown).into());
    }
    File::open(path).map_err(|error| {
        if error.kind() == io::ErrorKind::NotFound {
            no_file(path, shown).into()
        } else {
            unreadable(&Place { file: shown.to_owned(), sheet: None }, &error)
        }
    })
}

fn no_file(path: &Path, shown: &str) -> Diagnostic {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut beside: Vec<String> = std::fs::read_dir(folder.unwrap_or(Path::new(".")))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    beside.sort_unstable();
    let hint = did_you_mean(&name, beside.iter().map(String::as_str));
    let remedy = if hint.is_empty() { "check the path".to_owned() } else { hint };
    Diagnostic::new(codes::NO_FILE, "there is no such file", remedy).file(shown)
}

pub(crate) fn unreadable(place: &Place, error: &io::Error) -> DataError {
    Diagnostic::new(codes::UNREADABLE, format!("cannot read: {error}"), "check its permissions")
        .at(place)
        .into()
}

pub(crate) fn damaged(place: &Place, error: impl std::fmt::Display) -> DataError {
    let remedy = "open it with the program it came from and save it again";
    Diagnostic::new(codes::DAMAGED, format!("cannot be understood: {error}"), remedy)
        .at(place)
        .into()
}

fn empty(place: &Place) -> Diagnostic {
    let remedy = "fetch the file again, or remove it from the study";
    Diagnostic::new(codes::EMPTY_FILE, "the file holds nothing", remedy).at(place)
}

/// Headings without blanks at their ends, empty ones kept.
fn clean_headings<'h>(headings: impl Iterator<Item = &'h str>) -> Vec<String> {
    let clean = |heading: &str| heading.split_whitespace().collect::<Vec<_>>().join(" ");
    headings.map(|heading| clean(heading.trim_start_matches('\u{feff}'))).collect()
}

use limits::guarded;

/// Reads up to `limit` bytes.
fn read_at_most(reader: &mut impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(limit as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}
