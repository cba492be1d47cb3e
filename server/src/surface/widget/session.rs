//! `POST /widget/session/init`

use super::WidgetError;
use crate::app::App;
use crate::core::actor::{Site, Visitor};
use crate::core::once::Attempt;
use crate::core::session::{self, Arrival};
use crate::core::{identity, origin};
use crate::error::Result;
use crate::http::client::Client;
use crate::http::cors::{check_origin, foreign_origin, is_our_origin};
use crate::http::input::Json;
use crate::http::once;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use sha2::{Digest, Sha256};
use shared::widget::{ChatRequest, IdentityMode, SessionInitReply, SessionInitRequest};

/// Begins a visitor's session.
///
/// A session of somebody whose identity token does not hold is anonymous, and `identity_error` says why. Where the
/// site limits open conversations and the visitor, proved by token or `session_id`, has as many, no other begins: the
/// reply names the latest open one, with `continued`.
#[utoipa::path(
    post,
    path = "/widget/session/init",
    tag = "widget",
    request_body = SessionInitRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "A resend gets the first result.")),
    responses(
        (status = 200, body = SessionInitReply),
        (status = 403, body = WidgetError, description = "`tenant_inactive`, `site_disabled`, `origin_not_allowed`"),
        (status = 404, body = WidgetError),
        (status = 422, body = WidgetError),
        (status = 429, body = WidgetError, description = "More than 10 a minute."),
    )
)]
pub(super) async fn init(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
    Json(request): Json<SessionInitRequest>,
) -> Result<Response> {
    let site = session::site(&app, &request.bot_id).await?;
    check_origin(&app, &headers, &site, None)?;
    let parent_origin = parent_origin(&app, &headers, &site, request.parent_url.as_deref())?;
    let scope = (scope("init", &site, client), site.id);
    let work = begin(&app, site, &request, parent_origin);
    once::created(&app, &headers, scope, &request, StatusCode::OK, work).await
}

/// Names the route and the caller. The address is hashed: it is only compared, never shown.
fn scope(route: &str, site: &Site, client: Client) -> String {
    let caller = hex::encode(&Sha256::digest(client.key())[..16]);
    format!("widget.{route}:{}:{caller}", site.id)
}

/// The origin the session is bound to: the page's that the browser names, or that the panel was told by its host.
fn parent_origin(
    app: &App,
    headers: &HeaderMap,
    site: &Site,
    parent_url: Option<&str>,
) -> Result<Option<String>> {
    if let Some(foreign) = foreign_origin(app, headers) {
        return Ok(Some(foreign.to_owned()));
    }
    let Some(told) = parent_url.and_then(origin::of_url) else {
        return Ok(None);
    };
    if !is_our_origin(app, headers, &told) {
        origin::check(site, &told)?;
    }
    Ok(Some(told))
}

async fn begin(
    app: &App,
    site: Site,
    request: &SessionInitRequest,
    parent_origin: Option<String>,
) -> Result<SessionInitReply> {
    let (identity, identity_error) = match &request.identity_token {
        None => (None, None),
        Some(token) => match identity::verify(app, &site, token).await {
            Ok(identity) => (Some(identity), None),
            Err(reason) => (None, Some(reason)),
        },
    };
    let mode = match identity {
        Some(_) => IdentityMode::Identified,
        None => IdentityMode::Anonymous,
    };
    let arrival = Arrival {
        identity,
        visitor_slug: request
            .visitor_id
            .as_deref()
            .and_then(session::parse_visitor_id),
        earlier_session: request.session_id.clone(),
        visitor_client_id: None,
        locale: request.locale.clone(),
        page_url: request.parent_url.clone().filter(|url| is_page(url)),
        referrer: request.referrer.clone(),
        parent_origin,
    };
    let visitor = session::begin(app, site, arrival).await?;
    Ok(SessionInitReply {
        session_id: visitor.conversation.session_key,
        mode,
        visitor_id: session::visitor_public_id(&visitor.conversation.visitor_slug),
        identity_error,
        // What has just begun holds no message.
        continued: visitor.conversation.last_seq > 0,
    })
}

/// Begins the session of a visitor whose first message names none. A resend under the same `Idempotency-Key` finds
/// the session that the first one began. (A `message_id` is not enough for that: clients count those per session,
/// and two visitors behind one address must never meet in one conversation.)
pub(super) async fn begin_for_chat(
    app: &App,
    site: Site,
    headers: &HeaderMap,
    client: Client,
    request: &ChatRequest,
    locale: Option<String>,
) -> Result<Visitor> {
    let arrival = Arrival {
        locale,
        parent_origin: foreign_origin(app, headers).map(str::to_owned),
        ..Arrival::default()
    };
    let Some(key) = once::key(headers)? else {
        return session::begin(app, site, arrival).await;
    };
    let attempt = Attempt {
        scope: scope("chat", &site, client),
        key,
        fingerprint: hex::encode(Sha256::digest(&request.message)),
        site_id: Some(site.id),
        is_secret: false,
    };
    session::begin_once(app, site, arrival, attempt).await
}

/// What operators are shown as a link: a page of the web, and no other kind of address.
fn is_page(url: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        url.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}
