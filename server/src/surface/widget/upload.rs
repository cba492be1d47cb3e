//! `POST /widget/upload`

use super::door::AsVisitor;
use super::{SessionParams, WidgetError};
use crate::app::App;
use crate::core::file::{self, Takes};
use crate::error::Result;
use crate::http::form::Form;
use crate::http::once;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
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
    params(
        SessionParams,
        ("Idempotency-Key" = Option<String>, Header, description = "A resend gets the first result."),
    ),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, body = FileReference),
        (status = 400, body = WidgetError, description = "The session in the query and the one in the header disagree."),
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
    headers: HeaderMap,
    request: Request,
) -> Result<Response> {
    let incoming = Form::read(request, "file").await?.into_file("file")?;
    let row = &visitor.conversation;
    let scope = (format!("POST /widget/upload {}", row.id), row.site_id);
    let sent = once::of_file(&incoming);
    let work = async {
        let file = file::upload(&app, &visitor, Takes::Documents, incoming).await?;
        Ok(file::reference(&app.config.public_url, &file))
    };
    once::created(&app, &headers, scope, &sent, StatusCode::OK, work).await
}
