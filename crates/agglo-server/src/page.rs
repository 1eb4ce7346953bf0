//! The dashboard's page: files inside the program, and nothing from the disk.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;
use crate::reply::Reply;

/// The files of the page, by their way from its folder.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));
/// Files whose names change with their content.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// All others.
const ASK_AGAIN: &str = "no-cache";

static REPLIES: LazyLock<BTreeMap<&'static str, Reply>> = LazyLock::new(|| {
    let reply = |&(name, bytes): &(&'static str, &'static [u8])| {
        (name, Reply::new(mime(name), bytes).prepare())
    };
    FILES.iter().map(reply).collect()
});

/// What stands where the page would be.
const ABSENT: &str = include_str!("absent.html");

/// Whether the page is in this program.
pub(crate) fn is_here() -> bool {
    FILES.iter().any(|(name, _)| *name == "index.html")
}

fn mime(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// The file at `path`; the page itself for every path that looks like one of its own places.
pub(crate) fn file(path: &str, method: &Method, headers: &HeaderMap) -> Response {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return crate::routes::not_allowed("GET, HEAD, OPTIONS");
    }
    let name = path.trim_start_matches('/');
    if let Some(reply) = REPLIES.get(name) {
        let forever = name.starts_with("assets/");
        return reply.respond(method, headers, if forever { FOREVER } else { ASK_AGAIN });
    }
    let is_place = !name.split('/').next_back().is_some_and(|last| last.contains('.'));
    if !is_place || name.contains("..") || name.contains('\\') || name.contains('%') {
        return Problem::not_found(format!("there is no file `/{name}`")).into_response();
    }
    match REPLIES.get("index.html") {
        Some(page) => page.respond(method, headers, ASK_AGAIN),
        None => {
            let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
            (StatusCode::OK, html, ABSENT).into_response()
        }
    }
}
