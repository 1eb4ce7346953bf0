//! The routes, and the document that describes them.

mod answers;
mod catalog;
mod check;
mod compare;
mod compute;
mod concentration;
mod figures;
mod findings;
mod lineage;
mod maps;
mod rank;
mod runs;
mod server;
mod slices;
mod study;
mod tables;
mod tabular;

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::{App, Asking};
use crate::codes;
use crate::guard::{self, API};
use crate::problem::Problem;

/// What a route is given.
type Shared = axum::extract::State<Arc<App>>;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "agglo",
        version = "1",
        description = "A study of industrial clusters over HTTP, as `agglo serve` gives it.",
        license(name = "Apache-2.0 OR MIT", identifier = "Apache-2.0 OR MIT"),
    ),
    servers((url = "/api/v1")),
    modifiers(&Token),
)]
struct Document;

struct Token;

impl utoipa::Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

fn api() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(server::health))
        .routes(routes!(server::server))
        .routes(routes!(server::events))
        .routes(routes!(study::study))
        .routes(routes!(study::axes))
        .routes(routes!(check::check))
        .routes(routes!(catalog::methods))
        .routes(routes!(catalog::method))
        .routes(routes!(catalog::codes))
        .routes(routes!(catalog::code))
        .routes(routes!(tables::tables))
        .routes(routes!(tables::table))
        .routes(routes!(tables::origin))
        .routes(routes!(lineage::lineage))
        .routes(routes!(lineage::explain))
        .routes(routes!(findings::findings))
        .routes(routes!(findings::finding))
        .routes(routes!(findings::finding_table))
        .routes(routes!(slices::slice))
        .routes(routes!(slices::series))
        .routes(routes!(maps::map))
        .routes(routes!(compute::compute))
        .routes(routes!(concentration::definitions))
        .routes(routes!(concentration::lorenz))
        .routes(routes!(rank::rank))
        .routes(routes!(compare::peers))
        .routes(routes!(compare::profile))
        .routes(routes!(figures::figures))
        .routes(routes!(figures::figure))
        .routes(routes!(figures::picture))
        .routes(routes!(figures::report))
        .routes(routes!(runs::runs, runs::start))
        .routes(routes!(runs::state, runs::stop))
        .routes(routes!(runs::diff))
}

/// The OpenAPI document, as JSON.
pub fn openapi() -> String {
    let (_, document) = api().split_for_parts();
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// All routes: the API, and the page for everything else.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let (api, document) = api().split_for_parts();
    let document: Arc<str> = document.to_json().unwrap_or_default().into();
    let described = move |asking: Asking| {
        let document = document.clone();
        async move {
            let reply = crate::reply::Reply::new("application/json", document.to_string());
            reply.respond(&asking.method, &asking.headers, "no-cache")
        }
    };
    let api = api
        .route("/openapi.json", axum::routing::get(described))
        .fallback(|request: Request| async move {
            let path = request.uri().path();
            Problem::not_found(format!("there is no route `{path}`")).into_response()
        })
        .method_not_allowed_fallback(|method: Method| async move {
            // The router adds the header `Allow`.
            if method == Method::OPTIONS {
                return StatusCode::NO_CONTENT.into_response();
            }
            refused_method()
        });
    Router::new()
        .nest(API, api)
        .route("/api", axum::routing::any(nothing))
        .route("/api/{*rest}", axum::routing::any(nothing))
        .fallback(page)
        .layer(middleware::from_fn_with_state(app.clone(), guard::guard))
        .with_state(app.clone())
}

async fn nothing(request: Request) -> Response {
    let path = request.uri().path();
    Problem::not_found(format!("there is no route `{path}`; all lie below {API}")).into_response()
}

async fn page(request: Request) -> Response {
    if request.method() == Method::OPTIONS {
        return allow(StatusCode::NO_CONTENT.into_response(), "GET, HEAD, OPTIONS");
    }
    crate::page::file(request.uri().path(), request.method(), request.headers())
}

fn refused_method() -> Response {
    let detail = "the route does not take this method";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, codes::METHOD, detail).into_response()
}

fn allow(mut response: Response, methods: &'static str) -> Response {
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(methods));
    response
}

/// The answer to a method that a path does not take.
pub(crate) fn not_allowed(methods: &'static str) -> Response {
    allow(refused_method(), methods)
}

impl<S: Send + Sync> FromRequestParts<S> for Asking {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Asking, Self::Rejection> {
        let whole = parts.uri.path_and_query().map_or("", |whole| whole.as_str());
        Ok(Asking {
            name: whole.to_owned(),
            method: parts.method.clone(),
            headers: parts.headers.clone(),
        })
    }
}

/// A query that was understood.
struct Asked<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Asked<T>, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        // A name without a value asks for nothing in particular, which is to leave it out.
        let bare =
            query.split('&').find(|pair| pair.split_once('=').is_some_and(|p| p.1.is_empty()));
        if let Some(bare) = bare {
            let name = bare.trim_end_matches('=');
            return Err(Problem::query(name, format!("`{name}` has no value")));
        }
        serde_html_form::from_str(query).map(Asked).map_err(|error| {
            let detail = error.to_string();
            let named = detail.split('`').nth(1).filter(|_| detail.contains("field"));
            Problem::query(named.unwrap_or("query"), detail.clone())
        })
    }
}

/// The parts of a path that have names.
struct Named<const N: usize>([String; N]);

impl<const N: usize, S: Send + Sync> FromRequestParts<S> for Named<N> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Named<N>, Problem> {
        let wrong = || Problem::query("path", "the path is no text");
        let found = RawPathParams::from_request_parts(parts, state).await.map_err(|_| wrong())?;
        let words: Vec<String> = found.iter().map(|(_, value)| value.to_owned()).collect();
        words.try_into().map(Named).map_err(|_| wrong())
    }
}

/// The period, or the periods from one to another, written as `2015` or `2010..2015`.
fn periods(text: Option<&str>) -> Result<Option<(i32, i32)>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let wrong =
        || Problem::query("period", format!("`{text}` is no period; write 2015 or 2010..2015"));
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    match (from.parse(), to.parse()) {
        (Ok(from), Ok(to)) if from <= to => Ok(Some((from, to))),
        _ => Err(wrong()),
    }
}

/// The seeds that can be asked for: those that JSON of any language holds.
const MOST_SEED: u64 = i64::MAX as u64;

fn seed(seed: Option<u64>) -> Result<Option<u64>, Problem> {
    match seed {
        Some(seed) if seed > MOST_SEED => {
            Err(Problem::query("seed", format!("a seed is at most {MOST_SEED}")))
        }
        seed => Ok(seed),
    }
}

/// `NAME=VALUE`, several times.
fn pairs(parameter: &str, texts: &[String]) -> Result<Vec<(String, String)>, Problem> {
    let pair = |text: &String| {
        text.split_once('=').filter(|(name, _)| !name.is_empty()).map_or_else(
            || Err(Problem::query(parameter, format!("`{text}` is not NAME=VALUE"))),
            |(name, value)| Ok((name.to_owned(), value.to_owned())),
        )
    };
    texts.iter().map(pair).collect()
}

/// A year, where the study knows periods by whole numbers.
fn year(period: i64) -> Result<i32, Problem> {
    i32::try_from(period).map_err(|_| Problem::query("period", format!("`{period}` is no year")))
}
