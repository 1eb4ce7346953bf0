//! Where the files of a study go, and the CSV tables on top of it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::error::DemoError;

/// Takes the files of a study, one stream each; several may be open at once.
pub trait Sink {
    /// Opens the file at `path`, relative to the study and with `/` between folders.
    ///
    /// # Errors
    /// What the system says when the file cannot be made.
    fn create(&mut self, path: &str) -> io::Result<Box<dyn Write>>;
}

/// Files below a folder, which is made where it is absent.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder `root`.
    pub fn new(root: impl AsRef<Path>) -> Folder {
        Folder { root: root.as_ref().to_path_buf() }
    }
}

impl Sink for Folder {
    fn create(&mut self, path: &str) -> io::Result<Box<dyn Write>> {
        let path = self.root.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        Ok(Box::new(BufWriter::new(File::create(path)?)))
    }
}

/// Files kept in memory, for tests and for callers that pack them elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<String, Rc<RefCell<Vec<u8>>>>,
}

impl Memory {
    /// The bytes of every file by its path.
    pub fn into_files(self) -> BTreeMap<String, Vec<u8>> {
        self.files.into_iter().map(|(path, bytes)| (path, bytes.take())).collect()
    }
}

struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sink for Memory {
    fn create(&mut self, path: &str) -> io::Result<Box<dyn Write>> {
        let bytes = Rc::new(RefCell::new(Vec::new()));
        self.files.insert(path.to_owned(), Rc::clone(&bytes));
        Ok(Box::new(Shared(bytes)))
    }
}

/// Writes a whole file.
pub(crate) fn put(sink: &mut dyn Sink, path: &str, bytes: &[u8]) -> Result<(), DemoError> {
    sink.create(path)
        .and_then(|mut out| {
            out.write_all(bytes)?;
            out.flush()
        })
        .map_err(|source| DemoError::Write { path: path.to_owned(), source })
}

/// A CSV file that is written row by row.
pub(crate) struct Table {
    path: String,
    rows: csv::Writer<Box<dyn Write>>,
}

impl Table {
    pub(crate) fn create(
        sink: &mut dyn Sink,
        path: &str,
        heading: &[&str],
    ) -> Result<Table, DemoError> {
        let out = sink
            .create(path)
            .map_err(|source| DemoError::Write { path: path.to_owned(), source })?;
        let mut table = Table { path: path.to_owned(), rows: csv::Writer::from_writer(out) };
        table.row(heading)?;
        Ok(table)
    }

    pub(crate) fn row<T: AsRef<[u8]>>(&mut self, cells: &[T]) -> Result<(), DemoError> {
        self.rows.write_record(cells).map_err(|error| self.failed(error.into()))
    }

    /// Flushes; a full disk must not go unnoticed in a drop.
    pub(crate) fn finish(mut self) -> Result<(), DemoError> {
        self.rows.flush().map_err(|error| self.failed(error))
    }

    fn failed(&self, source: io::Error) -> DemoError {
        DemoError::Write { path: self.path.clone(), source }
    }
}

/// A row from values of any kind that can be shown.
macro_rules! cells {
    ($($value:expr),* $(,)?) => { &[$($value.to_string()),*] };
}
pub(crate) use cells;
