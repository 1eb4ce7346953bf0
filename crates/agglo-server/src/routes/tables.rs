//! The canonical tables, and the way from a cell back to its file.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answers;
use super::study::Nothing;
use super::tabular::{self, table_query};
use super::{Asked, Named, Shared};
use crate::app::Asking;
use crate::dto::{
    CanonicalAbout, CanonicalList, OriginCell, OriginForm, Table, Value, Words,
    columns_of_canonical,
};
use crate::problem::{Problem, Problems};
use crate::query;
use crate::reply::Reply;
use crate::snapshot::Snapshot;

/// Every canonical table of the study.
#[utoipa::path(get, path = "/tables", tag = "data", responses((status = 200, body = CanonicalList), Problems))]
pub(super) async fn tables(
    State(app): Shared,
    asking: Asking,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    app.answer(&asking, |snapshot| {
        let desk = snapshot.desk()?;
        let tables: Result<Vec<_>, Problem> =
            desk.tables().into_iter().map(|name| about(snapshot, name)).collect();
        Reply::json(&CanonicalList { tables: tables? })
    })
    .await
}

fn about(snapshot: &Snapshot, name: String) -> Result<CanonicalAbout, Problem> {
    let base = name.split('-').next().unwrap_or(&name).to_owned();
    let run = snapshot.run()?;
    let blocks = run.data.iter().filter(|record| record.table == base);
    let withheld = snapshot.desk()?.keeps_in(&name);
    let table = if withheld { None } else { Some(snapshot.table(&name)?) };
    let help = agglo_data::table_spec(&base);
    Ok(CanonicalAbout {
        help: help.map_or_else(|| Words::same(&base), |spec| spec.help.into()),
        n_rows: table.as_ref().map(|table| table.frame.n_rows()),
        withheld,
        columns: table.map(|table| columns_of_canonical(&name, &table.frame)).unwrap_or_default(),
        blocks: blocks.map(|record| record.name.clone()).collect(),
        name,
    })
}

table_query! {
    /// What is asked of a canonical table.
    CanonicalQuery {}
}

/// A canonical table as the methods see it, or some of its rows and columns.
#[utoipa::path(
    get, path = "/tables/{name}", tag = "data",
    params(("name" = String, Path, description = "The table"), CanonicalQuery),
    responses(
        (status = 200, content(
            (Table = "application/json"), (String = "text/csv"), (Vec<u8> = "application/vnd.apache.arrow.stream"),
            (Vec<u8> = "application/vnd.apache.parquet"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        Problems,
    ),
)]
pub(super) async fn table(
    State(app): Shared,
    asking: Asking,
    Named([name]): Named<1>,
    Asked(query): Asked<CanonicalQuery>,
) -> Response {
    let asked = query.table();
    tabular::answer(&app, asking, asked, move |snapshot| answers::canonical(snapshot, &name)).await
}

/// Which cell.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OriginQuery {
    /// The place of the row in the table, counted from 0, as `rows` of the table has it.
    #[param(minimum = 0)]
    row: usize,
    /// The column.
    column: String,
}

/// The cells of files that a cell of a canonical table comes from, with their texts.
#[utoipa::path(
    get, path = "/tables/{name}/origin", tag = "data",
    params(("name" = String, Path, description = "The table"), OriginQuery),
    responses((status = 200, body = OriginForm), Problems),
)]
pub(super) async fn origin(
    State(app): Shared,
    asking: Asking,
    Named([name]): Named<1>,
    Asked(query): Asked<OriginQuery>,
) -> Response {
    app.answer(&asking, move |snapshot| Reply::json(&traced(snapshot, &name, &query)?)).await
}

fn traced(snapshot: &Snapshot, name: &str, query: &OriginQuery) -> Result<OriginForm, Problem> {
    let table = snapshot.table(name)?;
    let place = query::place_of(&table.frame, "column", &query.column)?;
    if query.row >= table.frame.n_rows() {
        let n = table.frame.n_rows();
        return Err(Problem::query("row", format!("the table has {n} rows, counted from 0")));
    }
    let value = match table.frame.numbers(table.frame.columns()[place].name()) {
        Ok(cells) => cells[query.row],
        Err(_) => {
            return Err(Problem::query("column", format!("`{}` holds no numbers", query.column)));
        }
    };
    let findings = snapshot.findings()?;
    let (cells, unreadable) =
        agglo_study::address::origins(&findings, name, query.row, &query.column)?;
    let form = |cell: &agglo_study::address::SourceCell| OriginCell {
        file: cell.file.path.clone(),
        sheet: cell.file.sheet.clone(),
        blake3: cell.file.blake3.clone(),
        row: cell.row,
        column: cell.column,
        place: cell.place(),
        text: cell.text.clone(),
        value: cell.value.into(),
        status: cell.status.code().to_owned(),
        flag: cell.flag.clone(),
        lower: cell.bounds.map(|bounds| bounds.lower),
        upper: cell.bounds.map(|bounds| bounds.upper).filter(|upper| upper.is_finite()),
        share: cell.share,
    };
    Ok(OriginForm {
        table: name.to_owned(),
        row: query.row,
        column: query.column.clone(),
        value: Value::from(value),
        cells: cells.iter().map(form).collect(),
        unreadable: unreadable.into_iter().map(|(file, why)| format!("{file}: {why}")).collect(),
    })
}
