//! `POST /widget/transcribe` and `POST /widget/speak`

use super::door::AsVisitor;
use super::{SessionParams, WidgetError};
use crate::app::App;
use crate::core::voice;
use crate::error::Result;
use crate::http::form::Form;
use crate::http::input;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use shared::widget::{SpeakRequest, TranscribeReply};
use utoipa::ToSchema;

/// The fields of the form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form, which is read field by field")]
pub(super) struct RecordingForm {
    /// WebM, Ogg, MP4, MP3, WAV or FLAC, at most 10 MB.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    audio: String,
}

/// Writes down what is said in a recording, by the instance's audio service. Nothing of it is stored.
#[utoipa::path(
    post,
    path = "/widget/transcribe",
    tag = "widget",
    params(SessionParams),
    request_body(content = RecordingForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, body = TranscribeReply),
        (status = 403, body = WidgetError, description = "`site_disabled`, `visitor_blocked`"),
        (status = 404, body = WidgetError),
        (status = 409, body = WidgetError, description = "`voice_unavailable`: the instance has no audio service, or the site does not use it."),
        (status = 413, body = WidgetError, description = "Over 10 MB."),
        (status = 415, body = WidgetError, description = "No recording."),
        (status = 422, body = WidgetError),
        (status = 429, body = WidgetError, description = "More than 20 a minute."),
        (status = 502, body = WidgetError, description = "`voice_failed`"),
    )
)]
pub(super) async fn transcribe(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
    request: Request,
) -> Result<Json<TranscribeReply>> {
    let recording = Form::read(request, "audio").await?.into_file("audio")?;
    let text = voice::transcribe(&app, &visitor, recording).await?;
    Ok(Json(TranscribeReply { text }))
}

/// Reads an answer or an operator's reply aloud, by the instance's audio service.
#[utoipa::path(
    post,
    path = "/widget/speak",
    tag = "widget",
    params(SessionParams),
    request_body = SpeakRequest,
    responses(
        (status = 200, body = Vec<u8>, content_type = "audio/mpeg"),
        (status = 403, body = WidgetError, description = "`site_disabled`, `visitor_blocked`"),
        (status = 404, body = WidgetError, description = "No such session, or no such message of somebody else's in it."),
        (status = 409, body = WidgetError, description = "`voice_unavailable`: the instance has no audio service, or the site has named no voice."),
        (status = 422, body = WidgetError),
        (status = 429, body = WidgetError, description = "More than 20 a minute."),
        (status = 502, body = WidgetError, description = "`voice_failed`"),
    )
)]
pub(super) async fn speak(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
    input::Json(request): input::Json<SpeakRequest>,
) -> Result<impl IntoResponse> {
    let (content_type, audio) = voice::speak(&app, &visitor, request.message_id).await?;
    let headers = [
        (CONTENT_TYPE, content_type),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, audio))
}
