//! `GET /api/events`: the operators' live channel.

use crate::app::App;
use crate::bus::standing::Lookout;
use crate::core::stream::{self, Delivery};
use crate::error::Result;
use crate::http::auth::{ForConversations, caller};
use crate::http::client::Client;
use crate::http::input::Query;
use crate::http::limit::take_stream;
use crate::http::sse::{Frame, Opening, respond, resume_after};
use async_stream::stream;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use futures_util::{Stream, StreamExt};
use serde::Deserialize;
use shared::error::ErrorCode;
use shared::event::OperatorEvent;
use std::time::Duration;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(events))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Resume {
    /// The cursor after which to go on; the header `Last-Event-ID` means the same and wins.
    after: Option<i64>,
}

/// What happens in the account's conversations, as it happens. Each event's id is the cursor to resume from.
#[utoipa::path(
    get,
    path = "/api/events",
    tag = "conversations",
    security(("key" = []), ("dashboard" = [])),
    params(Resume),
    responses(
        (status = 200, body = OperatorEvent, content_type = "text/event-stream"),
        (status = 400),
        (status = 401),
        (status = 403),
        (status = 429),
    )
)]
async fn events(
    State(app): State<App>,
    ForConversations(operator): ForConversations,
    client: Client,
    Query(resume): Query<Resume>,
    headers: HeaderMap,
) -> Result<Response> {
    let slot = take_stream(&app, client)?;
    let signed_out = app.bus.subscribe_user(operator.user_id);
    let lookout = app.bus.lookout();
    // Asked again after subscribing: a credential that ended in between must not keep its channel.
    caller(&headers, &app).await?;
    let after = match resume_after(&headers, resume.after)? {
        Some(after) => after,
        None => stream::present(&app, operator.account_id).await?,
    };
    let deliveries = stream::operators(&app, operator.account_id, Some(after));
    let opening = Opening {
        slot,
        id: Some(after.to_string()),
        linger: Duration::ZERO,
    };
    let frames = until_signed_out(frames(deliveries, after), signed_out);
    let frames = while_let_in(frames, lookout, headers, app.clone());
    Ok(respond(&app, opening, frames))
}

/// Fleeting events carry the cursor of the last durable one, so that whoever resumes misses none.
fn frames(
    deliveries: impl Stream<Item = Result<Delivery>> + Send,
    mut cursor: i64,
) -> impl Stream<Item = Frame> + Send {
    stream! {
        tokio::pin!(deliveries);
        while let Some(delivery) = deliveries.next().await {
            let frame = delivery.and_then(|delivery| {
                cursor = delivery.cursor.unwrap_or(cursor);
                let event = OperatorEvent {
                    conversation_id: delivery.conversation,
                    event: (*delivery.event).clone(),
                };
                Frame::json(cursor, &event)
            });
            match frame {
                Ok(frame) => yield frame,
                Err(error) => {
                    tracing::warn!(%error, "an operators' channel broke off");
                    return;
                }
            }
        }
    }
}

fn until_signed_out<T>(
    frames: impl Stream<Item = Frame> + Send,
    mut signed_out: tokio::sync::mpsc::Receiver<T>,
) -> impl Stream<Item = Frame> + Send
where
    T: Send,
{
    stream! {
        tokio::pin!(frames);
        loop {
            let next = tokio::select! {
                next = frames.next() => next,
                _ = signed_out.recv() => None,
            };
            let Some(frame) = next else { return };
            yield frame;
        }
    }
}

/// Another replica may have ended the credential without being heard here: it is asked again whenever that may be.
fn while_let_in(
    frames: impl Stream<Item = Frame> + Send,
    mut lookout: Lookout,
    headers: HeaderMap,
    app: App,
) -> impl Stream<Item = Frame> + Send {
    stream! {
        tokio::pin!(frames);
        loop {
            let next = tokio::select! {
                next = frames.next() => next,
                () = lookout.due() => match caller(&headers, &app).await {
                    Ok(_) => continue,
                    // Not known at this moment is not over.
                    Err(error) if error.code == ErrorCode::StorageUnavailable => {
                        lookout.again();
                        continue;
                    }
                    Err(_) => None,
                },
            };
            let Some(frame) = next else { return };
            yield frame;
        }
    }
}
