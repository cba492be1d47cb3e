//! `GET /api/conversations/{id}/export`

use crate::app::App;
use crate::core::export::{self, Export, Format};
use crate::error::{Place, Result};
use crate::http::auth::ForConversations;
use crate::http::input::{Path, Query};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(download))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// `csv` (the default), `txt` for a transcript, or `json`.
    format: Option<String>,
}

/// The whole conversation as a file. Cells of the CSV that a spreadsheet would run begin with an apostrophe.
#[utoipa::path(
    get,
    path = "/api/conversations/{id}/export",
    tag = "conversations",
    security(("key" = []), ("dashboard" = [])),
    params(("id" = String, Path, description = "`conv_…`, or the number"), ExportQuery),
    responses(
        (status = 200, content((String = "text/csv"), (String = "text/plain"), (Object = "application/json"))),
        (status = 400),
        (status = 401),
        (status = 403),
        (status = 404),
    )
)]
async fn download(
    State(app): State<App>,
    ForConversations(operator): ForConversations,
    Path(id): Path<String>,
    Query(query): Query<ExportQuery>,
) -> Result<impl IntoResponse> {
    let format =
        Format::named(query.format.as_deref()).map_err(|error| error.within(Place::Query))?;
    let Export {
        filename,
        content_type,
        content,
    } = export::export(&app, &operator, &id, format).await?;
    let headers = [
        (CONTENT_TYPE, content_type.to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{filename}\""),
        ),
    ];
    Ok((headers, content))
}
