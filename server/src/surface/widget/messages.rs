//! `/widget/messages/{id}`: a message of one's own, changed or taken back.

use super::door::AsVisitor;
use super::{SessionParams, WidgetError};
use crate::app::App;
use crate::core::second_thoughts;
use crate::error::Result;
use crate::http::input::{Json, Path};
use axum::extract::State;
use shared::message::Message;
use shared::widget::{EditRequest, OkReply};

/// Changes a message of one's own, within 10 seconds after it was stored.
///
/// Everybody who listens gets `edited`. An answer to it that is under way stops, keeps what was said so far as
/// `interrupted`, and the new words are answered; an answer that is whole stays as it is.
#[utoipa::path(
    patch,
    path = "/widget/messages/{id}",
    tag = "widget",
    params(("id" = i64, Path, description = "The message's `id`."), SessionParams),
    request_body = EditRequest,
    responses(
        (status = 200, body = Message, description = "With `edited_at`."),
        (status = 403, body = WidgetError, description = "`site_disabled`, `visitor_blocked`"),
        (status = 404, body = WidgetError, description = "No such session, or no such message of the visitor in it."),
        (status = 409, body = WidgetError, description = "`too_late`"),
        (status = 422, body = WidgetError),
    )
)]
pub(super) async fn edit(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
    Path(id): Path<i64>,
    Json(request): Json<EditRequest>,
) -> Result<axum::Json<Message>> {
    let message = second_thoughts::edit(&app, &visitor, id, request.message).await?;
    Ok(axum::Json(message))
}

/// Takes a message of one's own back, within 10 seconds after it was stored.
///
/// Its place stays, its words and files go; everybody who listens gets `removed`. An answer to it that is under way
/// stops and goes with it, an answer that is whole stays. Taking it back again changes nothing.
#[utoipa::path(
    delete,
    path = "/widget/messages/{id}",
    tag = "widget",
    params(("id" = i64, Path, description = "The message's `id`."), SessionParams),
    responses(
        (status = 200, body = OkReply),
        (status = 404, body = WidgetError, description = "No such session, or no such message of the visitor in it."),
        (status = 409, body = WidgetError, description = "`too_late`"),
    )
)]
pub(super) async fn remove(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
    Path(id): Path<i64>,
) -> Result<axum::Json<OkReply>> {
    second_thoughts::remove(&app, &visitor, id).await?;
    Ok(axum::Json(OkReply::OK))
}
