//! `POST /api/v1/chat/stream`: a visitor's message, answered by a stream.

use super::VisitorError;
use super::door::{Door, Names};
use crate::app::App;
use crate::core::answer::live::{Done, TurnEvent};
use crate::core::answer::turn;
use crate::core::answer::words::Words;
use crate::core::file::Attached;
use crate::error::Result;
use crate::http::answer::{LINGER, told};
use crate::http::client::Client;
use crate::http::input::Json;
use crate::http::limit::take_stream;
use crate::http::once;
use crate::http::sse::{self, Frame, Opening};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use futures_util::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use shared::conversation::Mode;
use shared::limits;
use shared::message::Source;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct StreamRequest {
    /// The site in any of its spellings, such as `sk_…`.
    site_key: Option<String>,
    /// The caller's own key of the session.
    session_id: Option<String>,
    /// At most 10,000 characters.
    message: String,
    /// The visitor's language, such as `en`; it holds until another is named.
    lang: Option<String>,
    /// The client's own id of this message: a resend with the same one gets the first result, also while the first
    /// still streams.
    message_id: Option<String>,
}

/// Who answers.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answering {
    Ai,
    Operator,
}

impl From<Mode> for Answering {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Ai | Mode::Closed => Self::Ai,
            Mode::Waiting | Mode::Operator => Self::Operator,
        }
    }
}

/// What the last event tells.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Meta {
    conversation_id: i64,
    /// `operator` where a person has the conversation, or is asked for: then there is no chunk.
    mode: Answering,
    /// The stored reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_number: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<Source>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum StreamEvent {
    Chunk {
        content: String,
    },
    Done {
        meta: Meta,
    },
    Error {
        success: bool,
        code: &'static str,
        message: String,
    },
}

/// Sends a visitor's message and streams the answer.
///
/// `chunk` events joined are the whole reply; one `done` ends the stream, or one `error`. The session begins with its
/// first message. Images that the session uploaded since its last message go with this one.
#[utoipa::path(
    post,
    path = "/api/v1/chat/stream",
    tag = "visitor",
    params(("Idempotency-Key" = Option<String>, Header, description = "As `message_id`, which wins.")),
    request_body = StreamRequest,
    responses(
        (status = 200, body = StreamEvent, content_type = "text/event-stream"),
        (status = 400, body = VisitorError, description = "Something missing, empty or too long; a session id that cannot be one; `conflicting_credentials`."),
        (status = 403, body = VisitorError, description = "`site_disabled`, `visitor_blocked`, `origin_not_allowed`"),
        (status = 404, body = VisitorError, description = "No such site."),
        (status = 415, body = VisitorError),
        (status = 429, body = VisitorError, description = "More than 30 a minute."),
    )
)]
pub(super) async fn stream(
    State(app): State<App>,
    client: Client,
    door: Door,
    headers: HeaderMap,
    Json(request): Json<StreamRequest>,
) -> Result<Response> {
    let names = Names::new(request.site_key.as_deref(), request.session_id.as_deref());
    let client_id = match request.message_id {
        Some(id) => Some(id),
        None => once::key(&headers)?,
    };
    let words = Words {
        longest: limits::CONTACT_MESSAGE_CHARS,
        files: Attached::Unsent,
        ..Words::new(request.message, client_id)
    };
    let slot = take_stream(&app, client)?;
    let lang = request.lang.as_deref().filter(|lang| !lang.is_empty());
    let visitor = door.asker(names, lang, |site| words.check(site)).await?;
    let conversation_id = visitor.conversation.id;
    let (_, asked) = turn::ask_with(&app, &visitor, words).await?;
    let opening = Opening {
        slot,
        id: None,
        linger: LINGER,
    };
    let events = told(&app, asked).map(move |event| shown(conversation_id, event));
    Ok(sse::respond(&app, opening, frames(events)))
}

fn shown(conversation_id: i64, event: TurnEvent) -> StreamEvent {
    match event {
        TurnEvent::Chunk(content) => StreamEvent::Chunk { content },
        TurnEvent::Done(done) => StreamEvent::Done {
            meta: meta(conversation_id, *done),
        },
        TurnEvent::Failed { code, message } => StreamEvent::Error {
            success: false,
            code,
            message,
        },
    }
}

fn meta(conversation_id: i64, done: Done) -> Meta {
    Meta {
        conversation_id,
        mode: done.mode.into(),
        message_id: done.message.as_ref().map(|message| message.id),
        ticket_number: done.ticket_number,
        sources: done
            .message
            .map(|message| message.sources)
            .unwrap_or_default(),
    }
}

/// Numbers the events: a stream of one answer is not resumed, it is asked for again.
fn frames(events: impl Stream<Item = StreamEvent> + Send) -> impl Stream<Item = Frame> + Send {
    events.enumerate().flat_map(|(number, event)| {
        let frame = Frame::json(format!("answer.{number}"), &event);
        let frame =
            frame.inspect_err(|error| tracing::error!(%error, "an event could not be written"));
        stream::iter(frame)
    })
}
