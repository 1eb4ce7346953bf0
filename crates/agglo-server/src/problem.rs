//! What a request is answered with that gets no answer: a problem document (RFC 9457) with a stable code.

use agglo_data::{DataError, Diagnostic};
use agglo_methods::MethodError;
use agglo_study::StudyError;
use agglo_study::run::AskError;
use agglo_study::spec::SpecError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use crate::codes;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// `urn:agglo:` and the code.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// The code in a few words.
    pub(crate) title: String,
    /// The HTTP status.
    pub(crate) status: u16,
    /// What was found, and where.
    pub(crate) detail: String,
    /// The stable code, which `agglo explain` explains.
    pub(crate) code: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) remedy: Option<String>,
    /// The parameter that is not understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parameter: Option<String>,
    /// What is wrong with the data, where that is why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) diagnostics: Vec<DiagnosticForm>,
}

/// One finding about a file.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct DiagnosticForm {
    /// The stable code.
    pub(crate) code: String,
    /// `error`, `warning` or `note`.
    pub(crate) severity: String,
    /// Why it is wrong.
    pub(crate) message: String,
    /// What to do.
    pub(crate) remedy: String,
    /// The file, as the study names it.
    pub(crate) file: Option<String>,
    /// The sheet of a workbook.
    pub(crate) sheet: Option<String>,
    /// The row, counted from 1.
    pub(crate) row: Option<u64>,
    /// The heading of the column.
    pub(crate) column: Option<String>,
    /// The text found.
    pub(crate) found: Option<String>,
    /// How many further ones of the code are not listed.
    pub(crate) more: u64,
    /// The command that says more.
    pub(crate) explain: String,
}

impl From<&Diagnostic> for DiagnosticForm {
    fn from(found: &Diagnostic) -> DiagnosticForm {
        DiagnosticForm {
            code: found.code.to_owned(),
            severity: found.severity.word().to_owned(),
            message: found.message.clone(),
            remedy: found.remedy.clone(),
            file: found.file.clone(),
            sheet: found.sheet.clone(),
            row: found.row,
            column: found.column.clone(),
            found: found.found.clone(),
            more: found.count,
            explain: format!("agglo explain {}", found.code),
        }
    }
}

impl Problem {
    /// A problem of `code`.
    pub(crate) fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Problem {
        let title = codes::title(code)
            .or_else(|| agglo_data::code(code).map(|info| info.title))
            .unwrap_or("the data are not sound");
        Problem {
            kind: format!("urn:agglo:{code}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            code: code.to_owned(),
            remedy: None,
            parameter: None,
            diagnostics: Vec::new(),
        }
    }

    /// No such thing.
    pub(crate) fn not_found(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, codes::NOT_FOUND, detail)
    }

    /// No such thing, with the nearest there is.
    pub(crate) fn unknown<'n>(
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) -> Problem {
        let problem = Problem::not_found(format!("there is no {what} `{name}`"));
        match nearest(name, known) {
            Some(near) => problem.remedy(format!("did you mean `{near}`?")),
            None => problem,
        }
    }

    /// A parameter that is not understood.
    pub(crate) fn query(parameter: &str, detail: impl Into<String>) -> Problem {
        let problem = Problem::new(StatusCode::BAD_REQUEST, codes::QUERY, detail);
        Problem { parameter: Some(parameter.to_owned()), ..problem }
    }

    /// A fault of ours.
    pub(crate) fn internal(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, codes::INTERNAL, detail)
    }

    /// Withheld by the rules of the study.
    pub(crate) fn withheld(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::FORBIDDEN, codes::WITHHELD, detail)
    }

    /// An honest refusal.
    pub(crate) fn refused(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, codes::REFUSED, detail)
    }

    /// The study was not run.
    pub(crate) fn not_run() -> Problem {
        let detail = "this study has no results yet";
        Problem::new(StatusCode::CONFLICT, codes::NOT_RUN, detail)
            .remedy("press run, or type `agglo run`")
    }

    /// With what to do.
    pub(crate) fn remedy(self, remedy: impl Into<String>) -> Problem {
        Problem { remedy: Some(remedy.into()), ..self }
    }

    fn of_diagnostics(status: StatusCode, found: &[Diagnostic]) -> Problem {
        let Some(first) = found.first() else {
            return Problem::new(status, codes::STUDY, "the data cannot be read");
        };
        let place = first.place();
        let detail = if place.is_empty() {
            first.message.clone()
        } else {
            format!("{place}: {}", first.message)
        };
        let mut problem = Problem::new(status, first.code, detail).remedy(first.remedy.clone());
        problem.diagnostics = found.iter().map(DiagnosticForm::from).collect();
        problem
    }

    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// The candidate nearest to `name`, where one is near.
