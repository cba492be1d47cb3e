//! `/api/nudges`: the rules of sites by which nudges come.

use crate::app::App;
use crate::core::nudge;
use crate::error::{Place, Result};
use crate::http::auth::ForConversations;
use crate::http::input::{Json, Path, Query};
use crate::http::once;
use crate::http::page;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use shared::nudge::{NudgeRequest, NudgeRule};
use shared::page::Page;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(change, remove))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// `bot_…`; the account's rules of all chatbots where nothing is said.
    chatbot_id: Option<String>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// Rules, newest first.
#[utoipa::path(
    get,
    path = "/api/nudges",
    tag = "nudges",
    security(("key" = []), ("dashboard" = [])),
    params(ListQuery),
    responses((status = 200, body = Page<NudgeRule>), (status = 400), (status = 401), (status = 403), (status = 404))
)]
async fn list(
    State(app): State<App>,
    ForConversations(operator): ForConversations,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<Page<NudgeRule>>> {
    let limit = page::limit(query.limit)?;
    let cursor = query.cursor.as_deref().filter(|cursor| !cursor.is_empty());
    nudge::list(&app, &operator, query.chatbot_id.as_deref(), cursor, limit)
        .await
        .map(axum::Json)
        .map_err(|error| error.within(Place::Query))
}

/// Makes a rule. A resend with the same `Idempotency-Key` makes nothing twice.
#[utoipa::path(
    post,
    path = "/api/nudges",
    tag = "nudges",
    security(("key" = []), ("dashboard" = [])),
    request_body = NudgeRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "Marks a resend.")),
    responses(
        (status = 201, body = NudgeRule),
        (status = 400),
        (status = 401),
        (status = 403),
        (status = 404),
        (status = 409),
        (status = 415),
    )
)]
async fn create(
    State(app): State<App>,
    ForConversations(operator): ForConversations,
    headers: HeaderMap,
    Json(request): Json<NudgeRequest>,
) -> Result<Response> {
    let scope = format!("POST /api/nudges {}", operator.credential());
    let work = nudge::create(&app, &operator, request.clone());
    once::created(&app, &headers, scope, &request, StatusCode::CREATED, work).await
}

/// Changes what is sent of a rule and leaves the rest.
#[utoipa::path(
    patch,
    path = "/api/nudges/{id}",
    tag = "nudges",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = i64, Path)),
    request_body = NudgeRequest,
    responses(
        (status = 200, body = NudgeRule),
        (status = 400),
        (status = 401),
        (status = 403),
        (status = 404),
        (status = 415),
    )
)]
async fn change(
    State(app): State<App>,
    ForConversations(operator): ForConversations,
    Path(id): Path<i64>,
    Json(request): Json<NudgeRequest>,
) -> Result<axum::Json<NudgeRule>> {
    nudge::patch(&app, &operator, id, request)
        .await
        .map(axum::Json)
}

/// Deletes a rule.
#[utoipa::path(
    delete,
    path = "/api/nudges/{id}",
    tag = "nudges",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = i64, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404))
)]
async fn remove(
    State(app): State<App>,
    ForConversations(operator): ForConversations,
    Path(id): Path<i64>,
) -> Result<StatusCode> {
    nudge::remove(&app, &operator, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
