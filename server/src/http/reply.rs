//! The one mapping of an [`Error`] to what each surface documents.
//!
//! A handler or extractor returns an [`Error`]; its response only carries it. [`finish`], the outermost layer,
//! knows the path and with it the surface, writes the body that surface documents, logs the cause once and
//! gives every response a request id. Missing routes, wrong methods and panics take the same way.

use super::plain_page::plain_page;
use crate::app::App;
use crate::error::{Error, Place, Problem};
use crate::metrics::method_label;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use serde_json::{Value, json};
use shared::error::ErrorCode;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::time::Instant;

/// Names a request in replies and in the log.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Who defined the path, and so the shape of its refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// S3, public part: `{"detail", "code"}`
    Widget,
    /// S4: `{"success": false, "message", "code"}`
    Visitor,
    /// S2: `{"error": "sentence"}`
    Helpdesk,
    /// S0: `{"error": "code", "message"}`
    Developer,
    /// S1: `{"error": "code", "message"}`
    Chatbots,
    /// S3, signed in: `{"detail"}`, validation as a list
    Tenant,
    /// Pages for people.
    Page,
}

const TENANT_ROOTS: [&str; 10] = [
    "auth",
    "tenants",
    "bots",
    "documents",
    "chat",
    "escalations",
    "gap-analyzer",
    "knowledge",
    "health",
    "metrics",
];
const HELPDESK_ROOTS: [&str; 2] = ["config", "conversations"];

impl Surface {
    pub fn of(path: &str) -> Self {
        let mut parts = path.trim_start_matches('/').split('/');
        let root = parts.next().unwrap_or_default();
        let (second, third, fourth) = (parts.next(), parts.next(), parts.next());
        match (root, second, third) {
            ("widget", Some("frame" | "assets"), _) => Self::Page,
            // Files are fetched by the pages that visitors look at.
            ("widget", ..) | ("files", Some(_), None) => Self::Widget,
            ("api", Some("v1"), Some("chat")) => match fourth {
                None => Self::Developer,
                Some(part) if HELPDESK_ROOTS.contains(&part) => Self::Helpdesk,
                Some(_) => Self::Visitor,
            },
            ("api", Some("v1" | "site" | "sites"), _) => Self::Developer,
            ("api", ..) => Self::Chatbots,
            _ if TENANT_ROOTS.contains(&root) => Self::Tenant,
            _ => Self::Page,
        }
    }

    /// Its name in logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Widget => "widget",
            Self::Visitor => "visitor",
            Self::Helpdesk => "helpdesk",
            Self::Developer => "developer",
            Self::Chatbots => "chatbots",
            Self::Tenant => "tenant",
            Self::Page => "page",
        }
    }

    /// Whether pages of other origins call it.
    pub const fn is_for_visitors(self) -> bool {
        matches!(self, Self::Widget | Self::Visitor | Self::Helpdesk)
    }

    /// The status this surface documents for a refusal.
    pub fn status(self, code: ErrorCode) -> StatusCode {
        let status = match (self, code) {
            (
                Self::Developer | Self::Chatbots | Self::Visitor,
                ErrorCode::ValidationFailed | ErrorCode::InvalidSession,
            ) => 400,
            _ => code.status(),
        };
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The body this surface documents for a refusal.
    pub fn body(self, error: &Error) -> Value {
        let (code, message) = (error.code.code(), error.public_message());
        match self {
            Self::Widget => json!({"detail": message, "code": code}),
            Self::Visitor => json!({"success": false, "message": message, "code": code}),
            Self::Helpdesk => json!({"error": message}),
            Self::Developer | Self::Chatbots | Self::Page => {
                json!({"error": code, "message": message})
            }
            Self::Tenant if error.code == ErrorCode::ValidationFailed => {
                json!({"detail": [tenant_complaint(error)]})
            }
            Self::Tenant => json!({"detail": message}),
        }
    }
}

/// One entry of the tenant surface's list of complaints.
fn tenant_complaint(error: &Error) -> Value {
    let place = match error.place {
        Place::Body => "body",
        Place::Query => "query",
        Place::Path => "path",
        Place::Header => "header",
    };
    let kind = match error.problem {
        Problem::Value => "value_error",
        Problem::Missing => "missing",
        Problem::Type => "type_error",
    };
    let loc: Vec<&str> = std::iter::once(place)
        .chain(
            error
                .field
                .as_deref()
                .into_iter()
                .flat_map(|field| field.split('.')),
        )
        .collect();
    json!({"loc": loc, "msg": error.public_message(), "type": kind})
}