pub(crate) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let alike = known.into_iter().map(|k| (strsim::jaro_winkler(name, k), k));
    alike.filter(|(likeness, _)| *likeness > 0.7).max_by(|a, b| a.0.total_cmp(&b.0)).map(|p| p.1)
}

impl From<DataError> for Problem {
    fn from(error: DataError) -> Problem {
        Problem::of_diagnostics(StatusCode::INTERNAL_SERVER_ERROR, error.diagnostics())
    }
}

impl From<SpecError> for Problem {
    fn from(error: SpecError) -> Problem {
        let problem =
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, codes::STUDY, error.to_string());
        match error {
            SpecError::Parse { nearest: Some(key), .. } => {
                problem.remedy(format!("did you mean `{key}`?"))
            }
            _ => problem.remedy("`agglo check` shows all that is wrong"),
        }
    }
}

impl From<StudyError> for Problem {
    fn from(error: StudyError) -> Problem {
        match error {
            StudyError::Spec(error) => error.into(),
            StudyError::Data(error) => error.into(),
            StudyError::Unsound(found) => {
                Problem::of_diagnostics(StatusCode::UNPROCESSABLE_ENTITY, &found)
            }
            StudyError::Busy => {
                Problem::new(StatusCode::CONFLICT, codes::RUNNING, "another agglo runs this study")
            }
            StudyError::NotRun => Problem::not_run(),
            StudyError::Cancelled => {
                Problem::new(StatusCode::CONFLICT, codes::RUNNING, error.to_string())
            }
            error @ StudyError::Record { .. } => {
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, codes::STUDY, error.to_string())
                    .remedy("`agglo run` writes it anew")
            }
            StudyError::Address(why) => Problem::not_found(why),
        }
    }
}

impl From<MethodError> for Problem {
    fn from(error: MethodError) -> Problem {
        let detail = error.to_string();
        match error {
            MethodError::Variant { .. } => Problem::query("variant", detail),
            MethodError::Option { option, .. } => {
                Problem::query("option", detail).remedy(format!("see the option `{option}`"))
            }
            MethodError::Frame(_) => Problem::query("keep", detail),
            MethodError::Panel(agglo_core::PanelError::Gaps { .. }) => Problem::refused(detail)
                .remedy("option=gaps=drop-regions, drop-industries, drop-periods or zero settles cells without a number"),
            _ => Problem::refused(detail),
        }
    }
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Problem {
        match error {
            AskError::Unknown(what) => {
                let known = agglo_methods::methods().into_iter().map(|method| method.id);
                Problem::unknown("step or method", &what, known)
            }
            AskError::Needs { table, .. } => Problem::refused(error.to_string())
                .remedy(format!("add the table `{table}` to study.toml and run")),
            AskError::Withheld(why) => Problem::withheld(why),
            AskError::Method(error) => error.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status(), body).into_response();
        let headers = response.headers_mut();
        let json = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, json);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status() == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if self.status() == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The problems that any route may answer with.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "written down for the OpenAPI document, never built")]
pub(crate) enum Problems {
    /// Query not understood.
    #[response(status = 400, content_type = "application/problem+json")]
    Query(Problem),
    /// Token lacking or wrong.
    #[response(status = 401, content_type = "application/problem+json")]
    Token(Problem),
    /// Request from elsewhere, or withheld by the study's rules.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
    /// No such thing.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// Format not available.
    #[response(status = 406, content_type = "application/problem+json")]
    Format(Problem),
    /// A run is going on, or the study was not run.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
    /// The data do not allow this.
    #[response(status = 422, content_type = "application/problem+json")]
    Refused(Problem),
    /// Fault in agglo, or a study that cannot be read.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
    /// Too many at once.
    #[response(status = 503, content_type = "application/problem+json")]
    Busy(Problem),
}
