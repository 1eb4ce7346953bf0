//! What to ask the engine, and of which rows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use agglo_core::{Column, Datum, Frame, Gap, Values};
use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};

use super::engine_error;
use super::facet::{Further, further};
use super::statistic::Statistic;
use super::stream::Stream;
use crate::codes;
use crate::diagnostic::{DataError, Diagnostic};
use crate::number::NumberFormat;
use crate::reader::{Binding, Look, Plan, Request, recognize, tidy_plan};
use crate::source::{OpenOptions, Partitions, Source, SourceFormat, expand, is_address};
use crate::spec::ReadSpec;
use crate::table::{Kind, Sign, table_spec};

/// How the engine reads the files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Csv { n_columns: usize, delimiter: u8, quotes: bool },
    Parquet,
}

/// Where rows are.
pub(super) enum Rows {
    Files {
        format: Format,
        extension: String,
        paths: Vec<String>,
    },
    Memory(RecordBatch),
    /// What only a reader of ours can open, row by row.
    Stream(Box<Stream>),
}

/// Files whose folders tell the same, one that is streamed, or rows that were read.
pub(super) struct Part {
    pub(super) rows: Rows,
    /// The files as messages call them.
    pub(super) shown: Vec<String>,
    told: Partitions,
}

/// Where a key or a filter finds its text.
#[derive(Clone)]
pub(super) enum Text {
    Column(String),
    Constant(String),
    /// A column that the folders tell, by its place.
    Told(usize),
    None,
}

/// What a text of a row is for.
pub(super) enum KeyRole {
    Region,
    Industry,
    Period,
    /// Only rows with one of these are kept; blanks at the ends do not count.
    Filter(Vec<String>),
}

/// A text that every row has.
pub(super) struct Key {
    pub(super) role: KeyRole,
    pub(super) text: Text,
    /// Its column in an answer.
    pub(super) column: String,
}

impl Key {
    /// Its column in an answer, if it has one.
    pub(super) fn column_in<'b>(&self, batch: &'b RecordBatch) -> Option<&'b ArrayRef> {
        batch.column_by_name(&self.column)
    }

    /// The text that all rows of `part` have.
    pub(super) fn told<'t>(&'t self, part: &'t Part) -> Option<&'t str> {
        self.text.told(part)
    }
}

impl Text {
    /// The text that all rows of `part` have.
    pub(super) fn told<'t>(&'t self, part: &'t Part) -> Option<&'t str> {
        match self {
            Text::Constant(text) => Some(text),
            Text::Told(column) => part.told.told(*column),
            Text::Column(_) | Text::None => None,
        }
    }
}

pub(super) struct Job {
    pub(super) parts: Vec<Part>,
    pub(super) format: SourceFormat,
    pub(super) keys: Vec<Key>,
    /// What is asked besides cells.
    pub(super) further: Vec<Further>,
    pub(super) measure: String,
    pub(super) measured: Measured,
    /// Whether a negative value is an error, which the careful reader then names.
    pub(super) zero_or_more: bool,
    number_format: NumberFormat,
    /// How its streams are opened.
    pub(super) spec: Option<ReadSpec>,
}

/// What the cells measure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Measured {
    pub(super) name: String,
    pub(super) unit: String,
    /// Decimal places kept.
    pub(super) scale: u8,
    pub(super) by_period: bool,
}

