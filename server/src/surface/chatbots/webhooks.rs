//! `/api/webhooks`: who else is told of what happens in conversations.

use crate::app::App;
use crate::core::webhook;
use crate::error::{Place, Result};
use crate::http::auth::ForWebhooks;
use crate::http::input::{Json, Nothing, OptionalJson, Path, Query};
use crate::http::once;
use crate::http::page;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use shared::page::Page;
use shared::webhook::{CreateWebhookRequest, UpdateWebhookRequest, Webhook, WebhookDelivery};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update, remove))
        .routes(routes!(rotate))
        .routes(routes!(deliveries))
        .routes(routes!(replay))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    limit: Option<i64>,
    cursor: Option<String>,
}

/// The account's webhooks, newest first.
#[utoipa::path(
    get,
    path = "/api/webhooks",
    tag = "webhooks",
    security(("key" = []), ("dashboard" = [])),
    params(ListQuery),
    responses((status = 200, body = Page<Webhook>), (status = 400), (status = 401), (status = 403))
)]
async fn list(
    State(app): State<App>,
    ForWebhooks(operator): ForWebhooks,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<Page<Webhook>>> {
    let limit = page::limit(query.limit)?;
    webhook::list(&app, &operator, query.cursor.as_deref(), limit)
        .await
        .map(axum::Json)
        .map_err(|error| error.within(Place::Query))
}

/// Adds a webhook. The reply holds its `secret`, which is shown only here. A resend with the same `Idempotency-Key`
/// adds nothing twice.
#[utoipa::path(
    post,
    path = "/api/webhooks",
    tag = "webhooks",
    security(("key" = []), ("dashboard" = [])),
    request_body = CreateWebhookRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "Marks a resend.")),
    responses((status = 201, body = Webhook), (status = 400), (status = 401), (status = 403), (status = 409))
)]
async fn create(
    State(app): State<App>,
    ForWebhooks(operator): ForWebhooks,
    headers: HeaderMap,
    Json(request): Json<CreateWebhookRequest>,
) -> Result<Response> {
    let scope = format!("POST /api/webhooks {}", operator.credential());
    let work = webhook::create(&app, &operator, request.clone());
    once::created_secret(&app, &headers, scope, &request, StatusCode::CREATED, work).await
}

/// One webhook, without its secret.
#[utoipa::path(
    get,
    path = "/api/webhooks/{id}",
    tag = "webhooks",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = i64, Path)),
    responses((status = 200, body = Webhook), (status = 401), (status = 403), (status = 404))
)]
async fn show(
    State(app): State<App>,
    ForWebhooks(operator): ForWebhooks,
    Path(id): Path<i64>,
) -> Result<axum::Json<Webhook>> {
    webhook::show(&app, &operator, id).await.map(axum::Json)
}

/// Changes a webhook. `enabled: true` switches one on again that was switched off.
#[utoipa::path(
    patch,
    path = "/api/webhooks/{id}",
    tag = "webhooks",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = i64, Path)),
    request_body = UpdateWebhookRequest,
    responses((status = 200, body = Webhook), (status = 400), (status = 401), (status = 403), (status = 404))
)]
async fn update(
    State(app): State<App>,
    ForWebhooks(operator): ForWebhooks,
    Path(id): Path<i64>,
    Json(request): Json<UpdateWebhookRequest>,
) -> Result<axum::Json<Webhook>> {
    webhook::update(&app, &operator, id, request)
        .await
        .map(axum::Json)
}

/// Deletes a webhook with its log.
#[utoipa::path(
    delete,
    path = "/api/webhooks/{id}",
    tag = "webhooks",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = i64, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404))
)]
async fn remove(
    State(app): State<App>,
    ForWebhooks(operator): ForWebhooks,
    Path(id): Path<i64>,
) -> Result<StatusCode> {
    webhook::remove(&app, &operator, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a webhook a new secret, which the reply shows. For 24 hours the one before signs along.
#[utoipa::path(
    post,
    path = "/api/webhooks/{id}/rotate",
    tag = "webhooks",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = i64, Path)),
    request_body = Option<Nothing>,
    responses((status = 200, body = Webhook), (status = 401), (status = 403), (status = 404))
)]
async fn rotate(
    State(app): State<App>,
    ForWebhooks(operator): ForWebhooks,
    Path(id): Path<i64>,
    OptionalJson(Nothing {}): OptionalJson<Nothing>,
) -> Result<axum::Json<Webhook>> {
    webhook::rotate(&app, &operator, id).await.map(axum::Json)
}

/// What a webhook was told, or is to be, newest first, with every try. Kept for 30 days, at most 1,000 of a webhook.
#[utoipa::path(
    get,
    path = "/api/webhooks/{id}/deliveries",
    tag = "webhooks",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = i64, Path), ListQuery),
    responses((status = 200, body = Page<WebhookDelivery>), (status = 400), (status = 401), (status = 403), (status = 404))
)]
async fn deliveries(
    State(app): State<App>,
    ForWebhooks(operator): ForWebhooks,
    Path(id): Path<i64>,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<Page<WebhookDelivery>>> {
    let limit = page::limit(query.limit)?;
    webhook::deliveries(&app, &operator, id, query.cursor.as_deref(), limit)
        .await
        .map(axum::Json)
        .map_err(|error| error.within(Place::Query))
}

/// Sends a delivery once more, at once, with the same `webhook-id` and body.
#[utoipa::path(
    post,
    path = "/api/webhooks/{id}/deliveries/{delivery_id}/replay",
    tag = "webhooks",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = i64, Path), ("delivery_id" = i64, Path)),
    request_body = Option<Nothing>,
    responses((status = 200, body = WebhookDelivery), (status = 401), (status = 403), (status = 404), (status = 409))
)]
async fn replay(
    State(app): State<App>,
    ForWebhooks(operator): ForWebhooks,
    Path((id, delivery_id)): Path<(i64, i64)>,
    OptionalJson(Nothing {}): OptionalJson<Nothing>,
) -> Result<axum::Json<WebhookDelivery>> {
    webhook::replay(&app, &operator, id, delivery_id)
        .await
        .map(axum::Json)
}
