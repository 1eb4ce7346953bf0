//! A table as it was asked for: its rows, its columns, its format.

use std::sync::Arc;

use agglo_core::Frame;
use agglo_data::Format;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::app::{App, Asking};
use crate::codes;
use crate::dto::{Cells, ColumnAbout, Provenance, Table, TableColumn};
use crate::indexed::Indexed;
use crate::problem::Problem;
use crate::query::{self, Condition};
use crate::reply::Reply;
use crate::snapshot::Snapshot;

/// Rows of a sheet, but for its heading.
const SHEET_ROWS: usize = 1_048_575;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum TableFormat {
    /// Column by column, with units, titles and provenance.
    Json,
    /// A list of objects, as `agglo measure --json` has it.
    Rows,
    /// Comma-separated values.
    Csv,
    /// A stream of Arrow record batches.
    Arrow,
    /// Apache Parquet.
    Parquet,
    /// A workbook.
    Xlsx,
}

impl TableFormat {
    const ALL: [TableFormat; 6] = [
        TableFormat::Json,
        TableFormat::Rows,
        TableFormat::Csv,
        TableFormat::Arrow,
        TableFormat::Parquet,
        TableFormat::Xlsx,
    ];

    const fn mime(self) -> &'static str {
        match self {
            TableFormat::Json | TableFormat::Rows => "application/json",
            TableFormat::Csv => "text/csv; charset=utf-8",
            TableFormat::Arrow => "application/vnd.apache.arrow.stream",
            TableFormat::Parquet => "application/vnd.apache.parquet",
            TableFormat::Xlsx => {
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            TableFormat::Json | TableFormat::Rows => "json",
            TableFormat::Csv => "csv",
            TableFormat::Arrow => "arrows",
            TableFormat::Parquet => "parquet",
            TableFormat::Xlsx => "xlsx",
        }
    }

    /// The first format of the header `Accept` that can be given; JSON where it says nothing.
    fn accepted(headers: &HeaderMap) -> Result<TableFormat, Problem> {
        let lists = headers.get_all(header::ACCEPT).iter().filter_map(|list| list.to_str().ok());
        let mut ranges: Vec<(f32, &str)> = Vec::new();
        for range in lists.flat_map(|list| list.split(',')) {
            let mut parts = range.split(';').map(str::trim);
            let kind = parts.next().unwrap_or_default();
            let quality = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok());
            ranges.push((quality.unwrap_or(1.0), kind));
        }
        if ranges.is_empty() {
            return Ok(TableFormat::Json);
        }
        ranges.sort_by(|a, b| b.0.total_cmp(&a.0));
        let fits = |kind: &str, format: TableFormat| {
            let own = format.mime().split(';').next().unwrap_or_default();
            kind == "*/*"
                || kind.eq_ignore_ascii_case(own)
                || kind.strip_suffix("/*").is_some_and(|family| {
                    own.split('/').next().is_some_and(|own| own.eq_ignore_ascii_case(family))
                })
        };
        let wanted = ranges.iter().filter(|(quality, _)| *quality > 0.0);
        let mut found = wanted.filter_map(|(_, kind)| {
            TableFormat::ALL.into_iter().find(|format| fits(kind, *format))
        });
        found.next().ok_or_else(|| {
            let kinds: Vec<&str> =
                TableFormat::ALL[1..].iter().map(|format| format.mime()).collect();
            let detail = format!("this can be given as {}", kinds.join(", "));
            Problem::new(StatusCode::NOT_ACCEPTABLE, codes::FORMAT, detail)
        })
    }
}

/// What is asked of a table.
#[derive(Clone, Debug)]
pub(super) struct TableQuery {
    pub(super) conditions: Vec<String>,
    pub(super) columns: Option<String>,
    pub(super) sort: Option<String>,
    pub(super) offset: usize,
    pub(super) limit: Option<usize>,
    pub(super) format: Option<TableFormat>,
    pub(super) download: bool,
}

