//! The catalogue of methods, and error codes.

use agglo_methods::Method;
use axum::extract::State;
use axum::response::Response;

use super::study::Nothing;
use super::{Asked, Named, Shared};
use crate::app::Asking;
use crate::dto::{Catalogue, ChapterTitle, CodeForm, Codes, MethodForm, Words};
use crate::problem::{Problem, Problems};
use crate::reply::Reply;
use crate::snapshot::Snapshot;

/// Every method: formula, variants, options, what it reads and answers, whether this study allows it.
#[utoipa::path(get, path = "/methods", tag = "catalogue", responses((status = 200, body = Catalogue), Problems))]
pub(super) async fn methods(
    State(app): Shared,
    asking: Asking,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    app.answer(&asking, |snapshot| {
        let methods = agglo_methods::methods();
        let methods = methods.into_iter().map(|method| form(snapshot, method)).collect();
        Reply::json(&Catalogue { chapters: ChapterTitle::all(), methods })
    })
    .await
}

/// One method.
#[utoipa::path(
    get, path = "/methods/{id}", tag = "catalogue",
    params(("id" = String, Path, description = "The method's id")),
    responses((status = 200, body = MethodForm), Problems),
)]
pub(super) async fn method(
    State(app): Shared,
    asking: Asking,
    Named([id]): Named<1>,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    app.answer(&asking, move |snapshot| {
        let known = || agglo_methods::methods().into_iter().map(|method| method.id);
        let method = agglo_methods::find(&id);
        let method = method.ok_or_else(|| Problem::unknown("method", &id, known()))?;
        Reply::json(&form(snapshot, method))
    })
    .await
}

fn form(snapshot: &Snapshot, method: &'static Method) -> MethodForm {
    let mut form = MethodForm::of(method);
    if let Some(run) = &snapshot.run {
        let own = run.steps.iter().filter(|step| step.method == method.id);
        form.steps = own.map(|step| step.step.clone()).collect();
        let locked = run.locked.iter().find(|locked| locked.method == method.id);
        form.needs = locked.map(|locked| Words::new(locked.en.clone(), locked.zh.clone()));
    }
    match snapshot.desk().map(|desk| desk.allows(method)) {
        Ok(Ok(())) => form.computable = true,
        Ok(Err(table)) if form.needs.is_none() => {
            form.needs =
                Some(Words::new(format!("the table `{table}`"), format!("需要表 `{table}`")));
        }
        Ok(Err(_)) | Err(_) => {}
    }
    form
}

fn all() -> Vec<CodeForm> {
    let form = |code: &str, title: &str, explanation: &str| CodeForm {
        code: code.to_owned(),
        title: title.to_owned(),
        explanation: explanation.to_owned(),
    };
    let data = agglo_data::codes().iter().map(|c| form(c.code, c.title, c.explanation));
    let geo = agglo_study::geo_codes().iter().map(|c| form(c.code, c.title, c.explanation));
    let own = crate::codes::codes().iter().map(|c| form(c.code, c.title, c.explanation));
    data.chain(geo).chain(own).collect()
}

/// Every error code with its explanation.
#[utoipa::path(get, path = "/codes", tag = "catalogue", responses((status = 200, body = Codes), Problems))]
pub(super) async fn codes(
    State(app): Shared,
    asking: Asking,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    app.answer(&asking, |_| Reply::json(&Codes { codes: all() })).await
}

/// One error code.
#[utoipa::path(
    get, path = "/codes/{code}", tag = "catalogue",
    params(("code" = String, Path, description = "Such as A1002")),
    responses((status = 200, body = CodeForm), Problems),
)]
pub(super) async fn code(
    State(app): Shared,
    asking: Asking,
    Named([code]): Named<1>,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    app.answer(&asking, move |_| {
        let found = all().into_iter().find(|known| known.code.eq_ignore_ascii_case(&code));
        let found =
            found.ok_or_else(|| Problem::not_found(format!("there is no code `{code}`")))?;
        Reply::json(&found)
    })
    .await
}
