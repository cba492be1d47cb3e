//! `GET /widget/history`

use super::WidgetError;
use super::door::AsVisitor;
use crate::app::App;
use crate::core::history;
use crate::error::{Place, Result};
use crate::http::input::Query;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::widget::HistoryReply;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct HistoryParams {
    /// The site in any of its spellings, such as `ch_…`.
    #[serde(rename = "bot_id")]
    _bot_id: String,
    /// The session, where `Authorization: Bearer` does not name it.
    #[serde(rename = "session_id")]
    _session_id: Option<String>,
    /// Messages at most: 1 to 500, 200 where nothing is said.
    limit: Option<i64>,
    /// A `seq`: only messages before it.
    before: Option<i64>,
}

/// The latest messages of a session, oldest first.
#[utoipa::path(
    get,
    path = "/widget/history",
    tag = "widget",
    params(HistoryParams),
    responses(
        (status = 200, body = HistoryReply),
        (status = 404, body = WidgetError),
        (status = 422, body = WidgetError),
        (status = 429, body = WidgetError, description = "More than 30 a minute."),
    )
)]
pub(super) async fn history(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
    Query(params): Query<HistoryParams>,
) -> Result<Json<HistoryReply>> {
    let reply = history::read(&app, &visitor, params.before, params.limit).await;
    Ok(Json(reply.map_err(|error| error.within(Place::Query))?))
}
