//! `/api/chatbots/{id}/api-key`: the site's key on the developer surface, for those who own it.

use crate::app::App;
use crate::core::site::key;
use crate::error::Result;
use crate::http::auth::SignedIn;
use crate::http::input::{Nothing, OptionalJson, Path};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(reveal))
        .routes(routes!(rotate))
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SiteApiKey {
    /// 32 lower-case hexadecimal characters: the `X-API-Key` of the developer surface.
    api_key: String,
}

/// Shows the site's key, any time.
#[utoipa::path(
    get,
    path = "/api/chatbots/{id}/api-key",
    tag = "chatbots",
    security(("dashboard" = [])),
    params(("id" = String, Path, description = "`bot_…`")),
    responses((status = 200, body = SiteApiKey), (status = 401), (status = 403), (status = 404))
)]
async fn reveal(
    State(app): State<App>,
    SignedIn(operator): SignedIn,
    Path(id): Path<String>,
) -> Result<Json<SiteApiKey>> {
    let api_key = key::reveal(&app, &operator, &id).await?;
    Ok(Json(SiteApiKey { api_key }))
}

/// Replaces the site's key. The old one stops working at once.
#[utoipa::path(
    post,
    path = "/api/chatbots/{id}/api-key/rotate",
    tag = "chatbots",
    security(("dashboard" = [])),
    params(("id" = String, Path, description = "`bot_…`")),
    request_body = Option<Nothing>,
    responses((status = 200, body = SiteApiKey), (status = 401), (status = 403), (status = 404))
)]
async fn rotate(
    State(app): State<App>,
    SignedIn(operator): SignedIn,
    Path(id): Path<String>,
    OptionalJson(Nothing {}): OptionalJson<Nothing>,
) -> Result<Json<SiteApiKey>> {
    let api_key = key::rotate(&app, &operator, &id).await?;
    Ok(Json(SiteApiKey { api_key }))
}
