//! `Idempotency-Key` on requests that create something.

use crate::app::App;
use crate::core::once::{Attempt, Outcome, run};
use crate::error::{Error, Place, Result};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
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

/// What `work` creates, or what the first request under the same key created. For replies that hold a secret: `work`
/// gives what names the thing, which is kept; the reply is made of it afterwards.
///
/// # Errors
/// Those of `work` and of [`run`].
pub async fn made<T: Serialize + DeserializeOwned>(
    app: &App,
    headers: &HeaderMap,
    scope: String,
    request: &impl Serialize,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let work = async {
        let body = serde_json::to_string(&work.await?).map_err(Error::internal)?;
        let status = StatusCode::CREATED.as_u16();
        Ok(Outcome { status, body })
    };
    let outcome = once(app, headers, scope, request, work).await?;
    serde_json::from_str(&outcome.body).map_err(Error::internal)
}

/// Answers with what `work` creates, or with what the first request under the same key created. `scope` names
/// the route and the caller; `request` is what was asked for. Never use it for a reply that holds a secret:
/// replies are kept as they are.
///
/// # Errors
/// Those of `work` and of [`run`].
pub async fn created<T: Serialize>(
    app: &App,
    headers: &HeaderMap,
    scope: String,
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
    let outcome = once(app, headers, scope, request, work).await?;
    let status = StatusCode::from_u16(outcome.status).map_err(Error::internal)?;
    let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    Ok((status, json, outcome.body).into_response())
}

async fn once(
    app: &App,
    headers: &HeaderMap,
    scope: String,
    request: &impl Serialize,
    work: impl Future<Output = Result<Outcome>>,
) -> Result<Outcome> {
    let Some(key) = key(headers)? else {
        return work.await;
    };
    let request = serde_json::to_vec(request).map_err(Error::internal)?;
    let attempt = Attempt {
        scope,
        key,
        fingerprint: hex::encode(Sha256::digest(request)),
    };
    run(app, attempt, work).await
}