impl Job {
    /// The job on the files as they are, or `None` where they are not plain.
    pub(super) fn plain(
        spec: &ReadSpec,
        root: &Path,
        scale: u8,
        statistics: &[Statistic],
    ) -> Result<Option<Job>, DataError> {
        if spec.file.as_os_str() == "-" || spec.reader.as_deref().is_some_and(|id| id != "tidy") {
            return Ok(None);
        }
        // What lies at an address is fetched once, and streamed.
        if is_address(&spec.file.to_string_lossy()) {
            return Ok(None);
        }
        let files = expand(&spec.file, root)?;
        let mut sources = Vec::new();
        for (path, shown) in &files {
            let options = OpenOptions {
                encoding: spec.encoding.as_deref(),
                delimiter: spec.delimiter,
                unhashed: true,
                ..OpenOptions::default()
            };
            sources.push(Source::open(path, shown, options)?);
        }
        let first = &sources[0];
        let (layout, _) = recognize(&Look::new(first, spec));
        let extension = |path: &Path| {
            path.extension().map(|end| format!(".{}", end.to_string_lossy())).unwrap_or_default()
        };
        let same = |source: &Source| {
            source.headings == first.headings
                && source.format == first.format
                && source.delimiter == first.delimiter
        };
        let readable = |path: &Path| {
            extension(path) == extension(&files[0].0)
                && !path.to_string_lossy().contains(['*', '?', '['])
        };
        let utf8 = |source: &Source| source.scan.encoding == encoding_rs::UTF_8;
        let plain = (layout.info.id == "tidy" || spec.reader.is_some())
            && matches!(first.format, SourceFormat::Text | SourceFormat::Parquet)
            && sources.iter().all(same)
            && files.iter().all(|(path, _)| readable(path))
            && (first.format == SourceFormat::Parquet || sources.iter().all(utf8));
        if !plain {
            return Ok(None);
        }
        let Some(table) = table_spec(&spec.table) else { return Ok(None) };
        let request = Request { spec, table, headings: &first.headings, place: &first.place };
        let (plan, number_format) = tidy_plan(&request)?;
        // The engine would take the text of a list for a key.
        let is_nested = |column: &usize| {
            sources.iter().any(|source| source.nested.contains(&first.headings[*column]))
        };
        let bound = plan.bindings.iter().filter_map(|binding| match binding {
            Binding::Column(column) => Some(column),
            Binding::Constant(_) | Binding::Across => None,
        });
        if bound.chain(plan.filters.iter().map(|(column, _)| column)).any(is_nested) {
            return Ok(None);
        }
        if !is_plain(&plan, &number_format) {
            return Ok(None);
        }
        let absolute = |path: &Path| {
            std::path::absolute(path).unwrap_or(path.to_owned()).to_string_lossy().into_owned()
        };
        let extension = extension(&files[0].0);
        let is_text = first.format == SourceFormat::Text;
        let format = if is_text {
            Format::Csv {
                n_columns: first.headings.len() - first.partitions().len(),
                delimiter: first.delimiter.unwrap_or(b','),
                quotes: sources.iter().any(|source| source.scan.quotes),
            }
        } else {
            Format::Parquet
        };
        // A folder of Hive is a part of its own, even where the files repeat what it tells.
        let folder = |path: &Path| {
            let folder = path.parent().unwrap_or(path).to_string_lossy().into_owned();
            if folder.contains('=') { folder } else { String::new() }
        };
        let mut folders: BTreeMap<(String, Partitions), Vec<&(PathBuf, String)>> = BTreeMap::new();
        for (source, file) in sources.iter().zip(&files) {
            let key = (folder(&file.0), source.partitions().clone());
            folders.entry(key).or_default().push(file);
        }
        let part = |((_, told), files): ((String, Partitions), Vec<&(PathBuf, String)>)| {
            let extension = extension.clone();
            let paths = files.iter().map(|(path, _)| absolute(path)).collect();
            let shown = files.iter().map(|(_, shown)| shown.clone()).collect();
            Part { rows: Rows::Files { format, extension, paths }, shown, told }
        };
        let parts = folders.into_iter().map(part).collect();
        let text = |column: usize| {
            if first.partitions().told(column).is_some() {
                Text::Told(column)
            } else if is_text {
                Text::Column(format!("c{column}"))
            } else {
                Text::Column(first.headings[column].clone())
            }
        };
        let rows = (parts, first.format);
        Job::new(spec, &plan, rows, &text, number_format, (scale, statistics)).map(Some)
    }

