//! `GET` and `POST /api/v1/chat/conversations/{visitor_token}/messages`

use super::conversations::check_length;
use super::door::{AtSite, visitor};
use super::{HelpdeskError, SiteKeyHeader, SiteKeyQuery};
use crate::app::App;
use crate::clock::Millis;
use crate::core::actor::Visitor;
use crate::core::{helpdesk, history};
use crate::error::{Error, Place, Result};
use crate::http::input::{Json, Path, Query};
use crate::http::once;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use shared::message::{Message, Role};
use utoipa::{IntoParams, ToSchema};

/// How refusals spell the header by which a client marks its resends.
const IDEMPOTENCY_KEY_NAME: &str = "Idempotency-Key";
/// Who speaks where nobody is named.
const SUPPORT: &str = "Support";
const SOMEBODY: &str = "Visitor";

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SinceParams {
    /// ISO 8601; only messages after this time.
    since: Option<String>,
}

/// Which way a message goes, seen from the helpdesk.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Direction {
    /// From the visitor.
    Inbound,
    Outbound,
}

/// A file that hangs on a message; its bytes are at `…/files/{activity_id}/{id}`.
#[derive(Debug, Serialize, ToSchema)]
struct MessageFile {
    id: i64,
    /// The message's id.
    activity_id: i64,
    filename: String,
    content_type: String,
    size: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HelpdeskMessage {
    id: i64,
    direction: Direction,
    body: String,
    timestamp: String,
    author: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<MessageFile>,
}

/// ISO 8601 with an offset, or without one for UTC. A `+` of the offset that was not encoded is a space here.
fn time(text: &str) -> Result<Millis> {
    let text = text.trim().replace(' ', "+");
    let with_offset = text.parse::<Timestamp>();
    let moment = with_offset.or_else(|_| {
        let local: DateTime = text.replace('+', "T").parse()?;
        Ok::<_, jiff::Error>(local.to_zoned(TimeZone::UTC)?.timestamp())
    });
    moment.map(|moment| moment.as_millisecond()).map_err(|_| {
        Error::invalid("since", "since must be an ISO 8601 datetime").within(Place::Query)
    })
}

/// What was said, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/chat/conversations/{visitor_token}/messages",
    tag = "helpdesk",
    params(
        SiteKeyHeader,
        SiteKeyQuery,
        ("visitor_token" = String, Path, description = "As the conversation was begun with, or its `conversation_token`."),
        SinceParams,
    ),
    responses(
        (status = 200, body = Vec<HelpdeskMessage>),
        (status = 400, body = HelpdeskError),
        (status = 401, body = HelpdeskError),
        (status = 403, body = HelpdeskError),
        (status = 404, body = HelpdeskError),
        (status = 422, body = HelpdeskError),
        (status = 429, body = HelpdeskError, description = "More than 60 a minute."),
    )
)]
pub(super) async fn messages(
    State(app): State<App>,
    AtSite(site): AtSite,
    Path(visitor_token): Path<String>,
    Query(params): Query<SinceParams>,
) -> Result<axum::Json<Vec<HelpdeskMessage>>> {
    let since = params.since.as_deref().filter(|since| !since.is_empty());
    let since = since.map(time).transpose()?;
    let visitor = visitor(&app, site, &visitor_token).await?;
    let messages = history::since(&app, &visitor, since.unwrap_or(Millis::MIN)).await?;
    let shown = messages
        .into_iter()
        .map(|message| shown(&visitor, message))
        .collect();
    Ok(axum::Json(shown))
}

fn shown(visitor: &Visitor, message: Message) -> HelpdeskMessage {
    let row = &visitor.conversation;
    let (direction, fallback) = match message.role {
        Role::User => (
            Direction::Inbound,
            row.visitor_name.as_deref().unwrap_or(SOMEBODY),
        ),
        Role::Assistant | Role::Operator | Role::System => (Direction::Outbound, SUPPORT),
    };
    let author = message
        .author
        .map_or_else(|| fallback.to_owned(), |author| author.name);
    let activity_id = message.id;
    let files = message.files.into_iter().map(|file| MessageFile {
        id: file.id,
        activity_id,
        filename: file.filename,
        content_type: file.content_type,
        size: file.size,
    });
    HelpdeskMessage {
        id: message.id,
        direction,
        body: message.content,
        timestamp: message.created_at,
        author,
        files: files.collect(),
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = HelpdeskReplyRequest)]
pub(super) struct ReplyRequest {
    /// At most 10,000 characters.
    #[schema(required)]
    message: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ReplyReply {
    status: &'static str,
}

/// Writes on in a conversation. One that was closed is open again.
#[utoipa::path(
    post,
    path = "/api/v1/chat/conversations/{visitor_token}/messages",
    tag = "helpdesk",
    params(
        SiteKeyHeader,
        SiteKeyQuery,
        ("visitor_token" = String, Path, description = "As the conversation was begun with, or its `conversation_token`."),
        ("Idempotency-Key" = Option<String>, Header, description = "A resend is stored once."),
    ),
    request_body = ReplyRequest,
    responses(
        (status = 201, body = ReplyReply),
        (status = 400, body = HelpdeskError),
        (status = 401, body = HelpdeskError),
        (status = 403, body = HelpdeskError, description = "Also for a visitor who was blocked."),
        (status = 404, body = HelpdeskError),
        (status = 415, body = HelpdeskError),
        (status = 422, body = HelpdeskError),
        (status = 429, body = HelpdeskError, description = "More than 20 a minute."),
    )
)]
pub(super) async fn reply(
    State(app): State<App>,
    AtSite(site): AtSite,
    Path(visitor_token): Path<String>,
    headers: HeaderMap,
    Json(request): Json<ReplyRequest>,
) -> Result<(StatusCode, axum::Json<ReplyReply>)> {
    let message = request.message.filter(|text| !text.trim().is_empty());
    let message = message.ok_or_else(|| Error::invalid("message", "Message is required"))?;
    check_length(&message)?;
    let visitor = visitor(&app, site, &visitor_token).await?;
    helpdesk::reply(&app, &visitor, message, once::key(&headers)?)
        .await
        .map_err(of_the_key)?;
    Ok((StatusCode::CREATED, axum::Json(ReplyReply { status: "ok" })))
}

/// This surface's clients name a message by the header alone.
fn of_the_key(error: Error) -> Error {
    if error.field.as_deref() != Some("message_id") {
        return error;
    }
    let name = IDEMPOTENCY_KEY_NAME;
    let detail = error.public_message().replace("message_id", name);
    Error::invalid(name, detail).within(Place::Header)
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn times_are_read_with_and_without_an_offset() {
        let expected = 1_736_937_000_000;
        for text in [
            "2025-01-15T10:30:00Z",
            "2025-01-15T10:30:00.000Z",
            "2025-01-15T12:30:00+02:00",
            "2025-01-15T12:30:00 02:00",
            "2025-01-15T10:30:00",
            "2025-01-15 10:30:00",
        ] {
            assert_eq!(time(text).ok(), Some(expected), "{text}");
        }
        for text in ["yesterday", "1736937000", "2025-13-01T00:00:00Z"] {
            assert!(time(text).is_err(), "{text}");
        }
    }
}
