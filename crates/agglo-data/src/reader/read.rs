//! The one way through a source: open each file, recognize its layout, take its rows.

use std::path::{Path, PathBuf};

use agglo_core::Note;

use super::collect::{Collector, FileContext};
use super::plan::{Plan, Request, RowKind, Target};
use super::shape::Shaper;
use super::{Look, Reader, Recognized, find, recognize, tidy};
use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Severity, did_you_mean};
use crate::number::NumberFormat;
use crate::source::{OpenOptions, Row, Source, expand};
use crate::spec::{ReadSpec, Reading};
use crate::table::{TableSpec, table_spec, tables};

/// Reads one source: all files it names, as one canonical table.
///
/// Rows with an error are left out, counted and reported, the first few of each kind with file,
/// sheet, row and column; rows used and rejected add up to rows read. Cost: O(rows) time; memory
/// for the rows used, never for the file.
///
/// # Errors
/// When no row can be read: no file, not readable, empty, or headings that do not answer the
/// table's columns.
pub fn read(spec: &ReadSpec, root: &Path) -> Result<Reading, DataError> {
    let table = table_spec(&spec.table).ok_or_else(|| {
        let hint = did_you_mean(&spec.table, tables().iter().map(|table| table.name));
        let message = format!("there is no table `{}`", spec.table);
        DataError::from(Diagnostic::new(codes::UNKNOWN_TABLE, message, hint))
    })?;
    read_as(table, spec, root)
}

/// Reads one source as `table`, which need not be one of the canonical tables.
///
/// # Errors
/// As [`read`].
pub fn read_as(
    table: &'static TableSpec,
    spec: &ReadSpec,
    root: &Path,
) -> Result<Reading, DataError> {
    let mut reader = spec.reader.as_deref().map(find).transpose()?;
    let mut collector: Option<Collector> = None;
    let mut reading = Reading::default();
    let mut failures: Vec<Diagnostic> = Vec::new();
    let mut n_rows = 0u64;
    for (path, shown) in expand(&spec.file, root)? {
        let opened = open(spec, &path, &shown, reader).and_then(|opened| {
            let (headings, place) = (&opened.headings, &opened.source.place);
            let request = Request { spec, table, headings, place };
            let (plan, format) = plan_file(opened.reader, &request, collector.as_ref())?;
            Ok((opened, plan, format))
        });
        let (mut opened, plan, format) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                failures.extend(error.diagnostics().iter().cloned());
                continue;
            }
        };
        if let Some(recognized) = &opened.recognized {
            let (id, why) = (opened.reader.info.id, &recognized.why);
            reading.notes.push(Note::new(
                "reader-recognized",
                format!("{shown}: read as `{id}`, because {why}"),
                format!("{shown}：按 `{id}` 版式读取"),
            ));
        }
        reader = Some(opened.reader);
        if reading.encoding.is_empty() {
            reading.encoding.clone_from(&opened.source.encoding);
        }
        for note in &plan.notes {
            if !reading.notes.contains(note) {
                reading.notes.push(note.clone());
            }
        }
        let taker = collector.get_or_insert_with(|| Collector::new(table, plan.targets.clone()));
        let (headings, place) = (opened.headings.clone(), opened.source.place.clone());
        let context =
            FileContext { plan: &plan, format: &format, headings: &headings, place: &place };
        let before = (taker.n_read, taker.n_filtered);
        taker.begin_file(opened.source.file.clone());
        take_rows(&mut opened, &context, taker)?;
        if let Some(shaper) = &opened.shaper {
            reading.notes.extend(shaper.notes());
            for diagnostic in shaper.diagnostics(&place) {
                taker.sink.push(diagnostic.code, || diagnostic);
            }
        }
        for diagnostic in opened.source.diagnostics {
            taker.sink.push(diagnostic.code, || diagnostic);
        }
        let after = (taker.n_read, taker.n_filtered);
        n_rows += after.0 + after.1 - before.0 - before.1;
        if after == before {
            let remedy = "remove the file, or fetch it again";
            let message = "there is a heading row and no data below it";
            failures.push(Diagnostic::new(codes::HEADER_ONLY, message, remedy).at(&place));
        } else if after.0 == before.0 {
            taker.sink.push(codes::ALL_FILTERED, || {
                let remedy = "check the values in `filter` against the file";
                Diagnostic::new(codes::ALL_FILTERED, "the filter keeps no row", remedy).at(&place)
            });
        }
    }
    // One empty file among many is worth a message and no more; anything else stops.
    let only_empty = failures.iter().all(|failure| failure.code == codes::HEADER_ONLY);
    let (Some(mut collector), true, true) = (collector, only_empty, n_rows > 0) else {
        return Err(failures.into());
    };
    for mut failure in failures {
        failure.severity = Severity::Warning;
        collector.sink.push(failure.code, || failure);
    }
    reader.map_or("", |reader| reader.info.id).clone_into(&mut reading.reader);
    reading.rows_read = collector.n_read;
    reading.rows_used = collector.n_used;
    reading.rows_rejected = collector.n_read - collector.n_used;
    reading.rows_totals = collector.n_totals;
    reading.rows_filtered = collector.n_filtered;
    reading.rows_notes = collector.n_remarks;
    let (parts, totals, sink) = collector.finish();
    reading.files.clone_from(&parts.origins.files);
    (reading.frame, reading.origins, reading.marks) = (parts.frame, parts.origins, parts.marks);
    reading.totals = totals;
    reading.diagnostics = sink.into_vec();
    if spec.strict {
        for diagnostic in &mut reading.diagnostics {
            if diagnostic.severity == Severity::Warning {
                diagnostic.severity = Severity::Error;
            }
        }
    }
    Ok(reading)
}