    /// The job on rows that a reader gives one after the other, or `None` where they do not stand one by one.
    ///
    /// Each file is a part of its own; the first is open already.
    pub(super) fn streamed(
        spec: &ReadSpec,
        root: &Path,
        scale: u8,
        statistics: &[Statistic],
    ) -> Result<Option<Job>, DataError> {
        if spec.reader.as_deref().is_some_and(|id| id != "tidy") {
            return Ok(None);
        }
        let Some(table) = table_spec(&spec.table) else { return Ok(None) };
        let files = expand(&spec.file, root)?;
        let Some((path, shown)) = files.first() else { return Ok(None) };
        let first = Stream::open_source(path, shown, spec)?;
        let (layout, _) = recognize(&Look::new(&first, spec));
        if (layout.info.id != "tidy" && spec.reader.is_none())
            || first.format == SourceFormat::Workbook
        {
            return Ok(None);
        }
        let request = Request { spec, table, headings: &first.headings, place: &first.place };
        let (plan, number_format) = tidy_plan(&request)?;
        if !is_plain(&plan, &number_format) {
            return Ok(None);
        }
        let text = |column: usize| Text::Column(format!("c{column}"));
        let headings = first.headings.clone();
        let mut opened = Some(first);
        let part = |(path, shown): &(PathBuf, String)| Part {
            rows: Rows::Stream(Box::new(Stream::new(path, shown, &headings, opened.take()))),
            shown: vec![shown.clone()],
            told: Partitions::default(),
        };
        let parts = files.iter().map(part).collect();
        let rows = (parts, SourceFormat::Text);
        let mut job = Job::new(spec, &plan, rows, &text, number_format, (scale, statistics))?;
        job.spec = Some(spec.clone());
        Ok(Some(job))
    }

    /// The job on rows that were read.
    pub(super) fn read(
        spec: &ReadSpec,
        frame: &Frame,
        scale: u8,
        statistics: &[Statistic],
    ) -> Result<Job, DataError> {
        let text = |column: &Column| -> StringArray {
            match column.values() {
                Values::Text(texts) => texts.iter().map(Option::as_deref).collect(),
                Values::Integer(values) => {
                    values.iter().map(|value| value.map(|v| v.to_string())).collect()
                }
                Values::Number(values) => values
                    .iter()
                    .map(|datum| match datum {
                        Datum::Number(value) => Some(value.to_string()),
                        Datum::Gap(Gap::Suppressed) => Some("(D)".to_owned()),
                        Datum::Gap(_) => None,
                    })
                    .collect(),
            }
        };
        let names: Vec<String> = frame.columns().iter().map(|c| c.name().to_owned()).collect();
        let fields: Vec<Field> =
            names.iter().map(|name| Field::new(name, DataType::Utf8, true)).collect();
        let arrays: Vec<ArrayRef> =
            frame.columns().iter().map(|c| Arc::new(text(c)) as ArrayRef).collect();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
            .map_err(|error| engine_error(&error.into()))?;
        let measure = measure_of(
            spec,
            frame
                .columns()
                .iter()
                .map(|column| (column.name(), matches!(column.values(), Values::Number(_)))),
        )?;
        let unit = frame.column(&measure).map(|c| c.unit().to_owned()).unwrap_or_default();
        let keys = ROLES
            .into_iter()
            .filter(|(name, _)| frame.has(name))
            .map(|(name, role)| (role(), Text::Column(name.to_owned())));
        let by_period = frame.has("period");
        let bound = |name: &str| frame.has(name).then(|| Text::Column(name.to_owned()));
        Ok(Job {
            further: further(statistics, bound)?,
            parts: vec![Part {
                rows: Rows::Memory(batch),
                shown: Vec::new(),
                told: Partitions::default(),
            }],
            format: SourceFormat::Text,
            keys: numbered(keys),
            measure: measure.clone(),
            measured: Measured { name: measure, unit, scale, by_period },
            zero_or_more: false,
            number_format: NumberFormat::new(None, None, []),
            spec: None,
        })
    }

