//! What the visitor thinks of the conversation.

use super::door::{Door, Names};
use super::{Success, VisitorError};
use crate::app::App;
use crate::core::rating;
use crate::error::Result;
use crate::http::input::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = VisitorRateRequest)]
pub(super) struct RateRequest {
    site_key: Option<String>,
    session_id: Option<String>,
    /// 1 to 5.
    score: i64,
}

/// Rates the conversation, 1 to 5; again replaces.
#[utoipa::path(
    post,
    path = "/api/v1/chat/rate",
    tag = "visitor",
    request_body = RateRequest,
    responses(
        (status = 200, body = Success),
        (status = 400, body = VisitorError),
        (status = 403, body = VisitorError, description = "`origin_not_allowed`"),
        (status = 404, body = VisitorError, description = "No such site, or no such session."),
        (status = 415, body = VisitorError),
        (status = 429, body = VisitorError, description = "More than 60 a minute."),
    )
)]
pub(super) async fn rate(
    State(app): State<App>,
    door: Door,
    Json(request): Json<RateRequest>,
) -> Result<axum::Json<Success>> {
    let names = Names::new(request.site_key.as_deref(), request.session_id.as_deref());
    let visitor = door.existing(names).await?;
    let comment = visitor.conversation.rating_comment.clone();
    rating::rate(&app, &visitor, request.score, comment).await?;
    Ok(Success::plain())
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct CommentRequest {
    site_key: Option<String>,
    session_id: Option<String>,
    /// At most 2,000 characters.
    comment: String,
}

/// Adds a comment to the rating; again replaces.
#[utoipa::path(
    post,
    path = "/api/v1/chat/rate/comment",
    tag = "visitor",
    request_body = CommentRequest,
    responses(
        (status = 200, body = Success),
        (status = 400, body = VisitorError),
        (status = 403, body = VisitorError, description = "`origin_not_allowed`"),
        (status = 404, body = VisitorError, description = "No such site or session, or nothing was rated yet."),
        (status = 415, body = VisitorError),
        (status = 429, body = VisitorError, description = "More than 60 a minute."),
    )
)]
pub(super) async fn comment(
    State(app): State<App>,
    door: Door,
    Json(request): Json<CommentRequest>,
) -> Result<axum::Json<Success>> {
    let names = Names::new(request.site_key.as_deref(), request.session_id.as_deref());
    let visitor = door.existing(names).await?;
    rating::comment(&app, &visitor, request.comment).await?;
    Ok(Success::plain())
}
