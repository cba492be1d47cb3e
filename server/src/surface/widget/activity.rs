//! What the site's own pages tell of a visitor, by `Parlance.setAttributes` and `Parlance.track`.

use super::door::AsVisitor;
use super::{SessionParams, WidgetError};
use crate::app::App;
use crate::core::activity;
use crate::error::Result;
use crate::http::input::Json;
use axum::extract::State;
use shared::activity::{AttributesRequest, TrackRequest};
use shared::widget::OkReply;

/// Sets attributes of the visitor, which operators see. Nobody vouches for them.
#[utoipa::path(
    post,
    path = "/widget/attributes",
    tag = "widget",
    params(SessionParams),
    request_body = AttributesRequest,
    responses(
        (status = 200, body = OkReply),
        (status = 404, body = WidgetError),
        (status = 422, body = WidgetError),
    )
)]
pub(super) async fn attributes(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
    Json(request): Json<AttributesRequest>,
) -> Result<axum::Json<OkReply>> {
    activity::set_attributes(&app, &visitor, request.attributes).await?;
    Ok(axum::Json(OkReply::OK))
}

/// Notes what the visitor did on the site's pages. The latest 50 are kept.
#[utoipa::path(
    post,
    path = "/widget/track",
    tag = "widget",
    params(SessionParams),
    request_body = TrackRequest,
    responses(
        (status = 200, body = OkReply),
        (status = 404, body = WidgetError),
        (status = 422, body = WidgetError),
    )
)]
pub(super) async fn track(
    State(app): State<App>,
    AsVisitor(visitor): AsVisitor,
    Json(request): Json<TrackRequest>,
) -> Result<axum::Json<OkReply>> {
    activity::track(&app, &visitor, request).await?;
    Ok(axum::Json(OkReply::OK))
}
