//! Posting to addresses that somebody else chose.

use super::{Net, is_forbidden};
use reqwest::header::HeaderMap;
use reqwest::{Method, Response};
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;

/// Headers kept of an answer, and characters kept of each.
const HEADERS: usize = 50;
const HEADER_CHARS: usize = 1_000;

/// What is posted.
#[derive(Debug, Clone)]
pub struct Post<'a> {
    pub url: Url,
    pub headers: &'a BTreeMap<String, String>,
    pub body: String,
    /// For everything, from the name's resolution to the end of the answer.
    pub patience: Duration,
    /// Bytes of the answer's body to keep.
    pub keep: usize,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// Why nothing came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unanswered {
    Forbidden,
    Timeout,
    Unreachable,
}

impl From<reqwest::Error> for Unanswered {
    fn from(error: reqwest::Error) -> Self {
        if is_forbidden(&error) {
            return Self::Forbidden;
        }
        if error.is_timeout() {
            return Self::Timeout;
        }
        Self::Unreachable
    }
}

impl Net {
    /// Posts once. Redirects are not followed.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn post(&self, post: Post<'_>) -> Result<Answer, Unanswered> {
        let client = self
            .outside_client(&post.url)
            .map_err(|_| Unanswered::Forbidden)?;
        let mut request = client
            .request(Method::POST, post.url)
            .timeout(post.patience)
            .body(post.body);
        for (name, value) in post.headers {
            request = request.header(name, value);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), kept(response.headers()));
        Ok(Answer {
            status,
            headers,
            body: beginning(response, post.keep).await,
        })
    }
}

fn kept(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers
        .iter()
        .take(HEADERS)
        .map(|(name, value)| {
            let text = String::from_utf8_lossy(value.as_bytes());
            (
                name.as_str().to_owned(),
                text.chars().take(HEADER_CHARS).collect(),
            )
        })
        .collect()
}

/// The first bytes of a body. One that breaks off, or never ends, gives what came in time: the status has said
/// whether the post was taken.
async fn beginning(mut response: Response, keep: usize) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < keep {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                bytes.extend_from_slice(&chunk[..chunk.len().min(keep - bytes.len())])
            }
            Ok(None) | Err(_) => break,
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
