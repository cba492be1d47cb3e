//! `/widget/transcript`: the conversation as a text to keep, and by mail.

use super::door::AsVisitor;
use super::{SessionParams, WidgetError};
use crate::app::App;
use crate::core::export::{self, Export};
use crate::core::transcript_mail;
use crate::error::{Error, Place, Result};
use crate::http::input::{Json, Query};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use serde::Deserialize;
use shared::transcript::{TranscriptAddress, TranscriptRequest};
use shared::widget::OkReply;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TranscriptParams {
    /// The site in any of its spellings, such as `ch_…`.
    #[serde(rename = "bot_id")]
    _bot_id: String,
    /// The session, where `Authorization: Bearer` does not name it.
    #[serde(rename = "session_id")]
    _session_id: Option<String>,
    /// `txt`, which is also meant where nothing is said.
    format: Option<String>,
}

/// The whole conversation as a text to keep, with times in UTC and the sources of answers.
#[utoipa::path(
    get,
    path = "/widget/transcript",
    tag = "widget",
    params(TranscriptParams),
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = 404, body = WidgetError),
        (status = 422, body = WidgetError),
    )
)]
pub(super) async fn transcript(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
    Query(params): Query<TranscriptParams>,
) -> Result<impl IntoResponse> {
    if !matches!(params.format.as_deref(), None | Some("txt")) {
        return Err(Error::invalid("format", "format must be txt").within(Place::Query));
    }
    let Export {
        filename,
        content_type,
        content,
    } = export::for_visitor(&app, &visitor).await?;
    let headers = [
        (CONTENT_TYPE, content_type.to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{filename}\""),
        ),
    ];
    Ok((headers, content))
}

/// Mails the whole conversation, as plain text and HTML, to an address that the visitor names.
///
/// The letter is written down before this answers and goes out by itself; where the mail server refuses it, it is tried
/// again. One conversation is mailed at most 5 times a day and to at most 3 addresses; one address gets at most 5 letters
/// a day from an account's conversations, and one client address asks for at most 50.
#[utoipa::path(
    post,
    path = "/widget/transcript",
    tag = "widget",
    params(SessionParams),
    request_body = TranscriptRequest,
    responses(
        (status = 200, body = OkReply),
        (status = 403, body = WidgetError, description = "`site_disabled`, `visitor_blocked`"),
        (status = 404, body = WidgetError),
        (status = 409, body = WidgetError, description = "`mail_unavailable` where the server sends no mail; `conflict` where the conversation is empty or has been mailed to 3 other addresses."),
        (status = 422, body = WidgetError),
        (status = 429, body = WidgetError, description = "More than 5 a minute, or as many a day as there may be."),
    )
)]
pub(super) async fn mail(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
    Json(request): Json<TranscriptRequest>,
) -> Result<axum::Json<OkReply>> {
    transcript_mail::order(&app, &visitor, request).await?;
    Ok(axum::Json(OkReply::OK))
}

/// The address that the visitor has named before, to offer it for the transcript.
#[utoipa::path(
    get,
    path = "/widget/transcript/address",
    tag = "widget",
    params(SessionParams),
    responses((status = 200, body = TranscriptAddress), (status = 404, body = WidgetError))
)]
pub(super) async fn address(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
) -> Result<axum::Json<TranscriptAddress>> {
    let email = transcript_mail::known_address(&app, &visitor).await?;
    Ok(axum::Json(TranscriptAddress { email }))
}
