//! `POST /widget/chat`: a visitor's message, answered by a stream.

use super::WidgetError;
use super::door::Asker;
use super::session::begin_for_chat;
use crate::app::App;
use crate::core::actor::Visitor;
use crate::core::answer::live::{Done, TurnEvent};
use crate::core::answer::turn::{self, Asked};
use crate::core::answer::words::Words;
use crate::core::file::Attached;
use crate::error::Result;
use crate::http::answer::{LINGER, told};
use crate::http::client::Client;
use crate::http::input::{Json, Query};
use crate::http::limit::take_stream;
use crate::http::once;
use crate::http::sse::{self, Frame, Opening};
use async_stream::stream;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use futures_util::{Stream, StreamExt};
use serde::Deserialize;
use shared::conversation::Mode;
use shared::widget::{ChatEvent, ChatRequest};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ChatParams {
    /// The site in any of its spellings, such as `ch_…`.
    #[serde(rename = "bot_id")]
    _bot_id: String,
    /// Left out, a session begins with this message.
    #[serde(rename = "session_id")]
    _session_id: Option<String>,
    /// The browser's locale, such as `ru-RU`.
    locale: Option<String>,
}

/// Sends a message and streams the answer.
///
/// `chunk` events joined are the whole reply; one `done` ends the stream, or one `error`. The message is stored
/// before the response's headers are sent, the reply before `done`. While an operator has the conversation there
/// is no chunk, and `done` has an empty text.
#[utoipa::path(
    post,
    path = "/widget/chat",
    tag = "widget",
    params(
        ChatParams,
        ("Idempotency-Key" = Option<String>, Header, description = "As `message_id`, which wins."),
    ),
    request_body = ChatRequest,
    responses(
        (status = 200, body = ChatEvent, content_type = "text/event-stream"),
        (status = 403, body = WidgetError, description = "`site_disabled`, `visitor_blocked`, `origin_not_allowed`"),
        (status = 404, body = WidgetError),
        (status = 422, body = WidgetError, description = "Empty or too long a message, an invalid session."),
        (status = 429, body = WidgetError, description = "More than 30 a minute."),
    )
)]
pub(super) async fn chat(
    State(app): State<App>,
    asker: Asker,
    client: Client,
    Query(params): Query<ChatParams>,
    headers: HeaderMap,
    Json(request): Json<ChatRequest>,
) -> Result<Response> {
    let client_id = match &request.message_id {
        Some(id) => Some(id.clone()),
        None => once::key(&headers)?,
    };
    let slot = take_stream(&app, client)?;
    let words = Words {
        files: Attached::These(request.files.clone()),
        consent_version: request.consent_version,
        ..Words::new(request.message.clone(), client_id)
    };
    let visitor = match asker {
        Asker::Known(visitor) => *visitor,
        Asker::New(site) => {
            words.check(&site)?;
            begin_for_chat(&app, *site, &headers, client, &request, params.locale).await?
        }
    };
    let (_, asked) = turn::ask_with(&app, &visitor, words).await?;
    let opening = Opening {
        slot,
        id: None,
        linger: LINGER,
    };
    Ok(sse::respond(
        &app,
        opening,
        frames(events(&app, visitor, asked)),
    ))
}

/// Numbers the events: a stream of one answer is not resumed, it is asked for again.
fn frames(events: impl Stream<Item = ChatEvent> + Send) -> impl Stream<Item = Frame> + Send {
    stream! {
        for await (number, event) in events.enumerate() {
            match Frame::json(format!("answer.{number}"), &event) {
                Ok(frame) => yield frame,
                Err(error) => tracing::error!(%error, "an event could not be written"),
            }
        }
    }
}

fn events(
    app: &App,
    visitor: Visitor,
    asked: Asked,
) -> impl Stream<Item = ChatEvent> + Send + use<> {
    let session_id = visitor.conversation.session_key;
    told(app, asked).map(move |event| match event {
        TurnEvent::Chunk(text) => ChatEvent::Chunk { text },
        TurnEvent::Done(done) => finished(session_id.clone(), *done),
        TurnEvent::Failed { code, message } => ChatEvent::Error {
            code: code.to_owned(),
            message,
        },
    })
}

fn finished(session_id: String, done: Done) -> ChatEvent {
    let Done {
        message,
        mode,
        ticket_number,
        fallback,
    } = done;
    let message_id = message.as_ref().map(|message| message.id);
    let (text, sources) = message
        .map(|message| (message.content, message.sources))
        .unwrap_or_default();
    ChatEvent::Done {
        text,
        session_id,
        chat_ended: mode == Mode::Closed,
        mode,
        ticket_number,
        sources,
        message_id,
        fallback,
    }
}
