//! `POST /widget/upload`

use super::door::AsVisitor;
use super::{SessionParams, WidgetError};
use crate::app::App;
use crate::core::file::{self, Takes};
use crate::error::Result;
use crate::http::form::Form;
use axum::Json;
use axum::extract::{Request, State};
use shared::message::FileReference;
use utoipa::ToSchema;

/// The fields of the form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form, which is read field by field")]
pub(super) struct UploadForm {
    /// PNG, JPEG, GIF, WebP, PDF, DOCX, TXT, MD or CSV, at most 10 MB.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
}

/// Uploads a file, to go with the next message by its id.
///
/// What it is told by its bytes. Images are written anew, without their metadata.
#[utoipa::path(
    post,
    path = "/widget/upload",
    tag = "widget",
    params(SessionParams),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, body = FileReference),
        (status = 403, body = WidgetError, description = "`site_disabled`, `visitor_blocked`, `origin_not_allowed`"),
        (status = 404, body = WidgetError),
        (status = 413, body = WidgetError, description = "Over 10 MB or 40 megapixels."),
        (status = 415, body = WidgetError, description = "Another kind of file, or one that is damaged."),
        (status = 422, body = WidgetError),
        (status = 429, body = WidgetError, description = "More than 20 files of one session and hour."),
    )
)]
pub(super) async fn upload(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
    request: Request,
) -> Result<Json<FileReference>> {
    let incoming = Form::read(request, "file").await?.into_file("file")?;
    let file = file::upload(&app, &visitor, Takes::Documents, incoming).await?;
    Ok(Json(file::reference(&app.config.public_url, &file)))
}
