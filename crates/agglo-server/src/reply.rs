//! A whole answer in memory, with what browsers keep it by.

use std::io::Write;
use std::sync::OnceLock;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use serde::Serialize;

use crate::problem::Problem;

/// Answers shorter than this are not compressed: it would not make them arrive sooner.
const LEAST_COMPRESSED: usize = 860;

/// What may run in an answer that a browser shows by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Policy {
    /// Nothing.
    #[default]
    Nothing,
    /// Styles of a drawing.
    Drawing,
    /// As written.
    Own(String),
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Reply {
    mime: &'static str,
    bytes: Bytes,
    squeezed: OnceLock<Option<Bytes>>,
    tag: String,
    file: Option<String>,
    policy: Policy,
}

impl Reply {
    /// An answer of these bytes.
    pub(crate) fn new(mime: &'static str, bytes: impl Into<Bytes>) -> Reply {
        let bytes = bytes.into();
        let tag = blake3::hash(&bytes).to_hex()[..32].to_owned();
        let (squeezed, file, policy) = (OnceLock::new(), None, Policy::default());
        Reply { mime, bytes, squeezed, tag, file, policy }
    }

    /// An answer as JSON.
    ///
    /// # Errors
    /// When the value has a key that JSON does not.
    pub(crate) fn json(value: &impl Serialize) -> Result<Reply, Problem> {
        let bytes =
            serde_json::to_vec(value).map_err(|error| Problem::internal(error.to_string()))?;
        Ok(Reply::new("application/json", bytes))
    }

    /// With the name under which a browser saves it.
    pub(crate) fn saved_as(self, name: Option<String>) -> Reply {
        Reply { file: name, ..self }
    }

    /// With what may run in it.
    pub(crate) fn allowing(self, policy: Policy) -> Reply {
        Reply { policy, ..self }
    }

    /// Bytes it takes in memory, about.
    pub(crate) fn size(&self) -> usize {
        let squeezed = self.squeezed.get().and_then(Option::as_ref).map_or(0, Bytes::len);
        512 + self.bytes.len() + squeezed
    }

    /// The answer compressed, where that is shorter.
    fn squeezed(&self) -> Option<&Bytes> {
        let squeeze = || {
            let text = self.mime.starts_with("text/")
                || ["json", "svg", "javascript"].iter().any(|kind| self.mime.contains(kind));
            if !text || self.bytes.len() < LEAST_COMPRESSED {
                return None;
            }
            let level = flate2::Compression::fast();
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), level);
            writer.write_all(&self.bytes).ok()?;
            let squeezed = writer.finish().ok()?;
            (squeezed.len() < self.bytes.len()).then(|| Bytes::from(squeezed))
        };
        self.squeezed.get_or_init(squeeze).as_ref()
    }

    /// Compresses it now, off the threads that wait for the network.
    pub(crate) fn prepare(self) -> Reply {
        let _ = self.squeezed();
        self
    }

    /// The answer to a request with these headers: whole, compressed, or "you have it".
    pub(crate) fn respond(
        &self,
        method: &Method,
        asked: &HeaderMap,
        cache: &'static str,
    ) -> Response {
        let squeezed = accepts_gzip(asked).then(|| self.squeezed()).flatten();
        let tag = match squeezed {
            Some(_) => format!("\"{}-gz\"", self.tag),
            None => format!("\"{}\"", self.tag),
        };
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        let mut put = |name, text: &str| {
            if let Ok(value) = HeaderValue::from_str(text) {
                headers.insert(name, value);
            }
        };
        put(header::ETAG, &tag);
        put(header::CACHE_CONTROL, cache);
        put(header::VARY, "accept, accept-encoding, authorization");
        if has_tag(asked, &self.tag) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        put(header::CONTENT_TYPE, self.mime);
        match &self.policy {
            Policy::Nothing => {}
            Policy::Drawing => {
                put(
                    header::CONTENT_SECURITY_POLICY,
                    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
                );
            }
            Policy::Own(policy) => put(header::CONTENT_SECURITY_POLICY, policy),
        }
        if let Some(name) = &self.file {
            put(header::CONTENT_DISPOSITION, &format!("attachment; filename=\"{name}\""));
        }
        if squeezed.is_some() {
            put(header::CONTENT_ENCODING, "gzip");
        }
        let bytes = squeezed.unwrap_or(&self.bytes).clone();
        put(header::CONTENT_LENGTH, &bytes.len().to_string());
        if method != Method::HEAD {
            *response.body_mut() = Body::from(bytes);
        }
        response
    }
}

/// Whether the client has the answer of this tag, compressed or not.
fn has_tag(asked: &HeaderMap, tag: &str) -> bool {
    let lists = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|known| {
        let known = known.trim().trim_start_matches("W/").trim_matches('"');
        known == "*" || known.strip_suffix("-gz").unwrap_or(known) == tag
    })
}

fn accepts_gzip(asked: &HeaderMap) -> bool {
    let lists = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named =
            parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip") || name == "*");
        let refused = parts.any(|part| {
            let quality = part.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok());
            quality == Some(0.0)
        });
        named && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn a_client_that_has_the_answer_gets_no_body() {
        let reply = Reply::new("text/plain", vec![b'a'; 4000]);
        let cold = reply.respond(&Method::GET, &HeaderMap::new(), "no-cache");
        let tag = cold.headers()[header::ETAG].clone();
        let asked = HeaderMap::from_iter([(header::IF_NONE_MATCH, tag)]);
        let warm = reply.respond(&Method::GET, &asked, "no-cache");
        assert_eq!(warm.status(), StatusCode::NOT_MODIFIED);
        let gzip = headers(header::ACCEPT_ENCODING, "br, gzip;q=0.5");
        let squeezed = reply.respond(&Method::GET, &gzip, "no-cache");
        assert_eq!(squeezed.headers()[header::CONTENT_ENCODING], "gzip");
        assert_ne!(squeezed.headers()[header::ETAG], cold.headers()[header::ETAG]);
    }

    #[test]
    fn gzip_that_is_refused_is_not_sent() {
        assert!(!accepts_gzip(&headers(header::ACCEPT_ENCODING, "gzip;q=0, br")));
        assert!(!accepts_gzip(&headers(header::ACCEPT_ENCODING, "identity")));
        assert!(accepts_gzip(&headers(header::ACCEPT_ENCODING, "deflate, GZIP")));
    }
}
