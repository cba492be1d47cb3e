//! `GET /api/site` and `PATCH /api/sites`: every editable field of one site, flat, by its key or for its owner.

use super::door::Editor;
use super::fields::{SelectedSiteFields, body_limit};
use super::view::{self, OwnedSiteView};
use crate::app::App;
use crate::core::actor::Site;
use crate::core::site;
use crate::error::{Error, Place, Result};
use crate::http::input::{Json, Query};
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value};
use shared::error::ErrorCode;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read)).merge(
        OpenApiRouter::new()
            .routes(routes!(update))
            .layer(body_limit()),
    )
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct Selection {
    /// The site's number.
    #[param(min_length = 1)]
    site_id: String,
}

/// Every setting of one site.
#[utoipa::path(
    get,
    path = "/api/site",
    tag = "site",
    security(("siteKey" = []), ("dashboard" = [])),
    params(Selection),
    responses(
        (status = 200, body = OwnedSiteView),
        (status = 400),
        (status = 401),
        (status = 403, description = "The credential is not that of the site."),
        (status = 429),
    )
)]
async fn read(
    State(app): State<App>,
    editor: Editor,
    Query(selection): Query<Selection>,
) -> Result<axum::Json<OwnedSiteView>> {
    let site = open(&app, &editor, &selection.site_id).await?;
    show(&app, &editor, &site).await.map(axum::Json)
}

/// Changes some settings of the site that `siteId` names. A change that is refused anywhere changes nothing.
#[utoipa::path(
    patch,
    path = "/api/sites",
    tag = "site",
    security(("siteKey" = []), ("dashboard" = [])),
    request_body = SelectedSiteFields,
    responses(
        (status = 200, body = OwnedSiteView),
        (status = 400, description = "`unknown_field`, or `validation_failed` naming the field."),
        (status = 401),
        (status = 403, description = "`forbidden_field`, or the credential is not that of the site."),
        (status = 429),
    )
)]
async fn update(
    State(app): State<App>,
    editor: Editor,
    Json(mut fields): Json<Map<String, Value>>,
) -> Result<axum::Json<OwnedSiteView>> {
    let site_id = match fields.remove("siteId") {
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => text,
        Some(_) => return Err(Error::wrong_type("siteId")),
        None => return Err(Error::missing("siteId")),
    };
    let site = open(&app, &editor, &site_id).await?;
    let change = site::Change::read(fields)?;
    let site = site::apply(&app, site, change).await?;
    show(&app, &editor, &site).await.map(axum::Json)
}

/// The document says 403 for a site of somebody else; one that does not exist is told apart from it by nobody.
async fn open(app: &App, editor: &Editor, site_id: &str) -> Result<Site> {
    let foreign = || {
        Error::new(ErrorCode::ForbiddenRole).with_detail("This credential does not own the site.")
    };
    if site_id.is_empty() {
        return Err(Error::missing("siteId").within(Place::Query));
    }
    match editor {
        Editor::Key(site) if site::is_named(site, site_id) => Ok(site.as_ref().clone()),
        Editor::Key(_) => Err(foreign()),
        Editor::Person(_, Some(site)) if !site::is_named(site, site_id) => {
            Err(ErrorCode::ConflictingCredentials.into())
        }
        Editor::Person(operator, _) => {
            operator.may_manage()?;
            site::find(app, operator, site_id)
                .await
                .map_err(|error| match error.code {
                    ErrorCode::NotFound => foreign(),
                    _ => error,
                })
        }
    }
}

async fn show(app: &App, editor: &Editor, site: &Site) -> Result<OwnedSiteView> {
    match editor {
        Editor::Key(_) => view::keyed(app, site),
        Editor::Person(..) => view::owned(app, site).await,
    }
}
