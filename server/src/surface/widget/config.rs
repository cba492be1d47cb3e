//! `GET /widget/config`

use super::WidgetError;
use super::door::AtSite;
use crate::app::App;
use crate::core::site::{spoken, widget_config};
use crate::core::{nudge, transcript_mail, voice};
use crate::error::{Error, Result};
use crate::http::compress::{packed, takes_brotli};
use crate::http::input::Query;
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared::nudge::WidgetNudge;
use shared::widget::WidgetConfig;
use utoipa::{IntoParams, ToSchema};

/// The site's configuration with its nudges.
#[derive(Serialize, ToSchema)]
struct Config {
    #[serde(flatten)]
    config: WidgetConfig,
    /// Rules to judge on the page; those that do not hold at this time of the day are left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    nudges: Vec<WidgetNudge>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ConfigParams {
    /// The site in any of its spellings, such as `ch_…`.
    #[serde(rename = "bot_id")]
    _bot_id: String,
    /// The page's language, a tag such as `de-AT`: the site's texts come in the nearest language it has them in. Without it
    /// the site's own language counts.
    locale: Option<String>,
    /// The browser's language, for pages and sites that name none.
    browser: Option<String>,
}

/// What the loader and the panel need before there is a session.
#[utoipa::path(
    get,
    path = "/widget/config",
    tag = "widget",
    params(ConfigParams),
    responses(
        (status = 200, body = Config, description = "Cacheable for a minute, with an ETag."),
        (status = 304, description = "Unchanged since the ETag sent in If-None-Match."),
        (status = 403, body = WidgetError, description = "`origin_not_allowed`"),
        (status = 404, body = WidgetError),
    )
)]
pub(super) async fn config(
    State(app): State<App>,
    AtSite(site): AtSite,
    Query(params): Query<ConfigParams>,
    headers: HeaderMap,
) -> Result<Response> {
    let locale = spoken(
        params.locale.as_deref(),
        &site.settings.language,
        params.browser.as_deref(),
    );
    let config = Config {
        config: WidgetConfig {
            voice: voice::offered(&app, &site.settings),
            transcript_mail: transcript_mail::is_offered(&app),
            ..widget_config(&site, locale, app.now())
        },
        nudges: nudge::for_widget(&app, &site, locale).await?,
    };
    let body = serde_json::to_string(&config).map_err(Error::internal)?;
    // Weak: the same for each encoding.
    let tag = format!("W/\"{}\"", hex::encode(&Sha256::digest(&body)[..12]));
    let known = headers
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
    let name = HeaderValue::from_str(&tag).map_err(Error::internal)?;
    let cached = [
        (ETAG, name),
        (
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=60"),
        ),
    ];
    if is_known {
        return Ok((StatusCode::NOT_MODIFIED, cached).into_response());
    }
    let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let small = match takes_brotli(&headers) {
        true => packed(&tag, &body)?,
        false => None,
    };
    let Some(small) = small else {
        return Ok((cached, json, body).into_response());
    };
    // Every page of every site pays for each byte of it.
    let encoded = [
        (CONTENT_ENCODING, HeaderValue::from_static("br")),
        (VARY, HeaderValue::from_static("accept-encoding")),
    ];
    Ok((cached, json, encoded, small).into_response())
}
