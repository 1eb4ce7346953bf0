//! The answers of the last run.

use agglo_study::record::StepRecord;
use axum::extract::State;
use axum::response::Response;

use super::answers;
use super::study::{Nothing, status_word};
use super::tabular::{self, table_query};
use super::{Asked, Named, Shared};
use crate::app::Asking;
use crate::dto::{FindingForm, FindingList, NoteForm, OutputColumn, Table, TableAbout, Words};
use crate::problem::{Problem, Problems};
use crate::reply::Reply;
use crate::snapshot::Snapshot;
use crate::words;

/// Every step of the last run, answered or not.
#[utoipa::path(get, path = "/findings", tag = "findings", responses((status = 200, body = FindingList), Problems))]
pub(super) async fn findings(
    State(app): Shared,
    asking: Asking,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    app.answer(&asking, |snapshot| {
        let steps = &snapshot.run()?.steps;
        // A step of a method that this program no longer has is left out of the list.
        let forms = steps.iter().filter_map(|record| form(snapshot, record).ok());
        Reply::json(&FindingList { findings: forms.collect() })
    })
    .await
}

/// One step of the last run.
#[utoipa::path(
    get, path = "/findings/{step}", tag = "findings",
    params(("step" = String, Path, description = "The step")),
    responses((status = 200, body = FindingForm), Problems),
)]
pub(super) async fn finding(
    State(app): Shared,
    asking: Asking,
    Named([step]): Named<1>,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    app.answer(&asking, move |snapshot| Reply::json(&form(snapshot, snapshot.step(&step)?)?)).await
}

fn form(snapshot: &Snapshot, record: &StepRecord) -> Result<FindingForm, Problem> {
    let method = agglo_methods::find(&record.method).ok_or_else(|| {
        Problem::not_found(format!("this agglo has no method `{}`", record.method))
    })?;
    let columns = |table: &str| {
        let output = method.outputs.iter().find(|output| output.name == table);
        output
            .map_or_else(Vec::new, |output| output.columns.iter().map(OutputColumn::from).collect())
    };
    Ok(FindingForm {
        step: record.step.clone(),
        method: record.method.clone(),
        chapter: method.chapter.id().to_owned(),
        title: Words::from(method.title),
        variant: record.variant.clone(),
        status: status_word(record.status).to_owned(),
        reason: record.reason.clone(),
        options: record.options.clone(),
        seed: record.seed,
        key: record.key.clone(),
        notes: record.notes.iter().map(NoteForm::from).collect(),
        tables: record
            .tables
            .iter()
            .map(|table| TableAbout {
                name: table.name.clone(),
                rows: table.rows,
                hash: table.hash.clone(),
                columns: columns(&table.name),
            })
            .collect(),
        command: answers::command(snapshot, record, method),
        python: format!(
            "{}.finding({})",
            words::study(&snapshot.root),
            words::literal(&record.step)
        ),
    })
}

table_query! {
    /// What is asked of a table of a finding.
    FindingQuery {}
}

/// A table of a finding, or some of its rows and columns.
#[utoipa::path(
    get, path = "/findings/{step}/{table}", tag = "findings",
    params(
        ("step" = String, Path, description = "The step"),
        ("table" = String, Path, description = "The table; `main` for the main one"),
        FindingQuery,
    ),
    responses(
        (status = 200, content(
            (Table = "application/json"), (String = "text/csv"), (Vec<u8> = "application/vnd.apache.arrow.stream"),
            (Vec<u8> = "application/vnd.apache.parquet"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        Problems,
    ),
)]
pub(super) async fn finding_table(
    State(app): Shared,
    asking: Asking,
    Named([step, table]): Named<2>,
    Asked(query): Asked<FindingQuery>,
) -> Response {
    let asked = query.table();
    tabular::answer(&app, asking, asked, move |snapshot| answers::kept(snapshot, &step, &table))
        .await
}