/// A query of its own fields, and those that every table understands.
macro_rules! table_query {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, serde::Deserialize, utoipa::IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub(super) struct $name {
            $($(#[$field_meta])* $field: $kind,)*
            /// A condition: `COLUMN=VALUE`, `!=`, `<`, `<=`, `>` or `>=`. Several `=` of one column mean
            /// any of them, all others mean all. `COLUMN=gap` finds cells without a number,
            /// `COLUMN=gap:suppressed` those of one kind.
            #[serde(default, rename = "where")]
            #[param(rename = "where")]
            conditions: Vec<String>,
            /// The columns wanted, separated by commas.
            columns: Option<String>,
            /// The columns to sort by, separated by commas; `-` before a name puts the largest first.
            sort: Option<String>,
            /// Rows passed over.
            #[param(minimum = 0)]
            offset: Option<usize>,
            /// The most rows given: of JSON 1000 when absent and 200000 at most, of others all when absent.
            #[param(minimum = 0)]
            limit: Option<usize>,
            /// The format; as the header `Accept` says when absent.
            #[param(inline)]
            format: Option<$crate::routes::tabular::TableFormat>,
            /// Whether browsers save the answer under a name.
            download: Option<bool>,
        }

        impl $name {
            pub(super) fn table(&self) -> $crate::routes::tabular::TableQuery {
                $crate::routes::tabular::TableQuery {
                    conditions: self.conditions.clone(),
                    columns: self.columns.clone(),
                    sort: self.sort.clone(),
                    offset: self.offset.unwrap_or_default(),
                    limit: self.limit,
                    format: self.format,
                    download: self.download.unwrap_or_default(),
                }
            }
        }
    };
}
pub(super) use table_query;

/// A table with what is known of it, before anything of it is chosen.
pub(super) struct Found {
    pub(super) name: String,
    pub(super) table: Arc<Indexed>,
    pub(super) about: Vec<ColumnAbout>,
    pub(super) intervals: Option<String>,
    pub(super) provenance: Provenance,
    pub(super) command: String,
    pub(super) python: String,
    /// Whether the places of the rows are told.
    pub(super) places: bool,
    /// The first part of the name of a saved file.
    pub(super) file: String,
}

/// Answers with the table that `find` finds, as `asked`.
pub(super) async fn answer(
    app: &Arc<App>,
    mut asking: Asking,
    asked: TableQuery,
    find: impl FnOnce(&Snapshot) -> Result<Found, Problem> + Send + 'static,
) -> Response {
    let format = match asked.format {
        Some(format) => format,
        None => match TableFormat::accepted(&asking.headers) {
            Ok(format) => format,
            Err(problem) => return problem.into_response(),
        },
    };
    asking.name.push_str(&format!(" as {format:?}"));
    app.answer(&asking, move |snapshot| {
        let found = find(snapshot)?;
        let file = asked.download.then(|| format!("{}.{}", safe(&found.file), format.ending()));
        let bytes = match format {
            TableFormat::Json => {
                let table = chosen(found, &asked)?;
                return Ok(Reply::json(&table)?.saved_as(file));
            }
            TableFormat::Rows => {
                let (frame, _) = cut(&found, &asked)?;
                return Ok(Reply::json(&rows(&frame))?.saved_as(file));
            }
            TableFormat::Csv => bytes(&cut(&found, &asked)?.0, Format::Csv)?,
            TableFormat::Arrow => bytes(&cut(&found, &asked)?.0, Format::Arrow)?,
            TableFormat::Parquet => bytes(&cut(&found, &asked)?.0, Format::Parquet)?,
            TableFormat::Xlsx => {
                let (frame, _) = cut(&found, &asked)?;
                if frame.n_rows() > SHEET_ROWS {
                    let detail = format!(
                        "a sheet holds {SHEET_ROWS} rows, and these are {}",
                        frame.n_rows()
                    );
                    return Err(Problem::query("limit", detail));
                }
                bytes(&frame, Format::Xlsx)?
            }
        };
        Ok(Reply::new(format.mime(), bytes).saved_as(file))
    })
    .await
}

/// A frame in another format.
pub(super) fn bytes(frame: &Frame, format: Format) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    agglo_data::export(frame, format, &mut bytes)?;
    Ok(bytes)
}

/// A name that every file system takes.
pub(super) fn safe(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    name.chars().map(plain).take(100).collect()
}

struct Chosen {
    rows: Vec<u32>,
    columns: Vec<usize>,
    n_rows: usize,
    limit: usize,
}