    fn new(
        spec: &ReadSpec,
        plan: &Plan,
        (parts, format): (Vec<Part>, SourceFormat),
        text: &dyn Fn(usize) -> Text,
        number_format: NumberFormat,
        (scale, statistics): (u8, &[Statistic]),
    ) -> Result<Job, DataError> {
        let bound = |wanted: &str| {
            let at = plan.targets.iter().position(|target| target.name == wanted)?;
            Some((&plan.bindings[at], &plan.targets[at]))
        };
        let measure_name = measure_of(
            spec,
            plan.targets.iter().map(|t| (t.name.as_str(), t.kind == Kind::Number)),
        )?;
        let measure = match bound(&measure_name) {
            Some((Binding::Column(column), target)) => Some((text(*column), target)),
            _ => None,
        };
        let Some((Text::Column(measure), target)) = measure else {
            let message = format!("`{measure_name}` is no column of the source");
            return Err(Diagnostic::new(codes::NO_MEASURE, message, "map it in `columns`").into());
        };
        let by_period = bound("period").is_some();
        let keys = ROLES.into_iter().filter_map(|(name, role)| {
            bound(name).map(|(binding, _)| (role(), bound_text(binding, text)))
        });
        let filter =
            |(column, kept): &(usize, Vec<String>)| (KeyRole::Filter(kept.clone()), text(*column));
        let keys = numbered(keys.chain(plan.filters.iter().map(filter)));
        Ok(Job {
            parts,
            format,
            keys,
            further: further(statistics, |name| {
                bound(name).map(|(binding, _)| bound_text(binding, text))
            })?,
            measure,
            measured: Measured { name: measure_name, unit: target.unit.clone(), scale, by_period },
            zero_or_more: target.sign == Sign::Count,
            number_format,
            spec: None,
        })
    }

    /// The marks that stand for no number.
    pub(super) fn gaps(&self) -> &BTreeMap<String, Gap> {
        self.number_format.gaps()
    }
}

/// A key's name and what it is for.
type NamedRole = (&'static str, fn() -> KeyRole);

/// The keys of cells by their names.
const ROLES: [NamedRole; 3] = [
    ("region", || KeyRole::Region),
    ("industry", || KeyRole::Industry),
    ("period", || KeyRole::Period),
];

/// Whether every row is one of the register as it stands.
fn is_plain(plan: &Plan, number_format: &NumberFormat) -> bool {
    number_format.is_plain()
        && plan.unit.is_none()
        && plan.marker.is_none()
        && plan.classify.is_none()
        && plan.totals.is_empty()
}

fn bound_text(binding: &Binding, text: &dyn Fn(usize) -> Text) -> Text {
    match binding {
        Binding::Column(column) => text(*column),
        Binding::Constant(text) => Text::Constant(text.clone()),
        Binding::Across => Text::None,
    }
}

fn numbered(keys: impl Iterator<Item = (KeyRole, Text)>) -> Vec<Key> {
    keys.enumerate()
        .map(|(at, (role, text))| Key { role, text, column: format!("k{at}") })
        .collect()
}

/// The measure to sum: the one named, or the only number column there is.
fn measure_of<'t>(
    spec: &ReadSpec,
    columns: impl Iterator<Item = (&'t str, bool)>,
) -> Result<String, DataError> {
    if let Some(value) = &spec.value {
        return Ok(value.clone());
    }
    let numbers: Vec<&str> = columns.filter(|(_, number)| *number).map(|(name, _)| name).collect();
    match numbers.as_slice() {
        [only] => Ok((*only).to_owned()),
        several => {
            let message = format!("{} measures, and none is named", several.len());
            let remedy = format!("set value to one of {}", several.join(", "));
            Err(Diagnostic::new(codes::NO_MEASURE, message, remedy).into())
        }
    }
}
