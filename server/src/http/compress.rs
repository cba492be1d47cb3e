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

/// How many small texts are kept packed.
const PACKED: usize = 1_000;
/// From here on a text is no small one: what packing it takes, and keeping it, are not worth what they save.
const SMALL: usize = 16 << 10;
/// What was packed, by its tag: which bytes a text packs to depends on nothing else.
static KNOWN: LazyLock<Cache<String, Bytes>> = LazyLock::new(|| Cache::new(PACKED));

/// A small text that many ask for, as small as brotli makes it. That takes milliseconds, and is done once for each text; `tag` tells
/// one from another. None: the text is too long for that, and compressed on its way as everything else.
///
/// # Errors
/// None that a writer into memory has.
pub fn packed(tag: &str, text: &str) -> Result<Option<Bytes>> {
    if text.len() > SMALL {
        return Ok(None);
    }
    let bytes = KNOWN.get_or_insert_with(tag, || {
        let parameters = BrotliEncoderParams {
            quality: 11,
            size_hint: text.len(),
            ..BrotliEncoderParams::default()
        };
        let mut bytes = Vec::new();
        brotli::BrotliCompress(&mut text.as_bytes(), &mut bytes, &parameters)
            .map_err(Error::internal)?;
        Ok::<_, Error>(Bytes::from(bytes))
    })?;
    Ok(Some(bytes))
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
    use super::{SMALL, packed, takes_brotli};
    use axum::http::header::ACCEPT_ENCODING;
    use axum::http::{HeaderMap, HeaderValue};

    #[test]
    fn small_texts_are_packed_and_long_ones_are_not() {
        let small = packed("small", &"a".repeat(SMALL)).unwrap();
        assert!(small.is_some_and(|bytes| bytes.len() < 100));
        assert_eq!(packed("long", &"a".repeat(SMALL + 1)).unwrap(), None);
    }

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
