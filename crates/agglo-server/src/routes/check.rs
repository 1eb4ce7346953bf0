//! What is wrong with the study's files, and what is doubtful.

use agglo_core::Control;
use agglo_data::CoverageAxis;
use agglo_study::run::Engine;
use axum::extract::State;
use axum::response::Response;

use super::study::Nothing;
use super::{Asked, Shared};
use crate::app::Asking;
use crate::dto::{CheckForm, CoverageForm};
use crate::problem::{DiagnosticForm, Problems};
use crate::reply::Reply;

/// What `agglo check` finds: everything is read, nothing computed. Seconds on a large study.
#[utoipa::path(get, path = "/check", tag = "data", responses((status = 200, body = CheckForm), Problems))]
pub(super) async fn check(
    State(app): Shared,
    asking: Asking,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    app.answer(&asking, |snapshot| {
        let report = agglo_study::run::check(&snapshot.root, &Engine::default(), &Control::none())?;
        let coverage = report.tables.coverage().iter().map(|coverage| {
            let row = |row: usize, count: fn(&agglo_data::CellCounts) -> u32| {
                coverage.row(row).iter().map(|cell| u64::from(count(cell))).collect()
            };
            let rows = || 0..coverage.rows.len();
            CoverageForm {
                table: coverage.table.clone(),
                measure: coverage.measures.join(", "),
                by: match coverage.axis {
                    CoverageAxis::Region => "region",
                    CoverageAxis::Industry => "industry",
                }
                .to_owned(),
                codes: coverage.rows.iter().map(ToString::to_string).collect(),
                periods: coverage.periods.iter().map(|&period| i64::from(period)).collect(),
                known: rows().map(|at| row(at, |cell| cell.numbers)).collect(),
                expected: rows().map(|at| row(at, |cell| cell.expected)).collect(),
            }
        });
        // The text found in a register is a firm's.
        let confidential = snapshot.spec()?.disclosure.is_some();
        let diagnostics = report.tables.diagnostics().iter().map(|found| {
            let mut form = DiagnosticForm::from(found);
            if confidential {
                form.found = None;
            }
            form
        });
        Reply::json(&CheckForm {
            diagnostics: diagnostics.collect(),
            coverage: coverage.collect(),
            generation: snapshot.generation,
            command: "agglo check --coverage".to_owned(),
        })
    })
    .await
}
