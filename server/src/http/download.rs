//! Sends a stored file.

use super::security;
use crate::error::{Error, Result};
use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::Stream;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// `attr-char` of RFC 8187, section 3.2.1: everything else is written as `%XX`.
const ATTRIBUTE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');
/// A file shown in a tab runs nothing and asks for nothing.
const INERT: &str = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox";

/// What a browser does with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    Inline,
    Attachment,
}

/// What is said about a file.
pub struct About<'a> {
    pub filename: &'a str,
    pub content_type: &'a str,
    pub size: i64,
    pub disposition: Disposition,
    /// How long a browser may keep it. Shared caches may not: a file that is erased must be gone.
    pub cache: &'static str,
}

/// A response with these bytes.
///
/// # Errors
/// `internal_error` where a header cannot be written.
pub fn respond(
    about: &About<'_>,
    pieces: impl Stream<Item = Result<Bytes>> + Send + 'static,
) -> Result<Response> {
    let charset = match about.content_type.starts_with("text/") {
        true => "; charset=utf-8",
        false => "",
    };
    let value = |text: &str| HeaderValue::from_str(text).map_err(Error::internal);
    let mut response = (StatusCode::OK, Body::from_stream(pieces)).into_response();
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        value(&format!("{}{charset}", about.content_type))?,
    );
    headers.insert(CONTENT_LENGTH, HeaderValue::from(about.size));
    headers.insert(CONTENT_DISPOSITION, value(&disposition(about))?);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(about.cache));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(INERT));
    security::open_to_other_origins(headers);
    Ok(response)
}

fn disposition(about: &About<'_>) -> String {
    let kind = match about.disposition {
        Disposition::Inline => "inline",
        Disposition::Attachment => "attachment",
    };
    // For programs that do not know the encoded form.
    let plain: String = about
        .filename
        .chars()
        .map(|character| match character {
            '"' | '\\' | '%' | ';' => '_',
            character if character.is_ascii_graphic() || character == ' ' => character,
            _ => '_',
        })
        .collect();
    let encoded = utf8_percent_encode(about.filename, ATTRIBUTE);
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::{About, Disposition, disposition};

    #[test]
    fn names_of_files_cannot_break_out_of_their_header() {
        let about = About {
            filename: "Grüße \"x\"; a=b%.pdf",
            content_type: "application/pdf",
            size: 1,
            disposition: Disposition::Attachment,
            cache: "no-store",
        };
        assert_eq!(
            disposition(&about),
            "attachment; filename=\"Gr__e _x__ a=b_.pdf\"; \
             filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%22x%22%3B%20a%3Db%25.pdf"
        );
    }
}
