//! `GET /widget/config`

use super::WidgetError;
use super::door::AtSite;
use crate::core::site::widget_config;
use crate::error::{Error, Result};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use shared::widget::WidgetConfig;

/// What the loader and the panel need before there is a session.
#[utoipa::path(
    get,
    path = "/widget/config",
    tag = "widget",
    params(("bot_id" = String, Query, description = "The site in any of its spellings, such as `ch_…`.")),
    responses(
        (status = 200, body = WidgetConfig, description = "Cacheable for a minute, with an ETag."),
        (status = 304, description = "Unchanged since the ETag sent in If-None-Match."),
        (status = 404, body = WidgetError),
    )
)]
pub(super) async fn config(AtSite(site): AtSite, headers: HeaderMap) -> Result<Response> {
    let body = serde_json::to_string(&widget_config(&site)).map_err(Error::internal)?;
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&body)[..12]));
    let known = headers
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
    let tag = HeaderValue::from_str(&tag).map_err(Error::internal)?;
    let cached = [
        (ETAG, tag),
        (
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=60"),
        ),
    ];
    if is_known {
        return Ok((StatusCode::NOT_MODIFIED, cached).into_response());
    }
    let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    Ok((cached, json, body).into_response())
}
