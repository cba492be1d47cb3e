//! Replies made for the moment, compressed where the caller takes that. Files are compressed when they are packed, and streams never.

use crate::error::{Error, Result};
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_ENCODING;
use brotli::enc::BrotliEncoderParams;
use quick_cache::sync::Cache;
use std::sync::LazyLock;
use tower_http::compression::CompressionLayer;

pub fn compressed() -> CompressionLayer {
    CompressionLayer::new().br(true).gzip(true)
}

/// About a kilobyte each.
const PACKED: usize = 1_000;
/// What was packed, by its tag: which bytes a text packs to depends on nothing else.
static KNOWN: LazyLock<Cache<String, Bytes>> = LazyLock::new(|| Cache::new(PACKED));

/// A small text that many ask for, as small as brotli makes it. That takes milliseconds, and is done once for each text; `tag` tells
/// one from another.
///
/// # Errors
/// None that a writer into memory has.
pub fn packed(tag: &str, text: &str) -> Result<Bytes> {
    KNOWN.get_or_insert_with(tag, || {
        let parameters = BrotliEncoderParams {
            quality: 11,
            size_hint: text.len(),
            ..BrotliEncoderParams::default()
        };
        let mut bytes = Vec::new();
        brotli::BrotliCompress(&mut text.as_bytes(), &mut bytes, &parameters)
            .map_err(Error::internal)?;
        Ok(Bytes::from(bytes))
    })
}

/// Whether a caller says that it reads brotli.
pub fn takes_brotli(request: &HeaderMap) -> bool {
    let values = request.get_all(ACCEPT_ENCODING).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let is_brotli = parts
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case("br"));
            let is_refused = parts.any(|part| {
                matches!(
                    part.replace(' ', "").as_str(),
                    "q=0" | "q=0.0" | "q=0.00" | "q=0.000"
                )
            });
            is_brotli && !is_refused
        })
}

#[cfg(test)]
mod tests {
    use super::takes_brotli;
    use axum::http::header::ACCEPT_ENCODING;
    use axum::http::{HeaderMap, HeaderValue};

    #[test]
    fn brotli_is_sent_to_those_who_take_it() {
        let takes = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_str(value).unwrap());
            takes_brotli(&headers)
        };
        assert!(takes("gzip, deflate, br, zstd"));
        assert!(takes("br;q=0.5"));
        assert!(!takes("gzip, br;q=0"));
        assert!(!takes("brotli"));
        assert!(!takes_brotli(&HeaderMap::new()));
    }
}
