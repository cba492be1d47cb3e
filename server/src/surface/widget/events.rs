//! `GET /widget/events`: the visitor's one live channel.

use super::WidgetError;
use super::door::AsVisitor;
use crate::app::App;
use crate::core::actor::Visitor;
use crate::core::session::check_open;
use crate::core::stream;
use crate::error::Result;
use crate::http::client::Client;
use crate::http::input::Query;
use crate::http::limit::take_stream;
use crate::http::sse::{self, Frame, Opening};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use futures_util::Stream;
use serde::Deserialize;
use shared::event::Event;
use std::time::Duration;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EventParams {
    /// The site in any of its spellings, such as `ch_…`.
    #[serde(rename = "bot_id")]
    _bot_id: String,
    /// The session, where `Authorization: Bearer` does not name it.
    #[serde(rename = "session_id")]
    _session_id: Option<String>,
    /// A cursor: what came after it is sent first. Without one the channel begins with the present.
    after: Option<i64>,
}

/// Streams what happens in the visitor's conversation.
///
/// `message`, `mode`, `edited`, `removed`, `blocked` and `ended` are durable and replayed after `Last-Event-ID`
/// (or `after`), without gap or duplicate; an answer under way is sent as one `chunk` with the text so far. A `nudge` that
/// was sent while no channel was open comes once, in the first that opens.
#[utoipa::path(
    get,
    path = "/widget/events",
    tag = "widget",
    params(
        EventParams,
        ("Last-Event-ID" = Option<String>, Header, description = "Of the last event had; wins over `after`."),
    ),
    responses(
        (status = 200, body = Event, content_type = "text/event-stream"),
        (status = 404, body = WidgetError),
        (status = 422, body = WidgetError),
        (status = 429, body = WidgetError, description = "`rate_limited`, or `too_many_streams` over 1,000 at once."),
    )
)]
pub(super) async fn events(
    State(app): State<App>,
    client: Client,
    AsVisitor(visitor): AsVisitor,
    Query(params): Query<EventParams>,
    headers: HeaderMap,
) -> Result<Response> {
    let given = sse::resume_after(&headers, params.after)?;
    let slot = take_stream(&app, client)?;
    let after = match given {
        Some(cursor) => cursor,
        None => stream::present(&app, visitor.conversation.account_id).await?,
    };
    let opening = Opening {
        slot,
        id: Some(after.to_string()),
        linger: Duration::ZERO,
    };
    Ok(sse::respond(&app, opening, frames(&app, &visitor, after)))
}

fn frames(app: &App, visitor: &Visitor, after: i64) -> impl Stream<Item = Frame> + Send + use<> {
    let conversation = &visitor.conversation;
    let deliveries = stream::visitor(app, conversation.account_id, conversation.id, Some(after));
    let open = check_open(&visitor.site).is_ok();
    async_stream::stream! {
        let mut cursor = after;
        if !open {
            yield frame(cursor, &Event::Ended);
            return;
        }
        for await delivery in deliveries {
            match delivery {
                Ok(delivery) => {
                    cursor = delivery.cursor.unwrap_or(cursor);
                    yield frame(cursor, &delivery.event);
                }
                Err(error) => {
                    tracing::warn!(%error, "a live channel broke off");
                    let code = error.code.code().to_owned();
                    let message = error.public_message().to_owned();
                    yield frame(cursor, &Event::Error { code, message });
                    return;
                }
            }
        }
    }
}

/// Fleeting events carry the cursor of the last durable one: a reader may resume from any event it had.
fn frame(cursor: i64, event: &Event) -> Frame {
    Frame::json(cursor, event).unwrap_or_else(|error| {
        tracing::error!(%error, "an event could not be written");
        Frame {
            id: cursor.to_string(),
            data: String::from("{}"),
        }
    })
}
