//! `Idempotency-Key` on requests that create something.

use crate::app::App;
use crate::core::file::Incoming;
use crate::core::once::{Attempt, Outcome, run};
use crate::error::{Error, Place, Result};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::future::Future;

/// The header by which a client marks its resends.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The request's key, where it has one.
///
/// # Errors
/// `validation_failed` where it is not text.
pub fn key(headers: &HeaderMap) -> Result<Option<String>> {
    headers
        .get(IDEMPOTENCY_KEY)
        .map(|value| value.to_str().map(str::to_owned))
        .transpose()
        .map_err(|_| {
            Error::invalid("Idempotency-Key", "Idempotency-Key is not valid").within(Place::Header)
        })
}

/// What tells a request that brings a file from another: the file's name and its bytes.
pub fn of_file(file: &Incoming) -> impl Serialize + use<> {
    (file.filename.clone(), digest(&file.bytes))
}

/// For what is only compared and never shown, such as a session's key within a scope.
pub fn digest(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Whose requests a key tells apart, and the site their results tell of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The route and the caller.
    pub name: String,
    /// What is kept of the result goes with this site.
    pub site_id: Option<i64>,
}

impl From<String> for Scope {
    fn from(name: String) -> Self {
        Self {
            name,
            site_id: None,
        }
    }
}

impl From<(String, i64)> for Scope {
    fn from((name, site_id): (String, i64)) -> Self {
        Self {
            name,
            site_id: Some(site_id),
        }
    }
}

/// Answers with what `work` creates, or with what the first request under the same key created. `request` is what
/// was asked for. Where the reply holds a secret, use [`created_secret`]: replies are kept as they are.
///
/// # Errors
/// Those of `work` and of [`run`].
pub async fn created<T: Serialize>(
    app: &App,
    headers: &HeaderMap,
    scope: impl Into<Scope>,
    request: &impl Serialize,
    status: StatusCode,
    work: impl Future<Output = Result<T>>,
) -> Result<Response> {
    create(app, headers, scope.into(), false, request, status, work).await
}

/// [`created`], for a reply that shows a secret this once: for resends it is kept encrypted.
///
/// # Errors
/// Those of `work` and of [`run`].
pub async fn created_secret<T: Serialize>(
    app: &App,
    headers: &HeaderMap,
    scope: impl Into<Scope>,
    request: &impl Serialize,
    status: StatusCode,
    work: impl Future<Output = Result<T>>,
) -> Result<Response> {
    create(app, headers, scope.into(), true, request, status, work).await
}

async fn create<T: Serialize>(
    app: &App,
    headers: &HeaderMap,
    scope: Scope,
    is_secret: bool,
    request: &impl Serialize,
    status: StatusCode,
    work: impl Future<Output = Result<T>>,
) -> Result<Response> {
    let work = async {
        let body = serde_json::to_string(&work.await?).map_err(Error::internal)?;
        Ok(Outcome {
            status: status.as_u16(),
            body,
        })
    };
    let outcome = match key(headers)? {
        None => work.await?,
        Some(key) => {
            let request = serde_json::to_vec(request).map_err(Error::internal)?;
            let attempt = Attempt {
                scope: scope.name,
                key,
                fingerprint: digest(request),
                site_id: scope.site_id,
                is_secret,
            };
            run(app, attempt, work).await?
        }
    };
    let status = StatusCode::from_u16(outcome.status).map_err(Error::internal)?;
    let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    Ok((status, json, outcome.body).into_response())
}
