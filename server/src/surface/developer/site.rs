//! `GET/PATCH /api/v1/site` and `GET /api/v1/embed`: the site whose key is used.

use super::door::KeyedSite;
use super::fields::{SiteFields, body_limit};
use super::view::{SiteView, view};
use crate::app::App;
use crate::core::site::{self, Change};
use crate::error::Result;
use crate::http::input::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read, update))
        .layer(body_limit())
        .routes(routes!(embed))
}

#[derive(Serialize, ToSchema)]
struct Embed {
    /// The tag to paste before `</body>`.
    snippet: String,
}

/// The site's configuration: every field that can be changed, none of ownership or billing.
#[utoipa::path(
    get,
    path = "/api/v1/site",
    tag = "site",
    security(("siteKey" = [])),
    responses((status = 200, body = SiteView), (status = 401, description = "`invalid_api_key`"), (status = 429))
)]
async fn read(State(app): State<App>, KeyedSite(site): KeyedSite) -> Result<axum::Json<SiteView>> {
    view(&app, &site).map(axum::Json)
}

/// Changes some fields. A change that is refused anywhere changes nothing.
#[utoipa::path(
    patch,
    path = "/api/v1/site",
    tag = "site",
    security(("siteKey" = [])),
    request_body = SiteFields,
    responses(
        (status = 200, body = SiteView),
        (status = 400, description = "`unknown_field`, or `validation_failed` naming the field."),
        (status = 401, description = "`invalid_api_key`"),
        (status = 403, description = "`forbidden_field`: ownership, plan and payment are not set here."),
        (status = 429),
    )
)]
async fn update(
    State(app): State<App>,
    KeyedSite(site): KeyedSite,
    Json(fields): Json<Map<String, Value>>,
) -> Result<axum::Json<SiteView>> {
    let site = site::apply(&app, site, Change::read(fields)?).await?;
    view(&app, &site).map(axum::Json)
}

/// The tag that draws the widget on a page, as the dashboard shows it.
#[utoipa::path(
    get,
    path = "/api/v1/embed",
    tag = "site",
    security(("siteKey" = [])),
    responses((status = 200, body = Embed), (status = 401, description = "`invalid_api_key`"), (status = 429))
)]
async fn embed(State(app): State<App>, KeyedSite(site): KeyedSite) -> axum::Json<Embed> {
    let snippet = site::snippet(&app.config.public_url, &site);
    axum::Json(Embed { snippet })
}
