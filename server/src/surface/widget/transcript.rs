//! `GET /widget/transcript`

use super::WidgetError;
use super::door::AsVisitor;
use crate::app::App;
use crate::core::export::{self, Export};
use crate::error::{Error, Place, Result};
use crate::http::input::Query;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use serde::Deserialize;
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
