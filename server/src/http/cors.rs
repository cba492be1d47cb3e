//! Origins: which pages of other sites may read the visitor surfaces' replies.
//!
//! Whether a site may be used from an origin is judged where the site is looked up (see [`check_origin`]); this
//! layer lets the browser read every reply but the one that refuses the origin.

use super::input;
use super::reply::{Failure, Surface};
use crate::app::App;
use crate::core::actor::Site;
use crate::core::{origin, session};
use crate::error::{Error, Result};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HOST,
    ORIGIN, VARY,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::error::ErrorCode;

const METHODS: &str = "GET, POST, PATCH, DELETE, OPTIONS";
const HEADERS: &str = "authorization, content-type, idempotency-key, last-event-id, x-site-key";
const EXPOSED: &str = "retry-after, x-request-id";
/// Seconds a browser may remember what it was told before a request.
const MAX_AGE: &str = "600";

/// The layer of the visitor surfaces; everything else is same-origin. It stands before routing, because a browser's
/// question before a request has a method that no route knows.
pub async fn visitor(State(app): State<App>, request: Request, next: Next) -> Response {
    if !is_for_visitors(request.uri().path()) {
        return next.run(request).await;
    }
    let origin = request.headers().get(ORIGIN).cloned();
    let asks_first = request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if asks_first && origin.is_some() {
        preflight(&app, &request.into_parts().0)
            .await
            .into_response()
    } else {
        next.run(request).await
    };
    response
        .headers_mut()
        .append(VARY, HeaderValue::from_static("Origin"));
    let refused = response
        .extensions()
        .get::<Failure>()
        .is_some_and(|Failure(error)| error.code == ErrorCode::OriginNotAllowed);
    if let Some(origin) = origin.filter(|_| !refused) {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(
            ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static(EXPOSED),
        );
    }
    response
}

/// Whether pages of other origins call it. Of the chatbots surface that is the chat alone.
fn is_for_visitors(path: &str) -> bool {
    Surface::of(path).is_for_visitors() || chatbot(path).is_some()
}

/// The chatbot that the address of a chat names.
fn chatbot(path: &str) -> Option<&str> {
    path.strip_prefix("/api/chat/")
}

#[derive(Deserialize)]
struct Asked {
    bot_id: Option<String>,
    site_key: Option<String>,
}

/// Says what a request may look like, and refuses already where the address names a site that has not named the
/// origin. Where it names none the request itself is judged: nothing here goes by cookies, so a preflight that
/// passes gives nobody anything.
async fn preflight(app: &App, request: &Parts) -> Result<impl IntoResponse + use<>> {
    let asked: Asked = input::query(request.uri.query().unwrap_or_default())?;
    let named = chatbot(request.uri.path()).map(str::to_owned);
    if let Some(spelling) = named.or(asked.bot_id).or(asked.site_key) {
        let site = session::site(app, &spelling).await?;
        check_origin(app, &request.headers, &site, None)?;
    }
    let headers = [
        (ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
        (ACCESS_CONTROL_MAX_AGE, MAX_AGE),
    ];
    Ok((StatusCode::NO_CONTENT, headers))
}

/// The origin of another site that a browser says it runs a page of. None for programs that are no browsers and
/// for our own pages, the panel's frame among them.
pub fn foreign_origin<'a>(app: &App, headers: &'a HeaderMap) -> Option<&'a str> {
    let origin = headers.get(ORIGIN)?.to_str().unwrap_or("null");
    (!is_our_origin(app, headers, origin)).then_some(origin)
}

/// Whether an origin is this server's: the configured one, or the one this request was sent to.
pub fn is_our_origin(app: &App, headers: &HeaderMap, origin: &str) -> bool {
    let asked = headers.get(HOST).and_then(|host| host.to_str().ok());
    let named = origin.split_once("://").map(|(_, host)| host);
    let is_asked = asked.is_some() && asked == named;
    is_asked || origin::of_url(&app.config.public_url).as_deref() == Some(origin)
}

/// Refuses a page of a site that the chat's owner has not named, and one other than the session was begun on.
///
/// # Errors
/// `origin_not_allowed`.
pub fn check_origin(
    app: &App,
    headers: &HeaderMap,
    site: &Site,
    session_origin: Option<&str>,
) -> Result<()> {
    let Some(foreign) = foreign_origin(app, headers) else {
        return Ok(());
    };
    origin::check(site, foreign)?;
    if session_origin.is_some_and(|bound| bound != foreign) {
        return Err(Error::new(ErrorCode::OriginNotAllowed));
    }
    Ok(())
}