/// Carries an error from where it happened to [`finish`].
#[derive(Debug, Clone)]
pub struct Failure(pub Arc<Error>);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(Failure(Arc::new(self)));
        response
    }
}

/// Answers where the route has no such method.
pub async fn method_not_allowed() -> Error {
    ErrorCode::MethodNotAllowed.into()
}

/// The outermost layer of the router.
pub async fn finish(State(app): State<App>, request: Request, next: Next) -> Response {
    let surface = Surface::of(request.uri().path());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let request_id = app.ids.slug();
    let since = Instant::now();
    let mut response = AssertUnwindSafe(next.run(request))
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Error::internal("a request handler panicked").into_response());
    if let Some(Failure(error)) = response.extensions_mut().remove::<Failure>() {
        log(&error, &request_id, method.as_str(), &path);
        write(&mut response, surface, &error);
    }
    app.metrics.request(
        surface.name(),
        method_label(method.as_str()),
        response.status().as_u16(),
        since.elapsed(),
    );
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

fn log(error: &Error, request_id: &str, method: &str, path: &str) {
    match error.code {
        ErrorCode::Internal | ErrorCode::StorageUnavailable => {
            tracing::error!(%error, request_id, method, path, "a request failed");
        }
        code => tracing::debug!(
            code = code.code(),
            request_id,
            method,
            path,
            "a request was refused"
        ),
    }
}

fn write(response: &mut Response, surface: Surface, error: &Error) {
    *response.status_mut() = surface.status(error.code);
    let (head, body) = match surface {
        Surface::Page => page(response.status(), error),
        _ => Json(surface.body(error)).into_response(),
    }
    .into_parts();
    *response.body_mut() = body;
    let headers = response.headers_mut();
    headers.remove(CONTENT_LENGTH);
    headers.extend(head.headers);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(wait) = error.retry_after {
        // Rounded up: whoever waits exactly as told must not come too early.
        let seconds = wait.as_millis().div_ceil(1_000).max(1);
        headers.insert(
            RETRY_AFTER,
            HeaderValue::from(u64::try_from(seconds).unwrap_or(u64::MAX)),
        );
    }
}

/// A refusal for people. Its text is ours alone: nothing of the request gets into it.
fn page(status: StatusCode, error: &Error) -> Response {
    if error.code == ErrorCode::NotFound && error.detail.is_none() {
        return plain_page(
            "This page does not exist",
            "The address may be mistyped, or what it led to was deleted.",
        );
    }
    let title = status.canonical_reason().unwrap_or("Error");
    plain_page(title, error.public_message())
}

#[cfg(test)]
mod tests {
    use super::Surface;
    use crate::error::Error;
    use serde_json::json;
    use shared::error::ErrorCode;

    #[test]
    fn paths_belong_to_the_surface_that_documents_them() {
        for (path, surface) in [
            ("/widget/chat", Surface::Widget),
            ("/widget/frame", Surface::Page),
            ("/widget/assets/x.js", Surface::Page),
            ("/files/0123.png", Surface::Widget),
            ("/files", Surface::Page),
            ("/api/v1/chat", Surface::Developer),
            ("/api/v1/chat/stream", Surface::Visitor),
            ("/api/v1/chat/conversations/7", Surface::Helpdesk),
            ("/api/v1/sites", Surface::Developer),
            ("/api/site", Surface::Developer),
            ("/api/conversations/conv_a/reply", Surface::Chatbots),
            ("/auth/login", Surface::Tenant),
            ("/health", Surface::Tenant),
            ("/dashboard/inbox", Surface::Page),
            ("/", Surface::Page),
        ] {
            assert_eq!(Surface::of(path), surface, "{path}");
        }
    }

    #[test]
    fn each_surface_refuses_in_its_documented_form() {
        let error = Error::invalid("name", "name must not be empty");
        assert_eq!(
            Surface::Widget.body(&error),
            json!({"detail": "name must not be empty", "code": "validation_failed"})
        );
        assert_eq!(
            Surface::Tenant.body(&error),
            json!({"detail": [{"loc": ["body", "name"], "msg": "name must not be empty", "type": "value_error"}]})
        );
        assert_eq!(
            Surface::Chatbots.body(&error),
            json!({"error": "validation_failed", "message": "name must not be empty"})
        );
        assert_eq!(Surface::Chatbots.status(ErrorCode::ValidationFailed), 400);
        assert_eq!(Surface::Widget.status(ErrorCode::ValidationFailed), 422);
        assert_eq!(
            Surface::Tenant.body(&ErrorCode::NotFound.into()),
            json!({"detail": "Not found."})
        );
    }
}