fn take_rows(
    opened: &mut Opened,
    context: &FileContext<'_>,
    taker: &mut Collector,
) -> Result<(), DataError> {
    opened.each_row(&mut |number, kind, row| {
        taker.row(context, number, row, kind);
        true
    })
}

/// A file with the layout it is read in.
pub(crate) struct Opened {
    pub(crate) source: Source,
    pub(crate) reader: &'static Reader,
    /// Why this reader, where none was named.
    pub(crate) recognized: Option<Recognized>,
    pub(crate) shaper: Option<Box<dyn Shaper>>,
    pub(crate) headings: Vec<String>,
}

/// Takes a row with its number and what the layout says of it; says whether to go on.
pub(crate) type EachRow<'e> = dyn FnMut(u32, Option<RowKind>, &dyn Row) -> bool + 'e;

impl Opened {
    /// Gives every row of the table to `each`, with the number of the row in the file and what the
    /// layout says of it, until `each` says stop.
    pub(crate) fn each_row(&mut self, each: &mut EachRow<'_>) -> Result<(), DataError> {
        let Some(shaper) = &mut self.shaper else {
            return self.source.each_row(false, &mut |number, row| each(number, None, row));
        };
        let mut go_on = true;
        self.source.each_row(true, &mut |number, row| {
            shaper.row(number, row, &mut |kind, row| {
                go_on &= each(row.number().unwrap_or(number), Some(kind), row);
            });
            go_on
        })?;
        if go_on {
            shaper.finish(&mut |kind, row| {
                each(row.number().unwrap_or_default(), Some(kind), row);
            });
        }
        Ok(())
    }
}

/// The file with the reader for it, which is recognized where none is given.
pub(crate) fn open(
    spec: &ReadSpec,
    path: &Path,
    shown: &str,
    reader: Option<&'static Reader>,
) -> Result<Opened, DataError> {
    let mut options = OpenOptions {
        encoding: spec.encoding.as_deref(),
        fallback: reader.and_then(|reader| reader.fallback),
        delimiter: spec.delimiter,
        sheet: spec.sheet.as_deref(),
        header_row: spec.header_row,
        query: spec.query.as_deref(),
        unhashed: false,
    };
    let mut source = Source::open(path, shown, options)?;
    let (reader, recognized) = match reader {
        Some(reader) => (reader, None),
        None => {
            let (reader, recognized) = recognize(&Look::new(&source, spec));
            (reader, Some(recognized))
        }
    };
    let wanted = reader.sheet.filter(|_| spec.sheet.is_none());
    let wanted = wanted.and_then(|choose| choose(&source.sheets));
    let another_sheet = wanted.is_some() && wanted != source.place.sheet;
    // The encoding that this reader falls back on is known only now.
    let another_encoding =
        source.scan.guessed && reader.fallback.is_some() && path.as_os_str() != "-";
    if another_sheet || another_encoding {
        options.fallback = reader.fallback;
        options.sheet = wanted.as_deref().or(options.sheet);
        source = Source::open(path, shown, options)?;
    }
    let mut shaper = reader.shape.map(|shape| shape(&Look::new(&source, spec))).transpose()?;
    if let Some(shaper) = shaper.as_mut().filter(|shaper| shaper.surveys()) {
        let mut rows = Vec::new();
        source.each_row(true, &mut |number, row| {
            rows.push((number, (0..row.len()).map(|column| row.cell(column).into()).collect()));
            true
        })?;
        shaper.survey(rows)?;
    }
    let headings = match &shaper {
        Some(shaper) => shaper.headings().to_vec(),
        None => source.headings.clone(),
    };
    Ok(Opened { source, reader, recognized, shaper, headings })
}

fn plan_file(
    reader: &Reader,
    request: &Request<'_>,
    before: Option<&Collector>,
) -> Result<(Plan, NumberFormat), DataError> {
    request.check_names()?;
    let plan = (reader.plan)(request)?;
    if let Some(before) = before
        && before.targets() != plan.targets
    {
        let names = |targets: &[Target]| {
            targets.iter().map(|target| target.name.clone()).collect::<Vec<_>>().join(", ")
        };
        let (here, there) = (names(&plan.targets), names(before.targets()));
        let message = format!("this file gives {here}; those before it give {there}");
        let remedy = "read files of another shape with an entry of their own";
        return Err(request.refuse(codes::FILES_DIFFER, message, remedy));
    }
    Ok((plan, request.number_format(reader.marks)?))
}

/// The files that `spec` names, in order.
///
/// # Errors
/// When a pattern names none.
pub fn files(spec: &ReadSpec, root: &Path) -> Result<Vec<PathBuf>, DataError> {
    Ok(expand(&spec.file, root)?.into_iter().map(|(path, _)| path).collect())
}

/// The plan of a tidy source, for the reduction that runs in the engine.
pub(crate) fn tidy_plan(request: &Request<'_>) -> Result<(Plan, NumberFormat), DataError> {
    plan_file(&tidy::READER, request, None)
}
