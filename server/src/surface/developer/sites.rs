//! `POST /api/v1/sites`: a site made by a program.

use super::door::DeveloperAccount;
use super::fields::{SiteFields, body_limit};
use super::view::{SiteView, view};
use crate::app::App;
use crate::core::developer;
use crate::core::site::key;
use crate::error::Result;
use crate::http::input::OptionalJson;
use crate::http::once;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .layer(body_limit())
}

const MESSAGE: &str =
    "Site created. Use apiKey as the X-API-Key header for the per-site /api/v1 endpoints.";

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SiteMade {
    /// Always true.
    ok: bool,
    site_id: i64,
    /// The `X-API-Key` of the new site.
    api_key: String,
    domain: String,
    display_name: String,
    config: SiteView,
    message: &'static str,
}

/// Makes a site of the developer's account.
///
/// Every field is optional, also those of `PATCH /api/v1/site` that a form for new sites would not show. A resend
/// with the same `Idempotency-Key` makes no second site.
#[utoipa::path(
    post,
    path = "/api/v1/sites",
    tag = "developers",
    security(("developerKey" = []), ("developerKeyHeader" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Marks a resend.")),
    request_body(content = Option<SiteFields>),
    responses(
        (status = 200, body = SiteMade),
        (status = 400),
        (status = 401, description = "`invalid_api_key`"),
        (status = 402, description = "`upgrade_required`: an account on the free plan has one site."),
        (status = 403, description = "`forbidden_field`"),
        (status = 409, description = "`conflict`: the first request with this `Idempotency-Key` still runs."),
        (status = 429, description = "More than 120 a minute with one key."),
    )
)]
async fn create(
    State(app): State<App>,
    DeveloperAccount(account_id): DeveloperAccount,
    headers: HeaderMap,
    OptionalJson(fields): OptionalJson<Map<String, Value>>,
) -> Result<Response> {
    let scope = format!("POST /api/v1/sites {account_id}");
    let work = async {
        let site = developer::create_site(&app, account_id, fields.clone()).await?;
        Ok(SiteMade {
            ok: true,
            site_id: site.id,
            api_key: key::show(&app, &site).await?,
            domain: site.settings.domain.clone(),
            display_name: site.settings.display_name.clone(),
            config: view(&app, &site)?,
            message: MESSAGE,
        })
    };
    once::created_secret(&app, &headers, scope, &fields, StatusCode::OK, work).await
}
