//! Calls of the services an instance is configured with, whose answers are read whole.

use super::Net;
use bytes::{Bytes, BytesMut};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use std::time::Duration;
use url::Url;

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub content_type: String,
    pub body: Bytes,
}

/// Why there is no answer. Holds nothing of what the service wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsaid {
    #[error("the service's address is forbidden")]
    Forbidden,
    #[error("the service could not be reached, or broke off")]
    Unreachable,
    #[error("the service answered {0}")]
    Status(u16),
    #[error("the service's answer is too long")]
    TooLong,
}

impl Net {
    /// Posts to a configured service, under its key, and reads the answer of a success.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn say(
        &self,
        url: Url,
        key: Option<&str>,
        content_type: &str,
        body: Vec<u8>,
        patience: Duration,
        at_most: usize,
    ) -> Result<Said, Unsaid> {
        let mut request = self
            .request(Method::POST, url)
            .map_err(|_| Unsaid::Forbidden)?
            .timeout(patience)
            .header(CONTENT_TYPE, content_type)
            .body(body);
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        let mut response = request.send().await.map_err(|_| Unsaid::Unreachable)?;
        if !response.status().is_success() {
            return Err(Unsaid::Status(response.status().as_u16()));
        }
        let content_type = response
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| Unsaid::Unreachable)? {
            if body.len() + chunk.len() > at_most {
                return Err(Unsaid::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Said {
            content_type,
            body: body.freeze(),
        })
    }
}
