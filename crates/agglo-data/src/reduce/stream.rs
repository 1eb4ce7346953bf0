//! Rows that only a reader of ours can open: other encodings, databases, what lies at an address.
//!
//! They are never all in memory: a thread reads, and hands them over in batches of texts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{ArrayRef, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::DataFusionError;

use super::facet::What;
use super::job::{Job, Text};
use crate::diagnostic::{DataError, Diagnostic, Severity};
use crate::source::{Cell, OpenOptions, Row, Source};
use crate::spec::ReadSpec;

/// Rows handed over at once.
const BATCH: usize = 1 << 15;

/// A file of a register that is read row by row.
pub(super) struct Stream {
    path: PathBuf,
    shown: String,
    headings: Vec<String>,
    /// It, where it is open already.
    opened: Mutex<Option<Source>>,
}

/// What a reader hands over: rows, or `None` where they are not what the others are.
type Batches = Receiver<Result<Option<RecordBatch>, DataError>>;

impl Stream {
    pub(super) fn new(
        path: &Path,
        shown: &str,
        headings: &[String],
        opened: Option<Source>,
    ) -> Stream {
        Stream {
            path: path.to_owned(),
            shown: shown.to_owned(),
            headings: headings.to_vec(),
            opened: Mutex::new(opened),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn open_source(
        path: &Path,
        shown: &str,
        spec: &ReadSpec,
    ) -> Result<Source, DataError> {
        let options = OpenOptions {
            encoding: spec.encoding.as_deref(),
            delimiter: spec.delimiter,
            sheet: spec.sheet.as_deref(),
            query: spec.query.as_deref(),
            header_row: spec.header_row,
            unhashed: true,
            ..OpenOptions::default()
        };
        Source::open(path, shown, options)
    }

    /// Hands the rows to `each`, batch by batch, until it says stop or has an error; `false` when they are not
    /// what the job takes.
    pub(super) fn each_batch(
        &self,
        job: &Job,
        each: &mut dyn FnMut(RecordBatch) -> Result<bool, DataFusionError>,
    ) -> Result<bool, DataFusionError> {
        let columns = &job.columns();
        std::thread::scope(|scope| {
            // A batch waits while the one before is grouped; a reader that nobody listens to any more stops.
            let (sender, batches): (_, Batches) = sync_channel(1);
            scope.spawn(move || self.read(job, columns, &sender));
            for batch in batches {
                let batch = batch.map_err(|error| DataFusionError::External(Box::new(error)))?;
                let Some(batch) = batch else { return Ok(false) };
                if !each(batch)? {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    fn read(
        &self,
        job: &Job,
        columns: &[usize],
        sender: &SyncSender<Result<Option<RecordBatch>, DataError>>,
    ) {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner).take();
        let source = match (opened, &job.spec) {
            (Some(source), _) => Ok(source),
            (None, Some(spec)) => Stream::open_source(&self.path, &self.shown, spec),
            (None, None) => return,
        };
        let mut source = match source {
            Ok(source) if source.headings == self.headings => source,
            Ok(_) => return drop(sender.send(Ok(None))),
            Err(error) => return drop(sender.send(Err(error))),
        };
        let mut texts = Texts::new(columns);
        let width = self.headings.len();
        let mut fits = true;
        let read = source.each_row(false, &mut |_, row| {
            fits = row.len() == width && texts.push(row);
            let full = texts.n_rows == BATCH;
            fits && (!full || sender.send(Ok(Some(texts.batch()))).is_ok())
        });
        let last = match read {
            Err(error) => Err(error),
            Ok(()) if !fits || source.diagnostics.iter().any(is_error) => Ok(None),
            Ok(()) => Ok(Some(texts.batch())),
        };
        // Who does not listen any more knows why.
        drop(sender.send(last));
    }
}

fn is_error(found: &Diagnostic) -> bool {
    found.severity == Severity::Error
}

impl Job {
    /// The columns of a streamed file that are looked at, by number.
    fn columns(&self) -> Vec<usize> {
        let facets = self.further.iter().flat_map(|further| &further.facets);
        let of_facets = facets.flat_map(|facet| match &facet.what {
            What::Class(_) => Vec::new(),
            What::State { opened, closed, period } => vec![opened, closed, period],
            What::Square { at, .. } | What::Code(at) => vec![at],
        });
        let texts = self.keys.iter().map(|key| &key.text).chain(of_facets);
        let names = texts.filter_map(|text| match text {
            Text::Column(name) => Some(name.as_str()),
            _ => None,
        });
        let number = |name: &str| name.strip_prefix('c')?.parse().ok();
        let mut columns: Vec<usize> =
            names.chain([self.measure.as_str()]).filter_map(number).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }
}

/// Some columns of rows, as texts.
struct Texts {
    columns: BTreeMap<usize, StringBuilder>,
    schema: SchemaRef,
    n_rows: usize,
}

impl Texts {
    fn new(columns: &[usize]) -> Texts {
        let field = |column: &usize| Field::new(format!("c{column}"), DataType::Utf8, true);
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
        let columns = columns.iter().map(|column| (*column, StringBuilder::new())).collect();
        Texts { columns, schema, n_rows: 0 }
    }

    /// Takes a row; `false` where a cell is neither text nor number.
    fn push(&mut self, row: &dyn Row) -> bool {
        self.n_rows += 1;
        self.columns.iter_mut().all(|(column, texts)| {
            match row.cell(*column) {
                Cell::Empty => texts.append_null(),
                Cell::Text(text) => texts.append_value(text),
                Cell::Integer(value) => texts.append_value(value.to_string()),
                Cell::Number(value) => texts.append_value(value.to_string()),
                Cell::Unusable(..) => return false,
            }
            true
        })
    }

    /// The rows taken so far; none are left.
    fn batch(&mut self) -> RecordBatch {
        self.n_rows = 0;
        let arrays = self.columns.values_mut().map(|texts| Arc::new(texts.finish()) as ArrayRef);
        let arrays: Vec<ArrayRef> = arrays.collect();
        RecordBatch::try_new(self.schema.clone(), arrays)
            .unwrap_or_else(|_| RecordBatch::new_empty(self.schema.clone()))
    }
}
