//! `/api/visitors/{id}/…`: visitors as operators handle them.

use crate::app::App;
use crate::core::{activity, nudge, visitor};
use crate::error::Result;
use crate::http::auth::ForConversations;
use crate::http::input::{Json, Nothing, OptionalJson, Path};
use crate::http::once;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use shared::activity::Activity;
use shared::conversation::Visitor;
use shared::nudge::{SendNudgeRequest, SentNudge};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(block))
        .routes(routes!(unblock))
        .routes(routes!(send_nudge))
        .routes(routes!(show_activity))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
struct BlockRequest {
    /// For the operators; the visitor is not told. At most 2,000 characters.
    reason: Option<String>,
    /// For how long: 1 to 8,760 hours. Left out: for good. The visitor is told until when.
    hours: Option<i64>,
}

/// Blocks a visitor in all conversations: an answer under way breaks off, and new messages are refused.
#[utoipa::path(
    post,
    path = "/api/visitors/{id}/block",
    tag = "visitors",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = String, Path, description = "The number, `vis_…`, or the caller's own `visitorId`")),
    request_body = BlockRequest,
    responses((status = 200, body = Visitor), (status = 400), (status = 401), (status = 403), (status = 404), (status = 415))
)]
async fn block(
    State(app): State<App>,
    ForConversations(operator): ForConversations,
    Path(id): Path<String>,
    OptionalJson(request): OptionalJson<BlockRequest>,
) -> Result<axum::Json<Visitor>> {
    let BlockRequest { reason, hours } = request;
    visitor::block(&app, &operator, &id, hours, reason)
        .await
        .map(axum::Json)
}

/// Lets a visitor write again.
#[utoipa::path(
    post,
    path = "/api/visitors/{id}/unblock",
    tag = "visitors",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = String, Path, description = "The number, `vis_…`, or the caller's own `visitorId`")),
    request_body = Option<Nothing>,
    responses((status = 200, body = Visitor), (status = 401), (status = 403), (status = 404))
)]
async fn unblock(
    State(app): State<App>,
    ForConversations(operator): ForConversations,
    Path(id): Path<String>,
    OptionalJson(Nothing {}): OptionalJson<Nothing>,
) -> Result<axum::Json<Visitor>> {
    visitor::unblock(&app, &operator, &id).await.map(axum::Json)
}

/// Sends a visitor a few words, in every conversation that is not over; `conversations` is 0 for one who is blocked. A
/// resend with the same `Idempotency-Key` sends nothing twice.
#[utoipa::path(
    post,
    path = "/api/visitors/{id}/nudge",
    tag = "visitors",
    security(("key" = []), ("dashboard" = [])),
    params(
        ("id" = String, Path, description = "The number, `vis_…`, or the caller's own `visitorId`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Marks a resend."),
    ),
    request_body = SendNudgeRequest,
    responses((status = 201, body = SentNudge), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409), (status = 415))
)]
async fn send_nudge(
    State(app): State<App>,
    ForConversations(operator): ForConversations,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(request): Json<SendNudgeRequest>,
) -> Result<Response> {
    let scope = format!("POST /api/visitors/{id}/nudge {}", operator.credential());
    let work = nudge::send(&app, &operator, &id, request.text.clone());
    once::created(&app, &headers, scope, &request, StatusCode::CREATED, work).await
}

/// What the site's own pages told of a visitor, by `Parlance.setAttributes` and `Parlance.track`. Nobody vouches for it.
#[utoipa::path(
    get,
    path = "/api/visitors/{id}/activity",
    tag = "visitors",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = String, Path, description = "The number, `vis_…`, or the caller's own `visitorId`")),
    responses((status = 200, body = Activity), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409))
)]
async fn show_activity(
    State(app): State<App>,
    ForConversations(operator): ForConversations,
    Path(id): Path<String>,
) -> Result<axum::Json<Activity>> {
    activity::of(&app, &operator, &id).await.map(axum::Json)
}
