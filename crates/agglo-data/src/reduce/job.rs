//! What to ask the engine, and of which rows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use agglo_core::{Column, Datum, Frame, Gap, Values};
use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::DataFusionError;

use super::engine_error;
use super::entry::Entry;
use super::sums::sums_of;
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
    Files { format: Format, extension: String, paths: Vec<String> },
    Memory(RecordBatch),
}

/// Files whose folders tell the same, or rows that were read.
pub(super) struct Part {
    pub(super) rows: Rows,
    /// The files as messages call them.
    pub(super) shown: Vec<String>,
    told: Partitions,
}

/// Where a key or a filter finds its text.
enum Text {
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
    text: Text,
    /// Its column in an answer.
    column: String,
}

impl Key {
    /// Its column in an answer, if it has one.
    pub(super) fn column_in<'b>(&self, batch: &'b RecordBatch) -> Option<&'b ArrayRef> {
        batch.column_by_name(&self.column)
    }

    /// The text that all rows of `part` have.
    pub(super) fn told<'t>(&'t self, part: &'t Part) -> Option<&'t str> {
        match &self.text {
            Text::Constant(text) => Some(text),
            Text::Told(column) => part.told.told(*column),
            Text::Column(_) | Text::None => None,
        }
    }
}

/// The column of an answer that holds the measure as it stands.
pub(super) const RAW: &str = "raw";
/// The column of an answer that holds the measure as a decimal, where it is no whole number already.
pub(super) const NUMBER: &str = "x";

pub(super) struct Job {
    pub(super) parts: Vec<Part>,
    pub(super) format: SourceFormat,
    pub(super) keys: Vec<Key>,
    pub(super) measure: String,
    pub(super) measured: Measured,
    /// Whether a negative value is an error, which the careful reader then names.
    pub(super) zero_or_more: bool,
    number_format: NumberFormat,
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
    pub(super) fn plain(spec: &ReadSpec, root: &Path, scale: u8) -> Result<Option<Job>, DataError> {
        if spec.file.as_os_str() == "-" || spec.reader.as_deref().is_some_and(|id| id != "tidy") {
            return Ok(None);
        }
        // What lies at an address is fetched once, by the careful reader.
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
            && first.format != SourceFormat::Workbook
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
        if !number_format.is_plain() || plan.unit.is_some() || plan.marker.is_some() {
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
        Job::new(spec, &plan, parts, first.format, &text, number_format, scale).map(Some)
    }

    /// The job on rows that were read.
    pub(super) fn read(spec: &ReadSpec, frame: &Frame, scale: u8) -> Result<Job, DataError> {
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
        Ok(Job {
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
        })
    }

    fn new(
        spec: &ReadSpec,
        plan: &Plan,
        parts: Vec<Part>,
        format: SourceFormat,
        text: &dyn Fn(usize) -> Text,
        number_format: NumberFormat,
        scale: u8,
    ) -> Result<Job, DataError> {
        let bound = |wanted: &str| {
            let at = plan.targets.iter().position(|target| target.name == wanted)?;
            Some((&plan.bindings[at], &plan.targets[at]))
        };
        let bound_text = |binding: &Binding| match binding {
            Binding::Column(column) => text(*column),
            Binding::Constant(text) => Text::Constant(text.clone()),
            Binding::Across => Text::None,
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
            bound(name).map(|(binding, _)| (role(), bound_text(binding)))
        });
        let filter =
            |(column, kept): &(usize, Vec<String>)| (KeyRole::Filter(kept.clone()), text(*column));
        let keys = numbered(keys.chain(plan.filters.iter().map(filter)));
        Ok(Job {
            parts,
            format,
            keys,
            measure,
            measured: Measured { name: measure_name, unit: target.unit.clone(), scale, by_period },
            zero_or_more: target.sign == Sign::Count,
            number_format,
        })
    }

    /// The marks that stand for no number.
    pub(super) fn gaps(&self) -> &BTreeMap<String, Gap> {
        self.number_format.gaps()
    }

    /// The rows of `t`: their keys, and the measure, which is of the type `measure`.
    pub(super) fn rows_sql(&self, measure: &DataType) -> String {
        let column = identifier(&self.measure);
        let keys = self.keys.iter().filter_map(|key| match &key.text {
            Text::Column(name) => Some(format!("{} AS {}", identifier(name), key.column)),
            _ => None,
        });
        let mut columns: Vec<String> = keys.collect();
        columns.push(format!("{column} AS {RAW}"));
        if !measure.is_integer() || *measure == DataType::UInt64 {
            let scale = self.measured.scale;
            columns.push(format!("TRY_CAST({column} AS DECIMAL(18, {scale})) AS {NUMBER}"));
        }
        format!("SELECT {} FROM t", columns.join(", "))
    }

    /// The sums of the rows of `part` in `t`, in plain SQL, so that an unmodified executor of a cluster can
    /// find them.
    pub(super) fn sums_sql(&self, part: &Part, measure_is_text: bool) -> String {
        let measure = identifier(&self.measure);
        let marks = |wanted: &dyn Fn(Gap) -> bool| {
            let marks = self.gaps().iter().filter(|(_, gap)| wanted(**gap));
            let marks: Vec<String> = marks.map(|(mark, _)| literal(mark)).collect();
            if measure_is_text && !marks.is_empty() {
                format!("({measure} IS NOT NULL AND {measure} IN ({}))", marks.join(", "))
            } else {
                "false".to_owned()
            }
        };
        let any_gap = format!("({measure} IS NULL OR {})", marks(&|_| true));
        let suppressed = marks(&|gap| gap == Gap::Suppressed);
        let bad = if self.zero_or_more {
            "(x IS NULL AND NOT gap) OR x < 0"
        } else {
            "x IS NULL AND NOT gap"
        };
        let keys = self.keys.iter().map(|key| {
            let text = match &key.text {
                Text::Column(name) => identifier(name),
                _ => key.told(part).map_or_else(|| "NULL".to_owned(), literal),
            };
            format!("CAST({text} AS VARCHAR) AS {}", key.column)
        });
        let keys = keys.collect::<Vec<_>>().join(", ");
        let names: Vec<&str> = self.keys.iter().map(|key| key.column.as_str()).collect();
        let names = names.join(", ");
        format!(
            "SELECT {names}, count(x) AS n, sum(x) AS s, sum(x * x) AS q, max(x) AS hi, \
             min(x) AS lo, sum(CASE WHEN gap THEN 1 ELSE 0 END) AS gaps, \
             sum(CASE WHEN suppressed THEN 1 ELSE 0 END) AS suppressed, \
             sum(CASE WHEN {bad} THEN 1 ELSE 0 END) AS bad \
             FROM (SELECT {keys}, CASE WHEN {any_gap} THEN NULL ELSE \
             TRY_CAST({measure} AS DECIMAL(18, {})) END AS x, {any_gap} AS gap, \
             {suppressed} AS suppressed FROM t) GROUP BY {names}",
            self.measured.scale,
        )
    }

    /// The sums in `rows` of what [`sums_sql`](Job::sums_sql) answers.
    pub(super) fn sums_of(
        &self,
        batch: &RecordBatch,
        rows: &[u32],
    ) -> Result<Option<Vec<Entry>>, DataFusionError> {
        sums_of(batch, rows, self.keys.len(), self.measured.scale)
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

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_cannot_leave_their_quotes() {
        assert_eq!(identifier("a\"b"), "\"a\"\"b\"");
        assert_eq!(literal("it's"), "'it''s'");
    }
}
