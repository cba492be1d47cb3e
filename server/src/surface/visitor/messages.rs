//! What a widget polls: the conversation so far, what operators wrote, whether the visitor is blocked, nudges.

use super::door::Door;
use super::stream::Answering;
use super::{SessionParams, VisitorError};
use crate::app::App;
use crate::core::block::{self, Block};
use crate::core::history;
use crate::core::nudge::{self, PageView};
use crate::error::{Place, Result};
use crate::http::input::Query;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::REFERER;
use serde::{Deserialize, Serialize};
use shared::message::Message;
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct HistoryParams {
    /// Messages at most: 1 to 500, 200 where nothing is said.
    limit: Option<i64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = VisitorHistoryReply)]
pub(super) struct HistoryReply {
    success: bool,
    /// The latest, oldest first.
    messages: Vec<Message>,
    mode: Answering,
    /// None while nothing was said.
    conversation_id: Option<i64>,
}

/// The session's messages. A session that has not begun has none.
#[utoipa::path(
    get,
    path = "/api/v1/chat/history",
    tag = "visitor",
    params(SessionParams, HistoryParams),
    responses(
        (status = 200, body = HistoryReply),
        (status = 400, body = VisitorError),
        (status = 403, body = VisitorError, description = "`origin_not_allowed`"),
        (status = 404, body = VisitorError, description = "No such site."),
        (status = 429, body = VisitorError, description = "More than 60 a minute."),
    )
)]
pub(super) async fn history(
    State(app): State<App>,
    door: Door,
    Query(params): Query<HistoryParams>,
) -> Result<Json<HistoryReply>> {
    history::check_limit(params.limit).map_err(|error| error.within(Place::Query))?;
    let Some(visitor) = door.known().await? else {
        return Ok(Json(HistoryReply {
            success: true,
            messages: Vec::new(),
            mode: Answering::Ai,
            conversation_id: None,
        }));
    };
    let mut read = history::read(&app, &visitor, None, params.limit).await?;
    // This surface's messages know no places: one that was taken back is just gone.
    read.messages.retain(|message| message.removed_at.is_none());
    Ok(Json(HistoryReply {
        success: true,
        messages: read.messages,
        mode: read.mode.into(),
        conversation_id: Some(visitor.conversation.id),
    }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OperatorParams {
    /// Only messages after the one with this id; all of the conversation's where nothing is said.
    after: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct OperatorReply {
    success: bool,
    /// Oldest first.
    messages: Vec<Message>,
    /// `operator` also while a person is asked for and nobody has come yet.
    mode: Answering,
}

/// What operators wrote, and who answers now.
#[utoipa::path(
    get,
    path = "/api/v1/chat/operator-messages",
    tag = "visitor",
    params(SessionParams, OperatorParams),
    responses(
        (status = 200, body = OperatorReply),
        (status = 400, body = VisitorError),
        (status = 403, body = VisitorError, description = "`origin_not_allowed`"),
        (status = 404, body = VisitorError, description = "No such site."),
        (status = 429, body = VisitorError, description = "More than 60 a minute."),
    )
)]
pub(super) async fn of_operators(
    State(app): State<App>,
    door: Door,
    Query(params): Query<OperatorParams>,
) -> Result<Json<OperatorReply>> {
    let (messages, mode) = match door.known().await? {
        None => (Vec::new(), Answering::Ai),
        Some(visitor) => {
            let messages = history::of_operators(&app, &visitor, params.after).await;
            let mode = visitor.conversation.mode.into();
            (messages.map_err(|error| error.within(Place::Query))?, mode)
        }
    };
    Ok(Json(OperatorReply {
        success: true,
        messages,
        mode,
    }))
}

#[derive(Serialize, ToSchema)]
pub(super) struct BlockReply {
    success: bool,
    blocked: bool,
    /// When the block ends, in UTC; left out where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    blocked_until: Option<String>,
}

/// Whether the visitor is blocked.
#[utoipa::path(
    get,
    path = "/api/v1/chat/block-status",
    tag = "visitor",
    params(SessionParams),
    responses(
        (status = 200, body = BlockReply),
        (status = 400, body = VisitorError),
        (status = 403, body = VisitorError, description = "`origin_not_allowed`"),
        (status = 404, body = VisitorError, description = "No such site."),
        (status = 429, body = VisitorError, description = "More than 60 a minute."),
    )
)]
pub(super) async fn block_status(State(app): State<App>, door: Door) -> Result<Json<BlockReply>> {
    let visitor = door.known().await?;
    let blocked =
        visitor.and_then(|visitor| Block::of_conversation(&visitor.conversation, app.now()));
    Ok(Json(BlockReply {
        success: true,
        blocked: blocked.is_some(),
        blocked_until: block::end(blocked),
    }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PendingParams {
    /// The page's address; left out, what the browser says in `Referer`.
    page_url: Option<String>,
    /// How long the page has been open; left out, how long the session has.
    seconds_on_page: Option<i64>,
    /// Whether the visitor is here for the first time; left out, whether the session is new.
    first_visit: Option<bool>,
}

/// One nudge.
#[derive(Serialize, ToSchema)]
pub(super) struct Proactive {
    id: i64,
    content: String,
    created_at: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct PendingReply {
    success: bool,
    messages: Vec<Proactive>,
}

/// Nudges for the session: rules of the site that are due, and what operators sent. Each comes once.
#[utoipa::path(
    get,
    path = "/api/v1/chat/pending-proactive",
    tag = "visitor",
    params(SessionParams, PendingParams),
    responses(
        (status = 200, body = PendingReply),
        (status = 400, body = VisitorError),
        (status = 403, body = VisitorError, description = "`origin_not_allowed`"),
        (status = 404, body = VisitorError, description = "No such site."),
        (status = 429, body = VisitorError, description = "More than 60 a minute."),
    )
)]
pub(super) async fn pending(
    State(app): State<App>,
    door: Door,
    headers: HeaderMap,
    Query(params): Query<PendingParams>,
) -> Result<Json<PendingReply>> {
    let (site, key) = door.asked().await?;
    let referer = headers
        .get(REFERER)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let page = PageView {
        url: params.page_url.or(referer),
        seconds: params.seconds_on_page,
        first_visit: params.first_visit,
    };
    let nudges = nudge::poll(&app, site, &key, page).await;
    let nudges = nudges.map_err(|error| error.within(Place::Query))?;
    let messages = nudges.into_iter().map(|nudge| Proactive {
        id: nudge.id,
        content: nudge.text,
        created_at: nudge.created_at,
    });
    Ok(Json(PendingReply {
        success: true,
        messages: messages.collect(),
    }))
}
