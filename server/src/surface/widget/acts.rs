//! What a visitor does beside writing: asks for a person, rates, leaves a contact, types, reads, ends.

use super::door::AsVisitor;
use super::{SessionParams, WidgetError};
use crate::app::App;
use crate::core::answer::stop;
use crate::core::contact::{self, Contact, Fields};
use crate::core::{conversation, rating, ticket};
use crate::error::{Error, Result};
use crate::http::input::{Json, Nothing, OptionalJson};
use axum::extract::State;
use shared::field_value::FieldValue;
use shared::widget::{
    ContactRequest, EscalateReply, EscalateRequest, FeedbackRequest, OkReply, RateRequest,
    ReadRequest,
};

type Accepted = axum::Json<OkReply>;

const OK: Accepted = axum::Json(OkReply::OK);

/// Opens a ticket: a person is asked to join. Asking again returns the open ticket.
#[utoipa::path(
    post,
    path = "/widget/escalate",
    tag = "widget",
    params(SessionParams),
    request_body = Option<EscalateRequest>,
    responses(
        (status = 200, body = EscalateReply),
        (status = 403, body = WidgetError, description = "`site_disabled`, `visitor_blocked`"),
        (status = 404, body = WidgetError),
        (status = 422, body = WidgetError),
        (status = 429, body = WidgetError, description = "More than 20 a minute."),
    )
)]
pub(super) async fn escalate(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
    OptionalJson(request): OptionalJson<EscalateRequest>,
) -> Result<axum::Json<EscalateReply>> {
    let opened = ticket::escalate(&app, &visitor, request.trigger, request.user_note).await?;
    Ok(axum::Json(EscalateReply {
        ticket_number: opened.ticket_number,
        session_id: visitor.conversation.session_key,
        mode: opened.mode,
    }))
}

/// Stops the answer under way in this session.
///
/// What was said so far is stored as a message with the status `interrupted`, before this answers. Where nothing is
/// under way nothing happens. A question that waits behind the stopped answer is answered next.
#[utoipa::path(
    post,
    path = "/widget/stop",
    tag = "widget",
    params(SessionParams),
    request_body = Option<Nothing>,
    responses((status = 200, body = OkReply), (status = 404, body = WidgetError))
)]
pub(super) async fn stop_answer(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
    OptionalJson(Nothing {}): OptionalJson<Nothing>,
) -> Result<Accepted> {
    stop::stop(&app, &visitor).await;
    Ok(OK)
}

/// Rates the conversation, 1 to 5; again replaces.
#[utoipa::path(
    post,
    path = "/widget/rate",
    tag = "widget",
    params(SessionParams),
    request_body = RateRequest,
    responses(
        (status = 200, body = OkReply),
        (status = 404, body = WidgetError),
        (status = 422, body = WidgetError),
    )
)]
pub(super) async fn rate(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
    Json(request): Json<RateRequest>,
) -> Result<Accepted> {
    rating::rate(&app, &visitor, request.score, request.comment).await?;
    Ok(OK)
}

/// Judges one answer, up or down; null takes the verdict back.
#[utoipa::path(
    post,
    path = "/widget/feedback",
    tag = "widget",
    params(SessionParams),
    request_body = FeedbackRequest,
    responses(
        (status = 200, body = OkReply),
        (status = 404, body = WidgetError, description = "No such session, or no such answer in it."),
        (status = 422, body = WidgetError),
    )
)]
pub(super) async fn feedback(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
    Json(request): Json<FeedbackRequest>,
) -> Result<Accepted> {
    let FeedbackRequest {
        message_id,
        value,
        reason,
    } = request;
    rating::give_feedback(&app, &visitor, message_id, value, reason).await?;
    Ok(OK)
}

/// Leaves a way to be reached and what the site's own form asks: at least one field. Later fields join those left before.
#[utoipa::path(
    post,
    path = "/widget/contact",
    tag = "widget",
    params(SessionParams),
    request_body = ContactRequest,
    responses(
        (status = 200, body = OkReply),
        (status = 404, body = WidgetError),
        (status = 422, body = WidgetError),
    )
)]
pub(super) async fn contact(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
    Json(request): Json<ContactRequest>,
) -> Result<Accepted> {
    let ContactRequest {
        email,
        phone,
        name,
        fields,
    } = request;
    let given = |(name, value): (String, Option<FieldValue>)| Some((name, value?.to_string()));
    let left = Contact {
        name,
        email,
        phone,
        fields: Fields(fields.into_iter().filter_map(given).collect()),
    };
    contact::leave(&app, &visitor, left).await?;
    Ok(OK)
}

/// Shows the operators that the visitor types; holds for six seconds.
#[utoipa::path(
    post,
    path = "/widget/typing",
    tag = "widget",
    params(SessionParams),
    request_body = Option<Nothing>,
    responses((status = 200, body = OkReply), (status = 404, body = WidgetError))
)]
pub(super) async fn typing(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
    OptionalJson(Nothing {}): OptionalJson<Nothing>,
) -> Result<Accepted> {
    conversation::visitor_types(&app, &visitor);
    Ok(OK)
}

/// The visitor has seen everything up to a position.
#[utoipa::path(
    post,
    path = "/widget/read",
    tag = "widget",
    params(SessionParams),
    request_body = ReadRequest,
    responses(
        (status = 200, body = OkReply),
        (status = 404, body = WidgetError),
        (status = 422, body = WidgetError),
    )
)]
pub(super) async fn read(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
    Json(request): Json<ReadRequest>,
) -> Result<Accepted> {
    if request.seq < 0 {
        return Err(Error::invalid("seq", "seq must be at least 0"));
    }
    conversation::visitor_read(&app, &visitor, request.seq).await?;
    Ok(OK)
}

/// Ends the conversation. Writing again reopens it.
#[utoipa::path(
    post,
    path = "/widget/end",
    tag = "widget",
    params(SessionParams),
    request_body = Option<Nothing>,
    responses((status = 200, body = OkReply), (status = 404, body = WidgetError))
)]
pub(super) async fn end(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
    OptionalJson(Nothing {}): OptionalJson<Nothing>,
) -> Result<Accepted> {
    conversation::visitor_ends(&app, &visitor).await?;
    Ok(OK)
}
