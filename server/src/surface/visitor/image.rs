//! `POST /api/v1/chat/upload-image`

use super::VisitorError;
use super::door::{Door, Names};
use crate::app::App;
use crate::core::file::{self, Takes};
use crate::error::Result;
use crate::http::form::Form;
use crate::http::once;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

/// The fields of the form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form, which is read field by field")]
pub(super) struct ImageForm {
    site_key: String,
    session_id: String,
    /// PNG, JPEG, GIF or WebP, at most 10 MB and 40 megapixels.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    image: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ImageReply {
    success: bool,
    /// Where the image can be seen.
    url: String,
}

/// Uploads an image. The operators see it with the session's next message. A session that has not begun yet begins with
/// the first image that is taken.
///
/// What it is is told by its bytes. It is written anew, without its metadata.
#[utoipa::path(
    post,
    path = "/api/v1/chat/upload-image",
    tag = "visitor",
    params(("Idempotency-Key" = Option<String>, Header, description = "A resend gets the first result.")),
    request_body(content = ImageForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, body = ImageReply),
        (status = 400, body = VisitorError),
        (status = 403, body = VisitorError, description = "`site_disabled`, `visitor_blocked`, `origin_not_allowed`"),
        (status = 404, body = VisitorError, description = "No such site."),
        (status = 413, body = VisitorError, description = "Over 10 MB or 40 megapixels."),
        (status = 415, body = VisitorError, description = "Not an image, or one that is damaged."),
        (status = 429, body = VisitorError, description = "More than 60 a minute, or 20 files of one session and hour."),
    )
)]
pub(super) async fn upload(
    State(app): State<App>,
    door: Door,
    headers: HeaderMap,
    request: Request,
) -> Result<Response> {
    let form = Form::read(request, "image").await?;
    let names = Names::new(form.text("site_key"), form.text("session_id"));
    let incoming = form.into_file("image")?;
    let (site, key) = door.of_form(names).await?;
    let caller = once::digest(&key);
    let name = format!("POST /api/v1/chat/upload-image {} {caller}", site.id);
    let (scope, sent) = ((name, site.id), once::of_file(&incoming));
    let work = async {
        let file = file::upload_in_session(&app, site, key, Takes::Images, incoming).await?;
        Ok(ImageReply {
            success: true,
            url: file::address(&app.config.public_url, &file),
        })
    };
    once::created(&app, &headers, scope, &sent, StatusCode::OK, work).await
}
