//! Readers: the layouts that agglo understands, and the one way through a file.

pub(crate) mod bea;
mod collect;
mod plan;
mod tidy;
mod wide;

use std::path::{Path, PathBuf};

use agglo_core::{Gap, Note, Text};
use encoding_rs::{Encoding, WINDOWS_1252};

use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Severity, did_you_mean};
use crate::number::{NumberFormat, year_in_heading};
use crate::source::{OpenOptions, Source, expand};
use crate::spec::{ReadSpec, Reading};
use crate::table::{TableSpec, table_spec, tables};

use collect::{Collector, FileContext};
pub(crate) use plan::{Binding, Plan, Request, fold};

/// One layout that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReaderInfo {
    /// Its id.
    pub id: &'static str,
    /// One line for people.
    pub help: Text,
}

struct Reader {
    info: ReaderInfo,
    plan: fn(&Request<'_>) -> Result<Plan, DataError>,
    marks: &'static [(&'static str, Gap)],
    fallback: Option<&'static Encoding>,
}

const READERS: [Reader; 3] = [
    Reader {
        info: ReaderInfo {
            id: "tidy",
            help: Text::new("one row per key, one column per measure", "每行一个键、每列一个指标"),
        },
        plan: tidy::plan,
        marks: &[],
        fallback: None,
    },
    Reader {
        info: ReaderInfo {
            id: "wide",
            help: Text::new("one row per key, one column per period", "每行一个键、每列一个年份"),
        },
        plan: wide::plan,
        marks: &[],
        fallback: None,
    },
    Reader {
        info: ReaderInfo {
            id: "bea-cagdp2",
            help: Text::new(
                "GDP by county and industry, Bureau of Economic Analysis",
                "美国经济分析局分县分行业 GDP",
            ),
        },
        plan: bea::plan,
        marks: &bea::MARKS,
        fallback: Some(WINDOWS_1252),
    },
];

/// The layouts that can be read.
pub fn readers() -> Vec<ReaderInfo> {
    READERS.iter().map(|reader| reader.info).collect()
}

fn find(id: &str) -> Result<&'static Reader, DataError> {
    READERS.iter().find(|reader| reader.info.id == id).ok_or_else(|| {
        let hint = did_you_mean(id, READERS.iter().map(|reader| reader.info.id));
        Diagnostic::new(codes::UNKNOWN_READER, format!("there is no reader `{id}`"), hint).into()
    })
}

/// The layout that `headings` show, and why.
pub(crate) fn recognize(headings: &[String], spec: Option<&ReadSpec>) -> (&'static str, String) {
    let has = |name: &str| headings.iter().any(|heading| heading == name);
    if bea::HEADINGS.iter().all(|name| has(name)) {
        return ("bea-cagdp2", format!("the headings {} are there", bea::HEADINGS.join(", ")));
    }
    if spec.is_some_and(|spec| spec.periods_across.is_some()) {
        return ("wide", "`periods_across` is given".to_owned());
    }
    let years: Vec<&String> =
        headings.iter().filter(|heading| year_in_heading(heading).is_some()).collect();
    let mapped = |name: &str| {
        spec.is_some_and(|spec| {
            spec.columns.contains_key(name) || spec.constants.contains_key(name)
        })
    };
    let period = mapped("period")
        || headings.iter().any(|heading| matches!(fold(heading).as_str(), "period" | "year"));
    if years.len() >= 2 && !period {
        let (first, last) = (years[0], years[years.len() - 1]);
        return ("wide", format!("{} headings are years, {first} to {last}", years.len()));
    }
    ("tidy", "each heading names one variable".to_owned())
}

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
        let opened = open(spec, &path, &shown, reader).and_then(|(source, chosen)| {
            let request = Request { spec, table, headings: &source.headings, place: &source.place };
            let (plan, format) = plan_file(chosen, &request, collector.as_ref())?;
            Ok((source, chosen, plan, format))
        });
        let (mut source, chosen, plan, format) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                failures.extend(error.diagnostics().iter().cloned());
                continue;
            }
        };
        if reader.is_none() {
            let (id, why) = recognize(&source.headings, Some(spec));
            reading.notes.push(Note::new(
                "reader-recognized",
                format!("{shown}: read as `{id}`, because {why}"),
                format!("{shown}：按 `{id}` 版式读取"),
            ));
            reader = Some(chosen);
        }
        if reading.encoding.is_empty() {
            reading.encoding.clone_from(&source.encoding);
            reading.notes.extend(plan.notes.iter().cloned());
        }
        let taker = collector.get_or_insert_with(|| Collector::new(table, plan.targets.clone()));
        let (headings, place) = (source.headings.clone(), source.place.clone());
        let context =
            FileContext { plan: &plan, format: &format, headings: &headings, place: &place };
        let before = (taker.n_read, taker.n_filtered);
        taker.begin_file(source.file.clone());
        source.each_row(&mut |number, row| {
            taker.row(&context, number, row);
            true
        })?;
        for diagnostic in source.diagnostics {
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
    reading.rows_filtered = collector.n_filtered;
    reading.rows_notes = collector.n_remarks;
    let (frame, origins, sink) = collector.finish();
    reading.files.clone_from(&origins.files);
    (reading.frame, reading.origins) = (frame, origins);
    reading.diagnostics = sink.into_vec();
    Ok(reading)
}

/// The file with the reader for it, which its headings show where none is given.
fn open(
    spec: &ReadSpec,
    path: &Path,
    shown: &str,
    reader: Option<&'static Reader>,
) -> Result<(Source, &'static Reader), DataError> {
    let options = OpenOptions {
        encoding: spec.encoding.as_deref(),
        fallback: reader.and_then(|reader| reader.fallback),
        delimiter: spec.delimiter,
        sheet: spec.sheet.as_deref(),
    };
    let source = Source::open(path, shown, options)?;
    if let Some(reader) = reader {
        return Ok((source, reader));
    }
    let reader = find(recognize(&source.headings, Some(spec)).0)?;
    // The encoding that this reader falls back on is known only now.
    if source.scan.guessed && reader.fallback.is_some() && path.as_os_str() != "-" {
        let options = OpenOptions { fallback: reader.fallback, ..options };
        return Ok((Source::open(path, shown, options)?, reader));
    }
    Ok((source, reader))
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
        let names = |targets: &[plan::Target]| {
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
    plan_file(&READERS[0], request, None)
}
