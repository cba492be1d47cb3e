//! `GET /widget/conversations`

use super::WidgetError;
use super::door::AsVisitor;
use crate::app::App;
use crate::core::own_conversation;
use crate::error::{Place, Result};
use crate::http::input::Query;
use crate::http::page;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::page::Page;
use shared::widget::OwnConversation;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ConversationsParams {
    /// The site in any of its spellings, such as `ch_…`.
    #[serde(rename = "bot_id")]
    _bot_id: String,
    /// The session, where `Authorization: Bearer` does not name it.
    #[serde(rename = "session_id")]
    _session_id: Option<String>,
    /// 1 to 200, 50 where nothing is said.
    limit: Option<i64>,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
}

/// Lists the visitor's conversations on this site, newest activity first.
///
/// They are those that were begun with the session key of one another (`session_id` of `/widget/session/init`), or all
/// of a visitor whom an identity token vouches for. Conversations nobody has written in are left out.
#[utoipa::path(
    get,
    path = "/widget/conversations",
    tag = "widget",
    params(ConversationsParams),
    responses(
        (status = 200, body = Page<OwnConversation>),
        (status = 404, body = WidgetError),
        (status = 422, body = WidgetError),
    )
)]
pub(super) async fn conversations(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
    Query(params): Query<ConversationsParams>,
) -> Result<Json<Page<OwnConversation>>> {
    let limit = page::limit(params.limit)?;
    let page = own_conversation::list(&app, &visitor, params.cursor.as_deref(), limit).await;
    Ok(Json(page.map_err(|error| error.within(Place::Query))?))
}
