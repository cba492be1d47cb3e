//! Reading requests: extractors whose refusals name the field and are written in the surface's own words.

use crate::error::{Error, Place};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use shared::error::ErrorCode;
use utoipa::ToSchema;

/// Bytes of a JSON body where a route allows no more (`axum::extract::DefaultBodyLimit`).
pub const BODY_BYTES: usize = 256 << 10;

/// A JSON body, sent as `application/json`. Fields nobody documented are ignored.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

/// A JSON body that may be left out: without a body it is the default.
#[derive(Debug, Clone, Copy)]
pub struct OptionalJson<T>(pub T);

/// The body of a request that says nothing further: whoever sends more than an object means something else, and is refused.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
pub struct Nothing {}

/// The query string.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

/// The variable part of a path. One that cannot be read is a path that does not exist.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let is_json = is_json(request.headers());
        if !is_json {
            return Err(ErrorCode::UnsupportedMediaType.into());
        }
        parse(&body(request, state).await?).map(Self)
    }
}

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let is_json = is_json(request.headers());
        let body = body(request, state).await?;
        if body.is_empty() {
            return Ok(Self(T::default()));
        }
        if !is_json {
            return Err(ErrorCode::UnsupportedMediaType.into());
        }
        parse(&body).map(Self)
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        query(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        axum::extract::Path::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| ErrorCode::NotFound.into())
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Error> {
    Bytes::from_request(request, state)
        .await
        .map_err(|rejection| match rejection {
            BytesRejection::FailedToBufferBody(
                axum::extract::rejection::FailedToBufferBody::LengthLimitError(_),
            ) => ErrorCode::PayloadTooLarge.into(),
            other => Error::new(ErrorCode::BadRequest)
                .with_detail("The body could not be read to its end.")
                .with_cause(other),
        })
}

/// Reads JSON; where it is well-formed but not as documented the refusal names the field.
///
/// # Errors
/// `invalid_json`, `validation_failed`.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    // serde reads a struct from a list too, field by field; every documented body is an object.
    let is_object = body.trim_ascii_start().first() == Some(&b'{');
    if !is_object && is_well_formed(body) {
        return Err(Error::wrong_type("body"));
    }
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        if !is_well_formed(body) {
            return ErrorCode::InvalidJson.into();
        }
        complaint(&error.path().to_string(), &error.inner().to_string())
    })?;
    deserializer
        .end()
        .map_err(|_| Error::new(ErrorCode::InvalidJson))?;
    Ok(value)
}

/// Reads an object that was read as a map before.
///
/// # Errors
/// `validation_failed` naming the field.
pub fn read<T: DeserializeOwned>(
    fields: serde_json::Map<String, serde_json::Value>,
) -> Result<T, Error> {
    serde_path_to_error::deserialize(serde_json::Value::Object(fields))
        .map_err(|error| complaint(&error.path().to_string(), &error.inner().to_string()))
}

/// Asked only on the way to a refusal. (serde's `IgnoredAny` would let lone surrogates pass.)
fn is_well_formed(body: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(body).is_ok()
}

/// Reads a query string.
///
/// # Errors
/// `validation_failed`, about the query.
pub fn query<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let deserializer = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        complaint(&error.path().to_string(), &error.inner().to_string()).within(Place::Query)
    })
}

/// Turns a parser's words into ours; only the field's name is taken over.
fn complaint(path: &str, words: &str) -> Error {
    let quoted = || words.split('`').nth(1).unwrap_or_default();
    let parent = path.trim_matches('.');
    let inside = |name: &str| match parent {
        "" | "?" => name.to_owned(),
        parent => format!("{parent}.{name}"),
    };
    if words.starts_with("missing field") {
        return Error::missing(inside(quoted()));
    }
    if words.starts_with("duplicate field") {
        let name = inside(quoted());
        let detail = format!("{name} is given twice");
        return Error::invalid(name, detail);
    }
    let field = match parent {
        "" | "?" => return Error::wrong_type("body"),
        // An unknown variant is reported one step further in than the field that holds it.
        field => field
            .split(['[', '?'])
            .next()
            .unwrap_or(field)
            .trim_end_matches('.')
            .to_owned(),
    };
    if words.starts_with("unknown variant") {
        let detail = format!("{field} is not one of the allowed values");
        return Error::invalid(field, detail);
    }
    Error::wrong_type(field)
}

#[cfg(test)]
mod tests {
    use super::{parse, query};
    use crate::error::{Error, Place, Problem};
    use serde::Deserialize;
    use shared::error::ErrorCode;
    use shared::widget::{ChatRequest, EscalateRequest, FeedbackRequest};

    #[derive(Debug, Deserialize)]
    struct Paging {
        #[expect(dead_code, reason = "only its type matters here")]
        limit: Option<i64>,
    }

    fn refusal<T: serde::de::DeserializeOwned + std::fmt::Debug>(body: &str) -> Error {
        parse::<T>(body.as_bytes()).unwrap_err()
    }

    #[test]
    fn what_is_not_json_is_told_from_what_is_not_as_documented() {
        for body in [
            "",
            "{",
            "not json",
            "{\"message\": 5, ",
            "{\"message\":\"a\"} x",
            "{\"message\":\"\\ud800\"}",
        ] {
            assert_eq!(
                refusal::<ChatRequest>(body).code,
                ErrorCode::InvalidJson,
                "{body}"
            );
        }
        let deep = "[".repeat(100_000);
        assert_eq!(refusal::<ChatRequest>(&deep).code, ErrorCode::InvalidJson);
        assert_eq!(
            refusal::<ChatRequest>("[]").code,
            ErrorCode::ValidationFailed
        );
    }

    #[test]
    fn refusals_name_the_field() {
        let missing = refusal::<ChatRequest>("{}");
        assert_eq!(
            (missing.field.as_deref(), missing.problem),
            (Some("message"), Problem::Missing)
        );
        let typed = refusal::<ChatRequest>("{\"message\": 5}");
        assert_eq!(
            (typed.field.as_deref(), typed.problem),
            (Some("message"), Problem::Type)
        );
        assert_eq!(typed.public_message(), "message has the wrong type");
        let variant = refusal::<EscalateRequest>("{\"trigger\": \"magic\"}");
        assert_eq!(variant.field.as_deref(), Some("trigger"));
        let twice = refusal::<ChatRequest>("{\"message\":\"a\",\"message\":\"b\"}");
        assert_eq!(twice.field.as_deref(), Some("message"));
        let huge =
            refusal::<FeedbackRequest>("{\"message_id\": 99999999999999999999, \"value\": null}");
        assert_eq!(huge.field.as_deref(), Some("message_id"));
    }

    #[test]
    fn queries_are_refused_as_queries() {
        let error = query::<Paging>("limit=x").unwrap_err();
        assert_eq!(
            (error.field.as_deref(), error.place),
            (Some("limit"), Place::Query)
        );
    }
}
