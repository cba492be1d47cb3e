//! The built applications and public files, embedded in the program (read from `dist/` in debug builds).

use super::compress::takes_brotli;
use super::plain_page::plain_page;
use super::security;
use axum::body::Bytes;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::{Embed, EmbeddedFile};
use std::borrow::Cow;

/// What `make build` leaves: `widget/`, `dashboard/` and `public/`, with a brotli twin beside what shrinks by it.
#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../dist"]
#[allow_missing = true]
struct Dist;

const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Long enough for a visit, short enough for an update.
const A_WHILE: &str = "public, max-age=300";
/// Hexadecimal digits of the hash that `tools/pack-assets.mjs` puts into names.
const HASH_DIGITS: usize = 16;

/// A file of `dist/`; none where there is no such file.
pub fn file(path: &str, request: &HeaderMap) -> Option<Response> {
    let plain = find(path)?;
    let twin = takes_brotli(request)
        .then(|| find(&format!("{path}.br")))
        .flatten();
    let is_packed = twin.is_some();
    let found = twin.unwrap_or(plain);
    let tag = tag(&found);
    let is_known = request
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
    let mut response = match is_known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => bytes(found.data).into_response(),
    };
    let headers = response.headers_mut();
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let charset = if kind.type_() == "text" {
        "; charset=utf-8"
    } else {
        ""
    };
    set(headers, CONTENT_TYPE, &format!("{kind}{charset}"));
    set(headers, ETAG, &tag);
    set(
        headers,
        CACHE_CONTROL,
        if is_hashed(path) { FOR_EVER } else { A_WHILE },
    );
    set(headers, VARY, "Accept-Encoding");
    if is_packed {
        set(headers, CONTENT_ENCODING, "br");
    }
    security::open_to_other_origins(headers);
    // A tag of type module, or one with an integrity hash, reads the loader across origins.
    set(headers, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    Some(response)
}

/// The text of a page of `dist/`, for pages that are completed before they are sent.
pub fn page(path: &str) -> Option<String> {
    let found = find(path)?;
    String::from_utf8(found.data.into_owned()).ok()
}

/// Shown where a page of an application belongs and the program was built without the applications.
pub fn not_built() -> Response {
    let page = plain_page(
        "The applications are not built",
        "This program was built without its pages. Run <code>make build</code> (or <code>make run</code>) in the \
         project's folder: it builds the widget and the dashboard into the program.",
    );
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(CACHE_CONTROL, "no-store")],
        page,
    )
        .into_response()
}

fn find(path: &str) -> Option<EmbeddedFile> {
    let is_ours = path
        .split('/')
        .all(|part| !part.is_empty() && !part.starts_with('.'));
    if is_ours { Dist::get(path) } else { None }
}

fn bytes(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(embedded) => Bytes::from_static(embedded),
        Cow::Owned(read) => read.into(),
    }
}

fn tag(file: &EmbeddedFile) -> String {
    format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..12]))
}

fn set(headers: &mut HeaderMap, name: axum::http::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Whether a name carries the hash of the contents: `name-0123456789abcdef.ext`.
fn is_hashed(path: &str) -> bool {
    let stem = path
        .rsplit('/')
        .next()
        .and_then(|name| name.split('.').next());
    stem.and_then(|stem| stem.rsplit_once('-'))
        .is_some_and(|(_, hash)| {
            hash.len() == HASH_DIGITS && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
}

#[cfg(test)]
mod tests {
    use super::{find, is_hashed};

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        assert!(is_hashed("widget/widget-350b1e9fb37ad7c0.wasm"));
        assert!(!is_hashed("public/widget.js"));
        assert!(!is_hashed("dashboard/inbox-narrow.css"));
    }

    #[test]
    fn nothing_outside_is_found() {
        for path in [
            "../Cargo.toml",
            "widget/../../Cargo.toml",
            "/etc/passwd",
            ".stamp",
            "widget/",
            "",
        ] {
            assert!(find(path).is_none(), "{path}");
        }
    }
}
