//! `/api/keys`: the account's API keys, managed by people at the dashboard only.

use crate::app::App;
use crate::core::api_key;
use crate::error::{Place, Result};
use crate::http::auth::SignedIn;
use crate::http::input::{Json, Path, Query};
use crate::http::once;
use crate::http::page;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use shared::api_key::{ApiKey, CreateApiKeyRequest, CreatedApiKey};
use shared::page::Page;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(revoke))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    cursor: Option<String>,
    limit: Option<i64>,
}

/// The account's keys, newest first, without the keys themselves.
#[utoipa::path(
    get,
    path = "/api/keys",
    tag = "keys",
    security(("dashboard" = [])),
    params(ListQuery),
    responses((status = 200, body = Page<ApiKey>), (status = 400), (status = 401), (status = 403))
)]
async fn list(
    State(app): State<App>,
    SignedIn(operator): SignedIn,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<Page<ApiKey>>> {
    let limit = page::limit(query.limit)?;
    api_key::list(&app, &operator, query.cursor.as_deref(), limit)
        .await
        .map(axum::Json)
        .map_err(|error| error.within(Place::Query))
}

/// Makes a key, which is shown this once. It acts in the name of who makes it.
#[utoipa::path(
    post,
    path = "/api/keys",
    tag = "keys",
    security(("dashboard" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A resend gets the first key.")),
    request_body = CreateApiKeyRequest,
    responses(
        (status = 201, body = CreatedApiKey),
        (status = 400),
        (status = 401),
        (status = 403),
        (status = 409),
        (status = 413),
        (status = 415),
    )
)]
async fn create(
    State(app): State<App>,
    SignedIn(operator): SignedIn,
    headers: HeaderMap,
    Json(request): Json<CreateApiKeyRequest>,
) -> Result<Response> {
    let scope = format!("POST /api/keys {}", operator.credential());
    let work = api_key::create(&app, &operator, request.clone());
    once::created_secret(&app, &headers, scope, &request, StatusCode::CREATED, work).await
}

/// Revokes a key at once.
#[utoipa::path(
    delete,
    path = "/api/keys/{id}",
    tag = "keys",
    security(("dashboard" = [])),
    params(("id" = i64, Path)),
    responses((status = 204), (status = 401), (status = 403), (status = 404))
)]
async fn revoke(
    State(app): State<App>,
    SignedIn(operator): SignedIn,
    Path(id): Path<i64>,
) -> Result<StatusCode> {
    api_key::revoke(&app, &operator, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
