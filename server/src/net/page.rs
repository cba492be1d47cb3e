//! Fetching a page: bounded in size and time, its text decoded.

use super::{Net, failed};
use crate::error::{Error, Result};
use encoding_rs::{Encoding, UTF_8};
use futures_util::StreamExt;
use reqwest::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use shared::error::ErrorCode;
use std::time::Duration;
use url::Url;

/// From the first byte sent to the last one read, redirects included.
const PATIENCE: Duration = Duration::from_secs(20);
/// How far into a page its own word about its encoding may stand (HTML, section 13.2.3.2).
const PRESCAN_BYTES: usize = 1_024;

/// What came back, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Where the redirects led.
    pub url: Url,
    pub status: u16,
    /// Lower case, without parameters.
    pub content_type: String,
    /// The content security policies that came as headers.
    pub policies: Vec<String>,
    pub text: String,
}

impl Net {
    /// Fetches a page of at most `limit` bytes.
    ///
    /// # Errors
    /// `forbidden_address`; `payload_too_large`; `internal_error` with the cause where the other side cannot be
    /// reached, breaks off or takes too long.
    pub async fn fetch(&self, url: Url, limit: usize) -> Result<Fetched> {
        tokio::time::timeout(PATIENCE, self.fetch_patiently(url, limit))
            .await
            .unwrap_or_else(|_| Err(Error::internal("the page took too long")))
    }

    async fn fetch_patiently(&self, url: Url, limit: usize) -> Result<Fetched> {
        let response = self.get(url).await?;
        let (url, status) = (response.url().clone(), response.status().as_u16());
        let content_type = response
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_lowercase();
        let policies = response.headers().get_all(CONTENT_SECURITY_POLICY);
        let policies = policies.iter().filter_map(|value| value.to_str().ok());
        let policies = policies.map(str::to_owned).collect();
        let mut bytes = Vec::new();
        let mut pieces = response.bytes_stream();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(failed)?;
            if bytes.len() + piece.len() > limit {
                return Err(ErrorCode::PayloadTooLarge.into());
            }
            bytes.extend_from_slice(&piece);
        }
        let encoding = encoding(&content_type, &bytes);
        let (text, _, _) = encoding.decode(&bytes);
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        Ok(Fetched {
            url,
            status,
            content_type: essence.to_owned(),
            policies,
            text: text.into_owned(),
        })
    }
}

/// What the header says, else what the page says, else UTF-8. A byte order mark wins when it is decoded.
fn encoding(content_type: &str, bytes: &[u8]) -> &'static Encoding {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(PRESCAN_BYTES)]).to_lowercase();
    charset(content_type)
        .or_else(|| charset(&head))
        .unwrap_or(UTF_8)
}

fn charset(text: &str) -> Option<&'static Encoding> {
    let (_, label) = text.split_once("charset=")?;
    let label = label.trim_start_matches(['"', '\'']);
    let end = label.find(['"', '\'', ';', ' ', '>', '/']);
    Encoding::for_label(&label.as_bytes()[..end.unwrap_or(label.len())])
}

#[cfg(test)]
mod tests {
    use super::encoding;

    #[test]
    fn the_encoding_is_the_headers_else_the_pages_else_utf_8() {
        for (header, page, name) in [
            ("text/html; charset=iso-8859-1", "", "windows-1252"),
            ("text/html", "<meta charset=\"Shift_JIS\">", "Shift_JIS"),
            (
                "text/html",
                "<meta http-equiv=content-type content='text/html; charset=koi8-r'>",
                "KOI8-R",
            ),
            ("text/html; charset=utf-8", "<meta charset=koi8-r>", "UTF-8"),
            ("text/html; charset=nonsense", "", "UTF-8"),
            ("", "", "UTF-8"),
        ] {
            assert_eq!(
                encoding(header, page.as_bytes()).name(),
                name,
                "{header} {page}"
            );
        }
    }
}