fn choose(found: &Found, asked: &TableQuery, most: Option<usize>) -> Result<Chosen, Problem> {
    let frame = &found.table.frame;
    let conditions = Condition::all(&asked.conditions)?;
    let columns = query::columns(frame, asked.columns.as_deref())?;
    let mut rows = query::rows(&found.table, &conditions)?;
    if let Some(order) = &asked.sort {
        query::sort(frame, &mut rows, order)?;
    }
    let n_rows = rows.len();
    let limit = match (asked.limit, most) {
        (Some(limit), Some(most)) if limit > most => {
            return Err(Problem::query("limit", format!("at most {most} rows at once")));
        }
        (Some(limit), _) => limit,
        (None, Some(_)) => query::DEFAULT_LIMIT,
        (None, None) => n_rows,
    };
    let rows = rows.into_iter().skip(asked.offset).take(limit).collect();
    Ok(Chosen { rows, columns, n_rows, limit })
}

/// The rows and columns asked for, as JSON has them.
pub(super) fn chosen(found: Found, asked: &TableQuery) -> Result<Table, Problem> {
    let Chosen { rows, columns, n_rows, limit } = choose(&found, asked, Some(query::MOST_ROWS))?;
    let frame = &found.table.frame;
    let column =
        |place: usize| TableColumn::of(&frame.columns()[place], &rows, found.about[place].clone());
    Ok(Table {
        columns: columns.into_iter().map(column).collect(),
        name: found.name,
        n_rows,
        offset: asked.offset,
        limit,
        rows: found.places.then_some(rows),
        intervals: found.intervals,
        provenance: found.provenance,
        command: found.command,
        python: found.python,
    })
}

fn cut(found: &Found, asked: &TableQuery) -> Result<(Frame, usize), Problem> {
    let Chosen { rows, columns, n_rows, .. } = choose(found, asked, None)?;
    let frame = &found.table.frame;
    let rows: Vec<usize> = rows.into_iter().map(|row| row as usize).collect();
    let cut = columns.into_iter().map(|place| {
        let column = &frame.columns()[place];
        agglo_core::Column::new(column.name(), column.unit(), column.values().take(&rows))
    });
    let cut = Frame::new(cut.collect()).map_err(|error| Problem::internal(error.to_string()))?;
    Ok((cut, n_rows))
}

/// One object per row; a gap is `{"gap": CODE}`, never null and never a number.
fn rows(frame: &Frame) -> Value {
    let all: Vec<u32> = (0..frame.n_rows() as u32).collect();
    let about = |name: &str| ColumnAbout {
        name: name.to_owned(),
        kind: crate::dto::Kind::Text,
        unit: String::new(),
        key: false,
        title: crate::dto::Words::default(),
    };
    let columns: Vec<TableColumn> =
        frame.columns().iter().map(|c| TableColumn::of(c, &all, about(c.name()))).collect();
    let cell = |column: &TableColumn, row: usize| match &column.values {
        Cells::Text(cells) => cells[row].as_ref().map_or(Value::Null, |cell| json!(cell)),
        Cells::Integer(cells) => json!(cells[row]),
        Cells::Number(cells) => match column.gaps.get(&row) {
            Some(gap) => json!({ "gap": gap }),
            None => json!(cells[row]),
        },
    };
    let row = |row: usize| {
        let cells = columns.iter().map(|column| (column.about.name.clone(), cell(column, row)));
        Value::Object(cells.collect::<Map<_, _>>())
    };
    Value::Array((0..frame.n_rows()).map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_header_accept_chooses_by_its_weights() {
        let accepted = |list: &'static str| {
            let value = HeaderValue::from_static(list);
            TableFormat::accepted(&HeaderMap::from_iter([(header::ACCEPT, value)]))
        };
        assert_eq!(accepted("text/csv").unwrap(), TableFormat::Csv);
        assert_eq!(accepted("text/html, */*;q=0.8").unwrap(), TableFormat::Json);
        assert_eq!(
            accepted("text/csv;q=0.2, application/vnd.apache.parquet").unwrap(),
            TableFormat::Parquet
        );
        assert_eq!(accepted("image/png").unwrap_err().status, 406);
    }

    #[test]
    fn names_of_files_hold_nothing_that_leads_elsewhere() {
        assert_eq!(safe("../a b\"c"), "..-a-b-c");
    }
}
