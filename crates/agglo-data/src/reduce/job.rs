//! What to ask the engine, and of which rows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use agglo_core::{Column, Datum, Frame, Gap, Values};
use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};

use super::engine_error;
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

impl Text {
    fn sql(&self, told: &Partitions) -> String {
        let none = || "NULL".to_owned();
        match self {
            Text::Column(name) => identifier(name),
            Text::Constant(text) => literal(text),
            Text::Told(column) => told.told(*column).map_or_else(none, literal),
            Text::None => none(),
        }
    }
}

/// A key of the cells.
pub(super) struct KeyText {
    pub(super) name: &'static str,
    text: Text,
}

/// A column that a filter looks at, with the values kept; compared without blanks at the ends.
pub(super) struct Filter {
    text: Text,
    pub(super) kept: Vec<String>,
}

pub(super) struct Job {
    pub(super) parts: Vec<Part>,
    pub(super) format: SourceFormat,
    pub(super) keys: Vec<KeyText>,
    pub(super) filters: Vec<Filter>,
    pub(super) measure: String,
    pub(super) measured: Measured,
    /// Whether a negative value is an error, which the careful reader then names.
    zero_or_more: bool,
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
        let keys: Vec<KeyText> = ["region", "industry", "period"]
            .into_iter()
            .filter(|key| frame.has(key))
            .map(|name| KeyText { name, text: Text::Column(name.to_owned()) })
            .collect();
        let by_period = frame.has("period");
        Ok(Job {
            parts: vec![Part {
                rows: Rows::Memory(batch),
                shown: Vec::new(),
                told: Partitions::default(),
            }],
            format: SourceFormat::Text,
            keys,
            filters: Vec::new(),
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
        let keys = ["region", "industry", "period"]
            .into_iter()
            .filter_map(|key| {
                bound(key).map(|(binding, _)| KeyText { name: key, text: bound_text(binding) })
            })
            .collect();
        let filter = |(column, kept): &(usize, Vec<String>)| Filter {
            text: text(*column),
            kept: kept.clone(),
        };
        let filters = plan.filters.iter().map(filter).collect();
        Ok(Job {
            parts,
            format,
            keys,
            filters,
            measure,
            measured: Measured { name: measure_name, unit: target.unit.clone(), scale, by_period },
            zero_or_more: target.sign == Sign::Count,
            number_format,
        })
    }

    /// Plain SQL, so that an unmodified executor of a cluster can run it.
    pub(super) fn sql(&self, part: &Part, measure_is_text: bool) -> String {
        let measure = identifier(&self.measure);
        let marks = |wanted: &dyn Fn(Gap) -> bool| {
            let marks = self.number_format.gaps().iter().filter(|(_, gap)| wanted(**gap));
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
        let filters = self.filters.iter().map(|filter| &filter.text);
        let keys = self.keys.iter().map(|key| &key.text).chain(filters);
        let keys = keys.map(|text| text.sql(&part.told));
        let keys: Vec<String> = keys
            .enumerate()
            .map(|(place, sql)| format!("CAST({sql} AS VARCHAR) AS k{place}"))
            .collect();
        let names: Vec<String> = (0..keys.len()).map(|place| format!("k{place}")).collect();
        let names = names.join(", ");
        format!(
            "SELECT {names}, count(x) AS n, sum(x) AS s, sum(x * x) AS q, max(x) AS hi, \
             min(x) AS lo, sum(CASE WHEN gap THEN 1 ELSE 0 END) AS gaps, \
             sum(CASE WHEN suppressed THEN 1 ELSE 0 END) AS suppressed, \
             sum(CASE WHEN {bad} THEN 1 ELSE 0 END) AS bad \
             FROM (SELECT {}, TRY_CAST({measure} AS DECIMAL(18, {})) AS x, {any_gap} AS gap, \
             {suppressed} AS suppressed FROM t) GROUP BY {names}",
            keys.join(", "),
            self.measured.scale,
        )
    }
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
