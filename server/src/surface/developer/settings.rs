//! `GET /api/site` and `PATCH /api/sites`: every editable field of one site, flat.

use crate::app::App;
use crate::clock::iso;
use crate::core::actor::{Operator, Site};
use crate::core::site;
use crate::error::{Error, Place, Result};
use crate::http::auth::SignedIn;
use crate::http::input::{Json, Query};
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared::error::ErrorCode;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read))
        .routes(routes!(update))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct Selection {
    /// The site's number.
    site_id: String,
}

/// Every setting of one site.
#[utoipa::path(
    get,
    path = "/api/site",
    tag = "sites",
    security(("dashboard" = [])),
    params(Selection),
    responses((status = 200, body = Object), (status = 400), (status = 401), (status = 403))
)]
async fn read(
    State(app): State<App>,
    SignedIn(operator): SignedIn,
    Query(selection): Query<Selection>,
) -> Result<axum::Json<Value>> {
    operator.may_manage()?;
    let site = owned(&app, &operator, &selection.site_id).await?;
    view(&app, &site).map(axum::Json)
}

/// Changes some settings of the site that `siteId` names. A change that is refused anywhere changes nothing.
#[utoipa::path(
    patch,
    path = "/api/sites",
    tag = "sites",
    security(("dashboard" = [])),
    request_body(content = Object, description = "`siteId`, and the fields to change"),
    responses((status = 200, body = Object), (status = 400), (status = 401), (status = 403))
)]
async fn update(
    State(app): State<App>,
    SignedIn(operator): SignedIn,
    Json(mut fields): Json<Map<String, Value>>,
) -> Result<axum::Json<Value>> {
    operator.may_manage()?;
    let site_id = match fields.remove("siteId") {
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => text,
        Some(_) => return Err(Error::wrong_type("siteId")),
        None => return Err(Error::missing("siteId")),
    };
    let site = owned(&app, &operator, &site_id).await?;
    let change = site::Change::read(fields)?;
    let site = site::apply(&app, site, change).await?;
    view(&app, &site).map(axum::Json)
}

/// The document says 403 for a site of somebody else; one that does not exist is told apart from it by nobody.
async fn owned(app: &App, operator: &Operator, site_id: &str) -> Result<Site> {
    if site_id.is_empty() {
        return Err(Error::missing("siteId").within(Place::Query));
    }
    site::find(app, operator, site_id)
        .await
        .map_err(|error| match error.code {
            ErrorCode::NotFound => Error::new(ErrorCode::ForbiddenRole)
                .with_detail("This credential does not own the site."),
            _ => error,
        })
}

/// The settings under this surface's names, with what belongs to the site beside them.
fn view(app: &App, site: &Site) -> Result<Value> {
    let settings = &site.settings;
    let mut view = serde_json::to_value(settings).map_err(Error::internal)?;
    let Value::Object(fields) = &mut view else {
        return Err(Error::internal("settings are an object"));
    };
    let hours = match settings.business_hours.as_str() {
        "" => json!({}),
        text => serde_json::from_str(text).map_err(Error::internal)?,
    };
    for (name, value) in [
        ("id", json!(format!("site_{}", site.slug))),
        ("siteId", json!(site.id)),
        ("siteKey", json!(format!("sk_{}", site.slug))),
        ("chatbotId", json!(format!("bot_{}", site.slug))),
        ("botId", json!(format!("ch_{}", site.slug))),
        ("userId", json!(site.account_id)),
        ("createdAt", json!(iso(site.created_at))),
        ("enabled", json!(site.enabled)),
        ("starterPrompt", json!(site::prompt(settings))),
        ("businessHours", hours),
        (
            "snippet",
            json!(site::snippet(&app.config.public_url, site)),
        ),
    ] {
        fields.insert(name.into(), value);
    }
    Ok(view)
}
