//! Who may ask: the right host, the right page, the right token; and what every answer says to browsers.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::codes;
use crate::problem::Problem;

/// The most bytes of a body; no request needs more.
pub(crate) const MOST_BODY: u64 = 64 << 10;
/// The most bytes of a path and query.
const MOST_ADDRESS: usize = 16 << 10;
/// Where the API lies.
pub(crate) const API: &str = "/api/v1";

/// What a page of ours may do: load its own files and ask its own server, nothing else.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; \
    manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// An answer that a browser opens by itself may do nothing.
const ANSWER_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// Lets a request through, or says why not; dresses the answer.
pub(crate) async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api");
    let mut response = match permit(&app, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => {
            let mut response = problem.into_response();
            if request.headers().contains_key(header::CONTENT_LENGTH) {
                // The body is not read, so the line cannot be used again.
                response
                    .headers_mut()
                    .insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            response
        }
    };
    dress(response.headers_mut(), api);
    response
}

fn permit(app: &App, request: &Request) -> Result<(), Problem> {
    let headers = request.headers();
    let host = host(request).ok_or_else(|| foreign("the request names no host"))?;
    if !is_own_host(app, &host) {
        return Err(foreign(format!("this server is not called `{host}`")));
    }
    let api = request.uri().path().starts_with("/api");
    own_page(headers, &host, request.method(), api)?;
    let address = request.uri().path_and_query().map_or(0, |whole| whole.as_str().len());
    if address > MOST_ADDRESS {
        let detail = format!("the address is longer than {MOST_ADDRESS} bytes");
        return Err(Problem::new(StatusCode::URI_TOO_LONG, codes::TOO_LARGE, detail));
    }
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if length.and_then(|length| length.parse::<u64>().ok()).is_some_and(|length| length > MOST_BODY)
    {
        let detail = format!("the body is longer than {MOST_BODY} bytes");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, codes::TOO_LARGE, detail));
    }
    let health = request.uri().path() == "/api/v1/health";
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if api && !health && (changes || !app.is_local()) {
        token(app, headers)?;
    }
    Ok(())
}

/// The name and port under which the client reached this server.
fn host(request: &Request) -> Option<String> {
    let mut named = request.headers().get_all(header::HOST).iter();
    let host = match (named.next(), named.next()) {
        (Some(host), None) => host.to_str().ok()?.to_owned(),
        (None, None) => request.uri().authority()?.to_string(),
        _ => return None,
    };
    Some(host.to_ascii_lowercase())
}

/// Whether `host` is a name of this server: a name of loopback where it listens there, an address where it
/// listens elsewhere (no name of somebody else's making can be one), or a name that the user allowed.
fn is_own_host(app: &App, host: &str) -> bool {
    let allowed = app.config.allowed_hosts.iter().map(|name| name.to_ascii_lowercase());
    let (name, port) = split(host);
    if allowed.into_iter().any(|own| own == host || own == name) {
        return true;
    }
    if port.unwrap_or(80) != app.address.port() {
        return false;
    }
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let address: Option<IpAddr> = bare.parse().ok();
    if app.is_local() {
        return name == "localhost" || address.is_some_and(|address| address.is_loopback());
    }
    address.is_some_and(|address| {
        app.config.host.is_unspecified() || address == app.config.host || address.is_loopback()
    })
}

fn split(host: &str) -> (&str, Option<u16>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => match port.parse() {
            Ok(port) => (name, Some(port)),
            // A port that is none belongs to no server.
            Err(_) => (host, Some(0)),
        },
        _ => (host, None),
    }
}

/// Refuses what a page of another site asks for: it must neither read nor change.
fn own_page(headers: &HeaderMap, host: &str, method: &Method, api: bool) -> Result<(), Problem> {
    if let Some(origin) = headers.get(header::ORIGIN) {
        let origin = origin.to_str().unwrap_or_default().to_ascii_lowercase();
        let own = ["http://", "https://"]
            .iter()
            .any(|scheme| origin.strip_prefix(scheme).is_some_and(|rest| rest == host));
        if !own {
            return Err(foreign(format!("the page is of `{origin}` and not of this server")));
        }
    }
    let word = |name: &'static str| headers.get(name).and_then(|value| value.to_str().ok());
    let elsewhere = matches!(word("sec-fetch-site"), Some("cross-site" | "same-site"));
    // Whoever follows a link sees the answer in a window of its own, which the linking page cannot read.
    let opened = word("sec-fetch-mode") == Some("navigate")
        && word("sec-fetch-dest") == Some("document")
        && *method == Method::GET;
    if elsewhere && !opened && api {
        return Err(foreign("the page is of another site"));
    }
    Ok(())
}

fn token(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    let refuse = |detail: &str| {
        Problem::new(StatusCode::UNAUTHORIZED, codes::TOKEN, detail)
            .remedy("open the address that `agglo serve` printed, with `#token=` at its end")
    };
    let Some(given) = headers.get(header::AUTHORIZATION) else {
        return Err(refuse("this needs the token of the server"));
    };
    let given = given.to_str().unwrap_or_default();
    match given.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
            if app.is_token(token.trim()) { Ok(()) } else { Err(refuse("the token is another")) }
        }
        _ => Err(refuse("the header must read `Authorization: Bearer TOKEN`")),
    }
}

fn foreign(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, codes::FOREIGN, detail)
        .remedy("open the address that `agglo serve` printed; behind a proxy name its host with --allow-host")
}

/// What every answer says to browsers.
fn dress(headers: &mut HeaderMap, api: bool) {
    let mut put = |name: &'static str, value: &'static str| {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    };
    put("content-security-policy", if api { ANSWER_POLICY } else { PAGE_POLICY });
    put("x-content-type-options", "nosniff");
    put("x-frame-options", "DENY");
    put("referrer-policy", "no-referrer");
    put("cross-origin-opener-policy", "same-origin");
    put("cross-origin-resource-policy", "same-origin");
    put("permissions-policy", "camera=(), geolocation=(), microphone=()");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ports_are_told_apart() {
        for (host, name, port) in [
            ("localhost:80", "localhost", Some(80)),
            ("[::1]:8731", "[::1]", Some(8731)),
            ("[::1]", "[::1]", None),
            ("127.0.0.1", "127.0.0.1", None),
            ("evil:x", "evil:x", Some(0)),
        ] {
            assert_eq!(split(host), (name, port), "{host}");
        }
    }

    #[test]
    fn a_page_of_another_site_may_not_read_and_a_link_may_be_followed() {
        let headers = |pairs: &[(&'static str, &'static str)]| -> HeaderMap {
            let pair = |&(name, value): &(&'static str, &'static str)| {
                (HeaderName::from_static(name), HeaderValue::from_static(value))
            };
            pairs.iter().map(pair).collect()
        };
        let host = "127.0.0.1:8731";
        let asks = |pairs: &[(&'static str, &'static str)]| {
            own_page(&headers(pairs), host, &Method::GET, true).is_ok()
        };
        assert!(asks(&[]));
        assert!(asks(&[("origin", "http://127.0.0.1:8731")]));
        assert!(!asks(&[("origin", "http://127.0.0.1:8732")]));
        assert!(!asks(&[("origin", "null")]));
        assert!(!asks(&[("origin", "http://evil.example")]));
        assert!(!asks(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")]));
        assert!(asks(&[
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
        ]));
        assert!(!asks(&[
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "iframe"),
        ]));
    }
}
