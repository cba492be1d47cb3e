//! `GET /api/v1/chat/conversations/{visitor_token}/files/{activity_id}/{id}`

use super::door::{AtSite, visitor};
use super::{HelpdeskError, SiteKeyHeader, SiteKeyQuery};
use crate::app::App;
use crate::core::file;
use crate::error::{Error, Place, Result};
use crate::http::download::{About, Disposition, respond};
use crate::http::input::{Path, Query};
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

const PRIVATE: &str = "private, max-age=3600";

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DownloadParams {
    /// `inline` or `attachment`, which it is where nothing is said.
    disposition: Option<String>,
}

fn disposition(asked: Option<&str>) -> Result<Disposition> {
    match asked {
        None | Some("" | "attachment") => Ok(Disposition::Attachment),
        Some("inline") => Ok(Disposition::Inline),
        Some(_) => {
            let detail = "disposition must be inline or attachment";
            Err(Error::invalid("disposition", detail).within(Place::Query))
        }
    }
}

/// A file that hangs on a message.
#[utoipa::path(
    get,
    path = "/api/v1/chat/conversations/{visitor_token}/files/{activity_id}/{id}",
    tag = "helpdesk",
    params(
        SiteKeyHeader,
        SiteKeyQuery,
        ("visitor_token" = String, Path, description = "As the conversation was begun with, or its `conversation_token`."),
        ("activity_id" = i64, Path, description = "The message's id."),
        ("id" = i64, Path, description = "The file's id."),
        DownloadParams,
    ),
    responses(
        (status = 200, content_type = "application/octet-stream", description = "The bytes, with their own content type."),
        (status = 400, body = HelpdeskError),
        (status = 401, body = HelpdeskError),
        (status = 403, body = HelpdeskError),
        (status = 404, body = HelpdeskError),
        (status = 422, body = HelpdeskError),
        (status = 429, body = HelpdeskError, description = "More than 60 a minute."),
    )
)]
pub(super) async fn download(
    State(app): State<App>,
    AtSite(site): AtSite,
    Path((visitor_token, activity_id, id)): Path<(String, i64, i64)>,
    Query(params): Query<DownloadParams>,
) -> Result<Response> {
    let disposition = disposition(params.disposition.as_deref())?;
    let visitor = visitor(&app, site, &visitor_token).await?;
    let (file, pieces) = file::open_of_message(&app, &visitor, activity_id, id).await?;
    let about = About {
        filename: &file.filename,
        content_type: &file.content_type,
        size: file.size,
        disposition,
        cache: PRIVATE,
    };
    respond(&about, pieces)
}
